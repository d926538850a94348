//! Carries out what the conversation decides, in its order, and reports back.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use porthole_protocol::Code;
use wasm_bindgen_futures::spawn_local;
use web_sys::{AbortController, AbortSignal};
use yew::html::Scope;

use super::inbox::Inbox;
use super::tabs::Tabs;
use super::{App, Told};
use crate::client::{self, NoAnswer, Read, Reader};
use crate::composer::Composer;
use crate::conversation::{Action, Carry, Effect, Heard, ProblemView};
use crate::js;
use crate::lock::Held;
use crate::port::{Options, Port};
use crate::status::Status;
use crate::storage::Store;

/// The hands of the conversation: network, store, page and composer.
#[derive(Debug)]
pub(crate) struct Performer {
    link: Scope<App>,
    /// Names store, lock and channel: sites under one domain share a partition.
    name: String,
    store: Rc<Store>,
    port: Port,
    composer: Composer,
    status: Status,
    ticket: RefCell<String>,
    options: RefCell<Options>,
    inbox: Rc<Inbox>,
    tabs: Tabs,
    queue: RefCell<VecDeque<Effect>>,
    working: Cell<bool>,
    /// The run that counts; what was asked for by another is given up.
    current: Cell<Option<u32>>,
    lock: RefCell<Option<Held>>,
    abort: RefCell<Option<AbortController>>,
}

/// What opens a stream.
#[derive(Debug)]
enum Opening {
    Send {
        message_id: String,
        text: String,
        attempt: u8,
        fork: bool,
    },
    Join {
        message_id: String,
        last_event_id: Option<u32>,
        wait_ms: u32,
    },
}

/// What the performer is made of.
#[derive(Debug)]
pub(super) struct Parts {
    pub name: String,
    pub store: Rc<Store>,
    pub port: Port,
    pub composer: Composer,
    pub status: Status,
    pub ticket: String,
    pub options: Options,
}

impl Performer {
    pub(super) fn new(link: Scope<App>, parts: Parts) -> Rc<Self> {
        let Parts {
            name,
            store,
            port,
            composer,
            status,
            ticket,
            options,
        } = parts;
        let inbox = Inbox::new(link.clone());
        let others = link.clone();
        let tabs = Tabs::new(name.clone(), move || others.send_message(Told::OtherTabStored));
        Rc::new(Self {
            link,
            name,
            store,
            port,
            composer,
            status,
            ticket: RefCell::new(ticket),
            options: RefCell::new(options),
            inbox,
            tabs,
            queue: RefCell::default(),
            working: Cell::new(false),
            current: Cell::new(None),
            lock: RefCell::new(None),
            abort: RefCell::new(None),
        })
    }

    pub(super) const fn port(&self) -> &Port {
        &self.port
    }

    pub(super) const fn composer(&self) -> &Composer {
        &self.composer
    }

    pub(super) const fn status(&self) -> &Status {
        &self.status
    }

    pub(super) fn options(&self) -> Options {
        self.options.borrow().clone()
    }

    pub(super) fn take_options(&self, options: Options) {
        self.options.replace(options);
    }

    /// Takes effects; those on the screen happen at once, the others one after the other.
    pub(super) fn perform(self: &Rc<Self>, effects: Vec<Effect>, current: Option<u32>) {
        self.current.set(current);
        for effect in effects {
            if let Some(effect) = self.show(effect) {
                self.queue.borrow_mut().push_back(effect);
            }
        }
        if !self.working.replace(true) {
            spawn_local(Rc::clone(self).work());
        }
    }

    /// The page goes into the back-forward cache, or away: streams, lock and channel are let go.
    pub(super) fn suspend(&self) {
        self.give_up();
        self.lock.take();
        self.tabs.close();
    }

    /// The page is back; the stream that was cut joins by itself.
    pub(super) fn resume(&self) {
        self.tabs.open();
        self.link.send_message(Told::OtherTabStored);
    }

