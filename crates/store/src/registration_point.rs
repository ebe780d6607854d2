//! Registration points (登记点): the province's orders, what was handed on, and what their figures rest on.

use crate::db::{Tx, WriteTx};
use crate::error::StoreError;

record! {
    /// An order to open or close a point.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct PointActRow {
        /// The registrar.
        registrar_key: i64,
        /// Number within the point, from 1.
        serial: i64,
        /// `open` or `close`.
        act: String,
        /// Legal day from which it holds.
        effective_on: String,
        /// Why.
        reason: String,
        /// Who ordered it, as the log names them.
        actor: String,
        /// When.
        acted_at_ms: i64,
    }
}

record! {
    /// An application that was handed on (移交).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct HandoverRow {
        /// Application.
        application_id: String,
        /// Number within the application, from 1.
        serial: i64,
        /// The point before.
        from_registrar_key: i64,
        /// The point after.
        to_registrar_key: i64,
        /// The last step that was taken at the point before.
        after_serial: i64,
        /// Why.
        reason: String,
        /// Who handed it on, as the log names them.
        actor: String,
        /// Legal day.
        handed_on: String,
    }
}

record! {
    /// A step with the point that handled the application then.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct PointStepRow {
        /// Application.
        application_id: String,
        /// The point.
        registrar_key: i64,
        /// Code of the step.
        step: String,
        /// Legal day.
        taken_on: String,
    }
}

/// Notes an order.
pub async fn add_act(tx: &mut WriteTx, row: &PointActRow) -> Result<(), StoreError> {
    let change_set_id = tx.change_set().await?;
    run!(
        &mut tx.tx,
        "INSERT INTO registration_point_act (registrar_key, serial, change_set_id, act, effective_on, reason, actor,
                acted_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        row.registrar_key,
        row.serial,
        change_set_id,
        &row.act,
        &row.effective_on,
        &row.reason,
        &row.actor,
        row.acted_at_ms
    )?;
    Ok(())
}

/// The orders about all points, each point's in order.
pub async fn list_acts(tx: &mut Tx) -> Result<Vec<PointActRow>, StoreError> {
    rows!(
        tx,
        PointActRow,
        "SELECT registrar_key, serial, act, effective_on, reason, actor, acted_at_ms
           FROM registration_point_act ORDER BY registrar_key, serial"
    )
}

/// The orders about one point, in order.
pub async fn list_acts_of(tx: &mut Tx, registrar_key: i64) -> Result<Vec<PointActRow>, StoreError> {
    rows!(
        tx,
        PointActRow,
        "SELECT registrar_key, serial, act, effective_on, reason, actor, acted_at_ms
           FROM registration_point_act WHERE registrar_key = $1 ORDER BY serial",
        registrar_key
    )
}

/// How many applications lie with each point in each state, and of how many the due day is past: key, state, count, late.
pub async fn count_open(tx: &mut Tx, today: &str) -> Result<Vec<(i64, String, i64, i64)>, StoreError> {
    rows!(
        tx,
        (i64, String, i64, i64),
        "SELECT registrar_key, state, COUNT(*), COUNT(CASE WHEN due_on < $1 THEN 1 END)
           FROM registration_application
          WHERE submitted_at_ms IS NOT NULL
          GROUP BY registrar_key, state
          ORDER BY registrar_key, state",
        today
    )
}

/// All steps of the applications in which one was taken between two days, application by application, in order.
pub async fn list_steps(tx: &mut Tx, first: &str, last: &str) -> Result<Vec<PointStepRow>, StoreError> {
    rows!(
        tx,
        PointStepRow,
        "SELECT s.application_id,
                COALESCE((SELECT h.from_registrar_key FROM registration_handover h
                           WHERE h.application_id = s.application_id AND h.after_serial >= s.serial
                           ORDER BY h.serial LIMIT 1), a.registrar_key) AS registrar_key,
                s.step, s.taken_on
           FROM registration_step s
           JOIN registration_application a ON a.application_id = s.application_id
          WHERE s.application_id IN (SELECT p.application_id FROM registration_step p
                                      WHERE p.taken_on BETWEEN $1 AND $2)
          ORDER BY s.application_id, s.serial",
        first,
        last
    )
}

/// Applications of a point that have a request of these kinds (`,change,cancel,`) open.
pub async fn list_requested(tx: &mut Tx, registrar_key: i64, kinds: &str) -> Result<Vec<String>, StoreError> {
    let found: Vec<(String,)> = rows!(
        tx,
        (String,),
        "SELECT DISTINCT a.application_id
           FROM registration_application a
           JOIN registration_request r ON r.application_id = a.application_id
          WHERE a.registrar_key = $1 AND r.outcome IS NULL AND $2 LIKE '%,' || r.kind || ',%'
          ORDER BY a.application_id",
        registrar_key,
        kinds
    )?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

/// Hands an application on; the caller has taken it.
pub async fn hand_on(tx: &mut WriteTx, row: &HandoverRow) -> Result<(), StoreError> {
    let change_set_id = tx.change_set().await?;
    run!(
        &mut tx.tx,
        "INSERT INTO registration_handover (application_id, serial, change_set_id, from_registrar_key, to_registrar_key,
                after_serial, reason, actor, handed_on)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &row.application_id,
        row.serial,
        change_set_id,
        row.from_registrar_key,
        row.to_registrar_key,
        row.after_serial,
        &row.reason,
        &row.actor,
        &row.handed_on
    )?;
    Ok(())
}

/// How often an application was handed on.
pub async fn count_handovers(tx: &mut Tx, application_id: &str) -> Result<i64, StoreError> {
    let found = row!(
        tx,
        (i64,),
        "SELECT COUNT(*) FROM registration_handover WHERE application_id = $1",
        application_id
    )?;
    Ok(found.map_or(0, |(count,)| count))
}

/// Acceptance and certificate of the applications whose contracts were registered between two days: registration number,
/// acceptance number, day of acceptance, certificate number.
pub async fn list_certificates(
    tx: &mut Tx,
    first: &str,
    last: &str,
) -> Result<Vec<(String, Option<String>, Option<String>, Option<String>)>, StoreError> {
    rows!(
        tx,
        (String, Option<String>, Option<String>, Option<String>),
        "SELECT registration_number, acceptance_number, accepted_on, certificate_number
           FROM registration_application
          WHERE registration_number IS NOT NULL AND registered_on BETWEEN $1 AND $2
          ORDER BY registration_number",
        first,
        last
    )
}
