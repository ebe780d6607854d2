//! Sign-in through the provider (统一身份认证登录): there and back.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use axum::routing;
use serde::Deserialize;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::access::{
    ExchangeSecrets, PROVIDER_SIGN_IN_MS_MAX, PROVIDER_UNLINKED, PendingSignIn, ProviderAccount,
    begin_provider_sign_in, resume_provider_sign_in, sign_in_by_provider,
};

use super::client::ClientAddress;
use super::failure::Failure;
use super::shell::{Section, Shell};
use super::sign_in::{ToQuery, cookie, enter, lead_on, page_with_problem};
use super::visit::{PageState, Visit};
use crate::guard::{self, PROVIDER_COOKIE, SIGN_IN_PATH};
use crate::language::Language;
use crate::operation::metrics;
use crate::provider::{CALLBACK_PATH, Provider, ProviderTrouble, Vouched};
use crate::routes::{Access, Route};

/// Where a sign-in through the provider begins.
pub(super) const PROVIDER_SIGN_IN_PATH: &str = "/sign-in/provider";
/// What a provider answers where its user said no (RFC 6749, section 4.1.2.1).
const DENIED: &str = "access_denied";
/// Longest code that is passed on.
const CODE_BYTES_MAX: usize = 4096;
/// Most characters of an error of the provider that are logged.
const ERROR_CHARACTERS_MAX: usize = 100;
/// When to try a provider again that is down or slow.
const RETRY_AFTER_S: &str = "30";

/// The routes of a sign-in through the provider.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::page(PROVIDER_SIGN_IN_PATH, Access::Open, routing::get(leave_for_provider)),
        // One address for both languages: it is registered at the provider.
        Route::file(CALLBACK_PATH, Access::Open, routing::get(come_back)),
    ]
}

/// The page for the owner of an account that belongs to nobody here.
#[derive(Debug, Template)]
#[template(path = "provider_unlinked.html")]
pub struct UnlinkedPage {
    shell: Shell,
    account: ProviderAccount,
    explanation: String,
    next: String,
}

/// What the provider sends along.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    code: String,
    state: String,
    error: String,
}

async fn leave_for_provider(
    visit: Visit,
    State(state): State<PageState>,
    ClientAddress(address): ClientAddress,
    Query(query): Query<ToQuery>,
) -> Response {
    let Some(provider) = &visit.provider.clone() else { return visit.failed(Failure::NotFound) };
    if visit.signed_in.is_some() {
        return lead_on(&visit, &query.to, visit.signed_in.as_deref());
    }
    let return_to = guard::return_address(&query.to).unwrap_or_default().to_owned();
    let pending = PendingSignIn { language: visit.language.tag().to_owned(), return_to };
    let token = match begin_provider_sign_in(&visit.app, address, &pending).await {
        Ok(token) => token,
        Err(refusal) => return visit.refused(&refusal),
    };
    match provider.sign_in_address(&ExchangeSecrets::of(&token)).await {
        Ok(address) => {
            let (origin, age_s) = (state.public_origin.as_deref(), PROVIDER_SIGN_IN_MS_MAX / 1_000);
            let going = cookie(PROVIDER_COOKIE, token.text(), origin, Some(age_s));
            (AppendHeaders([(header::SET_COOKIE, going)]), Redirect::to(&address)).into_response()
        }
        Err(trouble) => let_down(&visit, &state, provider, &pending.return_to, &trouble).await,
    }
}

