//! One connection of the load: a session of its own, one message after another.

use porthole_protocol::path;

use super::answer::{AnswerCheck, AnswerForm, member};
use crate::error::{Attempt, BenchResult};
use crate::scenario::Scenario;
use crate::wire::Wire;

/// The origin of the page that the load pretends to be.
pub(crate) const ORIGIN: &str = "https://shop.example";

/// The length of a session token: a floor gets as many bytes in their place.
const TOKEN_BYTES: usize = 640;

/// A visitor in a session, or one who only passes through a floor.
#[derive(Debug)]
pub(super) struct LoadConnection {
    wire: Wire,
    scenario: Scenario,
    form: AnswerForm,
    number: usize,
    messages: usize,
    token: String,
}

impl LoadConnection {
    /// Connects, and opens a session where the server is ours.
    pub(super) async fn arrive(
        address: &str,
        number: usize,
        scenario: Scenario,
        form: AnswerForm,
    ) -> BenchResult<Self> {
        let wire = Wire::connect(address).await?;
        let token = "0".repeat(TOKEN_BYTES);
        let mut visitor = Self { wire, scenario, form, number, messages: 0, token };
        if form == AnswerForm::Porthole {
            visitor.open_session().await?;
        }
        Ok(visitor)
    }

    /// Sends a message and reads its answer to the end; `on_delay` is told of each stamped token.
    pub(super) async fn send(&mut self, mut on_delay: impl FnMut(u64)) -> BenchResult {
        self.messages += 1;
        let (path, accept) = match (self.form, self.scenario) {
            (AnswerForm::Upstream, _) => (self.scenario.path(), "*/*"),
            (AnswerForm::Porthole, Scenario::Json) => (path::CHAT_MESSAGE.to_owned(), "application/json"),
            (AnswerForm::Porthole, _) => (path::CHAT_MESSAGE.to_owned(), "text/event-stream"),
        };
        let message = format!(
            r#"{{"message_id":"{:08x}-0000-7000-8000-{:012x}","message":"Where is my order 1042?"}}"#,
            self.number, self.messages
        );
        let credential = format!("Authorization: Bearer {}\r\n", self.token);
        let mut check = AnswerCheck::new(self.scenario, self.form);
        self.post(&path, accept, &credential, &message, |bytes| check.push(bytes, &mut on_delay)).await?;
        if let Some(token) = check.finish()? {
            self.token = token;
        }
        Ok(())
    }

    async fn open_session(&mut self) -> BenchResult {
        let mut answer = Vec::new();
        let collect = |bytes: &[u8]| {
            answer.extend_from_slice(bytes);
            Ok(())
        };
        self.post(path::SESSION_CREATE, "application/json", "", r#"{"site":"default"}"#, collect).await?;
        member(&answer, br#""token":""#).attempt("open a session")?.clone_into(&mut self.token);
        Ok(())
    }

    async fn post(
        &mut self,
        path: &str,
        accept: &str,
        credential: &str,
        body: &str,
        sink: impl FnMut(&[u8]) -> BenchResult,
    ) -> BenchResult {
        let length = body.len();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: chat.example\r\nOrigin: {ORIGIN}\r\n{credential}Accept: {accept}\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        self.wire.write(request.as_bytes()).await?;
        let (status, framing) = self.wire.response().await?;
        if !(200..300).contains(&status) {
            let mut problem = Vec::new();
            let collect = |bytes: &[u8]| {
                problem.extend_from_slice(bytes);
                Ok(())
            };
            self.wire.body(framing, collect).await?;
            return Err(format!("{path} was answered {status}: {}", String::from_utf8_lossy(&problem)).into());
        }
        self.wire.body(framing, sink).await
    }
}
