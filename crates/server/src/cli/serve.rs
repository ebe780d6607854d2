//! `serve`: the pages over HTTP until a signal asks to stop.

use std::net::SocketAddr;
use std::sync::Arc;

use clap::Args;
use tokio::net::TcpListener;
use xiaoxiang_services::log::LogKey;
use xiaoxiang_services::{App, Refusal};

use super::output::say;
use super::{CommandResult, Context, Outcome, database};
use crate::pages::PageState;
use crate::pages::shell::DataOrigin;
use crate::routes::router;

/// Arguments of `serve`.
#[derive(Debug, Args)]
pub struct ServeArguments {
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

pub async fn run(context: &Context, arguments: ServeArguments) -> CommandResult {
    let app = database::open(context).await?;
    let log_key = database::key_of(&app, context)?;
    serve(app, arguments.listen, DataOrigin::Real, log_key).await
}

/// Serves until SIGINT or SIGTERM; requests under way are answered first.
pub async fn serve(app: App, listen: SocketAddr, origin: DataOrigin, log_key: LogKey) -> CommandResult {
    log_to_stderr();
    let failed = |source| Refusal::File { path: listen.to_string(), source };
    let listener = TcpListener::bind(listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    // The first reader should not wait for the columns.
    app.figures().await?;
    say(&format!("已启动：http://{address}"), &format!("serving at http://{address}"));
    let db = app.db.clone();
    let router = router(PageState { app, origin, log_key: Arc::new(log_key), public_origin: None });
    axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(stop_signal())
        .await
        .map_err(failed)?;
    db.close().await;
    Ok(Outcome::Done)
}

/// Failures go to stderr; `RUST_LOG` says how much more.
fn log_to_stderr() {
    let filter = tracing_subscriber::EnvFilter::builder()
        .with_default_directive(tracing_subscriber::filter::LevelFilter::WARN.into())
        .from_env_lossy();
    // A second server in one process, as in tests, keeps the first one's.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
}

async fn stop_signal() {
    let interrupt = async {
        // Without a handler the process ends at once, which is what is wanted then.
        let _ = tokio::signal::ctrl_c().await;
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
