//! The API, called in-process: its document, its problems, forged and double requests, the feed.

mod achievements;
mod conformance;
mod document;
mod feed;
mod misuse;
mod offices;
mod reading;
mod registration;
#[expect(dead_code, reason = "forms are sent only in the tests of pages")]
#[path = "../pages/support.rs"]
mod support;
mod writing;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::Value;

use support::{Answer, answered};

/// Sends a body as a page of ours does, with more headers where wanted.
async fn send(
    router: &Router,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<Body>,
) -> Answer {
    let mut request = Request::builder().method(method).uri(path).header("sec-fetch-site", "same-origin");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    answered(router, request.body(body.into()).expect("a request")).await
}

/// Posts JSON.
async fn post_json(router: &Router, path: &str, cookie: &str, body: &Value) -> Answer {
    let headers = [("cookie", cookie), ("content-type", "application/json")];
    send(router, Method::POST, path, &headers, body.to_string()).await
}

fn json(answer: &Answer) -> Value {
    serde_json::from_str(&answer.text).unwrap_or_else(|error| panic!("{error}: {}", answer.text))
}

/// Checks that an answer is a problem document with this status and code and tells nothing of ours.
fn assert_problem(answer: &Answer, status: StatusCode, code: &str) {
    assert_eq!(answer.status, status, "{}", answer.text);
    assert_eq!(answer.headers.get("content-type").expect("a type"), "application/problem+json");
    let problem = json(answer);
    assert_eq!(problem["code"], code, "{}", answer.text);
    assert_eq!(problem["type"], format!("/problems#{code}"));
    assert_eq!(problem["status"], status.as_u16());
    for text in ["title", "detail", "trace"] {
        assert!(!problem[text].as_str().expect("a text").is_empty(), "{text}: {}", answer.text);
    }
    for ours in ["sqlx", "SELECT", ".rs:", "panicked", "Damaged", "axum"] {
        assert!(!answer.text.contains(ours), "tells of {ours}: {}", answer.text);
    }
}
