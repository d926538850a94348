//! Branches (contract §4): a message sent anew, an answer made anew, and the way from one branch to another.
//!
//! [`Conversation::turns`] is the branch on the screen. A turn that another one replaces goes to the hidden ones with
//! all that came after it, and comes back when the visitor flips to it: nothing is lost.

use std::rc::Rc;

use super::state::OpenEdit;
use super::{Act, Conversation, Effect, Turn, TurnStatus, Wish};
use crate::words;

impl Conversation {
    /// Returns `true` while the composer holds an earlier message.
    #[must_use]
    pub const fn is_editing(&self) -> bool {
        self.editing.is_some()
    }

    /// Returns the place of a turn among its versions, and their number.
    #[must_use]
    pub fn version(&self, turn: &Turn) -> (usize, usize) {
        let (mut place, mut count) = (0, 1);
        for other in self.hidden.iter().filter(|other| turn.is_version_of(other)) {
            place += usize::from(other.at < turn.at);
            count += 1;
        }
        (place, count)
    }

    /// Grants a wish; one about a turn only while no message is under way nor waits.
    pub(super) fn branch(&mut self, wish: Wish, effects: &mut Vec<Effect>) {
        if let Some(at) = self.place_waiting(&wish.id) {
            return self.change_waiting(at, wish.act, effects);
        }
        let is_idle = self.run.is_none() && self.waiting.is_empty();
        let Some(at) = self.place(&wish.id).filter(|_| is_idle) else { return };
        let Some(text) = self.turns.get(at).map(|turn| turn.user.clone()) else { return };
        if wish.act == Act::Edit && self.offers.edits {
            return self.open_edit(wish.id, text, effects);
        }
        self.leave_edit(effects);
        match wish.act {
            Act::Flip => self.flip(at, wish.index, effects),
            Act::Regenerate if self.offers.edits => {
                self.send(Turn::new(wish.new_id, text, wish.now), at, None, effects);
            }
            Act::GoOn => {
                let turn = Turn::new(wish.new_id, words::GO_ON_MESSAGE.into(), wish.now);
                self.send(turn, self.turns.len(), None, effects);
            }
            Act::Edit | Act::Regenerate | Act::TakeBack => {}
        }
    }

    /// Has a message edited in the composer; the text that stands there comes back afterwards.
    pub(super) fn open_edit(&mut self, id: String, text: String, effects: &mut Vec<Effect>) {
        let draft = self.editing.take().map_or_else(|| self.draft.clone(), |edit| edit.draft);
        self.editing = Some(OpenEdit { id, draft });
        self.fill_composer(text, effects);
    }

    /// Puts the text back that stood in the composer before an edit.
    pub(super) fn leave_edit(&mut self, effects: &mut Vec<Effect>) {
        if let Some(edit) = self.editing.take() {
            self.fill_composer(edit.draft, effects);
        }
    }

    /// Leaves an edit whose message goes away: a text that was changed stays, behind the one that stood there before.
    pub(super) fn close_edit(&mut self, effects: &mut Vec<Effect>) {
        let text = self.editing.as_ref().and_then(|edit| self.text_of(&edit.id));
        if text == Some(&self.draft) {
            return self.leave_edit(effects);
        }
        let edit = self.editing.take().filter(|edit| !edit.draft.is_empty());
        effects.extend(edit.map(|edit| Effect::RestoreComposer(edit.draft)));
    }

    fn text_of(&self, id: &str) -> Option<&String> {
        self.turns.iter().chain(&self.waiting).find(|turn| turn.id == id).map(|turn| &turn.user)
    }

    fn fill_composer(&mut self, text: String, effects: &mut Vec<Effect>) {
        self.declined = None;
        effects.push(Effect::FillComposer(text));
        effects.push(Effect::FocusComposer);
    }

    fn flip(&mut self, at: usize, index: usize, effects: &mut Vec<Effect>) {
        let Some(shown) = self.turns.get(at) else { return };
        let is_wanted = |other: &Rc<Turn>| {
            let place = self.version(other).0 + usize::from(shown.at < other.at);
            shown.is_version_of(other) && place == index
        };
        let Some(wanted) = self.hidden.iter().position(is_wanted) else { return };
        self.cut(at, effects);
        let mut next = Some(self.hidden.remove(wanted));
        while let Some(turn) = next {
            next =
                self.pick(&|other| other.parent == turn.head && other.number == turn.number.wrapping_add(1));
            self.turns.push(turn);
        }
        if let Some(end) = self.turns.last().filter(|end| !end.head.is_empty() && end.head != self.token_head)
        {
            self.token_head.clone_from(&end.head);
            self.switched = true;
            effects.push(Effect::SwitchBranch { head: end.head.clone() });
        }
    }

