//! Flowise's predictions.

use porthole_protocol::StepState;
use serde_json::value::RawValue;

use super::super::error::ReplyError;
use super::object::{Member as _, object};
use super::sink::Sink;
use crate::chain::End;

object!(StreamEvent { event, data });
object!(
    #[serde(rename_all = "camelCase")]
    Facts { follow_up_prompts, node_label, status, id, tool }
);
object!(
    #[serde(rename_all = "camelCase")]
    Document { metadata }
);
object!(Origin { source, title, url });

/// The types of an event by which the protocol is recognised.
pub(super) fn names_event(event: &str) -> bool {
    matches!(
        event,
        "start"
            | "token"
            | "thinking"
            | "agentFlowEvent"
            | "nextAgentFlow"
            | "nextAgent"
            | "agentReasoning"
            | "usedTools"
            | "sourceDocuments"
            | "calledTools"
            | "agentFlowExecutedData"
    )
}

pub(super) fn read(value: &RawValue, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
    let event: StreamEvent<'_> = Some(value).object();
    match event.event.literal() {
        "token" => return sink.text(event.data),
        "thinking" => return sink.reasoning(event.data),
        "sourceDocuments" => {
            for document in event.data.list::<&RawValue>() {
                let document: Document<'_> = Some(document).object();
                let origin: Origin<'_> = document.metadata.object();
                let title = origin.title.or(origin.source).string();
                sink.source(title, origin.url.or(origin.source).string(), None)?;
            }
        }
        "usedTools" => {
            for used in event.data.list::<&RawValue>() {
                let used: Facts<'_> = Some(used).object();
                used.tool.string().map_or(Ok(()), |tool| sink.step(&tool, StepState::Done))?;
            }
        }
        "nextAgent" => {
            return event.data.string().map_or(Ok(()), |name| sink.step(&name, StepState::Running));
        }
        "nextAgentFlow" => return step(&event.data.object(), sink),
        "metadata" => {
            let facts: Facts<'_> = event.data.object();
            // A flow hands the list on as it got it: as a list, or as JSON in a string.
            let written = facts.follow_up_prompts.string().unwrap_or_default();
            let list = serde_json::from_str::<&RawValue>(&written).ok().or(facts.follow_up_prompts);
            return sink.suggestions(list);
        }
        "action" => {
            let facts: Facts<'_> = event.data.object();
            return sink.ask(facts.id.literal(), "");
        }
        "error" => sink.fail(),
        "abort" => sink.conclude(End::Stopped),
        // It comes behind an error, too.
        "end" => sink.conclude(End::Complete),
        _ => {}
    }
    Ok(())
}

fn step(agent: &Facts<'_>, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
    let state = match agent.status.literal() {
        "INPROGRESS" => StepState::Running,
        "ERROR" | "TERMINATED" => StepState::Failed,
        _ => StepState::Done,
    };
    agent.node_label.string().map_or(Ok(()), |name| sink.step(&name, state))
}
