//! Answers: entity tags, and answers kept under an idempotency key.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest as _, Sha256};
use xiaoxiang_services::contract::import_queue::UPLOAD_BYTES_MAX;
use xiaoxiang_services::idempotency::{KeptAnswer, KeyStanding, give_key_back, keep_answer, take_key};
use xiaoxiang_services::{Actor, App, Refusal};

use super::extract::{BODY_BYTES_MAX, FILE_MIME, is_of_type, read_body};
use crate::problem::Problem;

/// The header that names a request.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// Says that an answer was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Most characters of a key.
pub const KEY_CHARACTERS_MAX: usize = 128;
/// Largest file.
const FILE_BYTES_MAX: usize = UPLOAD_BYTES_MAX as usize;
/// Digits of a SHA-256 in hexadecimal.
const HASH_DIGITS: usize = 64;
/// Headers of an answer that are kept.
const KEPT_HEADERS: [HeaderName; 3] = [header::CONTENT_TYPE, header::LOCATION, header::ETAG];
/// Seconds until a request under the same key is looked at again.
const RETRY_AFTER_S: i64 = 1;

/// A changing request and the key under which its answer is kept; without a key nothing is kept.
#[derive(Debug)]
pub struct Idempotent {
    actor: Actor,
    key: Option<String>,
    kept: Option<KeptAnswer>,
}

impl Idempotent {
    /// Reads the key and takes it; gives the request back, since its body had to be read.
    pub async fn begin(app: &App, actor: &Actor, request: Request) -> Result<(Self, Request), Problem> {
        let Some(key) = request.headers().get(IDEMPOTENCY_KEY) else {
            return Ok((Self { actor: actor.clone(), key: None, kept: None }, request));
        };
        let key = key.to_str().ok().filter(|key| is_key(key)).map(str::to_owned).ok_or_else(bad_key)?;
        let (parts, body) = request.into_parts();
        // A file with some room, so that one that is too large is refused as a file.
        let is_file = is_of_type(&parts.headers, FILE_MIME);
        let body = read_body(body, if is_file { 2 * FILE_BYTES_MAX } else { BODY_BYTES_MAX }).await?;
        let mut hash = Sha256::new();
        let target = parts.uri.path_and_query().map_or("", |target| target.as_str());
        let based_on = parts.headers.get(header::IF_MATCH).map_or(&[][..], HeaderValue::as_bytes);
        for part in [parts.method.as_str().as_bytes(), target.as_bytes(), based_on, &body] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let kept = match take_key(app, actor, &key, &hash.finalize()).await {
            Ok(KeyStanding::Taken) => None,
            Ok(KeyStanding::Answered(answer)) => Some(answer),
            Err(Refusal::Overtaken(_)) => {
                return Err(Problem::new(
                    StatusCode::CONFLICT,
                    "idempotency.under_way",
                    "同一 Idempotency-Key 的请求正在处理。请稍后再试。",
                    "a request with this Idempotency-Key is under way; try again in a moment",
                )
                .retry_after(RETRY_AFTER_S));
            }
            Err(refusal) => return Err(refusal.into()),
        };
        let request = Request::from_parts(parts, Body::from(body));
        Ok((Self { actor: actor.clone(), key: Some(key), kept }, request))
    }

