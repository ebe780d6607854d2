//! Begins a demand (新增需求): by the company itself, or on its behalf.

use xiaoxiang_domain::access::{Action, Role, Scope};
use xiaoxiang_domain::demand::{DemandForm, DemandKind, DemandState, storage_problems, teaser_text};
use xiaoxiang_store::demand::{self as store, DemandRow};
use xiaoxiang_store::{Tx, WriteTx};

use super::case::text_of;
use super::save_demand::{place_form, save_contact};
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Who demands something, where somebody else writes it down.
#[derive(Clone, Debug, Default)]
pub struct NewDemand {
    /// What is known already; an empty form begins with what the company stated last.
    pub form: DemandForm,
}

/// Begins a draft and gives its id. Nothing is logged before it is handed in.
pub async fn start_demand(app: &App, actor: &Actor, new: &NewDemand) -> Result<String, Refusal> {
    let scope = actor.permit(Action::EnterDemands)?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let form = first_form(&mut tx, actor, scope, new.form.clone()).await?;
    let row = write_draft(app, &mut tx, actor, form).await?;
    tx.keep_unlogged().await?;
    Ok(row.demand_id)
}

/// A company's own name and code stand in its forms and cannot be others'.
pub(super) async fn first_form(
    tx: &mut Tx,
    actor: &Actor,
    scope: Scope,
    mut form: DemandForm,
) -> Result<DemandForm, Refusal> {
    if let (Some(Role::OrganisationAgent), Scope::Organisation(key)) = (actor.role(), scope) {
        let found = xiaoxiang_store::organisation::find_name(tx, key).await?;
        let (name, code) = found.ok_or_else(|| Refusal::NotFound(format!("organisation {key}")))?;
        form.fields.insert("organisation_name".to_owned(), name);
        form.fields.insert("credit_code".to_owned(), code.unwrap_or_default());
    }
    Ok(form)
}

/// Writes a draft in somebody's transaction.
pub(super) async fn write_draft(
    app: &App,
    tx: &mut WriteTx,
    actor: &Actor,
    form: DemandForm,
) -> Result<DemandRow, Refusal> {
    let now_ms = app.clock.now_ms();
    let region = app.region_in(tx).await?;
    let problems = storage_problems(&form, &region.region);
    if !problems.is_empty() {
        return Err(Refusal::Fields(problems));
    }
    let (form, personal) = form.split_personal();
    let mut row = DemandRow {
        demand_id: app.new_id()?,
        revision: 1,
        version: 0,
        state: DemandState::Draft.code().to_owned(),
        kind: DemandKind::Enterprise.code().to_owned(),
        organisation_key: 0,
        division: String::new(),
        title: form.field("title").to_owned(),
        teaser: teaser_text(&form),
        form: text_of(&form),
        field: String::new(),
        modes: String::new(),
        budget_fen: None,
        deadline: None,
        enterer_id: actor.person_id().unwrap_or_default().to_owned(),
        enterer_role: actor.role().map_or("", Role::code).to_owned(),
        verified: None,
        confirmed_on: None,
        reconfirm_due: None,
        valid_until: None,
        score_sheet: None,
        contract_number: None,
        submitted_at_ms: None,
        published_at_ms: None,
        created_at_ms: now_ms,
        changed_at_ms: now_ms,
        position: -1,
    };
    place_form(tx, actor, &region.region, app.clock.today_in(&region.time_zone), &form, &mut row).await?;
    store::start(tx, &row).await?;
    save_contact(app, tx, &row.demand_id, &personal).await?;
    Ok(row)
}
