//! A real Chromium, and the chat in it as a visitor meets it.

use std::fs;
use std::process::Command;
use std::thread;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::wait::until;
use crate::webdriver::{CommandError, Driver, element, element_id};
use crate::{binary, tree};

/// Flags for a browser without a screen, as root, in a container, without background traffic.
const FLAGS: &[&str] = &[
    "--headless=new",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--lang=en",
    "--window-size=1280,900",
];

/// Finds the first element for a selector, through every open shadow root of the document.
const PIERCE: &str = "
const seek = (root) => root.querySelector(arguments[0])
  ?? [...root.querySelectorAll('*')].reduce((found, it) => found ?? (it.shadowRoot && seek(it.shadowRoot)), null);
return seek(document);";

/// The text of a document, that of its boxes, and the place of the focus.
const SHOWN: &str = r"
const boxes = [...document.querySelectorAll('input, textarea')].map((it) => it.value);
const at = document.activeElement.outerHTML.split('>')[0];
return [location, document.body.innerText, JSON.stringify(boxes), at, document.hasFocus()].join('\n');";

/// A key that is no letter.
#[derive(Clone, Copy, Debug)]
pub enum NamedKey {
    /// Escape.
    Escape,
    /// Tab.
    Tab,
    /// Enter.
    Enter,
    /// The space bar.
    Space,
    /// Shift, which does nothing by itself.
    Shift,
}

impl NamedKey {
    const fn code(self) -> &'static str {
        match self {
            Self::Escape => "\u{e00c}",
            Self::Tab => "\u{e004}",
            Self::Enter => "\u{e007}",
            Self::Space => " ",
            Self::Shift => "\u{e008}",
        }
    }
}

/// An element in the document in which it was found.
#[derive(Clone, Debug)]
pub struct Element(String);

/// A tab of the browser.
#[derive(Clone, Debug)]
pub struct Tab(String);

/// A browser with a profile of its own; dropping it ends it.
#[derive(Debug)]
pub struct Browser {
    driver: Driver,
    profile: TempDir,
}

/// Returns axe-core, as a script.
pub fn axe() -> &'static str {
    binary::axe()
}

impl Browser {
    /// Starts a browser with an empty page.
    pub fn start() -> Self {
        let profile = TempDir::new().unwrap();
        Self { driver: start_driver(&profile), profile }
    }

    /// Kills the browser as a crash does, and starts another with what is left of its profile.
    pub fn crash(&mut self) {
        let killed = Command::new("kill").args(["-KILL", &self.driver.browser().to_string()]).status();
        assert!(killed.unwrap().success(), "kill failed");
        self.driver.end();
        self.driver = start_driver(&self.profile);
    }

    /// Opens a page and waits until it has loaded.
    pub fn open(&self, url: &str) {
        self.post("/url", &json!({ "url": url }));
    }

    /// Loads the page again.
    pub fn reload(&self) {
        self.post("/refresh", &json!({}));
    }

    /// Opens a tab beside this one, and goes there.
    pub fn open_tab(&self) -> Tab {
        let tab = self.post("/window/new", &json!({ "type": "tab" }));
        let tab = Tab(tab["handle"].as_str().unwrap().to_owned());
        self.go_to(&tab);
        tab
    }

    /// The tab of which everything else here speaks.
    pub fn tab(&self) -> Tab {
        let handle = self.driver.get("/window");
        let handle = handle.unwrap_or_else(|refused| panic!("{}", refused.0));
        Tab(handle.as_str().unwrap().to_owned())
    }

    /// Goes to another tab, into its page.
    pub fn go_to(&self, tab: &Tab) {
        self.post("/window", &json!({ "handle": tab.0 }));
        // As a visitor's click on it does: only the tab in front has the focus.
        self.devtools("Page.bringToFront", &json!({}));
    }

    /// Closes the tab; go to another one afterwards.
    pub fn close_tab(&self) {
        self.driver.delete("/window").unwrap_or_else(|refused| panic!("{}", refused.0));
    }

