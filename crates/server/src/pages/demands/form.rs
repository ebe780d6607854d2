//! The form in four steps (需求填报): company, problem, terms, check; each saved by its button.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use xiaoxiang_domain::contract::RowProblem;
use xiaoxiang_domain::demand::{DemandForm, DemandPart, FIELD_KEYS, SeenDemand, check_demand, levels_of};
use xiaoxiang_domain::market::{CooperationMode, DisclosureLevel, IpWish};
use xiaoxiang_domain::region::{Asked, DemandField, DivisionCode, Region};
use xiaoxiang_services::Refusal;
use xiaoxiang_services::demand::{
    DemandPage, DemandStepRequest, NewDemand, SavedDemand, read_demand, save_demand, start_demand,
    take_demand_step,
};

use super::words::DemandWords;
use crate::pages::applications::sent::Sent;
use crate::pages::shell::{Section, Shell};
use crate::pages::statistics::SelectOption;
use crate::pages::visit::{Visit, status_of_form};

/// A step of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FormStep {
    /// 企业与联系人
    Company,
    /// 技术问题
    Problem,
    /// 合作条件与公开程度
    Terms,
    /// 核对并提交
    Check,
}

impl FormStep {
    const ALL: [Self; 4] = [Self::Company, Self::Problem, Self::Terms, Self::Check];

    const fn code(self) -> &'static str {
        match self {
            Self::Company => "company",
            Self::Problem => "problem",
            Self::Terms => "terms",
            Self::Check => "check",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.code() == code)
    }

    const fn title_key(self) -> &'static str {
        match self {
            Self::Company => "demand-step-company",
            Self::Problem => "demand-step-problem",
            Self::Terms => "demand-step-terms",
            Self::Check => "demand-step-check",
        }
    }

    fn next(self) -> Self {
        let at = Self::ALL.iter().position(|step| *step == self).unwrap_or_default();
        Self::ALL.get(at + 1).copied().unwrap_or(Self::Check)
    }

    /// The step on which a field is filled in.
    fn of_field(key: &str) -> Self {
        match key {
            "organisation_name" | "credit_code" | "division" | "industry" | "contact" | "telephone"
            | "email" => Self::Company,
            "title" | "summary" | "problem" | "figures" | "tried" => Self::Problem,
            "holds_no_secrets" => Self::Check,
            _ => Self::Terms,
        }
    }
}

/// How a field is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::pages) enum Input {
    Text,
    Area,
    Date,
    Time,
    /// A line with the room of two.
    Wide,
    Place,
    Select,
    Ticks,
}

/// A field as the page shows it.
#[derive(Clone, Debug)]
pub(in crate::pages) struct FieldView {
    pub key: String,
    pub label: String,
    pub input: Input,
    pub value: String,
    pub options: Vec<SelectOption>,
    pub hint: String,
    pub problem: Option<String>,
    pub is_required: bool,
    pub is_locked: bool,
    pub length_max: usize,
}

impl FieldView {
    pub fn is(&self, input: &str) -> bool {
        match self.input {
            Input::Text | Input::Wide | Input::Date | Input::Time | Input::Place => input == "line",
            Input::Area => input == "area",
            Input::Select => input == "select",
            Input::Ticks => input == "ticks",
        }
    }

    /// What a browser's own field cannot show again is shown as text.
    pub fn kind(&self) -> &'static str {
        let is_empty = self.value.is_empty();
        match self.input {
            Input::Date if is_empty || self.value.parse::<jiff::civil::Date>().is_ok() => "date",
            Input::Time if is_empty || self.value.parse::<jiff::civil::Time>().is_ok() => "time",
            _ => "text",
        }
    }

    pub fn is_wide(&self) -> bool {
        self.input == Input::Wide
    }

    pub fn is_place(&self) -> bool {
        self.input == Input::Place
    }

    pub fn rows(&self) -> usize {
        if self.length_max > 1_000 { 6 } else { 3 }
    }

    pub fn described_by(&self) -> String {
        let parts = [(!self.hint.is_empty(), "hint"), (self.problem.is_some(), "problem")];
        let named = parts.iter().filter(|(is_there, _)| *is_there);
        named.map(|(_, part)| format!("{}-{part}", self.key)).collect::<Vec<_>>().join(" ")
    }
}

/// What the address of a step says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct StepQuery {
    /// `1` after a save.
    saved: String,
    /// `1` where what is missing is told too.
    check: String,
}

#[derive(Debug, Template)]
#[template(path = "demand_new.html")]
struct BeginPage {
    shell: Shell,
    is_company: bool,
    /// What was wrong with a sheet.
    problems: Vec<String>,
}

