//! A request that is sent twice under one key is done once (幂等), on whichever node.

use xiaoxiang_store::idempotency as store;

pub use xiaoxiang_store::idempotency::KeptAnswer;

use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// How long answers are kept.
pub const KEPT_MS: i64 = 24 * 60 * 60 * 1000;
/// How long a request may be under way; after that it ended without an answer, as when the machine lost power.
const UNDER_WAY_MS_MAX: i64 = 5 * 60 * 1000;

/// How a key stands.
#[derive(Clone, Debug)]
pub enum KeyStanding {
    /// It is taken by this request now.
    Taken,
    /// The request was answered before.
    Answered(KeptAnswer),
}

/// Takes a key for a request, or says what became of the request that took it first.
pub async fn take_key(
    app: &App,
    actor: &Actor,
    key: &str,
    request_hash: &[u8],
) -> Result<KeyStanding, Refusal> {
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    store::discard_before(&mut tx, now_ms - KEPT_MS).await?;
    if store::take(&mut tx, actor.log_name(), key, request_hash, now_ms).await? {
        tx.keep_unlogged().await?;
        return Ok(KeyStanding::Taken);
    }
    let found = store::find(&mut tx, actor.log_name(), key).await?;
    let row = found.ok_or_else(key_overtaken)?;
    if row.request_hash != request_hash {
        return Err(Refusal::invalid(
            "idempotency.other_request",
            "此 Idempotency-Key 已用于另一个请求。请为新的请求换一个键。",
            "this Idempotency-Key was used for another request; take a new key for a new request",
        ));
    }
    match (row.status, row.headers, row.body) {
        (Some(status), Some(headers), Some(body)) => {
            Ok(KeyStanding::Answered(KeptAnswer { status, headers, body }))
        }
        _ if now_ms - row.began_at_ms > UNDER_WAY_MS_MAX => Err(Refusal::invalid(
            "idempotency.unknown",
            "第一次请求没有得到应答就中断了。请先核对数据是否已写入，再换一个键提交。",
            "the first request ended without an answer; look whether it took effect, then take a new key",
        )),
        _ => Err(key_overtaken()),
    }
}

/// The request that took the key is not answered yet.
fn key_overtaken() -> Refusal {
    Refusal::overtaken("此 Idempotency-Key ", "this Idempotency-Key")
}

/// Keeps the answer under the key.
pub async fn keep_answer(app: &App, actor: &Actor, key: &str, answer: &KeptAnswer) -> Result<(), Refusal> {
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    store::keep_answer(&mut tx, actor.log_name(), key, answer).await?;
    tx.keep_unlogged().await?;
    Ok(())
}

/// Gives the key back after a request that was refused and changed nothing.
pub async fn give_key_back(app: &App, actor: &Actor, key: &str) -> Result<(), Refusal> {
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    store::give_back(&mut tx, actor.log_name(), key).await?;
    tx.keep_unlogged().await?;
    Ok(())
}
