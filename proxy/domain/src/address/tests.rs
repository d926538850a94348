use std::net::IpAddr;

use proptest::prelude::*;

use super::{Forwarding, TrustedProxies, client_address};

fn trusted() -> TrustedProxies {
    TrustedProxies::parse(["10.0.0.0/8", " 192.168.1.1 ", "", "2001:db8:ffff::/48", "::ffff:172.16.0.1"])
        .unwrap()
}

fn client(peer: &str, forwarded: &[&str], x_forwarded_for: &[&str]) -> String {
    let forwarded: Vec<_> = forwarded.iter().map(|line| line.as_bytes()).collect();
    let x_forwarded_for: Vec<_> = x_forwarded_for.iter().map(|line| line.as_bytes()).collect();
    let headers = Forwarding { forwarded: &forwarded, x_forwarded_for: &x_forwarded_for };
    client_address(peer.parse().unwrap(), &trusted(), &headers).to_string()
}

#[test]
fn only_a_trusted_peer_may_forward_an_address() {
    assert_eq!(client("203.0.113.9", &["for=1.1.1.1"], &[]), "203.0.113.9");
    assert_eq!(client("203.0.113.9", &[], &["1.1.1.1"]), "203.0.113.9");
    assert_eq!(client("10.1.2.3", &[], &[]), "10.1.2.3");
    assert_eq!(client("::ffff:10.1.2.3", &[], &["1.1.1.1"]), "1.1.1.1");
    assert_eq!(client("172.16.0.1", &[], &["1.1.1.1"]), "1.1.1.1");
    assert_eq!(client("::ffff:203.0.113.9", &[], &["1.1.1.1"]), "203.0.113.9");
}

#[test]
fn the_right_most_untrusted_entry_is_the_client() {
    let cases: &[(&[&str], &str)] = &[
        (&["1.1.1.1"], "1.1.1.1"),
        (&["9.9.9.9, 1.1.1.1"], "1.1.1.1"),
        (&["9.9.9.9,1.1.1.1 ,\t10.0.0.7"], "1.1.1.1"),
        (&["9.9.9.9", "1.1.1.1, 10.0.0.7", "192.168.1.1"], "1.1.1.1"),
        (&["10.0.0.8, 10.0.0.7"], "10.0.0.8"),
        (&["2001:db8::1"], "2001:db8::1"),
        (&["2001:db8::1, 2001:db8:ffff::5"], "2001:db8::1"),
        (&["[2001:db8::1]"], "2001:db8::1"),
        (&["[2001:db8::1]:443"], "2001:db8::1"),
        (&["1.1.1.1:5000"], "1.1.1.1"),
        (&["::ffff:1.1.1.1"], "1.1.1.1"),
        (&["1.1.1.1, ::ffff:10.0.0.7"], "1.1.1.1"),
    ];
    for (lines, want) in cases {
        assert_eq!(client("10.0.0.1", &[], lines), *want, "{lines:?}");
    }
}

#[test]
fn an_unreadable_entry_stops_the_walk_at_the_last_good_address() {
    for garbage in [
        "",
        "unknown",
        "localhost",
        "1.1.1",
        "1.1.1.1.1",
        "256.1.1.1",
        "01.1.1.1",
        "1.1.1.1:",
        "1.1.1.1:x",
        "1.1.1.1:123456",
        "fe80::1%eth0",
        "[1.1.1.1]",
        "[2001:db8::1",
        "2001:db8::1]",
        "[2001:db8::1]x",
        "1.1.1.1 2.2.2.2",
        "0x7f000001",
        "1.1.1.1/32",
        "\"1.1.1.1\"",
        "é",
    ] {
        assert_eq!(client("10.0.0.1", &[], &[&format!("9.9.9.9, {garbage}")]), "10.0.0.1", "{garbage:?}");
        assert_eq!(
            client("10.0.0.1", &[], &[&format!("9.9.9.9, {garbage}, 10.0.0.7")]),
            "10.0.0.7",
            "{garbage:?}"
        );
    }
}

