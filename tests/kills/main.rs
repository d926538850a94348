//! Proxies and browsers that are killed at random moments of running replies: no word is lost, doubled or cut.
//!
//! `cargo xtask kills --proxy 500 --browser 100 --seed 7` kills as often as it is told.
#![expect(clippy::print_stdout, reason = "its report is a table to be read")]

mod answer;
mod chance;
mod questioner;
mod screen;
mod tally;

use std::env::var;

use chance::Chance;
use questioner::{Questioner, Victim};
use tally::Tally;

/// The setting that holds the options of `cargo xtask kills`.
const OPTIONS: &str = "PORTHOLE_KILLS";

#[test]
fn no_kill_loses_doubles_or_cuts_a_word() {
    let options = var(OPTIONS).unwrap_or_default();
    let options: Vec<&str> = options.split_whitespace().collect();
    let (proxy, browser) = (option(&options, "--proxy", 3), option(&options, "--browser", 1));
    let mut questioner = Questioner::begin(Chance::new(option(&options, "--seed", 1)));
    let tallies = [(Victim::Proxy, proxy), (Victim::Browser, browser)].map(|(victim, kills)| {
        let mut tally = Tally::default();
        while tally.kills < kills {
            questioner.ask_and_kill(victim, &mut tally);
        }
        (victim, tally)
    });
    println!("{}", Tally::HEAD);
    for (victim, tally) in &tallies {
        println!("| {victim:?} | {tally} |");
    }
    assert!(tallies.iter().all(|(_, tally)| tally.is_clean()), "{:#?}", questioner.faults());
}

/// Reads the number behind an option's name.
fn option(options: &[&str], name: &str, default: u64) -> u64 {
    let is_known = |it: &&str| ["--proxy", "--browser", "--seed"].contains(it);
    assert!(options.iter().step_by(2).all(is_known), "--proxy, --browser and --seed are known: {options:?}");
    let mut after = options.iter().skip_while(|it| **it != name).skip(1);
    after.next().map_or(default, |number| number.parse().unwrap_or_else(|_| panic!("{name} {number}")))
}
