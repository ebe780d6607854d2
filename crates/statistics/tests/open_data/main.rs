//! What is given to everybody: tables without small cells, and series.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod series;
mod small_cells;
#[path = "../support/mod.rs"]
mod support;
