//! What stands before every handler: who is there, whether a request that changes something comes from our own pages,
//! and whether the table permits it.

use std::sync::Arc;

use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::MethodRouter;
use xiaoxiang_services::access::{SecretToken, SignedIn, find_session};
use xiaoxiang_services::setup::{may_choose_region, setup_step};
use xiaoxiang_services::{Actor, Refusal};

use crate::language::Language;
use crate::pages::failure::Failure;
use crate::pages::kept_form;
use crate::pages::setup::SETUP_PATH;
use crate::pages::{PageState, Visit};
use crate::routes::Access;

/// Name of the cookie that carries the session's token.
pub const SESSION_COOKIE: &str = "xiaoxiang_session";
/// Name of the cookie by which a browser is known in which somebody has signed in before.
pub const BROWSER_COOKIE: &str = "xiaoxiang_browser";
/// Name of the cookie of a sign-in that is at the provider.
pub const PROVIDER_COOKIE: &str = "xiaoxiang_provider";
/// Where one signs in; `to` says where one wanted to go.
pub const SIGN_IN_PATH: &str = "/sign-in";
/// Where one chooses a password of one's own.
pub const PASSWORD_PATH: &str = "/account/password";
/// What somebody whose password was set by another may still use.
const OPEN_BEFORE_PASSWORD: [&str; 2] = [PASSWORD_PATH, "/sign-out"];
/// Longest address that a sign-in returns to.
const RETURN_CHARACTERS_MAX: usize = 2_000;

#[derive(Clone)]
struct Guard {
    access: Access,
    state: PageState,
}

/// A handler behind its guard.
pub fn guarded(
    handler: MethodRouter<PageState>,
    access: Access,
    state: &PageState,
) -> MethodRouter<PageState> {
    handler.layer(from_fn_with_state(Guard { access, state: state.clone() }, stand))
}

async fn stand(State(guard): State<Guard>, mut request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let wanted = request.uri().path().to_owned();
    if reads && let Some(address) = first_run(&guard.state, &wanted).await {
        return Redirect::to(&address).into_response();
    }
    let found = match session_token(request.headers()) {
        Some(token) => find_session(&guard.state.app, &token).await,
        None => Ok(None),
    };
    let (signed_in, trouble) = match found {
        Ok(signed_in) => (signed_in.map(Arc::new), None),
        // Before region data there is no legal day, hence no role.
        Err(Refusal::NoRegion) => (None, None),
        Err(refusal) => (None, Some(refusal)),
    };
    if let Some(signed_in) = &signed_in {
        request.extensions_mut().insert(Arc::clone(signed_in));
    }
    match refuse(&guard, &request, signed_in.as_deref(), trouble) {
        None => {
            let is_private = signed_in.is_some();
            let mut answer = next.run(request).await;
            if is_private {
                // What one person may see is left neither in a shared cache nor behind the back button after sign-out.
                answer
                    .headers_mut()
                    .entry(header::CACHE_CONTROL)
                    .or_insert(HeaderValue::from_static("no-store"));
            }
            answer
        }
        Some(Turned::To(address)) => Redirect::to(&address).into_response(),
        Some(Turned::Away(turned)) => {
            let (mut parts, body) = request.into_parts();
            let Ok(visit) = Visit::from_request_parts(&mut parts, &guard.state).await;
            if matches!(turned, Away::Refused(Refusal::SignedOut))
                && let Some(fields) = kept_form::fields_of(&parts, body).await
            {
                return kept_form::kept(&visit, parts.uri.path().to_owned(), fields);
            }
            match turned {
                Away::Refused(refusal) => visit.refused(&refusal),
                Away::Foreign => {
                    visit.failed(Failure::Forbidden(visit.language.text("failure-foreign").to_owned()))
                }
            }
        }
    }
}

/// Where pages lead while nobody is entered; looked up until somebody is.
///
/// An empty database leads there from everywhere. One that the command line has filled shows its public pages, and only
/// the sign-in leads there.
async fn first_run(state: &PageState, wanted: &str) -> Option<String> {
    let path = Language::strip(wanted);
    if !state.setup.is_offered() || path == SETUP_PATH {
        return None;
    }
    let is_sign_in = path.split('?').next() == Some(SIGN_IN_PATH);
    match setup_step(&state.app).await {
        Ok(Some(_)) if !is_sign_in && !may_choose_region(&state.app).await.unwrap_or(true) => None,
        Ok(Some(_)) => Some(Language::of_path(wanted).link(SETUP_PATH)),
        Ok(None) => {
            state.setup.close();
            None
        }
        // The page itself says what is wrong with the store.
        Err(_) => None,
    }
}

enum Turned {
    To(String),
    Away(Away),
}

enum Away {
    Refused(Refusal),
    Foreign,
}

