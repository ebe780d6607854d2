//! The national system registers (全国系统登记): approved applications go out in the import format, and an import that
//! brings their numbers back takes them along in its own commit, and ends those whose contracts it withdraws. What it does
//! not recognise a registrar names by number.

use std::collections::HashMap;

use serde_json::json;
use sha2::{Digest as _, Sha256};
use xiaoxiang_domain::access::{Action, Scope};
use xiaoxiang_domain::bulletin::{
    ColumnKind as PrintedKind, FileLanguage, PrintedCell, PrintedColumn, PrintedRow, PrintedTable, RowKind,
};
use xiaoxiang_domain::contract::application::ApplicationForm;
use xiaoxiang_domain::contract::procedure::{ApplicationState, Step};
use xiaoxiang_domain::contract::{Contract, Party};
use xiaoxiang_domain::fact::Standing;
use xiaoxiang_domain::money::Fen;
use xiaoxiang_domain::region::{ColumnKind, plain};
use xiaoxiang_store::registration::{self as store, APPLICATIONS_PAGE_MAX, ApplicationFilter, StepRow};
use xiaoxiang_store::{NewEntry, StoreError, Tx, WriteTx};

use super::case::Case;
use super::notify_step::notify_step;
use super::take_step::settle;
use crate::actor::Actor;
use crate::app::App;
use crate::contract::{ListFile, contract_of_row, places_in};
use crate::lead::follow_registration;
use crate::paper::{ByteOrderMark, write_csv, write_xlsx};
use crate::refusal::Refusal;
use crate::region::RegionInForce;

/// Applications of one file.
const EXPORT_MAX: usize = 2_000;

/// A file for the national system.
#[derive(Clone, Debug)]
pub struct ExportedApplications {
    /// The file.
    pub bytes: Vec<u8>,
    /// How many applications it holds.
    pub count: usize,
}

