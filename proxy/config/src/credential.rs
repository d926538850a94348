//! The proxy's credential at the webhook. The upstream adds it to each request.

use std::fmt;

use http::{HeaderName, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};

/// The proxy's way to authenticate at the webhook.
#[derive(Clone)]
pub enum Credential {
    /// A workflow token, minted for every attempt (contract §2).
    Jwt,
    /// HTTP Basic (RFC 7617).
    Basic {
        /// The user's name, without a colon.
        user: String,
        /// The password.
        password: SecretString,
    },
    /// A header of the workflow's own.
    Header {
        /// The header's name.
        name: HeaderName,
        /// Its value, marked sensitive.
        value: HeaderValue,
    },
    /// No authentication.
    None,
}

impl Credential {
    /// Returns a header of the workflow's own; `None` where name or value cannot stand in a header.
    #[must_use]
    pub fn header(name: &str, value: &SecretString) -> Option<Self> {
        let mut value = HeaderValue::try_from(value.expose_secret()).ok()?;
        value.set_sensitive(true);
        Some(Self::Header { name: HeaderName::try_from(name).ok()?, value })
    }
}

impl fmt::Debug for Credential {
    /// Writes the kind alone: no secret reaches a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Jwt => "Jwt",
            Self::Basic { .. } => "Basic",
            Self::Header { .. } => "Header",
            Self::None => "None",
        })
    }
}
