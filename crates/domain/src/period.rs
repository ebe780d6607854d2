//! Statistical periods (统计期): whole months of one year, on the registration date (登记日期).

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, date};
use serde::{Serialize, Serializer};

/// The earliest year that a period may name.
pub const YEAR_MIN: i16 = 1985;
/// The latest year that a period may name.
pub const YEAR_MAX: i16 = 2100;

/// English names of the months.
const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// One month of one year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    /// Calendar year.
    pub year: i16,
    /// 1 to 12.
    pub month: i8,
}

impl Month {
    /// The month in which a date lies.
    #[must_use]
    pub fn of(day: Date) -> Self {
        Self { year: day.year(), month: day.month() }
    }

    /// Months since January of year 0, for arithmetic and column storage.
    #[must_use]
    pub fn index(self) -> i32 {
        i32::from(self.year) * 12 + i32::from(self.month) - 1
    }

    /// The month at an index made by [`Month::index`].
    #[must_use]
    pub fn from_index(index: i32) -> Self {
        let year = i16::try_from(index.div_euclid(12)).expect("a month index stems from a 16-bit year");
        let month = i8::try_from(index.rem_euclid(12) + 1).expect("a remainder below 12 fits");
        Self { year, month }
    }

    /// The first day of the month.
    #[must_use]
    pub fn first_day(self) -> Date {
        date(self.year, self.month, 1)
    }

    /// The last day of the month.
    #[must_use]
    pub fn last_day(self) -> Date {
        self.first_day().last_of_month()
    }

    /// The month's English name, without the year.
    #[must_use]
    pub fn name_en(self) -> &'static str {
        let names = usize::try_from(self.month - 1).ok().and_then(|at| MONTHS_EN.get(at));
        names.expect("invariant: a month is 1 to 12")
    }
}

impl fmt::Display for Month {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}-{:02}", self.year, self.month)
    }
}

/// A run of whole months: `2017`, `2022-H1`, `2022-Q1`, `2022-06` or `2026-01..2026-05`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period {
    first: Month,
    last: Month,
}

/// Why a text is not a period.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PeriodProblem {
    /// The text has none of the known forms.
    #[error("`{0}` is not a period: write 2017, 2022-H1, 2022-Q1, 2022-06 or 2026-01..2026-05")]
    Form(String),
    /// The last month lies before the first.
    #[error("the period `{0}` ends before it begins")]
    Reversed(String),
    /// The year is outside [`YEAR_MIN`] to [`YEAR_MAX`].
    #[error("the year of `{0}` is outside {YEAR_MIN} to {YEAR_MAX}")]
    Year(String),
}

impl Period {
    /// The period from one month to another, both included.
    pub fn between(first: Month, last: Month) -> Result<Self, PeriodProblem> {
        let period = Self { first, last };
        if last < first {
            return Err(PeriodProblem::Reversed(format!("{first}..{last}")));
        }
        if first.year < YEAR_MIN || last.year > YEAR_MAX {
            return Err(PeriodProblem::Year(format!("{first}..{last}")));
        }
        Ok(period)
    }

    /// A whole calendar year.
    pub fn year(year: i16) -> Result<Self, PeriodProblem> {
        Self::between(Month { year, month: 1 }, Month { year, month: 12 })
    }

    /// One month.
    pub fn month(month: Month) -> Result<Self, PeriodProblem> {
        Self::between(month, month)
    }

    /// First month.
    #[must_use]
    pub fn first(self) -> Month {
        self.first
    }

    /// Last month.
    #[must_use]
    pub fn last(self) -> Month {
        self.last
    }

    /// First day.
    #[must_use]
    pub fn first_day(self) -> Date {
        self.first.first_day()
    }

    /// Last day.
    #[must_use]
    pub fn last_day(self) -> Date {
        self.last.last_day()
    }

    /// Whether the day lies in the period.
    #[must_use]
    pub fn contains(self, day: Date) -> bool {
        let month = Month::of(day);
        self.first <= month && month <= self.last
    }

    /// The same months a year earlier (上年同期).
    #[must_use]
    pub fn previous_year(self) -> Self {
        Self {
            first: Month::from_index(self.first.index() - 12),
            last: Month::from_index(self.last.index() - 12),
        }
    }

    /// January of the last month's year up to the last month (1 月至本月累计).
    #[must_use]
    pub fn cumulative(self) -> Self {
        Self { first: Month { year: self.last.year, month: 1 }, last: self.last }
    }

    /// The months in order.
    pub fn months(self) -> impl Iterator<Item = Month> {
        (self.first.index()..=self.last.index()).map(Month::from_index)
    }

    /// The period as a bulletin's title prints it: 2022年1-6月, 2017年, 2026年5月.
    #[must_use]
    pub fn title(self) -> String {
        let Month { year, month } = self.first;
        if self.first.year != self.last.year {
            return format!("{year}年{month}月至{}年{}月", self.last.year, self.last.month);
        }
        if month == 1 && self.last.month == 12 {
            return format!("{year}年");
        }
        if self.first == self.last {
            return format!("{year}年{month}月");
        }
        format!("{year}年{month}-{}月", self.last.month)
    }

