//! Imports a sheet of contracts (技术合同): every row checked, all or nothing unless asked otherwise.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use xiaoxiang_domain::contract::{Contract, check_row};
use xiaoxiang_domain::fact::Source;
use xiaoxiang_domain::period::Month;
use xiaoxiang_domain::region::FIELD_KEYS;
use xiaoxiang_store::import::ImportRow;
use xiaoxiang_store::{NewEntry, StoreError};

use super::import_report::{Consent, ImportReport, LISTED_MAX, Strictness};
use super::sheet_rows::ContractRows;
use super::staging::{CHUNK_ROWS, Incoming, Stage, is_attribution_changed};
use crate::app::App;
use crate::refusal::Refusal;
use crate::sheet::{SheetProblem, open_sheet};

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
    actor: &str,
    request: ImportRequest<'_>,
    mut progress: impl FnMut(u64) + Send,
) -> Result<ImportReport, Refusal> {
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
        let region = app.region().await?;
        let today = app.clock.today_in(&region.time_zone);
        let columns =
            ContractRows::find(&mut file, 0, region.region.contract_form()).map_err(Refusal::Sheet)?;
        let mut run = Run::begin(app, &origin, columns.stated()).await?;
        run.report.ignored_columns = columns.ignored().to_vec();
        for row in file.rows(0).map_err(|problem| Refusal::Sheet(vec![problem]))? {
            let row = row.map_err(|problem| Refusal::Sheet(vec![problem]))?;
            if row.number < columns.first_data_row()
                || row.cells.iter().all(crate::sheet::SheetCell::is_empty)
            {
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
                    run.take(row.number, checked.contract).await?;
                }
            }
            progress(run.report.rows);
        }
        if let Some(report) = run.finish(actor).await? {
            return Ok(report);
        }
    }
    Err(Refusal::Overtaken("import".to_owned()))
}

/// Imports records that are already typed, through the same comparison and staging.
pub async fn import_records(
    app: &App,
    actor: &str,
    source: Source,
    name: &str,
    contracts: Vec<Contract>,
) -> Result<ImportReport, Refusal> {
    let origin = Origin {
        source,
        file_name: name.to_owned(),
        file_sha256: String::new(),
        consent: Consent::AcceptChanges,
        strictness: Strictness::AllOrNothing,
        is_dry_run: false,
    };
    let stated = FIELD_KEYS.iter().map(ToString::to_string).collect();
    let mut run = Run::begin(app, &origin, stated).await?;
    for (row, contract) in (1..).zip(contracts) {
        run.report.rows += 1;
        run.take(row, contract).await?;
    }
    run.finish(actor).await?.ok_or_else(|| Refusal::Overtaken("import".to_owned()))
}

/// Removes rows that imports staged and never committed.
pub async fn discard_abandoned_imports(app: &App) -> Result<u64, Refusal> {
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    let discarded = xiaoxiang_store::import::discard_abandoned(&mut tx, now_ms - ABANDONED_AFTER_MS).await?;
    tx.keep_staged().await?;
    Ok(discarded)
}

struct Origin {
    source: Source,
    file_name: String,
    file_sha256: String,
    consent: Consent,
    strictness: Strictness,
    is_dry_run: bool,
}

/// One attempt.
struct Run<'a> {
    app: &'a App,
    origin: &'a Origin,
    stage: Stage<'a>,
    report: ImportReport,
    chunk: Vec<Incoming>,
    /// Row and hash of the content under which a number was first seen in the file.
    seen: HashMap<String, (u32, u64)>,
    months: BTreeSet<Month>,
    /// End of the log when the attempt began.
    began_at: i64,
}

impl<'a> Run<'a> {
    async fn begin(
        app: &'a App,
        origin: &'a Origin,
        stated: std::collections::HashSet<String>,
    ) -> Result<Self, Refusal> {
        let mut tx = app.db.read().await?;
        let region = app.region_in(&mut tx).await?;
        let basis = crate::attribution::load_basis(&mut tx).await?;
        let began_at = xiaoxiang_store::log::head(&mut tx).await?.size - 1;
        let stage = Stage::new(app, region, basis, origin.source, origin.consent, stated);
        Ok(Self {
            app,
            origin,
            stage,
            report: ImportReport::default(),
            chunk: Vec::with_capacity(CHUNK_ROWS),
            seen: HashMap::new(),
            months: BTreeSet::new(),
            began_at,
        })
    }

    async fn take(&mut self, row: u32, contract: Contract) -> Result<(), Refusal> {
        let hash = content_fingerprint(&contract)?;
        match self.seen.get(&contract.registration_number) {
            Some((_, first_hash)) if *first_hash == hash => {
                self.report.repeated += 1;
                return Ok(());
            }
            Some((first_row, _)) => {
                self.report.note_problems(vec![twice(row, *first_row, &contract.registration_number)]);
                return Ok(());
            }
            None => {
                self.seen.insert(contract.registration_number.clone(), (row, hash));
            }
        }
        self.months.insert(Month::of(contract.registered_on));
        self.chunk.push(Incoming { row, contract });
        if self.chunk.len() >= CHUNK_ROWS { self.flush().await } else { Ok(()) }
    }

    /// Whether there is still a point in writing.
    fn is_writing(&self) -> bool {
        let is_spoilt = self.origin.strictness == Strictness::AllOrNothing && self.report.problem_count > 0;
        !self.origin.is_dry_run && !is_spoilt
    }