/// By what a national result is recognised: project, both parties and contract value, written alike.
pub(super) fn match_key(contract: &Contract) -> String {
    let mut digest = Sha256::new();
    for part in [&contract.project_name, &contract.seller.name, &contract.buyer.name] {
        let part = plain(part);
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    digest.update(contract.contract_value.0.to_be_bytes());
    hex::encode(digest.finalize())
}

/// Writes the approved applications of the caller's registrar with exactly the columns of the import format, so that the
/// national system's answer is this file with numbers and days filled in.
pub async fn export_pre_reviewed(
    app: &App,
    actor: &Actor,
    file: ListFile,
) -> Result<ExportedApplications, Refusal> {
    let scope = actor.permit(Action::HandleApplications)?;
    let mut tx = app.db.read().await?;
    let region = app.region_in(&mut tx).await?;
    let filter = ApplicationFilter {
        registrar_key: if let Scope::Registrar(key) = scope { key } else { 0 },
        states: format!(",{},", ApplicationState::PreReviewed.code()),
        ..ApplicationFilter::default()
    };
    let mut rows = Vec::new();
    let mut after = (String::new(), String::new());
    loop {
        let page = store::list(&mut tx, &filter, (&after.0, &after.1), APPLICATIONS_PAGE_MAX).await?;
        let Some(last) = page.last() else { break };
        after = store::place_of(last);
        for row in &page {
            let registrar = store::find_registrar(&mut tx, row.registrar_key).await?.unwrap_or_default();
            rows.push(printed(row, &registrar, &region)?);
        }
        if rows.len() >= EXPORT_MAX {
            break;
        }
    }
    drop(tx);
    let count = rows.len();
    let columns = region.region.contract_form().columns().iter().map(|column| {
        let header = header_of(column);
        PrintedColumn::ungrouped(&column.key, &header, &column.header_en, PrintedKind::Text)
    });
    let table = PrintedTable {
        title: "预审通过的技术合同".to_owned(),
        title_en: "Contracts approved for the national system".to_owned(),
        columns: columns.collect(),
        rows,
        notes: Vec::new(),
    };
    let table = table.told_in(FileLanguage::Chinese);
    let unwritten = |error: String| StoreError::Damaged(format!("applications: {error}"));
    let bytes = match file {
        ListFile::Csv => {
            let mut bytes = Vec::new();
            write_csv(&table, ByteOrderMark::Present, &mut bytes)
                .map_err(|error| unwritten(error.to_string()))?;
            bytes
        }
        ListFile::Xlsx => {
            let now = app.clock.now().to_zoned(region.time_zone.clone()).datetime();
            write_xlsx(&[table], now).map_err(|error| unwritten(error.to_string()))?
        }
    };
    Ok(ExportedApplications { bytes, count })
}

fn header_of(column: &xiaoxiang_domain::region::FormColumn) -> String {
    if column.kind == ColumnKind::Money { format!("{}(元)", column.header) } else { column.header.clone() }
}

fn printed(
    row: &store::ApplicationRow,
    registrar: &(String, String),
    region: &RegionInForce,
) -> Result<PrintedRow, Refusal> {
    let damaged = |_| StoreError::Damaged(format!("form of {}", row.application_id));
    let form: ApplicationForm = serde_json::from_str(&row.form).map_err(damaged)?;
    let value = |column: &xiaoxiang_domain::region::FormColumn| match column.key.as_str() {
        "technology_value" => Fen(row.technology_value_fen.unwrap_or_default()).yuan(),
        "contract_value" => Fen(row.contract_value_fen.unwrap_or_default()).yuan(),
        "registrar_code" => registrar.0.clone(),
        "registrar_name" => registrar.1.clone(),
        // What the national system fills in.
        "registration_number" | "registered_on" | "standing" => String::new(),
        key => form.field(key).to_owned(),
    };
    let cells = region.region.contract_form().columns().iter().map(|column| PrintedCell::text(value(column)));
    Ok(PrintedRow { key: row.application_id.clone(), kind: RowKind::Body, cells: cells.collect() })
}

/// The contract on record that a registrar names as the result of an approved application, by its number: the import did
/// not recognise it, since it is written otherwise there or two applications are alike.
pub(super) async fn named_result(
    tx: &mut WriteTx,
    actor: &Actor,
    case: &Case,
    number: &str,
) -> Result<Contract, Refusal> {
    let unknown = || {
        Refusal::invalid(
            "registration.national_number.unknown",
            format!(
                "没有登记编号为“{number}”的有效合同。请核对编号；尚未导入的，请省级先导入全国系统的合同表。"
            ),
            format!(
                "no contract that counts has the number “{number}”; check it, or have the sheet imported first"
            ),
        )
    };
    let wanted = number.to_owned();
    let found = xiaoxiang_store::contract::find_current(tx, std::slice::from_ref(&wanted)).await?;
    let row = found.get(number).ok_or_else(unknown)?;
    let extent = actor.permit(Action::ReadContracts)?;
    let places = places_in(tx, row.contract_key).await?;
    let contract = contract_of_row(row)?;
    if contract.standing != Standing::Counted || !places.is_some_and(|places| places.lies_in(extent)) {
        return Err(unknown());
    }
    if store::find_by_number(tx, number).await?.is_some() {
        return Err(number_taken(number));
    }
    let parties = [&contract.seller, &contract.buyer];
    let (name, code) =
        xiaoxiang_store::organisation::find_name(tx, case.row.organisation_key).await?.unwrap_or_default();
    let is_applicant = |party: &Party| match &code {
        Some(code) if !party.credit_code.is_empty() => party.credit_code == *code,
        _ => plain(&party.name) == plain(&name),
    };
    if !parties.into_iter().any(is_applicant) {
        return Err(Refusal::invalid(
            "registration.national_number.other_party",
            format!("登记编号“{number}”的合同双方都不是申请单位“{name}”，请核对编号。"),
            format!("neither party of the contract “{number}” is the applicant, {name}; check the number"),
        ));
    }
    Ok(contract)
}

/// A number belongs to one application.
pub(super) fn number_taken(number: &str) -> Refusal {
    Refusal::invalid(
        "registration.national_number.taken",
        format!("登记编号“{number}”已经对应另一份申请，请核对编号。"),
        format!("the number “{number}” belongs to another application; check it"),
    )
}

/// Applications that an import may take along: approved ones whose number it brings, registered ones that it withdraws.
pub(crate) struct NationalResults {
    /// Application and revision by match key; none where two applications cannot be told apart.
    waiting: HashMap<String, Option<(String, i64)>>,
    found: Vec<Found>,
    /// Numbers of contracts on record that leave it.
    withdrawn: Vec<String>,
}

/// An application that an import takes along.
struct Found {
    application_id: String,
    revision: i64,
    /// Number and day of a registration; none of one that ends.
    registered: Option<(String, String)>,
}

impl NationalResults {
    /// Those that wait as a snapshot sees them.
    pub async fn load(tx: &mut Tx) -> Result<Self, Refusal> {
        let mut waiting: HashMap<String, Option<(String, i64)>> = HashMap::new();
        for (application_id, revision, key) in store::list_pre_reviewed(tx).await? {
            let one = Some((application_id, revision));
            waiting.entry(key).and_modify(|held| *held = None).or_insert(one);
        }
        Ok(Self { waiting, found: Vec::new(), withdrawn: Vec::new() })
    }

    /// Notes a contract that an import writes in a version: the first one may be a result, a withdrawn one ends its
    /// registration.
    pub fn meet(&mut self, contract: &Contract, version: i64) {
        let number = &contract.registration_number;
        if contract.standing == Standing::Withdrawn {
            self.withdrawn.push(number.clone());
        } else if version == 1
            && !self.waiting.is_empty()
            && let Some(Some((application_id, revision))) = self.waiting.remove(&match_key(contract))
        {
            let registered = Some((number.clone(), contract.registered_on.to_string()));
            self.found.push(Found { application_id, revision, registered });
        }
    }

    /// Takes the applications along; gives the log's entries, or nothing where one has changed meanwhile.
    pub async fn take(
        &mut self,
        app: &App,
        actor: &Actor,
        tx: &mut WriteTx,
        region: &RegionInForce,
    ) -> Result<Option<Vec<NewEntry>>, Refusal> {
        for number in self.withdrawn.drain(..) {
            let row = store::find_by_number(tx, &number).await?;
            if let Some(row) = row.filter(|row| row.state == ApplicationState::Registered.code()) {
                let (application_id, revision) = (row.application_id, row.revision);
                self.found.push(Found { application_id, revision, registered: None });
            }
        }
        // In order of ids, so that two imports never wait for each other in a circle.
        self.found.sort_by(|one, other| one.application_id.cmp(&other.application_id));
        let mut entries = Vec::with_capacity(self.found.len());
        for found in &self.found {
            if !store::take(tx, &found.application_id, found.revision).await? {
                return Ok(None);
            }
            entries.extend(follow(app, actor, tx, region, found).await?);
        }
        Ok(Some(entries))
    }
}

/// Takes the step that the national system took; the import itself writes the contract.
async fn follow(
    app: &App,
    actor: &Actor,
    tx: &mut WriteTx,
    region: &RegionInForce,
    found: &Found,
) -> Result<Vec<NewEntry>, Refusal> {
    let mut case = Case::load(tx, &found.application_id).await?;
    let (kind, state) = match found.registered {
        Some(_) => (Step::TakeNationalResult, ApplicationState::Registered),
        None => (Step::Cancel, ApplicationState::Cancelled),
    };
    let step = StepRow {
        serial: case.steps.last().map_or(1, |last| last.serial + 1),
        step: kind.code().to_owned(),
        from_state: case.state.code().to_owned(),
        to_state: state.code().to_owned(),
        actor: actor.log_name().to_owned(),
        person_id: actor.person_id().map(str::to_owned),
        role: actor.role().map(|role| role.code().to_owned()),
        taken_on: app.clock.today_in(&region.time_zone).to_string(),
        taken_at_ms: app.clock.now_ms(),
        reason_codes: "[]".to_owned(),
        words: String::new(),
        form_commitment: None,
    };
    store::add_step(tx, &found.application_id, &step).await?;
    if let Some((number, registered_on)) = &found.registered {
        case.row.registration_number = Some(number.clone());
        case.row.registered_on = Some(registered_on.clone());
    }
    let payload = json!({
        "step": step.step,
        "from": step.from_state,
        "to": step.to_state,
        "serial": step.serial,
        "registration_number": case.row.registration_number,
    });
    case.row.changed_at_ms = step.taken_at_ms;
    case.steps.push(step);
    case.state = state;
    settle(&mut case, &region.region)?;
    store::update(tx, &case.row).await?;
    notify_step(app, tx, actor, &case, kind).await?;
    let subject = format!("application:{}", found.application_id);
    let mut entries = vec![NewEntry { kind: "registration.step_taken", subject, payload }];
    if let Some((number, _)) = &found.registered {
        entries.extend(follow_registration(app, tx, actor, &found.application_id, number).await?);
    }
    Ok(entries)
}
