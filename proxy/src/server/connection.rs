//! One connection as actix sees it.

use std::io;
use std::mem;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use actix_web::rt::net::{ActixStream, Ready};
use bytes::{Buf as _, Bytes};
use porthole_protocol::Code;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::RenderError;
use super::bare_errors::BareError;
use super::header_names::HeaderNameLimit;
use super::in_flight::RequestsInFlight;
use super::linger::Linger;
use super::open_connections::OpenConnection;
use super::read_ahead::ReadAhead;
use super::timeouts::Timeouts;

/// A socket with the timeouts, the backpressure and the errors that actix lacks.
pub(super) struct Connection<S> {
    socket: S,
    read_ahead: ReadAhead,
    /// `true` while actix has not looked at the bytes that it was given last.
    is_handed_over: bool,
    in_flight: Rc<RequestsInFlight>,
    open: OpenConnection,
    timeouts: Timeouts,
    header_names: HeaderNameLimit,
    render_error: Arc<RenderError>,
    /// The unwritten rest of an error of ours in the place of a bare one.
    error: Bytes,
    linger: Option<Linger>,
}

impl<S> Connection<S> {
    pub(super) fn new(socket: S, open: OpenConnection, render_error: Arc<RenderError>) -> Self {
        let in_flight = Rc::new(RequestsInFlight::new(Arc::clone(open.idle())));
        Self {
            socket,
            read_ahead: ReadAhead::default(),
            is_handed_over: false,
            timeouts: Timeouts::new(Rc::clone(&in_flight)),
            in_flight,
            open,
            header_names: HeaderNameLimit::new(),
            render_error,
            error: Bytes::new(),
            linger: None,
        }
    }

    pub(super) fn in_flight(&self) -> &Rc<RequestsInFlight> {
        &self.in_flight
    }

    fn check_timeouts(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        match self.timeouts.poll_expired(cx) {
            Poll::Ready(()) => Err(io::ErrorKind::TimedOut.into()),
            Poll::Pending => Ok(()),
        }
    }

    fn render(&self, bare: &BareError<'_>) -> Bytes {
        let code = if self.header_names.is_exceeded() { Code::HeaderTooLarge } else { bare.code };
        (self.render_error)(code, bare.date)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    fn poll_write_socket(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write(cx, bytes);
        match &written {
            Poll::Ready(Ok(_)) => {
                self.timeouts.on_written();
                self.in_flight.on_written();
            }
            Poll::Ready(Err(_)) => {}
            Poll::Pending => {
                self.in_flight.on_blocked();
                self.timeouts.on_blocked();
                self.check_timeouts(cx)?;
            }
        }
        written
    }

    fn poll_write_error(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.error.has_remaining() {
            let rest = self.error.clone();
            match ready!(self.poll_write_socket(cx, &rest))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                written => self.error.advance(written),
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + Unpin> Connection<S> {
    /// Hands over the next head, or the part of a body that a handler waits for, once actix has looked at the last one.
    fn poll_next_part(&mut self, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        // To actix an eviction is the end of the client's side.
        if self.in_flight.is_empty() && self.open.idle().poll_evicted(cx) {
            return Poll::Ready(Ok(()));
        }
        let has_ended = self.read_ahead.poll_fill(&mut self.socket, cx)?.is_ready();
        if has_ended && (self.read_ahead.is_empty() || !self.in_flight.may_read()) {
            return Poll::Ready(Ok(()));
        }
        if self.read_ahead.is_empty() {
            self.is_handed_over = false;
            return Poll::Pending;
        }
        ready!(self.in_flight.poll_may_read(cx));
        if mem::take(&mut self.is_handed_over) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.read_ahead.hand_over_one_head(into);
        self.is_handed_over = true;
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
            this.timeouts.on_read();
            if this.in_flight.is_empty() {
                this.header_names.inspect(new);
            } else {
                this.header_names.skip_body();
            }
        }
        this.check_timeouts(cx)?;
        read
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Connection<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.poll_write_error(cx))?;
        match BareError::find(bytes) {
            None => this.poll_write_socket(cx, bytes),
            Some(bare) if bare.at > 0 => this.poll_write_socket(cx, &bytes[..bare.at]),
            Some(bare) => {
                this.error = this.render(&bare);
                Poll::Ready(Ok(bytes.len()))
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_write_error(cx))?;
        Pin::new(&mut this.socket).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.linger.is_none() {
            ready!(this.poll_write_error(cx))?;
            ready!(Pin::new(&mut this.socket).poll_shutdown(cx))?;
        }
        if this.open.idle().is_evicted() {
            return Poll::Ready(Ok(()));
        }
        let linger = this.linger.get_or_insert_with(Linger::new);
        linger.poll_end(&mut this.socket, cx).map(Ok)
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
    use std::net::Ipv4Addr;
    use std::time::Duration;

    use porthole_domain::address::TrustedProxies;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
    use tokio::time::Instant;

    use super::*;
    use crate::server::linger;
    use crate::server::open_connections::OpenConnections;

    fn connection() -> (Connection<DuplexStream>, DuplexStream) {
        connection_of(&OpenConnections::with_limit(4, TrustedProxies::default()))
    }

    fn connection_of(all: &OpenConnections) -> (Connection<DuplexStream>, DuplexStream) {
        let (near, far) = duplex(16);
        let open = all.open(Ipv4Addr::LOCALHOST.into()).unwrap();
        (Connection::new(near, open, Arc::new(|_, _| Bytes::new())), far)
    }

    #[tokio::test(start_paused = true)]
    async fn an_idle_connection_that_is_evicted_ends_at_once() {
        let all = OpenConnections::with_limit(1, TrustedProxies::default());
        let ((mut idle, _far), begin) = (connection_of(&all), Instant::now());
        let reading = async { (idle.read(&mut [0; 16]).await, idle.shutdown().await) };
        let ((read, shut), _newcomer) = tokio::join!(reading, async { connection_of(&all) });
        assert!(matches!((read, shut), (Ok(0), Ok(()))));
        assert_eq!(begin.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_takes_nothing_for_a_minute_times_out() {
        let (mut connection, _far) = connection();
        let begin = Instant::now();
        let sent = connection.write_all(&[b'x'; 64]).await;
        assert_eq!(sent.unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert_eq!(begin.elapsed(), Duration::from_mins(1));
    }

    #[tokio::test(start_paused = true)]
    async fn behind_the_last_answer_a_client_is_read_until_it_ends_or_for_a_moment() {
        let begin = Instant::now();
        let (mut done, mut far) = connection();
        far.write_all(b"more").await.unwrap();
        drop(far);
        done.shutdown().await.unwrap();
        assert_eq!(begin.elapsed(), Duration::ZERO);
        let (mut silent, _far) = connection();
        silent.shutdown().await.unwrap();
        assert_eq!(begin.elapsed(), linger::TIMEOUT);
    }
}
