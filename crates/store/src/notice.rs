//! Notices (通知) and where people are reached outside.

use crate::db::{Tx, WriteTx};
use crate::error::StoreError;

/// How far unread notices are counted.
pub const UNREAD_MAX: i64 = 100;

/// Something that happened, to be told.
#[derive(Clone, Debug)]
pub struct NewEvent<'a> {
    /// Id that the outside sees.
    pub event_id: &'a str,
    /// The same however often it is told.
    pub event_key: &'a str,
    /// Code of the kind.
    pub kind: &'a str,
    /// The record.
    pub subject: &'a str,
    /// What the sentence names, as JSON.
    pub named_values: &'a str,
    /// Where to see it.
    pub path: &'a str,
}

record! {
    /// Something that happened.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct EventRow {
        /// Id that the outside sees.
        event_id: String,
        /// Code of the kind.
        kind: String,
        /// The record.
        subject: String,
        /// Where to see it.
        path: String,
        /// When.
        at_ms: i64,
    }
}

record! {
    /// One line of an inbox.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct NoticeRow {
        /// Id.
        notice_id: String,
        /// Code of the kind.
        kind: String,
        /// The record.
        subject: String,
        /// What the sentence names, as JSON.
        named_values: String,
        /// Where to see it.
        path: String,
        /// When.
        at_ms: i64,
        /// When it was read.
        read_at_ms: Option<i64>,
    }
}

record! {
    /// Where a person is reached.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ChannelRow {
        /// Who.
        person_id: String,
        /// Code of the channel.
        channel: String,
        /// Address there.
        address: String,
        /// Whether notices are sent there.
        is_on: bool,
    }
}

/// Writes an event; gives false where it was told before.
pub async fn save_event(tx: &mut WriteTx, event: &NewEvent<'_>) -> Result<bool, StoreError> {
    let now_ms = tx.now_ms;
    let written = run!(
        &mut tx.tx,
        "INSERT INTO notice_event (event_id, event_key, kind, subject, named_values, path, at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (event_key) DO NOTHING",
        event.event_id,
        event.event_key,
        event.kind,
        event.subject,
        event.named_values,
        event.path,
        now_ms
    )?;
    Ok(written == 1)
}

/// Puts an event into a person's inbox, once.
pub async fn save_notice(
    tx: &mut WriteTx,
    notice_id: &str,
    event_id: &str,
    person_id: &str,
) -> Result<(), StoreError> {
    let now_ms = tx.now_ms;
    run!(
        &mut tx.tx,
        "INSERT INTO notice (notice_id, event_id, person_id, at_ms) VALUES ($1, $2, $3, $4)
         ON CONFLICT (event_id, person_id) DO NOTHING",
        notice_id,
        event_id,
        person_id,
        now_ms
    )?;
    Ok(())
}

/// An event.
pub async fn find_event(tx: &mut Tx, event_id: &str) -> Result<Option<EventRow>, StoreError> {
    row!(
        tx,
        EventRow,
        "SELECT event_id, kind, subject, path, at_ms FROM notice_event WHERE event_id = $1",
        event_id
    )
}

/// Notices of a person before a place in their inbox, newest first, at most `limit`.
pub async fn list_before(
    tx: &mut Tx,
    person_id: &str,
    before: (i64, &str),
    limit: i64,
) -> Result<Vec<NoticeRow>, StoreError> {
    rows!(
        tx,
        NoticeRow,
        "SELECT n.notice_id, e.kind, e.subject, e.named_values, e.path, n.at_ms, n.read_at_ms
           FROM notice n
           JOIN notice_event e ON e.event_id = n.event_id
          WHERE n.person_id = $1 AND (n.at_ms, n.notice_id) < ($2, $3)
          ORDER BY n.at_ms DESC, n.notice_id DESC
          LIMIT $4",
        person_id,
        before.0,
        before.1,
        limit
    )
}

/// Where to see what a notice is about.
pub async fn find_path(tx: &mut Tx, notice_id: &str) -> Result<Option<String>, StoreError> {
    let found: Option<(String,)> = row!(
        tx,
        (String,),
        "SELECT e.path FROM notice n JOIN notice_event e ON e.event_id = n.event_id WHERE n.notice_id = $1",
        notice_id
    )?;
    Ok(found.map(|(path,)| path))
}

