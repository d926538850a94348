//! What is kept, for how long, and how much of it.

use super::*;

fn finished(relay: &Relay, message: u128, bytes: usize) -> Arc<Reply> {
    let producer = run(
        relay,
        &Claim {
            conversation: conversation(message),
            ..claim(message)
        },
    );
    say(&producer, &"x".repeat(bytes));
    producer.complete();
    Arc::clone(producer.reply())
}

fn is_kept(relay: &Relay, message: u128) -> bool {
    relay
        .find(&conversation(message), id(message), Instant::now())
        .is_some()
}

#[test]
fn a_reply_is_kept_for_its_time_after_its_end_swept_or_not() {
    let relay = Relay::new(KEEP);
    finished(&relay, 1, 1);
    let now = Instant::now();
    let find = |at| relay.find(&conversation(1), id(1), at);
    assert!(find(now + KEEP / 2).is_some());
    assert!(find(now + KEEP).is_none());
    relay.sweep(now + KEEP / 2);
    assert!(find(now).is_some());
    relay.sweep(now + KEEP);
    assert!(find(now).is_none());
}

#[test]
fn a_running_reply_is_never_swept() {
    let relay = Relay::new(KEEP);
    let _running = run(&relay, &claim(1));
    relay.sweep(Instant::now() + 100 * KEEP);
    assert!(is_kept(&relay, 1));
}

#[test]
fn a_sweep_of_a_failed_attempt_spares_the_one_that_runs() {
    let relay = Relay::new(KEEP);
    run(&relay, &claim(1)).fail(Failure::Interrupted);
    let _running = run(
        &relay,
        &Claim {
            attempt: 2,
            ..claim(1)
        },
    );
    relay.sweep(Instant::now() + KEEP);
    assert!(is_kept(&relay, 1));
}

#[test]
fn beyond_the_cap_the_oldest_finished_replies_go_first() {
    let relay = Relay::with_limits(
        KEEP,
        Limits {
            bytes: 10_000,
            replies: 100,
        },
    );
    let _running = run(
        &relay,
        &Claim {
            conversation: conversation(9),
            ..claim(9)
        },
    );
    for message in 1..=3 {
        finished(&relay, message, 4000);
    }
    assert_eq!(
        [1, 2, 3, 9].map(|message| is_kept(&relay, message)),
        [false, true, true, true]
    );
}

#[tokio::test]
async fn what_somebody_reads_is_counted_until_they_are_through_or_all_together_take_too_much() {
    let relay = Relay::with_limits(
        KEEP,
        Limits {
            bytes: 50_000,
            replies: 100,
        },
    );
    let slow = finished(&relay, 1, 20_000);
    let mut reader = read_from(&slow, None);
    reader.read().await.unwrap();
    relay.sweep(Instant::now() + KEEP);
    assert!(relay.ledger().taken().0 > 20_000);
    finished(&relay, 2, 20_000);
    finished(&relay, 3, 20_000);
    assert_eq!(
        [1, 2, 3].map(|message| is_kept(&relay, message)),
        [true, false, true],
        "what nobody reads goes first"
    );
    finished(&relay, 4, 40_000);
    assert!(!is_kept(&relay, 1));
    assert_eq!(reader.read().await, None, "cut off before its end");
    assert!(matches!(
        Reader::join(Arc::clone(&slow), None, Format::JsonLines),
        Join::Lost
    ));
    assert_eq!(slow.finished().await.unwrap_err(), Failure::TooLarge);
}

#[tokio::test]
async fn what_was_read_to_its_end_is_swept() {
    let relay = Relay::new(KEEP);
    let reply = finished(&relay, 1, 20_000);
    let reader = read_from(&reply, None);
    let later = Instant::now() + KEEP;
    relay.sweep(later);
    assert_eq!(relay.ledger().taken().1, 1);
    read_all(reader).await;
    relay.sweep(later);
    assert_eq!(relay.ledger().taken(), (0, 0));
}

#[test]
fn the_number_of_replies_is_capped_too() {
    let relay = Relay::with_limits(
        KEEP,
        Limits {
            bytes: usize::MAX,
            replies: 2,
        },
    );
    for message in 1..=4 {
        finished(&relay, message, 1);
    }
    assert_eq!(
        [1, 2, 3, 4].map(|message| is_kept(&relay, message)),
        [false, false, true, true]
    );
}

#[test]
fn a_reply_that_alone_exceeds_the_cap_fails() {
    let relay = Relay::with_limits(
        KEEP,
        Limits {
            bytes: 10_000,
            replies: 100,
        },
    );
    let producer = run(&relay, &claim(1));
    say(&producer, &"x".repeat(20_000));
    let Admission::Instead(Instead::FailedBefore(failure)) = admit(&relay, &claim(1)) else {
        panic!("it goes on")
    };
    assert_eq!(failure, Failure::TooLarge);
}

#[test]
fn the_ledger_is_even_when_all_is_swept() {
    let relay = Relay::new(KEEP);
    for message in 1..=3 {
        finished(&relay, message, 1000);
    }
    run(
        &relay,
        &Claim {
            conversation: conversation(7),
            ..claim(7)
        },
    )
    .fail(Failure::Busy);
    relay.sweep(Instant::now() + KEEP);
    let empty = Ledger::new(Limits { bytes: 0, replies: 0 });
    assert_eq!(relay.ledger().taken(), empty.taken());
}

#[tokio::test(start_paused = true)]
async fn a_drain_waits_for_replies_and_not_for_ever() {
    let relay = Relay::new(KEEP);
    let patience = Duration::from_secs(30);
    let producer = run(&relay, &claim(1));
    let begin = tokio::time::Instant::now();
    assert_eq!(relay.drained(patience).await, 1);
    assert_eq!(begin.elapsed(), patience);
    let (left, ()) = tokio::join!(relay.drained(patience), async {
        producer.fail(Failure::Interrupted);
    });
    assert_eq!(left, 0);
    assert_eq!(begin.elapsed(), patience);
}
