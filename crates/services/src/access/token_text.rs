//! Random tokens: given out once, kept as a hash.

use sha2::{Digest as _, Sha256};

use crate::app::App;
use crate::refusal::Refusal;

/// Characters of a token: 32 random bytes in hexadecimal.
const TOKEN_CHARACTERS: usize = 64;

/// A token as only its holder knows it.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretToken(String);

impl std::fmt::Debug for SecretToken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("SecretToken")
    }
}

impl SecretToken {
    /// A new one.
    pub fn new(app: &App) -> Result<Self, Refusal> {
        Ok(Self(hex::encode(app.random_32()?)))
    }

    /// One that a request brought; nothing where it cannot be one of ours.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_ours = text.len() == TOKEN_CHARACTERS
            && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        is_ours.then(|| Self(text.to_owned()))
    }

    /// The text to hand out.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    /// A secret of its own for one purpose: whoever knows it knows neither the token nor what the database keeps.
    #[must_use]
    pub fn derived(&self, purpose: &'static str) -> String {
        hex::encode(Sha256::new().chain_update(purpose).chain_update([0]).chain_update(&self.0).finalize())
    }

    /// What the database keeps.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}
