//! Text as the channels see it: one written form, and the units (characters, pairs, words) that are counted.

mod fold;
mod units;

pub use fold::fold;
pub use units::{Units, units, words};
