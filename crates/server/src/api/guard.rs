//! What stands before every operation of the API: who calls, whether a change comes from our own pages where a cookie
//! carries it, whether the table permits it; and around it, how problems are written down.

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::MethodRouter;
use xiaoxiang_services::access::{SecretToken, find_session, find_token};
use xiaoxiang_services::{Actor, Refusal};

use super::PREFIX;
use super::answer::Idempotent;
use super::caller::{Caller, language_of};
use crate::guard::{is_from_our_pages, session_token};
use crate::operation::RequestId;
use crate::pages::PageState;
use crate::problem::{PROBLEM_MIME, Problem};
use crate::routes::Access;

#[derive(Clone)]
struct Guard {
    access: Access,
    state: PageState,
}

/// Whether an address belongs to the API.
#[must_use]
pub fn is_api_path(path: &str) -> bool {
    path.strip_prefix(PREFIX).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// An operation behind its guard.
pub fn guarded(
    handler: MethodRouter<PageState>,
    access: Access,
    state: &PageState,
) -> MethodRouter<PageState> {
    handler.layer(from_fn_with_state(Guard { access, state: state.clone() }, stand))
}

/// The answer to an address of the API that leads nowhere.
pub async fn unknown() -> Problem {
    Problem::of_status(StatusCode::NOT_FOUND)
}

async fn stand(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let language = language_of(request.headers());
    let trace = RequestId::of(request.extensions());
    // Of the request itself no reference may be held while we wait: its body is not shared between threads.
    let (parts, body) = request.into_parts();
    let admitted = admitted(&guard, &parts).await;
    let request = Request::from_parts(parts, body);
    let answer = match admitted {
        Ok(caller) => passed(&guard.state, caller, request, next).await,
        Err(problem) => problem.into_response(),
    };
    let mut answer = written(answer, |problem| problem.answer(language, trace.as_str()));
    let headers = answer.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("accept-language, authorization, cookie"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    answer
}

async fn passed(state: &PageState, caller: Caller, mut request: Request, next: Next) -> Response {
    let actor = caller.actor.clone();
    request.extensions_mut().insert(caller);
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    let (idempotent, request) = match Idempotent::begin(&state.app, &actor, request).await {
        Ok(begun) => begun,
        Err(problem) => return problem.into_response(),
    };
    if let Some(answer) = idempotent.replayed() {
        return answer;
    }
    // Goes on to its end even where the caller hangs up: otherwise nobody would know what became of the key.
    let app = state.app.clone();
    let done = tokio::spawn(async move { idempotent.keep(&app, next.run(request).await).await });
    done.await.unwrap_or_else(|_| Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR).into_response())
}

/// Writes a problem down; an error of the router or of a layer becomes a problem too.
fn written(answer: Response, write: impl FnOnce(Problem) -> Response) -> Response {
    let status = answer.status();
    if !status.is_client_error() && !status.is_server_error() {
        return answer;
    }
    let kind = answer.headers().get(header::CONTENT_TYPE);
    if kind.is_some_and(|kind| kind == PROBLEM_MIME) {
        return answer;
    }
    let (mut parts, _) = answer.into_parts();
    let problem = parts.extensions.remove::<Problem>().unwrap_or_else(|| Problem::of_status(status));
    let mut document = write(problem);
    // Of what the router said only the list of methods matters.
    if let Some(allow) = parts.headers.remove(header::ALLOW) {
        document.headers_mut().insert(header::ALLOW, allow);
    }
    document
}

async fn admitted(guard: &Guard, request: &Parts) -> Result<Caller, Problem> {
    let actor = actor_of(guard, request).await?;
    match guard.access {
        Access::Needs(action) => {
            actor.permit(action)?;
        }
        Access::SignedIn if actor.role().is_some() && actor.person_id().is_none() => {
            return Err(Refusal::SignedOut.into());
        }
        _ => {}
    }
    Ok(Caller {
        app: guard.state.app.clone(),
        log_key: guard.state.log_key.clone(),
        actor,
        language: language_of(&request.headers),
    })
}

async fn actor_of(guard: &Guard, request: &Parts) -> Result<Actor, Problem> {
    let app = &guard.state.app;
    let headers = &request.headers;
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let text = value.to_str().unwrap_or_default();
        let token = text.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let Some(token) = token.and_then(|(_, token)| SecretToken::parse(token.trim())) else {
            return Err(bad_token());
        };
        return found(find_token(app, &token).await)?.ok_or_else(bad_token);
    }
    let Some(token) = session_token(headers) else { return Ok(Actor::public()) };
    let Some(signed_in) = found(find_session(app, &token).await)? else { return Ok(Actor::public()) };
    let reads = matches!(request.method, Method::GET | Method::HEAD);
    if !reads && !is_from_our_pages(headers, guard.state.public_origin.as_deref()) {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "foreign_origin",
            "请求不是从本平台的页面发出的。程序请使用令牌。",
            "the request was not sent by a page of this platform; programs use a token",
        ));
    }
    if signed_in.must_change_password {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "password_change_due",
            "请先在页面上设置自己的密码。",
            "choose a password of your own on the page first",
        ));
    }
    Ok(signed_in.actor())
}

/// Before region data there is no legal day, hence no role.
fn found<T>(answer: Result<Option<T>, Refusal>) -> Result<Option<T>, Problem> {
    match answer {
        Err(Refusal::NoRegion) => Ok(None),
        other => Ok(other?),
    }
}

fn bad_token() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "token",
        "令牌无效、已过期或已停用。请在“我的账号”页面建立新的令牌。",
        "the token is unknown, has expired or was withdrawn; make a new one on the page of your account",
    )
}
