//! One step of a conversation.

use super::{Action, Effect, State};

impl State {
    /// The conversation after an action, and what is to be done.
    #[must_use]
    pub fn after(mut self, action: Action) -> (Self, Vec<Effect>) {
        let mut effects = Vec::new();
        self.take(action, &mut effects);
        (self, effects)
    }

    fn take(&mut self, action: Action, _out: &mut Vec<Effect>) {
        if let Action::Tick { now } = action {
            self.now = now;
        }
    }
}
