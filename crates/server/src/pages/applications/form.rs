//! The form in steps (申请表): each saved by its button, or while one types; two windows never overwrite each other.

use askama::Template;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::{Form, Json};
use serde::{Deserialize, Serialize};
use xiaoxiang_domain::contract::application::ApplicationForm;
use xiaoxiang_domain::contract::procedure::{ApplicationState, Obstacle, Step};
use xiaoxiang_domain::contract::{RowProblem, Side};
use xiaoxiang_services::contract::{ListedOrganisation, find_organisations};
use xiaoxiang_services::registration::{
    ApplicationPage, AttachmentKind, RegistrarChoice, SavedForm, list_registrars, read_application,
    save_application,
};
use xiaoxiang_services::{Refusal, region::RegionInForce};

use super::change::cost_options;
use super::fields::{
    COST_KINDS, COST_ROLES, CostRow, FieldGroup, FieldMaker, FieldView, FormStep, Input, cost_rows, id_of,
    side_of,
};
use super::sent::Sent;
use super::words::Words;
use super::working::{KeptWorking, WorkingView};
use crate::pages::shell::{Section, Shell};
use crate::pages::statistics::SelectOption;
use crate::pages::visit::{Visit, status_of_form};

/// Most characters of a search for a party.
const FIND_CHARACTERS_MAX: usize = 100;

/// What the address of a step says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct StepQuery {
    /// `1` where what is missing is told too.
    check: String,
    /// `1` after a save.
    saved: String,
    /// Party looked for.
    find: String,
    /// Type that the questions led to.
    r#type: String,
}

/// What the page shows beside the form that is kept.
#[derive(Debug, Default)]
pub(super) struct Typed {
    form: Option<ApplicationForm>,
    problems: Vec<RowProblem>,
    notice: Option<String>,
    is_stale: bool,
}