    /// Runs the body of a function in the document, and returns what it returns.
    pub fn script(&self, body: &str, arguments: &[Value]) -> Value {
        self.post("/execute/sync", &json!({ "script": body, "args": arguments }))
    }

    /// Waits for an element, also inside shadow roots.
    pub fn find(&self, selector: &str) -> Element {
        until(&format!("an element {selector}"), || self.look_for(selector))
    }

    /// Looks for an element, also inside shadow roots, without waiting.
    pub fn look_for(&self, selector: &str) -> Option<Element> {
        // A document that is being replaced has no elements: that is "not yet".
        let found = self.try_script(PIERCE, &[json!(selector)]).ok()?;
        element_id(&found).map(Element)
    }

    /// Waits for an iframe and goes into its document.
    pub fn enter_frame(&self, selector: &str) {
        let Element(id) = self.find(selector);
        self.post("/frame", &json!({ "id": element(&id) }));
    }

    /// Goes back to the page.
    pub fn leave_frame(&self) {
        self.post("/frame", &json!({ "id": null }));
    }

    /// Clicks in the middle of an element, which must be visible and not covered.
    pub fn click(&self, target: &Element) {
        self.post(&format!("/element/{}/click", target.0), &json!({}));
    }

    /// Types into an element.
    pub fn type_into(&self, target: &Element, text: &str) {
        self.post(&format!("/element/{}/value", target.0), &json!({ "text": text }));
    }

    /// Types where the focus is.
    pub fn type_text(&self, text: &str) {
        self.key_strokes(text.chars().map(String::from));
    }

    /// Presses and releases a key where the focus is.
    pub fn press(&self, key: NamedKey) {
        self.key_strokes([key.code().to_owned()]);
    }

    fn key_strokes(&self, keys: impl IntoIterator<Item = String>) {
        let stroke = |key: String| {
            [json!({ "type": "keyDown", "value": key }), json!({ "type": "keyUp", "value": key })]
        };
        let actions: Vec<Value> = keys.into_iter().flat_map(stroke).collect();
        self.post("/actions", &json!({ "actions": [{ "type": "key", "id": "keys", "actions": actions }] }));
    }

    /// The text of an element and everything in it, shown or not.
    pub fn text(&self, target: &Element) -> String {
        self.property(target, "textContent").as_str().unwrap_or_default().to_owned()
    }

    /// A property of an element's object.
    pub fn property(&self, target: &Element, name: &str) -> Value {
        self.script("return arguments[0][arguments[1]] ?? null", &[element(&target.0), json!(name)])
    }

    /// An attribute of an element.
    pub fn attribute(&self, target: &Element, name: &str) -> Option<String> {
        let value =
            self.script("return arguments[0].getAttribute(arguments[1])", &[element(&target.0), json!(name)]);
        value.as_str().map(str::to_owned)
    }

    /// Waits until a script returns something true, and returns it.
    pub fn wait_for(&self, what: &str, body: &str) -> Value {
        until(what, || {
            let value = self.try_script(body, &[]).ok()?;
            (!matches!(value, Value::Null | Value::Bool(false))).then_some(value)
        })
    }

    /// Waits until an element's text holds this.
    pub fn wait_for_text(&self, selector: &str, text: &str) {
        until(&format!("{text:?} in {selector}"), || {
            let found = self.look_for(selector)?;
            let arguments = [element(&found.0)];
            let shown = self.try_script("return arguments[0].textContent", &arguments).ok()?;
            shown.as_str().is_some_and(|shown| shown.contains(text)).then_some(())
        });
    }

    /// A command of the browser's own debugging protocol.
    pub fn devtools(&self, command: &str, parameters: &Value) -> Value {
        self.post("/goog/cdp/execute", &json!({ "cmd": command, "params": parameters }))
    }

    /// Takes the network away from the page.
    pub fn go_offline(&self) {
        self.devtools("Network.enable", &json!({}));
        self.network(
            &json!({ "offline": true, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0 }),
        );
    }