    /// The same in English: January–June 2022, 2017, May 2026, November 2025 – February 2026.
    #[must_use]
    pub fn title_en(self) -> String {
        let (first, last) = (self.first, self.last);
        if first.year != last.year {
            return format!("{} {} – {} {}", first.name_en(), first.year, last.name_en(), last.year);
        }
        if (first.month, last.month) == (1, 12) {
            return first.year.to_string();
        }
        if first == last {
            return format!("{} {}", first.name_en(), first.year);
        }
        format!("{}–{} {}", first.name_en(), last.name_en(), first.year)
    }
}

impl FromStr for Period {
    type Err = PeriodProblem;

    fn from_str(text: &str) -> Result<Self, PeriodProblem> {
        let unknown = || PeriodProblem::Form(text.to_owned());
        if let Some((first, last)) = text.split_once("..") {
            let first = parse_month(first).ok_or_else(unknown)?;
            let last = parse_month(last).ok_or_else(unknown)?;
            return Self::between(first, last);
        }
        if text.len() == 4 {
            return Self::year(parse_digits(text).ok_or_else(unknown)?);
        }
        let (year, part) = text.split_once('-').ok_or_else(unknown)?;
        let year_number: i16 = (year.len() == 4).then(|| parse_digits(year)).flatten().ok_or_else(unknown)?;
        let (first, last) = match part {
            "H1" => (1, 6),
            "H2" => (7, 12),
            "Q1" => (1, 3),
            "Q2" => (4, 6),
            "Q3" => (7, 9),
            "Q4" => (10, 12),
            _ => return Self::month(parse_month(text).ok_or_else(unknown)?),
        };
        Self::between(Month { year: year_number, month: first }, Month { year: year_number, month: last })
    }
}

impl fmt::Display for Period {
    /// The shortest form that [`Period::from_str`] reads back.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Month { year, month } = self.first;
        if self.first == self.last {
            return write!(formatter, "{}", self.first);
        }
        if year != self.last.year {
            return write!(formatter, "{}..{}", self.first, self.last);
        }
        match (month, self.last.month) {
            (1, 12) => write!(formatter, "{year:04}"),
            (1, 6) => write!(formatter, "{year:04}-H1"),
            (7, 12) => write!(formatter, "{year:04}-H2"),
            (first, last) if first % 3 == 1 && last == first + 2 => {
                write!(formatter, "{year:04}-Q{}", last / 3)
            }
            _ => write!(formatter, "{}..{}", self.first, self.last),
        }
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

fn parse_month(text: &str) -> Option<Month> {
    let (year, month) = text.split_once('-')?;
    if year.len() != 4 || month.len() != 2 {
        return None;
    }
    let month = parse_digits(month).filter(|number| (1..=12).contains(number))?;
    Some(Month { year: parse_digits(year)?, month: i8::try_from(month).ok()? })
}

fn parse_digits(text: &str) -> Option<i16> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read_and_printed_back() {
        for text in [
            "2017",
            "2022-H1",
            "2022-H2",
            "2022-Q1",
            "2022-Q4",
            "2022-06",
            "2026-01..2026-05",
            "2025-11..2026-02",
        ] {
            let period: Period = text.parse().expect("a known form");
            assert_eq!(period.to_string(), text);
        }
    }

    #[test]
    fn wrong_forms_say_what_to_write() {
        for text in
            ["", "17", "2022-13", "2022-00", "2022-H3", "2022/06", "２０２２", "2022-6", "2022-06-01", "+202"]
        {
            assert!(matches!(text.parse::<Period>(), Err(PeriodProblem::Form(_))), "{text}");
        }
        assert!(matches!("2026-05..2026-01".parse::<Period>(), Err(PeriodProblem::Reversed(_))));
        assert!(matches!("1800".parse::<Period>(), Err(PeriodProblem::Year(_))));
    }

    #[test]
    fn titles_read_as_each_language_writes_them() {
        for (text, zh, en) in [
            ("2017", "2017年", "2017"),
            ("2022-H1", "2022年1-6月", "January–June 2022"),
            ("2022-Q3", "2022年7-9月", "July–September 2022"),
            ("2026-09", "2026年9月", "September 2026"),
            ("2026-01..2026-09", "2026年1-9月", "January–September 2026"),
            ("2025-11..2026-02", "2025年11月至2026年2月", "November 2025 – February 2026"),
        ] {
            let period: Period = text.parse().expect("a period");
            assert_eq!((period.title().as_str(), period.title_en().as_str()), (zh, en));
        }
    }

    #[test]
    fn a_period_knows_its_base_and_its_cumulative_months() {
        let june: Period = "2022-06".parse().expect("a month");
        assert_eq!(june.previous_year().to_string(), "2021-06");
        assert_eq!(june.cumulative().to_string(), "2022-H1");
        assert_eq!(june.last_day(), date(2022, 6, 30));
        assert_eq!("2026-01..2026-05".parse::<Period>().expect("a run").title(), "2026年1-5月");
    }
}
