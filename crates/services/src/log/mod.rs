//! The audit log (操作日志): how officials read it, its key, signed tree heads, export, proofs and verification.

mod export_log;
mod kinds;
mod prove_entry;
mod prove_subject;
mod read_changes;
mod read_log;
mod signing_key;
mod verify_file;

pub use export_log::{export_log, stream_log};
pub use kinds::{KINDS, KindGroup};
pub use prove_entry::{Agreement, CheckedHead, LogStanding, log_standing, prove_entry, public_key_and_head};
pub use prove_subject::{check_log, prove_subject};
pub use read_changes::{CHANGES_MAX, Change, LogEnd, permit_subject, read_changes, read_log_end};
pub use read_log::{ENTRIES_SHOWN, LogFilter, LogPage, ReadEntry, Who, find_entry, list_log};
pub use signing_key::{LogKey, sign_tree_head};
pub use verify_file::{CheckedFile, Outcome, verify_file};
