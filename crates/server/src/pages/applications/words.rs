//! Words that all pages of applications share: states, days, amounts, fields, reasons.

use std::sync::Arc;

use jiff::civil::Date;
use xiaoxiang_domain::contract::RowProblem;
use xiaoxiang_domain::contract::procedure::{ApplicationState, Due, Obstacle, Step};
use xiaoxiang_domain::money::{Fen, MoneyUnit};
use xiaoxiang_domain::region::{CodedReason, ColumnKind, DivisionCode, Region, Standing};
use xiaoxiang_services::Refusal;
use xiaoxiang_services::region::RegionInForce;

use crate::language::Language;
use crate::pages::moment;
use crate::pages::visit::Visit;

/// What a page of applications is told in.
#[derive(Clone, Debug)]
pub(in crate::pages) struct Words {
    region: Arc<RegionInForce>,
    pub language: Language,
}

/// When a decision is due, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::pages) struct DueWords {
    pub text: String,
    /// Why it is late; none while it is not.
    pub late: Option<String>,
}

impl Words {
    pub async fn of(visit: &Visit) -> Result<Self, Refusal> {
        Ok(Self { region: visit.app.region().await?, language: visit.language })
    }

    pub fn time_zone(&self) -> &jiff::tz::TimeZone {
        &self.region.time_zone
    }

    pub fn region(&self) -> &Region {
        &self.region.region
    }

    pub fn state(&self, state: &ApplicationState) -> String {
        sentence_case(self.language.pick(state.label(), state.label_en()))
    }

    pub fn step(&self, step: &Step) -> String {
        sentence_case(self.language.pick(step.label(), step.label_en()))
    }

