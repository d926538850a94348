//! Where a conversation is kept between two visits, as far as the browser lets it.
//!
//! `local` is the browser's database, `session` the tab's own storage, `none` memory. Nothing is
//! created before the first message, and the first failure to write turns to memory for good.

mod disk;
mod record;
mod tab;

use std::cell::{Cell, RefCell};

use porthole_protocol::Done;
use porthole_protocol::session::Created;
use wasm_bindgen::JsValue;

use crate::conversation::{Outgoing, Turn};
use crate::port::Keeping;
use disk::Disk;
use tab::Tab;

pub(crate) use record::{Restored, Session};

/// Holds the session and the outgoing message, each under its own name.
const CHAT: &str = "chat";
/// Holds the turns by the time of their submission.
const TURNS: &str = "turns";
const SESSION: &str = "session";
const OUTGOING: &str = "outgoing";

/// One change; those given together happen together or not at all.
#[derive(Debug)]
enum Change {
    Put(&'static str, JsValue, JsValue),
    Delete(&'static str, JsValue),
    Clear(&'static str),
}

/// When changes are made.
#[derive(Clone, Copy, Debug)]
enum Condition<'a> {
    Always,
    /// Unless the kept session is the same one and already as far.
    Newer(&'a Session),
    /// If the outgoing message is this one: another tab may wait with its own.
    Outgoing(&'a str),
}

/// The browser kept nothing.
#[derive(Clone, Copy, Debug)]
struct Refused;

#[derive(Debug)]
enum Place {
    Disk(Disk),
    Tab(Tab),
    Memory,
}

/// The store of one chat, named by site and origin.
#[derive(Debug)]
pub(crate) struct Store {
    place: Place,
    failed: Cell<bool>,
    /// The session as this tab knows it: all there is where nothing is kept.
    session: RefCell<Option<Session>>,
}

impl Store {
    /// Names the store; nothing is opened yet.
    pub(crate) fn new(keeping: Keeping, name: String) -> Self {
        let place = match keeping {
            Keeping::Local => Place::Disk(Disk::new(name)),
            Keeping::Session => Place::Tab(Tab::new(name)),
            Keeping::Nowhere => Place::Memory,
        };
        Self {
            place,
            failed: Cell::new(false),
            session: RefCell::new(None),
        }
    }

    /// Whether the chat is forgotten with the page.
    pub(crate) fn is_forgetful(&self) -> bool {
        self.failed.get() || matches!(self.place, Place::Memory)
    }

    /// Reads everything that is kept.
    pub(crate) async fn load(&self) -> Restored {
        let mut restored = Restored::default();
        if let Some([session, outgoing, turns]) = self.read_all().await {
            restored = record::restored(&session, &outgoing, &turns);
        }
        if restored.session.is_some() {
            self.session.replace(restored.session.clone());
        }
        restored
    }

    /// The session as it is now: another tab may have moved it on.
    pub(crate) async fn session(&self) -> Option<Session> {
        let kept = match &self.place {
            Place::Disk(disk) if !self.failed.get() => disk.get(CHAT, SESSION).await,
            _ => None,
        };
        let kept = kept.and_then(|value| record::session(&value));
        kept.or_else(|| self.session.borrow().clone())
    }

    /// Keeps a session that was just opened; where it is the one that was kept, its turns count on.
    pub(crate) async fn keep_session(&self, created: &Created) {
        let before = self.session().await;
        let same = before.filter(|session| session.id == created.session_id);
        let turn = same.map_or(0, |session| session.turn);
        let session = Session {
            token: created.token.clone(),
            id: created.session_id.clone(),
            turn,
        };
        self.session.replace(Some(session.clone()));
        let put = Change::Put(CHAT, SESSION.into(), record::of_session(&session));
        self.change(vec![put], Condition::Always).await;
    }

    /// Keeps a message before it is sent.
    pub(crate) async fn keep_outgoing(&self, outgoing: &Outgoing) {
        let put = Change::Put(CHAT, OUTGOING.into(), record::of_outgoing(outgoing));
        self.change(vec![put], Condition::Always).await;
    }

    /// Removes the outgoing message, if it is this one.
    pub(crate) async fn drop_outgoing(&self, message_id: &str) {
        self.change(
            vec![Change::Delete(CHAT, OUTGOING.into())],
            Condition::Outgoing(message_id),
        )
        .await;
    }

    /// Keeps a sealed turn and its token and removes the outgoing message, all at once.
    pub(crate) async fn keep_turn(&self, turn: &Turn, done: &Done) {
        let id = self
            .session
            .borrow()
            .as_ref()
            .map(|session| session.id.clone())
            .unwrap_or_default();
        let session = Session {
            token: done.token.clone(),
            id,
            turn: done.turn,
        };
        let mut changes = vec![Change::Delete(CHAT, OUTGOING.into())];
        changes.push(Change::Put(CHAT, SESSION.into(), record::of_session(&session)));
        let (key, value) = record::of_turn(turn);
        changes.push(Change::Put(TURNS, key, value));
        self.change(changes, Condition::Newer(&session)).await;
        if self
            .session
            .borrow()
            .as_ref()
            .is_none_or(|known| known.turn < session.turn)
        {
            self.session.replace(Some(session));
        }
    }

    /// Forgets everything.
    pub(crate) async fn clear(&self) {
        self.session.replace(None);
        match &self.place {
            Place::Disk(disk) if !disk.exists().await => {}
            _ => {
                self.change(vec![Change::Clear(CHAT), Change::Clear(TURNS)], Condition::Always)
                    .await
            }
        }
    }

    async fn read_all(&self) -> Option<[JsValue; 3]> {
        match &self.place {
            Place::Disk(disk) => disk.read_all().await,
            Place::Tab(tab) => tab.read_all(),
            Place::Memory => None,
        }
    }

    async fn change(&self, changes: Vec<Change>, condition: Condition<'_>) {
        if self.failed.get() {
            return;
        }
        let changed = match &self.place {
            Place::Disk(disk) => disk.change(changes, condition).await,
            Place::Tab(tab) => tab.change(changes),
            Place::Memory => Ok(()),
        };
        self.failed.set(changed.is_err());
    }
}
