//! The scopes that a role may be given, and the reading of what was chosen (授权范围).

use xiaoxiang_domain::access::{Action, Role, Scope, ScopeKind};
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_store::organisation;

use super::change_person::find_organisation;
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// One scope to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeChoice {
    /// What the form sends.
    pub value: String,
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// What may be chosen for a role.
#[derive(Clone, Debug, Default)]
pub struct ScopeChoices {
    /// Cities and counties; none where the role is not given over a division.
    pub divisions: Vec<ScopeChoice>,
    /// Parks.
    pub parks: Vec<ScopeChoice>,
    /// Registrars.
    pub registrars: Vec<ScopeChoice>,
}

/// The divisions, parks and registrars that a role may be given over.
pub async fn scope_choices(app: &App, actor: &Actor, role: Role) -> Result<ScopeChoices, Refusal> {
    actor.permit(Action::ManagePeople)?;
    let mut tx = app.db.read().await?;
    let in_force = app.region_in(&mut tx).await?;
    let region = &in_force.region;
    let mut choices = ScopeChoices::default();
    if role.scopes().contains(&ScopeKind::Division) {
        let cities = region.cities().iter();
        let with_counties =
            cities.flat_map(|city| std::iter::once(city).chain(region.divisions().children(*city)));
        for code in with_counties.filter(|code| fits_level(role, region.cities(), **code)) {
            let zh = region.divisions().full_name(*code).unwrap_or_else(|| code.to_string());
            let en = region.divisions().name_en(*code).unwrap_or(&zh).to_owned();
            choices.divisions.push(ScopeChoice { value: code.to_string(), zh, en });
        }
    }
    if role.scopes().contains(&ScopeKind::Park) {
        choices.parks = region
            .parks()
            .all()
            .iter()
            .map(|park| ScopeChoice {
                value: park.key.to_string(),
                zh: park.name.clone(),
                en: if park.name_en.is_empty() { park.name.clone() } else { park.name_en.clone() },
            })
            .collect();
    }
    if role.scopes().contains(&ScopeKind::Registrar) {
        let registrars = organisation::list_registrar_names(&mut tx).await?;
        choices.registrars = registrars
            .into_iter()
            .map(|(key, name)| ScopeChoice { value: key.to_string(), zh: name.clone(), en: name })
            .collect();
    }
    Ok(choices)
}

/// The scope that was chosen for a role; it must exist.
///
/// `text` is a division's code, the key of a park or registrar, or an organisation's credit code or exact name.
pub async fn read_scope(
    app: &App,
    actor: &Actor,
    role: Role,
    kind: ScopeKind,
    text: &str,
) -> Result<Scope, Refusal> {
    actor.permit(Action::ManagePeople)?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let in_force = app.region_in(&mut tx).await?;
    let region = &in_force.region;
    let scope = match kind {
        ScopeKind::Region => Some(Scope::Region),
        ScopeKind::Division => DivisionCode::parse(text)
            .filter(|code| region.contains(*code) && region.divisions().is_current(*code))
            .filter(|code| fits_level(role, region.cities(), *code))
            .map(Scope::Division),
        ScopeKind::Park => {
            text.parse().ok().filter(|key| region.parks().by_key(*key).is_some()).map(Scope::Park)
        }
        ScopeKind::Organisation => find_organisation(&mut tx, text).await?.map(Scope::Organisation),
        ScopeKind::Registrar => {
            let known = organisation::list_registrar_names(&mut tx).await?;
            text.parse().ok().filter(|key| known.iter().any(|(one, _)| one == key)).map(Scope::Registrar)
        }
    };
    scope.filter(|scope| role.scopes().contains(&scope.kind())).ok_or_else(|| {
        Refusal::invalid("grant.scope", "请选择该角色的范围。", "choose over what the role reaches")
    })
}

/// A city officer is given a city, a county officer a county.
fn fits_level(role: Role, cities: &[DivisionCode], code: DivisionCode) -> bool {
    match role {
        Role::CityOfficer => cities.contains(&code),
        Role::CountyOfficer => !cities.contains(&code),
        _ => true,
    }
}
