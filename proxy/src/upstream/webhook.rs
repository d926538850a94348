//! A workflow's webhook over HTTP.

use std::{
    error::Error,
    mem,
    num::NonZeroUsize,
    pin::pin,
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use bytes::{Bytes, BytesMut};
use porthole_config::Credential;
use porthole_domain::reply::{Decoder, ReplyPart};
use porthole_telemetry::event;
use reqwest::{
    Client, RequestBuilder, Response,
    header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, HeaderName, HeaderValue},
    redirect, retry,
};
use secrecy::ExposeSecret as _;
use tokio::time::{sleep, timeout};
use url::Url;
use uuid::Uuid;

use super::{Failure, Leave, Post, Read, ask, breaker::Breaker, queue::Queue};

/// How long a connection may take, with TLS.
const CONNECT: Duration = Duration::from_secs(5);

/// How long a pooled connection may idle: n8n closes its own after 5 s, and a request on a closed one is lost.
const POOL_IDLE: Duration = Duration::from_secs(4);

/// Waits before the second and the third try to connect, each ± half.
const RETRY_AFTER: [Duration; 2] = [Duration::from_millis(100), Duration::from_millis(300)];

/// What is read of a body that nobody wants, so that its connection can be used again.
const UNWANTED_BYTES: usize = 64 * 1024;

/// How long that may take: a refusal is told without delay.
const UNWANTED_TIME: Duration = Duration::from_millis(250);

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// Adds the proxy's credential to a request; `token` mints one where the credential is a token.
fn authenticate(
    request: RequestBuilder,
    credential: &Credential,
    token: &dyn Fn() -> Result<String, Failure>,
) -> Result<RequestBuilder, Failure> {
    Ok(match credential {
        Credential::Jwt => request.bearer_auth(token()?),
        Credential::Basic { user, password } => request.basic_auth(user, Some(password.expose_secret())),
        Credential::Header { name, value } => request.header(name, value),
        Credential::None => request,
    })
}

/// A webhook, shared by all workers.
#[derive(Debug)]
pub(crate) struct Webhook {
    url: Url,
    credential: Credential,
    queue: Queue,
    breaker: Breaker,
}

impl Webhook {
    /// Calls `url`, at most `at_once` times at once; `None` is no limit.
    pub(crate) fn new(url: Url, credential: Credential, at_once: Option<NonZeroUsize>) -> Self {
        Self {
            url,
            credential,
            queue: Queue::new(at_once),
            breaker: Breaker::new(),
        }
    }

    /// Makes a client; each worker has its own, whose connections live on that worker's runtime.
    ///
    /// It follows nothing, repeats nothing, decompresses nothing and asks no proxy. It names no `User-Agent`: n8n's
    /// "Ignore Bots" refuses every program that names itself, and none that does not.
    pub(crate) fn client() -> Result<Client, reqwest::Error> {
        Client::builder()
            .connect_timeout(CONNECT)
            .pool_idle_timeout(POOL_IDLE)
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .no_proxy()
            .tcp_nodelay(true)
            .build()
    }

    /// Waits for a turn; refuses at once while the upstream rests.
    pub(super) async fn enter(&self) -> Result<Leave, Failure> {
        self.breaker.check(Instant::now())?;
        let slot = self.queue.enter().await?;
        let pass = self.breaker.ask(Instant::now())?;
        Ok(Leave {
            _slot: Some(slot),
            pass: Some(pass),
        })
    }

    /// Sends a message and waits for the answer's head.
    pub(super) async fn call(&self, client: &Client, post: &Post) -> Result<Answer, Failure> {
        Answer::of(self.send(client, post).await?)
    }

    /// Sends what is no message and reads the whole answer.
    pub(super) async fn ask(&self, client: &Client, post: &Post) -> Result<Bytes, Failure> {
        self.call(client, post).await?.whole().await
    }

    /// Sends what is no message; any answer of 2xx will do.
    pub(super) async fn tell(&self, client: &Client, post: &Post) -> Result<(), Failure> {
        drain(self.send(client, post).await?).await;
        Ok(())
    }

    /// Sends and waits for the head of an answer of 2xx.
    async fn send(&self, client: &Client, post: &Post) -> Result<Response, Failure> {
        let response = self.connect(client, post).await?;
        let status = response.status();
        if !status.is_success() {
            drain(response).await;
            return Err(Failure::Status(status.as_u16()));
        }
        Ok(response)
    }

