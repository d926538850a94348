//! Between a socket and actix: how long a client may take, and our own answer where no request could be read.
//!
//! actix's dispatcher limits the first head of a connection only, waits for a slow taker without end, reads far ahead of
//! its answers, and answers heads that it cannot parse by itself, with nothing in the answer, or panics. No hook changes
//! that, so every connection is [wrapped](stream::Connection) before actix sees it.

mod ahead;
mod handling;
mod names;
mod patience;
mod stream;
mod unread;

use std::fmt;
use std::future::ready;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;
use std::time::Duration;

use actix_http::{HttpService, Protocol, Request, Response};
use actix_service::{
    IntoServiceFactory, Service, ServiceFactory, ServiceFactoryExt as _, fn_service, map_config,
};
use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{AppConfig, Server};
use actix_web::rt::net::TcpStream;
use actix_web::web::Data;
use socket2::{Domain, SockRef, Socket, Type};

pub(crate) use handling::{Handled, Handling};

use crate::state::State;
use stream::Connection;

/// Longer than load balancers keep an idle connection (60 s is usual): whoever closes first meets the other's next
/// request, and a message that is sent into a closing connection fails without having been read.
const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// How long the first head of a connection may take.
const FIRST_HEAD: Duration = Duration::from_secs(10);

/// A peer that confirms nothing for so long is gone, and its streams end.
const UNCONFIRMED: Duration = Duration::from_mins(1);

/// What the system takes of a reply before the peer has: a slow reader's part beyond it stays in the one buffer that
/// all readers of the reply share.
const UNSENT_BYTES: u32 = 32 * 1024;

/// What is framed ahead of the socket.
const WRITE_BUFFER_BYTES: usize = 16 * 1024;

/// Connections that may wait to be accepted.
const BACKLOG: i32 = 1024;

/// Replies in flight have ended before; what is left now are answers on their way.
const SHUTDOWN_SECONDS: u64 = 5;

/// Binds a port, and serves an application on it.
pub(crate) fn serve<F, I, S, B>(
    address: SocketAddr,
    workers: usize,
    state: &Data<State>,
    app: F,
) -> io::Result<(Server, SocketAddr)>
where
    F: Fn() -> I + Send + Clone + 'static,
    I: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig> + 'static,
    S::Error: Into<Error> + 'static,
    S::InitError: fmt::Debug,
    S::Response: Into<Response<B>> + 'static,
    S::Service: 'static,
    <S::Service as Service<Request>>::Future: 'static,
    B: MessageBody + 'static,
{
    let listener = listener(address)?;
    let bound = listener.local_addr()?;
    let server = Server::build()
        .workers(workers)
        // The process listens to signals itself: replies in flight end first.
        .disable_signals()
        .shutdown_timeout(SHUTDOWN_SECONDS);
    let stopping = server.graceful_shutdown_signal();
    let state = state.clone();
    let server = server.listen("porthole", listener, move || {
        let (stopping, state) = (stopping.clone(), state.clone());
        let app = app()
            .into_factory()
            .map_err(|error| error.into().error_response());
        let http = HttpService::build()
            .graceful_shutdown_signal(move || {
                let stopping = stopping.clone();
                async move { stopping.notified().await }
            })
            .keep_alive(KEEP_ALIVE)
            .client_request_timeout(FIRST_HEAD)
            .client_disconnect_timeout(Duration::from_secs(1))
            .h1_write_buffer_size(WRITE_BUFFER_BYTES)
            // Otherwise a closed tab keeps a silent stream alive for good.
            .h1_allow_half_closed(false)
            .local_addr(bound)
            .on_connect_ext(|connection: &Connection<TcpStream>, about| {
                about.insert(Rc::clone(connection.handling()));
            })
            .finish(map_config(app, |()| AppConfig::default()));
        fn_service(move |socket| ready(Ok(wrapped(socket, state.clone())))).and_then(http)
    })?;
    Ok((server.run(), bound))
}

/// A socket as actix gets it, with what it asks for beside.
fn wrapped(socket: TcpStream, state: Data<State>) -> (Connection<TcpStream>, Protocol, Option<SocketAddr>) {
    let peer = socket.peer_addr().ok();
    set_up(&socket);
    (Connection::new(socket, state), Protocol::Http1, peer)
}

fn listener(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// What a system does not offer is done without.
fn set_up(socket: &TcpStream) {
    // Without it paced tokens wait up to 40 ms for an acknowledgement.
    let _without = socket.set_nodelay(true);
    #[cfg(target_os = "linux")]
    {
        let socket = SockRef::from(socket);
        let _without = socket.set_tcp_user_timeout(Some(UNCONFIRMED));
        let _without = socket.set_tcp_notsent_lowat(UNSENT_BYTES);
    }
}
