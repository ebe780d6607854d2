//! People and roles, as the administrator keeps them (人员与角色).

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing;
use serde::Deserialize;
use xiaoxiang_domain::access::Action;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::access::{
    GrantState, NewPerson, PeopleList, PersonChange, PersonDetail, change_person, create_person,
    describe_scopes, disable_person, enable_person, erase_person, hash_password, list_people,
    one_time_password, read_person, reset_password, withdraw_grant,
};

use super::account::{grant_days, scope_text};
use super::competence::competence_lines;
use super::grant_form;
use super::provider_account::{self, ProviderSection, UnlinkedView, unlinked_views};
use super::shell::{Section, Shell};
use super::visit::Visit;
use crate::routes::{Access, Route};

/// The routes of people and roles.
#[must_use]
pub fn routes() -> Vec<Route> {
    const READ: Access = Access::Needs(Action::ReadPeople);
    const MANAGE: Access = Access::Needs(Action::ManagePeople);
    vec![
        Route::page("/people", READ, routing::get(list)),
        Route::page("/people/search", READ, routing::get(list)),
        Route::form("/people/search", READ, routing::post(search)),
        Route::page("/people/new", MANAGE, routing::get(show_new)),
        Route::form("/people/new", MANAGE, routing::post(send_new)),
        Route::page("/people/{person}", READ, routing::get(show)),
        Route::form("/people/{person}", MANAGE, routing::post(send_change)),
        Route::page("/people/{person}/grant", MANAGE, routing::get(grant_form::show)),
        Route::form("/people/{person}/grant", MANAGE, routing::post(grant_form::send)),
        Route::form("/people/{person}/grants/{grant}/withdraw", MANAGE, routing::post(send_withdrawal)),
        Route::form("/people/{person}/disable", MANAGE, routing::post(send_disable)),
        Route::form("/people/{person}/enable", MANAGE, routing::post(send_enable)),
        Route::form("/people/{person}/password", MANAGE, routing::post(send_reset)),
        Route::form("/people/{person}/erase", MANAGE, routing::post(send_erase)),
        Route::form("/people/{person}/provider", MANAGE, routing::post(provider_account::send_link)),
        Route::form("/people/{person}/provider/unlink", MANAGE, routing::post(provider_account::send_unlink)),
    ]
}

/// A text beside the field that it is about.
#[derive(Clone, Debug)]
pub struct FieldProblem {
    code: &'static str,
    text: String,
}

impl FieldProblem {
    /// What a refusal says, beside the field that its code names.
    pub(super) fn of(visit: &Visit, refusal: &Refusal) -> Self {
        Self { code: refusal.code(), text: visit.sentence(refusal) }
    }

    /// The same under another code, where two forms of a page ask for the same thing.
    pub(super) fn coded(self, code: &'static str) -> Self {
        Self { code, ..self }
    }

    /// The text, where the problem is about this field.
    pub(super) fn about<'a>(problem: Option<&'a Self>, codes: &[&str]) -> Option<&'a str> {
        problem.filter(|problem| codes.contains(&problem.code)).map(|problem| problem.text.as_str())
    }
}

/// The list of people.
#[derive(Debug, Template)]
#[template(path = "people.html")]
pub struct PeoplePage {
    shell: Shell,
    text: String,
    list: PeopleList,
    /// Who is competent for which matter.
    competence: Vec<String>,
    /// Who tried to sign in through the provider and belongs to nobody here.
    unlinked: Vec<UnlinkedView>,
}

impl PeoplePage {
    /// The roles of a line, in the page's language.
    fn roles(&self, at: &usize) -> String {
        let held = self.list.people[*at].held.iter();
        let language = self.shell.language;
        let labels: Vec<&str> =
            held.map(|grant| language.pick(grant.role.label(), grant.role.label_en())).collect();
        labels.join(language.pick("、", ", "))
    }

