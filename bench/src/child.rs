//! The part of a bench whose memory counts, in a process that does nothing else.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use xiaoxiang_domain::fact::Source;
use xiaoxiang_services::contract::{Consent, ImportRequest, Strictness, import_contracts};

use crate::{machine, place, web_server};

/// The first argument of such a process.
pub const WORD: &str = "child";

/// What a child reports.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    pub took: Duration,
    pub rows: i64,
    pub peak_megabytes: i128,
}

/// Does a child's work and prints what came of it.
pub async fn run(given: &[String]) -> Result<()> {
    let words: Vec<&str> = given.iter().map(String::as_str).collect();
    if let ["serve", address] = words[..] {
        return web_server::serve(address).await;
    }
    let (took, rows) = match words[..] {
        ["load", address] => load(address).await?,
        ["import", address, path] => import(address, path).await?,
        _ => bail!("a child knows load, import and serve"),
    };
    let line = json!({
        "micros": u64::try_from(took.as_micros())?,
        "rows": rows,
        "megabytes": i64::try_from(machine::peak_megabytes())?,
    });
    use std::io::Write as _;
    Ok(writeln!(std::io::stdout(), "{line}")?)
}

async fn load(address: &str) -> Result<(Duration, i64)> {
    let app = place::open(address).await?;
    let started = Instant::now();
    let figures = app.figures().await?;
    Ok((started.elapsed(), i64::try_from(figures.columns().len())?))
}

async fn import(address: &str, path: &str) -> Result<(Duration, i64)> {
    let app = place::open(address).await?;
    let started = Instant::now();
    let request = ImportRequest {
        source: Source::Registry,
        file_name: "bench",
        bytes: std::fs::read(path)?,
        strictness: Strictness::AllOrNothing,
        consent: Consent::ListOnly,
        is_dry_run: false,
    };
    let report = import_contracts(&app, &place::ACTOR, request, |_| ()).await?;
    let took = started.elapsed();
    if let Some(problem) = report.problems.first() {
        bail!("{} problems, the first: {problem:?}", report.problem_count);
    }
    Ok((took, i64::try_from(report.new)?))
}

/// Starts a child and waits for what it reports.
pub async fn start(words: &[&str]) -> Result<Outcome> {
    let mut command = std::process::Command::new(std::env::current_exe()?);
    command.arg(WORD).args(words).stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = tokio::task::spawn_blocking(move || command.output()).await??;
    let text = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        bail!("the child {} failed: {text}", words.join(" "));
    }
    let said: Value = serde_json::from_str(text.trim()).context("a child prints one line of JSON")?;
    let number = |key: &str| said[key].as_i64().with_context(|| format!("the child says no {key}"));
    Ok(Outcome {
        took: Duration::from_micros(u64::try_from(number("micros")?)?),
        rows: number("rows")?,
        peak_megabytes: number("megabytes")?.into(),
    })
}

/// A path as an argument.
pub fn word(path: &Path) -> Result<&str> {
    path.to_str().context("paths of the bench are UTF-8")
}
