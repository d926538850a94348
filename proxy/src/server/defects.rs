//! The defects of actix-http 3.20 that this room works around, shown on actix alone.
//!
//! A test that fails here means that actix has mended a defect: its workaround can go.

use std::cell::Cell;
use std::convert::Infallible;
use std::future::{pending, ready};
use std::io;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use actix_http::{HttpService, Protocol, Request, Response};
use actix_service::{Service as _, ServiceFactory as _, fn_service};
use actix_web::body::BodyStream;
use actix_web::rt::net::{ActixStream, Ready};
use bytes::Bytes;
use futures_util::{FutureExt as _, StreamExt as _, stream};
use tokio::io::{
    AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, DuplexStream, ReadBuf, duplex,
};
use tokio::time::timeout;

use super::bare_errors::BareError;

const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/// The time for which each timeout of actix is set.
const TIMEOUT: Duration = Duration::from_secs(1);

/// A connection in memory.
struct Memory(DuplexStream);

impl AsyncRead for Memory {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, into)
    }
}

impl AsyncWrite for Memory {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

impl ActixStream for Memory {
    fn poll_read_ready(&self, _: &mut Context<'_>) -> Poll<io::Result<Ready>> {
        Poll::Ready(Ok(Ready::READABLE))
    }

    fn poll_write_ready(&self, _: &mut Context<'_>) -> Poll<io::Result<Ready>> {
        Poll::Ready(Ok(Ready::WRITABLE))
    }
}

/// Serves one connection with actix alone.
async fn serve<F, A, B>(near: DuplexStream, handler: F)
where
    F: Fn(Request) -> A + Clone + 'static,
    A: Future<Output = Result<Response<B>, Infallible>> + 'static,
    B: actix_web::body::MessageBody + 'static,
{
    let http = HttpService::build()
        .keep_alive(TIMEOUT)
        .client_request_timeout(TIMEOUT)
        .client_disconnect_timeout(TIMEOUT)
        .h1_allow_half_closed(false)
        .finish(fn_service(handler));
    let service = http.new_service(()).await.unwrap();
    let _ended = service.call((Memory(near), Protocol::Http1, None)).await;
}

fn spawn<F, A, B>(handler: F) -> (DuplexStream, actix_web::rt::task::JoinHandle<()>)
where
    F: Fn(Request) -> A + Clone + 'static,
    A: Future<Output = Result<Response<B>, Infallible>> + 'static,
    B: actix_web::body::MessageBody + 'static,
{
    let (near, far) = duplex(64);
    (far, actix_web::rt::spawn(serve(near, handler)))
}

async fn empty(_: Request) -> Result<Response<()>, Infallible> {
    Ok(Response::ok().set_body(()))
}

/// Reads one answer without a body.
async fn head(far: &mut DuplexStream) -> String {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        bytes.push(far.read_u8().await.unwrap());
    }
    String::from_utf8(bytes).unwrap()
}

#[actix_web::test]
async fn header_names_a_name_that_is_too_long_panics() {
    let (near, mut far) = duplex(1 << 17);
    let name = "x".repeat(1 << 16);
    let head = format!("GET / HTTP/1.1\r\nHost: a\r\n{name}: b\r\n\r\n");
    far.write_all(head.as_bytes()).await.unwrap();
    let connection = actix_web::rt::spawn(serve(near, empty));
    assert!(connection.await.unwrap_err().is_panic());
}

#[actix_web::test]
async fn bare_errors_a_malformed_head_is_answered_with_nothing() {
    let (mut far, _connection) = spawn(empty);
    far.write_all(b"GET / HTTP/1.1\r\nno header\r\n\r\n").await.unwrap();
    let head = head(&mut far).await;
    assert!(BareError::find(head.as_bytes()).is_some(), "{head}");
}

#[actix_web::test]
async fn timeouts_a_second_head_may_take_forever() {
    tokio::time::pause();
    let (mut far, connection) = spawn(empty);
    far.write_all(GET).await.unwrap();
    head(&mut far).await;
    far.write_all(&GET[..10]).await.unwrap();
    assert!(timeout(3600 * TIMEOUT, connection).await.is_err());
}

#[actix_web::test]
async fn timeouts_a_client_that_reads_nothing_is_waited_for_forever() {
    tokio::time::pause();
    let body = || BodyStream::new(stream::repeat(Bytes::from_static(b"x")).map(Ok::<_, Infallible>));
    let (mut far, connection) = spawn(move |_| ready(Ok(Response::ok().set_body(body()))));
    far.write_all(GET).await.unwrap();
    assert!(timeout(3600 * TIMEOUT, connection).await.is_err());
}

#[actix_web::test]
async fn in_flight_answers_are_written_to_a_client_that_reads_none() {
    tokio::time::pause();
    let handled = Rc::new(Cell::new(0));
    let count = Rc::clone(&handled);
    let (mut far, _connection) = spawn(move |request| {
        count.set(count.get() + 1);
        empty(request)
    });
    let sent = timeout(TIMEOUT, far.write_all(&GET.repeat(1000))).await;
    assert!(sent.is_ok() && handled.get() > 900, "{}", handled.get());
}

#[actix_web::test]
async fn read_ahead_pipelined_bytes_are_taken_while_an_answer_is_under_way() {
    tokio::time::pause();
    let (mut far, _connection) = spawn(|_| pending::<Result<Response<()>, Infallible>>());
    let sent = timeout(TIMEOUT, far.write_all(&GET.repeat(4096))).await;
    assert!(sent.is_ok());
}

struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[actix_web::test]
async fn in_flight_a_full_buffer_wakes_the_connection_without_end() {
    let (near, mut far) = duplex(256 * 1024);
    far.write_all(&GET.repeat(20)).await.unwrap();
    let mut connection = pin!(serve(near, |_| pending::<Result<Response<()>, Infallible>>()));
    let wakes = Arc::new(Wakes(AtomicUsize::new(0)));
    let waker = Waker::from(Arc::clone(&wakes));
    let mut poll_often = || {
        for _ in 0..100 {
            let _pending = connection.as_mut().poll(&mut Context::from_waker(&waker));
        }
        wakes.0.load(Ordering::Relaxed)
    };
    poll_often();
    far.write_all(&b"x".repeat(200 * 1024)).await.unwrap();
    let before = poll_often();
    assert!(poll_often() >= before + 100);
}

/// The gate around every path works around this one.
#[actix_web::test]
async fn gate_host_a_request_for_a_tunnel_has_a_body_without_end() {
    tokio::time::pause();
    let (mut far, connection) = spawn(|mut request: Request| async move {
        while request.take_payload().next().await.is_some() {}
        empty(request).await
    });
    far.write_all(b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n").await.unwrap();
    assert!(timeout(3600 * TIMEOUT, head(&mut far)).await.is_err());
    assert!(connection.now_or_never().is_none());
}
