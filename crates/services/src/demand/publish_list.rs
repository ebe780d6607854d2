//! Publishes an issue of a list (发布清单): numbered, frozen, with what came, changed and left since the issue before.

use std::collections::BTreeMap;

use serde_json::json;
use sha2::{Digest as _, Sha256};
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::demand::{
    Budget, DemandKind, DemandState, DemandStep, Enterer, IssueEntry, IssuedList, SeenDemand, compare_issues,
    decide_demand_step,
};
use xiaoxiang_domain::market::{CooperationMode, DisclosureLevel, read_modes};
use xiaoxiang_domain::region::{DivisionCode, Region};
use xiaoxiang_store::demand_issue::{self as store, IssueRow};
use xiaoxiang_store::{NewEntry, StoreError, Tx, demand};

use super::case::Case;
use super::notify_demand::notify_step;
use super::take_demand_step::write_step;
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Demands of one issue.
const ENTRIES_MAX: i64 = 5_000;

/// What the next issue of a list would be.
#[derive(Clone, Debug)]
pub struct NextIssue {
    /// As it would be frozen; its number is given when it comes out.
    pub list: IssuedList,
    /// How many on it were not on the market before.
    pub new: usize,
}

/// An issue in a list of issues.
#[derive(Clone, Debug)]
pub struct IssueSummary {
    /// Id.
    pub issue_id: String,
    /// When it came out.
    pub issued_at_ms: i64,
    /// What it says.
    pub list: IssuedList,
    /// SHA-256 of its content.
    pub content_hash: String,
}

/// What the next issue would say, for whoever prepares or publishes it.
pub async fn preview_issue(app: &App, actor: &Actor, kind: DemandKind) -> Result<NextIssue, Refusal> {
    if !actor.may(Action::PublishDemands) {
        actor.permit(Action::DecideDemands)?;
    }
    let mut tx = app.db.read().await?;
    let region = app.region_in(&mut tx).await?;
    let today = app.clock.today_in(&region.time_zone);
    let cases = cases_for(&mut tx, kind).await?;
    let new = cases.iter().filter(|case| case.state == DemandState::Screened).count();
    let list = make_list(&mut tx, &region.region, kind, &cases, &today.to_string()).await?;
    Ok(NextIssue { list, new })
}

/// Publishes the next issue of a list and gives its id. What was selected is on the market from now on.
pub async fn publish_list(app: &App, actor: &Actor, kind: DemandKind) -> Result<String, Refusal> {
    actor.permit(Action::PublishDemands)?;
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    // Nobody else publishes or decides meanwhile: numbers and changes rest on what is on record now.
    tx.lock_log().await?;
    let region = app.region_in(&mut tx).await?;
    let today = app.clock.today_in(&region.time_zone);
    let mut cases = cases_for(&mut tx, kind).await?;
    let mut list = make_list(&mut tx, &region.region, kind, &cases, &today.to_string()).await?;
    let changes = &list.changes;
    if changes.came.is_empty() && changes.changed.is_empty() && changes.left.is_empty() {
        return Err(Refusal::invalid(
            "demand.list.unchanged",
            "自上一期以来没有变化，不必发布。",
            "nothing has changed since the last issue; there is nothing to publish",
        ));
    }
    list.number = next_number(&mut tx, &region.region, kind, today.year()).await?;
    let issue_id = app.new_id()?;
    for case in cases.iter_mut().filter(|case| case.state == DemandState::Screened) {
        let facts = case.facts(&region.region);
        let outcome =
            decide_demand_step(&facts, DemandStep::Publish, Enterer::Other, "").map_err(|obstacle| {
                let (zh, en) = obstacle.words();
                Refusal::invalid(obstacle.code(), format!("{zh}。"), en)
            })?;
        let revision = case.row.revision;
        if !demand::take(&mut tx, &case.row.demand_id, revision).await? {
            return Err(super::case::stale(case));
        }
        case.state = outcome.state;
        let words = list.number.clone();
        let moved = (DemandStep::Publish, DemandState::Screened, today);
        write_step(app, &mut tx, actor, case, moved, &[], &words).await?;
        notify_step(app, &mut tx, actor, case, DemandStep::Publish).await?;
    }
    let content = serde_json::to_string(&list).expect("invariant: a list is plain data");
    let row = IssueRow {
        issue_id: issue_id.clone(),
        kind: kind.code().to_owned(),
        issue: i64::from(list.issue),
        number: list.number.clone(),
        issued_on: list.issued_on.clone(),
        issued_by: actor.log_name().to_owned(),
        issued_at_ms: now_ms,
        content_hash: hex::encode(Sha256::digest(content.as_bytes())),
        content,
    };
    store::save(&mut tx, &row).await?;
    let payload = json!({
        "kind": row.kind,
        "issue": row.issue,
        "number": row.number,
        "issued_on": row.issued_on,
        "entries": list.entries.len(),
        "content_hash": row.content_hash,
    });
    let entry =
        NewEntry { kind: "demand.list_published", subject: format!("demand-list:{issue_id}"), payload };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(issue_id)
}

