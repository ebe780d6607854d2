//! Days, months and periods as each language writes them.

use jiff::civil::Date;
use xiaoxiang_domain::period::{Month, Period};

use super::Language;

const MONTHS: [&str; 12] = [
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

fn english_month(month: i8) -> &'static str {
    usize::try_from(month - 1).ok().and_then(|index| MONTHS.get(index)).copied().unwrap_or_default()
}

impl Language {
    /// 2026年11月5日, 5 November 2026.
    #[must_use]
    pub fn day(self, day: Date) -> String {
        match self {
            Self::Chinese => format!("{}年{}月{}日", day.year(), day.month(), day.day()),
            Self::English => format!("{} {} {}", day.day(), english_month(day.month()), day.year()),
        }
    }

    /// 2026年11月, November 2026.
    #[must_use]
    pub fn month(self, month: Month) -> String {
        match self {
            Self::Chinese => format!("{}年{}月", month.year, month.month),
            Self::English => format!("{} {}", english_month(month.month), month.year),
        }
    }

    /// 2026年1-10月, January to October 2026.
    #[must_use]
    pub fn period(self, period: Period) -> String {
        if self == Self::Chinese {
            return period.title();
        }
        let (first, last) = (period.first(), period.last());
        if first == last {
            self.month(first)
        } else if first.year != last.year {
            format!("{} to {}", self.month(first), self.month(last))
        } else if (first.month, last.month) == (1, 12) {
            first.year.to_string()
        } else {
            format!("{} to {}", english_month(first.month), self.month(last))
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn days_and_periods_read_as_each_language_writes_them() {
        let period: Period = "2026-01..2026-10".parse().expect("a period");
        assert_eq!(Language::English.period(period), "January to October 2026");
        assert_eq!(Language::Chinese.period(period), "2026年1-10月");
        assert_eq!(Language::English.day(date(2026, 11, 5)), "5 November 2026");
        assert_eq!(Language::Chinese.day(date(2026, 11, 5)), "2026年11月5日");
    }
}
