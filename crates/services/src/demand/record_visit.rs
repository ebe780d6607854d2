//! Records a visit (走访) or a telephone check (电话核实) of a company about its demand.

use jiff::civil::Date;
use serde_json::json;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::demand::{DemandState, Verification};
use xiaoxiang_domain::market::clean_text;
use xiaoxiang_store::NewEntry;
use xiaoxiang_store::demand::{self as store, VisitRow};

use super::case::{Case, stale};
use super::take_demand_step::{WORDS_CHARACTERS_MAX, confirm};
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Most visits of a demand.
const VISITS_MAX: usize = 100;

/// How the company was spoken with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VisitKind {
    /// 走访
    Visit,
    /// 电话核实
    Telephone,
}

impl VisitKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Visit, Self::Telephone];

    /// The word of the database and the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Visit => "visit",
            Self::Telephone => "telephone",
        }
    }

    /// The kind of a word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// What was found.
#[derive(Clone, Debug)]
pub struct NewVisit {
    /// The revision that was seen.
    pub revision: i64,
    /// How.
    pub kind: VisitKind,
    /// When.
    pub held_on: Date,
    /// Which of contact, budget and authority are as written.
    pub found: Found,
    /// In words.
    pub words: String,
}

/// What was found to be as written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// 联系人属实
    pub contact: bool,
    /// 预算属实
    pub budget: bool,
    /// 有权代表企业
    pub authority: bool,
}

/// Writes it down. A telephone check that finds all three as written confirms the demand in the company's name.
pub async fn record_visit(
    app: &App,
    actor: &Actor,
    demand_id: &str,
    visit: &NewVisit,
) -> Result<(), Refusal> {
    actor.permit(Action::ReadDemands)?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let mut case = Case::visible(&mut tx, actor, demand_id).await?;
    let may = case.allows(actor, Action::CheckDemands)
        || case.allows(actor, Action::SortDemands)
        || (case.is_entered_by(actor) && actor.may(Action::EnterDemands));
    // The company does not verify itself.
    if !may || case.is_of(actor) {
        return Err(Refusal::Forbidden(Action::CheckDemands));
    }
    if case.state == DemandState::Draft || case.state.is_final() {
        return Err(Refusal::invalid(
            "demand.visit.not_now",
            "草稿和已办结的需求不登记走访。",
            "no visits are recorded for drafts and for demands that are over",
        ));
    }
    if case.row.revision != visit.revision || !store::take(&mut tx, demand_id, visit.revision).await? {
        return Err(stale(&case));
    }
    let region = app.region_in(&mut tx).await?;
    let today = app.clock.today_in(&region.time_zone);
    let words = clean_text(&visit.words, WORDS_CHARACTERS_MAX).ok().filter(|words| !words.is_empty());
    let Some(words) = words.filter(|_| visit.held_on <= today) else {
        return Err(Refusal::invalid(
            "demand.visit",
            format!("请写明情况（不超过 {WORDS_CHARACTERS_MAX} 字），日期不晚于今天。"),
            format!(
                "say what was found in at most {WORDS_CHARACTERS_MAX} characters, on a day that is not ahead"
            ),
        ));
    };
    if store::list_visits(&mut tx, demand_id).await?.len() >= VISITS_MAX {
        return Err(Refusal::invalid(
            "demand.visits",
            "走访记录已达上限。",
            "no more visits can be recorded",
        ));
    }
    let row = VisitRow {
        visit_id: app.new_id()?,
        demand_id: demand_id.to_owned(),
        kind: visit.kind.code().to_owned(),
        held_on: visit.held_on.to_string(),
        has_contact: visit.found.contact,
        has_budget: visit.found.budget,
        has_authority: visit.found.authority,
        words,
        person_id: actor.person_id().unwrap_or_default().to_owned(),
        recorded_at_ms: app.clock.now_ms(),
    };
    store::add_visit(&mut tx, &row).await?;
    let is_verified = visit.kind == VisitKind::Telephone
        && visit.found == Found { contact: true, budget: true, authority: true };
    if is_verified {
        case.row.verified = Some(Verification::Telephone.code().to_owned());
        confirm(&mut case, &region.region, today);
    }
    case.row.position = tx.next_position().await?;
    store::update(&mut tx, &case.row).await?;
    let payload = json!({ "kind": row.kind, "held_on": row.held_on, "verified": is_verified });
    let entry = NewEntry { kind: "demand.visit_recorded", subject: format!("demand:{demand_id}"), payload };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(())
}
