//! What depends on the device: width, colours.

use crate::scene::{Scene, answer};

/// Relative luminance from 0 to 255, roughly, of what the element's background is painted in.
const BRIGHTNESS: &str = "
const [red, green, blue] = getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/g).map(Number);
return (red + green + blue) / 3 < 90";

#[test]
fn on_a_phone_the_chat_fills_the_screen_and_nothing_sticks_out() {
    let scene = Scene::with(answer(
        "| a | b |\n|---|---|\n| `a_very_long_word_that_does_not_break_anywhere_at_all` | 2 |",
    ));
    scene.browser.become_phone(390, 844);
    scene.open_page();
    scene.open_chat();
    scene.ask("A wide table, please");
    scene.wait_for_reply("a_very_long_word");
    let fits = "return document.documentElement.scrollWidth <= innerWidth";
    assert_eq!(
        scene.browser.script(fits, &[]),
        true,
        "the conversation scrolls sideways"
    );
    assert_eq!(scene.browser.script("return innerWidth", &[]), 390);
    scene.browser.screenshot("phone");
}

#[test]
fn a_visitor_who_prefers_dark_gets_dark() {
    let scene = Scene::with(answer("Good night."));
    scene.browser.prefer_dark();
    scene.open_page();
    scene.open_chat();
    scene.ask("Hi");
    scene.wait_for_reply("Good night.");
    assert_eq!(
        scene.browser.script(BRIGHTNESS, &[]),
        true,
        "the background is not dark"
    );
    scene.browser.screenshot("dark");
}
