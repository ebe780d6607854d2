//! Sign-in and sign-out (登录、退出).

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::routing;
use serde::Deserialize;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::access::{
    BROWSER_KNOWN_MS, OpenedSession, SignInTry, SignedIn, close_session, find_session, sign_in,
};
use xiaoxiang_services::setup::{ExamplePerson, list_example_people, open_example_session};

use super::client::ClientAddress;
use super::failure::Failure;
use super::provider_sign_in::PROVIDER_SIGN_IN_PATH;
use super::shell::{DataOrigin, Section, Shell};
use super::visit::{PageState, Visit};
use crate::guard::{self, BROWSER_COOKIE, SESSION_COOKIE, SIGN_IN_PATH};
use crate::operation::metrics;
use crate::routes::{Access, Route};

/// Where somebody lands who wanted to go nowhere in particular.
const WORK_PATH: &str = "/work";
/// Where somebody lands who holds no role.
const ACCOUNT_PATH: &str = "/account";

/// The routes of signing in and out.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::page(SIGN_IN_PATH, Access::Open, routing::get(show)),
        Route::form(SIGN_IN_PATH, Access::Open, routing::post(send)),
        Route::form("/sign-in/example", Access::Open, routing::post(example)),
        Route::form("/sign-out", Access::Open, routing::post(leave)),
    ]
}

/// The page with the form.
#[derive(Debug, Template)]
#[template(path = "sign_in.html")]
pub struct SignInPage {
    shell: Shell,
    /// Name as typed.
    name: String,
    /// Where to go afterwards.
    to: String,
    /// Why the last try was refused.
    problem: Option<String>,
    /// The demo's people; nobody elsewhere.
    examples: Vec<ExamplePerson>,
    /// The way through the provider, where there is one.
    provider: Option<ProviderWay>,
}

/// The way to sign in through the provider.
#[derive(Debug)]
struct ProviderWay {
    button: String,
    hint: String,
    link: String,
}

impl ProviderWay {
    fn of(visit: &Visit, to: &str) -> Option<Self> {
        let (language, provider) = (visit.language, visit.provider.as_ref()?);
        let named = [("provider", provider.name(language))];
        let query = serde_urlencoded::to_string([("to", to)]).expect("invariant: two texts make a query");
        Some(Self {
            button: language.say("provider-button", named),
            hint: language.say("provider-hint", named),
            link: format!("{}?{query}", language.link(PROVIDER_SIGN_IN_PATH)),
        })
    }
}

impl SignInPage {
    fn example_label(&self, person: &ExamplePerson) -> String {
        let language = self.shell.language;
        let role = language.pick(person.role.label(), person.role.label_en());
        match language.pick(person.part.0, person.part.1) {
            "" => role.to_owned(),
            part => language.pick(&format!("{role}（{part}）"), &format!("{role} ({part})")).to_owned(),
        }
    }
}

/// Which of the demo's people.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ExampleForm {
    person: String,
    to: String,
}

/// Where to go after a sign-in.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ToQuery {
    pub(super) to: String,
}

/// What the form sends.
#[derive(Default, Deserialize)]
#[serde(default)]
struct SignInForm {
    name: String,
    password: String,
    to: String,
}

async fn show(visit: Visit, State(state): State<PageState>, Query(query): Query<ToQuery>) -> Response {
    if visit.signed_in.is_some() {
        return lead_on(&visit, &query.to, visit.signed_in.as_deref());
    }
    visit.page(&page(&visit, &state, "", &query.to, None).await)
}

/// The page again, with why the provider let nobody in.
pub(super) async fn page_with_problem(
    visit: &Visit,
    state: &PageState,
    to: &str,
    problem: String,
) -> SignInPage {
    page(visit, state, "", to, Some(problem)).await
}

async fn page(visit: &Visit, state: &PageState, name: &str, to: &str, problem: Option<String>) -> SignInPage {
    let examples = match state.origin {
        // Without the list one signs in by name all the same.
        DataOrigin::Example => list_example_people(&visit.app).await.unwrap_or_default(),
        DataOrigin::Real => Vec::new(),
    };
    let to = guard::return_address(to).unwrap_or_default();
    SignInPage {
        shell: visit.shell(Section::Elsewhere, visit.language.text("sign-in-title")),
        name: name.to_owned(),
        to: to.to_owned(),
        problem,
        examples,
        provider: ProviderWay::of(visit, to),
    }
}