#[test]
fn the_standard_header_is_read_by_its_grammar() {
    let cases: &[(&[&str], &str)] = &[
        (&["for=1.1.1.1"], "1.1.1.1"),
        (&["For=1.1.1.1;Proto=https;by=10.0.0.1"], "1.1.1.1"),
        (&["proto=https; for=1.1.1.1 ; host=\"a,b;c\""], "1.1.1.1"),
        (&["for=9.9.9.9, for=1.1.1.1"], "1.1.1.1"),
        (&["for=9.9.9.9", "for=1.1.1.1, for=10.0.0.7"], "1.1.1.1"),
        (&["for=\"1.1.1.1:80\""], "1.1.1.1"),
        (&["for=1.1.1.1:80"], "1.1.1.1"),
        (&["for=\"1.1.1.1:_port\""], "1.1.1.1"),
        (&["for=\"[2001:db8::1]\""], "2001:db8::1"),
        (&["for=\"[2001:db8::1]:4711\""], "2001:db8::1"),
        (&["for=\"\\1.1.1.1\""], "1.1.1.1"),
        (&["for=\"[::ffff:1.1.1.1]\""], "1.1.1.1"),
        // From here on nothing can be believed, and the peer counts.
        (&[""], "10.0.0.1"),
        (&["for=9.9.9.9, for=unknown"], "10.0.0.1"),
        (&["for=9.9.9.9, for=_hidden"], "10.0.0.1"),
        (&["for=9.9.9.9, proto=https"], "10.0.0.1"),
        (&["for=9.9.9.9;for=8.8.8.8"], "10.0.0.1"),
        (&["for=2001:db8::1"], "10.0.0.1"),
        (&["for = 1.1.1.1"], "10.0.0.1"),
        (&["for"], "10.0.0.1"),
        (&["for="], "10.0.0.1"),
        (&["1.1.1.1"], "10.0.0.1"),
        (&["for=1.1.1.1,"], "10.0.0.1"),
        (&["for=1.1.1.1;"], "10.0.0.1"),
        (&["for=9.9.9.9, for=unknown, for=10.0.0.7"], "10.0.0.7"),
    ];
    for (lines, want) in cases {
        assert_eq!(client("10.0.0.1", lines, &[]), *want, "{lines:?}");
    }
}

#[test]
fn a_quote_that_a_client_left_open_hides_nothing_in_its_favour() {
    for sent in ["for=\"9.9.9.9", "for=9.9.9.9;x=\"", "for=9.9.9.9, for=\"", "\"", "for=9.9.9.9;x=\"\\"] {
        for appended in
            ["for=1.1.1.1", "for=\"1.1.1.1:80\"", "for=1.1.1.1;by=\"\"", "for=\"[2001:db8::1]\";by=\"_a\""]
        {
            let line = format!("{sent}, {appended}");
            assert_ne!(client("10.0.0.1", &[&line], &[]), "9.9.9.9", "{line}");
        }
    }
}

#[test]
fn where_both_headers_are_there_they_must_agree() {
    assert_eq!(client("10.0.0.1", &["for=1.1.1.1"], &["1.1.1.1"]), "1.1.1.1");
    assert_eq!(client("10.0.0.1", &["for=9.9.9.9"], &["1.1.1.1"]), "10.0.0.1");
}

#[test]
fn every_bad_network_is_reported() {
    let errors = TrustedProxies::parse(["10.0.0.0/8", "10.0.0.0/33", "proxy.local"]).unwrap_err();
    let entries: Vec<_> = errors.iter().map(|error| error.entry.as_str()).collect();
    assert_eq!(entries, ["10.0.0.0/33", "proxy.local"]);
}

fn run(lines: &[Vec<u8>]) -> [IpAddr; 2] {
    let lines: Vec<&[u8]> = lines.iter().map(Vec::as_slice).collect();
    let peer = IpAddr::from([10, 0, 0, 1]);
    let forwarded = Forwarding { forwarded: &lines, x_forwarded_for: &[] };
    let x_forwarded = Forwarding { forwarded: &[], x_forwarded_for: &lines };
    [client_address(peer, &trusted(), &forwarded), client_address(peer, &trusted(), &x_forwarded)]
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(lines: Vec<Vec<u8>>) {
        run(&lines);
    }

    #[test]
    fn an_entry_of_a_client_never_overrides_one_of_a_proxy(sent in "[ -~]{0,60}", address: [u8; 4]) {
        let address = IpAddr::from(address);
        prop_assume!(!trusted().contain(address));
        let peer = IpAddr::from([10, 0, 0, 1]);
        let [forwarded, x_forwarded] = [format!("{sent}, for={address}"), format!("{sent}, {address}")]
            .map(|line| run(&[line.into_bytes()]));
        prop_assert!(forwarded[0] == address || forwarded[0] == peer);
        prop_assert_eq!(x_forwarded[1], address);
    }
}
