//! The ids under which the workflow knows a session and its messages (contract §2).

use super::Session;
use crate::{
    keys::{Keyring, mac},
    message::MessageId,
    token::TokenError,
};

impl Keyring {
    /// Returns the session's id at the workflow; the browser never sees it.
    pub fn wsid(&self, session: &Session) -> Result<String, TokenError> {
        let key = self.workflow_key(session.wk)?;
        let parts: [&[u8]; 3] = [session.site.as_str().as_bytes(), b"\0", session.sid.as_bytes()];
        Ok(mac(key, &parts))
    }

    /// Returns a message's id at the workflow, which is its `Idempotency-Key` as well.
    pub fn mid(&self, session: &Session, message_id: &MessageId) -> Result<String, TokenError> {
        let key = self.workflow_key(session.wk)?;
        let parts: [&[u8]; 5] = [
            b"mid\0",
            session.site.as_str().as_bytes(),
            b"\0",
            session.sid.as_bytes(),
            message_id.as_bytes(),
        ];
        Ok(mac(key, &parts))
    }
}
