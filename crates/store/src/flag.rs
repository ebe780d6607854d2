//! Flags (疑点): what the truth tests ask about contracts, what was done with each, and how far the book was screened.

use crate::db::{Tx, WriteTx};
use crate::error::StoreError;

record! {
    /// A flag with the contract that it asks about.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct FlagRow {
        /// UUID.
        flag_id: String,
        /// Contract.
        contract_key: i64,
        /// 登记编号
        registration_number: String,
        /// Version of the contract that was screened.
        version: i64,
        /// Code of the screen.
        kind: String,
        /// `moderate` or `strong`.
        strength: String,
        /// Version of the screens.
        screen_version: i64,
        /// Version of the region data whose parameters applied.
        region_version_id: i64,
        /// What it rests on, JSON.
        evidence: String,
        /// Where it stands.
        state: String,
        /// Why it fell away by itself.
        gone_reason: Option<String>,
        /// Number of its last step.
        revision: i64,
        /// When it was put.
        raised_at_ms: i64,
        /// When something last happened to it.
        acted_at_ms: i64,
    }
}

record! {
    /// What screening again needs to know of a flag.
    #[derive(Clone, Debug)]
    pub struct KnownFlag {
        /// UUID.
        flag_id: String,
        /// Contract.
        contract_key: i64,
        /// Code of the screen.
        kind: String,
        /// What it rests on, JSON.
        evidence: String,
        /// Hash of what it rests on.
        evidence_hash: Vec<u8>,
        /// Where it stands.
        state: String,
        /// Why it fell away by itself.
        gone_reason: Option<String>,
        /// Number of its last step.
        revision: i64,
    }
}

/// A flag to be raised.
#[derive(Clone, Debug)]
pub struct NewFlag {
    /// UUID.
    pub flag_id: String,
    /// Contract.
    pub contract_key: i64,
    /// Version that was screened.
    pub version: i64,
    /// Code of the screen.
    pub kind: &'static str,
    /// `moderate` or `strong`.
    pub strength: &'static str,
    /// Version of the screens.
    pub screen_version: i64,
    /// Version of the region data.
    pub region_version_id: i64,
    /// What it rests on, JSON.
    pub evidence: String,
    /// Hash of what it rests on.
    pub evidence_hash: Vec<u8>,
}

record! {
    /// One step of a flag's life.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct FlagStepRow {
        /// Flag.
        flag_id: String,
        /// Its number, from 1.
        revision: i64,
        /// What was done.
        act: String,
        /// Who, as the log names them.
        actor: String,
        /// What they said.
        words: String,
        /// Salt of the log's commitment to the words; empty where there are none.
        salt: Vec<u8>,
        /// What the flag rested on from then on, JSON; empty where that stayed.
        evidence: String,
        /// When.
        at_ms: i64,
    }
}

record! {
    /// Up to where the book was screened, and with what.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ScreeningRow {
        /// Identity of the log.
        log_id: String,
        /// Last position that the book held.
        position: i64,
        /// The leaf hash that stood there.
        leaf_hash: Option<Vec<u8>>,
        /// Version of the region data.
        region_version_id: i64,
        /// Hash of these.
        region_sha256: String,
        /// Version of the screens.
        screen_version: i64,
        /// Contracts of the book.
        contracts: i64,
        /// When.
        screened_at_ms: i64,
    }
}

/// Raises flags, each open and at its first revision.
pub async fn raise(tx: &mut WriteTx, flags: &[NewFlag]) -> Result<(), StoreError> {
    let change_set_id = tx.change_set().await?;
    let now_ms = tx.now_ms;
    insert!(
        &mut tx.tx,
        "INSERT INTO flag (flag_id, change_set_id, contract_key, version, kind, strength, screen_version, region_version_id,
                evidence, evidence_hash, state, revision, raised_at_ms, acted_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        flags,
        |flag| &flag.flag_id,
        change_set_id,
        flag.contract_key,
        flag.version,
        flag.kind,
        flag.strength,
        flag.screen_version,
        flag.region_version_id,
        &flag.evidence,
        &flag.evidence_hash,
        "open",
        1_i64,
        now_ms,
        now_ms
    );
    Ok(())
}

