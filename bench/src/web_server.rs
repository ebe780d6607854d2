//! The server of the bench `web`, in a process of its own: our pages and, beside them, a bare one.

use std::process::Stdio;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use axum::Router;
use axum::extract::State;
use axum::response::Html;
use axum::routing::get;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpListener;
use xiaoxiang_server::pages::PageState;
use xiaoxiang_server::pages::shell::DataOrigin;
use xiaoxiang_server::routes::router;
use xiaoxiang_server::setup_gate::SetupGate;
use xiaoxiang_services::log::LogKey;
use xiaoxiang_store::Db;

use crate::child::WORD;
use crate::place;

/// A server that runs until this is dropped.
pub struct Served {
    process: tokio::process::Child,
    /// Where it answers.
    pub origin: String,
    /// What the columns of statistics take of its memory.
    pub columns_megabytes: i128,
}

impl Served {
    /// The process whose memory counts.
    pub fn process_id(&self) -> u32 {
        self.process.id().unwrap_or_default()
    }
}

/// Starts the server and waits until it answers.
pub async fn start(address: &str) -> Result<Served> {
    let mut process = tokio::process::Command::new(std::env::current_exe()?)
        .args([WORD, "serve", address])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let output = process.stdout.take().context("the server's output is piped")?;
    let line = BufReader::new(output).lines().next_line().await?.context("the server ended at once")?;
    let said: Value = serde_json::from_str(&line).context("the server says where it answers")?;
    let origin = said["origin"].as_str().context("the server has an origin")?.to_owned();
    let columns = said["columns_megabytes"].as_i64().context("the server tells the size of its columns")?;
    Ok(Served { process, origin, columns_megabytes: columns.into() })
}

/// Serves until the process is ended.
pub async fn serve(address: &str) -> Result<()> {
    let app = place::open(address).await?;
    let columns = app.figures().await?.columns().memory_bytes() / 1_000_000;
    let folder = std::env::temp_dir().join(format!("xiaoxiang-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let log_key = Arc::new(LogKey::load_or_create(&app, &folder.join("key.pem"))?);
    let bare = Router::new().route("/bare", get(bare)).with_state(app.db.clone());
    let setup = SetupGate::closed();
    let trusted_proxies = Arc::default();
    let origin = DataOrigin::Example;
    let public_origin = None;
    let state = PageState {
        app,
        origin,
        log_key,
        public_origin,
        trusted_proxies,
        setup,
        provider: None,
        offered: [].into(),
    };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let line = json!({
        "origin": format!("http://{}", listener.local_addr()?),
        "columns_megabytes": i64::try_from(columns)?,
    });
    use std::io::Write as _;
    writeln!(std::io::stdout(), "{line}")?;
    Ok(axum::serve(listener, bare.merge(router(state))).await?)
}

/// What one writes on a free afternoon: one query, one page.
async fn bare(State(db): State<Db>) -> Html<String> {
    const QUERY: &str = "SELECT registration_number FROM contract WHERE contract_key = $1";
    let found: Result<Option<(String,)>, sqlx::Error> = match &db {
        Db::Sqlite { readers, .. } => sqlx::query_as(QUERY).bind(4_711_i64).fetch_optional(readers).await,
        Db::Postgres(pool) => sqlx::query_as(QUERY).bind(4_711_i64).fetch_optional(pool).await,
    };
    let number = found.ok().flatten().map(|(number,)| number).unwrap_or_default();
    Html(format!("<!doctype html><title>bare</title><h1>{number}</h1>"))
}
