//! Where an event stands (活动状态), and what is done with it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What an event is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// 需求对接会: companies with demands meet those who can solve them.
    DemandMeeting,
    /// 成果推介会: units show achievements to companies and funds.
    AchievementShow,
}

impl EventKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::DemandMeeting, Self::AchievementShow];

    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::DemandMeeting => ("demand_meeting", "需求对接会", "demand matching meeting"),
            Self::AchievementShow => ("achievement_show", "成果推介会", "achievement presentation"),
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

    /// The kind of a stored word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// Where an event stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventState {
    /// 筹备中: only the office sees it.
    Draft,
    /// 报名中
    Open,
    /// 报名截止: those with a seat are confirmed.
    Closed,
    /// 已举办: outcomes are written down.
    Held,
    /// 已结项: every meeting has its outcome; what is registered is counted on.
    Settled,
    /// 已取消
    Cancelled,
}

impl EventState {
    /// Every state, in the order of the procedure.
    pub const ALL: [Self; 6] =
        [Self::Draft, Self::Open, Self::Closed, Self::Held, Self::Settled, Self::Cancelled];

    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Draft => ("draft", "筹备中", "being planned"),
            Self::Open => ("open", "报名中", "open for registration"),
            Self::Closed => ("closed", "报名截止", "registration closed"),
            Self::Held => ("held", "已举办", "held"),
            Self::Settled => ("settled", "已结项", "settled"),
            Self::Cancelled => ("cancelled", "已取消", "cancelled"),
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

    /// Whether everybody may read of it where it is for everybody.
    #[must_use]
    pub const fn is_public(self) -> bool {
        !matches!(self, Self::Draft)
    }

    /// Whether it is still to come and will be.
    #[must_use]
    pub const fn is_ahead(self) -> bool {
        matches!(self, Self::Open | Self::Closed)
    }

    /// Whether it has taken place.
    #[must_use]
    pub const fn has_been(self) -> bool {
        matches!(self, Self::Held | Self::Settled)
    }
}

/// What somebody does with an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventStep {
    /// 开放报名
    Open,
    /// 截止报名
    Close,
    /// 重新开放报名
    Reopen,
    /// 登记为已举办
    Hold,
    /// 结项
    Settle,
    /// 取消
    Cancel,
}

impl EventStep {
    /// Every step.
    pub const ALL: [Self; 6] =
        [Self::Open, Self::Close, Self::Reopen, Self::Hold, Self::Settle, Self::Cancel];

    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Open => ("open", "开放报名", "open registration"),
            Self::Close => ("close", "截止报名", "close registration"),
            Self::Reopen => ("reopen", "重新开放报名", "reopen registration"),
            Self::Hold => ("hold", "登记为已举办", "note as held"),
            Self::Settle => ("settle", "结项", "settle"),
            Self::Cancel => ("cancel", "取消活动", "cancel"),
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

    /// The step of a stored word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.code() == code)
    }

    /// Whether it has to say why, in words that everybody concerned reads.
    #[must_use]
    pub const fn needs_words(self) -> bool {
        matches!(self, Self::Cancel)
    }
}

/// What decides about a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventCase {
    /// Where it stands.
    pub state: EventState,
    /// Its day.
    pub held_on: Date,
    /// The legal day of today.
    pub today: Date,
    /// Whether the deadline of registration has passed.
    pub is_past_deadline: bool,
    /// Meetings that took place, as planned, without an outcome.
    pub outcomes_missing: usize,
}

/// Why something about an event cannot be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventObstacle {
    /// No such step from there.
    NotFromHere,
    /// The day is over: nobody can register for it any more.
    DayPassed,
    /// The deadline has passed: it would open and take nobody.
    DeadlinePassed,
    /// Its day has not come.
    DayNotCome,
    /// Meetings have no outcome yet.
    OutcomesMissing,
    /// People who registered are to be told why.
    WordsMissing,
    /// Registration is not open.
    NotOpen,
    /// Registration is over since the deadline.
    TooLate,
    /// For the invited only.
    InvitedOnly,
    /// They are registered already.
    RegisteredAlready,
    /// They are not registered, or have withdrawn already.
    NotRegistered,
    /// They were checked in; nobody withdraws from what they came to.
    CameAlready,
    /// Check-in is for the day of the event.
    NotToday,
    /// They have no seat: on the waiting list, or withdrawn.
    NoSeat,
    /// The event was cancelled.
    Cancelled,
}

