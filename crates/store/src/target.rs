//! Annual targets (年度目标): dated records with their document number.

use crate::db::{Tx, WriteTx};
use crate::error::StoreError;

record! {
    /// One target; the latest `valid_from` of a division, year and direction holds.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct TargetRow {
        /// Year that it is for.
        year: i64,
        /// Division code.
        division: String,
        /// Direction word.
        direction: String,
        /// Amount.
        amount_fen: i64,
        /// 文号
        document_number: String,
        /// Day from which it holds.
        valid_from: String,
        /// Why it was adjusted, or why a split that does not add up was accepted; mostly empty.
        reason: String,
    }
}

/// Writes targets.
pub async fn save(tx: &mut WriteTx, targets: &[TargetRow]) -> Result<(), StoreError> {
    let change_set_id = tx.change_set().await?;
    for target in targets {
        run!(
            &mut tx.tx,
            "INSERT INTO target (change_set_id, year, division, direction, amount_fen, document_number, valid_from,
                    reason)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            change_set_id,
            target.year,
            &target.division,
            &target.direction,
            target.amount_fen,
            &target.document_number,
            &target.valid_from,
            &target.reason
        )?;
    }
    Ok(())
}

/// All targets of a year as of a log position, in the order in which they were set.
pub async fn list(tx: &mut Tx, year: i64, as_of: i64) -> Result<Vec<TargetRow>, StoreError> {
    rows!(
        tx,
        TargetRow,
        "SELECT t.year, t.division, t.direction, t.amount_fen, t.document_number, t.valid_from, t.reason
           FROM target t
           JOIN change_set c ON c.change_set_id = t.change_set_id
          WHERE t.year = $1 AND c.position <= $2
          ORDER BY c.position, t.target_id",
        year,
        as_of
    )
}

/// Log position of the newest target of a year, -1 where there is none: what somebody who edits them has seen.
pub async fn revision(tx: &mut Tx, year: i64) -> Result<i64, StoreError> {
    let found: Option<(i64,)> = row!(
        tx,
        (i64,),
        "SELECT COALESCE(MAX(c.position), -1)
           FROM target t
           JOIN change_set c ON c.change_set_id = t.change_set_id
          WHERE t.year = $1 AND c.position IS NOT NULL",
        year
    )?;
    Ok(found.map_or(-1, |(position,)| position))
}

/// The years for which there are targets, latest first.
pub async fn list_years(tx: &mut Tx) -> Result<Vec<(i64,)>, StoreError> {
    rows!(
        tx,
        (i64,),
        "SELECT DISTINCT t.year
           FROM target t
           JOIN change_set c ON c.change_set_id = t.change_set_id
          WHERE c.position IS NOT NULL
          ORDER BY t.year DESC"
    )
}
