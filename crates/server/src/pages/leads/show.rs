//! One lead: the two sides as far as its reader may know them, what comes next, what happened.

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use serde::Deserialize;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::lead::{CloseReason, LeadParty, LeadStage, LeadStep, OfferKind, PromiseState};
use xiaoxiang_domain::money::{Fen, MoneyUnit};
use xiaoxiang_services::Refusal;
use xiaoxiang_services::lead::{LeadPage, LeadStepView, OpenLeadStep, PromiseView, read_lead};

use super::words::{LeadWords, is_overdue};
use crate::pages::shell::{Section, Shell};
use crate::pages::visit::Visit;

/// What was sent and refused: kept in its form.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    /// Code of the step, or `promise`.
    pub form: String,
    pub note: String,
    pub present: String,
    pub happened_on: String,
    pub signed: String,
    pub reason: String,
    pub number: String,
    pub manager: String,
    pub name: String,
    pub registrar: String,
    pub whose: String,
    pub words: String,
    pub due_on: String,
    pub problems: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ShowQuery {
    /// `opened`, `existing`, `step`, `promise`.
    done: String,
}

/// A stage of the way, with the day on which it was reached.
#[derive(Debug)]
struct Way {
    label: String,
    day: Option<String>,
    is_current: bool,
}

#[derive(Debug, Template)]
#[template(path = "lead.html")]
pub(super) struct ShowPage {
    shell: Shell,
    words: LeadWords,
    page: LeadPage,
    draft: Draft,
    done: String,
}

