//! What became of organisations (机构沿革): append-only, each row with its change set.

use crate::db::{Tx, WriteTx};
use crate::error::StoreError;

/// Changes of one organisation listed at once.
pub const CHANGES_MAX: i64 = 500;

record! {
    /// A change as it was recorded.
    #[derive(Clone, Debug)]
    pub struct ChangeRow {
        /// Id.
        organisation_change_id: i64,
        /// What changed.
        organisation_key: i64,
        /// `named`, `coded`, `merged`, `split` or `reversed`.
        kind: String,
        /// First day.
        valid_from: String,
        /// The new name.
        name: Option<String>,
        /// The new credit code.
        credit_code: Option<String>,
        /// What it was merged into, or what sprang from it.
        other_key: Option<i64>,
        /// The change that this one takes back.
        reverses: Option<i64>,
        /// Document or reason.
        basis: String,
        /// Position of the log entry.
        position: Option<i64>,
    }
}

record! {
    /// An organisation in a list.
    #[derive(Clone, Debug)]
    pub struct FoundRow {
        /// Key.
        organisation_key: i64,
        /// Name as it was first registered.
        name: String,
        /// Credit code as it was first registered.
        credit_code: Option<String>,
    }
}

/// Records a change; gives its id. One change is taken back once: a second time is a conflict.
pub async fn save(tx: &mut WriteTx, change: &ChangeRow) -> Result<i64, StoreError> {
    let change_set_id = tx.change_set().await?;
    let saved = row!(
        &mut tx.tx,
        (i64,),
        "INSERT INTO organisation_change (change_set_id, organisation_key, kind, valid_from, name, credit_code,
                                          other_key, reverses, basis)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING organisation_change_id",
        change_set_id,
        change.organisation_key,
        &change.kind,
        &change.valid_from,
        &change.name,
        &change.credit_code,
        change.other_key,
        change.reverses,
        &change.basis
    )?;
    saved.map(|(id,)| id).ok_or_else(|| StoreError::Damaged("organisation change without an id".to_owned()))
}

/// All changes that an organisation takes part in, in the order in which they were recorded.
pub async fn list(tx: &mut Tx, organisation_key: i64) -> Result<Vec<ChangeRow>, StoreError> {
    rows!(
        tx,
        ChangeRow,
        "SELECT o.organisation_change_id, o.organisation_key, o.kind, o.valid_from, o.name, o.credit_code, o.other_key,
                o.reverses, o.basis, c.position
           FROM organisation_change o JOIN change_set c ON c.change_set_id = o.change_set_id
          WHERE (o.organisation_key = $1 OR o.other_key = $1) AND c.position IS NOT NULL
          ORDER BY o.organisation_change_id LIMIT $2",
        organisation_key,
        CHANGES_MAX
    )
}

/// Names given to organisations until a day and not taken back: key and name, a later one behind an earlier one.
pub async fn list_names_until(tx: &mut Tx, day: &str) -> Result<Vec<(i64, String)>, StoreError> {
    rows!(
        tx,
        (i64, String),
        "SELECT o.organisation_key, o.name
           FROM organisation_change o JOIN change_set c ON c.change_set_id = o.change_set_id
          WHERE o.name IS NOT NULL AND o.kind = 'named' AND o.valid_from <= $1 AND c.position IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM organisation_change r JOIN change_set s ON s.change_set_id = r.change_set_id
                             WHERE r.reverses = o.organisation_change_id AND s.position IS NOT NULL)
          ORDER BY o.valid_from, o.organisation_change_id",
        day
    )
}

/// Organisations after a key whose first or later name, or credit code, fits a pattern of LIKE with `!` as its escape.
pub async fn search(tx: &mut Tx, pattern: &str, after: i64, limit: i64) -> Result<Vec<FoundRow>, StoreError> {
    rows!(
        tx,
        FoundRow,
        "SELECT organisation_key, name, credit_code FROM organisation
          WHERE organisation_key > $2
            AND (LOWER(name) LIKE LOWER($1) ESCAPE '!' OR LOWER(credit_code) LIKE LOWER($1) ESCAPE '!'
                 OR organisation_key IN (SELECT organisation_key FROM organisation_change
                                          WHERE LOWER(name) LIKE LOWER($1) ESCAPE '!'
                                             OR LOWER(credit_code) LIKE LOWER($1) ESCAPE '!'))
          ORDER BY organisation_key LIMIT $3",
        pattern,
        after,
        limit
    )
}

/// How many contracts name an organisation as seller or buyer in their current version.
pub async fn count_contracts(tx: &mut Tx, organisation_key: i64) -> Result<i64, StoreError> {
    let counted = row!(
        tx,
        (i64,),
        "SELECT COUNT(*)
           FROM contract_version v
           JOIN change_set c ON c.change_set_id = v.change_set_id
          WHERE (v.seller_key = $1 OR v.buyer_key = $1)
            AND c.position IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM contract_version later
                              JOIN change_set l ON l.change_set_id = later.change_set_id
                             WHERE later.contract_key = v.contract_key
                               AND later.version > v.version
                               AND l.position IS NOT NULL)",
        organisation_key
    )?;
    Ok(counted.map_or(0, |(count,)| count))
}