impl EventObstacle {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotFromHere => "event.not_from_here",
            Self::DayPassed => "event.day_passed",
            Self::DeadlinePassed => "event.deadline_passed",
            Self::DayNotCome => "event.day_not_come",
            Self::OutcomesMissing => "event.outcomes_missing",
            Self::WordsMissing => "event.words_missing",
            Self::NotOpen => "event.not_open",
            Self::TooLate => "event.too_late",
            Self::InvitedOnly => "event.invited_only",
            Self::RegisteredAlready => "event.registered_already",
            Self::NotRegistered => "event.not_registered",
            Self::CameAlready => "event.came_already",
            Self::NotToday => "event.not_today",
            Self::NoSeat => "event.no_seat",
            Self::Cancelled => "event.cancelled",
        }
    }

    /// What is wrong and what to do, Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::NotFromHere => (
                "活动当前的状态不能办理这一步，请刷新页面",
                "this cannot be done from where the event stands; reload",
            ),
            Self::DayPassed => {
                ("活动日期已过，请先修改日期", "the day of the event is over; change the day first")
            }
            Self::DeadlinePassed => {
                ("报名截止时间已过，请先修改截止时间", "the deadline has passed; change the deadline first")
            }
            Self::DayNotCome => (
                "活动日期未到，举办当天才能登记为已举办",
                "the day has not come; an event is noted as held from its day on",
            ),
            Self::OutcomesMissing => (
                "还有洽谈没有登记结果，请先在“洽谈结果”中补齐",
                "meetings have no outcome yet; write them down first",
            ),
            Self::WordsMissing => {
                ("请写明取消原因，已报名的单位会看到", "say why; everybody who registered reads it")
            }
            Self::NotOpen => (
                "活动现在不接受报名。请联系主办单位",
                "the event takes no registrations now; ask the organiser",
            ),
            Self::TooLate => (
                "报名已截止。仍想参加的，请联系主办单位",
                "registration is over; ask the organiser if you still want to come",
            ),
            Self::InvitedOnly => (
                "本活动只面向受邀单位。想参加的，请联系主办单位",
                "this event is for the invited only; ask the organiser if you want to come",
            ),
            Self::RegisteredAlready => ("您已报名，不必重复提交", "you are registered already"),
            Self::NotRegistered => (
                "没有可以取消的报名，可能已经取消过。请刷新页面",
                "there is no registration to withdraw; it may be withdrawn already, reload",
            ),
            Self::CameAlready => (
                "已经签到，不能再取消报名。确有差错的，请联系主办单位",
                "you were checked in; ask the organiser if that is a mistake",
            ),
            Self::NotToday => ("活动当天才能签到", "check-in is for the day of the event"),
            Self::NoSeat => (
                "这份报名没有席位（候补或已取消），请到签到台处理",
                "this registration has no seat (waiting or withdrawn); go to the desk",
            ),
            Self::Cancelled => ("活动已取消，原因见活动页面", "the event was cancelled; its page says why"),
        }
    }
}

