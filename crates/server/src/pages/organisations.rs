//! Organisations (机构): found by any name or code, with their history, and what is recorded about them.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing;
use serde::Deserialize;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::organisation::history::OrganisationEvent;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::organisation::{
    NewOrganisationChange, NewOrganisationEntry, OrganisationDetail, OrganisationList, add_organisation,
    change_organisation, list_organisations, read_organisation, reverse_change,
};

use super::people::FieldProblem;
use super::shell::{Section, Shell};
use super::visit::Visit;
use crate::routes::{Access, Route};

/// The routes of organisations.
#[must_use]
pub fn routes() -> Vec<Route> {
    const READ: Access = Access::Needs(Action::ReadOrganisations);
    const MANAGE: Access = Access::Needs(Action::ManageOrganisations);
    vec![
        Route::page("/organisations", READ, routing::get(list)),
        Route::page("/organisations/new", MANAGE, routing::get(enter)),
        Route::form("/organisations/new", MANAGE, routing::post(send_new)),
        Route::page("/organisations/{key}", READ, routing::get(show)),
        Route::form("/organisations/{key}/changes", MANAGE, routing::post(send_change)),
        Route::form("/organisations/{key}/changes/{change}/reverse", MANAGE, routing::post(send_reversal)),
    ]
}

/// The kinds of change in the order of the form, with their words.
const KINDS: [(&str, &str); 4] = [
    ("named", "organisation-kind-named"),
    ("coded", "organisation-kind-coded"),
    ("merged", "organisation-kind-merged"),
    ("split", "organisation-kind-split"),
];

/// The list of organisations.
#[derive(Debug, Template)]
#[template(path = "organisations.html")]
pub struct OrganisationsPage {
    shell: Shell,
    text: String,
    list: OrganisationList,
}

