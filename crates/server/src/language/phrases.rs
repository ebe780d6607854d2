//! Days, months and periods as each language writes them.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use xiaoxiang_domain::period::{Month, Period};

use super::Language;

impl Language {
    /// 2026年11月5日, 5 November 2026.
    #[must_use]
    pub fn day(self, day: Date) -> String {
        match self {
            Self::Chinese => format!("{}年{}月{}日", day.year(), day.month(), day.day()),
            Self::English => format!("{} {} {}", day.day(), Month::of(day).name_en(), day.year()),
        }
    }

    /// 2026年11月5日 09:30, 5 November 2026, 09:30: an instant on the region's clock.
    #[must_use]
    pub fn instant(self, at_ms: i64, zone: &TimeZone) -> String {
        // An instant that no calendar holds was written by no clock.
        let Ok(at) = Timestamp::from_millisecond(at_ms) else { return at_ms.to_string() };
        let at = at.to_zoned(zone.clone());
        let day = self.day(at.date());
        match self {
            Self::Chinese => format!("{day} {:02}:{:02}", at.hour(), at.minute()),
            Self::English => format!("{day}, {:02}:{:02}", at.hour(), at.minute()),
        }
    }

    /// 2026年11月, November 2026.
    #[must_use]
    pub fn month(self, month: Month) -> String {
        match self {
            Self::Chinese => format!("{}年{}月", month.year, month.month),
            Self::English => format!("{} {}", month.name_en(), month.year),
        }
    }

    /// 2026年1-10月, January–October 2026.
    #[must_use]
    pub fn period(self, period: Period) -> String {
        match self {
            Self::Chinese => period.title(),
            Self::English => period.title_en(),
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
        assert_eq!(Language::English.period(period), "January–October 2026");
        assert_eq!(Language::Chinese.period(period), "2026年1-10月");
        assert_eq!(Language::English.day(date(2026, 11, 5)), "5 November 2026");
        assert_eq!(Language::Chinese.day(date(2026, 11, 5)), "2026年11月5日");
        let beijing = TimeZone::get("Asia/Shanghai").expect("a zone");
        assert_eq!(Language::Chinese.instant(0, &beijing), "1970年1月1日 08:00");
    }
}
