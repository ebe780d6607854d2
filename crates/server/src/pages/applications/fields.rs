//! The fields of the form (申请表) as a page shows them: by the region's contract form, step by step.

use jiff::civil::Date;
use xiaoxiang_domain::contract::RowProblem;
use xiaoxiang_domain::contract::Side;
use xiaoxiang_domain::contract::application::{ApplicationForm, PricingMethod, WrittenCostItem};
use xiaoxiang_domain::region::{CodeList, ColumnKind, FormColumn, Presence};

use super::words::Words;
use crate::pages::statistics::SelectOption;

/// Empty rows offered below the costs that are written.
pub(super) const COST_ROWS_SPARE: usize = 3;
/// Fields that an application has to state, beyond those that every contract must.
const STATED: [&str; 5] = ["signed_on", "field", "ip", "payment_mode", "related_party"];
/// What the applying side has to state of itself.
const STATED_OF_PARTY: [&str; 2] = ["kind", "division"];

/// A step of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FormStep {
    /// 不涉密承诺
    Undertaking,
    /// 双方
    Parties,
    /// 合同
    Contract,
    /// 非技术性费用
    Costs,
    /// 单位决策
    Decision,
    /// 合同文本
    Texts,
    /// 核对并提交
    Check,
}

impl FormStep {
    pub const ALL: [Self; 7] = [
        Self::Undertaking,
        Self::Parties,
        Self::Contract,
        Self::Costs,
        Self::Decision,
        Self::Texts,
        Self::Check,
    ];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Undertaking => "undertaking",
            Self::Parties => "parties",
            Self::Contract => "contract",
            Self::Costs => "costs",
            Self::Decision => "decision",
            Self::Texts => "texts",
            Self::Check => "check",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.code() == code)
    }

    pub const fn title_key(self) -> &'static str {
        match self {
            Self::Undertaking => "application-step-undertaking",
            Self::Parties => "application-step-parties",
            Self::Contract => "application-step-contract",
            Self::Costs => "application-step-costs",
            Self::Decision => "application-step-decision",
            Self::Texts => "application-step-texts",
            Self::Check => "application-step-check",
        }
    }

    pub fn next(self) -> Self {
        let at = Self::ALL.iter().position(|step| *step == self).unwrap_or_default();
        Self::ALL.get(at + 1).copied().unwrap_or(Self::Check)
    }

    /// The step on which a field is filled in.
    pub fn of_field(field: &str) -> Self {
        match field {
            _ if field.starts_with("undertaking.") => Self::Undertaking,
            _ if field.starts_with("cost_items") || field == "technology_value" => Self::Costs,
            _ if field.starts_with("decision.") => Self::Decision,
            _ if side_of(field).is_some() => Self::Parties,
            _ => Self::Contract,
        }
    }
}

/// The party that a field belongs to.
pub(super) fn side_of(field: &str) -> Option<Side> {
    [Side::Seller, Side::Buyer]
        .into_iter()
        .find(|side| field.strip_prefix(side.code()).is_some_and(|rest| rest.starts_with('_')))
}

/// How a field is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::pages) enum Input {
    Text,
    Division,
    Date,
    Money,
    Select,
    /// Sentences, in as many lines as they take.
    Words,
}

/// A field as a page shows it.
#[derive(Clone, Debug)]
pub(in crate::pages) struct FieldView {
    /// Name under which it is sent.
    pub name: String,
    pub id: String,
    pub label: String,
    pub input: Input,
    pub value: String,
    pub options: Vec<SelectOption>,
    pub hint: Option<String>,
    pub problem: Option<String>,
    /// What was saved meanwhile, where it differs from what was typed.
    pub meanwhile: Option<String>,
    pub is_required: bool,
}

impl FieldView {
    pub fn is_select(&self) -> bool {
        self.input == Input::Select
    }

    /// The type of the element; a day that is none is shown as it was typed.
    pub fn kind(&self) -> &'static str {
        let is_day = self.value.is_empty() || self.value.parse::<Date>().is_ok();
        if self.input == Input::Date && is_day { "date" } else { "text" }
    }

    pub fn is_money(&self) -> bool {
        self.input == Input::Money
    }

    pub fn is_words(&self) -> bool {
        self.input == Input::Words
    }

    pub fn is_division(&self) -> bool {
        self.input == Input::Division
    }

    /// Ids of what describes it.
    pub fn described_by(&self) -> String {
        let parts = [
            (self.hint.is_some(), "hint"),
            (self.problem.is_some(), "problem"),
            (self.meanwhile.is_some(), "meanwhile"),
        ];
        let named = parts.iter().filter(|(is_there, _)| *is_there);
        named.map(|(_, part)| format!("{}-{part}", self.id)).collect::<Vec<_>>().join(" ")
    }
}

