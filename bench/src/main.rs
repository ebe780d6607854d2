//! The speed targets, measured beside the peers in the same run.
//!
//! Started by `cargo xtask bench [NAME] [--rows N]`, which gives it a PostgreSQL server, a Python with DuckDB and
//! the file for the results. A measurement whose memory counts runs in a process of its own, so that making the
//! data does not count.

mod benches;
mod child;
mod data;
mod figure;
mod machine;
mod place;
mod report;
mod sheet;
mod web_server;

use anyhow::{Context as _, Result, bail};

use place::Setting;
use report::Report;

/// The benches in the order in which they run.
const NAMES: &[&str] =
    &["load", "table", "contract_list", "follow", "web", "cross", "import", "write", "screen", "matching"];

fn main() -> Result<()> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    if given.first().is_some_and(|word| word == child::WORD) {
        return runtime.block_on(child::run(&given[1..]));
    }
    let (name, rows) = read(&given)?;
    let setting = Setting::from_environment(rows)?;
    let mut report = Report::default();
    for bench in NAMES.iter().copied().filter(|bench| name.as_deref().is_none_or(|name| name == *bench)) {
        runtime.block_on(run(bench, &setting, &mut report)).with_context(|| format!("bench {bench}"))?;
    }
    report.print()?;
    report.save(&setting)
}

async fn run(bench: &str, setting: &Setting, report: &mut Report) -> Result<()> {
    match bench {
        "load" => benches::load::run(setting, report).await,
        "table" => benches::table::run(setting, report).await,
        "contract_list" => benches::contract_list::run(setting, report).await,
        "follow" => benches::follow::run(setting, report).await,
        "web" => benches::web::run(setting, report).await,
        "cross" => benches::cross::run(setting, report).await,
        "import" => benches::import::run(setting, report).await,
        "write" => benches::write::run(setting, report).await,
        "screen" => benches::screen::run(setting, report).await,
        "matching" => benches::matching::run(setting, report).await,
        _ => bail!("there is no bench {bench}"),
    }
}

/// The name of a single bench and the number of rows, where they are given.
fn read(given: &[String]) -> Result<(Option<String>, Option<i64>)> {
    let (mut name, mut rows) = (None, None);
    let mut words = given.iter();
    while let Some(word) = words.next() {
        if word == "--rows" {
            let number = words.next().context("--rows wants a number")?;
            rows = Some(number.parse().with_context(|| format!("--rows {number}"))?);
        } else if NAMES.contains(&word.as_str()) {
            name = Some(word.clone());
        } else {
            bail!("there is no bench {word}: {}", NAMES.join(", "));
        }
    }
    if rows.is_some_and(|rows| rows < ROWS_MIN) {
        bail!("--rows wants at least {ROWS_MIN}");
    }
    Ok((name, rows))
}

/// Fewer rows measure nothing.
const ROWS_MIN: i64 = 1_000;
