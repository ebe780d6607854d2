//! The page about the API, made from its document, and the page about the codes of its problems.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::{RefOr, Required};

use super::shell::{Section, Shell};
use super::visit::Visit;
use crate::api::document;
use crate::problem::PROBLEMS_PATH;
use crate::routes::{Access, Route};

/// Stands between the Chinese and the English half of a sentence of the document.
const HALVES: &str = " · ";

/// The two pages.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::page("/api", Access::Open, routing::get(overview)),
        Route::page(PROBLEMS_PATH, Access::Open, routing::get(problems)),
    ]
}

/// The half of a bilingual sentence that a reader wants.
fn half(shell: &Shell, text: &str) -> String {
    let (chinese, english) = text.trim().split_once(HALVES).unwrap_or((text, text));
    shell.language.pick(chinese, english).trim().to_owned()
}

struct Parameter {
    name: String,
    place: String,
    is_required: bool,
    meaning: String,
}

struct Described {
    verb: &'static str,
    path: String,
    summary: String,
    text: String,
    is_open: bool,
    parameters: Vec<Parameter>,
    answers: Vec<String>,
}

fn described(shell: &Shell, verb: &'static str, path: &str, operation: &Operation) -> Described {
    let parameters = operation.parameters.iter().flatten().filter_map(|parameter| match parameter {
        RefOr::T(parameter) => Some(Parameter {
            name: parameter.name.clone(),
            place: serde_json::to_value(&parameter.parameter_in)
                .ok()
                .and_then(|place| place.as_str().map(str::to_owned))
                .unwrap_or_default(),
            is_required: parameter.required == Required::True,
            meaning: half(shell, parameter.description.as_deref().unwrap_or_default()),
        }),
        RefOr::Ref(_) => None,
    });
    let is_open = operation.security.iter().flatten().any(|requirement| *requirement == Default::default());
    Described {
        verb,
        path: path.to_owned(),
        summary: half(shell, operation.summary.as_deref().unwrap_or_default()),
        text: half(shell, operation.description.as_deref().unwrap_or_default()),
        is_open,
        parameters: parameters.collect(),
        answers: operation.responses.responses.keys().cloned().collect(),
    }
}

fn operations(shell: &Shell) -> Vec<Described> {
    let of_item = |(path, item): (&String, &PathItem)| {
        let verbs = [("GET", &item.get), ("POST", &item.post), ("PUT", &item.put)];
        let described = |(verb, operation): (&'static str, &Option<Operation>)| {
            operation.as_ref().map(|operation| described(shell, verb, path, operation))
        };
        verbs.into_iter().filter_map(described).collect::<Vec<_>>()
    };
    document().0.paths.paths.iter().flat_map(of_item).collect()
}

#[derive(Template)]
#[template(path = "api.html")]
struct ApiPage {
    shell: Shell,
    operations: Vec<Described>,
}

async fn overview(visit: Visit) -> Response {
    let shell = visit.shell(Section::About, visit.language.text("api-title"));
    let operations = operations(&shell);
    visit.page(&ApiPage { shell, operations })
}

/// A code that all operations share.
struct SharedCode {
    code: &'static str,
    status: StatusCode,
    zh: &'static str,
    en: &'static str,
}

const fn shared(code: &'static str, status: StatusCode, zh: &'static str, en: &'static str) -> SharedCode {
    SharedCode { code, status, zh, en }
}

