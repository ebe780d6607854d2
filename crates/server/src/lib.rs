//! The parts of the server that the binary `xiaoxiang`, its tests and the page gallery share.

pub mod cli;
pub mod clock;
pub mod language;
pub mod pages;
pub mod region_files;
pub mod web_assets;
