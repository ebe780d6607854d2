//! How the program is run: its layers, its stop, backup and restore, the doctor, several nodes on one database.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

mod backup;
mod doctor;
mod killed_import;
mod layers;
mod migrate;
mod nodes;
mod notices;
mod rewind;
mod serving;
mod sign_in_counter;
mod sinks;
mod support;
