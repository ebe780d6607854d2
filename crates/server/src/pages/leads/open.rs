//! Opens a lead (我要对接): from a demand or an achievement of the market, from a match, or by a manager.

use askama::Template;
use axum::Form;
use axum::extract::Query;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use xiaoxiang_domain::access::{Action, Role};
use xiaoxiang_domain::achievement::AchievementState;
use xiaoxiang_domain::demand::DemandState;
use xiaoxiang_domain::lead::{LeadSource, MANAGING, is_office};
use xiaoxiang_services::Refusal;
use xiaoxiang_services::achievement::{AchievementsAsk, list_achievements, read_market_entry};
use xiaoxiang_services::demand::{DemandsAsk, list_demands, read_market_demand};
use xiaoxiang_services::lead::{LeadOffer, NewLead, open_lead};
use xiaoxiang_services::profile::read_profile;

use crate::pages::shell::{Section, Shell};
use crate::pages::statistics::SelectOption;
use crate::pages::visit::{Visit, status_of_form};

/// Own entries to choose from.
const OWN_MAX: usize = 100;

/// What the form is asked for and sends.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct OpenForm {
    demand: String,
    achievement: String,
    profile: String,
    source: String,
    reference: String,
    asker: String,
    offer_name: String,
    opened_on: String,
    note: String,
}

#[derive(Debug, Template)]
#[template(path = "lead_new.html")]
struct OpenPage {
    shell: Shell,
    typed: OpenForm,
    /// Title of the demand that it is about.
    demand: Option<String>,
    /// Title or name of the offer that it is about.
    offer: Option<String>,
    /// Own demands to choose from, where an offer is asked for.
    demands: Vec<SelectOption>,
    /// Own achievements to choose from, where a demand is answered.
    achievements: Vec<SelectOption>,
    /// Whether others may be joined.
    joins_others: bool,
    today: String,
    problems: Vec<String>,
}

pub(super) async fn show(visit: Visit, Query(form): Query<OpenForm>) -> Response {
    match page_of(&visit, form, Vec::new()).await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn page_of(visit: &Visit, typed: OpenForm, problems: Vec<String>) -> Result<OpenPage, Refusal> {
    let (app, actor) = (&visit.app, &visit.actor());
    let joins_others = joins_others(visit);
    // Who chose one of their own entries sees it in the list again.
    let is_own = |list: &[SelectOption], id: &str| list.iter().any(|one| one.value == id);
    let demands = if joins_others { Vec::new() } else { own_demands(visit, &typed.demand).await? };
    let achievements =
        if joins_others { Vec::new() } else { own_achievements(visit, &typed.achievement).await? };
    let demand = match typed.demand.as_str() {
        "" => None,
        id if is_own(&demands, id) => None,
        id => {
            Some(read_market_demand(app, actor, id).await?.seen.field("title").unwrap_or_default().to_owned())
        }
    };
    let offer = match (typed.achievement.as_str(), typed.profile.as_str()) {
        ("", "") => None,
        ("", id) => Some(read_profile(app, actor, id).await?.form.name),
        (id, _) if is_own(&achievements, id) => None,
        (id, _) => Some(read_market_entry(app, actor, id).await?.row.form.title),
    };
    Ok(OpenPage {
        shell: visit.shell(Section::Leads, visit.language.text("lead-new")),
        // One of the two is the other side's; the own one is chosen, or nothing more is said.
        demands: if offer.is_some() && demand.is_none() { demands } else { Vec::new() },
        achievements: if demand.is_some() && offer.is_none() { achievements } else { Vec::new() },
        demand,
        offer,
        joins_others,
        today: app.today().await?.to_string(),
        typed,
        problems,
    })
}

fn joins_others(visit: &Visit) -> bool {
    let role: Option<Role> = visit.actor().role();
    is_office(role) || role.is_some_and(|role| MANAGING.contains(&role))
}

async fn own_demands(visit: &Visit, chosen: &str) -> Result<Vec<SelectOption>, Refusal> {
    if !visit.actor().may(Action::ReadDemands) || visit.actor().role() == Some(Role::Expert) {
        return Ok(Vec::new());
    }
    let states = vec![DemandState::Published, DemandState::Matched];
    let ask = DemandsAsk { states, limit: OWN_MAX, ..DemandsAsk::default() };
    let list = list_demands(&visit.app, &visit.actor(), &ask).await?;
    let option = |value: String, label: String| SelectOption { is_chosen: value == chosen, value, label };
    Ok(list.items.into_iter().map(|one| option(one.row.demand_id, one.row.title)).collect())
}

async fn own_achievements(visit: &Visit, chosen: &str) -> Result<Vec<SelectOption>, Refusal> {
    if !visit.actor().may(Action::WriteAchievements) {
        return Ok(Vec::new());
    }
    let states = vec![AchievementState::Publicity, AchievementState::Listed, AchievementState::Licensed];
    let ask = AchievementsAsk { states, text: String::new(), after: None, limit: OWN_MAX };
    let list = list_achievements(&visit.app, &visit.actor(), &ask).await?;
    let option = |value: String, label: String| SelectOption { is_chosen: value == chosen, value, label };
    Ok(list.items.into_iter().map(|one| option(one.row.achievement_id, one.row.title)).collect())
}

pub(super) async fn send(visit: Visit, Form(form): Form<OpenForm>) -> Response {
    let opened = async {
        let new = new_lead(&visit, &form)?;
        open_lead(&visit.app, &visit.actor(), &new).await
    };
    match opened.await {
        Ok(opened) => {
            let done = if opened.is_new { "opened" } else { "existing" };
            visit.lead_to(&format!("/leads/{}?done={done}", opened.lead_id))
        }
        Err(refusal) => {
            let Some(status) = status_of_form(&refusal) else { return visit.refused(&refusal) };
            match page_of(&visit, form, vec![visit.sentence(&refusal)]).await {
                Ok(page) => (status, visit.page(&page)).into_response(),
                Err(refusal) => visit.refused(&refusal),
            }
        }
    }
}

fn new_lead(visit: &Visit, form: &OpenForm) -> Result<NewLead, Refusal> {
    let stated = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let offer = match (stated(&form.achievement), stated(&form.profile), stated(&form.offer_name)) {
        (Some(id), _, _) => LeadOffer::Achievement(id),
        (None, Some(id), _) => LeadOffer::Profile(id),
        (None, None, Some(name)) => LeadOffer::Organisation(name),
        (None, None, None) => LeadOffer::Own,
    };
    let usual = if joins_others(visit) { LeadSource::Manager } else { LeadSource::Inquiry };
    let opened_on = match stated(&form.opened_on) {
        Some(day) => Some(day.parse().map_err(|_| {
            Refusal::invalid("lead.day", "请填写日期，例如 2026-11-23。", "give the day, such as 2026-11-23")
        })?),
        None => None,
    };
    Ok(NewLead {
        source_reference: form.reference.clone(),
        asker: form.asker.clone(),
        opened_on,
        note: form.note.clone(),
        ..NewLead::plain(LeadSource::from_code(&form.source).unwrap_or(usual), stated(&form.demand), offer)
    })
}
