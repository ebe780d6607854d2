//! Sign-ins through a provider (统一身份认证) that are under way, and accounts there that belong to nobody here.
//!
//! They leave no log entry: the caller keeps them with [`WriteTx::keep_unlogged`].

use crate::db::{Tx, WriteTx};
use crate::error::StoreError;

record! {
    /// A sign-in that went to the provider and has not come back.
    #[derive(Clone, Debug)]
    pub struct PendingRow {
        /// Tag of the language in which it began.
        language: String,
        /// Where it wanted to go.
        return_to: String,
        /// When it is over.
        expires_at_ms: i64,
    }
}

record! {
    /// An account at the provider that belongs to nobody here.
    #[derive(Clone, Debug)]
    pub struct UnlinkedRow {
        /// Issuer, blank, subject.
        provider_subject: String,
        /// What the provider calls its owner; may be empty.
        name: String,
        /// When it last tried to sign in.
        seen_at_ms: i64,
    }
}

/// Notes a sign-in that goes to the provider.
pub async fn save_pending(
    tx: &mut WriteTx,
    token_hash: &[u8],
    pending: &PendingRow,
) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "INSERT INTO provider_sign_in (token_hash, language, return_to, expires_at_ms) VALUES ($1, $2, $3, $4)",
        token_hash,
        &pending.language,
        &pending.return_to,
        pending.expires_at_ms
    )?;
    Ok(())
}

/// Takes a sign-in that came back. Of two who come with the same token only one gets it.
pub async fn take_pending(tx: &mut WriteTx, token_hash: &[u8]) -> Result<Option<PendingRow>, StoreError> {
    row!(
        &mut tx.tx,
        PendingRow,
        "DELETE FROM provider_sign_in WHERE token_hash = $1 RETURNING language, return_to, expires_at_ms",
        token_hash
    )
}

/// Removes the sign-ins that never came back.
pub async fn discard_pending(tx: &mut WriteTx, now_ms: i64) -> Result<u64, StoreError> {
    run!(&mut tx.tx, "DELETE FROM provider_sign_in WHERE expires_at_ms <= $1", now_ms)
}

/// Notes that an account which belongs to nobody here tried to sign in.
pub async fn note_unlinked(tx: &mut WriteTx, account: &UnlinkedRow) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "INSERT INTO unlinked_account (provider_subject, name, seen_at_ms) VALUES ($1, $2, $3)
             ON CONFLICT (provider_subject) DO UPDATE SET name = excluded.name, seen_at_ms = excluded.seen_at_ms",
        &account.provider_subject,
        &account.name,
        account.seen_at_ms
    )?;
    Ok(())
}

/// Forgets an account that was waiting.
pub async fn forget_unlinked(tx: &mut WriteTx, provider_subject: &str) -> Result<(), StoreError> {
    run!(&mut tx.tx, "DELETE FROM unlinked_account WHERE provider_subject = $1", provider_subject)?;
    Ok(())
}

/// Forgets the accounts that were not seen since an instant, and all but the newest.
pub async fn discard_unlinked(
    tx: &mut WriteTx,
    seen_before_ms: i64,
    kept_max: i64,
) -> Result<u64, StoreError> {
    run!(
        &mut tx.tx,
        "DELETE FROM unlinked_account
          WHERE seen_at_ms <= $1
             OR provider_subject NOT IN (SELECT provider_subject FROM unlinked_account
                                          ORDER BY seen_at_ms DESC, provider_subject LIMIT $2)",
        seen_before_ms,
        kept_max
    )
}

/// The accounts that were seen since an instant, newest first.
pub async fn list_unlinked(
    tx: &mut Tx,
    seen_since_ms: i64,
    limit: i64,
) -> Result<Vec<UnlinkedRow>, StoreError> {
    rows!(
        tx,
        UnlinkedRow,
        "SELECT provider_subject, name, seen_at_ms FROM unlinked_account
          WHERE seen_at_ms > $1 ORDER BY seen_at_ms DESC, provider_subject LIMIT $2",
        seen_since_ms,
        limit
    )
}
