//! The client's address behind trusted and other proxies (README, "Go live").

use std::thread;

use porthole_protocol::path;
use porthole_tests::client::ORIGIN;
use porthole_tests::{FakeUpstream, Proxy};

use crate::fixture::{Fixture, ok};
use crate::raw_connection::{RawConnection, request};

/// A proxy whose peers on this machine are load balancers, and which opens one session an hour or so.
fn behind_balancers(trusted: &str) -> Fixture {
    let settings =
        [("TRUSTED_PROXIES", trusted), ("RATE_LIMIT_CREATE_PER_MINUTE", "1"), ("LOG_LEVEL", "error")];
    Fixture::new(FakeUpstream::always(ok()), &settings)
}

/// Opens a session with these headers of proxies.
fn open(connection: &mut RawConnection, forwarding: &[(&str, &str)]) -> u16 {
    connection.write(opening(forwarding));
    connection.read().unwrap().status
}

fn opening(forwarding: &[(&str, &str)]) -> Vec<u8> {
    let usual = [("Origin", ORIGIN), ("Content-Type", "application/json")];
    request("POST", path::SESSION_CREATE, &[&usual, forwarding].concat(), br#"{"site":"default"}"#)
}

#[test]
fn the_client_is_the_right_most_address_that_no_trusted_proxy_has() {
    const XFF: &str = "X-Forwarded-For";
    const STD: &str = "Forwarded";
    let long = "6.6.6.6, ".repeat(2_000) + "198.51.100.1";
    let rows: &[(&[(&str, &str)], &str)] = &[
        (&[(XFF, "198.51.100.1")], "plain"),
        (&[(XFF, "6.6.6.6, 7.7.7.7, 198.51.100.1")], "what the client itself sent is left of it"),
        (&[(XFF, "6.6.6.6"), (XFF, "198.51.100.1")], "several lines are one list"),
        (&[(XFF, "198.51.100.1, 10.0.0.2"), (XFF, "10.0.0.3")], "trusted ones do not count"),
        (&[(XFF, " \t198.51.100.1\t ")], "white space"),
        (&[(XFF, "198.51.100.1:4711")], "a port"),
        (&[(XFF, "::ffff:198.51.100.1")], "an IPv4 address in IPv6's clothes"),
        (&[(XFF, "[::ffff:198.51.100.1]:80")], "the same with a port"),
        (&[(XFF, "unknown, _hidden, , 198.51.100.1")], "what the client made up"),
        (&[(XFF, &long)], "two thousand of them"),
        (&[(STD, "for=198.51.100.1;proto=https;by=10.0.0.9")], "the standard header"),
        (&[(STD, "for=6.6.6.6, For=\"198.51.100.1:80\"")], "quoted, with a port"),
        (&[(STD, "for=_hidden"), (STD, "for=unknown, for=198.51.100.1")], "hidden ones left of it"),
        (&[(STD, "for=\"[::ffff:198.51.100.1]\"")], "IPv4 in IPv6's clothes there"),
        (&[(STD, "for=198.51.100.1"), (XFF, "198.51.100.1")], "both say the same"),
    ];
    let fixture = behind_balancers("127.0.0.0/8, 10.0.0.0/8");
    let mut connection = RawConnection::open(&fixture.proxy);
    assert_eq!(open(&mut connection, &[(XFF, "198.51.100.1")]), 201);
    for (forwarding, what) in rows {
        assert_eq!(open(&mut connection, forwarding), 429, "{what}");
    }
    assert_eq!(open(&mut connection, &[(XFF, "198.51.100.2")]), 201, "another client");
}

#[test]
fn where_nothing_can_be_believed_the_proxy_itself_is_the_client() {
    let rows: &[&[(&str, &str)]] = &[
        &[],
        &[("X-Forwarded-For", "198.51.100.1, unknown")],
        &[("X-Forwarded-For", "198.51.100.2, _hidden")],
        &[("X-Forwarded-For", "198.51.100.3, 127.0.0.1.5")],
        &[("X-Forwarded-For", "198.51.100.4,")],
        &[("Forwarded", "for=_hidden")],
        &[("Forwarded", "for=198.51.100.5, for=unknown")],
        &[("Forwarded", "for=\"198.51.100.6")],
        &[("Forwarded", "for=198.51.100.7"), ("X-Forwarded-For", "198.51.100.8")],
    ];
    let fixture = behind_balancers("127.0.0.0/8");
    let mut connection = RawConnection::open(&fixture.proxy);
    assert_eq!(
        open(&mut connection, &[("X-Forwarded-For", "127.0.0.1")]),
        201,
        "the left-most of trusted ones"
    );
    for forwarding in rows {
        assert_eq!(open(&mut connection, forwarding), 429, "{forwarding:?}");
    }
}

#[test]
fn ipv6_visitors_are_one_for_each_64() {
    let fixture = behind_balancers("127.0.0.1");
    let mut connection = RawConnection::open(&fixture.proxy);
    for (address, status) in [
        ("2001:db8:1:2::1", 201),
        ("2001:db8:1:2:ffff:ffff:ffff:ffff", 429),
        ("[2001:db8:1:2::2]:443", 429),
        ("2001:0DB8:0001:0002::7", 429),
        ("2001:db8:1:3::1", 201),
    ] {
        assert_eq!(open(&mut connection, &[("X-Forwarded-For", address)]), status, "{address}");
    }
    for (node, status) in [("2001:db8:1:2::9", 429), ("2001:db8:1:4::1", 201)] {
        let value = format!("for=\"[{node}]:4711\"");
        assert_eq!(open(&mut connection, &[("Forwarded", &value)]), status, "{node}");
    }
}

#[test]
fn only_trusted_proxies_name_the_client() {
    for trusted in ["", "10.0.0.0/8, 2001:db8::/32"] {
        let fixture = behind_balancers(trusted);
        let mut connection = RawConnection::open(&fixture.proxy);
        assert_eq!(open(&mut connection, &[("X-Forwarded-For", "198.51.100.1")]), 201);
        for name in ["X-Forwarded-For", "Forwarded", "X-Real-IP"] {
            assert_eq!(open(&mut connection, &[(name, "for=198.51.100.2")]), 429, "{name}");
        }
    }
}

#[test]
fn idle_connections_of_one_address_keep_nobody_out_where_descriptors_are_few() {
    let settings = [("ALLOWED_ORIGINS", ORIGIN)];
    let proxy = Proxy::with_descriptors(128, &settings);
    let mut idle: Vec<_> = (0..300).map(|_| RawConnection::open(&proxy)).collect();
    assert!(RawConnection::open(&proxy).is_usable(), "a newcomer");
    assert!(idle.pop().unwrap().is_usable(), "the last of them");
    assert!(!idle[0].is_usable(), "the first of them");
}

/// Addresses of a flood.
const FLOOD: u32 = 8_000;

/// The number of pipelined requests before the first is answered.
const AT_ONCE: u32 = 20;

#[test]
fn a_flood_of_addresses_costs_little_memory() {
    let fixture = behind_balancers("127.0.0.1");
    flood(&fixture, 0..1_000);
    let before = fixture.proxy.process().memory();
    thread::scope(|scope| {
        for part in 0..4 {
            let numbers = 1_000 + part * FLOOD / 4..1_000 + (part + 1) * FLOOD / 4;
            scope.spawn(|| flood(&fixture, numbers));
        }
    });
    let grown = fixture.proxy.process().memory().saturating_sub(before);
    // Two limits at some 20 bytes a key, and what the connections themselves take.
    assert!(grown < 4 * 1024 * 1024, "{grown} bytes");
}

fn flood(fixture: &Fixture, numbers: std::ops::Range<u32>) {
    let mut connection = RawConnection::open(&fixture.proxy);
    for batch in numbers.step_by(AT_ONCE as usize) {
        let requests = (batch..batch + AT_ONCE).flat_map(|number| {
            let value = match number % 2 {
                0 => format!("10.{}.{}.7", number >> 8, number & 255),
                _ => format!("2001:db8:{number:x}::1"),
            };
            opening(&[("X-Forwarded-For", &value)])
        });
        connection.write(requests.collect::<Vec<u8>>());
        for _ in 0..AT_ONCE {
            assert_eq!(connection.read().unwrap().status, 201);
        }
    }
}
