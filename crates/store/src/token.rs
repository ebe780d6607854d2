//! Tokens of programs (接口令牌): found by their hash, each within one grant.

use crate::db::{Tx, WriteTx};
use crate::error::StoreError;

/// Tokens listed at once.
pub const TOKENS_MAX: i64 = 200;

record! {
    /// A token with the person and the grant behind it.
    #[derive(Clone, Debug)]
    pub struct TokenRow {
        /// Id, which may be shown.
        token_id: String,
        /// Grant that it acts in.
        grant_id: String,
        /// Whose.
        person_id: String,
        /// What it is for, in its owner's words.
        label: String,
        /// Codes of the actions that it allows, separated by blanks.
        actions: String,
        /// When it was made.
        created_at_ms: i64,
        /// When it ends.
        expires_at_ms: i64,
        /// When it was last used, to the minute.
        used_at_ms: Option<i64>,
        /// When it was withdrawn.
        withdrawn_at_ms: Option<i64>,
    }
}

/// Keeps a new token by its hash.
pub async fn save(tx: &mut WriteTx, token_hash: &[u8], token: &TokenRow) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "INSERT INTO api_token (token_hash, token_id, grant_id, label, actions, created_at_ms, expires_at_ms,
                                used_at_ms, withdrawn_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, NULL)",
        token_hash,
        &token.token_id,
        &token.grant_id,
        &token.label,
        &token.actions,
        token.created_at_ms,
        token.expires_at_ms
    )?;
    Ok(())
}

/// The token of a hash, unless it is over, withdrawn, or its person disabled.
pub async fn find(tx: &mut Tx, token_hash: &[u8], now_ms: i64) -> Result<Option<TokenRow>, StoreError> {
    row!(
        tx,
        TokenRow,
        "SELECT t.token_id, t.grant_id, g.person_id, t.label, t.actions, t.created_at_ms, t.expires_at_ms,
                t.used_at_ms, t.withdrawn_at_ms
           FROM api_token t
           JOIN role_grant g ON g.grant_id = t.grant_id
           JOIN person p ON p.person_id = g.person_id
          WHERE t.token_hash = $1 AND t.expires_at_ms > $2 AND t.withdrawn_at_ms IS NULL AND NOT p.is_disabled",
        token_hash,
        now_ms
    )
}

/// All tokens of a person that were not withdrawn, newest first.
pub async fn list(tx: &mut Tx, person_id: &str) -> Result<Vec<TokenRow>, StoreError> {
    rows!(
        tx,
        TokenRow,
        "SELECT t.token_id, t.grant_id, g.person_id, t.label, t.actions, t.created_at_ms, t.expires_at_ms,
                t.used_at_ms, t.withdrawn_at_ms
           FROM api_token t
           JOIN role_grant g ON g.grant_id = t.grant_id
          WHERE g.person_id = $1 AND t.withdrawn_at_ms IS NULL
          ORDER BY t.created_at_ms DESC, t.token_id LIMIT $2",
        person_id,
        TOKENS_MAX
    )
}

/// Notes that a token was used. Leaves no log entry: the caller keeps it with [`WriteTx::keep_unlogged`].
pub async fn touch(tx: &mut WriteTx, token_id: &str, used_at_ms: i64) -> Result<(), StoreError> {
    run!(&mut tx.tx, "UPDATE api_token SET used_at_ms = $2 WHERE token_id = $1", token_id, used_at_ms)?;
    Ok(())
}

/// Withdraws a token; gives false where that was done before.
pub async fn withdraw(tx: &mut WriteTx, token_id: &str, at_ms: i64) -> Result<bool, StoreError> {
    let changed = run!(
        &mut tx.tx,
        "UPDATE api_token SET withdrawn_at_ms = $2 WHERE token_id = $1 AND withdrawn_at_ms IS NULL",
        token_id,
        at_ms
    )?;
    Ok(changed == 1)
}

/// Withdraws all tokens of a person.
pub async fn withdraw_all(tx: &mut WriteTx, person_id: &str, at_ms: i64) -> Result<u64, StoreError> {
    run!(
        &mut tx.tx,
        "UPDATE api_token SET withdrawn_at_ms = $2, label = ''
          WHERE withdrawn_at_ms IS NULL
            AND grant_id IN (SELECT grant_id FROM role_grant WHERE person_id = $1)",
        person_id,
        at_ms
    )
}
