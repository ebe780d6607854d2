//! The only way to commit: entries are appended under the head row's lock, so the log is gapless and in commit order.

use serde_json::Value;
use xiaoxiang_audit::{Frontier, LogEntry};

use crate::db::{Tx, WriteTx};
use crate::error::StoreError;
use crate::job::NewJob;

/// Entries read at once.
pub const ENTRIES_PAGE_MAX: i64 = 10_000;

/// An event to be logged with the change that caused it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEntry {
    /// What happened: `contract.imported`.
    pub kind: &'static str,
    /// What it happened to: `contract:2017430100000001`.
    pub subject: String,
    /// The facts, without personal data in clear. An object.
    pub payload: Value,
}

/// Where a commit landed in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Position of the commit's last entry; its change set carries it.
    pub position: i64,
}

record! {
    /// One entry as stored.
    #[derive(Clone, Debug)]
    pub struct EntryRow {
        /// Place in the log, from 0.
        position: i64,
        /// Form of the entry.
        format: i64,
        /// Instant of the commit.
        at_ms: i64,
        /// Who did it.
        actor: String,
        /// What happened.
        kind: String,
        /// What it happened to.
        subject: String,
        /// JSON object.
        payload: String,
        /// RFC 9162 leaf hash.
        leaf_hash: Vec<u8>,
    }
}

record! {
    /// The log's end.
    #[derive(Clone, Debug)]
    pub struct HeadRow {
        /// Identity of this log, new with each database.
        log_id: String,
        /// Number of entries.
        size: i64,
        /// Compact range of the tree.
        frontier: Vec<u8>,
    }
}

impl EntryRow {
    /// The entry as the audit crate hashes it.
    pub fn entry(&self) -> Result<LogEntry, StoreError> {
        let payload = serde_json::from_str(&self.payload).map_err(|error| {
            StoreError::Damaged(format!("payload of log entry {}: {error}", self.position))
        })?;
        Ok(LogEntry {
            format: u16::try_from(self.format)
                .map_err(|_| StoreError::Damaged(format!("format of log entry {}", self.position)))?,
            position: u64::try_from(self.position)
                .map_err(|_| StoreError::Damaged(format!("log position {}", self.position)))?,
            at_ms: self.at_ms,
            actor: self.actor.clone(),
            kind: self.kind.clone(),
            subject: self.subject.clone(),
            payload,
        })
    }
}

impl HeadRow {
    /// The tree's compact range.
    pub fn frontier(&self) -> Result<Frontier, StoreError> {
        let frontier = Frontier::from_bytes(&self.frontier)
            .map_err(|error| StoreError::Damaged(format!("log frontier: {error}")))?;
        if i64::try_from(frontier.size()) != Ok(self.size) {
            return Err(StoreError::Damaged("log frontier and size differ".to_owned()));
        }
        Ok(frontier)
    }
}

impl WriteTx {
    /// The change set of this transaction, opened at first use.
    pub async fn change_set(&mut self) -> Result<i64, StoreError> {
        if let Some(change_set_id) = self.change_set_id {
            return Ok(change_set_id);
        }
        let now_ms = self.now_ms;
        let opened: Option<(i64,)> = row!(
            &mut self.tx,
            (i64,),
            "INSERT INTO change_set (opened_at_ms) VALUES ($1) RETURNING change_set_id",
            now_ms
        )?;
        let (change_set_id,) =
            opened.ok_or_else(|| StoreError::Damaged("change set without an id".to_owned()))?;
        self.change_set_id = Some(change_set_id);
        Ok(change_set_id)
    }

    /// Goes on with a change set that earlier transactions staged.
    pub fn adopt(&mut self, change_set_id: i64) {
        self.change_set_id = Some(change_set_id);
    }

    /// Keeps what needs no log entry: staged rows, which stay invisible until a later commit adopts their change set,
    /// and traces of use, such as when a session was last seen.
    pub async fn keep_unlogged(self) -> Result<(), StoreError> {
        self.tx.finish().await
    }

