//! Proof of one record (单条记录证明), checked with nothing but a public key.
//!
//! A large import is one log entry, or a million rows would be a million entries. Its payload
//! carries the root of a second Merkle tree over the rows in file order, so one row still has a
//! proof: row → `content_root` → entry → tree head → signature.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::canonical::{self, CanonicalError, MAX_DEPTH, canonical_json};
use crate::entry::{EntryError, LogEntry};
use crate::head::SignedTreeHead;
use crate::hex_text::Hash;
use crate::keys::PublicKey;
use crate::proof::verify_inclusion;
use crate::rotation::{KeyChain, KeyRotation, RotationError};
use crate::tree::{TreeState, leaf_hash};

/// Payload field with the root over the imported rows.
pub const CONTENT_ROOT: &str = "content_root";
/// Payload field with their number.
pub const CONTENT_ROWS: &str = "content_rows";

/// Hash of one imported row: the leaf hash of its canonical JSON.
///
/// Like a payload, a row holds personal data only as commitments.
pub fn content_hash(row: &Value) -> Result<Hash, CanonicalError> {
    Ok(leaf_hash(canonical_json(row)?.as_bytes()))
}

/// Returns the two payload fields that stand for all rows of an import.
pub fn content_payload(content: &TreeState) -> Map<String, Value> {
    Map::from_iter([
        (CONTENT_ROOT.to_owned(), content.root.to_string().into()),
        (CONTENT_ROWS.to_owned(), content.size.into()),
    ])
}

/// Reads those two fields back, if the payload has them.
pub fn find_content(payload: &Value) -> Option<TreeState> {
    Some(TreeState {
        size: payload.get(CONTENT_ROWS)?.as_u64()?,
        root: payload.get(CONTENT_ROOT)?.as_str()?.parse().ok()?,
    })
}

/// The step from one imported row to the `content_root` of its entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContentProof {
    /// The row as it was hashed.
    pub row: Value,
    /// Its place among the imported rows, from 0.
    pub index: u64,
    /// Siblings on the way to the content root, lowest first.
    pub path: Vec<Hash>,
}

/// Everything that an outsider needs to check one record, apart from the public key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubjectProof {
    /// For a row of an import; `None` where the entry itself is what is proved.
    pub content: Option<ContentProof>,
    /// The log entry.
    pub entry: LogEntry,
    /// Siblings on the way from the entry to the root of the head, lowest first.
    pub path: Vec<Hash>,
    /// The head that takes in the entry.
    pub head: SignedTreeHead,
    /// Changes of key since the log began, in order; those from the holder's key on are followed.
    pub rotations: Vec<KeyRotation>,
}

/// Why a proof proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubjectProofError {
    /// Not the JSON form of a proof.
    #[error("not a proof: {0}")]
    Form(String),
    /// The row has no canonical form.
    #[error("row: {0}")]
    Row(#[from] CanonicalError),
    /// The entry is not valid.
    #[error("entry: {0}")]
    Entry(#[from] EntryError),
    /// The entry has no content root, so no row can be under it.
    #[error("the entry carries no content root")]
    NoContent,
    /// The row is not under the content root.
    #[error("the row is not among the imported rows of the entry")]
    RowNotIncluded,
    /// The entry is not under the head.
    #[error("the entry is not in the log that the head describes")]
    EntryNotIncluded,
    /// A change of key is not signed as it must be.
    #[error("key rotation: {0}")]
    Rotation(#[from] RotationError),
    /// The head is signed by no key that the holder can follow.
    #[error("the head is not signed by your key or one that it named")]
    Signature,
}

impl SubjectProof {
    /// Checks the whole chain from the record to a key that the holder trusts.
    ///
    /// What it does not show: that no later entry changed or cancelled the record, nor that the
    /// history before the head was never rewritten. For those, see [`verify`](crate::verify::verify).
    pub fn verify(&self, held: &PublicKey) -> Result<(), SubjectProofError> {
        if let Some(content) = &self.content {
            let rows = find_content(&self.entry.payload).ok_or(SubjectProofError::NoContent)?;
            let row = content_hash(&content.row)?;
            if !verify_inclusion(&row, content.index, &rows, &content.path) {
                return Err(SubjectProofError::RowNotIncluded);
            }
        }
        let tree = self.head.head.state();
        let leaf = self.entry.leaf_hash()?;
        if !verify_inclusion(&leaf, self.entry.position, &tree, &self.path) {
            return Err(SubjectProofError::EntryNotIncluded);
        }
        let mut chain = KeyChain::new(self.head.head.log_id.clone(), held.clone());
        let held_id = held.key_id();
        let from_held = self.rotations.iter();
        for rotation in from_held.skip_while(|rotation| rotation.old_key_id != held_id) {
            chain.rotate(rotation)?;
        }
        let signer = chain.find(&self.head.key_id);
        if signer.is_some_and(|key| self.head.is_signed_by(key)) {
            Ok(())
        } else {
            Err(SubjectProofError::Signature)
        }
    }

    /// Writes the proof as one line of canonical JSON.
    pub fn to_json(&self) -> Result<String, CanonicalError> {
        let value = serde_json::to_value(self).expect("a proof is plain data");
        let mut out = String::new();
        // Row and payload stand two levels down and may themselves be as deep as is allowed.
        canonical::write_value(&mut out, &value, MAX_DEPTH + 2)?;
        Ok(out)
    }

    /// Reads the JSON form.
    pub fn from_json(text: &str) -> Result<Self, SubjectProofError> {
        serde_json::from_str(text).map_err(|cause| SubjectProofError::Form(cause.to_string()))
    }
}
