//! A hand-made sheet as it was typed: what its headers mean and how exact its numbers are.

use xiaoxiang_domain::bulletin::Direction;
use xiaoxiang_domain::money::MoneyUnit;
use xiaoxiang_domain::period::Period;

/// A bureau's own table: headers without that of the label column, and rows of texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HandSheet {
    /// Headers from left to right; group and header of a two-line head are joined, such as `吸纳 成交额(亿元)`.
    pub headers: Vec<String>,
    /// Rows from top to bottom.
    pub rows: Vec<HandRow>,
}

/// One row of a hand-made sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HandRow {
    /// Text of the label column.
    pub label: String,
    /// Texts of the other columns, in the order of the headers.
    pub cells: Vec<String>,
}

/// What a column shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Figure {
    Count,
    ContractValue(MoneyUnit),
    TechnologyValue(MoneyUnit),
    CountGrowth,
    ContractGrowth,
    TechnologyGrowth,
    Share,
    Rank,
}

/// The table's own period, or the year before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    Now,
    Before,
}

/// Why a header is not compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderProblem {
    /// The header names no known figure.
    Unknown,
    /// A money column without a unit: it is not guessed.
    NoUnit,
    /// The header names another direction or span than the table compared with.
    OtherTable,
}

/// Reads a header in the light of the table that it is compared with.
pub(super) fn read_header(
    header: &str,
    direction: Direction,
    period: Period,
) -> Result<(Figure, When), HeaderProblem> {
    let text: String = header.chars().filter(|character| !character.is_whitespace()).collect();
    let text = text.replace('（', "(").replace('）', ")").replace('％', "%");
    let named = Direction::ALL.into_iter().find(|other| text.contains(other.label()));
    let other_span = (text.contains("累计") && period != period.cumulative())
        || ((text.contains("当月") || text.contains("本月")) && period.first() != period.last());
    if named.is_some_and(|named| named != direction) || other_span {
        return Err(HeaderProblem::OtherTable);
    }
    let before = period.previous_year();
    let names = |months: Period| text.contains(&months.title()) || text.ends_with(&format!("_{months}"));
    let when = if text.contains("上年") || text.contains("去年") || names(before) {
        When::Before
    } else {
        When::Now
    };
    Ok((figure(&text)?, when))
}

fn figure(text: &str) -> Result<Figure, HeaderProblem> {
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let is_technology = has(&["技术交易额", "技术性收入"]);
    let is_count = has(&["项数", "(项)", "交易量", "合同数", "份数", "件数"]) || text.ends_with('项');
    // Targets and their completion are set, not counted.
    if has(&["目标", "完成"]) {
        return Err(HeaderProblem::Unknown);
    }
    if has(&["位次", "排名", "名次"]) {
        return Ok(Figure::Rank);
    }
    if has(&["占比", "比重"]) {
        return Ok(Figure::Share);
    }
    if has(&["增长", "同比", "增幅"]) {
        return Ok(match (is_technology, is_count) {
            (true, _) => Figure::TechnologyGrowth,
            (false, true) => Figure::CountGrowth,
            (false, false) => Figure::ContractGrowth,
        });
    }
    if is_count {
        return Ok(Figure::Count);
    }
    if !has(&["额", "金额"]) {
        return Err(HeaderProblem::Unknown);
    }
    let unit = match () {
        () if text.contains("亿元") => MoneyUnit::HundredMillionYuan,
        () if text.contains("万元") => MoneyUnit::TenThousandYuan,
        () if text.contains('元') => MoneyUnit::Yuan,
        () => return Err(HeaderProblem::NoUnit),
    };
    Ok(if is_technology { Figure::TechnologyValue(unit) } else { Figure::ContractValue(unit) })
}

/// Decimals beyond which a spreadsheet's number is dust of its binary fractions.
const DECIMALS_MAX: u32 = 8;
/// Longest number that is read.
const DIGITS_MAX: usize = 30;

