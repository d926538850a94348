//! Feedback on a reply (contract §9): only replies that were sealed here can be rated.

use porthole_domain::chain::Head;
use porthole_domain::feedback::Feedback;
use porthole_domain::keys::Keyring;
use porthole_domain::message::MessageText;
use porthole_domain::session::Session;
use porthole_store::Ratings as _;
use porthole_upstream::{Action, ActionCall, Client, notify};

use crate::permit::{ActionError, ActionPermit, log_failure};
use crate::{Chat, Visitor};

/// Feedback as it was sent, with the proof that its reply was sealed here.
#[derive(Clone, Debug)]
pub struct RatedReply {
    /// The rating.
    pub feedback: Feedback,
    /// The head of the chain after the reply.
    pub head: Head,
    /// The receipt of the reply's `done`.
    pub receipt: String,
}

impl RatedReply {
    /// Checks the receipt.
    pub fn verify(&self, keyring: &Keyring, session: &Session) -> Result<(), ActionError> {
        let (id, turn) = (&self.feedback.message_id, self.feedback.turn);
        if keyring.verify_receipt(&self.receipt, session.sid, id, turn, &self.head) {
            Ok(())
        } else {
            Err(ActionError::InvalidReceipt)
        }
    }
}

/// Tells the workflow of a rated reply. The same feedback again is no call of the workflow, while it is remembered.
pub async fn rate(
    chat: &Chat,
    visitor: &Visitor,
    rated: &RatedReply,
    client: Client,
) -> Result<(), ActionError> {
    rated.verify(&chat.keys.keyring, &visitor.session)?;
    let feedback = &rated.feedback;
    let said = (feedback.rating, feedback.comment.as_ref().map(MessageText::as_str));
    let Some(rating) = chat.ratings.begin(&rated.receipt, said).await else {
        return Ok(());
    };
    let told = tell(chat, visitor, feedback, client).await;
    if told.is_err() {
        rating.undo();
    }
    told
}

async fn tell(
    chat: &Chat,
    visitor: &Visitor,
    feedback: &Feedback,
    client: Client,
) -> Result<(), ActionError> {
    let permit = ActionPermit::acquire(chat, visitor).await?;
    let (context, action) = (visitor.call_context(), Action::Feedback(feedback));
    let call = ActionCall { context: &context, action };
    let notified = notify(&visitor.site.upstream, client, call, permit).await;
    notified.map_err(|failure| log_failure(visitor, action, failure))?;
    chat.metrics.rated(feedback.rating);
    Ok(())
}
