//! Money in whole fen (分). Sums run in `i128`, and every method that rounds says how.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Fen in one yuan (元).
pub const FEN_PER_YUAN: i64 = 100;
/// Fen in ten thousand yuan (万元).
pub const FEN_PER_TEN_THOUSAND_YUAN: i64 = 1_000_000;
/// Fen in a hundred million yuan (亿元).
pub const FEN_PER_HUNDRED_MILLION_YUAN: i64 = 10_000_000_000;
/// The largest amount one contract may carry: a trillion yuan, far above any contract, far below overflow.
pub const CONTRACT_FEN_MAX: i64 = 1_000_000_000_000 * FEN_PER_YUAN;

/// An amount in fen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fen(pub i64);

/// The unit in which a sheet states or prints money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MoneyUnit {
    /// 元
    Yuan,
    /// 万元
    TenThousandYuan,
    /// 亿元
    HundredMillionYuan,
}

impl MoneyUnit {
    /// Fen in one of this unit.
    #[must_use]
    pub const fn fen(self) -> i64 {
        match self {
            Self::Yuan => FEN_PER_YUAN,
            Self::TenThousandYuan => FEN_PER_TEN_THOUSAND_YUAN,
            Self::HundredMillionYuan => FEN_PER_HUNDRED_MILLION_YUAN,
        }
    }

    /// The unit as a header prints it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Yuan => "元",
            Self::TenThousandYuan => "万元",
            Self::HundredMillionYuan => "亿元",
        }
    }
}

/// Why a text is not an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyProblem {
    /// The cell is empty.
    #[error("empty amount")]
    Empty,
    /// The text is not a decimal number.
    #[error("not a decimal number")]
    NotANumber,
    /// The amount is below zero.
    #[error("amount below zero")]
    Negative,
    /// The amount has a part smaller than one fen.
    #[error("amount finer than one fen")]
    FinerThanFen,
    /// The amount exceeds [`CONTRACT_FEN_MAX`].
    #[error("amount too large")]
    TooLarge,
}

impl Fen {
    /// Reads a decimal text stated in `unit`, exactly: nothing is rounded, no binary fraction is involved.
    ///
    /// Accepts thousands separators and full-width digits, as bureau sheets carry both.
    pub fn parse(text: &str, unit: MoneyUnit) -> Result<Self, MoneyProblem> {
        let plain = plain_number(text)?;
        let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
        if whole.is_empty() && fraction.is_empty() {
            return Err(MoneyProblem::NotANumber);
        }
        let mut fen: i128 = 0;
        let scale = i128::from(unit.fen());
        for digit in whole.bytes() {
            fen = fen * 10 + i128::from(digit - b'0') * scale;
            if fen > i128::from(CONTRACT_FEN_MAX) {
                return Err(MoneyProblem::TooLarge);
            }
        }
        let mut place = scale;
        for digit in fraction.bytes() {
            let value = i128::from(digit - b'0');
            if place % 10 != 0 && value != 0 {
                return Err(MoneyProblem::FinerThanFen);
            }
            place /= 10;
            fen += value * place;
        }
        match i64::try_from(fen) {
            Ok(amount) if amount <= CONTRACT_FEN_MAX => Ok(Self(amount)),
            _ => Err(MoneyProblem::TooLarge),
        }
    }

    /// The amount in `unit` with two decimals, halves away from zero (四舍五入).
    #[must_use]
    pub fn display_in(self, unit: MoneyUnit) -> String {
        display_fen(i128::from(self.0), unit)
    }

    /// The exact amount in yuan with two decimals.
    #[must_use]
    pub fn yuan(self) -> String {
        self.display_in(MoneyUnit::Yuan)
    }
}

impl fmt::Display for Fen {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.yuan())
    }
}

/// A sum of fen in `unit` with two decimals, halves away from zero (四舍五入).
#[must_use]
pub fn display_fen(fen: i128, unit: MoneyUnit) -> String {
    crate::ratio::decimal_text(fen, i128::from(unit.fen()), 2)
}

/// Strips separators and folds full-width digits; only ASCII digits and one point are left.
fn plain_number(text: &str) -> Result<String, MoneyProblem> {
    let trimmed = text.trim().trim_start_matches(['￥', '¥']).trim();
    if trimmed.is_empty() {
        return Err(MoneyProblem::Empty);
    }
    if trimmed.starts_with(['-', '－', '−']) || (trimmed.starts_with('(') && trimmed.ends_with(')')) {
        return Err(MoneyProblem::Negative);
    }
    let mut plain = String::with_capacity(trimmed.len());
    let mut points = 0;
    for character in trimmed.chars() {
        match character {
            '0'..='9' => plain.push(character),
            '０'..='９' => plain.push(char::from(b'0' + (character as u32 - '０' as u32) as u8)),
            '.' | '．' => {
                points += 1;
                plain.push('.');
            }
            ',' | '，' if points == 0 => {}
            _ => return Err(MoneyProblem::NotANumber),
        }
    }
    if points > 1 { Err(MoneyProblem::NotANumber) } else { Ok(plain) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_exactly_in_their_unit() {
        assert_eq!(Fen::parse("1,234.56", MoneyUnit::Yuan), Ok(Fen(123_456)));
        assert_eq!(Fen::parse("１２３４．５", MoneyUnit::Yuan), Ok(Fen(123_450)));
        assert_eq!(Fen::parse("0.123456", MoneyUnit::TenThousandYuan), Ok(Fen(123_456)));
        assert_eq!(Fen::parse("203.11", MoneyUnit::HundredMillionYuan), Ok(Fen(2_031_100_000_000)));
        assert_eq!(Fen::parse("12.10000", MoneyUnit::Yuan), Ok(Fen(1210)));
    }

    #[test]
    fn what_is_not_an_amount_is_refused_with_its_reason() {
        assert_eq!(Fen::parse(" ", MoneyUnit::Yuan), Err(MoneyProblem::Empty));
        assert_eq!(Fen::parse("12元", MoneyUnit::Yuan), Err(MoneyProblem::NotANumber));
        assert_eq!(Fen::parse("1.2.3", MoneyUnit::Yuan), Err(MoneyProblem::NotANumber));
        assert_eq!(Fen::parse("-5", MoneyUnit::Yuan), Err(MoneyProblem::Negative));
        assert_eq!(Fen::parse("0.001", MoneyUnit::Yuan), Err(MoneyProblem::FinerThanFen));
        assert_eq!(Fen::parse("99999999999999999999", MoneyUnit::Yuan), Err(MoneyProblem::TooLarge));
    }

    #[test]
    fn halves_are_rounded_away_from_zero() {
        assert_eq!(display_fen(50_000_000, MoneyUnit::HundredMillionYuan), "0.01");
        assert_eq!(display_fen(49_999_999, MoneyUnit::HundredMillionYuan), "0.00");
        assert_eq!(display_fen(-50_000_000, MoneyUnit::HundredMillionYuan), "-0.01");
        assert_eq!(Fen(5).yuan(), "0.05");
    }
}
