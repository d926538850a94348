//! The role of the visitors: a closed loop of so many connections, measured for a window of time.
//!
//! The load reads the server's CPU time itself, at both ends of the window in which it counts messages and tokens, so
//! that a figure has no part of what came before or after.

mod answer;
mod connection;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::sleep;

use answer::AnswerForm;
use connection::LoadConnection;
pub(crate) use connection::ORIGIN;

use crate::error::{Attempt, BenchResult};
use crate::scenario::Scenario;
use crate::usage::{cpu_us, resident_kib};
use crate::{print, runtime, stats};

/// The visitors that arrive at a time: a queue of connections is no case of the bench.
const ARRIVE_AT_ONCE: usize = 64;

/// The work of one load.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct LoadPlan {
    pub(crate) address: String,
    /// The process whose CPU time and memory are read.
    pub(crate) server: u32,
    pub(crate) is_porthole: bool,
    pub(crate) scenario: Scenario,
    pub(crate) connections: usize,
    pub(crate) warm_up: Duration,
    pub(crate) window: Duration,
}

/// The figures of one load.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(crate) struct LoadFigures {
    pub(crate) seconds: f64,
    pub(crate) messages: f64,
    /// All messages, also those before and after the window.
    pub(crate) all_messages: f64,
    pub(crate) tokens: f64,
    /// CPU time of the server.
    pub(crate) cpu_us: f64,
    pub(crate) delay_p50_us: f64,
    pub(crate) delay_p99_us: f64,
    /// Resident memory of the server before the first connection, and at the end of the window.
    pub(crate) idle_kib: f64,
    pub(crate) resident_kib: f64,
}

/// The counts that all visitors share.
#[derive(Debug, Default)]
struct Tally {
    /// Visitors whose first answer has begun.
    begun: Cell<usize>,
    all_begun: Notify,
    messages: Cell<u32>,
    tokens: Cell<u32>,
    /// Delays within the window.
    delays: RefCell<Vec<f64>>,
    is_measuring: Cell<bool>,
    is_over: Cell<bool>,
}

/// Reads a plan in JSON, and prints its figures in JSON.
pub(crate) fn run(plan: &str) -> BenchResult {
    let plan: LoadPlan = serde_json::from_str(plan).attempt("read the plan of a load")?;
    let figures = runtime::run(measure(plan))?;
    print::line(&serde_json::to_string(&figures).attempt("write the figures of a load")?);
    Ok(())
}

/// Runs a load to its end, every answer read whole.
pub(crate) async fn measure(plan: LoadPlan) -> BenchResult<LoadFigures> {
    let idle_kib = resident_kib(plan.server)?;
    let tally = Rc::new(Tally::default());
    let mut visitors = JoinSet::new();
    let arriving = Rc::new(tokio::sync::Semaphore::new(ARRIVE_AT_ONCE));
    for number in 0..plan.connections {
        let (plan, tally, arriving) = (plan.clone(), Rc::clone(&tally), Rc::clone(&arriving));
        visitors.spawn_local(async move { visit(&plan, number, &tally, &arriving).await });
    }
    let window = async {
        while tally.begun.get() < plan.connections {
            tally.all_begun.notified().await;
        }
        sleep(plan.warm_up).await;
        let figures = measure_window(&plan, &tally).await;
        tally.is_over.set(true);
        figures
    };
    tokio::pin!(window);
    let figures = loop {
        tokio::select! {
            figures = &mut window => break figures?,
            // A visitor who leaves while the window is open has failed.
            Some(ended) = visitors.join_next() => ended.attempt("run a visitor")??,
        }
    };
    // Answers that run are read to their end, and verified.
    while let Some(ended) = visitors.join_next().await {
        ended.attempt("run a visitor")??;
    }
    Ok(LoadFigures { idle_kib, all_messages: f64::from(tally.messages.get()), ..figures })
}

/// Sends one message after another until the window is over.
async fn visit(
    plan: &LoadPlan,
    number: usize,
    tally: &Tally,
    arriving: &tokio::sync::Semaphore,
) -> BenchResult {
    let form = if plan.is_porthole { AnswerForm::Porthole } else { AnswerForm::Upstream };
    let arrival = arriving.acquire().await.attempt("arrive")?;
    let mut visitor = LoadConnection::arrive(&plan.address, number, plan.scenario, form).await?;
    let mut arrival = Some(arrival);
    let mut begin = || {
        if arrival.take().is_some() {
            tally.begun.set(tally.begun.get() + 1);
            tally.all_begun.notify_one();
        }
    };
    while !tally.is_over.get() {
        let on_delay = |delay_us| {
            begin();
            tally.token(delay_us);
        };
        visitor.send(on_delay).await?;
        begin();
        tally.messages.set(tally.messages.get() + 1);
    }
    Ok(())
}

async fn measure_window(plan: &LoadPlan, tally: &Tally) -> BenchResult<LoadFigures> {
    let counts = || (f64::from(tally.messages.get()), f64::from(tally.tokens.get()));
    tally.is_measuring.set(true);
    let (messages, tokens) = counts();
    let (began, cpu) = (Instant::now(), cpu_us(plan.server)?);
    sleep(plan.window).await;
    let (seconds, cpu) = (began.elapsed().as_secs_f64(), cpu_us(plan.server)? - cpu);
    tally.is_measuring.set(false);
    let delays = tally.delays.take();
    Ok(LoadFigures {
        seconds,
        messages: counts().0 - messages,
        all_messages: 0.0,
        tokens: counts().1 - tokens,
        cpu_us: cpu,
        delay_p50_us: stats::percentile(&delays, 50),
        delay_p99_us: stats::percentile(&delays, 99),
        idle_kib: 0.0,
        resident_kib: resident_kib(plan.server)?,
    })
}

impl Tally {
    fn token(&self, delay_us: u64) {
        self.tokens.set(self.tokens.get() + 1);
        if self.is_measuring.get() {
            self.delays.borrow_mut().push(Duration::from_micros(delay_us).as_secs_f64() * 1e6);
        }
    }
}