/// Issues of both lists, the latest first.
pub async fn list_issues(app: &App) -> Result<Vec<IssueSummary>, Refusal> {
    let mut tx = app.db.read().await?;
    let rows = store::list(&mut tx, store::ISSUES_PAGE_MAX).await?;
    rows.into_iter().map(summary).collect()
}

/// One issue, for anybody.
pub async fn read_issue(app: &App, issue_id: &str) -> Result<IssueSummary, Refusal> {
    let mut tx = app.db.read().await?;
    let row = store::find(&mut tx, issue_id).await?;
    summary(row.ok_or_else(|| Refusal::NotFound(issue_id.to_owned()))?)
}

fn summary(row: IssueRow) -> Result<IssueSummary, Refusal> {
    let list = serde_json::from_str(&row.content)
        .map_err(|_| StoreError::Damaged(format!("issue {}", row.issue_id)))?;
    let IssueRow { issue_id, issued_at_ms, content_hash, .. } = row;
    Ok(IssueSummary { issue_id, issued_at_ms, list, content_hash })
}

async fn cases_for(tx: &mut Tx, kind: DemandKind) -> Result<Vec<Case>, Refusal> {
    let mut cases = Vec::new();
    for (demand_id,) in store::list_for_issue(tx, kind.code(), ENTRIES_MAX).await? {
        cases.push(Case::load(tx, &demand_id).await?);
    }
    Ok(cases)
}

async fn make_list(
    tx: &mut Tx,
    region: &Region,
    kind: DemandKind,
    cases: &[Case],
    today: &str,
) -> Result<IssuedList, Refusal> {
    let before = match store::find_latest(tx, kind.code()).await? {
        Some(row) => Some(summary(row)?.list),
        None => None,
    };
    let mut entries = Vec::with_capacity(cases.len());
    for (at, case) in cases.iter().enumerate() {
        let companies = match kind {
            DemandKind::Enterprise => 1,
            DemandKind::Common => {
                let links = demand::list_links(tx, &case.row.demand_id).await?;
                links.iter().filter(|(_, child, _)| *child == case.row.demand_id).count().max(1)
            }
        };
        entries.push(entry_of(region, case, at, companies));
    }
    let old = before.as_ref().map_or(&[][..], |list| &list.entries);
    let mut now: BTreeMap<String, DemandState> = BTreeMap::new();
    for gone in old.iter().filter(|old| !entries.iter().any(|new| new.demand_id == old.demand_id)) {
        if let Some(row) = demand::find(tx, &gone.demand_id).await?
            && let Some(state) = DemandState::from_code(&row.state)
        {
            now.insert(row.demand_id, state);
        }
    }
    let changes = compare_issues(old, &entries, |id| now.get(id).copied());
    Ok(IssuedList {
        kind,
        number: String::new(),
        issue: before.map_or(1, |list| list.issue + 1),
        issued_on: today.to_owned(),
        entries,
        changes,
    })
}

/// A demand as a list prints it: what a stranger reads, and not more.
fn entry_of(region: &Region, case: &Case, at: usize, companies: usize) -> IssueEntry {
    let seen = SeenDemand::of(&case.form, DisclosureLevel::Public);
    let text = |key: &str| seen.field(key).unwrap_or_default().to_owned();
    let city = DivisionCode::parse(&case.row.division).and_then(DivisionCode::city);
    let budget = seen.field("budget").and_then(Budget::read).map(|budget| budget.words().0);
    let field_name = region
        .codes("technical_field")
        .and_then(|list| list.by_code(&case.row.field))
        .map_or_else(String::new, |code| code.name.clone());
    let state = if case.state == DemandState::Screened { DemandState::Published } else { case.state };
    IssueEntry {
        demand_id: case.row.demand_id.clone(),
        serial: u32::try_from(at + 1).unwrap_or(u32::MAX),
        title: text("title"),
        summary: text("summary"),
        field: case.row.field.clone(),
        field_name,
        city: city.map_or_else(String::new, |city| city.to_string()),
        city_name: city.and_then(|city| region.divisions().name(city)).unwrap_or_default().to_owned(),
        modes: read_modes(&case.row.modes)
            .into_iter()
            .map(|mode: CooperationMode| mode.label().to_owned())
            .collect(),
        deadline: case.row.deadline.clone(),
        budget,
        organisation: seen.field("organisation_name").map(str::to_owned),
        companies: u32::try_from(companies).unwrap_or(u32::MAX),
        state: state.code().to_owned(),
    }
}

async fn next_number(
    tx: &mut xiaoxiang_store::WriteTx,
    region: &Region,
    kind: DemandKind,
    year: i16,
) -> Result<String, Refusal> {
    let key = match kind {
        DemandKind::Enterprise => "demand_list_enterprise",
        DemandKind::Common => "demand_list_common",
    };
    let pattern = region.number_pattern(key).ok_or_else(|| {
        Refusal::invalid(
            "demand.number_pattern",
            format!("区域数据没有编号格式 {key}。请在 number_patterns.yaml 中补充。"),
            format!("the region data have no number pattern {key}; add it to number_patterns.yaml"),
        )
    })?;
    let issuer = region.code().to_string();
    let serial = xiaoxiang_store::bulletin::next_number(tx, &issuer, key, i64::from(year)).await?;
    Ok(pattern.format(year, u32::try_from(serial).unwrap_or(u32::MAX)))
}
