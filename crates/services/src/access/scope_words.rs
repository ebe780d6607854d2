//! Scopes as people read them (范围名称).

use std::collections::BTreeMap;

use xiaoxiang_domain::access::Scope;
use xiaoxiang_store::organisation;

use crate::app::App;
use crate::organisation::name_today;
use crate::refusal::Refusal;

/// A scope's name, Chinese and English.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeWords {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// The names of scopes; one that nothing is known of is named by its key.
pub async fn describe_scopes(app: &App, scopes: &[Scope]) -> Result<BTreeMap<Scope, ScopeWords>, Refusal> {
    let mut tx = app.db.read().await?;
    let region = app.region_in(&mut tx).await?;
    let today = app.clock.today_in(&region.time_zone);
    let region = &region.region;
    let mut words = BTreeMap::new();
    for &scope in scopes {
        if words.contains_key(&scope) {
            continue;
        }
        let named = match scope {
            Scope::Region => Some((region.name().to_owned(), region.name_en().to_owned())),
            Scope::Division(code) => region.divisions().full_name(code).map(|name| {
                let english = region.divisions().name_en(code).unwrap_or(&name).to_owned();
                (name, english)
            }),
            Scope::Park(key) => {
                region.parks().by_key(key).map(|park| (park.name.clone(), park.name_en.clone()))
            }
            Scope::Organisation(key) => {
                name_today(&mut tx, key, today).await?.map(|name| (name, String::new()))
            }
            Scope::Registrar(key) => organisation::list_registrar_names(&mut tx)
                .await?
                .into_iter()
                .find(|(registrar, _)| *registrar == key)
                .map(|(_, name)| (name, String::new())),
        };
        let (zh, en) = named.unwrap_or_else(|| (scope.to_string(), scope.to_string()));
        let en = if en.is_empty() { zh.clone() } else { en };
        words.insert(scope, ScopeWords { zh, en });
    }
    Ok(words)
}
