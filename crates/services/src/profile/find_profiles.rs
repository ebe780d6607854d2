//! Finds experts, institutions and teams that agreed to be listed (查找专家和机构), for everybody.

use xiaoxiang_domain::profile::{ProfileForm, ProfileKind};
use xiaoxiang_store::profile::{self as store, ProfileFilter, ProfileRow};

use super::edit_profile::read_row;
use crate::access::like_pattern;
use crate::actor::Actor;
use crate::app::App;
use crate::place::{division_pattern, read_place, write_place};
use crate::refusal::Refusal;

/// Profiles of one page.
const PAGE_USUAL: usize = 30;

/// What is looked for. Empty texts set no limit.
#[derive(Clone, Debug)]
pub struct ProfilesAsk {
    /// Kind.
    pub kind: ProfileKind,
    /// Words.
    pub text: String,
    /// Code of a field.
    pub field: String,
    /// Code of a division.
    pub division: String,
    /// What the page before gave as `next`.
    pub after: Option<String>,
}

/// A page of profiles.
#[derive(Clone, Debug)]
pub struct ProfilesPage {
    /// Those that changed last first.
    pub items: Vec<FoundProfile>,
    /// Where the next page begins; none on the last.
    pub next: Option<String>,
}

/// A profile as its reader may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundProfile {
    /// Id.
    pub profile_id: String,
    /// Whose it is.
    pub kind: ProfileKind,
    /// The form; its contact only for whoever has signed in.
    pub form: ProfileForm,
}

fn found(row: &ProfileRow, actor: &Actor) -> Result<FoundProfile, Refusal> {
    let (kind, mut form) = read_row(row)?;
    if actor.person_id().is_none() && actor.role().is_some() {
        form.contact.clear();
    }
    Ok(FoundProfile { profile_id: row.profile_id.clone(), kind, form })
}

/// Profiles that are listed.
pub async fn find_profiles(app: &App, actor: &Actor, ask: &ProfilesAsk) -> Result<ProfilesPage, Refusal> {
    let before = match &ask.after {
        Some(place) => read_place(place)?,
        None => (i64::MAX, String::new()),
    };
    let filter = ProfileFilter {
        kind: ask.kind.code().to_owned(),
        teaser: if ask.text.trim().is_empty() {
            String::new()
        } else {
            like_pattern(&ask.text.to_lowercase())
        },
        field: ask.field.clone(),
        division: if ask.division.is_empty() { String::new() } else { division_pattern(&ask.division) },
    };
    let mut tx = app.db.read().await?;
    let limit = i64::try_from(PAGE_USUAL).expect("invariant: a page is short");
    let rows = store::list_listed(&mut tx, &filter, (before.0, &before.1), limit).await?;
    let next = rows.last().filter(|_| rows.len() == PAGE_USUAL);
    let next = next.map(|last| write_place(last.changed_at_ms, &last.profile_id));
    Ok(ProfilesPage { items: rows.iter().map(|row| found(row, actor)).collect::<Result<_, _>>()?, next })
}

/// One profile that is listed.
pub async fn read_profile(app: &App, actor: &Actor, profile_id: &str) -> Result<FoundProfile, Refusal> {
    let mut tx = app.db.read().await?;
    let row = store::find(&mut tx, profile_id).await?.filter(|row| row.is_listed);
    found(&row.ok_or_else(|| Refusal::NotFound(profile_id.to_owned()))?, actor)
}
