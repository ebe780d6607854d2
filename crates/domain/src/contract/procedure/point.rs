//! Registration points (登记点): opened and closed by the province from a day on, and what a closed one has still open.

use jiff::Span;
use jiff::civil::Date;

use super::state::ApplicationState;

/// How far ahead an opening or closing may be ordered.
const AHEAD_DAYS_MAX: i64 = 366;

/// What the province does with a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PointAct {
    /// 设立、恢复.
    Open,
    /// 撤销登记点: it takes no new application.
    Close,
}

impl PointAct {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Open, Self::Close];

    /// The word of the database and the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Close => "close",
        }
    }

    /// The act of a word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.code() == code)
    }
}

/// An act with the day from which it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DatedAct {
    /// Which.
    pub act: PointAct,
    /// Its first day.
    pub on: Date,
}

/// What region data say of a registrar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListedAs {
    /// They list registrars, and not this one: it takes nothing before the province opens it.
    Absent,
    /// It is listed with its days, or nothing is listed at all.
    Present {
        /// First day; open where it is not known.
        from: Option<Date>,
        /// Last day.
        to: Option<Date>,
    },
}

impl Default for ListedAs {
    fn default() -> Self {
        Self::Present { from: None, to: None }
    }
}

/// What is known of a point's opening: what region data say, then the province's acts in order, which go before them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PointRecord {
    /// In region data.
    pub listed: ListedAs,
    /// In the order in which they were ordered; their days never go back.
    pub acts: Vec<DatedAct>,
}

impl PointRecord {
    /// Whether it takes applications on a day.
    #[must_use]
    pub fn is_open_on(&self, day: Date) -> bool {
        match self.acts.iter().rev().find(|act| act.on <= day) {
            Some(act) => act.act == PointAct::Open,
            // Opened for the first time on a later day, it is not open before; closed later, it still is.
            None => match self.acts.first() {
                Some(DatedAct { act: PointAct::Open, .. }) => false,
                _ => match self.listed {
                    ListedAs::Absent => false,
                    ListedAs::Present { from, to } => {
                        from.is_none_or(|from| from <= day) && to.is_none_or(|to| day <= to)
                    }
                },
            },
        }
    }

    /// What was ordered for a day after `today`, the first of them.
    #[must_use]
    pub fn next_act(&self, today: Date) -> Option<DatedAct> {
        self.acts.iter().copied().find(|act| act.on > today)
    }

    /// Whether it is closed, or its closing is ordered.
    #[must_use]
    pub fn is_given_up(&self, today: Date) -> bool {
        match self.acts.last() {
            Some(last) => last.act == PointAct::Close,
            None => !self.is_open_on(today),
        }
    }

    /// Whether an act can be ordered from a day on.
    pub fn decide(&self, act: PointAct, on: Date, today: Date) -> Result<(), PointObstacle> {
        let is_to_be_open = match self.acts.last() {
            Some(last) => last.act == PointAct::Open,
            None => self.is_open_on(on),
        };
        if is_to_be_open == (act == PointAct::Open) {
            return Err(match act {
                PointAct::Open => PointObstacle::OpenAlready,
                PointAct::Close => PointObstacle::ClosedAlready,
            });
        }
        if on < today {
            return Err(PointObstacle::DayPast);
        }
        let last_day = today.checked_add(Span::new().days(AHEAD_DAYS_MAX));
        if last_day.is_ok_and(|last_day| on > last_day) {
            return Err(PointObstacle::DayFar);
        }
        if self.acts.last().is_some_and(|last| on < last.on) {
            return Err(PointObstacle::BeforeLastAct);
        }
        Ok(())
    }
}

/// Why a point cannot be opened or closed so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PointObstacle {
    /// It is open, or its opening is ordered.
    OpenAlready,
    /// It is closed, or its closing is ordered.
    ClosedAlready,
    /// The past is not changed.
    DayPast,
    /// More than a year ahead.
    DayFar,
    /// What was ordered last begins later.
    BeforeLastAct,
}

impl PointObstacle {
    /// Stable code, Chinese and English sentence.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::OpenAlready => (
                "point.open_already",
                "登记点已开放，或已决定开放。",
                "the point is open, or its opening is ordered",
            ),
            Self::ClosedAlready => (
                "point.closed_already",
                "登记点已关闭，或已决定关闭。",
                "the point is closed, or its closing is ordered",
            ),
            Self::DayPast => {
                ("point.day_past", "生效日期不能早于今天。", "the day must not lie before today")
            }
            Self::DayFar => {
                ("point.day_far", "生效日期不能晚于一年以后。", "the day must not lie more than a year ahead")
            }
            Self::BeforeLastAct => (
                "point.before_last_act",
                "生效日期不能早于上一次决定的生效日期。",
                "the day must not lie before that of the last order",
            ),
        }
    }
}