    /// The answer given before, if there is one.
    pub fn replayed(&self) -> Option<Response> {
        let kept = self.kept.as_ref()?;
        let headers: BTreeMap<String, String> = serde_json::from_str(&kept.headers).unwrap_or_default();
        let status = u16::try_from(kept.status).ok().and_then(|status| StatusCode::from_u16(status).ok());
        let mut answer = (status.unwrap_or(StatusCode::OK), kept.body.clone()).into_response();
        answer.headers_mut().remove(header::CONTENT_TYPE);
        for (name, value) in headers {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                answer.headers_mut().insert(name, value);
            }
        }
        answer.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
        Some(answer)
    }

    /// Keeps a good answer; after a refusal, which changed nothing, the key is free again. After a failure it stays
    /// taken: what became of the request is not known.
    pub async fn keep(self, app: &App, answer: Response) -> Response {
        let Some(key) = self.key else { return answer };
        let done = if answer.status().is_success() {
            let (parts, body) = answer.into_parts();
            let Ok(bytes) = axum::body::to_bytes(body, BODY_BYTES_MAX).await else {
                return Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR).into_response();
            };
            let kept = KeptAnswer {
                status: i64::from(parts.status.as_u16()),
                headers: kept_headers(&parts.headers),
                body: bytes.to_vec(),
            };
            let done = keep_answer(app, &self.actor, &key, &kept).await;
            done.map(|()| Response::from_parts(parts, Body::from(bytes)))
        } else if answer.status().is_client_error() {
            give_key_back(app, &self.actor, &key).await.map(|()| answer)
        } else {
            Ok(answer)
        };
        done.unwrap_or_else(|refusal| Problem::from(refusal).into_response())
    }
}

fn kept_headers(headers: &HeaderMap) -> String {
    let kept: BTreeMap<&str, &str> = KEPT_HEADERS
        .iter()
        .filter_map(|name| Some((name.as_str(), headers.get(name)?.to_str().ok()?)))
        .collect();
    serde_json::to_string(&kept).expect("invariant: a map of texts")
}

fn is_key(key: &str) -> bool {
    !key.is_empty() && key.len() <= KEY_CHARACTERS_MAX && key.bytes().all(|byte| byte.is_ascii_graphic())
}

fn bad_key() -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "idempotency.key",
        format!("Idempotency-Key 应为 1 至 {KEY_CHARACTERS_MAX} 个可见的 ASCII 字符。"),
        format!("an Idempotency-Key consists of 1 to {KEY_CHARACTERS_MAX} visible ASCII characters"),
    )
}

/// The answer under an entity tag: a version, a revision or the hash of a content.
pub fn tagged(status: StatusCode, tag: impl std::fmt::Display, body: impl IntoResponse) -> Response {
    let tag = HeaderValue::try_from(format!("\"{tag}\"")).expect("invariant: digits and letters in quotes");
    (status, [(header::ETAG, tag)], body).into_response()
}

/// The version that a change is based on, from `If-Match`.
pub fn version_of(headers: &HeaderMap) -> Result<i64, Problem> {
    let version = tag_of(headers)?.and_then(|tag| tag.parse::<i64>().ok()).filter(|version| *version >= 0);
    // A tag that we never gave matches nothing.
    version.ok_or_else(stale)
}

/// The hash of the content that was seen, from `If-Match`.
pub fn content_of(headers: &HeaderMap) -> Result<String, Problem> {
    let is_hash = |tag: &&str| tag.len() == HASH_DIGITS && tag.bytes().all(|byte| byte.is_ascii_hexdigit());
    tag_of(headers)?.filter(is_hash).map(str::to_owned).ok_or_else(stale)
}

/// What stands in the quotes of `If-Match`; none where it is no single strong tag.
fn tag_of(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else {
        return Err(Problem::new(
            StatusCode::PRECONDITION_REQUIRED,
            "if_match.missing",
            "修改前请先读取记录，并把应答的 ETag 写入 If-Match。",
            "read the record first and send its ETag as If-Match",
        ));
    };
    let text = value.to_str().unwrap_or_default();
    Ok(text.strip_prefix('"').and_then(|text| text.strip_suffix('"')))
}

/// Somebody else changed the record since it was read.
pub fn stale() -> Problem {
    Problem::new(
        StatusCode::PRECONDITION_FAILED,
        "stale",
        "记录已被他人修改。请重新读取、核对后再提交。",
        "the record was changed since it was read; read it again, compare and send your change again",
    )
}

/// The problem of a change that came too late under `If-Match`.
pub fn of_change(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::Stale(_) | Refusal::Overtaken(_) => stale(),
        other => other.into(),
    }
}
