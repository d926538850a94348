//! One visitor with a browser that knows nothing yet: a page, the frame in it, and hands.

use std::time::Duration;

use serde_json::{Value, json};

use super::browser::{Browser, DocumentHandle, Instruction};
use crate::error::{Attempt, BenchResult};

/// Notes moments in each document.
const PROBE: &str = include_str!("probe/document.js");

/// The middle of the launcher.
const LAUNCHER: &str = "(() => {
  const { x, y, width, height } = document.querySelector('porthole-widget').shadowRoot.querySelector('button').getBoundingClientRect();
  return [x + width / 2, y + height / 2];
})()";

const LOADED: &str = "document.readyState === 'complete' || new Promise((resolve) => addEventListener('load', () => resolve(true)))";

/// The visitor's machine and network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Conditions {
    /// This machine as it is.
    Plain,
    /// A processor that is slower four times.
    SlowProcessor,
    /// "Slow 4G" of the browser's own tools.
    SlowNetwork,
    /// This machine, and each request is noted.
    Watched,
}

impl Conditions {
    /// Those under which times are taken, and the ends of their measures' names.
    pub(super) const MACHINES: &[(Self, &str)] =
        &[(Self::Plain, ""), (Self::SlowProcessor, ".slow_cpu"), (Self::SlowNetwork, ".slow_4g")];

    fn preparation(self) -> Vec<Instruction> {
        let mut preparation = vec![
            ("Page.enable", json!({})),
            ("Page.addScriptToEvaluateOnNewDocument", json!({ "source": PROBE })),
            // Time of the thread: the time in which the machine did something else does not count.
            ("Performance.enable", json!({ "timeDomain": "threadTicks" })),
        ];
        match self {
            Self::Plain => {}
            Self::SlowProcessor => {
                preparation.push(("Emulation.setCPUThrottlingRate", json!({ "rate": 4 })));
            }
            Self::SlowNetwork => preparation
                .extend([("Network.enable", json!({})), ("Network.emulateNetworkConditions", slow_4g())]),
            Self::Watched => preparation.push(("Network.enable", json!({}))),
        }
        preparation
    }
}

fn slow_4g() -> Value {
    json!({ "offline": false, "latency": 562.5, "downloadThroughput": 180_000, "uploadThroughput": 84_375 })
}

/// A visit to a page; dropping it forgets everything that the browser has kept of it.
#[derive(Debug)]
pub(super) struct PageVisit<'a> {
    browser: &'a mut Browser,
    context: Value,
    page: DocumentHandle,
}

impl<'a> PageVisit<'a> {
    /// Opens a page and waits until it has loaded.
    pub(super) fn start(browser: &'a mut Browser, conditions: Conditions, url: &str) -> BenchResult<Self> {
        browser.prepare(conditions.preparation());
        let context = browser.call("", "Target.createBrowserContext", &json!({}))?["browserContextId"].take();
        let target = json!({ "url": "about:blank", "browserContextId": context });
        let target = browser.call("", "Target.createTarget", &target)?["targetId"].take();
        let page =
            attached(browser, |params| params["targetInfo"]["targetId"] == target && is_of(params, "page"))?;
        let mut visit = Self { browser, context, page };
        // The browser would navigate before the document's process is prepared.
        visit.evaluate(&visit.page(), "true")?;
        visit.go_to(url)?;
        Ok(visit)
    }

    /// Goes to a page and waits until it has loaded.
    pub(super) fn go_to(&mut self, url: &str) -> BenchResult {
        let page = self.page.clone();
        self.browser.forget_events();
        self.browser.call(&page, "Page.navigate", &json!({ "url": url }))?;
        self.evaluate(&page, LOADED).map(drop)
    }

    /// Lets time pass.
    pub(super) fn rest(&mut self, milliseconds: u64) -> BenchResult {
        self.browser.rest(Duration::from_millis(milliseconds))
    }

    /// The session of the page.
    pub(super) fn page(&self) -> DocumentHandle {
        self.page.clone()
    }

    /// Waits for the frame in the page, which is a process of its own.
    pub(super) fn frame(&mut self) -> BenchResult<DocumentHandle> {
        attached(self.browser, |params| is_of(params, "iframe"))
    }

