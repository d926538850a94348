//! Limits as a visitor meets them: a countdown, the text kept, and sent by itself.

use serde_json::json;

use crate::fixture::{Fixture, LAUNCHER, answer};

const COUNTDOWN: &str = "return document.querySelector('#notices b')?.textContent.trim().match(/^\\d+ s$/)";

fn fixture(settings: &[(&str, &str)]) -> Fixture {
    Fixture::with_scripts(|n| answer(&format!("Answer {n}.")), settings)
}

impl Fixture {
    /// Makes calls from the page until its address has no more of them.
    fn use_up(&self, method: &str, path: &str) {
        let script = "const [url, method] = arguments, body = method === 'POST' ? '{\"site\":\"default\"}' : undefined;
            const headers = body && { 'Content-Type': 'application/json' };
            const call = () => fetch(url, { method, headers, body }).then((response) => response.status);
            return Promise.all(Array.from({ length: 40 }, call))";
        let statuses = self.browser.script(script, &[json!(self.proxy.url(path)), json!(method)]);
        let refused = |status: &serde_json::Value| status == 429;
        assert!(statuses.as_array().unwrap().iter().any(refused), "{statuses}");
    }

    fn counts_down(&self, message: &str) {
        self.browser.wait_for("the countdown", COUNTDOWN);
        self.browser.wait_for_text(".turn:last-of-type .mine", message);
    }
}

#[test]
fn a_message_over_the_limit_counts_down_over_a_reload_and_goes_out_by_itself() {
    let fixture = fixture(&[("RATE_LIMIT_SESSION_PER_MINUTE", "6")]);
    fixture.open_page();
    fixture.open_chat();
    for number in 0..5 {
        fixture.ask("Again");
        fixture.wait_for_reply(&format!("Answer {number}."));
        fixture.wait_for_end();
    }
    fixture.ask("Once more");
    fixture.counts_down("Once more");
    fixture.browser.leave_frame();
    fixture.browser.reload();
    fixture.enter_chat();
    fixture.counts_down("Once more");
    fixture.wait_for_reply("Answer 5.");
    assert_eq!(fixture.upstream.wait_for(6)[5].json()["chatInput"], "Once more");
    assert_eq!(fixture.turns(), 6);
}

#[test]
fn a_first_message_waits_where_too_many_chats_were_opened() {
    let fixture = fixture(&[("RATE_LIMIT_CREATE_PER_MINUTE", "12")]);
    fixture.open_page();
    fixture.use_up("POST", "/api/v1/session/create");
    fixture.open_chat();
    fixture.ask("Hello");
    fixture.counts_down("Hello");
    fixture.wait_for_reply("Answer 0.");
    assert_eq!((fixture.turns(), fixture.upstream.requests().len()), (1, 1));
}

#[test]
fn a_message_survives_a_limit_over_every_call_that_it_needs() {
    let mut fixture = fixture(&[]);
    fixture.open_page();
    fixture.open_chat();
    fixture.ask("Before");
    fixture.wait_for_reply("Answer 0.");
    fixture.wait_for_end();
    // With other keys it takes a new session, and for that a new ticket.
    fixture.restart_proxy(&[
        ("JWT_SECRET_KEY", "another-test-only-key-for-tokens-0123456789"),
        ("RATE_LIMIT_CALLS_PER_MINUTE", "20"),
    ]);
    fixture.browser.leave_frame();
    fixture.use_up("GET", "/api/v1/session/validate");
    fixture.browser.enter_frame("iframe");
    fixture.ask("After");
    fixture.counts_down("After");
    fixture.wait_for_reply("Answer 1.");
    assert_eq!((fixture.turns(), fixture.upstream.requests().len()), (2, 2));
}

#[test]
fn a_chat_that_a_limit_refuses_says_so_and_comes_by_itself() {
    let fixture = fixture(&[("RATE_LIMIT_CALLS_PER_MINUTE", "12")]);
    fixture.open_page();
    fixture.use_up("GET", "/api/v1/session/validate");
    fixture.browser.click(&fixture.browser.find(LAUNCHER));
    fixture.browser.enter_frame("iframe");
    fixture.browser.wait_for_text("h1", "The chat will be here in a moment");
    fixture.browser.leave_frame();
    fixture.browser.find(".panel.usable");
    fixture.enter_chat();
    fixture.ask("Hello");
    fixture.wait_for_reply("Answer 0.");
}
