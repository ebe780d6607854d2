//! What may be done with a demand from where it stands, and what stands in the way.

use super::state::{DemandKind, DemandState, DemandStep, Verification};

/// What decides about a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DemandCase {
    /// Where it stands.
    pub state: DemandState,
    /// Which list it belongs to.
    pub kind: DemandKind,
    /// How the company stood behind what is written now.
    pub verified: Option<Verification>,
    /// Experts who were invited and did not decline.
    pub experts_asked: usize,
    /// Whether their result is passed; none while scores are missing.
    pub experts_passed: Option<bool>,
}

/// Who wrote a demand down, as far as its first step depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Enterer {
    /// 企业自填: it stands behind it by handing it in.
    Company,
    /// 代填: officer, society or technology manager; the company has to confirm.
    Other,
}

/// Where a step leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DemandOutcome {
    /// State after the step.
    pub state: DemandState,
    /// How the company stands behind it after the step.
    pub verified: Option<Verification>,
}

/// Why a step cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DemandObstacle {
    /// No such step from there.
    NotFromHere,
    /// Neither has the company confirmed nor was it called.
    NotConfirmed,
    /// A common demand is selected by experts.
    ExpertsNeeded,
    /// Scores of invited experts are missing.
    ScoresMissing,
    /// The experts' result lies below the sheet's least points.
    NotPassed,
    /// The company is to be told why.
    WordsMissing,
}

impl DemandObstacle {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotFromHere => "demand.not_from_here",
            Self::NotConfirmed => "demand.not_confirmed",
            Self::ExpertsNeeded => "demand.experts_needed",
            Self::ScoresMissing => "demand.scores_missing",
            Self::NotPassed => "demand.not_passed",
            Self::WordsMissing => "demand.words_missing",
        }
    }

    /// What is wrong and what to do, Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::NotFromHere => (
                "需求当前的状态不能办理这一步，请刷新页面",
                "this cannot be done from where the demand stands; reload",
            ),
            Self::NotConfirmed => (
                "企业尚未确认。请等待企业确认，或电话核实联系人、预算和授权后记录下来",
                "the company has not confirmed; wait for it, or call and record contact, budget and authority",
            ),
            Self::ExpertsNeeded => (
                "行业共性需求须经专家筛选，请先邀请专家",
                "a common demand is screened by experts; invite them first",
            ),
            Self::ScoresMissing => (
                "专家评分尚未收齐，请等待或改请其他专家",
                "scores of experts are missing; wait or invite others",
            ),
            Self::NotPassed => (
                "专家评分未达到入选分数，只能作不入选处理",
                "the experts' result is too low; it can only be declined",
            ),
            Self::WordsMissing => ("请写明理由，企业会看到", "say why; the company reads it"),
        }
    }
}

