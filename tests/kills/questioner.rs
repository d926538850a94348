//! A visitor who goes on asking, whatever is killed.

use std::time::Duration;

use porthole_tests::upstream::RecordedRequest;
use porthole_tests::wait::{pause, within};
use porthole_tests::{Browser, FakeUpstream, Proxy, Signal};

use crate::answer::{self, Mark};
use crate::chance::Chance;
use crate::screen::{self, Exchange};
use crate::tally::Tally;

/// The messages after which a conversation is over: with those of a round, no more than the chat shows at first.
const CHAT: usize = 12;
/// The most messages of a round: all but the first wait behind it.
const MAX_QUEUED: u64 = 4;
/// One round in so many is written offline.
const OFFLINE: u64 = 4;
/// One try in so many again is cut by a kill as well.
const AGAIN: u64 = 4;
/// Kills of one message beyond the first: it has five attempts.
const MORE_KILLS: u64 = 2;
/// Milliseconds between a place in the answer and the kill, at most.
const MAX_DELAY: u64 = 12;
const PATIENCE: Duration = Duration::from_secs(40);
const RETRY: &str = ".turn:last-of-type [data-do=retry]";

/// The process that is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Victim {
    Proxy,
    Browser,
}

/// The state of the last message on the screen.
enum Seen {
    Whole,
    /// It failed, and can be tried again.
    Failed,
    /// It stands in the text box.
    InTheBox,
    Lost,
}

/// A proxy, its workflow, and a visitor in the chat's own page.
pub(crate) struct Questioner {
    browser: Browser,
    proxy: Proxy,
    upstream: FakeUpstream,
    mark: Mark,
    chance: Chance,
    /// The questions of this conversation.
    asked: Vec<String>,
    questions: usize,
}

impl Questioner {
    pub(crate) fn begin() -> Self {
        let mark = Mark::default();
        let upstream = answer::workflow(&mark);
        let proxy = start_proxy(&upstream, "0");
        let browser = Browser::start();
        screen::open(&browser, &proxy.url("/chat"));
        let (chance, asked) = (Chance::new(0), Vec::new());
        Self { browser, proxy, upstream, mark, chance, asked, questions: 0 }
    }

    /// Asks some questions, kills while they are answered or while they wait, and does what a visitor would until the
    /// answers are there.
    pub(crate) fn ask_and_kill(&mut self, victim: Victim, chance: Chance, tally: &mut Tally) {
        self.chance = chance;
        if self.asked.len() >= CHAT {
            self.browser.click(&self.browser.find("#new"));
            self.browser.wait_for("an empty chat", "return !turns().length");
            self.asked.clear();
        }
        let count = 1 + self.chance.below(MAX_QUEUED);
        let questions: Vec<String> = (0..count).map(|_| self.next_question()).collect();
        tally.messages += count;
        if self.chance.below(OFFLINE) == 0 {
            self.kill_offline(victim, tally, &questions);
        } else {
            self.kill_within(victim, tally, count, |asking| asking.send(&questions));
        }
        for question in &questions {
            self.settle(question, victim, tally);
        }
        for question in &questions {
            self.count(question, tally);
        }
        self.compare(tally);
    }

    fn next_question(&mut self) -> String {
        self.questions += 1;
        let question = format!("Question {}", self.questions);
        self.asked.push(question.clone());
        question
    }

    /// Sends messages as fast as the outbox takes them: a box that is empty again says so.
    fn send(&self, questions: &[String]) {
        for question in questions {
            self.browser.type_into(&self.browser.find("#text"), &format!("{question}\u{e007}"));
            self.browser.wait_for("the outbox", "return !document.getElementById('text').value");
        }
    }

    /// Writes messages without a network, and kills before it is back.
    fn kill_offline(&mut self, victim: Victim, tally: &mut Tally, questions: &[String]) {
        self.browser.go_offline();
        self.browser.wait_for("the page to be offline", "return !navigator.onLine");
        self.send(questions);
        pause(Duration::from_millis(self.chance.below(MAX_DELAY)));
        tally.kills += 1;
        self.kill(victim, tally);
        if victim == Victim::Proxy {
            self.browser.go_online();
        }
    }

    fn try_again(&self) {
        self.browser.click(&self.browser.find(RETRY));
    }

    /// Begins some runs and kills at a random place of one of them.
    fn kill_within(&mut self, victim: Victim, tally: &mut Tally, runs: u64, begin: impl FnOnce(&Self)) {
        let (place, delay) = (self.chance.below(answer::PLACES), self.chance.below(MAX_DELAY));
        let (before, reached) = (self.chance.below(runs), Signal::new());
        self.mark.change(|mark| *mark = Some((place, before, reached.clone())));
        begin(self);
        if place > 0 {
            reached.wait("the place of the kill");
        }
        pause(Duration::from_millis(delay));
        tally.kills += 1;
        self.kill(victim, tally);
    }

    fn kill(&mut self, victim: Victim, tally: &mut Tally) {
        match victim {
            Victim::Proxy => {
                let port = self.proxy.origin().rsplit(':').next().unwrap().to_owned();
                self.proxy.signal("KILL");
                self.proxy.wait_for_end();
                self.proxy = start_proxy(&self.upstream, &port);
            }
            Victim::Browser => {
                if self.browser.look_for("#notices .quiet").is_some() {
                    tally.fault("the browser's store failed before the kill");
                }
                self.browser.crash();
                screen::open(&self.browser, &self.proxy.url("/chat"));
            }
        }
    }

