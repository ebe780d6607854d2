//! Leads (对接线索): opened by a match, an event, an inquiry or a manager, and followed to the registered contract.

mod case;
mod draft_contract;
mod follow_registration;
mod list_leads;
mod notify_lead;
mod open_lead;
mod promise;
mod read_desk;
mod read_funnel;
mod read_lead;
mod take_lead_step;

pub use draft_contract::{CONTRACT_NAME_CHARACTERS_MAX, ContractDraft, draft_contract};
pub(crate) use follow_registration::follow_registration;
pub use list_leads::{LeadsAsk, LeadsPage, LeadsStanding, ListedLead, UNKNOWN, list_leads};
pub use open_lead::{LeadOffer, LeadOpened, NAME_CHARACTERS_MAX, NOTE_CHARACTERS_MAX, NewLead, open_lead};
pub use promise::{
    NewPromise, OPEN_PROMISES_MAX, PROMISE_CHARACTERS_MAX, make_promise, remind_overdue, settle_promise,
};
pub use read_desk::{Desk, DeskLead, DeskPromise, read_desk};
pub use read_funnel::{
    FUNNEL_LEADS_MAX, Funnel, FunnelBy, FunnelGroup, THROUGH_KEYS, funnel_table, read_funnel, stages_table,
    write_funnel,
};
pub use read_lead::{
    LeadAchievement, LeadDemand, LeadPage, LeadStepView, ManagerChoice, OpenLeadStep, PromiseView, read_lead,
};
pub use take_lead_step::{LeadStepRequest, PRESENT_CHARACTERS_MAX, take_lead_step};
