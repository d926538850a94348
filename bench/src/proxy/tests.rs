use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use porthole_tests::Proxy;
use tokio::net::TcpListener;

use super::{nginx, porthole};
use crate::error::{Attempt, BenchResult};
use crate::load::{self, LoadPlan};
use crate::process::ServerProcess;
use crate::scenario::Scenario;
use crate::{pass_through, runtime, upstream};

/// Runs a role in a thread for as long as the tests run, and returns its address.
fn start(role: impl AsyncFnOnce(TcpListener) -> BenchResult + Send + 'static) -> String {
    let (address, addressed) = mpsc::channel();
    thread::spawn(move || {
        runtime::run(async {
            let listener = runtime::listen().await?;
            address.send(listener.local_addr().attempt("listen")?).attempt("tell the address")?;
            role(listener).await
        })
    });
    addressed.recv().unwrap().to_string()
}

/// Reads whole answers for a moment, and returns their number.
fn answers(address: &str, is_porthole: bool, scenario: Scenario) -> f64 {
    let moment = Duration::from_millis(1);
    let plan = LoadPlan {
        address: address.to_owned(),
        server: std::process::id(),
        is_porthole,
        scenario,
        connections: 3,
        warm_up: moment,
        window: moment,
    };
    let figures = runtime::run(load::measure(plan)).unwrap();
    figures.all_messages
}

#[test]
fn every_role_gives_and_reads_whole_answers() {
    let upstream = start(upstream::serve);
    let pass_through = {
        let upstream = upstream.clone();
        start(async move |listener| pass_through::serve(listener, &upstream).await)
    };
    let folder = tempfile::tempdir().unwrap();
    let nginx = nginx::program().map(|program| nginx::start(program, folder.path(), &upstream).unwrap());
    for scenario in [Scenario::Json, Scenario::Burst, Scenario::Paced { tokens: 3, interval_ms: 1 }] {
        let webhook = format!("http://{upstream}{}", scenario.path());
        let settings = [porthole::SETTINGS, &[("N8N_WEBHOOK_URL", webhook.as_str())]].concat();
        let proxy = Proxy::start(&settings);
        let ours = proxy.origin().trim_start_matches("http://");
        let floors =
            [Some(upstream.as_str()), Some(&pass_through), nginx.as_ref().map(ServerProcess::address)];
        for floor in floors.into_iter().flatten() {
            assert!(answers(floor, false, scenario) >= 3.0, "{scenario:?} by {floor}");
        }
        assert!(answers(ours, true, scenario) >= 3.0, "{scenario:?}");
    }
    let webhook = format!("http://{upstream}{}", Scenario::Events.path());
    let proxy = Proxy::start(&[porthole::SETTINGS, &[("N8N_WEBHOOK_URL", webhook.as_str())]].concat());
    assert!(answers(proxy.origin().trim_start_matches("http://"), true, Scenario::Events) >= 3.0);
}
