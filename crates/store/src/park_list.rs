//! Park company lists (园区企业名录) as a whole: their state, and drafts that wait to be confirmed.

use crate::db::{Tx, WriteTx};
use crate::error::StoreError;

record! {
    /// The list of one park that is in force.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ParkListRow {
        /// Park of the region data.
        park_key: i64,
        /// Lines.
        companies: i64,
        /// Log position of the import.
        position: i64,
        /// When it was imported.
        imported_at_ms: i64,
    }
}

record! {
    /// A list that was read and waits to be confirmed.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ParkListDraftRow {
        /// UUID.
        draft_id: String,
        /// Park of the region data.
        park_key: i64,
        /// Log position of the list with which it was compared, -1 where there was none.
        base_position: i64,
        /// Its lines, JSON.
        companies: String,
        /// Who read it in.
        drafted_by: String,
        /// When.
        drafted_at_ms: i64,
    }
}

/// The state of every list in force, by park.
pub async fn list_states(tx: &mut Tx) -> Result<Vec<ParkListRow>, StoreError> {
    rows!(
        tx,
        ParkListRow,
        "SELECT p.park_key, COUNT(*) AS companies, MAX(c.position) AS position, MAX(e.at_ms) AS imported_at_ms
           FROM park_company p
           JOIN change_set c ON c.change_set_id = p.change_set_id
           JOIN log_entry e ON e.position = c.position
          WHERE p.replaced_position IS NULL
          GROUP BY p.park_key
          ORDER BY p.park_key"
    )
}

/// Keeps a draft.
pub async fn save_draft(tx: &mut WriteTx, draft: &ParkListDraftRow) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "INSERT INTO park_list_draft (draft_id, park_key, base_position, companies, drafted_by, drafted_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6)",
        &draft.draft_id,
        draft.park_key,
        draft.base_position,
        &draft.companies,
        &draft.drafted_by,
        draft.drafted_at_ms
    )?;
    Ok(())
}

/// The draft of an id.
pub async fn find_draft(tx: &mut Tx, draft_id: &str) -> Result<Option<ParkListDraftRow>, StoreError> {
    row!(
        tx,
        ParkListDraftRow,
        "SELECT draft_id, park_key, base_position, companies, drafted_by, drafted_at_ms
           FROM park_list_draft WHERE draft_id = $1",
        draft_id
    )
}

/// Removes drafts older than an instant, and the one of `draft_id`, which was taken.
pub async fn remove_drafts(tx: &mut WriteTx, before_ms: i64, draft_id: &str) -> Result<u64, StoreError> {
    run!(
        &mut tx.tx,
        "DELETE FROM park_list_draft WHERE drafted_at_ms < $1 OR draft_id = $2",
        before_ms,
        draft_id
    )
}
