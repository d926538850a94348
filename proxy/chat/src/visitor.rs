//! The visitor behind a call, found out once and carried as a proof.

use std::sync::Arc;

use porthole_domain::address::AddressGroup;
use porthole_domain::origin::Origin;
use porthole_domain::session::Session;
use porthole_domain::transcript::Branch;
use porthole_store::ConversationId;
use porthole_upstream::CallContext;
use uuid::Uuid;

use crate::Site;

/// A visitor with a session, after the head gate.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// The site, as it was when the call began.
    pub site: Arc<Site>,
    /// The session, by the token of this call.
    pub session: Session,
    /// The address, as coarse as limits count it.
    pub address: AddressGroup,
    /// The proxy's own origin, the issuer of its tokens.
    pub issuer: Origin,
    /// The request's id.
    pub request_id: Uuid,
}

impl Visitor {
    pub(crate) fn conversation(&self) -> ConversationId {
        ConversationId { site: self.session.site.clone(), sid: self.session.sid }
    }

    /// Returns the visitor with the session as it is on a branch.
    pub(crate) fn on(&self, branch: &Branch) -> Self {
        let mut visitor = self.clone();
        (visitor.session.turn, visitor.session.head) = (branch.kept, branch.parent);
        visitor
    }

    pub(crate) fn call_context(&self) -> CallContext {
        CallContext {
            session: self.session.clone(),
            issuer: self.issuer.clone(),
            request_id: self.request_id,
            address: self.address,
        }
    }
}
