//! A proxy, a workflow behind it, and a page of another origin in a browser.

use porthole_tests::site::Page;
use porthole_tests::upstream::{Framing, Script};
use porthole_tests::{Browser, Proxy, Signal, Site, Upstream};

/// The button that opens the chat, in the widget's shadow root.
pub(crate) const LAUNCHER: &str = "button[aria-haspopup=dialog]";

/// Everything that a test in the browser needs.
pub(crate) struct Scene {
    pub(crate) browser: Browser,
    pub(crate) site: Site,
    pub(crate) proxy: Proxy,
    pub(crate) upstream: Upstream,
}

impl Scene {
    /// The workflow plays this script; the page's origin is on the list.
    pub(crate) fn with(script: Script) -> Self {
        let site = Site::start();
        let origin = site.origin();
        Self::on(site, &origin, script)
    }

    /// The same with another list of origins.
    pub(crate) fn for_origins(origins: &str, script: Script) -> Self {
        Self::on(Site::start(), origins, script)
    }

    fn on(site: Site, origins: &str, script: Script) -> Self {
        let upstream = Upstream::always(script);
        let proxy = Proxy::start(&[("N8N_WEBHOOK_URL", &upstream.url()), ("ALLOWED_ORIGINS", origins)]);
        let scene = Self {
            browser: Browser::start(),
            site,
            proxy,
            upstream,
        };
        scene.add_page("/", &[]);
        scene
    }

    /// Adds a page with the tag and these headers.
    pub(crate) fn add_page(&self, path: &str, headers: &[(&str, &str)]) {
        let page = Page::with_tag(path, self.proxy.origin(), "");
        self.site.add(
            headers
                .iter()
                .fold(page, |page, (name, value)| page.header(name, value)),
        );
    }

    /// Opens the page.
    pub(crate) fn open_page(&self) {
        self.browser.open(&self.site.url("/"));
    }

    /// Opens the chat by its button, and goes into it.
    pub(crate) fn open_chat(&self) {
        self.browser.click(&self.browser.find(LAUNCHER));
        self.enter_chat();
    }

    /// Goes into the chat, which is open or about to be.
    pub(crate) fn enter_chat(&self) {
        self.browser.enter_frame("iframe");
        self.browser.find("#text");
    }

    /// What the page asked for but from its own site.
    pub(crate) fn requested_elsewhere(&self) -> Vec<String> {
        let site = self.site.origin();
        self.browser
            .requested()
            .into_iter()
            .filter(|url| !url.starts_with(&site))
            .collect()
    }

    /// Types a message and sends it.
    pub(crate) fn ask(&self, message: &str) {
        self.browser
            .type_into(&self.browser.find("#text"), &format!("{message}\u{e007}"));
    }

    /// Waits until the last reply holds this text.
    pub(crate) fn wait_for_reply(&self, text: &str) {
        self.browser
            .wait_for_text(".turn:last-of-type .reply", text.trim_end());
    }

    /// What the last reply says now.
    pub(crate) fn reply(&self) -> String {
        self.browser.text(&self.browser.find(".turn:last-of-type .reply"))
    }
}

/// One of n8n's lines with a piece of an answer.
pub(crate) fn item(text: &str) -> String {
    format!(
        "{}\n",
        serde_json::json!({ "type": "item", "content": text, "metadata": { "nodeName": "AI Agent" } })
    )
}

/// A whole answer as n8n streams it.
pub(crate) fn answer(text: &str) -> Script {
    Script::pieces("application/json", [item(text)])
}

/// An answer whose second half comes when the test says so.
pub(crate) fn answer_in_two(first: &str, rest: &Signal, second: &str) -> Script {
    let head = Script::head(200, "application/json", Framing::Chunked);
    head.piece(item(first)).wait(rest).piece(item(second)).end()
}