    /// Takes the newest of the hidden turns that are wanted.
    fn pick(&mut self, is_wanted: &dyn Fn(&Turn) -> bool) -> Option<Rc<Turn>> {
        let mut newest: Option<(usize, u64)> = None;
        for (place, turn) in self.hidden.iter().enumerate() {
            if is_wanted(turn) && newest.is_none_or(|(_, at)| at <= turn.at) {
                newest = Some((place, turn.at));
            }
        }
        newest.map(|(place, _)| self.hidden.remove(place))
    }

    /// Hides the turns from a place on; those that failed are not offered again after a reload.
    pub(super) fn cut(&mut self, at: usize, effects: &mut Vec<Effect>) {
        while self.turns.len() > at {
            let Some(turn) = self.turns.pop() else { return };
            if turn.sealed.is_none() {
                effects.push(Effect::DropOutgoing { message_id: turn.id.clone() });
            }
            self.hidden.push(turn);
        }
    }

    /// Hides the turns before a place that are not among the kept ones; returns the place after that.
    pub(super) fn keep_only(&mut self, keep: u32, mut at: usize) -> usize {
        while at > 0 && self.before(at).0 > keep && at > self.unplaced() {
            at -= 1;
            self.hidden.push(self.turns.remove(at));
        }
        at
    }

    /// Shows the branch that ends in a head, where that is known; a message under way stays at its end.
    pub(super) fn show(&mut self, head: &str) {
        let is_known = self.turns.iter().chain(&self.hidden).any(|turn| turn.head == head);
        if head.is_empty() || !is_known {
            return;
        }
        let first = self.unplaced();
        while self.turns.get(first).is_some_and(|turn| !matches!(turn.status, TurnStatus::Running(_))) {
            self.hidden.push(self.turns.remove(first));
        }
        let mut next = self.pick(&|turn| turn.head == head);
        while let Some(turn) = next {
            next = self.pick(&|other| !turn.parent.is_empty() && other.head == turn.parent);
            self.turns.insert(first, turn);
        }
    }

    /// Counts the turns that an earlier release has sealed and stored without their heads: they are on every branch.
    fn unplaced(&self) -> usize {
        let is_unplaced = |turn: &Rc<Turn>| turn.sealed.is_some() && turn.head.is_empty();
        self.turns.iter().position(|turn| !is_unplaced(turn)).unwrap_or(self.turns.len())
    }

    /// Returns number and head of the last sealed turn before a place on the screen; 0 and nothing where none is.
    pub(super) fn before(&self, at: usize) -> (u32, &str) {
        let mut before = self.turns.iter().take(at);
        let sealed = before.rfind(|turn| turn.sealed.is_some());
        sealed.map_or((0, ""), |turn| (turn.number, &turn.head))
    }

    /// Tells a turn its place on its branch.
    pub(super) fn link(&mut self, at: usize) {
        let (number, parent) = self.before(at);
        let (number, parent) = (number.wrapping_add(1), parent.to_owned());
        if let Some(turn) = self.turns.get_mut(at).map(Rc::make_mut) {
            (turn.number, turn.parent) = (number, parent);
        }
    }

    /// Returns the turns that a message keeps, where it does not follow the last one that the session's token seals.
    pub(super) fn keep(&self, id: &str) -> Option<u32> {
        self.keep_before(self.place(id)?)
    }

    /// The same for a message that is to follow the turns before a place.
    pub(super) fn keep_before(&self, at: usize) -> Option<u32> {
        let (number, head) = self.before(at);
        (self.offers.edits && head != self.token_head).then_some(number)
    }

    /// Returns the message whose incomplete answer this one goes on with.
    pub(super) fn continued(&self, id: &str) -> Option<String> {
        let before = self.turns.get(self.place(id)?.checked_sub(1)?)?;
        let is_asked = self.turn(id)?.user == words::GO_ON_MESSAGE;
        (is_asked && before.is_incomplete()).then(|| before.id.clone())
    }

    pub(super) fn place(&self, id: &str) -> Option<usize> {
        self.turns.iter().position(|turn| turn.id == id)
    }

    pub(super) fn is_hidden(&self, id: &str) -> bool {
        self.hidden.iter().any(|turn| turn.id == id)
    }
}