/// Writes steps; a step that is there already is a conflict.
pub async fn save_steps(tx: &mut WriteTx, steps: &[FlagStepRow]) -> Result<(), StoreError> {
    let change_set_id = tx.change_set().await?;
    insert!(
        &mut tx.tx,
        "INSERT INTO flag_step (flag_id, revision, change_set_id, act, actor, words, salt, evidence, at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        steps,
        |step| &step.flag_id,
        step.revision,
        change_set_id,
        &step.act,
        &step.actor,
        &step.words,
        &step.salt,
        &step.evidence,
        step.at_ms
    );
    Ok(())
}

/// Moves a flag on from one revision to the next; false where somebody else did so before.
pub async fn advance(
    tx: &mut WriteTx,
    flag_id: &str,
    seen: i64,
    state: &str,
    gone_reason: Option<&str>,
) -> Result<bool, StoreError> {
    let now_ms = tx.now_ms;
    let touched = run!(
        &mut tx.tx,
        "UPDATE flag SET state = $3, gone_reason = $4, revision = revision + 1, acted_at_ms = $5
          WHERE flag_id = $1 AND revision = $2",
        flag_id,
        seen,
        state,
        gone_reason,
        now_ms
    )?;
    Ok(touched == 1)
}

/// Puts other evidence under a flag and moves it on.
pub async fn replace_evidence(
    tx: &mut WriteTx,
    flag_id: &str,
    seen: i64,
    version: i64,
    evidence: &str,
    evidence_hash: &[u8],
) -> Result<bool, StoreError> {
    let now_ms = tx.now_ms;
    let touched = run!(
        &mut tx.tx,
        "UPDATE flag SET version = $3, evidence = $4, evidence_hash = $5, revision = revision + 1, acted_at_ms = $6
          WHERE flag_id = $1 AND revision = $2",
        flag_id,
        seen,
        version,
        evidence,
        evidence_hash,
        now_ms
    )?;
    Ok(touched == 1)
}

/// Every flag as screening again needs it.
pub async fn list_known(tx: &mut Tx) -> Result<Vec<KnownFlag>, StoreError> {
    rows!(
        tx,
        KnownFlag,
        "SELECT flag_id, contract_key, kind, evidence, evidence_hash, state, gone_reason, revision
           FROM flag
          ORDER BY contract_key, kind, flag_id"
    )
}

/// One flag.
pub async fn find(tx: &mut Tx, flag_id: &str) -> Result<Option<FlagRow>, StoreError> {
    row!(
        tx,
        FlagRow,
        "SELECT g.flag_id, g.contract_key, k.registration_number, g.version, g.kind, g.strength, g.screen_version,
                g.region_version_id, g.evidence, g.state, g.gone_reason, g.revision, g.raised_at_ms, g.acted_at_ms
           FROM flag g
           JOIN contract k ON k.contract_key = g.contract_key
          WHERE g.flag_id = $1",
        flag_id
    )
}

/// The flags of one contract, those that stand first.
pub async fn list_of_contract(tx: &mut Tx, contract_key: i64) -> Result<Vec<FlagRow>, StoreError> {
    rows!(
        tx,
        FlagRow,
        "SELECT g.flag_id, g.contract_key, k.registration_number, g.version, g.kind, g.strength, g.screen_version,
                g.region_version_id, g.evidence, g.state, g.gone_reason, g.revision, g.raised_at_ms, g.acted_at_ms
           FROM flag g
           JOIN contract k ON k.contract_key = g.contract_key
          WHERE g.contract_key = $1
          ORDER BY g.gone_reason IS NOT NULL, g.raised_at_ms, g.flag_id",
        contract_key
    )
}

/// The steps of a flag, oldest first.
pub async fn list_steps(tx: &mut Tx, flag_id: &str) -> Result<Vec<FlagStepRow>, StoreError> {
    rows!(
        tx,
        FlagStepRow,
        "SELECT flag_id, revision, act, actor, words, salt, evidence, at_ms
           FROM flag_step
          WHERE flag_id = $1
          ORDER BY revision",
        flag_id
    )
}

/// Whose flags are listed; contracts lie in it as they do in the list of contracts.
#[derive(Clone, Copy, Debug)]
pub struct FlagExtent {
    /// `region`, `division`, `park`, `organisation` or `registrar`.
    pub kind: &'static str,
    /// The key, or the lowest division code.
    pub low: i64,
    /// The key, or the highest division code.
    pub high: i64,
}

