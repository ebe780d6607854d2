//! Leads (对接线索): from a match, an event or an inquiry to a registered contract, every step of it dated.

mod decide;
mod desk;
mod promise;
mod sight;
mod stage;
mod step;

pub use decide::{
    LeadCase, LeadHistory, LeadMoved, LeadObstacle, LeadParty, LeadStepAsk, TakenLeadStep, decide_lead_step,
};
pub use desk::{DeskReason, IDLE_DAYS, UNTOUCHED_DAYS, desk_reason};
pub use promise::{LeadPromise, PromiseState, PromiseUrgency, urgency_on};
pub use sight::{LeadReader, LeadSides, MANAGING, is_office, party_of};
pub use stage::{ContractStanding, LeadSource, LeadStage, LeadStanding, OfferKind, standing_of};
pub use step::{CloseReason, LeadStep};
