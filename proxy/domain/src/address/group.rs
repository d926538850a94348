//! The addresses that count as one visitor.

use std::net::{IpAddr, Ipv6Addr};

/// An IPv4 address, or the /64 that an IPv6 visitor has to itself. Small, for limits keep many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AddressGroup {
    /// One IPv4 address.
    V4([u8; 4]),
    /// The first 64 bits of an IPv6 address.
    V6([u16; 4]),
}

impl From<IpAddr> for AddressGroup {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self::V4(v4.octets()),
            IpAddr::V6(v6) => {
                let [a, b, c, d, ..] = v6.segments();
                Self::V6([a, b, c, d])
            }
        }
    }
}

impl AddressGroup {
    /// As much of it as a log may hold: a network that is large enough to name nobody.
    #[must_use]
    pub fn network(&self) -> String {
        match self {
            Self::V4([a, b, c, _]) => format!("{a}.{b}.{c}.0/24"),
            Self::V6([a, b, c, _]) => format!("{}/48", Ipv6Addr::new(*a, *b, *c, 0, 0, 0, 0, 0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::AddressGroup;

    fn group(address: &str) -> AddressGroup {
        AddressGroup::from(address.parse::<std::net::IpAddr>().unwrap())
    }

    #[test]
    fn ipv6_visitors_are_told_apart_by_their_64() {
        assert_eq!(group("2001:db8:1:2::1"), group("2001:db8:1:2:ffff::"));
        assert_ne!(group("2001:db8:1:2::1"), group("2001:db8:1:3::1"));
    }

    #[test]
    fn ipv4_visitors_are_told_apart_by_their_address() {
        assert_ne!(group("192.0.2.1"), group("192.0.2.2"));
        assert_eq!(group("192.0.2.1"), group("::ffff:192.0.2.1"));
    }

    #[test]
    fn a_network_names_nobody() {
        assert_eq!(group("192.0.2.77").network(), "192.0.2.0/24");
        assert_eq!(group("2001:db8:1:2:3::4").network(), "2001:db8:1::/48");
    }

    #[test]
    fn a_group_is_small() {
        assert!(size_of::<AddressGroup>() <= 17);
    }
}
