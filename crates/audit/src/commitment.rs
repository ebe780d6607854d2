//! Salted commitments (加盐承诺): how the log can vouch for personal data that it does not hold.
//!
//! The log keeps SHA-256 over salt, field and value; salt and value stay beside each other in the
//! database. Whoever is shown both can check them against the log. Once both are erased, the hash
//! says nothing: 32 random bytes cannot be guessed, so neither can the value, however short its
//! list of candidates. All proofs go on holding, since the hash itself never changes.

use sha2::{Digest, Sha256};

/// Begins every commitment in text form.
pub const COMMITMENT_PREFIX: &str = "sha256s:";
/// Bytes of a salt; one fresh random salt for each value, never used twice.
pub const SALT_BYTES: usize = 32;

const DOMAIN: &[u8] = b"xiaoxiang.audit.commitment.v1\0";

/// Commits to one value of one field. The caller draws the salt at random and keeps it beside the
/// value, outside the log.
///
/// Hashed are the domain, the salt, then field and value each after its length as eight bytes, big
/// end first: without the lengths `("ab", "c")` and `("a", "bc")` would be one commitment.
pub fn commit(salt: &[u8; SALT_BYTES], field: &str, value: &str) -> String {
    let mut digest = Sha256::new().chain_update(DOMAIN).chain_update(salt);
    for part in [field, value] {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    format!("{COMMITMENT_PREFIX}{}", hex::encode(digest.finalize()))
}

/// Says whether a commitment was made to this value of this field with this salt.
#[must_use]
pub fn opens(commitment: &str, salt: &[u8; SALT_BYTES], field: &str, value: &str) -> bool {
    commit(salt, field, value) == commitment
}