    /// The class of a state's mark; the word beside it says the same.
    pub const fn state_class(&self, state: &ApplicationState) -> &'static str {
        match state {
            ApplicationState::Draft | ApplicationState::Withdrawn | ApplicationState::Cancelled => {
                "status-draft"
            }
            ApplicationState::Returned | ApplicationState::Refused | ApplicationState::Revoked => {
                "status-corrected"
            }
            _ => "status-signed",
        }
    }

    /// What a field of the form is called.
    pub fn field_label(&self, field: &str) -> String {
        let key = match field {
            "undertaking.holds_no_secrets" => "application-no-secrets",
            "undertaking.confidentiality_reviewer" => "application-reviewer",
            "decision.level" => "application-level",
            "decision.minutes_number" => "application-minutes",
            "decision.pricing_method" => "application-pricing",
            "decision.publicity_from" => "application-publicity-from",
            "decision.publicity_to" => "application-publicity-to",
            "decision.has_completers_authority" => "application-authority",
            "cost_items" => "application-costs",
            _ => {
                let rest = field.strip_prefix("cost_items.").and_then(|rest| rest.split('.').next());
                let Some(at) = rest.and_then(|at| at.parse::<usize>().ok()) else { return self.label(field) };
                return self.language.say("application-cost-row", [("row", &(at + 1).to_string())]);
            }
        };
        self.language.text(key).to_owned()
    }

    /// A problem with the field that it is about.
    pub fn named_problem(&self, problem: &RowProblem) -> String {
        let (label, text) = (self.field_label(&problem.field), self.problem(problem));
        self.language.say("application-problem-of", [("field", &label), ("problem", &text)])
    }

    /// A day as it is stored.
    pub fn day(&self, day: &str) -> String {
        day.parse::<Date>().map_or_else(|_| day.to_owned(), |day| self.language.day(day))
    }

    pub fn moment(&self, at_ms: &i64) -> String {
        moment::minute(*at_ms, &self.region.time_zone)
    }

    /// An amount in yuan with its unit, and in ten thousand yuan where that is easier to read.
    pub fn yuan(&self, fen: &Fen) -> String {
        self.language.say("application-yuan", [("amount", &fen.yuan())])
    }

    pub fn ten_thousand(&self, fen: &Option<Fen>) -> String {
        fen.map_or_else(|| "—".to_owned(), |fen| fen.display_in(MoneyUnit::TenThousandYuan))
    }

    pub fn due(&self, due: &Due, today: &Date) -> DueWords {
        match due {
            Due::On { last_day, standing } => {
                let day = self.language.day(*last_day);
                let pending = *standing != Standing::InForce;
                let text = if pending {
                    self.language.say("application-due-pending", [("day", &day)])
                } else {
                    self.language.say("application-due", [("day", &day)])
                };
                let late = due.is_late_on(*today).then(|| {
                    let days = last_day.until(*today).map_or(0, |span| span.get_days()).to_string();
                    self.language.say("application-late", [("days", &days)])
                });
                DueWords { text, late }
            }
            Due::CalendarMissing { from, days } => DueWords {
                text: self.language.say(
                    "application-due-no-calendar",
                    [("day", &self.language.day(*from)), ("days", &days.to_string())],
                ),
                late: None,
            },
        }
    }

    pub fn obstacle(&self, obstacle: &Obstacle) -> String {
        let (chinese, english) = obstacle.words();
        self.language.pick(&format!("{chinese}。"), &format!("{}.", sentence_case(english))).to_owned()
    }

    pub fn problem(&self, problem: &RowProblem) -> String {
        let chinese = format!("{}。{}。", problem.reason_zh, problem.fix_zh);
        let english = format!("{}; {}.", sentence_case(&problem.reason_en), problem.fix_en);
        self.language.pick(&chinese, &english).to_owned()
    }

    /// The coded reasons that a step is given with.
    pub fn reasons(&self, step: Step) -> &[CodedReason] {
        let rules = self.region().registration();
        match step {
            Step::Return => &rules.correction_reasons,
            Step::Refuse => &rules.refusal_reasons,
            Step::Revoke => &rules.revocation_grounds,
            _ => &[],
        }
    }

    pub fn reason_name<'reason>(&self, reason: &'reason CodedReason) -> &'reason str {
        self.language.pick(&reason.name, &reason.name_en)
    }

    /// A reason of a step that was taken.
    pub fn reason(&self, step: &Step, code: &str) -> String {
        match (step, code) {
            (Step::GiveExpertOpinion, "agree") => self.language.text("application-agree").to_owned(),
            (Step::GiveExpertOpinion, "disagree") => self.language.text("application-disagree").to_owned(),
            _ => self
                .reasons(*step)
                .iter()
                .find(|reason| reason.code == code)
                .map_or_else(|| code.to_owned(), |reason| self.reason_name(reason).to_owned()),
        }
    }

    /// The name of a field of the contract.
    pub fn label(&self, key: &str) -> String {
        self.region().contract_form().by_key(key).map_or_else(
            || key.to_owned(),
            |column| self.language.pick(&column.header, &column.header_en).to_owned(),
        )
    }

    /// What stands in a field, in words: names of codes and divisions, amounts with their unit.
    pub fn value(&self, key: &str, typed: &str, today: Date) -> String {
        let typed = typed.trim();
        let region = self.region();
        let Some(column) = region.contract_form().by_key(key).filter(|_| !typed.is_empty()) else {
            return typed.to_owned();
        };
        match &column.kind {
            ColumnKind::Code(list) => {
                let found = region.codes(list).and_then(|list| list.find(typed, today));
                found.map_or_else(
                    || typed.to_owned(),
                    |code| self.language.pick(&code.name, &code.name_en).to_owned(),
                )
            }
            ColumnKind::Division => self.place(typed),
            ColumnKind::Country => region.countries().find(typed).map_or_else(
                || typed.to_owned(),
                |country| self.language.pick(&country.name, &country.name_en).to_owned(),
            ),
            ColumnKind::Money => {
                Fen::parse(typed, MoneyUnit::Yuan).map_or_else(|_| typed.to_owned(), |fen| self.yuan(&fen))
            }
            ColumnKind::Date => self.day(typed),
            ColumnKind::YesNo => match typed {
                "是" => self.language.text("application-yes").to_owned(),
                "否" => self.language.text("application-no").to_owned(),
                other => other.to_owned(),
            },
            ColumnKind::Text | ColumnKind::CreditCode => typed.to_owned(),
        }
    }

    /// The name behind a division's code; what was typed where it is no code of one.
    pub fn place(&self, typed: &str) -> String {
        let divisions = self.region().divisions();
        let Some(code) = DivisionCode::parse(typed) else { return typed.to_owned() };
        let Some(name) = divisions.full_name(code) else { return typed.to_owned() };
        self.language.pick(&name, divisions.name_en(code).unwrap_or(&name)).to_owned()
    }
}

/// A sentence of data with a capital at its beginning.
pub(in crate::pages) fn sentence_case(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
