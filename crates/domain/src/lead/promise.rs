//! What somebody promised to do next with a lead (下一步、承诺事项), and what is overdue.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::decide::LeadParty;

/// Days before its due day from which on a promise is soon due.
const SOON_DAYS: i64 = 3;

/// What became of a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PromiseState {
    /// 待办
    Open,
    /// 已完成
    Kept,
    /// 已取消
    Dropped,
}

impl PromiseState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Open, Self::Kept, Self::Dropped];

    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Open => ("open", "待办", "open"),
            Self::Kept => ("kept", "已完成", "done"),
            Self::Dropped => ("dropped", "已取消", "dropped"),
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

    /// The state of a stored word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// A promise, as far as its urgency goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeadPromise {
    /// Whose it is to keep.
    pub whose: LeadParty,
    /// The day by which it is to be kept.
    pub due_on: Date,
    /// What became of it.
    pub state: PromiseState,
}

/// How a promise stands on a day, the most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PromiseUrgency {
    /// 已逾期: its day is over.
    Overdue {
        /// Since how many days.
        days: i64,
    },
    /// 今天到期
    Today,
    /// 即将到期: within three days.
    Soon,
    /// 未到期
    Later,
    /// Nothing is to be done any more.
    Settled,
}

/// How a promise stands on a day.
#[must_use]
pub fn urgency_on(promise: &LeadPromise, today: Date) -> PromiseUrgency {
    if promise.state != PromiseState::Open {
        return PromiseUrgency::Settled;
    }
    let days = i64::from((promise.due_on - today).get_days());
    match days {
        ..0 => PromiseUrgency::Overdue { days: -days },
        0 => PromiseUrgency::Today,
        1..=SOON_DAYS => PromiseUrgency::Soon,
        _ => PromiseUrgency::Later,
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_promise_is_overdue_from_the_day_after_its_day_until_it_is_settled() {
        let due_on = date(2026, 12, 31);
        for (days, expected) in [
            (-400, PromiseUrgency::Later),
            (-4, PromiseUrgency::Later),
            (-3, PromiseUrgency::Soon),
            (-1, PromiseUrgency::Soon),
            (0, PromiseUrgency::Today),
            (1, PromiseUrgency::Overdue { days: 1 }),
            (400, PromiseUrgency::Overdue { days: 400 }),
        ] {
            let today = due_on + days.days();
            for state in PromiseState::ALL {
                let found = urgency_on(&LeadPromise { whose: LeadParty::Offer, due_on, state }, today);
                let is_open = state == PromiseState::Open;
                assert_eq!(
                    found,
                    if is_open { expected } else { PromiseUrgency::Settled },
                    "{days} {state:?}"
                );
            }
        }
    }
}
