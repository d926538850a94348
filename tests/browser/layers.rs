//! Style sheets and dialogs of a page, which neither move nor cover the chat.

use porthole_tests::browser::NamedKey;
use porthole_tests::site::Page;
use serde_json::json;

use crate::fixture::{Fixture, LAUNCHER, answer};

/// Declarations that make a containing block of an element, clip it or scale it.
const MOVERS: [&str; 10] = [
    "transform: translateX(0)",
    "filter: grayscale(1)",
    "backdrop-filter: blur(1px)",
    "perspective: 900px",
    "will-change: transform, filter",
    "contain: strict",
    "container-type: size",
    "overflow: hidden; height: 50px",
    "zoom: 1.2",
    "content-visibility: auto",
];

/// The distances of the launcher and of the open panel from the window's corner; whether a point in them is the chat's.
const CORNERS: &str = "
const host = document.querySelector('porthole-widget');
return ['button', '.panel'].map((selector) => {
  const { right, bottom, left, top } = host.shadowRoot.querySelector(selector).getBoundingClientRect();
  const isSeen = document.elementFromPoint((left + right) / 2, (top + bottom) / 2) === host;
  return [isSeen, right <= innerWidth && innerWidth - right < 40, bottom <= innerHeight && innerHeight - bottom < 130];
})";

#[test]
fn the_chat_stays_in_the_corner_whatever_the_page_makes_of_its_ancestors() {
    let fixture = Fixture::with(answer("Never."));
    let tag = format!("<script async src={}/widget.js></script>", fixture.proxy.origin());
    for (at, mover) in MOVERS.into_iter().enumerate() {
        for element in ["html", "body"] {
            let path = format!("/{element}-{at}");
            let body = format!(
                "<!doctype html><title>A shop</title><style>{element} {{ {mover} }}
                 ::backdrop {{ background: red !important; backdrop-filter: blur(9px) }}</style>
                 <div style='height: 4000px'>Lamps</div>{tag}"
            );
            fixture.site.add(Page::new(&path, body));
            fixture.browser.open(&fixture.site.url(&path));
            fixture.browser.click(&fixture.browser.find(LAUNCHER));
            fixture.browser.find(".panel.usable");
            let measured = fixture.browser.script(CORNERS, &[]);
            assert_eq!(measured, json!([[true, true, true], [true, true, true]]), "{element} {{ {mover} }}");
            let backdrop =
                "return getComputedStyle(document.querySelector('porthole-widget'), '::backdrop').display";
            assert_eq!(fixture.browser.script(backdrop, &[]), "none", "the page's backdrop covers the page");
            fixture.browser.script("porthole('close')", &[]);
        }
    }
}

#[test]
fn a_modal_dialog_of_the_page_lies_over_the_chat_and_escape_closes_it_alone() {
    let fixture = Fixture::with(answer("Never."));
    fixture.open_page();
    fixture.open_chat();
    fixture.browser.wait_for("the focus in the box", "return document.activeElement.id === 'text'");
    fixture.browser.leave_frame();
    let dialog = "const dialog = document.createElement('dialog');
        dialog.append(document.createElement('button'));
        document.body.append(dialog);
        dialog.showModal();
        return document.elementFromPoint(innerWidth - 60, innerHeight - 200).localName";
    assert_eq!(fixture.browser.script(dialog, &[]), "dialog");
    fixture.browser.press(NamedKey::Escape);
    let left =
        "const panel = document.querySelector('porthole-widget').shadowRoot.querySelector('.panel.open');
        return !document.querySelector('dialog').open && !!panel";
    fixture.browser.wait_for("the page's dialog to be closed, and the chat to be open", left);
    let covered = "document.querySelector('dialog').showModal();
        document.querySelector('porthole-widget').remove();
        return new Promise((done) => requestAnimationFrame(() =>
          done(document.elementFromPoint(innerWidth - 60, innerHeight - 200).localName)))";
    assert_eq!(fixture.browser.script(covered, &[]), "dialog", "a chat that comes back lies over a dialog");
}
