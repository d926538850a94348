//! Requests in flight on a connection: the backpressure between reading requests and writing answers.
//!
//! actix-http 3.20 reads up to 128 KiB ahead of the answer under way, wakes itself without end once it has that much, and
//! writes answers without a body to a socket that is blocked. Here a client is read as fast as it takes its answers.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::web::Bytes;
use futures_util::Stream;

use super::open_connections::IdleState;

/// Answers that may wait for the next write together.
const MAX_UNSENT: u32 = 16;

/// The state that a connection's socket and its requests share; both run in one task.
#[derive(Debug, Default)]
pub(crate) struct RequestsInFlight {
    count: Cell<u32>,
    idle: Arc<IdleState>,
    /// `true` while a handler waits for more of its request's body.
    wants_body: Cell<bool>,
    /// `true` while the socket takes nothing.
    is_blocked: Cell<bool>,
    /// Requests begun since the socket last took something.
    unsent: Cell<u32>,
    waiting: RefCell<Option<Waker>>,
}

impl RequestsInFlight {
    pub(super) fn new(idle: Arc<IdleState>) -> Self {
        Self { idle, ..Self::default() }
    }

    /// Begins a request once the client has taken its earlier answers.
    pub(crate) async fn begin(self: &Rc<Self>) -> RequestInFlight {
        self.count.set(self.count.get() + 1);
        self.idle.set_busy(true);
        let request = RequestInFlight(Rc::clone(self));
        poll_fn(|cx| self.poll_until(!self.is_blocked.get() && self.unsent.get() < MAX_UNSENT, cx)).await;
        self.unsent.set(self.unsent.get() + 1);
        request
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count.get() == 0
    }

    /// Returns `true` where actix may read on: nothing is in flight, or its handler waits for its body.
    pub(super) fn may_read(&self) -> bool {
        self.is_empty() || self.wants_body.get()
    }

    /// Is ready when actix may read on.
    pub(super) fn poll_may_read(&self, cx: &Context<'_>) -> Poll<()> {
        self.poll_until(self.may_read(), cx)
    }

    /// Notes that the socket took bytes.
    pub(super) fn on_written(&self) {
        self.is_blocked.set(false);
        self.unsent.set(0);
        self.wake();
    }

    /// Notes that the socket takes nothing now.
    pub(super) fn on_blocked(&self) {
        self.is_blocked.set(true);
    }

    fn poll_until(&self, holds: bool, cx: &Context<'_>) -> Poll<()> {
        if holds {
            return Poll::Ready(());
        }
        *self.waiting.borrow_mut() = Some(cx.waker().clone());
        Poll::Pending
    }

    fn set_wants_body(&self, wants: bool) {
        self.wants_body.set(wants);
        self.wake();
    }

    fn wake(&self) {
        if let Some(waiting) = self.waiting.take() {
            waiting.wake();
        }
    }
}

/// A request that is in flight until this is dropped.
#[derive(Debug)]
pub(crate) struct RequestInFlight(Rc<RequestsInFlight>);

impl RequestInFlight {
    /// Wraps the request's body, so that more is read from the client only while its handler waits for it.
    pub(crate) fn read_on_demand(&self, payload: Payload) -> Payload {
        match payload {
            Payload::None => payload,
            payload => {
                Payload::Stream { payload: Box::pin(RequestBody { payload, in_flight: Rc::clone(&self.0) }) }
            }
        }
    }

    /// Wraps the answer's body, so that the request stays in flight until it is sent or its reader has left.
    pub(crate) fn until_sent(self, body: BoxBody) -> BoxBody {
        BoxBody::new(AnswerBody { body, _request: self })
    }
}

impl Drop for RequestInFlight {
    fn drop(&mut self) {
        let Self(in_flight) = self;
        in_flight.count.set(in_flight.count.get().saturating_sub(1));
        in_flight.idle.set_busy(!in_flight.is_empty());
        in_flight.wake();
    }
}

/// The body of a request in flight.
struct RequestBody {
    payload: Payload,
    in_flight: Rc<RequestsInFlight>,
}

impl Stream for RequestBody {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = Pin::new(&mut self.payload).poll_next(cx);
        self.in_flight.set_wants_body(next.is_pending());
        next
    }
}

impl Drop for RequestBody {
    fn drop(&mut self) {
        self.in_flight.set_wants_body(false);
    }
}

/// The body of an answer whose request is in flight.
struct AnswerBody {
    body: BoxBody,
    _request: RequestInFlight,
}

impl MessageBody for AnswerBody {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(cx)
    }
}