/// A group of fields under one heading.
#[derive(Clone, Debug)]
pub(super) struct FieldGroup {
    pub id: &'static str,
    pub title: String,
    pub note: Option<String>,
    pub fields: Vec<FieldView>,
}

/// What the fields of a page are made from.
pub(super) struct FieldMaker<'a> {
    pub words: &'a Words,
    pub form: &'a ApplicationForm,
    pub problems: &'a [RowProblem],
    /// Whether what is missing is told too.
    pub tells_missing: bool,
    /// The form as somebody else saved it meanwhile.
    pub meanwhile: Option<&'a ApplicationForm>,
    pub today: Date,
    /// The side of the applicant.
    pub own: Side,
}

impl FieldMaker<'_> {
    /// The keys of a step, in the order of the region's form.
    pub fn keys(words: &Words, step: FormStep) -> Vec<String> {
        let columns = words.region().contract_form().columns().iter();
        let own = columns.filter(|column| {
            ApplicationForm::is_field(&column.key) && FormStep::of_field(&column.key) == step
        });
        own.map(|column| column.key.clone()).collect()
    }

    /// The fields of one party.
    pub fn party(&self, side: Side) -> FieldGroup {
        let keys = Self::keys(self.words, FormStep::Parties);
        let own = keys.iter().filter(|key| side_of(key) == Some(side));
        let text = |key| self.words.language.text(key);
        let (id, title) = match side {
            Side::Seller => ("seller", text("application-seller")),
            Side::Buyer => ("buyer", text("application-buyer")),
        };
        let note = if side == self.own { "application-own-side" } else { "application-other-side" };
        FieldGroup {
            id,
            title: title.to_owned(),
            note: Some(text(note).to_owned()),
            fields: own.map(|key| self.field(key)).collect(),
        }
    }

    /// The fields of the contract itself.
    pub fn contract(&self) -> FieldGroup {
        let keys = Self::keys(self.words, FormStep::Contract);
        FieldGroup {
            id: "contract",
            title: self.words.language.text("application-step-contract").to_owned(),
            note: None,
            fields: keys.iter().map(|key| self.field(key)).collect(),
        }
    }

    /// One field of the contract.
    pub fn field(&self, key: &str) -> FieldView {
        let column = self.words.region().contract_form().by_key(key);
        let value = self.form.fields.get(key).cloned().unwrap_or_default();
        let input = column.map_or(Input::Text, |column| input_of(&column.kind));
        FieldView {
            id: id_of(key),
            label: self.words.label(key),
            options: column.map_or_else(Vec::new, |column| self.options(column, &value)),
            hint: self.hint(key, column, &value),
            problem: self.problem(key, &value),
            meanwhile: self.meanwhile.and_then(|saved| self.differs(key, saved.field(key), value.trim())),
            is_required: self.is_required(key, column),
            name: key.to_owned(),
            input,
            value,
        }
    }

    /// A field that no column of the contract form describes.
    pub fn plain(
        &self,
        name: &str,
        label: &'static str,
        input: Input,
        value: &str,
        saved: &str,
    ) -> FieldView {
        FieldView {
            id: id_of(name),
            label: self.words.language.text(label).to_owned(),
            input,
            value: value.to_owned(),
            options: Vec::new(),
            hint: None,
            problem: self.problem(name, value),
            meanwhile: self.meanwhile.and_then(|_| self.differs(name, saved, value)),
            is_required: false,
            name: name.to_owned(),
        }
    }

    fn differs(&self, key: &str, saved: &str, typed: &str) -> Option<String> {
        if saved == typed {
            return None;
        }
        let saved = self.words.value(key, saved, self.today);
        let shown = if saved.is_empty() { self.words.language.text("application-empty") } else { &saved };
        Some(self.words.language.say("application-meanwhile", [("value", shown)]))
    }

    /// What is wrong with a field; what is missing only where that is asked for.
    pub fn problem(&self, name: &str, value: &str) -> Option<String> {
        if value.trim().is_empty() && !self.tells_missing {
            return None;
        }
        let own: Vec<String> = self
            .problems
            .iter()
            .filter(|problem| problem.field == name)
            .map(|problem| self.words.problem(problem))
            .collect();
        (!own.is_empty()).then(|| own.join(" "))
    }

    fn is_required(&self, key: &str, column: Option<&FormColumn>) -> bool {
        let is_required = column.is_some_and(|column| column.presence == Presence::Required);
        let part = side_of(key).and_then(|side| key.strip_prefix(side.code())).map(|part| &part[1..]);
        let is_own = side_of(key) == Some(self.own);
        (is_required && key != "technology_value")
            || STATED.contains(&key)
            || part.is_some_and(|part| {
                STATED_OF_PARTY.contains(&part) || (is_own && ["contact", "telephone"].contains(&part))
            })
    }

    fn hint(&self, key: &str, column: Option<&FormColumn>, value: &str) -> Option<String> {
        let text = |key: &'static str| Some(self.words.language.text(key).to_owned());
        match column.map(|column| &column.kind) {
            Some(ColumnKind::Division) if !value.is_empty() => {
                Some(self.words.place(value.trim())).filter(|place| place != value.trim())
            }
            Some(ColumnKind::Division) => text("application-hint-division"),
            Some(ColumnKind::Country) => text("application-hint-country"),
            Some(ColumnKind::Money) if !value.is_empty() => {
                let fen =
                    xiaoxiang_domain::money::Fen::parse(value, xiaoxiang_domain::money::MoneyUnit::Yuan);
                fen.ok().map(|fen| {
                    let amount = fen.display_in(xiaoxiang_domain::money::MoneyUnit::TenThousandYuan);
                    self.words.language.say("application-hint-money", [("amount", &amount)])
                })
            }
            Some(ColumnKind::Money) => text("application-hint-yuan"),
            Some(ColumnKind::CreditCode) => text("application-hint-credit-code"),
            _ if key == "valid_to" => text("application-hint-term"),
            _ => None,
        }
    }

    fn options(&self, column: &FormColumn, value: &str) -> Vec<SelectOption> {
        let region = self.words.region();
        match &column.kind {
            ColumnKind::Code(list) => {
                region.codes(list).map_or_else(Vec::new, |list| self.codes(list, value.trim()))
            }
            ColumnKind::YesNo => {
                let said = [("是", "application-yes"), ("否", "application-no")];
                with_typed(
                    said.into_iter()
                        .map(|(word, key)| SelectOption {
                            value: word.to_owned(),
                            label: self.words.language.text(key).to_owned(),
                            is_chosen: value.trim() == word,
                        })
                        .collect(),
                    value,
                )
            }
            _ => Vec::new(),
        }
    }

    fn codes(&self, list: &CodeList, value: &str) -> Vec<SelectOption> {
        let chosen = list.find(value, self.today).map(|code| code.code.as_str());
        let items = list.items().iter().filter(|code| code.holds_on(self.today));
        let option = |code: &xiaoxiang_domain::region::Code| SelectOption {
            value: code.code.clone(),
            label: format!("{}{}", indent(list, code), self.words.language.pick(&code.name, &code.name_en)),
            is_chosen: chosen == Some(code.code.as_str()),
        };
        with_typed(items.map(option).collect(), value)
    }

    /// Ways to price a result.
    pub fn pricing(&self) -> Vec<SelectOption> {
        let value = self.form.decision.pricing_method.trim();
        let option = |method: PricingMethod| SelectOption {
            value: method.code().to_owned(),
            label: self
                .words
                .language
                .text(match method {
                    PricingMethod::Agreed => "application-pricing-agreed",
                    PricingMethod::Listed => "application-pricing-listed",
                    PricingMethod::Auction => "application-pricing-auction",
                })
                .to_owned(),
            is_chosen: method.code() == value,
        };
        with_typed(PricingMethod::ALL.into_iter().map(option).collect(), value)
    }
}

