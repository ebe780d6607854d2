//! The store on both databases.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod attribution;
mod bulletin;
mod contract;
mod fact;
mod feed;
mod import;
mod import_queue;
mod log;
mod migrate;
mod missing_server;
mod organisation;
mod provider;
mod statements;
mod support;
