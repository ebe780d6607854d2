//! The steps of the form (成果信息表) and their fields.

use jiff::civil::Date;
use xiaoxiang_domain::achievement::{
    AchievementForm, AchievementKind, PatentFiling, RightStatus, Section, WrittenMember, WrittenRight,
};
use xiaoxiang_domain::contract::RowProblem;
use xiaoxiang_domain::contract::application::PricingMethod;
use xiaoxiang_domain::market::{CooperationMode, DisclosureLevel};

use super::words::Words;
use crate::pages::applications::fields::{FieldView, Input, id_of};
use crate::pages::applications::sent::Sent;
use crate::pages::statistics::SelectOption;

/// Empty rows offered below those that are written.
const ROWS_SPARE: usize = 2;
/// Rows that a form may send.
const ROWS_SENT_MAX: usize = 60;

/// A step of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FormStep {
    /// 公开前确认
    Clearance,
    /// 基本信息
    Basics,
    /// 成果内容
    Content,
    /// 知识产权
    Rights,
    /// 价格与合作
    Deal,
    /// 团队与联系
    People,
    /// 核对并提交
    Check,
}

impl FormStep {
    pub const ALL: [Self; 7] =
        [Self::Clearance, Self::Basics, Self::Content, Self::Rights, Self::Deal, Self::People, Self::Check];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Clearance => "clearance",
            Self::Basics => "basics",
            Self::Content => "content",
            Self::Rights => "rights",
            Self::Deal => "deal",
            Self::People => "people",
            Self::Check => "check",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.code() == code)
    }

    pub const fn title_key(self) -> &'static str {
        match self {
            Self::Clearance => "achievement-step-clearance",
            Self::Basics => "achievement-step-basics",
            Self::Content => "achievement-step-content",
            Self::Rights => "achievement-step-rights",
            Self::Deal => "achievement-step-deal",
            Self::People => "achievement-step-people",
            Self::Check => "achievement-step-check",
        }
    }

    pub fn next(self) -> Self {
        let at = Self::ALL.iter().position(|step| *step == self).unwrap_or_default();
        Self::ALL.get(at + 1).copied().unwrap_or(Self::Check)
    }

    /// The step on which a field is filled in.
    pub fn of_field(field: &str) -> Self {
        match field.split('.').next().unwrap_or_default() {
            "clearance" => Self::Clearance,
            "problem" | "evidence" | "comparison" | "economics" | "conditions" => Self::Content,
            "rights" => Self::Rights,
            "price" | "modes" | "open_licence" => Self::Deal,
            "team" | "contact" => Self::People,
            _ => Self::Basics,
        }
    }

    /// The sections whose level is chosen on this step.
    pub const fn sections(self) -> &'static [Section] {
        match self {
            Self::Content => &[
                Section::Problem,
                Section::Comparison,
                Section::Evidence,
                Section::Economics,
                Section::Conditions,
            ],
            Self::Rights => &[Section::Rights],
            Self::Deal => &[Section::Price],
            Self::People => &[Section::Team, Section::Contact],
            _ => &[],
        }
    }

    /// Puts what the step sends into the form; fields of other steps stay.
    pub fn put_into(self, sent: &Sent, form: &mut AchievementForm) {
        let text = |name: &str| sent.text(name).to_owned();
        for section in self.sections() {
            form.levels.insert(section.code().to_owned(), text(&format!("level.{}", section.code())));
        }
        match self {
            Self::Clearance => {
                form.clearance.patent_filing = text("clearance.patent_filing");
                form.clearance.holds_no_secrets = sent.has("clearance.holds_no_secrets");
            }
            Self::Basics => {
                form.kind = text("kind");
                form.title = text("title");
                form.summary = text("summary");
                let separators = ['，', ',', '、', '；', ';', ' ', '\n'];
                let words = sent.text("keywords").split(separators).map(str::trim);
                form.keywords = words.filter(|word| !word.is_empty()).map(str::to_owned).collect();
                form.field = text("field");
                form.industry = text("industry");
                form.ipc = text("ipc");
                form.division = text("division");
                form.maturity = text("maturity");
            }
            Self::Content => {
                form.problem = text("problem");
                form.comparison = text("comparison");
                form.evidence = text("evidence");
                form.economics = text("economics");
                form.conditions = text("conditions");
            }
            Self::Rights => {
                let right = |at: usize| WrittenRight {
                    kind: text(&format!("rights.{at}.kind")),
                    number: text(&format!("rights.{at}.number")),
                    status: text(&format!("rights.{at}.status")),
                    holder: text(&format!("rights.{at}.holder")),
                    valid_until: text(&format!("rights.{at}.valid_until")),
                };
                let rows = (0..ROWS_SENT_MAX).filter(|at| sent.has(&format!("rights.{at}.kind"))).map(right);
                form.rights = rows.filter(|right| *right != WrittenRight::default()).collect();
            }
            Self::Deal => {
                form.price.method = text("price.method");
                form.price.amount = text("price.amount");
                form.price.is_negotiable = sent.has("price.is_negotiable");
                form.modes = sent.all("modes");
                form.open_licence.is_stated = sent.has("open_licence.is_stated");
                form.open_licence.fee_mode = text("open_licence.fee_mode");
                form.open_licence.fee = text("open_licence.fee");
                form.open_licence.valid_until = text("open_licence.valid_until");
                form.open_licence.conditions = text("open_licence.conditions");
                form.open_licence.announcement = text("open_licence.announcement");
            }
            Self::People => {
                let member = |at: usize| WrittenMember {
                    name: text(&format!("team.{at}.name")),
                    part: text(&format!("team.{at}.part")),
                };
                let rows = (0..ROWS_SENT_MAX).filter(|at| sent.has(&format!("team.{at}.name"))).map(member);
                form.team = rows.filter(|one| !one.name.trim().is_empty()).collect();
                form.has_completers_consent = sent.has("has_completers_consent");
                form.contact.name = text("contact.name");
                form.contact.telephone = text("contact.telephone");
                form.contact.email = text("contact.email");
            }
            Self::Check => {}
        }
    }
}

