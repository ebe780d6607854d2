//! `/metrics`, for this machine or whom the operator names.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::{Router, routing};
use xiaoxiang_domain::notice::{Channel, DeliveryState};
use xiaoxiang_services::{App, Refusal};
use xiaoxiang_store::delivery::DeliveryCountRow;

use super::Operation;
use super::metrics::{NodeState, metrics};

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// A scrape comes every few seconds.
const SCRAPE_TIME: Duration = Duration::from_secs(2);
/// A reverse proxy on this machine is a loopback peer, and whom it speaks for is not.
const FORWARDED: [&str; 4] = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip"];

/// The metrics for whoever reaches the listener.
pub fn router(operation: &Operation) -> Router {
    Router::new().route("/metrics", routing::get(scrape)).with_state(operation.clone())
}

/// The metrics beside the pages: only for this machine and the peers that are allowed.
pub(super) fn guarded_router(operation: &Operation) -> Router {
    router(operation).layer(from_fn_with_state(operation.clone(), guard))
}

async fn guard(State(operation): State<Operation>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip().to_canonical());
    let is_forwarded = FORWARDED.iter().any(|name| request.headers().contains_key(*name));
    let allowed = &operation.0.metrics.allowed;
    let is_allowed = |peer: IpAddr| peer.is_loopback() || allowed.contains(&peer);
    // 404, as for everything that one may not see.
    if is_forwarded || !peer.is_some_and(is_allowed) {
        return StatusCode::NOT_FOUND.into_response();
    }
    next.run(request).await
}

async fn scrape(State(operation): State<Operation>) -> Response {
    let looked = tokio::time::timeout(SCRAPE_TIME, look(&operation.0.app)).await;
    let state = match looked {
        Ok(Ok(state)) => Some(state),
        Ok(Err(error)) => {
            tracing::warn!(%error, "database does not answer a scrape");
            None
        }
        Err(_) => None,
    };
    let headers = [(header::CONTENT_TYPE, OPEN_METRICS), (header::CACHE_CONTROL, "no-store")];
    (headers, metrics().text(state.as_ref())).into_response()
}

async fn look(app: &App) -> Result<NodeState, Refusal> {
    let connections = app.db.connections();
    let figures_position = app.figures_position();
    let mut tx = app.db.read().await?;
    let head = xiaoxiang_store::log::head(&mut tx).await?;
    Ok(NodeState {
        connections_open: connections.open.into(),
        connections_idle: connections.idle.into(),
        log_position: head.size - 1,
        figures_position,
        open_jobs: xiaoxiang_store::job::count_open(&mut tx).await?,
        deliveries: deliveries(&xiaoxiang_store::delivery::count_open(&mut tx).await?),
        imports: xiaoxiang_store::import::count_by_source(&mut tx).await?,
    })
}

/// Every channel with what waits and what was given up, also where that is nothing: a gauge must fall again.
fn deliveries(counted: &[DeliveryCountRow]) -> Vec<(&'static str, &'static str, i64)> {
    let states = [DeliveryState::Waiting, DeliveryState::GivenUp];
    let pairs = Channel::ALL.iter().flat_map(|channel| states.map(|state| (channel.code(), state.code())));
    pairs
        .map(|(channel, state)| {
            let found = counted.iter().find(|row| row.channel == channel && row.state == state);
            (channel, state, found.map_or(0, |row| row.count))
        })
        .collect()
}
