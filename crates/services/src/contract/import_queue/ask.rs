//! Asks for the reading of an uploaded file, and answers what the file left open.

use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::fact::Source;
use xiaoxiang_store::import_queue::{self as store, ImportRunRow, NewImportRun};
use xiaoxiang_store::upload;

use crate::actor::Actor;
use crate::app::App;
use crate::contract::{Consent, Strictness};
use crate::refusal::Refusal;

/// How a file is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportHow {
    /// Whose contracts they are; none where the file is to say so.
    pub source: Option<Source>,
    /// What happens to bad rows.
    pub strictness: Strictness,
    /// What happens to differing rows.
    pub consent: Consent,
    /// Checks and compares only (试导入).
    pub is_dry_run: bool,
}

/// Queues the reading of an uploaded file and gives its id.
///
/// The same bytes asked for in the same way by the same person are read once: a double click gives the first id again.
pub async fn queue_import(
    app: &App,
    actor: &Actor,
    upload_id: &str,
    how: ImportHow,
) -> Result<String, Refusal> {
    actor.permit(Action::ImportContracts)?;
    let now_ms = app.clock.now_ms();
    let import_run_id = app.new_id()?;
    let new = NewImportRun {
        import_run_id: &import_run_id,
        upload_id,
        actor: actor.log_name(),
        person_id: actor.person_id(),
        person_role: actor.person_id().and_then(|_| actor.role()).map(xiaoxiang_domain::access::Role::code),
        person_scope: actor.extent(Action::ImportContracts).map(|scope| scope.to_string()),
        source: how.source.map(Source::code),
        is_dry_run: how.is_dry_run,
        keeps_valid: how.strictness == Strictness::KeepValid,
        accepts_changes: how.consent == Consent::AcceptChanges,
        asked_at_ms: now_ms,
    };
    let mut tx = app.db.begin(now_ms).await?;
    let file = upload::find(&mut tx, upload_id).await?.filter(|file| !file.sha256.is_empty());
    let file = file.ok_or_else(|| Refusal::NotFound(upload_id.to_owned()))?;
    if file.discarded_at_ms.is_some() {
        return Err(gone());
    }
    if let Some(same) = store::find_same_waiting(&mut tx, &file.sha256, &new).await? {
        if same_file(&mut tx, &same).await?.as_deref() != Some(upload_id) {
            upload::discard(&mut tx, upload_id, now_ms).await?;
        }
        tx.keep_unlogged().await?;
        return Ok(same);
    }
    store::save(&mut tx, &new).await?;
    tx.keep_unlogged().await?;
    Ok(import_run_id)
}

async fn same_file(
    tx: &mut xiaoxiang_store::WriteTx,
    import_run_id: &str,
) -> Result<Option<String>, Refusal> {
    Ok(store::find(tx, import_run_id).await?.map(|run| run.upload_id))
}

/// Reads the file of an earlier reading once more, in another way; the source stays where nobody says otherwise.
pub async fn import_again(
    app: &App,
    actor: &Actor,
    import_run_id: &str,
    how: ImportHow,
) -> Result<String, Refusal> {
    actor.permit(Action::ImportContracts)?;
    let run = find(app, import_run_id).await?;
    let source = how.source.or_else(|| run.source.as_deref().and_then(Source::from_code));
    queue_import(app, actor, &run.upload_id, ImportHow { source, ..how }).await
}

/// Says whose contracts a file holds that did not say so itself.
pub async fn answer_source(
    app: &App,
    actor: &Actor,
    import_run_id: &str,
    source: Source,
) -> Result<(), Refusal> {
    actor.permit(Action::ImportContracts)?;
    find(app, import_run_id).await?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    if !store::answer_source(&mut tx, import_run_id, source.code()).await? {
        return Err(Refusal::stale("该文件的来源", "the source of this file"));
    }
    tx.keep_unlogged().await?;
    Ok(())
}

async fn find(app: &App, import_run_id: &str) -> Result<ImportRunRow, Refusal> {
    let mut tx = app.db.read().await?;
    let run = store::find(&mut tx, import_run_id).await?;
    run.ok_or_else(|| Refusal::NotFound(import_run_id.to_owned()))
}

/// The bytes of the file were deleted.
pub(crate) fn gone() -> Refusal {
    Refusal::invalid(
        "upload.gone",
        "该文件的内容已按期删除，只保留哈希。请重新上传原文件。",
        "the content of this file was deleted after its time, only its hash is kept; upload the file again",
    )
}
