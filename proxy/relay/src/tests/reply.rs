//! A reply, its writer and its readers.

use futures_util::FutureExt as _;

use super::*;

async fn replying() -> (ReplyWriter, Arc<Reply>) {
    let writer = start(&Relay::new(KEEP, Metrics::default()), &request(1)).await;
    let reply = Arc::clone(writer.reply());
    (writer, reply)
}

/// Stops the reply as a visitor does, while its task seals it.
async fn stop(writer: &ReplyWriter, seal: &FakeSeal) {
    tokio::join!(writer.reply().stop(), async {
        writer.decided().await;
        writer.seal(seal).await;
    });
}

#[tokio::test]
async fn every_reader_gets_the_same_events_wherever_it_joins() {
    let (writer, reply) = replying().await;
    say(&writer, "a");
    let early = read_from(&reply, None);
    say(&writer, "b");
    end(&writer, Ending::Sealed(End::Complete)).await;
    assert_eq!(read_all(early).await, ["start", "a", "b", "done"]);
    for (last, want) in [(None, 4), (Some(0), 3), (Some(1), 2), (Some(2), 1)] {
        assert_eq!(read_all(read_from(&reply, last)).await.len(), want, "after {last:?}");
    }
}

#[tokio::test]
async fn text_that_came_together_is_one_delta() {
    let (writer, reply) = replying().await;
    let mut pieces = vec![
        ReplyPart::Text("a".into()),
        ReplyPart::Text("b".into()),
        ReplyPart::Suggestions(vec!["more?".into()]),
        ReplyPart::Text("c".into()),
    ];
    writer.append(&mut pieces, 0);
    end(&writer, Ending::Sealed(End::Complete)).await;
    assert_eq!(read_all(read_from(&reply, None)).await, ["start", "ab", "suggestions", "c", "done"]);
}

#[tokio::test]
async fn a_join_is_checked_against_the_events_so_far() {
    let (writer, reply) = replying().await;
    let join = |last| Reader::join(Arc::clone(&reply), Some(last));
    assert!(matches!(join(0), Join::Reading(_)), "at the last event of a reply in flight");
    assert!(matches!(join(1), Join::Beyond));
    say(&writer, "a");
    end(&writer, Ending::Sealed(End::Complete)).await;
    assert!(matches!(join(1), Join::Reading(_)));
    assert!(matches!(join(2), Join::Complete));
    assert!(matches!(join(3), Join::Beyond));
    assert!(matches!(join(u64::MAX), Join::Beyond));
}

#[tokio::test]
async fn a_stop_seals_the_text_so_far_before_it_returns() {
    let (writer, reply) = replying().await;
    let seal = FakeSeal::default();
    say(&writer, "a");
    stop(&writer, &seal).await;
    assert_eq!(*seal.ends.lock(), [End::Stopped]);
    say(&writer, "b");
    end_with(&writer, Ending::Sealed(End::Complete), &seal).await;
    stop(&writer, &seal).await;
    assert_eq!(read_all(read_from(&reply, None)).await, ["start", "a", "done"]);
    assert_eq!(*seal.ends.lock(), [End::Stopped], "it ends once");
    assert_eq!(done(&reply).await.end, End::Stopped);
}

#[tokio::test]
async fn text_behind_the_decision_to_stop_is_neither_sealed_nor_shown() {
    let (writer, reply) = replying().await;
    say(&writer, "a");
    writer.decide(Ending::Sealed(End::Stopped));
    say(&writer, "b");
    writer.seal(&FakeSeal::default()).await;
    assert_eq!(read_all(read_from(&reply, None)).await, ["start", "a", "done"]);
    assert_eq!(done(&reply).await.token, "token after 1 bytes");
}

#[tokio::test]
async fn a_stop_before_the_first_word_seals_nothing() {
    let (writer, reply) = replying().await;
    let seal = FakeSeal::default();
    writer.append(&mut vec![ReplyPart::Suggestions(vec!["more?".into()])], 0);
    stop(&writer, &seal).await;
    assert_eq!(read_all(read_from(&reply, None)).await, ["start", "suggestions", "stopped"]);
    assert_eq!(*seal.ends.lock(), []);
}

