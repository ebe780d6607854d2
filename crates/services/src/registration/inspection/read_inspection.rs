//! Inspections as a list and one by one, with what the reader may do now.

use xiaoxiang_domain::access::{Action, Role, Scope};
use xiaoxiang_domain::contract::procedure::{InspectionAct, InspectionObstacle, InspectionStage, decide_act};
use xiaoxiang_store::StoreError;
use xiaoxiang_store::inspection::{self as store, InspectionRow};

use super::super::case::Case;
use super::take_act::{Held, action_of};
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// An inspection in a list.
#[derive(Clone, Debug)]
pub struct InspectionSummary {
    /// The inspection.
    pub row: InspectionRow,
    /// Where it stands.
    pub stage: InspectionStage,
    /// 项目名称
    pub project_name: String,
    /// 登记编号
    pub registration_number: String,
    /// 申请单位
    pub organisation: String,
}

/// One inspection.
#[derive(Clone, Debug)]
pub struct InspectionPage {
    /// As in the list.
    pub summary: InspectionSummary,
    /// What was done, in order.
    pub acts: Vec<ActView>,
    /// What the reader may do now.
    pub acts_open: Vec<OpenAct>,
}

/// What was done.
#[derive(Clone, Debug)]
pub struct ActView {
    /// Which.
    pub act: InspectionAct,
    /// Stage after it.
    pub stage: InspectionStage,
    /// Legal day.
    pub taken_on: String,
    /// Coded grounds.
    pub ground_codes: Vec<String>,
    /// In words.
    pub words: String,
}

/// An act that the reader may do by the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenAct {
    /// Which.
    pub act: InspectionAct,
    /// What stands in the way; none means that it can be done.
    pub obstacle: Option<InspectionObstacle>,
}

/// The inspections that somebody may see, the newest first.
pub async fn list_inspections(app: &App, actor: &Actor) -> Result<Vec<InspectionSummary>, Refusal> {
    let scope = actor.permit(Action::ReadApplications)?;
    if actor.role() == Some(Role::Expert) {
        return Ok(Vec::new());
    }
    let mut tx = app.db.read().await?;
    let organisation_key = if let Scope::Organisation(key) = scope { key } else { 0 };
    let mut summaries = Vec::new();
    for row in store::list(&mut tx, organisation_key).await? {
        match Case::visible(&mut tx, actor, &row.application_id).await {
            Ok(case) => {
                let name =
                    xiaoxiang_store::organisation::find_name(&mut tx, case.row.organisation_key).await?;
                summaries.push(summary(row, &case, name.unwrap_or_default().0)?);
            }
            Err(Refusal::NotFound(_)) => {}
            Err(refusal) => return Err(refusal),
        }
    }
    Ok(summaries)
}

/// One inspection that somebody may see; others are not found.
pub async fn read_inspection(
    app: &App,
    actor: &Actor,
    inspection_id: &str,
) -> Result<InspectionPage, Refusal> {
    let mut tx = app.db.read().await?;
    let held = Held::visible(&mut tx, actor, inspection_id).await?;
    let today = app.clock.today_in(&app.region_in(&mut tx).await?.time_zone);
    let mut acts = Vec::new();
    for row in store::list_acts(&mut tx, inspection_id).await? {
        let damaged = || StoreError::Damaged(format!("act {} of {inspection_id}", row.serial));
        acts.push(ActView {
            act: InspectionAct::from_code(&row.act).ok_or_else(damaged)?,
            stage: InspectionStage::from_code(&row.to_stage).ok_or_else(damaged)?,
            ground_codes: serde_json::from_str(&row.ground_codes).map_err(|_| damaged())?,
            taken_on: row.taken_on,
            words: row.words,
        });
    }
    let open = |act: InspectionAct| {
        let decided = decide_act(held.stage, act, held.days, true, today);
        let obstacle = decided.err();
        (obstacle != Some(InspectionObstacle::NotFromHere) && held.case.allows(actor, action_of(act)))
            .then_some(OpenAct { act, obstacle })
    };
    let acts_open = InspectionAct::ALL.into_iter().filter_map(open).collect();
    let name = xiaoxiang_store::organisation::find_name(&mut tx, held.case.row.organisation_key).await?;
    let summary = summary(held.row, &held.case, name.unwrap_or_default().0)?;
    Ok(InspectionPage { summary, acts, acts_open })
}

fn summary(row: InspectionRow, case: &Case, organisation: String) -> Result<InspectionSummary, Refusal> {
    let damaged = || StoreError::Damaged(format!("stage of inspection {}", row.inspection_id));
    Ok(InspectionSummary {
        stage: InspectionStage::from_code(&row.stage).ok_or_else(damaged)?,
        project_name: case.row.project_name.clone(),
        registration_number: case.row.registration_number.clone().unwrap_or_default(),
        organisation,
        row,
    })
}
