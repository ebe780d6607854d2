//! One bench a file, in the order of the report.

pub mod contract_list;
pub mod cross;
mod cross_peers;
pub mod follow;
pub mod import;
pub mod load;
pub mod matching;
pub mod screen;
pub mod table;
pub mod web;
pub mod write;
