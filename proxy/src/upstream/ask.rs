//! Calls without a message: one body there, one whole answer back, within bounds.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::time::timeout;

use super::{Client, Failure, Phase, Post, Upstream};

/// From the request to the end of the answer: a page waits for it.
const WHOLE: Duration = Duration::from_secs(30);

/// Bytes of an answer: what a history may be.
pub(super) const MAX_BYTES: usize = porthole_domain::history::MAX_BYTES;

/// Asks the upstream and reads its whole answer.
///
/// The call is a task of its own: a workflow runs on when the visitor leaves, and so long `permit` is held.
pub(crate) async fn ask(
    upstream: Arc<Upstream>,
    client: Client,
    post: Post,
    permit: impl Send + 'static,
) -> Result<Bytes, Failure> {
    to_its_end(permit, async move { upstream.ask(&client, &post, WHOLE).await }).await
}

/// Tells the upstream something: a status of 2xx is all that is wanted, whatever comes with it.
pub(crate) async fn tell(
    upstream: Arc<Upstream>,
    client: Client,
    post: Post,
    permit: impl Send + 'static,
) -> Result<(), Failure> {
    to_its_end(permit, async move { upstream.tell(&client, &post, WHOLE).await }).await
}

async fn to_its_end<T: Send + 'static>(
    permit: impl Send + 'static,
    call: impl Future<Output = Result<T, Failure>> + Send + 'static,
) -> Result<T, Failure> {
    let task = tokio::spawn(async move {
        let outcome = call.await;
        drop(permit);
        outcome
    });
    task.await.unwrap_or(Err(Failure::Internal))
}

impl Upstream {
    async fn ask(&self, client: &Client, post: &Post, whole: Duration) -> Result<Bytes, Failure> {
        match self {
            Self::Webhook(webhook) => self.within(whole, webhook.ask(client, post)).await,
            // Documents remember no conversation.
            Self::Docs(_) => Ok(Bytes::from_static(b"[]")),
        }
    }

    async fn tell(&self, client: &Client, post: &Post, whole: Duration) -> Result<(), Failure> {
        match self {
            Self::Webhook(webhook) => self.within(whole, webhook.tell(client, post)).await,
            Self::Docs(_) => Ok(()),
        }
    }

    /// Waits for a turn, and then for the call.
    async fn within<T>(
        &self,
        whole: Duration,
        call: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let leave = self.enter().await?;
        let outcome = timeout(whole, call)
            .await
            .unwrap_or(Err(Failure::TimedOut(Phase::Whole)));
        match &outcome {
            Ok(_) => leave.give_back(Ok(()), Instant::now()),
            Err(failure) if speaks_of_the_upstream(*failure) => {
                leave.give_back(Err(*failure), Instant::now());
            }
            Err(_) => drop(leave),
        }
        outcome
    }
}

/// Whether a failed call says how the upstream does. An error or silence may only mean that the workflow does not know
/// the action: messages, which it does know, must not rest for that.
const fn speaks_of_the_upstream(failure: Failure) -> bool {
    matches!(failure, Failure::Unreachable | Failure::Interrupted)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use porthole_library::Library;
    use tokio::sync::oneshot;
    use uuid::Uuid;

    use super::*;
    use crate::upstream::{Docs, Webhook};
    use porthole_config::Credential;

    fn post() -> Post {
        Post {
            body: "{}".into(),
            idempotency_key: "key".into(),
            request_id: Uuid::nil(),
            token: Box::new(|| Err(Failure::Internal)),
        }
    }

    fn client() -> Client {
        Webhook::client().unwrap()
    }

    fn webhook_at(listener: &TcpListener) -> Upstream {
        let url = format!("http://{}/", listener.local_addr().unwrap());
        Upstream::Webhook(Webhook::new(url.parse().unwrap(), Credential::None, None))
    }

    #[tokio::test]
    async fn a_silent_workflow_is_waited_for_no_longer_and_messages_do_not_rest_for_it() {
        // The system takes the connections, and nobody answers them.
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let upstream = webhook_at(&listener);
        let moment = Duration::from_millis(20);
        for _ in 0..6 {
            let asked = upstream.ask(&client(), &post(), moment).await;
            assert_eq!(asked, Err(Failure::TimedOut(Phase::Whole)));
        }
        let told = upstream.tell(&client(), &post(), moment).await;
        assert_eq!(told, Err(Failure::TimedOut(Phase::Whole)));
        assert!(upstream.enter().await.is_ok());
    }

    #[tokio::test]
    async fn an_upstream_that_is_gone_rests() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let upstream = webhook_at(&listener);
        drop(listener);
        for _ in 0..5 {
            let told = upstream.tell(&client(), &post(), WHOLE).await;
            assert_eq!(told, Err(Failure::Unreachable));
        }
        let told = upstream.tell(&client(), &post(), WHOLE).await;
        assert!(matches!(told, Err(Failure::Resting(_))), "{told:?}");
    }

    #[tokio::test]
    async fn documents_remember_nothing_and_take_whatever_they_are_told() {
        let docs = || Arc::new(Upstream::Docs(Docs::new(Arc::new(Library::empty()))));
        assert_eq!(ask(docs(), client(), post(), ()).await, Ok("[]".into()));
        assert_eq!(tell(docs(), client(), post(), ()).await, Ok(()));
    }

    #[tokio::test]
    async fn a_visitor_who_leaves_does_not_end_the_call() {
        let (permit, released) = oneshot::channel::<()>();
        let (go_on, may_go_on) = oneshot::channel();
        let call = to_its_end(permit, async { may_go_on.await.map_err(|_| Failure::Internal) });
        let mut call = Box::pin(call);
        assert!(futures_util::FutureExt::now_or_never(call.as_mut()).is_none());
        drop(call);
        go_on.send(()).unwrap();
        assert!(
            released.await.is_err(),
            "the permit is free when the call is over"
        );
    }
}
