//! What is to leave the house (投递): waiting, taken by one node for a while, ended.

use crate::db::{Tx, WriteTx};
use crate::error::StoreError;

/// A delivery to be queued.
#[derive(Clone, Debug)]
pub struct NewDelivery<'a> {
    /// Id that the receiver sees.
    pub delivery_id: &'a str,
    /// Code of the channel.
    pub channel: &'a str,
    /// What happened.
    pub event_id: &'a str,
    /// To whom.
    pub person_id: Option<&'a str>,
    /// Or to which program.
    pub webhook_id: Option<&'a str>,
}

record! {
    /// A delivery.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct DeliveryRow {
        /// Id that the receiver sees.
        delivery_id: String,
        /// Code of the channel.
        channel: String,
        /// What happened.
        event_id: String,
        /// To whom.
        person_id: Option<String>,
        /// Or to which program.
        webhook_id: Option<String>,
        /// Where it stands.
        state: String,
        /// How often it was taken.
        attempts: i64,
        /// Since when it waits.
        created_at_ms: i64,
        /// When it is tried next.
        next_attempt_at_ms: i64,
        /// Why the latest try failed.
        last_failure: Option<String>,
        /// When it ended.
        ended_at_ms: Option<i64>,
        /// Code of what happened.
        kind: String,
    }
}

record! {
    /// How many deliveries stand where.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct DeliveryCountRow {
        /// Code of the channel.
        channel: String,
        /// Where they stand.
        state: String,
        /// How many.
        count: i64,
    }
}

/// Queues a delivery, once.
pub async fn save(tx: &mut WriteTx, new: &NewDelivery<'_>) -> Result<(), StoreError> {
    let now_ms = tx.now_ms;
    run!(
        &mut tx.tx,
        "INSERT INTO delivery (delivery_id, channel, event_id, person_id, webhook_id, state, attempts, created_at_ms,
                               next_attempt_at_ms, leased_until_ms)
         VALUES ($1, $2, $3, $4, $5, 'waiting', 0, $6, $6, 0)
         ON CONFLICT (delivery_id) DO NOTHING",
        new.delivery_id,
        new.channel,
        new.event_id,
        new.person_id,
        new.webhook_id,
        now_ms
    )?;
    Ok(())
}

/// The delivery of a channel that is due first and that no node has taken.
pub async fn find_due(tx: &mut Tx, channel: &str, now_ms: i64) -> Result<Option<String>, StoreError> {
    let found: Option<(String,)> = row!(
        tx,
        (String,),
        "SELECT delivery_id FROM delivery
          WHERE state = 'waiting' AND channel = $1 AND next_attempt_at_ms <= $2 AND leased_until_ms <= $2
          ORDER BY next_attempt_at_ms, delivery_id
          LIMIT 1",
        channel,
        now_ms
    )?;
    Ok(found.map(|(delivery_id,)| delivery_id))
}

/// Takes a delivery for a node until an instant; gives false where another node was faster.
pub async fn take(
    tx: &mut WriteTx,
    delivery_id: &str,
    node: &str,
    until_ms: i64,
) -> Result<bool, StoreError> {
    let now_ms = tx.now_ms;
    let changed = run!(
        &mut tx.tx,
        "UPDATE delivery SET node = $2, leased_until_ms = $3, attempts = attempts + 1
          WHERE delivery_id = $1 AND state = 'waiting' AND next_attempt_at_ms <= $4 AND leased_until_ms <= $4",
        delivery_id,
        node,
        until_ms,
        now_ms
    )?;
    Ok(changed == 1)
}

/// A delivery.
pub async fn find(tx: &mut Tx, delivery_id: &str) -> Result<Option<DeliveryRow>, StoreError> {
    row!(
        tx,
        DeliveryRow,
        "SELECT d.delivery_id, d.channel, d.event_id, d.person_id, d.webhook_id, d.state, d.attempts, d.created_at_ms,
                d.next_attempt_at_ms, d.last_failure, d.ended_at_ms, e.kind
           FROM delivery d
           JOIN notice_event e ON e.event_id = d.event_id
          WHERE d.delivery_id = $1",
        delivery_id
    )
}