/// How many notices a person has not read, counted up to [`UNREAD_MAX`].
pub async fn count_unread(tx: &mut Tx, person_id: &str) -> Result<i64, StoreError> {
    let counted: Option<(i64,)> = row!(
        tx,
        (i64,),
        "SELECT COUNT(*)
           FROM (SELECT 1 AS one FROM notice WHERE person_id = $1 AND read_at_ms IS NULL LIMIT $2) unread",
        person_id,
        UNREAD_MAX
    )?;
    Ok(counted.map_or(0, |(count,)| count))
}

/// Notes that a person read a notice of theirs; gives false where there is none.
pub async fn mark_read(tx: &mut WriteTx, person_id: &str, notice_id: &str) -> Result<bool, StoreError> {
    let now_ms = tx.now_ms;
    let changed = run!(
        &mut tx.tx,
        "UPDATE notice SET read_at_ms = COALESCE(read_at_ms, $3) WHERE notice_id = $2 AND person_id = $1",
        person_id,
        notice_id,
        now_ms
    )?;
    Ok(changed == 1)
}

/// Notes that a person read everything up to an instant.
pub async fn mark_all_read(tx: &mut WriteTx, person_id: &str, until_ms: i64) -> Result<u64, StoreError> {
    let now_ms = tx.now_ms;
    run!(
        &mut tx.tx,
        "UPDATE notice SET read_at_ms = $2 WHERE person_id = $1 AND read_at_ms IS NULL AND at_ms <= $3",
        person_id,
        now_ms,
        until_ms
    )
}

/// Where a person is reached.
pub async fn list_channels(tx: &mut Tx, person_id: &str) -> Result<Vec<ChannelRow>, StoreError> {
    rows!(
        tx,
        ChannelRow,
        "SELECT person_id, channel, address, is_on FROM notice_channel WHERE person_id = $1 ORDER BY channel",
        person_id
    )
}

/// Where a person is reached by a channel that they turned on; none where they may not sign in.
pub async fn find_open_channel(
    tx: &mut Tx,
    person_id: &str,
    channel: &str,
) -> Result<Option<ChannelRow>, StoreError> {
    row!(
        tx,
        ChannelRow,
        "SELECT c.person_id, c.channel, c.address, c.is_on
           FROM notice_channel c
           JOIN person p ON p.person_id = c.person_id
          WHERE c.person_id = $1 AND c.channel = $2 AND c.is_on AND NOT p.is_disabled",
        person_id,
        channel
    )
}

/// The channels that are on of everybody who has an event in their inbox.
pub async fn list_channels_of_event(tx: &mut Tx, event_id: &str) -> Result<Vec<ChannelRow>, StoreError> {
    rows!(
        tx,
        ChannelRow,
        "SELECT c.person_id, c.channel, c.address, c.is_on
           FROM notice n
           JOIN notice_channel c ON c.person_id = n.person_id
           JOIN person p ON p.person_id = n.person_id
          WHERE n.event_id = $1 AND c.is_on AND NOT p.is_disabled
          ORDER BY c.person_id, c.channel",
        event_id
    )
}

/// Keeps where a person is reached.
pub async fn save_channel(tx: &mut WriteTx, channel: &ChannelRow) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "INSERT INTO notice_channel (person_id, channel, address, is_on) VALUES ($1, $2, $3, $4)
         ON CONFLICT (person_id, channel) DO UPDATE SET address = excluded.address, is_on = excluded.is_on",
        &channel.person_id,
        &channel.channel,
        &channel.address,
        channel.is_on
    )?;
    Ok(())
}

/// Forgets where a person is reached by one channel.
pub async fn erase_channel(tx: &mut WriteTx, person_id: &str, channel: &str) -> Result<(), StoreError> {
    run!(&mut tx.tx, "DELETE FROM notice_channel WHERE person_id = $1 AND channel = $2", person_id, channel)?;
    Ok(())
}

/// Forgets where a person is reached at all.
pub async fn erase_channels(tx: &mut WriteTx, person_id: &str) -> Result<(), StoreError> {
    run!(&mut tx.tx, "DELETE FROM notice_channel WHERE person_id = $1", person_id)?;
    Ok(())
}