/// Whether a point has an application open in a state (在办): handed in, and neither registered nor over.
#[must_use]
pub const fn is_open_at_point(state: ApplicationState) -> bool {
    matches!(
        state,
        ApplicationState::Submitted
            | ApplicationState::Accepted
            | ApplicationState::Returned
            | ApplicationState::FirstReviewed
            | ApplicationState::ExpertReview
            | ApplicationState::PreReviewed
    )
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const TODAY: Date = date(2026, 11, 23);

    fn acts(acts: &[(PointAct, Date)]) -> PointRecord {
        let acts = acts.iter().map(|(act, on)| DatedAct { act: *act, on: *on }).collect();
        PointRecord { acts, ..PointRecord::default() }
    }

    #[test]
    fn a_point_is_open_from_its_day_on_and_closed_from_its_day_on() {
        let record = acts(&[(PointAct::Close, date(2026, 12, 1)), (PointAct::Open, date(2027, 2, 1))]);
        let days = [
            (date(2026, 11, 30), true),
            (date(2026, 12, 1), false),
            (date(2027, 1, 31), false),
            (date(2027, 2, 1), true),
        ];
        for (day, is_open) in days {
            assert_eq!(record.is_open_on(day), is_open, "{day}");
        }
        let new = acts(&[(PointAct::Open, date(2026, 12, 1))]);
        assert!(!new.is_open_on(TODAY) && new.is_open_on(date(2026, 12, 1)));
    }

    #[test]
    fn region_data_say_when_it_is_open_until_the_province_orders_otherwise() {
        let days = ListedAs::Present { from: Some(date(2020, 1, 1)), to: Some(date(2026, 6, 30)) };
        let listed = PointRecord { listed: days, acts: Vec::new() };
        assert!(listed.is_open_on(date(2026, 6, 30)) && !listed.is_open_on(date(2026, 7, 1)));
        assert!(!listed.is_open_on(date(2019, 12, 31)));
        assert_eq!(listed.decide(PointAct::Close, TODAY, TODAY), Err(PointObstacle::ClosedAlready));
        assert_eq!(listed.decide(PointAct::Open, TODAY, TODAY), Ok(()));
        let reopened = PointRecord { acts: acts(&[(PointAct::Open, TODAY)]).acts, ..listed };
        assert!(reopened.is_open_on(TODAY));
        let absent = PointRecord { listed: ListedAs::Absent, acts: Vec::new() };
        assert!(!absent.is_open_on(TODAY) && absent.is_given_up(TODAY));
        assert_eq!(absent.decide(PointAct::Open, TODAY, TODAY), Ok(()));
    }

    #[test]
    fn an_order_neither_reaches_back_nor_a_year_ahead_nor_repeats_the_last() {
        let record = PointRecord::default();
        assert_eq!(record.decide(PointAct::Open, TODAY, TODAY), Err(PointObstacle::OpenAlready));
        assert_eq!(record.decide(PointAct::Close, date(2026, 11, 22), TODAY), Err(PointObstacle::DayPast));
        assert_eq!(record.decide(PointAct::Close, date(2027, 11, 24), TODAY), Ok(()));
        assert_eq!(record.decide(PointAct::Close, date(2027, 11, 25), TODAY), Err(PointObstacle::DayFar));
        let closing = acts(&[(PointAct::Close, date(2026, 12, 31))]);
        assert!(closing.is_given_up(TODAY) && closing.is_open_on(TODAY));
        assert_eq!(closing.decide(PointAct::Close, TODAY, TODAY), Err(PointObstacle::ClosedAlready));
        assert_eq!(closing.decide(PointAct::Open, TODAY, TODAY), Err(PointObstacle::BeforeLastAct));
        assert_eq!(closing.decide(PointAct::Open, date(2026, 12, 31), TODAY), Ok(()));
        let kept = acts(&[(PointAct::Close, date(2026, 12, 31)), (PointAct::Open, date(2026, 12, 31))]);
        assert!(kept.is_open_on(date(2026, 12, 31)), "the last order of a day holds");
    }

    #[test]
    fn what_is_open_lies_with_the_point_until_it_is_registered_or_over() {
        let open: Vec<_> =
            ApplicationState::ALL.into_iter().filter(|state| is_open_at_point(*state)).collect();
        assert_eq!(open.len(), 6);
        assert!(open.iter().all(|state| !state.is_final()));
        assert!(!open.contains(&ApplicationState::Draft) && !open.contains(&ApplicationState::Registered));
    }
}
