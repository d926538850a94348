//! What depends on the device: width, colours.

use porthole_widget_core::ink;
use serde_json::json;

use crate::scene::{LAUNCHER, Scene, answer};

/// The ink of the launcher on each of the colours.
const INKS: &str = "
const button = document.querySelector('porthole-widget').shadowRoot.querySelector('button');
return arguments[0].map((color) => {
  window.porthole('update', { color });
  return getComputedStyle(button).color;
})";

/// `true` where the body's background is dark.
const IS_DARK: &str = "
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
        scene.browser.script(IS_DARK, &[]),
        true,
        "the background is not dark"
    );
    scene.browser.screenshot("dark");
}

#[test]
fn the_launcher_has_the_ink_that_the_one_formula_gives() {
    let scene = Scene::with(answer("Never."));
    scene.open_page();
    scene.browser.find(LAUNCHER);
    let levels = || (0..=255).step_by(17);
    let colours =
        levels().flat_map(|red| levels().flat_map(move |green| levels().map(move |blue| [red, green, blue])));
    let greys = (0..=255).map(|grey| [grey; 3]);
    let colours: Vec<u32> = colours
        .chain(greys)
        .map(|[red, green, blue]| red << 16 | green << 8 | blue)
        .collect();
    let written: Vec<String> = colours.iter().map(|colour| format!("#{colour:06x}")).collect();
    let inks = scene.browser.script(INKS, &[json!(written)]);
    for (colour, shown) in colours.iter().zip(inks.as_array().unwrap()) {
        let [_, red, green, blue] = ink::on(*colour).to_be_bytes();
        assert_eq!(*shown, format!("rgb({red}, {green}, {blue})"), "on #{colour:06x}");
    }
}
