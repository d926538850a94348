//! The one message of a check: the first of a session that only it has.

use std::net::{IpAddr, Ipv4Addr};
use std::time::SystemTime;

use porthole_config::{KeyConfig, SiteConfig};
use porthole_domain::message::{MessageId, MessageText};
use porthole_domain::origin::Origin;
use porthole_domain::session::{NewSession, Session, Via};
use porthole_domain::transcript::Branch;
use porthole_upstream::{CallContext, Message, MessageCall};
use uuid::Uuid;

/// The question.
const TEXT: &str = "porthole check: please answer with one short sentence";

/// Builds a visitor's first message, marked: a workflow may answer it without asking its model.
pub(crate) fn call(site: &SiteConfig, keys: &KeyConfig, own: &Origin) -> Option<MessageCall> {
    let session = session(site, keys, own);
    let branch = Branch::whole(&session);
    Some(MessageCall {
        context: CallContext {
            session,
            issuer: own.clone(),
            request_id: Uuid::now_v7(),
            address: IpAddr::from(Ipv4Addr::LOCALHOST).into(),
        },
        message: Message {
            id: MessageId::parse(&Uuid::now_v7().to_string()).ok()?,
            text: MessageText::parse(TEXT, u32::MAX).ok()?,
            attempt: 1,
            fork: false,
            agent: None,
            metadata: None,
            page: None,
            branch,
        },
        check: true,
    })
}

fn session(site: &SiteConfig, keys: &KeyConfig, own: &Origin) -> Session {
    let new = NewSession {
        site: site.id.clone(),
        origin: own.clone(),
        via: Via::Frame,
        sid: Uuid::new_v4(),
        jti: Uuid::new_v4(),
        wk: keys.keyring.signing_key_id(),
    };
    Session::new(new, SystemTime::now().into(), &site.lifetimes)
}
