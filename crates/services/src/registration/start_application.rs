//! Begins an application (新建登记申请): a draft, filled in from the organisation's last one.

use std::collections::BTreeMap;

use jiff::civil::Date;
use xiaoxiang_domain::access::{Action, Scope};
use xiaoxiang_domain::contract::application::ApplicationForm;
use xiaoxiang_domain::contract::procedure::ApplicationState;
use xiaoxiang_domain::region::Region;
use xiaoxiang_store::registration::{self as store, ApplicationRow};
use xiaoxiang_store::{Tx, WriteTx};

use super::point::{KnownPoint, known_points, takes_applications};
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Fields of the applicant's side that the next application begins with.
const OWN_SIDE: &str = "seller_";

/// A registrar that one may apply to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrarChoice {
    /// Key.
    pub key: i64,
    /// Code, possibly empty.
    pub code: String,
    /// Name.
    pub name: String,
    /// Whether it takes applications today.
    pub is_open: bool,
}

/// The region's own registrars, for whoever applies or reads applications.
pub async fn list_registrars(app: &App, actor: &Actor) -> Result<Vec<RegistrarChoice>, Refusal> {
    actor.permit(Action::ReadApplications)?;
    let mut tx = app.db.read().await?;
    let region = app.region_in(&mut tx).await?;
    registrars_on(&mut tx, &region.region, app.clock.today_in(&region.time_zone)).await
}

/// The same for a use case that has permitted something else.
pub(crate) async fn registrars_on(
    tx: &mut Tx,
    region: &Region,
    today: Date,
) -> Result<Vec<RegistrarChoice>, Refusal> {
    let points = known_points(tx, region).await?;
    let choice = |point: KnownPoint| RegistrarChoice {
        key: point.key,
        is_open: point.record.is_open_on(today),
        code: point.code,
        name: point.name,
    };
    Ok(points.into_iter().map(choice).collect())
}

/// Begins a draft at a registrar and gives its id. Nothing is logged before it is handed in.
pub async fn start_application(app: &App, actor: &Actor, registrar_key: i64) -> Result<String, Refusal> {
    let scope = actor.permit(Action::Apply)?;
    let (Scope::Organisation(organisation_key), Some(person_id)) = (scope, actor.person_id()) else {
        return Err(Refusal::invalid(
            "application.person",
            "请以单位经办人的身份登录后申请。",
            "sign in as the agent of an organisation to apply",
        ));
    };
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let keys = [registrar_key, organisation_key];
    let application_id = begin_draft(app, &mut tx, keys, person_id, BTreeMap::new()).await?;
    tx.keep_unlogged().await?;
    Ok(application_id)
}

/// Begins a draft at a registrar, of an organisation, with what is known already; gives its id.
pub(crate) async fn begin_draft(
    app: &App,
    tx: &mut WriteTx,
    [registrar_key, organisation_key]: [i64; 2],
    person_id: &str,
    filled: BTreeMap<String, String>,
) -> Result<String, Refusal> {
    let region = app.region_in(tx).await?;
    let today = app.clock.today_in(&region.time_zone);
    takes_applications(tx, &region.region, registrar_key, today).await?;
    let mut form = blank_form(tx, organisation_key).await?;
    for (key, text) in filled {
        // The applicant's own side stays as the organisation stated it last.
        if form.field(&key).is_empty() {
            form.fields.insert(key, text);
        }
    }
    let row = draft_row(app, [registrar_key, organisation_key], person_id, &form)?;
    store::start(tx, &row).await?;
    Ok(row.application_id)
}

/// The form with which an organisation's next application begins: its own side as it stated it last.
pub(super) async fn blank_form(tx: &mut Tx, organisation_key: i64) -> Result<ApplicationForm, Refusal> {
    let organisation = xiaoxiang_store::organisation::find_name(tx, organisation_key).await?;
    let (name, credit_code) =
        organisation.ok_or_else(|| Refusal::NotFound(format!("organisation {organisation_key}")))?;
    let mut form = ApplicationForm::default();
    if let Some((_, last)) = store::find_newest_of(tx, organisation_key).await? {
        let last: ApplicationForm = serde_json::from_str(&last).unwrap_or_default();
        form.fields.extend(last.fields.into_iter().filter(|(key, _)| key.starts_with(OWN_SIDE)));
    }
    form.fields.insert("seller_name".to_owned(), name);
    if let Some(code) = credit_code {
        form.fields.insert("seller_credit_code".to_owned(), code);
    }
    Ok(form)
}

/// A new draft at a registrar, of an organisation.
pub(super) fn draft_row(
    app: &App,
    [registrar_key, organisation_key]: [i64; 2],
    person_id: &str,
    form: &ApplicationForm,
) -> Result<ApplicationRow, Refusal> {
    let now_ms = app.clock.now_ms();
    Ok(ApplicationRow {
        application_id: app.new_id()?,
        revision: 1,
        state: ApplicationState::Draft.code().to_owned(),
        registrar_key,
        organisation_key,
        applicant_id: person_id.to_owned(),
        division: String::new(),
        project_name: form.field("project_name").to_owned(),
        form: text_of(form),
        acceptance_number: None,
        accepted_on: None,
        corrected_on: None,
        due_on: None,
        submitted_at_ms: None,
        contract_value_fen: None,
        technology_value_fen: None,
        technology_working: None,
        match_key: None,
        registration_number: None,
        registered_on: None,
        certificate_number: None,
        public_token: None,
        is_sampled: false,
        created_at_ms: now_ms,
        changed_at_ms: now_ms,
    })
}

/// A form as it is stored.
pub(super) fn text_of(form: &ApplicationForm) -> String {
    serde_json::to_string(form).expect("invariant: a form is plain data")
}

/// There is no such registrar.
pub(super) fn unknown_registrar() -> Refusal {
    Refusal::invalid(
        "application.registrar",
        "没有这个登记机构。请从列表中选择。",
        "there is no such registrar; choose one from the list",
    )
}
