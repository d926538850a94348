//! The client of `examples/client`, on its own page of another origin.

use porthole_tests::site::{Page, RecordedRequest};
use porthole_tests::{FakeUpstream, Script, Signal, tree};
use serde_json::{Value, json};

use crate::fixture::{Fixture, answer, answer_in_two};

const SCRIPTS: [&str; 6] = ["events.js", "page.js", "porthole.js", "proof.js", "store.js", "transcript.js"];

/// The bound and the unbound conversation of a site whose proxy verifies transcripts.
const BINDINGS: [(&str, &str); 2] = [("auto", "true"), ("off", "false")];

/// Cuts the connection of the first reply behind its first words.
const CUT: &str = "
const unchanged = window.fetch;
let isCut = false;
window.fetch = async (url, init) => {
  if (isCut) window.joinedFrom = init.headers['Last-Event-ID'];
  const response = await unchanged(url, init);
  if (isCut || !`${url}`.endsWith('/chat/message')) return response;
  isCut = true;
  const reader = response.body.getReader();
  let text = '';
  const body = new ReadableStream({
    async pull(controller) {
      if (text.includes('event: delta')) return controller.error(new TypeError('network error'));
      const { value } = await reader.read();
      text += new TextDecoder().decode(value);
      controller.enqueue(value);
    },
  }, { highWaterMark: 0 });
  return new Response(body, response);
};";

/// Takes from the page what a browser has in secure contexts only.
const INSECURE: &str = "
delete Crypto.prototype.subtle;
delete Crypto.prototype.randomUUID;
delete Navigator.prototype.locks;";

/// Shows the client's page, in which `script` ran before everything else.
fn client(upstream: FakeUpstream, settings: &[(&str, &str)], script: &str) -> Fixture {
    let settings = [&[("MEMORY", "transcript")], settings].concat();
    let fixture = Fixture::new(upstream, &settings);
    for name in SCRIPTS {
        let text = tree::read(&format!("examples/client/{name}"));
        fixture.site.add(Page::new(&format!("/client/{name}"), text));
    }
    let page = tree::read("examples/client/index.html");
    let proxy = fixture.proxy.origin();
    let page = page.replace("http://127.0.0.1:8000", proxy);
    let policy =
        format!("default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src {proxy}");
    fixture.site.add(Page::new("/client/", page).header("Content-Security-Policy", &policy));
    fixture.browser.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": script }));
    fixture.browser.open(&fixture.site.url("/client/"));
    fixture.browser.find("main[data-bound]");
    fixture
}

fn numbered() -> FakeUpstream {
    FakeUpstream::start(|_, number| answer(&format!("Answer {number} 😀")))
}

fn say(fixture: &Fixture, message: &str) {
    fixture.browser.type_into(&fixture.browser.find("[name=message]"), &format!("{message}\u{e007}"));
}

/// Waits until the last reply is sealed, and holds this text.
fn wait_for(fixture: &Fixture, reply: &str) {
    fixture.browser.wait_for_text("li:last-child p:last-child", reply);
    fixture.browser.find("#stop[hidden]");
}

fn bound(fixture: &Fixture) -> Option<String> {
    fixture.browser.attribute(&fixture.browser.find("main"), "data-bound")
}

fn exchange(user: &str, reply: &str) -> [Value; 2] {
    [json!({"role": "user", "content": user}), json!({"role": "assistant", "content": reply})]
}

