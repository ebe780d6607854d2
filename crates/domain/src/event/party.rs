//! Who comes (参会方): sides, states from invited to checked in, seats and the waiting list.

use serde::{Deserialize, Serialize};

use super::state::{EventKind, EventObstacle, EventState};

/// What somebody comes as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartyKind {
    /// 需求企业, with its demand.
    Company,
    /// 成果单位, with its achievement.
    Unit,
    /// 专家
    Expert,
    /// 投资机构
    Fund,
    /// 观众: listens, has no meetings.
    Visitor,
}

impl PartyKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Company, Self::Unit, Self::Expert, Self::Fund, Self::Visitor];

    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Company => ("company", "需求企业", "company with a demand"),
            Self::Unit => ("unit", "成果单位", "unit with an achievement"),
            Self::Expert => ("expert", "专家", "expert"),
            Self::Fund => ("fund", "投资机构", "fund"),
            Self::Visitor => ("visitor", "观众", "visitor"),
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

/// On which side of the table somebody sits (洽谈双方): meetings join one side with the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Those whose cause the event is: demands at a demand meeting, achievements where they are shown.
    Host,
    /// Those who come to them.
    Guest,
}

/// The side of a kind at an event; none for who has no meetings.
#[must_use]
pub const fn side_of(event: EventKind, party: PartyKind) -> Option<Side> {
    match (event, party) {
        (_, PartyKind::Visitor) => None,
        (EventKind::DemandMeeting, PartyKind::Company)
        | (EventKind::AchievementShow, PartyKind::Unit | PartyKind::Expert) => Some(Side::Host),
        (EventKind::DemandMeeting, _) | (EventKind::AchievementShow, _) => Some(Side::Guest),
    }
}

/// Where somebody's coming stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParticipantState {
    /// 已邀请
    Invited,
    /// 已报名: has a seat.
    Registered,
    /// 候补
    Waiting,
    /// 已确认: has a seat, and was told so when registration closed.
    Confirmed,
    /// 已签到
    CheckedIn,
    /// 未到场
    Absent,
    /// 已取消报名, or declined.
    Withdrawn,
}

impl ParticipantState {
    /// Every state, in order.
    pub const ALL: [Self; 7] = [
        Self::Invited,
        Self::Registered,
        Self::Waiting,
        Self::Confirmed,
        Self::CheckedIn,
        Self::Absent,
        Self::Withdrawn,
    ];

    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Invited => ("invited", "已邀请", "invited"),
            Self::Registered => ("registered", "已报名", "registered"),
            Self::Waiting => ("waiting", "候补", "on the waiting list"),
            Self::Confirmed => ("confirmed", "已确认", "confirmed"),
            Self::CheckedIn => ("checked_in", "已签到", "checked in"),
            Self::Absent => ("absent", "未到场", "absent"),
            Self::Withdrawn => ("withdrawn", "已取消报名", "withdrawn"),
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

    /// Whether a seat is theirs.
    #[must_use]
    pub const fn has_seat(self) -> bool {
        matches!(self, Self::Registered | Self::Confirmed | Self::CheckedIn | Self::Absent)
    }

    /// Whether they may be at the tables: they have a seat and did not stay away.
    #[must_use]
    pub const fn may_meet(self) -> bool {
        matches!(self, Self::Registered | Self::Confirmed | Self::CheckedIn)
    }
}

/// What decides about a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegistrationCase {
    /// Where the event stands.
    pub event: EventState,
    /// Whether anybody may come.
    pub is_open_to_all: bool,
    /// The end of the deadline's minute.
    pub deadline_ms: i64,
    /// Seats in all.
    pub seats: i64,
    /// Seats that somebody has.
    pub seats_taken: i64,
    /// How many wait already.
    pub waiting: i64,
    /// What they are to the event until now.
    pub was: Option<ParticipantState>,
}

/// Whether somebody gets a seat or waits. The minute that is named as the deadline still counts.
///
/// Nobody overtakes who waits: a seat that is free while others wait goes to the first of them.
///
/// # Errors
/// What stands in the way.
pub fn decide_registration(case: &RegistrationCase, now_ms: i64) -> Result<ParticipantState, EventObstacle> {
    match case.event {
        EventState::Open => {}
        EventState::Cancelled => return Err(EventObstacle::Cancelled),
        EventState::Closed => return Err(EventObstacle::TooLate),
        _ => return Err(EventObstacle::NotOpen),
    }
    if now_ms >= case.deadline_ms {
        return Err(EventObstacle::TooLate);
    }
    match case.was {
        None if !case.is_open_to_all => return Err(EventObstacle::InvitedOnly),
        None | Some(ParticipantState::Invited | ParticipantState::Withdrawn) => {}
        Some(_) => return Err(EventObstacle::RegisteredAlready),
    }
    let is_free = case.seats_taken < case.seats && case.waiting == 0;
    Ok(if is_free { ParticipantState::Registered } else { ParticipantState::Waiting })
}