pub(super) async fn show(
    visit: Visit,
    Path((id, step)): Path<(String, String)>,
    Query(query): Query<StepQuery>,
) -> Response {
    let Some(step) = FormStep::from_code(&step) else {
        return visit.refused(&Refusal::NotFound(step));
    };
    let page = match read_application(&visit.app, &visit.actor(), &id).await {
        Ok(page) => page,
        Err(refusal) => return visit.refused(&refusal),
    };
    if !page.may_write {
        return visit.lead_to(&format!("/applications/{id}"));
    }
    let mut typed = Typed::default();
    if !query.r#type.is_empty() && step == FormStep::Contract {
        let mut form = page.form.clone();
        form.fields.insert("contract_type".to_owned(), query.r#type.chars().take(16).collect());
        typed.form = Some(form);
    }
    match FormPage::of(&visit, page, step, typed, &query).await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

/// What a save while typing is answered with.
#[derive(Serialize)]
struct Saved {
    revision: i64,
    message: String,
}

pub(super) async fn send(
    visit: Visit,
    Path((id, step)): Path<(String, String)>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Response {
    let Some(step) = FormStep::from_code(&step) else {
        return visit.refused(&Refusal::NotFound(step));
    };
    let sent = Sent::of(pairs);
    match save(&visit, &id, step, &sent).await {
        Ok(answer) => answer,
        Err(refusal) if sent.act() == "quiet" => {
            let message = visit.sentence(&refusal);
            let status = status_of_form(&refusal).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
            (status, Json(Saved { revision: 0, message })).into_response()
        }
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn save(visit: &Visit, id: &str, step: FormStep, sent: &Sent) -> Result<Response, Refusal> {
    let actor = visit.actor();
    let page = read_application(&visit.app, &actor, id).await?;
    let words = Words::of(visit).await?;
    let mut form = page.form.clone();
    sent.put_into(step, &words, &mut form);
    if sent.act() == "swap" {
        swap_sides(&mut form);
    }
    if let Some(found) = sent.act().strip_prefix("take:") {
        take_party(visit, found, &mut form).await?;
    }
    let registrar_key = sent.text("registrar").parse().ok().filter(|_| step == FormStep::Undertaking);
    let is_other_registrar = registrar_key.is_some_and(|key: i64| key != page.row.registrar_key);
    if page.may_write && form == page.form && !is_other_registrar {
        // Nothing to write: sent twice, or nothing typed. Another window's later save is not touched.
        return Ok(answer(visit, id, step, sent, page.row.revision));
    }
    let saved = SavedForm { revision: sent.revision(), registrar_key, form: form.clone() };
    match save_application(&visit.app, &actor, id, &saved).await {
        Ok(revision) => Ok(answer(visit, id, step, sent, revision)),
        Err(refusal @ (Refusal::Stale(_) | Refusal::Fields(_))) if sent.act() != "quiet" => {
            again(visit, id, step, form, refusal).await
        }
        Err(refusal) => Err(refusal),
    }
}

/// Where a saved form leads.
fn answer(visit: &Visit, id: &str, step: FormStep, sent: &Sent, revision: i64) -> Response {
    let here = format!("/applications/{id}/form/{}", step.code());
    match sent.act() {
        "quiet" => {
            let message = visit.language.text("application-saved").to_owned();
            Json(Saved { revision, message }).into_response()
        }
        "next" => visit.lead_to(&format!("/applications/{id}/form/{}", step.next().code())),
        "find" => {
            let text: String = sent.text("find").trim().chars().take(FIND_CHARACTERS_MAX).collect();
            let query = serde_urlencoded::to_string([("find", text)]).expect("invariant: texts make a query");
            visit.lead_to(&format!("{here}?{query}#found"))
        }
        _ => visit.lead_to(&format!("{here}?saved=1")),
    }
}

/// The form again with all that was typed: beside fields that are refused, or over what another window saved.
async fn again(
    visit: &Visit,
    id: &str,
    step: FormStep,
    form: ApplicationForm,
    refusal: Refusal,
) -> Result<Response, Refusal> {
    let page = read_application(&visit.app, &visit.actor(), id).await?;
    let is_stale = matches!(refusal, Refusal::Stale(_));
    let notice = if is_stale && page.may_write {
        visit.language.text("application-other-window").to_owned()
    } else {
        visit.sentence(&refusal)
    };
    let problems = if let Refusal::Fields(problems) = refusal { problems } else { Vec::new() };
    let typed = Typed { form: Some(form), problems, notice: Some(notice), is_stale };
    let page = FormPage::of(visit, page, step, typed, &StepQuery::default()).await?;
    if is_stale {
        return Ok((StatusCode::CONFLICT, visit.page(&page)).into_response());
    }
    Ok(visit.unprocessed(&page))
}

/// The own organisation becomes the buyer, or the seller again.
fn swap_sides(form: &mut ApplicationForm) {
    let turned = form.fields.iter().map(|(key, value)| {
        let key = match side_of(key) {
            Some(Side::Seller) => key.replacen("seller_", "buyer_", 1),
            Some(Side::Buyer) => key.replacen("buyer_", "seller_", 1),
            None => key.clone(),
        };
        (key, value.clone())
    });
    form.fields = turned.collect();
}

/// Fills the other side in with an organisation that was found: `buyer:KEY`.
async fn take_party(visit: &Visit, found: &str, form: &mut ApplicationForm) -> Result<(), Refusal> {
    let Some((side, text)) = found.split_once(':') else { return Ok(()) };
    let Some(side) = Side::from_code(side) else { return Ok(()) };
    let all = find_organisations(&visit.app, &visit.actor(), text).await?;
    let is_meant = |one: &&ListedOrganisation| one.credit_code.as_deref() == Some(text) || one.name == text;
    if let Some(one) = all.iter().find(is_meant) {
        form.fields.insert(format!("{}_name", side.code()), one.name.clone());
        let key = format!("{}_credit_code", side.code());
        match &one.credit_code {
            Some(code) => form.fields.insert(key, code.clone()),
            None => form.fields.remove(&key),
        };
    }
    Ok(())
}

/// The side of the applying organisation: the seller, unless the form says otherwise.
pub(super) fn own_side(page: &ApplicationPage, form: &ApplicationForm) -> Side {
    let is_buyer =
        form.field("buyer_name") == page.organisation && form.field("seller_name") != page.organisation;
    if is_buyer { Side::Buyer } else { Side::Seller }
}

/// A problem on the page that checks everything.
#[derive(Debug)]
struct ProblemLine {
    link: String,
    label: String,
    text: String,
}

/// A step in the row of steps.
#[derive(Debug)]
struct StepLink {
    link: String,
    title: &'static str,
    is_current: bool,
    /// Problems that wait there; nothing before one asks.
    problems: usize,
}

#[derive(Debug, Template)]
#[template(path = "application_form.html")]
struct FormPage {
    shell: Shell,
    words: Words,
    page: ApplicationPage,
    step: FormStep,
    query: StepQuery,
    notice: Option<String>,
    form: ApplicationForm,
    groups: Vec<FieldGroup>,
    fields: Vec<FieldView>,
    costs: Vec<CostRow>,
    working: Option<WorkingView>,
    sets_max: u32,
    costs_problem: Option<String>,
    registrars: Vec<RegistrarChoice>,
    found: Vec<ListedOrganisation>,
    other: &'static str,
    places: Vec<(String, String)>,
    secrets_problem: Option<String>,
    authority_problem: Option<String>,
}

impl FormPage {
    async fn of(
        visit: &Visit,
        page: ApplicationPage,
        step: FormStep,
        typed: Typed,
        query: &StepQuery,
    ) -> Result<Self, Refusal> {
        let in_force = visit.app.region().await?;
        let words = Words::of(visit).await?;
        let form = typed.form.unwrap_or_else(|| page.form.clone());
        let own = own_side(&page, &form);
        let tells_missing = query.check == "1" || page.state == ApplicationState::Returned;
        let problems = if typed.problems.is_empty() { &page.problems } else { &typed.problems };
        let maker = FieldMaker {
            words: &words,
            form: &form,
            problems,
            tells_missing,
            meanwhile: typed.is_stale.then_some(&page.form),
            today: page.today,
            own,
        };
        let regime = in_force.region.registration().regime_on(page.today);
        let working = regime.and_then(|regime| KeptWorking::of_form(&form, regime));
        let groups = match step {
            FormStep::Parties => match own {
                Side::Seller => vec![maker.party(Side::Seller), maker.party(Side::Buyer)],
                Side::Buyer => vec![maker.party(Side::Buyer), maker.party(Side::Seller)],
            },
            FormStep::Contract => vec![maker.contract()],
            _ => Vec::new(),
        };
        let fields = plain_fields(&maker, step, &page.form);
        let cost_problem = |at: usize| {
            let parts = ["name", "kind", "role", "sets", "amount"];
            let told = parts.iter().filter_map(|part| maker.problem(&format!("cost_items.{at}.{part}"), "x"));
            let told: Vec<_> = if at < form.cost_items.len() { told.collect() } else { Vec::new() };
            (!told.is_empty()).then(|| told.join(" "))
        };
        let costs =
            if step == FormStep::Costs { cost_rows(&form.cost_items, cost_problem) } else { Vec::new() };
        let costs_problem = maker.problem("cost_items", "x");
        let secrets_problem = maker.problem("undertaking.holds_no_secrets", "");
        let authority_problem = maker.problem("decision.has_completers_authority", "");
        let mut registrars = Vec::new();
        if step == FormStep::Undertaking {
            registrars = list_registrars(&visit.app, &visit.actor()).await?;
            // The one chosen stays to be seen, so that no other takes its place unasked.
            registrars.retain(|one| one.is_open || one.key == page.row.registrar_key);
        }
        let find = query.find.trim();
        let found = if step == FormStep::Parties && !find.is_empty() {
            find_organisations(&visit.app, &visit.actor(), find).await?
        } else {
            Vec::new()
        };
        let title = format!(
            "{} · {}",
            visit.language.text("application-form"),
            visit.language.text(step.title_key())
        );
        Ok(Self {
            shell: visit.shell(Section::Applications, title),
            places: if step == FormStep::Parties { places(&in_force, &words) } else { Vec::new() },
            sets_max: regime.map_or(0, |regime| regime.reasonable_sets_max),
            working: working.map(|working| working.view(&words)),
            query: query.clone(),
            notice: typed.notice,
            other: if own == Side::Seller { "buyer" } else { "seller" },
            page,
            step,
            groups,
            fields,
            costs,
            costs_problem,
            registrars,
            found,
            secrets_problem,
            authority_problem,
            words,
            form,
        })
    }

    fn path(&self, rest: &str) -> String {
        self.shell.link(&format!("/applications/{}{rest}", self.page.row.application_id))
    }

    fn step_path(&self, step: FormStep, rest: &str) -> String {
        self.path(&format!("/form/{}{rest}", step.code()))
    }

    fn here(&self) -> String {
        self.step_path(self.step, "")
    }

    fn title(&self) -> &'static str {
        self.shell.t(self.step.title_key())
    }

    fn name(&self) -> &str {
        let name = self.form.field("project_name");
        if name.is_empty() { self.shell.t("application-unnamed") } else { name }
    }

    fn position(&self) -> String {
        let at = FormStep::ALL.iter().position(|step| *step == self.step).unwrap_or_default() + 1;
        let (at, count) = (at.to_string(), FormStep::ALL.len().to_string());
        self.shell.say("application-step-of", [("step", &at), ("count", &count)])
    }

    fn steps(&self) -> Vec<StepLink> {
        let tells = self.query.check == "1"
            || self.step == FormStep::Check
            || self.page.state == ApplicationState::Returned;
        let link = |step: FormStep| StepLink {
            link: self.step_path(step, if tells { "?check=1" } else { "" }),
            title: self.shell.t(step.title_key()),
            is_current: step == self.step,
            problems: if tells {
                self.page.problems.iter().filter(|one| FormStep::of_field(&one.field) == step).count()
            } else {
                0
            },
        };
        FormStep::ALL.into_iter().map(link).collect()
    }

    fn counted(&self, problems: &usize) -> String {
        self.shell.say("application-problems-count", [("count", &problems.to_string())])
    }

    fn all_counted(&self) -> String {
        self.counted(&self.page.problems.len())
    }

    fn saves(&self) -> bool {
        !matches!(self.step, FormStep::Texts | FormStep::Check)
    }

    fn is(&self, code: &str) -> bool {
        self.step.code() == code
    }

    fn is_registrar(&self, registrar: &RegistrarChoice) -> bool {
        registrar.key == self.page.row.registrar_key
    }

    /// Whether the registrar may still be changed.
    fn may_choose_registrar(&self) -> bool {
        self.page.row.submitted_at_ms.is_none()
    }

    fn kinds(&self, row: &CostRow) -> Vec<SelectOption> {
        cost_options(&self.shell, &COST_KINDS, &row.item.kind)
    }

    fn roles(&self, row: &CostRow) -> Vec<SelectOption> {
        cost_options(&self.shell, &COST_ROLES, &row.item.role)
    }

    fn sets_rule(&self) -> String {
        self.shell.say("application-costs-rule-sets", [("max", &self.sets_max.to_string())])
    }

    /// Whether a group is about the party that does not apply.
    fn is_other(&self, group_id: &str) -> bool {
        group_id == self.other
    }

    fn taken(&self, one: &ListedOrganisation) -> String {
        format!("take:{}:{}", self.other, one.credit_code.as_deref().unwrap_or(&one.name))
    }

    /// The questions, which lead back here with their answer.
    fn questions(&self) -> String {
        self.shell.link(&format!("/contract-type?application={}", self.page.row.application_id))
    }

    fn problem_lines(&self) -> Vec<ProblemLine> {
        let line = |problem: &RowProblem| {
            let step = FormStep::of_field(&problem.field);
            let anchor = id_of(problem.field.split(".kind").next().unwrap_or(&problem.field));
            ProblemLine {
                link: self.step_path(step, &format!("?check=1#{anchor}")),
                label: self.words.field_label(&problem.field),
                text: self.words.problem(problem),
            }
        };
        self.page.problems.iter().map(line).collect()
    }

    /// What stands in the way of handing in, beside the fields.
    fn obstacles(&self) -> Vec<String> {
        let own = self.page.steps_open.iter().find(|open| open.step == Step::Submit);
        let own = own.map_or(&[][..], |open| open.obstacles.as_slice());
        let is_told = |obstacle: &&Obstacle| **obstacle != Obstacle::UndertakingMissing;
        own.iter().filter(is_told).map(|obstacle| self.words.obstacle(obstacle)).collect()
    }

    fn may_hand_in(&self) -> bool {
        self.page.problems.is_empty() && self.obstacles().is_empty()
    }

    fn attachment_kinds(&self) -> Vec<(&'static str, &'static str)> {
        AttachmentKind::ALL
            .iter()
            .map(|kind| (kind.code(), self.shell.t(super::texts::kind_key(kind.code()))))
            .collect()
    }

    fn attachment_kind(&self, kind: &str) -> &'static str {
        self.shell.t(super::texts::kind_key(kind))
    }

    fn size(&self, bytes: &i64) -> String {
        super::texts::size(*bytes)
    }
}

/// The fields that no column of the contract form describes.
pub(super) fn plain_fields(
    maker: &FieldMaker<'_>,
    step: FormStep,
    saved: &ApplicationForm,
) -> Vec<FieldView> {
    let form = maker.form;
    match step {
        FormStep::Undertaking => vec![FieldView {
            is_required: true,
            ..maker.plain(
                "undertaking.confidentiality_reviewer",
                "application-reviewer",
                Input::Text,
                &form.undertaking.confidentiality_reviewer,
                &saved.undertaking.confidentiality_reviewer,
            )
        }],
        FormStep::Costs => vec![FieldView { is_required: false, ..maker.field("technology_value") }],
        FormStep::Decision => {
            let (now, kept) = (&form.decision, &saved.decision);
            let plain =
                |name, label, input, value: &str, saved: &str| maker.plain(name, label, input, value, saved);
            vec![
                plain("decision.level", "application-level", Input::Text, &now.level, &kept.level),
                plain(
                    "decision.minutes_number",
                    "application-minutes",
                    Input::Text,
                    &now.minutes_number,
                    &kept.minutes_number,
                ),
                FieldView {
                    options: maker.pricing(),
                    ..plain(
                        "decision.pricing_method",
                        "application-pricing",
                        Input::Select,
                        &now.pricing_method,
                        &kept.pricing_method,
                    )
                },
                plain(
                    "decision.publicity_from",
                    "application-publicity-from",
                    Input::Date,
                    &now.publicity_from,
                    &kept.publicity_from,
                ),
                plain(
                    "decision.publicity_to",
                    "application-publicity-to",
                    Input::Date,
                    &now.publicity_to,
                    &kept.publicity_to,
                ),
            ]
        }
        _ => Vec::new(),
    }
}

/// Cities and counties of the region, offered while a place is typed.
fn places(in_force: &RegionInForce, words: &Words) -> Vec<(String, String)> {
    let divisions = in_force.region.divisions();
    let cities = in_force.region.cities().iter();
    let all = cities.flat_map(|city| std::iter::once(*city).chain(divisions.children(*city).iter().copied()));
    all.map(|code| (code.to_string(), words.place(&code.to_string()))).collect()
}

/// Suggestions for a party.
#[derive(Debug, Template)]
#[template(path = "parts/organisation_options.html")]
struct OrganisationOptions {
    found: Vec<ListedOrganisation>,
}

/// What was typed so far.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct FindQuery {
    find: String,
}

pub(super) async fn organisations(visit: Visit, Query(query): Query<FindQuery>) -> Response {
    let text = query.find.trim();
    let found = if text.is_empty() {
        Ok(Vec::new())
    } else {
        find_organisations(&visit.app, &visit.actor(), text).await
    };
    match found {
        Ok(found) => visit.page(&OrganisationOptions { found }),
        Err(refusal) => visit.refused(&refusal),
    }
}
