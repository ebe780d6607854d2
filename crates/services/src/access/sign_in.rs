//! Sign-in (登录) with name and password.

use std::net::IpAddr;

use sha2::{Digest as _, Sha256};
use xiaoxiang_domain::access::{PASSWORD_CHARACTERS_MAX, ThrottleRule, Tries};
use xiaoxiang_store::WriteTx;
use xiaoxiang_store::person as people;
use xiaoxiang_store::sign_in::{self as store, TriesRow};

use super::hashing::is_password;
use super::people::SIGN_IN_NAME_CHARACTERS_MAX;
use super::session::{OpenedSession, open_session};
use super::token_text::SecretToken;
use crate::app::App;
use crate::refusal::Refusal;

/// Bytes of an IPv6 address that one household or office shares.
const IPV6_PREFIX_BYTES: usize = 8;

/// How long a browser stays known in which somebody signed in.
pub const BROWSER_KNOWN_MS: i64 = 180 * 24 * 60 * 60 * 1000;

/// One try to sign in.
#[derive(Clone, Copy)]
pub struct SignInTry<'a> {
    /// Name as typed.
    pub name: &'a str,
    /// Password as typed.
    pub password: &'a str,
    /// Where the request came from, where that is known.
    pub address: Option<IpAddr>,
    /// The token that a browser was given with an earlier sign-in.
    pub browser: Option<&'a SecretToken>,
}

/// What a good sign-in gives.
#[derive(Clone, Debug)]
pub struct SignInDone {
    /// The session.
    pub session: OpenedSession,
    /// The token by which the browser is known from now on.
    pub browser: SecretToken,
}

/// What is counted, and by which rule.
struct Subject {
    hash: [u8; 32],
    rule: ThrottleRule,
}

/// Checks name and password and opens a session.
///
/// An unknown name, a wrong password, a disabled person and one without a password get the same answer in the same
/// time. Tries are counted in the database, so that several nodes count together. Tries from a browser in which the
/// person has signed in before count by themselves: whoever guesses from elsewhere makes other strangers wait, and not
/// the person.
pub async fn sign_in(app: &App, attempt: SignInTry<'_>) -> Result<SignInDone, Refusal> {
    let name = attempt.name.trim().to_lowercase();
    let could_be = name.chars().count() <= SIGN_IN_NAME_CHARACTERS_MAX
        && attempt.password.chars().count() <= PASSWORD_CHARACTERS_MAX;
    let mut tx = app.db.read().await?;
    let known = if could_be { people::find_by_name(&mut tx, &name).await? } else { None };
    let browser = match (&known, attempt.browser) {
        (Some(person), Some(browser)) => {
            let since_ms = app.clock.now_ms() - BROWSER_KNOWN_MS;
            let is_known =
                store::knows_browser(&mut tx, &browser.hash(), &person.person_id, since_ms).await?;
            is_known.then_some(browser)
        }
        _ => None,
    };
    drop(tx);
    let subjects = match browser {
        Some(browser) => {
            vec![Subject { hash: subject_hash("browser", &browser.hash()), rule: ThrottleRule::NAME }]
        }
        None => subjects(&name, attempt.address),
    };
    count_try(app, &subjects).await?;

    let known = known.filter(|person| !person.is_disabled);
    let hash = known.as_ref().and_then(|person| person.password_hash.as_deref());
    let matches = is_password(app, if could_be { attempt.password } else { "" }, hash).await?;
    let Some(person) = known.filter(|_| matches) else { return Err(wrong()) };

    forgive(app, &subjects).await?;
    let browser = match attempt.browser {
        Some(browser) => browser.clone(),
        None => SecretToken::new(app)?,
    };
    note_browser(app, &browser, &person.person_id).await?;
    Ok(SignInDone { session: open_session(app, &person.person_id).await?, browser })
}

async fn note_browser(app: &App, browser: &SecretToken, person_id: &str) -> Result<(), Refusal> {
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    store::discard_browsers(&mut tx, now_ms - BROWSER_KNOWN_MS).await?;
    store::note_browser(&mut tx, &browser.hash(), person_id, now_ms).await?;
    tx.keep_unlogged().await?;
    Ok(())
}

/// Counts a try at one's own password within a session.
pub(super) async fn count_password_try(app: &App, person_id: &str) -> Result<(), Refusal> {
    count_try(app, &[own_password(person_id)]).await
}

/// The try was a good one.
pub(super) async fn forgive_password_try(app: &App, person_id: &str) -> Result<(), Refusal> {
    forgive(app, &[own_password(person_id)]).await
}

