//! Words that the pages of leads share.

use xiaoxiang_domain::lead::{
    CloseReason, DeskReason, LeadParty, LeadSource, LeadStage, LeadStanding, LeadStep, OfferKind,
    PromiseUrgency,
};
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::lead::UNKNOWN;

use crate::language::Language;
use crate::pages::applications::words::sentence_case;
use crate::pages::demands::DemandWords;
use crate::pages::visit::Visit;

/// What a page of leads is told in.
#[derive(Clone, Debug)]
pub(super) struct LeadWords {
    pub market: DemandWords,
    language: Language,
}

impl LeadWords {
    pub async fn of(visit: &Visit) -> Result<Self, Refusal> {
        Ok(Self { market: DemandWords::of(visit).await?, language: visit.language })
    }

    pub fn stage(&self, stage: &LeadStage) -> String {
        sentence_case(self.language.pick(stage.label(), stage.label_en()))
    }

    /// Where a lead stands, in one word.
    pub fn standing(&self, standing: &LeadStanding) -> String {
        if standing.is_closed {
            self.language.text("lead-is-closed").to_owned()
        } else {
            self.stage(&standing.stage)
        }
    }

    /// The class of the mark; the word beside it says the same.
    pub const fn standing_class(&self, standing: &LeadStanding) -> &'static str {
        if standing.is_closed {
            "status-draft"
        } else if standing.has_lost_contract {
            "status-corrected"
        } else {
            "status-signed"
        }
    }

    pub fn step(&self, step: &LeadStep) -> String {
        sentence_case(self.language.pick(step.label(), step.label_en()))
    }

    pub fn source(&self, source: &LeadSource) -> String {
        sentence_case(self.language.pick(source.label(), source.label_en()))
    }

    pub fn offer_kind(&self, kind: &OfferKind) -> String {
        sentence_case(self.language.pick(kind.label(), kind.label_en()))
    }

    pub fn party(&self, party: &LeadParty) -> String {
        sentence_case(self.language.pick(party.label(), party.label_en()))
    }

    pub fn reason(&self, reason: &CloseReason) -> String {
        sentence_case(self.language.pick(reason.label(), reason.label_en()))
    }

    /// Why a lead stands where it stands on a desk, and so what to do first.
    pub fn desk_reason(&self, reason: &DeskReason, idle_days: i64) -> String {
        let idle = idle_days.to_string();
        match reason {
            DeskReason::Overdue { days } => {
                self.language.say("desk-overdue", [("days", &days.0.to_string())])
            }
            DeskReason::DueToday => self.language.text("desk-due-today").to_owned(),
            DeskReason::Untouched => self.language.say("desk-untouched", [("days", &idle)]),
            DeskReason::Idle => self.language.say("desk-idle", [("days", &idle)]),
            DeskReason::OthersOverdue => self.language.text("desk-others-overdue").to_owned(),
            DeskReason::DueSoon => self.language.text("desk-due-soon").to_owned(),
            DeskReason::NoNextAction => self.language.text("desk-no-next").to_owned(),
            DeskReason::Waiting => self.language.text("desk-waiting").to_owned(),
            DeskReason::Over => self.language.text("desk-over").to_owned(),
        }
    }

    /// When a promise is due, and whether that is over.
    pub fn due(&self, due_on: &str, urgency: &PromiseUrgency) -> String {
        let day = self.market.day(due_on);
        match urgency {
            PromiseUrgency::Overdue { days } => {
                self.language.say("promise-overdue", [("day", &day), ("days", &days.to_string())])
            }
            PromiseUrgency::Today => self.language.text("promise-today").to_owned(),
            PromiseUrgency::Soon | PromiseUrgency::Later | PromiseUrgency::Settled => {
                self.language.say("promise-by", [("day", &day)])
            }
        }
    }

    /// A division's name, or that it is not known.
    pub fn place(&self, code: &str) -> String {
        match DivisionCode::parse(code) {
            Some(division) => self.market.division(division),
            None if code == UNKNOWN => self.language.text("leads-unknown").to_owned(),
            None => code.to_owned(),
        }
    }
}

/// Whether a promise is overdue.
pub(super) const fn is_overdue(urgency: &PromiseUrgency) -> bool {
    matches!(urgency, PromiseUrgency::Overdue { .. })
}
