//! Imports a list of demands (批量导入需求): one a row, under the labels of the collection sheet, all or the good ones.

use serde_json::json;
use sha2::{Digest as _, Sha256};
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::contract::RowProblem;
use xiaoxiang_domain::demand::{
    DemandForm, DemandState, DemandStep, PERSONAL_KEYS, check_demand, decide_demand_step,
};
use xiaoxiang_domain::region::{DivisionCode, Region};
use xiaoxiang_store::demand as store;
use xiaoxiang_store::{NewEntry, WriteTx};

use super::case::Case;
use super::notify_demand::notify_step;
use super::start_demand::write_draft;
use super::take_demand_step::{hand_in, write_step};
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;
use crate::sheet::{SheetProblem, Visibility, open_sheet};

/// Demands of one file.
pub const IMPORT_ROWS_MAX: usize = 1_000;
/// Rows within which the header is looked for.
const HEADER_ROWS: usize = 20;
/// Columns that make a row the header.
const HEADER_COLUMNS_MIN: usize = 3;

/// What becomes of a file with bad rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadRows {
    /// Nothing is imported.
    RefuseAll,
    /// The good rows are.
    KeepValid,
}

/// Whether anything is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writing {
    /// 试读: nothing is.
    CheckOnly,
    /// Demands are handed in.
    Import,
}

/// What an import found and did.
#[derive(Clone, Debug, Default)]
pub struct DemandImport {
    /// Rows with anything in them.
    pub rows: usize,
    /// Ids of the demands that were made; empty where nothing was written.
    pub made: Vec<String>,
    /// Rows that can be taken.
    pub good: usize,
    /// Rows whose demand is on record already.
    pub known: usize,
    /// What is wrong, with the row on the user's screen.
    pub problems: Vec<(u32, RowProblem)>,
    /// Columns that mean no field.
    pub ignored_columns: Vec<String>,
    /// Whether anything was written.
    pub is_written: bool,
}

/// Reads a list and hands its demands in. Whoever imports undertakes that nothing is secret and the companies agree.
pub async fn import_demands(
    app: &App,
    actor: &Actor,
    bytes: Vec<u8>,
    (bad_rows, writing): (BadRows, Writing),
) -> Result<DemandImport, Refusal> {
    let scope = actor.permit(Action::EnterDemands)?;
    let hash = hex::encode(Sha256::digest(&bytes));
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let region = app.region_in(&mut tx).await?;
    let today = app.clock.today_in(&region.time_zone);
    let region = &region.region;
    let (rows, ignored_columns) = read_rows(region, bytes)?;
    let mut import = DemandImport { rows: rows.len(), ignored_columns, ..DemandImport::default() };
    let mut good = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for (number, form) in rows {
        match check_demand(&form, region, today) {
            Err(problems) => import.problems.extend(problems.into_iter().map(|problem| (number, problem))),
            Ok(checked) => {
                let is_own = actor.role().is_none() || reaches(scope, checked.division);
                let key = (checked.organisation_name.clone(), checked.title.clone());
                if !is_own {
                    let found = problem("division", "不在您的管辖范围内", "outside your area");
                    import.problems.push((number, found));
                } else if !seen.insert(key.clone())
                    || store::find_alike(&mut tx, &key.1, &checked.division.to_string()).await?.is_some()
                {
                    import.known += 1;
                } else {
                    good.push(form);
                }
            }
        }
    }
    import.good = good.len();
    let is_refused = !import.problems.is_empty() && bad_rows == BadRows::RefuseAll;
    if writing == Writing::CheckOnly || is_refused || good.is_empty() {
        return Ok(import);
    }
    for form in good {
        import.made.push(hand_in_row(app, &mut tx, actor, region, today, form).await?);
    }
    let entry = NewEntry {
        kind: "demand.imported",
        subject: format!("demand-file:{hash}"),
        payload: json!({ "file_sha256": hash, "new": import.made.len(), "rows": import.rows }),
    };
    tx.commit(actor.log_name(), [entry], []).await?;
    import.is_written = true;
    Ok(import)
}

fn reaches(scope: xiaoxiang_domain::access::Scope, division: DivisionCode) -> bool {
    // An organisation's or society's scope is no place; its entries are its own wherever the company is.
    matches!(scope, xiaoxiang_domain::access::Scope::Organisation(_)) || scope.has_division(division)
}

