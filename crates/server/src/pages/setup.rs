//! The first run (首次启用): region, first account, then on to the first import. Not there once somebody is entered.

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing;
use serde::Deserialize;
use xiaoxiang_domain::access::{PASSWORD_CHARACTERS_MAX, PASSWORD_CHARACTERS_MIN};
use xiaoxiang_services::Refusal;
use xiaoxiang_services::setup::{
    FirstAccount, SetupStep, choose_region, create_first_account, may_choose_region, setup_step,
};

use super::failure::Failure;
use super::shell::{Section, Shell};
use super::sign_in::cookie;
use super::visit::{PageState, Visit};
use crate::guard::SESSION_COOKIE;
use crate::region_files::{ShippedRegion, shipped_layers, shipped_regions};
use crate::routes::{Access, Route};

/// Where the first run is.
pub const SETUP_PATH: &str = "/setup";

/// The routes of the first run.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::page(SETUP_PATH, Access::Open, routing::get(show)),
        Route::form("/setup/region", Access::Open, routing::post(region)),
        Route::form("/setup/account", Access::Open, routing::post(account)),
    ]
}

/// The page of one step.
#[derive(Debug, Template)]
#[template(path = "setup.html")]
pub struct SetupPage {
    shell: Shell,
    step: SetupStep,
    asks_code: bool,
    may_choose_region: bool,
    regions: &'static [ShippedRegion],
    form: SetupForm,
    problem: Option<Problem>,
}

/// What was refused, beside its field.
#[derive(Debug)]
struct Problem {
    field: &'static str,
    sentence: String,
}

/// What the forms send.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct SetupForm {
    code: String,
    region: String,
    name: String,
    sign_in_name: String,
    password: String,
    password_again: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct StepQuery {
    step: String,
}

impl SetupPage {
    fn problem(&self, field: &str) -> Option<&str> {
        self.problem
            .as_ref()
            .filter(|problem| problem.field == field)
            .map(|problem| problem.sentence.as_str())
    }

    fn is_region(&self) -> bool {
        self.step == SetupStep::Region
    }

    fn is_chosen(&self, region: &ShippedRegion, first: &bool) -> bool {
        if self.form.region.is_empty() { *first } else { self.form.region == region.folder }
    }

    fn region_name<'page>(&self, region: &'page ShippedRegion) -> &'page str {
        self.shell.language.pick(&region.name, &region.name_en)
    }

    fn region_detail(&self, region: &ShippedRegion) -> String {
        let numbers = [region.cities.to_string(), region.parks.to_string()];
        let parts =
            [("cities", numbers[0].as_str()), ("parks", numbers[1].as_str()), ("version", &region.version)];
        if region.is_country {
            self.shell.say("setup-country-detail", parts)
        } else {
            self.shell.say("setup-region-detail", parts)
        }
    }

    fn password_rules(&self) -> String {
        let limits = [PASSWORD_CHARACTERS_MIN.to_string(), PASSWORD_CHARACTERS_MAX.to_string()];
        self.shell.say("setup-password-hint", [("min", &limits[0]), ("max", &limits[1])])
    }
}

/// The step that is due, or the answer that there is none.
async fn due(visit: &Visit, state: &PageState) -> Result<SetupStep, Response> {
    if !state.setup.is_offered() {
        return Err(visit.failed(Failure::NotFound));
    }
    match setup_step(&visit.app).await {
        Ok(Some(step)) => Ok(step),
        Ok(None) => {
            state.setup.close();
            Err(visit.failed(Failure::NotFound))
        }
        Err(refusal) => Err(visit.refused(&refusal)),
    }
}

async fn page(
    visit: &Visit,
    state: &PageState,
    step: SetupStep,
    form: SetupForm,
    problem: Option<Problem>,
) -> SetupPage {
    SetupPage {
        shell: visit.shell(Section::Elsewhere, visit.language.text("setup-title")),
        step,
        asks_code: state.setup.asks_code(),
        // Where that cannot be read, the page of the step still stands.
        may_choose_region: may_choose_region(&visit.app).await.unwrap_or(false),
        regions: shipped_regions(),
        form,
        problem,
    }
}

