//! The life of a flag (疑点): asked, answered, decided, appealed once, decided again by somebody else.
//!
//! A flag is a question to answer, never a refusal: no state of it changes the contract or holds a payment.

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::Contract;

/// Where a flag stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FlagState {
    /// 待答复
    Open,
    /// 已答复: waits for the province.
    Answered,
    /// 已排除
    Cleared,
    /// 已认定: the doubt was found to be right.
    Upheld,
    /// 申诉中: waits for the province, for somebody who has not decided before.
    Appealed,
    /// 申诉后排除
    ClearedOnAppeal,
    /// 申诉后维持
    UpheldOnAppeal,
}

/// What somebody does with a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FlagAct {
    /// 答复: the registrar or a party says why.
    Answer,
    /// 排除
    Clear,
    /// 认定
    Uphold,
    /// 申诉: once, by those who answer.
    Appeal,
}

/// Why an act is not possible now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FlagProblem {
    /// It was decided; what remains is an appeal.
    #[error("the flag was decided")]
    Decided,
    /// Nobody has answered and there is still time to.
    #[error("the flag was not answered yet")]
    NotAnswered,
    /// There is nothing to appeal against, or it was appealed before.
    #[error("the flag cannot be appealed")]
    NoAppeal,
}

/// Whether the time for an answer is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerTime {
    /// There is still time.
    Running,
    /// It is over.
    Over,
}

impl AnswerTime {
    /// As it stands on a day.
    #[must_use]
    pub fn on(today: Date, due: Date) -> Self {
        if today > due { Self::Over } else { Self::Running }
    }
}

/// The last day for an answer: so many days after the question was put.
#[must_use]
pub fn answer_due(raised_on: Date, days: u32) -> Date {
    raised_on.saturating_add(i64::from(days).days())
}

impl FlagState {
    /// All states, in the order of their life.
    pub const ALL: [Self; 7] = [
        Self::Open,
        Self::Answered,
        Self::Appealed,
        Self::Upheld,
        Self::Cleared,
        Self::ClearedOnAppeal,
        Self::UpheldOnAppeal,
    ];

    /// Word of the database, addresses and the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Answered => "answered",
            Self::Cleared => "cleared",
            Self::Upheld => "upheld",
            Self::Appealed => "appealed",
            Self::ClearedOnAppeal => "cleared_on_appeal",
            Self::UpheldOnAppeal => "upheld_on_appeal",
        }
    }

    /// The state of a word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether the province has decided and nothing else is under way.
    #[must_use]
    pub const fn is_decided(self) -> bool {
        matches!(self, Self::Cleared | Self::Upheld | Self::ClearedOnAppeal | Self::UpheldOnAppeal)
    }

    /// Whether the doubt was found to be wrong.
    #[must_use]
    pub const fn is_cleared(self) -> bool {
        matches!(self, Self::Cleared | Self::ClearedOnAppeal)
    }

    /// Where an act leads.
    pub const fn after(self, act: FlagAct, time: AnswerTime) -> Result<Self, FlagProblem> {
        match (self, act) {
            (Self::Open | Self::Answered, FlagAct::Answer) => Ok(Self::Answered),
            (Self::Open | Self::Answered, FlagAct::Clear) => Ok(Self::Cleared),
            (Self::Answered, FlagAct::Uphold) => Ok(Self::Upheld),
            // Who does not answer in time cannot keep the question open.
            (Self::Open, FlagAct::Uphold) => match time {
                AnswerTime::Over => Ok(Self::Upheld),
                AnswerTime::Running => Err(FlagProblem::NotAnswered),
            },
            (Self::Upheld, FlagAct::Appeal) => Ok(Self::Appealed),
            (Self::Appealed, FlagAct::Clear) => Ok(Self::ClearedOnAppeal),
            (Self::Appealed, FlagAct::Uphold) => Ok(Self::UpheldOnAppeal),
            (_, FlagAct::Appeal) => Err(FlagProblem::NoAppeal),
            (_, FlagAct::Answer | FlagAct::Clear | FlagAct::Uphold) => Err(FlagProblem::Decided),
        }
    }
}