/// Where a step leads, or what stands in its way first.
///
/// # Errors
/// The obstacle that is to be removed first.
pub fn decide_event_step(
    case: &EventCase,
    step: EventStep,
    words: &str,
) -> Result<EventState, EventObstacle> {
    use EventState as At;
    use EventStep as Step;
    if step.needs_words() && words.trim().is_empty() {
        return Err(EventObstacle::WordsMissing);
    }
    match (case.state, step) {
        (At::Draft, Step::Open) | (At::Closed, Step::Reopen) => {
            if case.held_on < case.today {
                return Err(EventObstacle::DayPassed);
            }
            if case.is_past_deadline {
                return Err(EventObstacle::DeadlinePassed);
            }
            Ok(At::Open)
        }
        (At::Open, Step::Close) => Ok(At::Closed),
        (At::Closed, Step::Hold) if case.held_on > case.today => Err(EventObstacle::DayNotCome),
        (At::Closed, Step::Hold) => Ok(At::Held),
        (At::Held, Step::Settle) if case.outcomes_missing > 0 => Err(EventObstacle::OutcomesMissing),
        (At::Held, Step::Settle) => Ok(At::Settled),
        (At::Draft | At::Open | At::Closed, Step::Cancel) => Ok(At::Cancelled),
        _ => Err(EventObstacle::NotFromHere),
    }
}

/// Whether its plan may be changed.
#[must_use]
pub const fn is_changeable(state: EventState) -> bool {
    matches!(state, EventState::Draft | EventState::Open | EventState::Closed)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn case(state: EventState) -> EventCase {
        EventCase {
            state,
            held_on: date(2026, 12, 1),
            today: date(2026, 11, 23),
            is_past_deadline: false,
            outcomes_missing: 0,
        }
    }

    #[test]
    fn an_event_goes_from_draft_to_settled_in_order() {
        let on_the_day = |state| EventCase { today: date(2026, 12, 1), ..case(state) };
        assert_eq!(decide_event_step(&case(EventState::Draft), EventStep::Open, ""), Ok(EventState::Open));
        assert_eq!(decide_event_step(&case(EventState::Open), EventStep::Close, ""), Ok(EventState::Closed));
        let early = decide_event_step(&case(EventState::Closed), EventStep::Hold, "");
        assert_eq!(early, Err(EventObstacle::DayNotCome));
        let held = decide_event_step(&on_the_day(EventState::Closed), EventStep::Hold, "");
        assert_eq!(held, Ok(EventState::Held));
        let settled = decide_event_step(&on_the_day(EventState::Held), EventStep::Settle, "");
        assert_eq!(settled, Ok(EventState::Settled));
        let open = EventCase { outcomes_missing: 2, ..on_the_day(EventState::Held) };
        assert_eq!(decide_event_step(&open, EventStep::Settle, ""), Err(EventObstacle::OutcomesMissing));
    }

    #[test]
    fn what_is_held_or_over_is_not_cancelled_and_a_cancellation_says_why() {
        for state in [EventState::Held, EventState::Settled, EventState::Cancelled] {
            let refused = decide_event_step(&case(state), EventStep::Cancel, "场地停电");
            assert_eq!(refused, Err(EventObstacle::NotFromHere), "{state:?}");
        }
        for state in [EventState::Draft, EventState::Open, EventState::Closed] {
            let silent = decide_event_step(&case(state), EventStep::Cancel, " ");
            assert_eq!(silent, Err(EventObstacle::WordsMissing));
            let told = decide_event_step(&case(state), EventStep::Cancel, "场地停电");
            assert_eq!(told, Ok(EventState::Cancelled));
        }
    }

    #[test]
    fn an_event_whose_day_or_deadline_is_over_is_not_opened() {
        let over = EventCase { today: date(2026, 12, 2), ..case(EventState::Draft) };
        assert_eq!(decide_event_step(&over, EventStep::Open, ""), Err(EventObstacle::DayPassed));
        let late = EventCase { is_past_deadline: true, ..case(EventState::Closed) };
        assert_eq!(decide_event_step(&late, EventStep::Reopen, ""), Err(EventObstacle::DeadlinePassed));
    }

    #[test]
    fn every_word_is_read_back() {
        for state in EventState::ALL {
            assert_eq!(EventState::from_code(state.code()), Some(state));
        }
        for step in EventStep::ALL {
            assert_eq!(EventStep::from_code(step.code()), Some(step));
        }
        for kind in EventKind::ALL {
            assert_eq!(EventKind::from_code(kind.code()), Some(kind));
        }
    }
}