    async fn flush(&mut self) -> Result<(), Refusal> {
        let chunk = std::mem::take(&mut self.chunk);
        if chunk.is_empty() {
            return Ok(());
        }
        let to_write = self.stage.compare(chunk, &mut self.report).await?;
        if to_write.is_empty() || !self.is_writing() {
            return Ok(());
        }
        let mut tx = self.app.db.begin(self.app.clock.now_ms()).await?;
        self.stage.write(&mut tx, to_write).await?;
        tx.keep_staged().await?;
        Ok(())
    }

    /// Commits, or gives nothing where somebody else's commit makes a fresh attempt necessary.
    async fn finish(mut self, actor: &str) -> Result<Option<ImportReport>, Refusal> {
        self.flush().await?;
        if self.report.problem_count > 0 && self.origin.strictness == Strictness::AllOrNothing {
            self.discard().await?;
            self.report.problems.truncate(LISTED_MAX);
            return Ok(Some(ImportReport { new: 0, changed: 0, ..self.report }));
        }
        let is_new_month = self.origin.source == Source::Exchange && self.has_new_exchange_month().await?;
        if self.origin.is_dry_run || (self.stage.change_set_id.is_none() && !is_new_month) {
            return Ok(Some(self.report));
        }
        let now_ms = self.app.clock.now_ms();
        let mut tx = self.app.db.begin(now_ms).await?;
        if let Some(change_set_id) = self.stage.change_set_id {
            tx.adopt(change_set_id);
            tx.lock_log().await?;
            let overtaken =
                xiaoxiang_store::contract::list_overtaken(&mut tx, change_set_id, self.began_at).await?;
            if !overtaken.is_empty() || is_attribution_changed(&mut tx, self.began_at).await? {
                drop(tx);
                self.discard().await?;
                return Ok(None);
            }
        }
        let import_id = self.app.new_id()?;
        let change_set_id = tx.change_set().await?;
        xiaoxiang_store::import::save(&mut tx, &self.import_row(&import_id, change_set_id, now_ms)).await?;
        if self.origin.source == Source::Exchange {
            for month in &self.months {
                xiaoxiang_store::import::save_exchange_month(&mut tx, &month.to_string()).await?;
            }
        }
        let commit = tx.commit(actor, [self.entry(&import_id)], []).await?;
        self.report.import_id = Some(import_id);
        self.report.position = Some(commit.position);
        Ok(Some(self.report))
    }

    async fn has_new_exchange_month(&self) -> Result<bool, Refusal> {
        let mut tx = self.app.db.read().await?;
        let known = xiaoxiang_store::import::list_exchange_months(&mut tx, i64::MAX).await?;
        Ok(self.months.iter().any(|month| !known.iter().any(|(known,)| *known == month.to_string())))
    }

    async fn discard(&self) -> Result<(), Refusal> {
        if let Some(change_set_id) = self.stage.change_set_id {
            let mut tx = self.app.db.begin(self.app.clock.now_ms()).await?;
            xiaoxiang_store::import::discard(&mut tx, change_set_id).await?;
            tx.keep_staged().await?;
        }
        Ok(())
    }

    fn import_row(&self, import_id: &str, change_set_id: i64, now_ms: i64) -> ImportRow {
        let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        ImportRow {
            import_id: import_id.to_owned(),
            change_set_id,
            source: self.origin.source.code().to_owned(),
            file_name: self.origin.file_name.clone(),
            file_sha256: self.origin.file_sha256.clone(),
            row_count: count(self.report.rows),
            new_count: count(self.report.new),
            changed_count: count(self.report.changed),
            unchanged_count: count(self.report.unchanged),
            kept_count: count(self.report.kept),
            problem_count: count(self.report.problem_count),
            imported_at_ms: now_ms,
        }
    }

    fn entry(&self, import_id: &str) -> NewEntry {
        let mut payload = xiaoxiang_audit::subject::content_payload(&self.stage.content_state());
        let months: Vec<Value> = self.months.iter().map(|month| month.to_string().into()).collect();
        payload.extend([
            ("source".to_owned(), self.origin.source.code().into()),
            ("file_name".to_owned(), self.origin.file_name.clone().into()),
            ("file_sha256".to_owned(), self.origin.file_sha256.clone().into()),
            ("new".to_owned(), self.report.new.into()),
            ("changed".to_owned(), self.report.changed.into()),
            ("months".to_owned(), json!(months)),
        ]);
        NewEntry {
            kind: "contract.imported",
            subject: format!("import:{import_id}"),
            payload: Value::Object(payload),
        }
    }
}

/// Eight bytes of a hash tell equal rows of one file from different ones.
fn content_fingerprint(contract: &Contract) -> Result<u64, Refusal> {
    let text = serde_json::to_vec(contract).map_err(|error| StoreError::Damaged(error.to_string()))?;
    let digest = Sha256::digest(text);
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    Ok(u64::from_be_bytes(first))
}

fn twice(row: u32, first_row: u32, number: &str) -> SheetProblem {
    SheetProblem::new("contract.number.twice")
        .reason(
            format!("登记编号与第 {first_row} 行相同而内容不同"),
            format!("the same registration number as row {first_row} with other content"),
        )
        .what_to_do("保留正确的一行", "keep the right one of the two")
        .at_row(row)
        .with_value(number)
}
