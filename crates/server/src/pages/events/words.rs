//! Words that the pages of events share.

use jiff::civil::Time;
use xiaoxiang_domain::contract::RowProblem;
use xiaoxiang_domain::event::{
    EventKind, EventObstacle, EventState, EventStep, MeetingBasis, MeetingOutcome, ParticipantState,
    PartyKind, PlannedEvent,
};
use xiaoxiang_domain::money::Fen;
use xiaoxiang_domain::region::{DivisionCode, Region};
use xiaoxiang_services::Refusal;

use crate::language::Language;
use crate::pages::applications::words::{Words, sentence_case};
use crate::pages::visit::Visit;

/// What a page of events is told in.
#[derive(Clone, Debug)]
pub(super) struct EventWords {
    words: Words,
    pub language: Language,
}

impl EventWords {
    pub async fn of(visit: &Visit) -> Result<Self, Refusal> {
        Ok(Self { words: Words::of(visit).await?, language: visit.language })
    }

    pub fn region(&self) -> &Region {
        self.words.region()
    }

    fn pick(&self, zh: &str, en: &str) -> String {
        sentence_case(self.language.pick(zh, en))
    }

    pub fn state(&self, state: &EventState) -> String {
        self.pick(state.label(), state.label_en())
    }

    pub fn kind(&self, kind: &EventKind) -> String {
        self.pick(kind.label(), kind.label_en())
    }

    pub fn step(&self, step: &EventStep) -> String {
        self.pick(step.label(), step.label_en())
    }

    /// What was done, by its stored word: a step, or work on the plan.
    pub fn step_taken(&self, code: &str) -> String {
        match (EventStep::from_code(code), code) {
            (Some(step), _) => self.step(&step),
            (None, "plan") => self.language.text("event-step-plan").to_owned(),
            (None, "schedule") => self.language.text("event-step-schedule").to_owned(),
            (None, _) => self.language.text("event-step-change").to_owned(),
        }
    }

    pub fn party(&self, kind: &PartyKind) -> String {
        self.pick(kind.label(), kind.label_en())
    }

    pub fn coming(&self, state: &ParticipantState) -> String {
        self.pick(state.label(), state.label_en())
    }

    pub fn basis(&self, basis: &MeetingBasis) -> String {
        self.pick(basis.label(), basis.label_en())
    }

    pub fn outcome(&self, outcome: &MeetingOutcome) -> String {
        self.pick(outcome.label(), outcome.label_en())
    }

    pub fn obstacle(&self, obstacle: &EventObstacle) -> String {
        let (zh, en) = obstacle.words();
        sentence_case(&format!("{}{}", self.language.pick(zh, en), self.language.pick("。", ".")))
    }

    /// The class of a state's mark; the word beside it says the same.
    pub const fn state_class(&self, state: &EventState) -> &'static str {
        match state {
            EventState::Draft => "status-draft",
            EventState::Cancelled => "status-corrected",
            _ => "status-signed",
        }
    }

    pub const fn coming_class(&self, state: &ParticipantState) -> &'static str {
        match state {
            ParticipantState::Invited | ParticipantState::Withdrawn => "status-draft",
            ParticipantState::Waiting | ParticipantState::Absent => "status-corrected",
            _ => "status-signed",
        }
    }

    pub fn problem(&self, problem: &RowProblem) -> String {
        self.language.pick(&problem.reason_zh, &problem.reason_en).to_owned()
    }

    /// Day, begin and end.
    pub fn when(&self, planned: &PlannedEvent) -> String {
        let time = |time: Time| time.strftime("%H:%M").to_string();
        let day = self.language.day(planned.day);
        format!("{day} {}–{}", time(planned.starts), time(planned.ends))
    }

    pub fn deadline(&self, planned: &PlannedEvent) -> String {
        let at = planned.deadline;
        format!("{} {}", self.language.day(at.date()), at.time().strftime("%H:%M"))
    }

    /// Division and place.
    pub fn place(&self, planned: &PlannedEvent) -> String {
        format!("{} {}", self.division(planned.division), planned.place)
    }

    pub fn division(&self, code: DivisionCode) -> String {
        let divisions = self.region().divisions();
        let name = divisions.name(code).unwrap_or_default();
        self.language.pick(name, divisions.name_en(code).unwrap_or(name)).to_owned()
    }

    pub fn day(&self, day: &jiff::civil::Date) -> String {
        self.language.day(*day)
    }

    pub fn moment(&self, at_ms: &i64) -> String {
        self.words.moment(at_ms)
    }

    /// An amount in 10,000 yuan.
    pub fn amount(&self, fen: &Fen) -> String {
        self.words.ten_thousand(&Some(*fen))
    }
}
