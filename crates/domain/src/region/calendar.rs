//! Working days (工作日): weekdays without the statutory holidays, with the weekend days that are worked instead.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, Weekday};

use super::document::{Fields, Node, parse_date};
use super::problem::{Mistake, Place, Sink};

const KEYS: [&str; 6] = ["year", "source", "status", "note", "holidays", "workdays"];

/// Days off and days worked of each year that the State Council has announced.
#[derive(Debug, Clone, Default)]
pub struct Calendar {
    years: BTreeMap<i16, Year>,
}

#[derive(Debug, Clone, Default)]
struct Year {
    holidays: BTreeSet<Date>,
    workdays: BTreeSet<Date>,
}

impl Calendar {
    /// Reads one `calendar/YEAR.yaml`.
    pub(super) fn read(&mut self, file: &str, node: &Node, sink: &mut Sink) {
        let Some(fields) = Fields::of(file, node, &KEYS, sink) else { return };
        if fields.text("year", sink).is_none() {
            return;
        }
        let Some(year) = fields.number("year", 9999, sink).and_then(|year| i16::try_from(year).ok()) else {
            return;
        };
        let mut seen = BTreeSet::new();
        let mut days = |key: &str, sink: &mut Sink| {
            let mut found = BTreeSet::new();
            for (place, text) in fields.texts(key, sink) {
                match parse_date(text) {
                    None => sink.add(file, place, Mistake::NotADate { value: text.to_owned() }),
                    Some(day) if day.year() != year => {
                        sink.add(file, place, Mistake::DayOfOtherYear { day, year });
                    }
                    Some(day) if !seen.insert(day) => sink.add(file, place, Mistake::DayTwice { day }),
                    Some(day) => {
                        found.insert(day);
                    }
                }
            }
            found
        };
        let holidays = days("holidays", sink);
        let workdays = days("workdays", sink);
        for day in workdays.iter().filter(|day| !is_weekend(**day)) {
            let place =
                fields.texts("workdays", sink).into_iter().find(|(_, text)| parse_date(text) == Some(*day));
            let place = place.map_or_else(Place::default, |(place, _)| place);
            sink.add(file, place, Mistake::WorkdayNotOnWeekend { day: *day });
        }
        self.years.insert(year, Year { holidays, workdays });
    }

    /// Whether people work on that day; `None` for a year whose holidays are not known.
    #[must_use]
    pub fn is_working_day(&self, date: Date) -> Option<bool> {
        let year = self.years.get(&date.year())?;
        Some(year.workdays.contains(&date) || !(is_weekend(date) || year.holidays.contains(&date)))
    }

    /// The day `days` working days after `date`, which itself is not counted (次日起算).
    ///
    /// `None` where it would run into a year whose holidays are not known.
    #[must_use]
    pub fn add_working_days(&self, date: Date, days: u32) -> Option<Date> {
        let mut at = date;
        let mut left = days;
        while left > 0 {
            at = at.tomorrow().ok()?;
            left -= u32::from(self.is_working_day(at)?);
        }
        Some(at)
    }

    /// The years whose holidays are known.
    pub fn years(&self) -> impl Iterator<Item = i16> {
        self.years.keys().copied()
    }
}

fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}