pub(super) async fn begin(visit: Visit) -> Response {
    visit.page(&begin_page(&visit, Vec::new()))
}

/// The page that begins a demand, on screen or from a sheet.
pub(super) fn begin_page(visit: &Visit, problems: Vec<String>) -> impl Template + use<> {
    let shell = visit.shell(Section::Demands, visit.language.text("demand-new"));
    let is_company = visit.actor().role() == Some(xiaoxiang_domain::access::Role::OrganisationAgent);
    BeginPage { shell, is_company, problems }
}

pub(super) async fn start(visit: Visit) -> Response {
    match start_demand(&visit.app, &visit.actor(), &NewDemand::default()).await {
        Ok(id) => visit.lead_to(&format!("/demands/{id}/form/company")),
        Err(refusal) => visit.refused(&refusal),
    }
}

pub(super) async fn show(
    visit: Visit,
    Path((id, step)): Path<(String, String)>,
    Query(query): Query<StepQuery>,
) -> Response {
    let Some(step) = FormStep::from_code(&step) else { return visit.refused(&Refusal::NotFound(step)) };
    let page = match read_demand(&visit.app, &visit.actor(), &id).await {
        Ok(page) => page,
        Err(refusal) => return visit.refused(&refusal),
    };
    if !page.may_write {
        return visit.lead_to(&format!("/demands/{id}"));
    }
    match FormPage::of(&visit, page, step, &query, Typed::default()).await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

/// What was sent and could not be kept.
#[derive(Debug, Default)]
struct Typed {
    form: Option<DemandForm>,
    problems: Vec<RowProblem>,
    notice: Option<String>,
}

pub(super) async fn send(
    visit: Visit,
    Path((id, step)): Path<(String, String)>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Response {
    let Some(step) = FormStep::from_code(&step) else { return visit.refused(&Refusal::NotFound(step)) };
    let sent = Sent::of(pairs);
    let page = match read_demand(&visit.app, &visit.actor(), &id).await {
        Ok(page) => page,
        Err(refusal) => return visit.refused(&refusal),
    };
    if !page.may_write {
        return visit.lead_to(&format!("/demands/{id}"));
    }
    let form = filled(page.form.clone(), step, &sent);
    let saved = SavedDemand { revision: sent.revision(), form: form.clone() };
    let revision = match save_demand(&visit.app, &visit.actor(), &id, &saved).await {
        Ok(revision) => revision,
        Err(refusal) => return again(&visit, page, step, form, &refusal).await,
    };
    match sent.act() {
        "save" => visit.lead_to(&format!("/demands/{id}/form/{}?saved=1", step.code())),
        "submit" => {
            let request = DemandStepRequest::plain(xiaoxiang_domain::demand::DemandStep::Submit, revision);
            match take_demand_step(&visit.app, &visit.actor(), &id, &request).await {
                Ok(_) => visit.lead_to(&format!("/demands/{id}?done=step")),
                Err(Refusal::Fields(_)) => visit.lead_to(&format!("/demands/{id}/form/check?check=1")),
                Err(refusal) => visit.refused(&refusal),
            }
        }
        _ => visit.lead_to(&format!("/demands/{id}/form/{}", step.next().code())),
    }
}

async fn again(
    visit: &Visit,
    page: DemandPage,
    step: FormStep,
    form: DemandForm,
    refusal: &Refusal,
) -> Response {
    let Some(status) = status_of_form(refusal) else { return visit.refused(refusal) };
    let problems = if let Refusal::Fields(problems) = refusal { problems.clone() } else { Vec::new() };
    let typed = Typed { form: Some(form), problems, notice: Some(visit.sentence(refusal)) };
    match FormPage::of(visit, page, step, &StepQuery::default(), typed).await {
        Ok(page) => (status, visit.page(&page)).into_response(),
        Err(refusal) => visit.refused(&refusal),
    }
}

/// The form with what a step sent.
fn filled(mut form: DemandForm, step: FormStep, sent: &Sent) -> DemandForm {
    for key in FIELD_KEYS.into_iter().filter(|key| FormStep::of_field(key) == step) {
        let text = if key == "modes" { sent.all(key).join(",") } else { sent.text(key).to_owned() };
        if sent.has(key) || key == "modes" {
            form.fields.insert(key.to_owned(), text);
        }
    }
    if step == FormStep::Terms {
        for part in DemandPart::ALL {
            let key = format!("level.{}", part.code());
            if sent.has(&key) {
                form.fields.insert(key.clone(), sent.text(&key).to_owned());
            }
        }
    }
    if step == FormStep::Check {
        form.holds_no_secrets = sent.text("holds_no_secrets") == "1";
    }
    form
}

/// A link to a step with how much is wrong on it.
#[derive(Debug)]
struct StepLink {
    link: String,
    title: &'static str,
    is_current: bool,
    problems: usize,
}

/// A level that can be chosen for a part.
#[derive(Debug)]
struct PartView {
    name: String,
    label: &'static str,
    options: Vec<SelectOption>,
}

#[derive(Debug, Template)]
#[template(path = "demand_form.html")]
struct FormPage {
    shell: Shell,
    words: DemandWords,
    page: DemandPage,
    form: DemandForm,
    step: FormStep,
    fields: Vec<FieldView>,
    parts: Vec<PartView>,
    places: Vec<(String, String)>,
    problems: Vec<RowProblem>,
    notice: Option<String>,
    is_saved: bool,
}

impl FormPage {
    async fn of(
        visit: &Visit,
        page: DemandPage,
        step: FormStep,
        query: &StepQuery,
        typed: Typed,
    ) -> Result<Self, Refusal> {
        let words = DemandWords::of(visit).await?;
        let form = typed.form.unwrap_or_else(|| page.form.clone());
        let mut problems = check_demand(&form, words.region(), page.today).err().unwrap_or_default();
        problems.extend(typed.problems);
        // A page that is opened for the first time does not begin with what is missing.
        let tells_missing = query.check == "1" || step == FormStep::Check;
        let keys = words.region().demand_sheet().fields.iter();
        let fields = keys
            .filter(|field| FormStep::of_field(&field.key) == step && field.key != "secrecy")
            .map(|field| field_view(&words, field, &form, &problems, tells_missing, page.is_company))
            .collect();
        let parts = if step == FormStep::Terms { part_views(&words, &form) } else { Vec::new() };
        let places = if step == FormStep::Company { places(words.region()) } else { Vec::new() };
        Ok(Self {
            shell: visit.shell(Section::Demands, visit.language.text(step.title_key())),
            is_saved: query.saved == "1",
            words,
            page,
            form,
            step,
            fields,
            parts,
            places,
            problems,
            notice: typed.notice,
        })
    }

    fn is(&self, step: &str) -> bool {
        self.step.code() == step
    }

    fn name(&self) -> &str {
        if self.page.row.title.is_empty() { self.shell.t("demand-untitled") } else { &self.page.row.title }
    }

    fn title(&self) -> &'static str {
        self.shell.t(self.step.title_key())
    }

    fn path(&self, rest: &str) -> String {
        self.shell.link(&format!("/demands/{}{rest}", self.page.row.demand_id))
    }

    fn here(&self) -> String {
        self.path(&format!("/form/{}", self.step.code()))
    }

    fn steps(&self) -> Vec<StepLink> {
        let link = |step: FormStep| StepLink {
            link: self.path(&format!("/form/{}", step.code())),
            title: self.shell.t(step.title_key()),
            is_current: step == self.step,
            problems: self.problems.iter().filter(|one| FormStep::of_field(&one.field) == step).count(),
        };
        FormStep::ALL.map(link).into_iter().collect()
    }

    fn counted(&self, count: &usize) -> String {
        self.shell.say("application-problems-count", [("count", &count.to_string())])
    }

    /// What stands in the way, each with where it is corrected.
    fn problem_lines(&self) -> Vec<(String, String, String)> {
        let line = |problem: &RowProblem| {
            let step = FormStep::of_field(&problem.field);
            let link = self.path(&format!("/form/{}?check=1#{}", step.code(), problem.field));
            (link, self.words.label(&problem.field), self.words.problem(problem))
        };
        let own = self.problems.iter().filter(|one| one.field != "holds_no_secrets");
        own.map(line).collect()
    }

    fn is_complete(&self) -> bool {
        self.problems.iter().all(|one| one.field == "holds_no_secrets")
    }

    /// What everybody will read.
    fn teaser(&self) -> Vec<(String, String)> {
        let seen = SeenDemand::of(&self.form, DisclosureLevel::Public);
        let keys = FIELD_KEYS.into_iter().filter(|key| !matches!(*key, "title" | "secrecy"));
        keys.filter_map(|key| {
            let text = seen.field(key)?;
            Some((self.words.label(key), self.words.value(key, text)))
        })
        .collect()
    }

    /// What is kept back, and for whom.
    fn kept_back(&self) -> Vec<(&'static str, &'static str)> {
        let seen = SeenDemand::of(&self.form, DisclosureLevel::Public);
        let told = |(part, level): (DemandPart, DisclosureLevel)| {
            (self.shell.language.pick(part.label(), part.label_en()), self.words.level(&level))
        };
        seen.hidden.into_iter().map(told).collect()
    }

    fn submit_note(&self) -> &'static str {
        self.shell.t(if self.page.is_company { "demand-submit-own" } else { "demand-submit-other" })
    }
}

