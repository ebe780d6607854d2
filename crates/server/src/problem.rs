//! Every error of the API: a problem document after RFC 9457, in the caller's language, with a stable code.
//!
//! A handler answers a [`Problem`]; the layer around the API knows language and trace and writes the document.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::sheet::SheetProblem;

use crate::language::Language;

/// Media type of problem documents.
pub const PROBLEM_MIME: &str = "application/problem+json";
/// The page that explains the codes.
pub const PROBLEMS_PATH: &str = "/problems";
/// Parts listed in one document.
const PARTS_MAX: usize = 100;

/// What went wrong, before it is written down.
#[derive(Clone, Debug)]
pub struct Problem(Box<Parts>);

#[derive(Clone, Debug)]
struct Parts {
    status: StatusCode,
    code: &'static str,
    zh: String,
    en: String,
    parts: Vec<Part>,
    retry_after_s: Option<i64>,
    /// The cause, where the program failed; logged once, never sent.
    cause: Option<String>,
}

#[derive(Clone, Debug)]
struct Part {
    code: String,
    place: Place,
    zh: String,
    en: String,
}

#[derive(Clone, Debug)]
enum Place {
    Pointer(String),
    Sheet { row: Option<u32>, column: Option<String> },
}

/// A problem document (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemDocument {
    /// Where the code is explained.
    #[serde(rename = "type")]
    #[schema(example = "/problems#not_found")]
    pub kind: String,
    /// What kind of problem it is, in the language of `Accept-Language`.
    pub title: String,
    /// HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What happened and what to do next.
    pub detail: String,
    /// Stable code.
    #[schema(example = "not_found")]
    pub code: String,
    /// Number under which the operator finds the request.
    pub trace: String,
    /// Single problems, where a body or a sheet has several; at most 100.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProblemPart>,
}

/// One of several problems.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemPart {
    /// Stable code.
    pub code: String,
    /// What is wrong and what to do.
    pub detail: String,
    /// Place in the JSON body (RFC 6901).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/seller/credit_code")]
    pub pointer: Option<String>,
    /// Row of the sheet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<u32>,
    /// Header of the sheet's column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
}

