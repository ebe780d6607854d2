//! People and roles, kept by the administrator (人员与角色管理); every grant is logged.

use serde_json::json;
use xiaoxiang_domain::access::{Action, Grant};
use xiaoxiang_domain::notice::{NamedValue, Notice, NoticeKind, Whom};
use xiaoxiang_store::person::{self as store, GrantRow, PersonRow};
use xiaoxiang_store::{NewEntry, StoreError, WriteTx};

use super::change_person::{Parting, keep_an_administrator};
use crate::actor::Actor;
use crate::app::App;
use crate::notice::{Occasion, notify};
use crate::refusal::Refusal;

/// Most characters of a sign-in name.
pub(super) const SIGN_IN_NAME_CHARACTERS_MAX: usize = 64;
/// Most characters of a person's name, an organisation's word or a basis.
const TEXT_CHARACTERS_MAX: usize = 200;

/// A person to be entered.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// What they will sign in with: letters, digits, `.`, `-`, `_`, `@`; kept in lower case.
    pub sign_in_name: String,
    /// 姓名
    pub name: String,
    /// argon2id in PHC form, or none where they sign in through a provider.
    pub password_hash: Option<String>,
    /// Whether they must choose another at the first sign-in.
    pub must_change_password: bool,
}

/// A role to be granted.
#[derive(Clone, Debug)]
pub struct NewGrant {
    /// Role, scope and days.
    pub grant: Grant,
    /// Document or reason.
    pub basis: String,
}

/// Enters a person, who may do nothing until something is granted; gives the id.
pub async fn create_person(app: &App, actor: &Actor, person: &NewPerson) -> Result<String, Refusal> {
    actor.permit(Action::ManagePeople)?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let (person_id, entry) = enter_person(app, &mut tx, person).await?;
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(person_id)
}

/// Enters a person within a transaction; gives the id and the entry of the log.
pub(crate) async fn enter_person(
    app: &App,
    tx: &mut WriteTx,
    person: &NewPerson,
) -> Result<(String, NewEntry), Refusal> {
    let sign_in_name = person.sign_in_name.trim().to_lowercase();
    let fits = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_' | '@');
    let count = sign_in_name.chars().count();
    if count == 0 || count > SIGN_IN_NAME_CHARACTERS_MAX || !sign_in_name.chars().all(fits) {
        return Err(Refusal::invalid(
            "person.sign_in_name",
            "登录名只能用字母、数字和 . - _ @，最多 64 个字符。",
            "a sign-in name consists of letters, digits and . - _ @, 64 at the most",
        ));
    }
    let name = checked("person.name", "姓名", "name", &person.name)?;
    let person_id = app.new_id()?;
    let row = PersonRow {
        person_id: person_id.clone(),
        sign_in_name,
        name,
        organisation_key: None,
        telephone: None,
        password_hash: person.password_hash.clone(),
        must_change_password: person.must_change_password,
        provider_subject: None,
        is_disabled: false,
        created_at_ms: app.clock.now_ms(),
        revision: 1,
    };
    match store::save(tx, &row).await {
        Err(StoreError::Conflict(_)) => {
            return Err(Refusal::invalid(
                "person.sign_in_name_taken",
                "该登录名已被使用，请换一个。",
                "this sign-in name is taken, choose another one",
            ));
        }
        other => other?,
    }
    let entry = NewEntry {
        kind: "person.created",
        subject: format!("person:{person_id}"),
        payload: json!({ "must_change_password": row.must_change_password }),
    };
    Ok((person_id, entry))
}

/// Grants a role; gives the grant's id.
pub async fn grant_role(
    app: &App,
    actor: &Actor,
    person_id: &str,
    new: &NewGrant,
) -> Result<String, Refusal> {
    actor.permit(Action::ManagePeople)?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let (grant_id, entry) = enter_grant(app, &mut tx, person_id, new).await?;
    let Grant { role, valid_from, .. } = new.grant;
    let notice = Notice {
        kind: NoticeKind::RoleGranted,
        subject: format!("grant:{grant_id}"),
        values: vec![
            NamedValue::new("role", role.label(), role.label_en()),
            NamedValue::same("from", &valid_from.to_string()),
        ],
        path: "/account".to_owned(),
    };
    let whom = [Whom::Person(person_id.to_owned())];
    notify(app, &mut tx, Occasion::Decision(actor), &notice, &whom).await?;
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(grant_id)
}

/// Grants a role within a transaction; gives the id and the entry of the log.
pub(crate) async fn enter_grant(
    app: &App,
    tx: &mut WriteTx,
    person_id: &str,
    new: &NewGrant,
) -> Result<(String, NewEntry), Refusal> {
    if !new.grant.is_sound() {
        return Err(Refusal::invalid(
            "grant.scope",
            "该角色不能授予这样的范围，或起止日期颠倒。请重新选择范围和日期。",
            "this role cannot be granted over such a scope, or its days are in the wrong order",
        ));
    }
    let basis = checked("grant.basis", "授权依据", "basis", &new.basis)?;
    let grant_id = app.new_id()?;
    if store::find(tx, person_id).await?.is_none() {
        return Err(Refusal::NotFound(person_id.to_owned()));
    }
    let row = GrantRow {
        grant_id: grant_id.clone(),
        person_id: person_id.to_owned(),
        role: new.grant.role.code().to_owned(),
        scope: new.grant.scope.to_string(),
        valid_from: new.grant.valid_from.to_string(),
        valid_to: new.grant.valid_to.map(|day| day.to_string()),
        basis,
        granted_at_ms: app.clock.now_ms(),
        withdrawn_at_ms: None,
    };
    store::save_grant(tx, &row).await?;
    let entry = NewEntry {
        kind: "person.role_granted",
        subject: format!("person:{person_id}"),
        payload: json!({
            "grant": grant_id, "role": row.role, "scope": row.scope, "valid_from": row.valid_from,
            "valid_to": row.valid_to, "basis": row.basis,
        }),
    };
    Ok((grant_id, entry))
}

/// Takes a role back; it is gone with the next request of whoever acts in it, on every node.
pub async fn withdraw_grant(app: &App, actor: &Actor, grant_id: &str) -> Result<(), Refusal> {
    actor.permit(Action::ManagePeople)?;
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    keep_an_administrator(app, &mut tx, Parting::Grant(grant_id)).await?;
    let row =
        store::find_grant(&mut tx, grant_id).await?.ok_or_else(|| Refusal::NotFound(grant_id.to_owned()))?;
    if !store::withdraw_grant(&mut tx, grant_id, now_ms).await? {
        return Err(Refusal::stale("该授权", "this grant"));
    }
    let entry = NewEntry {
        kind: "person.role_withdrawn",
        subject: format!("person:{}", row.person_id),
        payload: json!({ "grant": grant_id, "role": row.role, "scope": row.scope }),
    };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(())
}

/// A text that must not be empty and not too long.
pub(crate) fn checked(code: &'static str, zh: &str, en: &str, text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > TEXT_CHARACTERS_MAX {
        return Err(Refusal::invalid(
            code,
            format!("请填写{zh}，最多 {TEXT_CHARACTERS_MAX} 个字符。"),
            format!("give the {en}, {TEXT_CHARACTERS_MAX} characters at the most"),
        ));
    }
    Ok(text.to_owned())
}
