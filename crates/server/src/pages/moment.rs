//! Instants as pages write them: in the region's legal time, to the minute or the second.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// 2026-11-23 09:05
#[must_use]
pub fn minute(at_ms: i64, zone: &TimeZone) -> String {
    formatted(at_ms, zone, "%Y-%m-%d %H:%M")
}

/// 2026-11-23 09:05:07
#[must_use]
pub fn second(at_ms: i64, zone: &TimeZone) -> String {
    formatted(at_ms, zone, "%Y-%m-%d %H:%M:%S")
}

fn formatted(at_ms: i64, zone: &TimeZone, form: &str) -> String {
    let instant = Timestamp::from_millisecond(at_ms).unwrap_or(Timestamp::UNIX_EPOCH);
    instant.to_zoned(zone.clone()).strftime(form).to_string()
}

#[cfg(test)]
mod tests {
    use jiff::tz::Offset;

    use super::*;

    #[test]
    fn instants_are_written_in_legal_time() {
        let zone = TimeZone::fixed(Offset::constant(8));
        assert_eq!(minute(0, &zone), "1970-01-01 08:00");
        assert_eq!(second(61_000, &zone), "1970-01-01 08:01:01");
    }
}
