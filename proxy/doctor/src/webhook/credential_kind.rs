//! The kinds of credentials, as far as a refusal means another thing for each.

use porthole_config::Credential;
use porthole_domain::workflow::WorkflowSigner;

/// The kind of credential that the webhook gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CredentialKind {
    /// A token signed with `SESSION_SECRET_KEY`.
    SharedSecret,
    /// A token signed with `WORKFLOW_SIGNING_KEY`.
    OwnKey,
    Basic,
    Header,
    None,
}

impl CredentialKind {
    pub(super) fn new(credential: &Credential, signer: Option<&WorkflowSigner>) -> Self {
        match credential {
            // Only a key of its own has a public half.
            Credential::Jwt if signer.and_then(WorkflowSigner::jwk).is_some() => Self::OwnKey,
            Credential::Jwt => Self::SharedSecret,
            Credential::Basic { .. } => Self::Basic,
            Credential::Header { .. } => Self::Header,
            Credential::None => Self::None,
        }
    }

    pub(super) const fn is_token(self) -> bool {
        matches!(self, Self::SharedSecret | Self::OwnKey)
    }
}
