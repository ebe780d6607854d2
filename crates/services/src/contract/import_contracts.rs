//! Imports a sheet of contracts (技术合同): every row checked, all or nothing unless asked otherwise.

use sha2::{Digest as _, Sha256};
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::contract::{Contract, RowProblem, check_row};
use xiaoxiang_domain::fact::Source;
use xiaoxiang_domain::region::FIELD_KEYS;

use super::import_report::{Consent, ImportReport, Strictness};
use super::import_run::{Origin, Run, Seen, Taken};
use super::sheet_rows::{ContractRows, no_header};
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;
use crate::sheet::{SheetCell, SheetFile, Visibility, open_sheet};

/// Staged rows of an import that was given up are discarded after this long.
const ABANDONED_AFTER_MS: i64 = 24 * 60 * 60 * 1_000;
/// How often an import starts again because somebody else committed meanwhile.
const ATTEMPTS_MAX: usize = 3;

/// What is to be imported, and how.
#[derive(Debug)]
pub struct ImportRequest<'a> {
    /// Registry or exchange.
    pub source: Source,
    /// As it is called; kept with the import.
    pub file_name: &'a str,
    /// Its content.
    pub bytes: Vec<u8>,
    /// What happens to bad rows.
    pub strictness: Strictness,
    /// What happens to differing rows.
    pub consent: Consent,
    /// Checks and compares only.
    pub is_dry_run: bool,
}

/// Reads, checks, compares, stages and, as the last short step, makes everything visible.
///
/// `progress` is told how many rows were read.
pub async fn import_contracts(
    app: &App,
    actor: &Actor,
    request: ImportRequest<'_>,
    mut progress: impl FnMut(u64) + Send,
) -> Result<ImportReport, Refusal> {
    actor.permit(Action::ImportContracts)?;
    discard_abandoned_imports(app).await?;
    let file_sha256 = hex::encode(Sha256::digest(&request.bytes));
    let mut file = open_sheet(request.bytes).map_err(|problem| Refusal::Sheet(vec![problem]))?;
    let origin = Origin {
        source: request.source,
        file_name: request.file_name.to_owned(),
        file_sha256,
        consent: request.consent,
        strictness: request.strictness,
        is_dry_run: request.is_dry_run,
    };
    for _ in 0..ATTEMPTS_MAX {
        let mut run = Run::begin(app, &origin).await?;
        if let Err(refusal) = read_file(&mut run, &mut file, &mut progress).await {
            run.discard().await?;
            return Err(refusal);
        }
        if let Some(report) = run.finish(actor).await? {
            return Ok(report);
        }
    }
    Err(Refusal::overtaken("这些合同", "these contracts"))
}

/// Hands all rows of all sheets over; hidden sheets and sheets without a list of contracts are only named.
async fn read_file(
    run: &mut Run<'_>,
    file: &mut SheetFile,
    progress: &mut (impl FnMut(u64) + Send),
) -> Result<(), Refusal> {
    let one = |problem| Refusal::Sheet(vec![problem]);
    let region = run.region();
    let form = region.region.contract_form();
    let infos = file.sheets().to_vec();
    let mut lists = Vec::new();
    let mut visible = Vec::new();
    for (sheet, info) in infos.iter().enumerate() {
        if info.visibility == Visibility::Visible {
            visible.push(sheet);
            if ContractRows::is_list_of_contracts(file, sheet, form).map_err(one)? {
                lists.push(sheet);
                continue;
            }
        }
        run.report.ignored_sheets.push(info.name.clone());
    }
    if lists.is_empty() {
        let sheet = visible.first().copied().unwrap_or(0);
        let columns = ContractRows::find(file, sheet, form).map_err(Refusal::Sheet)?;
        let name = infos.get(sheet).map_or("", |info| info.name.as_str());
        return columns.map_or_else(|| Err(one(no_header(name))), |_| Ok(()));
    }
    for sheet in lists {
        let columns = ContractRows::find(file, sheet, form).map_err(Refusal::Sheet)?;
        if let Some(columns) = columns {
            read_sheet(run, file, sheet, columns, progress).await?;
        }
    }
    Ok(())
}

