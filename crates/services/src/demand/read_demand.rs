//! One demand with what its reader may see and do.

use jiff::civil::Date;
use xiaoxiang_domain::access::{Action, Role};
use xiaoxiang_domain::demand::{
    DemandForm, DemandKind, DemandObstacle, DemandState, DemandStep, PERSONAL_KEYS, ScreeningResult,
    decide_demand_step,
};
use xiaoxiang_store::demand::{self as store, DemandRow, InquiryRow, ReviewRow, VisitRow};
use xiaoxiang_store::{Tx, person};

use super::case::{Case, NO_CONFLICT, personal_of};
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Inquiries that are shown.
const INQUIRIES_MAX: i64 = 50;
/// Fields that an expert reads before having declared anything: enough to know a conflict.
const BEFORE_DECLARATION: [&str; 5] = ["organisation_name", "title", "summary", "field", "division"];

/// A step that somebody may take now, or what stands in its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenDemandStep {
    /// Which.
    pub step: DemandStep,
    /// What has to be removed first.
    pub obstacle: Option<DemandObstacle>,
}

/// A step that was taken.
#[derive(Clone, Debug)]
pub struct DemandStepView {
    /// Which.
    pub step: DemandStep,
    /// State after it.
    pub state: DemandState,
    /// Who, by role.
    pub role: Option<Role>,
    /// Name of the person; empty where a program did, or the reader is not told.
    pub name: String,
    /// When.
    pub taken_at_ms: i64,
    /// Codes of reasons.
    pub reason_codes: Vec<String>,
    /// In words.
    pub words: String,
}

/// An expert's part as its reader may see it.
#[derive(Clone, Debug)]
pub struct ReviewView {
    /// The record.
    pub row: ReviewRow,
    /// Name of the expert; empty for who is not told.
    pub name: String,
}

/// Another demand that this one came of or became.
#[derive(Clone, Debug)]
pub struct LinkedDemand {
    /// Id.
    pub demand_id: String,
    /// Title.
    pub title: String,
    /// Whether it is what this one was made of.
    pub is_parent: bool,
    /// `merged` or `split`.
    pub kind: String,
}

/// A demand.
#[derive(Clone, Debug)]
pub struct DemandPage {
    /// The record.
    pub row: DemandRow,
    /// The form as far as the reader may see it.
    pub form: DemandForm,
    /// Where it stands.
    pub state: DemandState,
    /// Which list it belongs to.
    pub kind: DemandKind,
    /// Organisation's name on record.
    pub organisation: String,
    /// Who wrote it down.
    pub enterer: String,
    /// Steps so far.
    pub steps: Vec<DemandStepView>,
    /// Visits and calls.
    pub visits: Vec<VisitRow>,
    /// Experts, for whoever decides, and one's own part.
    pub reviews: Vec<ReviewView>,
    /// What the experts' scores give; none while some are missing.
    pub result: Option<ScreeningResult>,
    /// What it came of or became.
    pub links: Vec<LinkedDemand>,
    /// What those who gave an undertaking want it for, for the company and the offices.
    pub inquiries: Vec<InquiryRow>,
    /// Steps that the reader may take.
    pub open_steps: Vec<OpenDemandStep>,
    /// Whether the reader may write on the form.
    pub may_write: bool,
    /// Whether the reader may record visits and calls.
    pub may_visit: bool,
    /// Whether the reader decides: invites experts, merges, splits.
    pub may_decide: bool,
    /// Whether the reader acts for the company.
    pub is_company: bool,
    /// The reader's own invitation, of an expert.
    pub own_review: Option<ReviewRow>,
    /// The legal day.
    pub today: Date,
}

