//! Hands the open applications of a point that is given up on to another (移交): all that are named, or none.

use serde_json::json;
use xiaoxiang_domain::access::{Action, Role, Scope};
use xiaoxiang_domain::notice::{NamedValue, Notice, NoticeKind, Whom};
use xiaoxiang_store::NewEntry;
use xiaoxiang_store::registration_point::{self as store, HandoverRow};

use super::super::case::Case;
use super::known_points::known_points;
use super::read_point::open_at;
use super::turn_point::check_reason;
use crate::actor::Actor;
use crate::app::App;
use crate::notice::{Occasion, notify};
use crate::refusal::Refusal;

/// Applications handed on at once.
pub const HANDED_ON_MAX: usize = 200;

/// What is handed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandOn {
    /// Ids of the applications.
    pub application_ids: Vec<String>,
    /// Key of the registrar that goes on with them.
    pub to: i64,
    /// Why.
    pub reason: String,
}

/// Hands applications on and gives how many. What was done so far stays with the point that did it.
pub async fn hand_on(app: &App, actor: &Actor, from: i64, request: &HandOn) -> Result<usize, Refusal> {
    actor.permit(Action::ManagePoints)?;
    check_reason(&request.reason)?;
    let mut ids = request.application_ids.clone();
    // In order of ids, so that two hand-overs never wait for each other in a circle.
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() || ids.len() > HANDED_ON_MAX {
        return Err(Refusal::invalid(
            "point.hand_on.which",
            format!("请选择要移交的申请，一次最多 {HANDED_ON_MAX} 份。"),
            format!("choose the applications to hand on, at most {HANDED_ON_MAX} at once"),
        ));
    }
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let region = app.region_in(&mut tx).await?;
    let today = app.clock.today_in(&region.time_zone);
    let points = known_points(&mut tx, &region.region).await?;
    let source = points.iter().find(|point| point.key == from);
    let source = source.ok_or_else(|| Refusal::NotFound(format!("registration point {from}")))?;
    if !source.record.is_given_up(today) {
        return Err(Refusal::invalid(
            "point.hand_on.open",
            "只有已关闭或已决定关闭的登记点可以移交申请。",
            "only a point that is closed, or whose closing is ordered, hands applications on",
        ));
    }
    let target = points.iter().find(|point| {
        point.key == request.to
            && point.key != from
            && point.record.is_open_on(today)
            && !point.record.is_given_up(today)
    });
    let target = target.ok_or_else(|| {
        Refusal::invalid(
            "point.hand_on.to",
            "请选择一个开放的登记点接收。",
            "choose a point that is open to go on with them",
        )
    })?;
    let open = open_at(&mut tx, from).await?;
    let mut entries = Vec::with_capacity(ids.len());
    for id in &ids {
        let is_open = open.values().any(|one| one.application_id == *id);
        let mut case = Case::load(&mut tx, id).await?;
        let revision = case.row.revision;
        if !is_open || !xiaoxiang_store::registration::take(&mut tx, id, revision).await? {
            return Err(Refusal::stale(
                format!("申请“{}”（已不在该登记点办理）", case.row.project_name),
                format!("application {id} (no longer open at this point)"),
            ));
        }
        case.row.registrar_key = target.key;
        case.row.changed_at_ms = app.clock.now_ms();
        xiaoxiang_store::registration::update(&mut tx, &case.row).await?;
        let row = HandoverRow {
            application_id: id.clone(),
            serial: store::count_handovers(&mut tx, id).await? + 1,
            from_registrar_key: from,
            to_registrar_key: target.key,
            after_serial: case.steps.last().map_or(0, |last| last.serial),
            reason: request.reason.trim().to_owned(),
            actor: actor.log_name().to_owned(),
            handed_on: today.to_string(),
        };
        store::hand_on(&mut tx, &row).await?;
        let notice = Notice {
            kind: NoticeKind::ApplicationHandedOn,
            subject: format!("application:{id}"),
            values: vec![
                NamedValue::same("project", &case.row.project_name),
                NamedValue::same("registrar", &target.name),
            ],
            path: format!("/applications/{id}"),
        };
        let record = format!("application:{id}:handover:{}", row.serial);
        let whom = [
            Whom::Person(case.row.applicant_id.clone()),
            Whom::Over(Role::Registrar, Scope::Registrar(target.key)),
        ];
        let occasion = Occasion::Once { record: &record, author: Some(actor) };
        notify(app, &mut tx, occasion, &notice, &whom).await?;
        entries.push(NewEntry {
            kind: "registration.handed_on",
            subject: format!("application:{id}"),
            payload: json!({ "from": from, "to": target.key, "reason": row.reason }),
        });
    }
    tx.commit(actor.log_name(), entries, []).await?;
    Ok(ids.len())
}
