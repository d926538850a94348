//! Proxies and browsers that are killed at random moments of running replies: no word is lost, doubled or cut.
//!
//! `cargo xtask kills --proxy 500 --browser 100 --seed 7` kills as often as it is told.
#![expect(clippy::print_stdout, reason = "its report is a table to be read")]

mod answer;
mod chance;
mod questioner;
mod screen;
mod tally;

use std::any::Any;
use std::env::var;
use std::panic::{AssertUnwindSafe, catch_unwind};

use chance::Chance;
use questioner::{Questioner, Victim};
use tally::Tally;

/// The setting that holds the options of `cargo xtask kills`.
const OPTIONS: &str = "PORTHOLE_KILLS";

#[test]
fn no_kill_loses_doubles_cuts_or_reorders_a_word() {
    let options = var(OPTIONS).unwrap_or_default();
    let options: Vec<&str> = options.split_whitespace().collect();
    let (proxy, browser) = (option(&options, "--proxy", 3), option(&options, "--browser", 1));
    let seed = option(&options, "--seed", 1);
    let tallies = [(Victim::Proxy, proxy), (Victim::Browser, browser)];
    let tallies = tallies.map(|(victim, kills)| (victim, kill(victim, kills, seed)));
    println!("{}", Tally::HEAD);
    for (victim, tally) in &tallies {
        println!("| {victim:?} | {tally} |");
    }
    let faults: Vec<&String> = tallies.iter().flat_map(|(_, tally)| &tally.faults).collect();
    assert!(tallies.iter().all(|(_, tally)| tally.is_clean()), "{faults:#?}");
}

/// Kills so often, in rounds whose chance depends on the seed and their number alone.
fn kill(victim: Victim, kills: u64, seed: u64) -> Tally {
    let mut tally = Tally::default();
    let mut questioner = None;
    for round in 0.. {
        if tally.kills >= kills {
            break;
        }
        tally.round = format!("seed {seed}, {victim:?}, round {round}");
        let chance = Chance::new(seed.wrapping_mul(1_000_003).wrapping_add(round));
        let mut asks = AssertUnwindSafe(questioner.take().unwrap_or_else(Questioner::begin));
        let mut counts = AssertUnwindSafe(&mut tally);
        let ended = catch_unwind(move || {
            asks.ask_and_kill(victim, chance, &mut counts);
            asks.0
        });
        match ended {
            Ok(asks) => questioner = Some(asks),
            // A round that broke off counts as a failure, and the next one begins with everything new.
            Err(panic) => tally.break_off(&message(panic.as_ref())),
        }
    }
    tally
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}

/// Reads the number behind an option's name.
fn option(options: &[&str], name: &str, default: u64) -> u64 {
    let is_known = |it: &&str| ["--proxy", "--browser", "--seed"].contains(it);
    assert!(options.iter().step_by(2).all(is_known), "--proxy, --browser and --seed are known: {options:?}");
    let mut after = options.iter().skip_while(|it| **it != name).skip(1);
    after.next().map_or(default, |number| number.parse().unwrap_or_else(|_| panic!("{name} {number}")))
}
