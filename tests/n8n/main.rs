//! A real n8n behind the real proxy: the answers of each workflow, and the visitor's share of them.
//!
//! `cargo xtask n8n` installs n8n, names its folder in `PORTHOLE_N8N` and runs this; the other commands leave it out.
#![expect(clippy::print_stdout, reason = "its report is a table to be read")]

mod answers;
mod case;
mod conversation;
mod credentials;
mod editor;
mod examples;
mod flow;
mod forged;
mod history;
mod model;
mod responses;
mod server;
mod streams;
mod visit;

use std::process::ExitCode;

use case::{CaseResult, Environment};
use editor::Editor;
use server::N8n;

fn main() -> ExitCode {
    let Some(folder) = std::env::var_os("PORTHOLE_N8N") else {
        println!("PORTHOLE_N8N is not set: run this by `cargo xtask n8n`, which installs n8n first.");
        return ExitCode::FAILURE;
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let model = model::start();
    let n8n = N8n::start(folder.as_ref());
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let rows = runtime.block_on(async {
        let editor = Editor::open(n8n.address(), &model.url()).await;
        suite(&Environment::new(n8n.address(), editor, &model), &wanted).await
    });
    let failed = rows.iter().filter(|row| !row.is_ok()).count();
    println!("\n{} cases, {failed} failed", rows.len());
    ExitCode::from(u8::from(failed > 0))
}

/// Runs every case whose name holds one of the words, or all without a word.
async fn suite(env: &Environment<'_>, wanted: &[String]) -> Vec<CaseResult> {
    println!("{}", CaseResult::head());
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|word| name.contains(word.as_str()));
    let mut cases = [answers::cases(), streams::cases()].concat();
    // A case without a workflow uses the one of a case before.
    cases.retain(|case| is_wanted(case.name));
    env.publish(&cases).await;
    let mut rows = Vec::new();
    for case in cases {
        rows.push(env.run(case).await);
    }
    if is_wanted("example") || is_wanted("verify") {
        rows.extend(examples::run(env).await);
        rows.extend(conversation::run(env).await);
        rows.extend(forged::run(env).await);
    }
    if is_wanted("transcript") {
        rows.extend(history::run(env).await);
    }
    if is_wanted("credential") {
        rows.extend(credentials::run(env).await);
    }
    rows
}
