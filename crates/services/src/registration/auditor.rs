//! Names an auditor for the contract texts of one application (指定查阅人): for a stated reason and until a day, ended early
//! where it is no longer needed. Whoever inspects without being named sees the application and not its texts.

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde_json::json;
use xiaoxiang_domain::access::{Action, Role};
use xiaoxiang_domain::notice::{NamedValue, Notice, NoticeKind, Whom};
use xiaoxiang_store::registration_auditor::{self as store, NamingRow};
use xiaoxiang_store::{NewEntry, StoreError, Tx, person};

use super::case::Case;
use crate::access::holds_today;
use crate::actor::Actor;
use crate::app::App;
use crate::notice::{Occasion, notify};
use crate::refusal::Refusal;

/// Days ahead until which somebody may be named.
pub const NAMED_DAYS_MAX: i32 = 366;
/// Characters of a reason.
pub const NAMING_REASON_CHARACTERS_MAX: usize = 500;
/// Auditors who are named for one application at once.
pub const NAMED_MAX: usize = 10;
/// Who inspects, and reads texts only where named.
const INSPECTING: [Role; 2] = [Role::Auditor, Role::DisciplineInspector];

/// Who is named, what for, until when.
#[derive(Clone, Debug)]
pub struct NewNaming {
    /// UUID of the person.
    pub person_id: String,
    /// What for.
    pub reason: String,
    /// The last day.
    pub valid_to: Date,
}

/// Somebody who could be named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditorChoice {
    /// UUID of the person.
    pub person_id: String,
    /// Their name.
    pub name: String,
    /// As what they inspect.
    pub role: Role,
}

/// A naming as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamingView {
    /// Days, people and reasons.
    pub row: NamingRow,
    /// Name of who was named.
    pub name: String,
    /// Name of who named them; what the log calls them where it is no person.
    pub named_by: String,
    /// Whether it holds today: neither ended nor over.
    pub holds: bool,
}

/// The namings of an application, the newest first, for whoever handles, decides or inspects.
pub async fn list_namings(
    app: &App,
    actor: &Actor,
    application_id: &str,
) -> Result<Vec<NamingView>, Refusal> {
    actor.permit(Action::ReadApplications)?;
    let mut tx = app.db.read().await?;
    Case::visible(&mut tx, actor, application_id).await?;
    if !sees_namings(actor) {
        return Err(Refusal::Forbidden(Action::NameTextAuditor));
    }
    let today = app.today_in(&mut tx).await?.to_string();
    let mut views = Vec::new();
    for row in store::list(&mut tx, application_id).await? {
        let name = name_of(&mut tx, &row.person_id).await?;
        let named_by = match Actor::person_of(&row.named_by) {
            Some(person_id) => name_of(&mut tx, person_id).await?,
            None => row.named_by.clone(),
        };
        let holds = row.ended_at_ms.is_none() && row.valid_to >= today;
        views.push(NamingView { row, name, named_by, holds });
    }
    Ok(views)
}

/// Applicants and experts are not told who audits what for; everybody else who sees the application is.
#[must_use]
pub fn sees_namings(actor: &Actor) -> bool {
    !actor.may(Action::Apply) && !actor.may(Action::GiveExpertOpinion) && actor.may(Action::ReadApplications)
}

async fn name_of(tx: &mut Tx, person_id: &str) -> Result<String, StoreError> {
    Ok(person::find(tx, person_id).await?.map_or_else(|| person_id.to_owned(), |row| row.name))
}

/// People who inspect today, for whoever may name them.
pub async fn list_auditors(app: &App, actor: &Actor) -> Result<Vec<AuditorChoice>, Refusal> {
    actor.permit(Action::NameTextAuditor)?;
    let mut tx = app.db.read().await?;
    let mut choices: Vec<AuditorChoice> = Vec::new();
    for role in INSPECTING {
        for grant in person::list_holders(&mut tx, role.code()).await? {
            let is_listed = choices.iter().any(|one| one.person_id == grant.person_id);
            if is_listed || !holds_today(app, &mut tx, &grant.person_id, role).await? {
                continue;
            }
            let name = name_of(&mut tx, &grant.person_id).await?;
            choices.push(AuditorChoice { person_id: grant.person_id, name, role });
        }
    }
    Ok(choices)
}

