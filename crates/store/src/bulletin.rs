//! Bulletins (统计通报), their corrections, closed years, and legal numbers.

use crate::db::{Tx, WriteTx};
use crate::error::StoreError;

record! {
    /// A bulletin with its frozen content.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct BulletinRow {
        /// UUID.
        bulletin_id: String,
        /// Kind of table: `city-monthly`.
        kind: String,
        /// Period.
        period: String,
        /// Status word.
        status: String,
        /// Title.
        title: String,
        /// Log position at which its figures stand.
        as_of: i64,
        /// Region data that it was made with.
        region_version_id: i64,
        /// Version of the method.
        method_version: i64,
        /// Growth base word.
        growth_base: String,
        /// 文号
        document_number: Option<String>,
        /// 签发人
        signer: Option<String>,
        /// Day of signature.
        signed_on: Option<String>,
        /// Printed tree head.
        tree_head: Option<String>,
        /// Frozen tables, JSON.
        content: String,
        /// Hash of the content.
        content_sha256: String,
    }
}

record! {
    /// A bulletin without its content, as lists show it: a content has all tables and is a thousand times as long.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct BulletinHeadRow {
        /// UUID.
        bulletin_id: String,
        /// Kind of table: `city-monthly`.
        kind: String,
        /// Period.
        period: String,
        /// Status word.
        status: String,
        /// Title.
        title: String,
        /// Log position at which its figures stand.
        as_of: i64,
        /// Region data that it was made with.
        region_version_id: i64,
        /// Version of the method.
        method_version: i64,
        /// Growth base word.
        growth_base: String,
        /// 文号
        document_number: Option<String>,
        /// 签发人
        signer: Option<String>,
        /// Day of signature.
        signed_on: Option<String>,
        /// Printed tree head.
        tree_head: Option<String>,
        /// Hash of the content.
        content_sha256: String,
    }
}

impl From<BulletinRow> for BulletinHeadRow {
    fn from(row: BulletinRow) -> Self {
        Self {
            bulletin_id: row.bulletin_id,
            kind: row.kind,
            period: row.period,
            status: row.status,
            title: row.title,
            as_of: row.as_of,
            region_version_id: row.region_version_id,
            method_version: row.method_version,
            growth_base: row.growth_base,
            document_number: row.document_number,
            signer: row.signer,
            signed_on: row.signed_on,
            tree_head: row.tree_head,
            content_sha256: row.content_sha256,
        }
    }
}

record! {
    /// A decision about changes that reached a published bulletin.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct CorrectionRow {
        /// UUID.
        correction_id: String,
        /// Bulletin.
        bulletin_id: String,
        /// 1, 2, 3 … within the bulletin.
        serial: i64,
        /// `fold` or `issue`.
        decision: String,
        /// Why.
        reason: String,
        /// Log position before.
        from_position: i64,
        /// Log position after.
        to_position: i64,
        /// Officer.
        decided_by: String,
        /// Day.
        decided_on: String,
        /// 文号 of an issued correction.
        document_number: Option<String>,
        /// Changed cells, JSON.
        changes: String,
    }
}

/// Writes a new bulletin.
pub async fn save(tx: &mut WriteTx, bulletin: &BulletinRow) -> Result<(), StoreError> {
    let change_set_id = tx.change_set().await?;
    run!(
        &mut tx.tx,
        "INSERT INTO bulletin (bulletin_id, change_set_id, kind, period, status, title, as_of, region_version_id,
                method_version, growth_base, document_number, signer, signed_on, tree_head, content, content_sha256)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        &bulletin.bulletin_id,
        change_set_id,
        &bulletin.kind,
        &bulletin.period,
        &bulletin.status,
        &bulletin.title,
        bulletin.as_of,
        bulletin.region_version_id,
        bulletin.method_version,
        &bulletin.growth_base,
        bulletin.document_number.as_deref(),
        bulletin.signer.as_deref(),
        bulletin.signed_on.as_deref(),
        bulletin.tree_head.as_deref(),
        &bulletin.content,
        &bulletin.content_sha256
    )?;
    Ok(())
}

/// Signs a draft: the frozen content takes the draft's place; false where it is no draft any more.
pub async fn sign(tx: &mut WriteTx, bulletin: &BulletinRow) -> Result<bool, StoreError> {
    let touched = run!(
        &mut tx.tx,
        "UPDATE bulletin
            SET status = 'signed', as_of = $2, region_version_id = $3, method_version = $4, document_number = $5,
                signer = $6, signed_on = $7, tree_head = $8, content = $9, content_sha256 = $10, title = $11
          WHERE bulletin_id = $1 AND status = 'draft'",
        &bulletin.bulletin_id,
        bulletin.as_of,
        bulletin.region_version_id,
        bulletin.method_version,
        bulletin.document_number.as_deref(),
        bulletin.signer.as_deref(),
        bulletin.signed_on.as_deref(),
        bulletin.tree_head.as_deref(),
        &bulletin.content,
        &bulletin.content_sha256,
        &bulletin.title
    )?;
    Ok(touched == 1)
}

