//! What the steps taken so far say about an application: its days, its reviewers, its experts.

use jiff::civil::Date;

use super::clock::Clock;
use super::state::Step;

/// A step that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenStep {
    /// Which.
    pub step: Step,
    /// By whom; a program or the command line has no person.
    pub person: Option<String>,
    /// Legal day.
    pub on: Date,
}

/// What follows from the steps taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// First accepted on (受理日期); anew where a refusal was overturned.
    pub accepted_on: Option<Date>,
    /// The last correction was filed on (补正日期).
    pub corrected_on: Option<Date>,
    /// Whether the experts were asked since the last correction.
    pub has_expert_review: bool,
    /// Whether the experts have spoken since the last correction.
    pub has_expert_opinion: bool,
    /// Who reviewed it first since the last correction.
    pub first_reviewer: Option<String>,
}

/// Reads the steps in their order.
#[must_use]
pub fn history_of(steps: &[TakenStep]) -> History {
    let mut history = History::default();
    let mut is_submitted = false;
    for taken in steps {
        match taken.step {
            Step::Submit => {
                // What was said on the text before holds for that text only.
                let corrected_on = is_submitted.then_some(taken.on);
                history = History { accepted_on: history.accepted_on, corrected_on, ..History::default() };
                is_submitted = true;
            }
            Step::Accept => {
                history.accepted_on.get_or_insert(taken.on);
            }
            Step::Reopen => history = History { accepted_on: Some(taken.on), ..History::default() },
            Step::AskExperts => {
                history.has_expert_review = true;
                // A first review from before the experts were asked is given again.
                history.first_reviewer = None;
            }
            Step::GiveExpertOpinion => history.has_expert_opinion = true,
            Step::FirstReview => {
                history.first_reviewer = Some(taken.person.clone().unwrap_or_default());
            }
            _ => {}
        }
    }
    history
}

impl History {
    /// The clock, once the application was accepted.
    #[must_use]
    pub fn clock(&self) -> Option<Clock> {
        self.accepted_on.map(|accepted_on| Clock {
            accepted_on,
            corrected_on: self.corrected_on,
            has_expert_review: self.has_expert_review,
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn taken(step: Step, person: &str, day: i8) -> TakenStep {
        TakenStep { step, person: Some(person.to_owned()), on: date(2026, 3, day) }
    }

    #[test]
    fn a_correction_takes_the_reviews_of_the_old_text_away_and_keeps_the_day_of_acceptance() {
        let mut steps = vec![
            taken(Step::Submit, "申请人", 2),
            taken(Step::Accept, "甲", 3),
            taken(Step::AskExperts, "甲", 4),
            taken(Step::GiveExpertOpinion, "专家", 9),
            taken(Step::FirstReview, "甲", 10),
        ];
        let before = history_of(&steps);
        assert_eq!(before.first_reviewer.as_deref(), Some("甲"));
        assert!(before.has_expert_opinion && before.corrected_on.is_none());
        steps.push(taken(Step::Return, "乙", 11));
        steps.push(taken(Step::Submit, "申请人", 16));
        steps.push(taken(Step::Accept, "乙", 17));
        let after = history_of(&steps);
        assert_eq!(after.accepted_on, Some(date(2026, 3, 3)));
        assert_eq!(after.corrected_on, Some(date(2026, 3, 16)));
        assert!(!after.has_expert_review && !after.has_expert_opinion && after.first_reviewer.is_none());
    }

    #[test]
    fn an_overturned_refusal_starts_the_clock_anew() {
        let steps = [
            taken(Step::Submit, "申请人", 2),
            taken(Step::Accept, "甲", 3),
            taken(Step::FirstReview, "甲", 4),
            taken(Step::Refuse, "乙", 5),
            taken(Step::Reopen, "省厅", 20),
        ];
        let clock = history_of(&steps).clock().expect("it was accepted");
        assert_eq!(clock.accepted_on, date(2026, 3, 20));
        assert_eq!(history_of(&steps).first_reviewer, None);
    }
}