async fn show(visit: Visit, State(state): State<PageState>, Query(query): Query<StepQuery>) -> Response {
    let step = match due(&visit, &state).await {
        Ok(step) => step,
        Err(answer) => return answer,
    };
    let goes_back = query.step == "region" && may_choose_region(&visit.app).await.unwrap_or(false);
    let step = if goes_back { SetupStep::Region } else { step };
    visit.page(&page(&visit, &state, step, SetupForm::default(), None).await)
}

async fn region(visit: Visit, State(state): State<PageState>, Form(form): Form<SetupForm>) -> Response {
    if let Err(answer) = due(&visit, &state).await {
        return answer;
    }
    if !state.setup.takes(&form.code) {
        return again(&visit, &state, SetupStep::Region, form, wrong_code(&visit)).await;
    }
    let is_shipped = shipped_regions().iter().any(|region| region.folder == form.region);
    let Some(layers) = shipped_layers(&form.region).filter(|_| is_shipped) else { return visit.misread() };
    match choose_region(&visit.app, &layers).await {
        Ok(()) => visit.lead_to(SETUP_PATH),
        Err(refusal) => answer_refusal(&visit, &state, SetupStep::Region, form, refusal).await,
    }
}

async fn account(visit: Visit, State(state): State<PageState>, Form(form): Form<SetupForm>) -> Response {
    match due(&visit, &state).await {
        Ok(SetupStep::Account) => {}
        Ok(SetupStep::Region) => return visit.lead_to(SETUP_PATH),
        // The race was lost; whoever lost it typed a form and hears why.
        Err(_) if state.setup.was_offered() => return lost(&visit),
        Err(answer) => return answer,
    }
    if !state.setup.takes(&form.code) {
        return again(&visit, &state, SetupStep::Account, form, wrong_code(&visit)).await;
    }
    if form.password != form.password_again {
        let sentence = visit.language.text("setup-password-differs").to_owned();
        let problem = Problem { field: "password_again", sentence };
        return again(&visit, &state, SetupStep::Account, form, problem).await;
    }
    let first = FirstAccount {
        name: form.name.clone(),
        sign_in_name: form.sign_in_name.clone(),
        password: form.password.clone(),
    };
    match create_first_account(&visit.app, &first).await {
        Ok(opened) => {
            state.setup.close();
            let session = cookie(SESSION_COOKIE, opened.token.text(), state.public_origin.as_deref(), None);
            ([(header::SET_COOKIE, session)], visit.lead_to("/imports")).into_response()
        }
        Err(refusal) => answer_refusal(&visit, &state, SetupStep::Account, form, refusal).await,
    }
}

async fn answer_refusal(
    visit: &Visit,
    state: &PageState,
    step: SetupStep,
    form: SetupForm,
    refusal: Refusal,
) -> Response {
    let field = match refusal.code() {
        "setup.over" => {
            state.setup.close();
            return lost(visit);
        }
        "person.name" => "name",
        code if code.starts_with("person.sign_in_name") => "sign_in_name",
        code if code.starts_with("password.") => "password",
        _ => return visit.refused(&refusal),
    };
    let problem = Problem { field, sentence: visit.sentence(&refusal) };
    again(visit, state, step, form, problem).await
}

/// The form again, without the passwords.
async fn again(
    visit: &Visit,
    state: &PageState,
    step: SetupStep,
    form: SetupForm,
    problem: Problem,
) -> Response {
    let form = SetupForm { password: String::new(), password_again: String::new(), ..form };
    let page = page(visit, state, step, form, Some(problem)).await;
    (StatusCode::UNPROCESSABLE_ENTITY, visit.page(&page)).into_response()
}

fn wrong_code(visit: &Visit) -> Problem {
    Problem { field: "code", sentence: visit.language.text("setup-code-wrong").to_owned() }
}

/// Somebody else was first.
fn lost(visit: &Visit) -> Response {
    visit.failed(Failure::Conflict(visit.language.text("setup-lost").to_owned()))
}
