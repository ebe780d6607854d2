//! Park company lists (园区企业名录), objections to a contract's place (归属异议) and decisions.

use crate::db::{Tx, WriteTx};
use crate::error::StoreError;

/// No division code begins so.
const NO_PLACE: &str = "-";

record! {
    /// One line of a park's list, in force.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ParkCompanyRow {
        /// Row number.
        park_company_id: i64,
        /// Park of the region data.
        park_key: i64,
        /// 统一社会信用代码, empty where the list has none.
        credit_code: String,
        /// 名称
        name: String,
        /// First day.
        valid_from: String,
        /// Last day, or open.
        valid_to: Option<String>,
    }
}

record! {
    /// An objection and, once taken, the decision.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ObjectionRow {
        /// UUID.
        objection_id: String,
        /// Contract.
        contract_key: i64,
        /// 登记编号
        registration_number: String,
        /// `seller` or `buyer`.
        side: String,
        /// Division or person who objects.
        raised_by: String,
        /// Division that should hold.
        claimed_division: String,
        /// Division in which that side counted when the objection was raised.
        present_division: String,
        /// Why.
        reason: String,
        /// Instant.
        raised_at_ms: i64,
        /// Division that the province settled on.
        decided_division: Option<String>,
        /// Why.
        decision_reason: Option<String>,
        /// Instant of the decision.
        decided_at_ms: Option<i64>,
        /// Contracts that count elsewhere through the decision.
        moved_contracts: Option<i64>,
    }
}

/// Puts a new list in the place of a park's lines in force. Takes the log's lock, so that of two lists one follows the
/// other.
pub async fn replace_park_list(
    tx: &mut WriteTx,
    park_key: i64,
    companies: &[ParkCompanyRow],
) -> Result<(), StoreError> {
    let change_set_id = tx.change_set().await?;
    let head = crate::log::lock_head(&mut tx.tx).await?;
    run!(
        &mut tx.tx,
        "UPDATE park_company SET replaced_position = $2 WHERE park_key = $1 AND replaced_position IS NULL",
        park_key,
        head.size
    )?;
    for company in companies {
        run!(
            &mut tx.tx,
            "INSERT INTO park_company (change_set_id, park_key, credit_code, name, valid_from, valid_to)
             VALUES ($1, $2, $3, $4, $5, $6)",
            change_set_id,
            park_key,
            &company.credit_code,
            &company.name,
            &company.valid_from,
            company.valid_to.as_deref()
        )?;
    }
    Ok(())
}

/// All lines of all parks in force.
pub async fn list_park_companies(tx: &mut Tx) -> Result<Vec<ParkCompanyRow>, StoreError> {
    rows!(
        tx,
        ParkCompanyRow,
        "SELECT p.park_company_id, p.park_key, p.credit_code, p.name, p.valid_from, p.valid_to
           FROM park_company p
          WHERE p.replaced_position IS NULL
          ORDER BY p.park_key, p.park_company_id"
    )
}

/// Records an objection.
pub async fn save_objection(tx: &mut WriteTx, objection: &ObjectionRow) -> Result<(), StoreError> {
    let change_set_id = tx.change_set().await?;
    run!(
        &mut tx.tx,
        "INSERT INTO attribution_objection (objection_id, change_set_id, contract_key, side, raised_by, claimed_division,
                present_division, reason, raised_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &objection.objection_id,
        change_set_id,
        objection.contract_key,
        &objection.side,
        &objection.raised_by,
        &objection.claimed_division,
        &objection.present_division,
        &objection.reason,
        objection.raised_at_ms
    )?;
    Ok(())
}

/// Records the decision of an open objection; false where it was decided before. Takes the log's lock, so that decisions
/// have one order.
pub async fn decide_objection(
    tx: &mut WriteTx,
    objection_id: &str,
    decided_division: &str,
    reason: &str,
    decided_at_ms: i64,
) -> Result<bool, StoreError> {
    let head = crate::log::lock_head(&mut tx.tx).await?;
    let touched = run!(
        &mut tx.tx,
        "UPDATE attribution_objection
            SET decided_division = $2, decision_reason = $3, decided_at_ms = $4, decided_position = $5
          WHERE objection_id = $1 AND decided_at_ms IS NULL",
        objection_id,
        decided_division,
        reason,
        decided_at_ms,
        head.size
    )?;
    Ok(touched == 1)
}

/// One objection.
pub async fn find_objection(tx: &mut Tx, objection_id: &str) -> Result<Option<ObjectionRow>, StoreError> {
    row!(
        tx,
        ObjectionRow,
        "SELECT o.objection_id, o.contract_key, k.registration_number, o.side, o.raised_by, o.claimed_division,
                o.present_division, o.reason, o.raised_at_ms, o.decided_division, o.decision_reason, o.decided_at_ms,
                o.moved_contracts
           FROM attribution_objection o
           JOIN contract k ON k.contract_key = o.contract_key
          WHERE o.objection_id = $1",
        objection_id
    )
}

