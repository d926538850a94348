//! Steps: the progress that a workflow announces before and between its words.

use porthole_protocol::limits::MAX_STEP_NAME_CHARS;
use porthole_protocol::{Step, StepState};

use super::members::{KnownMembers, MemberName};

/// A reader of the step in a line.
pub(super) type ReadStep = fn(&KnownMembers<'_>) -> Option<Step>;

/// Returns the reader of lines of this kind, where they announce a step.
pub(super) fn reader(kind: &str) -> Option<ReadStep> {
    match kind {
        "step" => Some(announced),
        "tool-call-start" => Some(|line| tool_call(line, StepState::Running)),
        "tool-call-end" => Some(|line| tool_call(line, StepState::Done)),
        "node-execute-before" => Some(|line| node(line, StepState::Running)),
        "node-execute-after" => Some(|line| node(line, StepState::Done)),
        _ => None,
    }
}

/// Reads an announcement of the workflow's own: `{name, state}`, in the line itself or in its `content`.
pub(super) fn announced(line: &KnownMembers<'_>) -> Option<Step> {
    let content = line.get(MemberName::Content).map(KnownMembers::parse).unwrap_or_default();
    let name = line
        .string(MemberName::Name)
        .or_else(|| line.string(MemberName::Content))
        .or_else(|| content.string(MemberName::Name));
    let state = line.string(MemberName::State).or_else(|| content.string(MemberName::State));
    let state = match state.as_deref() {
        Some("done") => StepState::Done,
        Some("failed") => StepState::Failed,
        _ => StepState::Running,
    };
    named(&name?, state)
}

/// Reads a `tool-call-start` or `tool-call-end` line, which names its tool in the metadata.
fn tool_call(line: &KnownMembers<'_>, state: StepState) -> Option<Step> {
    let metadata = line.get(MemberName::Metadata).map(KnownMembers::parse).unwrap_or_default();
    let keys = [MemberName::ToolName, MemberName::Tool, MemberName::Name];
    let name = keys.iter().find_map(|key| line.string(*key).or_else(|| metadata.string(*key)));
    let name = name.or_else(|| metadata.string(MemberName::NodeName));
    named(&name?, unless_failed(line, &metadata, state))
}

/// Reads a `node-execute-before` or `node-execute-after` line; only tools and agents are steps that a
/// visitor should see.
fn node(line: &KnownMembers<'_>, state: StepState) -> Option<Step> {
    let metadata = line.get(MemberName::Metadata).map(KnownMembers::parse).unwrap_or_default();
    let kind = metadata.string(MemberName::NodeType)?;
    let kind = kind.rsplit('.').next().unwrap_or_default();
    let is_step = kind == "agent" || kind.starts_with("tool") || kind.ends_with("Tool");
    let name = metadata.string(MemberName::NodeName).filter(|_| is_step)?;
    named(&name, unless_failed(line, &metadata, state))
}

fn unless_failed(line: &KnownMembers<'_>, metadata: &KnownMembers<'_>, state: StepState) -> StepState {
    if line.get(MemberName::Error).or(metadata.get(MemberName::Error)).is_some() {
        StepState::Failed
    } else {
        state
    }
}

pub(super) fn named(name: &str, state: StepState) -> Option<Step> {
    let name: String = name.trim().chars().take(MAX_STEP_NAME_CHARS).collect();
    (!name.is_empty()).then_some(Step { name, state })
}