/// What the fields of a page are made from.
pub(super) struct FieldMaker<'a> {
    pub words: &'a Words,
    pub form: &'a AchievementForm,
    pub problems: &'a [RowProblem],
    /// Whether what is missing is told too.
    pub tells_missing: bool,
    pub today: Date,
}

/// A row of rights.
#[derive(Debug)]
pub(super) struct RightRow {
    pub at: usize,
    pub right: WrittenRight,
    pub kinds: Vec<SelectOption>,
    pub statuses: Vec<SelectOption>,
    pub problem: Option<String>,
}

/// A row of the team.
#[derive(Debug)]
pub(super) struct MemberRow {
    pub at: usize,
    pub member: WrittenMember,
}

impl FieldMaker<'_> {
    /// The fields of a step that stand in its grid.
    pub fn fields(&self, step: FormStep) -> Vec<FieldView> {
        let form = self.form;
        match step {
            FormStep::Basics => vec![
                self.select("kind", self.kinds(), &form.kind, true),
                self.text("title", &form.title, true),
                FieldView {
                    hint: self.hint("achievement-summary-hint"),
                    ..self.field("summary", Input::Words, &form.summary, true)
                },
                FieldView {
                    hint: self.hint("achievement-keywords-hint"),
                    ..self.text("keywords", &form.keywords.join("、"), false)
                },
                self.select("field", self.codes("technical_field", &form.field), &form.field, true),
                self.select("industry", self.codes("industry", &form.industry), &form.industry, false),
                FieldView {
                    hint: self.hint("achievement-maturity-hint"),
                    ..self.select("maturity", self.codes("maturity", &form.maturity), &form.maturity, true)
                },
                FieldView {
                    hint: Some(self.words.place(&form.division))
                        .filter(|place| !place.is_empty() && *place != form.division),
                    ..self.field("division", Input::Division, &form.division, true)
                },
                FieldView { hint: self.hint("achievement-ipc-hint"), ..self.text("ipc", &form.ipc, false) },
            ],
            FormStep::Content => {
                let is_result = form.kind != AchievementKind::Patent.code()
                    && form.kind != AchievementKind::Service.code();
                let needs_problem = form.kind != AchievementKind::Patent.code();
                let text = |section: Section, value: &str, hint: &'static str, is_required: bool| FieldView {
                    label: self.words.section(&section),
                    hint: self.hint(hint),
                    ..self.field(section.code(), Input::Words, value, is_required)
                };
                let texts = [
                    text(Section::Problem, &form.problem, "achievement-problem-hint", needs_problem),
                    text(Section::Comparison, &form.comparison, "achievement-comparison-hint", is_result),
                    text(Section::Evidence, &form.evidence, "achievement-evidence-hint", is_result),
                    text(Section::Economics, &form.economics, "achievement-economics-hint", false),
                    text(Section::Conditions, &form.conditions, "achievement-conditions-hint", false),
                ];
                texts
                    .into_iter()
                    .zip(step.sections())
                    .flat_map(|(text, section)| [text, self.level(*section)])
                    .collect()
            }
            FormStep::Deal => vec![
                self.select("price.method", self.pricing(), &form.price.method, true),
                FieldView {
                    hint: self.hint("achievement-price-hint"),
                    ..self.field("price.amount", Input::Money, &form.price.amount, false)
                },
                self.level(Section::Price),
            ],
            FormStep::People => vec![
                self.text("contact.name", &form.contact.name, true),
                self.text("contact.telephone", &form.contact.telephone, false),
                self.text("contact.email", &form.contact.email, false),
                self.level(Section::Contact),
            ],
            FormStep::Rights => vec![self.level(Section::Rights)],
            FormStep::Clearance | FormStep::Check => Vec::new(),
        }
    }

    /// The fields of an open licence.
    pub fn open_licence(&self) -> Vec<FieldView> {
        let licence = &self.form.open_licence;
        let modes = [
            ("single", "achievement-fee-single"),
            ("yearly", "achievement-fee-yearly"),
            ("share", "achievement-fee-share"),
        ];
        let option = |(code, key): (&str, &'static str)| SelectOption {
            value: code.to_owned(),
            label: self.words.language.text(key).to_owned(),
            is_chosen: licence.fee_mode == code,
        };
        vec![
            self.select("open_licence.fee_mode", modes.map(option).into(), &licence.fee_mode, false),
            FieldView {
                hint: self.hint("achievement-licence-fee-hint"),
                ..self.text("open_licence.fee", &licence.fee, false)
            },
            self.field("open_licence.valid_until", Input::Date, &licence.valid_until, false),
            FieldView {
                hint: self.hint("achievement-licence-announcement-hint"),
                ..self.text("open_licence.announcement", &licence.announcement, false)
            },
            self.field("open_licence.conditions", Input::Words, &licence.conditions, false),
        ]
    }

    /// The level of the team, which stands beside the names.
    pub fn team_level(&self) -> FieldView {
        self.level(Section::Team)
    }

    pub fn rights(&self) -> Vec<RightRow> {
        let spare = std::iter::repeat_n(WrittenRight::default(), ROWS_SPARE);
        let rows = self.form.rights.iter().cloned().chain(spare).enumerate();
        let row = |(at, right): (usize, WrittenRight)| {
            let prefix = format!("rights.{at}.");
            let own = self.problems.iter().filter(|problem| problem.field.starts_with(&prefix));
            let told: Vec<String> = own.map(|problem| self.words.problem(problem)).collect();
            let statuses = RightStatus::ALL.map(|status| SelectOption {
                value: status.code().to_owned(),
                label: self.words.language.pick(status.label(), status.label_en()).to_owned(),
                is_chosen: right.status == status.code(),
            });
            RightRow {
                at,
                kinds: self.codes("ip_kind", &right.kind),
                statuses: statuses.into(),
                problem: (self.tells_missing && !told.is_empty()).then(|| told.join(" ")),
                right,
            }
        };
        rows.map(row).collect()
    }

    pub fn team(&self) -> Vec<MemberRow> {
        let spare = std::iter::repeat_n(WrittenMember::default(), ROWS_SPARE);
        let rows = self.form.team.iter().cloned().chain(spare).enumerate();
        rows.map(|(at, member)| MemberRow { at, member }).collect()
    }

    /// The answers about the patent that is still to be filed.
    pub fn filings(&self) -> Vec<SelectOption> {
        let option = |answer: PatentFiling| SelectOption {
            value: answer.code().to_owned(),
            label: self
                .words
                .language
                .text(match answer {
                    PatentFiling::Filed => "achievement-filing-filed",
                    PatentFiling::NotNeeded => "achievement-filing-not-needed",
                    PatentFiling::ToFile => "achievement-filing-to-file",
                })
                .to_owned(),
            is_chosen: self.form.clearance.patent_filing == answer.code(),
        };
        PatentFiling::ALL.map(option).into()
    }

    pub fn modes(&self) -> Vec<SelectOption> {
        let option = |mode: CooperationMode| SelectOption {
            value: mode.code().to_owned(),
            label: self.words.mode(&mode),
            is_chosen: self.form.modes.iter().any(|code| code == mode.code()),
        };
        CooperationMode::ALL.map(option).into()
    }

    /// What is wrong with a field; what is missing only where that is asked for.
    pub fn problem(&self, name: &str) -> Option<String> {
        let own = self.problems.iter().filter(|problem| problem.field == name);
        let told: Vec<String> = own.map(|problem| self.words.problem(problem)).collect();
        (self.tells_missing && !told.is_empty()).then(|| told.join(" "))
    }

    fn hint(&self, key: &'static str) -> Option<String> {
        Some(self.words.language.text(key).to_owned())
    }

    fn field(&self, name: &str, input: Input, value: &str, is_required: bool) -> FieldView {
        FieldView {
            id: id_of(name),
            label: self.words.field_label(name),
            options: Vec::new(),
            hint: None,
            problem: self.problem(name),
            meanwhile: None,
            name: name.to_owned(),
            value: value.to_owned(),
            input,
            is_required,
        }
    }

    fn text(&self, name: &str, value: &str, is_required: bool) -> FieldView {
        self.field(name, Input::Text, value, is_required)
    }

    fn select(&self, name: &str, options: Vec<SelectOption>, value: &str, is_required: bool) -> FieldView {
        FieldView { options, ..self.field(name, Input::Select, value, is_required) }
    }

    /// The choice of a section's level.
    fn level(&self, section: Section) -> FieldView {
        let chosen = self.form.level_of(section);
        let option = |level: DisclosureLevel| SelectOption {
            value: level.code().to_owned(),
            label: self.words.level(&level),
            is_chosen: level == chosen,
        };
        let name = format!("level.{}", section.code());
        let label =
            self.words.language.say("achievement-level-of", [("section", &self.words.section(&section))]);
        FieldView {
            label,
            options: DisclosureLevel::CHOICES.map(option).into(),
            problem: None,
            ..self.field(&name, Input::Select, chosen.code(), false)
        }
    }

    fn kinds(&self) -> Vec<SelectOption> {
        let option = |kind: AchievementKind| SelectOption {
            value: kind.code().to_owned(),
            label: self.words.kind(&kind),
            is_chosen: self.form.kind == kind.code(),
        };
        AchievementKind::ALL.map(option).into()
    }

    fn pricing(&self) -> Vec<SelectOption> {
        let option = |method: PricingMethod| SelectOption {
            value: method.code().to_owned(),
            label: self.words.pricing(method).to_owned(),
            is_chosen: self.form.price.method == method.code(),
        };
        PricingMethod::ALL.map(option).into()
    }

    /// The entries of a list that hold today.
    fn codes(&self, list: &str, value: &str) -> Vec<SelectOption> {
        let Some(list) = self.words.region().codes(list) else { return Vec::new() };
        let items = list.items().iter().filter(|code| code.holds_on(self.today));
        let option = |code: &xiaoxiang_domain::region::Code| SelectOption {
            value: code.code.clone(),
            label: format!(
                "{}{}",
                if code.parent.is_some() { "\u{3000}" } else { "" },
                self.words.language.pick(&code.name, &code.name_en)
            ),
            is_chosen: code.code == value,
        };
        items.map(option).collect()
    }
}
