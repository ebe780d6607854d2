//! Until when a decision is due (办理时限).
//!
//! The regime is that of the day of acceptance. A correction makes the day on which it is filed the day of acceptance
//! where the regime says so; else the time with the applicant is simply not given back, as the measures of 2000 know no
//! pause. Experts' review takes the place of the usual limit and does not add to it.

use jiff::civil::Date;

use crate::region::{Calendar, DayLimit, Regime, Standing};

/// The days of one application that its clock rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// First accepted on (受理日期).
    pub accepted_on: Date,
    /// The last correction was filed on (补正日期).
    pub corrected_on: Option<Date>,
    /// Whether experts review it.
    pub has_expert_review: bool,
}

/// When a decision is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// On that day at the latest.
    On {
        /// The last day.
        last_day: Date,
        /// Whether the days come from the text in force or are still to be confirmed (待核实).
        standing: Standing,
    },
    /// So many days from that day on, of which the holidays have not been announced yet.
    CalendarMissing {
        /// Counted from the day after.
        from: Date,
        /// How many working days.
        days: u32,
    },
}

impl Clock {
    /// When the decision is due under a regime.
    #[must_use]
    pub fn due(self, regime: &Regime, calendar: &Calendar) -> Due {
        let from = match self.corrected_on {
            Some(corrected_on) if regime.correction_restarts => corrected_on.max(self.accepted_on),
            _ => self.accepted_on,
        };
        let limit = self.limit(regime);
        match limit.last_day(from, calendar) {
            Some(last_day) => Due::On { last_day, standing: regime.standing },
            None => Due::CalendarMissing { from, days: limit.days },
        }
    }

    fn limit(self, regime: &Regime) -> DayLimit {
        match regime.expert_review {
            Some(review) if self.has_expert_review => review.limit,
            _ => regime.decision,
        }
    }
}

impl Due {
    /// Whether the day has passed; nobody is late while the calendar is missing.
    #[must_use]
    pub fn is_late_on(self, today: Date) -> bool {
        matches!(self, Self::On { last_day, .. } if last_day < today)
    }
}