fn field_view(
    words: &DemandWords,
    field: &DemandField,
    form: &DemandForm,
    problems: &[RowProblem],
    tells_missing: bool,
    is_company: bool,
) -> FieldView {
    let value = form.fields.get(&field.key).cloned().unwrap_or_default();
    let input = match field.key.as_str() {
        "problem" | "figures" | "tried" | "conditions" | "summary" => Input::Area,
        "deadline" => Input::Date,
        "division" => Input::Place,
        "field" | "industry" | "maturity" | "ip_wish" => Input::Select,
        "modes" => Input::Ticks,
        _ => Input::Text,
    };
    let problem = problems
        .iter()
        .filter(|one| one.field == field.key && (tells_missing || !value.trim().is_empty()))
        .map(|one| words.problem(one))
        .collect::<Vec<_>>()
        .join(" ");
    FieldView {
        label: words.label(&field.key),
        options: options(words, &field.key, &value),
        hint: words.language.pick(&field.hint, &field.hint_en).to_owned(),
        problem: Some(problem).filter(|problem| !problem.is_empty()),
        is_required: field.asked == Asked::Required,
        is_locked: is_company && matches!(field.key.as_str(), "organisation_name" | "credit_code"),
        length_max: field.length_max,
        key: field.key.clone(),
        input,
        value,
    }
}

