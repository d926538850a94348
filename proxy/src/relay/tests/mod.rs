//! The relay as its callers see it.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use porthole_domain::{
    chain::{End, Fingerprint, Head, TextHash},
    message::MessageId,
    reply::ReplyPart,
    site::SiteId,
};
use porthole_protocol::{Done, Problem};
use uuid::Uuid;

use super::{
    Admission, Claim, ConversationId, Format, Instead, Join, Reader, Relay, Sealing, TextReader,
    ledger::{Ledger, Limits},
    reply::{Producer, Reply},
};
use crate::upstream::Failure;

mod bench;
mod memory;
mod registry;
mod reply;
mod scripted;
mod task;
mod webhook;

const KEEP: Duration = Duration::from_mins(2);

/// Seals with the text that it took in, and counts how often it ended something.
#[derive(Clone, Debug, Default)]
struct Seal {
    text: Arc<Mutex<String>>,
    ends: Arc<Mutex<Vec<String>>>,
    refusal: Option<Failure>,
}

impl Sealing for Seal {
    fn absorb(&mut self, text: &str) {
        self.text.lock().unwrap().push_str(text);
    }

    fn skipped(&mut self, lines: u32) {
        assert!(lines < 1000);
    }

    fn seal(&mut self, end: End) -> Result<Done, Failure> {
        if let Some(refusal) = self.refusal {
            return Err(refusal);
        }
        self.ends.lock().unwrap().push(format!("{end:?}"));
        Ok(Done {
            token: format!("token after {} bytes", self.text.lock().unwrap().len()),
            expires_at: "2026-01-01T00:00:00Z".into(),
            turn: 1,
            head: String::new(),
            stopped: end == End::Stopped,
            receipt: String::new(),
        })
    }

    fn problem(&mut self, failure: &Failure) -> Problem {
        self.ends.lock().unwrap().push(failure.code().as_str().to_owned());
        Problem {
            kind: String::new(),
            title: String::new(),
            status: 502,
            detail: String::new(),
            code: failure.code().as_str().into(),
            request_id: String::new(),
            retry_after: None,
            field: None,
            message_id: None,
        }
    }
}

fn id(number: u128) -> MessageId {
    MessageId::from(Uuid::from_u128(number))
}

fn conversation(number: u128) -> ConversationId {
    ConversationId {
        site: SiteId::default(),
        sid: Uuid::from_u128(number),
    }
}

/// The first attempt at a message of the only conversation, by its first token.
fn claim(message: u128) -> Claim {
    let conversation = conversation(1);
    let head = Head::new(&conversation.site, conversation.sid);
    let text = TextHash::new("hi");
    Claim {
        fingerprint: Fingerprint::new(&head, 0, &text, None, None),
        conversation,
        message_id: id(message),
        attempt: 1,
        seq: 0,
        fork: false,
    }
}

fn admit(relay: &Relay, claim: &Claim) -> Admission<(), ()> {
    relay.admit(claim, Instant::now(), || Ok(()), || Box::new(Seal::default()))
}

fn run(relay: &Relay, claim: &Claim) -> Producer {
    run_with(relay, claim, Seal::default())
}

fn run_with(relay: &Relay, claim: &Claim, seal: Seal) -> Producer {
    match relay.admit(claim, Instant::now(), || Ok::<_, ()>(()), || Box::new(seal)) {
        Admission::Run { producer, permit: () } => producer,
        other => panic!("not run but {other:?}"),
    }
}

fn say(producer: &Producer, text: &str) {
    producer.append(&mut vec![ReplyPart::Text(text.into())]);
}

fn read_from(reply: &Arc<Reply>, last: Option<u64>) -> Reader {
    match Reader::join(Arc::clone(reply), last, Format::JsonLines) {
        Join::Reading(reader) => reader,
        other => panic!("nothing to read but {other:?}"),
    }
}

/// The text of a reply that is sealed.
async fn said(reply: &Reply) -> String {
    reply.finished().await.unwrap();
    reply.text()
}

/// The names and, for deltas, the texts of what a reader is given, to the end.
async fn read_all(mut reader: Reader) -> Vec<String> {
    let mut bytes = Vec::new();
    while let Some(more) = reader.read().await {
        bytes.extend_from_slice(&more);
    }
    events(&bytes)
}

fn events(bytes: &[u8]) -> Vec<String> {
    let told = |line: &str| {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let name = line["event"].as_str().unwrap();
        match name {
            "delta" => line["data"]["text"].as_str().unwrap().to_owned(),
            "error" => line["data"]["code"].as_str().unwrap().to_owned(),
            _ => name.to_owned(),
        }
    };
    str::from_utf8(bytes).unwrap().lines().map(told).collect()
}
