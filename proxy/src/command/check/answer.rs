//! Answers of a webhook with status 2xx: is there text in them, and does it come as it is written?

use std::time::Duration;

use porthole_domain::reply::{Decoder, EmptyCause, ReplyError, ReplyPart};
use serde::de::IgnoredAny;
use serde_json::Value;

use super::exchange::{Ended, Seen};
use super::finding::Finding;

/// Text that comes this far apart was written while we waited.
const APART: Duration = Duration::from_millis(25);

/// A visitor who sees nothing for longer thinks it broken.
const SLOW: Duration = Duration::from_secs(10);

/// So many parts in one moment were held back by somebody; fewer may just be a short answer.
const MANY_PARTS: usize = 4;

/// Whoever writes two parts only after so long did not write both in one moment.
const WAITED: Duration = Duration::from_millis(250);

/// Characters of a node's name that are shown.
const MAX_NAME: usize = 60;

/// What a body looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// JSON lines or server-sent events, made of so many parts.
    Stream { parts: usize },
    /// One JSON value.
    Document,
    /// Text as it is.
    Plain,
}

/// How text arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pace {
    Streams,
    /// Made of many parts, which came at once.
    Buffered,
    /// A streaming shape, too short to tell.
    TooShort,
    /// One piece by nature.
    Whole,
}

/// Judges an answer with status 2xx.
pub(super) fn judge(seen: &Seen) -> Vec<Finding> {
    if let Some(encoding) = seen
        .encoding
        .as_deref()
        .filter(|encoding| !encoding.eq_ignore_ascii_case("identity"))
    {
        return vec![Finding::problem(
            "answer.encoded",
            format!("The answer is compressed ({encoding}), although only `identity` was asked for."),
            "Turn compression off for the webhook in what stands in front of it: it also holds streams back.",
        )];
    }
    let read = Read::of(seen);
    if let Err(error) = read.result {
        return vec![unreadable(error, seen, &read)];
    }
    match seen.ended {
        Ended::Whole => {}
        Ended::TooLarge => return vec![too_large()],
        Ended::Broken => return vec![broken()],
        Ended::TimedOut => return vec![timed_out(&read)],
    }
    let mut findings = vec![Finding::ok(
        "answer.readable",
        format!("The answer has {} characters of text.", read.chars),
    )];
    findings.push(pace(pace_of(shape(seen), &read.arrivals)));
    findings.extend(read.arrivals.first().filter(|first| **first > SLOW).map(|first| {
        Finding::warning(
            "answer.slow",
            format!("The first text came after {} s.", first.as_secs()),
            "Let the workflow stream, or take out what is slow before its first words.",
        )
    }));
    findings
}

/// What a visitor would have got.
struct Read {
    result: Result<(), ReplyError>,
    chars: usize,
    /// When text came.
    arrivals: Vec<Duration>,
}

impl Read {
    fn of(seen: &Seen) -> Self {
        let mut decoder = Decoder::new(seen.media_type.as_deref());
        let (mut chars, mut arrivals) = (0, Vec::new());
        let mut take = |pieces: &mut Vec<ReplyPart>, at: Duration| {
            let texts = pieces.drain(..).filter_map(|piece| match piece {
                ReplyPart::Text(text) => Some(text.chars().count()),
                ReplyPart::Step(_) | ReplyPart::Suggestions(_) => None,
            });
            let more: usize = texts.sum();
            chars += more;
            arrivals.extend((more > 0).then_some(at));
        };
        let mut pieces = Vec::new();
        let mut result = Ok(());
        for chunk in &seen.chunks {
            result = decoder.push(&chunk.bytes, &mut pieces);
            take(&mut pieces, chunk.at);
            if result.is_err() {
                break;
            }
        }
        let failed = decoder.has_failed();
        // What did not come to its end has no end to be judged.
        if result.is_ok() && (seen.ended == Ended::Whole || failed) {
            result = decoder.finish(&mut pieces);
            take(
                &mut pieces,
                seen.chunks.last().map_or(Duration::ZERO, |chunk| chunk.at),
            );
        }
        Self {
            result,
            chars,
            arrivals,
        }
    }
}

