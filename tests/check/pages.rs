//! Faults of a page that shall show the chat.

use porthole_tests::site::Page;
use porthole_tests::{Proxy, Site};

use super::{Checked, check};

fn tag(proxy: &str) -> String {
    format!("<script async src={proxy}/widget.js></script>")
}

struct Shop {
    site: Site,
    proxy: Proxy,
}

impl Shop {
    fn open() -> Self {
        let site = Site::start();
        let proxy = Proxy::with_documents(&[("ALLOWED_ORIGINS", &site.origin())]);
        Self { site, proxy }
    }

    fn with_tag(&self, path: &str) -> Page {
        Page::with_tag(path, self.proxy.origin(), "")
    }

    fn check(&self, path: &str, origins: &str) -> Checked {
        let documents = porthole_tests::tree::root().join("examples/documents");
        let settings = [
            ("PUBLIC_URL", self.proxy.origin()),
            ("ALLOWED_ORIGINS", origins),
            ("DOCS_DIR", documents.to_str().unwrap()),
        ];
        check(&["--page", &self.site.url(path)], &settings)
    }
}

#[test]
fn a_page_is_judged_as_a_browser_would() {
    let shop = Shop::open();
    let own = shop.proxy.origin();
    let csp = |path: &str, policy: &str| shop.with_tag(path).header("Content-Security-Policy", policy);
    let pages = [
        (shop.with_tag("/fine"), "/fine", &[][..]),
        (csp("/both", &format!("default-src 'none'; script-src {own}; frame-src {own}")), "/both", &[]),
        (csp("/none", "default-src 'none'"), "/none", &["page.csp_script", "page.csp_frame"]),
        (csp("/frame", &format!("script-src {own}; frame-src 'self'")), "/frame", &["page.csp_frame"]),
        (csp("/strict", &format!("script-src 'strict-dynamic' {own}")), "/strict", &["page.csp_script"]),
        (csp("/path", &format!("script-src {own}/widget.js")), "/path", &["page.csp_assets"]),
        (
            csp("/two", &format!("script-src {own}")).header("Content-Security-Policy", "script-src 'self'"),
            "/two",
            &["page.csp_script"],
        ),
        (csp("/sandbox", "sandbox allow-scripts"), "/sandbox", &["page.csp_sandbox_origin"]),
        (Page::new("/untagged", "<!doctype html>"), "/untagged", &["page.tag_missing"]),
        (
            Page::new("/other", "<script async src=https://other.example/widget.js></script>"),
            "/other",
            &["page.tag_of_another"],
        ),
        (Page::new("/twice", tag(own) + &tag(own)), "/twice", &["page.tag_twice"]),
        (Page::new("/comment", format!("<!-- {} -->", tag(own))), "/comment", &["page.tag_as_text"]),
        (
            Page::new("/folder", format!("<script async src={own}/chat/widget.js></script>")),
            "/folder",
            &["page.tag_path"],
        ),
        (
            Page::new("/consent", format!("<script type=text/plain src={own}/widget.js></script>")),
            "/consent",
            &["page.tag_type"],
        ),
        (
            Page::new("/blocks", format!("<script src={own}/widget.js></script>")),
            "/blocks",
            &["page.tag_blocks"],
        ),
    ];
    for (page, path, want) in pages {
        shop.site.add(page);
        let checked = shop.check(path, &shop.site.origin());
        assert_eq!(checked.faults(), [&["settings.debug"], want].concat(), "{path}");
    }
}

#[test]
fn a_page_whose_origin_is_not_listed_or_that_is_not_there_is_named() {
    let shop = Shop::open();
    shop.site.add(shop.with_tag("/"));
    assert_eq!(shop.check("/", "http://localhost:1").problems(), ["page.origin_not_allowed"]);
    let secure = shop.site.origin().replace("http://", "https://");
    let alike = shop.check("/", &secure);
    assert_eq!(alike.problems(), ["page.origin_not_allowed"]);
    assert!(alike.output.contains(&format!("({secure} is another origin")), "{}", alike.output);
    assert_eq!(shop.check("/gone", &shop.site.origin()).problems(), ["page.status"]);
}

#[test]
fn the_reason_why_a_page_cannot_be_read_is_named() {
    let shop = Shop::open();
    let checked = check(&["--page", "http://no-such-host.invalid/"], &[("PUBLIC_URL", shop.proxy.origin())]);
    assert!(checked.says("connect.name"), "{}", checked.output);
}

#[test]
fn a_page_is_not_judged_by_a_public_address_that_is_none() {
    let shop = Shop::open();
    shop.site.add(shop.with_tag("/"));
    let settings = [("PUBLIC_URL", "chat.example.com"), ("DOCS_DIR", "/nonexistent")];
    let checked = check(&["--page", &shop.site.url("/")], &settings);
    assert_eq!(
        checked.faults(),
        ["settings.mistake", "settings.debug", "documents.missing", "page.not_judged"]
    );
}