const SHARED: [SharedCode; 28] = [
    shared(
        "request.malformed",
        StatusCode::BAD_REQUEST,
        "请求不合 HTTP 的规定。",
        "The request is malformed.",
    ),
    shared(
        "request.query",
        StatusCode::BAD_REQUEST,
        "查询参数有误，或有不认识的参数。",
        "A parameter is wrong or unknown.",
    ),
    shared("request.json", StatusCode::BAD_REQUEST, "请求内容不是 JSON。", "The body is not JSON."),
    shared(
        "request.cursor",
        StatusCode::BAD_REQUEST,
        "cursor 不是本接口给出的，请从第一页开始。",
        "The cursor is none of ours; begin with the first page.",
    ),
    shared(
        "idempotency.key",
        StatusCode::BAD_REQUEST,
        "Idempotency-Key 过长或含不可见字符。",
        "The key is too long or holds invisible characters.",
    ),
    shared("signed_out", StatusCode::UNAUTHORIZED, "需要登录或令牌。", "Sign in or send a token."),
    shared(
        "token",
        StatusCode::UNAUTHORIZED,
        "令牌无效、过期或已停用。",
        "The token is unknown, has expired or was withdrawn.",
    ),
    shared(
        "forbidden",
        StatusCode::FORBIDDEN,
        "当前角色或令牌不能这样做。",
        "This role or token may not do that.",
    ),
    shared(
        "foreign_origin",
        StatusCode::FORBIDDEN,
        "以登录会话提交的请求不是来自本平台的页面。",
        "A request with a session was not sent by a page of ours.",
    ),
    shared(
        "password_change_due",
        StatusCode::FORBIDDEN,
        "请先在页面上设置自己的密码。",
        "Choose a password of your own on the page first.",
    ),
    shared(
        "not_found",
        StatusCode::NOT_FOUND,
        "没有，或不在可见范围内。",
        "It is not there, or not for the caller to see.",
    ),
    shared(
        "method_not_allowed",
        StatusCode::METHOD_NOT_ALLOWED,
        "该地址不支持此方法。",
        "The address does not take the method.",
    ),
    shared(
        "stale",
        StatusCode::PRECONDITION_FAILED,
        "记录在读取之后已被修改，请重新读取。",
        "The record was changed since it was read; read it again.",
    ),
    shared(
        "overtaken",
        StatusCode::CONFLICT,
        "处理期间他人修改了同一数据，请重试。",
        "Somebody else changed the same data meanwhile; try again.",
    ),
    shared(
        "idempotency.under_way",
        StatusCode::CONFLICT,
        "同一键的请求正在处理，稍后再试。",
        "A request with the same key is under way; try again in a moment.",
    ),
    shared(
        "request.too_large",
        StatusCode::PAYLOAD_TOO_LARGE,
        "内容超过 1 MB，请拆分。",
        "The body is above 1 MB; send it in parts.",
    ),
    shared(
        "request.media_type",
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "请以 application/json 提交。",
        "Send application/json.",
    ),
    shared(
        "request.body",
        StatusCode::UNPROCESSABLE_ENTITY,
        "内容与接口文档不符，errors 指明字段。",
        "The body is not as the document says; errors names the fields.",
    ),
    shared(
        "request.text",
        StatusCode::UNPROCESSABLE_ENTITY,
        "文字过长、层次过深或含控制字符。",
        "A text is too long, nested too deeply, or holds control characters.",
    ),
    shared(
        "idempotency.other_request",
        StatusCode::UNPROCESSABLE_ENTITY,
        "该键已用于另一个请求。",
        "The key was used for another request.",
    ),
    shared(
        "idempotency.unknown",
        StatusCode::UNPROCESSABLE_ENTITY,
        "第一次请求中断，结果不明，请先核对。",
        "The first request ended without an answer; look whether it took effect.",
    ),
    shared(
        "if_match.missing",
        StatusCode::PRECONDITION_REQUIRED,
        "修改时须带 If-Match。",
        "A change needs If-Match.",
    ),
    shared(
        "too_many",
        StatusCode::TOO_MANY_REQUESTS,
        "尝试过多，按 Retry-After 等待。",
        "Too many tries; wait as Retry-After says.",
    ),
    shared(
        "internal",
        StatusCode::INTERNAL_SERVER_ERROR,
        "系统出错，把 trace 告诉管理员。",
        "The program failed; give trace to the administrator.",
    ),
    shared(
        "server.failed",
        StatusCode::INTERNAL_SERVER_ERROR,
        "程序中断，把 trace 告诉管理员。",
        "The program broke off; give trace to the administrator.",
    ),
    shared(
        "server.busy",
        StatusCode::SERVICE_UNAVAILABLE,
        "同时的请求过多，按 Retry-After 再试。",
        "Too many requests at once; try again as Retry-After says.",
    ),
    shared(
        "server.too_slow",
        StatusCode::SERVICE_UNAVAILABLE,
        "处理超时，先核对是否已经生效。",
        "It took too long; look whether it took effect first.",
    ),
    shared(
        "no_region",
        StatusCode::SERVICE_UNAVAILABLE,
        "数据库中还没有区域数据。",
        "The database holds no region data yet.",
    ),
];

#[derive(Template)]
#[template(path = "problems.html")]
struct ProblemsPage {
    shell: Shell,
}

impl ProblemsPage {
    fn codes(&self) -> &'static [SharedCode] {
        &SHARED
    }

    fn meaning(&self, code: &SharedCode) -> &'static str {
        self.shell.language.pick(code.zh, code.en)
    }
}

async fn problems(visit: Visit) -> Response {
    let shell = visit.shell(Section::About, visit.language.text("problems-title"));
    visit.page(&ProblemsPage { shell })
}
