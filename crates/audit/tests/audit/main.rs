//! Tests of the audit log. One binary, since linking eight costs more than running them.

mod canonical;
mod common;
mod damage;
mod entry;
mod export;
mod keys;
mod subject;
mod tree;
