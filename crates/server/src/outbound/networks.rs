//! Which addresses are called that somebody gave on screen (SSRF): the open network, and what the operator allows beside.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::LazyLock;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::trusted_proxies::Network;

/// What is not the open network (IANA's special-purpose registries as of 2026-11): private, shared, loopback, link-local,
/// protocols, documentation, measuring, multicast, reserved.
const INSIDE: [&str; 15] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "192.88.99.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
];
/// What of IPv6 is the open network, and what within it is not: other protocols' addresses, documentation, 6to4, which
/// hides an address of IPv4.
const OPEN_6: &str = "2000::/3";
const INSIDE_6: [&str; 4] = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];

static INSIDE_NETWORKS: LazyLock<Vec<IpNet>> =
    LazyLock::new(|| INSIDE.iter().chain(&INSIDE_6).map(|text| network(text)).collect());
static OPEN_NETWORK_6: LazyLock<IpNet> = LazyLock::new(|| network(OPEN_6));

fn network(text: &str) -> IpNet {
    text.parse().expect("invariant: written as networks are")
}

/// Networks inside that may be called all the same, as the operator decided.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AllowedNetworks(Vec<Network>);

impl AllowedNetworks {
    /// Whether an address may be called.
    #[must_use]
    pub fn has(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        is_open(address) || self.0.iter().any(|network| network.has(address))
    }
}

/// Whether an address lies in the open network.
fn is_open(address: IpAddr) -> bool {
    let is_outside = !INSIDE_NETWORKS.iter().any(|network| network.contains(&address));
    match address {
        IpAddr::V4(_) => is_outside,
        IpAddr::V6(address) => {
            is_outside && address != Ipv6Addr::UNSPECIFIED && OPEN_NETWORK_6.contains(&IpAddr::V6(address))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_inside_is_not_called_unless_the_operator_says_so() {
        let none = AllowedNetworks::default();
        let allowed: AllowedNetworks =
            serde_json::from_str(r#"["10.1.0.0/16", "127.0.0.1", "fd00::/8"]"#).expect("networks");
        for (address, by_none, by_allowed) in [
            ("114.114.114.114", true, true),
            ("2400:3200::1", true, true),
            ("10.1.2.3", false, true),
            ("10.2.0.1", false, false),
            ("127.0.0.1", false, true),
            ("127.0.0.2", false, false),
            ("::1", false, false),
            ("::", false, false),
            ("0.0.0.0", false, false),
            ("169.254.169.254", false, false),
            ("100.100.100.200", false, false),
            ("192.168.1.1", false, false),
            ("172.31.255.255", false, false),
            ("172.32.0.1", true, true),
            ("224.0.0.1", false, false),
            ("255.255.255.255", false, false),
            ("::ffff:10.2.0.1", false, false),
            ("::ffff:10.1.0.1", false, true),
            ("::10.2.0.1", false, false),
            ("64:ff9b::a02:1", false, false),
            ("2002:a02:1::", false, false),
            ("fd00::7", false, true),
            ("fe80::1", false, false),
            ("ff02::1", false, false),
            ("2001:db8::1", false, false),
        ] {
            let parsed: IpAddr = address.parse().expect("an address");
            assert_eq!((none.has(parsed), allowed.has(parsed)), (by_none, by_allowed), "{address}");
        }
    }
}