/// A value that no option stands for is not lost.
fn with_typed(mut options: Vec<SelectOption>, value: &str) -> Vec<SelectOption> {
    let value = value.trim();
    if !value.is_empty() && !options.iter().any(|option| option.is_chosen) {
        options.push(SelectOption { value: value.to_owned(), label: value.to_owned(), is_chosen: true });
    }
    options
}

/// How deep an entry stands in its list, as spaces before its name.
fn indent(list: &CodeList, code: &xiaoxiang_domain::region::Code) -> String {
    let mut depth = 0;
    let mut at = code.parent.as_deref();
    while let Some(parent) = at.filter(|_| depth < 4) {
        depth += 1;
        at = list.by_code(parent).and_then(|code| code.parent.as_deref());
    }
    "\u{3000}".repeat(depth)
}

const fn input_of(kind: &ColumnKind) -> Input {
    match kind {
        ColumnKind::Text | ColumnKind::Country | ColumnKind::CreditCode => Input::Text,
        ColumnKind::Division => Input::Division,
        ColumnKind::Date => Input::Date,
        ColumnKind::Money => Input::Money,
        ColumnKind::Code(_) | ColumnKind::YesNo => Input::Select,
    }
}

/// The id of a field's element.
pub(in crate::pages) fn id_of(name: &str) -> String {
    name.replace(['.', '_'], "-")
}

