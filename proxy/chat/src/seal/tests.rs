use std::time::Duration;

use porthole_config::{Config, SettingSource};
use porthole_domain::origin::Origin;
use porthole_domain::session::{Lifetimes, NewSession, Session, Via};
use porthole_domain::site::SiteId;

use super::*;
use crate::Site;

const HOUR: Duration = Duration::from_hours(1);

/// A chat of one page, and without documents.
fn chat() -> Arc<Chat> {
    let settings = [
        ("DEBUG", "true"),
        ("PUBLIC_URL", "https://chat.example.com"),
        ("ALLOWED_ORIGINS", "https://shop.example"),
    ];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let no_file = std::path::Path::new("/nonexistent/.env");
    let source = SettingSource::gather(std::iter::empty(), settings.into_iter(), no_file).unwrap();
    let config = Config::read(&source).unwrap();
    let keys = Arc::clone(&config.process.keys);
    let site = Site::open(config.site, Arc::clone(&keys)).unwrap();
    Arc::new(Chat::new(site, keys))
}

/// A visitor whose session of one hour began `ago`.
fn visitor(chat: &Chat, ago: Duration) -> Visitor {
    let origin = Origin::normalise("https://shop.example").unwrap();
    let new = NewSession {
        site: SiteId::default(),
        origin: origin.clone(),
        via: Via::Cors,
        sid: Uuid::new_v4(),
        jti: Uuid::new_v4(),
        wk: chat.keys.keyring.signing_key_id(),
    };
    let life = Lifetimes { idle: HOUR, max: HOUR };
    let start = porthole_domain::clock::UnixTime(Chat::now().0 - ago.as_secs());
    Visitor {
        site: chat.sites.named(None).unwrap(),
        session: Session::new(new, start, &life),
        address: std::net::IpAddr::from([192, 0, 2, 1]).into(),
        issuer: origin,
        request_id: Uuid::new_v4(),
    }
}

async fn sealed(chat: Arc<Chat>, visitor: Visitor) -> Result<Done, Failure> {
    let seal =
        ReplySeal { chat, visitor, message_id: MessageId::from(Uuid::new_v4()), user: TextHash::new("hi") };
    seal.seal(End::Complete, TextHash::new("hello")).await
}

#[tokio::test]
async fn a_session_that_is_over_gets_no_further_token() {
    let chat = chat();
    let young = visitor(&chat, HOUR / 2);
    assert_eq!(sealed(Arc::clone(&chat), young.clone()).await.unwrap().turn, 1);
    let old = visitor(&chat, 2 * HOUR);
    let outcome = sealed(Arc::clone(&chat), old).await;
    assert_eq!(outcome, Err(Failure::SessionEnded));
    chat.revocations.revoke(&young.session, young.address).await;
    assert_eq!(sealed(chat, young).await, Err(Failure::SessionEnded));
}