async fn hand_in_row(
    app: &App,
    tx: &mut WriteTx,
    actor: &Actor,
    region: &Region,
    today: jiff::civil::Date,
    form: DemandForm,
) -> Result<String, Refusal> {
    let row = write_draft(app, tx, actor, form).await?;
    let mut case = Case::load(tx, &row.demand_id).await?;
    let facts = case.facts(region);
    let enterer = case.enterer(actor);
    let outcome = decide_demand_step(&facts, DemandStep::Submit, enterer, "").map_err(|obstacle| {
        let (zh, en) = obstacle.words();
        Refusal::invalid(obstacle.code(), zh, en)
    })?;
    hand_in(app, tx, actor, &mut case, region, today).await?;
    case.state = outcome.state;
    case.row.verified = outcome.verified.map(|way| way.code().to_owned());
    let moved = (DemandStep::Submit, DemandState::Draft, today);
    write_step(app, tx, actor, &mut case, moved, &[], "").await?;
    notify_step(app, tx, actor, &case, DemandStep::Submit).await?;
    Ok(row.demand_id)
}

/// The rows of a list with their numbers, and columns that mean no field.
type ReadRows = (Vec<(u32, DemandForm)>, Vec<String>);

/// The rows of a list as forms, with their numbers on the user's screen.
fn read_rows(region: &Region, bytes: Vec<u8>) -> Result<ReadRows, Refusal> {
    let refused = |problem: SheetProblem| Refusal::Sheet(vec![problem]);
    let sheet = region.demand_sheet();
    let mut file = open_sheet(bytes).map_err(refused)?;
    let visible = file.sheets().iter().position(|sheet| sheet.visibility == Visibility::Visible).unwrap_or(0);
    let mut columns: Option<Vec<Option<String>>> = None;
    let (mut rows, mut ignored) = (Vec::new(), Vec::new());
    for (at, row) in file.rows(visible).map_err(refused)?.enumerate() {
        let row = row.map_err(refused)?;
        let Some(columns) = &columns else {
            let found: Vec<Option<String>> = row
                .cells
                .iter()
                .map(|cell| sheet.by_label(&cell.text).map(|field| field.key.clone()))
                .collect();
            if found.iter().flatten().count() >= HEADER_COLUMNS_MIN {
                let unknown =
                    row.cells.iter().zip(&found).filter(|(cell, key)| key.is_none() && !cell.is_empty());
                ignored = unknown.map(|(cell, _)| cell.text.clone()).collect();
                columns = Some(found);
            } else if at + 1 >= HEADER_ROWS {
                break;
            }
            continue;
        };
        let mut form = DemandForm { holds_no_secrets: true, ..DemandForm::default() };
        for (cell, key) in row.cells.iter().zip(columns) {
            let Some(key) = key.as_ref().filter(|_| !cell.is_empty()) else { continue };
            form.fields.entry(key.clone()).or_insert_with(|| cell.text.trim().to_owned());
        }
        // A running number or a contact alone is no demand.
        if form.fields.keys().any(|key| !PERSONAL_KEYS.contains(&key.as_str())) {
            rows.push((row.number, form));
        }
        if rows.len() > IMPORT_ROWS_MAX {
            return Err(Refusal::invalid(
                "demand.import.rows",
                format!("一次最多导入 {IMPORT_ROWS_MAX} 条，请拆分文件。"),
                format!("at most {IMPORT_ROWS_MAX} demands at once; split the file"),
            ));
        }
    }
    if columns.is_none() {
        return Err(Refusal::invalid(
            "demand.import.header",
            "前 20 行中没有找到表头。表头应有企业名称、需求名称等征集表的栏目名。",
            "no header within the first 20 rows; it has the labels of the collection sheet",
        ));
    }
    Ok((rows, ignored))
}

fn problem(field: &str, zh: &str, en: &str) -> RowProblem {
    RowProblem {
        field: field.to_owned(),
        value: String::new(),
        code: "demand.import.place",
        reason_zh: zh.to_owned(),
        reason_en: en.to_owned(),
        fix_zh: "请核对".to_owned(),
        fix_en: "check it".to_owned(),
    }
}
