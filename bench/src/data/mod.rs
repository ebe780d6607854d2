//! The data: facts by a formula that Rust, PostgreSQL and DuckDB compute alike, and contracts in the national form.

mod achievements;
mod contracts;
mod facts;
mod fill;

pub use achievements::Achievements;
pub use contracts::Contracts;
pub use facts::Facts;
pub use fill::{NAME_END, WORDS, fill};
