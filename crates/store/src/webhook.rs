//! Programs that are told what happens (事件推送).

use crate::db::{Tx, WriteTx};
use crate::error::StoreError;

record! {
    /// A subscription.
    #[derive(Clone, PartialEq, Eq)]
    pub struct WebhookRow {
        /// Id.
        webhook_id: String,
        /// What the administrator calls it.
        label: String,
        /// Where it is called.
        url: String,
        /// What signs the calls.
        secret: String,
        /// Codes of the kinds, parted by blanks.
        kinds: String,
        /// Whether it is called.
        is_on: bool,
        /// When it was made.
        created_at_ms: i64,
    }
}

impl std::fmt::Debug for WebhookRow {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "WebhookRow({})", self.webhook_id)
    }
}

/// Keeps a subscription.
pub async fn save(tx: &mut WriteTx, webhook: &WebhookRow) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "INSERT INTO webhook (webhook_id, label, url, secret, kinds, is_on, created_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &webhook.webhook_id,
        &webhook.label,
        &webhook.url,
        &webhook.secret,
        &webhook.kinds,
        webhook.is_on,
        webhook.created_at_ms
    )?;
    Ok(())
}

/// Subscriptions that were not withdrawn, oldest first, at most `limit`.
pub async fn list(tx: &mut Tx, limit: i64) -> Result<Vec<WebhookRow>, StoreError> {
    rows!(
        tx,
        WebhookRow,
        "SELECT webhook_id, label, url, secret, kinds, is_on, created_at_ms
           FROM webhook WHERE withdrawn_at_ms IS NULL
          ORDER BY created_at_ms, webhook_id LIMIT $1",
        limit
    )
}

/// A subscription that was not withdrawn.
pub async fn find(tx: &mut Tx, webhook_id: &str) -> Result<Option<WebhookRow>, StoreError> {
    row!(
        tx,
        WebhookRow,
        "SELECT webhook_id, label, url, secret, kinds, is_on, created_at_ms
           FROM webhook WHERE webhook_id = $1 AND withdrawn_at_ms IS NULL",
        webhook_id
    )
}

/// Turns a subscription on or off; gives false where there is none.
pub async fn turn(tx: &mut WriteTx, webhook_id: &str, is_on: bool) -> Result<bool, StoreError> {
    let changed = run!(
        &mut tx.tx,
        "UPDATE webhook SET is_on = $2 WHERE webhook_id = $1 AND withdrawn_at_ms IS NULL",
        webhook_id,
        is_on
    )?;
    Ok(changed == 1)
}

/// Ends a subscription and forgets its secret; gives false where there is none.
pub async fn withdraw(tx: &mut WriteTx, webhook_id: &str) -> Result<bool, StoreError> {
    let now_ms = tx.now_ms;
    let changed = run!(
        &mut tx.tx,
        "UPDATE webhook SET withdrawn_at_ms = $2, secret = '' WHERE webhook_id = $1 AND withdrawn_at_ms IS NULL",
        webhook_id,
        now_ms
    )?;
    Ok(changed == 1)
}
