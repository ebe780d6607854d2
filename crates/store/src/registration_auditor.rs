//! Auditors who are named to read the contract texts of one application (指定查阅合同文本).

use crate::db::{Tx, WriteTx};
use crate::error::StoreError;

/// Namings of one application that are listed.
const LISTED_MAX: i64 = 200;

record! {
    /// One naming.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct NamingRow {
        /// Id.
        naming_id: String,
        /// Whose texts.
        application_id: String,
        /// Who may read them.
        person_id: String,
        /// What for.
        reason: String,
        /// Last day.
        valid_to: String,
        /// By whom, as the log calls them.
        named_by: String,
        /// When.
        named_at_ms: i64,
        /// By whom it was ended early.
        ended_by: Option<String>,
        /// When.
        ended_at_ms: Option<i64>,
        /// Why.
        end_reason: Option<String>,
    }
}

/// Names somebody.
pub async fn name(tx: &mut WriteTx, naming: &NamingRow) -> Result<(), StoreError> {
    let change_set_id = tx.change_set().await?;
    run!(
        &mut tx.tx,
        "INSERT INTO registration_auditor (naming_id, change_set_id, application_id, person_id, reason, valid_to, named_by,
                named_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &naming.naming_id,
        change_set_id,
        &naming.application_id,
        &naming.person_id,
        &naming.reason,
        &naming.valid_to,
        &naming.named_by,
        naming.named_at_ms
    )?;
    Ok(())
}

/// Ends a naming early; false where it was ended before.
pub async fn end(
    tx: &mut WriteTx,
    naming_id: &str,
    ended_by: &str,
    reason: &str,
    at_ms: i64,
) -> Result<bool, StoreError> {
    let ended = run!(
        &mut tx.tx,
        "UPDATE registration_auditor SET ended_by = $2, ended_at_ms = $3, end_reason = $4
          WHERE naming_id = $1 AND ended_at_ms IS NULL",
        naming_id,
        ended_by,
        at_ms,
        reason
    )?;
    Ok(ended == 1)
}

/// The namings of an application, the newest first.
pub async fn list(tx: &mut Tx, application_id: &str) -> Result<Vec<NamingRow>, StoreError> {
    rows!(
        tx,
        NamingRow,
        "SELECT naming_id, application_id, person_id, reason, valid_to, named_by, named_at_ms, ended_by, ended_at_ms,
                end_reason
           FROM registration_auditor WHERE application_id = $1
          ORDER BY named_at_ms DESC, naming_id DESC
          LIMIT $2",
        application_id,
        LISTED_MAX
    )
}

/// Whether a person is named for an application on a day.
pub async fn is_named(
    tx: &mut Tx,
    application_id: &str,
    person_id: &str,
    day: &str,
) -> Result<bool, StoreError> {
    let found = row!(
        tx,
        (i64,),
        "SELECT COUNT(*) FROM registration_auditor
          WHERE application_id = $1 AND person_id = $2 AND ended_at_ms IS NULL AND valid_to >= $3",
        application_id,
        person_id,
        day
    )?;
    Ok(found.is_some_and(|(count,)| count > 0))
}