/// A decimal number as printed: `mantissa / 10^decimals`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    pub mantissa: i128,
    pub decimals: u32,
}

impl Decimal {
    /// Reads a typed number; separators, full-width digits and `%` are accepted, a missing value is none.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut mantissa: i128 = 0;
        let mut decimals: Option<u32> = None;
        let mut digits = 0;
        let mut is_negative = false;
        for character in text.trim().chars() {
            let digit = match character {
                '0'..='9' => u32::from(character) - u32::from('0'),
                '０'..='９' => u32::from(character) - u32::from('０'),
                '-' | '－' | '−' if digits == 0 => {
                    is_negative = true;
                    continue;
                }
                '.' | '．' if decimals.is_none() => {
                    decimals = Some(0);
                    continue;
                }
                ',' | '，' | '%' | '％' | ' ' => continue,
                _ => return None,
            };
            digits += 1;
            if digits > DIGITS_MAX {
                return None;
            }
            mantissa = mantissa * 10 + i128::from(digit);
            decimals = decimals.map(|places| places + 1);
        }
        if digits == 0 {
            return None;
        }
        let signed = if is_negative { -mantissa } else { mantissa };
        Some(Self { mantissa: signed, decimals: decimals.unwrap_or(0) }.without_dust())
    }

    /// The number at so many decimals, halves away from zero.
    pub(super) fn at(self, decimals: u32) -> i128 {
        if decimals >= self.decimals {
            return self.mantissa * 10_i128.pow(decimals - self.decimals);
        }
        round(self.mantissa, 10_i128.pow(self.decimals - decimals))
    }

    fn without_dust(self) -> Self {
        if self.decimals <= DECIMALS_MAX {
            return self;
        }
        Self { mantissa: self.at(DECIMALS_MAX), decimals: DECIMALS_MAX }
    }
}

/// `numerator / denominator`, halves away from zero.
pub(super) fn round(numerator: i128, denominator: i128) -> i128 {
    let rounded = (numerator.abs() * 2 + denominator) / (denominator * 2);
    if numerator < 0 { -rounded } else { rounded }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_as_bureaus_write_them() {
        let period: Period = "2017".parse().unwrap();
        let read = |header: &str| read_header(header, Direction::Absorbed, period);
        let billion = MoneyUnit::HundredMillionYuan;
        assert_eq!(read("交易量(项)_2016"), Ok((Figure::Count, When::Before)));
        assert_eq!(read("成交额（亿元）_2017"), Ok((Figure::ContractValue(billion), When::Now)));
        assert_eq!(read("技术交易额_增长率"), Ok((Figure::TechnologyGrowth, When::Now)));
        assert_eq!(read("成交额同比增长率"), Ok((Figure::ContractGrowth, When::Now)));
        assert_eq!(
            read("吸纳 成交额(万元)"),
            Ok((Figure::ContractValue(MoneyUnit::TenThousandYuan), When::Now))
        );
        assert_eq!(read("成交额排名"), Ok((Figure::Rank, When::Now)));
        assert_eq!(read("输出 成交额(万元)"), Err(HeaderProblem::OtherTable));
        assert_eq!(read("成交额"), Err(HeaderProblem::NoUnit));
        assert_eq!(read("备注"), Err(HeaderProblem::Unknown));
    }

    #[test]
    fn numbers_keep_their_exactness_and_lose_their_dust() {
        assert_eq!(Decimal::read("1,234.50"), Some(Decimal { mantissa: 123_450, decimals: 2 }));
        assert_eq!(Decimal::read("-1.44%"), Some(Decimal { mantissa: -144, decimals: 2 }));
        assert_eq!(
            Decimal::read("203.10999999999999"),
            Some(Decimal { mantissa: 20_311_000_000, decimals: 8 })
        );
        assert_eq!(Decimal::read("/"), None);
        assert_eq!(Decimal::read(""), None);
        assert_eq!(Decimal { mantissa: -125, decimals: 2 }.at(1), -13);
    }
}
