//! A demand with what decides about it, and who may see it.

use std::collections::BTreeMap;

use xiaoxiang_domain::access::{Action, Role, Scope};
use xiaoxiang_domain::demand::{
    DemandCase, DemandForm, DemandKind, DemandState, DemandStep, Enterer, ReviewScore, ScreeningResult,
    Verification, screening_result,
};
use xiaoxiang_domain::region::{DivisionCode, Region};
use xiaoxiang_store::demand::{self as store, DemandRow, DemandStepRow, ReviewRow};
use xiaoxiang_store::{StoreError, Tx};

use crate::actor::Actor;
use crate::refusal::Refusal;

/// What an expert declares who has no conflict.
pub(super) const NO_CONFLICT: &str = "none";

/// A demand as it is on record.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub row: DemandRow,
    /// Without contact data.
    pub form: DemandForm,
    pub state: DemandState,
    pub kind: DemandKind,
    pub steps: Vec<DemandStepRow>,
    pub reviews: Vec<ReviewRow>,
}

impl Case {
    /// One demand, whoever asks.
    pub async fn load(tx: &mut Tx, demand_id: &str) -> Result<Self, Refusal> {
        let row = store::find(tx, demand_id).await?;
        let row = row.ok_or_else(|| Refusal::NotFound(demand_id.to_owned()))?;
        let damaged = |what: &str| StoreError::Damaged(format!("{what} of demand {demand_id}"));
        Ok(Self {
            state: DemandState::from_code(&row.state).ok_or_else(|| damaged("state"))?,
            kind: DemandKind::from_code(&row.kind).ok_or_else(|| damaged("kind"))?,
            form: serde_json::from_str(&row.form).map_err(|_| damaged("form"))?,
            steps: store::list_steps(tx, demand_id).await?,
            reviews: store::list_reviews(tx, demand_id).await?,
            row,
        })
    }

    /// One demand that somebody may see; others are not found.
    pub async fn visible(tx: &mut Tx, actor: &Actor, demand_id: &str) -> Result<Self, Refusal> {
        let scope = actor.permit(Action::ReadDemands)?;
        let case = Self::load(tx, demand_id).await?;
        if case.is_seen(actor, scope) { Ok(case) } else { Err(Refusal::NotFound(demand_id.to_owned())) }
    }

    /// Whether somebody sees it. A draft is the paper of whoever writes it; an expert sees what the expert is invited to.
    fn is_seen(&self, actor: &Actor, scope: Scope) -> bool {
        if actor.role() == Some(Role::Expert) {
            return self.review_of(actor).is_some();
        }
        if self.state == DemandState::Draft && actor.role().is_some() {
            return self.is_entered_by(actor);
        }
        self.lies_in(scope) || self.is_entered_by(actor)
    }

    /// Whether somebody wrote it down.
    pub fn is_entered_by(&self, actor: &Actor) -> bool {
        actor.person_id().is_some_and(|person| person == self.row.enterer_id)
    }

    /// Whether somebody acts for the company whose demand it is.
    pub fn is_of(&self, actor: &Actor) -> bool {
        let own = Some(Scope::Organisation(self.row.organisation_key));
        self.row.organisation_key != 0
            && actor.role() == Some(Role::OrganisationAgent)
            && actor.extent(Action::EnterDemands) == own
    }

