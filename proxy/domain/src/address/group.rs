//! The group of addresses that counts as one visitor, and the network that one customer may have to itself.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

/// An IPv4 address, or the /64 that an IPv6 visitor has to itself; one number, because limits keep many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AddressGroup(u64);

/// The range of IPv4 addresses: IPv6 has its multicast addresses there, from which no call comes.
const V4: u64 = 0xffff_ffff_0000_0000;

impl From<IpAddr> for AddressGroup {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self(V4 | u64::from(v4.to_bits())),
            IpAddr::V6(v6) => {
                let [high @ .., _, _, _, _, _, _, _, _] = v6.octets();
                Self(u64::from_be_bytes(high))
            }
        }
    }
}

/// The /24 of an IPv4 address, or the /48 of an IPv6 one: providers give away as much, so many groups may be one person.
///
/// It is too large to identify a visitor: a log may hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AddressNetwork(u64);

impl AddressGroup {
    /// Returns the network that the group lies in.
    #[must_use]
    pub const fn network(self) -> AddressNetwork {
        let host_bits = if self.0 & V4 == V4 { 8 } else { 16 };
        AddressNetwork(self.0 >> host_bits << host_bits)
    }
}

impl fmt::Display for AddressNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 & V4 == V4 {
            let [.., a, b, c, _] = self.0.to_be_bytes();
            return write!(f, "{a}.{b}.{c}.0/24");
        }
        write!(f, "{}/48", Ipv6Addr::from_bits(u128::from(self.0) << 64))
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
        assert_ne!(group("192.0.2.1"), group("2001:db8:c000:201::"));
        assert_ne!(group("192.0.2.1"), group("192.0.2.2"));
        assert_eq!(group("192.0.2.1"), group("::ffff:192.0.2.1"));
    }

    #[test]
    fn a_network_identifies_no_visitor() {
        assert_eq!(group("192.0.2.77").network().to_string(), "192.0.2.0/24");
        assert_eq!(group("2001:db8:1:2:3::4").network().to_string(), "2001:db8:1::/48");
    }

    #[test]
    fn visitors_of_one_customer_share_a_network() {
        let network = |address| group(address).network();
        assert_eq!(network("192.0.2.1"), network("192.0.2.255"));
        assert_ne!(network("192.0.2.1"), network("192.0.3.1"));
        assert_eq!(network("2001:db8:7::1"), network("2001:db8:7:ffff::1"));
        assert_ne!(network("2001:db8:7::1"), network("2001:db8:8::1"));
        assert_ne!(network("::1"), network("0.0.0.1"));
    }

    #[test]
    fn a_group_is_small() {
        assert_eq!(size_of::<AddressGroup>(), 8);
    }
}