/// Leads to the address wanted, where it is one of ours, or else to the work page; whoever holds no role yet has none, and
/// is led to their account, which says so.
pub(super) fn lead_on(visit: &Visit, to: &str, reader: Option<&SignedIn>) -> Response {
    match guard::return_address(to) {
        // The address was ours already, language included.
        Some(wanted) => visit.lead_to_address(wanted),
        None if reader.is_some_and(|reader| reader.acting.is_none()) => visit.lead_to(ACCOUNT_PATH),
        None => visit.lead_to(WORK_PATH),
    }
}

async fn send(
    visit: Visit,
    State(state): State<PageState>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    Form(form): Form<SignInForm>,
) -> Response {
    let browser = guard::browser_token(&headers);
    let attempt =
        SignInTry { name: &form.name, password: &form.password, address, browser: browser.as_ref() };
    match sign_in(&visit.app, attempt).await {
        Ok(done) => {
            let origin = state.public_origin.as_deref();
            let browser = cookie(BROWSER_COOKIE, done.browser.text(), origin, Some(BROWSER_KNOWN_MS / 1_000));
            enter(&visit, &state, &done.session, browser, &form.to).await
        }
        Err(refusal @ (Refusal::TooMany { .. } | Refusal::Invalid { .. })) => {
            metrics().sign_in_failed(refusal.code());
            refused(&visit, &state, &form, &refusal).await
        }
        Err(refusal) => visit.refused(&refusal),
    }
}

/// Lets somebody in: the new session takes the place of the browser's old one, and another cookie goes along.
pub(super) async fn enter(
    visit: &Visit,
    state: &PageState,
    opened: &OpenedSession,
    other_cookie: String,
    to: &str,
) -> Response {
    if let Some(before) = &visit.signed_in {
        // One browser, one session; where the old one is over already there is nothing to end.
        let _ = close_session(&visit.app, before, &before.session_id).await;
    }
    let session = cookie(SESSION_COOKIE, opened.token.text(), state.public_origin.as_deref(), None);
    let cookies = AppendHeaders([(header::SET_COOKIE, session), (header::SET_COOKIE, other_cookie)]);
    // Where it cannot be read, the work page says what is wrong.
    let reader = find_session(&visit.app, &opened.token).await.ok().flatten();
    (cookies, lead_on(visit, to, reader.as_ref())).into_response()
}

/// The form again: the name is kept, the password is not.
async fn refused(visit: &Visit, state: &PageState, form: &SignInForm, refusal: &Refusal) -> Response {
    let page = page(visit, state, &form.name, &form.to, Some(visit.sentence(refusal))).await;
    match refusal {
        Refusal::TooMany { retry_after_s } => {
            let wait = [(header::RETRY_AFTER, retry_after_s.to_string())];
            (StatusCode::TOO_MANY_REQUESTS, wait, visit.page(&page)).into_response()
        }
        _ => visit.unprocessed(&page),
    }
}

/// Signs in as one of the demo's people; outside the demo there is no such thing.
async fn example(visit: Visit, State(state): State<PageState>, Form(form): Form<ExampleForm>) -> Response {
    if state.origin != DataOrigin::Example {
        return visit.failed(Failure::NotFound);
    }
    match open_example_session(&visit.app, &form.person).await {
        Ok(opened) => {
            let session = cookie(SESSION_COOKIE, opened.token.text(), state.public_origin.as_deref(), None);
            ([(header::SET_COOKIE, session)], lead_on(&visit, &form.to, None)).into_response()
        }
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn leave(visit: Visit, State(state): State<PageState>) -> Response {
    if let Some(signed_in) = &visit.signed_in {
        match close_session(&visit.app, signed_in, &signed_in.session_id).await {
            // Ended meanwhile, perhaps by another click: it is over, which is what was wanted.
            Ok(()) | Err(Refusal::NotFound(_)) => {}
            Err(refusal) => return visit.refused(&refusal),
        }
    }
    let ended = cookie(SESSION_COOKIE, "", state.public_origin.as_deref(), Some(0));
    ([(header::SET_COOKIE, ended)], visit.lead_to("/")).into_response()
}

/// A cookie not for scripts, not for requests of other sites, over TLS only where we are reached so.
pub(super) fn cookie(name: &str, value: &str, public_origin: Option<&str>, max_age_s: Option<i64>) -> String {
    let secure =
        if public_origin.is_some_and(|origin| origin.starts_with("https")) { "; Secure" } else { "" };
    let max_age = max_age_s.map_or_else(String::new, |seconds| format!("; Max-Age={seconds}"));
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{max_age}{secure}")
}