/// How a try ended, or how a delivery ends without one.
#[derive(Clone, Debug)]
pub struct DeliveryEnd<'a> {
    /// Where it stands now.
    pub state: &'a str,
    /// When it is tried next.
    pub next_attempt_at_ms: i64,
    /// Why the try failed.
    pub last_failure: Option<&'a str>,
}

/// Keeps how the try of a node ended; gives false where another node has taken the delivery over.
pub async fn end_try(
    tx: &mut WriteTx,
    delivery_id: &str,
    node: &str,
    attempt: i64,
    end: &DeliveryEnd<'_>,
) -> Result<bool, StoreError> {
    let now_ms = tx.now_ms;
    let ended_at_ms = (end.state != "waiting").then_some(now_ms);
    let changed = run!(
        &mut tx.tx,
        "UPDATE delivery
            SET state = $4, next_attempt_at_ms = $5, last_failure = $6, ended_at_ms = $7, leased_until_ms = 0,
                node = NULL
          WHERE delivery_id = $1 AND node = $2 AND attempts = $3 AND state = 'waiting'",
        delivery_id,
        node,
        attempt,
        end.state,
        end.next_attempt_at_ms,
        end.last_failure,
        ended_at_ms
    )?;
    Ok(changed == 1)
}

/// Gives back what a stopping node had taken and not tried to the end.
pub async fn give_back(tx: &mut WriteTx, node: &str) -> Result<u64, StoreError> {
    run!(
        &mut tx.tx,
        "UPDATE delivery SET node = NULL, leased_until_ms = 0, attempts = attempts - 1
          WHERE node = $1 AND state = 'waiting'",
        node
    )
}

/// Has a delivery that was given up tried again at once, with all its tries; gives false where it was not given up.
pub async fn retry(tx: &mut WriteTx, delivery_id: &str) -> Result<bool, StoreError> {
    let now_ms = tx.now_ms;
    let changed = run!(
        &mut tx.tx,
        "UPDATE delivery SET state = 'waiting', attempts = 0, next_attempt_at_ms = $2, ended_at_ms = NULL
          WHERE delivery_id = $1 AND state = 'given_up'",
        delivery_id,
        now_ms
    )?;
    Ok(changed == 1)
}

/// Deliveries of everything, newest first, at most `limit`.
pub async fn list_newest(tx: &mut Tx, limit: i64) -> Result<Vec<DeliveryRow>, StoreError> {
    rows!(
        tx,
        DeliveryRow,
        "SELECT d.delivery_id, d.channel, d.event_id, d.person_id, d.webhook_id, d.state, d.attempts, d.created_at_ms,
                d.next_attempt_at_ms, d.last_failure, d.ended_at_ms, e.kind
           FROM delivery d
           JOIN notice_event e ON e.event_id = d.event_id
          ORDER BY d.created_at_ms DESC, d.delivery_id DESC
          LIMIT $1",
        limit
    )
}

/// Deliveries that are not over or were given up, by channel and state.
pub async fn count_open(tx: &mut Tx) -> Result<Vec<DeliveryCountRow>, StoreError> {
    rows!(
        tx,
        DeliveryCountRow,
        "SELECT channel, state, COUNT(*) AS count FROM delivery WHERE state = 'waiting' GROUP BY channel, state
          UNION ALL
         SELECT channel, state, COUNT(*) AS count FROM delivery WHERE state = 'given_up' GROUP BY channel, state"
    )
}

/// How many deliveries were given up since an instant.
pub async fn count_given_up_since(tx: &mut Tx, since_ms: i64) -> Result<i64, StoreError> {
    let counted: Option<(i64,)> = row!(
        tx,
        (i64,),
        "SELECT COUNT(*) FROM delivery WHERE state = 'given_up' AND ended_at_ms >= $1",
        since_ms
    )?;
    Ok(counted.map_or(0, |(count,)| count))
}

/// Deletes deliveries that ended before an instant; gives how many.
pub async fn discard_ended(tx: &mut WriteTx, before_ms: i64) -> Result<u64, StoreError> {
    run!(&mut tx.tx, "DELETE FROM delivery WHERE state <> 'waiting' AND ended_at_ms < $1", before_ms)
}
