//! Saves and erases a profile: an expert's by the expert alone, others by their organisation.

use serde_json::json;
use xiaoxiang_domain::access::{Action, Role, Scope};
use xiaoxiang_domain::profile::{ProfileForm, ProfileKind};
use xiaoxiang_store::profile::{self as store, ProfileRow};
use xiaoxiang_store::{NewEntry, StoreError, organisation};

use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Profiles of one owner.
const OWN_MAX: usize = 50;

/// A profile as its owner reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnProfile {
    /// Id.
    pub profile_id: String,
    /// Whose it is.
    pub kind: ProfileKind,
    /// Revision.
    pub revision: i64,
    /// As it was saved.
    pub form: ProfileForm,
}

/// What is to be saved: a new profile where no id is given.
#[derive(Clone, Debug)]
pub struct ProfileEdit {
    /// Id and the revision that was seen.
    pub seen: Option<(String, i64)>,
    /// Whose it is; of a new one.
    pub kind: ProfileKind,
    /// The whole form.
    pub form: ProfileForm,
}

/// Whose profiles somebody edits: their own as an expert, or their organisation's.
fn owner_of(actor: &Actor) -> Result<(Option<String>, Option<i64>), Refusal> {
    let scope = actor.permit(Action::EditProfiles)?;
    match (actor.role(), actor.person_id(), scope) {
        (Some(Role::Expert), Some(person_id), _) => Ok((Some(person_id.to_owned()), None)),
        (_, Some(_), Scope::Organisation(key)) => Ok((None, Some(key))),
        _ => Err(Refusal::invalid(
            "profile.owner",
            "请以专家本人，或以单位经办人的身份登录后填写。",
            "sign in as the expert, or for an organisation",
        )),
    }
}

/// Kinds of profiles that somebody may begin.
#[must_use]
pub fn may_begin(actor: &Actor) -> Vec<ProfileKind> {
    match owner_of(actor) {
        Ok((Some(_), _)) => vec![ProfileKind::Expert],
        Ok((_, Some(_))) => vec![ProfileKind::Institution, ProfileKind::Team],
        _ => Vec::new(),
    }
}

/// The profiles that somebody edits. Whoever is no owner has none.
pub async fn list_own_profiles(app: &App, actor: &Actor) -> Result<Vec<OwnProfile>, Refusal> {
    actor.permit(Action::EditProfiles)?;
    let Ok((person_id, organisation_key)) = owner_of(actor) else { return Ok(Vec::new()) };
    let mut tx = app.db.read().await?;
    let rows = store::list_own(
        &mut tx,
        person_id.as_deref().unwrap_or_default(),
        organisation_key.unwrap_or_default(),
    );
    rows.await?.into_iter().map(own).collect()
}

fn own(row: ProfileRow) -> Result<OwnProfile, Refusal> {
    let (kind, form) = read_row(&row)?;
    Ok(OwnProfile { profile_id: row.profile_id, kind, revision: row.revision, form })
}

/// Kind and form of a row.
pub(crate) fn read_row(row: &ProfileRow) -> Result<(ProfileKind, ProfileForm), StoreError> {
    let damaged = || StoreError::Damaged(format!("profile {}", row.profile_id));
    let kind = ProfileKind::from_code(&row.kind).ok_or_else(damaged)?;
    Ok((kind, serde_json::from_str(&row.form).map_err(|_| damaged())?))
}

/// One profile of one's own.
pub async fn read_own_profile(app: &App, actor: &Actor, profile_id: &str) -> Result<OwnProfile, Refusal> {
    actor.permit(Action::EditProfiles)?;
    let mut tx = app.db.read().await?;
    own(find_own(&mut tx, actor, profile_id).await?)
}

async fn find_own(
    tx: &mut xiaoxiang_store::Tx,
    actor: &Actor,
    profile_id: &str,
) -> Result<ProfileRow, Refusal> {
    let missing = || Refusal::NotFound(profile_id.to_owned());
    let Ok((person_id, organisation_key)) = owner_of(actor) else { return Err(missing()) };
    let row = store::find(tx, profile_id).await?.ok_or_else(missing)?;
    let is_own = match (&person_id, organisation_key) {
        (Some(_), _) => row.person_id == person_id,
        (_, key) => key.is_some() && row.organisation_key == key,
    };
    if is_own { Ok(row) } else { Err(missing()) }
}

