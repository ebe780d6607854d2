//! The identity provider (统一身份认证) that people may sign in through: OpenID Connect 1.0, the code flow with PKCE.
//!
//! Only with the cargo feature `oidc`. Without it there is never a [`Provider`], and a configured one is refused.

#[cfg(not(feature = "oidc"))]
mod absent;
#[cfg(feature = "oidc")]
mod connection;
#[cfg(feature = "oidc")]
mod exchange;

#[cfg(not(feature = "oidc"))]
pub use absent::Provider;
#[cfg(feature = "oidc")]
pub use exchange::Provider;

use xiaoxiang_services::access::ProviderAccount;

/// Where the provider sends people back to; registered there.
pub const CALLBACK_PATH: &str = "/sign-in/provider/callback";

/// Whom the provider vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vouched {
    /// The account.
    pub account: ProviderAccount,
    /// What the provider calls its owner; may be empty.
    pub name: String,
}

/// Why the provider vouched for nobody. The texts are for the log and hold no secrets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderTrouble {
    /// No connection, or its certificate is not trusted.
    #[error("the provider cannot be reached: {0}")]
    Unreachable(String),
    /// No answer in time.
    #[error("the provider did not answer in time")]
    Slow,
    /// Too many conversations with it are under way.
    #[error("too many conversations with the provider at once")]
    Busy,
    /// It refused, or answered what cannot be used.
    #[error("the provider's answer cannot be used: {0}")]
    Unusable(String),
    /// The ID token proves nothing: signature, issuer, audience, nonce or time are not right.
    #[error("the provider's token is not accepted: {0}")]
    Unproven(String),
}
