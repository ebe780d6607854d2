//! Notices (通知): what somebody is told, whom, and how it is carried out of the house.

mod achievement_words;
mod channel;
mod delivery;
mod demand_words;
mod event_words;
mod kind;
mod lead_words;
mod registration_words;
mod statistics_words;
mod whom;

pub use channel::{ADDRESS_CHARACTERS_MAX, Channel, check_address};
pub use delivery::{ATTEMPTS_MAX, DeliveryFailure, DeliveryState, delay_after_ms};
pub use kind::{NamedValue, Notice, NoticeKind, fill};
pub use whom::{Whom, covers};
