//! The client of a worker.

use std::time::Duration;

use reqwest::{Certificate, Client, redirect, retry};

/// The timeout of a connection, with TLS.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The idle time of a pooled keep-alive connection: n8n closes its own after 5 s, and a request on a closed one is lost.
const POOL_IDLE: Duration = Duration::from_secs(4);

/// No authorities beside those of the machine.
pub const NO_AUTHORITIES: &[&[u8]] = &[];

/// Builds a client; each worker has its own, whose connections live on that worker's runtime.
///
/// It follows no redirect, repeats nothing, decompresses nothing and uses no proxy. It names no `User-Agent`: n8n's
/// "Ignore Bots" refuses every program that names itself, and none that does not. It trusts the authorities of the
/// machine (`SSL_CERT_FILE` and `SSL_CERT_DIR` name others) and these DER certificates.
pub fn client(authorities: &[impl AsRef<[u8]>]) -> Result<Client, reqwest::Error> {
    let authorities: Result<Vec<_>, _> =
        authorities.iter().map(|certificate| Certificate::from_der(certificate.as_ref())).collect();
    Client::builder()
        .tls_certs_merge(authorities?)
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(POOL_IDLE)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .no_proxy()
        .tcp_nodelay(true)
        .build()
}
