//! The relay as its callers see it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use porthole_domain::chain::{End, Fingerprint, Head, TextHash};
use porthole_domain::message::MessageId;
use porthole_domain::reply::ReplyPart;
use porthole_domain::site::SiteId;
use porthole_protocol::{Done, EventKind};
use porthole_store::ConversationId;
use porthole_store::claim::ClaimRequest;
use porthole_telemetry::metrics::Metrics;
use porthole_upstream::Failure;
use uuid::Uuid;

use crate::budget::Budget;
use crate::reply::Ending;
use crate::writer::ReplyWriter;
use crate::{Batch, Join, Reader, Relay, Reply, ReplyRead, Seal, TextReader};

mod memory;
mod reply;
mod running;
mod scripted;
mod task;
mod webhook;

const KEEP: Duration = Duration::from_mins(2);

/// Seals without a session, and counts the ends.
#[derive(Clone, Debug, Default)]
struct FakeSeal {
    ends: Arc<Mutex<Vec<End>>>,
    refusal: Option<Failure>,
}

impl Seal for FakeSeal {
    async fn seal(&self, end: End, text: TextHash) -> Result<Done, Failure> {
        // A seal may await a store: the reply must not be locked meanwhile.
        tokio::task::yield_now().await;
        if let Some(refusal) = self.refusal {
            return Err(refusal);
        }
        self.ends.lock().push(end);
        Ok(Done {
            token: format!("token after {} bytes", text.bytes()),
            expires_at: "2026-01-01T00:00:00Z".into(),
            turn: 1,
            head: String::new(),
            end,
            receipt: String::new(),
        })
    }
}

fn id(number: u128) -> MessageId {
    MessageId::from(Uuid::from_u128(number))
}

fn conversation(number: u128) -> ConversationId {
    ConversationId { site: SiteId::default(), sid: Uuid::from_u128(number) }
}

/// The first attempt at a message of a conversation of its own.
fn request(message: u128) -> ClaimRequest {
    let conversation = conversation(message);
    let head = Head::new(&conversation.site, conversation.sid);
    let text = TextHash::new("hi");
    ClaimRequest {
        fingerprint: Fingerprint::new(&head, 0, &text, None, None),
        conversation,
        message_id: id(message),
        attempt: 1,
        seq: 0,
        fork: false,
    }
}

async fn start(relay: &Relay, request: &ClaimRequest) -> ReplyWriter {
    let claim = relay.claim(request, Instant::now()).await.unwrap();
    let reply = relay.new_reply(&claim);
    relay.start(claim, Arc::clone(&reply)).await;
    ReplyWriter::new(reply, relay.clone(), Uuid::nil())
}

fn say(writer: &ReplyWriter, text: &str) {
    writer.append(&mut vec![ReplyPart::Text(text.into())], 0);
}

async fn end(writer: &ReplyWriter, ending: Ending) {
    end_with(writer, ending, &FakeSeal::default()).await;
}

async fn end_with(writer: &ReplyWriter, ending: Ending, seal: &FakeSeal) {
    writer.decide(ending);
    writer.seal(seal).await;
}

fn read_from(reply: &Arc<Reply>, last: Option<u64>) -> Reader {
    match Reader::join(Arc::clone(reply), last) {
        Join::Reading(reader) => reader,
        other => panic!("nothing to read but {other:?}"),
    }
}

/// The text of a reply that is sealed.
async fn text(reply: &Arc<Reply>) -> String {
    reply.wait_for_end().await.unwrap();
    let escaped: Vec<u8> = TextReader::new(Arc::clone(reply)).flatten().collect();
    serde_json::from_slice(&[b"\"", &*escaped, b"\""].concat()).unwrap()
}

/// The terminal event of a reply that is sealed.
async fn done(reply: &Reply) -> Done {
    serde_json::from_slice(&reply.wait_for_end().await.unwrap().done).unwrap()
}

/// The names and, for deltas and errors, the texts and codes of everything that a reader reads, to the end.
async fn read_all(mut reader: Reader) -> Vec<String> {
    let mut all = Vec::new();
    while let Some(ReplyRead::Events(events)) = reader.read(names).await {
        all.extend(events);
    }
    all
}

async fn read_batch(reader: &mut Reader) -> Vec<String> {
    match reader.read(names).await {
        Some(ReplyRead::Events(events)) => events,
        other => panic!("no events but {other:?}"),
    }
}

fn names(batch: &Batch<'_>) -> Vec<String> {
    let name = |event: crate::BatchEvent<'_>| {
        let data: serde_json::Value = serde_json::from_slice(event.data).unwrap();
        match event.kind {
            EventKind::Delta => data["text"].as_str().unwrap().to_owned(),
            EventKind::Error => data["code"].as_str().unwrap().to_owned(),
            kind => kind.name().to_owned(),
        }
    };
    batch.events().map(name).collect()
}
