//! Pages for what went wrong: what happened, and what to do next.

use askama::Template;
use axum::http::StatusCode;

use super::shell::Shell;

/// Why there is no page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// 404: it does not exist, or the reader may not know that it does.
    NotFound,
    /// 400: the address or form cannot be understood; the sentence says what to change.
    BadRequest(String),
    /// 401: nobody has signed in, and what was sent cannot be repeated by a redirect.
    SignedOut(String),
    /// 403: visible, but not theirs to do.
    Forbidden(String),
    /// 409: somebody else was first.
    Conflict(String),
    /// 413: more was sent than is taken; the sentence says what to do.
    TooLarge(String),
    /// 429: wait.
    TooMany(String),
    /// 500: our fault; the number finds the cause in the log.
    Internal(String),
}

impl Failure {
    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::SignedOut(_) => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// The page of a failure.
#[derive(Debug, Template)]
#[template(path = "failure.html")]
pub struct FailurePage {
    /// Shell of the page.
    pub shell: Shell,
    /// What went wrong.
    pub failure: Failure,
}

impl FailurePage {
    fn title(&self) -> &'static str {
        self.shell.t(match self.failure {
            Failure::NotFound => "failure-not-found",
            Failure::BadRequest(_) => "failure-bad-request",
            Failure::SignedOut(_) => "failure-signed-out",
            Failure::Forbidden(_) => "failure-forbidden",
            Failure::Conflict(_) => "failure-conflict",
            Failure::TooLarge(_) => "failure-too-large",
            Failure::TooMany(_) => "failure-too-many",
            Failure::Internal(_) => "failure-internal",
        })
    }

    fn explanation(&self) -> &str {
        match &self.failure {
            Failure::NotFound => self.shell.t("failure-not-found-next"),
            Failure::BadRequest(sentence)
            | Failure::SignedOut(sentence)
            | Failure::Forbidden(sentence)
            | Failure::Conflict(sentence)
            | Failure::TooLarge(sentence)
            | Failure::TooMany(sentence) => sentence,
            Failure::Internal(_) => self.shell.t("failure-internal-next"),
        }
    }

    fn trace(&self) -> Option<&str> {
        match &self.failure {
            Failure::Internal(trace) => Some(trace),
            _ => None,
        }
    }

    fn code(&self) -> u16 {
        self.failure.status().as_u16()
    }
}
