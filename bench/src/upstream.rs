//! The role of the workflow: answers each request as its path says, with n8n's own framing.

use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::spawn_local;
use tokio::time::{MissedTickBehavior, interval};

use crate::error::{Attempt, BenchResult};
use crate::scenario::{Scenario, now_us, stamped};
use crate::wire::Wire;

/// The members that n8n adds to each line.
const METADATA: &str = r#""metadata":{"nodeId":"91fb8e52-628c-902c-6b38-7515380d1008","nodeName":"AI Agent","itemIndex":0,"runIndex":0,"timestamp":1795263292790}"#;

/// The head of n8n's streams.
const STREAM_HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\n\
    Transfer-Encoding: chunked\r\nCache-Control: no-cache, no-transform\r\n\r\n";
/// The head of a model's stream.
const EVENTS_HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\
    Transfer-Encoding: chunked\r\nCache-Control: no-cache\r\n\r\n";
/// The end of a chunked body.
const LAST_CHUNK: &str = "0\r\n\r\n";

/// Serves until it is ended.
pub(crate) async fn serve(listener: TcpListener) -> BenchResult {
    loop {
        let (stream, _) = listener.accept().await.attempt("accept a connection")?;
        spawn_local(async {
            // A proxy that has hung up needs no answer.
            converse(stream).await.ok();
        });
    }
}

async fn converse(stream: TcpStream) -> BenchResult {
    let mut wire = Wire::new(stream)?;
    let (json, burst, events) = (json_answer(), burst_answer(), events_answer());
    while let Some((path, framing)) = wire.request().await? {
        wire.body(framing, |_| Ok(())).await?;
        match Scenario::from_path(&path) {
            Some(Scenario::Json) => wire.write(json.as_bytes()).await?,
            Some(Scenario::Burst) => wire.write(burst.as_bytes()).await?,
            Some(Scenario::Events) => wire.write(events.as_bytes()).await?,
            Some(Scenario::Paced { tokens, interval_ms }) => pace(&mut wire, tokens, interval_ms).await?,
            None => wire.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n").await?,
        }
    }
    Ok(())
}

/// Writes a token at each tick, the first at once and the end with the last.
async fn pace(wire: &mut Wire, tokens: u64, interval_ms: u64) -> BenchResult {
    wire.write((STREAM_HEAD.to_owned() + &event("begin", None)).as_bytes()).await?;
    let mut ticks = interval(Duration::from_millis(interval_ms));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for index in 0..tokens {
        ticks.tick().await;
        let mut bytes = event("item", Some(&stamped(index, now_us())));
        if index + 1 == tokens {
            bytes += &event("end", None);
            bytes += LAST_CHUNK;
        }
        wire.write(bytes.as_bytes()).await?;
    }
    Ok(())
}

fn json_answer() -> String {
    let text = Scenario::Json.text().unwrap_or_default();
    let body = format!(r#"{{"output":"{text}"}}"#);
    let length = body.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: {length}\r\n\r\n"
    );
    head + &body
}

fn burst_answer() -> String {
    let text = Scenario::Burst.text().unwrap_or_default();
    let tokens: String = text.split_inclusive(' ').map(|token| event("item", Some(token))).collect();
    [STREAM_HEAD, &event("begin", None), &tokens, &event("end", None), LAST_CHUNK].concat()
}

/// The events of a chat completion.
fn events_answer() -> String {
    let text = Scenario::Events.text().unwrap_or_default();
    let completion = |delta: &str, reason: &str| {
        let choice = format!(r#"{{"index":0,"delta":{{{delta}}},"finish_reason":{reason}}}"#);
        let members =
            r#""id":"chatcmpl-1","object":"chat.completion.chunk","created":1795263292,"model":"model""#;
        chunk(&format!("data: {{{members},\"choices\":[{choice}]}}\n\n"))
    };
    let token = |text| completion(&format!(r#""content":"{text}""#), "null");
    let tokens: String = text.split_inclusive(' ').map(token).collect();
    [EVENTS_HEAD, &tokens, &completion("", r#""stop""#), &chunk("data: [DONE]\n\n"), LAST_CHUNK].concat()
}

/// A line of n8n's as a chunk of its own.
fn event(kind: &str, content: Option<&str>) -> String {
    let content = content.map(|text| format!(r#""content":"{text}","#)).unwrap_or_default();
    chunk(&format!("{{\"type\":\"{kind}\",{content}{METADATA}}}\n"))
}

fn chunk(bytes: &str) -> String {
    format!("{:x}\r\n{bytes}\r\n", bytes.len())
}
