//! Calls that are no message: one body there, one whole answer back, within bounds.

use std::sync::Arc;
use std::time::{Duration, Instant};

use porthole_domain::address::AddressGroup;
use porthole_domain::history::{HistoryError, decode};
use porthole_protocol::history::HistoryMessage;
use tokio::time::timeout;

use crate::http::{Response, drain};
use crate::{ActionCall, Client, Failure, TimeoutKind, Upstream, Webhook};

/// The longest time from the request to the end of the answer: a page waits for it.
const ACTION_TIMEOUT: Duration = Duration::from_secs(30);

/// Queries the upstream for the history of a session, and decodes its whole answer.
///
/// The call is a task of its own: a workflow runs on when the visitor leaves, and `permit` is held until its end.
pub async fn query(
    upstream: &Upstream,
    client: Client,
    call: ActionCall<'_>,
    permit: impl Send + 'static,
) -> Result<Result<Vec<HistoryMessage>, HistoryError>, Failure> {
    let Some(webhook) = upstream.workflow() else {
        return Ok(Ok(Vec::new()));
    };
    let (webhook, address) = (Arc::clone(webhook), call.context.address);
    let request = webhook.action_request(&call)?;
    detach(permit, async move {
        let reading = webhook.reading();
        let answer = async {
            let response = Response::accept(webhook.send(&client, &request).await?, reading)?;
            Ok(decode(&response.whole().await?, reading.thoughts))
        };
        within(ACTION_TIMEOUT, &webhook, address, answer).await
    })
    .await
}

/// Notifies the upstream: a status of 2xx suffices, whatever comes with it.
pub async fn notify(
    upstream: &Upstream,
    client: Client,
    call: ActionCall<'_>,
    permit: impl Send + 'static,
) -> Result<(), Failure> {
    let Some(webhook) = upstream.workflow() else {
        return Ok(());
    };
    let (webhook, address) = (Arc::clone(webhook), call.context.address);
    let request = webhook.action_request(&call)?;
    detach(permit, async move {
        let answer = async {
            drain(webhook.send(&client, &request).await?).await;
            Ok(())
        };
        within(ACTION_TIMEOUT, &webhook, address, answer).await
    })
    .await
}

async fn detach<T: Send + 'static>(
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

/// Waits for a permit, and then for the call within its timeout.
async fn within<T>(
    limit: Duration,
    webhook: &Webhook,
    address: AddressGroup,
    call: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let permit = webhook.acquire(address).await?;
    let outcome = timeout(limit, call).await.unwrap_or(Err(Failure::TimedOut(TimeoutKind::Whole)));
    match &outcome {
        Ok(_) => permit.finish(Ok(()), Instant::now()),
        Err(failure) if concerns_health(*failure) => permit.finish(Err(*failure), Instant::now()),
        Err(_) => drop(permit),
    }
    outcome
}

/// Returns `true` where a failed action tells of the upstream's health. An error or silence may only mean that the
/// workflow does not know the action: the circuit must not open for messages, which it does know.
const fn concerns_health(failure: Failure) -> bool {
    matches!(failure, Failure::Unreachable | Failure::Interrupted)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use porthole_library::Library;
    use tokio::sync::oneshot;

    use super::*;
    use porthole_config::Credential;

    use crate::testing::{context, webhook};
    use crate::{Action, CallContext, Docs, NO_AUTHORITIES, client};

    fn forget(context: &CallContext) -> ActionCall<'_> {
        ActionCall { context, action: Action::Forget }
    }

    fn webhook_at(listener: &TcpListener) -> Arc<Webhook> {
        let url = format!("http://{}/", listener.local_addr().unwrap());
        webhook(url.parse().unwrap(), Credential::None, None)
    }

    #[tokio::test]
    async fn a_silent_workflow_times_out_and_opens_no_circuit_for_messages() {
        // The system takes the connections, and no process answers them.
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (webhook, client) = (webhook_at(&listener), client(NO_AUTHORITIES).unwrap());
        let (context, moment) = (context(), Duration::from_millis(20));
        let request = webhook.action_request(&forget(&context)).unwrap();
        for _ in 0..6 {
            let call = async { webhook.send(&client, &request).await.map(drop) };
            let outcome = within(moment, &webhook, context.address, call).await;
            assert_eq!(outcome, Err(Failure::TimedOut(TimeoutKind::Whole)));
        }
        assert!(webhook.acquire(context.address).await.is_ok());
    }

    #[tokio::test]
    async fn an_upstream_that_is_gone_opens_the_circuit() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let upstream = Upstream::Webhook(webhook_at(&listener));
        drop(listener);
        let (context, client) = (context(), client(NO_AUTHORITIES).unwrap());
        let notify = || notify(&upstream, client.clone(), forget(&context), ());
        for _ in 0..5 {
            assert_eq!(notify().await, Err(Failure::Unreachable));
        }
        let refused = notify().await;
        assert!(matches!(refused, Err(Failure::CircuitOpen(_))), "{refused:?}");
    }

    #[tokio::test]
    async fn documents_remember_nothing_and_take_every_notice() {
        let docs = Upstream::Docs(Docs::new(Library::empty()));
        let (context, client) = (context(), client(NO_AUTHORITIES).unwrap());
        let answer = query(&docs, client.clone(), forget(&context), ()).await;
        assert_eq!(answer, Ok(Ok(Vec::new())));
        assert_eq!(notify(&docs, client, forget(&context), ()).await, Ok(()));
    }

    #[tokio::test]
    async fn a_visitor_who_leaves_does_not_end_the_call() {
        let (permit, released) = oneshot::channel::<()>();
        let (go_on, may_go_on) = oneshot::channel();
        let call = detach(permit, async { may_go_on.await.map_err(|_| Failure::Internal) });
        let mut call = Box::pin(call);
        assert!(futures_util::FutureExt::now_or_never(call.as_mut()).is_none());
        drop(call);
        go_on.send(()).unwrap();
        assert!(released.await.is_err(), "the permit is free when the call is over");
    }

    #[tokio::test]
    async fn a_notice_needs_any_2xx_also_a_compressed_one() {
        use std::io::{Read as _, Write as _};
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let upstream = Upstream::Webhook(webhook_at(&listener));
        std::thread::spawn(move || {
            let (mut socket, _) = listener.accept().unwrap();
            let mut room = [0; 8192];
            let _ = socket.read(&mut room).unwrap();
            let answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nab";
            socket.write_all(answer).unwrap();
            let _ = socket.read(&mut room);
        });
        let (context, client) = (context(), client(NO_AUTHORITIES).unwrap());
        assert_eq!(notify(&upstream, client, forget(&context), ()).await, Ok(()));
    }
}
