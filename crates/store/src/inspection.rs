//! Spot checks (抽查), the inspections that they open, and what is done in them.

use crate::db::{Tx, WriteTx};
use crate::error::StoreError;

/// Applications that one draw is made from.
pub const POPULATION_MAX: i64 = 1_000_000;
/// Draws listed at once: one a year.
pub const DRAWS_MAX: i64 = 100;
/// Inspections listed at once.
pub const INSPECTIONS_MAX: i64 = 2_000;

record! {
    /// A yearly draw.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct DrawRow {
        /// Id.
        draw_id: String,
        /// Year of registration.
        year: i64,
        /// What the draw was made with.
        seed: String,
        /// How many registrations it was made from.
        population: i64,
        /// Hash over their numbers in order.
        population_sha256: String,
        /// How many were drawn.
        drawn: i64,
        /// Who drew, as the log names them.
        drawn_by: String,
        /// When.
        drawn_at_ms: i64,
    }
}

record! {
    /// An inspection.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct InspectionRow {
        /// Id.
        inspection_id: String,
        /// Grows with each act.
        revision: i64,
        /// Application.
        application_id: String,
        /// The draw; none where it was opened for cause.
        draw_id: Option<String>,
        /// Why it was opened.
        cause: String,
        /// Code of the stage.
        stage: String,
        /// Last day for evidence.
        evidence_due: Option<String>,
        /// Last day for the hearing.
        hearing_due: Option<String>,
        /// When it was opened.
        opened_at_ms: i64,
    }
}

record! {
    /// What was done.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ActRow {
        /// Number within the inspection, from 1.
        serial: i64,
        /// Code of the act.
        act: String,
        /// Stage before.
        from_stage: String,
        /// Stage after.
        to_stage: String,
        /// Who, as the log names them.
        actor: String,
        /// Legal day.
        taken_on: String,
        /// Instant.
        taken_at_ms: i64,
        /// Coded grounds, JSON.
        ground_codes: String,
        /// In words.
        words: String,
    }
}

/// Registered applications of a year that stand, in order of numbers: id, registration number, whether the province has to
/// look at it.
pub async fn list_population(tx: &mut Tx, year: &str) -> Result<Vec<(String, String, bool)>, StoreError> {
    rows!(
        tx,
        (String, String, bool),
        "SELECT application_id, registration_number, is_sampled
           FROM registration_application
          WHERE state = 'registered' AND registration_number IS NOT NULL AND substr(registered_on, 1, 4) = $1
          ORDER BY registration_number
          LIMIT $2",
        year,
        POPULATION_MAX
    )
}

/// Notes a draw; a second one of the year is a conflict.
pub async fn save_draw(tx: &mut WriteTx, draw: &DrawRow) -> Result<(), StoreError> {
    let change_set_id = tx.change_set().await?;
    run!(
        &mut tx.tx,
        "INSERT INTO inspection_draw (draw_id, change_set_id, year, seed, population, population_sha256, drawn, drawn_by,
                drawn_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &draw.draw_id,
        change_set_id,
        draw.year,
        &draw.seed,
        draw.population,
        &draw.population_sha256,
        draw.drawn,
        &draw.drawn_by,
        draw.drawn_at_ms
    )?;
    Ok(())
}

/// The draw of a year.
pub async fn find_draw(tx: &mut Tx, year: i64) -> Result<Option<DrawRow>, StoreError> {
    row!(
        tx,
        DrawRow,
        "SELECT draw_id, year, seed, population, population_sha256, drawn, drawn_by, drawn_at_ms
           FROM inspection_draw WHERE year = $1",
        year
    )
}

/// The draws that were made, the latest year first.
pub async fn list_draws(tx: &mut Tx) -> Result<Vec<DrawRow>, StoreError> {
    rows!(
        tx,
        DrawRow,
        "SELECT draw_id, year, seed, population, population_sha256, drawn, drawn_by, drawn_at_ms
           FROM inspection_draw ORDER BY year DESC LIMIT $1",
        DRAWS_MAX
    )
}

