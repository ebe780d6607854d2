//! The audit log (操作日志): its key, signed tree heads, export, and proofs.

mod export_log;
mod prove_subject;
mod signing_key;

pub use export_log::export_log;
pub use prove_subject::{check_log, prove_subject};
pub use signing_key::{LogKey, sign_tree_head};
