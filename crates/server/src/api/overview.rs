//! The document of the API itself.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use utoipa_axum::routes;

use super::{ApiRoute, document, open};

/// How long programs may keep the document.
const CACHE: &str = "public, max-age=300";

pub(super) fn routes() -> Vec<ApiRoute> {
    vec![open(routes!(openapi))]
}

/// 接口文档 · This document
#[utoipa::path(
    get, path = "/api/v1/openapi.json", tag = "overview", operation_id = "readDocument",
    responses((status = 200, body = Object))
)]
async fn openapi() -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, CACHE)];
    (headers, document().1.as_str()).into_response()
}
