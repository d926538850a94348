//! The bytes on the wire: each file as the proxy serves it, and the sums that a visitor waits for.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::Value;

use super::Bench;
use super::samples::Samples;
use super::visit::{Conditions, PageVisit};
use crate::error::{Attempt, BenchResult};

/// The files that the text box works without: the app itself.
const APP: &[&str] = &["app.js", "app_bg.wasm"];

/// The files that load behind the usable panel; how many of them are asked for while it is measured is chance.
const BEHIND: &[&str] = &["network.js", "proofs.js", "prose.js", "prose_bg.wasm"];

/// A file and the bytes of its body, compressed with brotli where the proxy does that.
#[derive(Debug)]
struct Served {
    file: String,
    bytes: f64,
}

/// Counts the bytes of one cold visit; the browser says which files it asked for.
pub(super) fn measure(bench: &mut Bench, samples: &mut Samples) -> BenchResult {
    let (shop, proxy) = (bench.shop.with_tag(), bench.proxy.address());
    let mut visit = PageVisit::start(&mut bench.browser, Conditions::Watched, &shop)?;
    let page = visit.page();
    visit.moment(&page, "first-paint")?;
    visit.rest(300)?;
    let launcher = requested(visit.browser().events(), proxy).len();
    visit.click()?;
    visit.moment(&page, "ready")?;
    let requested = requested(visit.browser().events(), proxy);
    let served = requested.iter().map(|target| fetch(proxy, target)).collect::<BenchResult<Vec<_>>>()?;
    for Served { file, bytes } in &served {
        samples.add(format!("widget.bytes.{file}"), "B", *bytes);
    }
    let (launcher, rest) = served.split_at(launcher);
    let panel = || rest.iter().filter(|served| !BEHIND.contains(&served.file.as_str()));
    let text_box = panel().filter(|served| !APP.contains(&served.file.as_str()));
    samples.add("widget.bytes.to_launcher", "B", sum(launcher));
    samples.add("widget.bytes.to_text_box", "B", sum(text_box));
    samples.add("widget.bytes.to_panel", "B", sum(panel()));
    samples.add("widget.requests.to_launcher", "", count(launcher));
    samples.add("widget.requests.to_panel", "", count(panel()));
    Ok(())
}

fn sum<'a>(served: impl IntoIterator<Item = &'a Served>) -> f64 {
    served.into_iter().map(|served| served.bytes).sum()
}

fn count<'a>(served: impl IntoIterator<Item = &'a Served>) -> f64 {
    served.into_iter().map(|_| 1.0).sum()
}

/// Lists the paths that were asked of the proxy, in order, each once.
fn requested(events: &[Value], proxy: &str) -> Vec<String> {
    let mut targets: Vec<String> = Vec::new();
    for event in events.iter().filter(|event| event["method"] == "Network.requestWillBeSent") {
        let url = event["params"]["request"]["url"].as_str().unwrap_or_default();
        let target = url.split_once(proxy).map(|(_, target)| target.split('#').next().unwrap_or_default());
        targets
            .extend(target.filter(|target| !targets.iter().any(|known| known == target)).map(str::to_owned));
    }
    targets
}

/// Asks for a file as a browser does, over HTTP/1.0: its body has no framing.
fn fetch(proxy: &str, target: &str) -> BenchResult<Served> {
    let mut connection = TcpStream::connect(proxy).attempt("connect to the proxy")?;
    let head = format!("GET {target} HTTP/1.0\r\nHost: {proxy}\r\nAccept-Encoding: br\r\n\r\n");
    connection.write_all(head.as_bytes()).attempt("write to the proxy")?;
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).attempt("read from the proxy")?;
    let head = answer.windows(4).position(|four| four == b"\r\n\r\n").attempt("read a head")?;
    if answer.get(9..12) != Some(b"200") {
        return Err(format!("{target}: {}", String::from_utf8_lossy(&answer[..head])).into());
    }
    let body = u32::try_from(answer.len() - head - 4).attempt("count a body")?;
    let path = target.split('?').next().unwrap_or_default();
    Ok(Served { file: path.rsplit('/').next().unwrap_or_default().to_owned(), bytes: f64::from(body) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::requested;

    #[test]
    fn files_of_the_proxy_are_listed_once_and_in_order() {
        let sent = |url: &str| json!({ "method": "Network.requestWillBeSent", "params": { "request": { "url": url } } });
        let events = [
            sent("http://localhost:1/shop"),
            sent("http://127.0.0.1:2/widget.js"),
            sent("http://127.0.0.1:2/assets/h/host.js#0"),
            json!({ "method": "Page.loadEventFired" }),
            sent("http://127.0.0.1:2/widget.js"),
        ];
        assert_eq!(requested(&events, "127.0.0.1:2"), ["/widget.js", "/assets/h/host.js"]);
    }
}
