//! The parts of the server that the binary `xiaoxiang`, its tests and the page gallery share.

pub mod language;
pub mod pages;
pub mod web_assets;