/// Reads a demand that somebody may see.
pub async fn read_demand(app: &App, actor: &Actor, demand_id: &str) -> Result<DemandPage, Refusal> {
    let mut tx = app.db.read().await?;
    let case = Case::visible(&mut tx, actor, demand_id).await?;
    let region = app.region_in(&mut tx).await?;
    let today = app.clock.today_in(&region.time_zone);
    let is_expert = actor.role() == Some(Role::Expert);
    let is_company = case.is_of(actor);
    let form = seen_form(&mut tx, actor, &case, is_expert).await?;
    let open_steps = if is_expert { Vec::new() } else { open_steps(actor, &case, &region.region) };
    let may_decide = case.allows(actor, Action::DecideDemands);
    let organisation = match case.row.organisation_key {
        _ if is_expert => String::new(),
        0 => String::new(),
        key => xiaoxiang_store::organisation::find_name(&mut tx, key)
            .await?
            .map_or_else(String::new, |(name, _)| name),
    };
    let mut steps = Vec::with_capacity(case.steps.len());
    for step in case.steps.iter().filter(|_| !is_expert) {
        let (Some(kind), Some(state)) =
            (DemandStep::from_code(&step.step), DemandState::from_code(&step.to_state))
        else {
            continue;
        };
        // A company is told the office, not the officer.
        let name = match step.person_id.as_deref().filter(|_| !is_company) {
            Some(person_id) => name_of(&mut tx, person_id).await?,
            None => String::new(),
        };
        steps.push(DemandStepView {
            step: kind,
            state,
            role: step.role.as_deref().and_then(Role::from_code),
            name,
            taken_at_ms: step.taken_at_ms,
            reason_codes: serde_json::from_str(&step.reason_codes).unwrap_or_default(),
            words: step.words.clone(),
        });
    }
    let mut reviews = Vec::new();
    if may_decide || actor.may(Action::ReadLog) {
        for row in &case.reviews {
            let name = name_of(&mut tx, &row.person_id).await?;
            reviews.push(ReviewView { row: row.clone(), name });
        }
    }
    let mut links = Vec::new();
    for (parent, child, kind) in store::list_links(&mut tx, demand_id).await? {
        let (other, is_parent) = if parent == demand_id { (child, false) } else { (parent, true) };
        // What the reader may not see keeps its title to itself.
        if let Ok(other) = Case::visible(&mut tx, actor, &other).await {
            let (demand_id, title) = (other.row.demand_id, other.row.title);
            links.push(LinkedDemand { demand_id, title, is_parent, kind });
        }
    }
    let sees_inside = !is_expert;
    let may_visit = case.state != DemandState::Draft
        && !case.state.is_final()
        && !is_company
        && (case.allows(actor, Action::CheckDemands)
            || case.allows(actor, Action::SortDemands)
            || (case.is_entered_by(actor) && actor.may(Action::EnterDemands)));
    let enterer = match case.row.enterer_id.as_str() {
        "" => String::new(),
        person_id if sees_inside => name_of(&mut tx, person_id).await?,
        _ => String::new(),
    };
    Ok(DemandPage {
        visits: if sees_inside { store::list_visits(&mut tx, demand_id).await? } else { Vec::new() },
        inquiries: if sees_inside {
            store::list_inquiries(&mut tx, demand_id, INQUIRIES_MAX).await?
        } else {
            Vec::new()
        },
        result: if may_decide { case.result(&region.region) } else { None },
        own_review: case.review_of(actor).filter(|_| is_expert).cloned(),
        may_write: case.state.is_writable() && (case.is_entered_by(actor) || is_company),
        form,
        state: case.state,
        kind: case.kind,
        organisation,
        enterer,
        steps,
        reviews,
        links,
        open_steps,
        may_visit,
        may_decide,
        is_company,
        today,
        row: case.row,
    })
}

/// The form as somebody may see it: experts after having declared that nothing bars them, contact data who calls.
async fn seen_form(tx: &mut Tx, actor: &Actor, case: &Case, is_expert: bool) -> Result<DemandForm, Refusal> {
    let mut form = case.form.clone();
    if !case.shows_contact(actor) {
        // A sheet may say anything there, names and numbers of people too.
        form.leftovers.clear();
    }
    if is_expert {
        let declared = case.review_of(actor).and_then(|review| review.conflict.as_deref());
        if declared != Some(NO_CONFLICT) {
            form.fields.retain(|key, _| BEFORE_DECLARATION.contains(&key.as_str()));
        }
    }
    if case.shows_contact(actor) {
        form = form.with_personal(personal_of(tx, &case.row.demand_id).await?);
    } else {
        form.fields.retain(|key, _| !PERSONAL_KEYS.contains(&key.as_str()));
    }
    Ok(form)
}

fn open_steps(actor: &Actor, case: &Case, region: &xiaoxiang_domain::region::Region) -> Vec<OpenDemandStep> {
    let facts = case.facts(region);
    let enterer = case.enterer(actor);
    let open = |step: DemandStep| {
        if !case.may_take(actor, step) {
            return None;
        }
        // Words come with the step; their lack is no obstacle yet.
        match decide_demand_step(&facts, step, enterer, "…") {
            Ok(_) => Some(OpenDemandStep { step, obstacle: None }),
            Err(DemandObstacle::NotFromHere) => None,
            Err(obstacle) => Some(OpenDemandStep { step, obstacle: Some(obstacle) }),
        }
    };
    let by_hand = |step: &DemandStep| {
        !matches!(step, DemandStep::Publish | DemandStep::Expire | DemandStep::Merge | DemandStep::Divide)
    };
    DemandStep::ALL.into_iter().filter(by_hand).filter_map(open).collect()
}

async fn name_of(tx: &mut Tx, person_id: &str) -> Result<String, Refusal> {
    Ok(person::find(tx, person_id).await?.map_or_else(String::new, |person| person.name))
}
