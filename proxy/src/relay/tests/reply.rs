//! A reply, its writer and its readers.

use futures_util::FutureExt as _;

use super::*;

fn replying() -> (Producer, Arc<Reply>, Seal) {
    let seal = Seal::default();
    let producer = run_with(&Relay::new(KEEP), &claim(1), seal.clone());
    let reply = Arc::clone(producer.reply());
    (producer, reply, seal)
}

#[tokio::test]
async fn every_reader_gets_the_same_events_wherever_it_joins() {
    let (producer, reply, _) = replying();
    say(&producer, "a");
    let early = read_from(&reply, None);
    say(&producer, "b");
    producer.complete();
    assert_eq!(read_all(early).await, ["start", "a", "b", "done"]);
    for (last, want) in [(None, 4), (Some(0), 3), (Some(1), 2), (Some(2), 1)] {
        assert_eq!(
            read_all(read_from(&reply, last)).await.len(),
            want,
            "after {last:?}"
        );
    }
}

#[tokio::test]
async fn text_that_came_together_is_one_delta() {
    let (producer, reply, _) = replying();
    producer.append(&mut vec![
        ReplyPart::Text("a".into()),
        ReplyPart::Text("b".into()),
        ReplyPart::Suggestions(vec!["more?".into()]),
        ReplyPart::Text("c".into()),
    ]);
    producer.complete();
    assert_eq!(
        read_all(read_from(&reply, None)).await,
        ["start", "ab", "suggestions", "c", "done"]
    );
}

#[tokio::test]
async fn a_join_is_checked_against_what_there_is() {
    let (producer, reply, _) = replying();
    let join = |last| Reader::join(Arc::clone(&reply), Some(last), Format::Sse);
    assert!(
        matches!(join(0), Join::Reading(_)),
        "at the last event of a running reply"
    );
    assert!(matches!(join(1), Join::Beyond));
    say(&producer, "a");
    producer.complete();
    assert!(matches!(join(1), Join::Reading(_)));
    assert!(matches!(join(2), Join::Complete));
    assert!(matches!(join(3), Join::Beyond));
    assert!(matches!(join(u64::MAX), Join::Beyond));
}

#[tokio::test]
async fn a_stop_seals_what_was_said_before_it_returns() {
    let (producer, reply, seal) = replying();
    say(&producer, "a");
    reply.stop();
    assert_eq!(*seal.ends.lock().unwrap(), ["Stopped"]);
    say(&producer, "b");
    producer.complete();
    reply.stop();
    assert_eq!(read_all(read_from(&reply, None)).await, ["start", "a", "done"]);
    assert_eq!(*seal.ends.lock().unwrap(), ["Stopped"], "it ends once");
    assert!(reply.finished().await.unwrap().done.stopped);
}

#[tokio::test]
async fn a_stop_before_the_first_word_seals_nothing() {
    let (producer, reply, seal) = replying();
    producer.append(&mut vec![ReplyPart::Suggestions(vec!["more?".into()])]);
    reply.stop();
    assert_eq!(
        read_all(read_from(&reply, None)).await,
        ["start", "suggestions", "stopped"]
    );
    assert_eq!(*seal.ends.lock().unwrap(), ["stopped"]);
}

#[tokio::test]
async fn a_stop_after_the_end_is_without_effect() {
    let (producer, reply, seal) = replying();
    say(&producer, "a");
    producer.complete();
    reply.stop();
    assert_eq!(*seal.ends.lock().unwrap(), ["Complete"]);
}

#[tokio::test]
async fn a_writer_that_is_lost_fails_the_reply() {
    let (producer, reply, _) = replying();
    say(&producer, "a");
    drop(producer);
    assert_eq!(
        read_all(read_from(&reply, None)).await,
        ["start", "a", "internal"]
    );
}

#[tokio::test]
async fn a_reply_without_a_word_is_empty_and_never_sealed() {
    let (producer, reply, seal) = replying();
    producer.complete();
    assert_eq!(reply.finished().await.unwrap_err().code().as_str(), "empty_reply");
    assert_eq!(*seal.ends.lock().unwrap(), ["empty_reply"]);
}

