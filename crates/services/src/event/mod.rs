//! Events (需求对接会、成果推介会): planned, filled, held, and held against what was registered afterwards.

mod case;
mod check_in;
mod event_papers;
mod follow_up;
mod invite;
mod list_events;
mod market;
mod match_participants;
mod notify_event;
mod plan_event;
mod read_event;
mod record_outcome;
mod register;
mod schedule_meetings;
mod settlement;
mod subject;
mod take_event_step;
mod wishes;

pub use check_in::{CHECK_IN_PATH, Ticket, check_in, check_in_by_ticket, read_ticket};
pub use event_papers::{EventPaper, write_event_paper};
pub use invite::{Candidate, INVITED_AT_ONCE_MAX, invite, list_candidates};
pub use list_events::{EventsAsk, EventsPage, ListedEvent, list_events};
pub(crate) use market::announced_event;
pub use market::{
    MarketEvent, MarketEventsAsk, MarketEventsPage, MyRegistration, list_market_events, read_market_event,
};
pub use match_participants::match_participants;
pub use plan_event::{change_event, plan_event};
pub use read_event::{
    EventPage, EventStepView, MeetingView, OpenEventStep, ParticipantView, ParticipantsPage,
    list_event_participants, read_event_page,
};
pub use record_outcome::{OutcomeForm, OutcomeRecorded, WhichMeeting, record_outcome};
pub use register::{Registration, register, register_for, withdraw, withdraw_for};
pub use schedule_meetings::{Replanning, Scheduled, schedule_meetings};
pub use settlement::{SettledProject, Settlement};
pub use subject::SubjectChoice;
pub use take_event_step::take_event_step;
pub use wishes::{Counterpart, WISHES_MAX, save_wishes};