    fn may_manage(&self) -> bool {
        self.shell.may(Action::ManagePeople)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ListQuery {
    text: String,
    after: String,
}

async fn list(visit: Visit) -> Response {
    found(&visit, ListQuery::default()).await
}

/// A form and not an address: names would stay in histories and in the logs of balancers.
async fn search(visit: Visit, Form(query): Form<ListQuery>) -> Response {
    found(&visit, query).await
}

async fn found(visit: &Visit, query: ListQuery) -> Response {
    let competence = match competence_lines(visit).await {
        Ok(lines) => lines,
        Err(refusal) => return visit.refused(&refusal),
    };
    let unlinked = match unlinked_views(visit).await {
        Ok(views) => views,
        Err(refusal) => return visit.refused(&refusal),
    };
    match list_people(&visit.app, &visit.actor(), &query.text, &query.after).await {
        Ok(list) => {
            let shell = visit.shell(Section::People, visit.language.text("people-title"));
            visit.page(&PeoplePage { shell, text: query.text, list, competence, unlinked })
        }
        Err(refusal) => visit.refused(&refusal),
    }
}

/// The page on which somebody is entered.
#[derive(Debug, Template)]
#[template(path = "person_new.html")]
pub struct NewPersonPage {
    shell: Shell,
    sign_in_name: String,
    name: String,
    problem: Option<FieldProblem>,
    /// The id and the one-time password of somebody just entered, shown this once.
    created: Option<(String, String)>,
}

impl NewPersonPage {
    fn about_sign_in_name(&self) -> Option<&str> {
        FieldProblem::about(self.problem.as_ref(), &["person.sign_in_name", "person.sign_in_name_taken"])
    }

    fn about_name(&self) -> Option<&str> {
        FieldProblem::about(self.problem.as_ref(), &["person.name"])
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct NewForm {
    sign_in_name: String,
    name: String,
}

fn new_page(visit: &Visit, form: NewForm) -> NewPersonPage {
    let shell = visit.shell(Section::People, visit.language.text("person-new"));
    NewPersonPage { shell, sign_in_name: form.sign_in_name, name: form.name, problem: None, created: None }
}

async fn show_new(visit: Visit) -> Response {
    visit.page(&new_page(&visit, NewForm::default()))
}

async fn send_new(visit: Visit, Form(form): Form<NewForm>) -> Response {
    match enter(&visit, &form).await {
        Ok(created) => visit.page(&NewPersonPage { created: Some(created), ..new_page(&visit, form) }),
        Err(refusal @ Refusal::Invalid { .. }) => {
            let problem = Some(FieldProblem::of(&visit, &refusal));
            visit.unprocessed(&NewPersonPage { problem, ..new_page(&visit, form) })
        }
        Err(refusal) => visit.refused(&refusal),
    }
}

/// Enters somebody with a one-time password.
async fn enter(visit: &Visit, form: &NewForm) -> Result<(String, String), Refusal> {
    let password = one_time_password(&visit.app)?;
    let person = NewPerson {
        sign_in_name: form.sign_in_name.clone(),
        name: form.name.clone(),
        password_hash: Some(hash_password(&visit.app, &password).await?),
        must_change_password: true,
    };
    Ok((create_person(&visit.app, &visit.actor(), &person).await?, password))
}

/// A grant as the page shows it.
#[derive(Debug)]
pub struct GrantView {
    grant_id: String,
    role: &'static str,
    scope: String,
    days: String,
    basis: String,
    state: GrantState,
}

impl GrantView {
    fn may_go(&self) -> bool {
        matches!(self.state, GrantState::Held | GrantState::Coming)
    }

    fn state_key(&self) -> &'static str {
        match self.state {
            GrantState::Held => "grant-held",
            GrantState::Coming => "grant-coming",
            GrantState::Over => "grant-over",
            GrantState::Withdrawn => "grant-withdrawn",
        }
    }
}

/// What somebody else saved meanwhile, beside what was typed.
#[derive(Debug)]
pub struct Overtaken {
    name: String,
    telephone: String,
    organisation: String,
}

/// One person.
#[derive(Debug, Template)]
#[template(path = "person.html")]
pub struct PersonPage {
    shell: Shell,
    person: PersonDetail,
    /// The form as typed, or as it stands.
    form: PersonForm,
    grants: Vec<GrantView>,
    done: Option<&'static str>,
    problem: Option<FieldProblem>,
    overtaken: Option<Overtaken>,
    /// A one-time password just made, shown this once.
    password: Option<String>,
    /// The form of the account at the provider, where there is a provider.
    provider: Option<ProviderSection>,
}

impl PersonPage {
    fn may_manage(&self) -> bool {
        self.shell.may(Action::ManagePeople)
    }

    fn about(&self, code: &str) -> Option<&str> {
        FieldProblem::about(self.problem.as_ref(), &[code])
    }

    fn about_organisation(&self) -> Option<&str> {
        FieldProblem::about(self.problem.as_ref(), &["organisation.unknown", "organisation.ambiguous"])
    }

    fn about_provider(&self) -> Option<&str> {
        FieldProblem::about(self.problem.as_ref(), &["person.provider_subject", "person.provider_taken"])
    }

    fn about_administrator(&self) -> Option<&str> {
        FieldProblem::about(self.problem.as_ref(), &["person.last_administrator"])
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct PersonForm {
    revision: String,
    name: String,
    telephone: String,
    organisation: String,
}

impl PersonForm {
    fn of(person: &PersonDetail) -> Self {
        Self {
            revision: person.revision.to_string(),
            name: person.name.clone(),
            telephone: person.telephone.clone().unwrap_or_default(),
            organisation: person.organisation.clone().unwrap_or_default(),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct DoneQuery {
    done: String,
}

async fn show(visit: Visit, Path(person): Path<String>, Query(query): Query<DoneQuery>) -> Response {
    let done = match query.done.as_str() {
        "changed" => Some("person-done-changed"),
        "granted" => Some("person-done-granted"),
        "withdrawn" => Some("person-done-withdrawn"),
        "disabled" => Some("person-done-disabled"),
        "enabled" => Some("person-done-enabled"),
        "erased" => Some("person-done-erased"),
        "linked" => Some("person-done-linked"),
        "unlinked" => Some("person-done-unlinked"),
        _ => None,
    };
    match person_page(&visit, &person).await {
        Ok(page) => visit.page(&PersonPage { done, ..page }),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn person_page(visit: &Visit, person_id: &str) -> Result<PersonPage, Refusal> {
    let person = read_person(&visit.app, &visit.actor(), person_id).await?;
    let scopes: Vec<_> = person.grants.iter().map(|detail| detail.grant.scope).collect();
    let words = describe_scopes(&visit.app, &scopes).await?;
    let language = visit.language;
    let grants = person
        .grants
        .iter()
        .map(|detail| GrantView {
            grant_id: detail.grant_id.clone(),
            role: language.pick(detail.grant.role.label(), detail.grant.role.label_en()),
            scope: words
                .get(&detail.grant.scope)
                .map_or_else(String::new, |words| scope_text(language, words)),
            days: grant_days(language, &detail.grant),
            basis: detail.basis.clone(),
            state: detail.state,
        })
        .collect();
    Ok(PersonPage {
        shell: visit.shell(Section::People, person.name.clone()),
        form: PersonForm::of(&person),
        person,
        grants,
        done: None,
        problem: None,
        overtaken: None,
        password: None,
        provider: provider_account::section(visit).await?,
    })
}

async fn send_change(visit: Visit, Path(person): Path<String>, Form(form): Form<PersonForm>) -> Response {
    // What is no revision is none that is current.
    let revision = form.revision.parse().unwrap_or(0);
    let change = PersonChange {
        name: form.name.clone(),
        telephone: form.telephone.clone(),
        organisation: form.organisation.clone(),
    };
    match change_person(&visit.app, &visit.actor(), &person, revision, &change).await {
        Ok(()) => visit.lead_to(&format!("/people/{person}?done=changed")),
        Err(Refusal::Stale(_)) => again_beside_the_other(&visit, &person, form).await,
        Err(refusal) => again(&visit, &person, Some(form), &refusal).await,
    }
}

/// Both versions: what was typed stays in the form, what was saved meanwhile stands beside it. Sending the form again
/// writes over what is shown.
async fn again_beside_the_other(visit: &Visit, person: &str, typed: PersonForm) -> Response {
    match person_page(visit, person).await {
        Ok(page) => {
            let saved = page.form.clone();
            let overtaken =
                Overtaken { name: saved.name, telephone: saved.telephone, organisation: saved.organisation };
            let form = PersonForm { revision: saved.revision, ..typed };
            let page = PersonPage { form, overtaken: Some(overtaken), ..page };
            (StatusCode::CONFLICT, visit.page(&page)).into_response()
        }
        Err(refusal) => visit.refused(&refusal),
    }
}

/// The page with a subject that was refused, which stays in its field.
pub(super) async fn again_with_subject(
    visit: &Visit,
    person: &str,
    subject: String,
    refusal: &Refusal,
) -> Response {
    match person_page(visit, person).await {
        Ok(page) => {
            let provider = page.provider.map(|section| ProviderSection { subject, ..section });
            let problem = Some(FieldProblem::of(visit, refusal));
            visit.unprocessed(&PersonPage { provider, problem, ..page })
        }
        Err(refusal) => visit.refused(&refusal),
    }
}

/// The page with what was refused, and what was typed where something was.
async fn again(visit: &Visit, person: &str, typed: Option<PersonForm>, refusal: &Refusal) -> Response {
    if !matches!(refusal, Refusal::Invalid { .. }) {
        return visit.refused(refusal);
    }
    match person_page(visit, person).await {
        Ok(page) => {
            let form = typed.unwrap_or_else(|| page.form.clone());
            visit.unprocessed(&PersonPage { form, problem: Some(FieldProblem::of(visit, refusal)), ..page })
        }
        Err(refusal) => visit.refused(&refusal),
    }
}

pub(super) async fn led(visit: &Visit, person: &str, done: Result<(), Refusal>, word: &str) -> Response {
    match done {
        Ok(()) => visit.lead_to(&format!("/people/{person}?done={word}")),
        Err(refusal) => again(visit, person, None, &refusal).await,
    }
}

async fn send_withdrawal(visit: Visit, Path((person, grant)): Path<(String, String)>) -> Response {
    let done = withdraw_grant(&visit.app, &visit.actor(), &grant).await;
    led(&visit, &person, done, "withdrawn").await
}

async fn send_disable(visit: Visit, Path(person): Path<String>) -> Response {
    let done = disable_person(&visit.app, &visit.actor(), &person).await;
    led(&visit, &person, done, "disabled").await
}

async fn send_enable(visit: Visit, Path(person): Path<String>) -> Response {
    let done = enable_person(&visit.app, &visit.actor(), &person).await;
    led(&visit, &person, done, "enabled").await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct EraseForm {
    sure: String,
}

async fn send_erase(visit: Visit, Path(person): Path<String>, Form(form): Form<EraseForm>) -> Response {
    let done = if form.sure == "yes" {
        erase_person(&visit.app, &visit.actor(), &person).await
    } else {
        Err(Refusal::invalid(
            "person.erase_unsure",
            "删除后不能恢复。请勾选确认后再删除。",
            "what is erased cannot be brought back; tick the box first",
        ))
    };
    led(&visit, &person, done, "erased").await
}

/// A one-time password is on the answer itself: it must stand in no address.
async fn send_reset(visit: Visit, Path(person): Path<String>) -> Response {
    match reset_password(&visit.app, &visit.actor(), &person).await {
        Ok(password) => match person_page(&visit, &person).await {
            Ok(page) => visit.page(&PersonPage { password: Some(password), ..page }),
            Err(refusal) => visit.refused(&refusal),
        },
        Err(refusal) => again(&visit, &person, None, &refusal).await,
    }
}
