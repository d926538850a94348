//! Calls out of the app: what `chat.js` does for the conversation, one function for each effect.

use wasm_bindgen::prelude::wasm_bindgen;

use porthole_widget_core::conversation::{Carry, Effect, PageNote, Role};

#[wasm_bindgen]
extern "C" {
    /// The object that `chat.js` hands over at the start. Times are milliseconds since 1970.
    #[derive(Clone, Debug)]
    pub type Hands;

    /// `until` is 0 where no limit holds the message back.
    #[wasm_bindgen(method, js_name = keepOutgoing)]
    fn keep_outgoing(this: &Hands, id: &str, text: &str, attempt: u8, at: f64, until: f64);
    #[wasm_bindgen(method)]
    fn send(this: &Hands, run: u32, id: &str, text: &str, attempt: u8, fork: bool);
    #[wasm_bindgen(method)]
    fn join(this: &Hands, run: u32, id: &str, last_event_id: Option<u32>, wait_ms: u32);
    #[wasm_bindgen(method)]
    fn abandon(this: &Hands);
    #[wasm_bindgen(method)]
    fn stop(this: &Hands, id: &str);
    #[wasm_bindgen(method)]
    fn create(this: &Hands, run: u32, previous: bool);
    #[wasm_bindgen(method)]
    fn refresh(this: &Hands, run: u32);
    /// `suggestions` are lines.
    #[wasm_bindgen(method)]
    fn keep(
        this: &Hands,
        id: &str,
        user: &str,
        reply: &str,
        at: f64,
        stopped: bool,
        suggestions: &str,
        receipt: &str,
        turn: u32,
        token: &str,
    );
    #[wasm_bindgen(method, js_name = dropOutgoing)]
    fn drop_outgoing(this: &Hands, id: &str);
    #[wasm_bindgen(method)]
    fn clear(this: &Hands);
    #[wasm_bindgen(method)]
    fn announce(this: &Hands, text: &str);
    #[wasm_bindgen(method)]
    fn message(this: &Hands, role: &str, length: usize);
    #[wasm_bindgen(method)]
    fn unread(this: &Hands, count: u32);
    #[wasm_bindgen(method)]
    fn error(this: &Hands, code: &str, detail: &str);
    #[wasm_bindgen(method)]
    fn empty(this: &Hands);
    #[wasm_bindgen(method)]
    fn restore(this: &Hands, text: &str);
    #[wasm_bindgen(method)]
    fn focus(this: &Hands);

    /// Says how things stand after each action: the run that counts (0: none), whether a message is
    /// under way, whether the text was declined, how many turns there are, whether seconds count.
    #[wasm_bindgen(method)]
    pub fn settle(this: &Hands, run: u32, busy: bool, declined: bool, turns: usize, ticking: bool);
    /// Copies a text for the visitor.
    #[wasm_bindgen(method)]
    pub fn copy(this: &Hands, text: &str);
}

impl Hands {
    /// Has an effect carried out; gives back the run that it starts or goes on with.
    pub(crate) fn perform(&self, effect: Effect) -> Option<u32> {
        match effect {
            Effect::KeepOutgoing(kept) => {
                let (at, until) = (milliseconds(kept.at), milliseconds(kept.until.unwrap_or(0)));
                self.keep_outgoing(&kept.message_id, &kept.text, kept.attempt, at, until);
            }
            Effect::Send {
                run,
                message_id,
                text,
                attempt,
                fork,
            } => {
                self.send(run, &message_id, &text, attempt, fork);
                return Some(run);
            }
            Effect::Join {
                run,
                message_id,
                last_event_id,
                wait_ms,
            } => {
                self.join(run, &message_id, last_event_id, wait_ms);
                return Some(run);
            }
            Effect::CreateSession { run, carry } => {
                self.create(run, carry == Carry::Previous);
                return Some(run);
            }
            Effect::RefreshTicket { run } => {
                self.refresh(run);
                return Some(run);
            }
            Effect::Abandon => self.abandon(),
            Effect::Stop { message_id } => self.stop(&message_id),
            Effect::Keep(turn, done) => self.keep(
                &turn.id,
                &turn.user,
                &turn.reply,
                milliseconds(turn.at),
                done.stopped,
                &turn.suggestions.join("\n"),
                &done.receipt,
                done.turn,
                &done.token,
            ),
            Effect::DropOutgoing { message_id } => self.drop_outgoing(&message_id),
            Effect::ClearStore => self.clear(),
            Effect::Announce(text) => self.announce(&text),
            Effect::ToPage(note) => self.tell_page(&note),
            Effect::EmptyComposer => self.empty(),
            Effect::RestoreComposer(text) => self.restore(&text),
            Effect::FocusComposer => self.focus(),
        }
        None
    }

    fn tell_page(&self, note: &PageNote) {
        match note {
            PageNote::Message {
                role: Role::User,
                length,
            } => self.message("user", *length),
            PageNote::Message {
                role: Role::Assistant,
                length,
            } => self.message("assistant", *length),
            PageNote::Unread(count) => self.unread(*count),
            PageNote::Error { code, detail } => self.error(code, detail),
        }
    }
}

/// A time as JavaScript has it.
#[expect(
    clippy::cast_precision_loss,
    reason = "milliseconds since 1970 stay far below 2^53"
)]
const fn milliseconds(time: u64) -> f64 {
    time as f64
}
