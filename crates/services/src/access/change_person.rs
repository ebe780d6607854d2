//! What the administrator changes about a person (人员维护). The log says what was changed, never the personal data.

use serde_json::{Value, json};
use xiaoxiang_domain::access::{Action, Role};
use xiaoxiang_store::person::{self as store, PersonRow};
use xiaoxiang_store::{NewEntry, WriteTx};
use xiaoxiang_store::{notice, organisation, session, sign_in, token};

use super::hashing::hash_password;
use super::people::checked;
use super::session::read_grant;
use super::sign_in::forget_tries;
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Most characters of a telephone number.
const TELEPHONE_CHARACTERS_MAX: usize = 30;
/// Letters and digits that are not taken for one another when they are read aloud; as many as five bits tell apart.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// Characters of a one-time password: 80 bits.
const ONE_TIME_CHARACTERS: usize = 16;
/// Characters of it that are written together.
const ONE_TIME_GROUP: usize = 4;
/// What stands in the place of an erased name.
const ERASED_NAME: &str = "（已删除）";

/// What a person's form says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonChange {
    /// 姓名
    pub name: String,
    /// 电话; empty for none.
    pub telephone: String,
    /// Credit code or exact name of the organisation they belong to; empty for none.
    pub organisation: String,
}

/// Changes name, telephone and organisation, over the revision that was read.
pub async fn change_person(
    app: &App,
    actor: &Actor,
    person_id: &str,
    revision: i64,
    change: &PersonChange,
) -> Result<(), Refusal> {
    actor.permit(Action::ManagePeople)?;
    let name = checked("person.name", "姓名", "name", &change.name)?;
    let telephone = checked_telephone(&change.telephone)?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let organisation_key = find_organisation(&mut tx, &change.organisation).await?;
    let before = find(&mut tx, person_id).await?;
    if before.revision != revision {
        return Err(Refusal::stale("该人员", "this person"));
    }
    let fields: Vec<&str> = [
        (before.name != name).then_some("name"),
        (before.telephone != telephone).then_some("telephone"),
        (before.organisation_key != organisation_key).then_some("organisation"),
    ]
    .into_iter()
    .flatten()
    .collect();
    if fields.is_empty() {
        return Ok(());
    }
    let payload = json!({ "fields": fields });
    let after = PersonRow { name, telephone, organisation_key, ..before };
    write(tx, actor, &after, "person.changed", payload).await
}

/// Lets a person in no more; open sessions end.
pub async fn disable_person(app: &App, actor: &Actor, person_id: &str) -> Result<(), Refusal> {
    actor.permit(Action::ManagePeople)?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    keep_an_administrator(app, &mut tx, Parting::Person(person_id)).await?;
    let before = find(&mut tx, person_id).await?;
    if before.is_disabled {
        return Ok(());
    }
    session::end_all(&mut tx, person_id).await?;
    write(tx, actor, &PersonRow { is_disabled: true, ..before }, "person.disabled", json!({})).await
}

/// Lets a person in again, with the roles that they still hold.
pub async fn enable_person(app: &App, actor: &Actor, person_id: &str) -> Result<(), Refusal> {
    actor.permit(Action::ManagePeople)?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let before = find(&mut tx, person_id).await?;
    if !before.is_disabled {
        return Ok(());
    }
    write(tx, actor, &PersonRow { is_disabled: false, ..before }, "person.enabled", json!({})).await
}

/// Gives a person a one-time password, which is seen this once and must be changed at the next sign-in. Open sessions
/// end, known browsers are forgotten, and so are the waits for wrong tries.
pub async fn reset_password(app: &App, actor: &Actor, person_id: &str) -> Result<String, Refusal> {
    actor.permit(Action::ManagePeople)?;
    let password = one_time_password(app)?;
    let password_hash = Some(hash_password(app, &password).await?);
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let before = find(&mut tx, person_id).await?;
    session::end_all(&mut tx, person_id).await?;
    sign_in::forget_browsers(&mut tx, person_id).await?;
    forget_tries(&mut tx, &before.sign_in_name, person_id).await?;
    let after = PersonRow { password_hash, must_change_password: true, ..before };
    write(tx, actor, &after, "person.password_reset", json!({})).await?;
    Ok(password)
}

/// A password for one use, such as `k3m9-x7pq-2rtd-w8hn`.
pub fn one_time_password(app: &App) -> Result<String, Refusal> {
    let letters: Vec<char> = app.random_32()?[..ONE_TIME_CHARACTERS]
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(byte & 31)]))
        .collect();
    let groups: Vec<String> = letters.chunks(ONE_TIME_GROUP).map(|group| group.iter().collect()).collect();
    Ok(groups.join("-"))
}

