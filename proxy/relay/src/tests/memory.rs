//! The memory of replies: its time, and its bound.

use super::*;

async fn finished(relay: &Relay, message: u128, bytes: usize) -> Arc<Reply> {
    let writer = start(relay, &request(message)).await;
    say(&writer, &"x".repeat(bytes));
    end(&writer, Ending::Sealed(End::Complete)).await;
    Arc::clone(writer.reply())
}

async fn is_kept(relay: &Relay, message: u128) -> bool {
    let conversation = conversation(message);
    let found = relay.find(&conversation, id(message), Instant::now());
    found.await.is_some()
}

async fn kept<const N: usize>(relay: &Relay, messages: [u128; N]) -> Vec<u128> {
    let mut kept = Vec::new();
    for message in messages {
        if is_kept(relay, message).await {
            kept.push(message);
        }
    }
    kept
}

/// A relay that begins to evict beyond `bytes`.
fn relay_of(bytes: usize) -> Relay {
    Relay::with_budget(KEEP, Metrics::default(), Budget::new(bytes * 2))
}

#[tokio::test]
async fn a_reply_is_kept_for_its_time_after_its_end_and_then_swept() {
    let relay = Relay::new(KEEP, Metrics::default());
    finished(&relay, 1, 1).await;
    let now = Instant::now();
    relay.sweep(now + KEEP / 2);
    assert!(is_kept(&relay, 1).await);
    relay.sweep(now + KEEP);
    assert!(!is_kept(&relay, 1).await);
    assert_eq!(relay.conversations(), 0);
}

#[tokio::test]
async fn a_reply_in_flight_is_never_swept() {
    let relay = Relay::new(KEEP, Metrics::default());
    let _writer = start(&relay, &request(1)).await;
    relay.sweep(Instant::now() + 100 * KEEP);
    assert!(is_kept(&relay, 1).await);
}

#[tokio::test]
async fn a_sweep_of_a_failed_attempt_spares_the_one_in_flight() {
    let relay = Relay::new(KEEP, Metrics::default());
    let first = start(&relay, &request(1)).await;
    end(&first, Ending::Failed(Failure::Interrupted)).await;
    let again = ClaimRequest { attempt: 2, ..request(1) };
    let _writer = start(&relay, &again).await;
    relay.sweep(Instant::now() + KEEP);
    assert!(is_kept(&relay, 1).await);
}

#[tokio::test]
async fn beyond_the_cap_the_oldest_finished_replies_are_evicted_first() {
    let relay = relay_of(90_000);
    let _writer = start(&relay, &request(9)).await;
    for message in 1..=4 {
        finished(&relay, message, 20_000).await;
    }
    assert_eq!(kept(&relay, [1, 2, 3, 4, 9]).await, [2, 3, 4, 9]);
}

#[tokio::test]
async fn a_reply_with_readers_counts_and_is_evicted_last() {
    let relay = relay_of(60_000);
    let slow = finished(&relay, 1, 20_000).await;
    let mut reader = read_from(&slow, None);
    reader.read(names).await.unwrap();
    relay.sweep(Instant::now() + KEEP);
    assert!(relay.budget().held_bytes() > 20_000);
    finished(&relay, 2, 20_000).await;
    finished(&relay, 3, 20_000).await;
    assert_eq!(kept(&relay, [1, 2, 3]).await, [1, 3], "one without readers goes first");
    finished(&relay, 4, 40_000).await;
    assert!(!is_kept(&relay, 1).await);
    assert!(reader.read(names).await.is_none(), "cut off before its end");
    assert!(matches!(Reader::join(Arc::clone(&slow), None), Join::Lost));
    assert_eq!(slow.wait_for_end().await.unwrap_err(), Failure::TooLarge);
}

#[tokio::test]
async fn a_reply_that_was_read_to_its_end_is_swept() {
    let relay = Relay::new(KEEP, Metrics::default());
    let reply = finished(&relay, 1, 20_000).await;
    let reader = read_from(&reply, None);
    drop(reply);
    let later = Instant::now() + KEEP;
    relay.sweep(later);
    assert!(relay.budget().held_bytes() > 20_000);
    read_all(reader).await;
    relay.sweep(later);
    assert_eq!(relay.budget().held_bytes(), 0);
}

#[tokio::test]
async fn the_smallest_replies_fill_the_budget_too() {
    let relay = relay_of(10_000);
    for message in 1..=50 {
        finished(&relay, message, 1).await;
        assert!(relay.budget().held_bytes() <= 10_000);
    }
    assert_eq!(kept(&relay, [1, 40, 49, 50]).await, [49, 50]);
}

#[tokio::test]
async fn an_ended_reply_holds_no_spare_memory() {
    let relay = Relay::new(KEEP, Metrics::default());
    for (message, bytes) in [(1, 1), (2, 20_000)] {
        let before = relay.budget().held_bytes();
        finished(&relay, message, bytes).await;
        assert!(relay.budget().held_bytes() - before < bytes + bytes / 20 + 1500, "{bytes}");
    }
}