    /// Takes the log's lock ahead of the commit: what others have committed is visible from here on, and nobody
    /// commits until this transaction ends. For checks that must still hold at the commit; keep them short.
    pub async fn lock_log(&mut self) -> Result<(), StoreError> {
        lock_head(&mut self.tx).await?;
        Ok(())
    }

    /// The position that the first entry of this commit will have. Takes the log's lock, as [`WriteTx::lock_log`] does.
    pub async fn next_position(&mut self) -> Result<i64, StoreError> {
        Ok(lock_head(&mut self.tx).await?.size)
    }

    /// Writes one entry per event, queues the jobs and commits.
    ///
    /// A change set that was given up in the meantime is a conflict.
    ///
    /// # Panics
    /// Where no event is given: no write may lack its entry.
    pub async fn commit(
        mut self,
        actor: &str,
        events: impl IntoIterator<Item = NewEntry>,
        jobs: impl IntoIterator<Item = NewJob>,
    ) -> Result<Commit, StoreError> {
        for job in jobs {
            crate::job::queue(&mut self, &job).await?;
        }
        let head = lock_head(&mut self.tx).await?;
        let mut frontier = head.frontier()?;
        let mut entries = Vec::new();
        for event in events {
            let place = i64::try_from(entries.len()).expect("invariant: entries fit into memory");
            let entry = leaf(head.size + place, self.now_ms, actor, event)?;
            frontier.append(entry.leaf_hash);
            entries.push(entry);
        }
        let position = entries.last().expect("no write may lack its log entry").position;
        let stamped = append(&mut self.tx, &entries, &frontier, self.change_set_id).await?;
        // Otherwise the log would tell of rows that nobody can see.
        if self.change_set_id.is_some() && stamped != 1 {
            return Err(StoreError::Conflict("change_set is no longer open".to_owned()));
        }
        self.tx.finish().await?;
        Ok(Commit { position })
    }
}

/// Takes the head row's lock (on SQLite the write lock is already held) and reads it.
pub(crate) async fn lock_head(tx: &mut Tx) -> Result<HeadRow, StoreError> {
    row!(tx, HeadRow, "UPDATE log_head SET size = size RETURNING log_id, size, frontier")?
        .ok_or_else(|| StoreError::Damaged("log head is missing".to_owned()))
}

/// An entry ready to be stored.
struct Leaf {
    position: i64,
    entry: LogEntry,
    payload: String,
    leaf_hash: xiaoxiang_audit::Hash,
}

fn leaf(position: i64, at_ms: i64, actor: &str, event: NewEntry) -> Result<Leaf, StoreError> {
    let entry = LogEntry {
        format: xiaoxiang_audit::entry::ENTRY_FORMAT,
        position: u64::try_from(position).map_err(|_| StoreError::Damaged("negative log size".to_owned()))?,
        at_ms,
        actor: actor.to_owned(),
        kind: event.kind.to_owned(),
        subject: event.subject,
        payload: event.payload,
    };
    let refused = |error| StoreError::Damaged(format!("log payload: {error}"));
    let leaf_hash = entry.leaf_hash().map_err(refused)?;
    let payload = entry.canonical_payload().map_err(refused)?;
    Ok(Leaf { position, entry, payload, leaf_hash })
}

