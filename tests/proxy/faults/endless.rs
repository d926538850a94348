//! Workflows that are not there, or never come to an end: the limits that are short enough to be waited for.

use std::net::SocketAddr;

use porthole_tests::upstream::nowhere;
use porthole_tests::{Client, FakeUpstream};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use super::workflows::{FORMS, outcome};
use crate::fixture::{ok, production};

/// An address with a full backlog: no connection is refused, and none is accepted.
struct FullBacklog {
    address: SocketAddr,
    _listener: TcpListener,
    _waiting: Vec<TcpStream>,
}

impl FullBacklog {
    async fn new() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let listener = socket.listen(0).unwrap();
        let address = listener.local_addr().unwrap();
        // A backlog of 0 holds one.
        let waiting = vec![TcpStream::connect(address).await.unwrap()];
        Self { address, _listener: listener, _waiting: waiting }
    }
}

#[tokio::test]
async fn a_workflow_that_accepts_no_connection_is_unreachable_after_three_tries() {
    let backlog = FullBacklog::new().await;
    let proxy = production(&format!("http://{}/webhook", backlog.address), &[]);
    let client = Client::new(&proxy);
    let ask = |form| outcome(&client, form, "hi");
    let (first, second, third) = tokio::join!(ask(FORMS[0]), ask(FORMS[1]), ask(FORMS[2]));
    for outcome in [first, second, third] {
        assert_eq!(outcome, Err("upstream_unreachable".into()));
    }
}

#[tokio::test]
async fn tls_with_a_workflow_without_it_is_unreachable_in_every_form() {
    let plain = FakeUpstream::always(ok());
    for url in [nowhere(), plain.url()] {
        let proxy = production(&url.replace("http://", "https://"), &[]);
        let client = Client::new(&proxy);
        for form in FORMS {
            let outcome = outcome(&client, form, "hi").await;
            assert_eq!(outcome, Err("upstream_unreachable".into()), "{url} {form}");
        }
    }
}
