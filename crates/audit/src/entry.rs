//! One entry of the log and the bytes that are hashed for it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::canonical::{self, CanonicalError, MAX_DEPTH, MAX_SAFE_INTEGER};
use crate::hex_text::Hash;
use crate::tree;

/// Format of the entries that are written today. A later format adds a number here and an arm in
/// [`LogEntry::canonical_bytes`]; the arms of older formats stay, since their hashes stay.
pub const ENTRY_FORMAT: u16 = 1;

/// Greatest size of an entry in canonical form. What is larger is kept outside, by its hash.
pub const MAX_ENTRY_BYTES: usize = 1024 * 1024;
/// Longest actor or subject.
pub const MAX_NAME_BYTES: usize = 256;
/// Longest kind.
pub const MAX_KIND_BYTES: usize = 64;

/// One act in the audit log (日志条目).
///
/// Personal data stand in the payload only as [commitments](crate::commitment): an entry is never
/// taken back, so what is written here in clear can never be erased.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogEntry {
    /// Form of the entry, [`ENTRY_FORMAT`] for new ones; kept so that old entries stay readable.
    pub format: u16,
    /// Number of entries before this one; the first has 0.
    pub position: u64,
    /// When it was committed, in milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// Who acted: a user, a job, a command.
    pub actor: String,
    /// What was done, in words joined by dots: `contract.changed`.
    pub kind: String,
    /// What it was done to: `contract:2026430100000123`.
    pub subject: String,
    /// What changed, as a JSON object without fractions.
    pub payload: Value,
}

/// An entry that may not be written, or bytes that are not an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// Written by a later version of the program.
    #[error("unknown entry format {0}")]
    UnknownFormat(u16),
    /// The position or the time does not fit into a JSON number.
    #[error("position or time out of range")]
    OutOfRange,
    /// Actor or subject is empty, too long or has control characters.
    #[error("{0} must have 1 to {MAX_NAME_BYTES} bytes and no control characters")]
    Name(&'static str),
    /// The kind is not made of lower-case words.
    #[error("kind must be lower-case words joined by dots")]
    Kind,
    /// The payload is not an object.
    #[error("payload must be an object")]
    PayloadNotObject,
    /// The payload has no canonical form.
    #[error("payload: {0}")]
    Payload(#[from] CanonicalError),
    /// The entry is larger than [`MAX_ENTRY_BYTES`].
    #[error("entry larger than {MAX_ENTRY_BYTES} bytes")]
    TooLarge,
    /// The bytes are not JSON of an entry.
    #[error("not an entry: {0}")]
    NotAnEntry(String),
    /// The bytes say the same as an entry but are not its canonical form.
    #[error("not in canonical form")]
    NotCanonical,
}

impl LogEntry {
    /// Writes the bytes that are hashed: the whole entry, position included, in canonical form.
    pub fn canonical_bytes(&self) -> Result<Vec<u8>, EntryError> {
        self.check()?;
        let text = match self.format {
            1 => self.write_format_1()?,
            other => return Err(EntryError::UnknownFormat(other)),
        };
        if text.len() > MAX_ENTRY_BYTES {
            return Err(EntryError::TooLarge);
        }
        Ok(text.into_bytes())
    }

    /// Writes the payload alone in canonical form, as the database keeps it.
    pub fn canonical_payload(&self) -> Result<String, EntryError> {
        Ok(canonical::canonical_json(&self.payload)?)
    }

    /// Computes the leaf of this entry in the log's tree: SHA-256(0x00 ‖ canonical bytes).
    pub fn leaf_hash(&self) -> Result<Hash, EntryError> {
        Ok(tree::leaf_hash(&self.canonical_bytes()?))
    }

    /// Reads an entry of any known format; refuses bytes that are not exactly its canonical form.
    pub fn decode(bytes: &[u8]) -> Result<Self, EntryError> {
        let entry: Self =
            serde_json::from_slice(bytes).map_err(|cause| EntryError::NotAnEntry(cause.to_string()))?;
        if entry.canonical_bytes()? == bytes { Ok(entry) } else { Err(EntryError::NotCanonical) }
    }

    fn write_format_1(&self) -> Result<String, CanonicalError> {
        let mut out = String::with_capacity(512);
        out.push_str("{\"actor\":");
        canonical::write_string(&mut out, &self.actor);
        out.push_str(&format!(",\"at_ms\":{},\"format\":1,\"kind\":", self.at_ms));
        canonical::write_string(&mut out, &self.kind);
        out.push_str(",\"payload\":");
        canonical::write_value(&mut out, &self.payload, MAX_DEPTH)?;
        out.push_str(&format!(",\"position\":{},\"subject\":", self.position));
        canonical::write_string(&mut out, &self.subject);
        out.push('}');
        Ok(out)
    }

    fn check(&self) -> Result<(), EntryError> {
        if self.position > MAX_SAFE_INTEGER || self.at_ms.unsigned_abs() > MAX_SAFE_INTEGER {
            return Err(EntryError::OutOfRange);
        }
        for (field, text) in [("actor", &self.actor), ("subject", &self.subject)] {
            let length_fits = (1..=MAX_NAME_BYTES).contains(&text.len());
            if !length_fits || text.chars().any(char::is_control) {
                return Err(EntryError::Name(field));
            }
        }
        let is_kind_byte =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'.' || byte == b'_';
        let kind_fits = (1..=MAX_KIND_BYTES).contains(&self.kind.len());
        if !kind_fits || !self.kind.bytes().all(is_kind_byte) {
            return Err(EntryError::Kind);
        }
        if !self.payload.is_object() {
            return Err(EntryError::PayloadNotObject);
        }
        Ok(())
    }
}
