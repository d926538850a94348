//! Calls out of the app: `effects.js` carries out the effects of the conversation, one function each.

use porthole_protocol::history::Role;
use porthole_widget_core::conversation::{Carry, Effect, Outgoing, PageEvent, Status, StoredTurn};
use wasm_bindgen::prelude::wasm_bindgen;

use super::record::{Record, write};

#[wasm_bindgen]
extern "C" {
    /// The object with the functions of `effects.js`. Times are milliseconds since 1970.
    #[derive(Clone, Debug)]
    pub type Effects;

    /// Calls the function of this name with an object.
    #[wasm_bindgen(method)]
    fn perform(this: &Effects, name: &str, members: &Record);
}

impl Effects {
    /// Carries out effects of the conversation, and shows its state in the document around it.
    pub(super) fn perform_all(&self, effects: Vec<Effect>, status: Status) {
        for effect in effects {
            self.carry_out(effect);
        }
        self.show(status);
    }

    fn carry_out(&self, effect: Effect) {
        match effect {
            Effect::Send { run, message_id, text, attempt, fork, keep, continues } => {
                self.perform("send", &write!({ run, message_id, text, attempt, fork, keep, continues }));
            }
            Effect::Join { run, message_id, last_event_id, wait_ms } => {
                self.perform("join", &write!({ run, message_id, last_event_id, wait_ms }));
            }
            Effect::Abandon => self.perform("abandon", &write!({})),
            Effect::Stop { message_id } => self.perform("stop", &write!({ message_id })),
            Effect::CreateSession { run, carry } => {
                let previous = carry == Carry::Previous;
                self.perform("create_session", &write!({ run, previous }));
            }
            Effect::RefreshTicket { run } => self.perform("refresh_ticket", &write!({ run })),
            Effect::Announce(text) => self.perform("announce", &write!({ text })),
            Effect::AnnounceReply { text, beside } => {
                self.perform("announce_reply", &write!({ text, beside }));
            }
            Effect::ToPage(event) => self.tell_page(event),
            Effect::EmptyComposer => self.perform("empty_composer", &write!({})),
            Effect::FillComposer(text) => self.perform("fill_composer", &write!({ text })),
            Effect::RestoreComposer(text) => self.perform("restore_composer", &write!({ text })),
            Effect::Copy { id, text } => self.perform("copy", &write!({ id, text })),
            Effect::FocusComposer => self.perform("focus_composer", &write!({})),
            Effect::ExportChat { head } => self.perform("export_chat", &write!({ head })),
            Effect::KeepOutgoing(..)
            | Effect::Keep(..)
            | Effect::DropOutgoing { .. }
            | Effect::SwitchBranch { .. }
            | Effect::SwapChat { .. } => self.store(effect),
        }
    }

    fn store(&self, effect: Effect) {
        match effect {
            Effect::KeepOutgoing(outgoing, replaces) => {
                let Outgoing { id, text, attempt, at, until, keep } = outgoing;
                let outgoing = write!({ id, text, attempt, at, until, keep });
                self.perform("keep_outgoing", &write!({ outgoing, replaces }));
            }
            Effect::Keep(turn, done) => {
                // The store itself adds the place in the chain.
                let stored = StoredTurn::new(&turn, &done);
                let StoredTurn { id, user, reply, thoughts, thought_ms, beside, .. } = stored;
                let StoredTurn { at, sealed_at, suggestions, receipt, turn, .. } = stored;
                let end = stored.end.name();
                let turn = write!({
                    id, user, reply, thoughts, thought_ms, beside, at, sealed_at, end, suggestions, receipt,
                    turn
                });
                let token = done.token;
                self.perform("keep_turn", &write!({ turn, token }));
            }
            Effect::DropOutgoing { message_id } => self.perform("drop_outgoing", &write!({ message_id })),
            Effect::SwitchBranch { head } => self.perform("switch_branch", &write!({ head })),
            Effect::SwapChat { id } => self.perform("swap_chat", &write!({ id })),
            _ => {}
        }
    }

    fn tell_page(&self, event: PageEvent) {
        match event {
            PageEvent::Message { role, length } => {
                let role = match role {
                    Role::User => "user",
                    Role::Assistant => "assistant",
                };
                self.perform("message", &write!({ role, length }));
            }
            PageEvent::Unread(count) => self.perform("unread", &write!({ count })),
            PageEvent::Error { code, detail } => self.perform("error", &write!({ code, detail })),
        }
    }

    fn show(&self, status: Status) {
        let Status { run, busy, declined, turns, ticking, left } = status;
        self.perform("status", &write!({ run, busy, declined, turns, ticking, left }));
    }
}
