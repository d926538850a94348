//! Steps: what a workflow announces of its work while it has nothing to say yet.

use porthole_protocol::limits::MAX_STEP_NAME_CHARS;
use porthole_protocol::{Step, StepState};

use super::document::{Key, Members};

/// Reads an announcement of the workflow's own: `{name, state}`, in the line itself or in its `content`.
pub(super) fn own(line: &Members<'_>) -> Option<Step> {
    let content = line.get(Key::Content).map(Members::of).unwrap_or_default();
    let name = line
        .string(Key::Name)
        .or_else(|| line.string(Key::Content))
        .or_else(|| content.string(Key::Name));
    let state = line.string(Key::State).or_else(|| content.string(Key::State));
    let state = match state.as_deref() {
        Some("done") => StepState::Done,
        Some("failed") => StepState::Failed,
        _ => StepState::Running,
    };
    named(&name?, state)
}

/// Reads a `tool-call-start` or `tool-call-end` line, which names its tool in the metadata.
pub(super) fn tool_call(line: &Members<'_>, state: StepState) -> Option<Step> {
    let metadata = line.get(Key::Metadata).map(Members::of).unwrap_or_default();
    let keys = [Key::ToolName, Key::Tool, Key::Name];
    let name = keys
        .iter()
        .find_map(|key| line.string(*key).or_else(|| metadata.string(*key)));
    let name = name.or_else(|| metadata.string(Key::NodeName));
    named(&name?, unless_failed(line, &metadata, state))
}

/// Reads a `node-execute-before` or `node-execute-after` line; only tools and agents are steps that concern a
/// visitor, every other node is the workflow's own affair.
pub(super) fn node(line: &Members<'_>, state: StepState) -> Option<Step> {
    let metadata = line.get(Key::Metadata).map(Members::of).unwrap_or_default();
    let kind = metadata.string(Key::NodeType)?;
    let kind = kind.rsplit('.').next().unwrap_or_default();
    let is_step = kind == "agent" || kind.starts_with("tool") || kind.ends_with("Tool");
    let name = metadata.string(Key::NodeName).filter(|_| is_step)?;
    named(&name, unless_failed(line, &metadata, state))
}

fn unless_failed(line: &Members<'_>, metadata: &Members<'_>, state: StepState) -> StepState {
    if line.get(Key::Error).or(metadata.get(Key::Error)).is_some() {
        StepState::Failed
    } else {
        state
    }
}

fn named(name: &str, state: StepState) -> Option<Step> {
    let name: String = name.trim().chars().take(MAX_STEP_NAME_CHARS).collect();
    (!name.is_empty()).then_some(Step { name, state })
}
