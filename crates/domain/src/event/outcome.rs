//! What came of a meeting (洽谈结果), and what of the signed projects was registered after 30, 90 and 180 days (签约转化).

use jiff::Span;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::money::Fen;

/// What came of a meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeetingOutcome {
    /// 现场签约: a project was signed.
    Signed,
    /// 继续洽谈
    Continue,
    /// 无合作意向
    NoInterest,
    /// 未进行: one of them did not come.
    NotHeld,
}

impl MeetingOutcome {
    /// Every outcome.
    pub const ALL: [Self; 4] = [Self::Signed, Self::Continue, Self::NoInterest, Self::NotHeld];

    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Signed => ("signed", "现场签约", "signed"),
            Self::Continue => ("continue", "继续洽谈", "talks go on"),
            Self::NoInterest => ("no_interest", "无合作意向", "no interest"),
            Self::NotHeld => ("not_held", "未进行", "did not take place"),
        }
    }

    /// The word of the database and the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.words().0
    }

    /// The Chinese term.
    #[must_use]
    pub const fn label(self) -> &'static str {
        self.words().1
    }

    /// The English term.
    #[must_use]
    pub const fn label_en(self) -> &'static str {
        self.words().2
    }

    /// The outcome of a stored word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.code() == code)
    }

    /// Whether a lead follows from it.
    #[must_use]
    pub const fn opens_lead(self) -> bool {
        matches!(self, Self::Signed | Self::Continue)
    }
}

/// After how many days what was signed is held against what is registered.
pub const SETTLEMENT_DAYS: [i64; 3] = [30, 90, 180];

/// A project signed at an event, with the registration that came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedProject {
    /// What was signed for, where an amount was named.
    pub amount: Option<Fen>,
    /// Day and contract value of the registration of its contract.
    pub registered: Option<(Date, Fen)>,
}

/// What was registered until a day after the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SettlementLine {
    /// Days after the event.
    pub days: i64,
    /// The last of them; it counts.
    pub until: Date,
    /// Whether that day is over, so that the figures stay.
    pub is_final: bool,
    /// Projects whose contracts were registered until then.
    pub registered: usize,
    /// Their contract value as registered.
    pub registered_value: Fen,
}

/// What was registered 30, 90 and 180 days after an event.
#[must_use]
pub fn settle(held_on: Date, today: Date, projects: &[SignedProject]) -> [SettlementLine; 3] {
    SETTLEMENT_DAYS.map(|days| {
        let until = held_on.checked_add(Span::new().days(days)).unwrap_or(Date::MAX);
        let within = || projects.iter().filter_map(|one| one.registered).filter(move |(on, _)| *on <= until);
        let value = within().map(|(_, value)| i128::from(value.0)).sum::<i128>();
        SettlementLine {
            days,
            until,
            is_final: today > until,
            registered: within().count(),
            registered_value: Fen(i64::try_from(value).unwrap_or(i64::MAX)),
        }
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_registration_counts_from_its_day_on_and_the_last_day_counts() {
        let held_on = date(2026, 3, 1);
        let project = |registered| SignedProject { amount: Some(Fen(1_000)), registered };
        let projects = [
            project(Some((date(2026, 3, 31), Fen(10)))),
            project(Some((date(2026, 4, 1), Fen(20)))),
            project(Some((date(2026, 8, 28), Fen(40)))),
            project(Some((date(2026, 8, 29), Fen(80)))),
            project(None),
        ];
        let lines = settle(held_on, date(2026, 4, 1), &projects);
        assert_eq!(lines.map(|line| line.registered), [1, 2, 3]);
        assert_eq!(lines.map(|line| line.registered_value), [Fen(10), Fen(30), Fen(70)]);
        assert_eq!(lines.map(|line| line.until), [date(2026, 3, 31), date(2026, 5, 30), date(2026, 8, 28)]);
        assert_eq!(lines.map(|line| line.is_final), [true, false, false]);
    }

    #[test]
    fn a_lead_follows_where_they_go_on() {
        for outcome in MeetingOutcome::ALL {
            assert_eq!(MeetingOutcome::from_code(outcome.code()), Some(outcome));
        }
        assert!(MeetingOutcome::Continue.opens_lead() && !MeetingOutcome::NoInterest.opens_lead());
    }
}
