//! Single cells and columns.

use xiaoxiang_domain::bulletin::{PrintedCell, PrintedNote};
use xiaoxiang_domain::money::{MoneyUnit, display_fen};
use xiaoxiang_domain::ratio::Ratio;

pub(super) fn label(label: &PrintedNote) -> PrintedCell {
    PrintedCell::label(label)
}

pub(super) fn count(number: i64) -> PrintedCell {
    PrintedCell::figure(number.to_string(), Some(number))
}

/// An amount in 亿元 with two decimals, half up.
pub(super) fn amount(fen: i128) -> PrintedCell {
    PrintedCell::figure(display_fen(fen, MoneyUnit::HundredMillionYuan), i64::try_from(fen).ok())
}

pub(super) fn percent(ratio: Option<Ratio>) -> PrintedCell {
    PrintedCell::text(ratio.map_or_else(String::new, Ratio::percent))
}

/// A percentage with its sign, as in the published tables.
pub(super) fn signed_percent(ratio: Option<Ratio>) -> PrintedCell {
    PrintedCell::text(ratio.map_or_else(String::new, |ratio| format!("{}%", ratio.percent())))
}

pub(super) fn rank(rank: Option<u32>) -> PrintedCell {
    rank.map_or_else(PrintedCell::default, |rank| count(i64::from(rank)))
}
