//! Transcripts (contract §3): the turns that a message brings are verified, and reach the workflow as its history.

use porthole_domain::chain::{End, Head, SealedTurn, TextHash};
use porthole_domain::message::MessageId;
use porthole_domain::site::SiteId;
use porthole_protocol::path;
use porthole_tests::client::{Events, json_data, json_of};
use porthole_tests::proxy::JWT_SECRET_KEY;
use porthole_tests::upstream::Framing;
use porthole_tests::{FakeUpstream, Script, Signal};
use reqwest::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::fixture::{Fixture, PUBLIC_URL, id, item, refusal, sealed_text, whole};
use crate::tokens::{LIFE, earlier, keyring, session};

const TRANSCRIPT: &[(&str, &str)] = &[("MEMORY", "transcript"), ("HISTORY_TURNS", "2")];

/// A browser that keeps its conversation: the current token, and each turn as it was sealed with the head after it.
pub(crate) struct KeptChat {
    pub(crate) fixture: Fixture,
    pub(crate) token: String,
    pub(crate) heads: Vec<String>,
    pub(crate) turns: Vec<Value>,
}

impl KeptChat {
    pub(crate) async fn with(script: Script, settings: &[(&str, &str)]) -> Self {
        Self::of(Fixture::new(FakeUpstream::always(script), settings)).await
    }

    /// A browser without a conversation yet.
    pub(crate) async fn of(fixture: Fixture) -> Self {
        let opened = fixture.client.create().await;
        let start = Head::new(&SiteId::default(), Uuid::parse_str(&opened.id).unwrap());
        Self { fixture, token: opened.token, heads: vec![start.to_string()], turns: Vec::new() }
    }

    /// A browser with a conversation of this many turns: question 1, question 2, and so on.
    async fn after(turns: usize) -> Self {
        let mut browser = Self::with(crate::fixture::ok(), TRANSCRIPT).await;
        for turn in 1..=turns {
            browser.say(&format!("question {turn}"), browser.transcript(2)).await;
        }
        browser
    }

    /// The transcript with the last turns of the conversation.
    pub(crate) fn transcript(&self, window: usize) -> Value {
        let before = self.turns.len().saturating_sub(window);
        json!({"base": self.heads[before], "turns": self.turns[before..]})
    }

    /// Sends a message, and keeps its turn behind those that it keeps.
    pub(crate) async fn say(&mut self, text: &str, transcript: Value) {
        let message = message(text, &transcript);
        let response = self.fixture.client.send_as("text/event-stream", &self.token, &message).await;
        let frames = whole(response).await;
        let done = json_data(frames.last().unwrap());
        let kept = transcript["keep"].as_u64().map_or(self.turns.len(), |keep| keep.try_into().unwrap());
        self.turns.truncate(kept);
        self.heads.truncate(kept + 1);
        self.turns.push(json!({
            "id": message["message_id"], "end": done["end"], "user": text, "reply": sealed_text(&frames),
        }));
        self.heads.push(done["head"].as_str().unwrap().to_owned());
        assert_eq!(done["turn"], self.turns.len());
        done["token"].as_str().unwrap().clone_into(&mut self.token);
    }

    /// Sends a message that is refused, and never reaches the workflow.
    async fn refused(&self, transcript: &Value) -> (StatusCode, String) {
        let calls = self.fixture.calls();
        let message = message("hi", transcript);
        let response = self.fixture.client.send_as("text/event-stream", &self.token, &message).await;
        let refused = refusal(response).await;
        assert_eq!(self.fixture.calls(), calls, "{transcript}");
        refused
    }

    /// The body of the last call of the workflow.
    fn received(&self) -> Value {
        self.fixture.upstream.requests().last().unwrap().json()
    }
}

fn message(text: &str, transcript: &Value) -> Value {
    json!({"message_id": id(), "message": text, "transcript": transcript})
}

fn exchange(number: usize) -> [Value; 2] {
    [
        json!({"role": "user", "content": format!("question {number}")}),
        json!({"role": "assistant", "content": "ok"}),
    ]
}

/// The turn with the hash of a text in its place.
pub(crate) fn hashed(turn: &Value) -> Value {
    let mut turn = turn.clone();
    for text in ["user", "reply"] {
        let full = turn.as_object_mut().unwrap().remove(text).unwrap();
        let full = full.as_str().unwrap();
        turn[format!("{text}_len")] = json!(full.len());
        turn[format!("{text}_hash")] = json!(TextHash::new(full).to_string());
    }
    turn
}

pub(crate) fn mismatch() -> (StatusCode, String) {
    (StatusCode::UNPROCESSABLE_ENTITY, "transcript_mismatch".to_owned())
}

