//! The looks that depend on the device or the site: width, colours.

use porthole_widget_core::ink;
use serde_json::json;

use crate::fixture::{Fixture, LAUNCHER, answer};

/// `true` for each of the colours on which the launcher's ink is white.
const INKS: &str = "
const button = document.querySelector('porthole-widget').shadowRoot.querySelector('button');
return arguments[0].map((color) => {
  window.porthole('update', { color });
  return getComputedStyle(button, '::before').borderTopColor.split(' ')[1] > 0;
})";

/// `true` where the body's background is dark.
const IS_DARK: &str = "
const [red, green, blue] = getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/g).map(Number);
return (red + green + blue) / 3 < 90";

#[test]
fn on_a_phone_the_chat_fills_the_screen_and_nothing_sticks_out() {
    let fixture = Fixture::with(answer(
        "| a | b |\n|---|---|\n| `a_very_long_word_that_does_not_break_anywhere_at_all` | 2 |",
    ));
    fixture.browser.become_phone(390, 844);
    fixture.open_page();
    fixture.open_chat();
    fixture.ask("A wide table, please");
    fixture.wait_for_reply("a_very_long_word");
    let fits = "return document.documentElement.scrollWidth <= innerWidth";
    assert_eq!(fixture.browser.script(fits, &[]), true, "the conversation scrolls sideways");
    assert_eq!(fixture.browser.script("return innerWidth", &[]), 390);
    fixture.browser.screenshot("phone");
}

#[test]
fn a_visitor_who_prefers_dark_gets_dark() {
    let fixture = Fixture::with(answer("Good night."));
    fixture.browser.prefer_dark();
    fixture.open_page();
    fixture.open_chat();
    fixture.ask("Hi");
    fixture.wait_for_reply("Good night.");
    assert_eq!(fixture.browser.script(IS_DARK, &[]), true, "the background is not dark");
    fixture.browser.screenshot("dark");
}

#[test]
fn the_launcher_has_the_ink_that_the_one_formula_gives() {
    let fixture = Fixture::with(answer("Never."));
    fixture.open_page();
    fixture.browser.find(LAUNCHER);
    let levels = || (0..=255).step_by(17);
    let colours =
        levels().flat_map(|red| levels().flat_map(move |green| levels().map(move |blue| [red, green, blue])));
    let greys = (0..=255).map(|grey| [grey; 3]);
    let colours: Vec<u32> =
        colours.chain(greys).map(|[red, green, blue]| red << 16 | green << 8 | blue).collect();
    let written: Vec<String> = colours.iter().map(|colour| format!("#{colour:06x}")).collect();
    let inks = fixture.browser.script(INKS, &[json!(written)]);
    for (colour, is_white) in colours.iter().zip(inks.as_array().unwrap()) {
        assert_eq!(*is_white, ink::on(*colour) == ink::WHITE, "on #{colour:06x}");
    }
}
