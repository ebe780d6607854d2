//! Dates that stand in a sheet as text.

use jiff::civil::Date;

use super::width::fold_width;

/// The earliest year that a date in a sheet may have.
pub const DATE_YEAR_MIN: i16 = 1900;
/// The latest year that a date in a sheet may have.
pub const DATE_YEAR_MAX: i16 = 2100;
/// Characters beyond which a text is no date, whatever it begins with.
const DATE_CHARACTERS_MAX: usize = 40;

/// Reads 2026-01-05, 2026/1/5, 2026.1.5, 2026年1月5日 or 20260105, full-width or not.
///
/// A time of day after the date is read and dropped. Two-digit years, months without a day and bare serial
/// numbers are not guessed at.
#[must_use]
pub fn parse_date(text: &str) -> Option<Date> {
    if text.chars().nth(DATE_CHARACTERS_MAX).is_some() {
        return None;
    }
    let folded = fold_width(text);
    let trimmed = folded.trim();
    if trimmed.len() == 8 && trimmed.bytes().all(|byte| byte.is_ascii_digit()) {
        return date_of(&trimmed[..4], &trimmed[4..6], &trimmed[6..]);
    }
    let (year, rest) = split_number(trimmed, 4..=4)?;
    let rest = rest.trim_start();
    if let Some(rest) = rest.strip_prefix('年') {
        let (month, rest) = split_number(rest.trim_start(), 1..=2)?;
        let (day, rest) = split_number(rest.trim_start().strip_prefix('月')?.trim_start(), 1..=2)?;
        let rest = rest.trim_start();
        let rest = rest.strip_prefix('日').or_else(|| rest.strip_prefix('号'))?;
        return is_time_or_nothing(rest).then(|| date_of(year, month, day)).flatten();
    }
    let separator =
        rest.chars().next().filter(|character| matches!(character, '-' | '/' | '.' | '—' | '–'))?;
    let (month, rest) = split_number(rest[separator.len_utf8()..].trim_start(), 1..=2)?;
    let (day, rest) = split_number(rest.trim_start().strip_prefix(separator)?.trim_start(), 1..=2)?;
    is_time_or_nothing(rest).then(|| date_of(year, month, day)).flatten()
}

fn split_number(text: &str, digits: std::ops::RangeInclusive<usize>) -> Option<(&str, &str)> {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    digits.contains(&end).then(|| text.split_at(end))
}

fn date_of(year: &str, month: &str, day: &str) -> Option<Date> {
    let year: i16 = year.parse().ok()?;
    if !(DATE_YEAR_MIN..=DATE_YEAR_MAX).contains(&year) {
        return None;
    }
    Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()
}

/// Whether what follows a date is nothing or a time such as ` 08:30`, `T08:30:00.000Z` or ` 8:30:00`.
fn is_time_or_nothing(rest: &str) -> bool {
    if rest.trim().is_empty() {
        return true;
    }
    let Some(time) = rest.strip_prefix(['T', ' ']) else { return false };
    let (clock, fraction) =
        time.trim().trim_end_matches('Z').split_once('.').unwrap_or((time.trim().trim_end_matches('Z'), "0"));
    let parts: Vec<&str> = clock.split(':').collect();
    let is_part = |part: &&str| split_number(part, 1..=2).is_some_and(|(_, rest)| rest.is_empty());
    (2..=3).contains(&parts.len())
        && parts.iter().all(is_part)
        && parts[0].parse().is_ok_and(|hour: u8| hour < 24)
        && parts[1..].iter().all(|part| part.parse().is_ok_and(|number: u8| number < 60))
        && split_number(fraction, 1..=9).is_some_and(|(_, rest)| rest.is_empty())
}