#[tokio::test]
async fn the_workflow_gets_the_last_turns_as_they_were_sealed() {
    let mut browser = KeptChat::after(0).await;
    browser.say("question 1", json!(null)).await;
    assert_eq!(browser.received()["history"], json!([]));
    browser.say("question 2", browser.transcript(2)).await;
    assert_eq!(browser.received()["history"], json!(exchange(1)));
    browser.say("question 3", browser.transcript(2)).await;
    browser.say("question 4", browser.transcript(9)).await;
    assert_eq!(browser.received()["history"], json!([exchange(2), exchange(3)].concat()));
    assert_eq!(browser.received()["metadata"]["edited"], json!(null));
    let mut half = browser.transcript(4);
    for at in [0, 1] {
        half["turns"][at] = hashed(&browser.turns[at]);
    }
    browser.say("question 5", half).await;
    assert_eq!(browser.received()["history"], json!([exchange(3), exchange(4)].concat()));
}

#[tokio::test]
async fn an_earlier_message_is_edited_and_the_conversation_goes_on_from_there() {
    let mut browser = KeptChat::after(3).await;
    let edit = |browser: &KeptChat, keep: usize| {
        let mut transcript = browser.transcript(9);
        transcript["keep"] = json!(keep);
        transcript
    };
    browser.say("another question 3", edit(&browser, 2)).await;
    let received = browser.received();
    assert_eq!(received["history"], json!([exchange(1), exchange(2)].concat()));
    assert_eq!(received["metadata"]["edited"], json!({"keep": 2}));
    assert_eq!(received["metadata"]["turn"], 3);
    browser.say("question 4", browser.transcript(2)).await;
    assert_eq!(browser.received()["history"][2]["content"], "another question 3");
    assert_eq!(browser.received()["metadata"]["edited"], json!(null));
    browser.say("question 1", json!({"keep": 0})).await;
    let received = browser.received();
    assert_eq!((&received["history"], &received["metadata"]["edited"]), (&json!([]), &json!({"keep": 0})));
    assert_eq!(browser.turns.len(), 1);
}

#[tokio::test]
async fn a_conversation_goes_on_after_29_days_on_another_replica() {
    const DAY: u64 = 86_400;
    let keyring = keyring(JWT_SECRET_KEY);
    let mut session = session(earlier(29 * DAY));
    let (sid, start) = (session.sid, session.head);
    let mut turns = Vec::new();
    for day in 1..=28 {
        let (user, message_id) = (format!("question {day}"), MessageId::from(Uuid::new_v4()));
        let end = End::Complete;
        turns.push(json!({"id": message_id.to_string(), "end": end.name(), "user": user, "reply": "ok"}));
        let sealed = SealedTurn { message_id, user: TextHash::new(&user), reply: TextHash::new("ok"), end };
        session = session.advance(&sealed, Uuid::new_v4(), earlier((29 - day) * DAY), &LIFE);
    }
    let token = keyring.mint_session(&session, PUBLIC_URL);
    let fixture = Fixture::new(FakeUpstream::always(crate::fixture::ok()), TRANSCRIPT);
    let body = json!({"site": "default", "previous": token});
    let created = fixture.client.post(path::SESSION_CREATE, &body).send().await.unwrap();
    let (_, created) = json_of(created).await;
    assert_eq!(created["session_id"], sid.to_string());
    let message = json!({
        "message_id": id(), "message": "question 29", "transcript": {"base": start.to_string(), "turns": turns},
    });
    let token = created["token"].as_str().unwrap();
    let response = fixture.client.send_as("text/event-stream", token, &message).await;
    assert_eq!(json_data(whole(response).await.last().unwrap())["turn"], 29);
    let received = fixture.upstream.requests().last().unwrap().json();
    assert_eq!(received["history"], json!([exchange(27), exchange(28)].concat()));
    assert_eq!(received["metadata"]["turn"], 29);
}

#[tokio::test]
async fn a_conversation_that_was_changed_is_refused() {
    let browser = KeptChat::after(4).await;
    let honest = browser.transcript(4);
    let mut changed = vec![json!(null), json!({}), browser.transcript(1), browser.transcript(0)];
    let mut change = |path: &str, value: Value| {
        let mut transcript = honest.clone();
        *transcript.pointer_mut(path).unwrap() = value;
        changed.push(transcript);
    };
    change("/base", json!(browser.heads[1]));
    change("/turns/0", browser.turns[1].clone());
    change("/turns/3/user", json!("question 5"));
    change("/turns/3/reply", json!("ok "));
    change("/turns/3/end", json!("stopped"));
    change("/turns/3/id", json!(id()));
    change("/turns/2", hashed(&browser.turns[2]));
    change("/turns", json!([]));
    for (keep, base) in [(5, 0), (1, 2)] {
        let mut transcript = browser.transcript(4 - base);
        transcript["keep"] = json!(keep);
        changed.push(transcript);
    }
    for transcript in changed {
        assert_eq!(browser.refused(&transcript).await, mismatch(), "{transcript}");
    }
}

