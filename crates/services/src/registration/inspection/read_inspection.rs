//! Inspections as a list and one by one, with what the reader may do now.

use jiff::civil::Date;
use xiaoxiang_domain::access::{Action, Role, Scope};
use xiaoxiang_domain::contract::procedure::{
    InspectionAct, InspectionObstacle, InspectionStage, Turn, decide_act, turn_at,
};
use xiaoxiang_store::inspection::{self as store, DrawRow, InspectionRow};
use xiaoxiang_store::registration::AttachmentRow;
use xiaoxiang_store::{StoreError, Tx};

use super::super::attach_text::AttachmentKind;
use super::super::case::Case;
use super::super::read_attachment::{ReadText, open_text, permit_texts, reads_texts};
use super::take_act::{Held, action_of, days_of, is_told, stage_of};
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
    /// Whose turn it is; nobody's where nothing follows.
    pub turn: Option<Turn>,
    /// Until when the party is waited for, where it is or was.
    pub due: Option<Date>,
}

impl InspectionSummary {
    /// Whether it waits for somebody who may act as `actor` does.
    #[must_use]
    pub fn waits_for(&self, actor: &Actor) -> bool {
        match self.turn {
            Some(Turn::Party) => actor.may(Action::Apply),
            Some(Turn::Province) => actor.may(Action::ReviewRegistrations),
            None => false,
        }
    }
}

/// Inspections that wait for somebody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InspectionsWaiting {
    /// How many.
    pub count: i64,
    /// The earliest day until when, of the party's.
    pub due: Option<Date>,
}

/// One inspection.
#[derive(Clone, Debug)]
pub struct InspectionPage {
    /// As in the list.
    pub summary: InspectionSummary,
    /// The draw that opened it; none where it was opened for cause.
    pub draw: Option<DrawRow>,
    /// The legal day.
    pub today: Date,
    /// Files that the party has produced in it.
    pub evidence: Vec<AttachmentRow>,
    /// Whether the reader may open them: the party, and who decides on them.
    pub may_read_evidence: bool,
    /// Whether the reader may add to them now.
    pub may_add_evidence: bool,
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
    /// Instant.
    pub taken_at_ms: i64,
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
    let today = app.today_in(&mut tx).await?;
    let rows = store::list(&mut tx, organisation_key_of(scope)).await?;
    summaries(&mut tx, actor, rows, today).await
}

/// Those of one application, the oldest first.
pub async fn list_inspections_of(
    app: &App,
    actor: &Actor,
    application_id: &str,
) -> Result<Vec<InspectionSummary>, Refusal> {
    actor.permit(Action::ReadApplications)?;
    if actor.role() == Some(Role::Expert) {
        return Ok(Vec::new());
    }
    let mut tx = app.db.read().await?;
    let today = app.today_in(&mut tx).await?;
    let rows = store::list_of_application(&mut tx, application_id).await?;
    summaries(&mut tx, actor, rows, today).await
}

/// How many inspections wait for the party, or for the province.
pub async fn count_inspections_waiting(app: &App, actor: &Actor) -> Result<InspectionsWaiting, Refusal> {
    let (scope, turn) = match (actor.extent(Action::Apply), actor.extent(Action::ReviewRegistrations)) {
        (Some(scope), _) => (scope, Turn::Party),
        (None, Some(scope)) => (scope, Turn::Province),
        (None, None) => return Ok(InspectionsWaiting::default()),
    };
    let mut tx = app.db.read().await?;
    let today = app.today_in(&mut tx).await?;
    let mut waiting = InspectionsWaiting::default();
    for row in store::list(&mut tx, organisation_key_of(scope)).await? {
        let (stage, days) = (stage_of(&row)?, days_of(&row)?);
        if turn_at(stage, days, today) == Some(turn) {
            waiting.count += 1;
            let due = days.due_at(stage).filter(|_| turn == Turn::Party);
            waiting.due = [waiting.due, due].into_iter().flatten().min();
        }
    }
    Ok(waiting)
}

const fn organisation_key_of(scope: Scope) -> i64 {
    if let Scope::Organisation(key) = scope { key } else { 0 }
}

