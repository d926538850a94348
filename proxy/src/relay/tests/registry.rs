//! What a send may do (PROTOCOL §4, rules 1 to 6).

use super::*;

/// One word for what became of a send.
fn word(admission: &Admission<(), ()>) -> String {
    match admission {
        Admission::Run { .. } => "run".into(),
        Admission::Instead(Instead::Join(reply)) => format!("join {}", number(reply.message_id())),
        Admission::Instead(Instead::FailedBefore(failure)) => format!("failed {}", failure.code().as_str()),
        Admission::Instead(Instead::Conflict) => "conflict".into(),
        Admission::Instead(Instead::Busy(message_id)) => format!("busy {}", number(*message_id)),
        Admission::Instead(Instead::Stale(message_id)) => format!("stale {:?}", message_id.map(number)),
        Admission::Refused(()) => "refused".into(),
    }
}

fn number(id: MessageId) -> u128 {
    u128::from_be_bytes(*id.as_bytes())
}

/// Runs the message 1 and ends it; a writer that is returned still runs.
fn first(relay: &Relay, ending: Ending) -> Option<Producer> {
    let producer = run(relay, &claim(1));
    match ending {
        Ending::Running => return Some(producer),
        Ending::Done => {
            say(&producer, "a");
            producer.complete();
        }
        Ending::Stopped => {
            say(&producer, "a");
            producer.reply().stop();
        }
        Ending::StoppedBefore => producer.reply().stop(),
        Ending::Failed(failure) => producer.fail(failure),
    }
    None
}

#[derive(Clone, Copy, Debug)]
enum Ending {
    Running,
    Done,
    Stopped,
    StoppedBefore,
    Failed(Failure),
}

#[test]
fn a_send_of_the_same_message_follows_from_how_the_first_ended() {
    let interrupted = Ending::Failed(Failure::Interrupted);
    let table = [
        (Ending::Running, 1, "join 1"),
        (Ending::Running, 2, "join 1"),
        (Ending::Done, 1, "join 1"),
        (Ending::Done, 5, "join 1"),
        (Ending::Stopped, 1, "join 1"),
        (Ending::Stopped, 2, "join 1"),
        (Ending::StoppedBefore, 1, "join 1"),
        (Ending::StoppedBefore, 2, "run"),
        (interrupted, 1, "failed upstream_interrupted"),
        (interrupted, 2, "run"),
        (Ending::Failed(Failure::Unreachable), 1, "run"),
        (Ending::Failed(Failure::Busy), 1, "run"),
        (Ending::Failed(Failure::Resting(KEEP)), 1, "run"),
    ];
    for (ending, attempt, want) in table {
        let relay = Relay::new(KEEP);
        let _running = first(&relay, ending);
        let again = admit(&relay, &Claim { attempt, ..claim(1) });
        assert_eq!(word(&again), want, "{ending:?}, attempt {attempt}");
    }
}

#[test]
fn the_same_id_for_another_message_is_a_conflict_however_the_first_ended() {
    let text = TextHash::new("ho");
    let head = Head::new(&SiteId::default(), Uuid::from_u128(1));
    let fingerprint = Fingerprint::new(&head, 0, &text, None, None);
    for ending in [
        Ending::Running,
        Ending::Done,
        Ending::Stopped,
        Ending::Failed(Failure::Interrupted),
    ] {
        let relay = Relay::new(KEEP);
        let _running = first(&relay, ending);
        let other = admit(
            &relay,
            &Claim {
                fingerprint,
                attempt: 2,
                ..claim(1)
            },
        );
        assert_eq!(word(&other), "conflict", "{ending:?}");
    }
}

#[test]
fn another_message_waits_for_the_running_one_and_for_the_newest_token() {
    let table = [
        (Ending::Running, 0, false, "busy 1"),
        (Ending::Running, 0, true, "busy 1"),
        (Ending::Running, 1, false, "busy 1"),
        (Ending::Done, 0, false, "stale Some(1)"),
        (Ending::Done, 0, true, "run"),
        (Ending::Done, 1, false, "run"),
        (Ending::Stopped, 0, false, "stale Some(1)"),
        (Ending::Stopped, 1, false, "run"),
        (Ending::StoppedBefore, 0, false, "run"),
        (Ending::Failed(Failure::Interrupted), 0, false, "run"),
    ];
    for (ending, seq, fork, want) in table {
        let relay = Relay::new(KEEP);
        let _running = first(&relay, ending);
        let second = admit(
            &relay,
            &Claim {
                seq,
                fork,
                ..claim(2)
            },
        );
        assert_eq!(word(&second), want, "{ending:?}, seq {seq}, fork {fork}");
    }
}

#[test]
fn a_newer_token_that_was_seen_makes_older_ones_stale() {
    let relay = Relay::new(KEEP);
    run(&relay, &Claim { seq: 5, ..claim(1) }).fail(Failure::Interrupted);
    assert_eq!(word(&admit(&relay, &Claim { seq: 4, ..claim(2) })), "stale None");
}

#[test]
fn a_refusal_by_a_guard_leaves_nothing() {
    let relay = Relay::new(KEEP);
    let sealing = || -> Box<dyn Sealing> { panic!("nothing is sealed") };
    let refused = relay.admit(&claim(1), Instant::now(), || Err::<(), _>(()), sealing);
    assert_eq!(word(&refused), "refused");
    assert_eq!(relay.conversations(), 0, "nothing is remembered of it");
    assert!(relay.find(&conversation(1), id(1), Instant::now()).is_none());
    assert_eq!(relay.running(), 0);
    assert_eq!(word(&admit(&relay, &claim(1))), "run");
}

#[test]
fn a_refusal_of_another_attempt_keeps_the_first() {
    let relay = Relay::new(KEEP);
    first(&relay, Ending::Failed(Failure::Interrupted));
    let sealing = || -> Box<dyn Sealing> { panic!("nothing is sealed") };
    let second = Claim {
        attempt: 2,
        ..claim(1)
    };
    assert_eq!(
        word(&relay.admit(&second, Instant::now(), || Err::<(), _>(()), sealing)),
        "refused"
    );
    assert_eq!(word(&admit(&relay, &claim(1))), "failed upstream_interrupted");
}

#[test]
fn guards_are_asked_only_for_what_would_run() {
    let relay = Relay::new(KEEP);
    let _running = first(&relay, Ending::Running);
    let guards = || -> Result<(), ()> { panic!("a join costs nothing") };
    let joined = relay.admit(&claim(1), Instant::now(), guards, || Box::new(Seal::default()));
    assert_eq!(word(&joined), "join 1");
}

#[test]
fn conversations_do_not_know_each_other() {
    let relay = Relay::new(KEEP);
    let _running = first(&relay, Ending::Running);
    let other = Claim {
        conversation: conversation(2),
        ..claim(1)
    };
    assert!(relay.find(&conversation(2), id(1), Instant::now()).is_none());
    assert_eq!(word(&admit(&relay, &other)), "run");
}

#[test]
fn one_of_many_sends_at_once_runs() {
    let relay = Relay::new(KEEP);
    let runs: usize = std::thread::scope(|scope| {
        let send = || {
            let admission = admit(&relay, &claim(1));
            let runs = usize::from(matches!(admission, Admission::Run { .. }));
            // The writer outlives the race, as a running reply would.
            std::mem::forget(admission);
            runs
        };
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(send)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(runs, 1);
}