/// Opens an inspection.
pub async fn open(tx: &mut WriteTx, row: &InspectionRow) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "INSERT INTO inspection (inspection_id, revision, application_id, draw_id, cause, stage, evidence_due, hearing_due,
                opened_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &row.inspection_id,
        row.revision,
        &row.application_id,
        row.draw_id.as_deref(),
        &row.cause,
        &row.stage,
        row.evidence_due.as_deref(),
        row.hearing_due.as_deref(),
        row.opened_at_ms
    )?;
    Ok(())
}

/// One inspection.
pub async fn find(tx: &mut Tx, inspection_id: &str) -> Result<Option<InspectionRow>, StoreError> {
    row!(
        tx,
        InspectionRow,
        "SELECT inspection_id, revision, application_id, draw_id, cause, stage, evidence_due, hearing_due, opened_at_ms
           FROM inspection WHERE inspection_id = $1",
        inspection_id
    )
}

/// The inspections of an application, the oldest first.
pub async fn list_of_application(
    tx: &mut Tx,
    application_id: &str,
) -> Result<Vec<InspectionRow>, StoreError> {
    rows!(
        tx,
        InspectionRow,
        "SELECT inspection_id, revision, application_id, draw_id, cause, stage, evidence_due, hearing_due, opened_at_ms
           FROM inspection WHERE application_id = $1 ORDER BY opened_at_ms, inspection_id",
        application_id
    )
}

/// Inspections, the newest first; of one organisation's applications where a key is given.
pub async fn list(tx: &mut Tx, organisation_key: i64) -> Result<Vec<InspectionRow>, StoreError> {
    rows!(
        tx,
        InspectionRow,
        "SELECT i.inspection_id, i.revision, i.application_id, i.draw_id, i.cause, i.stage, i.evidence_due, i.hearing_due,
                i.opened_at_ms
           FROM inspection i
           JOIN registration_application a ON a.application_id = i.application_id
          WHERE $1 = 0 OR a.organisation_key = $1
          ORDER BY i.opened_at_ms DESC, i.inspection_id DESC
          LIMIT $2",
        organisation_key,
        INSPECTIONS_MAX
    )
}

/// Brings an inspection to its next stage if it still has this revision.
pub async fn advance(tx: &mut WriteTx, row: &InspectionRow, revision: i64) -> Result<bool, StoreError> {
    let advanced = run!(
        &mut tx.tx,
        "UPDATE inspection SET revision = revision + 1, stage = $3, evidence_due = $4, hearing_due = $5
          WHERE inspection_id = $1 AND revision = $2",
        &row.inspection_id,
        revision,
        &row.stage,
        row.evidence_due.as_deref(),
        row.hearing_due.as_deref()
    )?;
    Ok(advanced == 1)
}

/// Adds what was done.
pub async fn add_act(tx: &mut WriteTx, inspection_id: &str, act: &ActRow) -> Result<(), StoreError> {
    let change_set_id = tx.change_set().await?;
    run!(
        &mut tx.tx,
        "INSERT INTO inspection_act (inspection_id, serial, change_set_id, act, from_stage, to_stage, actor, taken_on,
                taken_at_ms, ground_codes, words)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        inspection_id,
        act.serial,
        change_set_id,
        &act.act,
        &act.from_stage,
        &act.to_stage,
        &act.actor,
        &act.taken_on,
        act.taken_at_ms,
        &act.ground_codes,
        &act.words
    )?;
    Ok(())
}

/// What was done, in order.
pub async fn list_acts(tx: &mut Tx, inspection_id: &str) -> Result<Vec<ActRow>, StoreError> {
    rows!(
        tx,
        ActRow,
        "SELECT serial, act, from_stage, to_stage, actor, taken_on, taken_at_ms, ground_codes, words
           FROM inspection_act WHERE inspection_id = $1 ORDER BY serial",
        inspection_id
    )
}
