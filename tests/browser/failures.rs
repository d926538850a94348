//! What goes wrong, and what the visitor can do about it.

use porthole_tests::{Script, Upstream};

use crate::scene::{LAUNCHER, Scene, answer};

/// The button of a reply that failed.
const RETRY: &str = ".turn:last-of-type [data-do=retry]";

#[test]
fn a_message_that_failed_is_sent_again_by_a_button() {
    let fails = || Script::whole(500, "text/plain", "no");
    let scene = Scene::with_scripts(move |n| if n == 0 { fails() } else { answer("Here it is.") }, &[]);
    scene.open_page();
    scene.open_chat();
    scene.ask("Where is it?");
    scene.browser.click(&scene.browser.find(RETRY));
    scene.wait_for_reply("Here it is.");
    let requests = scene.upstream.wait_for(2);
    assert!(requests.iter().all(|it| it.json()["chatInput"] == "Where is it?"));
    assert_eq!(scene.turns(), 1);
    assert!(scene.browser.look_for(RETRY).is_none());
}

#[test]
fn a_proxy_with_new_keys_costs_no_message() {
    let mut scene = Scene::with_scripts(|n| answer(&format!("Answer {n}.")), &[]);
    scene.open_page();
    scene.open_chat();
    scene.ask("Before");
    scene.wait_for_reply("Answer 0.");
    scene.wait_for_end();
    scene.restart_proxy(&[("JWT_SECRET_KEY", "another-test-only-key-for-tokens-0123456789")]);
    scene.ask("After");
    scene.wait_for_reply("Answer 1.");
    assert_eq!(scene.turns(), 2);
    assert_eq!(scene.upstream.requests().len(), 2);
}

#[test]
fn a_message_written_offline_goes_out_when_the_network_is_back() {
    let scene = Scene::with(answer("Received."));
    scene.browser.open(&scene.proxy.url("/chat"));
    scene.browser.find("#text");
    scene.browser.go_offline();
    scene
        .browser
        .wait_for("the page to be offline", "return !navigator.onLine");
    scene.ask("Written in a tunnel");
    scene.browser.wait_for_text("#notices", "offline");
    assert_eq!(scene.upstream.requests().len(), 0);
    scene.browser.go_online();
    scene.wait_for_reply("Received.");
    assert_eq!(scene.upstream.requests().len(), 1);
}

/// Opens the chat in a page whose policy forbids the frame, and waits until the page says so.
fn with_a_blocked_frame(hosted_page: &str) -> Scene {
    let scene = Scene::new(
        Upstream::always(answer("Never.")),
        &[("HOSTED_PAGE", hosted_page)],
    );
    let policy = format!("script-src {}; frame-src 'none'", scene.proxy.origin());
    scene.add_page("/blocked", &[("Content-Security-Policy", &policy)]);
    scene.browser.open(&scene.site.url("/blocked"));
    scene.browser.click(&scene.browser.find(LAUNCHER));
    scene.browser.find(".blocked .note button");
    scene
}

#[test]
fn a_blocked_frame_offers_the_chat_as_a_page_of_its_own_where_the_proxy_has_one() {
    let scene = with_a_blocked_frame("true");
    let link = scene.browser.find(".blocked .note a");
    assert_eq!(scene.browser.property(&link, "href"), scene.proxy.url("/chat"));
}

#[test]
fn a_blocked_frame_offers_no_page_that_the_proxy_has_not() {
    let scene = with_a_blocked_frame("false");
    scene.browser.wait_for(
        "the module to be missing",
        "return performance.getEntriesByType('resource').some((it) => it.name.endsWith('/hosted.js') && it.responseEnd)",
    );
    assert!(scene.browser.look_for(".note a").is_none());
}
