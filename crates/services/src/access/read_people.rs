//! People and roles as the administrator reads them.

use std::collections::HashMap;

use xiaoxiang_domain::access::{Action, Grant};
use xiaoxiang_store::organisation;
use xiaoxiang_store::person::{self as store, GrantRow, PersonRow};

use super::provider_account::ProviderAccount;
use super::session::read_grant;
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// People of one page of the list.
pub const PEOPLE_PER_PAGE: usize = 50;
/// Longest text to search by.
const SEARCH_CHARACTERS_MAX: usize = 64;

/// A person in the list.
#[derive(Clone, Debug)]
pub struct PersonSummary {
    /// Id.
    pub person_id: String,
    /// What they sign in with.
    pub sign_in_name: String,
    /// 姓名
    pub name: String,
    /// 停用
    pub is_disabled: bool,
    /// What they may act as today.
    pub held: Vec<Grant>,
}

/// A page of the list.
#[derive(Clone, Debug)]
pub struct PeopleList {
    /// People by sign-in name.
    pub people: Vec<PersonSummary>,
    /// The sign-in name after which the next page begins; none on the last page.
    pub next: Option<String>,
}

/// How a grant stands today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantState {
    /// 有效
    Held,
    /// Not yet.
    Coming,
    /// No longer.
    Over,
    /// 已收回
    Withdrawn,
}

/// A grant as the person's page shows it.
#[derive(Clone, Debug)]
pub struct GrantDetail {
    /// Id.
    pub grant_id: String,
    /// Role, scope and days.
    pub grant: Grant,
    /// Document or reason.
    pub basis: String,
    /// How it stands.
    pub state: GrantState,
}

/// A person as their page shows them.
#[derive(Clone, Debug)]
pub struct PersonDetail {
    /// Id.
    pub person_id: String,
    /// What they sign in with.
    pub sign_in_name: String,
    /// 姓名
    pub name: String,
    /// 电话
    pub telephone: Option<String>,
    /// The organisation they belong to: its name, or its credit code where it has one.
    pub organisation: Option<String>,
    /// 停用
    pub is_disabled: bool,
    /// Whether they must choose another password at the next sign-in.
    pub must_change_password: bool,
    /// Whether a password was ever set.
    pub has_password: bool,
    /// Who they are at the provider.
    pub provider_account: Option<ProviderAccount>,
    /// Grows with each change.
    pub revision: i64,
    /// Everything ever granted, newest first.
    pub grants: Vec<GrantDetail>,
}

/// People whose name or sign-in name contains a text, after a sign-in name.
pub async fn list_people(app: &App, actor: &Actor, text: &str, after: &str) -> Result<PeopleList, Refusal> {
    actor.permit(Action::ReadPeople)?;
    let mut tx = app.db.read().await?;
    let today = app.today_in(&mut tx).await?;
    let limit = i64::try_from(PEOPLE_PER_PAGE + 1).expect("invariant: a page is small");
    let mut rows = store::search(&mut tx, &like_pattern(text), after, limit).await?;
    let has_more = rows.len() > PEOPLE_PER_PAGE;
    rows.truncate(PEOPLE_PER_PAGE);
    let mut held: HashMap<String, Vec<Grant>> = HashMap::new();
    if let (Some(first), Some(last)) = (rows.first(), rows.last()) {
        for row in store::list_grants_between(&mut tx, &first.sign_in_name, &last.sign_in_name).await? {
            let grant = read_grant(&row)?;
            if grant.holds_on(today) {
                held.entry(row.person_id).or_default().push(grant);
            }
        }
    }
    let next = rows.last().filter(|_| has_more).map(|row| row.sign_in_name.clone());
    let people = rows.into_iter().map(|row| PersonSummary {
        held: held.remove(&row.person_id).unwrap_or_default(),
        person_id: row.person_id,
        sign_in_name: row.sign_in_name,
        name: row.name,
        is_disabled: row.is_disabled,
    });
    Ok(PeopleList { people: people.collect(), next })
}

/// One person with all that was ever granted to them.
pub async fn read_person(app: &App, actor: &Actor, person_id: &str) -> Result<PersonDetail, Refusal> {
    actor.permit(Action::ReadPeople)?;
    let mut tx = app.db.read().await?;
    let today = app.today_in(&mut tx).await?;
    let found = store::find(&mut tx, person_id).await?;
    let PersonRow { organisation_key, .. } = found.as_ref().ok_or_else(|| not_found(person_id))?;
    let organisation = match organisation_key {
        Some(key) => organisation::find_name(&mut tx, *key).await?.map(|(name, code)| code.unwrap_or(name)),
        None => None,
    };
    let row = found.ok_or_else(|| not_found(person_id))?;
    let mut grants = Vec::new();
    for row in store::list_grants(&mut tx, person_id).await? {
        let grant = read_grant(&row)?;
        grants.push(GrantDetail {
            state: state(&row, &grant, today),
            grant_id: row.grant_id,
            grant,
            basis: row.basis,
        });
    }
    grants.reverse();
    Ok(PersonDetail {
        person_id: row.person_id,
        sign_in_name: row.sign_in_name,
        name: row.name,
        telephone: row.telephone,
        organisation,
        is_disabled: row.is_disabled,
        must_change_password: row.must_change_password,
        has_password: row.password_hash.is_some(),
        provider_account: row.provider_subject.as_deref().map(ProviderAccount::read).transpose()?,
        revision: row.revision,
        grants,
    })
}

fn not_found(person_id: &str) -> Refusal {
    Refusal::NotFound(person_id.to_owned())
}

fn state(row: &GrantRow, grant: &Grant, today: jiff::civil::Date) -> GrantState {
    if row.withdrawn_at_ms.is_some() {
        GrantState::Withdrawn
    } else if grant.holds_on(today) {
        GrantState::Held
    } else if grant.valid_from > today {
        GrantState::Coming
    } else {
        GrantState::Over
    }
}

/// A pattern that contains a text as it stands, whatever signs are in it.
pub(crate) fn like_pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for letter in text.trim().chars().take(SEARCH_CHARACTERS_MAX) {
        if matches!(letter, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}
