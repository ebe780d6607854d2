//! Use cases (用例), one a file: load, permit, decide, write, commit with its log entries.

pub mod access;
pub mod achievement;
pub mod actor;
pub mod app;
pub mod attribution;
pub mod bulletin;
pub mod city;
pub mod contract;
pub mod demand;
pub mod demo;
pub mod event;
mod follow;
pub mod idempotency;
mod kept;
pub mod lead;
pub mod log;
pub mod matching;
pub mod notice;
pub mod open_data;
pub mod organisation;
pub mod paper;
mod personal_data;
mod place;
pub mod profile;
pub mod refusal;
pub mod region;
pub mod registration;
pub mod screening;
pub mod setup;
pub mod sheet;
pub mod target;
pub mod work;

pub use actor::Actor;
pub use app::{App, Clock};
pub use refusal::{Noun, Refusal};