/// Forgets the tries at a name and at the password within a session, as when the password was reset.
pub(super) async fn forget_tries(tx: &mut WriteTx, name: &str, person_id: &str) -> Result<(), Refusal> {
    store::forget(tx, &subject_hash("name", name.as_bytes())).await?;
    store::forget(tx, &own_password(person_id).hash).await?;
    Ok(())
}

/// Counts a try that names nobody yet, by its address alone.
pub(super) async fn count_address_try(app: &App, address: Option<IpAddr>) -> Result<(), Refusal> {
    match address {
        Some(address) => count_try(app, &[of_address(address)]).await,
        None => Ok(()),
    }
}

/// The try was a good one.
pub(super) async fn forgive_address_try(app: &App, address: Option<IpAddr>) -> Result<(), Refusal> {
    match address {
        Some(address) => forgive(app, &[of_address(address)]).await,
        None => Ok(()),
    }
}

fn own_password(person_id: &str) -> Subject {
    Subject { hash: subject_hash("password", person_id.as_bytes()), rule: ThrottleRule::NAME }
}

fn wrong() -> Refusal {
    Refusal::invalid(
        "sign_in.wrong",
        "登录名或口令不正确。请核对后再试；忘记口令请联系管理员重置。",
        "the name or the password is wrong; check both, or ask the administrator for a new password",
    )
}

/// What a try counts for: the name, whoever it belongs to, and the address. In the order of their hashes, in which they
/// are locked.
fn subjects(name: &str, address: Option<IpAddr>) -> Vec<Subject> {
    let of_name = Subject { hash: subject_hash("name", name.as_bytes()), rule: ThrottleRule::NAME };
    let mut subjects: Vec<Subject> = [Some(of_name), address.map(of_address)].into_iter().flatten().collect();
    subjects.sort_by_key(|subject| subject.hash);
    subjects
}

fn of_address(address: IpAddr) -> Subject {
    let hash = match address.to_canonical() {
        IpAddr::V4(address) => subject_hash("ipv4", &address.octets()),
        IpAddr::V6(address) => subject_hash("ipv6", &address.octets()[..IPV6_PREFIX_BYTES]),
    };
    Subject { hash, rule: ThrottleRule::ADDRESS }
}

fn subject_hash(kind: &str, subject: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(kind).chain_update([0]).chain_update(subject).finalize().into()
}

/// Counts a try against each subject, before its password is looked at; refuses it where one of them must wait.
async fn count_try(app: &App, subjects: &[Subject]) -> Result<(), Refusal> {
    let now_ms = app.clock.now_ms();
    // Whoever must wait is turned away by a read: a flood of tries takes no writer's place.
    let mut tx = app.db.read().await?;
    for subject in subjects {
        if let Some(row) = store::find(&mut tx, &subject.hash).await? {
            turn_away(tries_of(&row), now_ms)?;
        }
    }
    drop(tx);
    let mut tx = app.db.begin(now_ms).await?;
    let mut counted = Vec::with_capacity(subjects.len());
    for subject in subjects {
        let tries = tries_of(&store::lock(&mut tx, &subject.hash).await?);
        turn_away(tries, now_ms)?;
        counted.push((subject, subject.rule.counted(tries, now_ms)));
    }
    for (subject, tries) in counted {
        let row = TriesRow {
            failure_count: tries.count,
            began_at_ms: tries.began_at_ms,
            blocked_until_ms: tries.blocked_until_ms,
        };
        store::save(&mut tx, &subject.hash, &row).await?;
    }
    tx.keep_unlogged().await?;
    Ok(())
}

fn turn_away(tries: Tries, now_ms: i64) -> Result<(), Refusal> {
    // The header and the sentence speak in whole seconds; half a second early would be refused again.
    let wait = tries.wait_ms(now_ms).map(|wait_ms| (wait_ms + 999) / 1_000);
    wait.map_or(Ok(()), |retry_after_s| Err(Refusal::TooMany { retry_after_s }))
}

fn tries_of(row: &TriesRow) -> Tries {
    Tries { count: row.failure_count, began_at_ms: row.began_at_ms, blocked_until_ms: row.blocked_until_ms }
}

/// The try was a good one: the name begins anew, the address gets it back.
async fn forgive(app: &App, subjects: &[Subject]) -> Result<(), Refusal> {
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    for subject in subjects {
        if subject.rule == ThrottleRule::ADDRESS {
            store::take_back(&mut tx, &subject.hash).await?;
        } else {
            store::forget(&mut tx, &subject.hash).await?;
        }
    }
    store::discard_old(&mut tx, now_ms - ThrottleRule::NAME.window_ms, now_ms).await?;
    tx.keep_unlogged().await?;
    Ok(())
}
