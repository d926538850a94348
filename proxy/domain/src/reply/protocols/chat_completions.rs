//! `OpenAI`'s chat completions, as many servers send them.

use porthole_protocol::StepState;
use serde_json::value::RawValue;

use super::super::error::ReplyError;
use super::super::report;
use super::object::{Member as _, object};
use super::sink::Sink;
use crate::chain::End;

object!(Chunk { choices, citations, search_results, error, object });
object!(Choice { index, delta, message, text, finish_reason });
object!(Delta { content, reasoning_content, reasoning, refusal, tool_calls, function_call, annotations });
object!(Part {
    #[serde(rename = "type")]
    kind,
    text,
    thinking
});
object!(ToolCall { function, name });
object!(Annotation { url_citation, url, title });

/// A reader of chunks, or of one whole completion.
#[derive(Debug, Default)]
pub(in crate::reply) struct ChatCompletions {
    /// The tools that are called and have not answered.
    called: Vec<String>,
}

impl ChatCompletions {
    pub(super) fn read(&mut self, value: &RawValue, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        let chunk: Chunk<'_> = Some(value).object();
        if chunk.error.is_some_and(report::is_error) || chunk.object.literal() == "error" {
            sink.fail();
        }
        sink.sources(chunk.search_results)?;
        sink.sources(chunk.citations)?;
        let choices: Vec<&RawValue> = chunk.choices.list();
        let choices = choices.into_iter().map(|choice| Some(choice).object::<Choice<'_>>());
        // Other choices are other answers to the same question.
        let is_first = |choice: &Choice<'_>| choice.index.is_none_or(|index| index.get() == "0");
        choices.filter(is_first).try_for_each(|choice| self.choose(&choice, sink))
    }

    fn choose(&mut self, choice: &Choice<'_>, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        // A message beside a delta, or behind deltas, is the text so far.
        if choice.delta.is_some() || sink.is_silent() {
            self.speak(&choice.delta.or(choice.message).object(), sink)?;
        }
        sink.text(choice.text)?;
        let reason = choice.finish_reason.literal();
        if !reason.is_empty() {
            self.end_calls(sink)?;
            sink.conclude_for(reason);
        } else if choice.message.is_some() && choice.delta.is_none() {
            // A whole completion of a server that gives no reason.
            sink.conclude(End::Complete);
        }
        Ok(())
    }

    fn speak(&mut self, delta: &Delta<'_>, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        sink.reasoning(delta.reasoning_content.or(delta.reasoning))?;
        for call in [delta.tool_calls.list(), delta.function_call.into_iter().collect()].concat() {
            self.call(&Some(call).object(), sink)?;
        }
        if delta.content.text().is_some() && !self.called.is_empty() {
            self.end_calls(sink)?;
        }
        sink.text(delta.content)?;
        for part in delta.content.list::<&RawValue>() {
            speak_part(&Some(part).object(), sink)?;
        }
        sink.text(delta.refusal)?;
        for annotation in delta.annotations.list::<&RawValue>() {
            let annotation: Annotation<'_> = Some(annotation).object();
            let citation: Annotation<'_> = annotation.url_citation.object();
            let (title, url) = (citation.title.or(annotation.title), citation.url.or(annotation.url));
            sink.source(title.string(), url.string(), None)?;
        }
        Ok(())
    }

    /// Announces a call with its first name: later pieces of it bring its arguments.
    fn call(&mut self, call: &ToolCall<'_>, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        let function: ToolCall<'_> = call.function.object();
        let Some(name) = function.name.or(call.name).string() else { return Ok(()) };
        sink.step(&name, StepState::Running)?;
        self.called.push(name);
        Ok(())
    }

    fn end_calls(&mut self, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        self.called.drain(..).try_for_each(|name| sink.step(&name, StepState::Done))
    }
}

fn speak_part(part: &Part<'_>, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
    match part.kind.literal() {
        "text" | "output_text" => sink.text(part.text),
        "thinking" | "reasoning" => {
            sink.reasoning(part.thinking.or(part.text))?;
            let thoughts = part.thinking.list::<&RawValue>();
            thoughts.into_iter().try_for_each(|thought| {
                let thought: Part<'_> = Some(thought).object();
                sink.reasoning(thought.text)
            })
        }
        _ => Ok(()),
    }
}
