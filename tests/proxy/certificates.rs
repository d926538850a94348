//! The authorities that the webhook's certificate is trusted by: those of the machine, and `WEBHOOK_CA`.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use porthole_tests::Client;
use porthole_tests::proxy::refusal;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use tempfile::TempDir;

use crate::fixture::{self, id, production, sealed_text, whole};

const ANSWER: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 26\r\n\
                      Connection: close\r\n\r\n{\"output\":\"Behind a lock\"}";

/// A webhook at `localhost` whose certificate is of an authority that no machine knows.
struct PrivateWebhook {
    url: String,
    folder: TempDir,
}

impl PrivateWebhook {
    fn start() -> Self {
        let mut authority = CertificateParams::new(Vec::new()).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority_key = KeyPair::generate().unwrap();
        let authority_pem = authority.self_signed(&authority_key).unwrap().pem();
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec!["localhost".to_owned()])
            .unwrap()
            .signed_by(&key, &Issuer::new(authority, authority_key))
            .unwrap();
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("authority.pem"), authority_pem).unwrap();
        fs::write(folder.path().join("key.pem"), key.serialize_pem()).unwrap();
        let port = serve(certificate.der().clone(), &key);
        Self { url: format!("https://localhost:{port}/webhook/chat"), folder }
    }

    fn file(&self, name: &str) -> String {
        let path: PathBuf = self.folder.path().join(name);
        path.to_str().unwrap().to_owned()
    }

    /// Asks through a proxy with these settings; an error is its code.
    async fn ask(&self, settings: &[(&str, &str)]) -> String {
        let proxy = production(&self.url, settings);
        let client = Client::new(&proxy);
        let token = client.create().await.token;
        let response = client.send(&token, &id(), "hi").await;
        if response.status().is_success() {
            return sealed_text(&whole(response).await);
        }
        fixture::refusal(response).await.1
    }
}

/// Serves the answer over TLS, and returns the port.
fn serve(certificate: CertificateDer<'static>, key: &KeyPair) -> u16 {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config =
        ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate], key).unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            // A caller that refuses the certificate hangs up.
            answer(connection, Arc::clone(&config)).ok();
        }
    });
    port
}

fn answer(connection: TcpStream, config: Arc<ServerConfig>) -> std::io::Result<()> {
    let session = ServerConnection::new(config).unwrap();
    let mut stream = StreamOwned::new(session, connection);
    let mut request = Vec::new();
    while !request.ends_with(b"}") {
        let mut piece = [0; 4096];
        match stream.read(&mut piece)? {
            0 => return Ok(()),
            length => request.extend(&piece[..length]),
        }
    }
    stream.write_all(ANSWER.as_bytes())?;
    stream.conn.send_close_notify();
    stream.flush()
}

#[tokio::test]
async fn a_webhook_of_a_private_authority_is_called_once_the_authority_is_named() {
    let webhook = PrivateWebhook::start();
    let authority = webhook.file("authority.pem");
    assert_eq!(webhook.ask(&[]).await, "upstream_unreachable");
    assert_eq!(webhook.ask(&[("WEBHOOK_CA", &authority)]).await, "Behind a lock");
    assert_eq!(webhook.ask(&[("SSL_CERT_FILE", &authority)]).await, "Behind a lock");
}

#[test]
fn a_file_without_certificates_is_refused_at_the_start() {
    let webhook = PrivateWebhook::start();
    let reason = |file: &str| refusal(&[("WEBHOOK_CA", file)]).output;
    let key = webhook.file("key.pem");
    assert!(
        reason(&key).contains("WEBHOOK_CA: ") && reason(&key).contains("no certificate"),
        "{}",
        reason(&key)
    );
    assert!(
        reason("/nonexistent.pem").contains("WEBHOOK_CA: /nonexistent.pem"),
        "{}",
        reason("/nonexistent.pem")
    );
}
