//! A file of batch filing on screen: taken in, looked at with its columns and rows, mapped, and filed once.

use std::collections::BTreeSet;
use std::sync::Arc;

use xiaoxiang_domain::access::Action;
use xiaoxiang_store::registration_batch::{self as store, BatchRow};
use xiaoxiang_store::upload::{self, Purpose};
use xiaoxiang_store::{StoreError, registration};

use super::check_rows::{RowsChecked, check_rows};
use super::file_batch::{FiledBatch, Filing};
use super::mapping::{MAPPED_HEADERS_MAX, SheetMapping, applicant_of, check_mapping, kept_mapping, text_of};
use super::read_sheet::{BatchSheet, read_sheet};
use crate::actor::Actor;
use crate::app::App;
use crate::contract::import_queue::{Receiving, gone};
use crate::refusal::Refusal;
use crate::registration::case::Rules;
use crate::registration::check_form::Handing;
use crate::registration::read_attachment::read_bytes;
use crate::registration::start_application::{blank_form, unknown_registrar};
use crate::sheet::{SheetProblem, normalise_header};

/// A file that is coming in.
pub struct ReceivingBatch(Receiving);

/// A file as its page shows it.
#[derive(Clone, Debug)]
pub struct BatchPage {
    /// The file, who handed it in and when.
    pub row: BatchRow,
    /// How it is read.
    pub mapping: SheetMapping,
    /// Its columns and rows.
    pub sheet: BatchSheet,
    /// What stands in the way of filing, each with its place.
    pub problems: Vec<SheetProblem>,
    /// Cells that have to be put right before their draft is handed in.
    pub remarks: Vec<SheetProblem>,
    /// How many drafts lack which field, in the order of the form's keys.
    pub missing: Vec<(String, u64)>,
    /// The same file, filed before: its id and when.
    pub filed_before: Option<(String, i64)>,
}

/// A draft that came of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiledDraft {
    /// Row of the sheet.
    pub row: u32,
    /// UUID of the application.
    pub application_id: String,
    /// Name of its project, possibly empty.
    pub project_name: String,
    /// Word of its state.
    pub state: String,
}

/// A file of which drafts were made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiledPage {
    /// The file, who handed it in and when.
    pub row: BatchRow,
    /// What came of it.
    pub filed: FiledBatch,
    /// Its drafts in the order of the sheet.
    pub drafts: Vec<FiledDraft>,
}

/// A file before or after it was filed.
#[derive(Clone, Debug)]
pub enum StagedBatch {
    /// Still to be looked at.
    Open(Box<BatchPage>),
    /// Drafts were made of it.
    Filed(Box<FiledPage>),
}

/// What is chosen for a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BatchChoice {
    /// Where it is to be filed.
    pub registrar_key: Option<i64>,
    /// The unit, and the columns that are to be read in another way than now.
    pub mapping: SheetMapping,
}

/// The files of the applicant's organisation, the newest first.
pub async fn list_batches(app: &App, actor: &Actor) -> Result<Vec<BatchRow>, Refusal> {
    let (organisation_key, _) = applicant_of(actor)?;
    let mut tx = app.db.read().await?;
    Ok(store::list(&mut tx, organisation_key).await?)
}

/// Begins a file; `file_name` is what the browser says. Follow with `push` and `finish`.
pub async fn begin_batch(app: &App, actor: &Actor, file_name: &str) -> Result<ReceivingBatch, Refusal> {
    actor.permit(Action::Apply)?;
    applicant_of(actor)?;
    Ok(ReceivingBatch(Receiving::begin(app, Purpose::Batch, file_name).await?))
}

impl ReceivingBatch {
    /// Takes the next bytes; more than 20 MB are refused and deleted.
    pub async fn push(&mut self, app: &App, bytes: &[u8]) -> Result<(), Refusal> {
        let pushed = self.0.push(app, bytes).await;
        if pushed.is_err() {
            self.0.give_up(app).await?;
        }
        pushed.map_err(|refusal| match refusal {
            Refusal::Invalid { code: "upload.too_large", .. } => Refusal::invalid(
                "upload.too_large",
                "文件大于 20 MB，未接收。请删去图片和其他工作表后另存再上传。",
                "the file is larger than 20 MB and was not taken; save it without pictures and other sheets",
            ),
            other => other,
        })
    }

