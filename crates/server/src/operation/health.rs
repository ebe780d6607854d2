//! Whether this node lives, and whether a balancer may send it requests.

use std::future::Future;
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::{Json, Router, routing};
use serde::Serialize;
use xiaoxiang_services::Refusal;

use super::Operation;

/// A balancer asks every few seconds and must not wait longer than that.
const CHECK_TIME: Duration = Duration::from_secs(2);

/// What a balancer reads; it says nothing that a stranger could use.
#[derive(Debug, Serialize)]
struct Readiness {
    ready: bool,
    stopping: bool,
    database: &'static str,
    schema: &'static str,
    figures: &'static str,
}

const SOUND: &str = "ok";
const FAILED: &str = "failed";
const UNKNOWN: &str = "unknown";

pub(super) fn router(operation: &Operation) -> Router {
    Router::new()
        .route("/health/live", routing::get(live))
        .route("/health/ready", routing::get(ready))
        .with_state(operation.clone())
}

/// The process answers; nothing else is asked, since a restart would not mend a database.
async fn live() -> Response {
    uncached(StatusCode::OK, Json(serde_json::json!({ "live": true })).into_response())
}

async fn ready(State(operation): State<Operation>) -> Response {
    let readiness = readiness(&operation).await;
    let status = if readiness.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    uncached(status, Json(readiness).into_response())
}

async fn readiness(operation: &Operation) -> Readiness {
    let app = &operation.0.app;
    let stopping = operation.is_stopping();
    let mut found = Readiness { ready: false, stopping, database: FAILED, schema: UNKNOWN, figures: UNKNOWN };
    let Some(schema) = in_time(app.db.require_current_schema()).await else { return found };
    match schema {
        Ok(()) => (found.database, found.schema) = (SOUND, SOUND),
        Err(xiaoxiang_store::StoreError::Schema { .. }) => {
            (found.database, found.schema) = (SOUND, FAILED);
            return found;
        }
        Err(error) => {
            tracing::warn!(%error, "database does not answer");
            return found;
        }
    }
    found.figures = match in_time(app.figures()).await {
        // Before the first region is chosen there are no figures, and the administrator must get in.
        Some(Ok(_) | Err(Refusal::NoRegion)) => SOUND,
        Some(Err(error)) => {
            tracing::warn!(%error, "figures cannot be read");
            FAILED
        }
        None => FAILED,
    };
    found.ready = !stopping && found.figures == SOUND;
    found
}

async fn in_time<T>(check: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(CHECK_TIME, check).await.ok()
}

fn uncached(status: StatusCode, answer: Response) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")], answer).into_response()
}