async fn come_back(
    visit: Visit,
    State(state): State<PageState>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    Query(answer): Query<Answer>,
) -> Response {
    let Some(provider) = &visit.provider.clone() else { return visit.failed(Failure::NotFound) };
    let token = guard::provider_token(&headers);
    let (pending, secrets) = match resume_provider_sign_in(&visit.app, token.as_ref(), &answer.state).await {
        Ok(resumed) => resumed,
        Err(refusal) => {
            // What was not begun here has no language; the page offers the other one.
            let visit = visit.standing_at(Language::Chinese, SIGN_IN_PATH);
            return not_let_in(&visit, &state, "", StatusCode::BAD_REQUEST, &refusal).await;
        }
    };
    let visit = visit.standing_at(Language::of_tag(&pending.language), SIGN_IN_PATH);
    let to = &pending.return_to;
    if answer.error == DENIED {
        let sentence = visit.language.say("provider-denied", [("provider", provider.name(visit.language))]);
        return again(&visit, &state, to, StatusCode::FORBIDDEN, sentence).await;
    }
    let vouched = match vouched_for(provider, &answer, &secrets).await {
        Ok(vouched) => vouched,
        Err(trouble) => return let_down(&visit, &state, provider, to, &trouble).await,
    };
    match sign_in_by_provider(&visit.app, &vouched.account, &vouched.name, address).await {
        Ok(opened) => {
            let done = cookie(PROVIDER_COOKIE, "", state.public_origin.as_deref(), Some(0));
            enter(&visit, &state, &opened, done, to).await
        }
        Err(refusal) if refusal.code() == PROVIDER_UNLINKED => {
            metrics().sign_in_failed(refusal.code());
            let page = UnlinkedPage {
                shell: visit.shell(Section::Elsewhere, visit.language.text("provider-unlinked-title")),
                account: vouched.account,
                explanation: visit.sentence(&refusal),
                next: visit
                    .language
                    .say("provider-unlinked-next", [("provider", provider.name(visit.language))]),
            };
            // Who somebody is there stays in no cache.
            let headers = [(header::CACHE_CONTROL, "no-store")];
            (StatusCode::FORBIDDEN, headers, visit.page(&page)).into_response()
        }
        Err(refusal) => not_let_in(&visit, &state, to, StatusCode::FORBIDDEN, &refusal).await,
    }
}

/// Whom an answer of the provider stands for.
async fn vouched_for(
    provider: &Provider,
    answer: &Answer,
    secrets: &ExchangeSecrets,
) -> Result<Vouched, ProviderTrouble> {
    if !answer.error.is_empty() {
        let error: String = answer.error.chars().take(ERROR_CHARACTERS_MAX).collect();
        return Err(ProviderTrouble::Unusable(format!("it answered {error:?}")));
    }
    if !(1..=CODE_BYTES_MAX).contains(&answer.code.len()) {
        return Err(ProviderTrouble::Unusable("it sent no code".to_owned()));
    }
    provider.redeem(&answer.code, secrets).await
}

/// The sign-in page with what the provider could not do; the cause is in the log.
async fn let_down(
    visit: &Visit,
    state: &PageState,
    provider: &Provider,
    to: &str,
    trouble: &ProviderTrouble,
) -> Response {
    tracing::warn!(%trouble, "nobody can sign in through the provider");
    metrics().sign_in_failed("sign_in.provider_trouble");
    let named = [("provider", provider.name(visit.language))];
    let (status, sentence) = match trouble {
        ProviderTrouble::Unreachable(_) | ProviderTrouble::Slow | ProviderTrouble::Busy => {
            (StatusCode::SERVICE_UNAVAILABLE, visit.language.say("provider-down", named))
        }
        ProviderTrouble::Unusable(_) => {
            (StatusCode::BAD_GATEWAY, visit.language.say("provider-unusable", named))
        }
        ProviderTrouble::Unproven(_) => {
            (StatusCode::BAD_GATEWAY, visit.language.say("provider-unproven", named))
        }
    };
    let page = again(visit, state, to, status, sentence).await;
    match status {
        StatusCode::SERVICE_UNAVAILABLE => ([(header::RETRY_AFTER, RETRY_AFTER_S)], page).into_response(),
        _ => page,
    }
}

/// The sign-in page with why somebody was not let in.
async fn not_let_in(
    visit: &Visit,
    state: &PageState,
    to: &str,
    status: StatusCode,
    refusal: &Refusal,
) -> Response {
    if !matches!(refusal, Refusal::Invalid { .. }) {
        return visit.refused(refusal);
    }
    metrics().sign_in_failed(refusal.code());
    again(visit, state, to, status, visit.sentence(refusal)).await
}

async fn again(visit: &Visit, state: &PageState, to: &str, status: StatusCode, problem: String) -> Response {
    let page = page_with_problem(visit, state, to, problem).await;
    (status, visit.page(&page)).into_response()
}
