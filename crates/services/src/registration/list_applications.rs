//! Applications as a list: one's own, or the registrar's queue with the most pressing first, and how many stand where.

use jiff::civil::Date;
use xiaoxiang_domain::access::{Action, Role, Scope};
use xiaoxiang_domain::contract::application::ApplicationForm;
use xiaoxiang_domain::contract::procedure::{ApplicationState, Due};
use xiaoxiang_domain::money::Fen;
use xiaoxiang_store::registration::{
    self as store, APPLICATIONS_PAGE_MAX, ApplicationFilter, ApplicationRow,
};

use super::case::Case;
use super::read_application::without_personal;
use crate::access::like_pattern;
use crate::actor::Actor;
use crate::app::App;
use crate::place::division_pattern;
use crate::refusal::Refusal;

/// Applications of one page where nothing is said.
pub const PAGE_USUAL: usize = 50;

/// Which applications.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApplicationsAsk {
    /// States; none means all.
    pub states: Vec<ApplicationState>,
    /// Part of the project's name or of a number.
    pub text: String,
    /// Only those that the province has to look at (强制抽查).
    pub sampled_only: bool,
    /// What the page before gave as `next`.
    pub after: Option<String>,
    /// Applications of the page; 0 for the usual number.
    pub limit: usize,
}

/// A page of applications.
#[derive(Clone, Debug)]
pub struct ApplicationsPage {
    /// The most pressing first: by due day, those without one behind.
    pub items: Vec<ListedApplication>,
    /// Where the next page begins; none on the last.
    pub next: Option<String>,
    /// How many stand in each state, in the order of the procedure.
    pub counts: Vec<StateCount>,
    /// How many are past their due day.
    pub late: i64,
    /// The legal day.
    pub today: Date,
}

/// How many applications stand in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateCount {
    /// Which.
    pub state: ApplicationState,
    /// How many.
    pub count: i64,
}

/// An application in a list.
#[derive(Clone, Debug)]
pub struct ListedApplication {
    /// Id.
    pub application_id: String,
    /// Revision.
    pub revision: i64,
    /// Where it stands.
    pub state: ApplicationState,
    /// 项目名称
    pub project_name: String,
    /// 受理编号
    pub acceptance_number: Option<String>,
    /// 登记编号
    pub registration_number: Option<String>,
    /// 卖方; empty for a natural person whom the reader may not know.
    pub seller: String,
    /// 买方; likewise.
    pub buyer: String,
    /// 成交额
    pub contract_value: Option<Fen>,
    /// 技术交易额
    pub technology_value: Option<Fen>,
    /// When it was handed in last.
    pub submitted_at_ms: Option<i64>,
    /// When it changed last.
    pub changed_at_ms: i64,
    /// When the decision is due; none while the clock does not run.
    pub due: Option<Due>,
    /// 强制抽查
    pub is_sampled: bool,
    /// 有异议
    pub is_disputed: bool,
}

/// A page of the applications that somebody may see.
pub async fn list_applications(
    app: &App,
    actor: &Actor,
    ask: &ApplicationsAsk,
) -> Result<ApplicationsPage, Refusal> {
    let scope = actor.permit(Action::ReadApplications)?;
    let limit = if ask.limit == 0 { PAGE_USUAL } else { ask.limit.min(limit_max()) };
    let mut tx = app.db.read().await?;
    let region = app.region_in(&mut tx).await?;
    let today = app.clock.today_in(&region.time_zone);
    let filter = filter_of(actor, scope, ask);
    let after = ask.after.as_deref().map(read_place).transpose()?.unwrap_or_default();
    let wanted = i64::try_from(limit).expect("invariant: a page is short");
    let mut rows = store::list(&mut tx, &filter, (&after.0, &after.1), wanted).await?;
    let next =
        (rows.len() == limit).then(|| rows.last().map(|row| write_place(&store::place_of(row)))).flatten();
    let is_whole = matches!(scope, Scope::Organisation(_) | Scope::Registrar(_)) || actor.role().is_none();
    let mut items = Vec::with_capacity(rows.len());
    for row in rows.drain(..) {
        let case = Case::load(&mut tx, &row.application_id).await?;
        let due = case.due(&region.region);
        items.push(listed(row, &case, is_whole, due));
    }
    let counted = store::count_by_state(&mut tx, &filter).await?;
    let count_of = |state: ApplicationState| {
        let found = counted.iter().find(|(code, _)| code == state.code());
        StateCount { state, count: found.map_or(0, |(_, count)| *count) }
    };
    // Due days are the registrar's; experts have none of their own.
    let is_expert = !filter.expert.is_empty();
    let late = if is_expert { 0 } else { store::count_late(&mut tx, &filter, &today.to_string()).await? };
    Ok(ApplicationsPage { items, next, counts: ApplicationState::ALL.map(count_of).to_vec(), late, today })
}

fn limit_max() -> usize {
    usize::try_from(APPLICATIONS_PAGE_MAX).expect("invariant: a page is short")
}

fn filter_of(actor: &Actor, scope: Scope, ask: &ApplicationsAsk) -> ApplicationFilter {
    let codes: Vec<&str> = ask.states.iter().map(|state| state.code()).collect();
    let is_expert = actor.role() == Some(Role::Expert);
    ApplicationFilter {
        organisation_key: if let Scope::Organisation(key) = scope { key } else { 0 },
        registrar_key: if let Scope::Registrar(key) = scope { key } else { 0 },
        division: if let Scope::Division(root) = scope {
            division_pattern(&root.to_string())
        } else {
            String::new()
        },
        states: if codes.is_empty() { String::new() } else { format!(",{},", codes.join(",")) },
        text: if ask.text.trim().is_empty() { String::new() } else { like_pattern(&ask.text) },
        expert: actor.person_id().filter(|_| is_expert).unwrap_or_default().to_owned(),
        sampled_only: ask.sampled_only,
        has_drafts: matches!(scope, Scope::Organisation(_)) || actor.role().is_none(),
    }
}

fn listed(row: ApplicationRow, case: &Case, is_whole: bool, due: Option<Due>) -> ListedApplication {
    let masked;
    let form: &ApplicationForm = if is_whole {
        &case.form
    } else {
        masked = without_personal(&case.form);
        &masked
    };
    ListedApplication {
        revision: row.revision,
        state: case.state,
        seller: form.field("seller_name").to_owned(),
        buyer: form.field("buyer_name").to_owned(),
        contract_value: row.contract_value_fen.map(Fen),
        technology_value: row.technology_value_fen.map(Fen),
        submitted_at_ms: row.submitted_at_ms,
        changed_at_ms: row.changed_at_ms,
        due,
        is_sampled: row.is_sampled,
        is_disputed: case.is_disputed(),
        application_id: row.application_id,
        project_name: row.project_name,
        acceptance_number: row.acceptance_number,
        registration_number: row.registration_number,
    }
}

fn write_place(place: &(String, String)) -> String {
    hex::encode(format!("{}/{}", place.0, place.1))
}

fn read_place(text: &str) -> Result<(String, String), Refusal> {
    let read = hex::decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let place = read.as_deref().and_then(|text| text.split_once('/'));
    let (day, id) = place.ok_or_else(|| {
        Refusal::invalid(
            "request.cursor",
            "翻页位置不是本系统给出的。请从第一页开始。",
            "the cursor is none of ours; begin with the first page",
        )
    })?;
    Ok((day.to_owned(), id.to_owned()))
}
