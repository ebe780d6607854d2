//! What a node does for the queue: takes the next reading, says that it is alive, reads, and keeps the outcome.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::spawn_blocking;
use xiaoxiang_domain::access::{Action, Role, Scope};
use xiaoxiang_domain::fact::Source;
use xiaoxiang_domain::notice::{NamedValue, Notice, NoticeKind, Whom};
use xiaoxiang_store::import_queue::{self as store, ImportRunRow, RunEnd};
use xiaoxiang_store::{StoreError, WriteTx, upload};

use super::ask::gone;
use super::outcome::{Listed, Reason, RunState, to_json};
use super::recognise::recognise_source;
use crate::access::holds_today;
use crate::actor::Actor;
use crate::app::App;
use crate::contract::{Consent, ImportReport, ImportRequest, Strictness, import_contracts};
use crate::notice::{Occasion, notify};
use crate::refusal::Refusal;
use crate::sheet::open_sheet;

/// A node that has said nothing for so long is taken to be gone.
pub const SILENCE_MS_MAX: i64 = 30_000;
/// Days after which the bytes of an uploaded file are deleted; its name, size and hash stay.
pub const UPLOAD_KEPT_DAYS: i64 = 30;
/// How often a node says that it is alive.
const HEARTBEAT: Duration = Duration::from_secs(3);
/// How often a reading is taken before it is given up.
const ATTEMPTS_MAX: i64 = 3;
/// An upload that did not come in whole is deleted after this long.
const BROKEN_AFTER_MS: i64 = 24 * 60 * 60 * 1_000;
/// Files whose bytes are deleted in one go.
const DISCARDED_MAX: i64 = 100;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// Takes the next reading, if there is one, and reads it to its end; gives its id.
///
/// Where the program failed, the reading is ended as failed and the cause is given for the server's log. Two nodes may
/// read the same file where one was silent and not gone: importing twice changes nothing the second time, and only the
/// node that holds the reading ends it.
pub async fn work_on_next_import(app: &App, node: &str) -> Result<Option<String>, Refusal> {
    let Some(run) = take_next(app, node).await? else { return Ok(None) };
    let id = run.import_run_id.clone();
    if run.attempts > ATTEMPTS_MAX {
        let reason = to_json(&Reason::interrupted())?;
        end(app, &run, node, &ended(RunState::Failed, 0, Some(&reason))).await?;
        return Ok(Some(id));
    }
    let rows_read = Arc::new(AtomicU64::new(0));
    let alive = tokio::spawn(stay_alive(app.clone(), id.clone(), node.to_owned(), Arc::clone(&rows_read)));
    let read = read_apart(app, run.clone(), Arc::clone(&rows_read)).await;
    alive.abort();
    // The last beat must not come after the end.
    let _ = alive.await;
    let rows_read = i64::try_from(rows_read.load(Ordering::Relaxed)).unwrap_or(i64::MAX);
    match read {
        Ok(Read::Asks) => end(app, &run, node, &ended(RunState::Asking, 0, None)).await?,
        Ok(Read::Done(report)) => keep_report(app, &run, node, rows_read, &report).await?,
        Err(refusal) => keep_refusal(app, &run, node, rows_read, refusal).await?,
    }
    Ok(Some(id))
}

async fn take_next(app: &App, node: &str) -> Result<Option<ImportRunRow>, Refusal> {
    let now_ms = app.clock.now_ms();
    let silent_since_ms = now_ms - SILENCE_MS_MAX;
    let mut tx = app.db.read().await?;
    let Some(next) = store::find_next(&mut tx, silent_since_ms).await? else { return Ok(None) };
    drop(tx);
    let mut tx = app.db.begin(now_ms).await?;
    if !store::take(&mut tx, &next, node, now_ms, silent_since_ms).await? {
        return Ok(None);
    }
    let run = store::find(&mut tx, &next).await?;
    tx.keep_unlogged().await?;
    Ok(run)
}

