//! People of the demo (示例人员): one for every role, marked 示例, with telephone numbers that nobody has.

use jiff::civil::date;
use xiaoxiang_domain::access::{Grant, Role, Scope, ScopeKind};
use xiaoxiang_store::{StoreError, WriteTx, organisation, person};

use crate::access::{
    NewGrant, NewPerson, OpenedSession, enter_grant, enter_person, hash_password, open_session,
};
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// How the sign-in names of example people begin; what follows is the code of their role.
const NAME_PREFIX: &str = "demo.";
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
}

/// Enters one person for every role under one password, in one commit; does nothing where somebody is entered.
pub async fn enter_example_people(app: &App, actor: &Actor, password: &str) -> Result<(), Refusal> {
    let password_hash = Some(hash_password(app, password).await?);
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    if !person::is_empty(&mut tx).await? {
        return Ok(());
    }
    let mut entries = Vec::new();
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Public) {
        let new = NewPerson {
            sign_in_name: format!("{NAME_PREFIX}{}", role.code()),
            name: format!("示例·{}", role.label()),
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

/// The first city, its first county, a park of it, an organisation and a registrar of the example.
async fn scope_of(app: &App, tx: &mut WriteTx, role: Role) -> Result<Scope, Refusal> {
    let region = app.region_in(tx).await?;
    let region = &region.region;
    let city = *region.cities().first().ok_or(Refusal::NoRegion)?;
    let named = async |tx: &mut WriteTx, word: &str| {
        let names = organisation::list_names(tx).await?;
        let found = names.iter().find(|(_, name)| name.contains(word)).or(names.first());
        found.map(|(key, _)| *key).ok_or_else(|| Refusal::NotFound(word.to_owned()))
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
            Scope::Organisation(named(tx, "大学").await?)
        }
        Some(ScopeKind::Organisation) => Scope::Organisation(named(tx, "公司").await?),
        Some(ScopeKind::Registrar) => {
            let names = organisation::list_registrar_names(tx).await?;
            let first = names.first().map(|(key, _)| *key);
            Scope::Registrar(first.ok_or_else(|| Refusal::NotFound("registrar".to_owned()))?)
        }
        Some(ScopeKind::Region) | None => Scope::Region,
    })
}

/// The demo's people, in the order of roles.
pub async fn list_example_people(app: &App) -> Result<Vec<ExamplePerson>, Refusal> {
    let mut tx = app.db.read().await?;
    let people = person::list(&mut tx).await?;
    let of_role = |role: Role| {
        let wanted = format!("{NAME_PREFIX}{}", role.code());
        let row = people.iter().find(|person| person.sign_in_name == wanted && !person.is_disabled)?;
        Some(ExamplePerson { person_id: row.person_id.clone(), sign_in_name: wanted, role })
    };
    Ok(Role::ALL.into_iter().filter_map(of_role).collect())
}

/// Opens a session for one of the demo's people, without a password; whoever else is entered is not found.
pub async fn open_example_session(app: &App, person_id: &str) -> Result<OpenedSession, Refusal> {
    let people = list_example_people(app).await?;
    if !people.iter().any(|person| person.person_id == person_id) {
        return Err(Refusal::NotFound(person_id.to_owned()));
    }
    open_session(app, person_id).await
}