/// Stores the entries and the new head and stamps the change set; gives the number of change sets stamped.
async fn append(
    tx: &mut Tx,
    entries: &[Leaf],
    frontier: &Frontier,
    change_set_id: Option<i64>,
) -> Result<u64, StoreError> {
    let position = entries.last().map_or(-1, |leaf| leaf.position);
    // One statement on PostgreSQL, where each round trip lengthens the time under the lock; SQLite has no such
    // statement and no round trips.
    match tx {
        Tx::Postgres(connection) => {
            let numbers = |pick: fn(&Leaf) -> i64| entries.iter().map(pick).collect::<Vec<_>>();
            let texts = |pick: fn(&Leaf) -> &str| entries.iter().map(pick).collect::<Vec<_>>();
            let hashes: Vec<&[u8]> = entries.iter().map(|leaf| leaf.leaf_hash.0.as_slice()).collect();
            let (stamped,): (i64,) = sqlx::query_as(
                "WITH head AS (UPDATE log_head SET size = $1 + 1, frontier = $2),
                      stamped AS (UPDATE change_set SET position = $1
                                   WHERE change_set_id = $3 AND position IS NULL RETURNING change_set_id),
                      appended AS (INSERT INTO log_entry (position, format, at_ms, actor, kind, subject, payload,
                                          leaf_hash)
                                   SELECT * FROM UNNEST($4::BIGINT[], $5::BIGINT[], $6::BIGINT[], $7::TEXT[],
                                                        $8::TEXT[], $9::TEXT[], $10::TEXT[], $11::BYTEA[]))
                 SELECT COUNT(*) FROM stamped",
            )
            .bind(position)
            .bind(frontier.to_bytes())
            .bind(change_set_id)
            .bind(numbers(|leaf| leaf.position))
            .bind(numbers(|leaf| leaf.entry.format.into()))
            .bind(numbers(|leaf| leaf.entry.at_ms))
            .bind(texts(|leaf| &leaf.entry.actor))
            .bind(texts(|leaf| &leaf.entry.kind))
            .bind(texts(|leaf| &leaf.entry.subject))
            .bind(texts(|leaf| &leaf.payload))
            .bind(hashes)
            .fetch_one(&mut **connection)
            .await?;
            Ok(u64::try_from(stamped).unwrap_or_default())
        }
        Tx::Sqlite(connection) => {
            for leaf in entries {
                sqlx::query(
                    "INSERT INTO log_entry (position, format, at_ms, actor, kind, subject, payload, leaf_hash)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                )
                .bind(leaf.position)
                .bind(i64::from(leaf.entry.format))
                .bind(leaf.entry.at_ms)
                .bind(&leaf.entry.actor)
                .bind(&leaf.entry.kind)
                .bind(&leaf.entry.subject)
                .bind(&leaf.payload)
                .bind(leaf.leaf_hash.0.as_slice())
                .execute(&mut **connection)
                .await?;
            }
            sqlx::query("UPDATE log_head SET size = $1 + 1, frontier = $2")
                .bind(position)
                .bind(frontier.to_bytes())
                .execute(&mut **connection)
                .await?;
            let stamped = sqlx::query(
                "UPDATE change_set SET position = $1 WHERE change_set_id = $2 AND position IS NULL",
            )
            .bind(position)
            .bind(change_set_id)
            .execute(&mut **connection)
            .await?;
            Ok(stamped.rows_affected())
        }
    }
}

/// The log's end as this snapshot sees it.
pub async fn head(tx: &mut Tx) -> Result<HeadRow, StoreError> {
    row!(tx, HeadRow, "SELECT log_id, size, frontier FROM log_head")?
        .ok_or_else(|| StoreError::Damaged("log head is missing".to_owned()))
}

/// Entries after a position (`-1` from the start), in order, at most `limit`.
pub async fn list_after(tx: &mut Tx, position: i64, limit: i64) -> Result<Vec<EntryRow>, StoreError> {
    rows!(
        tx,
        EntryRow,
        "SELECT position, format, at_ms, actor, kind, subject, payload, leaf_hash
           FROM log_entry
          WHERE position > $1
          ORDER BY position
          LIMIT $2",
        position,
        limit.min(ENTRIES_PAGE_MAX)
    )
}

/// Entries about one subject, in order, at most [`ENTRIES_PAGE_MAX`].
pub async fn list_of_subject(tx: &mut Tx, subject: &str) -> Result<Vec<EntryRow>, StoreError> {
    rows!(
        tx,
        EntryRow,
        "SELECT position, format, at_ms, actor, kind, subject, payload, leaf_hash
           FROM log_entry
          WHERE subject = $1
          ORDER BY position
          LIMIT $2",
        subject,
        ENTRIES_PAGE_MAX
    )
}

/// Positions and subjects after a position and not after another, of subjects that fit a pattern of LIKE, in order, at most `limit`.
pub async fn list_subjects_between(
    tx: &mut Tx,
    after: i64,
    until: i64,
    pattern: &str,
    limit: i64,
) -> Result<Vec<(i64, String)>, StoreError> {
    rows!(
        tx,
        (i64, String),
        "SELECT position, subject
           FROM log_entry
          WHERE position > $1 AND position <= $2 AND subject LIKE $3
          ORDER BY position
          LIMIT $4",
        after,
        until,
        pattern,
        limit.min(ENTRIES_PAGE_MAX)
    )
}

/// Entries before a position, newest first, at most `limit`.
pub async fn list_before(tx: &mut Tx, before: i64, limit: i64) -> Result<Vec<EntryRow>, StoreError> {
    rows!(
        tx,
        EntryRow,
        "SELECT position, format, at_ms, actor, kind, subject, payload, leaf_hash
           FROM log_entry
          WHERE position < $1
          ORDER BY position DESC
          LIMIT $2",
        before,
        limit.min(ENTRIES_PAGE_MAX)
    )
}

/// Entries of one kind before a position, newest first, at most `limit`.
pub async fn list_of_kind_before(
    tx: &mut Tx,
    kind: &str,
    before: i64,
    limit: i64,
) -> Result<Vec<EntryRow>, StoreError> {
    rows!(
        tx,
        EntryRow,
        "SELECT position, format, at_ms, actor, kind, subject, payload, leaf_hash
           FROM log_entry
          WHERE kind = $1 AND position < $2
          ORDER BY position DESC
          LIMIT $3",
        kind,
        before,
        limit.min(ENTRIES_PAGE_MAX)
    )
}

/// Entries of one actor, as the log names them, before a position, newest first, at most `limit`.
pub async fn list_of_actor_before(
    tx: &mut Tx,
    actor: &str,
    before: i64,
    limit: i64,
) -> Result<Vec<EntryRow>, StoreError> {
    rows!(
        tx,
        EntryRow,
        "SELECT position, format, at_ms, actor, kind, subject, payload, leaf_hash
           FROM log_entry
          WHERE actor = $1 AND position < $2
          ORDER BY position DESC
          LIMIT $3",
        actor,
        before,
        limit.min(ENTRIES_PAGE_MAX)
    )
}

/// Entries about one subject before a position, newest first, at most `limit`.
pub async fn list_of_subject_before(
    tx: &mut Tx,
    subject: &str,
    before: i64,
    limit: i64,
) -> Result<Vec<EntryRow>, StoreError> {
    rows!(
        tx,
        EntryRow,
        "SELECT position, format, at_ms, actor, kind, subject, payload, leaf_hash
           FROM log_entry
          WHERE subject = $1 AND position < $2
          ORDER BY position DESC
          LIMIT $3",
        subject,
        before,
        limit.min(ENTRIES_PAGE_MAX)
    )
}

/// First and last position committed from one instant on and before another; none where nothing was.
pub async fn positions_between(
    tx: &mut Tx,
    from_ms: i64,
    before_ms: i64,
) -> Result<Option<(i64, i64)>, StoreError> {
    let found: Option<(Option<i64>, Option<i64>)> = row!(
        tx,
        (Option<i64>, Option<i64>),
        "SELECT MIN(position), MAX(position) FROM log_entry WHERE at_ms >= $1 AND at_ms < $2",
        from_ms,
        before_ms
    )?;
    Ok(found.and_then(|(first, last)| first.zip(last)))
}

/// The entry at a position.
pub async fn find(tx: &mut Tx, position: i64) -> Result<Option<EntryRow>, StoreError> {
    row!(
        tx,
        EntryRow,
        "SELECT position, format, at_ms, actor, kind, subject, payload, leaf_hash
           FROM log_entry WHERE position = $1",
        position
    )
}

/// Number of entries of the instant `at_ms` and later. Entries follow one another in time as nearly as the clocks of the
/// nodes agree, so this halves its way to the first of them.
pub async fn count_since(tx: &mut Tx, at_ms: i64) -> Result<i64, StoreError> {
    let size = head(tx).await?.size;
    let (mut low, mut high) = (0, size);
    while low < high {
        let middle = low + (high - low) / 2;
        let found: Option<(i64,)> =
            row!(tx, (i64,), "SELECT at_ms FROM log_entry WHERE position = $1", middle)?;
        let (instant,) =
            found.ok_or_else(|| StoreError::Damaged(format!("log entry {middle} is missing")))?;
        if instant < at_ms { low = middle + 1 } else { high = middle }
    }
    Ok(size - low)
}

/// Leaf hashes from a position on, in order, at most [`ENTRIES_PAGE_MAX`].
pub async fn list_leaf_hashes(tx: &mut Tx, from_position: i64) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
    rows!(
        tx,
        (i64, Vec<u8>),
        "SELECT position, leaf_hash FROM log_entry WHERE position >= $1 ORDER BY position LIMIT $2",
        from_position,
        ENTRIES_PAGE_MAX
    )
}

