//! What an operator needs around the pages: limits, request numbers, logs, health, metrics, a graceful stop.
//!
//! [`layered`] puts it around whatever router it is given; [`router`] answers `/health/live`, `/health/ready` and
//! `/metrics` beside it, outside the limits, so that a busy node can still be asked how it is.

mod around;
mod health;
mod listen;
mod logging;
mod metrics;
mod refusal;
mod request_id;
mod scrape;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use tokio::sync::Semaphore;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use xiaoxiang_services::App;

use crate::configuration::{Configuration, Limits, MetricsSettings};

pub use listen::{Ending, serve_until};
pub use logging::log_to_stderr;
pub use metrics::{Metrics, metrics};
pub use request_id::{HEADER as REQUEST_ID_HEADER, RequestId};
pub use scrape::router as metrics_router;

/// What the layers share.
#[derive(Clone, Debug)]
pub struct Operation(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    app: App,
    limits: Limits,
    metrics: MetricsSettings,
    places: Semaphore,
    is_stopping: AtomicBool,
}

impl Operation {
    /// Takes what the layers need from the configuration.
    #[must_use]
    pub fn new(app: &App, configuration: &Configuration) -> Self {
        Self(Arc::new(Inner {
            app: app.clone(),
            limits: configuration.limits.clone(),
            metrics: configuration.metrics.clone(),
            places: Semaphore::new(configuration.limits.concurrent_requests.min(Semaphore::MAX_PERMITS)),
            is_stopping: AtomicBool::new(false),
        }))
    }

    /// Says from now on that this node is not ready: balancers send nothing more.
    pub fn begin_stop(&self) {
        self.0.is_stopping.store(true, Ordering::Release);
    }

    fn is_stopping(&self) -> bool {
        self.0.is_stopping.load(Ordering::Acquire)
    }
}

/// Puts limits, request numbers, the log and the metrics around a router, and health beside it.
pub fn layered(inner: Router, operation: &Operation) -> Router {
    let limits = &operation.0.limits;
    let bytes = |limit: u64| usize::try_from(limit).unwrap_or(usize::MAX);
    let guarded = inner
        // What is read into memory; a route that takes files sets its own with `upload_body`.
        .layer(DefaultBodyLimit::max(bytes(limits.body_bytes)))
        // What is read at all.
        .layer(RequestBodyLimitLayer::new(bytes(limits.upload_bytes)))
        .layer(CatchPanicLayer::custom(around::mark_panic))
        .layer(axum::middleware::from_fn_with_state(operation.clone(), around::around));
    // In this order: of two fallbacks that nobody chose axum keeps the second, and ours is the one with the layers.
    router(operation).merge(guarded)
}

/// Health, and the metrics where they have no address of their own.
pub fn router(operation: &Operation) -> Router {
    let health = health::router(operation);
    match operation.0.metrics.listen {
        Some(_) => health,
        None => health.merge(scrape::guarded_router(operation)),
    }
}

/// The limit of a route that takes files: `.layer(operation::upload_body(&configuration.limits))`.
pub fn upload_body(limits: &Limits) -> DefaultBodyLimit {
    DefaultBodyLimit::max(usize::try_from(limits.upload_bytes).unwrap_or(usize::MAX))
}