async fn stay_alive(app: App, import_run_id: String, node: String, rows_read: Arc<AtomicU64>) {
    loop {
        tokio::time::sleep(HEARTBEAT).await;
        let rows = i64::try_from(rows_read.load(Ordering::Relaxed)).unwrap_or(i64::MAX);
        // A beat that fails is like one that was not heard: the next one may be.
        let _ = beat(&app, &import_run_id, &node, rows).await;
    }
}

async fn beat(app: &App, import_run_id: &str, node: &str, rows: i64) -> Result<(), StoreError> {
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    store::beat(&mut tx, import_run_id, node, now_ms, rows).await?;
    tx.keep_unlogged().await
}

enum Read {
    Asks,
    Done(Box<ImportReport>),
}

/// Reads on a thread of its own: taking a workbook apart must not keep pages waiting.
async fn read_apart(app: &App, run: ImportRunRow, rows_read: Arc<AtomicU64>) -> Result<Read, Refusal> {
    let app = app.clone();
    let runtime = Handle::current();
    let read = spawn_blocking(move || runtime.block_on(read(&app, &run, &rows_read)));
    read.await.unwrap_or_else(|error| {
        Err(StoreError::Damaged(format!("reading of an import broke off: {error}")).into())
    })
}

async fn read(app: &App, run: &ImportRunRow, rows_read: &AtomicU64) -> Result<Read, Refusal> {
    let actor = actor_of(app, run).await?;
    actor.permit(Action::ImportContracts)?;
    let bytes = bytes_of(app, run).await?;
    let source = match &run.source {
        Some(code) => Source::from_code(code)
            .ok_or_else(|| StoreError::Damaged(format!("source of import {}", run.import_run_id)))?,
        None => {
            let refused = |problem| Refusal::Sheet(vec![problem]);
            let mut file = open_sheet(bytes.clone()).map_err(refused)?;
            let Some((source, words)) = recognise_source(&run.file_name, &mut file)? else {
                return Ok(Read::Asks);
            };
            let mut tx = app.db.begin(app.clock.now_ms()).await?;
            store::recognise(&mut tx, &run.import_run_id, source.code(), &words).await?;
            tx.keep_unlogged().await?;
            source
        }
    };
    let request = ImportRequest {
        source,
        file_name: &run.file_name,
        bytes,
        strictness: if run.keeps_valid { Strictness::KeepValid } else { Strictness::AllOrNothing },
        consent: if run.accepts_changes { Consent::AcceptChanges } else { Consent::ListOnly },
        is_dry_run: run.is_dry_run,
    };
    let progress = |rows| rows_read.store(rows, Ordering::Relaxed);
    Ok(Read::Done(Box::new(import_contracts(app, &actor, request, progress).await?)))
}

/// Who asked, provided that they may still act so: a role taken away meanwhile reads no more.
async fn actor_of(app: &App, run: &ImportRunRow) -> Result<Actor, Refusal> {
    let Some(person_id) = &run.person_id else { return Ok(Actor::operator(&run.actor)) };
    let damaged = || StoreError::Damaged(format!("who asked for import {}", run.import_run_id));
    let role = run.person_role.as_deref().and_then(Role::from_code).ok_or_else(damaged)?;
    let scope: Scope =
        run.person_scope.as_deref().and_then(|scope| scope.parse().ok()).ok_or_else(damaged)?;
    let mut tx = app.db.read().await?;
    if !holds_today(app, &mut tx, person_id, role).await? {
        return Err(Refusal::Forbidden(Action::ImportContracts));
    }
    Ok(Actor::person(person_id, role, scope))
}

async fn bytes_of(app: &App, run: &ImportRunRow) -> Result<Vec<u8>, Refusal> {
    if run.discarded_at_ms.is_some() {
        return Err(gone());
    }
    let size = usize::try_from(run.size_bytes).unwrap_or_default();
    let mut bytes = Vec::with_capacity(size);
    let mut tx = app.db.read().await?;
    for chunk in 0.. {
        let Some(content) = upload::find_chunk(&mut tx, &run.upload_id, chunk).await? else { break };
        bytes.extend_from_slice(&content);
    }
    if bytes.len() != size {
        return Err(StoreError::Damaged(format!("chunks of upload {}", run.upload_id)).into());
    }
    Ok(bytes)
}

