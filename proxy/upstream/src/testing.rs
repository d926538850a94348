//! Sessions, messages and webhooks of tests.

use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use porthole_config::{Credential, KeyConfig, WebhookConfig, WebhookProtocol};
use porthole_domain::clock::UnixTime;
use porthole_domain::keys::Keyring;
use porthole_domain::message::{MessageId, MessageText};
use porthole_domain::origin::Origin;
use porthole_domain::reply::DecoderOptions;
use porthole_domain::session::{Identity, Lifetimes, NewSession, Session, Via};
use porthole_domain::site::SiteId;
use porthole_domain::transcript::Branch;
use porthole_domain::workflow::WorkflowSigner;
use secrecy::SecretString;
use serde_json::{Map, Value};
use url::Url;
use uuid::Uuid;

use crate::{CallContext, Message, MessageCall, Webhook};

fn secret() -> SecretString {
    SecretString::from("a secret of a test, 32 bytes long")
}

/// Builds the keys of a test.
#[expect(clippy::missing_panics_doc, reason = "the secret is long enough")]
#[expect(clippy::unwrap_used, reason = "the secret is long enough")]
#[must_use]
pub fn keys() -> KeyConfig {
    KeyConfig {
        keyring: Keyring::new(&[secret()]).unwrap(),
        workflow: Some(WorkflowSigner::hs256(&secret())),
        export: None,
        generated: true,
    }
}
/// Builds a session of `https://shop.example` without a turn.
#[expect(clippy::missing_panics_doc, reason = "the origin is one")]
#[expect(clippy::unwrap_used, reason = "the origin is one")]
#[must_use]
pub fn context() -> CallContext {
    let origin = Origin::normalise("https://shop.example").unwrap();
    let new = NewSession {
        site: SiteId::default(),
        origin: origin.clone(),
        via: Via::Cors,
        sid: Uuid::from_u128(1),
        jti: Uuid::from_u128(2),
        wk: keys().keyring.signing_key_id(),
    };
    let hour = Duration::from_hours(1);
    let life = Lifetimes { idle: hour, max: hour };
    CallContext {
        session: Session::new(new, UnixTime(1_000), &life),
        issuer: origin,
        request_id: Uuid::from_u128(0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c),
        address: IpAddr::from(Ipv4Addr::LOCALHOST).into(),
    }
}

/// Builds the same of a verified user.
#[must_use]
pub fn context_of_user(claims: Map<String, Value>) -> CallContext {
    let mut context = context();
    context.session.identity = Some(Identity {
        issuer: "https://shop.example".into(),
        subject: "u-1".into(),
        claims: Some(claims),
        expires: UnixTime(2_000),
    });
    context
}

/// Builds the first message of that session.
#[expect(clippy::missing_panics_doc, reason = "the id is one, and the text is plain")]
#[expect(clippy::unwrap_used, reason = "the id is one, and the text is plain")]
#[must_use]
pub fn message_call(text: &str) -> MessageCall {
    let context = context();
    MessageCall {
        message: Message {
            id: MessageId::parse("0199aaaa-0000-7000-8000-000000000001").unwrap(),
            text: MessageText::parse(text, 100).unwrap(),
            attempt: 1,
            fork: false,
            agent: None,
            metadata: None,
            page: None,
            branch: Branch::whole(&context.session),
        },
        context,
        check: false,
    }
}

/// Builds a webhook of at most `concurrency` calls at once.
#[must_use]
pub fn webhook(url: Url, credential: Credential, concurrency: Option<NonZeroUsize>) -> Arc<Webhook> {
    let config = WebhookConfig {
        audience: url.to_string(),
        url,
        protocol: WebhookProtocol::Workflow,
        credential,
        concurrency: concurrency.map_or(0, NonZeroUsize::get),
        reading: DecoderOptions::default(),
    };
    Arc::new(Webhook::new(&config, Arc::new(keys())))
}