/// Which flags are listed.
#[derive(Clone, Copy, Debug)]
pub struct FlagFilter<'a> {
    /// Whose.
    pub extent: FlagExtent,
    /// Code of a screen, or empty.
    pub kind: &'a str,
    /// A state, `gone` for those that fell away, `held` for those that hold a payment, `standing` for what did not fall
    /// away, or empty for all.
    pub state: &'a str,
    /// Lowest and highest code of a division where a side of the contract counts; both 0 for everywhere.
    pub division: [i64; 2],
}

/// Which flags come first.
#[derive(Clone, Copy, Debug)]
pub struct FlagOrder {
    /// Place of the open ones.
    pub open: i64,
    /// Place of those that wait for the province.
    pub pending: i64,
}

/// Flags, a page of them: what is to be done first, then the oldest.
pub async fn list(
    tx: &mut Tx,
    filter: FlagFilter<'_>,
    order: FlagOrder,
    limit: i64,
    offset: i64,
) -> Result<Vec<FlagRow>, StoreError> {
    rows!(
        tx,
        FlagRow,
        "SELECT g.flag_id, g.contract_key, k.registration_number, g.version, g.kind, g.strength, g.screen_version,
                g.region_version_id, g.evidence, g.state, g.gone_reason, g.revision, g.raised_at_ms, g.acted_at_ms
           FROM flag g
           JOIN contract k ON k.contract_key = g.contract_key
           JOIN contract_fact f
             ON f.fact_id = (SELECT l.fact_id FROM contract_fact l JOIN change_set c ON c.change_set_id = l.change_set_id
                              WHERE l.contract_key = g.contract_key AND c.position IS NOT NULL
                              ORDER BY c.position DESC, l.fact_id DESC LIMIT 1)
          WHERE ($1 = 'region'
                 OR ($1 = 'division' AND (f.seller_division BETWEEN $2 AND $3 OR f.buyer_division BETWEEN $2 AND $3))
                 OR ($1 = 'park' AND (f.seller_park = $2 OR f.buyer_park = $2))
                 OR ($1 = 'organisation' AND (f.seller_organisation = $2 OR f.buyer_organisation = $2))
                 OR ($1 = 'registrar' AND f.registrar = $2))
            AND ($4 = '' OR g.kind = $4)
            AND ($5 = '' OR ($5 = 'gone' AND g.gone_reason IS NOT NULL)
                 OR ($5 = 'held' AND EXISTS (SELECT 1 FROM payment_hold h
                                              WHERE h.flag_id = g.flag_id AND h.released_on IS NULL))
                 OR (g.gone_reason IS NULL AND ($5 = 'standing' OR g.state = $5)))
            AND ($6 = 0 OR f.seller_division BETWEEN $6 AND $7 OR f.buyer_division BETWEEN $6 AND $7)
          ORDER BY CASE WHEN g.gone_reason IS NOT NULL THEN 9
                        WHEN g.state = 'open' THEN $8
                        WHEN g.state IN ('answered', 'appealed') THEN $9
                        ELSE 5 END,
                   g.raised_at_ms, g.strength DESC, k.registration_number, g.flag_id
          LIMIT $10 OFFSET $11",
        filter.extent.kind,
        filter.extent.low,
        filter.extent.high,
        filter.kind,
        filter.state,
        filter.division[0],
        filter.division[1],
        order.open,
        order.pending,
        limit,
        offset
    )
}

/// Flags in the order in which they were put, after one of them.
pub async fn list_after(
    tx: &mut Tx,
    filter: FlagFilter<'_>,
    after: &str,
    limit: i64,
) -> Result<Vec<FlagRow>, StoreError> {
    rows!(
        tx,
        FlagRow,
        "SELECT g.flag_id, g.contract_key, k.registration_number, g.version, g.kind, g.strength, g.screen_version,
                g.region_version_id, g.evidence, g.state, g.gone_reason, g.revision, g.raised_at_ms, g.acted_at_ms
           FROM flag g
           JOIN contract k ON k.contract_key = g.contract_key
           JOIN contract_fact f
             ON f.fact_id = (SELECT l.fact_id FROM contract_fact l JOIN change_set c ON c.change_set_id = l.change_set_id
                              WHERE l.contract_key = g.contract_key AND c.position IS NOT NULL
                              ORDER BY c.position DESC, l.fact_id DESC LIMIT 1)
          WHERE g.flag_id > $8
            AND ($1 = 'region'
                 OR ($1 = 'division' AND (f.seller_division BETWEEN $2 AND $3 OR f.buyer_division BETWEEN $2 AND $3))
                 OR ($1 = 'park' AND (f.seller_park = $2 OR f.buyer_park = $2))
                 OR ($1 = 'organisation' AND (f.seller_organisation = $2 OR f.buyer_organisation = $2))
                 OR ($1 = 'registrar' AND f.registrar = $2))
            AND ($4 = '' OR g.kind = $4)
            AND ($5 = '' OR ($5 = 'gone' AND g.gone_reason IS NOT NULL)
                 OR ($5 = 'held' AND EXISTS (SELECT 1 FROM payment_hold h
                                              WHERE h.flag_id = g.flag_id AND h.released_on IS NULL))
                 OR (g.gone_reason IS NULL AND ($5 = 'standing' OR g.state = $5)))
            AND ($6 = 0 OR f.seller_division BETWEEN $6 AND $7 OR f.buyer_division BETWEEN $6 AND $7)
          ORDER BY g.flag_id
          LIMIT $9",
        filter.extent.kind,
        filter.extent.low,
        filter.extent.high,
        filter.kind,
        filter.state,
        filter.division[0],
        filter.division[1],
        after,
        limit
    )
}

