//! The workflow's answers: numbered words, so that one which is lost, doubled or of another run is seen.

use std::sync::Arc;
use std::time::Duration;

use porthole_tests::upstream::Framing;
use porthole_tests::wait::Watched;
use porthole_tests::{FakeUpstream, Script, Signal};
use serde_json::json;

const WORDS: u64 = 24;
const BETWEEN_WORDS: Duration = Duration::from_millis(8);
/// The time before the head, and between the last word and the end.
const AROUND: Duration = Duration::from_millis(40);

/// The places in an answer: not begun, arrived, behind the head, behind each word, behind the end.
pub(crate) const PLACES: u64 = WORDS + 4;
const ARRIVED: u64 = 1;
const HEAD: u64 = 2;

/// A place in an answer, the number of answers before it, and the signal that it is reached.
pub(crate) type Mark = Arc<Watched<Option<(u64, u64, Signal)>>>;

/// Starts a workflow one of whose next answers has the mark.
pub(crate) fn workflow(mark: &Mark) -> FakeUpstream {
    let mark = Arc::clone(mark);
    FakeUpstream::start(move |_, run| {
        let mut next = None;
        mark.change(|mark| match mark {
            Some((_, before @ 1.., _)) => *before -= 1,
            _ => next = mark.take(),
        });
        let (place, _, reached) = next.unwrap_or_default();
        answer(run, place, &reached)
    })
}

/// The words of a run that is shown whole; the last one has another mark.
pub(crate) fn words(run: usize) -> Vec<String> {
    (1..=WORDS).map(|number| word(run, number)).collect()
}

fn word(run: usize, number: u64) -> String {
    format!("w{run}-{number}{}", if number == WORDS { '!' } else { ',' })
}

fn answer(run: usize, place: u64, reached: &Signal) -> Script {
    let mark = |script: Script, at| if at == place { script.set(reached) } else { script };
    let head =
        mark(Script::new(), ARRIVED).pause(AROUND).then_head(200, "application/json", Framing::Chunked);
    let whole = (1..=WORDS).fold(mark(head, HEAD), |script, number| {
        let item = json!({ "type": "item", "content": word(run, number) + " " });
        mark(script.pause(BETWEEN_WORDS).piece(format!("{item}\n")), HEAD + number)
    });
    mark(whole.pause(AROUND).end(), PLACES - 1)
}