    /// Ends the file and gives its id; one that is no table is refused and deleted. The registrar may still be unknown.
    pub async fn finish(
        self,
        app: &App,
        actor: &Actor,
        registrar_key: Option<i64>,
    ) -> Result<String, Refusal> {
        let received = self.0.finish(app).await?;
        let staged = stage(app, actor, &received.upload_id, registrar_key).await;
        if staged.is_err() {
            let now_ms = app.clock.now_ms();
            let mut tx = app.db.begin(now_ms).await?;
            upload::discard(&mut tx, &received.upload_id, now_ms).await?;
            tx.keep_unlogged().await?;
        }
        staged.map(|()| received.upload_id)
    }
}

async fn stage(app: &App, actor: &Actor, upload_id: &str, registrar_key: Option<i64>) -> Result<(), Refusal> {
    let (organisation_key, person_id) = applicant_of(actor)?;
    let region = app.region().await?;
    let mut tx = app.db.read().await?;
    let mut mapping = kept_mapping(&mut tx, organisation_key).await?;
    let bytes = read_bytes(&mut tx, upload_id).await?;
    drop(tx);
    let sheet = read_sheet(Arc::clone(&region), bytes, mapping.clone()).await?;
    // What the sheet says of itself goes before what the last one was read in.
    mapping.money_unit = sheet.title_unit.or(mapping.money_unit);
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    let registrar_key = known_registrar(&mut tx, registrar_key).await?;
    store::stage(
        &mut tx,
        upload_id,
        [organisation_key, now_ms],
        person_id,
        registrar_key,
        &text_of(&mapping),
    )
    .await?;
    tx.keep_unlogged().await?;
    Ok(())
}

/// A registrar that there is; one that is not is as good as none, which the page asks for.
async fn known_registrar(
    tx: &mut xiaoxiang_store::Tx,
    registrar_key: Option<i64>,
) -> Result<Option<i64>, Refusal> {
    let Some(key) = registrar_key else { return Ok(None) };
    Ok(registration::find_registrar(tx, key).await?.map(|_| key))
}

/// One file of the applicant's organisation, read as it is mapped now.
pub async fn read_batch(app: &App, actor: &Actor, upload_id: &str) -> Result<StagedBatch, Refusal> {
    let mut tx = app.db.read().await?;
    let row = find(&mut tx, actor, upload_id).await?;
    if row.filed_at_ms.is_some() {
        return Ok(StagedBatch::Filed(Box::new(filed_page(&mut tx, row).await?)));
    }
    let mapping = mapping_of(&row)?;
    let in_force = app.region_in(&mut tx).await?;
    let bytes = bytes_of(&mut tx, &row).await?;
    drop(tx);
    let sheet = read_sheet(Arc::clone(&in_force), bytes, mapping.clone()).await?;
    let mut tx = app.db.read().await?;
    let today = app.clock.today_in(&in_force.time_zone);
    let organisation = xiaoxiang_store::organisation::find_name(&mut tx, row.organisation_key).await?;
    let (name, credit_code) = organisation.unwrap_or_default();
    let registrar = match row.registrar_key {
        Some(key) => registration::find_registrar(&mut tx, key).await?.unwrap_or_default(),
        None => Default::default(),
    };
    let handing =
        Handing { organisation: (&name, credit_code.as_deref()), registrar: (&registrar.0, &registrar.1) };
    let blank = blank_form(&mut tx, row.organisation_key).await?;
    let regime = Rules::on(&in_force.region, today)?.regime;
    let RowsChecked { problems, remarks, missing } =
        check_rows(&sheet, &blank, &handing, &in_force.region, regime, today);
    let problems = sheet.problems.iter().cloned().chain(problems).collect();
    let filed_before = store::find_filed_alike(&mut tx, row.organisation_key, &row.sha256).await?;
    let missing = missing.into_iter().collect();
    Ok(StagedBatch::Open(Box::new(BatchPage {
        row,
        mapping,
        sheet,
        problems,
        remarks,
        missing,
        filed_before,
    })))
}

/// Keeps how a file is to be read; gives whether that differs from what was kept.
///
/// What the mapping of the organisation says of headers that this file has not stays in it.
pub async fn choose_for_batch(
    app: &App,
    actor: &Actor,
    upload_id: &str,
    choice: BatchChoice,
) -> Result<bool, Refusal> {
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let row = find(&mut tx, actor, upload_id).await?;
    let kept = mapping_of(&row)?;
    let mut mapping = choice.mapping;
    let chosen: BTreeSet<String> = mapping.columns.keys().map(|header| normalise_header(header)).collect();
    for (header, key) in &kept.columns {
        if mapping.columns.len() < MAPPED_HEADERS_MAX && !chosen.contains(&normalise_header(header)) {
            mapping.columns.insert(header.clone(), key.clone());
        }
    }
    check_mapping(&mapping)?;
    let registrar_key = known_registrar(&mut tx, choice.registrar_key).await?;
    let differs = mapping != kept || registrar_key != row.registrar_key;
    if differs && !store::choose(&mut tx, upload_id, registrar_key, &text_of(&mapping)).await? {
        return Err(filed_already());
    }
    tx.keep_unlogged().await?;
    Ok(differs)
}