/// The leaf hash at a position, if there is an entry.
pub async fn find_leaf_hash(tx: &mut Tx, position: i64) -> Result<Option<Vec<u8>>, StoreError> {
    let found: Option<(Vec<u8>,)> =
        row!(tx, (Vec<u8>,), "SELECT leaf_hash FROM log_entry WHERE position = $1", position)?;
    Ok(found.map(|(leaf_hash,)| leaf_hash))
}

/// Whether anything of one of the kinds was logged after a position.
pub async fn has_kind_after(tx: &mut Tx, position: i64, kind_prefix: &str) -> Result<bool, StoreError> {
    let found: Option<(i64,)> = row!(
        tx,
        (i64,),
        "SELECT position FROM log_entry
          WHERE position > $1 AND substr(kind, 1, length($2)) = $2
          ORDER BY position
          LIMIT 1",
        position,
        kind_prefix
    )?;
    Ok(found.is_some())
}

/// Whether anything on which the place of contracts rests (归属) was logged after a position: region data, park lists,
/// decisions.
pub async fn has_attribution_after(tx: &mut Tx, position: i64) -> Result<bool, StoreError> {
    let found: Option<(i64,)> = row!(
        tx,
        (i64,),
        "SELECT position FROM log_entry
          WHERE position > $1
            AND (substr(kind, 1, 7) = 'region.' OR substr(kind, 1, 12) = 'attribution.' OR substr(kind, 1, 5) = 'park.')
          ORDER BY position
          LIMIT 1",
        position
    )?;
    Ok(found.is_some())
}

