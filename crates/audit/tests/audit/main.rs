//! Tests of the audit log. One binary, since linking eight costs more than running them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod canonical;
mod common;
mod damage;
mod entry;
mod export;
mod keys;
mod subject;
mod tree;