fn unreadable(error: ReplyError, seen: &Seen, read: &Read) -> Finding {
    match error {
        ReplyError::Empty(cause) => empty(cause, seen),
        ReplyError::TooLarge => too_large(),
        ReplyError::Markup => Finding::problem(
            "answer.markup",
            "The answer is an HTML page, with a status of success.",
            "See what answers at this address: a login page, an intermediary's error page, or n8n's editor.",
        ),
        ReplyError::Reported => reported(seen, read),
        ReplyError::Unfinished => broken(),
    }
}

/// The node's name is the owner's own; what went wrong in it stays in n8n.
fn reported(seen: &Seen, read: &Read) -> Finding {
    let node = failed_node(seen).map_or_else(String::new, |name| format!(" in its node \"{name}\""));
    let when = if read.chars == 0 {
        "before a word of its answer"
    } else {
        "after it began to answer"
    };
    Finding::problem(
        "workflow.failed",
        format!("The workflow reported an error{node}, {when}."),
        "See the last execution in n8n. Often it is the language model's credential or quota; where verify.json refuses, its node Expected must name N8N_WEBHOOK_URL.",
    )
}

fn failed_node(seen: &Seen) -> Option<String> {
    let text = whole(seen);
    let mut lines = text
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    // The workflow went on after the errors before.
    let error = lines.rfind(|line| line["type"] == "error")?;
    let name = error["metadata"]["nodeName"].as_str()?;
    Some(name.chars().take(MAX_NAME).collect())
}

fn broken() -> Finding {
    Finding::problem(
        "answer.broken",
        "The answer breaks off before its end.",
        "See the log of the workflow's server, and the time limits of what stands in front of it.",
    )
}

fn empty(cause: EmptyCause, seen: &Seen) -> Finding {
    let only_begun = seen.beginning().contains("\"type\":\"begin\"");
    match cause {
        EmptyCause::StartedOnly => Finding::problem(
            "answer.started_only",
            "n8n only says that the workflow was started: the Webhook node responds immediately.",
            "Set the Webhook node's Respond to Streaming, or to Using Respond to Webhook Node.",
        ),
        EmptyCause::HumanInTheLoop => Finding::problem(
            "answer.human_in_the_loop",
            "The workflow waits for a person over n8n's own chat (Response Mode \"Using Response Nodes\"), which a webhook's caller cannot take part in.",
            "Set the Chat Trigger's Response Mode to Streaming or When Last Node Finishes.",
        ),
        EmptyCause::NoBody if seen.status == 204 => Finding::problem(
            "answer.no_data",
            "The webhook answers with status 204, which has no text.",
            "Let Respond to Webhook respond with JSON or text instead of No Data.",
        ),
        EmptyCause::NoBody => Finding::problem(
            "answer.empty",
            "The webhook answers 200 with nothing at all.",
            "Turn Enable Streaming on in the AI Agent (or in Respond to Webhook), or see that the workflow reaches its Respond to Webhook node.",
        ),
        EmptyCause::File => Finding::problem(
            "answer.file",
            "The webhook answers with a file, such as a picture or a PDF.",
            "Let Respond to Webhook respond with JSON or text, and put a link to the file into the text.",
        ),
        EmptyCause::NoText if only_begun => Finding::problem(
            "answer.begun_only",
            "The stream begins and ends without a word: the node that should speak failed, and goes on on error.",
            "See the last execution in n8n, and set the node's On Error to Stop Workflow.",
        ),
        EmptyCause::NoText if is_broken_json(seen) => Finding::problem(
            "answer.broken_json",
            "The answer begins as JSON, and is none: a quote, a line break or a bracket in it is wrong.",
            "Build it from an object, in n8n with JSON.stringify around every text that is put in.",
        ),
        EmptyCause::NoText => Finding::problem(
            "answer.no_text",
            "The answer has no text that a visitor could read.",
            "Let it have a member `output` (or text, reply, response, message, answer, content).",
        ),
    }
}

fn too_large() -> Finding {
    Finding::problem(
        "answer.too_large",
        "The answer is larger than a reply may be (1 MiB of text, 256 KiB a line).",
        "Let the workflow return the answer alone, not its documents.",
    )
}

fn timed_out(read: &Read) -> Finding {
    if read.chars == 0 {
        return Finding::problem(
            "answer.silent",
            "The answer began, and no text came in time.",
            "See the last execution in n8n: what does it wait for? A slow workflow needs a larger --timeout here.",
        );
    }
    Finding::problem(
        "answer.endless",
        "The answer did not end in time.",
        "See the last execution in n8n; a slow workflow needs a larger --timeout here.",
    )
}