/// Erases a person's data (删除个人信息): name, sign-in name, telephone. The id stays, by which the log names them; roles
/// and tokens end.
pub async fn erase_person(app: &App, actor: &Actor, person_id: &str) -> Result<(), Refusal> {
    actor.permit(Action::ManagePeople)?;
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    keep_an_administrator(app, &mut tx, Parting::Person(person_id)).await?;
    let before = find(&mut tx, person_id).await?;
    session::end_all(&mut tx, person_id).await?;
    sign_in::forget_browsers(&mut tx, person_id).await?;
    forget_tries(&mut tx, &before.sign_in_name, person_id).await?;
    token::withdraw_all(&mut tx, person_id, now_ms).await?;
    let mut withdrawn = Vec::new();
    for grant in store::list_grants(&mut tx, person_id).await? {
        if store::withdraw_grant(&mut tx, &grant.grant_id, now_ms).await? {
            withdrawn.push(grant.grant_id);
        }
    }
    // The sign-in name must stay unique; the id is no personal datum.
    store::erase(&mut tx, person_id, &format!("erased-{person_id}"), ERASED_NAME).await?;
    notice::erase_channels(&mut tx, person_id).await?;
    xiaoxiang_store::event::erase_attendee_of_person(&mut tx, person_id).await?;
    let entry = NewEntry {
        kind: "person.erased",
        subject: format!("person:{person_id}"),
        payload: json!({ "withdrawn": withdrawn }),
    };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(())
}

/// What is about to be taken away.
#[derive(Clone, Copy)]
pub(super) enum Parting<'a> {
    /// All of a person's roles.
    Person(&'a str),
    /// One grant.
    Grant(&'a str),
}

/// Refuses to take away the last administrator. Takes the log's lock, so that of two administrators who take each other
/// away at once only one succeeds.
pub(super) async fn keep_an_administrator(
    app: &App,
    tx: &mut WriteTx,
    parting: Parting<'_>,
) -> Result<(), Refusal> {
    tx.lock_log().await?;
    let today = app.today_in(tx).await?;
    let (mut left, mut is_one) = (0, false);
    for row in store::list_holders(tx, Role::Administrator.code()).await? {
        let goes = match parting {
            Parting::Person(person_id) => row.person_id == person_id,
            Parting::Grant(grant_id) => row.grant_id == grant_id,
        };
        if read_grant(&row)?.holds_on(today) {
            left += i32::from(!goes);
            is_one |= goes;
        }
    }
    if is_one && left == 0 {
        return Err(Refusal::invalid(
            "person.last_administrator",
            "这是最后一位系统管理员。请先授予另一人系统管理员角色。",
            "this is the last administrator; make somebody else one first",
        ));
    }
    Ok(())
}

pub(super) async fn find(tx: &mut WriteTx, person_id: &str) -> Result<PersonRow, Refusal> {
    store::find(tx, person_id).await?.ok_or_else(|| Refusal::NotFound(person_id.to_owned()))
}

pub(super) async fn write(
    mut tx: WriteTx,
    actor: &Actor,
    after: &PersonRow,
    kind: &'static str,
    payload: Value,
) -> Result<(), Refusal> {
    if !store::update(&mut tx, after).await? {
        return Err(Refusal::stale("该人员", "this person"));
    }
    let entry = NewEntry { kind, subject: format!("person:{}", after.person_id), payload };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(())
}

fn checked_telephone(text: &str) -> Result<Option<String>, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let fits = |letter: char| letter.is_ascii_digit() || matches!(letter, '+' | '-' | ' ' | '(' | ')' | ',');
    if text.chars().count() > TELEPHONE_CHARACTERS_MAX || !text.chars().all(fits) {
        return Err(Refusal::invalid(
            "person.telephone",
            "电话只能包含数字和 + - ( ) 空格，最多 30 个字符。",
            "a telephone number consists of digits, + - ( ) and blanks, 30 characters at the most",
        ));
    }
    Ok(Some(text.to_owned()))
}

/// The organisation of a credit code or exact name; none for an empty text.
pub(crate) async fn find_organisation(tx: &mut WriteTx, text: &str) -> Result<Option<i64>, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let found = organisation::find_by_code_or_name(tx, text).await?;
    match found.as_slice() {
        [only] => Ok(Some(*only)),
        [] => Err(Refusal::invalid(
            "organisation.unknown",
            "没有这个机构。请填写统一社会信用代码，或机构的完整名称。",
            "there is no such organisation; give its credit code or its full name",
        )),
        _ => Err(Refusal::invalid(
            "organisation.ambiguous",
            "有几个同名机构。请填写统一社会信用代码。",
            "several organisations have this name; give the credit code",
        )),
    }
}
