//! Figures as they were measured: median, least and most, in whole units, so that nothing is rounded twice.

use std::time::Duration;

use xiaoxiang_domain::ratio::decimal_text;

/// What a figure counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Kept in microseconds, printed in milliseconds.
    Milliseconds,
    /// Kept in microseconds, printed in seconds.
    Seconds,
    /// A number each second.
    PerSecond,
    /// Millions of bytes.
    Megabytes,
}

impl Unit {
    pub fn text(self, value: i128) -> String {
        match self {
            Self::Milliseconds => format!("{} ms", decimal_text(value, 1_000, 2)),
            Self::Seconds => format!("{} s", decimal_text(value, 1_000_000, 2)),
            Self::PerSecond => format!("{value} /s"),
            Self::Megabytes => format!("{value} MB"),
        }
    }

    /// Whether less is better.
    pub fn is_cost(self) -> bool {
        self != Self::PerSecond
    }
}

/// A measured quantity.
#[derive(Clone, Copy, Debug)]
pub struct Figure {
    pub unit: Unit,
    pub median: i128,
    pub min: i128,
    pub max: i128,
}

impl Figure {
    pub fn of(unit: Unit, mut values: Vec<i128>) -> Self {
        values.sort_unstable();
        let at = |index: usize| values.get(index).copied().unwrap_or(0);
        Self { unit, median: at(values.len() / 2), min: at(0), max: at(values.len().saturating_sub(1)) }
    }

    pub fn one(unit: Unit, value: i128) -> Self {
        Self { unit, median: value, min: value, max: value }
    }

    pub fn milliseconds(times: &[Duration]) -> Self {
        Self::of(Unit::Milliseconds, times.iter().map(|time| micros(*time)).collect())
    }
}

pub fn micros(time: Duration) -> i128 {
    i128::try_from(time.as_micros()).unwrap_or(i128::MAX)
}

/// How many were done in a second.
pub fn rate(number: i64, time: Duration) -> i128 {
    i128::from(number) * 1_000_000 / micros(time).max(1)
}

/// The time that so many per cent of all times do not exceed.
pub fn percentile(times: &[Duration], per_cent: usize) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let at = (sorted.len() * per_cent).div_ceil(100).saturating_sub(1);
    sorted.get(at).copied().unwrap_or_default()
}
