//! Payments held (暂缓兑付) while a question about a contract is open: each by a named officer's dated decision.

use crate::db::{Tx, WriteTx};
use crate::error::StoreError;

record! {
    /// A hold and, once it was decided, its release.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct HoldRow {
        /// UUID.
        hold_id: String,
        /// The flag for whose sake.
        flag_id: String,
        /// Contract.
        contract_key: i64,
        /// Who decided; none on the command line.
        officer_id: Option<String>,
        /// Their name; that of the log where there is no person.
        officer: String,
        /// On which day.
        held_on: String,
        /// Until which day it holds at the longest.
        until: String,
        /// Why.
        reason: String,
        /// Salt of the log's commitment to the reason.
        salt: Vec<u8>,
        /// Who released it.
        released_by: Option<String>,
        /// On which day.
        released_on: Option<String>,
        /// Why.
        release_reason: Option<String>,
    }
}

/// Who releases a hold, on which day, and why.
#[derive(Clone, Copy, Debug)]
pub struct Release<'a> {
    /// Person; none on the command line.
    pub person_id: Option<&'a str>,
    /// As the log names them.
    pub actor: &'a str,
    /// Day.
    pub day: &'a str,
    /// Reason.
    pub reason: &'a str,
    /// Salt of the log's commitment to the reason.
    pub salt: &'a [u8],
}

/// Holds payments; a flag that holds them already is a conflict.
pub async fn save(tx: &mut WriteTx, row: &HoldRow) -> Result<(), StoreError> {
    let change_set_id = tx.change_set().await?;
    run!(
        &mut tx.tx,
        "INSERT INTO payment_hold (hold_id, change_set_id, flag_id, contract_key, officer_id, officer, held_on, until,
                reason, salt)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &row.hold_id,
        change_set_id,
        &row.flag_id,
        row.contract_key,
        row.officer_id.as_deref(),
        &row.officer,
        &row.held_on,
        &row.until,
        &row.reason,
        &row.salt
    )?;
    Ok(())
}

/// Releases what a flag holds; false where it holds nothing.
pub async fn release(tx: &mut WriteTx, flag_id: &str, release: Release<'_>) -> Result<bool, StoreError> {
    let touched = run!(
        &mut tx.tx,
        "UPDATE payment_hold
            SET released_by_id = $2, released_by = $3, released_on = $4, release_reason = $5, release_salt = $6
          WHERE flag_id = $1 AND released_on IS NULL",
        flag_id,
        release.person_id,
        release.actor,
        release.day,
        release.reason,
        release.salt
    )?;
    Ok(touched == 1)
}

/// The holds of a flag, oldest first.
pub async fn list_of_flag(tx: &mut Tx, flag_id: &str) -> Result<Vec<HoldRow>, StoreError> {
    rows!(
        tx,
        HoldRow,
        "SELECT h.hold_id, h.flag_id, h.contract_key, h.officer_id, COALESCE(p.name, h.officer) AS officer, h.held_on,
                h.until, h.reason, h.salt, COALESCE(r.name, h.released_by) AS released_by, h.released_on,
                h.release_reason
           FROM payment_hold h
           LEFT JOIN person p ON p.person_id = h.officer_id
           LEFT JOIN person r ON r.person_id = h.released_by_id
          WHERE h.flag_id = $1
          ORDER BY h.held_on, h.hold_id",
        flag_id
    )
}

/// The holds that keep payments on a contract back on a day.
pub async fn list_in_force(tx: &mut Tx, contract_key: i64, day: &str) -> Result<Vec<HoldRow>, StoreError> {
    rows!(
        tx,
        HoldRow,
        "SELECT h.hold_id, h.flag_id, h.contract_key, h.officer_id, COALESCE(p.name, h.officer) AS officer, h.held_on,
                h.until, h.reason, h.salt, COALESCE(r.name, h.released_by) AS released_by, h.released_on,
                h.release_reason
           FROM payment_hold h
           LEFT JOIN person p ON p.person_id = h.officer_id
           LEFT JOIN person r ON r.person_id = h.released_by_id
          WHERE h.contract_key = $1 AND h.released_on IS NULL AND h.held_on <= $2 AND h.until >= $2
          ORDER BY h.held_on, h.hold_id",
        contract_key,
        day
    )
}

/// How many holds stand on a day whose question fell away or was cleared, and since when the oldest.
pub async fn count_without_question(tx: &mut Tx, day: &str) -> Result<(i64, Option<String>), StoreError> {
    let found: Option<(i64, Option<String>)> = row!(
        tx,
        (i64, Option<String>),
        "SELECT COUNT(*), MIN(h.held_on)
           FROM payment_hold h
           JOIN flag g ON g.flag_id = h.flag_id
          WHERE h.released_on IS NULL AND h.until >= $1
            AND (g.gone_reason IS NOT NULL OR g.state IN ('cleared', 'cleared_on_appeal'))",
        day
    )?;
    Ok(found.unwrap_or_default())
}