record! {
    /// How many flags of a kind are in a state.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct FlagCountRow {
        /// Code of the screen.
        kind: String,
        /// The state; `gone` where they fell away.
        state: String,
        /// How many.
        count: i64,
        /// When the oldest was put.
        oldest_at_ms: i64,
    }
}

/// How many there are of each kind in each state, whatever kind and state the filter names.
pub async fn count(tx: &mut Tx, filter: FlagFilter<'_>) -> Result<Vec<FlagCountRow>, StoreError> {
    rows!(
        tx,
        FlagCountRow,
        "SELECT counted.kind, counted.state, COUNT(*) AS count, MIN(counted.raised_at_ms) AS oldest_at_ms
           FROM (SELECT g.kind, CASE WHEN g.gone_reason IS NOT NULL THEN 'gone' ELSE g.state END AS state, g.raised_at_ms
                   FROM flag g
                   JOIN contract_fact f
                     ON f.fact_id = (SELECT l.fact_id FROM contract_fact l JOIN change_set c ON c.change_set_id = l.change_set_id
                                      WHERE l.contract_key = g.contract_key AND c.position IS NOT NULL
                                      ORDER BY c.position DESC, l.fact_id DESC LIMIT 1)
                  WHERE ($1 = 'region'
                         OR ($1 = 'division' AND (f.seller_division BETWEEN $2 AND $3 OR f.buyer_division BETWEEN $2 AND $3))
                         OR ($1 = 'park' AND (f.seller_park = $2 OR f.buyer_park = $2))
                         OR ($1 = 'organisation' AND (f.seller_organisation = $2 OR f.buyer_organisation = $2))
                         OR ($1 = 'registrar' AND f.registrar = $2))
                    AND ($4 = 0 OR f.seller_division BETWEEN $4 AND $5 OR f.buyer_division BETWEEN $4 AND $5)) counted
          GROUP BY counted.kind, counted.state
          ORDER BY counted.kind, counted.state",
        filter.extent.kind,
        filter.extent.low,
        filter.extent.high,
        filter.division[0],
        filter.division[1]
    )
}

/// Up to where the book was screened; none before the first time.
pub async fn find_screening(tx: &mut Tx) -> Result<Option<ScreeningRow>, StoreError> {
    row!(
        tx,
        ScreeningRow,
        "SELECT log_id, position, leaf_hash, region_version_id, region_sha256, screen_version, contracts, screened_at_ms
           FROM screening
          WHERE only_row = 1"
    )
}

/// Notes up to where the book was screened.
pub async fn save_screening(tx: &mut WriteTx, row: &ScreeningRow) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "INSERT INTO screening (only_row, log_id, position, leaf_hash, region_version_id, region_sha256, screen_version,
                contracts, screened_at_ms)
         VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (only_row) DO UPDATE SET
                log_id = excluded.log_id, position = excluded.position, leaf_hash = excluded.leaf_hash,
                region_version_id = excluded.region_version_id, region_sha256 = excluded.region_sha256,
                screen_version = excluded.screen_version, contracts = excluded.contracts,
                screened_at_ms = excluded.screened_at_ms",
        &row.log_id,
        row.position,
        row.leaf_hash.as_deref(),
        row.region_version_id,
        &row.region_sha256,
        row.screen_version,
        row.contracts,
        row.screened_at_ms
    )?;
    Ok(())
}
