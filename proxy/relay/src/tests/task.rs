//! The reply task: an upstream as a reader sees it, well or not.

use porthole_upstream::TimeoutKind;

use super::running::{LONG, Running, SHORT, failure, write};
use super::scripted::{Scripted, Step, chunk, head, item, last, line};
use super::*;
use crate::TimeLimits;

/// The events that a reader reads, by batch. It is a task of its own: the runtime lets that of the test itself wait for
/// many others, and then everything would have come.
async fn batches(reply: Arc<Reply>) -> Vec<Vec<String>> {
    let mut reader = read_from(&reply, None);
    let reading = tokio::spawn(async move {
        let mut batches = Vec::new();
        while let Some(ReplyRead::Events(batch)) = reader.read(names).await {
            batches.push(batch);
        }
        batches
    });
    reading.await.unwrap()
}

/// The measured shape of the task: a token by itself would cost a write each.
#[tokio::test]
async fn a_burst_of_50_lines_reaches_a_reader_in_4_batches_at_most() {
    let lines: Vec<u8> = (0..50).flat_map(|n| item(&format!("t{n} "))).collect();
    let whole = [head(), line("begin"), lines, line("end"), last()].concat();
    for steps in [
        vec![Step::Write(whole.clone())],
        vec![write(&[head()]), Step::Write(whole[head().len()..].to_vec())],
    ] {
        let scripted = Scripted::serve(steps).await;
        let reply = Running::at(&scripted, LONG).start(1).await;
        reply.wait_for_status(LONG.whole).await.unwrap();
        let text = (0..50).map(|n| format!("t{n} ")).collect::<Vec<_>>().concat();
        let batches = batches(Arc::clone(&reply)).await;
        assert!(batches.len() <= 4, "{batches:?}");
        assert_eq!(batches.concat().last().unwrap(), "done");
        assert_eq!(self::text(&reply).await, text);
    }
}

