//! Sessions (会话): opened by a sign-in, looked up with every request, so that what is taken away is gone at once.

use xiaoxiang_domain::access::{Grant, Role, Scope};
use xiaoxiang_store::person::{self as people, GrantRow};
use xiaoxiang_store::session::{self as store, SessionRow};
use xiaoxiang_store::{StoreError, Tx};

use super::token_text::SecretToken;
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// How long a session lasts at the most.
pub const SESSION_MS_MAX: i64 = 12 * 60 * 60 * 1000;
/// How long it lasts unused.
pub const SESSION_IDLE_MS_MAX: i64 = 2 * 60 * 60 * 1000;
/// How long sessions last, as the operator decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLimits {
    /// At the most.
    pub absolute_ms: i64,
    /// Unused.
    pub idle_ms: i64,
}

impl Default for SessionLimits {
    fn default() -> Self {
        Self { absolute_ms: SESSION_MS_MAX, idle_ms: SESSION_IDLE_MS_MAX }
    }
}

/// How exactly the last use is kept; each note is a write.
const SEEN_STEP_MS: i64 = 60 * 1000;

/// A grant that a person holds today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Id.
    pub grant_id: String,
    /// Role, scope and days.
    pub grant: Grant,
}

/// Somebody who has signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// Id of the session.
    pub session_id: String,
    /// Id of the person.
    pub person_id: String,
    /// 姓名
    pub name: String,
    /// What they sign in with.
    pub sign_in_name: String,
    /// Whether they must choose a new password before anything else.
    pub must_change_password: bool,
    /// All they may act as today.
    pub held: Vec<Held>,
    /// What they act as; none where nothing is granted to them today.
    pub acting: Option<Held>,
}

impl SignedIn {
    /// Who acts.
    #[must_use]
    pub fn actor(&self) -> Actor {
        let (role, scope) = self
            .acting
            .as_ref()
            .map_or((Role::Public, Scope::Region), |held| (held.grant.role, held.grant.scope));
        Actor::person(&self.person_id, role, scope)
    }
}

/// A session just opened.
#[derive(Clone, Debug)]
pub struct OpenedSession {
    /// The token for the browser's cookie.
    pub token: SecretToken,
    /// When it ends at the latest.
    pub expires_at_ms: i64,
}

/// Opens a session for a person whose identity was checked, always under a new token.
pub async fn open_session(app: &App, person_id: &str) -> Result<OpenedSession, Refusal> {
    let token = SecretToken::new(app)?;
    let now_ms = app.clock.now_ms();
    let expires_at_ms = now_ms + app.sessions.absolute_ms;
    let session = SessionRow {
        session_id: app.new_id()?,
        person_id: person_id.to_owned(),
        grant_id: None,
        created_at_ms: now_ms,
        seen_at_ms: now_ms,
        expires_at_ms,
        name: String::new(),
        sign_in_name: String::new(),
        must_change_password: false,
    };
    let mut tx = app.db.begin(now_ms).await?;
    store::discard_ended(&mut tx, now_ms, now_ms - app.sessions.idle_ms).await?;
    store::save(&mut tx, &token.hash(), &session).await?;
    tx.keep_unlogged().await?;
    Ok(OpenedSession { token, expires_at_ms })
}

/// Who holds a token, with what is granted to them at this moment.
pub async fn find_session(app: &App, token: &SecretToken) -> Result<Option<SignedIn>, Refusal> {
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.read().await?;
    let found = store::find(&mut tx, &token.hash(), now_ms, now_ms - app.sessions.idle_ms).await?;
    let Some(session) = found else { return Ok(None) };
    let held = held_today(app, &mut tx, &session.person_id).await?;
    drop(tx);
    if now_ms - session.seen_at_ms > SEEN_STEP_MS {
        let mut tx = app.db.begin(now_ms).await?;
        store::touch(&mut tx, &session.session_id, now_ms).await?;
        tx.keep_unlogged().await?;
    }
    let chosen = held.iter().find(|held| Some(&held.grant_id) == session.grant_id.as_ref());
    let acting = chosen.or_else(|| held.first()).cloned();
    Ok(Some(SignedIn {
        session_id: session.session_id,
        person_id: session.person_id,
        name: session.name,
        sign_in_name: session.sign_in_name,
        must_change_password: session.must_change_password,
        held,
        acting,
    }))
}

/// Acts from now on in another of the roles held.
pub async fn choose_role(app: &App, signed_in: &SignedIn, grant_id: &str) -> Result<(), Refusal> {
    if !signed_in.held.iter().any(|held| held.grant_id == grant_id) {
        return Err(Refusal::NotFound(grant_id.to_owned()));
    }
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    store::choose_grant(&mut tx, &signed_in.session_id, grant_id).await?;
    tx.keep_unlogged().await?;
    Ok(())
}

/// Ends a session of this person, which may be the present one.
pub async fn close_session(app: &App, signed_in: &SignedIn, session_id: &str) -> Result<(), Refusal> {
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    if !store::end(&mut tx, &signed_in.person_id, session_id).await? {
        return Err(Refusal::NotFound(session_id.to_owned()));
    }
    tx.keep_unlogged().await?;
    Ok(())
}

/// What is granted to a person on today's date in the region's time zone.
pub(super) async fn held_today(app: &App, tx: &mut Tx, person_id: &str) -> Result<Vec<Held>, Refusal> {
    let today = app.today_in(tx).await?;
    let mut held = Vec::new();
    for row in people::list_grants(tx, person_id).await? {
        let grant = read_grant(&row)?;
        if row.withdrawn_at_ms.is_none() && grant.holds_on(today) {
            held.push(Held { grant_id: row.grant_id, grant });
        }
    }
    // Whoever has not chosen acts in the first of their roles, in the order of the list of roles.
    held.sort_by_key(|held: &Held| held.grant.role);
    Ok(held)
}

/// Whether a person who is not disabled holds a role today.
pub(crate) async fn holds_today(
    app: &App,
    tx: &mut Tx,
    person_id: &str,
    role: Role,
) -> Result<bool, Refusal> {
    let is_there = people::find(tx, person_id).await?.is_some_and(|person| !person.is_disabled);
    let held = held_today(app, tx, person_id).await?;
    Ok(is_there && held.iter().any(|held| held.grant.role == role))
}

/// A stored grant.
pub(crate) fn read_grant(row: &GrantRow) -> Result<Grant, StoreError> {
    let damaged = || StoreError::Damaged(format!("grant {}", row.grant_id));
    Ok(Grant {
        role: Role::from_code(&row.role).ok_or_else(damaged)?,
        scope: row.scope.parse().map_err(|_| damaged())?,
        valid_from: row.valid_from.parse().map_err(|_| damaged())?,
        valid_to: row.valid_to.as_deref().map(str::parse).transpose().map_err(|_| damaged())?,
    })
}
