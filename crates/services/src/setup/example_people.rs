//! People of the demo (示例人员): one for every role, and enough registrars for two reviews and an absence; marked 示例,
//! with telephone numbers that nobody has.

use std::collections::HashMap;

use jiff::civil::date;
use xiaoxiang_domain::access::{Grant, Role, Scope, ScopeKind};
use xiaoxiang_domain::contract::Party;
use xiaoxiang_store::{StoreError, WriteTx, organisation, person};

use crate::access::{
    NewGrant, NewPerson, OpenedSession, enter_grant, enter_person, hash_password, open_session,
};
use crate::actor::Actor;
use crate::app::App;
use crate::demo::applications::DeskParties;
use crate::refusal::Refusal;

/// How the sign-in names of example people begin; what follows is the code of their role.
const NAME_PREFIX: &str = "demo.";
/// Registrars beside the first: sign-in name, and what they do in both languages. A point has three at least, and nobody
/// makes both reviews.
const MORE_REGISTRARS: [(&str, &str, &str); 2] =
    [(EXAMPLE_REVIEWER, "复核", "second review"), ("demo.registrar.deputy", "替补", "in absence")];
/// An expert beside the first: no screening rests on one alone.
pub(super) const SECOND_EXPERT: (&str, &str, &str) = ("demo.expert.second", "第二位", "the second");
/// Somebody else of the university: nobody reviews what they wrote themselves for confidentiality.
const SECOND_OF_UNIT: (&str, &str, &str) =
    ("demo.transfer_office.review", "保密审查", "confidentiality review");
/// Who makes the second review (复核).
pub(super) const EXAMPLE_REVIEWER: &str = "demo.registrar.review";
/// Document behind their grants.
const BASIS: &str = "示例授权";
/// A number that no exchange gives out.
const TELEPHONE: &str = "0731-00000000（示例）";

/// A person of the demo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExamplePerson {
    /// Id.
    pub person_id: String,
    /// What they sign in with.
    pub sign_in_name: String,
    /// What they act as.
    pub role: Role,
    /// What tells them apart from others of their role, in Chinese and English; empty for the first.
    pub part: (&'static str, &'static str),
}

/// The sign-in name of the first example person of a role.
pub(super) fn sign_in_name_of(role: Role) -> String {
    format!("{NAME_PREFIX}{}", role.code())
}

/// Everybody: role, sign-in name, and what tells them apart; each role's first one first.
fn cast() -> Vec<(Role, String, (&'static str, &'static str))> {
    let mut cast = Vec::new();
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Public) {
        cast.push((role, sign_in_name_of(role), ("", "")));
        if role == Role::Expert {
            let (name, zh, en) = SECOND_EXPERT;
            cast.push((role, name.to_owned(), (zh, en)));
        }
        if role == Role::TransferOffice {
            let (name, zh, en) = SECOND_OF_UNIT;
            cast.push((role, name.to_owned(), (zh, en)));
        }
        if role == Role::Registrar {
            let more = MORE_REGISTRARS.iter().map(|(name, zh, en)| (role, (*name).to_owned(), (*zh, *en)));
            cast.extend(more);
        }
    }
    cast
}

/// Enters the example people under one password, in one commit; does nothing where somebody is entered.
pub async fn enter_example_people(app: &App, actor: &Actor, password: &str) -> Result<(), Refusal> {
    let password_hash = Some(hash_password(app, password).await?);
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    if !person::is_empty(&mut tx).await? {
        return Ok(());
    }
    let mut entries = Vec::new();
    for (role, sign_in_name, (part, _)) in cast() {
        let part = if part.is_empty() { String::new() } else { format!("（{part}）") };
        let new = NewPerson {
            sign_in_name,
            name: format!("示例·{}{part}", role.label()),
            password_hash: password_hash.clone(),
            must_change_password: false,
        };
        let (person_id, created) = enter_person(app, &mut tx, &new).await?;
        let row = person::find(&mut tx, &person_id).await?;
        let mut row = row.ok_or_else(|| StoreError::Damaged(format!("person {person_id}")))?;
        row.telephone = Some(TELEPHONE.to_owned());
        person::update(&mut tx, &row).await?;
        let scope = scope_of(app, &mut tx, role).await?;
        let grant = Grant { role, scope, valid_from: date(2024, 1, 1), valid_to: None };
        let (_, granted) =
            enter_grant(app, &mut tx, &person_id, &NewGrant { grant, basis: BASIS.to_owned() }).await?;
        entries.extend([created, granted]);
    }
    tx.commit(actor.log_name(), entries, []).await?;
    Ok(())
}