/// Whether somebody may withdraw, also after the deadline.
///
/// # Errors
/// What stands in the way.
pub fn decide_withdrawal(event: EventState, was: Option<ParticipantState>) -> Result<(), EventObstacle> {
    match (event, was) {
        (EventState::Cancelled, _) => Err(EventObstacle::Cancelled),
        (_, None | Some(ParticipantState::Withdrawn)) => Err(EventObstacle::NotRegistered),
        (_, Some(ParticipantState::CheckedIn | ParticipantState::Absent)) => Err(EventObstacle::CameAlready),
        (EventState::Open | EventState::Closed, Some(_)) => Ok(()),
        _ => Err(EventObstacle::NotFromHere),
    }
}

/// What the first of the waiting becomes when a seat is free; none where nobody moves up any more.
#[must_use]
pub const fn has_moved_up(event: EventState) -> Option<ParticipantState> {
    match event {
        EventState::Open => Some(ParticipantState::Registered),
        EventState::Closed => Some(ParticipantState::Confirmed),
        _ => None,
    }
}

/// Whether somebody may be checked in now. On paper the office may tick names also after the event was held.
///
/// # Errors
/// What stands in the way.
pub fn may_check_in(event: EventState, is_the_day: bool, was: ParticipantState) -> Result<(), EventObstacle> {
    match event {
        EventState::Cancelled => return Err(EventObstacle::Cancelled),
        EventState::Held => {}
        EventState::Open | EventState::Closed if is_the_day => {}
        EventState::Open | EventState::Closed => return Err(EventObstacle::NotToday),
        EventState::Draft | EventState::Settled => return Err(EventObstacle::NotFromHere),
    }
    if was.has_seat() { Ok(()) } else { Err(EventObstacle::NoSeat) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEADLINE: i64 = 1_000_000;

    fn case() -> RegistrationCase {
        RegistrationCase {
            event: EventState::Open,
            is_open_to_all: true,
            deadline_ms: DEADLINE,
            seats: 2,
            seats_taken: 1,
            waiting: 0,
            was: None,
        }
    }

    #[test]
    fn the_last_seat_goes_to_the_first_and_the_next_waits() {
        assert_eq!(decide_registration(&case(), 0), Ok(ParticipantState::Registered));
        let full = RegistrationCase { seats_taken: 2, ..case() };
        assert_eq!(decide_registration(&full, 0), Ok(ParticipantState::Waiting));
        let others_wait = RegistrationCase { waiting: 1, ..case() };
        assert_eq!(decide_registration(&others_wait, 0), Ok(ParticipantState::Waiting));
    }

    #[test]
    fn the_deadline_ends_with_its_minute() {
        assert!(decide_registration(&case(), DEADLINE - 1).is_ok());
        assert_eq!(decide_registration(&case(), DEADLINE), Err(EventObstacle::TooLate));
        let closed = RegistrationCase { event: EventState::Closed, ..case() };
        assert_eq!(decide_registration(&closed, 0), Err(EventObstacle::TooLate));
    }

    #[test]
    fn only_the_invited_come_to_what_is_not_for_all_and_nobody_twice() {
        let closed_circle = RegistrationCase { is_open_to_all: false, ..case() };
        assert_eq!(decide_registration(&closed_circle, 0), Err(EventObstacle::InvitedOnly));
        let invited = RegistrationCase { was: Some(ParticipantState::Invited), ..closed_circle };
        assert!(decide_registration(&invited, 0).is_ok());
        let twice = RegistrationCase { was: Some(ParticipantState::Waiting), ..case() };
        assert_eq!(decide_registration(&twice, 0), Err(EventObstacle::RegisteredAlready));
        let again = RegistrationCase { was: Some(ParticipantState::Withdrawn), ..case() };
        assert!(decide_registration(&again, 0).is_ok());
    }

    #[test]
    fn a_withdrawal_is_taken_once_and_not_from_what_was_cancelled() {
        let registered = Some(ParticipantState::Registered);
        assert_eq!(decide_withdrawal(EventState::Open, registered), Ok(()));
        assert_eq!(decide_withdrawal(EventState::Closed, registered), Ok(()));
        let twice = decide_withdrawal(EventState::Open, Some(ParticipantState::Withdrawn));
        assert_eq!(twice, Err(EventObstacle::NotRegistered));
        assert_eq!(decide_withdrawal(EventState::Cancelled, registered), Err(EventObstacle::Cancelled));
        let came = decide_withdrawal(EventState::Closed, Some(ParticipantState::CheckedIn));
        assert_eq!(came, Err(EventObstacle::CameAlready));
    }

    #[test]
    fn check_in_is_for_the_day_and_for_who_has_a_seat() {
        let confirmed = ParticipantState::Confirmed;
        assert_eq!(may_check_in(EventState::Closed, true, confirmed), Ok(()));
        assert_eq!(may_check_in(EventState::Closed, false, confirmed), Err(EventObstacle::NotToday));
        assert_eq!(may_check_in(EventState::Held, false, ParticipantState::Absent), Ok(()));
        let waiting = may_check_in(EventState::Closed, true, ParticipantState::Waiting);
        assert_eq!(waiting, Err(EventObstacle::NoSeat));
        assert_eq!(may_check_in(EventState::Cancelled, true, confirmed), Err(EventObstacle::Cancelled));
    }

    #[test]
    fn each_kind_sits_on_one_side_and_visitors_on_none() {
        for event in EventKind::ALL {
            for party in PartyKind::ALL {
                assert_eq!(side_of(event, party).is_none(), party == PartyKind::Visitor);
            }
        }
    }
}
