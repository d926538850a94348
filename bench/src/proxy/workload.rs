//! The cases: the load of each, and the figures that are read from it.

use std::time::Duration;

use super::contender::Contender;
use crate::load::LoadFigures;
use crate::scenario::Scenario;

/// One case.
#[derive(Debug)]
pub(super) struct Workload {
    /// The middle words of its measures' names.
    pub(super) name: String,
    pub(super) scenario: Scenario,
    pub(super) connections: usize,
    /// The rounds, in each of which all contenders run in turn.
    pub(super) rounds: usize,
    pub(super) warm_up: Duration,
    pub(super) window: Duration,
    pub(super) figures: &'static [Figure],
    /// The servers that it runs against: a bar may need no floor.
    pub(super) contenders: &'static [Contender],
}

/// A figure of a case, and its bar.
#[derive(Debug)]
pub(super) struct Figure {
    /// The last word of the measure's name.
    pub(super) name: &'static str,
    pub(super) unit: &'static str,
    pub(super) lower_is_better: bool,
    pub(super) read: fn(&LoadFigures, usize) -> f64,
    /// The bar of the case with so many connections.
    pub(super) bar: fn(usize) -> Bar,
}

/// The bar of a figure.
#[derive(Clone, Copy, Debug)]
pub(super) enum Bar {
    None,
    /// In the figure's own unit.
    Value(f64),
    /// As a multiple of nginx's figure in the same run.
    ToNginx(f64),
}

impl Bar {
    pub(super) fn value(self) -> Option<f64> {
        if let Self::Value(bar) = self { Some(bar) } else { None }
    }

    pub(super) fn to_nginx(self) -> Option<f64> {
        if let Self::ToNginx(bar) = self { Some(bar) } else { None }
    }
}

impl Workload {
    /// Returns the open files that a server needs: two sockets a stream, and some of its own.
    pub(super) fn descriptors(&self) -> u64 {
        2 * self.connections as u64 + 64
    }

    /// Tells if an answer of a case of one answer each was over before all visitors had arrived and were measured.
    #[expect(clippy::cast_precision_loss, reason = "connections are thousands at most")]
    pub(super) fn is_cut_short(&self, load: &LoadFigures) -> bool {
        matches!(self.scenario, Scenario::Paced { .. }) && load.all_messages > self.connections as f64
    }
}

const NO_BAR: fn(usize) -> Bar = |_| Bar::None;

const CPU_A_MESSAGE: fn(&LoadFigures, usize) -> f64 = |load, _| load.cpu_us / load.messages;
const CPU_A_TOKEN: fn(&LoadFigures, usize) -> f64 = |load, _| load.cpu_us / load.tokens;

const RATE: Figure = Figure {
    name: "rate",
    unit: "messages/s",
    lower_is_better: false,
    read: |load, _| load.messages / load.seconds,
    bar: NO_BAR,
};

const fn cost(
    name: &'static str,
    unit: &'static str,
    read: fn(&LoadFigures, usize) -> f64,
    bar: fn(usize) -> Bar,
) -> Figure {
    Figure { name, unit, lower_is_better: true, read, bar }
}

const JSON: &[Figure] = &[
    cost("cpu_us", "µs/message", CPU_A_MESSAGE, |connections| match connections {
        16 => Bar::ToNginx(2.0),
        _ => Bar::None,
    }),
    RATE,
];

const BURST: &[Figure] = &[
    cost("cpu_us", "µs/message", CPU_A_MESSAGE, |connections| match connections {
        16 => Bar::ToNginx(1.8),
        _ => Bar::None,
    }),
    RATE,
];

const PACED: &[Figure] = &[
    cost("cpu_us", "µs/token", CPU_A_TOKEN, |_| Bar::ToNginx(1.25)),
    cost("delay_p50_us", "µs", |load, _| load.delay_p50_us, |_| Bar::ToNginx(1.2)),
    cost("delay_p99_us", "µs", |load, _| load.delay_p99_us, |_| Bar::ToNginx(1.3)),
];

const HELD: &[Figure] = &[
    cost("kib", "KiB/stream", memory_each, |_| Bar::Value(30.0)),
    cost("cpu_us", "µs/token", CPU_A_TOKEN, |_| Bar::ToNginx(1.15)),
];

const MEMORY: &[Figure] =
    &[cost("resident_mib", "MiB", |load, _| load.resident_kib / 1024.0, |_| Bar::Value(64.0))];

#[expect(clippy::cast_precision_loss, reason = "connections are thousands at most")]
fn memory_each(load: &LoadFigures, connections: usize) -> f64 {
    (load.resident_kib - load.idle_kib) / connections as f64
}

