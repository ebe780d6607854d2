//! The append-only audit log (审计日志): entries, Merkle tree, signed heads, export and the offline
//! verifier.
//!
//! What an auditor reads, in order: [`canonical`] (one byte string per JSON value, RFC 8785),
//! [`entry`] (what is hashed), [`tree`] and [`proof`] (RFC 9162), [`keys`], [`head`] and
//! [`rotation`] (what is signed), [`commitment`] (how personal data stay out), [`subject`] (a proof
//! of one record), [`export`] and [`mod@verify`] (one file, checked with no database).
//!
//! Nothing here reads a clock, draws a random number or opens a file: times, seeds, salts, readers
//! and writers are passed in. `docs/AUDIT.md` tells the same story for operators.

#![forbid(unsafe_code)]

pub mod canonical;
pub mod commitment;
pub mod entry;
pub mod export;
mod export_line;
mod fault;
pub mod head;
pub mod hex_text;
pub mod keys;
pub mod log_id;
pub mod proof;
mod report;
pub mod rotation;
pub mod subject;
pub mod tree;
pub mod verify;

pub use canonical::{CanonicalError, canonical_json};
pub use commitment::{commit, opens};
pub use entry::{EntryError, LogEntry};
pub use export::{ExportError, ExportWriter};
pub use head::{HeadTextError, SignedTreeHead, TreeHead};
pub use hex_text::{Hash, Hex, HexError, KeyId, Signature};
pub use keys::{KeyError, PublicKey, SigningKey};
pub use log_id::{LogId, LogIdError};
pub use proof::{ProofError, consistency_proof, inclusion_proof, verify_consistency, verify_inclusion};
pub use rotation::{KEY_ROTATED, KeyChain, KeyRotation, RotationError};
pub use subject::{ContentProof, SubjectProof, SubjectProofError};
pub use tree::{Frontier, FrontierError, TreeState, leaf_hash};
pub use verify::{Fault, Finding, Report, Sentence, Verdict, verify};
