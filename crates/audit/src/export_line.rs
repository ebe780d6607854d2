//! The lines of an export file and their one text.

use serde::{Deserialize, Serialize};

use crate::canonical::canonical_json;
use crate::entry::{EntryError, LogEntry, MAX_ENTRY_BYTES};
use crate::head::SignedTreeHead;
use crate::hex_text::Hash;
use crate::keys::PublicKey;
use crate::log_id::LogId;

/// Name in the header of every export.
pub const EXPORT_FORMAT: &str = "xiaoxiang-audit-export";
/// Version of the file format that is written today.
pub const EXPORT_VERSION: u16 = 1;
/// Longest line: the largest entry and what stands around it. No reader needs more memory.
pub const MAX_LINE_BYTES: usize = MAX_ENTRY_BYTES + 1024;

const RECORD_BEGINS: &str = "\",\"record\":";
const RECORD_ENDS: &str = "}}";

/// One line of the file, an object with one member that says what the line is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Line {
    Header(Header),
    Entry(EntryLine),
    Head(SignedTreeHead),
    Trailer(Trailer),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Header {
    pub format: String,
    pub version: u16,
    pub log_id: LogId,
    /// The key that the log began with; later ones stand in the rotation entries.
    pub first_key: PublicKey,
}

/// An entry beside the leaf hash that the log recorded for it: where the two disagree, it is this
/// entry that was altered and no other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EntryLine {
    pub leaf_hash: Hash,
    pub record: LogEntry,
}

/// What the log itself says of its end, and how many heads were written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Trailer {
    pub log_id: LogId,
    pub entries: u64,
    pub root: Hash,
    pub heads: u64,
}

impl Line {
    /// Writes the line in canonical form, without the line end.
    pub(crate) fn encode(&self) -> Result<Vec<u8>, EntryError> {
        match self {
            Self::Entry(line) => encode_entry(line),
            other => {
                let value = serde_json::to_value(other).expect("a line is plain data");
                Ok(canonical_json(&value)?.into_bytes())
            }
        }
    }

    /// Reads a line; any byte that differs from the canonical form is refused.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, EntryError> {
        let line: Self =
            serde_json::from_slice(bytes).map_err(|cause| EntryError::NotAnEntry(cause.to_string()))?;
        if line.encode()? == bytes { Ok(line) } else { Err(EntryError::NotCanonical) }
    }
}

/// The canonical form of the line, put together around the entry's own canonical bytes.
fn encode_entry(line: &EntryLine) -> Result<Vec<u8>, EntryError> {
    let record = line.record.canonical_bytes()?;
    let mut bytes = entry_prefix(&line.leaf_hash).into_bytes();
    bytes.extend_from_slice(&record);
    bytes.extend_from_slice(RECORD_ENDS.as_bytes());
    Ok(bytes)
}

/// The canonical bytes of the entry inside a line that has been decoded, so that they need not be
/// written twice.
pub(crate) fn record_bytes<'a>(line: &'a [u8], leaf_hash: &Hash) -> &'a [u8] {
    &line[entry_prefix(leaf_hash).len()..line.len() - RECORD_ENDS.len()]
}

fn entry_prefix(leaf_hash: &Hash) -> String {
    format!("{{\"entry\":{{\"leaf_hash\":\"{leaf_hash}{RECORD_BEGINS}")
}
