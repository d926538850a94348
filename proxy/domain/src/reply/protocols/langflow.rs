//! Langflow's runs.

use serde_json::value::RawValue;

use super::super::error::ReplyError;
use super::super::string::unescape;
use super::cumulative::Cumulative;
use super::object::{Member as _, object};
use super::sink::Sink;
use crate::chain::End;

object!(StreamEvent { event, data, outputs });
object!(Facts { chunk, id, sender, text, result });
object!(Run { outputs, results, message, text });

/// A reader of events, or of one whole run.
#[derive(Debug, Default)]
pub(in crate::reply) struct Langflow {
    texts: Cumulative,
}

impl Langflow {
    pub(super) fn held_bytes(&self) -> usize {
        self.texts.held_bytes()
    }

    pub(super) fn read(&mut self, value: &RawValue, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        let event: StreamEvent<'_> = Some(value).object();
        let facts: Facts<'_> = event.data.object();
        match event.event.literal() {
            "token" => {
                if let Some(chunk) = facts.chunk.text() {
                    self.texts.note(facts.id.literal(), &unescape(chunk.get()));
                }
                return sink.text(facts.chunk);
            }
            // The visitor's own message is told, too, and the model's again at its end.
            "add_message" if facts.sender.literal() != "User" => {
                if let Some(text) = facts.text.text() {
                    return self.texts.push(facts.id.literal(), &unescape(text.get()), sink);
                }
            }
            "error" => sink.fail(),
            "end" => {
                let result: Run<'_> = facts.result.object();
                if sink.is_silent() {
                    sink.text(result.message)?;
                }
                sink.conclude(End::Complete);
            }
            "" if event.outputs.is_some() => return read_whole(event.outputs, sink),
            _ => {}
        }
        Ok(())
    }
}

fn read_whole(outputs: Option<&RawValue>, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
    for run in outputs.list::<&RawValue>() {
        let run: Run<'_> = Some(run).object();
        for output in run.outputs.list::<&RawValue>() {
            let output: Run<'_> = Some(output).object();
            let results: Run<'_> = output.results.object();
            let message: Run<'_> = results.message.object();
            sink.begin_paragraph();
            sink.text(message.text)?;
        }
    }
    sink.conclude(End::Complete);
    Ok(())
}
