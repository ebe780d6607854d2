//! What somebody brings to an event (携带的需求、成果): on the market, and told by its public title only.

use xiaoxiang_domain::achievement::AchievementState;
use xiaoxiang_domain::demand::{DemandState, SeenDemand};
use xiaoxiang_domain::event::PartyKind;
use xiaoxiang_domain::market::DisclosureLevel;
use xiaoxiang_domain::profile::{ProfileForm, ProfileKind};
use xiaoxiang_store::achievement::{self, AchievementFilter, AchievementRow};
use xiaoxiang_store::demand::{self, DemandFilter, DemandRow};
use xiaoxiang_store::profile::{self, ProfileRow};
use xiaoxiang_store::{StoreError, Tx, organisation};

use crate::refusal::Refusal;

/// Things of one kind that somebody chooses from.
pub(super) const CHOICES_MAX: i64 = 30;

/// Something that can be brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectChoice {
    /// `demand:…`, `achievement:…` or `profile:…`.
    pub subject: String,
    /// Title that everybody may read.
    pub title: String,
    /// What its owner comes as.
    pub kind: PartyKind,
    /// Whose it is; 0 where no organisation stands behind it.
    pub organisation_key: i64,
    /// Name of the organisation or person, as far as everybody may know it.
    pub name: String,
    /// Person whose profile it is.
    pub person_id: Option<String>,
}

/// What a reference names, where it stands on the market.
pub(super) async fn find_subject(tx: &mut Tx, subject: &str) -> Result<SubjectChoice, Refusal> {
    let unknown = || {
        Refusal::invalid(
            "event.subject",
            "这条需求、成果或专家现在不在市场上，请从列表中重新选择。",
            "this demand, achievement or profile does not stand on the market now; choose again",
        )
    };
    let found = match subject.split_once(':') {
        Some(("demand", id)) => demand::find(tx, id).await?.map(|row| of_demand(&row)).transpose()?.flatten(),
        Some(("achievement", id)) => match achievement::find(tx, id).await? {
            Some(row) => of_achievement(tx, &row).await?,
            None => None,
        },
        Some(("profile", id)) => {
            profile::find(tx, id).await?.map(|row| of_profile(&row)).transpose()?.flatten()
        }
        _ => None,
    };
    found.ok_or_else(unknown)
}

/// What an organisation or a person has on the market.
pub(super) async fn list_own(
    tx: &mut Tx,
    organisation_key: i64,
    person_id: &str,
) -> Result<Vec<SubjectChoice>, Refusal> {
    let mut own = Vec::new();
    if organisation_key != 0 {
        let filter = DemandFilter { organisation_key, states: demand_states(), ..DemandFilter::default() };
        for row in demand::list(tx, &filter, (i64::MAX, ""), CHOICES_MAX).await? {
            own.extend(of_demand(&row)?);
        }
        let filter = AchievementFilter {
            organisation_key,
            states: achievement_states(),
            ..AchievementFilter::default()
        };
        for row in achievement::list(tx, &filter, (i64::MAX, ""), CHOICES_MAX).await? {
            own.extend(of_achievement(tx, &row).await?);
        }
    }
    for row in profile::list_own(tx, person_id, organisation_key).await? {
        own.extend(of_profile(&row)?);
    }
    Ok(own)
}

/// Codes of the states in which demands stand on the market.
pub(super) fn demand_states() -> String {
    let codes = DemandState::ALL.into_iter().filter(|state| state.is_on_market()).map(DemandState::code);
    format!(",{},", codes.collect::<Vec<_>>().join(","))
}

/// Codes of the states in which achievements are offered.
pub(super) fn achievement_states() -> String {
    let offered = AchievementState::ALL.into_iter().filter(|state| state.is_offered());
    format!(",{},", offered.map(AchievementState::code).collect::<Vec<_>>().join(","))
}

pub(super) fn of_demand(row: &DemandRow) -> Result<Option<SubjectChoice>, StoreError> {
    if !DemandState::from_code(&row.state).is_some_and(DemandState::is_on_market) {
        return Ok(None);
    }
    let form = serde_json::from_str(&row.form)
        .map_err(|_| StoreError::Damaged(format!("form of demand {}", row.demand_id)))?;
    let seen = SeenDemand::of(&form, DisclosureLevel::Public);
    Ok(Some(SubjectChoice {
        subject: format!("demand:{}", row.demand_id),
        title: seen.field("title").unwrap_or_default().to_owned(),
        kind: PartyKind::Company,
        organisation_key: row.organisation_key,
        name: seen.field("organisation_name").unwrap_or_default().to_owned(),
        person_id: None,
    }))
}

pub(super) async fn of_achievement(
    tx: &mut Tx,
    row: &AchievementRow,
) -> Result<Option<SubjectChoice>, Refusal> {
    if !AchievementState::from_code(&row.state).is_some_and(AchievementState::is_offered) {
        return Ok(None);
    }
    let name = organisation::find_name(tx, row.organisation_key).await?;
    Ok(Some(SubjectChoice {
        subject: format!("achievement:{}", row.achievement_id),
        title: row.title.clone(),
        kind: PartyKind::Unit,
        organisation_key: row.organisation_key,
        name: name.map_or_else(String::new, |(name, _)| name),
        person_id: None,
    }))
}

pub(super) fn of_profile(row: &ProfileRow) -> Result<Option<SubjectChoice>, StoreError> {
    if !row.is_listed {
        return Ok(None);
    }
    let form: ProfileForm = serde_json::from_str(&row.form)
        .map_err(|_| StoreError::Damaged(format!("profile {}", row.profile_id)))?;
    let is_expert = ProfileKind::from_code(&row.kind) == Some(ProfileKind::Expert);
    Ok(Some(SubjectChoice {
        subject: format!("profile:{}", row.profile_id),
        // The name of a person stands apart, where it can be erased.
        title: if is_expert { form.title } else { form.name.clone() },
        kind: if is_expert { PartyKind::Expert } else { PartyKind::Unit },
        organisation_key: row.organisation_key.unwrap_or(0),
        name: form.name,
        person_id: row.person_id.clone(),
    }))
}