    /// Gives the network back.
    pub fn go_online(&self) {
        self.network(
            &json!({ "offline": false, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 }),
        );
    }

    fn network(&self, conditions: &Value) {
        self.devtools("Network.emulateNetworkConditions", conditions);
    }

    /// Makes the window a phone of this width, with touch.
    pub fn become_phone(&self, width: u32, height: u32) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 2, "mobile": true });
        self.devtools("Emulation.setDeviceMetricsOverride", &metrics);
        self.devtools("Emulation.setTouchEmulationEnabled", &json!({ "enabled": true }));
    }

    /// Makes the visitor prefer dark colours.
    pub fn prefer_dark(&self) {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": "dark" }] });
        self.devtools("Emulation.setEmulatedMedia", &features);
    }

    /// Returns the lines of the browser's console since the last call: errors, refusals by a policy.
    pub fn console(&self) -> Vec<String> {
        let entries = self.post("/se/log", &json!({ "type": "browser" }));
        let entries = entries.as_array().cloned().unwrap_or_default();
        entries.iter().map(|entry| format!("{}: {}", entry["level"], entry["message"])).collect()
    }

    /// Every request of the page itself so far, by the Resource Timing API.
    pub fn requested(&self) -> Vec<String> {
        let names = self.script("return performance.getEntriesByType('resource').map((it) => it.name)", &[]);
        names.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
    }

    /// Saves what the window shows as `target/screenshots/<name>.png`.
    pub fn screenshot(&self, name: &str) {
        let picture = self.driver.get("/screenshot").unwrap_or_else(|refused| panic!("{}", refused.0));
        let folder = tree::root().join("target/screenshots");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(name).with_extension("png"), decode_base64(picture.as_str().unwrap())).unwrap();
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        self.driver.post(path, body).unwrap_or_else(|refused| panic!("{}", refused.0))
    }

    fn try_script(&self, body: &str, arguments: &[Value]) -> Result<Value, CommandError> {
        self.driver.post("/execute/sync", &json!({ "script": body, "args": arguments }))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !thread::panicking() {
            return;
        }
        let show = || match self.try_script(SHOWN, &[]) {
            Ok(shown) => eprintln!("{}", shown.as_str().unwrap_or_default()),
            Err(problem) => eprintln!("{}", problem.0),
        };
        eprintln!("--- the document ---");
        show();
        eprintln!("--- the tabs ---");
        for tab in self.driver.get("/window/handles").unwrap_or_default().as_array().into_iter().flatten() {
            if self.driver.post("/window", &json!({ "handle": tab })).is_ok() {
                show();
            }
        }
    }
}

fn start_driver(profile: &TempDir) -> Driver {
    let mut flags: Vec<String> = FLAGS.iter().map(ToString::to_string).collect();
    flags.push(format!("--user-data-dir={}", profile.path().display()));
    Driver::start(&json!({
        "browserName": "chrome",
        "goog:chromeOptions": { "args": flags },
        "goog:loggingPrefs": { "browser": "ALL" },
    }))
}

fn decode_base64(text: &str) -> Vec<u8> {
    let six_bits = |letter: u8| match letter {
        b'A'..=b'Z' => Some(letter - b'A'),
        b'a'..=b'z' => Some(letter - b'a' + 26),
        b'0'..=b'9' => Some(letter - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let digits: Vec<u8> = text.bytes().filter_map(six_bits).collect();
    let mut bytes = Vec::with_capacity(digits.len() * 3 / 4);
    for group in digits.chunks(4) {
        let joined = group.iter().fold(0_u32, |joined, &digit| joined << 6 | u32::from(digit))
            << (6 * (4 - group.len()));
        bytes.extend_from_slice(&joined.to_be_bytes()[1..group.len()]);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::decode_base64;

    #[test]
    fn base64_is_read_whatever_its_padding() {
        for (text, bytes) in
            [("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9v\nYmE=", "fooba")]
        {
            assert_eq!(decode_base64(text), bytes.as_bytes(), "{text}");
        }
    }
}
