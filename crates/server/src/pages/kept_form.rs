//! A form that came after the session had ended (登录已失效): what was typed stays on the page until one has signed in.

use askama::Template;
use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::shell::{Section, Shell};
use super::visit::Visit;

/// Bytes of a form that are kept.
const KEPT_BYTES_MAX: usize = 512 * 1024;
/// Fields of a form that are kept.
const KEPT_FIELDS_MAX: usize = 2_000;
const FORM_MIME: &str = "application/x-www-form-urlencoded";

/// The page: the same form again, to be sent once one is signed in.
#[derive(Debug, Template)]
#[template(path = "kept_form.html")]
struct KeptFormPage {
    shell: Shell,
    action: String,
    fields: Vec<(String, String)>,
}

/// The fields of a form; none where it is no such form, is too large, or holds a password.
pub async fn fields_of(parts: &Parts, body: Body) -> Option<Vec<(String, String)>> {
    let mime = parts.headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    if !mime.starts_with(FORM_MIME) {
        return None;
    }
    let bytes = axum::body::to_bytes(body, KEPT_BYTES_MAX).await.ok()?;
    let fields: Vec<(String, String)> = serde_urlencoded::from_bytes(&bytes).ok()?;
    let is_secret = fields.iter().any(|(name, _)| name.contains("password"));
    let is_kept = !is_secret && !fields.is_empty() && fields.len() <= KEPT_FIELDS_MAX;
    is_kept.then_some(fields)
}

/// The answer that keeps a form: 401, with everything that was typed.
pub fn kept(visit: &Visit, action: String, fields: Vec<(String, String)>) -> Response {
    let shell = visit.shell(Section::Elsewhere, visit.language.text("failure-signed-out"));
    let page = KeptFormPage { shell, action, fields };
    let mut answer = (StatusCode::UNAUTHORIZED, visit.page(&page)).into_response();
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}
