use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use porthole_domain::chain::{Head, TextHash};

use super::*;

const KEEP: Duration = Duration::from_mins(2);

/// A reply that a test ends.
#[derive(Debug)]
struct FakeReply(Mutex<ReplyStatus>);

impl ClaimedReply for FakeReply {
    fn status(&self) -> ReplyStatus {
        *self.0.lock()
    }
}

impl FakeReply {
    fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(ReplyStatus::InFlight)))
    }
}

fn sealed() -> ReplyStatus {
    ReplyStatus::Sealed(Instant::now())
}

fn failed(repeat: Repeat) -> ReplyStatus {
    ReplyStatus::Failed { at: Instant::now(), repeat }
}

fn id(number: u128) -> MessageId {
    MessageId::from(Uuid::from_u128(number))
}

fn conversation(number: u128) -> ConversationId {
    ConversationId { site: SiteId::default(), sid: Uuid::from_u128(number) }
}

fn fingerprint(text: &str) -> Fingerprint {
    let head = Head::new(&SiteId::default(), Uuid::from_u128(1));
    Fingerprint::new(&head, 0, &TextHash::new(text), None, None)
}

/// The first attempt at a message of the only conversation, by its first token.
fn request(message: u128) -> ClaimRequest {
    ClaimRequest {
        fingerprint: fingerprint("hi"),
        conversation: conversation(1),
        message_id: id(message),
        attempt: 1,
        seq: 0,
        fork: false,
    }
}

type Memory = MemoryClaims<FakeReply>;

async fn claim(
    claims: &Memory,
    request: &ClaimRequest,
) -> Result<MemoryClaim<FakeReply>, NotClaimed<FakeReply>> {
    claims.claim(request, Instant::now()).await
}

/// Starts the message, whose reply then stands as given.
async fn start(claims: &Memory, request: &ClaimRequest, status: ReplyStatus) -> Arc<FakeReply> {
    let reply = FakeReply::new();
    let claimed = claim(claims, request).await.unwrap();
    claims.start(claimed, Arc::clone(&reply)).await;
    *reply.0.lock() = status;
    reply
}

/// Names the outcome of a send.
async fn outcome(claims: &Memory, request: &ClaimRequest) -> String {
    let number = |id: MessageId| u128::from_be_bytes(*id.as_bytes());
    match claim(claims, request).await {
        Ok(_) => "run".into(),
        Err(NotClaimed::Join(_)) => "join".into(),
        Err(NotClaimed::FailedBefore(_)) => "failed".into(),
        Err(NotClaimed::Conflict) => "conflict".into(),
        Err(NotClaimed::Busy(message_id)) => format!("busy {}", number(message_id)),
        Err(NotClaimed::Stale(message_id)) => format!("stale {:?}", message_id.map(number)),
    }
}

#[tokio::test]
async fn a_send_of_the_same_message_follows_from_how_the_first_ended() {
    let table = [
        (ReplyStatus::InFlight, 1, "join"),
        (ReplyStatus::InFlight, 2, "join"),
        (sealed(), 1, "join"),
        (sealed(), 5, "join"),
        (failed(Repeat::Joins), 1, "join"),
        (failed(Repeat::Joins), 2, "run"),
        (failed(Repeat::Fails), 1, "failed"),
        (failed(Repeat::Fails), 2, "run"),
        (failed(Repeat::Runs), 1, "run"),
    ];
    for (status, attempt, want) in table {
        let claims = Memory::new(KEEP);
        start(&claims, &request(1), status).await;
        let again = ClaimRequest { attempt, ..request(1) };
        assert_eq!(outcome(&claims, &again).await, want, "{status:?}, attempt {attempt}");
    }
}

#[tokio::test]
async fn the_same_id_for_another_message_is_a_conflict_however_the_first_ended() {
    for status in [ReplyStatus::InFlight, sealed(), failed(Repeat::Fails)] {
        let claims = Memory::new(KEEP);
        start(&claims, &request(1), status).await;
        let other = ClaimRequest { fingerprint: fingerprint("ho"), attempt: 2, ..request(1) };
        assert_eq!(outcome(&claims, &other).await, "conflict", "{status:?}");
    }
}

#[tokio::test]
async fn another_message_waits_for_the_running_one_and_for_the_newest_token() {
    let table = [
        (ReplyStatus::InFlight, 0, false, "busy 1"),
        (ReplyStatus::InFlight, 0, true, "busy 1"),
        (ReplyStatus::InFlight, 1, false, "busy 1"),
        (sealed(), 0, false, "stale Some(1)"),
        (sealed(), 0, true, "run"),
        (sealed(), 1, false, "run"),
        (failed(Repeat::Joins), 0, false, "run"),
        (failed(Repeat::Fails), 0, false, "run"),
    ];
    for (status, seq, fork, want) in table {
        let claims = Memory::new(KEEP);
        start(&claims, &request(1), status).await;
        let second = ClaimRequest { seq, fork, ..request(2) };
        assert_eq!(outcome(&claims, &second).await, want, "{status:?}, seq {seq}, fork {fork}");
    }
}