/// Returns all cases.
pub(super) fn all(is_quick: bool) -> Vec<Workload> {
    let mut all = Vec::new();
    let loops: &[usize] = if is_quick { &[16] } else { &[1, 16, 64] };
    for (name, scenario, figures) in [("json", Scenario::Json, JSON), ("burst", Scenario::Burst, BURST)] {
        all.extend(loops.iter().map(|&connections| closed(name, scenario, connections, figures, is_quick)));
    }
    all.push(paced(is_quick));
    let held_counts: &[usize] = if is_quick { &[1_000] } else { &[1_000, 5_000, 9_900] };
    all.extend(held_counts.iter().map(|&connections| held(connections, is_quick)));
    if !is_quick {
        let window = Duration::from_mins(1);
        let loop_of_json = closed("memory", Scenario::Json, 16, MEMORY, is_quick);
        let (name, contenders) = ("memory.60s".to_owned(), &[Contender::Porthole]);
        all.push(Workload { name, rounds: 1, window, contenders, ..loop_of_json });
    }
    all
}

/// Returns the loads under which profiles are taken: those of closed loops, without figures of their own.
pub(super) fn profiled() -> [Workload; 2] {
    [("json", Scenario::Json), ("burst", Scenario::Burst)].map(|(name, scenario)| Workload {
        name: format!("stages.{name}"),
        window: Duration::from_secs(6),
        ..closed(name, scenario, 16, &[], false)
    })
}

/// Returns the loads of a training run: answers of a workflow and of a model, at once and as they are written.
pub(super) fn training() -> Vec<Workload> {
    let loops = [("json", Scenario::Json), ("burst", Scenario::Burst), ("events", Scenario::Events)];
    let mut all: Vec<_> =
        loops.map(|(name, scenario)| closed(&format!("train.{name}"), scenario, 16, &[], false)).into();
    all.push(paced(true));
    all
}

/// Returns the floors of a case, and ours; a first look does without the one that only explains.
const fn contenders(is_quick: bool) -> &'static [Contender] {
    if is_quick {
        &[Contender::Nginx, Contender::Porthole]
    } else {
        &[Contender::Nginx, Contender::PassThrough, Contender::Porthole]
    }
}

/// A closed loop: each connection sends its next message once it has the answer.
fn closed(
    name: &str,
    scenario: Scenario,
    connections: usize,
    figures: &'static [Figure],
    is_quick: bool,
) -> Workload {
    let (rounds, window) = if is_quick { (2, 500) } else { (4, 2_000) };
    Workload {
        name: format!("{name}.{connections}"),
        scenario,
        connections,
        rounds,
        warm_up: Duration::from_millis(200),
        window: Duration::from_millis(window),
        figures,
        contenders: contenders(is_quick),
    }
}

/// Many streams at once, each token in time.
fn paced(is_quick: bool) -> Workload {
    let (rounds, window) = if is_quick { (1, 1_500) } else { (4, 4_000) };
    let contenders = contenders(is_quick);
    let streams = StreamMillis { contenders, interval: 20, arrival: 300, warm_up: 300, window };
    streams.workload("paced", 200, rounds, PACED)
}

/// Visitors who wait while a slow answer is written.
fn held(connections: usize, is_quick: bool) -> Workload {
    let (warm_up, window) = if is_quick { (300, 1_500) } else { (2_000, 8_000) };
    // Twice what a quiet machine takes: a stream that ends while others arrive starts a second one, and needs a third
    // socket for a moment, of which 9,900 streams leave none.
    let arrival = 2 * connections as u64;
    let streams =
        StreamMillis { contenders: contenders(is_quick), interval: 1_000, arrival, warm_up, window };
    streams.workload("held", connections, 1, HELD)
}

/// The servers, and the times in milliseconds, of streams that are all in their first answer while they are measured.
///
/// No message begins or ends in the window, so that a token's cost is that of a token.
#[derive(Debug)]
struct StreamMillis {
    contenders: &'static [Contender],
    interval: u64,
    /// For all to arrive.
    arrival: u64,
    warm_up: u64,
    window: u64,
}

impl StreamMillis {
    fn workload(
        &self,
        name: &str,
        connections: usize,
        rounds: usize,
        figures: &'static [Figure],
    ) -> Workload {
        let tokens = (self.arrival + self.warm_up + self.window).div_ceil(self.interval) + 1;
        Workload {
            name: format!("{name}.{connections}"),
            scenario: Scenario::Paced { tokens, interval_ms: self.interval },
            connections,
            rounds,
            warm_up: Duration::from_millis(self.warm_up),
            window: Duration::from_millis(self.window),
            figures,
            contenders: self.contenders,
        }
    }
}
