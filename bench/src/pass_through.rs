//! The role of a proxy in Rust that does none of the work: hyper on both sides, bodies as they come.
//!
//! Beside nginx it says which part of a cost is the work and which the libraries'.

use hyper::body::Incoming;
use hyper::http::uri::{Authority, Scheme};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;

use crate::error::{Attempt, BenchResult};

/// Passes everything on to the upstream until it is ended.
pub(crate) async fn serve(listener: TcpListener, upstream: &str) -> BenchResult {
    let upstream: Authority = upstream.parse().attempt("read the address of the upstream")?;
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    // As many as nginx keeps: those of 9,900 held streams would leave the upstream no file for the next server's.
    let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(256).build(connector);
    loop {
        let (stream, _) = listener.accept().await.attempt("accept a connection")?;
        stream.set_nodelay(true).attempt("set TCP_NODELAY")?;
        let (client, upstream) = (client.clone(), upstream.clone());
        let service = service_fn(move |request| pass(client.clone(), upstream.clone(), request));
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        tokio::spawn(async {
            // The load names an answer that was not whole.
            connection.await.ok();
        });
    }
}

async fn pass(
    client: Client<HttpConnector, Incoming>,
    upstream: Authority,
    mut request: Request<Incoming>,
) -> BenchResult<Response<Incoming>> {
    let path = request.uri().path().to_owned();
    let uri = Uri::builder().scheme(Scheme::HTTP).authority(upstream);
    *request.uri_mut() = uri.path_and_query(path).build().attempt("build an address")?;
    client.request(request).await.attempt("reach the upstream")
}
