//! What is kept: over a reload, while the chat is closed, in another tab.

use porthole_tests::Signal;

use crate::scene::{LAUNCHER, Scene, answer, answer_in_two};

#[test]
fn a_reload_in_the_middle_of_an_answer_joins_it() {
    let rest = Signal::new();
    let scene = Scene::with(answer_in_two("Your order is ", &rest, "on its way."));
    scene.open_page();
    scene.open_chat();
    scene.ask("Where is it?");
    scene.wait_for_reply("Your order is ");
    scene.browser.leave_frame();
    scene.browser.reload();
    scene.enter_chat();
    scene.wait_for_reply("Your order is ");
    rest.give();
    scene.wait_for_reply("Your order is on its way.");
    scene.wait_for_end();
    assert_eq!(scene.turns(), 1);
    assert_eq!(scene.upstream.requests().len(), 1);
}

#[test]
fn a_closed_chat_counts_what_comes_and_shows_it_when_it_opens() {
    let rest = Signal::new();
    let scene = Scene::with(answer_in_two("One ", &rest, "moment."));
    scene.open_page();
    scene.open_chat();
    scene.ask("Hello?");
    scene.wait_for_reply("One ");
    scene.close_chat();
    rest.give();
    scene.browser.wait_for_text(".count:not([hidden])", "1");
    let launcher = scene.browser.find(LAUNCHER);
    assert_eq!(
        scene.browser.attribute(&launcher, "aria-label").as_deref(),
        Some("Chat (1)")
    );
    scene.open_chat();
    assert_eq!(scene.reply().matches("One moment.").count(), 1);
    scene.browser.leave_frame();
    scene.browser.find(".count[hidden]");
}

#[test]
fn a_new_chat_forgets_the_one_before() {
    let scene = Scene::with_scripts(|n| answer(&format!("Answer {n}.")), &[]);
    scene.open_page();
    scene.open_chat();
    scene.ask("First");
    scene.wait_for_reply("Answer 0.");
    scene.wait_for_end();
    scene.browser.click(&scene.browser.find("#new"));
    scene.browser.wait_for(
        "an empty chat with the focus in the text box",
        "return !document.querySelector('.turn') && document.activeElement.id === 'text'",
    );
    scene.ask("Second");
    scene.wait_for_reply("Answer 1.");
    scene.wait_for_end();
    scene.browser.leave_frame();
    scene.browser.reload();
    scene.enter_chat();
    scene.wait_for_reply("Answer 1.");
    assert_eq!(scene.turns(), 1);
    let sessions = scene.upstream.wait_for(2);
    assert_ne!(sessions[0].json()["sessionId"], sessions[1].json()["sessionId"]);
}

#[test]
fn two_tabs_show_one_conversation() {
    let scene = Scene::with_scripts(|n| answer(&format!("Answer {n}.")), &[]);
    let first = scene.browser.tab();
    scene.open_page();
    scene.open_chat();
    scene.ask("From the first");
    scene.wait_for_reply("Answer 0.");
    scene.wait_for_end();
    scene.browser.open_tab();
    scene.open_page();
    scene.open_chat();
    scene.wait_for_reply("Answer 0.");
    scene.ask("From the second");
    scene.wait_for_reply("Answer 1.");
    scene.browser.go_to(&first);
    scene.enter_chat();
    scene.wait_for_reply("Answer 1.");
    assert_eq!(scene.turns(), 2);
}