    /// Reads what another tab has stored.
    pub(super) fn read_again(self: &Rc<Self>) {
        let performer = Rc::clone(self);
        spawn_local(async move {
            let restored = performer.store.load().await;
            let mut actions: Vec<Action> = restored.turns.into_iter().map(Action::Adopted).collect();
            if restored.session.is_none() && !performer.store.is_forgetful() {
                actions.push(Action::SessionLost);
            }
            performer.link.send_message(Told::Happened(actions));
        });
    }

    fn show(&self, effect: Effect) -> Option<Effect> {
        match effect {
            Effect::Abandon => self.give_up(),
            Effect::Announce(text) => self.status.say(text),
            Effect::ToPage(note) => self.port.tell(&note),
            Effect::EmptyComposer => self.composer.empty(),
            Effect::RestoreComposer(text) => self.composer.restore(&text),
            Effect::FocusComposer if self.options.borrow().touch => {}
            Effect::FocusComposer => self.composer.focus(),
            Effect::KeepOutgoing(_)
            | Effect::Send { .. }
            | Effect::Join { .. }
            | Effect::Stop { .. }
            | Effect::CreateSession { .. }
            | Effect::RefreshTicket { .. }
            | Effect::Keep(..)
            | Effect::DropOutgoing { .. }
            | Effect::ClearStore => return Some(effect),
        }
        None
    }

    async fn work(self: Rc<Self>) {
        loop {
            let next = self.queue.borrow_mut().pop_front();
            let Some(effect) = next else { break };
            self.carry_out(effect).await;
        }
        self.working.set(false);
        if self.current.get().is_none() {
            self.lock.take();
        }
    }

    async fn carry_out(self: &Rc<Self>, effect: Effect) {
        match effect {
            Effect::KeepOutgoing(outgoing) => {
                if self.lock().await {
                    self.store.keep_outgoing(&outgoing).await;
                    self.notice_failure();
                }
            }
            Effect::Send {
                run,
                message_id,
                text,
                attempt,
                fork,
            } => {
                self.open(
                    run,
                    Opening::Send {
                        message_id,
                        text,
                        attempt,
                        fork,
                    },
                );
            }
            Effect::Join {
                run,
                message_id,
                last_event_id,
                wait_ms,
            } => {
                self.open(
                    run,
                    Opening::Join {
                        message_id,
                        last_event_id,
                        wait_ms,
                    },
                );
            }
            Effect::CreateSession { run, carry } => self.create_session(run, carry).await,
            Effect::RefreshTicket { run } => self.refresh_ticket(run).await,
            Effect::Stop { message_id } => self.stop(message_id).await,
            Effect::Keep(turn, done) => {
                self.store.keep_turn(&turn, &done).await;
                self.notice_failure();
                self.tabs.tell();
            }
            Effect::DropOutgoing { message_id } => self.store.drop_outgoing(&message_id).await,
            Effect::ClearStore => {
                self.store.clear().await;
                self.tabs.tell();
            }
            Effect::Abandon
            | Effect::Announce(_)
            | Effect::ToPage(_)
            | Effect::EmptyComposer
            | Effect::RestoreComposer(_)
            | Effect::FocusComposer => {}
        }
    }

    /// Aborts whatever is under way.
    fn give_up(&self) {
        if let Some(abort) = self.abort.take() {
            abort.abort();
        }
    }

    /// A signal for what starts now; what was under way before goes on until it is given up.
    fn signal(&self) -> Option<AbortSignal> {
        let mut abort = self.abort.borrow_mut();
        if abort.is_none() {
            *abort = AbortController::new().ok();
        }
        abort.as_ref().map(AbortController::signal)
    }

    /// Waits until no other tab sends; false when the wait was given up.
    async fn lock(&self) -> bool {
        if self.lock.borrow().is_some() {
            return true;
        }
        let Some(signal) = self.signal() else { return false };
        let held = Held::take(&self.name, &signal).await;
        let taken = held.is_some();
        if taken {
            self.lock.replace(held);
        }
        taken
    }

