//! Answers that come from the layers, not from a page: busy, too slow, too large, failed.

use askama::Template;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use serde::Serialize;

use super::request_id::RequestId;
use crate::language::Language;
use crate::web_assets::WebAssets;

/// What begins the addresses of programs.
const API_PREFIX: &str = "/api/";
const PROBLEM_TYPE: &str = "application/problem+json";
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

/// A problem document after RFC 9457.
#[derive(Debug, Serialize)]
struct Problem<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    code: &'static str,
    trace: &'a str,
}

impl Asked {
    pub(super) fn of(request: &Request, id: &RequestId) -> Self {
        let path = request.uri().path();
        Self { language: Language::of_path(path), is_program: path.starts_with(API_PREFIX), id: id.clone() }
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
        let problem = Problem {
            kind: "about:blank",
            title: self.language.text(cause.title()),
            status: cause.status().as_u16(),
            detail: self.language.text(cause.next()),
            code: cause.code(),
            trace: self.id.as_str(),
        };
        let body = serde_json::to_vec(&problem).expect("invariant: plain data");
        ([(header::CONTENT_TYPE, PROBLEM_TYPE)], body).into_response()
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
