//! Sign-in through a provider (统一身份认证登录): begun here, proven there, ended here in a session.
//!
//! The browser carries one token in a cookie; the database keeps its hash, so that any node can go on with what another
//! began. All other secrets of the exchange are derived from the token and are kept nowhere.

use std::net::IpAddr;

use xiaoxiang_store::person as people;
use xiaoxiang_store::provider::{self as store, PendingRow, UnlinkedRow};

use super::provider_account::{ProviderAccount, UNLINKED_KEPT_MAX, UNLINKED_KEPT_MS};
use super::session::{OpenedSession, open_session};
use super::sign_in::{count_address_try, forgive_address_try};
use super::token_text::SecretToken;
use crate::app::App;
use crate::refusal::Refusal;

/// How long a sign-in may stay at the provider.
pub const PROVIDER_SIGN_IN_MS_MAX: i64 = 10 * 60 * 1000;
/// Code of the refusal of an account that belongs to nobody here.
pub const PROVIDER_UNLINKED: &str = "sign_in.provider_unlinked";
/// Most characters that are kept of a name at the provider.
const NAME_CHARACTERS_MAX: usize = 100;

/// A sign-in as it leaves for the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingSignIn {
    /// Tag of the language in which it began.
    pub language: String,
    /// Where it wanted to go; may be empty.
    pub return_to: String,
}

/// What proves that an answer of the provider belongs to a sign-in that we began (OpenID Connect Core 1.0, RFC 7636).
#[derive(Clone, PartialEq, Eq)]
pub struct ExchangeSecrets {
    /// Comes back in the address, so that nobody is led into another's sign-in.
    pub state: String,
    /// Comes back in the ID token, so that no token of another sign-in is taken.
    pub nonce: String,
    /// Shown with the code, so that a stolen code is worth nothing.
    pub verifier: String,
}

impl ExchangeSecrets {
    /// The secrets of a sign-in.
    #[must_use]
    pub fn of(token: &SecretToken) -> Self {
        Self {
            state: token.derived("state"),
            nonce: token.derived("nonce"),
            verifier: token.derived("verifier"),
        }
    }
}

impl std::fmt::Debug for ExchangeSecrets {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("ExchangeSecrets")
    }
}

/// Begins a sign-in; the token goes into the browser's cookie. Counts as a try of the address until it ends well.
pub async fn begin_provider_sign_in(
    app: &App,
    address: Option<IpAddr>,
    pending: &PendingSignIn,
) -> Result<SecretToken, Refusal> {
    count_address_try(app, address).await?;
    let token = SecretToken::new(app)?;
    let now_ms = app.clock.now_ms();
    let row = PendingRow {
        language: pending.language.clone(),
        return_to: pending.return_to.clone(),
        expires_at_ms: now_ms + PROVIDER_SIGN_IN_MS_MAX,
    };
    let mut tx = app.db.begin(now_ms).await?;
    store::discard_pending(&mut tx, now_ms).await?;
    store::discard_unlinked(&mut tx, now_ms - UNLINKED_KEPT_MS, UNLINKED_KEPT_MAX).await?;
    store::save_pending(&mut tx, &token.hash(), &row).await?;
    tx.keep_unlogged().await?;
    Ok(token)
}

/// Takes up a sign-in that came back from the provider, once.
///
/// An answer with another state is not looked at and leaves the sign-in as it is: whoever sends somebody a forged answer
/// spoils nothing.
pub async fn resume_provider_sign_in(
    app: &App,
    token: Option<&SecretToken>,
    state: &str,
) -> Result<(PendingSignIn, ExchangeSecrets), Refusal> {
    let now_ms = app.clock.now_ms();
    let token = token.ok_or_else(not_ours_any_more)?;
    let secrets = ExchangeSecrets::of(token);
    if secrets.state != state {
        return Err(not_ours_any_more());
    }
    let mut tx = app.db.begin(now_ms).await?;
    let row = store::take_pending(&mut tx, &token.hash()).await?;
    tx.keep_unlogged().await?;
    let row = row.filter(|row| row.expires_at_ms > now_ms).ok_or_else(not_ours_any_more)?;
    Ok((PendingSignIn { language: row.language, return_to: row.return_to }, secrets))
}

/// Opens a session for the owner of an account that the provider vouched for.
///
/// An account that belongs to nobody here is noted for the administrator. `name` is what the provider calls its owner.
pub async fn sign_in_by_provider(
    app: &App,
    account: &ProviderAccount,
    name: &str,
    address: Option<IpAddr>,
) -> Result<OpenedSession, Refusal> {
    let provider_subject = account.stored()?;
    let mut tx = app.db.read().await?;
    let found = people::find_by_provider_subject(&mut tx, &provider_subject).await?;
    drop(tx);
    let Some(person) = found else {
        let name = name.trim().chars().take(NAME_CHARACTERS_MAX).collect();
        note_unlinked(app, UnlinkedRow { provider_subject, name, seen_at_ms: app.clock.now_ms() }).await?;
        return Err(Refusal::invalid(
            PROVIDER_UNLINKED,
            "您在本平台还没有关联的账户。请把下面的标识告诉本单位的系统管理员，由其关联到您的账户后再登录。",
            "no account here is linked to yours; tell your administrator what stands below, to link it to your account",
        ));
    };
    if person.is_disabled {
        return Err(Refusal::invalid(
            "sign_in.provider_disabled",
            "您在本平台的账户已停用。请联系本单位的系统管理员。",
            "your account here is disabled; ask your administrator",
        ));
    }
    forgive_address_try(app, address).await?;
    open_session(app, &person.person_id).await
}

async fn note_unlinked(app: &App, account: UnlinkedRow) -> Result<(), Refusal> {
    let mut tx = app.db.begin(account.seen_at_ms).await?;
    store::note_unlinked(&mut tx, &account).await?;
    tx.keep_unlogged().await?;
    Ok(())
}

fn not_ours_any_more() -> Refusal {
    Refusal::invalid(
        "sign_in.provider_over",
        "这次登录已过期、已用过，或不是在此浏览器中开始的。请重新登录。",
        "this sign-in is over, was used, or was not begun in this browser; sign in again",
    )
}
