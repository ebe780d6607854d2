//! Goes on with an inspection: notice, evidence, hearing, decision, service, letters. A revocation takes the registration
//! away in the same commit.

use jiff::civil::Date;
use serde_json::json;
use xiaoxiang_domain::access::{Action, Scope};
use xiaoxiang_domain::contract::procedure::{
    InspectionAct, InspectionDays, InspectionObstacle, InspectionStage, Obstacle, Step, Turn, decide_act,
};
use xiaoxiang_domain::region::Region;
use xiaoxiang_store::inspection::{self as store, ActRow, InspectionRow};
use xiaoxiang_store::{NewEntry, StoreError, Tx};

use super::super::case::{Case, Rules, officer_of};
use super::super::take_step::{Beside, StepRequest, WORDS_CHARACTERS_MAX, take_step_beside};
use super::notify_act::notify_act;
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// An act that somebody wants to do.
#[derive(Clone, Debug)]
pub struct ActRequest {
    /// Which.
    pub act: InspectionAct,
    /// The revision that was seen.
    pub revision: i64,
    /// Coded grounds, of a revocation.
    pub ground_codes: Vec<String>,
    /// What was done or found, in words.
    pub words: String,
}

/// An act that was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActDone {
    /// The new revision.
    pub revision: i64,
    /// Where the inspection stands.
    pub stage: InspectionStage,
}

/// An inspection with its application.
pub(super) struct Held {
    pub row: InspectionRow,
    pub stage: InspectionStage,
    pub days: InspectionDays,
    pub case: Case,
}

impl Held {
    /// One inspection of an application that somebody may see.
    pub async fn visible(tx: &mut Tx, actor: &Actor, inspection_id: &str) -> Result<Self, Refusal> {
        actor.permit(Action::ReadApplications)?;
        let unknown = || Refusal::NotFound(inspection_id.to_owned());
        let row = store::find(tx, inspection_id).await?.ok_or_else(unknown)?;
        let case = Case::visible(tx, actor, &row.application_id).await.map_err(|refusal| match refusal {
            Refusal::NotFound(_) => unknown(),
            other => other,
        })?;
        let (stage, days) = (stage_of(&row)?, days_of(&row)?);
        if !is_told(actor, stage) {
            return Err(unknown());
        }
        Ok(Self { row, stage, days, case })
    }
}

/// Whether somebody knows of an inspection at that stage: the party learns of it by its notice, and not before.
pub(super) fn is_told(actor: &Actor, stage: InspectionStage) -> bool {
    let is_party = matches!(actor.extent(Action::Apply), Some(Scope::Organisation(_)));
    stage != InspectionStage::Drawn || !is_party
}

pub(super) fn stage_of(row: &InspectionRow) -> Result<InspectionStage, StoreError> {
    let damaged = || StoreError::Damaged(format!("stage of inspection {}", row.inspection_id));
    InspectionStage::from_code(&row.stage).ok_or_else(damaged)
}

pub(super) fn days_of(row: &InspectionRow) -> Result<InspectionDays, StoreError> {
    let day = |text: &Option<String>| -> Result<Option<Date>, StoreError> {
        let damaged = |_| StoreError::Damaged(format!("days of inspection {}", row.inspection_id));
        text.as_deref().map(str::parse).transpose().map_err(damaged)
    };
    Ok(InspectionDays { evidence_due: day(&row.evidence_due)?, hearing_due: day(&row.hearing_due)? })
}

/// The action that an act needs: the party produces evidence and states its case, the province does the rest.
pub(super) const fn action_of(act: InspectionAct) -> Action {
    match act.turn() {
        Turn::Party => Action::Apply,
        Turn::Province => Action::ReviewRegistrations,
    }
}

