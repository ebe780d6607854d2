//! The parts of the server that the binary `xiaoxiang`, its tests and the page gallery share.

pub mod api;
pub mod cli;
pub mod clock;
pub mod configuration;
pub mod guard;
pub mod import_worker;
mod index_worker;
pub mod language;
mod match_words;
pub mod notice_worker;
pub mod operation;
pub mod outbound;
pub mod pages;
pub mod problem;
pub mod provider;
pub mod region_files;
pub mod routes;
mod screening_worker;
pub mod setup_gate;
pub mod trusted_proxies;
pub mod web_assets;
