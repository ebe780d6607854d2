//! Where a request came from.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;

/// The header in which a balancer names its client; the last name in it is the balancer's own word.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// The address of the client, where it is known. It is counted by, never stored in clear and never logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub Option<IpAddr>);

impl<S: Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
        Ok(Self(client_address(peer, &parts.headers)))
    }
}

/// A peer on this machine is a balancer and is believed; anybody else could write what they like.
fn client_address(peer: Option<IpAddr>, headers: &HeaderMap) -> Option<IpAddr> {
    let peer = peer?;
    if !peer.to_canonical().is_loopback() {
        return Some(peer);
    }
    let forwarded = headers.get_all(FORWARDED_FOR).iter().next_back().and_then(|value| value.to_str().ok());
    let named =
        forwarded.and_then(|names| names.rsplit(',').next()).and_then(|name| name.trim().parse().ok());
    named.or(Some(peer))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn only_a_balancer_on_this_machine_is_believed() {
        let address = |text: &str| Some(text.parse::<IpAddr>().expect("an address"));
        let mut headers = HeaderMap::new();
        headers.append(FORWARDED_FOR, HeaderValue::from_static("198.51.100.1"));
        headers.append(FORWARDED_FOR, HeaderValue::from_static("198.51.100.2, 203.0.113.9"));
        assert_eq!(client_address(address("127.0.0.1"), &headers), address("203.0.113.9"));
        assert_eq!(client_address(address("192.0.2.7"), &headers), address("192.0.2.7"));
        assert_eq!(client_address(address("::1"), &HeaderMap::new()), address("::1"));
        assert_eq!(client_address(None, &headers), None);
    }
}