/// Puts new content in a draft's place; false where the draft is not the one that was read any more.
pub async fn redraft(
    tx: &mut WriteTx,
    bulletin: &BulletinRow,
    content_sha256_read: &str,
) -> Result<bool, StoreError> {
    let touched = run!(
        &mut tx.tx,
        "UPDATE bulletin
            SET as_of = $2, region_version_id = $3, method_version = $4, title = $5, content = $6, content_sha256 = $7
          WHERE bulletin_id = $1 AND status = 'draft' AND content_sha256 = $8",
        &bulletin.bulletin_id,
        bulletin.as_of,
        bulletin.region_version_id,
        bulletin.method_version,
        &bulletin.title,
        &bulletin.content,
        &bulletin.content_sha256,
        content_sha256_read
    )?;
    Ok(touched == 1)
}

/// One bulletin.
pub async fn find(tx: &mut Tx, bulletin_id: &str) -> Result<Option<BulletinRow>, StoreError> {
    row!(
        tx,
        BulletinRow,
        "SELECT bulletin_id, kind, period, status, title, as_of, region_version_id, method_version, growth_base,
                document_number, signer, signed_on, tree_head, content, content_sha256
           FROM bulletin
          WHERE bulletin_id = $1",
        bulletin_id
    )
}

/// The signed bulletin of a kind and period, the latest where there are several.
pub async fn find_published(
    tx: &mut Tx,
    kind: &str,
    period: &str,
) -> Result<Option<BulletinRow>, StoreError> {
    row!(
        tx,
        BulletinRow,
        "SELECT bulletin_id, kind, period, status, title, as_of, region_version_id, method_version, growth_base,
                document_number, signer, signed_on, tree_head, content, content_sha256
           FROM bulletin
          WHERE kind = $1 AND period = $2 AND status <> 'draft'
          ORDER BY signed_on DESC, as_of DESC
          LIMIT 1",
        kind,
        period
    )
}

/// Heads of bulletins, newest first, at most `limit`.
pub async fn list(tx: &mut Tx, limit: i64) -> Result<Vec<BulletinHeadRow>, StoreError> {
    rows!(
        tx,
        BulletinHeadRow,
        "SELECT bulletin_id, kind, period, status, title, as_of, region_version_id, method_version, growth_base,
                document_number, signer, signed_on, tree_head, content_sha256
           FROM bulletin
          ORDER BY signed_on DESC NULLS FIRST, as_of DESC, bulletin_id DESC
          LIMIT $1",
        limit
    )
}

/// Writes a correction's decision and, where one was issued, marks the bulletin.
pub async fn save_correction(tx: &mut WriteTx, correction: &CorrectionRow) -> Result<(), StoreError> {
    let change_set_id = tx.change_set().await?;
    run!(
        &mut tx.tx,
        "INSERT INTO bulletin_correction (correction_id, change_set_id, bulletin_id, serial, decision, reason,
                from_position, to_position, decided_by, decided_on, document_number, changes)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        &correction.correction_id,
        change_set_id,
        &correction.bulletin_id,
        correction.serial,
        &correction.decision,
        &correction.reason,
        correction.from_position,
        correction.to_position,
        &correction.decided_by,
        &correction.decided_on,
        correction.document_number.as_deref(),
        &correction.changes
    )?;
    run!(
        &mut tx.tx,
        "UPDATE bulletin SET status = 'corrected' WHERE bulletin_id = $1 AND status = 'signed' AND $2 = 'issue'",
        &correction.bulletin_id,
        &correction.decision
    )?;
    Ok(())
}

/// Corrections of a bulletin in order.
pub async fn list_corrections(tx: &mut Tx, bulletin_id: &str) -> Result<Vec<CorrectionRow>, StoreError> {
    rows!(
        tx,
        CorrectionRow,
        "SELECT correction_id, bulletin_id, serial, decision, reason, from_position, to_position, decided_by, decided_on,
                document_number, changes
           FROM bulletin_correction
          WHERE bulletin_id = $1
          ORDER BY serial",
        bulletin_id
    )
}

/// Takes the next number of a series; the row's lock holds until the commit.
pub async fn next_number(tx: &mut WriteTx, issuer: &str, series: &str, year: i64) -> Result<i64, StoreError> {
    let taken: Option<(i64,)> = row!(
        &mut tx.tx,
        (i64,),
        "INSERT INTO legal_number (issuer, series, year, last_serial) VALUES ($1, $2, $3, 1)
             ON CONFLICT (issuer, series, year) DO UPDATE SET last_serial = legal_number.last_serial + 1
         RETURNING last_serial",
        issuer,
        series,
        year
    )?;
    taken.map(|(serial,)| serial).ok_or_else(|| StoreError::Damaged("legal number vanished".to_owned()))
}

/// Closes a year; a second closing is a conflict.
pub async fn close_year(
    tx: &mut WriteTx,
    year: i64,
    as_of: i64,
    closed_by: &str,
    closed_on: &str,
) -> Result<(), StoreError> {
    let change_set_id = tx.change_set().await?;
    run!(
        &mut tx.tx,
        "INSERT INTO closed_year (year, change_set_id, as_of, closed_by, closed_on) VALUES ($1, $2, $3, $4, $5)",
        year,
        change_set_id,
        as_of,
        closed_by,
        closed_on
    )?;
    Ok(())
}

/// Closed years with the log position of their figures.
pub async fn list_closed_years(tx: &mut Tx) -> Result<Vec<(i64, i64, String, String)>, StoreError> {
    rows!(
        tx,
        (i64, i64, String, String),
        "SELECT year, as_of, closed_by, closed_on FROM closed_year ORDER BY year"
    )
}
