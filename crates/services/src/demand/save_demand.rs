//! Saves a demand's form (保存): complete or not, over the revision that was seen.

use std::collections::BTreeMap;

use jiff::civil::Date;
use xiaoxiang_domain::access::{Action, Role, Scope};
use xiaoxiang_domain::contract::RowProblem;
use xiaoxiang_domain::demand::{DemandForm, check_demand, storage_problems, teaser_text};
use xiaoxiang_domain::market::write_modes;
use xiaoxiang_domain::region::Region;
use xiaoxiang_store::WriteTx;
use xiaoxiang_store::demand::{self as store, DemandRow};

use super::case::{Case, stale, text_of};
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// What is to be saved.
#[derive(Clone, Debug)]
pub struct SavedDemand {
    /// The revision that was seen.
    pub revision: i64,
    /// The whole form as typed.
    pub form: DemandForm,
}

/// Saves the form and gives the new revision. Only a draft or a returned demand is written on.
pub async fn save_demand(
    app: &App,
    actor: &Actor,
    demand_id: &str,
    saved: &SavedDemand,
) -> Result<i64, Refusal> {
    actor.permit(Action::EnterDemands)?;
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    let case = Case::visible(&mut tx, actor, demand_id).await?;
    if !(case.is_entered_by(actor) || case.is_of(actor)) {
        return Err(Refusal::Forbidden(Action::EnterDemands));
    }
    if !case.state.is_writable() {
        return Err(Refusal::invalid(
            "demand.not_writable",
            "需求已提交，不能修改。需要修改时请由核对单位退回。",
            "the demand was handed in and cannot be changed; the office that checks it returns it",
        ));
    }
    if case.row.revision != saved.revision || !store::take(&mut tx, demand_id, saved.revision).await? {
        return Err(stale(&case));
    }
    let region = app.region_in(&mut tx).await?;
    let problems: Vec<RowProblem> = storage_problems(&saved.form, &region.region);
    if !problems.is_empty() {
        return Err(Refusal::Fields(problems));
    }
    let today = app.clock.today_in(&region.time_zone);
    let mut row = case.row;
    // What a sheet said beside its fields stays, whatever is saved.
    let leftovers = case.form.leftovers;
    let (mut form, personal) = saved.form.clone().split_personal();
    if let (Some(Role::OrganisationAgent), Some(scope)) = (actor.role(), actor.extent(Action::EnterDemands)) {
        form = super::start_demand::first_form(&mut tx, actor, scope, form).await?;
    }
    form.leftovers = leftovers;
    place_form(&mut tx, actor, &region.region, today, &form, &mut row).await?;
    row.changed_at_ms = now_ms;
    store::update(&mut tx, &row).await?;
    save_contact(app, &mut tx, demand_id, &personal).await?;
    tx.keep_unlogged().await?;
    Ok(saved.revision + 1)
}

/// Keeps contact data apart from the form; where none are left, what was kept goes.
pub(super) async fn save_contact(
    app: &App,
    tx: &mut WriteTx,
    demand_id: &str,
    personal: &BTreeMap<String, String>,
) -> Result<(), Refusal> {
    if personal.values().all(|text| text.trim().is_empty()) {
        store::erase_personal(tx, demand_id).await?;
        return Ok(());
    }
    let text = serde_json::to_string(personal).expect("invariant: a map of texts");
    store::save_personal(tx, demand_id, &text, &hex::encode(app.random_32()?)).await?;
    Ok(())
}

/// Brings the row in line with a form: what of it can be read already is what lists and offices go by.
pub(super) async fn place_form(
    tx: &mut WriteTx,
    actor: &Actor,
    region: &Region,
    today: Date,
    form: &DemandForm,
    row: &mut DemandRow,
) -> Result<(), Refusal> {
    row.title = form.field("title").to_owned();
    row.teaser = teaser_text(form);
    row.form = text_of(form);
    // What else is wrong with the form does not keep its place from being read.
    let placing = DemandForm { holds_no_secrets: true, ..form.clone() };
    let checked = check_demand(&fill_missing(placing, region), region, today).ok();
    if let Some(checked) = &checked {
        row.division = checked.division.to_string();
        row.field.clone_from(&checked.field);
        row.modes = write_modes(&checked.modes);
        row.budget_fen = checked.budget.amount().map(|amount| amount.0);
        row.deadline = checked.deadline.map(|day| day.to_string());
    }
    row.organisation_key = match (actor.role(), actor.extent(Action::EnterDemands)) {
        (Some(Role::OrganisationAgent), Some(Scope::Organisation(key))) => key,
        _ => {
            let (code, name) = (form.field("credit_code"), form.field("organisation_name"));
            let found = if code.is_empty() && name.is_empty() {
                Vec::new()
            } else {
                xiaoxiang_store::organisation::find_keys(tx, code, name).await?
            };
            found.first().copied().unwrap_or_default()
        }
    };
    Ok(())
}

/// A form in which what is missing does not matter: contact data are never here, other texts may still come.
fn fill_missing(mut form: DemandForm, region: &Region) -> DemandForm {
    for field in &region.demand_sheet().fields {
        let is_placed = matches!(field.key.as_str(), "division" | "field" | "modes");
        if form.field(&field.key).is_empty() && !is_placed {
            let stand_in = match field.key.as_str() {
                "contact" | "telephone" | "organisation_name" | "title" | "summary" | "problem" => "〇",
                _ => continue,
            };
            form.fields.insert(field.key.clone(), stand_in.to_owned());
        }
    }
    form
}
