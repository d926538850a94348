use std::net::{IpAddr, Ipv4Addr};
use std::sync::LazyLock;

use porthole_domain::address::{Forwarding, TrustedProxies, client_address};

use crate::input::{self, Choices};

const BALANCER: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
const STRANGER: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 7));
/// An address that only a load balancer of ours appends.
const VISITOR: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9));

static TRUSTED: LazyLock<TrustedProxies> =
    LazyLock::new(|| TrustedProxies::parse(["10.0.0.0/8", "2001:db8:1::/48", "192.0.2.1"]).unwrap());

/// Reads the client's address from lines of `X-Forwarded-For` (`x…`) and `Forwarded` (`f…`): what a client writes never
/// decides where a proxy of ours appends something. The same lines are read as a list of networks.
pub fn address(input: &[u8]) {
    let lines = input::lines(input);
    let of =
        |mark: u8| -> Vec<&[u8]> { lines.iter().filter_map(|line| line.strip_prefix(&[mark])).collect() };
    let (x, forwarded) = (of(b'x'), of(b'f'));
    let both = seen(BALANCER, &x, &forwarded);
    assert_eq!(seen(STRANGER, &x, &forwarded), STRANGER);
    let (by_x, by_forwarded) = (seen(BALANCER, &x, &[]), seen(BALANCER, &[], &forwarded));
    if !x.is_empty() && !forwarded.is_empty() {
        assert!(both == BALANCER || both == by_x && both == by_forwarded, "{both}");
    }
    append(&x, &forwarded);
    networks(input);
}

fn seen(peer: IpAddr, x_forwarded_for: &[&[u8]], forwarded: &[&[u8]]) -> IpAddr {
    let forwarding = Forwarding { forwarded, x_forwarded_for };
    client_address(peer, &TRUSTED, &forwarding)
}

/// A balancer appends its peer, as a line of its own or at the end of the last one.
fn append(x: &[&[u8]], forwarded: &[&[u8]]) {
    let last_of =
        |lines: &[&[u8]], more: &str| [lines.last().copied().unwrap_or_default(), more.as_bytes()].concat();
    let before = |lines: &[&[u8]]| lines.len().saturating_sub(1);
    let (plain, pair) = (VISITOR.to_string(), format!("for={VISITOR}"));

    assert_eq!(seen(BALANCER, &[x, &[plain.as_bytes()]].concat(), &[]), VISITOR);
    assert_eq!(seen(BALANCER, &[], &[forwarded, &[pair.as_bytes()]].concat()), VISITOR);
    let joined = last_of(x, &format!(", {plain}"));
    assert_eq!(seen(BALANCER, &[&x[..before(x)], &[&joined]].concat(), &[]), VISITOR);
    // A quote that was left open takes the rest of its line along: then no entry is believed.
    let joined = last_of(forwarded, &format!(", {pair}"));
    let read = seen(BALANCER, &[], &[&forwarded[..before(forwarded)], &[&joined]].concat());
    assert!(read == VISITOR || read == BALANCER, "{read}");
}

fn networks(input: &[u8]) {
    let (_, text) = Choices::before(input, 1);
    let text = input::text(text);
    if let Err(errors) = TrustedProxies::parse(text.split(',')) {
        assert!(!errors.is_empty() && errors.iter().all(|error| text.contains(&error.entry)));
    }
}