/// The first city, its first county, a park of it, an organisation and the registrar of the example.
async fn scope_of(app: &App, tx: &mut WriteTx, role: Role) -> Result<Scope, Refusal> {
    let region = app.region_in(tx).await?;
    let region = &region.region;
    let city = *region.cities().first().ok_or(Refusal::NoRegion)?;
    let desk = DeskParties::on(region, app.clock.today_in(&app.region_in(tx).await?.time_zone));
    // One of the desk's place that is on record; elsewhere than in the example, anybody of the kind.
    let named = async |tx: &mut WriteTx, parties: &[Party], word: &str| {
        let names = organisation::list_names(tx).await?;
        let on_record: HashMap<&str, i64> = names.iter().map(|(key, name)| (name.as_str(), *key)).collect();
        let at_desk = parties.iter().find_map(|party| on_record.get(party.name.as_str()).copied());
        let found = || names.iter().find(|(_, name)| name.contains(word)).or(names.first());
        let found = at_desk.or_else(|| found().map(|(key, _)| *key));
        found.ok_or_else(|| Refusal::NotFound(word.to_owned()))
    };
    Ok(match role.scopes().first() {
        Some(ScopeKind::Division) if role == Role::CountyOfficer => {
            Scope::Division(region.divisions().children(city).first().copied().unwrap_or(city))
        }
        Some(ScopeKind::Division) => Scope::Division(city),
        Some(ScopeKind::Park) => {
            let park = region.parks().all().iter().find(|park| park.city == city);
            let park = park.or_else(|| region.parks().all().first());
            Scope::Park(park.ok_or_else(|| Refusal::NotFound("park".to_owned()))?.key)
        }
        Some(ScopeKind::Organisation) if role == Role::TransferOffice => {
            Scope::Organisation(named(tx, &desk.universities, "大学").await?)
        }
        Some(ScopeKind::Organisation) => Scope::Organisation(named(tx, &desk.companies, "公司").await?),
        Some(ScopeKind::Registrar) => {
            let names = organisation::list_registrar_names(tx).await?;
            let at_desk = names.iter().find(|(_, name)| *name == desk.registrar);
            let found = at_desk.or(names.first()).map(|(key, _)| *key);
            Scope::Registrar(found.ok_or_else(|| Refusal::NotFound("registrar".to_owned()))?)
        }
        Some(ScopeKind::Region) | None => Scope::Region,
    })
}

/// The demo's people, in the order of roles.
pub async fn list_example_people(app: &App) -> Result<Vec<ExamplePerson>, Refusal> {
    let mut tx = app.db.read().await?;
    let people = person::list(&mut tx).await?;
    let entered = |(role, sign_in_name, part): (Role, String, (&'static str, &'static str))| {
        let row = people.iter().find(|person| person.sign_in_name == sign_in_name && !person.is_disabled)?;
        Some(ExamplePerson { person_id: row.person_id.clone(), sign_in_name, role, part })
    };
    Ok(cast().into_iter().filter_map(entered).collect())
}

/// Opens a session for one of the demo's people, without a password; whoever else is entered is not found.
pub async fn open_example_session(app: &App, person_id: &str) -> Result<OpenedSession, Refusal> {
    let people = list_example_people(app).await?;
    if !people.iter().any(|person| person.person_id == person_id) {
        return Err(Refusal::NotFound(person_id.to_owned()));
    }
    open_session(app, person_id).await
}