/// Names an auditor and gives the naming's id.
pub async fn name_auditor(
    app: &App,
    actor: &Actor,
    application_id: &str,
    new: &NewNaming,
) -> Result<String, Refusal> {
    actor.permit(Action::ReadApplications)?;
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    let case = Case::visible(&mut tx, actor, application_id).await?;
    case.permit(actor, Action::NameTextAuditor)?;
    let reason = checked_reason(&new.reason)?;
    let today = app.today_in(&mut tx).await?;
    let latest = today.saturating_add(NAMED_DAYS_MAX.days());
    if new.valid_to < today || new.valid_to > latest {
        return Err(Refusal::invalid(
            "registration.auditor.day",
            format!("截止日期应在今天（{today}）至 {latest} 之间。"),
            format!("the last day lies between today ({today}) and {latest}"),
        ));
    }
    let mut inspects = false;
    for role in INSPECTING {
        inspects |= holds_today(app, &mut tx, &new.person_id, role).await?;
    }
    if !inspects {
        return Err(Refusal::invalid(
            "registration.auditor.role",
            "只能指定现有审计或纪检角色的人员。请从列表中选择，或先请系统管理员授权。",
            "only somebody with an auditor's or discipline inspector's role today can be named; choose from the list, or \
             have the administrator grant the role first",
        ));
    }
    let day = today.to_string();
    let named = store::list(&mut tx, application_id).await?;
    let mut holding = named.iter().filter(|row| row.ended_at_ms.is_none() && row.valid_to >= day);
    if holding.clone().any(|row| row.person_id == new.person_id) {
        return Err(Refusal::invalid(
            "registration.auditor.named",
            "该人员已被指定。需要改期限的，先提前结束，再重新指定。",
            "this person is named already; to change the day, end it early and name them again",
        ));
    }
    if holding.nth(NAMED_MAX - 1).is_some() {
        return Err(Refusal::invalid(
            "registration.auditor.too_many",
            format!("一份申请同时最多指定 {NAMED_MAX} 人。请先结束不再需要的。"),
            format!("at most {NAMED_MAX} people are named for an application at once; end one first"),
        ));
    }
    let row = NamingRow {
        naming_id: app.new_id()?,
        application_id: application_id.to_owned(),
        person_id: new.person_id.clone(),
        reason: reason.to_owned(),
        valid_to: new.valid_to.to_string(),
        named_by: actor.log_name().to_owned(),
        named_at_ms: now_ms,
        ended_by: None,
        ended_at_ms: None,
        end_reason: None,
    };
    store::name(&mut tx, &row).await?;
    let entry = NewEntry {
        kind: "registration.auditor_named",
        subject: format!("application:{application_id}"),
        payload: json!({
            "naming": row.naming_id, "person": row.person_id, "valid_to": row.valid_to, "reason": row.reason,
        }),
    };
    let notice = Notice {
        kind: NoticeKind::TextAuditorNamed,
        subject: format!("application:{application_id}"),
        values: vec![
            NamedValue::same("project", &case.row.project_name),
            NamedValue::same("day", &row.valid_to),
        ],
        path: format!("/applications/{application_id}"),
    };
    let record = format!("naming:{}", row.naming_id);
    let whom = [Whom::Person(row.person_id.clone())];
    notify(app, &mut tx, Occasion::Once { record: &record, author: Some(actor) }, &notice, &whom).await?;
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(row.naming_id)
}

/// Ends a naming early: from now on the texts are closed to who was named.
pub async fn end_naming(
    app: &App,
    actor: &Actor,
    application_id: &str,
    naming_id: &str,
    reason: &str,
) -> Result<(), Refusal> {
    actor.permit(Action::ReadApplications)?;
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    let case = Case::visible(&mut tx, actor, application_id).await?;
    case.permit(actor, Action::NameTextAuditor)?;
    let reason = checked_reason(reason)?;
    let today = app.today_in(&mut tx).await?.to_string();
    let named = store::list(&mut tx, application_id).await?;
    let naming = named.iter().find(|row| row.naming_id == naming_id);
    let naming = naming.ok_or_else(|| Refusal::NotFound(naming_id.to_owned()))?;
    if naming.valid_to < today || !store::end(&mut tx, naming_id, actor.log_name(), reason, now_ms).await? {
        return Err(Refusal::invalid(
            "registration.auditor.over",
            "这项指定已经结束。",
            "this naming is over already",
        ));
    }
    let entry = NewEntry {
        kind: "registration.auditor_ended",
        subject: format!("application:{application_id}"),
        payload: json!({ "naming": naming_id, "person": naming.person_id, "reason": reason }),
    };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(())
}

fn checked_reason(reason: &str) -> Result<&str, Refusal> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > NAMING_REASON_CHARACTERS_MAX {
        return Err(Refusal::invalid(
            "registration.auditor.reason",
            format!("请写明理由，不超过 {NAMING_REASON_CHARACTERS_MAX} 字。"),
            format!("give a reason of at most {NAMING_REASON_CHARACTERS_MAX} characters"),
        ));
    }
    Ok(reason)
}

/// Whether somebody who sees an application may open its texts now, as far as that needs a naming: who inspects is named for
/// it, today included. Everybody else is permitted by the table alone.
pub(super) async fn is_named_or_needs_none(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    application_id: &str,
) -> Result<bool, Refusal> {
    if !actor.role().is_some_and(|role| INSPECTING.contains(&role)) {
        return Ok(true);
    }
    let (Some(person_id), Some(role)) = (actor.person_id(), actor.role()) else { return Ok(false) };
    let today = app.today_in(tx).await?.to_string();
    let is_named = store::is_named(tx, application_id, person_id, &today).await?;
    // A role that was taken away meanwhile opens nothing.
    Ok(is_named && holds_today(app, tx, person_id, role).await?)
}

/// What an auditor is told who is not named, or no longer.
pub(super) fn not_named() -> Refusal {
    Refusal::Barred {
        code: "registration.text.not_named",
        zh: "合同文本只对经指定的审计人员开放。请向处室负责人说明事由，由其在申请页面指定您并写明期限。".to_owned(),
        en: "contract texts are open to named auditors only; tell the head of division what for, who names you on the \
             application's page until a day"
            .to_owned(),
    }
}
