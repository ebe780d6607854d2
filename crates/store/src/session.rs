//! Sessions (会话): who holds which token, kept by the token's hash.

use crate::db::{Tx, WriteTx};
use crate::error::StoreError;

record! {
    /// A session with its person.
    #[derive(Clone, Debug)]
    pub struct SessionRow {
        /// Id, which may be shown.
        session_id: String,
        /// Whose.
        person_id: String,
        /// Grant acted in.
        grant_id: Option<String>,
        /// When they signed in.
        created_at_ms: i64,
        /// When they were last here, to the minute.
        seen_at_ms: i64,
        /// When it ends at the latest.
        expires_at_ms: i64,
        /// 姓名
        name: String,
        /// What they sign in with.
        sign_in_name: String,
        /// Whether the password was set by somebody else.
        must_change_password: bool,
    }
}

/// Opens a session.
pub async fn save(tx: &mut WriteTx, token_hash: &[u8], session: &SessionRow) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "INSERT INTO session (token_hash, session_id, person_id, grant_id, created_at_ms, seen_at_ms, expires_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        token_hash,
        &session.session_id,
        &session.person_id,
        &session.grant_id,
        session.created_at_ms,
        session.seen_at_ms,
        session.expires_at_ms
    )?;
    Ok(())
}

/// The session of a token's hash, unless it is over or its person disabled.
pub async fn find(
    tx: &mut Tx,
    token_hash: &[u8],
    now_ms: i64,
    seen_since_ms: i64,
) -> Result<Option<SessionRow>, StoreError> {
    row!(
        tx,
        SessionRow,
        "SELECT s.session_id, s.person_id, s.grant_id, s.created_at_ms, s.seen_at_ms, s.expires_at_ms, p.name,
                p.sign_in_name, p.must_change_password
           FROM session s JOIN person p ON p.person_id = s.person_id
          WHERE s.token_hash = $1 AND s.expires_at_ms > $2 AND s.seen_at_ms > $3 AND NOT p.is_disabled",
        token_hash,
        now_ms,
        seen_since_ms
    )
}

/// Notes that a session was used. Leaves no log entry: the caller keeps it with [`WriteTx::keep_unlogged`].
pub async fn touch(tx: &mut WriteTx, session_id: &str, seen_at_ms: i64) -> Result<(), StoreError> {
    run!(&mut tx.tx, "UPDATE session SET seen_at_ms = $2 WHERE session_id = $1", session_id, seen_at_ms)?;
    Ok(())
}

/// Chooses the grant that a session acts in.
pub async fn choose_grant(tx: &mut WriteTx, session_id: &str, grant_id: &str) -> Result<(), StoreError> {
    run!(&mut tx.tx, "UPDATE session SET grant_id = $2 WHERE session_id = $1", session_id, grant_id)?;
    Ok(())
}

/// Ends one session of a person.
pub async fn end(tx: &mut WriteTx, person_id: &str, session_id: &str) -> Result<bool, StoreError> {
    let ended = run!(
        &mut tx.tx,
        "DELETE FROM session WHERE session_id = $1 AND person_id = $2",
        session_id,
        person_id
    )?;
    Ok(ended == 1)
}

/// Ends all sessions of a person but one.
pub async fn end_others(tx: &mut WriteTx, person_id: &str, kept: &str) -> Result<u64, StoreError> {
    run!(&mut tx.tx, "DELETE FROM session WHERE person_id = $1 AND session_id <> $2", person_id, kept)
}

/// Ends all sessions of a person.
pub async fn end_all(tx: &mut WriteTx, person_id: &str) -> Result<u64, StoreError> {
    run!(&mut tx.tx, "DELETE FROM session WHERE person_id = $1", person_id)
}

/// Removes the sessions that are over.
pub async fn discard_ended(tx: &mut WriteTx, now_ms: i64, seen_since_ms: i64) -> Result<u64, StoreError> {
    run!(
        &mut tx.tx,
        "DELETE FROM session WHERE expires_at_ms <= $1 OR seen_at_ms <= $2",
        now_ms,
        seen_since_ms
    )
}

/// The open sessions of a person, newest first.
pub async fn list(tx: &mut Tx, person_id: &str) -> Result<Vec<SessionRow>, StoreError> {
    rows!(
        tx,
        SessionRow,
        "SELECT s.session_id, s.person_id, s.grant_id, s.created_at_ms, s.seen_at_ms, s.expires_at_ms, p.name,
                p.sign_in_name, p.must_change_password
           FROM session s JOIN person p ON p.person_id = s.person_id
          WHERE s.person_id = $1 ORDER BY s.created_at_ms DESC LIMIT 100",
        person_id
    )
}