    /// Puts the pointer over the launcher.
    pub(super) fn hover(&mut self) -> BenchResult {
        self.point("mouseMoved", 0)
    }

    /// Clicks on the launcher.
    pub(super) fn click(&mut self) -> BenchResult {
        self.point("mousePressed", 1)?;
        self.point("mouseReleased", 1)
    }

    fn point(&mut self, event: &str, clicks: u32) -> BenchResult {
        let page = self.page.clone();
        let middle = self.evaluate(&page, LAUNCHER)?;
        let button = if clicks == 0 { "none" } else { "left" };
        let event =
            json!({ "type": event, "x": middle[0], "y": middle[1], "button": button, "clickCount": clicks });
        self.browser.call(&page, "Input.dispatchMouseEvent", &event).map(drop)
    }

    /// Types where the focus is.
    pub(super) fn type_text(&mut self, text: &str) -> BenchResult {
        let page = self.page.clone();
        for letter in text.chars() {
            let (key, text) = if letter == '\n' {
                ("Enter".to_owned(), "\r".to_owned())
            } else {
                (letter.into(), letter.into())
            };
            let code = if letter == '\n' { 13 } else { 0 };
            let press = json!({ "type": "keyDown", "key": key, "text": text, "windowsVirtualKeyCode": code });
            self.browser.call(&page, "Input.dispatchKeyEvent", &press)?;
            self.browser.call(&page, "Input.dispatchKeyEvent", &json!({ "type": "keyUp", "key": key }))?;
        }
        Ok(())
    }

    /// Waits for a moment that a document notes, and returns its time.
    pub(super) fn moment(&mut self, session: &str, name: &str) -> BenchResult<f64> {
        self.number(session, &format!("bench.when('{name}')"))
    }

    /// Evaluates an expression that is a number.
    pub(super) fn number(&mut self, session: &str, expression: &str) -> BenchResult<f64> {
        self.evaluate(session, expression)?.as_f64().attempt(&format!("read a number from {expression}"))
    }

    /// Evaluates an expression in a document, and waits for the promise that it may be.
    pub(super) fn evaluate(&mut self, session: &str, expression: &str) -> BenchResult<Value> {
        let parameters = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let mut answer = self.browser.call(session, "Runtime.evaluate", &parameters)?;
        match answer.get("exceptionDetails") {
            Some(details) => Err(format!("{expression}: {details}").into()),
            None => Ok(answer["result"]["value"].take()),
        }
    }

    /// Returns a figure of the process that draws a document, by its name in the protocol.
    pub(super) fn metric(&mut self, session: &str, name: &str) -> BenchResult<f64> {
        let answer = self.browser.call(session, "Performance.getMetrics", &json!({}))?;
        let metrics = answer["metrics"].as_array().into_iter().flatten();
        let value =
            metrics.filter(|metric| metric["name"] == name).find_map(|metric| metric["value"].as_f64());
        value.attempt(&format!("read {name} of the browser"))
    }

    /// Returns the milliseconds for which a document's main thread has worked.
    pub(super) fn cpu_ms(&mut self, session: &str) -> BenchResult<f64> {
        Ok(self.metric(session, "TaskDuration")? * 1_000.0)
    }

    /// The browser, for commands of other kinds.
    pub(super) fn browser(&mut self) -> &mut Browser {
        self.browser
    }
}

impl Drop for PageVisit<'_> {
    fn drop(&mut self) {
        let context = json!({ "browserContextId": self.context });
        // A browser that has ended has forgotten it anyway.
        self.browser.call("", "Target.disposeBrowserContext", &context).ok();
    }
}

fn is_of(params: &Value, kind: &str) -> bool {
    params["targetInfo"]["type"] == kind
}

/// Waits for the session of a document.
fn attached(browser: &mut Browser, is_it: impl Fn(&Value) -> bool) -> BenchResult<DocumentHandle> {
    let event =
        browser.event(|event| event["method"] == "Target.attachedToTarget" && is_it(&event["params"]))?;
    Ok(event["params"]["sessionId"].as_str().unwrap_or_default().to_owned())
}