fn refuse(
    guard: &Guard,
    request: &Request,
    signed_in: Option<&SignedIn>,
    trouble: Option<Refusal>,
) -> Option<Turned> {
    if let Some(refusal) = trouble {
        return Some(Turned::Away(Away::Refused(refusal)));
    }
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if !reads && !is_from_our_pages(request.headers(), guard.state.public_origin.as_deref()) {
        return Some(Turned::Away(Away::Foreign));
    }
    let address = request.uri().path_and_query().map_or("/", |address| address.as_str());
    let language = Language::of_path(address);
    let path = Language::strip(request.uri().path());
    if signed_in.is_some_and(|person| person.must_change_password)
        && !OPEN_BEFORE_PASSWORD.contains(&path.as_str())
    {
        return Some(Turned::To(language.link(PASSWORD_PATH)));
    }
    let permitted = match guard.access {
        Access::Open => Ok(()),
        Access::SignedIn if signed_in.is_some() => Ok(()),
        Access::SignedIn => Err(Refusal::SignedOut),
        Access::Needs(action) => {
            signed_in.map_or_else(Actor::public, SignedIn::actor).permit(action).map(|_| ())
        }
    };
    match permitted {
        Ok(()) => None,
        Err(Refusal::SignedOut) if reads => Some(Turned::To(sign_in_address(language, address))),
        Err(refusal) => Some(Turned::Away(Away::Refused(refusal))),
    }
}

/// The address that leads to the sign-in and from there back.
fn sign_in_address(language: Language, wanted: &str) -> String {
    let wanted: String = wanted.chars().take(RETURN_CHARACTERS_MAX).collect();
    let query = serde_urlencoded::to_string([("to", wanted)]).expect("invariant: two texts make a query");
    format!("{}?{query}", language.link(SIGN_IN_PATH))
}

/// Where to go after a sign-in: an address of ours, never another site.
#[must_use]
pub fn return_address(wanted: &str) -> Option<&str> {
    let is_ours = wanted.starts_with('/')
        && !wanted.starts_with("//")
        && wanted.len() <= RETURN_CHARACTERS_MAX
        && wanted.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    is_ours.then_some(wanted)
}

/// The session's token of a request.
#[must_use]
pub fn session_token(headers: &HeaderMap) -> Option<SecretToken> {
    token_in(headers, SESSION_COOKIE)
}

/// The browser's token of a request.
#[must_use]
pub fn browser_token(headers: &HeaderMap) -> Option<SecretToken> {
    token_in(headers, BROWSER_COOKIE)
}

/// The token of a sign-in that comes back from the provider.
#[must_use]
pub fn provider_token(headers: &HeaderMap) -> Option<SecretToken> {
    token_in(headers, PROVIDER_COOKIE)
}

fn token_in(headers: &HeaderMap, cookie: &str) -> Option<SecretToken> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == cookie)
        .and_then(|(_, value)| SecretToken::parse(value))
}

/// Whether a changing request was sent by a page of ours.
///
/// Browsers say so themselves: `Sec-Fetch-Site`, or `Origin` where they are older. A request with neither header is not
/// from a page. Together with `SameSite=Lax` this takes the place of tokens in forms.
pub fn is_from_our_pages(headers: &HeaderMap, public_origin: Option<&str>) -> bool {
    let said = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = said("sec-fetch-site") {
        return site == "same-origin";
    }
    let Some(origin) = said("origin") else { return false };
    match public_origin {
        Some(ours) => origin == ours,
        None => {
            let host = said("host").unwrap_or_default();
            !host.is_empty() && origin.split_once("://").is_some_and(|(_, theirs)| theirs == host)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_ours_are_returned_to() {
        for ours in ["/", "/en/work", "/contracts?city=430100&page=2"] {
            assert_eq!(return_address(ours), Some(ours));
        }
        for other in
            ["", "//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nSet-Cookie: b", "work"]
        {
            assert_eq!(return_address(other), None, "{other:?}");
        }
    }

    #[test]
    fn a_form_of_another_site_is_told_apart() {
        let headers = |pairs: &[(&'static str, &'static str)]| -> HeaderMap {
            pairs
                .iter()
                .map(|(name, value)| {
                    (axum::http::HeaderName::from_static(name), HeaderValue::from_static(value))
                })
                .collect()
        };
        let ours = [
            headers(&[("sec-fetch-site", "same-origin")]),
            headers(&[("origin", "http://localhost:8080"), ("host", "localhost:8080")]),
        ];
        let theirs = [
            headers(&[]),
            headers(&[("sec-fetch-site", "cross-site"), ("origin", "http://localhost:8080")]),
            headers(&[("sec-fetch-site", "same-site")]),
            headers(&[("sec-fetch-site", "none")]),
            headers(&[("origin", "null"), ("host", "localhost:8080")]),
            headers(&[("origin", "http://evil.example"), ("host", "localhost:8080")]),
            headers(&[("origin", "http://localhost:8080")]),
        ];
        assert!(ours.iter().all(|headers| is_from_our_pages(headers, None)));
        assert!(!theirs.iter().any(|headers| is_from_our_pages(headers, None)));
        let behind = headers(&[("origin", "https://tech.example"), ("host", "10.0.0.3:8080")]);
        assert!(is_from_our_pages(&behind, Some("https://tech.example")));
        assert!(!is_from_our_pages(&behind, None));
    }
}
