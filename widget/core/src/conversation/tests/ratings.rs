//! Ratings of replies.

use std::rc::Rc;

use porthole_protocol::feedback::Rating;

use super::TestChat;
use crate::conversation::{Action, Turn};

fn answered() -> TestChat {
    let mut chat = TestChat::ready();
    chat.submit("Hello", "m1").text(1, "One").done(2);
    chat
}

#[test]
fn a_rating_is_shown_at_once_and_given_back_where_it_could_not_be_sent() {
    let mut chat = answered();
    for rating in [Some(Rating::Up), Some(Rating::Down), Some(Rating::Up), None] {
        chat.act(Action::Rated { id: "m1".into(), rating });
        assert_eq!((chat.state().turns[0].rating, chat.effects.len()), (rating, 0));
    }
}

#[test]
fn the_rating_of_another_tab_is_adopted_and_an_equal_one_leaves_the_row_alone() {
    let mut chat = answered();
    let before = Rc::clone(&chat.state().turns[0]);
    let stored = |rating| Rc::new(Turn { rating, ..Turn::clone(&before) });
    chat.act(Action::Adopted { turn: stored(None) });
    assert!(Rc::ptr_eq(&before, &chat.state().turns[0]));
    chat.act(Action::Adopted { turn: stored(Some(Rating::Up)) });
    assert_eq!(chat.state().turns[0].rating, Some(Rating::Up));
}

#[test]
fn only_a_sealed_reply_with_its_head_can_be_rated() {
    let mut chat = TestChat::sent();
    chat.text(1, "One");
    assert!(!chat.state().turns[0].has_proof());
    chat.done(2);
    assert!(chat.state().turns[0].has_proof());
    let earlier = Turn { head: String::new(), ..Turn::clone(&chat.state().turns[0]) };
    assert!(!earlier.has_proof());
}