pub(super) async fn show(visit: Visit, Path(id): Path<String>, Query(query): Query<ShowQuery>) -> Response {
    match page_of(&visit, &id, Draft::default(), query.done).await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

pub(super) async fn page_of(
    visit: &Visit,
    id: &str,
    draft: Draft,
    done: String,
) -> Result<ShowPage, Refusal> {
    let page = read_lead(&visit.app, &visit.actor(), id).await?;
    let words = LeadWords::of(visit).await?;
    let shell = visit.shell(Section::Leads, page.title.clone());
    Ok(ShowPage { shell, words, page, draft, done })
}

impl ShowPage {
    fn path(&self, rest: &str) -> String {
        self.shell.link(&format!("/leads/{}{rest}", self.page.row.lead_id))
    }

    fn party(&self, party: LeadParty) -> String {
        self.words.party(&party)
    }

    fn notice(&self) -> Option<&'static str> {
        let key = match self.done.as_str() {
            "opened" => "lead-opened",
            "existing" => "lead-existing",
            "step" => "application-done",
            "promise" => "lead-promise-done",
            _ => return None,
        };
        Some(self.shell.t(key))
    }

    /// What comes next, for who reads.
    fn next(&self) -> String {
        let standing = self.page.standing;
        if standing.stage == LeadStage::Registered {
            return self.shell.t("lead-next-registered").to_owned();
        }
        if standing.is_closed {
            let reason = self.page.row.close_reason.as_deref().and_then(CloseReason::from_code);
            let reason = reason.map_or_else(String::new, |reason| self.words.reason(&reason));
            return self.shell.say("lead-next-closed", [("reason", &reason)]);
        }
        if standing.has_lost_contract {
            return self.shell.t("lead-next-lost").to_owned();
        }
        self.shell
            .t(match (standing.stage, self.page.manager.is_empty()) {
                (LeadStage::Lead, true) => "lead-next-assign",
                (LeadStage::Lead, false) => "lead-next-contact",
                (LeadStage::Contact, _) => "lead-next-meet",
                (LeadStage::Meeting, _) => "lead-next-negotiate",
                (LeadStage::Negotiation, _) => "lead-next-agree",
                (LeadStage::Agreement, _) => "lead-next-draft",
                _ => "lead-next-register",
            })
            .to_owned()
    }

    fn way(&self) -> Vec<Way> {
        let current = self.page.standing.stage;
        let stage = |(stage, day): (LeadStage, Option<jiff::civil::Date>)| Way {
            label: self.words.stage(&stage),
            day: day.map(|day| self.shell.day(&day)),
            is_current: stage == current,
        };
        LeadStage::ALL.into_iter().zip(self.page.reached_on).map(stage).collect()
    }

    fn demand_link(&self) -> Option<String> {
        let demand = self.page.demand.as_ref()?;
        let id = &demand.demand_id;
        if demand.is_inside && self.shell.may(Action::ReadDemands) {
            return Some(self.shell.link(&format!("/demands/{id}")));
        }
        demand.state.is_on_market().then(|| self.shell.link(&format!("/market/demands/{id}")))
    }

    fn offer_link(&self) -> Option<String> {
        let row = &self.page.row;
        match (self.page.offer_kind, &self.page.achievement) {
            (OfferKind::Achievement, Some(achievement)) if achievement.state.is_public() => {
                Some(self.shell.link(&format!("/market/achievements/{}", row.offer_id)))
            }
            (OfferKind::Profile, _) => Some(self.shell.link(&format!("/market/profiles/{}", row.offer_id))),
            _ => None,
        }
    }

    /// What may be read of the demand, beside who asks.
    fn demand_lines(&self) -> Vec<(String, String)> {
        let Some(demand) = &self.page.demand else { return Vec::new() };
        ["summary", "problem", "figures", "budget", "deadline", "contact", "telephone"]
            .into_iter()
            .filter_map(|key| {
                let market = &self.words.market;
                Some((market.label(key), market.value(key, demand.seen.field(key)?)))
            })
            .collect()
    }

    /// Whether the demand keeps something back that an undertaking would open.
    fn demand_hides(&self) -> bool {
        self.page
            .demand
            .as_ref()
            .is_some_and(|demand| !demand.seen.hidden.is_empty() && demand.state.is_on_market())
    }

    fn summary(&self) -> &str {
        self.page.achievement.as_ref().map_or("", |achievement| achievement.shown.form.summary.as_str())
    }

    fn offer_contact(&self) -> String {
        let Some(achievement) = &self.page.achievement else { return String::new() };
        let contact = &achievement.shown.form.contact;
        let said: Vec<&str> = [contact.name.as_str(), contact.telephone.as_str()]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect();
        said.join(" · ")
    }

    /// Steps to be taken here, those that lead on first; of these the next one stands open.
    fn open_steps(&self) -> Vec<&OpenLeadStep> {
        let mut open: Vec<&OpenLeadStep> = self.page.open_steps.iter().collect();
        let stage = self.page.standing.stage;
        open.sort_by_key(|open| match open.step.leads_to() {
            Some(to) if to > stage && open.step != LeadStep::LinkContract => (0, to.place()),
            None if open.step == LeadStep::Assign && self.page.manager.is_empty() => (1, 0),
            Some(to) => (2, to.place()),
            None => (3, usize::from(open.step == LeadStep::Close)),
        });
        open
    }

    fn is_open(&self, open: &OpenLeadStep) -> bool {
        self.draft.form == open.step.code()
    }

    fn obstacle(&self, open: &OpenLeadStep) -> Option<&'static str> {
        let (zh, en) = open.obstacle?.words();
        Some(self.shell.language.pick(zh, en))
    }

    /// What a step of something that happened already does.
    fn is_again(&self, open: &OpenLeadStep) -> bool {
        open.step.leads_to().is_some_and(|to| to <= self.page.standing.stage)
    }

    fn is_in(&self, form: &str) -> bool {
        self.draft.form == form
    }

    fn problems_in(&self, form: &str) -> Vec<String> {
        if self.is_in(form) { self.draft.problems.clone() } else { Vec::new() }
    }

    /// What was typed into a form that was refused.
    fn typed<'a>(&'a self, form: &str, text: &'a str) -> &'a str {
        if self.is_in(form) { text } else { "" }
    }

    fn typed_day(&self, form: &str) -> String {
        let typed = self.typed(form, &self.draft.happened_on);
        if typed.is_empty() { self.today() } else { typed.to_owned() }
    }

    fn today(&self) -> String {
        self.page.today.to_string()
    }

    fn reasons(&self) -> Vec<(CloseReason, String, bool)> {
        let said =
            |reason: CloseReason| (reason, self.words.reason(&reason), self.draft.reason == reason.code());
        CloseReason::ALL.into_iter().map(said).collect()
    }

    fn promising(&self) -> Vec<(LeadParty, String, bool)> {
        let has_manager = self.page.row.manager_id.is_some();
        let usual = if self.draft.whose.is_empty() { self.page.party.code() } else { &self.draft.whose };
        LeadParty::PROMISING
            .into_iter()
            .filter(|party| has_manager || *party != LeadParty::Manager)
            .map(|party| (party, self.words.party(&party), party.code() == usual))
            .collect()
    }

    fn is_late(&self, promise: &PromiseView) -> bool {
        is_overdue(&promise.urgency)
    }

    fn who(&self, step: &LeadStepView) -> String {
        let party = self.words.party(&step.party);
        if step.name.is_empty() { party } else { format!("{party} · {}", step.name) }
    }

    /// When it was recorded, where that is another day.
    fn recorded(&self, step: &LeadStepView) -> Option<String> {
        let recorded = self.words.market.day_of(&step.taken_at_ms);
        let happened = self.words.market.day(&step.happened_on);
        (recorded != happened).then(|| self.shell.say("lead-recorded", [("day", &recorded)]))
    }

    fn value(&self, fen: &Option<i64>) -> Option<String> {
        let value = Fen((*fen)?).display_in(MoneyUnit::TenThousandYuan);
        Some(self.shell.say("lead-ten-thousand", [("value", &value)]))
    }

    fn contract_link(&self) -> Option<String> {
        let number = self.page.row.registration_number.as_deref()?;
        let is_seen = self.shell.may(Action::ReadContracts);
        is_seen.then(|| self.shell.link(&format!("/contracts/{number}")))
    }

    fn application_link(&self) -> Option<String> {
        let id = self.page.application_id.as_deref()?;
        Some(self.shell.link(&format!("/applications/{id}")))
    }

    fn has_contract(&self) -> bool {
        self.page.row.application_id.is_some() || self.page.row.registration_number.is_some()
    }
}
