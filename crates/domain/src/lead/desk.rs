//! What somebody does first with a lead (先办什么): overdue promises of their own, then what nobody has taken up or goes on with.

use jiff::civil::Date;

use super::decide::LeadParty;
use super::promise::{LeadPromise, PromiseUrgency, urgency_on};
use super::stage::{LeadStage, LeadStanding};

/// Days after which a lead that nobody has taken up waits too long.
pub const UNTOUCHED_DAYS: i64 = 3;
/// Days without a step after which a lead without a next action has come to rest.
pub const IDLE_DAYS: i64 = 14;

/// Why a lead stands where it stands on somebody's desk, the most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeskReason {
    /// 本人事项已逾期: a promise of one's own is overdue, the longest first.
    Overdue {
        /// Days since it was due, counted down so that more comes first.
        days: std::cmp::Reverse<i64>,
    },
    /// 本人事项今天到期
    DueToday,
    /// 尚未联系: nobody has been in contact for some days.
    Untouched,
    /// 停滞: nothing has happened for two weeks, and nothing is promised.
    Idle,
    /// 对方事项已逾期: somebody else's promise is overdue.
    OthersOverdue,
    /// 本人事项即将到期
    DueSoon,
    /// 缺少下一步: nothing is promised.
    NoNextAction,
    /// 等待: something is promised and not due yet.
    Waiting,
    /// 已办结: closed or registered.
    Over,
}

impl DeskReason {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Overdue { .. } => "overdue",
            Self::DueToday => "due_today",
            Self::Untouched => "untouched",
            Self::Idle => "idle",
            Self::OthersOverdue => "others_overdue",
            Self::DueSoon => "due_soon",
            Self::NoNextAction => "no_next_action",
            Self::Waiting => "waiting",
            Self::Over => "over",
        }
    }
}

/// Why a lead is looked at by a party on a day. An office looks at everybody's promises as at others'.
#[must_use]
pub fn desk_reason(
    standing: LeadStanding,
    moved_on: Date,
    promises: &[LeadPromise],
    me: LeadParty,
    today: Date,
) -> DeskReason {
    if !standing.is_open() {
        return DeskReason::Over;
    }
    let idle_days = i64::from((today - moved_on).get_days());
    let open = || {
        let urgency = |promise: &LeadPromise| (promise.whose == me, urgency_on(promise, today));
        promises.iter().map(urgency).filter(|(_, urgency)| *urgency != PromiseUrgency::Settled)
    };
    let own = |reason: fn(PromiseUrgency) -> Option<DeskReason>| {
        open().filter(|(is_mine, _)| *is_mine).filter_map(|(_, urgency)| reason(urgency)).min()
    };
    let pressing = own(|urgency| match urgency {
        PromiseUrgency::Overdue { days } => Some(DeskReason::Overdue { days: std::cmp::Reverse(days) }),
        PromiseUrgency::Today => Some(DeskReason::DueToday),
        _ => None,
    });
    if let Some(reason) = pressing {
        return reason;
    }
    let has_next = open().next().is_some();
    if standing.stage == LeadStage::Lead && idle_days >= UNTOUCHED_DAYS && !has_next {
        return DeskReason::Untouched;
    }
    if idle_days >= IDLE_DAYS && !has_next {
        return DeskReason::Idle;
    }
    if open().any(|(is_mine, urgency)| !is_mine && matches!(urgency, PromiseUrgency::Overdue { .. })) {
        return DeskReason::OthersOverdue;
    }
    if own(|urgency| (urgency == PromiseUrgency::Soon).then_some(DeskReason::DueSoon)).is_some() {
        return DeskReason::DueSoon;
    }
    if has_next { DeskReason::Waiting } else { DeskReason::NoNextAction }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use jiff::civil::date;

    use super::*;
    use crate::lead::{ContractStanding, PromiseState, standing_of};

    const TODAY: Date = date(2026, 11, 23);

    fn promise(whose: LeadParty, days: i64) -> LeadPromise {
        LeadPromise { whose, due_on: TODAY + days.days(), state: PromiseState::Open }
    }

    fn reason(stage: LeadStage, idle: i64, promises: &[LeadPromise]) -> DeskReason {
        let standing = standing_of(stage, false, ContractStanding::None);
        desk_reason(standing, TODAY - idle.days(), promises, LeadParty::Manager, TODAY)
    }

    #[test]
    fn ones_own_overdue_promise_comes_before_everything_and_the_longest_first() {
        let own = |days| promise(LeadParty::Manager, days);
        let worst = reason(LeadStage::Meeting, 40, &[own(-2), own(-9), own(0)]);
        assert_eq!(worst, DeskReason::Overdue { days: std::cmp::Reverse(9) });
        assert!(worst < reason(LeadStage::Meeting, 0, &[own(-2)]));
        assert!(worst < reason(LeadStage::Meeting, 0, &[own(0)]));
    }

    #[test]
    fn a_lead_without_anything_promised_calls_for_somebody_the_longer_it_rests() {
        assert_eq!(reason(LeadStage::Lead, 3, &[]), DeskReason::Untouched);
        assert_eq!(reason(LeadStage::Lead, 2, &[]), DeskReason::NoNextAction);
        assert_eq!(reason(LeadStage::Contact, 13, &[]), DeskReason::NoNextAction);
        assert_eq!(reason(LeadStage::Contact, 14, &[]), DeskReason::Idle);
        assert_eq!(reason(LeadStage::Contact, 90, &[promise(LeadParty::Demand, 9)]), DeskReason::Waiting);
        assert_eq!(
            reason(LeadStage::Contact, 1, &[promise(LeadParty::Offer, -1)]),
            DeskReason::OthersOverdue
        );
        assert_eq!(reason(LeadStage::Contact, 1, &[promise(LeadParty::Manager, 2)]), DeskReason::DueSoon);
        let closed = standing_of(LeadStage::Contact, true, ContractStanding::None);
        let over = desk_reason(closed, TODAY, &[promise(LeadParty::Manager, -5)], LeadParty::Manager, TODAY);
        assert_eq!(over, DeskReason::Over);
    }
}
