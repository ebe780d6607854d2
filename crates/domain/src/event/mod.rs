//! Events of the market (需求对接会、成果推介会): from the plan to what came of them.

mod form;
mod outcome;
mod party;
mod rounds;
mod schedule;
mod state;

pub use form::{
    EVENT_FIELD_KEYS, EventForm, PlannedEvent, SEATS_MAX, SLOTS_MAX, TABLES_MAX, check_event, read_event,
};
pub use outcome::{MeetingOutcome, SETTLEMENT_DAYS, SettlementLine, SignedProject, settle};
pub use party::{
    ParticipantState, PartyKind, RegistrationCase, Side, decide_registration, decide_withdrawal,
    has_moved_up, may_check_in, side_of,
};
pub use schedule::{
    MATCH_POINTS_MAX, Meeting, MeetingBasis, MeetingRequest, Pairing, ScheduleProblem, Table, WISH_POINTS,
    fill_gaps, pairings, schedule,
};
pub use state::{
    EventCase, EventKind, EventObstacle, EventState, EventStep, decide_event_step, is_changeable,
};
