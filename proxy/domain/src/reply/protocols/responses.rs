//! `OpenAI`'s Responses, and Open Responses.

use porthole_protocol::StepState;
use serde_json::value::RawValue;

use super::super::error::ReplyError;
use super::object::{Member as _, object};
use super::sink::Sink;
use crate::chain::End;

object!(StreamEvent {
    #[serde(rename = "type")]
    kind,
    delta,
    text,
    refusal,
    item,
    item_id,
    output_index,
    content_index,
    annotation,
    response
});
object!(Item {
    #[serde(rename = "type")]
    kind,
    id,
    name,
    status,
    content,
    text,
    refusal,
    server_label
});
object!(Annotation { url, title, filename, file_id });
object!(Response { output, status });

/// A reader of events, or of one whole response.
#[derive(Debug, Default)]
pub(in crate::reply) struct Responses {
    /// The content part whose text came in deltas last: its closing event repeats it.
    told: String,
    /// The tools in use, with their place in the output: ids change on the way.
    steps: Vec<(String, String)>,
    has_message: bool,
}

impl Responses {
    pub(super) fn read(&mut self, value: &RawValue, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        let event: StreamEvent<'_> = Some(value).object();
        match event.kind.literal().strip_prefix("response.").unwrap_or(event.kind.literal()) {
            "output_text.delta" | "refusal.delta" => {
                self.told = part_name(&event);
                sink.text(event.delta)
            }
            "output_text.done" | "refusal.done" if self.told != part_name(&event) => {
                sink.text(event.text.or(event.refusal))
            }
            "reasoning_summary_text.delta" | "reasoning_text.delta" => sink.reasoning(event.delta),
            "created" => {
                sink.reopen();
                Ok(())
            }
            "output_item.added" => self.add(&event, sink),
            "output_item.done" => self.end(&event, sink),
            "output_text.annotation.added" => cite(&event.annotation.object(), sink),
            "completed" => self.conclude(event.response, End::Complete, sink),
            "incomplete" => self.conclude(event.response, End::Incomplete, sink),
            "cancelled" => self.conclude(event.response, End::Stopped, sink),
            "failed" | "error" => {
                sink.fail();
                Ok(())
            }
            // A whole response has no type.
            "" => self.read_whole(value, sink),
            _ => Ok(()),
        }
    }

    fn add(&mut self, event: &StreamEvent<'_>, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        let item: Item<'_> = event.item.object();
        match item.kind.literal() {
            "message" if core::mem::replace(&mut self.has_message, true) => sink.begin_paragraph(),
            "mcp_approval_request" => return ask(&item, sink),
            "message" | "reasoning" => {}
            kind => {
                let Some(name) = step_name(kind, &item) else { return Ok(()) };
                sink.step(&name, StepState::Running)?;
                self.steps.push((place(event).to_owned(), name));
            }
        }
        Ok(())
    }

    fn end(&mut self, event: &StreamEvent<'_>, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        let item: Item<'_> = event.item.object();
        let state = match item.status.literal() {
            "failed" | "incomplete" => StepState::Failed,
            _ => StepState::Done,
        };
        match self.steps.iter().position(|(at, _)| at == place(event)) {
            Some(at) => sink.step(&self.steps.remove(at).1, state),
            None => Ok(()),
        }
    }

    fn conclude(
        &mut self,
        response: Option<&RawValue>,
        end: End,
        sink: &mut Sink<'_>,
    ) -> Result<(), ReplyError> {
        if sink.is_silent() {
            self.tell(&response.object(), sink)?;
        }
        sink.conclude(end);
        Ok(())
    }

    fn read_whole(&mut self, value: &RawValue, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        let response: Response<'_> = Some(value).object();
        self.tell(&response, sink)?;
        match response.status.literal() {
            "failed" => sink.fail(),
            "cancelled" => sink.conclude(End::Stopped),
            "incomplete" => sink.conclude(End::Incomplete),
            "in_progress" | "queued" => {}
            "" if response.output.is_none() => {}
            _ => sink.conclude(End::Complete),
        }
        Ok(())
    }

    /// Tells what a response holds.
    fn tell(&mut self, response: &Response<'_>, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        for item in response.output.list::<&RawValue>() {
            let item: Item<'_> = Some(item).object();
            match item.kind.literal() {
                "message" if core::mem::replace(&mut self.has_message, true) => sink.begin_paragraph(),
                "mcp_approval_request" => ask(&item, sink)?,
                _ => {}
            }
            for part in item.content.list::<&RawValue>() {
                let part: Item<'_> = Some(part).object();
                if matches!(part.kind.literal(), "output_text" | "refusal" | "text") {
                    sink.text(part.text.or(part.refusal))?;
                }
            }
        }
        Ok(())
    }
}

/// Names a content part by the item's place: its id may be another in each event.
fn part_name(event: &StreamEvent<'_>) -> String {
    let index = event.content_index.map_or("0", RawValue::get);
    format!("{} {index}", place(event))
}

fn place<'a>(event: &StreamEvent<'a>) -> &'a str {
    match event.output_index {
        Some(index) => index.get(),
        None => event.item_id.literal(),
    }
}

/// Names the step of an item that is a tool: a function's own name, or the kind of the tool.
fn step_name(kind: &str, item: &Item<'_>) -> Option<String> {
    let is_tool = kind.ends_with("_call") || matches!(kind, "mcp_list_tools" | "program");
    let name = || kind.strip_suffix("_call").unwrap_or(kind).to_owned();
    is_tool.then(|| item.name.string().unwrap_or_else(name))
}

fn ask(item: &Item<'_>, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
    let question = [item.server_label.string(), item.name.string()].into_iter().flatten();
    sink.ask(item.id.literal(), &question.collect::<Vec<_>>().join(": "))
}

fn cite(annotation: &Annotation<'_>, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
    let title = annotation.title.or(annotation.filename).string();
    let title = title.or_else(|| annotation.file_id.string());
    sink.source(title, annotation.url.string(), None)
}
