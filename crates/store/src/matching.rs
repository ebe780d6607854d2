//! Matches that were found by themselves, what people said of matches, and who is not to be told (匹配记录).

use crate::db::{Tx, WriteTx};
use crate::error::StoreError;

/// Pairs of one demand or offer that are read at once.
pub const PAIRS_MAX: i64 = 500;

record! {
    /// A demand with what may answer it.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct PairRow {
        /// UUID.
        demand_id: String,
        /// `achievement:…` or `profile:…`.
        offer: String,
        /// When the program found it; none where somebody judged a match that it had not found by itself.
        found_at_ms: Option<i64>,
        /// Version of the weights that ranked, where the program found it.
        weights_version: Option<i64>,
        /// Points of the score in hundredths, JSON, where the program found it.
        points: Option<String>,
        /// `fits` or `fits_not`.
        verdict: Option<String>,
        /// Who said so.
        judge_id: Option<String>,
        /// When.
        judged_at_ms: Option<i64>,
    }
}

/// Keeps a pair that the program found; false where it is known already.
pub async fn save_found(tx: &mut WriteTx, row: &PairRow) -> Result<bool, StoreError> {
    let saved = run!(
        &mut tx.tx,
        "INSERT INTO match_pair (demand_id, offer, found_at_ms, weights_version, points)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (demand_id, offer) DO NOTHING",
        &row.demand_id,
        &row.offer,
        row.found_at_ms,
        row.weights_version,
        row.points.as_deref()
    )?;
    Ok(saved == 1)
}

/// Keeps what somebody said of a pair, over what was said before.
pub async fn save_verdict(tx: &mut WriteTx, row: &PairRow) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "INSERT INTO match_pair (demand_id, offer, verdict, judge_id, judged_at_ms)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (demand_id, offer) DO UPDATE
            SET verdict = excluded.verdict, judge_id = excluded.judge_id, judged_at_ms = excluded.judged_at_ms",
        &row.demand_id,
        &row.offer,
        row.verdict.as_deref(),
        row.judge_id.as_deref(),
        row.judged_at_ms
    )?;
    Ok(())
}

/// Pairs of a demand.
pub async fn list_of_demand(tx: &mut Tx, demand_id: &str) -> Result<Vec<PairRow>, StoreError> {
    rows!(
        tx,
        PairRow,
        "SELECT demand_id, offer, found_at_ms, weights_version, points, verdict, judge_id, judged_at_ms
           FROM match_pair WHERE demand_id = $1 ORDER BY found_at_ms DESC, offer LIMIT $2",
        demand_id,
        PAIRS_MAX
    )
}

/// Pairs of an offer.
pub async fn list_of_offer(tx: &mut Tx, offer: &str) -> Result<Vec<PairRow>, StoreError> {
    rows!(
        tx,
        PairRow,
        "SELECT demand_id, offer, found_at_ms, weights_version, points, verdict, judge_id, judged_at_ms
           FROM match_pair WHERE offer = $1 ORDER BY found_at_ms DESC, demand_id LIMIT $2",
        offer,
        PAIRS_MAX
    )
}

/// Pairs of which somebody said something, in the order of their demands, after a place, at most `limit`.
pub async fn list_judged(tx: &mut Tx, after: (&str, &str), limit: i64) -> Result<Vec<PairRow>, StoreError> {
    rows!(
        tx,
        PairRow,
        "SELECT demand_id, offer, found_at_ms, weights_version, points, verdict, judge_id, judged_at_ms
           FROM match_pair
          WHERE verdict IS NOT NULL AND (demand_id, offer) > ($1, $2)
          ORDER BY demand_id, offer LIMIT $3",
        after.0,
        after.1,
        limit.min(PAIRS_MAX)
    )
}

/// Whether the owners of a record are not to be told.
pub async fn is_silent(tx: &mut Tx, subject: &str) -> Result<bool, StoreError> {
    let found: Option<(String,)> =
        row!(tx, (String,), "SELECT subject FROM match_silence WHERE subject = $1", subject)?;
    Ok(found.is_some())
}

/// Has the owners of a record not be told any more.
pub async fn silence(tx: &mut WriteTx, subject: &str, person_id: &str) -> Result<(), StoreError> {
    let now_ms = tx.now_ms;
    run!(
        &mut tx.tx,
        "INSERT INTO match_silence (subject, person_id, since_ms) VALUES ($1, $2, $3)
         ON CONFLICT (subject) DO NOTHING",
        subject,
        person_id,
        now_ms
    )?;
    Ok(())
}

/// Has the owners of a record be told again.
pub async fn end_silence(tx: &mut WriteTx, subject: &str) -> Result<(), StoreError> {
    run!(&mut tx.tx, "DELETE FROM match_silence WHERE subject = $1", subject)?;
    Ok(())
}

/// Up to where the log has been looked through for new matches.
pub async fn find_place(tx: &mut Tx) -> Result<i64, StoreError> {
    let found: Option<(i64,)> = row!(tx, (i64,), "SELECT position FROM match_place")?;
    Ok(found.map_or(-1, |(position,)| position))
}

/// Moves that place on; false where another node was faster.
pub async fn move_place(tx: &mut WriteTx, from: i64, to: i64) -> Result<bool, StoreError> {
    let moved = run!(&mut tx.tx, "UPDATE match_place SET position = $2 WHERE position = $1", from, to)?;
    Ok(moved == 1)
}
