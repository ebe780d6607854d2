//! What is to be seen of imports: the readings asked for on screen, and every import in the log.

use std::collections::HashMap;

use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::fact::Source;
use xiaoxiang_store::import::{self, PastImportRow};
use xiaoxiang_store::import_queue::{self as store, ImportRunRow};
use xiaoxiang_store::{StoreError, Tx, person};

use super::outcome::{Listed, Reason, RunState, from_json};
use crate::actor::Actor;
use crate::app::App;
use crate::contract::ImportReport;
use crate::refusal::Refusal;
use crate::sheet::SheetProblem;

/// Imports and readings listed at once.
const LISTED_MAX: i64 = 50;

/// One reading as its page shows it.
#[derive(Clone, Debug)]
pub struct RunView {
    /// The row: file, hash, options, instants.
    pub row: ImportRunRow,
    /// Where it stands.
    pub state: RunState,
    /// Whose contracts, where that is known.
    pub source: Option<Source>,
    /// What came of it.
    pub report: Option<ImportReport>,
    /// Problems, the first ones in full.
    pub problems: Vec<SheetProblem>,
    /// Warnings, the first ones in full.
    pub warnings: Vec<SheetProblem>,
    /// Why it did not end well.
    pub reason: Option<Reason>,
    /// Name of whoever asked.
    pub asked_by: String,
}

/// One import in the log.
#[derive(Clone, Debug)]
pub struct PastImport {
    /// File, hash, counts, position.
    pub row: PastImportRow,
    /// Name of whoever imported.
    pub imported_by: String,
}

/// What the import page shows.
#[derive(Clone, Debug, Default)]
pub struct ImportOverview {
    /// Under way, waiting, or asking.
    pub open: Vec<RunView>,
    /// Over, newest first.
    pub ended: Vec<RunView>,
    /// What stands in the log, newest first.
    pub imports: Vec<PastImport>,
}

/// One reading with all that came of it.
pub async fn find_import_run(app: &App, actor: &Actor, import_run_id: &str) -> Result<RunView, Refusal> {
    actor.permit(Action::ReadImports)?;
    let mut tx = app.db.read().await?;
    let row = store::find(&mut tx, import_run_id).await?;
    let row = row.ok_or_else(|| Refusal::NotFound(import_run_id.to_owned()))?;
    let name = Names::default().of(&mut tx, &row.actor).await?;
    view(row, name)
}

/// The newest readings and imports.
pub async fn list_imports(app: &App, actor: &Actor) -> Result<ImportOverview, Refusal> {
    actor.permit(Action::ReadImports)?;
    let mut tx = app.db.read().await?;
    let mut names = Names::default();
    let mut overview = ImportOverview::default();
    for row in store::list_open(&mut tx, LISTED_MAX).await? {
        let name = names.of(&mut tx, &row.actor).await?;
        overview.open.push(view(row, name)?);
    }
    for row in store::list_ended(&mut tx, LISTED_MAX).await? {
        let name = names.of(&mut tx, &row.actor).await?;
        overview.ended.push(view(row, name)?);
    }
    for row in import::list_past(&mut tx, LISTED_MAX).await? {
        let imported_by = names.of(&mut tx, &row.actor).await?;
        overview.imports.push(PastImport { row, imported_by });
    }
    Ok(overview)
}

fn view(row: ImportRunRow, asked_by: String) -> Result<RunView, Refusal> {
    let report = row.report.as_deref().map(from_json).transpose()?;
    let listed: Listed = row.problems.as_deref().map(from_json).transpose()?.unwrap_or_default();
    let reason = row.reason.as_deref().map(from_json).transpose()?;
    let state = RunState::from_code(&row.state)?;
    let source = row.source.as_deref().and_then(Source::from_code);
    Ok(RunView {
        row,
        state,
        source,
        report,
        problems: listed.problems,
        warnings: listed.warnings,
        reason,
        asked_by,
    })
}

/// Names of people by what the log calls them, each looked up once.
#[derive(Default)]
struct Names(HashMap<String, String>);

impl Names {
    async fn of(&mut self, tx: &mut Tx, actor: &str) -> Result<String, StoreError> {
        let Some(person_id) = Actor::person_of(actor) else {
            return Ok(actor.to_owned());
        };
        if let Some(name) = self.0.get(person_id) {
            return Ok(name.clone());
        }
        let found = person::find(tx, person_id).await?.map(|person| person.name);
        let name = found.unwrap_or_else(|| actor.to_owned());
        self.0.insert(person_id.to_owned(), name.clone());
        Ok(name)
    }
}