async fn summaries(
    tx: &mut Tx,
    actor: &Actor,
    rows: Vec<InspectionRow>,
    today: Date,
) -> Result<Vec<InspectionSummary>, Refusal> {
    let mut found = Vec::new();
    for row in rows {
        if !is_told(actor, stage_of(&row)?) {
            continue;
        }
        match Case::visible(tx, actor, &row.application_id).await {
            Ok(case) => {
                let name = xiaoxiang_store::organisation::find_name(tx, case.row.organisation_key).await?;
                found.push(summary(row, &case, name.unwrap_or_default().0, today)?);
            }
            Err(Refusal::NotFound(_)) => {}
            Err(refusal) => return Err(refusal),
        }
    }
    Ok(found)
}

/// One inspection that somebody may see; others are not found.
pub async fn read_inspection(
    app: &App,
    actor: &Actor,
    inspection_id: &str,
) -> Result<InspectionPage, Refusal> {
    let mut tx = app.db.read().await?;
    let held = Held::visible(&mut tx, actor, inspection_id).await?;
    let today = app.today_in(&mut tx).await?;
    let mut acts = Vec::new();
    for row in store::list_acts(&mut tx, inspection_id).await? {
        let damaged = || StoreError::Damaged(format!("act {} of {inspection_id}", row.serial));
        acts.push(ActView {
            act: InspectionAct::from_code(&row.act).ok_or_else(damaged)?,
            stage: InspectionStage::from_code(&row.to_stage).ok_or_else(damaged)?,
            ground_codes: serde_json::from_str(&row.ground_codes).map_err(|_| damaged())?,
            taken_on: row.taken_on,
            taken_at_ms: row.taken_at_ms,
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
    let draws = store::list_draws(&mut tx).await?;
    let draw = draws.into_iter().find(|draw| held.row.draw_id.as_ref() == Some(&draw.draw_id));
    let evidence = evidence_of(&mut tx, &held.row).await?;
    let may_read_evidence =
        reviews(&held.case, actor) || reads_texts(app, &mut tx, actor, &held.case).await?;
    let asks = matches!(held.stage, InspectionStage::Noticed | InspectionStage::HearingOffered);
    let may_add_evidence = asks && held.case.allows(actor, Action::Apply);
    let summary = summary(held.row, &held.case, name.unwrap_or_default().0, today)?;
    Ok(InspectionPage {
        summary,
        draw,
        today,
        evidence,
        may_read_evidence,
        may_add_evidence,
        acts,
        acts_open,
    })
}

/// One piece of evidence, its view logged.
pub async fn read_evidence(
    app: &App,
    actor: &Actor,
    inspection_id: &str,
    attachment_id: &str,
) -> Result<ReadText, Refusal> {
    let mut tx = app.db.read().await?;
    let held = Held::visible(&mut tx, actor, inspection_id).await?;
    if !reviews(&held.case, actor) {
        permit_texts(app, &mut tx, actor, &held.case).await?;
    }
    let found = evidence_of(&mut tx, &held.row).await?;
    let found = found.into_iter().find(|row| row.upload_id == attachment_id);
    let row = found.ok_or_else(|| Refusal::NotFound(attachment_id.to_owned()))?;
    open_text(app, actor, tx, row).await
}

/// What is produced to the province is the province's to read; other texts of the contract are not.
fn reviews(case: &Case, actor: &Actor) -> bool {
    case.allows(actor, Action::ReviewRegistrations)
}

/// What the party attached as evidence since an inspection was opened.
async fn evidence_of(tx: &mut Tx, row: &InspectionRow) -> Result<Vec<AttachmentRow>, Refusal> {
    let mut found = xiaoxiang_store::registration::list_attachments(tx, &row.application_id).await?;
    let kind = AttachmentKind::Evidence.code();
    found.retain(|file| file.kind == kind && file.attached_at_ms >= row.opened_at_ms);
    Ok(found)
}

fn summary(
    row: InspectionRow,
    case: &Case,
    organisation: String,
    today: Date,
) -> Result<InspectionSummary, Refusal> {
    let (stage, days) = (stage_of(&row)?, days_of(&row)?);
    Ok(InspectionSummary {
        stage,
        turn: turn_at(stage, days, today),
        due: days.due_at(stage),
        project_name: case.row.project_name.clone(),
        registration_number: case.row.registration_number.clone().unwrap_or_default(),
        organisation,
        row,
    })
}
