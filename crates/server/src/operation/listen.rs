//! Takes connections until it is told to stop; requests under way are answered within a limit, then cut off.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::Response;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tower::ServiceExt as _;

/// How long a client may take to send the head of a request, or keep a connection without one.
const HEAD_TIME: Duration = Duration::from_secs(60);
/// Room for the head of a request.
const HEAD_BYTES_MAX: usize = 64 * 1024;
/// After a failure to take a connection, as when no file numbers are left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How serving ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Every request under way was answered.
    Answered,
    /// So many connections were cut off at the limit.
    Cut(usize),
}

/// Serves until `stop` completes, then lets requests under way end for at most `limit`.
pub async fn serve_until(
    listener: TcpListener,
    router: Router,
    connections_max: usize,
    limit: Duration,
    stop: impl Future<Output = ()>,
) -> Ending {
    let places = Arc::new(Semaphore::new(connections_max.min(Semaphore::MAX_PERMITS)));
    let graceful = GracefulShutdown::new();
    let mut open = JoinSet::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let (stream, peer, place) = tokio::select! {
            () = &mut stop => break,
            taken = take(&listener, &places) => taken,
        };
        // Ended ones are let go; the set would grow otherwise.
        while open.try_join_next().is_some() {}
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIME)
            .max_buf_size(HEAD_BYTES_MAX)
            .serve_connection(TokioIo::new(stream), {
                let router = router.clone();
                service_fn(move |request| answer(router.clone(), peer, request))
            });
        let watched = graceful.watch(connection);
        open.spawn(async move {
            // A client that breaks off is its own affair.
            if let Err(error) = watched.await {
                tracing::debug!(%error, "connection broke");
            }
            drop(place);
        });
    }
    drop(listener);
    let ended = tokio::time::timeout(limit, graceful.shutdown()).await;
    while open.try_join_next().is_some() {}
    let ending = match ended {
        Ok(()) => Ending::Answered,
        Err(_) => Ending::Cut(open.len()),
    };
    open.shutdown().await;
    ending
}

async fn take(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> (TcpStream, SocketAddr, OwnedSemaphorePermit) {
    let place = places.clone().acquire_owned().await.expect("invariant: the places are never closed");
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // Answers are small; waiting to fill a packet only delays them.
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "no delay cannot be set");
                }
                return (stream, peer, place);
            }
            Err(error) => {
                tracing::warn!(%error, "connection cannot be taken");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn answer(
    router: Router,
    peer: SocketAddr,
    mut request: Request<Incoming>,
) -> Result<Response, Infallible> {
    request.extensions_mut().insert(ConnectInfo(peer));
    router.oneshot(request.map(Body::new)).await
}