/// Does an act, or says what stands in its way.
pub async fn take_act(
    app: &App,
    actor: &Actor,
    inspection_id: &str,
    request: &ActRequest,
) -> Result<ActDone, Refusal> {
    check_words(&request.words)?;
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    let mut held = Held::visible(&mut tx, actor, inspection_id).await?;
    held.case.permit(actor, action_of(request.act))?;
    if held.row.revision != request.revision {
        return Err(stale(&held));
    }
    let region = app.region_in(&mut tx).await?;
    let today = app.clock.today_in(&region.time_zone);
    let rules = Rules::on(&region.region, today)?;
    check_grounds(request, &region.region)?;
    if request.act.turn() == Turn::Province {
        let officer = officer_of(app, &mut tx, actor).await?;
        let parties = held.case.application(&mut tx).await?.parties;
        if officer.organisations.iter().any(|own| parties.contains(own)) {
            return Err(Refusal::Obstacles(vec![Obstacle::OwnOrganisation]));
        }
    }
    let has_ground = !request.ground_codes.is_empty();
    let stage = decide_act(held.stage, request.act, held.days, has_ground, today).map_err(refused)?;
    let calendar = region.region.calendar();
    match request.act {
        InspectionAct::Notice => {
            held.row.evidence_due = rules.desk.evidence.last_day(today, calendar).map(|day| day.to_string());
        }
        InspectionAct::OfferHearing => {
            held.row.hearing_due = rules.desk.hearing.last_day(today, calendar).map(|day| day.to_string());
        }
        _ => {}
    }
    let acts = store::list_acts(&mut tx, inspection_id).await?;
    let act = ActRow {
        serial: acts.last().map_or(1, |last| last.serial + 1),
        act: request.act.code().to_owned(),
        from_stage: held.stage.code().to_owned(),
        to_stage: stage.code().to_owned(),
        actor: actor.log_name().to_owned(),
        taken_on: today.to_string(),
        taken_at_ms: now_ms,
        ground_codes: json!(request.ground_codes).to_string(),
        words: request.words.trim().to_owned(),
    };
    stage.code().clone_into(&mut held.row.stage);
    let entry = NewEntry {
        kind: "inspection.act_taken",
        subject: format!("inspection:{inspection_id}"),
        payload: json!({
            "act": act.act,
            "from": act.from_stage,
            "to": act.to_stage,
            "serial": act.serial,
            "ground_codes": request.ground_codes,
            "application": held.row.application_id,
        }),
    };
    let beside = Beside { inspection: &held.row, revision: request.revision, act: &act, entry };
    if request.act == InspectionAct::Revoke {
        drop(tx);
        let step = StepRequest {
            reason_codes: request.ground_codes.clone(),
            words: request.words.clone(),
            ..StepRequest::plain(Step::Revoke, held.case.row.revision)
        };
        take_step_beside(app, actor, &held.row.application_id, &step, Some(&beside)).await?;
    } else {
        if !beside.write(&mut tx).await? {
            return Err(stale(&held));
        }
        notify_act(app, &mut tx, actor, &held, &act).await?;
        tx.commit(actor.log_name(), [beside.entry], []).await?;
    }
    Ok(ActDone { revision: request.revision + 1, stage })
}

fn refused(obstacle: InspectionObstacle) -> Refusal {
    let (zh, en) = obstacle.words();
    Refusal::invalid(obstacle.code(), format!("{zh}。"), en)
}

fn stale(held: &Held) -> Refusal {
    let (stage, stage_en) = (held.stage.label(), held.stage.label_en());
    Refusal::stale(format!("这项检查（现为“{stage}”）"), format!("this inspection (now: {stage_en})"))
}

/// Grounds are those of the region data, and only acts that accuse name any.
fn check_grounds(request: &ActRequest, region: &Region) -> Result<(), Refusal> {
    let listed = &region.registration().revocation_grounds;
    let is_known =
        |code: &String| request.act.needs_ground() && listed.iter().any(|ground| ground.code == *code);
    let Some(unknown) = request.ground_codes.iter().find(|code| !is_known(code)) else { return Ok(()) };
    Err(Refusal::invalid(
        "registration.reason.unknown",
        format!("这一步没有理由代码“{unknown}”。请从列表中选择。"),
        format!("there is no ground `{unknown}` for this act; choose from the list"),
    ))
}

/// Every act says in words what was done or found.
pub(super) fn check_words(words: &str) -> Result<(), Refusal> {
    if words.trim().is_empty() || words.chars().count() > WORDS_CHARACTERS_MAX {
        return Err(Refusal::invalid(
            "inspection.words",
            format!("请写明情况，不超过 {WORDS_CHARACTERS_MAX} 字。"),
            format!("say what was done or found in at most {WORDS_CHARACTERS_MAX} characters"),
        ));
    }
    Ok(())
}