/// Where a step leads, or what stands in its way first.
///
/// # Errors
/// The obstacle that is to be removed first.
pub fn decide_demand_step(
    case: &DemandCase,
    step: DemandStep,
    enterer: Enterer,
    words: &str,
) -> Result<DemandOutcome, DemandObstacle> {
    use DemandState as At;
    use DemandStep as Step;
    let state = match (case.state, step) {
        (At::Draft | At::Returned, Step::Submit) => At::Collected,
        (at, Step::Confirm) if !at.is_final() && !matches!(at, At::Draft | At::Declined | At::Expired) => at,
        (At::Collected, Step::Check) => At::Checked,
        (At::Collected | At::Checked | At::Sorted, Step::Return) => At::Returned,
        (At::Checked, Step::Sort) | (At::Sorted, Step::Sort | Step::InviteExperts) => At::Sorted,
        (At::Sorted, Step::Select) => At::Screened,
        (At::Collected | At::Checked | At::Sorted, Step::Decline) => At::Declined,
        (At::Screened, Step::Publish) => At::Published,
        (At::Published, Step::Match) => At::Matched,
        (At::Published | At::Matched, Step::Contract) => At::Contracted,
        (At::Screened | At::Published | At::Matched, Step::Expire) => At::Expired,
        (At::Expired, Step::Renew) => At::Screened,
        (At::Checked | At::Sorted | At::Screened | At::Published, Step::Merge)
            if case.kind == DemandKind::Enterprise =>
        {
            At::Merged
        }
        (At::Checked | At::Sorted, Step::Divide) => At::Split,
        (at, Step::Withdraw) if !at.is_final() => At::Withdrawn,
        _ => return Err(DemandObstacle::NotFromHere),
    };
    if step.needs_words() && words.trim().is_empty() {
        return Err(DemandObstacle::WordsMissing);
    }
    let verified = match (step, enterer) {
        (Step::Submit, Enterer::Company) | (Step::Confirm | Step::Renew, Enterer::Company) => {
            Some(Verification::Company)
        }
        // What is handed in anew was not confirmed yet.
        (Step::Submit, Enterer::Other) => None,
        _ => case.verified,
    };
    let is_common = case.kind == DemandKind::Common;
    if step == Step::Check && verified.is_none() && !is_common {
        return Err(DemandObstacle::NotConfirmed);
    }
    if step == Step::Select {
        match (case.experts_asked, case.experts_passed) {
            (0, _) if is_common => return Err(DemandObstacle::ExpertsNeeded),
            (0, _) | (_, Some(true)) => {}
            (_, None) => return Err(DemandObstacle::ScoresMissing),
            (_, Some(false)) => return Err(DemandObstacle::NotPassed),
        }
    }
    Ok(DemandOutcome { state, verified })
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLLECTED: DemandCase = DemandCase {
        state: DemandState::Collected,
        kind: DemandKind::Enterprise,
        verified: None,
        experts_asked: 0,
        experts_passed: None,
    };

    fn state(case: DemandCase, step: DemandStep) -> Result<DemandState, DemandObstacle> {
        decide_demand_step(&case, step, Enterer::Other, "理由").map(|outcome| outcome.state)
    }

    #[test]
    fn nothing_is_checked_that_the_company_does_not_stand_behind() {
        assert_eq!(state(COLLECTED, DemandStep::Check), Err(DemandObstacle::NotConfirmed));
        for way in Verification::ALL {
            let case = DemandCase { verified: Some(way), ..COLLECTED };
            assert_eq!(state(case, DemandStep::Check), Ok(DemandState::Checked));
        }
        let own = DemandCase { state: DemandState::Draft, ..COLLECTED };
        let handed_in = decide_demand_step(&own, DemandStep::Submit, Enterer::Company, "");
        assert_eq!(handed_in.map(|outcome| outcome.verified), Ok(Some(Verification::Company)));
        let again = DemandCase { verified: Some(Verification::Telephone), ..own };
        let handed_in = decide_demand_step(&again, DemandStep::Submit, Enterer::Other, "");
        assert_eq!(
            handed_in.map(|outcome| outcome.verified),
            Ok(None),
            "what was written anew is not confirmed"
        );
    }

    #[test]
    fn a_common_demand_is_selected_by_experts_and_by_their_result() {
        let common = DemandCase { state: DemandState::Sorted, kind: DemandKind::Common, ..COLLECTED };
        assert_eq!(state(common, DemandStep::Select), Err(DemandObstacle::ExpertsNeeded));
        let asked = |experts_passed| DemandCase { experts_asked: 2, experts_passed, ..common };
        assert_eq!(state(asked(None), DemandStep::Select), Err(DemandObstacle::ScoresMissing));
        assert_eq!(state(asked(Some(false)), DemandStep::Select), Err(DemandObstacle::NotPassed));
        assert_eq!(state(asked(Some(true)), DemandStep::Select), Ok(DemandState::Screened));
        assert_eq!(state(common, DemandStep::Merge), Err(DemandObstacle::NotFromHere));
    }

    #[test]
    fn nothing_follows_where_a_demand_is_over_and_nothing_is_published_unscreened() {
        for at in DemandState::ALL {
            for step in DemandStep::ALL {
                let case = DemandCase { state: at, verified: Some(Verification::Company), ..COLLECTED };
                let next = state(case, step);
                assert!(!at.is_final() || next.is_err(), "{at:?} {step:?}");
                if next == Ok(DemandState::Published) {
                    let stays = step == DemandStep::Confirm && at == DemandState::Published;
                    assert!(stays || at == DemandState::Screened, "{at:?} {step:?}");
                }
            }
        }
    }

    #[test]
    fn what_turns_a_company_away_says_why() {
        for step in [DemandStep::Return, DemandStep::Decline, DemandStep::Withdraw] {
            let silent = decide_demand_step(&COLLECTED, step, Enterer::Other, "  ");
            assert_eq!(silent, Err(DemandObstacle::WordsMissing));
        }
    }
}
