//! One's own account (我的账户): the password and the open sessions.

use serde_json::json;
use xiaoxiang_domain::access::{
    PASSWORD_CHARACTERS_MAX, PASSWORD_CHARACTERS_MIN, PasswordProblem, check_password,
};
use xiaoxiang_store::NewEntry;
use xiaoxiang_store::person as people;
use xiaoxiang_store::session as sessions;

use super::hashing::{hash_password, is_password};
use super::session::SignedIn;
use super::sign_in::{count_password_try, forgive_password_try};
use crate::app::App;
use crate::refusal::Refusal;

/// An open session as its owner's list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionSummary {
    /// Id.
    pub session_id: String,
    /// When they signed in.
    pub created_at_ms: i64,
    /// When they were last here, to the minute.
    pub seen_at_ms: i64,
    /// Whether it is the one that asks.
    pub is_this: bool,
}

/// One's own open sessions, newest first.
pub async fn list_sessions(app: &App, signed_in: &SignedIn) -> Result<Vec<SessionSummary>, Refusal> {
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.read().await?;
    let rows = sessions::list(&mut tx, &signed_in.person_id).await?;
    let open = rows
        .into_iter()
        .filter(|row| row.expires_at_ms > now_ms && row.seen_at_ms > now_ms - app.sessions.idle_ms);
    Ok(open
        .map(|row| SessionSummary {
            is_this: row.session_id == signed_in.session_id,
            session_id: row.session_id,
            created_at_ms: row.created_at_ms,
            seen_at_ms: row.seen_at_ms,
        })
        .collect())
}

/// Changes one's own password; all other sessions of the person end.
pub async fn change_password(
    app: &App,
    signed_in: &SignedIn,
    present: &str,
    chosen: &str,
) -> Result<(), Refusal> {
    check_password(chosen, &signed_in.sign_in_name).map_err(unfit)?;
    // Whoever took over an open session shall not find out the password by trying.
    count_password_try(app, &signed_in.person_id).await?;
    let mut tx = app.db.read().await?;
    let found = people::find(&mut tx, &signed_in.person_id).await?;
    drop(tx);
    let mut row = found.ok_or_else(|| Refusal::NotFound(signed_in.person_id.clone()))?;
    if !is_password(app, present, row.password_hash.as_deref()).await? {
        return Err(Refusal::invalid(
            "password.present",
            "当前口令不正确。请重新输入。",
            "the present password is wrong; type it again",
        ));
    }
    forgive_password_try(app, &signed_in.person_id).await?;
    if present == chosen {
        return Err(Refusal::invalid(
            "password.same",
            "新口令不能与当前口令相同。",
            "the new password must differ from the present one",
        ));
    }
    row.password_hash = Some(hash_password(app, chosen).await?);
    row.must_change_password = false;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    if !people::update(&mut tx, &row).await? {
        return Err(Refusal::stale("您的账户", "your account"));
    }
    sessions::end_others(&mut tx, &signed_in.person_id, &signed_in.session_id).await?;
    let entry = NewEntry {
        kind: "person.password_changed",
        subject: format!("person:{}", signed_in.person_id),
        payload: json!({}),
    };
    tx.commit(signed_in.actor().log_name(), [entry], []).await?;
    Ok(())
}

/// What a refused password says.
pub(crate) fn unfit(problem: PasswordProblem) -> Refusal {
    match problem {
        PasswordProblem::TooShort => Refusal::invalid(
            "password.too_short",
            format!("新口令至少 {PASSWORD_CHARACTERS_MIN} 个字符。可以用几个不相关的词组成一句话。"),
            format!("at least {PASSWORD_CHARACTERS_MIN} characters; a few unrelated words will do"),
        ),
        PasswordProblem::TooLong => Refusal::invalid(
            "password.too_long",
            format!("新口令最多 {PASSWORD_CHARACTERS_MAX} 个字符。"),
            format!("{PASSWORD_CHARACTERS_MAX} characters at the most"),
        ),
        PasswordProblem::HasName => Refusal::invalid(
            "password.has_name",
            "新口令不能包含登录名。",
            "the password must not contain the sign-in name",
        ),
        PasswordProblem::Guessable => Refusal::invalid(
            "password.guessable",
            "新口令太容易猜到。请不要用常见词、连续的数字或重复的字符。",
            "this password is easy to guess; no worn words, runs of digits or repeated characters",
        ),
    }
}
