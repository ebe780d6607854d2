//! One attempt at an import: rows gathered in chunks, compared, staged, and stamped in the last short step.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use xiaoxiang_domain::contract::Contract;
use xiaoxiang_domain::fact::Source;
use xiaoxiang_domain::period::Month;
use xiaoxiang_store::import::ImportRow;
use xiaoxiang_store::{NewEntry, StoreError};

use super::import_report::{Consent, ImportReport, LISTED_MAX, Strictness};
use super::staging::{CHUNK_ROWS, Incoming, Stage, is_attribution_changed};
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;
use crate::region::RegionInForce;
use crate::registration::NationalResults;

/// Where the rows come from and what is to become of them.
pub(super) struct Origin {
    pub source: Source,
    pub file_name: String,
    pub file_sha256: String,
    pub consent: Consent,
    pub strictness: Strictness,
    pub is_dry_run: bool,
}

/// Where a registration number was seen first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    pub sheet: usize,
    pub row: u32,
}

/// What became of a row that was handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// It goes on to the comparison, or repeats an earlier row word for word.
    Yes,
    /// Another row has the same number and other content.
    Contradicts(Seen),
}

/// One attempt.
pub(super) struct Run<'a> {
    app: &'a App,
    origin: &'a Origin,
    stage: Stage<'a>,
    pub report: ImportReport,
    chunk: Vec<Incoming>,
    /// Where and with which hash of its content a number was first seen.
    seen: HashMap<String, (Seen, u64)>,
    months: BTreeSet<Month>,
    /// Approved applications whose numbers the rows may bring (全国系统回传).
    results: NationalResults,
    /// End of the log when the attempt began.
    began_at: i64,
}

impl<'a> Run<'a> {
    pub async fn begin(app: &'a App, origin: &'a Origin) -> Result<Self, Refusal> {
        let mut tx = app.db.read().await?;
        let region = app.region_in(&mut tx).await?;
        let basis = Arc::new(crate::attribution::load_basis(&mut tx).await?);
        let began_at = xiaoxiang_store::log::head(&mut tx).await?.size - 1;
        let results = NationalResults::load(&mut tx).await?;
        let stage = Stage::new(app, region, basis, origin.source, origin.consent);
        Ok(Self {
            app,
            origin,
            stage,
            report: ImportReport::default(),
            chunk: Vec::with_capacity(CHUNK_ROWS),
            seen: HashMap::new(),
            months: BTreeSet::new(),
            results,
            began_at,
        })
    }

    /// The region data of this attempt.
    pub fn region(&self) -> Arc<RegionInForce> {
        self.stage.region.clone()
    }

    /// The legal day of the region.
    pub fn today(&self) -> jiff::civil::Date {
        self.app.clock.today_in(&self.stage.region.time_zone)
    }

    /// The rows that follow state these fields.
    pub async fn state(&mut self, stated: HashSet<String>) -> Result<(), Refusal> {
        self.flush().await?;
        self.stage.stated = stated;
        Ok(())
    }

    pub async fn take(&mut self, at: Seen, contract: Contract) -> Result<Taken, Refusal> {
        let hash = content_fingerprint(&contract)?;
        match self.seen.get(&contract.registration_number) {
            Some((_, first_hash)) if *first_hash == hash => {
                self.report.repeated += 1;
                return Ok(Taken::Yes);
            }
            Some((first, _)) => return Ok(Taken::Contradicts(*first)),
            None => {
                self.seen.insert(contract.registration_number.clone(), (at, hash));
            }
        }
        self.months.insert(Month::of(contract.registered_on));
        self.chunk.push(Incoming { row: at.row, contract });
        if self.chunk.len() >= CHUNK_ROWS {
            self.flush().await?;
        }
        Ok(Taken::Yes)
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
        for (contract, version) in &to_write {
            self.results.meet(contract, *version);
        }
        let mut tx = self.app.db.begin(self.app.clock.now_ms()).await?;
        self.stage.write(&mut tx, to_write).await?;
        tx.keep_unlogged().await?;
        Ok(())
    }

    /// Commits, or gives nothing where somebody else's commit makes a fresh attempt necessary.
    pub async fn finish(mut self, actor: &Actor) -> Result<Option<ImportReport>, Refusal> {
        self.flush().await?;
        self.report.months = self.months.iter().map(ToString::to_string).collect();
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
        let mut entries = Vec::new();
        if let Some(change_set_id) = self.stage.change_set_id {
            tx.adopt(change_set_id);
            // Before the log's lock, as whoever takes a step of an application does.
            let region = self.stage.region.clone();
            let Some(taken) = self.results.take(self.app, actor, &mut tx, &region).await? else {
                drop(tx);
                self.discard().await?;
                return Ok(None);
            };
            entries = taken;
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
        // The import's own entry comes last: its position is the one of the versions.
        entries.push(self.entry(&import_id));
        let commit = tx.commit(actor.log_name(), entries, []).await?;
        self.report.import_id = Some(import_id);
        self.report.position = Some(commit.position);
        Ok(Some(self.report))
    }

    async fn has_new_exchange_month(&self) -> Result<bool, Refusal> {
        let mut tx = self.app.db.read().await?;
        let known = xiaoxiang_store::import::list_exchange_months(&mut tx, i64::MAX).await?;
        Ok(self.months.iter().any(|month| !known.iter().any(|(known,)| *known == month.to_string())))
    }

    /// Removes what this attempt has staged.
    pub async fn discard(&self) -> Result<(), Refusal> {
        if let Some(change_set_id) = self.stage.change_set_id {
            let mut tx = self.app.db.begin(self.app.clock.now_ms()).await?;
            xiaoxiang_store::import::discard(&mut tx, change_set_id).await?;
            tx.keep_unlogged().await?;
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