/// A conversation over a reload, in which the second message is answered twice.
fn converse(fixture: &Fixture) {
    say(fixture, "First é");
    wait_for(fixture, "Answer 0 😀");
    fixture.browser.reload();
    wait_for(fixture, "Answer 0 😀");
    say(fixture, "Second");
    wait_for(fixture, "Answer 1 😀");
    fixture.browser.click(&fixture.browser.find("#again"));
    wait_for(fixture, "Answer 2 😀");
    say(fixture, "Third");
    wait_for(fixture, "Answer 3 😀");
    let received: Vec<Value> = fixture.upstream.requests().iter().map(RecordedRequest::json).collect();
    let first = exchange("First é", "Answer 0 😀");
    assert_eq!(received[1]["history"], json!(first));
    assert_eq!(received[1]["sessionId"], received[0]["sessionId"]);
    assert_eq!(
        (&received[2]["history"], &received[2]["metadata"]["edited"]),
        (&json!(first), &json!({"keep": 1}))
    );
    assert_eq!(received[3]["history"], json!([first, exchange("Second", "Answer 2 😀")].concat()));
    // A call that comes again with a fresh nonce was a 401 before.
    let console = fixture.browser.console().into_iter().filter(|line| !line.contains("Failed to load"));
    assert_eq!(console.collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn a_page_of_ones_own_has_a_conversation_bound_or_unbound() {
    for (policy, is_bound) in BINDINGS {
        let fixture = client(numbered(), &[("SESSION_BINDING", policy)], "");
        assert_eq!(bound(&fixture).as_deref(), Some(is_bound));
        converse(&fixture);
    }
}

#[test]
fn outside_of_a_secure_context_the_conversation_is_unbound() {
    let fixture = client(numbered(), &[], INSECURE);
    assert_eq!(bound(&fixture).as_deref(), Some("false"));
    converse(&fixture);
}

#[test]
fn a_reply_that_was_cut_is_joined_where_it_broke_off() {
    let rest = Signal::new();
    let upstream = FakeUpstream::always(answer_in_two("Your order is ", &rest, "on its way."));
    let fixture = client(upstream, &[], CUT);
    say(&fixture, "Where is it?");
    let last = fixture.browser.wait_for("the reply to be joined", "return window.joinedFrom");
    assert_eq!(last, 1);
    rest.set();
    wait_for(&fixture, "Your order is on its way.");
    assert_eq!(fixture.upstream.requests().len(), 1);
    say(&fixture, "Thanks");
    fixture.browser.find("li:nth-child(2)");
    let history = fixture.upstream.wait_for(2)[1].json()["history"].clone();
    assert_eq!(history, json!(exchange("Where is it?", "Your order is on its way.")));
}

#[test]
fn a_reload_in_the_middle_joins_the_reply() {
    let rest = Signal::new();
    let upstream = FakeUpstream::always(answer_in_two("One ", &rest, "moment."));
    let fixture = client(upstream, &[], "");
    say(&fixture, "Hello?");
    fixture.browser.wait_for_text("li p:last-child", "One");
    fixture.browser.reload();
    fixture.browser.wait_for_text("li p:last-child", "One");
    rest.set();
    wait_for(&fixture, "One moment.");
    assert_eq!(fixture.upstream.requests().len(), 1);
}

#[test]
fn a_stopped_reply_is_kept_as_far_as_it_came() {
    let rest = Signal::new();
    let upstream = FakeUpstream::always(answer_in_two("This much ", &rest, "and no more."));
    let fixture = client(upstream, &[], "");
    say(&fixture, "Everything");
    fixture.browser.wait_for_text("li p:last-child", "This much");
    fixture.browser.click(&fixture.browser.find("#stop"));
    fixture.browser.find("p.partial");
    rest.set();
    say(&fixture, "Go on");
    let history = fixture.upstream.wait_for(2)[1].json()["history"].clone();
    assert_eq!(history[1], json!({"role": "assistant", "content": "This much ", "partial": true}));
}

#[test]
fn a_message_that_failed_is_tried_again() {
    let fails = || Script::whole(500, "text/plain", "no");
    let upstream = FakeUpstream::start(move |_, n| if n == 0 { fails() } else { answer("Here.") });
    let fixture = client(upstream, &[], "");
    say(&fixture, "Where?");
    fixture.browser.click(&fixture.browser.find("#retry:not([hidden])"));
    wait_for(&fixture, "Here.");
    let attempts = fixture.upstream.requests();
    assert_eq!(attempts[1].json()["metadata"]["attempt"], 2);
    assert_eq!(attempts[1].header("idempotency-key"), attempts[0].header("idempotency-key"));
}

/// Takes token and key out of the client's record, and shows the token as an attacker would.
const COPY: &str = "
const [proxy] = arguments;
return (async () => {
  const of = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const database = await of(indexedDB.open('porthole-client', 1));
  const [{ token, key }] = await of(database.transaction('chats').objectStore('chats').getAll());
  const taken = await Promise.allSettled(['pkcs8', 'jwk'].map((form) => crypto.subtle.exportKey(form, key.privateKey)));
  const shown = await Promise.all(['Bearer', 'DPoP'].map((scheme) =>
    fetch(`${proxy}/api/v1/session/validate`, { headers: { Authorization: `${scheme} ${token}` } })));
  return [...taken.map(({ status }) => status), ...shown.map(({ status }) => status)];
})()";

#[test]
fn a_token_that_is_copied_from_the_page_opens_nothing_and_its_key_cannot_be_copied() {
    let fixture = client(numbered(), &[], "");
    let outcome = fixture.browser.script(COPY, &[json!(fixture.proxy.origin())]);
    assert_eq!(outcome, json!(["rejected", "rejected", 401, 401]));
}

const MEMBERS: &str = "
const [proxy] = arguments;
return (async () => {
  const { openChat } = await import('/client/porthole.js');
  const members = Object.getOwnPropertyNames(Object.getPrototypeOf(await openChat({ proxy })));
  return members.filter((name) => name !== 'constructor').sort();
})()";

#[test]
fn the_types_declare_every_member_of_a_chat() {
    let types = tree::read("examples/client/porthole.d.ts");
    let (_, chat) = types.split_once("export interface Chat {").unwrap();
    let lines = chat.lines().take_while(|line| *line != "}").map(str::trim_start);
    let declared = lines.filter(|line| !line.starts_with(['/', '*']));
    let name = |line: &str| line.trim_start_matches("readonly ").split([':', '(']).next().unwrap().to_owned();
    let mut declared: Vec<String> = declared.map(name).filter(|name| !name.is_empty()).collect();
    declared.sort();
    let fixture = client(numbered(), &[], "");
    let members = fixture.browser.script(MEMBERS, &[json!(fixture.proxy.origin())]);
    assert_eq!(members, json!(declared));
}