#[tokio::test]
async fn a_stop_after_the_end_is_without_effect() {
    let (writer, reply) = replying().await;
    let seal = FakeSeal::default();
    say(&writer, "a");
    end_with(&writer, Ending::Sealed(End::Complete), &seal).await;
    reply.stop().await;
    assert_eq!(*seal.ends.lock(), [End::Complete]);
}

#[tokio::test]
async fn a_writer_that_is_lost_fails_the_reply() {
    let (writer, reply) = replying().await;
    say(&writer, "a");
    drop(writer);
    assert_eq!(read_all(read_from(&reply, None)).await, ["start", "a", "internal"]);
}

#[tokio::test]
async fn a_writer_that_is_lost_while_it_seals_fails_the_reply() {
    let (writer, reply) = replying().await;
    say(&writer, "a");
    writer.decide(Ending::Sealed(End::Complete));
    assert!(writer.seal(&FakeSeal::default()).now_or_never().is_none());
    drop(writer);
    assert_eq!(read_all(read_from(&reply, None)).await, ["start", "a", "internal"]);
}

#[tokio::test]
async fn a_reply_without_a_word_is_empty_and_never_sealed() {
    let (writer, reply) = replying().await;
    let seal = FakeSeal::default();
    end_with(&writer, Ending::Sealed(End::Complete), &seal).await;
    assert_eq!(reply.wait_for_end().await.unwrap_err().code().as_str(), "empty_reply");
    assert_eq!(*seal.ends.lock(), []);
}

#[tokio::test]
async fn a_refused_seal_is_the_error_at_the_end() {
    let (writer, reply) = replying().await;
    let refusing = FakeSeal { refusal: Some(Failure::SessionEnded), ..FakeSeal::default() };
    say(&writer, "a");
    end_with(&writer, Ending::Sealed(End::Complete), &refusing).await;
    assert_eq!(read_all(read_from(&reply, None)).await, ["start", "a", "session_ended"]);
}