#[tokio::test]
async fn bytes_that_the_decoder_holds_count_until_the_end() {
    let relay = Relay::new(KEEP, Metrics::default());
    let writer = start(&relay, &request(1)).await;
    writer.append(&mut Vec::new(), 30_000);
    assert!(relay.budget().held_bytes() > 30_000);
    end(&writer, Ending::Failed(Failure::Interrupted)).await;
    assert!(relay.budget().held_bytes() < 2_000);
}

#[tokio::test]
async fn where_memory_is_short_the_large_replies_fail_and_the_small_ones_go_on() {
    let relay = relay_of(100_000);
    let mut small = Vec::new();
    for message in 1..=9 {
        small.push(start(&relay, &request(message)).await);
    }
    let large = start(&relay, &request(10)).await;
    while large.append(&mut Vec::new(), large.reply().counted_bytes() + 5_000) {
        for writer in &small {
            say(writer, "word ");
        }
    }
    for writer in &small {
        say(writer, "and more");
        end(writer, Ending::Sealed(End::Complete)).await;
        assert!(writer.reply().wait_for_end().await.is_ok());
    }
    large.seal(&FakeSeal::default()).await;
    assert_eq!(large.reply().failure(), Some(Failure::TooLarge));
}

#[tokio::test]
async fn running_replies_never_take_more_than_the_budget_together() {
    let budget = 400_000;
    let relay = Relay::with_budget(KEEP, Metrics::default(), Budget::new(budget));
    let mut writers = Vec::new();
    for message in 1..=40 {
        writers.push(start(&relay, &request(message)).await);
    }
    for bytes in (0..50_000).step_by(500) {
        for writer in &writers {
            writer.append(&mut Vec::new(), bytes);
            writer.seal(&FakeSeal::default()).await;
            assert!(relay.budget().held_bytes() <= budget + 50_000);
        }
    }
    let failed = writers.iter().filter(|writer| writer.reply().failure() == Some(Failure::TooLarge)).count();
    assert!((32..40).contains(&failed), "as many go on as have room: {failed}");
}

#[tokio::test]
async fn a_reply_that_alone_exceeds_the_cap_fails() {
    let relay = relay_of(10_000);
    let writer = start(&relay, &request(1)).await;
    say(&writer, &"x".repeat(20_000));
    writer.seal(&FakeSeal::default()).await;
    assert_eq!(writer.reply().failure(), Some(Failure::TooLarge));
}

#[tokio::test]
async fn the_budget_is_whole_again_when_all_is_swept() {
    let relay = Relay::new(KEEP, Metrics::default());
    for message in 1..=3 {
        finished(&relay, message, 1000).await;
    }
    let failed = start(&relay, &request(7)).await;
    end(&failed, Ending::Failed(Failure::QueueFull)).await;
    drop(failed);
    relay.sweep(Instant::now() + KEEP);
    assert_eq!(relay.budget().held_bytes(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_drain_waits_for_replies_in_flight_and_not_for_ever() {
    let relay = Relay::new(KEEP, Metrics::default());
    let limit = Duration::from_secs(30);
    let writer = start(&relay, &request(1)).await;
    let begin = tokio::time::Instant::now();
    assert_eq!(relay.drain(limit).await, 1);
    assert_eq!(begin.elapsed(), limit);
    let (left, ()) = tokio::join!(relay.drain(limit), end(&writer, Ending::Failed(Failure::Interrupted)));
    assert_eq!(left, 0);
    assert_eq!(begin.elapsed(), limit);
}

#[tokio::test]
async fn a_cut_off_ends_every_reply_in_flight_with_an_event() {
    let relay = Relay::new(KEEP, Metrics::default());
    let writer = start(&relay, &request(1)).await;
    say(&writer, "a");
    relay.fail_in_flight();
    writer.decided().await;
    writer.seal(&FakeSeal::default()).await;
    let events = read_all(read_from(writer.reply(), None)).await;
    assert_eq!(events, ["start", "a", "draining"]);
    assert_eq!(relay.in_flight(), 0);
}

#[tokio::test]
async fn beyond_the_cap_by_one_only_one_reply_with_a_reader_is_evicted() {
    let relay = relay_of(4_800);
    let mut readers = Vec::new();
    for message in 1..=3 {
        let reply = finished(&relay, message, 1).await;
        readers.push(read_from(&reply, None));
    }
    let writer = start(&relay, &request(4)).await;
    assert_eq!(kept(&relay, [1, 2, 3, 4]).await, [2, 3, 4]);
    say(&writer, "hi");
    end(&writer, Ending::Sealed(End::Complete)).await;
    assert!(writer.reply().wait_for_end().await.is_ok(), "the new one does not fail for it");
}