#[tokio::test]
async fn paced_tokens_go_out_one_by_one() {
    let scripted = Scripted::serve(vec![
        write(&[head(), line("begin"), item("a")]),
        Step::Wait,
        write(&[item("b")]),
        Step::Wait,
        write(&[item("c"), last()]),
    ])
    .await;
    let reply = Running::at(&scripted, LONG).start(1).await;
    reply.wait_for_status(LONG.whole).await.unwrap();
    let mut reader = read_from(&reply, Some(0));
    assert_eq!(read_batch(&mut reader).await, ["a"]);
    scripted.go_on();
    assert_eq!(read_batch(&mut reader).await, ["b"]);
    scripted.go_on();
    assert_eq!(read_all(reader).await, ["c", "done"]);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_an_error_and_never_done() {
    let cuts = [
        vec![Step::Cut],
        vec![write(&[head()]), Step::Cut],
        vec![write(&[head(), item("a")]), Step::Cut],
        vec![write(&[head(), item("a"), b"5\r\nab".to_vec()]), Step::Cut],
        vec![Step::Write(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhello".to_vec()), Step::Cut],
    ];
    for steps in cuts {
        let shown = format!("{steps:?}");
        let scripted = Scripted::serve(steps).await;
        let reply = Running::at(&scripted, LONG).start(1).await;
        let events = read_all(read_from(&reply, None)).await;
        assert_eq!(events.last().unwrap(), "upstream_interrupted", "{shown}");
        assert!(!events.contains(&"done".to_owned()), "{shown}");
        assert_eq!(
            scripted.requests().len(),
            1,
            "a request that may have been delivered is not repeated: {shown}"
        );
    }
}

#[tokio::test]
async fn waits_that_are_too_long_end_the_reply() {
    let table = [
        (
            vec![Step::Hang],
            TimeLimits { first_word: SHORT, ..LONG },
            Failure::TimedOut(TimeoutKind::FirstByte),
        ),
        // The head proves nothing.
        (
            vec![write(&[head()]), Step::Hang],
            TimeLimits { first_word: SHORT, ..LONG },
            Failure::TimedOut(TimeoutKind::FirstByte),
        ),
        (
            vec![write(&[head(), item("a")]), Step::Hang],
            TimeLimits { next_byte: SHORT, ..LONG },
            Failure::TimedOut(TimeoutKind::NextByte),
        ),
        (
            vec![write(&[head()]), Step::Repeat(line("keepalive"))],
            TimeLimits { whole: 4 * SHORT, first_word: 2 * SHORT, ..LONG },
            Failure::TimedOut(TimeoutKind::Whole),
        ),
        // After its own error n8n sometimes never ends the body.
        (
            vec![write(&[head(), item("a"), line("error")]), Step::Hang],
            TimeLimits { after_error: SHORT, ..LONG },
            Failure::Reported,
        ),
        // Or it was an error after which the workflow goes on.
        (
            vec![write(&[head(), line("error")]), write(&[line("begin")]), Step::Hang],
            TimeLimits { after_error: 4 * SHORT, first_word: 8 * SHORT, ..LONG },
            Failure::TimedOut(TimeoutKind::NextByte),
        ),
    ];
    for (steps, limits, want) in table {
        let shown = format!("{steps:?}");
        assert_eq!(failure(steps, limits).await, want, "{shown}");
    }
}

#[test]
fn the_limits_are_those_of_the_contract() {
    let TimeLimits { first_word, next_byte, after_error, whole, after_stop } = TimeLimits::default();
    let seconds = [first_word, next_byte, after_error, whole, after_stop].map(|limit| limit.as_secs());
    assert_eq!(seconds, [190, 95, 2, 600, 30]);
}

#[tokio::test]
async fn no_endless_upstream_prolongs_a_timeout() {
    let only = |limits: fn(&mut TimeLimits)| {
        let mut all = LONG;
        limits(&mut all);
        all
    };
    let first_word = || only(|all| all.first_word = SHORT);
    let keepalives = || Step::Flood(line("keepalive"));
    let endless = |status: &str| {
        Step::Write(format!("HTTP/1.1 {status}\r\ncontent-length: 999999999\r\n\r\n").into_bytes())
    };
    let table = [
        // A head without end, slowly; and one that is always announced.
        (
            vec![Step::Write(b"HTTP/1.1 200 OK\r\nx: ".to_vec()), Step::Repeat(b"x".to_vec())],
            first_word(),
            Failure::TimedOut(TimeoutKind::FirstByte),
        ),
        (
            vec![Step::Repeat(b"HTTP/1.1 100 Continue\r\n\r\n".to_vec())],
            first_word(),
            Failure::TimedOut(TimeoutKind::FirstByte),
        ),
        (
            vec![Step::Flood(b"HTTP/1.1 103 Early Hints\r\n\r\n".to_vec())],
            first_word(),
            Failure::TimedOut(TimeoutKind::FirstByte),
        ),
        // Keep-alives at full speed.
        (
            vec![Step::Write(head()), keepalives()],
            only(|all| all.whole = SHORT),
            Failure::TimedOut(TimeoutKind::Whole),
        ),
        (
            vec![write(&[head(), line("error")]), keepalives()],
            only(|all| all.after_error = SHORT),
            Failure::Reported,
        ),
        // A refusal fails the reply, whatever its body does.
        (vec![endless("500 Oops"), Step::Hang], LONG, Failure::Status(500)),
        (vec![endless("404 Not Found"), Step::Repeat(b"x".to_vec())], LONG, Failure::Status(404)),
        (vec![endless("503 Busy"), Step::Flood(b"x".repeat(999))], LONG, Failure::Status(503)),
    ];
    for (steps, limits, want) in table {
        let shown = format!("{steps:?}");
        assert_eq!(failure(steps, limits).await, want, "{shown}");
    }
}

#[tokio::test]
async fn a_stop_seals_at_once_and_keeps_the_permit_until_the_upstream_ends() {
    let scripted =
        Scripted::serve(vec![write(&[head(), item("a")]), Step::Wait, write(&[item("b"), last()])]).await;
    let running = Running::at(&scripted, LONG).one_at_once();
    let reply = running.start(1).await;
    reply.wait_for_status(LONG.whole).await.unwrap();
    reply.stop().await;
    assert_eq!(read_all(read_from(&reply, None)).await, ["start", "a", "done"]);
    assert!(!running.is_released().await, "n8n runs on");
    scripted.go_on();
    running.released().await;
    assert_eq!(text(&reply).await, "a");
}

#[tokio::test]
async fn after_a_stop_a_silent_upstream_is_waited_for_a_little_longer_only() {
    let scripted = Scripted::serve(vec![write(&[head(), item("a")]), Step::Hang]).await;
    let limits = TimeLimits { after_stop: SHORT, ..LONG };
    let running = Running::at(&scripted, limits).one_at_once();
    let reply = running.start(1).await;
    reply.wait_for_status(LONG.whole).await.unwrap();
    reply.stop().await;
    running.released().await;
    assert_eq!(done(&reply).await.end, End::Stopped);
}

#[tokio::test]
async fn a_stopped_wait_without_a_byte_is_no_sign_of_the_upstreams_health() {
    let scripted = Scripted::serve(vec![Step::Hang]).await;
    let limits = TimeLimits { first_word: 4 * SHORT, after_stop: SHORT, ..LONG };
    let running = Running::at(&scripted, limits).one_at_once();
    for message in 1..=4 {
        assert_eq!(running.failure(message).await, Failure::TimedOut(TimeoutKind::FirstByte));
        running.released().await;
    }
    running.start(5).await.stop().await;
    running.released().await;
    assert_eq!(running.failure(6).await, Failure::TimedOut(TimeoutKind::FirstByte));
    running.released().await;
    assert!(
        matches!(running.failure(7).await, Failure::CircuitOpen(_)),
        "five failures, and no answer between them"
    );
}

#[tokio::test]
async fn a_reply_that_has_failed_is_not_read_on() {
    let flood = || vec![write(&[head(), item("a")]), Step::Flood(item(&"x".repeat(500)))];
    let scripted = Scripted::serve(flood()).await;
    let running = Running::at(&scripted, LONG).one_at_once().with_budget(100_000);
    assert_eq!(running.failure(1).await, Failure::TooLarge);
    running.released().await;

    let scripted = Scripted::serve(vec![write(&[head(), item("a")]), Step::Hang]).await;
    let running = Running::at(&scripted, LONG).one_at_once();
    let reply = running.start(1).await;
    reply.wait_for_status(LONG.whole).await.unwrap();
    running.relay().fail_in_flight();
    assert_eq!(reply.wait_for_end().await.unwrap_err(), Failure::ShutDown);
    running.released().await;
}

#[tokio::test]
async fn a_stopped_answer_is_read_on_and_no_longer_held() {
    let document = |text: &str| chunk(&format!("{{\"output\":\"{text}"));
    let scripted = Scripted::serve(vec![
        write(&[head(), item("a"), document(&"x".repeat(40_000))]),
        Step::Wait,
        write(&[chunk("<html>"), last()]),
    ])
    .await;
    let running = Running::at(&scripted, LONG).one_at_once();
    let reply = running.start(1).await;
    while running.relay().budget().held_bytes() < 40_000 {
        tokio::task::yield_now().await;
    }
    reply.stop().await;
    assert!(running.relay().budget().held_bytes() < 2_000);
    scripted.go_on();
    running.released().await;
}

#[tokio::test]
async fn a_client_that_goes_away_stops_nothing() {
    let scripted =
        Scripted::serve(vec![write(&[head(), item("a")]), Step::Wait, write(&[item("b"), last()])]).await;
    let reply = Running::at(&scripted, LONG).start(1).await;
    let mut reader = read_from(&reply, None);
    reader.read(names).await.unwrap();
    drop(reader);
    scripted.go_on();
    assert_eq!(text(&reply).await, "ab");
}

#[tokio::test]
async fn one_json_document_leaves_whole() {
    let body = chunk(r#"{"output":"hello é"}"#);
    let scripted = Scripted::serve(vec![write(&[head(), body, last()])]).await;
    let reply = Running::at(&scripted, LONG).start(1).await;
    reply.wait_for_status(LONG.whole).await.unwrap();
    assert_eq!(batches(reply).await, [["start", "hello é", "done"]]);
}
