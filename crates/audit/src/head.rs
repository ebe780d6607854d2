//! Tree heads (树头): the log at one moment, signed, short enough to print in a bulletin.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::canonical::{self, MAX_SAFE_INTEGER};
use crate::hex_text::{Hash, KeyId, Signature};
use crate::keys::{PublicKey, SigningKey};
use crate::log_id::LogId;
use crate::tree::TreeState;

/// Begins the bytes that are signed, so that a signature of a head is never one of anything else.
const DOMAIN: &str = "xiaoxiang.audit.tree-head.v1\n";
const PRINTED_PREFIX: &str = "xx1";

/// The log at one moment: its first `size` entries are exactly those under `root`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TreeHead {
    /// Which log.
    pub log_id: LogId,
    /// How many entries it had.
    pub size: u64,
    /// Root of the Merkle tree over their leaf hashes.
    pub root: Hash,
    /// When the head was signed, in milliseconds since 1970 UTC, as the signer's clock had it.
    pub at_ms: i64,
}

/// A tree head and the signature of the log's key over it (签名树头).
///
/// Printed, it is one line: `xx1:LOGID:SIZE:AT_MS:ROOT:KEYID:SIGNATURE`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedTreeHead {
    /// What is signed.
    pub head: TreeHead,
    /// Which key signed.
    pub key_id: KeyId,
    /// Ed25519 over the domain line and the canonical JSON of the head.
    pub signature: Signature,
}

/// Text that is not a printed head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a printed tree head has the form xx1:LOGID:SIZE:AT_MS:ROOT:KEYID:SIGNATURE")]
pub struct HeadTextError;

impl TreeHead {
    /// Returns size and root without the rest.
    pub fn state(&self) -> TreeState {
        TreeState { size: self.size, root: self.root }
    }

    /// Signs this head.
    pub fn sign(self, key: &SigningKey) -> SignedTreeHead {
        SignedTreeHead {
            key_id: key.public_key().key_id(),
            signature: key.sign(&self.signing_input()),
            head: self,
        }
    }

    fn signing_input(&self) -> Vec<u8> {
        let head = serde_json::to_value(self).expect("a head is plain data");
        let json = canonical::canonical_json(&head).expect("a head has no fractions and is flat");
        [DOMAIN.as_bytes(), json.as_bytes()].concat()
    }
}

impl SignedTreeHead {
    /// Says whether this key signed this head.
    #[must_use]
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        key.key_id() == self.key_id && key.has_signed(&self.head.signing_input(), &self.signature)
    }
}

impl fmt::Display for SignedTreeHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TreeHead { log_id, size, root, at_ms } = &self.head;
        let Self { key_id, signature, .. } = self;
        write!(f, "{PRINTED_PREFIX}:{log_id}:{size}:{at_ms}:{root}:{key_id}:{signature}")
    }
}

impl FromStr for SignedTreeHead {
    type Err = HeadTextError;

    /// White space is ignored, since paper and mail wrap lines.
    fn from_str(text: &str) -> Result<Self, HeadTextError> {
        let text: String = text.split_whitespace().collect();
        let parts: Vec<&str> = text.split(':').collect();
        let [PRINTED_PREFIX, log_id, size, at_ms, root, key_id, signature] = parts[..] else {
            return Err(HeadTextError);
        };
        let signed = Self {
            head: TreeHead {
                log_id: field(log_id)?,
                size: field(size)?,
                root: field(root)?,
                at_ms: field(at_ms)?,
            },
            key_id: field(key_id)?,
            signature: field(signature)?,
        };
        let is_in_range =
            signed.head.size <= MAX_SAFE_INTEGER && signed.head.at_ms.unsigned_abs() <= MAX_SAFE_INTEGER;
        // One head has one text: "+5" and "05" are refused.
        if is_in_range && signed.to_string() == text { Ok(signed) } else { Err(HeadTextError) }
    }
}

fn field<T: FromStr>(text: &str) -> Result<T, HeadTextError> {
    text.parse().map_err(|_| HeadTextError)
}
