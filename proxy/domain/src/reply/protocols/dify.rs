//! Dify's chat, agents and workflows.

use porthole_protocol::StepState;
use serde_json::value::RawValue;

use super::super::error::ReplyError;
use super::object::{Member as _, object};
use super::sink::Sink;
use crate::chain::End;

object!(StreamEvent { event, answer, mode, tool, observation, metadata, data });
object!(Metadata { retriever_resources });
object!(Resource { document_name, dataset_name });
object!(Node { title, status, text, outputs, reasoning });
object!(Outputs { answer, text, output, result });

/// The types of an event by which the protocol is recognised.
pub(super) fn names_event(event: &str) -> bool {
    matches!(
        event,
        "message"
            | "agent_message"
            | "agent_thought"
            | "message_end"
            | "message_replace"
            | "workflow_started"
            | "node_started"
            | "text_chunk"
            | "workflow_finished"
    )
}

pub(super) fn read(value: &RawValue, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
    let event: StreamEvent<'_> = Some(value).object();
    match event.event.literal() {
        "message" | "agent_message" => {
            sink.text(event.answer)?;
            // An answer in blocking mode is whole.
            if event.mode.is_some() {
                end_message(&event, sink)?;
            }
        }
        "message_replace" => return sink.replace(&event.answer.string().unwrap_or_default()),
        "text_replace" => {
            let node: Node<'_> = event.data.object();
            return sink.replace(&node.text.string().unwrap_or_default());
        }
        "text_chunk" => {
            let node: Node<'_> = event.data.object();
            return sink.text(node.text);
        }
        "reasoning_chunk" => {
            let node: Node<'_> = event.data.object();
            return sink.reasoning(node.reasoning);
        }
        // The thought repeats the text.
        "agent_thought" => return think(&event, sink),
        "node_started" | "node_finished" => return step(&event.data.object(), sink),
        "message_end" => return end_message(&event, sink),
        "workflow_finished" => return finish(&event.data.object(), sink),
        "error" => sink.fail(),
        _ => {}
    }
    Ok(())
}

fn think(event: &StreamEvent<'_>, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
    let Some(tool) = event.tool.string() else { return Ok(()) };
    let is_done = event.observation.string().is_some();
    let state = if is_done { StepState::Done } else { StepState::Running };
    sink.step(&tool, state)
}

fn step(node: &Node<'_>, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
    let state = match node.status.literal() {
        "" | "running" => StepState::Running,
        "failed" | "exception" => StepState::Failed,
        _ => StepState::Done,
    };
    node.title.string().map_or(Ok(()), |title| sink.step(&title, state))
}

fn end_message(event: &StreamEvent<'_>, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
    let metadata: Metadata<'_> = event.metadata.object();
    for resource in metadata.retriever_resources.list::<&RawValue>() {
        let resource: Resource<'_> = Some(resource).object();
        sink.source(resource.document_name.or(resource.dataset_name).string(), None, None)?;
    }
    sink.conclude(End::Complete);
    Ok(())
}

fn finish(run: &Node<'_>, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
    match run.status.literal() {
        "failed" => sink.fail(),
        "stopped" => sink.conclude(End::Stopped),
        status => {
            if sink.is_silent() {
                let outputs: Outputs<'_> = run.outputs.object();
                let text = outputs.answer.or(outputs.text).or(outputs.output).or(outputs.result);
                sink.text(text)?;
            }
            sink.conclude(if status == "partial-succeeded" { End::Incomplete } else { End::Complete });
        }
    }
    Ok(())
}
