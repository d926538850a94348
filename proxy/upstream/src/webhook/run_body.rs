//! The body of an AG-UI run (contract §9): every member that any version requires, and no other.

use bytes::Bytes;
use porthole_protocol::history::Role;
use serde::Serialize;

use crate::Message;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RunAgentInput<'a> {
    thread_id: &'a str,
    run_id: String,
    messages: Vec<AgentMessage<'a>>,
    state: Empty,
    tools: [Empty; 0],
    context: [Empty; 0],
    forwarded_props: Empty,
}

/// An object without members.
#[derive(Serialize)]
struct Empty {}

#[derive(Serialize)]
struct AgentMessage<'a> {
    /// The same in every run, so that an agent that keeps messages recognises them.
    id: String,
    role: Role,
    content: &'a str,
}

/// Writes the bytes that are sent.
#[expect(clippy::expect_used, reason = "strings always serialise")]
pub(super) fn to_json(message: &Message, wsid: &str) -> Bytes {
    let input = RunAgentInput {
        thread_id: wsid,
        run_id: message.id.to_string(),
        messages: messages(message),
        state: Empty {},
        tools: [],
        context: [],
        forwarded_props: Empty {},
    };
    serde_json::to_vec(&input).expect("plain data serialises").into()
}

/// Returns the verified turns, and the message behind them.
fn messages(message: &Message) -> Vec<AgentMessage<'_>> {
    let turns = message.branch.history.as_deref().unwrap_or_default();
    let past = turns.iter().flat_map(|turn| {
        let reply = format!("{}-reply", turn.id);
        [
            AgentMessage { id: turn.id.to_string(), role: Role::User, content: &turn.user },
            AgentMessage { id: reply, role: Role::Assistant, content: &turn.reply },
        ]
    });
    let asked = AgentMessage { id: message.id.to_string(), role: Role::User, content: message.text.as_str() };
    past.chain([asked]).collect()
}

#[cfg(test)]
mod tests {
    use porthole_domain::message::MessageId;
    use porthole_domain::transcript::PastTurn;
    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::*;
    use crate::testing::message_call;

    #[test]
    fn a_run_brings_the_conversation_under_names_that_stay() {
        let mut message = message_call("And blue ones?").message;
        let turn = PastTurn {
            id: MessageId::from(Uuid::nil()),
            user: "Lamps?".into(),
            reply: "Two.".into(),
            partial: true,
        };
        message.branch.history = Some(vec![turn]);
        let (id, past) = (message.id.to_string(), Uuid::nil().to_string());
        let sent: Value = serde_json::from_slice(&to_json(&message, "w")).unwrap();
        let want = json!({
            "threadId": "w", "runId": id, "state": {}, "tools": [], "context": [], "forwardedProps": {},
            "messages": [
                {"id": past, "role": "user", "content": "Lamps?"},
                {"id": format!("{past}-reply"), "role": "assistant", "content": "Two."},
                {"id": id, "role": "user", "content": "And blue ones?"},
            ],
        });
        assert_eq!(sent, want);
    }
}