    fn notice_failure(&self) {
        if self.store.is_forgetful() {
            self.link.send_message(Told::Forgetful);
        }
    }

    async fn create_session(&self, run: u32, carry: Carry) {
        if self.current.get() != Some(run) || !self.lock().await {
            return;
        }
        let Some(signal) = self.signal() else { return };
        let before = match carry {
            Carry::Nothing => None,
            Carry::Previous => self.store.session().await.map(|session| session.token),
        };
        let ticket = self.ticket.borrow().clone();
        let action = match client::create(&ticket, before.as_deref(), &signal).await {
            Ok(created) => {
                self.store.keep_session(&created).await;
                Action::SessionReady { run }
            }
            Err(reason) => Action::SessionFailed {
                run,
                problem: reason.into_problem(),
                now: js::now(),
            },
        };
        self.inbox.push(action);
    }

    async fn refresh_ticket(&self, run: u32) {
        let action = match client::refresh().await {
            Ok(boot) => {
                self.ticket.replace(boot.ticket);
                Action::TicketReady { run }
            }
            Err(reason) => Action::SessionFailed {
                run,
                problem: reason.into_problem(),
                now: js::now(),
            },
        };
        self.inbox.push(action);
    }

    async fn stop(&self, message_id: String) {
        let Some(session) = self.store.session().await else {
            return;
        };
        spawn_local(async move {
            // Whether it worked is seen on the stream, which ends.
            drop(client::stop(&session.token, &message_id).await);
        });
    }

    /// Reads a stream beside the queue, in place of the one before.
    fn open(self: &Rc<Self>, run: u32, opening: Opening) {
        if self.current.get() == Some(run) {
            self.give_up();
            spawn_local(Rc::clone(self).read(run, opening));
        }
    }

    async fn read(self: Rc<Self>, run: u32, opening: Opening) {
        let heard = |event, heard| {
            self.inbox.push(Action::Heard {
                run,
                event,
                heard,
                now: js::now(),
            })
        };
        let mut reader = match self.reader(run, opening).await {
            Ok(reader) => reader,
            Err(NoAnswer::Silence) => return heard(None, Heard::CutOff),
            Err(NoAnswer::Refused(problem)) => return heard(None, Heard::Failed(problem)),
        };
        loop {
            let Read::Events(events) = reader.read().await else {
                return heard(None, Heard::CutOff);
            };
            for (id, event) in events {
                let ends = matches!(event, Heard::Done(_) | Heard::Failed(_));
                heard(id, event);
                if ends {
                    return;
                }
            }
        }
    }

    async fn reader(&self, run: u32, opening: Opening) -> Result<Reader, NoAnswer> {
        if let Opening::Join { wait_ms, .. } = opening {
            js::sleep(i32::try_from(wait_ms).unwrap_or(i32::MAX)).await;
        }
        if self.current.get() != Some(run) || !self.lock().await {
            return Err(NoAnswer::Silence);
        }
        let (signal, session) = (self.signal(), self.store.session().await);
        let (Some(signal), Some(session)) = (signal, session) else {
            let code = Code::InvalidToken.as_str().to_owned();
            return Err(NoAnswer::Refused(ProblemView {
                code,
                ..ProblemView::default()
            }));
        };
        match opening {
            Opening::Send {
                message_id,
                text,
                attempt,
                fork,
            } => {
                let Options {
                    page,
                    context,
                    locale,
                    ..
                } = self.options();
                let message = client::Message {
                    id: &message_id,
                    text: &text,
                    attempt,
                    fork,
                    page: &page,
                    context: &context,
                    locale: locale.as_deref(),
                };
                client::send(&session.token, message, &signal).await
            }
            Opening::Join {
                message_id,
                last_event_id,
                ..
            } => client::join(&session.token, &message_id, last_event_id, &signal).await,
        }
    }
}
