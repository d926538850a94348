//! Visitors at the level of their sockets: they read slowly, vanish, or send half of a thing.

use std::net::SocketAddr;

use porthole_protocol::path;
use porthole_tests::Proxy;
use porthole_tests::client::ORIGIN;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpSocket, TcpStream};

/// A window so small that nearly all of an answer waits on the proxy's side.
const WINDOW: u32 = 16 * 1024;

/// A connection that takes little from the kernel, and so shows what the proxy itself holds.
pub(crate) async fn connect(proxy: &Proxy) -> TcpStream {
    let address: SocketAddr = proxy.origin().strip_prefix("http://").unwrap().parse().unwrap();
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(WINDOW).unwrap();
    let stream = socket.connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// A request to send a message, to the byte.
pub(crate) fn sending(token: &str, message_id: &str, message: &str, accept: &str) -> Vec<u8> {
    let body = format!(r#"{{"message_id":"{message_id}","message":"{message}"}}"#);
    let head = head("POST", path::CHAT_MESSAGE, token, accept);
    let length = body.len();
    format!("{head}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}").into_bytes()
}

/// A request to join a reply, to the byte.
pub(crate) fn joining(token: &str, message_id: &str, accept: &str) -> Vec<u8> {
    asking(&format!("{}/{message_id}", path::CHAT_MESSAGE), token, accept)
}

/// A request to read something, to the byte.
pub(crate) fn asking(path: &str, token: &str, accept: &str) -> Vec<u8> {
    format!("{}\r\n", head("GET", path, token, accept)).into_bytes()
}

fn head(method: &str, path: &str, token: &str, accept: &str) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nHost: chat.example.com\r\nOrigin: {ORIGIN}\r\nAuthorization: Bearer {token}\r\n\
         Accept: {accept}\r\n"
    )
}

/// Connects and writes.
pub(crate) async fn say(proxy: &Proxy, bytes: &[u8]) -> TcpStream {
    let mut stream = connect(proxy).await;
    stream.write_all(bytes).await.unwrap();
    stream
}
