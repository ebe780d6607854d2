//! What happens around every request: its number, a place, a time limit, the log line, the counters.

use std::any::Any;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, Method, Response as HttpResponse, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tracing::Instrument as _;

use super::refusal::{Asked, Cause};
use super::request_id::{HEADER, RequestId};
use super::{Operation, metrics};

/// Route of a request that no route answers; the address itself could hold anything.
const UNMATCHED: &str = "unmatched";

/// Marks an answer that stands for a panic.
#[derive(Clone, Copy, Debug)]
struct Panicked;

/// The layer around everything that a person or a program asks.
pub(super) async fn around(State(operation): State<Operation>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = RequestId::given(request.headers()).unwrap_or_else(RequestId::make);
    let route = request.extensions().get::<MatchedPath>().map_or(UNMATCHED, MatchedPath::as_str).to_owned();
    let method = method_word(request.method());
    let asked = Asked::of(&request, &id);
    request.extensions_mut().insert(id.clone());
    // No address and no query: both may hold what is personal.
    let span = tracing::info_span!("request", request_id = %id, method, route);

    let under_way = metrics().begin();
    let mut response = answered(&operation, &asked, request, next).instrument(span.clone()).await;
    drop(under_way);

    response.headers_mut().insert(HEADER, id.header());
    let elapsed = began.elapsed();
    let status = response.status().as_u16();
    metrics().observe(method, &route, status, elapsed);
    let milliseconds = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| tracing::info!(status, milliseconds, "answered"));
    response
}

async fn answered(operation: &Operation, asked: &Asked, request: Request, next: Next) -> Response {
    let Ok(_place) = operation.0.places.try_acquire() else {
        tracing::warn!("too many requests at once");
        return asked.refuse(Cause::Busy);
    };
    let limits = &operation.0.limits;
    let time = if carries_files(request.headers()) { limits.upload_time() } else { limits.request_time() };
    let Ok(response) = tokio::time::timeout(time, next.run(request)).await else {
        tracing::warn!(seconds = time.as_secs(), "request took too long");
        return asked.refuse(Cause::TooSlow);
    };
    if response.extensions().get::<Panicked>().is_some() {
        return asked.refuse(Cause::Failed);
    }
    // Extractors and the body limit answer in bare English.
    if response.status() == StatusCode::PAYLOAD_TOO_LARGE && !is_page(&response) {
        return asked.refuse(Cause::TooLarge);
    }
    response
}

/// Turns a panic into an answer that the layer outside recognises; the panic hook has logged where it was.
pub(super) fn mark_panic(_: Box<dyn Any + Send + 'static>) -> HttpResponse<axum::body::Body> {
    let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
    response.extensions_mut().insert(Panicked);
    response
}

/// Whether a request may take as long as files take.
fn carries_files(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default().trim_start().to_ascii_lowercase();
    ["multipart/form-data", "application/octet-stream"].iter().any(|file| kind.starts_with(file))
}

fn is_page(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| !kind.starts_with("text/plain"))
}

/// The method as a label: clients may invent others without end.
fn method_word(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "OTHER",
    }
}
