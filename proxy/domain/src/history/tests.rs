use porthole_protocol::history::{HistoryMessage, Role};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{HistoryError, MAX_BYTES, MAX_MESSAGES};
use crate::reply::Thoughts;

fn decode(body: &[u8]) -> Result<Vec<HistoryMessage>, HistoryError> {
    super::decode(body, Thoughts::Hide)
}

/// `user: hi|assistant: hello`, with the time behind where there is one.
fn line(message: HistoryMessage) -> String {
    let role = match message.role {
        Role::User => "user",
        Role::Assistant => "assistant",
    };
    let at = message.at.map(|at| format!(" at {at}")).unwrap_or_default();
    format!("{role}: {}{at}", message.content)
}

fn decoded_text(body: &str) -> Result<String, HistoryError> {
    let lines: Vec<String> = decode(body.as_bytes())?.into_iter().map(line).collect();
    Ok(lines.join("|"))
}

fn langchain(class: &str, content: &Value) -> Value {
    json!({
        "lc": 1, "type": "constructor", "id": ["langchain_core", "messages", class],
        "kwargs": {"content": content, "additional_kwargs": {}, "response_metadata": {}},
    })
}

/// An exchange in every shape in which workflows return it.
fn shapes(user: &str, assistant: &str) -> Vec<Value> {
    let of = |role: &str, words: &str, name: &str| json!({"role": role, name: words});
    let typed = |kind: &str, words: &str| json!({"type": kind, "content": words});
    let parts = json!([{"type": "text", "text": assistant}]);
    let lists = [
        json!([langchain("HumanMessage", &json!(user)), langchain("AIMessage", &json!(assistant))]),
        json!([langchain("HumanMessage", &json!([user])), langchain("AIMessageChunk", &parts)]),
        json!([of("user", user, "content"), of("assistant", assistant, "content")]),
        json!([of("Visitor", user, "text"), of("BOT", assistant, "message")]),
        json!([typed("human", user), typed("ai", assistant)]),
        json!([{"type": "human", "data": {"content": user}}, {"type": "ai", "data": {"content": assistant}}]),
        json!([{"id": 7, "message": typed("human", user)}, {"id": 8, "message": typed("ai", assistant)}]),
        json!([{"human": user}, {"ai": assistant}]),
        json!([of("user", user, "content"), {"role": "assistant", "content": parts}]),
    ];
    let holders: [fn(&Value) -> Value; 6] = [
        Clone::clone,
        |list| json!({"data": list}),
        |list| json!({"messages": list, "messagesCount": 2}),
        |list| json!([{"data": list}]),
        |list| json!([{"messages": list}]),
        |list| json!({"data": {"history": list}}),
    ];
    let held = lists.iter().flat_map(|list| holders.iter().map(move |hold| hold(list)));
    held.collect()
}

/// A body as n8n's stream carries it.
fn streamed(body: &str) -> String {
    let meta = json!({"nodeId": "1", "nodeName": "Respond to Webhook"});
    let middle = body.floor_char_boundary(body.len() / 2);
    let lines = [
        json!({"type": "begin", "metadata": meta}),
        json!({"type": "item", "content": body[..middle], "metadata": meta}),
        json!({"type": "keepalive"}),
        json!({"type": "item", "content": body[middle..], "metadata": meta}),
        json!({"type": "end", "metadata": meta}),
    ];
    lines.map(|line| line.to_string()).join("\r\n")
}

#[test]
fn captured_answers_of_n8n_are_decoded_whole() {
    let captures = [
        (
            include_str!("../../../../tests/fixtures/n8n/e_load_previous_memory.json"),
            "user: tokens=4 delay=5 first|assistant: The quick brown fox |\
             user: tokens=4 delay=5 second|assistant: The quick brown fox ",
        ),
        (include_str!("../../../../tests/fixtures/n8n/e_load_previous_off.json"), ""),
        (include_str!("../../../../tests/fixtures/n8n/e_load_previous_stream_no_memory.json"), ""),
        (include_str!("../../../../tests/fixtures/n8n/e_load_previous_unknown_session.json"), ""),
    ];
    for (capture, expected) in captures {
        let capture: Value = serde_json::from_str(capture).unwrap();
        let body = capture["frames"][0]["data"].as_str().unwrap();
        assert_eq!(decoded_text(body).unwrap(), expected);
    }
}

#[test]
fn an_exchange_is_read_in_every_shape() {
    for shape in shapes("hi", "hello") {
        assert_eq!(decoded_text(&shape.to_string()).as_deref(), Ok("user: hi|assistant: hello"), "{shape}");
    }
}

#[test]
fn speakers_that_are_named_in_one_object_speak_in_its_order() {
    let body =
        r#"{"messages":[{"ai":"Welcome!","human":"hi"},{"ai":"hello","system":"x"}],"messagesCount":3}"#;
    assert_eq!(decoded_text(body).unwrap(), "assistant: Welcome!|user: hi|assistant: hello");
}

