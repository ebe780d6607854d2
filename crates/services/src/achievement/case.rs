//! An entry with what decides about it, and who may see it in the office.

use xiaoxiang_domain::access::{Action, Scope};
use xiaoxiang_domain::achievement::{
    AchievementForm, AchievementState, Offer, PublicityStanding, StepTaker, publicity_key,
};
use xiaoxiang_domain::market::DisclosureLevel;
use xiaoxiang_domain::region::{DivisionCode, PublicityRule, Region};
use xiaoxiang_store::achievement::{
    self as store, AchievementObjectionRow, AchievementRow, AchievementStepRow,
};
use xiaoxiang_store::{StoreError, Tx};

use crate::actor::Actor;
use crate::refusal::Refusal;

/// An entry as it is on record.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub row: AchievementRow,
    pub form: AchievementForm,
    pub state: AchievementState,
    pub steps: Vec<AchievementStepRow>,
    pub objections: Vec<AchievementObjectionRow>,
}

/// The form and the state of a row.
pub(super) fn read_row(row: &AchievementRow) -> Result<(AchievementForm, AchievementState), StoreError> {
    let damaged = |what: &str| StoreError::Damaged(format!("{what} of achievement {}", row.achievement_id));
    let form = serde_json::from_str(&row.form).map_err(|_| damaged("form"))?;
    let state = AchievementState::from_code(&row.state).ok_or_else(|| damaged("state"))?;
    Ok((form, state))
}

impl Case {
    /// One entry, whoever asks.
    pub async fn load(tx: &mut Tx, achievement_id: &str) -> Result<Self, Refusal> {
        let row = store::find(tx, achievement_id).await?;
        let row = row.ok_or_else(|| Refusal::NotFound(achievement_id.to_owned()))?;
        let (form, state) = read_row(&row)?;
        Ok(Self {
            form,
            state,
            steps: store::list_steps(tx, achievement_id).await?,
            objections: store::list_objections(tx, achievement_id).await?,
            row,
        })
    }

    /// One entry that somebody sees in the office; others are not found. A draft is the unit's own paper.
    pub async fn visible(tx: &mut Tx, actor: &Actor, achievement_id: &str) -> Result<Self, Refusal> {
        let scope = actor.permit(Action::ReadAchievements)?;
        let case = Self::load(tx, achievement_id).await?;
        let is_own_paper = case.state == AchievementState::Draft;
        let is_seen = case.lies_in(scope)
            && (!is_own_paper || matches!(scope, Scope::Organisation(_)) || actor.role().is_none());
        if is_seen { Ok(case) } else { Err(Refusal::NotFound(achievement_id.to_owned())) }
    }

    fn lies_in(&self, scope: Scope) -> bool {
        match scope {
            Scope::Region => true,
            Scope::Organisation(key) => self.row.organisation_key == key,
            Scope::Division(root) => {
                DivisionCode::parse(&self.row.division).is_some_and(|division| division.is_within(root))
            }
            Scope::Park(_) | Scope::Registrar(_) => false,
        }
    }

    /// Whether an action is somebody's to do here.
    pub fn allows(&self, actor: &Actor, action: Action) -> bool {
        actor.extent(action).is_some_and(|scope| self.lies_in(scope))
    }

    /// How much of the form somebody reads in the office: the unit and whoever watches everything, others what anybody
    /// reads who has signed in.
    pub fn level_for(&self, actor: &Actor) -> DisclosureLevel {
        let handles =
            self.allows(actor, Action::WriteAchievements) || self.allows(actor, Action::WatchAchievements);
        if handles { DisclosureLevel::Held } else { DisclosureLevel::SignedIn }
    }

    /// As what somebody takes a step: of the unit, or of the office.
    pub fn taker<'a>(&self, actor: &'a Actor) -> Result<StepTaker<'a>, Refusal> {
        if self.allows(actor, Action::WriteAchievements) {
            return Ok(StepTaker::OfUnit(actor.person_id().unwrap_or_else(|| actor.log_name())));
        }
        if self.allows(actor, Action::WatchAchievements) {
            return Ok(StepTaker::OfOffice);
        }
        Err(Refusal::Forbidden(Action::WriteAchievements))
    }

    /// The rule of publicity that holds for its way of pricing on a day.
    pub fn publicity_rule<'a>(
        &self,
        region: &'a Region,
        today: jiff::civil::Date,
    ) -> Option<&'a PublicityRule> {
        region.achievements().publicity_on(today, &self.form.price.method)
    }

    /// What the procedure knows of it.
    pub fn offer(&self, region: &Region, today: jiff::civil::Date) -> Offer {
        let is_publicised = self.row.publicised_key.as_deref() == Some(publicity_key(&self.form).as_str());
        let publicity_to: Option<jiff::civil::Date> =
            self.row.publicity_to.as_deref().and_then(|day| day.parse().ok());
        let is_running = self.state == AchievementState::Publicity;
        let publicity = match (self.publicity_rule(region, today), is_publicised) {
            // A unit may publicise what need not be; a region without any rule names no last day.
            (None, _) if !is_running || publicity_to.is_none() => PublicityStanding::NotNeeded,
            (Some(_), false) => PublicityStanding::Needed,
            _ => PublicityStanding::Until(publicity_to),
        };
        Offer {
            state: self.state,
            authors: self.authors(),
            patent_filing: self.form.patent_filing(),
            publicity,
            open_objections: self.objections.iter().filter(|one| one.outcome.is_none()).count(),
        }
    }

    /// Whoever began it, wrote on it last, or handed it in since it was a draft.
    fn authors(&self) -> Vec<String> {
        let mut authors = vec![self.row.creator_id.clone(), self.row.editor_id.clone()];
        let submitted = self.steps.iter().rev().find(|step| step.step == "submit");
        authors.extend(submitted.map(|step| step.person_id.clone().unwrap_or_else(|| step.actor.clone())));
        authors
    }
}

/// The entry changed since it was read.
pub(super) fn stale(case: &Case) -> Refusal {
    let (state, state_en) = (case.state.label(), case.state.label_en());
    Refusal::stale(format!("该成果（现为“{state}”）"), format!("the entry (now: {state_en})"))
}