#[tokio::test]
async fn a_newer_token_that_was_seen_makes_older_ones_stale() {
    let claims = Memory::new(KEEP);
    let newer = ClaimRequest { seq: 5, ..request(1) };
    start(&claims, &newer, failed(Repeat::Fails)).await;
    let older = ClaimRequest { seq: 4, ..request(2) };
    assert_eq!(outcome(&claims, &older).await, "stale None");
}

#[tokio::test]
async fn a_claim_that_is_dropped_leaves_nothing() {
    let claims = Memory::new(KEEP);
    drop(claim(&claims, &request(1)).await.unwrap());
    assert_eq!(claims.conversations(), 0);
    assert!(claims.find(&conversation(1), id(1), Instant::now()).await.is_none());
    assert_eq!(outcome(&claims, &request(1)).await, "run");
}

#[tokio::test]
async fn a_dropped_claim_of_a_further_attempt_keeps_the_first() {
    let claims = Memory::new(KEEP);
    start(&claims, &request(1), failed(Repeat::Fails)).await;
    let second = ClaimRequest { attempt: 2, ..request(1) };
    drop(claim(&claims, &second).await.unwrap());
    assert_eq!(outcome(&claims, &request(1)).await, "failed");
}

#[tokio::test]
async fn conversations_do_not_know_each_other() {
    let claims = Memory::new(KEEP);
    start(&claims, &request(1), ReplyStatus::InFlight).await;
    let other = ClaimRequest { conversation: conversation(2), ..request(1) };
    let found = claims.find(&conversation(2), id(1), Instant::now()).await;
    assert!(found.is_none());
    assert_eq!(outcome(&claims, &other).await, "run");
}

#[tokio::test]
async fn a_repeat_waits_for_the_claim_and_joins_what_came_of_it() {
    let claims = Memory::new(KEEP);
    let first = claim(&claims, &request(1)).await.unwrap();
    let again = request(1);
    let (repeat, ()) = tokio::join!(outcome(&claims, &again), async {
        claims.start(first, FakeReply::new()).await;
    });
    assert_eq!(repeat, "join");
}

#[tokio::test]
async fn a_send_behind_a_claim_that_is_given_back_gets_its_turn() {
    for message in [1, 2] {
        let claims = Memory::new(KEEP);
        let first = claim(&claims, &request(1)).await.unwrap();
        let behind = request(message);
        let (behind, ()) = tokio::join!(outcome(&claims, &behind), async { drop(first) });
        assert_eq!(behind, "run", "{message}");
    }
}

#[tokio::test]
async fn a_repeat_of_an_ended_message_joins_while_another_is_claimed() {
    let claims = Memory::new(KEEP);
    start(&claims, &request(1), sealed()).await;
    let next = ClaimRequest { seq: 1, ..request(2) };
    let _claimed = claim(&claims, &next).await.unwrap();
    assert_eq!(outcome(&claims, &request(1)).await, "join");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_many_sends_at_once_runs_and_the_others_join_it() {
    let claims = Memory::new(KEEP);
    let send = |claims: Memory| async move {
        match claim(&claims, &request(1)).await {
            Ok(claimed) => {
                tokio::task::yield_now().await;
                claims.start(claimed, FakeReply::new()).await;
                "run"
            }
            Err(NotClaimed::Join(_)) => "join",
            Err(_) => "other",
        }
    };
    let sends: Vec<_> = (0..8).map(|_| tokio::spawn(send(claims.clone()))).collect();
    let mut outcomes = Vec::new();
    for send in sends {
        outcomes.push(send.await.unwrap());
    }
    outcomes.sort_unstable();
    assert_eq!(outcomes, ["join", "join", "join", "join", "join", "join", "join", "run"]);
}

#[tokio::test]
async fn a_reply_is_found_for_its_time_after_its_end() {
    let claims = Memory::new(KEEP);
    let reply = start(&claims, &request(1), ReplyStatus::InFlight).await;
    let now = Instant::now();
    let conversation = conversation(1);
    let find = |at| claims.find(&conversation, id(1), at);
    assert!(find(now + 100 * KEEP).await.is_some(), "in flight");
    *reply.0.lock() = ReplyStatus::Sealed(now);
    assert!(find(now + KEEP / 2).await.is_some());
    assert!(find(now + KEEP).await.is_none());
}

#[tokio::test]
async fn the_eviction_of_a_failed_attempt_spares_the_one_that_runs() {
    let claims = Memory::new(KEEP);
    let first = start(&claims, &request(1), failed(Repeat::Fails)).await;
    let again = ClaimRequest { attempt: 2, ..request(1) };
    start(&claims, &again, ReplyStatus::InFlight).await;
    claims.evict(&conversation(1), id(1), &first);
    assert_eq!(claims.running().len(), 1);
}
