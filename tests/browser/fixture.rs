//! A proxy, a workflow behind it, and a page of another origin in a browser.

use porthole_tests::browser::NamedKey;
use porthole_tests::site::Page;
use porthole_tests::upstream::{Framing, Script};
use porthole_tests::wait::until;
use porthole_tests::{Browser, FakeUpstream, Proxy, Signal, Site};

/// The button that opens the chat, in the widget's shadow root.
pub(crate) const LAUNCHER: &str = "button[aria-haspopup=dialog]";

/// Gives the text box the focus, and notes the keys that come.
const FOCUS: &str = "
window.heard = false;
addEventListener('keydown', () => (window.heard = true), { once: true });
document.getElementById('text').focus();
return document.hasFocus()";

/// Everything that a test in the browser needs.
pub(crate) struct Fixture {
    pub(crate) browser: Browser,
    pub(crate) site: Site,
    pub(crate) proxy: Proxy,
    pub(crate) upstream: FakeUpstream,
}

impl Fixture {
    /// The workflow plays this script; the page's origin is on the list.
    pub(crate) fn with(script: Script) -> Self {
        Self::new(FakeUpstream::always(script), &[])
    }

    /// The workflow plays a script for each request, by its number; these settings go before the others.
    pub(crate) fn with_scripts(
        choose: impl Fn(usize) -> Script + Send + Sync + 'static,
        settings: &[(&str, &str)],
    ) -> Self {
        Self::new(FakeUpstream::start(move |_, number| choose(number)), settings)
    }

    /// The same with another list of origins.
    pub(crate) fn for_origins(origins: &str, script: Script) -> Self {
        Self::new(FakeUpstream::always(script), &[("ALLOWED_ORIGINS", origins)])
    }

    /// A workflow behind a proxy with these settings, which go before the usual ones.
    pub(crate) fn new(upstream: FakeUpstream, settings: &[(&str, &str)]) -> Self {
        let site = Site::start();
        let proxy = start(&site, &upstream, settings);
        let fixture = Self { browser: Browser::start(), site, proxy, upstream };
        fixture.add_page("/", &[]);
        fixture
    }

    /// Ends the proxy and starts another at the same address.
    pub(crate) fn restart_proxy(&mut self, settings: &[(&str, &str)]) {
        let port = self.proxy.origin().rsplit(':').next().unwrap().to_owned();
        self.proxy.ask_to_end();
        self.proxy.wait_for_end();
        let settings = [&[("API_PORT", port.as_str())], settings].concat();
        self.proxy = start(&self.site, &self.upstream, &settings);
    }

    /// Adds a page with the tag and these headers.
    pub(crate) fn add_page(&self, path: &str, headers: &[(&str, &str)]) {
        let page = Page::with_tag(path, self.proxy.origin(), "");
        self.site.add(headers.iter().fold(page, |page, (name, value)| page.header(name, value)));
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

    /// Leaves the chat, and closes it by its button.
    pub(crate) fn close_chat(&self) {
        self.browser.click(&self.browser.find("#close"));
        self.browser.leave_frame();
    }

    /// Waits until the last reply is over, and kept.
    pub(crate) fn wait_for_end(&self) {
        self.browser.find(".turn:last-of-type .under");
    }

    /// Returns the number of exchanges that the chat shows.
    pub(crate) fn turns(&self) -> u64 {
        let count = "return document.querySelectorAll('.turn').length";
        self.browser.script(count, &[]).as_u64().unwrap()
    }

    /// Returns the page's requests to other sites than its own.
    pub(crate) fn requested_elsewhere(&self) -> Vec<String> {
        let site = self.site.origin();
        self.browser.requested().into_iter().filter(|url| !url.starts_with(&site)).collect()
    }

    /// Types a message and sends it.
    pub(crate) fn ask(&self, message: &str) {
        let field = self.browser.find("#text");
        self.wait_for_keys();
        self.browser.type_into(&field, &format!("{message}\u{e007}"));
    }

    /// Waits until keys reach the text box: those that come before the browser's own process has given the frame
    /// the focus are nobody's, and in a tab that has just come to the front that is after the frame believes it has it.
    pub(crate) fn wait_for_keys(&self) {
        self.browser.wait_for("the focus", FOCUS);
        until("a key to reach the chat", || {
            self.browser.press(NamedKey::Shift);
            (self.browser.script("return window.heard", &[]) == true).then_some(())
        });
    }

    /// Waits until the last reply holds this text.
    pub(crate) fn wait_for_reply(&self, text: &str) {
        self.browser.wait_for_text(".turn:last-of-type .reply", text.trim_end());
    }

    /// Returns the text of the last reply as it is now.
    pub(crate) fn reply(&self) -> String {
        self.browser.text(&self.browser.find(".turn:last-of-type .reply"))
    }
}

fn start(site: &Site, upstream: &FakeUpstream, settings: &[(&str, &str)]) -> Proxy {
    let (webhook, origin) = (upstream.url(), site.origin());
    let usual = [("N8N_WEBHOOK_URL", webhook.as_str()), ("ALLOWED_ORIGINS", &origin)];
    Proxy::start(&[&usual, settings].concat())
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