#[tokio::test]
async fn a_finished_reply_has_the_text_that_was_sealed() {
    let (writer, reply) = replying().await;
    let finished = reply.wait_for_end();
    say(&writer, "a \"é😀\"\n");
    writer.append(&mut vec![ReplyPart::Suggestions(vec!["x".into()]), ReplyPart::Text("b".into())], 0);
    end(&writer, Ending::Sealed(End::Complete)).await;
    let finished = finished.await.unwrap();
    let text = text(&reply).await;
    assert_eq!(text, "a \"é😀\"\nb");
    let escaped: Vec<u8> = TextReader::new(Arc::clone(&reply)).flatten().collect();
    assert_eq!(escaped, r#"a \"é😀\"\nb"#.as_bytes());
    assert_eq!(escaped.len(), finished.text_len);
    assert_eq!(finished.suggestions, ["x"]);
    assert_eq!(done(&reply).await.token, format!("token after {} bytes", text.len()));
}

#[tokio::test]
async fn a_text_that_was_taken_back_is_neither_sealed_nor_answered() {
    let (writer, reply) = replying().await;
    say(&writer, "not this");
    let long = "é".repeat(3000);
    writer.append(&mut vec![ReplyPart::Replace(long.clone()), ReplyPart::Text("!".into())], 0);
    end(&writer, Ending::Sealed(End::Complete)).await;
    let escaped: Vec<u8> = TextReader::new(Arc::clone(&reply)).flatten().collect();
    assert_eq!(escaped, format!("{long}!").as_bytes());
    assert_eq!(reply.wait_for_end().await.unwrap().text_len, escaped.len());
    assert_eq!(done(&reply).await.token, format!("token after {} bytes", escaped.len()));
}

#[tokio::test]
async fn a_reply_of_which_all_was_taken_back_is_empty() {
    let (writer, reply) = replying().await;
    say(&writer, "not this");
    writer.append(&mut vec![ReplyPart::Replace(String::new())], 0);
    end(&writer, Ending::Sealed(End::Complete)).await;
    assert_eq!(reply.wait_for_end().await.unwrap_err().code().as_str(), "empty_reply");
}

#[tokio::test(start_paused = true)]
async fn the_status_is_committed_by_the_first_byte_the_end_or_the_timeout() {
    let limit = Duration::from_secs(10);
    let (writer, reply) = replying().await;
    assert_eq!(reply.wait_for_status(limit).now_or_never(), None);
    writer.append(&mut Vec::new(), 0);
    assert_eq!(reply.wait_for_status(limit).now_or_never(), Some(Ok(())));

    let (writer, reply) = replying().await;
    writer.append(&mut Vec::new(), 0);
    end(&writer, Ending::Failed(Failure::Markup)).await;
    assert_eq!(reply.wait_for_status(limit).now_or_never(), Some(Err(Failure::Markup)));

    let (writer, reply) = replying().await;
    say(&writer, "Half of");
    end(&writer, Ending::Failed(Failure::Interrupted)).await;
    assert_eq!(reply.wait_for_status(limit).now_or_never(), Some(Ok(())), "the text so far is shown");

    let (_writer, reply) = replying().await;
    let begin = tokio::time::Instant::now();
    assert_eq!(reply.wait_for_status(limit).await, Ok(()));
    assert_eq!(begin.elapsed(), limit);
}

#[tokio::test(start_paused = true)]
async fn a_silent_stream_is_kept_alive_every_15_seconds() {
    let (writer, reply) = replying().await;
    let mut reader = Reader::new(Arc::clone(&reply));
    reader.read(names).await.unwrap();
    for _ in 0..3 {
        let begin = tokio::time::Instant::now();
        assert!(matches!(reader.read(names).await, Some(ReplyRead::KeepAlive)));
        assert_eq!(begin.elapsed(), Duration::from_secs(15));
    }
    say(&writer, "a");
    assert_eq!(read_batch(&mut reader).await, ["a"]);
}

#[tokio::test]
async fn a_reader_that_waits_is_woken_by_each_append() {
    let (writer, reply) = replying().await;
    let mut reader = read_from(&reply, Some(0));
    for text in ["a", "b", "c"] {
        let (events, ()) = tokio::join!(read_batch(&mut reader), async { say(&writer, text) });
        assert_eq!(events, [text]);
    }
}

#[tokio::test]
async fn a_burst_is_one_batch_and_the_reader_ends_with_the_reply() {
    let (writer, reply) = replying().await;
    say(&writer, "a");
    end(&writer, Ending::Sealed(End::Complete)).await;
    let mut reader = read_from(&reply, None);
    assert_eq!(read_batch(&mut reader).await, ["start", "a", "done"]);
    assert!(reader.read(names).await.is_none());
}

#[tokio::test]
async fn a_writer_that_is_lost_after_the_decision_keeps_to_it() {
    for (ending, failure) in [
        (Ending::Failed(Failure::ShutDown), Failure::ShutDown),
        (Ending::Sealed(End::Stopped), Failure::Stopped),
    ] {
        let (writer, reply) = replying().await;
        writer.decide(ending);
        drop(writer);
        assert_eq!(reply.wait_for_end().await.unwrap_err(), failure);
    }
}

#[tokio::test]
async fn there_is_no_status_before_a_reply_without_text_has_ended() {
    let (writer, reply) = replying().await;
    writer.append(&mut Vec::new(), 0);
    writer.decide(Ending::Sealed(End::Complete));
    assert_eq!(reply.wait_for_status(KEEP).now_or_never(), None);
    writer.seal(&FakeSeal::default()).await;
    let status = reply.wait_for_status(KEEP).now_or_never().unwrap();
    assert_eq!(status.unwrap_err().code().as_str(), "empty_reply");
}

#[tokio::test]
async fn an_end_that_can_be_read_has_been_counted() {
    use porthole_store::claim::{ClaimedReply as _, ReplyStatus};
    for round in 0..500 {
        let metrics = Metrics::default();
        let relay = Relay::new(KEEP, metrics.clone());
        let claim = relay.claim(&request(round), Instant::now()).await.unwrap();
        let reply = relay.new_reply(&claim);
        relay.start(claim, Arc::clone(&reply)).await;
        let writer = ReplyWriter::new(Arc::clone(&reply), relay.clone(), Uuid::nil());
        say(&writer, "hi");
        let other_worker = std::thread::spawn(move || {
            while reply.status() == ReplyStatus::InFlight {
                std::thread::yield_now();
            }
            metrics.render().unwrap()
        });
        end(&writer, Ending::Sealed(End::Complete)).await;
        let text = other_worker.join().unwrap();
        assert!(text.contains("chat_streams_active 0"), "round {round}");
    }
}
