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
    }
}

/// Writes targets.
pub async fn save(tx: &mut WriteTx, targets: &[TargetRow]) -> Result<(), StoreError> {
    let change_set_id = tx.change_set().await?;
    for target in targets {
        run!(
            &mut tx.tx,
            "INSERT INTO target (change_set_id, year, division, direction, amount_fen, document_number, valid_from)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            change_set_id,
            target.year,
            &target.division,
            &target.direction,
            target.amount_fen,
            &target.document_number,
            &target.valid_from
        )?;
    }
    Ok(())
}

/// All targets of a year as of a log position, in the order in which they were set.
pub async fn list(tx: &mut Tx, year: i64, as_of: i64) -> Result<Vec<TargetRow>, StoreError> {
    rows!(
        tx,
        TargetRow,
        "SELECT t.year, t.division, t.direction, t.amount_fen, t.document_number, t.valid_from
           FROM target t
           JOIN change_set c ON c.change_set_id = t.change_set_id
          WHERE t.year = $1 AND c.position <= $2
          ORDER BY c.position, t.target_id",
        year,
        as_of
    )
}
