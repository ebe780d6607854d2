//! `serve`: the pages over HTTP until a signal asks to stop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use tokio::net::TcpListener;
use xiaoxiang_services::access::SessionLimits;
use xiaoxiang_services::log::LogKey;
use xiaoxiang_services::setup::setup_step;
use xiaoxiang_services::{App, Refusal};

use super::output::say;
use super::{CommandResult, Context, Outcome, database};
use crate::configuration::{Configuration, LogFormat};
use crate::import_worker::ImportWorker;
use crate::index_worker::IndexWorker;
use crate::notice_worker::NoticeWorker;
use crate::operation::{self, Ending, Operation};
use crate::outbound::Couriers;
use crate::pages::PageState;
use crate::pages::shell::DataOrigin;
use crate::provider::Provider;
use crate::routes::router;
use crate::screening_worker::ScreeningWorker;
use crate::setup_gate::SetupGate;

/// Arguments of `serve`.
#[derive(Debug, Args)]
pub struct ServeArguments {
    /// Address to listen on [default: 127.0.0.1:8080]
    #[arg(long)]
    pub listen: Option<SocketAddr>,
}

pub async fn run(context: &Context) -> CommandResult {
    let configuration = &context.configuration.configuration;
    operation::log_to_stderr(&configuration.log);
    // An empty database is where a first run begins; an older one waits for `migrate`.
    let app = database::open_or_create(context).await?;
    let log_key = database::key_of(&app, context)?;
    serve(app, configuration, DataOrigin::Real, log_key).await
}

/// Builds the contract list beside the first requests; whoever opens it earlier waits for the rest only.
fn warm_up(app: App) {
    tokio::spawn(async move {
        if let Err(error) = app.listing().await
            && !matches!(error, Refusal::NoRegion)
        {
            tracing::warn!(%error, "the contract list is not built yet");
        }
    });
}

/// Serves until SIGINT or SIGTERM; requests under way are answered first, within the configured limit.
pub async fn serve(
    app: App,
    configuration: &Configuration,
    origin: DataOrigin,
    log_key: LogKey,
) -> CommandResult {
    operation::log_to_stderr(&configuration.log);
    let provider = Provider::of(configuration, &app.clock)?.map(Arc::new);
    let couriers = Couriers::of(configuration, &app.clock)?;
    let (listener, address) = listen(configuration.listen).await?;
    // The first reader should not wait for the columns. Before a region is chosen there are none.
    match app.figures().await {
        Ok(_) | Err(Refusal::NoRegion) => {}
        Err(refusal) => return Err(refusal),
    }
    let db = app.db.clone();
    let app = app.with_sessions(SessionLimits {
        absolute_ms: milliseconds(configuration.sessions.absolute_hours * 60),
        idle_ms: milliseconds(configuration.sessions.idle_minutes),
    });
    let operation = Operation::new(&app, configuration);
    warm_up(app.clone());
    let imports = ImportWorker::start(&app)?;
    let index = IndexWorker::start(&app);
    let screening = ScreeningWorker::start(&app);
    let offered = couriers.offered().into();
    let notices = NoticeWorker::start(&app, couriers)?;
    let public_origin = configuration.public_origin.clone();
    // The demo has its people; anybody who can reach a new server must show that they can also see it.
    let (setup, code) = match origin {
        DataOrigin::Example => (SetupGate::closed(), None),
        DataOrigin::Real => SetupGate::of_server(&app, address.ip())?,
    };
    if let (Some(code), Some(_)) = (code, setup_step(&app).await?) {
        say(&format!("首次启用，启用码：{code}"), &format!("first run, setup code: {code}"));
    }
    let trusted_proxies = Arc::new(configuration.trusted_proxies.clone());
    let pages = PageState {
        app,
        origin,
        log_key: Arc::new(log_key),
        public_origin,
        trusted_proxies,
        setup,
        provider,
        offered,
    };
    let router = operation::layered(router(pages), &operation);
    let metrics = match configuration.metrics.listen {
        Some(listen_on) => {
            let (listener, address) = listen(listen_on).await?;
            tracing::info!(%address, "metrics");
            Some(tokio::spawn(serve_metrics(listener, operation.clone(), configuration.clone())))
        }
        None => None,
    };
    match configuration.log.format {
        LogFormat::Json => tracing::info!(address = %format!("http://{address}"), "serving"),
        LogFormat::Text => say(&format!("已启动：http://{address}"), &format!("serving at http://{address}")),
    }

    let notice = Duration::from_secs(configuration.stop.notice_seconds);
    let limit = Duration::from_secs(configuration.stop.limit_seconds);
    let stop = async {
        stop_signal().await;
        tracing::info!("stopping");
        operation.begin_stop();
        tokio::time::sleep(notice).await;
    };
    match operation::serve_until(listener, router, configuration.limits.connections, limit, stop).await {
        Ending::Answered => tracing::info!("stopped"),
        Ending::Cut(connections) => tracing::warn!(connections, "stopped before all were answered"),
    }
    if let Some(metrics) = metrics {
        metrics.abort();
    }
    screening.stop();
    index.stop();
    imports.stop().await;
    notices.stop().await;
    db.close().await;
    Ok(Outcome::Done)
}

async fn serve_metrics(listener: TcpListener, operation: Operation, configuration: Configuration) {
    let router = operation::metrics_router(&operation);
    let connections = configuration.limits.connections;
    // It goes on to the end, so that the stopping itself can be watched.
    operation::serve_until(listener, router, connections, Duration::ZERO, std::future::pending()).await;
}

fn milliseconds(minutes: u64) -> i64 {
    i64::try_from(minutes * 60_000).expect("invariant: the configuration allows a month at the most")
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), Refusal> {
    let failed = |source| Refusal::File { path: address.to_string(), source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
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