#[test]
fn systems_tools_calls_of_tools_and_the_empty_are_left_out() {
    let call = json!([{"name": "stock", "args": {}}]);
    let hidden = [
        json!({"role": "system", "content": "secret prompt"}),
        json!({"role": "developer", "content": "secret prompt"}),
        langchain("SystemMessage", &json!("secret prompt")),
        langchain("ToolMessage", &json!("42")),
        json!({"type": "tool", "content": "42"}),
        json!({"role": "assistant", "content": "Calling stock with input: {}", "tool_calls": call}),
        json!({"type": "constructor", "id": ["AIMessage"], "kwargs": {"content": "Calling stock", "tool_calls": call}}),
        json!({"role": "ai", "content": "x", "additional_kwargs": {"tool_calls": call}}),
        json!({"role": "ai", "content": "x", "additional_kwargs": {"function_call": {"name": "stock"}}}),
        json!({"ai": "Calling stock with input: {}", "tool": "42"}),
        json!({"role": "user", "content": " \r\n"}),
        json!({"role": "assistant", "content": ""}),
        json!({"role": "assistant", "content": [{"type": "tool_use", "text": "42"}, {"type": "image_url"}]}),
        json!({"role": "user", "content": {"a": 1}}),
        json!({"role": "user"}),
        json!("secret prompt"),
        json!(null),
    ];
    for hidden in hidden {
        let body = json!([hidden, {"role": "user", "content": "hi", "tool_calls": []}]);
        assert_eq!(decoded_text(&body.to_string()).as_deref(), Ok("user: hi"), "{hidden}");
    }
    assert_eq!(decoded_text(r#"{"messages":[{"role":"system","content":"x"}]}"#).as_deref(), Ok(""));
}

#[test]
fn what_the_model_thought_is_left_out_as_in_replies() {
    let thoughts = "<think>\nSold out, I guess.\n</think>\n\n";
    let said = |role: &str, words: &str| json!([{"role": role, "content": words}]).to_string();
    for (body, hidden, kept) in [
        (
            said("assistant", &format!("{thoughts}In May.")),
            "assistant: In May.",
            format!("assistant: {thoughts}In May."),
        ),
        (
            said("ai", "In May【3:0†stock.csv】."),
            "assistant: In May.",
            "assistant: In May【3:0†stock.csv】.".into(),
        ),
        (said("assistant", thoughts), "", format!("assistant: {thoughts}")),
        (said("user", "<think>hm</think>"), "user: <think>hm</think>", "user: <think>hm</think>".into()),
    ] {
        for (thoughts, want) in [(Thoughts::Hide, hidden), (Thoughts::Step, hidden), (Thoughts::Keep, &*kept)]
        {
            let decoded = super::decode(body.as_bytes(), thoughts).unwrap();
            let lines: Vec<String> = decoded.into_iter().map(line).collect();
            assert_eq!(lines.join("|"), want, "{body} {thoughts:?}");
        }
    }
}

#[test]
fn times_are_given_in_utc() {
    for (at, expected) in [
        (json!("2026-11-21T12:16:10Z"), " at 2026-11-21T12:16:10Z"),
        (json!("2026-11-21T13:16:10.5+01:00"), " at 2026-11-21T12:16:10.5Z"),
        (json!("yesterday"), ""),
        (json!(1_795_262_646), ""),
    ] {
        for name in ["at", "created_at"] {
            let plain = json!([{"role": "user", "content": "hi", name: at}]);
            let row = json!([{"message": {"type": "human", "content": "hi"}, name: at}]);
            for body in [plain, row] {
                assert_eq!(decoded_text(&body.to_string()).unwrap(), format!("user: hi{expected}"));
            }
        }
    }
}

#[test]
fn a_body_that_is_no_history_has_its_error() {
    for (body, cause) in [
        ("", HistoryError::NoBody),
        ("\u{feff} \r\n", HistoryError::NoBody),
        ("<!DOCTYPE html><p>[]", HistoryError::Markup),
        ("\n<html>", HistoryError::Markup),
        ("plain text: hi", HistoryError::Text),
        ("[1] says", HistoryError::Text),
        (r#"{"data":[{"role":"user""#, HistoryError::Text),
        ("\"[]\"", HistoryError::Text),
        ("null", HistoryError::Text),
        (r#"{"message":"Workflow was started"}"#, HistoryError::StartedOnly),
        (r#"{"output":"hi"}"#, HistoryError::OtherJson),
        (r#"[{"output":"one"},{"output":"two"}]"#, HistoryError::OtherJson),
        (r#"{"executionStarted":true,"resumeToken":"x"}"#, HistoryError::OtherJson),
        (r#"{"data":"text","messages":3}"#, HistoryError::OtherJson),
        (r#"{"data":[1,2]}"#, HistoryError::OtherJson),
        (r#"{"role":"user","content":"hi"}"#, HistoryError::OtherJson),
        ("{}", HistoryError::OtherJson),
        (&streamed("hello"), HistoryError::Text),
    ] {
        assert_eq!(decoded_text(body), Err(cause), "{body:?}");
    }
    assert_eq!(decode(&vec![b' '; MAX_BYTES + 1]), Err(HistoryError::TooLarge));
    for body in ["[]", "{\"data\":[]}\r\n", "\u{feff}{\"messages\":[]}", "[{\"data\":[]}]"] {
        assert_eq!(decoded_text(body).as_deref(), Ok(""), "{body:?}");
    }
}

#[test]
fn text_is_handed_on_as_it_is_and_broken_characters_are_replaced() {
    for (json, expected) in [
        (r#""a\r\n\tb ""#, "a\r\n\tb "),
        (r#""\ud83d\ude00 \ud83d!""#, "😀 \u{fffd}!"),
        (r#""<b>\u0000\"{}""#, "<b>\0\"{}"),
    ] {
        let body = format!(r#"[{{"role":"user","content":{json}}}]"#);
        assert_eq!(decode(body.as_bytes()).unwrap()[0].content, expected);
    }
    let broken = b"[{\"role\":\"user\",\"content\":\"a\xff\"}]";
    assert_eq!(decode(broken).unwrap()[0].content, "a\u{fffd}");
}

#[test]
fn the_latest_messages_are_kept() {
    let many: Vec<Value> =
        (0..=MAX_MESSAGES).map(|number| json!({"role": "user", "content": number.to_string()})).collect();
    let messages = decode(json!(many).to_string().as_bytes()).unwrap();
    assert_eq!(messages.len(), MAX_MESSAGES);
    assert_eq!((&*messages[0].content, &*messages[MAX_MESSAGES - 1].content), ("1", "1000"));
}

#[test]
fn a_hostile_body_costs_no_more_than_its_length() {
    let deep = "[".repeat(MAX_BYTES);
    let nested = "{\"data\":".repeat(MAX_BYTES / 8);
    let ends = format!(
        "{{\"type\":\"item\",\"content\":\"[{}0]\"}}\n{}",
        "0,".repeat(MAX_BYTES / 4),
        "{\"type\":\"end\"}\n".repeat(MAX_BYTES / 32)
    );
    let wide = format!("[{{{}\"a\":1}}]", "\"a\":1,".repeat(MAX_BYTES / 7));
    let invalid = [&b"[{\"role\":\"user\",\"content\":\""[..], &vec![0xff; MAX_BYTES - 40], b"\"}]"].concat();
    for body in [deep.as_bytes(), nested.as_bytes(), ends.as_bytes(), wide.as_bytes()] {
        assert!(decode(body).is_err());
    }
    assert_eq!(decode(&invalid), Ok(Vec::new()), "three times as long in UTF-8");
}

fn any_json() -> impl Strategy<Value = Value> {
    let names = prop::sample::select(vec![
        "role",
        "type",
        "content",
        "text",
        "data",
        "messages",
        "kwargs",
        "id",
        "human",
        "ai",
        "at",
        "tool_calls",
        "x",
    ]);
    let words =
        prop::sample::select(vec!["user", "ai", "constructor", "AIMessage", "item", "end", "", "2026"]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        words.prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((names.clone(), inner), 0..6).prop_map(|members| {
                let members = members.into_iter().map(|(name, value)| (name.to_owned(), value));
                Value::Object(members.collect())
            }),
        ]
    })
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200), text: String) {
        let _ = decode(&bytes);
        let _ = decode(text.as_bytes());
    }

    #[test]
    fn any_json_is_read_or_refused_and_nothing_empty_comes_of_it(json in any_json()) {
        let beside_a_message = json!([json, {"role": "user", "content": "hi"}]).to_string();
        for body in [&beside_a_message, &streamed(&beside_a_message)] {
            let messages = decode(body.as_bytes()).unwrap();
            prop_assert_eq!(messages.last().map(|message| &*message.content), Some("hi"));
        }
        let alone = json.to_string();
        for body in [&alone, &streamed(&alone), &beside_a_message] {
            for message in decode(body.as_bytes()).unwrap_or_default() {
                prop_assert!(!message.content.trim().is_empty());
            }
        }
    }
}

proptest! {
    // Each case is read in 162 forms.
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn an_exchange_survives_every_shape_and_the_stream_around_it(user in "\\PC*[a-z]", assistant in "[a-z]\\PC*") {
        for shape in shapes(&user, &assistant) {
            for body in [shape.to_string(), format!("\r\n{shape:#}\r\n"), streamed(&shape.to_string())] {
                let messages = decode(body.as_bytes()).unwrap();
                let contents: Vec<&str> = messages.iter().map(|message| message.content.as_str()).collect();
                prop_assert_eq!(contents, [user.as_str(), assistant.as_str()], "{}", body);
            }
        }
    }
}
