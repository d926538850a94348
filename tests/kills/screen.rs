//! The conversation as the visitor sees it.

use porthole_tests::Browser;
use serde_json::{Value, json};

/// Reads the turns on the screen, and watches every change of the last one: its words are those of one run, in order
/// from the first, and one that is shown as complete has the last. Texts are drawn a moment after their turns.
const WATCH: &str = r"
window.turns = () => [...document.querySelectorAll('.turn')].map((turn) => {
  const reply = turn.querySelector('.reply');
  const failed = !!reply?.querySelector('.notice.bad');
  return {
    asked: /Question \d+/.exec(turn.querySelector('.mine')?.textContent)?.[0] ?? '',
    words: reply?.textContent.match(/w\d+-\d+[,!]/g) ?? [],
    failed,
    complete: !failed && !!reply?.querySelector('.under'),
  };
});
window.faults = [];
new MutationObserver(() => {
  const { words, complete } = window.turns().at(-1) ?? { words: [] };
  const [run] = words[0]?.split('-') ?? [];
  const fault = words.some((word, at) => word.slice(0, -1) !== `${run}-${at + 1}`) ? 'doubled'
    : complete && words.length && !words.at(-1).endsWith('!') ? 'cut' : undefined;
  if (fault) window.faults.push(`${fault}: ${words}`);
}).observe(document, { subtree: true, childList: true, characterData: true });";

/// An exchange on the screen.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) asked: String,
    pub(crate) words: Vec<String>,
    pub(crate) failed: bool,
    /// `true` where it is shown as finished.
    pub(crate) complete: bool,
}

/// Opens the chat's own page, watched from its beginning.
pub(crate) fn open(browser: &Browser, url: &str) {
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": WATCH }));
    browser.open(url);
    browser.find("#chats");
}

/// Reads the turns.
pub(crate) fn turns(browser: &Browser) -> Vec<Exchange> {
    let turns = browser.script("return turns()", &[]);
    turns.as_array().unwrap().iter().map(exchange).collect()
}

/// Takes what the watch has found.
pub(crate) fn faults(browser: &Browser) -> Vec<String> {
    strings(&browser.script("return faults.splice(0)", &[]))
}

fn exchange(value: &Value) -> Exchange {
    Exchange {
        asked: value["asked"].as_str().unwrap().to_owned(),
        words: strings(&value["words"]),
        failed: value["failed"] == true,
        complete: value["complete"] == true,
    }
}

fn strings(values: &Value) -> Vec<String> {
    values.as_array().unwrap().iter().map(|value| value.as_str().unwrap().to_owned()).collect()
}