/// Makes drafts of a file as it is mapped now. Once: the second time its outcome is shown, nothing is written.
pub async fn file_staged_batch(app: &App, actor: &Actor, upload_id: &str) -> Result<(), Refusal> {
    let (_, person_id) = applicant_of(actor)?;
    let region = app.region().await?;
    let mut tx = app.db.read().await?;
    let row = find(&mut tx, actor, upload_id).await?;
    if row.filed_at_ms.is_some() {
        return Ok(());
    }
    let bytes = bytes_of(&mut tx, &row).await?;
    drop(tx);
    let mapping = mapping_of(&row)?;
    let sheet = read_sheet(Arc::clone(&region), bytes, mapping.clone()).await?;
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    if !store::take(&mut tx, upload_id, now_ms).await? {
        return Ok(());
    }
    // Read before it was taken: another mapping meanwhile would file other rows than were checked.
    let now = find(&mut tx, actor, upload_id).await?;
    if (now.mapping.as_str(), now.registrar_key) != (row.mapping.as_str(), row.registrar_key) {
        return Err(Refusal::stale("该文件的栏目对应", "the mapping of this file"));
    }
    let registrar_key = row.registrar_key.ok_or_else(unknown_registrar)?;
    let filing = Filing { app, region: &region, sheet: &sheet, mapping: &mapping };
    let filed = filing.file(&mut tx, [registrar_key, row.organisation_key], person_id).await?;
    let outcome = serde_json::to_string(&filed).expect("invariant: an outcome is plain data");
    store::keep_outcome(&mut tx, upload_id, &outcome).await?;
    tx.keep_unlogged().await?;
    Ok(())
}

async fn find(tx: &mut xiaoxiang_store::Tx, actor: &Actor, upload_id: &str) -> Result<BatchRow, Refusal> {
    let (organisation_key, _) = applicant_of(actor)?;
    let row = store::find(tx, upload_id).await?.filter(|row| row.organisation_key == organisation_key);
    row.ok_or_else(|| Refusal::NotFound(upload_id.to_owned()))
}

async fn bytes_of(tx: &mut xiaoxiang_store::Tx, row: &BatchRow) -> Result<Vec<u8>, Refusal> {
    if row.discarded_at_ms.is_some() {
        return Err(gone());
    }
    let bytes = read_bytes(tx, &row.upload_id).await?;
    if i64::try_from(bytes.len()).ok() == Some(row.size_bytes) {
        return Ok(bytes);
    }
    Err(StoreError::Damaged(format!("chunks of upload {}", row.upload_id)).into())
}

fn mapping_of(row: &BatchRow) -> Result<SheetMapping, Refusal> {
    let damaged = |_| StoreError::Damaged(format!("mapping of batch {}", row.upload_id));
    Ok(serde_json::from_str(&row.mapping).map_err(damaged)?)
}

async fn filed_page(tx: &mut xiaoxiang_store::Tx, row: BatchRow) -> Result<FiledPage, Refusal> {
    let damaged = || StoreError::Damaged(format!("outcome of batch {}", row.upload_id));
    let filed: FiledBatch =
        serde_json::from_str(row.outcome.as_deref().ok_or_else(damaged)?).map_err(|_| damaged())?;
    let mut drafts = Vec::with_capacity(filed.drafts.len());
    for (number, application_id) in &filed.drafts {
        let found = registration::find(tx, application_id).await?.ok_or_else(damaged)?;
        drafts.push(FiledDraft {
            row: *number,
            application_id: application_id.clone(),
            project_name: found.project_name,
            state: found.state,
        });
    }
    Ok(FiledPage { row, filed, drafts })
}

fn filed_already() -> Refusal {
    Refusal::invalid(
        "application.batch.filed",
        "该文件已建立草稿，不能再改栏目对应。请在结果中打开各份申请修改。",
        "drafts were made of this file already; open them from its list and change them there",
    )
}
