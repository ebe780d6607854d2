//! Accounts at the provider (统一身份认证账户): whom they belong to, which the administrator decides.

use serde_json::{Value, json};
use xiaoxiang_domain::access::Action;
use xiaoxiang_store::person::PersonRow;
use xiaoxiang_store::{StoreError, provider as store, session};

use super::change_person::{find, write};
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// How long an account is remembered that belongs to nobody here.
pub(super) const UNLINKED_KEPT_MS: i64 = 30 * 24 * 60 * 60 * 1000;
/// How many of them are remembered.
pub(super) const UNLINKED_KEPT_MAX: i64 = 100;
/// Most bytes of a subject (OpenID Connect Core 1.0, section 2).
pub const SUBJECT_BYTES_MAX: usize = 255;

/// An account at a provider. Subjects are the provider's own: only with its issuer does one name somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderAccount {
    /// Address by which the provider names itself; has no blanks.
    pub issuer: String,
    /// What it names the account by, never another one.
    pub subject: String,
}

impl ProviderAccount {
    /// As the database keeps it.
    pub(super) fn stored(&self) -> Result<String, Refusal> {
        let subject = self.subject.trim();
        let is_plain = !subject.is_empty() && subject.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        if !is_plain || subject.len() > SUBJECT_BYTES_MAX {
            return Err(Refusal::invalid(
                "person.provider_subject",
                format!(
                    "账户标识由英文字母、数字和符号组成，最多 {SUBJECT_BYTES_MAX} 个字符。请照登录失败页上的原样填写。"
                ),
                format!(
                    "a subject has plain letters, digits and signs, {SUBJECT_BYTES_MAX} at the most; copy it as it is"
                ),
            ));
        }
        Ok(format!("{} {subject}", self.issuer))
    }

    /// From what the database keeps.
    pub(super) fn read(stored: &str) -> Result<Self, StoreError> {
        let (issuer, subject) =
            stored.split_once(' ').ok_or_else(|| StoreError::Damaged("provider subject".to_owned()))?;
        Ok(Self { issuer: issuer.to_owned(), subject: subject.to_owned() })
    }
}

/// An account that the provider vouched for and that belongs to nobody here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnlinkedAccount {
    /// Which.
    pub account: ProviderAccount,
    /// What the provider calls its owner; may be empty.
    pub name: String,
    /// When it last tried to sign in.
    pub seen_at_ms: i64,
}

/// The accounts that tried to sign in lately and belong to nobody here, newest first.
pub async fn list_unlinked_accounts(app: &App, actor: &Actor) -> Result<Vec<UnlinkedAccount>, Refusal> {
    actor.permit(Action::ManagePeople)?;
    let mut tx = app.db.read().await?;
    let since_ms = app.clock.now_ms() - UNLINKED_KEPT_MS;
    let rows = store::list_unlinked(&mut tx, since_ms, UNLINKED_KEPT_MAX).await?;
    rows.into_iter()
        .map(|row| {
            Ok(UnlinkedAccount {
                account: ProviderAccount::read(&row.provider_subject)?,
                name: row.name,
                seen_at_ms: row.seen_at_ms,
            })
        })
        .collect()
}

/// Lets the owner of an account at the provider sign in as a person. A one-time password that was never changed ends.
pub async fn link_provider_account(
    app: &App,
    actor: &Actor,
    person_id: &str,
    account: &ProviderAccount,
) -> Result<(), Refusal> {
    actor.permit(Action::ManagePeople)?;
    let provider_subject = account.stored()?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let before = find(&mut tx, person_id).await?;
    if before.provider_subject.as_ref() == Some(&provider_subject) {
        return Ok(());
    }
    if before.provider_subject.is_some() {
        // Whoever owned the former account shall not stay in.
        session::end_all(&mut tx, person_id).await?;
    }
    store::forget_unlinked(&mut tx, &provider_subject).await?;
    let mut after = PersonRow { provider_subject: Some(provider_subject), ..before };
    if after.must_change_password {
        after.password_hash = None;
        after.must_change_password = false;
    }
    match write(tx, actor, &after, "person.provider_linked", told(&account.issuer)).await {
        Err(Refusal::Store(StoreError::Conflict(_))) => Err(taken()),
        other => other,
    }
}

/// Takes the account at the provider away from a person; open sessions end.
pub async fn unlink_provider_account(app: &App, actor: &Actor, person_id: &str) -> Result<(), Refusal> {
    actor.permit(Action::ManagePeople)?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let before = find(&mut tx, person_id).await?;
    let Some(stored) = &before.provider_subject else { return Ok(()) };
    let account = ProviderAccount::read(stored)?;
    session::end_all(&mut tx, person_id).await?;
    let after = PersonRow { provider_subject: None, ..before };
    write(tx, actor, &after, "person.provider_unlinked", told(&account.issuer)).await
}

/// The log names the provider; the subject is a personal datum.
fn told(issuer: &str) -> Value {
    json!({ "issuer": issuer })
}

fn taken() -> Refusal {
    Refusal::invalid(
        "person.provider_taken",
        "该账户已关联另一人员。请先在那位人员的页面上取消关联。",
        "this account is linked to somebody else; unlink it on their page first",
    )
}
