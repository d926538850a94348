//! Anthropic's messages.

use porthole_protocol::StepState;
use serde_json::value::RawValue;

use super::super::error::ReplyError;
use super::super::report;
use super::object::{Member as _, object};
use super::sink::Sink;
use crate::chain::End;

object!(StreamEvent {
    #[serde(rename = "type")]
    kind,
    message,
    index,
    content_block,
    delta,
    // A whole message has no event around it.
    content
});
object!(Message { id, content, stop_reason, stop_details });
object!(Block {
    #[serde(rename = "type")]
    kind,
    text,
    thinking,
    name,
    citations
});
object!(Delta {
    #[serde(rename = "type")]
    kind,
    text,
    thinking,
    citation,
    stop_reason,
    stop_details
});
object!(Citation { url, source, title, document_title, cited_text });
object!(Refusal { explanation });

/// A reader of events, or of one whole message.
#[derive(Debug, Default)]
pub(in crate::reply) struct Messages {
    id: String,
    is_open: bool,
    /// The end that the message's `stop_reason` tells; `message_stop` makes it true.
    end: Option<End>,
    /// The tools in use, by the index of their block.
    steps: Vec<(String, String)>,
}

impl Messages {
    pub(super) fn read(&mut self, value: &RawValue, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        let event: StreamEvent<'_> = Some(value).object();
        match event.kind.literal() {
            "message_start" => self.start(&event.message.object(), sink),
            "content_block_start" => self.begin_block(&event, sink),
            "content_block_delta" => add(&event.delta.object(), sink),
            "content_block_stop" => self.end_block(event.index.map_or("", RawValue::get), sink),
            "message_delta" => {
                let delta: Delta<'_> = event.delta.object();
                self.stop(delta.stop_reason.literal(), delta.stop_details, sink)
            }
            "message_stop" => {
                self.is_open = false;
                sink.conclude(self.end.take().unwrap_or_default());
                Ok(())
            }
            "error" => {
                sink.fail();
                Ok(())
            }
            "message" if event.content.is_some() => {
                self.start(&Some(value).object(), sink)?;
                sink.conclude(self.end.take().unwrap_or_default());
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn start(&mut self, message: &Message<'_>, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        let id = message.id.literal();
        if self.is_open {
            if id != self.id {
                sink.reject();
            }
            return Ok(());
        }
        (self.is_open, self.id) = (true, id.to_owned());
        sink.reopen();
        sink.begin_paragraph();
        for block in message.content.list::<&RawValue>() {
            let block: Block<'_> = Some(block).object();
            if let Some(name) = tool_name(&block) {
                sink.step(&name, StepState::Done)?;
            }
            tell(&block, sink)?;
        }
        self.stop(message.stop_reason.literal(), message.stop_details, sink)
    }

    fn begin_block(&mut self, event: &StreamEvent<'_>, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        let block: Block<'_> = event.content_block.object();
        if let Some(name) = tool_name(&block) {
            sink.step(&name, StepState::Running)?;
            self.steps.push((event.index.map_or("", RawValue::get).to_owned(), name));
        }
        tell(&block, sink)
    }

    fn end_block(&mut self, index: &str, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        match self.steps.iter().position(|(at, _)| at == index) {
            Some(at) => sink.step(&self.steps.remove(at).1, StepState::Done),
            None => Ok(()),
        }
    }

    fn stop(
        &mut self,
        reason: &str,
        details: Option<&RawValue>,
        sink: &mut Sink<'_>,
    ) -> Result<(), ReplyError> {
        match reason {
            "" => {}
            "refusal" => {
                self.end = Some(End::Incomplete);
                let refusal: Refusal<'_> = details.object();
                if let Some(explanation) = refusal.explanation.string() {
                    sink.warn(&explanation)?;
                }
            }
            reason if report::names_cut(reason) => self.end = Some(End::Incomplete),
            _ => self.end = Some(End::Complete),
        }
        Ok(())
    }
}

/// Adds a piece of a block.
fn add(delta: &Delta<'_>, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
    match delta.kind.literal() {
        "text_delta" => sink.text(delta.text),
        "thinking_delta" => sink.reasoning(delta.thinking),
        "citations_delta" => cite(&delta.citation.object(), sink),
        _ => Ok(()),
    }
}

/// Names the tool of a block in which a model uses one.
fn tool_name(block: &Block<'_>) -> Option<String> {
    let kind = block.kind.literal();
    kind.ends_with("tool_use").then(|| block.name.string().unwrap_or_else(|| kind.to_owned()))
}

/// Tells what a block holds from its start: the results of tools, and what is encrypted, are nobody's words.
fn tell(block: &Block<'_>, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
    match block.kind.literal() {
        "text" => {
            for citation in block.citations.list::<&RawValue>() {
                cite(&Some(citation).object(), sink)?;
            }
            sink.text(block.text)
        }
        "thinking" => sink.reasoning(block.thinking),
        _ => Ok(()),
    }
}

fn cite(citation: &Citation<'_>, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
    let title = citation.title.or(citation.document_title).string();
    sink.source(title, citation.url.or(citation.source).string(), citation.cited_text.string())
}
