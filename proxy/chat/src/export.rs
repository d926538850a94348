//! The signed transcript (contract §11): a conversation that its visitor can show to others.

use std::sync::Arc;

use porthole_domain::es256::SigningError;
use porthole_domain::export::Export;
use porthole_domain::transcript::{Transcript, TranscriptMismatch};
use porthole_store::quota::ConcurrencyPermit;

use crate::permit::{ActionError, ActionPermit};
use crate::{Chat, Visitor};

/// The reasons for which no transcript is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportError {
    /// There is no key to sign with.
    NoKey,
    /// The transcript is not that of the session, or a text of it is missing.
    Mismatch,
    /// The process drains, or a quota has nothing left.
    Refused(ActionError),
    /// The key cannot sign.
    Signing,
}

/// A signed transcript, and the concurrency that it holds until its visitor has read it.
#[derive(Debug)]
pub struct SignedTranscript {
    /// The compact JWS.
    pub jws: String,
    /// The concurrency of the action.
    pub permit: Arc<ConcurrencyPermit>,
}

/// Signs the conversation of the visitor's session, if the transcript tells it up to its token's head.
pub async fn sign(
    chat: &Chat,
    visitor: &Visitor,
    transcript: Transcript,
) -> Result<SignedTranscript, ExportError> {
    let signer = chat.keys.export.as_ref().ok_or(ExportError::NoKey)?;
    let export = Export::new(transcript, &visitor.session, visitor.issuer.as_str(), Chat::now())?;
    let permit = ActionPermit::acquire(chat, visitor).await.map_err(ExportError::Refused)?;
    Ok(SignedTranscript { jws: signer.sign(&export)?, permit: permit.concurrency() })
}

impl From<TranscriptMismatch> for ExportError {
    fn from(_: TranscriptMismatch) -> Self {
        Self::Mismatch
    }
}

impl From<SigningError> for ExportError {
    fn from(_: SigningError) -> Self {
        Self::Signing
    }
}
