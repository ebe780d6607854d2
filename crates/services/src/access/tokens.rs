//! Tokens of programs (接口令牌): some of the actions of one role, for some days.

use serde_json::json;
use xiaoxiang_domain::access::Action;
use xiaoxiang_store::token::{self as store, TokenRow};
use xiaoxiang_store::{NewEntry, StoreError};

use super::people::checked;
use super::session::{SignedIn, held_today};
use super::token_text::SecretToken;
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Days that a token lasts at the most.
pub const TOKEN_DAYS_MAX: i64 = 366;
/// Open tokens of one person at the most.
pub const TOKENS_OPEN_MAX: usize = 20;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// How exactly the last use is kept; each note is a write.
const USED_STEP_MS: i64 = 60 * 1000;

/// A token to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToken {
    /// What it is for, in its owner's words.
    pub label: String,
    /// What it allows: some of what the role may do that is acted in.
    pub actions: Vec<Action>,
    /// Days until it ends.
    pub days: i64,
}

/// A token just made; its text is never seen again.
#[derive(Clone, Debug)]
pub struct CreatedToken {
    /// Id.
    pub token_id: String,
    /// The token for the program.
    pub token: SecretToken,
    /// When it ends.
    pub expires_at_ms: i64,
}

/// A token as its owner's list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenSummary {
    /// Id.
    pub token_id: String,
    /// Grant that it acts in.
    pub grant_id: String,
    /// What it is for.
    pub label: String,
    /// What it allows.
    pub actions: Vec<Action>,
    /// When it was made.
    pub created_at_ms: i64,
    /// When it ends.
    pub expires_at_ms: i64,
    /// When it was last used, to the minute.
    pub used_at_ms: Option<i64>,
}

/// Makes a token in the role acted in.
pub async fn create_token(app: &App, signed_in: &SignedIn, new: &NewToken) -> Result<CreatedToken, Refusal> {
    let actor = signed_in.actor();
    actor.permit(Action::Work)?;
    let held = signed_in.acting.as_ref().ok_or(Refusal::Forbidden(Action::Work))?;
    let label = checked("token.label", "用途", "purpose", &new.label)?;
    if new.actions.is_empty() || new.actions.iter().any(|action| !actor.may(*action)) {
        return Err(Refusal::invalid(
            "token.actions",
            "请至少选择一项操作，且只能选择当前角色可以做的操作。",
            "choose at least one action, and only such as your present role may do",
        ));
    }
    if !(1..=TOKEN_DAYS_MAX).contains(&new.days) {
        return Err(Refusal::invalid(
            "token.days",
            format!("有效天数应在 1 至 {TOKEN_DAYS_MAX} 之间。"),
            format!("a token lasts 1 to {TOKEN_DAYS_MAX} days"),
        ));
    }
    let mut actions = new.actions.clone();
    actions.sort_by_key(|action| Action::ALL.iter().position(|known| known == action));
    actions.dedup();
    let codes: Vec<&str> = actions.iter().map(|action| action.code()).collect();
    let token = SecretToken::new(app)?;
    let now_ms = app.clock.now_ms();
    let row = TokenRow {
        token_id: app.new_id()?,
        grant_id: held.grant_id.clone(),
        person_id: signed_in.person_id.clone(),
        label,
        actions: codes.join(" "),
        created_at_ms: now_ms,
        expires_at_ms: now_ms + new.days * DAY_MS,
        used_at_ms: None,
        withdrawn_at_ms: None,
    };
    let mut tx = app.db.begin(now_ms).await?;
    let open = store::list(&mut tx, &signed_in.person_id).await?;
    if open.iter().filter(|token| token.expires_at_ms > now_ms).count() >= TOKENS_OPEN_MAX {
        return Err(Refusal::invalid(
            "token.too_many",
            format!("最多同时有 {TOKENS_OPEN_MAX} 个令牌。请先撤销不用的。"),
            format!("{TOKENS_OPEN_MAX} tokens at the most; withdraw one that is not used"),
        ));
    }
    store::save(&mut tx, &token.hash(), &row).await?;
    let entry = NewEntry {
        kind: "person.token_created",
        subject: format!("person:{}", signed_in.person_id),
        payload: json!({
            "token": row.token_id, "grant": row.grant_id, "actions": codes, "expires_at_ms": row.expires_at_ms,
        }),
    };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(CreatedToken { token_id: row.token_id, token, expires_at_ms: row.expires_at_ms })
}

/// One's own tokens that were not withdrawn, newest first; those that are over are among them.
pub async fn list_tokens(app: &App, signed_in: &SignedIn) -> Result<Vec<TokenSummary>, Refusal> {
    let mut tx = app.db.read().await?;
    let rows = store::list(&mut tx, &signed_in.person_id).await?;
    rows.into_iter()
        .map(|row| {
            Ok(TokenSummary {
                actions: read_actions(&row)?,
                token_id: row.token_id,
                grant_id: row.grant_id,
                label: row.label,
                created_at_ms: row.created_at_ms,
                expires_at_ms: row.expires_at_ms,
                used_at_ms: row.used_at_ms,
            })
        })
        .collect()
}

/// Withdraws one of one's own tokens; it opens nothing from the next request on.
pub async fn withdraw_token(app: &App, signed_in: &SignedIn, token_id: &str) -> Result<(), Refusal> {
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    let own = store::list(&mut tx, &signed_in.person_id).await?;
    if !own.iter().any(|token| token.token_id == token_id)
        || !store::withdraw(&mut tx, token_id, now_ms).await?
    {
        return Err(Refusal::NotFound(token_id.to_owned()));
    }
    let entry = NewEntry {
        kind: "person.token_withdrawn",
        subject: format!("person:{}", signed_in.person_id),
        payload: json!({ "token": token_id }),
    };
    tx.commit(signed_in.actor().log_name(), [entry], []).await?;
    Ok(())
}

/// Who acts through a token, within what it allows; nobody where it is unknown, over or withdrawn, its person disabled,
/// or its grant not held today.
pub async fn find_token(app: &App, token: &SecretToken) -> Result<Option<Actor>, Refusal> {
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.read().await?;
    let Some(row) = store::find(&mut tx, &token.hash(), now_ms).await? else { return Ok(None) };
    let held = held_today(app, &mut tx, &row.person_id).await?;
    drop(tx);
    let Some(held) = held.into_iter().find(|held| held.grant_id == row.grant_id) else { return Ok(None) };
    if row.used_at_ms.is_none_or(|used| now_ms - used > USED_STEP_MS) {
        let mut tx = app.db.begin(now_ms).await?;
        store::touch(&mut tx, &row.token_id, now_ms).await?;
        tx.keep_unlogged().await?;
    }
    let actor = Actor::person(&row.person_id, held.grant.role, held.grant.scope);
    Ok(Some(actor.limited_to(read_actions(&row)?)))
}

fn read_actions(row: &TokenRow) -> Result<Vec<Action>, StoreError> {
    row.actions
        .split(' ')
        .map(|code| {
            Action::from_code(code).ok_or_else(|| StoreError::Damaged(format!("token {}", row.token_id)))
        })
        .collect()
}