    /// Waits until the answer is whole; a message that failed is tried again, now and then with another kill.
    fn settle(&mut self, question: &str, victim: Victim, tally: &mut Tally) {
        let most = tally.kills + MORE_KILLS;
        loop {
            match within(PATIENCE, || self.look(question)).unwrap_or(Seen::Lost) {
                Seen::Whole => return,
                Seen::Failed if tally.kills < most && self.chance.below(AGAIN) == 0 => {
                    self.kill_within(victim, tally, 1, Self::try_again);
                }
                Seen::Failed => self.try_again(),
                Seen::InTheBox => {
                    tally.in_the_box += 1;
                    self.browser.type_into(&self.browser.find("#text"), "\u{e007}");
                }
                Seen::Lost => {
                    tally.lost += 1;
                    let turns = screen::turns(&self.browser);
                    tally.fault(&format!("lost: {question}: {:?}", turns.last()));
                    return;
                }
            }
        }
    }

    /// Looks for the message; `None` while it is under way or waits.
    fn look(&self, question: &str) -> Option<Seen> {
        let turns = screen::turns(&self.browser);
        match turns.iter().find(|turn| turn.asked == question) {
            Some(turn) if turn.complete => {
                turns.iter().all(|turn| !turn.complete || !turn.words.is_empty()).then_some(Seen::Whole)
            }
            Some(turn) if turn.failed => self.browser.look_for(RETRY).map(|_| Seen::Failed),
            Some(_) => None,
            None => {
                let field = self.browser.find("#text");
                let stands_there = self.browser.property(&field, "value") == question;
                stands_there.then_some(Seen::InTheBox)
            }
        }
    }

    /// Counts what a message came to, and compares the whole conversation.
    fn count(&mut self, question: &str, tally: &mut Tally) {
        let requests = self.upstream.requests();
        let runs = runs_of(&requests, question);
        tally.once += u64::from(runs.len() == 1);
        tally.runs_again += runs.len().saturating_sub(1) as u64;
        if !are_attempts_at_one(&requests, &runs) {
            tally.wrong_key += 1;
            let attempts = runs.iter().map(|&run| attempt(&requests[run]));
            tally.fault(&format!("attempts at {question}: {:?}", attempts.collect::<Vec<_>>()));
        }
        let turns = screen::turns(&self.browser);
        let shown = turns.iter().find(|turn| turn.asked == question);
        tally.whole += u64::from(shown.is_some_and(|turn| is_whole(turn, &requests)));
    }

    /// Compares the whole conversation with what was asked and answered.
    fn compare(&self, tally: &mut Tally) {
        let requests = self.upstream.requests();
        let turns = screen::turns(&self.browser);
        let shown: Vec<&str> = turns.iter().map(|turn| turn.asked.as_str()).collect();
        let missing = self.asked.iter().filter(|asked| !shown.contains(&asked.as_str())).count();
        let cut = turns.iter().filter(|turn| turn.complete && !is_whole(turn, &requests)).count();
        let doubled = shown.len().saturating_sub(self.asked.len());
        tally.lost += missing as u64;
        tally.cut_as_complete += cut as u64;
        tally.doubled += doubled as u64;
        if missing + cut + doubled > 0 {
            tally.fault(&format!("{missing} missing, {cut} cut, {doubled} doubled: {shown:?}"));
        } else if shown != self.asked || !are_in_order(&requests, &self.asked) {
            tally.out_of_order += 1;
            tally.fault(&format!("in this order: {shown:?}"));
        }
        for fault in screen::faults(&self.browser) {
            tally.doubled += u64::from(fault.starts_with("doubled"));
            tally.cut_as_complete += u64::from(fault.starts_with("cut"));
            tally.fault(&fault);
        }
    }
}

fn is_whole(turn: &Exchange, requests: &[RecordedRequest]) -> bool {
    let last = runs_of(requests, &turn.asked).last().copied();
    turn.complete && last.is_some_and(|run| turn.words == answer::words(run))
}

/// Returns `true` where no question ran before the one that was asked before it.
fn are_in_order(requests: &[RecordedRequest], asked: &[String]) -> bool {
    let first: Vec<_> = asked.iter().map(|question| runs_of(requests, question).first().copied()).collect();
    first.is_sorted()
}

/// Starts a proxy with the chat's own page, and without limits, at a port.
fn start_proxy(upstream: &FakeUpstream, port: &str) -> Proxy {
    let limits = ["SESSION_PER_MINUTE", "PER_MINUTE", "PER_HOUR", "CREATE_PER_MINUTE", "CALLS_PER_MINUTE"];
    let limits = limits.map(|name| format!("RATE_LIMIT_{name}"));
    let url = upstream.url();
    let mut settings = vec![("N8N_WEBHOOK_URL", url.as_str()), ("HOSTED_PAGE", "true"), ("API_PORT", port)];
    settings.extend(limits.iter().map(|name| (name.as_str(), "0")));
    Proxy::start(&settings)
}

/// The runs of a question's workflow, by the number of their request.
fn runs_of(requests: &[RecordedRequest], question: &str) -> Vec<usize> {
    let asks = |request: &RecordedRequest| request.json()["chatInput"] == question;
    requests.iter().enumerate().filter(|(_, request)| asks(request)).map(|(run, _)| run).collect()
}

fn attempt(request: &RecordedRequest) -> (String, u64) {
    let key = request.header("idempotency-key").unwrap_or_default().to_owned();
    (key, request.json()["metadata"]["attempt"].as_u64().unwrap_or_default())
}

/// Returns `true` where the runs have one key, and each a higher attempt than the one before.
fn are_attempts_at_one(requests: &[RecordedRequest], runs: &[usize]) -> bool {
    let attempts: Vec<_> = runs.iter().map(|&run| attempt(&requests[run])).collect();
    attempts.windows(2).all(|pair| pair[0].0 == pair[1].0 && pair[0].1 < pair[1].1)
}
