//! Exact fractions for growth, share and completion, rounded once, when they are printed.

use std::cmp::Ordering;

use serde::{Serialize, Serializer};

/// An exact fraction with a positive denominator.
#[derive(Clone, Copy, Debug)]
pub struct Ratio {
    numerator: i128,
    denominator: i128,
}

impl Ratio {
    /// The fraction, or nothing where there is no base to divide by.
    #[must_use]
    pub fn new(numerator: i128, denominator: i128) -> Option<Self> {
        (denominator > 0).then_some(Self { numerator, denominator })
    }

    /// Growth (同比增长) of `now` over `base`, or nothing where the base is zero.
    #[must_use]
    pub fn growth(now: i128, base: i128) -> Option<Self> {
        Self::new(now - base, base)
    }

    /// The fraction as a percentage with two decimals, halves away from zero: `150.47`.
    #[must_use]
    pub fn percent(self) -> String {
        decimal_text(self.numerator * 100, self.denominator, 2)
    }

    /// Whether the fraction is below zero.
    #[must_use]
    pub fn is_negative(self) -> bool {
        self.numerator < 0
    }
}

impl PartialEq for Ratio {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Ratio {}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ratio {
    /// Compares by cross multiplication: amounts of a region stay below 2^62 fen, so products fit `i128`.
    fn cmp(&self, other: &Self) -> Ordering {
        (self.numerator * other.denominator).cmp(&(other.numerator * self.denominator))
    }
}

impl Serialize for Ratio {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.percent())
    }
}

/// `numerator / denominator` as a decimal text, halves away from zero (四舍五入).
///
/// # Panics
/// Where the denominator is not positive.
#[must_use]
pub fn decimal_text(numerator: i128, denominator: i128, decimals: u32) -> String {
    assert!(denominator > 0, "a printed fraction has a positive denominator");
    let scale = 10_i128.pow(decimals);
    let scaled = numerator.unsigned_abs() * scale.unsigned_abs();
    let divisor = denominator.unsigned_abs();
    let rounded = (scaled * 2 + divisor) / (divisor * 2);
    let sign = if numerator < 0 && rounded > 0 { "-" } else { "" };
    let unit = scale.unsigned_abs();
    if decimals == 0 {
        return format!("{sign}{rounded}");
    }
    format!("{sign}{}.{:0width$}", rounded / unit, rounded % unit, width = decimals as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_comes_from_unrounded_amounts() {
        assert_eq!(Ratio::growth(2191, 2223).map(Ratio::percent).as_deref(), Some("-1.44"));
        assert_eq!(Ratio::growth(2700, 1350).map(Ratio::percent).as_deref(), Some("100.00"));
        assert_eq!(Ratio::growth(5, 0), None);
    }

    #[test]
    fn halves_go_away_from_zero_and_minus_zero_is_zero() {
        assert_eq!(decimal_text(1, 8, 2), "0.13");
        assert_eq!(decimal_text(-1, 8, 2), "-0.13");
        assert_eq!(decimal_text(1, 3, 2), "0.33");
        assert_eq!(decimal_text(2, 3, 2), "0.67");
        assert_eq!(decimal_text(5, 1000, 2), "0.01");
        assert_eq!(decimal_text(-1, 1000, 2), "0.00");
    }

    #[test]
    fn fractions_are_ordered_exactly() {
        let third = Ratio::new(1, 3).expect("positive denominator");
        let more = Ratio::new(33_334, 100_000).expect("positive denominator");
        assert!(third < more);
        assert_eq!(third, Ratio::new(2, 6).expect("positive denominator"));
    }
}