impl FlagAct {
    /// Word of the log and the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Clear => "clear",
            Self::Uphold => "uphold",
            Self::Appeal => "appeal",
        }
    }

    /// The act of a word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Answer, Self::Clear, Self::Uphold, Self::Appeal].into_iter().find(|act| act.code() == code)
    }
}

/// What of a contract a question rests on: while this stays, the question is the same one.
///
/// The habits of the whole book are left out, since they move with every import.
#[must_use]
pub fn footing_of(contract: &Contract) -> String {
    let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    [
        contract.contract_value.0.to_string(),
        contract.technology_value.0.to_string(),
        contract.contract_type.clone(),
        contract.registered_on.to_string(),
        day(contract.signed_on),
        day(contract.valid_from),
        day(contract.valid_to),
    ]
    .join("|")
}

/// What became of the evidence of a question that was put before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EvidenceChange {
    /// Nothing was added: contracts beside it went away.
    Less,
    /// There is something that was not asked about before.
    More,
}

/// Compares the contracts on which a question rests, each as number and footing.
#[must_use]
pub fn evidence_change<'a>(before: &[(&'a str, &'a str)], after: &[(&'a str, &'a str)]) -> EvidenceChange {
    if after.iter().all(|one| before.contains(one)) { EvidenceChange::Less } else { EvidenceChange::More }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const RUNNING: AnswerTime = AnswerTime::Running;

    fn through(acts: &[FlagAct]) -> Result<FlagState, FlagProblem> {
        acts.iter().try_fold(FlagState::Open, |state, act| state.after(*act, RUNNING))
    }

    #[test]
    fn a_flag_is_answered_upheld_appealed_and_cleared() {
        use FlagAct::{Answer, Appeal, Clear, Uphold};
        assert_eq!(through(&[Answer, Answer]), Ok(FlagState::Answered));
        assert_eq!(through(&[Answer, Uphold, Appeal, Clear]), Ok(FlagState::ClearedOnAppeal));
        assert_eq!(through(&[Answer, Uphold, Appeal, Uphold]), Ok(FlagState::UpheldOnAppeal));
        assert_eq!(
            through(&[Clear]),
            Ok(FlagState::Cleared),
            "the province may see at once that all is well"
        );
    }

    #[test]
    fn nothing_is_upheld_unheard_while_there_is_time_to_answer() {
        let due = answer_due(date(2026, 11, 1), 15);
        assert_eq!(due, date(2026, 11, 16));
        let uphold = |day| FlagState::Open.after(FlagAct::Uphold, AnswerTime::on(day, due));
        assert_eq!(uphold(date(2026, 11, 16)), Err(FlagProblem::NotAnswered));
        assert_eq!(uphold(date(2026, 11, 17)), Ok(FlagState::Upheld));
    }

    #[test]
    fn it_is_appealed_once_and_only_where_it_was_upheld() {
        use FlagAct::{Answer, Appeal, Clear, Uphold};
        assert_eq!(through(&[Appeal]), Err(FlagProblem::NoAppeal));
        assert_eq!(through(&[Answer, Clear, Appeal]), Err(FlagProblem::NoAppeal));
        assert_eq!(through(&[Answer, Uphold, Appeal, Uphold, Appeal]), Err(FlagProblem::NoAppeal));
        assert_eq!(through(&[Answer, Uphold, Answer]), Err(FlagProblem::Decided));
        assert_eq!(through(&[Answer, Clear, Uphold]), Err(FlagProblem::Decided));
        for state in FlagState::ALL {
            assert_eq!(FlagState::from_code(state.code()), Some(state));
            assert_eq!(state.after(FlagAct::Clear, RUNNING).is_err(), state.is_decided());
        }
    }

    #[test]
    fn evidence_of_which_a_part_went_away_asks_nothing_new() {
        let before = [("A", "1"), ("B", "2")];
        assert_eq!(evidence_change(&before, &[("A", "1")]), EvidenceChange::Less);
        assert_eq!(evidence_change(&before, &[("A", "1"), ("C", "3")]), EvidenceChange::More);
        assert_eq!(evidence_change(&before, &[("A", "9")]), EvidenceChange::More, "its value moved");
    }
}
