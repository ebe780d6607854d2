//! SQL for SQLite and PostgreSQL: one text for both, in plain sight.
//!
//! Reads take a [`Tx`], writes a [`WriteTx`]; a write ends in [`WriteTx::commit`] or leaves no trace.

#[macro_use]
mod db;

pub mod achievement;
pub mod attribution;
pub mod backup;
pub mod bulletin;
pub mod contract;
pub mod countersignature;
pub mod delivery;
pub mod demand;
pub mod demand_issue;
pub mod error;
pub mod event;
pub mod fact;
pub mod flag;
pub mod health;
pub mod idempotency;
pub mod import;
pub mod import_queue;
pub mod inspection;
pub mod job;
pub mod lead;
pub mod log;
pub mod matching;
mod migrate;
pub mod notice;
pub mod organisation;
pub mod organisation_change;
pub mod park_list;
pub mod payment_hold;
pub mod person;
pub mod profile;
pub mod provider;
pub mod region;
pub mod registration;
pub mod registration_auditor;
pub mod registration_batch;
pub mod registration_point;
pub mod saved_search;
pub mod session;
pub mod sign_in;
pub mod target;
#[cfg(feature = "testing")]
pub mod testing;
pub mod token;
pub mod undertaking;
pub mod upload;
pub mod webhook;

pub use db::{Connections, Db, Tx, WriteTx};
pub use error::StoreError;
pub use log::{Commit, NewEntry};
pub use migrate::SchemaState;