impl Problem {
    /// A problem with its sentence in both languages.
    pub fn new(status: StatusCode, code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            status,
            code,
            zh: zh.into(),
            en: en.into(),
            parts: Vec::new(),
            retry_after_s: None,
            cause: None,
        }))
    }

    /// The same under another status, where a protocol asks for it.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.0.status = status;
        self
    }

    /// Names the field of the body that is meant.
    #[must_use]
    pub fn at(self, pointer: impl Into<String>) -> Self {
        let (code, zh, en) = (self.0.code, self.0.zh.clone(), self.0.en.clone());
        self.and_at(pointer, code, zh, en)
    }

    /// Adds one of several problems.
    #[must_use]
    pub fn and_at(
        mut self,
        pointer: impl Into<String>,
        code: impl Into<String>,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> Self {
        self.add(Part {
            code: code.into(),
            place: Place::Pointer(pointer.into()),
            zh: zh.into(),
            en: en.into(),
        });
        self
    }

    /// Says when to come back.
    #[must_use]
    pub fn retry_after(mut self, seconds: i64) -> Self {
        self.0.retry_after_s = Some(seconds);
        self
    }

    fn add(&mut self, part: Part) {
        if self.0.parts.len() < PARTS_MAX {
            self.0.parts.push(part);
        }
    }

    fn with_sheet(mut self, problems: &[SheetProblem]) -> Self {
        for problem in problems.iter().take(PARTS_MAX) {
            let words = &problem.words;
            self.add(Part {
                code: problem.code.to_string(),
                place: Place::Sheet {
                    row: problem.row,
                    column: problem.column.as_deref().map(|column| column.header.clone()),
                },
                zh: format!("{}。{}", words.reason_zh, words.what_to_do_zh),
                en: format!("{}; {}", words.reason_en, words.what_to_do_en),
            });
        }
        self
    }

    /// A problem for an answer that carries only a status: of the router, of a layer, or of a panic.
    #[must_use]
    pub fn of_status(status: StatusCode) -> Self {
        let (code, zh, en) = match status {
            StatusCode::NOT_FOUND => (
                "not_found",
                "没有这个地址。请对照 /api/v1/openapi.json。",
                "there is no such address; see /api/v1/openapi.json",
            ),
            StatusCode::METHOD_NOT_ALLOWED => (
                "method_not_allowed",
                "此地址不支持该方法。可用的方法见 Allow 头。",
                "this address does not take that method; Allow names those that it takes",
            ),
            StatusCode::PAYLOAD_TOO_LARGE => (
                "request.too_large",
                "请求内容过大。请拆分后重新提交。",
                "the body is too large; send it in parts",
            ),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => (
                "request.media_type",
                "请求内容的类型不对。请以 application/json 提交。",
                "the body is of a wrong type; send application/json",
            ),
            StatusCode::SERVICE_UNAVAILABLE => (
                "unavailable",
                "服务暂时不可用。请稍后再试。",
                "the service is not available now; try again later",
            ),
            other if other.is_client_error() => {
                ("request.malformed", "请求无法理解。请核对后重新提交。", "the request cannot be understood")
            }
            _ => (
                "internal",
                "系统出错，未作任何更改。请把跟踪号告诉管理员。",
                "the program failed; give the trace number to the administrator",
            ),
        };
        Self::new(status, code, zh, en)
    }

    /// The document's answer.
    #[must_use]
    pub fn answer(self, language: Language, trace: &str) -> Response {
        let parts = *self.0;
        if let Some(cause) = &parts.cause {
            tracing::error!(trace, error = cause, "request failed");
        }
        let document = ProblemDocument {
            kind: format!("{PROBLEMS_PATH}#{}", parts.code),
            title: title(parts.status, language).to_owned(),
            status: parts.status.as_u16(),
            detail: language.pick(&parts.zh, &parts.en).to_owned(),
            code: parts.code.to_owned(),
            trace: trace.to_owned(),
            errors: parts.parts.into_iter().map(|part| part.written(language)).collect(),
        };
        let body = serde_json::to_vec(&document).expect("invariant: a document of texts and numbers");
        let mut response = (parts.status, [(header::CONTENT_TYPE, PROBLEM_MIME)], body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if parts.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = parts.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl Part {
    fn written(self, language: Language) -> ProblemPart {
        let detail = language.pick(&self.zh, &self.en).to_owned();
        let (pointer, row, column) = match self.place {
            Place::Pointer(pointer) => (Some(pointer), None, None),
            Place::Sheet { row, column } => (None, row, column),
        };
        ProblemPart { code: self.code, detail, pointer, row, column }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        if refusal.is_failure() {
            let mut problem = Self::of_status(StatusCode::INTERNAL_SERVER_ERROR);
            problem.0.cause = Some(format!("{refusal:?}"));
            return problem;
        }
        let status = match &refusal {
            Refusal::NotFound(_) => StatusCode::NOT_FOUND,
            Refusal::SignedOut => StatusCode::UNAUTHORIZED,
            Refusal::Forbidden(_) | Refusal::Barred { .. } => StatusCode::FORBIDDEN,
            Refusal::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Refusal::Stale(_) | Refusal::Overtaken(_) => StatusCode::CONFLICT,
            Refusal::NoRegion => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let (zh, en) = refusal.sentences();
        let mut problem = Self::new(status, refusal.code(), zh, en);
        match &refusal {
            Refusal::TooMany { retry_after_s } => problem.0.retry_after_s = Some(*retry_after_s),
            Refusal::Sheet(problems) => problem = problem.with_sheet(problems),
            Refusal::Fields(problems) => {
                for part in problems {
                    problem = problem.and_at(
                        form_pointer(&part.field),
                        part.code,
                        format!("{}。{}", part.reason_zh, part.fix_zh),
                        format!("{}; {}", part.reason_en, part.fix_en),
                    );
                }
            }
            Refusal::Obstacles(obstacles) => {
                for obstacle in obstacles {
                    let (zh, en) = obstacle.words();
                    problem = problem.and_at("/step", obstacle.code(), zh, en);
                }
            }
            _ => {}
        }
        problem
    }
}

/// Where a field of an application stands in its form: the contract's own fields lie together.
pub(crate) fn form_pointer(field: &str) -> String {
    let is_apart = ["undertaking", "cost_items", "decision"].iter().any(|part| field.starts_with(part));
    if is_apart { format!("/form/{}", field.replace('.', "/")) } else { format!("/form/fields/{field}") }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.0.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

fn title(status: StatusCode, language: Language) -> &'static str {
    match status.as_u16() {
        400 => language.text("problem-malformed"),
        401 => language.text("problem-signed-out"),
        403 => language.text("problem-forbidden"),
        404 => language.text("problem-not-found"),
        405 => language.text("problem-method"),
        409 => language.text("problem-conflict"),
        412 => language.text("problem-stale"),
        413 => language.text("problem-too-large"),
        415 => language.text("problem-media-type"),
        422 => language.text("problem-refused"),
        428 => language.text("problem-unconditional"),
        429 => language.text("problem-too-many"),
        503 => language.text("problem-unavailable"),
        _ => language.text("problem-internal"),
    }
}
