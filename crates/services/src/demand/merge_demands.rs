//! Makes one industry-common demand of several companies' (并入共性需求), or several demands of one (拆分); parents stay.

use serde_json::json;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::demand::{
    DemandForm, DemandKind, DemandObstacle, DemandState, DemandStep, Enterer, decide_demand_step,
};
use xiaoxiang_store::NewEntry;
use xiaoxiang_store::demand as store;

use super::case::{Case, personal_of, stale, text_of};
use super::notify_demand::notify_step;
use super::save_demand::save_contact;
use super::start_demand::write_draft;
use super::take_demand_step::{hand_in, write_step};
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Most demands that become one.
pub const MERGED_MAX: usize = 50;
/// Most demands that one becomes.
pub const SPLIT_MAX: usize = 10;
/// What a common demand does not take over from its form: it belongs to no company.
const COMPANY_KEYS: [&str; 3] = ["organisation_name", "credit_code", "tried"];

/// Several demands that become one.
#[derive(Clone, Debug)]
pub struct Merger {
    /// Demands with the revisions that were seen.
    pub parents: Vec<(String, i64)>,
    /// The common demand as it is to read. Contact data are those of the office that answers for it.
    pub form: DemandForm,
    /// Why they belong together.
    pub words: String,
}

/// Merges and gives the id of the common demand, which is sorted already and waits for its experts.
pub async fn merge_demands(app: &App, actor: &Actor, merger: &Merger) -> Result<String, Refusal> {
    actor.permit(Action::DecideDemands)?;
    let mut ids: Vec<&str> = merger.parents.iter().map(|(id, _)| id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.len() < 2 || ids.len() > MERGED_MAX || ids.len() != merger.parents.len() {
        return Err(Refusal::invalid(
            "demand.merge.count",
            format!("请选择 2 至 {MERGED_MAX} 条不同的企业需求。"),
            format!("choose 2 to {MERGED_MAX} different company demands"),
        ));
    }
    if merger.words.trim().is_empty() {
        return Err(Refusal::invalid(
            "demand.words_missing",
            "请写明并入的理由，企业会看到。",
            "say why they belong together; the companies read it",
        ));
    }
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let region = app.region_in(&mut tx).await?;
    let today = app.clock.today_in(&region.time_zone);
    let row = write_draft(app, &mut tx, actor, merger.form.clone()).await?;
    let mut child = Case::load(&mut tx, &row.demand_id).await?;
    child.kind = DemandKind::Common;
    child.row.organisation_key = 0;
    hand_in(app, &mut tx, actor, &mut child, &region.region, today).await?;
    let begun = child.state;
    child.state = DemandState::Sorted;
    // It is nobody's company: what identifies one does not go on.
    child.form.fields.retain(|key, _| !COMPANY_KEYS.contains(&key.as_str()));
    child.row.form = text_of(&child.form);
    let words = merger.words.trim();
    write_step(app, &mut tx, actor, &mut child, (DemandStep::Sort, begun, today), &[], words).await?;
    for (parent_id, revision) in &merger.parents {
        let mut parent = Case::visible(&mut tx, actor, parent_id).await?;
        let facts = parent.facts(&region.region);
        let outcome =
            decide_demand_step(&facts, DemandStep::Merge, Enterer::Other, words).map_err(refused)?;
        if parent.row.revision != *revision || !store::take(&mut tx, parent_id, *revision).await? {
            return Err(stale(&parent));
        }
        let from = parent.state;
        parent.state = outcome.state;
        write_step(app, &mut tx, actor, &mut parent, (DemandStep::Merge, from, today), &[], words).await?;
        store::add_link(&mut tx, parent_id, &row.demand_id, "merged").await?;
        notify_step(app, &mut tx, actor, &parent, DemandStep::Merge).await?;
    }
    let entry = NewEntry {
        kind: "demand.merged",
        subject: format!("demand:{}", row.demand_id),
        payload: json!({ "parents": ids }),
    };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(row.demand_id)
}

/// One demand that becomes several.
#[derive(Clone, Debug)]
pub struct Division {
    /// The revision that was seen.
    pub revision: i64,
    /// Title, public summary and problem of each part; all else is taken over.
    pub parts: Vec<[String; 3]>,
    /// Why.
    pub words: String,
}

/// Splits a demand and gives the ids of its parts, each checked already.
pub async fn split_demand(
    app: &App,
    actor: &Actor,
    demand_id: &str,
    division: &Division,
) -> Result<Vec<String>, Refusal> {
    actor.permit(Action::DecideDemands)?;
    if division.parts.len() < 2 || division.parts.len() > SPLIT_MAX {
        return Err(Refusal::invalid(
            "demand.split.count",
            format!("请填写 2 至 {SPLIT_MAX} 条拆分后的需求。"),
            format!("write 2 to {SPLIT_MAX} parts"),
        ));
    }
    let words = division.words.trim();
    if words.is_empty() {
        return Err(refused(DemandObstacle::WordsMissing));
    }
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let mut parent = Case::visible(&mut tx, actor, demand_id).await?;
    let region = app.region_in(&mut tx).await?;
    let today = app.clock.today_in(&region.time_zone);
    let facts = parent.facts(&region.region);
    let outcome = decide_demand_step(&facts, DemandStep::Divide, Enterer::Other, words).map_err(refused)?;
    if parent.row.revision != division.revision || !store::take(&mut tx, demand_id, division.revision).await?
    {
        return Err(stale(&parent));
    }
    let personal = personal_of(&mut tx, demand_id).await?;
    let mut ids = Vec::with_capacity(division.parts.len());
    for [title, summary, problem] in &division.parts {
        let form = parent.form.clone().with("title", title).with("summary", summary).with("problem", problem);
        let row = write_draft(app, &mut tx, actor, form).await?;
        save_contact(app, &mut tx, &row.demand_id, &personal).await?;
        let mut part = Case::load(&mut tx, &row.demand_id).await?;
        part.row.organisation_key = parent.row.organisation_key;
        hand_in(app, &mut tx, actor, &mut part, &region.region, today).await?;
        part.row.verified.clone_from(&parent.row.verified);
        part.row.confirmed_on.clone_from(&parent.row.confirmed_on);
        part.row.reconfirm_due.clone_from(&parent.row.reconfirm_due);
        let begun = part.state;
        part.state = DemandState::Checked;
        write_step(app, &mut tx, actor, &mut part, (DemandStep::Check, begun, today), &[], words).await?;
        store::add_link(&mut tx, demand_id, &row.demand_id, "split").await?;
        ids.push(row.demand_id);
    }
    let from = parent.state;
    parent.state = outcome.state;
    write_step(app, &mut tx, actor, &mut parent, (DemandStep::Divide, from, today), &[], words).await?;
    notify_step(app, &mut tx, actor, &parent, DemandStep::Divide).await?;
    let entry = NewEntry {
        kind: "demand.split",
        subject: format!("demand:{demand_id}"),
        payload: json!({ "parts": ids }),
    };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(ids)
}

fn refused(obstacle: DemandObstacle) -> Refusal {
    let (zh, en) = obstacle.words();
    Refusal::invalid(obstacle.code(), format!("{zh}。"), en)
}