#[tokio::test]
async fn a_transcript_of_another_form_is_an_invalid_field() {
    let browser = KeptChat::after(1).await;
    let turn = &browser.turns[0];
    let with = |name: &str, value: Value| {
        let mut turn = turn.clone();
        turn[name] = value;
        json!({"turns": [turn]})
    };
    for transcript in [
        json!("all of it"),
        json!([]),
        json!({"keep": -1}),
        json!({"keep": "1"}),
        json!({"base": "AAAA"}),
        json!({"turns": {}}),
        with("id", json!("1")),
        with("end", json!("done")),
        with("reply", json!(null)),
        with("reply_len", json!(2)),
        with("user_hash", json!("AAAA")),
    ] {
        let refused = browser.refused(&transcript).await;
        assert_eq!(refused, (StatusCode::UNPROCESSABLE_ENTITY, "invalid_field".to_owned()), "{transcript}");
    }
}

#[tokio::test]
async fn where_the_workflow_remembers_a_transcript_adds_nothing_and_edits_nothing() {
    let mut browser = KeptChat::with(crate::fixture::ok(), &[]).await;
    browser.say("question 1", json!(null)).await;
    browser.say("question 2", json!({"turns": [{"id": id(), "end": "complete"}]})).await;
    assert_eq!(browser.received()["history"], json!(null));
    browser.say("question 3", json!({"keep": 2})).await;
    let refused = browser.refused(&json!({"keep": 1})).await;
    assert_eq!(refused, (StatusCode::UNPROCESSABLE_ENTITY, "invalid_field".to_owned()));
}

#[tokio::test]
async fn a_reply_that_its_workflow_cuts_short_is_sealed_as_incomplete() {
    let chunk = |delta: Value, reason: Value| {
        let chunk = json!({"choices": [{"index": 0, "delta": delta, "finish_reason": reason}]});
        format!("data: {chunk}\n\n")
    };
    let pieces = [
        chunk(json!({"content": "Once upon"}), json!(null)),
        chunk(json!({}), json!("length")),
        "data: [DONE]\n\n".to_owned(),
    ];
    let mut browser = KeptChat::with(Script::pieces("text/event-stream", pieces), TRANSCRIPT).await;
    browser.say("A tale", json!(null)).await;
    assert_eq!(browser.turns[0]["end"], "incomplete");
    let sealed = SealedTurn {
        message_id: MessageId::parse(browser.turns[0]["id"].as_str().unwrap()).unwrap(),
        user: TextHash::new("A tale"),
        reply: TextHash::new("Once upon"),
        end: End::Incomplete,
    };
    let start = Head::parse(&browser.heads[0]).unwrap();
    assert_eq!(start.after(1, &sealed).to_string(), browser.heads[1]);
    browser.say("Go on", browser.transcript(2)).await;
    let tale = json!({"role": "assistant", "content": "Once upon", "partial": true});
    assert_eq!(browser.received()["history"][1], tale);
}

#[tokio::test]
async fn a_stopped_turn_is_partial_in_the_history() {
    let rest = Signal::new();
    let script = Script::head(200, "application/json", Framing::Chunked).piece(item("half")).wait(&rest);
    let mut browser = KeptChat::with(script.end(), TRANSCRIPT).await;
    let message = message("hi", &json!(null));
    let client = &browser.fixture.client;
    let response = client.send_as("text/event-stream", &browser.token, &message).await;
    let mut events = Events::from_response(response).await;
    let mut frames = vec![events.next().await.unwrap(), events.next().await.unwrap()];
    client.stop(&browser.token, message["message_id"].as_str().unwrap()).await;
    frames.extend(events.rest().await);
    rest.set();
    let done = json_data(frames.last().unwrap());
    let turn = json!({"id": message["message_id"], "end": "stopped", "user": "hi", "reply": "half"});
    browser.token = done["token"].as_str().unwrap().to_owned();
    browser.turns.push(turn);
    browser.heads.push(done["head"].as_str().unwrap().to_owned());
    browser.say("on", browser.transcript(2)).await;
    assert_eq!(browser.received()["history"][1]["partial"], true);
}
