//! Saves a draft (保存): complete or not, over the revision that was seen.

use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::contract::application::ApplicationForm;
use xiaoxiang_domain::contract::procedure::ApplicationState;
use xiaoxiang_store::registration as store;

use super::case::Case;
use super::point::takes_applications;
use super::start_application::text_of;
use super::take_step::stale;
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// What is to be saved.
#[derive(Clone, Debug)]
pub struct SavedForm {
    /// The revision that was seen.
    pub revision: i64,
    /// Another registrar; none keeps the one chosen.
    pub registrar_key: Option<i64>,
    /// The whole form as typed.
    pub form: ApplicationForm,
}

/// Saves the form and gives the new revision. Only a draft or a returned application is written on.
pub async fn save_application(
    app: &App,
    actor: &Actor,
    application_id: &str,
    saved: &SavedForm,
) -> Result<i64, Refusal> {
    actor.permit(Action::Apply)?;
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    let case = Case::visible(&mut tx, actor, application_id).await?;
    case.permit(actor, Action::Apply)?;
    if !matches!(case.state, ApplicationState::Draft | ApplicationState::Returned) {
        return Err(Refusal::invalid(
            "application.not_writable",
            "申请已提交，不能修改。需要补正时由登记机构退回。",
            "the application was handed in and cannot be changed; the registrar returns it for a correction",
        ));
    }
    if case.row.revision != saved.revision || !store::take(&mut tx, application_id, saved.revision).await? {
        return Err(stale(&case));
    }
    let region = app.region_in(&mut tx).await?;
    let problems = saved.form.storage_problems(&region.region);
    if !problems.is_empty() {
        return Err(Refusal::Fields(problems));
    }
    let mut row = case.row;
    if let Some(key) = saved.registrar_key {
        if key != row.registrar_key {
            let today = app.clock.today_in(&region.time_zone);
            takes_applications(&mut tx, &region.region, key, today).await?;
        }
        // Whoever has accepted it keeps it.
        if row.submitted_at_ms.is_none() {
            row.registrar_key = key;
        }
    }
    row.project_name = saved.form.field("project_name").to_owned();
    row.form = text_of(&saved.form);
    row.changed_at_ms = now_ms;
    store::update(&mut tx, &row).await?;
    tx.keep_unlogged().await?;
    Ok(saved.revision + 1)
}
