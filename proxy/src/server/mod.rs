//! The server: sockets, and the timeouts, backpressure and errors of HTTP that actix-http 3.20 lacks.
//!
//! No hook of its dispatcher changes that, so every socket is wrapped in a [`connection`] before actix sees it. Each
//! defect is named in the file that works around it; `defects` fails once actix mends one. Routes are not known here.

mod bare_errors;
mod connection;
#[cfg(test)]
mod defects;
mod header_names;
mod in_flight;
mod linger;
mod open_connections;
mod read_ahead;
mod socket;
mod timeouts;

use std::fmt;
use std::future::ready;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix_http::error::DispatchError;
use actix_http::{HttpService, Protocol, Request, Response};
use actix_service::{
    IntoServiceFactory, Service, ServiceFactory, ServiceFactoryExt as _, boxed, fn_service, map_config,
};
use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{AppConfig, Server};
use actix_web::rt::net::TcpStream;
use bytes::Bytes;
use porthole_protocol::Code;

use connection::Connection;
pub(crate) use in_flight::{RequestInFlight, RequestsInFlight};
pub(crate) use open_connections::OpenConnections;

/// Longer than load balancers keep an idle connection (usually 60 s): the side that closes first meets a request of the
/// other, and a message sent into a closing connection fails unread.
const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// Timeout of the first head of a connection.
const FIRST_HEAD: Duration = Duration::from_secs(10);

/// Bytes of answers that are framed ahead of the socket.
const WRITE_BUFFER_BYTES: usize = 16 * 1024;

/// Replies in flight have ended before; only other answers are left.
const SHUTDOWN_SECONDS: u64 = 5;

/// Renders the answer, head and body, to bytes that are no request; with the value of `Date`, where actix gave one.
pub(crate) type RenderError = dyn Fn(Code, Option<&str>) -> Bytes + Send + Sync;

/// A server, and the address that it is bound to.
pub(crate) struct Bound {
    pub(crate) server: Server,
    pub(crate) address: SocketAddr,
}

/// Binds a port, and serves an application on it.
pub(crate) fn serve<F, I, S, B>(
    address: SocketAddr,
    workers: usize,
    connections: OpenConnections,
    render_error: Arc<RenderError>,
    app: F,
) -> io::Result<Bound>
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
    let listener = socket::listen(address)?;
    let address = listener.local_addr()?;
    let server = Server::build()
        .workers(workers)
        .max_concurrent_connections(connections.max_of_a_worker(workers))
        // The process listens to signals itself: replies in flight end first.
        .disable_signals()
        .shutdown_timeout(SHUTDOWN_SECONDS);
    let stopping = server.graceful_shutdown_signal();
    let server = server.listen("porthole", listener, move || {
        let (stopping, connections, render_error) =
            (stopping.clone(), connections.clone(), Arc::clone(&render_error));
        let app = app().into_factory().map_err(|error| error.into().error_response());
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
            .local_addr(address)
            .on_connect_ext(|connection: &Connection<TcpStream>, extensions| {
                extensions.insert(Rc::clone(connection.in_flight()));
            })
            .finish(map_config(app, |()| AppConfig::default()));
        let wrap = fn_service(move |socket| ready(wrap(socket, &connections, Arc::clone(&render_error))));
        // Boxed: actix-server's task holds the future of a connection twice.
        boxed::factory(wrap.and_then(http))
    })?;
    let server = server.run();
    Ok(Bound { server, address })
}

/// Wraps a socket, and adds the protocol and the peer that actix wants to know; a refused one is closed at once.
fn wrap(
    socket: TcpStream,
    connections: &OpenConnections,
    render_error: Arc<RenderError>,
) -> Result<(Connection<TcpStream>, Protocol, Option<SocketAddr>), DispatchError> {
    let peer = socket.peer_addr().ok();
    let address = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
    let open = connections.open(address).ok_or_else(|| io::Error::from(io::ErrorKind::QuotaExceeded))?;
    socket::set_options(&socket);
    Ok((Connection::new(socket, open, render_error), Protocol::Http1, peer))
}