/// Saves a profile and gives its id.
pub async fn save_profile(app: &App, actor: &Actor, edit: &ProfileEdit) -> Result<String, Refusal> {
    let (person_id, organisation_key) = owner_of(actor)?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let (profile_id, kind, revision) = match &edit.seen {
        Some((profile_id, revision)) => {
            let row = find_own(&mut tx, actor, profile_id).await?;
            (profile_id.clone(), read_row(&row)?.0, *revision)
        }
        None => {
            if !may_begin(actor).contains(&edit.kind) {
                return Err(Refusal::Forbidden(Action::EditProfiles));
            }
            let own = store::list_own(
                &mut tx,
                person_id.as_deref().unwrap_or_default(),
                organisation_key.unwrap_or_default(),
            )
            .await?;
            let is_taken = edit.kind == ProfileKind::Expert && !own.is_empty();
            if is_taken || own.len() >= OWN_MAX {
                return Err(Refusal::invalid(
                    "profile.enough",
                    "已有资料，请直接修改。",
                    "there is a profile already; change that one",
                ));
            }
            (app.new_id()?, edit.kind, 0)
        }
    };
    let mut form = edit.form.clone();
    if let Some(key) = organisation_key {
        form.organisation =
            organisation::find_name(&mut tx, key).await?.map_or(form.organisation, |(name, _)| name);
    }
    write(app, tx, actor, (profile_id, kind, revision), (person_id, organisation_key), &form).await
}

/// Enters a profile of the example, which belongs to nobody who signs in.
pub async fn enter_example_profile(
    app: &App,
    operator: &Actor,
    kind: ProfileKind,
    form: &ProfileForm,
) -> Result<String, Refusal> {
    operator.permit(Action::EditProfiles)?;
    let tx = app.db.begin(app.clock.now_ms()).await?;
    write(app, tx, operator, (app.new_id()?, kind, 0), (None, None), form).await
}

async fn write(
    app: &App,
    mut tx: xiaoxiang_store::WriteTx,
    actor: &Actor,
    (profile_id, kind, revision): (String, ProfileKind, i64),
    (person_id, organisation_key): (Option<String>, Option<i64>),
    form: &ProfileForm,
) -> Result<String, Refusal> {
    let in_force = app.region_in(&mut tx).await?;
    let today = app.clock.today_in(&in_force.time_zone);
    let form = form.checked(&in_force.region, today).map_err(Refusal::Fields)?;
    let row = ProfileRow {
        profile_id,
        kind: kind.code().to_owned(),
        revision: revision + 1,
        organisation_key,
        person_id,
        division: form.division.clone(),
        fields: format!(",{},", form.fields.join(",")),
        teaser: form.teaser(),
        form: serde_json::to_string(&form).expect("invariant: a form is plain data"),
        is_listed: form.is_listed,
        changed_at_ms: app.clock.now_ms(),
    };
    if !store::save(&mut tx, &row).await? {
        return Err(Refusal::stale("这份资料", "the profile"));
    }
    // Whose it is and what it says stay out of the log: it can be erased.
    let entry = NewEntry {
        kind: "profile.saved",
        subject: format!("profile:{}", row.profile_id),
        payload: json!({ "kind": row.kind, "is_listed": row.is_listed }),
    };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(row.profile_id)
}

/// Deletes a profile and everything that it says.
pub async fn erase_profile(app: &App, actor: &Actor, profile_id: &str) -> Result<(), Refusal> {
    actor.permit(Action::EditProfiles)?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let row = find_own(&mut tx, actor, profile_id).await?;
    store::erase(&mut tx, profile_id).await?;
    let entry = NewEntry {
        kind: "profile.erased",
        subject: format!("profile:{profile_id}"),
        payload: json!({ "kind": row.kind }),
    };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(())
}