impl OrganisationsPage {
    fn next_link(&self) -> Option<String> {
        let next = self.list.next?.to_string();
        let query = serde_urlencoded::to_string([("text", self.text.as_str()), ("after", &next)])
            .expect("invariant: texts make a query");
        Some(self.shell.link(&format!("/organisations?{query}")))
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ListQuery {
    text: String,
    after: String,
}

async fn list(visit: Visit, Query(query): Query<ListQuery>) -> Response {
    let after = if query.after.is_empty() { Ok(0) } else { query.after.parse() };
    let Ok(after) = after else { return visit.misread() };
    match list_organisations(&visit.app, &visit.actor(), &query.text, after).await {
        Ok(list) => {
            let shell = visit.shell(Section::Organisations, visit.language.text("organisations-title"));
            visit.page(&OrganisationsPage { shell, text: query.text, list })
        }
        Err(refusal) => visit.refused(&refusal),
    }
}

/// The form for an organisation that no contract names yet.
#[derive(Debug, Template)]
#[template(path = "organisation_new.html")]
pub struct NewOrganisationPage {
    shell: Shell,
    form: NewForm,
    problem: Option<FieldProblem>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct NewForm {
    name: String,
    credit_code: String,
    basis: String,
}

impl NewOrganisationPage {
    fn new(visit: &Visit, form: NewForm, problem: Option<FieldProblem>) -> Self {
        let shell = visit.shell(Section::Organisations, visit.language.text("organisation-new"));
        Self { shell, form, problem }
    }

    fn about(&self, code: &str) -> Option<&str> {
        FieldProblem::about(self.problem.as_ref(), &[code])
    }

    fn about_code(&self) -> Option<&str> {
        FieldProblem::about(self.problem.as_ref(), &["organisation.code", "organisation.known"])
    }
}

async fn enter(visit: Visit) -> Response {
    visit.page(&NewOrganisationPage::new(&visit, NewForm::default(), None))
}

async fn send_new(visit: Visit, Form(form): Form<NewForm>) -> Response {
    let NewForm { name, credit_code, basis } = form.clone();
    let new = NewOrganisationEntry { name, credit_code, basis };
    match add_organisation(&visit.app, &visit.actor(), &new).await {
        Ok(key) => visit.lead_to(&format!("/organisations/{key}?done=changed")),
        Err(refusal @ Refusal::Invalid { .. }) => {
            let problem = Some(FieldProblem::of(&visit, &refusal));
            visit.unprocessed(&NewOrganisationPage::new(&visit, form, problem))
        }
        Err(refusal) => visit.refused(&refusal),
    }
}

/// A line of the history.
#[derive(Debug)]
pub struct ChangeView {
    change_id: i64,
    from: String,
    sentence: String,
    basis: String,
    position: Option<i64>,
    is_reversed: bool,
    /// Whether it is a change of this organisation, which can be taken back here.
    is_own: bool,
}

/// One organisation.
#[derive(Debug, Template)]
#[template(path = "organisation.html")]
pub struct OrganisationPage {
    shell: Shell,
    detail: OrganisationDetail,
    changes: Vec<ChangeView>,
    form: ChangeForm,
    problem: Option<FieldProblem>,
    is_done: bool,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct ChangeForm {
    kind: String,
    value: String,
    valid_from: String,
    basis: String,
}

impl OrganisationPage {
    fn may_manage(&self) -> bool {
        self.shell.may(Action::ManageOrganisations)
    }

    fn kinds(&self) -> Vec<(&'static str, &'static str, bool)> {
        KINDS.into_iter().map(|(code, key)| (code, self.shell.t(key), self.form.kind == code)).collect()
    }

    fn merged_sentence(&self) -> Option<String> {
        let (into, from) = self.detail.merged_into.as_ref()?;
        Some(
            self.shell
                .say("organisation-merged-into", [("name", &into.name), ("day", &self.shell.day(from))]),
        )
    }

    fn contracts_together(&self) -> Option<String> {
        let together = self.detail.contracts_together().to_string();
        (!self.detail.merged.is_empty())
            .then(|| self.shell.say("organisation-together", [("count", &together)]))
    }

    fn about(&self, code: &str) -> Option<&str> {
        FieldProblem::about(self.problem.as_ref(), &[code])
    }

    fn about_value(&self) -> Option<&str> {
        let codes = [
            "organisation.value",
            "organisation.unknown",
            "organisation.ambiguous",
            "organisation.circle",
            "organisation.merged_already",
        ];
        FieldProblem::about(self.problem.as_ref(), &codes)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct DoneQuery {
    done: String,
}

async fn show(visit: Visit, Path(key): Path<String>, Query(query): Query<DoneQuery>) -> Response {
    match organisation_page(&visit, &key).await {
        Ok(page) => visit.page(&OrganisationPage { is_done: query.done == "changed", ..page }),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn organisation_page(visit: &Visit, key: &str) -> Result<OrganisationPage, Refusal> {
    let detail = read_organisation(&visit.app, &visit.actor(), number(key)?).await?;
    let shell = visit.shell(Section::Organisations, detail.summary.name.clone());
    let changes = detail
        .changes
        .iter()
        .map(|recorded| {
            let is_own = recorded.change.organisation_key == detail.summary.key;
            let other = recorded.other.as_deref().unwrap_or_default();
            let (key, value) = match (&recorded.change.event, is_own) {
                (OrganisationEvent::Named(name), _) => ("organisation-was-named", name.as_str()),
                (OrganisationEvent::Coded(code), _) => ("organisation-was-coded", code.as_str()),
                (OrganisationEvent::MergedInto(_), true) => ("organisation-was-merged", other),
                (OrganisationEvent::MergedInto(_), false) => ("organisation-took-in", other),
                (OrganisationEvent::SplitOff(_), true) => ("organisation-was-split", other),
                (OrganisationEvent::SplitOff(_), false) => ("organisation-sprang", other),
            };
            ChangeView {
                change_id: recorded.change.change_id,
                from: shell.day(&recorded.change.valid_from),
                sentence: shell.say(key, [("value", value)]),
                basis: recorded.basis.clone(),
                position: recorded.position,
                is_reversed: recorded.change.is_reversed,
                is_own,
            }
        })
        .collect();
    let today = visit.app.today().await?.to_string();
    let form = ChangeForm { valid_from: today, ..ChangeForm::default() };
    Ok(OrganisationPage { shell, detail, changes, form, problem: None, is_done: false })
}

/// A key; what is no number names no organisation.
fn number(text: &str) -> Result<i64, Refusal> {
    text.parse().map_err(|_| Refusal::NotFound(text.to_owned()))
}

async fn send_change(visit: Visit, Path(key): Path<String>, Form(form): Form<ChangeForm>) -> Response {
    match record(&visit, &key, &form).await {
        Ok(()) => visit.lead_to(&format!("/organisations/{key}?done=changed")),
        Err(refusal) => again(&visit, &key, form, &refusal).await,
    }
}

async fn record(visit: &Visit, key: &str, form: &ChangeForm) -> Result<(), Refusal> {
    let valid_from = form.valid_from.trim().parse().map_err(|_| {
        Refusal::invalid(
            "organisation.day",
            "请按 2026-01-31 的格式填写日期。",
            "write the day as 2026-01-31",
        )
    })?;
    let new = NewOrganisationChange {
        kind: form.kind.clone(),
        value: form.value.clone(),
        valid_from,
        basis: form.basis.clone(),
    };
    change_organisation(&visit.app, &visit.actor(), number(key)?, &new).await
}

async fn again(visit: &Visit, key: &str, form: ChangeForm, refusal: &Refusal) -> Response {
    if !matches!(refusal, Refusal::Invalid { .. }) {
        return visit.refused(refusal);
    }
    match organisation_page(visit, key).await {
        Ok(page) => {
            let problem = Some(FieldProblem::of(visit, refusal));
            visit.unprocessed(&OrganisationPage { form, problem, ..page })
        }
        Err(refusal) => visit.refused(&refusal),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ReversalForm {
    basis: String,
}

async fn send_reversal(
    visit: Visit,
    Path((key, change)): Path<(String, String)>,
    Form(form): Form<ReversalForm>,
) -> Response {
    let reversed = match (number(&key), number(&change)) {
        (Ok(key), Ok(change)) => reverse_change(&visit.app, &visit.actor(), key, change, &form.basis).await,
        (Err(refusal), _) | (_, Err(refusal)) => Err(refusal),
    };
    match reversed {
        Ok(()) => visit.lead_to(&format!("/organisations/{key}?done=changed")),
        Err(refusal) => visit.refused(&refusal),
    }
}