    /// Tries again while no connection comes about: then surely nothing was delivered.
    async fn connect(&self, client: &Client, post: &Post) -> Result<Response, Failure> {
        let mut waits = RETRY_AFTER.into_iter();
        loop {
            let error = match self.request(client, post)?.send().await {
                Ok(response) => return Ok(response),
                Err(error) => error,
            };
            let is_connect = error.is_connect();
            let request_id = post.request_id.simple();
            event!(DEBUG, %request_id, is_connect, cause = root(&error), "upstream.send_failed");
            if !is_connect {
                return Err(Failure::Interrupted);
            }
            let Some(wait) = waits.next() else {
                return Err(Failure::Unreachable);
            };
            sleep(half_more_or_less(wait)).await;
        }
    }

    fn request(&self, client: &Client, post: &Post) -> Result<RequestBuilder, Failure> {
        let request = client
            .post(self.url.clone())
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .header(ACCEPT_ENCODING, HeaderValue::from_static("identity"))
            .header(IDEMPOTENCY_KEY, post.idempotency_key.as_str())
            .header(TRACEPARENT, traceparent(post.request_id))
            .body(post.body.clone());
        authenticate(request, &self.credential, &post.token)
    }
}

/// The answer of a webhook.
#[derive(Debug)]
pub(crate) struct Answer {
    response: Response,
    decoder: Decoder,
    skipped_lines: u32,
}

impl Answer {
    fn of(response: Response) -> Result<Self, Failure> {
        let headers = response.headers();
        if headers
            .get(CONTENT_ENCODING)
            .is_some_and(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"))
        {
            return Err(Failure::Encoded);
        }
        let decoder = Decoder::new(headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()));
        Ok(Self {
            response,
            decoder,
            skipped_lines: 0,
        })
    }

    /// Reads the whole body as it is; the decoder only tells whether the workflow reports an error, after which the
    /// body may never end.
    async fn whole(mut self) -> Result<Bytes, Failure> {
        let mut whole = BytesMut::new();
        let mut decoder = Some(self.decoder);
        while let Some(bytes) = self.response.chunk().await.map_err(|_| Failure::Interrupted)? {
            if whole.len() + bytes.len() > ask::MAX_BYTES {
                return Err(Failure::TooLarge);
            }
            whole.extend_from_slice(&bytes);
            decoder.take_if(|decoder| decoder.push(&bytes, &mut Vec::new()).is_err());
            if decoder.as_ref().is_some_and(Decoder::has_failed) {
                return Err(Failure::Reported);
            }
        }
        Ok(whole.freeze())
    }

    pub(super) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        pieces: &mut Vec<ReplyPart>,
    ) -> Poll<Result<Read, Failure>> {
        // A chunk is either taken or still there: the future can be made anew for every poll.
        let chunk = ready!(pin!(self.response.chunk()).poll(cx));
        Poll::Ready(match chunk {
            Ok(Some(bytes)) => match self.decoder.push(&bytes, pieces) {
                Ok(()) => Ok(Read::Bytes(bytes.len())),
                Err(error) => Err(error.into()),
            },
            Ok(None) => self.finish(pieces).map(|()| Read::End),
            Err(_) if self.has_failed() => Err(Failure::Reported),
            Err(_) => Err(Failure::Interrupted),
        })
    }

    fn finish(&mut self, pieces: &mut Vec<ReplyPart>) -> Result<(), Failure> {
        self.skipped_lines = self.decoder.unknown_lines();
        Ok(mem::replace(&mut self.decoder, Decoder::new(None)).finish(pieces)?)
    }

    pub(super) fn skipped_lines(&self) -> u32 {
        self.skipped_lines
    }

    pub(super) fn has_failed(&self) -> bool {
        self.decoder.has_failed()
    }
}

/// Reads a body away, within bounds, so that its connection can be used again.
async fn drain(mut response: Response) {
    let read = async {
        let mut left = UNWANTED_BYTES;
        while let Ok(Some(bytes)) = response.chunk().await {
            let Some(less) = left.checked_sub(bytes.len()) else {
                return;
            };
            left = less;
        }
    };
    // A body that takes longer costs its connection, nothing else.
    let _ = timeout(UNWANTED_TIME, read).await;
}

/// The innermost cause, which names no address.
fn root(error: &(dyn Error + 'static)) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

/// W3C trace context: the trace is the request's id, the span its lower half.
fn traceparent(request_id: Uuid) -> String {
    let (_, span) = request_id.as_u64_pair();
    format!("00-{}-{span:016x}-01", request_id.as_simple())
}

/// Spreads tries of many messages that failed together.
fn half_more_or_less(wait: Duration) -> Duration {
    let (_, random) = Uuid::new_v4().as_u64_pair();
    let per_mille = 500 + u32::try_from(random % 1001).unwrap_or(500);
    wait * per_mille / 1000
}

#[cfg(test)]
impl Webhook {
    pub(crate) fn rest_until(&self, until: Instant) {
        self.breaker.rest_until(until);
    }
}
