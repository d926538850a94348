//! Options of the sockets that are listened on and accepted.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use actix_web::rt::net::TcpStream;
use socket2::{Domain, SockRef, Socket, Type};

/// Connections that may wait to be accepted.
const BACKLOG: i32 = 1024;

/// The time after which a peer that confirms nothing is gone; its streams end.
const UNCONFIRMED: Duration = Duration::from_mins(1);

/// Bytes that the system takes of an answer before the peer does. A slow reader's bytes beyond them stay in the buffer
/// that all readers of a reply share.
const UNSENT_BYTES: u32 = 32 * 1024;

/// Binds a port and listens on it.
pub(super) fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// Sets the options of an accepted socket, as far as the system has them.
pub(super) fn set_options(socket: &TcpStream) {
    // Otherwise Nagle's algorithm holds a paced token for up to 40 ms, until the one before is acknowledged.
    let _unsupported = socket.set_nodelay(true);
    #[cfg(target_os = "linux")]
    {
        let socket = SockRef::from(socket);
        let _unsupported = socket.set_tcp_user_timeout(Some(UNCONFIRMED));
        let _unsupported = socket.set_tcp_notsent_lowat(UNSENT_BYTES);
    }
}
