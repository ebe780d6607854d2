//! Countersignatures (会签): what other departments say about a draft bulletin. Append-only.

use crate::db::{Tx, WriteTx};
use crate::error::StoreError;

/// Opinions listed at once.
const LISTED_MAX: i64 = 500;

record! {
    /// One opinion.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct CountersignatureRow {
        /// UUID.
        countersignature_id: String,
        /// Bulletin.
        bulletin_id: String,
        /// Role acted in, which says the department.
        role: String,
        /// Who gave it.
        person_id: String,
        /// Their name.
        name: String,
        /// `agree` or `object`.
        opinion: String,
        /// Remark.
        remark: String,
        /// Hash of the content that was seen.
        content_sha256: String,
        /// When.
        given_at_ms: i64,
    }
}

/// Writes an opinion; the name is the person's and is not stored with it.
pub async fn save(tx: &mut WriteTx, row: &CountersignatureRow) -> Result<(), StoreError> {
    let change_set_id = tx.change_set().await?;
    run!(
        &mut tx.tx,
        "INSERT INTO countersignature (countersignature_id, change_set_id, bulletin_id, role, person_id, opinion,
                remark, content_sha256, given_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &row.countersignature_id,
        change_set_id,
        &row.bulletin_id,
        &row.role,
        &row.person_id,
        &row.opinion,
        &row.remark,
        &row.content_sha256,
        row.given_at_ms
    )?;
    Ok(())
}

/// Opinions about a bulletin, latest first.
pub async fn list(tx: &mut Tx, bulletin_id: &str) -> Result<Vec<CountersignatureRow>, StoreError> {
    rows!(
        tx,
        CountersignatureRow,
        "SELECT c.countersignature_id, c.bulletin_id, c.role, c.person_id, p.name, c.opinion, c.remark,
                c.content_sha256, c.given_at_ms
           FROM countersignature c
           JOIN person p ON p.person_id = c.person_id
          WHERE c.bulletin_id = $1
          ORDER BY c.given_at_ms DESC, c.countersignature_id DESC
          LIMIT $2",
        bulletin_id,
        LISTED_MAX
    )
}
