//! Path, query and body of a request, checked before they are understood; what is wrong with them is a problem.

use axum::body::Body;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::pages::PageState;
use crate::problem::Problem;

/// Largest JSON body.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;
/// Media type of a file that is sent in.
pub const FILE_MIME: &str = "application/octet-stream";
/// Most characters of a text in a body; fields have smaller limits of their own.
pub const TEXT_CHARACTERS_MAX: usize = 10_000;
/// Most levels of a body.
const DEPTH_MAX: usize = 8;
/// Most characters of the query.
const QUERY_CHARACTERS_MAX: usize = 4_000;
/// Most characters of the path.
const PATH_CHARACTERS_MAX: usize = 1_000;

/// The parameters of the path.
#[derive(Clone, Debug)]
pub struct ApiPath<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<PageState> for ApiPath<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &PageState) -> Result<Self, Problem> {
        let path = parts.uri.path();
        // No record has a number with control characters, and PostgreSQL takes no NUL.
        if path.len() > PATH_CHARACTERS_MAX || has_encoded_control(path) {
            return Err(Problem::of_status(StatusCode::NOT_FOUND));
        }
        match Path::from_request_parts(parts, state).await {
            Ok(Path(read)) => Ok(Self(read)),
            Err(PathRejection::FailedToDeserializePathParams(_)) => {
                Err(Problem::of_status(StatusCode::NOT_FOUND))
            }
            Err(_) => Err(Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR)),
        }
    }
}

/// The parameters of the query; unknown ones are refused, since they were meant to do something.
#[derive(Clone, Debug)]
pub struct ApiQuery<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<PageState> for ApiQuery<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &PageState) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        if query.len() > QUERY_CHARACTERS_MAX || has_encoded_control(query) {
            return Err(bad_query("too long, or with control characters"));
        }
        match Query::from_request_parts(parts, state).await {
            Ok(Query(read)) => Ok(Self(read)),
            Err(QueryRejection::FailedToDeserializeQueryString(rejection)) => {
                Err(bad_query(&source_of(&rejection)))
            }
            Err(_) => Err(bad_query("not a query")),
        }
    }
}

/// A query that cannot be understood.
pub fn bad_query(why: &str) -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "request.query",
        format!("查询参数有误：{why}。请对照接口文档。"),
        format!("the query is wrong: {why}; see the document of the API"),
    )
}

/// A JSON body.
#[derive(Clone, Debug)]
pub struct ApiJson<T>(pub T);

impl<T: DeserializeOwned> FromRequest<PageState> for ApiJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &PageState) -> Result<Self, Problem> {
        if !is_of_type(request.headers(), "application/json") {
            return Err(Problem::of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        let bytes = read_body(request.into_body(), BODY_BYTES_MAX).await?;
        let value: Value = serde_json::from_slice(&bytes).map_err(|error| {
            let place = format!("{}:{}", error.line(), error.column());
            Problem::new(
                StatusCode::BAD_REQUEST,
                "request.json",
                format!("请求内容不是有效的 JSON（位置 {place}）。"),
                format!("the body is not valid JSON (at {place})"),
            )
        })?;
        check_value(&value, &mut String::new(), 0)?;
        let read = serde_json::from_value(value).map_err(|error| {
            Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "request.body",
                format!("请求内容与接口文档不符：{error}"),
                format!("the body is not as the document says: {error}"),
            )
        })?;
        Ok(Self(read))
    }
}

/// Reads a body of at most so many bytes.
pub async fn read_body(body: Body, bytes_max: usize) -> Result<Vec<u8>, Problem> {
    let bytes = axum::body::to_bytes(body, bytes_max).await;
    bytes.map(Vec::from).map_err(|_| Problem::of_status(StatusCode::PAYLOAD_TOO_LARGE))
}

/// Whether a body is of a media type, whatever its parameters.
pub fn is_of_type(headers: &HeaderMap, mime: &str) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case(mime)
}

fn check_value(value: &Value, pointer: &mut String, depth: usize) -> Result<(), Problem> {
    let wrong = |pointer: &str, zh: &str, en: &str| {
        Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "request.text", zh, en).at(pointer))
    };
    if depth > DEPTH_MAX {
        return wrong(pointer, "内容层次过深。", "the body is nested too deeply");
    }
    let is_bad = |text: &str| text.chars().any(|letter| letter.is_control() && !"\n\r\t".contains(letter));
    match value {
        Value::String(text) if is_bad(text) => wrong(pointer, "文字中有控制字符。", "control characters"),
        Value::String(text) if text.chars().count() > TEXT_CHARACTERS_MAX => wrong(
            pointer,
            &format!("文字超过 {TEXT_CHARACTERS_MAX} 个字。"),
            &format!("a text of more than {TEXT_CHARACTERS_MAX} characters"),
        ),
        Value::Array(items) => items.iter().enumerate().try_for_each(|(at, item)| {
            within(pointer, &at.to_string(), |pointer| check_value(item, pointer, depth + 1))
        }),
        Value::Object(fields) => fields.iter().try_for_each(|(key, item)| {
            if is_bad(key) {
                return wrong(pointer, "字段名中有控制字符。", "control characters in a name");
            }
            within(pointer, key, |pointer| check_value(item, pointer, depth + 1))
        }),
        _ => Ok(()),
    }
}

fn within<T>(pointer: &mut String, key: &str, look: impl FnOnce(&mut String) -> T) -> T {
    let length = pointer.len();
    pointer.push('/');
    pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
    let seen = look(pointer);
    pointer.truncate(length);
    seen
}

/// Whether a path or query holds an encoded control character or what is not UTF-8.
fn has_encoded_control(text: &str) -> bool {
    let bytes = text.as_bytes();
    let hex = |byte: u8| char::from(byte).to_digit(16);
    bytes.windows(3).any(|part| {
        part[0] == b'%'
            && matches!((hex(part[1]), hex(part[2])), (Some(high), Some(low)) if high * 16 + low < 0x20 || high * 16 + low == 0x7f)
    })
}

/// What the innermost error says; it names the parameter, nothing of ours.
fn source_of(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