/// A row of costs as a page shows it.
#[derive(Clone, Debug)]
pub(super) struct CostRow {
    pub at: usize,
    pub item: WrittenCostItem,
    pub problem: Option<String>,
}

/// Kinds of cost and the keys of their words.
pub(super) const COST_KINDS: [(&str, &str); 4] = [
    ("equipment", "application-cost-equipment"),
    ("instrument", "application-cost-instrument"),
    ("part", "application-cost-part"),
    ("raw_material", "application-cost-material"),
];
/// What a cost is in the contract, and the keys of its words.
pub(super) const COST_ROLES: [(&str, &str); 3] = [
    ("purchase", "application-cost-purchase"),
    ("subject_sets", "application-cost-sets-role"),
    ("subject_samples", "application-cost-samples"),
];

/// The written costs, with empty rows below.
pub(super) fn cost_rows(
    items: &[WrittenCostItem],
    problem: impl Fn(usize) -> Option<String>,
) -> Vec<CostRow> {
    let spare = std::iter::repeat_n(WrittenCostItem::default(), COST_ROWS_SPARE);
    let rows = items.iter().cloned().chain(spare).enumerate();
    rows.map(|(at, item)| CostRow { at, item, problem: problem(at) }).collect()
}

/// A field that differs between two forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    pub label: String,
    pub before: String,
    pub after: String,
}

/// Everything that differs between two forms, in words.
pub(super) fn differences(
    words: &Words,
    before: &ApplicationForm,
    after: &ApplicationForm,
    today: Date,
) -> Vec<Difference> {
    let mut found = Vec::new();
    for column in words.region().contract_form().columns() {
        let (old, new) = (before.field(&column.key), after.field(&column.key));
        if old != new {
            found.push(Difference {
                label: words.label(&column.key),
                before: words.value(&column.key, old, today),
                after: words.value(&column.key, new, today),
            });
        }
    }
    let text = |key| words.language.text(key);
    let costs = |form: &ApplicationForm| {
        let one = |item: &WrittenCostItem| {
            let part = |code: &str, all: &[(&str, &'static str)]| {
                let found = all.iter().find(|(known, _)| *known == code);
                found.map_or_else(|| code.to_owned(), |(_, key)| text(key).to_owned())
            };
            let kind = part(&item.kind, &COST_KINDS);
            format!("{} {kind} {} {}", item.name, part(&item.role, &COST_ROLES), item.amount)
        };
        form.cost_items.iter().map(one).collect::<Vec<_>>().join("；")
    };
    let yes = |is: bool| text(if is { "application-yes" } else { "application-no" }).to_owned();
    let pairs = [
        ("application-costs", costs(before), costs(after)),
        (
            "application-reviewer",
            before.undertaking.confidentiality_reviewer.clone(),
            after.undertaking.confidentiality_reviewer.clone(),
        ),
        (
            "application-no-secrets",
            yes(before.undertaking.holds_no_secrets),
            yes(after.undertaking.holds_no_secrets),
        ),
        ("application-level", before.decision.level.clone(), after.decision.level.clone()),
        (
            "application-minutes",
            before.decision.minutes_number.clone(),
            after.decision.minutes_number.clone(),
        ),
        (
            "application-pricing",
            before.decision.pricing_method.clone(),
            after.decision.pricing_method.clone(),
        ),
        (
            "application-publicity-from",
            before.decision.publicity_from.clone(),
            after.decision.publicity_from.clone(),
        ),
        (
            "application-publicity-to",
            before.decision.publicity_to.clone(),
            after.decision.publicity_to.clone(),
        ),
        (
            "application-authority",
            yes(before.decision.has_completers_authority),
            yes(after.decision.has_completers_authority),
        ),
    ];
    let changed = pairs.into_iter().filter(|(_, old, new)| old != new);
    found.extend(changed.map(|(key, before, after)| Difference {
        label: text(key).to_owned(),
        before,
        after,
    }));
    found
}