#[tokio::test]
async fn a_seal_that_is_refused_is_the_error_at_the_end() {
    let refusing = Seal {
        refusal: Some(Failure::SessionEnded),
        ..Seal::default()
    };
    let producer = run_with(&Relay::new(KEEP), &claim(1), refusing);
    say(&producer, "a");
    producer.complete();
    assert_eq!(
        read_all(read_from(producer.reply(), None)).await,
        ["start", "a", "session_ended"]
    );
}

#[tokio::test]
async fn a_whole_reply_has_the_text_that_was_sealed() {
    let (producer, reply, seal) = replying();
    let finished = reply.finished();
    say(&producer, "a \"é😀\"\n");
    producer.append(&mut vec![
        ReplyPart::Suggestions(vec!["x".into()]),
        ReplyPart::Text("b".into()),
    ]);
    producer.complete();
    let whole = finished.await.unwrap();
    let text = reply.text();
    assert_eq!(text, "a \"é😀\"\nb");
    assert_eq!(text, *seal.text.lock().unwrap());
    let raw: Vec<u8> = TextReader::of(Arc::clone(&reply)).flatten().collect();
    assert_eq!(raw, r#"a \"é😀\"\nb"#.as_bytes());
    assert_eq!(raw.len(), whole.text_bytes);
    assert_eq!(whole.suggestions, ["x"]);
    assert_eq!(whole.done.token, format!("token after {} bytes", text.len()));
}

#[tokio::test(start_paused = true)]
async fn the_status_is_committed_by_the_first_byte_the_end_or_the_clock() {
    let patience = Duration::from_secs(10);
    let (producer, reply, _) = replying();
    assert_eq!(reply.committed(patience).now_or_never(), None);
    producer.append(&mut Vec::new());
    assert_eq!(reply.committed(patience).now_or_never(), Some(Ok(())));

    let (producer, reply, _) = replying();
    producer.append(&mut Vec::new());
    producer.fail(Failure::Markup);
    assert_eq!(
        reply.committed(patience).now_or_never(),
        Some(Err(Failure::Markup))
    );

    let (producer, reply, _) = replying();
    say(&producer, "Half of");
    producer.fail(Failure::Interrupted);
    assert_eq!(
        reply.committed(patience).now_or_never(),
        Some(Ok(())),
        "what was said is shown"
    );

    let (_producer, reply, _) = replying();
    let begin = tokio::time::Instant::now();
    assert_eq!(reply.committed(patience).await, Ok(()));
    assert_eq!(begin.elapsed(), patience);
}

#[tokio::test(start_paused = true)]
async fn a_silent_stream_pings_every_15_seconds() {
    for (format, ping) in [
        (Format::Sse, ": ping\n\n"),
        (Format::JsonLines, "{\"event\":\"ping\"}\n"),
    ] {
        let (producer, reply, _) = replying();
        let mut reader = Reader::of(Arc::clone(&reply), format);
        reader.read().await.unwrap();
        for _ in 0..3 {
            let begin = tokio::time::Instant::now();
            assert_eq!(reader.read().await.unwrap(), ping);
            assert_eq!(begin.elapsed(), Duration::from_secs(15));
        }
        say(&producer, "a");
        assert_ne!(reader.read().await.unwrap(), ping);
    }
}

#[tokio::test]
async fn a_reader_that_waits_is_woken_by_each_append() {
    let (producer, reply, _) = replying();
    let mut reader = read_from(&reply, Some(0));
    for text in ["a", "b", "c"] {
        let (bytes, ()) = tokio::join!(reader.read(), async { say(&producer, text) });
        assert_eq!(events(&bytes.unwrap()), [text]);
    }
}

#[tokio::test]
async fn the_stream_of_a_reader_ends_with_the_reply() {
    use futures_util::StreamExt as _;
    let (producer, reply, _) = replying();
    say(&producer, "a");
    producer.complete();
    let pieces: Vec<_> = read_from(&reply, None).into_stream().collect().await;
    assert_eq!(pieces.len(), 1, "all there is leaves at once");
}
