//! Change of the log's key (密钥轮换): the old key names the new one, in the log itself.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::canonical;
use crate::hex_text::{KeyId, Signature};
use crate::keys::{PublicKey, SigningKey};
use crate::log_id::LogId;

/// Kind of the log entry that changes the key; its payload is a [`KeyRotation`].
pub const KEY_ROTATED: &str = "audit.key_rotated";

/// Most keys that one log may have had.
pub const MAX_KEYS: usize = 1000;

const DOMAIN: &str = "xiaoxiang.audit.key-rotation.v1\n";

/// The old key's signed word that another key follows it.
///
/// Holds from the entry that carries it: a head whose size takes in that entry is signed by the
/// new key. Whoever holds the old key can follow it to the new one, and from there on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyRotation {
    /// Which log.
    pub log_id: LogId,
    /// The key that signs this.
    pub old_key_id: KeyId,
    /// The key that follows.
    pub new_key: PublicKey,
    /// Ed25519 by the old key over the domain line and the canonical JSON of the three fields.
    pub signature: Signature,
}

/// A change of key that must not be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum RotationError {
    /// Not the form of a rotation.
    #[error("not a key rotation")]
    Form,
    /// Meant for another log.
    #[error("rotation of another log's key")]
    OtherLog,
    /// Not signed by the key in force.
    #[error("rotation is not signed by the key in force")]
    Signature,
    /// A key that has been used before does not come back.
    #[error("the new key has been in use before")]
    Reused,
    /// More than [`MAX_KEYS`] keys.
    #[error("more than {MAX_KEYS} keys")]
    TooMany,
}

impl KeyRotation {
    /// Signs with the old key that `new_key` follows it.
    pub fn sign(log_id: LogId, old: &SigningKey, new_key: PublicKey) -> Self {
        let old_key_id = old.public_key().key_id();
        let signature = old.sign(&signing_input(&log_id, &old_key_id, &new_key));
        Self { log_id, old_key_id, new_key, signature }
    }

    /// Returns the payload of the log entry of kind [`KEY_ROTATED`].
    pub fn to_payload(&self) -> Value {
        serde_json::to_value(self).expect("a rotation is plain data")
    }

    /// Reads the payload of such an entry.
    pub fn from_payload(payload: &Value) -> Result<Self, RotationError> {
        Self::deserialize(payload).map_err(|_| RotationError::Form)
    }

    fn is_signed_by(&self, old: &PublicKey) -> bool {
        let input = signing_input(&self.log_id, &self.old_key_id, &self.new_key);
        old.key_id() == self.old_key_id && old.has_signed(&input, &self.signature)
    }
}

fn signing_input(log_id: &LogId, old_key_id: &KeyId, new_key: &PublicKey) -> Vec<u8> {
    let said = serde_json::json!({
        "log_id": log_id,
        "old_key_id": old_key_id,
        "new_key": new_key,
    });
    let json = canonical::canonical_json(&said).expect("three texts have a canonical form");
    [DOMAIN.as_bytes(), json.as_bytes()].concat()
}

/// Keys of one log in the order of their rule (密钥链), each named by the one before.
#[derive(Debug, Clone)]
pub struct KeyChain {
    log_id: LogId,
    keys: Vec<PublicKey>,
}

impl KeyChain {
    /// Begins with the key that the holder of the chain already trusts, or wants to examine.
    pub fn new(log_id: LogId, first: PublicKey) -> Self {
        Self { log_id, keys: vec![first] }
    }

    /// Adds the next key, if the key in force has signed for it.
    pub fn rotate(&mut self, rotation: &KeyRotation) -> Result<(), RotationError> {
        if rotation.log_id != self.log_id {
            return Err(RotationError::OtherLog);
        }
        if !rotation.is_signed_by(self.in_force()) {
            return Err(RotationError::Signature);
        }
        if self.keys.contains(&rotation.new_key) {
            return Err(RotationError::Reused);
        }
        if self.keys.len() >= MAX_KEYS {
            return Err(RotationError::TooMany);
        }
        self.keys.push(rotation.new_key.clone());
        Ok(())
    }

    /// Returns the key that signs now.
    pub fn in_force(&self) -> &PublicKey {
        self.keys.last().expect("a chain begins with a key")
    }

    /// Finds a present or past key by its id.
    pub fn find(&self, key_id: &KeyId) -> Option<&PublicKey> {
        self.keys.iter().find(|key| key.key_id() == *key_id)
    }

    /// Says whether the key is one of the chain.
    pub fn contains(&self, key: &PublicKey) -> bool {
        self.keys.contains(key)
    }

    /// Says whether `later` is `earlier` itself or was named by it, directly or through others.
    pub fn follows(&self, later: &PublicKey, earlier: &PublicKey) -> bool {
        let place = |key| self.keys.iter().position(|known| known == key);
        matches!((place(later), place(earlier)), (Some(l), Some(e)) if l >= e)
    }
}
