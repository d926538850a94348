//! A visitor's reply, and the words that must not be in it.

use std::fmt;

use porthole_protocol::sse::Frame;
use porthole_tests::Client;
use porthole_tests::client::{Events, json_data, text_of};
use reqwest::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::case::{Expected, cut};

/// Words that no visitor may ever read: n8n's own, its lines and the model's refusal.
const INTERNALS: [&str; 12] = [
    "\"type\"",
    "nodeId",
    "executionId",
    "resumeToken",
    "stacktrace",
    "Workflow was started",
    "Error in workflow",
    "not registered",
    "Original error",
    "the model refuses",
    "boom",
    "Bearer ",
];

/// The reply as a visitor got it.
#[derive(Debug)]
pub(crate) struct Visit {
    pub(crate) text: String,
    code: Option<String>,
    extras: Vec<String>,
    ends: usize,
    everything: String,
    /// The event that seals the reply; null where nothing was sealed.
    pub(crate) done: Value,
}

impl Visit {
    /// Sends a message and reads its whole reply.
    pub(crate) async fn send(client: &Client, token: &str, message: &str) -> Self {
        Self::send_message(client, token, &Uuid::new_v4().to_string(), message).await
    }

    /// The same with an id that is still needed.
    pub(crate) async fn send_message(client: &Client, token: &str, id: &str, message: &str) -> Self {
        Self::send_body(client, token, &json!({"message_id": id, "message": message})).await
    }

    /// The same with any body.
    pub(crate) async fn send_body(client: &Client, token: &str, body: &Value) -> Self {
        let response = client.send_as("text/event-stream", token, body).await;
        if response.status() != StatusCode::OK {
            let everything = response.text().await.unwrap();
            let problem: Value = serde_json::from_str(&everything).unwrap();
            return Self {
                text: String::new(),
                code: Some(problem["code"].as_str().unwrap().to_owned()),
                extras: Vec::new(),
                ends: 1,
                everything,
                done: Value::Null,
            };
        }
        Self::from_frames(&Events::from_response(response).await.rest().await)
    }

    /// Sums up the events of a reply.
    pub(crate) fn from_frames(frames: &[Frame]) -> Self {
        let ends = frames.iter().filter(|frame| matches!(frame.event.as_str(), "done" | "error"));
        let problem = frames.iter().find(|frame| frame.event == "error").map(json_data);
        let done = frames.iter().find(|frame| frame.event == "done").map(json_data);
        // The token of the end is text without meaning.
        let said = frames.iter().filter(|frame| frame.event != "done");
        Self {
            text: text_of(frames),
            code: problem.map(|problem| problem["code"].as_str().unwrap().to_owned()),
            extras: frames.iter().filter_map(extras).collect(),
            ends: ends.count(),
            everything: said.map(|frame| frame.data.as_str()).collect(),
            done: done.unwrap_or_default(),
        }
    }

    /// Returns the faults of the reply.
    pub(crate) fn fault(&self, expected: &Expected, extras: &[&str]) -> Option<String> {
        let internal = INTERNALS.iter().find(|internal| {
            self.text.contains(**internal) || **internal != "\"type\"" && self.everything.contains(**internal)
        });
        if self.ends != 1 {
            return Some(format!("{} ends", self.ends));
        }
        if let Some(internal) = internal {
            return Some(format!("the visitor reads {internal:?}"));
        }
        if self.extras != extras {
            return Some(format!("beside the text {:?} instead of {extras:?}", self.extras));
        }
        match expected {
            Expected::Text(text) if self.code.is_none() && self.text == *text => None,
            Expected::Code(code) if self.code.as_deref() == Some(*code) => None,
            expected => Some(format!("wanted {expected:?}")),
        }
    }
}

fn extras(frame: &Frame) -> Option<String> {
    let data = json_data(frame);
    match frame.event.as_str() {
        "step" => Some(format!("{} {}", data["name"].as_str()?, data["state"].as_str()?)),
        "suggestions" => {
            let items = data["items"].as_array()?.iter().filter_map(Value::as_str);
            Some(items.collect::<Vec<_>>().join("|"))
        }
        _ => None,
    }
}

impl fmt::Display for Visit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(code) = &self.code {
            f.write_str(code)?;
        }
        if !self.text.is_empty() {
            write!(f, "{}{:?}", if self.code.is_some() { " after " } else { "" }, cut(&self.text, 34))?;
        }
        for extras in &self.extras {
            write!(f, " + {extras}")?;
        }
        Ok(())
    }
}
