//! Pages of real frameworks, whose routers swap or draw the body: the chat outlives their navigations.
//!
//! `cargo xtask frameworks` installs them by npm, names their folder in `PORTHOLE_FRAMEWORKS` and runs this.
#![expect(clippy::print_stdout, reason = "its report is a table to be read")]

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use porthole_tests::site::Page;
use porthole_tests::upstream::{Framing, Script};
use porthole_tests::{Browser, FakeUpstream, Proxy, Signal, Site};
use serde_json::{Value, json};

const NAVIGATIONS: u32 = 20;
const LAUNCHER: &str = "button[aria-haspopup=dialog]";

/// A framework, its package, and its script for a page of every number.
const FRAMEWORKS: [(&str, &str, &str); 5] = [
    ("htmx", "htmx.org", "node_modules/htmx.org/dist/htmx.min.js"),
    ("turbo", "@hotwired/turbo", "node_modules/@hotwired/turbo/dist/turbo.es2017-umd.js"),
    ("react", "react-dom", "dist/react.js"),
    ("vue", "vue", "dist/vue.js"),
    ("astro", "astro", ""),
];

/// Counts the frames that load, and the errors of the page.
const WATCH: &str = "
window.frames_loaded = 0;
window.errors = [];
addEventListener('error', ({ message }) => errors.push(message));
new PerformanceObserver((list) => {
  for (const { name } of list.getEntries()) if (name.includes('/frame?')) frames_loaded++;
}).observe({ type: 'resource' });";

/// `true` while the page has one chat, which is open.
const IS_OPEN: &str = "const [host, ...more] = document.querySelectorAll('porthole-widget');
return !more.length && !!host?.shadowRoot?.querySelector('.panel.open')";

fn main() -> ExitCode {
    let Some(folder) = std::env::var_os("PORTHOLE_FRAMEWORKS") else {
        println!(
            "PORTHOLE_FRAMEWORKS is not set: run this by `cargo xtask frameworks`, which installs them first."
        );
        return ExitCode::FAILURE;
    };
    println!("| framework | version | navigations | frames loaded meanwhile | errors of the page |");
    println!("|---|---|---|---|---|");
    for (name, package, script) in FRAMEWORKS {
        let row = visit(folder.as_ref(), name, script);
        println!(
            "| {name} | {} | {NAVIGATIONS} | {} | {} |",
            version(folder.as_ref(), package),
            row[0],
            row[1]
        );
    }
    ExitCode::SUCCESS
}

/// Asks a question, navigates while the answer comes, and reads it to its end; panics where the chat is lost.
fn visit(folder: &Path, name: &str, script: &str) -> Value {
    let rest = Signal::new();
    let answer = Script::head(200, "application/json", Framing::Chunked);
    let answer = answer.piece(item("Half ")).wait(&rest).piece(item("and half."));
    let upstream = FakeUpstream::always(answer.end());
    let site = Site::start();
    let proxy = Proxy::start(&[("N8N_WEBHOOK_URL", &upstream.url()), ("ALLOWED_ORIGINS", &site.origin())]);
    add_pages(&site, folder, name, script, proxy.origin());

    let browser = Browser::start();
    browser.open(&site.url(&format!("/{name}/0")));
    browser.wait_for("the first page", &is_at(0));
    browser.click(&browser.find(LAUNCHER));
    browser.enter_frame("iframe");
    browser.type_into(&browser.find("#text"), "Where is the rest?\u{e007}");
    browser.wait_for_text(".reply", "Half");
    browser.leave_frame();
    browser.script(WATCH, &[]);
    for page in 1..=NAVIGATIONS {
        browser.script("document.querySelector('h1 ~ a').click()", &[]);
        browser.wait_for(&format!("page {page} of {name}"), &is_at(page));
        browser.wait_for(&format!("the chat on page {page} of {name}"), IS_OPEN);
    }
    let row = browser.script("return [frames_loaded, errors.length]", &[]);
    browser.enter_frame("iframe");
    browser.wait_for_text(".reply", "Half");
    rest.set();
    browser.wait_for_text(".reply", "Half and half.");
    assert_eq!(upstream.requests().len(), 1, "{name}: the question is asked once");
    row
}

fn item(text: &str) -> String {
    format!("{}\n", json!({ "type": "item", "content": text }))
}

/// Returns a script that is `true` on a page whose link is the router's: htmx takes it a little later.
fn is_at(page: u32) -> String {
    format!(
        "return document.querySelector('h1')?.textContent === 'Page {page}'
           && (!window.htmx || !!document.querySelector('h1 ~ a')['htmx-internal-data'])"
    )
}

/// Adds the pages of a framework: those that were built, else the same small one for every number.
fn add_pages(site: &Site, folder: &Path, name: &str, script: &str, proxy: &str) {
    let read =
        |path: &str| fs::read_to_string(folder.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    if !script.is_empty() {
        site.add(Page::new("/framework.js", read(script)));
    }
    for page in 0..=NAVIGATIONS {
        let path = format!("/{name}/{page}");
        let html = if script.is_empty() {
            read(&format!("dist{path}/index.html")).replace("__PROXY__", proxy)
        } else {
            format!(
                "<!doctype html><html lang=en><head><title>Page {page}</title><script defer src=/framework.js></script></head>
                 <body hx-boost=true><h1>Page {page}</h1><a href=/{name}/{}>Next</a>
                 <script async src={proxy}/widget.js></script></body></html>",
                page + 1
            )
        };
        site.add(Page::new(&path, html));
    }
}

fn version(folder: &Path, package: &str) -> String {
    let path = folder.join("node_modules").join(package).join("package.json");
    let package: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap_or(json!({}));
    package["version"].as_str().unwrap_or_default().to_owned()
}
