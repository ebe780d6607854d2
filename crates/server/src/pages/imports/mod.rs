//! Imports (导入): files dropped, their reading watched, differences agreed to, problems taken home as a list.

mod lists;
mod overview;
mod receive;
mod run;

use axum::Form;
use axum::extract::{DefaultBodyLimit, Path};
use axum::response::Response;
use axum::routing;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::fact::Source;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::contract::import_queue::{
    ImportHow, RunState, UPLOAD_BYTES_MAX, answer_source, find_import_run, import_again, list_imports,
};
use xiaoxiang_services::contract::{Consent, Strictness};
use xiaoxiang_services::sheet::SheetProblem;

pub use overview::ImportsPage;
pub use run::ImportRunPage;

use super::shell::Shell;
use super::visit::Visit;
use crate::language::Language;
use crate::routes::{Access, Route};

/// Files taken at once.
pub const FILES_MAX: usize = 6;
/// Bytes of all files of one form, with room for what stands between them.
const FORM_BYTES_MAX: usize = (UPLOAD_BYTES_MAX as usize + 1024) * FILES_MAX + 64 * 1024;

/// The routes of imports.
#[must_use]
pub fn routes() -> Vec<Route> {
    let read = Access::Needs(Action::ReadImports);
    let import = Access::Needs(Action::ImportContracts);
    let receive = routing::post(receive::receive).layer(DefaultBodyLimit::max(FORM_BYTES_MAX));
    vec![
        Route::page("/imports", read, routing::get(overview)),
        Route::form("/imports", import, receive),
        Route::page("/imports/{id}", read, routing::get(show)),
        Route::form("/imports/{id}/again", import, routing::post(again)),
        Route::form("/imports/{id}/source", import, routing::post(source)),
        Route::file("/imports/{id}/lists/{file}", read, routing::get(lists::download_list)),
    ]
}

/// What a form says of how a file is to be read.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct HowForm {
    source: String,
    dry_run: String,
    keep_valid: String,
    accept_changes: String,
}

impl HowForm {
    /// A box that is not ticked is not sent.
    fn how(&self) -> ImportHow {
        let ticked = |field: &str| !field.is_empty();
        ImportHow {
            source: Source::from_code(&self.source),
            strictness: if ticked(&self.keep_valid) {
                Strictness::KeepValid
            } else {
                Strictness::AllOrNothing
            },
            consent: if ticked(&self.accept_changes) { Consent::AcceptChanges } else { Consent::ListOnly },
            is_dry_run: ticked(&self.dry_run),
        }
    }
}

async fn overview(visit: Visit) -> Response {
    match list_imports(&visit.app, &visit.actor()).await {
        Ok(data) => {
            let zone = zone(&visit).await;
            visit.page(&ImportsPage::new(&visit, data, zone))
        }
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn show(visit: Visit, Path(id): Path<String>) -> Response {
    match find_import_run(&visit.app, &visit.actor(), &id).await {
        Ok(run) => visit.page(&ImportRunPage::load(&visit, run).await),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn again(visit: Visit, Path(id): Path<String>, Form(form): Form<HowForm>) -> Response {
    match import_again(&visit.app, &visit.actor(), &id, form.how()).await {
        Ok(next) => visit.lead_to(&format!("/imports/{next}")),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn source(visit: Visit, Path(id): Path<String>, Form(form): Form<HowForm>) -> Response {
    let Some(source) = Source::from_code(&form.source) else { return visit.misread() };
    match answer_source(&visit.app, &visit.actor(), &id, source).await {
        Ok(()) => visit.lead_to(&format!("/imports/{id}")),
        Err(refusal) => visit.refused(&refusal),
    }
}

/// The region's time zone; before there is a region, the one of instants.
async fn zone(visit: &Visit) -> TimeZone {
    match visit.app.region().await {
        Ok(region) => region.time_zone.clone(),
        Err(Refusal::NoRegion) => TimeZone::UTC,
        Err(refusal) => {
            tracing::warn!(error = ?refusal, "time zone cannot be read");
            TimeZone::UTC
        }
    }
}

/// An instant as lists show it: `2026-11-22 17:03`.
fn moment(zone: &TimeZone, at_ms: i64) -> String {
    let instant = Timestamp::from_millisecond(at_ms).unwrap_or_default();
    instant.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}

fn state_label(language: Language, state: RunState) -> &'static str {
    language.text(match state {
        RunState::Queued => "import-state-queued",
        RunState::Asking => "import-state-asking",
        RunState::Reading => "import-state-reading",
        RunState::Finished => "import-state-finished",
        RunState::Refused => "import-state-refused",
        RunState::Failed => "import-state-failed",
    })
}

/// Which of the shared marks of standing a state takes.
const fn state_class(state: RunState) -> &'static str {
    match state {
        RunState::Finished => "status-signed",
        RunState::Refused | RunState::Failed | RunState::Asking => "status-corrected",
        RunState::Queued | RunState::Reading => "status-draft",
    }
}

fn source_label(shell: &Shell, source: Option<Source>) -> &'static str {
    shell.t(match source {
        Some(Source::Registry) => "import-source-registry",
        Some(Source::Exchange) => "import-source-exchange",
        None => "import-source-unknown",
    })
}

/// Sheet, row and column of a problem as the reader finds them.
pub(super) fn place_of(shell: &Shell, problem: &SheetProblem) -> String {
    let mut place: Vec<String> = problem.sheet.iter().map(|sheet| sheet.to_string()).collect();
    if let Some(row) = problem.row {
        place.push(shell.say("import-place-row", [("row", &row.to_string())]));
    }
    if let Some(column) = &problem.column {
        let parts = [("letter", column.letter.as_str()), ("header", column.header.as_str())];
        place.push(shell.say("import-place-column", parts));
    }
    if place.is_empty() { shell.t("import-place-file").to_owned() } else { place.join(" · ") }
}

/// Why something in a sheet cannot be taken, and what to do.
pub(super) fn words_of<'page>(shell: &Shell, problem: &'page SheetProblem) -> (&'page str, &'page str) {
    let words = &problem.words;
    (
        shell.language.pick(&words.reason_zh, &words.reason_en),
        shell.language.pick(&words.what_to_do_zh, &words.what_to_do_en),
    )
}

/// A length as people read it.
pub(super) fn size(bytes: i64) -> String {
    const KILOBYTE: i64 = 1024;
    const MEGABYTE: i64 = 1024 * 1024;
    if bytes < MEGABYTE {
        format!("{} KB", (bytes + KILOBYTE - 1) / KILOBYTE)
    } else {
        format!("{}.{} MB", bytes / MEGABYTE, bytes % MEGABYTE * 10 / MEGABYTE)
    }
}