fn pace(pace: Pace) -> Finding {
    match pace {
        Pace::Streams => Finding::ok("answer.streams", "The answer comes as it is written."),
        Pace::Whole => Finding::ok(
            "answer.whole",
            "The answer comes in one piece: visitors wait for its end. (To stream: Respond: Streaming, and an AI Agent with Enable Streaming.)",
        ),
        Pace::TooShort => Finding::ok(
            "answer.short",
            "The answer is a stream, too short to tell whether it comes as it is written.",
        ),
        Pace::Buffered => Finding::warning(
            "answer.buffered",
            "The answer is a stream whose parts all came at once: somebody holds them back.",
            "Turn buffering off in what stands in front of the webhook (nginx: proxy_buffering off), and use an AI Agent node of version 3 or later.",
        ),
    }
}

fn pace_of(shape: Shape, arrivals: &[Duration]) -> Pace {
    let spread = match arrivals {
        [first, .., last] => last.saturating_sub(*first),
        _ => Duration::ZERO,
    };
    match shape {
        Shape::Document => Pace::Whole,
        _ if spread >= APART => Pace::Streams,
        Shape::Plain => Pace::Whole,
        Shape::Stream { parts } if parts >= MANY_PARTS => Pace::Buffered,
        Shape::Stream { parts } if parts > 1 && arrivals.first() >= Some(&WAITED) => Pace::Buffered,
        Shape::Stream { .. } => Pace::TooShort,
    }
}

fn shape(seen: &Seen) -> Shape {
    let text = whole(seen).replace("\r\n", "\n");
    let events = text.split("\n\n").filter(|event| is_event(event)).count();
    let parts = events + text.lines().filter(|line| is_item(line)).count();
    if parts > 0 {
        Shape::Stream { parts }
    } else if text.trim_start().starts_with(['{', '[', '"']) {
        Shape::Document
    } else {
        Shape::Plain
    }
}

/// Whether a server-sent event has data other than the word that some end with.
fn is_event(event: &str) -> bool {
    let mut data = event.lines().filter_map(|line| line.strip_prefix("data:"));
    data.any(|data| !matches!(data.trim(), "" | "[DONE]"))
}

/// Whether a line is one of n8n's with text in it.
fn is_item(line: &str) -> bool {
    let value: Option<Value> = serde_json::from_str(line).ok();
    value.is_some_and(|value| value["type"] == "item")
}

fn is_broken_json(seen: &Seen) -> bool {
    let text = whole(seen);
    let is_stream = matches!(shape(seen), Shape::Stream { .. });
    let values = serde_json::Deserializer::from_str(&text).into_iter::<IgnoredAny>();
    !is_stream && text.trim_start().starts_with(['{', '[']) && values.last().is_some_and(|last| last.is_err())
}

fn whole(seen: &Seen) -> String {
    let bytes: Vec<u8> = seen
        .chunks
        .iter()
        .flat_map(|chunk| &chunk.bytes)
        .copied()
        .collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_times_of_text_make_a_stream() {
        let many = Shape::Stream { parts: 40 };
        let table: [(Shape, &[u64], Pace); 12] = [
            (many, &[100, 125], Pace::Streams),
            (many, &[100, 110, 120, 130], Pace::Streams),
            (many, &[100, 101, 124], Pace::Buffered),
            (many, &[5000], Pace::Buffered),
            (Shape::Stream { parts: 2 }, &[250], Pace::Buffered),
            (Shape::Stream { parts: 3 }, &[249], Pace::TooShort),
            (Shape::Stream { parts: 1 }, &[5000], Pace::TooShort),
            (Shape::Stream { parts: 1 }, &[0], Pace::TooShort),
            (Shape::Document, &[100], Pace::Whole),
            (Shape::Document, &[100, 900], Pace::Whole),
            (Shape::Plain, &[100], Pace::Whole),
            (Shape::Plain, &[100, 900], Pace::Streams),
        ];
        for (shape, millis, want) in table {
            let arrivals: Vec<Duration> = millis.iter().copied().map(Duration::from_millis).collect();
            assert_eq!(pace_of(shape, &arrivals), want, "{shape:?} {millis:?}");
        }
    }
}