    fn lies_in(&self, scope: Scope) -> bool {
        match scope {
            Scope::Region => true,
            Scope::Organisation(key) => key != 0 && self.row.organisation_key == key,
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

    /// The expert's invitation, where there is one.
    pub fn review_of(&self, actor: &Actor) -> Option<&ReviewRow> {
        let person = actor.person_id()?;
        self.reviews.iter().find(|review| review.person_id == person)
    }

    /// Whether contact data are somebody's to read: the company, who wrote it down, and the offices that call.
    pub fn shows_contact(&self, actor: &Actor) -> bool {
        self.is_of(actor)
            || self.is_entered_by(actor)
            || self.allows(actor, Action::CheckDemands)
            || self.allows(actor, Action::SortDemands)
    }

    /// For whom a step is taken.
    pub fn enterer(&self, actor: &Actor) -> Enterer {
        if self.is_of(actor) { Enterer::Company } else { Enterer::Other }
    }

    /// The permission that a step takes here, where it is somebody's to take; none where it is not.
    pub fn may_take(&self, actor: &Actor, step: DemandStep) -> bool {
        let allows = |action| self.allows(actor, action);
        match step {
            DemandStep::Submit => {
                actor.may(Action::EnterDemands) && (self.is_entered_by(actor) || self.is_of(actor))
            }
            DemandStep::Confirm => self.is_of(actor),
            DemandStep::Renew => self.is_of(actor) || allows(Action::CheckDemands),
            DemandStep::Check => allows(Action::CheckDemands),
            DemandStep::Return | DemandStep::Decline => {
                let at_check = self.state == DemandState::Collected && allows(Action::CheckDemands);
                let at_sorting = step == DemandStep::Return && allows(Action::SortDemands);
                at_check || at_sorting || allows(Action::DecideDemands)
            }
            DemandStep::Sort => allows(Action::SortDemands),
            DemandStep::Select | DemandStep::InviteExperts | DemandStep::Merge | DemandStep::Divide => {
                allows(Action::DecideDemands)
            }
            DemandStep::Match | DemandStep::Contract => {
                allows(Action::SortDemands) || allows(Action::DecideDemands) || self.is_of(actor)
            }
            DemandStep::Withdraw => {
                self.is_of(actor)
                    || (self.is_entered_by(actor) && actor.may(Action::EnterDemands))
                    || allows(Action::DecideDemands)
            }
            // Lists publish, days expire.
            DemandStep::Publish => allows(Action::PublishDemands),
            DemandStep::Expire => actor.role().is_none(),
        }
    }

    /// The permission whose lack bars a step that somebody sees and may not take.
    pub const fn action_of(step: DemandStep) -> Action {
        match step {
            DemandStep::Submit | DemandStep::Confirm | DemandStep::Renew | DemandStep::Withdraw => {
                Action::EnterDemands
            }
            DemandStep::Check | DemandStep::Return => Action::CheckDemands,
            DemandStep::Sort | DemandStep::Match | DemandStep::Contract => Action::SortDemands,
            DemandStep::Publish => Action::PublishDemands,
            _ => Action::DecideDemands,
        }
    }

    /// What the procedure knows of it.
    pub fn facts(&self, region: &Region) -> DemandCase {
        let asked = self.reviews.iter().filter(|review| !is_barred(review)).count();
        DemandCase {
            state: self.state,
            kind: self.kind,
            verified: self.row.verified.as_deref().and_then(Verification::from_code),
            experts_asked: asked,
            experts_passed: self.result(region).map(|result| result.is_passed),
        }
    }

    /// The experts' result; none while scores of invited experts are missing.
    pub fn result(&self, region: &Region) -> Option<ScreeningResult> {
        let sheet = region.demand_rules().score_sheet(self.row.score_sheet.as_deref()?)?;
        let open = self.reviews.iter().any(|review| review.answered_at_ms.is_none());
        if open {
            return None;
        }
        let scores: Vec<ReviewScore> = self.reviews.iter().filter_map(score_of).collect();
        screening_result(sheet, &scores).ok()
    }
}

/// Whether an expert declared a conflict.
pub(super) fn is_barred(review: &ReviewRow) -> bool {
    review.conflict.as_deref().is_some_and(|conflict| conflict != NO_CONFLICT)
}

/// The points of an expert who gave some.
pub(super) fn score_of(review: &ReviewRow) -> Option<ReviewScore> {
    let points: BTreeMap<String, u32> = serde_json::from_str(review.points.as_deref()?).ok()?;
    Some(ReviewScore { points })
}

/// A form as it is stored.
pub(super) fn text_of(form: &DemandForm) -> String {
    serde_json::to_string(form).expect("invariant: a form is plain data")
}

/// Contact data of a demand.
pub(super) async fn personal_of(tx: &mut Tx, demand_id: &str) -> Result<BTreeMap<String, String>, Refusal> {
    let found = store::find_personal(tx, demand_id).await?;
    let fields = found.map(|(fields,)| serde_json::from_str(&fields)).transpose();
    Ok(fields
        .map_err(|_| StoreError::Damaged(format!("contact data of demand {demand_id}")))?
        .unwrap_or_default())
}

/// Somebody else was faster: what the demand is now, so that the second sees what changed.
pub(super) fn stale(case: &Case) -> Refusal {
    let title = &case.row.title;
    Refusal::stale(
        format!("需求“{title}”（现为“{}”）", case.state.label()),
        format!("the demand {title} (now: {})", case.state.label_en()),
    )
}