/// Whose objections are listed: those that claim or concern a place whose code begins with `places`, and those that
/// `raised_by` raised.
#[derive(Clone, Copy, Debug)]
pub struct ObjectionFilter<'a> {
    /// Beginning of the division codes; empty means everywhere, none means nowhere.
    pub places: Option<&'a str>,
    /// Who raised them.
    pub raised_by: &'a str,
}

/// Objections, open ones first, then newest first.
pub async fn list_objections(
    tx: &mut Tx,
    filter: ObjectionFilter<'_>,
    limit: i64,
) -> Result<Vec<ObjectionRow>, StoreError> {
    rows!(
        tx,
        ObjectionRow,
        "SELECT o.objection_id, o.contract_key, k.registration_number, o.side, o.raised_by, o.claimed_division,
                o.present_division, o.reason, o.raised_at_ms, o.decided_division, o.decision_reason, o.decided_at_ms,
                o.moved_contracts
           FROM attribution_objection o
           JOIN contract k ON k.contract_key = o.contract_key
          WHERE substr(o.claimed_division, 1, length($1)) = $1
             OR substr(o.present_division, 1, length($1)) = $1
             OR o.raised_by = $2
          ORDER BY o.decided_at_ms IS NOT NULL, o.raised_at_ms DESC, o.objection_id
          LIMIT $3",
        filter.places.unwrap_or(NO_PLACE),
        filter.raised_by,
        limit
    )
}

/// Number of open objections and when the oldest of them was raised.
pub async fn count_open_objections(
    tx: &mut Tx,
    filter: ObjectionFilter<'_>,
) -> Result<(i64, Option<i64>), StoreError> {
    let found: Option<(i64, Option<i64>)> = row!(
        tx,
        (i64, Option<i64>),
        "SELECT COUNT(*), MIN(raised_at_ms)
           FROM attribution_objection
          WHERE decided_at_ms IS NULL
            AND (substr(claimed_division, 1, length($1)) = $1
             OR substr(present_division, 1, length($1)) = $1
             OR raised_by = $2)",
        filter.places.unwrap_or(NO_PLACE),
        filter.raised_by
    )?;
    Ok(found.unwrap_or_default())
}

/// Notes how many contracts a decision moved.
pub async fn save_moved(
    tx: &mut WriteTx,
    objection_id: &str,
    moved_contracts: i64,
) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "UPDATE attribution_objection SET moved_contracts = $2 WHERE objection_id = $1",
        objection_id,
        moved_contracts
    )?;
    Ok(())
}

record! {
    /// What somebody said about an objection.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RemarkRow {
        /// UUID.
        remark_id: String,
        /// Objection.
        objection_id: String,
        /// Division, park or office.
        remarked_by: String,
        /// What they said.
        remark: String,
        /// Instant.
        remarked_at_ms: i64,
    }
}

/// Records a remark.
pub async fn save_remark(tx: &mut WriteTx, remark: &RemarkRow) -> Result<(), StoreError> {
    let change_set_id = tx.change_set().await?;
    run!(
        &mut tx.tx,
        "INSERT INTO objection_remark (remark_id, change_set_id, objection_id, remarked_by, remark, remarked_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6)",
        &remark.remark_id,
        change_set_id,
        &remark.objection_id,
        &remark.remarked_by,
        &remark.remark,
        remark.remarked_at_ms
    )?;
    Ok(())
}

/// The remarks about an objection, oldest first, at most `limit`.
pub async fn list_remarks(tx: &mut Tx, objection_id: &str, limit: i64) -> Result<Vec<RemarkRow>, StoreError> {
    rows!(
        tx,
        RemarkRow,
        "SELECT remark_id, objection_id, remarked_by, remark, remarked_at_ms
           FROM objection_remark
          WHERE objection_id = $1
          ORDER BY remarked_at_ms, remark_id
          LIMIT $2",
        objection_id,
        limit
    )
}

/// Objections to one contract's place, oldest first.
pub async fn list_objections_of(tx: &mut Tx, contract_key: i64) -> Result<Vec<ObjectionRow>, StoreError> {
    rows!(
        tx,
        ObjectionRow,
        "SELECT o.objection_id, o.contract_key, k.registration_number, o.side, o.raised_by, o.claimed_division,
                o.present_division, o.reason, o.raised_at_ms, o.decided_division, o.decision_reason, o.decided_at_ms,
                o.moved_contracts
           FROM attribution_objection o
           JOIN contract k ON k.contract_key = o.contract_key
          WHERE o.contract_key = $1
          ORDER BY o.raised_at_ms, o.objection_id",
        contract_key
    )
}

/// All decisions in the order in which they were taken: contract, side, division.
pub async fn list_decisions(tx: &mut Tx) -> Result<Vec<(i64, String, String)>, StoreError> {
    rows!(
        tx,
        (i64, String, String),
        "SELECT contract_key, side, decided_division
           FROM attribution_objection
          WHERE decided_division IS NOT NULL
          ORDER BY decided_position, objection_id"
    )
}
