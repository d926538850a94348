//! The page that checks a signed transcript, in the browser alone.

use std::fs;

use porthole_domain::chain::{End, Head};
use porthole_domain::clock::UnixTime;
use porthole_domain::export::{Export, ExportSigner, ExportedTurn};
use porthole_domain::site::SiteId;
use porthole_tests::FakeUpstream;
use porthole_tests::proxy::EXPORT_SIGNING_KEY;
use secrecy::SecretString;
use tempfile::TempDir;
use uuid::Uuid;

use crate::fixture::{Fixture, answer};

fn turn(number: u128, user: &str, reply: &str, end: End) -> ExportedTurn {
    let id = Uuid::from_u128(number).to_string();
    let (user, reply) = (user.to_owned(), reply.to_owned());
    ExportedTurn { id, user, reply, partial: end != End::Complete, end }
}

/// A conversation of two turns, the second of them stopped.
fn export() -> Export {
    let turns = vec![
        turn(1, "Where is my order é😀?", "On its <b>way</b>.\n", End::Complete),
        turn(2, "When?", "Tomo", End::Stopped),
    ];
    let mut heads = vec![Head::new(&SiteId::default(), Uuid::nil())];
    for (turn, number) in turns.iter().zip(1..) {
        let sealed = turn.sealed().unwrap();
        heads.push(heads.last().unwrap().after(number, &sealed));
    }
    let mut heads: Vec<String> = heads.iter().map(Head::to_string).collect();
    Export {
        iss: "https://chat.example.com".into(),
        site: "default".into(),
        origin: "https://shop.example".into(),
        sub: None,
        sid_hash: "s".into(),
        iat: UnixTime(1_800_000_000),
        statement: "It proves this.".into(),
        full: true,
        turn: 2,
        head: heads[2].clone(),
        base: heads.remove(0),
        heads,
        turns,
    }
}

fn sign(export: &Export) -> String {
    ExportSigner::new(&SecretString::from(EXPORT_SIGNING_KEY)).unwrap().sign(export).unwrap()
}

/// Chooses a file with this text, and waits for the verdict.
fn verdict(fixture: &Fixture, text: &str, words: &str) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("transcript.jws");
    fs::write(&path, text).unwrap();
    fixture.browser.type_into(&fixture.browser.find("#file"), path.to_str().unwrap());
    fixture.browser.wait_for_text("#status", words);
}

/// The page that checks, of a proxy whose key signed the files.
fn page() -> Fixture {
    let upstream = FakeUpstream::always(answer("Never."));
    let fixture = Fixture::new(upstream, &[("EXPORT_SIGNING_KEY", EXPORT_SIGNING_KEY)]);
    fixture.browser.open(&fixture.proxy.url("/verify"));
    fixture
}

#[test]
fn a_signed_transcript_is_checked_in_the_browser_and_sent_nowhere() {
    let fixture = page();
    let file = sign(&export());
    verdict(&fixture, &file, "This transcript is genuine.");
    let shown = fixture.browser.text(&fixture.browser.find("#result"));
    for words in [
        "https://chat.example.com",
        "1 to 2, the whole conversation",
        "It proves this.",
        "é😀",
        "On its <b>way</b>.",
        "stopped",
    ] {
        assert!(shown.contains(words), "{words} in {shown}");
    }
    let mut forged = export();
    forged.turns[1].reply = "Today".into();
    let mut parts: Vec<String> = file.split('.').map(str::to_owned).collect();
    parts[1] = sign(&forged).split('.').nth(1).unwrap().to_owned();
    verdict(&fixture, &parts.join("."), "Turn 2 is the first");
    assert_eq!(fixture.browser.property(&fixture.browser.find("#result"), "hidden"), true);
    // The first turn is damaged, so that the claims are no JSON any more.
    let middle = file.len() * 2 / 3;
    verdict(&fixture, &format!("{}\"\"\"{}", &file[..middle], &file[middle + 3..]), "is the first");
    let mut other_site = export();
    other_site.site = "other".into();
    parts[1] = sign(&other_site).split('.').nth(1).unwrap().to_owned();
    verdict(&fixture, &parts.join("."), "The signature does not hold");
    verdict(&fixture, "no transcript", "no signed transcript");
    let page = fixture.proxy.url("");
    let sent = fixture.browser.requested().into_iter().filter(|url| !url.starts_with(&page));
    assert_eq!(sent.collect::<Vec<_>>(), [""; 0]);
    assert_eq!(fixture.browser.console(), [""; 0]);
}

#[test]
fn a_file_may_be_dropped_and_nothing_sticks_out_of_a_phone() {
    let fixture = page();
    fixture.browser.become_phone(360, 740);
    fixture.browser.prefer_dark();
    let drop = "const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([arguments[0]], 'transcript.jws'));
        dispatchEvent(new DragEvent('drop', { dataTransfer }))";
    fixture.browser.script(drop, &[sign(&export()).into()]);
    fixture.browser.wait_for_text("#status", "This transcript is genuine.");
    let fits = "return document.documentElement.scrollWidth <= innerWidth";
    assert_eq!(fixture.browser.script(fits, &[]), true, "the page scrolls sideways");
    fixture.browser.screenshot("verify");
}

#[test]
fn a_browser_without_cryptography_says_so() {
    let fixture = Fixture::with(answer("Never."));
    let gone = "Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined })";
    let script = serde_json::json!({ "source": gone });
    fixture.browser.devtools("Page.addScriptToEvaluateOnNewDocument", &script);
    fixture.browser.open(&fixture.proxy.url("/verify"));
    fixture.browser.wait_for_text("#status", "over https only");
    assert_eq!(fixture.browser.property(&fixture.browser.find("#file"), "disabled"), true);
}
