//! Words that the pages of demands share: fields, levels, budgets, codes.

use xiaoxiang_domain::contract::RowProblem;
use xiaoxiang_domain::demand::{Budget, DemandKind, DemandState, DemandStep};
use xiaoxiang_domain::market::{CooperationMode, DisclosureLevel, IpWish};
use xiaoxiang_domain::region::{DivisionCode, Region};
use xiaoxiang_services::Refusal;

use crate::language::Language;
use crate::pages::applications::words::{Words, sentence_case};
use crate::pages::visit::Visit;

/// What a page of demands is told in.
#[derive(Clone, Debug)]
pub(in crate::pages) struct DemandWords {
    words: Words,
    pub language: Language,
}

impl DemandWords {
    pub async fn of(visit: &Visit) -> Result<Self, Refusal> {
        Ok(Self { words: Words::of(visit).await?, language: visit.language })
    }

    pub fn region(&self) -> &Region {
        self.words.region()
    }

    pub fn state(&self, state: &DemandState) -> String {
        sentence_case(self.language.pick(state.label(), state.label_en()))
    }

    pub fn step(&self, step: &DemandStep) -> String {
        sentence_case(self.language.pick(step.label(), step.label_en()))
    }

    pub fn kind(&self, kind: &DemandKind) -> String {
        sentence_case(self.language.pick(kind.label(), kind.label_en()))
    }

    pub fn level(&self, level: &DisclosureLevel) -> &'static str {
        self.language.pick(level.label(), level.label_en())
    }

    /// The class of a state's mark; the word beside it says the same.
    pub const fn state_class(&self, state: &DemandState) -> &'static str {
        match state {
            DemandState::Draft | DemandState::Withdrawn | DemandState::Merged | DemandState::Split => {
                "status-draft"
            }
            DemandState::Returned | DemandState::Declined | DemandState::Expired => "status-corrected",
            _ => "status-signed",
        }
    }

    /// What a field of the sheet is called.
    pub fn label(&self, key: &str) -> String {
        if let Some(item) = key.strip_prefix("score.") {
            return item.to_owned();
        }
        if key == "holds_no_secrets" {
            return self.language.text("demand-no-secrets-short").to_owned();
        }
        let field = self.region().demand_sheet().by_key(key);
        field.map_or_else(
            || key.to_owned(),
            |field| self.language.pick(&field.name, &field.name_en).to_owned(),
        )
    }

    pub fn problem(&self, problem: &RowProblem) -> String {
        self.language.pick(&problem.reason_zh, &problem.reason_en).to_owned()
    }

    pub fn named_problem(&self, problem: &RowProblem) -> String {
        let (label, text) = (self.label(&problem.field), self.problem(problem));
        self.language.say("application-problem-of", [("field", &label), ("problem", &text)])
    }

    pub fn day(&self, day: &str) -> String {
        self.words.day(day)
    }

    pub fn moment(&self, at_ms: &i64) -> String {
        self.words.moment(at_ms)
    }

    /// The legal day of an instant.
    pub fn day_of(&self, at_ms: &i64) -> String {
        let instant = jiff::Timestamp::from_millisecond(*at_ms).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        self.language.day(instant.to_zoned(self.words.time_zone().clone()).date())
    }

    /// A code of a list in words.
    pub fn code(&self, list: &str, code: &str) -> String {
        let found = self.region().codes(list).and_then(|list| {
            list.by_code(code).or_else(|| list.items().iter().find(|item| item.name == code))
        });
        found.map_or_else(|| code.to_owned(), |code| self.language.pick(&code.name, &code.name_en).to_owned())
    }

    pub fn field_name(&self, code: &str) -> String {
        self.code("technical_field", code)
    }

    pub fn division(&self, code: DivisionCode) -> String {
        let divisions = self.region().divisions();
        let name = divisions.name(code).unwrap_or_default();
        let english = divisions.name_en(code).unwrap_or(name);
        self.language.pick(name, english).to_owned()
    }

    pub fn modes(&self, modes: &[CooperationMode]) -> String {
        let names: Vec<&str> =
            modes.iter().map(|mode| self.language.pick(mode.label(), mode.label_en())).collect();
        names.join(self.language.pick("、", ", "))
    }

    /// A field's text as a page shows it: codes and words of the form in the page's language.
    pub fn value(&self, key: &str, text: &str) -> String {
        match key {
            "field" => self.code("technical_field", text),
            "industry" => self.code("industry", text),
            "maturity" => self.code("maturity", text),
            "division" => {
                DivisionCode::parse(text).map_or_else(|| text.to_owned(), |code| self.division(code))
            }
            "modes" => {
                let written = text.split([',', '，', '、']).map(str::trim);
                let modes: Vec<CooperationMode> = written.filter_map(CooperationMode::from_written).collect();
                if modes.is_empty() { text.to_owned() } else { self.modes(&modes) }
            }
            "ip_wish" => IpWish::from_written(text).map_or_else(
                || text.to_owned(),
                |wish| self.language.pick(wish.label(), wish.label_en()).to_owned(),
            ),
            "deadline" => self.day(text),
            "budget" => Budget::read(text).map_or_else(
                || text.to_owned(),
                |budget| {
                    let (zh, en) = budget.words();
                    self.language.pick(&zh, &en).to_owned()
                },
            ),
            "secrecy" => DisclosureLevel::from_code(text)
                .map_or_else(|| text.to_owned(), |level| self.level(&level).to_owned()),
            _ => text.to_owned(),
        }
    }

    /// What a refusal is about, each in a sentence of its own.
    pub fn told(&self, visit: &Visit, refusal: &Refusal) -> Vec<String> {
        match refusal {
            Refusal::Fields(problems) => problems.iter().map(|one| self.named_problem(one)).collect(),
            other => vec![visit.sentence(other)],
        }
    }
}