async fn read_sheet(
    run: &mut Run<'_>,
    file: &mut SheetFile,
    sheet: usize,
    mut columns: ContractRows,
    progress: &mut (impl FnMut(u64) + Send),
) -> Result<(), Refusal> {
    let one = |problem| Refusal::Sheet(vec![problem]);
    let region = run.region();
    let today = run.today();
    let names: Vec<String> = file.sheets().iter().map(|info| info.name.clone()).collect();
    run.state(columns.stated()).await?;
    run.report.ignored_columns.extend(columns.ignored().iter().cloned());
    for row in file.rows(sheet).map_err(one)? {
        let row = row.map_err(one)?;
        if row.number < columns.first_data_row() {
            continue;
        }
        if columns.is_beside_the_contracts(&row) {
            run.report.skipped_rows += u64::from(!row.cells.iter().all(SheetCell::is_empty));
            continue;
        }
        run.report.rows += 1;
        let checked = match columns.raw(&row) {
            Err(problems) => Err(problems),
            Ok(raw) => check_row(&raw, &region.region, today).map_err(|problems| {
                problems.into_iter().map(|problem| columns.located(row.number, problem)).collect()
            }),
        };
        match checked {
            Err(problems) => run.report.note_problems(problems),
            Ok(checked) => {
                let warnings =
                    checked.warnings.into_iter().map(|warning| columns.located(row.number, warning));
                run.report.note_warnings(warnings.collect());
                let number = checked.contract.registration_number.clone();
                let taken = run.take(Seen { sheet, row: row.number }, checked.contract).await?;
                if let Taken::Contradicts(first) = taken {
                    let problem = twice(&names[first.sheet], first.row, &number);
                    run.report.note_problems(vec![columns.located(row.number, problem)]);
                }
            }
        }
        progress(run.report.rows);
    }
    Ok(())
}

/// Imports records that are already typed, through the same comparison and staging.
pub async fn import_records(
    app: &App,
    actor: &Actor,
    source: Source,
    name: &str,
    contracts: Vec<Contract>,
) -> Result<ImportReport, Refusal> {
    actor.permit(Action::ImportContracts)?;
    let origin = Origin {
        source,
        file_name: name.to_owned(),
        file_sha256: String::new(),
        consent: Consent::AcceptChanges,
        strictness: Strictness::AllOrNothing,
        is_dry_run: false,
    };
    let mut run = Run::begin(app, &origin).await?;
    run.state(FIELD_KEYS.iter().map(ToString::to_string).collect()).await?;
    for (row, contract) in (1..).zip(contracts) {
        run.report.rows += 1;
        let number = contract.registration_number.clone();
        if run.take(Seen { sheet: 0, row }, contract).await? != Taken::Yes {
            run.discard().await?;
            return Err(Refusal::invalid(
                "contract.number.twice",
                format!("登记编号 {number} 出现两次而内容不同。"),
                format!("registration number {number} occurs twice with other content"),
            ));
        }
    }
    run.finish(actor).await?.ok_or_else(|| Refusal::overtaken("这些合同", "these contracts"))
}

/// Removes rows that imports staged and never committed.
pub async fn discard_abandoned_imports(app: &App) -> Result<u64, Refusal> {
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    let discarded = xiaoxiang_store::import::discard_abandoned(&mut tx, now_ms - ABANDONED_AFTER_MS).await?;
    tx.keep_unlogged().await?;
    Ok(discarded)
}

fn twice(sheet: &str, row: u32, number: &str) -> RowProblem {
    RowProblem {
        field: "registration_number".to_owned(),
        value: number.to_owned(),
        code: "contract.number.twice",
        reason_zh: format!("登记编号与 {sheet} 第 {row} 行相同而内容不同"),
        reason_en: format!("the same registration number as row {row} of {sheet} with other content"),
        fix_zh: "保留正确的一行".to_owned(),
        fix_en: "keep the right one of the two".to_owned(),
    }
}
