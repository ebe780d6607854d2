//! Answers that come from the layers, not from a page: busy, too slow, too large, failed.

use askama::Template;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};

use super::request_id::RequestId;
use crate::api::{is_api_path, language_of};
use crate::language::Language;
use crate::problem::Problem;
use crate::web_assets::WebAssets;

/// Nothing of ours but the stylesheet.
const CONTENT_SECURITY_POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'";
/// When to come back, in seconds.
const RETRY_AFTER: &str = "2";

/// Why a layer answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// 503: all places are taken.
    Busy,
    /// 503: the time is up; whether the work was done is not known.
    TooSlow,
    /// 413: the body is above the limit.
    TooLarge,
    /// 500: a panic.
    Failed,
}

impl Cause {
    const fn status(self) -> StatusCode {
        match self {
            Self::Busy | Self::TooSlow => StatusCode::SERVICE_UNAVAILABLE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Stable code of the problem document.
    const fn code(self) -> &'static str {
        match self {
            Self::Busy => "server.busy",
            Self::TooSlow => "server.too_slow",
            Self::TooLarge => "request.too_large",
            Self::Failed => "server.failed",
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Busy => "operation-busy",
            Self::TooSlow => "operation-too-slow",
            Self::TooLarge => "operation-too-large",
            Self::Failed => "operation-failed",
        }
    }

    const fn next(self) -> &'static str {
        match self {
            Self::Busy => "operation-busy-next",
            Self::TooSlow => "operation-too-slow-next",
            Self::TooLarge => "operation-too-large-next",
            Self::Failed => "operation-failed-next",
        }
    }
}

/// Who asked, and in which form the answer is wanted.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    language: Language,
    is_program: bool,
    id: RequestId,
}

#[derive(Debug, Template)]
#[template(path = "operation.html")]
struct RefusalPage<'a> {
    language: Language,
    cause: Cause,
    id: &'a RequestId,
}

impl RefusalPage<'_> {
    fn stylesheet(&self) -> &'static str {
        &WebAssets::get().stylesheet
    }

    fn code(&self) -> u16 {
        self.cause.status().as_u16()
    }
}

impl Asked {
    pub(super) fn of(request: &Request, id: &RequestId) -> Self {
        let path = request.uri().path();
        let is_program = is_api_path(path);
        let language = if is_program { language_of(request.headers()) } else { Language::of_path(path) };
        Self { language, is_program, id: id.clone() }
    }

    pub(super) fn refuse(&self, cause: Cause) -> Response {
        let mut response = if self.is_program { self.problem(cause) } else { self.page(cause) };
        *response.status_mut() = cause.status();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY));
        if cause.status() == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER));
        }
        response
    }

    fn problem(&self, cause: Cause) -> Response {
        let said = |language: Language| language.text(cause.next());
        Problem::new(cause.status(), cause.code(), said(Language::Chinese), said(Language::English))
            .answer(self.language, self.id.as_str())
    }

    fn page(&self, cause: Cause) -> Response {
        let page = RefusalPage { language: self.language, cause, id: &self.id };
        match page.render() {
            Ok(html) => Html(html).into_response(),
            Err(error) => {
                tracing::error!(%error, "page cannot be rendered");
                cause.status().into_response()
            }
        }
    }
}
