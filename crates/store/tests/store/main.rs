//! The store on both databases.

mod attribution;
mod bulletin;
mod contract;
mod fact;
mod feed;
mod import;
mod log;
mod migrate;
mod missing_server;
mod organisation;
mod statements;
mod support;
