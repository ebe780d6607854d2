//! Words and decisions of technology transfer (科技成果转移转化).
//!
//! Everything here is pure: no I/O, no clock, no randomness. Dates, identifiers and region data
//! are passed in, so that a decision taken today can be taken again next year with the same result.

pub mod access;
pub mod achievement;
pub mod attribution;
pub mod bulletin;
pub mod contract;
pub mod demand;
pub mod event;
pub mod fact;
pub mod lead;
pub mod market;
pub mod money;
pub mod notice;
pub mod organisation;
pub mod period;
pub mod profile;
pub mod ratio;
pub mod region;
pub mod target;
