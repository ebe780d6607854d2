//! Trusted proxies (可信代理): whose word on where a request came from is believed.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use axum::http::HeaderMap;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// The header to which every proxy adds the address that it was called from.
const FORWARDED_FOR: &str = "x-forwarded-for";
/// This machine: where a proxy stands unless the configuration says otherwise.
const LOOPBACK: [&str; 2] = ["127.0.0.0/8", "::1"];

/// The addresses and networks of proxies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TrustedProxies(Vec<Network>);

/// One address, or all of a network: `10.0.0.7`, `10.0.0.0/8`, `fd00::/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network(IpNet);

impl Network {
    /// Whether an address lies within.
    #[must_use]
    pub fn has(&self, address: IpAddr) -> bool {
        self.0.contains(&address)
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let address = text.parse::<IpAddr>().map(|address| IpNet::from(address.to_canonical()));
        let network = address.or_else(|_| text.parse());
        network
            .map(Self)
            .map_err(|_| format!("`{text}` is neither an address nor a network such as 10.0.0.0/8"))
    }
}

impl TryFrom<String> for Network {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        network.to_string()
    }
}

impl fmt::Display for Network {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.prefix_len() == self.0.max_prefix_len() {
            self.0.addr().fmt(formatter)
        } else {
            self.0.fmt(formatter)
        }
    }
}

impl Default for TrustedProxies {
    fn default() -> Self {
        let network = |text: &str| text.parse().expect("invariant: loopback is an address");
        Self(LOOPBACK.iter().map(|text| network(text)).collect())
    }
}

impl TrustedProxies {
    /// Whether a network takes in every address.
    #[must_use]
    pub fn includes_everybody(&self) -> bool {
        self.0.iter().any(|network| network.0.prefix_len() == 0)
    }

    /// The client of a request: the rightmost address that is no proxy of ours.
    ///
    /// What stands to the left of it was written by the client, or by whom we do not know, and says nothing.
    #[must_use]
    pub fn client_of(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        let values: Vec<&[u8]> =
            headers.get_all(FORWARDED_FOR).iter().map(|value| value.as_bytes()).collect();
        let mut names = values.iter().rev().flat_map(|value| value.rsplit(|byte| *byte == b','));
        while self.has(client) {
            // Where a name cannot be read, what wrote it is the last that is known.
            let Some(next) = names.next().and_then(address_of) else { break };
            client = next;
        }
        client
    }

    fn has(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.has(address))
    }
}

/// The address of a name, which some proxies write with its port.
fn address_of(name: &[u8]) -> Option<IpAddr> {
    let name = std::str::from_utf8(name).ok()?.trim();
    let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    let address = bare.parse().ok().or_else(|| name.parse().ok().map(|address: SocketAddr| address.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn trusting(networks: &[&str]) -> TrustedProxies {
        TrustedProxies(networks.iter().map(|text| text.parse().expect("a network")).collect())
    }

    fn client(proxies: &TrustedProxies, peer: &str, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED_FOR, HeaderValue::from_bytes(value.as_bytes()).expect("a value"));
        }
        proxies.client_of(peer.parse().expect("an address"), &headers).to_string()
    }

    #[test]
    fn unless_told_otherwise_only_this_machine_is_believed() {
        let proxies = TrustedProxies::default();
        let forwarded = ["198.51.100.1", "198.51.100.2, 203.0.113.9"];
        for (peer, expected) in [
            ("127.0.0.1", "203.0.113.9"),
            ("::1", "203.0.113.9"),
            ("::ffff:127.0.0.1", "203.0.113.9"),
            ("192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8::7", "2001:db8::7"),
        ] {
            assert_eq!(client(&proxies, peer, &forwarded), expected, "{peer}");
        }
        assert_eq!(client(&proxies, "::1", &[]), "::1");
    }

    #[test]
    fn the_client_is_the_rightmost_address_that_is_no_proxy_of_ours() {
        let proxies = trusting(&["10.0.0.0/8", "192.0.2.1", "fd00::/8"]);
        for (peer, forwarded, expected) in [
            ("10.1.1.1", &["203.0.113.9, 10.2.2.2"][..], "203.0.113.9"),
            ("10.1.1.1", &["203.0.113.9", "fd00::5", "192.0.2.1"], "203.0.113.9"),
            ("10.1.1.1", &["2001:db8::9, [fd00::5]:443"], "2001:db8::9"),
            ("fd00::1", &["::ffff:203.0.113.9, ::ffff:10.0.0.3"], "203.0.113.9"),
            ("10.1.1.1", &["203.0.113.9:5123"], "203.0.113.9"),
            ("10.1.1.1", &["[2001:db8::9]"], "2001:db8::9"),
            // Everybody on the way is ours: the first of them called.
            ("10.1.1.1", &["10.3.3.3, 10.2.2.2"], "10.3.3.3"),
            // This machine is not named, so it is not believed.
            ("127.0.0.1", &["203.0.113.9"], "127.0.0.1"),
        ] {
            assert_eq!(client(&proxies, peer, forwarded), expected, "{peer} {forwarded:?}");
        }
    }

    #[test]
    fn what_a_client_writes_into_the_header_itself_is_not_believed() {
        let proxies = trusting(&["10.0.0.0/8"]);
        for (forged, expected) in [
            ("127.0.0.1, 203.0.113.9", "203.0.113.9"),
            ("10.0.0.1, 203.0.113.9", "203.0.113.9"),
            ("1.1.1.1, unknown", "10.1.1.1"),
            ("1.1.1.1, ", "10.1.1.1"),
            ("1.1.1.1, 甲", "10.1.1.1"),
            ("1.1.1.1, 10.0.0.256", "10.1.1.1"),
            ("1.1.1.1, 0x7f.1", "10.1.1.1"),
            (",,,,", "10.1.1.1"),
        ] {
            assert_eq!(client(&proxies, "10.1.1.1", &[forged]), expected, "{forged:?}");
        }
        let nobody = trusting(&[]);
        assert_eq!(client(&nobody, "127.0.0.1", &["203.0.113.9"]), "127.0.0.1");
    }

    #[test]
    fn a_network_is_written_as_it_was_read() {
        for text in ["10.0.0.0/8", "192.0.2.1", "fd00::/8", "2001:db8::1"] {
            assert_eq!(text.parse::<Network>().expect("a network").to_string(), text);
        }
        for text in ["", "10.0.0.0/33", "localhost", "10.0.0", "10.0.0.0/-1", "::/129"] {
            assert!(text.parse::<Network>().is_err(), "{text:?}");
        }
        assert!(trusting(&["0.0.0.0/0"]).includes_everybody() && trusting(&["::/0"]).includes_everybody());
        assert!(!TrustedProxies::default().includes_everybody());
    }
}