async fn keep_report(
    app: &App,
    run: &ImportRunRow,
    node: &str,
    rows_read: i64,
    report: &ImportReport,
) -> Result<(), Refusal> {
    let listed = Listed { problems: report.problems.clone(), warnings: report.warnings.clone() };
    let is_refused = report.problem_count > 0 && !run.keeps_valid;
    let state = if is_refused { RunState::Refused } else { RunState::Finished };
    let (report_json, problems) = (to_json(report)?, to_json(&listed)?);
    let kept = RunEnd {
        report: Some(&report_json),
        problems: Some(&problems),
        import_id: report.import_id.as_deref(),
        ..ended(state, rows_read, None)
    };
    end(app, run, node, &kept).await
}

async fn keep_refusal(
    app: &App,
    run: &ImportRunRow,
    node: &str,
    rows_read: i64,
    refusal: Refusal,
) -> Result<(), Refusal> {
    let reason = to_json(&Reason::of(&refusal))?;
    let state = if refusal.is_failure() { RunState::Failed } else { RunState::Refused };
    let problems = match &refusal {
        Refusal::Sheet(problems) => Some(to_json(&Listed { problems: problems.clone(), warnings: vec![] })?),
        _ => None,
    };
    let kept = RunEnd { problems: problems.as_deref(), ..ended(state, rows_read, Some(&reason)) };
    end(app, run, node, &kept).await?;
    if refusal.is_failure() { Err(refusal) } else { Ok(()) }
}

const fn ended(state: RunState, rows_read: i64, reason: Option<&str>) -> RunEnd<'_> {
    RunEnd { state: state.code(), rows_read, report: None, problems: None, reason, import_id: None }
}

async fn end(app: &App, run: &ImportRunRow, node: &str, kept: &RunEnd<'_>) -> Result<(), Refusal> {
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    // Where another node has taken it over, that one's outcome is kept.
    if store::end(&mut tx, &run.import_run_id, node, now_ms, kept).await? {
        tell(app, &mut tx, run, RunState::from_code(kept.state)?).await?;
    }
    tx.keep_unlogged().await?;
    Ok(())
}

/// Tells whoever asked for a reading how it ended.
async fn tell(app: &App, tx: &mut WriteTx, run: &ImportRunRow, state: RunState) -> Result<(), Refusal> {
    let kind = match state {
        RunState::Finished => NoticeKind::ImportFinished,
        RunState::Refused => NoticeKind::ImportRefused,
        RunState::Failed => NoticeKind::ImportFailed,
        RunState::Asking => NoticeKind::ImportAsks,
        RunState::Queued | RunState::Reading => return Ok(()),
    };
    let Some(person_id) = &run.person_id else { return Ok(()) };
    let record = format!("import_run:{}", run.import_run_id);
    let notice = Notice {
        kind,
        subject: record.clone(),
        values: vec![NamedValue::same("file", &run.file_name)],
        path: format!("/imports/{}", run.import_run_id),
    };
    let occasion = Occasion::Once { record: &record, author: None };
    notify(app, tx, occasion, &notice, &[Whom::Person(person_id.clone())]).await
}

/// Gives back what a stopping node has not read to its end, so that another one goes on at once.
pub async fn give_back_import_runs(app: &App, node: &str) -> Result<u64, Refusal> {
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let given_back = store::give_back(&mut tx, node).await?;
    tx.keep_unlogged().await?;
    Ok(given_back)
}

/// Deletes the bytes of files that have had their time, with the cells that problems and differences repeated.
pub async fn discard_outlived_uploads(app: &App) -> Result<usize, Refusal> {
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.read().await?;
    let before_ms = now_ms - UPLOAD_KEPT_DAYS * DAY_MS;
    let outlived = upload::list_outlived(&mut tx, before_ms, now_ms - BROKEN_AFTER_MS, DISCARDED_MAX).await?;
    drop(tx);
    for (upload_id,) in &outlived {
        let mut tx = app.db.begin(now_ms).await?;
        upload::discard(&mut tx, upload_id, now_ms).await?;
        tx.keep_unlogged().await?;
    }
    Ok(outlived.len())
}