fn options(words: &DemandWords, key: &str, value: &str) -> Vec<SelectOption> {
    let option = |code: &str, label: &str, is_chosen: bool| SelectOption {
        value: code.to_owned(),
        label: label.to_owned(),
        is_chosen,
    };
    let list = match key {
        "field" => "technical_field",
        "industry" => "industry",
        "maturity" => "maturity",
        "modes" => {
            let written: Vec<CooperationMode> = value
                .split([',', '，', '、'])
                .filter_map(|one| CooperationMode::from_written(one.trim()))
                .collect();
            return CooperationMode::ALL
                .into_iter()
                .map(|mode| {
                    let label = words.language.pick(mode.label(), mode.label_en());
                    option(mode.code(), label, written.contains(&mode))
                })
                .collect();
        }
        "ip_wish" => {
            let chosen = IpWish::from_written(value);
            return IpWish::ALL
                .into_iter()
                .map(|wish| {
                    option(
                        wish.code(),
                        words.language.pick(wish.label(), wish.label_en()),
                        chosen == Some(wish),
                    )
                })
                .collect();
        }
        _ => return Vec::new(),
    };
    let Some(list) = words.region().codes(list) else { return Vec::new() };
    // Industries by section; the divisions below are too many to choose from.
    let items = list.items().iter().filter(|item| item.parent.is_none());
    let mut options: Vec<SelectOption> = items
        .map(|item| {
            let label = words.language.pick(&item.name, &item.name_en);
            option(&item.code, label, item.code == value || item.name == value)
        })
        .collect();
    if !value.is_empty() && !options.iter().any(|one| one.is_chosen) {
        options.insert(0, option(value, value, true));
    }
    options
}

fn part_views(words: &DemandWords, form: &DemandForm) -> Vec<PartView> {
    let levels = levels_of(form);
    let part = |part: DemandPart| PartView {
        name: format!("level.{}", part.code()),
        label: words.language.pick(part.label(), part.label_en()),
        options: DisclosureLevel::CHOICES
            .into_iter()
            .map(|level| SelectOption {
                value: level.code().to_owned(),
                label: words.level(&level).to_owned(),
                is_chosen: levels.of(part) == level,
            })
            .collect(),
    };
    DemandPart::ALL.map(part).into_iter().collect()
}

/// Cities and counties of the region, to be typed from a list.
/// Cities and counties to choose from: code and name.
pub(in crate::pages) fn places(region: &Region) -> Vec<(String, String)> {
    let divisions = region.divisions();
    let mut places = Vec::new();
    for city in region.cities() {
        let name = |code: DivisionCode| divisions.name(code).unwrap_or_default().to_owned();
        places.push((city.to_string(), name(*city)));
        for county in divisions.children(*city) {
            places.push((county.to_string(), format!("{}{}", name(*city), name(*county))));
        }
    }
    places
}