/// Stores a signed tree head; an equal one already there stays.
pub async fn save_tree_head(
    tx: &mut WriteTx,
    size: i64,
    signed_at_ms: i64,
    signed: &str,
) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "INSERT INTO tree_head (size, signed_at_ms, signed) VALUES ($1, $2, $3) ON CONFLICT (size) DO NOTHING",
        size,
        signed_at_ms,
        signed
    )?;
    Ok(())
}

/// All signed tree heads, oldest first.
pub async fn list_tree_heads(tx: &mut Tx) -> Result<Vec<(i64, String)>, StoreError> {
    rows!(tx, (i64, String), "SELECT size, signed FROM tree_head ORDER BY size")
}

/// The public keys that ever signed, oldest first.
pub async fn list_keys(tx: &mut Tx) -> Result<Vec<(String, String, i64)>, StoreError> {
    rows!(
        tx,
        (String, String, i64),
        "SELECT key_id, public_key, since_position FROM audit_key ORDER BY since_position, key_id"
    )
}

/// Records a public key; one already known stays.
pub async fn save_key(
    tx: &mut WriteTx,
    key_id: &str,
    public_key: &str,
    since_position: i64,
) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "INSERT INTO audit_key (key_id, public_key, since_position) VALUES ($1, $2, $3)
         ON CONFLICT (key_id) DO NOTHING",
        key_id,
        public_key,
        since_position
    )?;
    Ok(())
}
