//! How far a connection is with its requests, and so how much more of them is read.
//!
//! actix reads up to 128 KiB ahead of the answer that it is at, asks for more without end once it has that much, and
//! writes answers without a body in front of a socket that takes none. Here a client is read as fast as it is answered.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::web::Bytes;
use futures_util::Stream;

/// Answers that may wait for the next write together.
const UNSENT: u32 = 16;

/// What the two ends of a connection, its socket and its requests, tell each other; both are one task.
#[derive(Debug, Default)]
pub(crate) struct Handling {
    /// Requests that are being handled.
    under_way: Cell<u32>,
    /// Whether who handles a request waits for more of its body.
    wants_body: Cell<bool>,
    /// Whether the socket takes nothing now.
    is_blocked: Cell<bool>,
    /// Requests that were begun since the socket last took something.
    unsent: Cell<u32>,
    waiting: RefCell<Option<Waker>>,
}

impl Handling {
    /// Begins to handle a request, once the client has taken what it was answered before.
    pub(crate) async fn begin(self: &Rc<Self>) -> Handled {
        self.under_way.set(self.under_way.get() + 1);
        let handled = Handled(Rc::clone(self));
        poll_fn(|cx| self.poll_turn(cx)).await;
        self.unsent.set(self.unsent.get() + 1);
        handled
    }

    /// Whether a request is being handled: then it is we who take the time.
    pub(super) fn is_on(&self) -> bool {
        self.under_way.get() > 0
    }

    /// Whether actix is given more of what the client writes: nothing is being handled, or it is the body of what is.
    pub(super) fn reads_on(&self) -> bool {
        !self.is_on() || self.wants_body.get()
    }

    /// Waits for what [`Handling::reads_on`] tells.
    pub(super) fn poll_reads_on(&self, cx: &Context<'_>) -> Poll<()> {
        self.poll_that(self.reads_on(), cx)
    }

    /// The socket took something.
    pub(super) fn has_written(&self) {
        self.is_blocked.set(false);
        self.unsent.set(0);
        self.wake();
    }

    /// The socket takes nothing now.
    pub(super) fn is_blocked(&self) {
        self.is_blocked.set(true);
    }

    fn poll_turn(&self, cx: &Context<'_>) -> Poll<()> {
        self.poll_that(!self.is_blocked.get() && self.unsent.get() < UNSENT, cx)
    }

    fn poll_that(&self, holds: bool, cx: &Context<'_>) -> Poll<()> {
        if holds {
            return Poll::Ready(());
        }
        *self.waiting.borrow_mut() = Some(cx.waker().clone());
        Poll::Pending
    }

    fn wants_body(&self, wants: bool) {
        self.wants_body.set(wants);
        self.wake();
    }

    fn wake(&self) {
        if let Some(waiting) = self.waiting.take() {
            waiting.wake();
        }
    }
}

/// Marks a request as handled until it is dropped.
#[derive(Debug)]
pub(crate) struct Handled(Rc<Handling>);

impl Handled {
    /// The same body of the request, whose reader says when more of it is to be read.
    pub(crate) fn asked(&self, payload: Payload) -> Payload {
        match payload {
            Payload::None => payload,
            payload => Payload::Stream {
                payload: Box::pin(Asked {
                    payload,
                    handling: Rc::clone(&self.0),
                }),
            },
        }
    }

    /// The same body of the answer: the request is handled until it was taken or its reader has left.
    pub(crate) fn answering(self, body: BoxBody) -> BoxBody {
        BoxBody::new(Answering { body, _handled: self })
    }
}

impl Drop for Handled {
    fn drop(&mut self) {
        let Self(handling) = self;
        handling.under_way.set(handling.under_way.get().saturating_sub(1));
        handling.wake();
    }
}

/// The body of a request.
struct Asked {
    payload: Payload,
    handling: Rc<Handling>,
}

impl Stream for Asked {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = Pin::new(&mut self.payload).poll_next(cx);
        self.handling.wants_body(next.is_pending());
        next
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        self.handling.wants_body(false);
    }
}

/// The body of an answer.
struct Answering {
    body: BoxBody,
    _handled: Handled,
}

impl MessageBody for Answering {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(cx)
    }
}
