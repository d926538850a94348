//! One connection as actix sees it.

use std::io;
use std::mem;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_web::rt::net::{ActixStream, Ready};
use actix_web::web::Data;
use bytes::{Buf as _, Bytes};
use porthole_protocol::Code;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

use super::ahead::Ahead;
use super::handling::Handling;
use super::names::Names;
use super::patience::Patience;
use super::unread::Bare;
use crate::alarm::Alarm;
use crate::http::problem;
use crate::state::State;

/// How long what a refused client still sends is read to nowhere: a socket that is closed with unread bytes in it
/// takes the answer back from the client.
const LINGER: Duration = Duration::from_secs(2);

/// How much of it.
const LINGER_BYTES: usize = 1024 * 1024;

/// A socket, watched over.
pub(super) struct Connection<S> {
    socket: S,
    ahead: Ahead,
    /// Whether actix was given something that it has not looked at yet.
    is_given: bool,
    state: Data<State>,
    patience: Patience,
    names: Names,
    /// The rest of an answer of our own in the place of actix's.
    answer: Bytes,
    linger: Option<Linger>,
}

/// A connection whose writing side is closed.
struct Linger {
    until: Alarm,
    bytes: usize,
}

impl<S> Connection<S> {
    pub(super) fn new(socket: S, state: Data<State>) -> Self {
        Self {
            socket,
            ahead: Ahead::default(),
            is_given: false,
            state,
            patience: Patience::new(),
            names: Names::new(),
            answer: Bytes::new(),
            linger: None,
        }
    }

    /// Where requests of this connection say that they are being handled.
    pub(super) fn handling(&self) -> &Rc<Handling> {
        self.patience.handling()
    }

    fn check(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        match self.patience.poll_end(cx) {
            Poll::Ready(()) => Err(io::ErrorKind::TimedOut.into()),
            Poll::Pending => Ok(()),
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    fn poll_socket(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write(cx, bytes);
        match &written {
            Poll::Ready(Ok(_)) => self.patience.has_written(),
            Poll::Ready(Err(_)) => {}
            Poll::Pending => {
                self.patience.is_blocked();
                self.check(cx)?;
            }
        }
        written
    }

    fn poll_answer(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.answer.has_remaining() {
            let rest = self.answer.clone();
            match ready!(self.poll_socket(cx, &rest))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                written => self.answer.advance(written),
            }
        }
        Poll::Ready(Ok(()))
    }

    fn poll_linger(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let linger = self.linger.get_or_insert_with(|| Linger {
            until: Alarm::at(Instant::now() + LINGER),
            bytes: 0,
        });
        let mut room = [0; 4096];
        loop {
            let mut unread = ReadBuf::new(&mut room);
            match Pin::new(&mut self.socket).poll_read(cx, &mut unread) {
                Poll::Ready(Ok(())) if !unread.filled().is_empty() && linger.bytes < LINGER_BYTES => {
                    linger.bytes += unread.filled().len();
                }
                Poll::Ready(_) => return Poll::Ready(()),
                Poll::Pending => return linger.until.poll_ring(cx),
            }
        }
    }
}

impl<S: AsyncRead + Unpin> Connection<S> {
    /// Gives actix the next request, or the part of a body that is waited for, once it has looked at what it has.
    fn poll_next_part(&mut self, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let ended = self.ahead.poll_fill(&mut self.socket, cx)?.is_ready();
        if ended && (self.ahead.is_empty() || !self.handling().reads_on()) {
            return Poll::Ready(Ok(()));
        }
        if self.ahead.is_empty() {
            self.is_given = false;
            return Poll::Pending;
        }
        ready!(self.handling().poll_reads_on(cx));
        if mem::take(&mut self.is_given) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.ahead.hand_over(into);
        self.is_given = true;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Connection<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = into.filled().len();
        let read = this.poll_next_part(cx, into);
        let new = &mut into.filled_mut()[before..];
        if !new.is_empty() {
            this.patience.has_read();
            this.names.read(new);
        }
        this.check(cx)?;
        read
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Connection<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.poll_answer(cx))?;
        match Bare::find(bytes) {
            None => this.poll_socket(cx, bytes),
            Some(bare) if bare.at > 0 => this.poll_socket(cx, &bytes[..bare.at]),
            Some(bare) => {
                let code = if this.names.is_too_long() {
                    Code::HeaderTooLarge
                } else {
                    bare.code
                };
                this.answer = problem::to_nobody(&this.state, code, bare.date);
                Poll::Ready(Ok(bytes.len()))
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_answer(cx))?;
        Pin::new(&mut this.socket).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.linger.is_none() {
            ready!(this.poll_answer(cx))?;
            ready!(Pin::new(&mut this.socket).poll_shutdown(cx))?;
        }
        this.poll_linger(cx).map(Ok)
    }
}

impl<S: ActixStream> ActixStream for Connection<S> {
    fn poll_read_ready(&self, cx: &mut Context<'_>) -> Poll<io::Result<Ready>> {
        self.socket.poll_read_ready(cx)
    }

    fn poll_write_ready(&self, cx: &mut Context<'_>) -> Poll<io::Result<Ready>> {
        self.socket.poll_write_ready(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncWriteExt as _, DuplexStream, duplex};

    use super::*;

    fn connection() -> (Connection<DuplexStream>, DuplexStream) {
        let (near, far) = duplex(16);
        (Connection::new(near, State::of_a_developer()), far)
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_nothing_for_a_minute_is_let_go() {
        let (mut connection, _far) = connection();
        let begin = Instant::now();
        let sent = connection.write_all(&[b'x'; 64]).await;
        assert_eq!(sent.unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert_eq!(begin.elapsed(), Duration::from_mins(1));
    }

    #[tokio::test(start_paused = true)]
    async fn behind_the_last_answer_a_client_is_heard_until_it_is_done_or_for_a_moment() {
        let begin = Instant::now();
        let (mut done, mut far) = connection();
        far.write_all(b"more").await.unwrap();
        drop(far);
        done.shutdown().await.unwrap();
        assert_eq!(begin.elapsed(), Duration::ZERO);
        let (mut silent, _far) = connection();
        silent.shutdown().await.unwrap();
        assert_eq!(begin.elapsed(), LINGER);
    }
}
