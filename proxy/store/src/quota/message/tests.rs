use std::net::IpAddr;

use super::*;

fn quotas(change: impl FnOnce(&mut LimitConfig)) -> MemorySiteQuotas {
    let mut config = LimitConfig {
        session_per_minute: 0,
        address_per_minute: 0,
        address_per_hour: 0,
        site_per_minute: 0,
        create_per_minute: 0,
        calls_per_minute: 0,
        network_per_minute: 0,
        network_creations_per_minute: 0,
        actions_per_minute: 0,
        streams_per_address: 0,
        streams_per_network: 0,
        streams_per_site: 0,
    };
    change(&mut config);
    MemorySiteQuotas::new(&config)
}

/// Sends a message that reaches the workflow.
async fn send(
    quotas: &MemorySiteQuotas,
    session: Uuid,
    address: AddressGroup,
) -> Result<ConcurrencyPermit, Exceeded> {
    let (reservation, permit) = quotas.message(session, address, &SiteId::default()).await?;
    reservation.spend();
    Ok(permit)
}

fn address(last: u8) -> AddressGroup {
    AddressGroup::from(IpAddr::from([192, 0, 2, last]))
}

#[tokio::test]
async fn a_message_refused_for_its_session_costs_the_site_nothing() {
    let quotas = quotas(|config| {
        config.session_per_minute = 1;
        config.site_per_minute = 2;
    });
    let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
    assert!(send(&quotas, one, address(1)).await.is_ok());
    for _ in 0..5 {
        let exceeded = send(&quotas, one, address(1)).await.unwrap_err();
        assert_eq!(exceeded.limit, Limit::Messages);
    }
    assert!(send(&quotas, other, address(2)).await.is_ok());
}

#[tokio::test]
async fn a_message_refused_by_a_wider_limit_costs_the_narrower_ones_nothing() {
    let quotas = quotas(|config| {
        config.session_per_minute = 2;
        config.address_per_minute = 3;
        config.address_per_hour = 3;
        config.site_per_minute = 4;
        config.streams_per_address = 1;
        config.streams_per_site = 2;
    });
    let here = address(1);
    let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let running = send(&quotas, one, here).await.unwrap();
    for _ in 0..10 {
        let exceeded = send(&quotas, one, here).await.unwrap_err();
        assert_eq!(exceeded.policy.name(), "address-streams");
    }
    drop(running);
    let by_one = send(&quotas, one, here).await.unwrap();
    let by_other = send(&quotas, other, address(2)).await.unwrap();
    for _ in 0..10 {
        let exceeded = send(&quotas, other, address(3)).await.unwrap_err();
        assert_eq!(exceeded.limit, Limit::SiteStreams);
    }
    drop((by_one, by_other));
    assert!(send(&quotas, other, here).await.is_ok(), "the site's fourth");
    for _ in 0..10 {
        let exceeded = send(&quotas, Uuid::from_u128(3), address(4)).await.unwrap_err();
        assert_eq!(exceeded.policy.name(), "site");
    }
    assert_eq!(quotas.0.address_minute.keys(), quotas.0.address_hour.keys());
    let at_four = quotas.0.address_hour.take(&address(4)).is_ok();
    assert!(at_four, "a refusal by the site has cost the address nothing");
}

#[tokio::test]
async fn a_message_that_reaches_the_workflow_costs_every_quota() {
    let limits: [fn(&mut LimitConfig); 4] = [
        |config| config.session_per_minute = 1,
        |config| config.address_per_minute = 1,
        |config| config.address_per_hour = 1,
        |config| config.site_per_minute = 1,
    ];
    for (at, limit) in limits.into_iter().enumerate() {
        let quotas = quotas(limit);
        let sid = Uuid::from_u128(1);
        assert!(send(&quotas, sid, address(1)).await.is_ok(), "{at}");
        assert!(send(&quotas, sid, address(1)).await.is_err(), "{at}");
    }
}

#[tokio::test]
async fn a_message_that_never_reached_the_workflow_is_refunded() {
    let quotas = quotas(|config| {
        config.session_per_minute = 1;
        config.address_per_minute = 1;
        config.address_per_hour = 1;
        config.site_per_minute = 1;
    });
    let sid = Uuid::from_u128(1);
    for _ in 0..3 {
        drop(quotas.message(sid, address(1), &SiteId::default()).await.unwrap());
    }
    assert!(send(&quotas, sid, address(1)).await.is_ok());
}

#[tokio::test]
async fn concurrency_is_free_again_when_the_reply_is_over() {
    let quotas = quotas(|config| config.streams_per_address = 1);
    let sid = Uuid::from_u128(1);
    let running = send(&quotas, sid, address(1)).await.unwrap();
    assert!(send(&quotas, sid, address(1)).await.is_err());
    assert!(send(&quotas, sid, address(2)).await.is_ok());
    drop(running);
    assert!(send(&quotas, sid, address(1)).await.is_ok());
}
