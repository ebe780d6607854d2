//! `cargo xtask bench`: the speed targets, measured beside the peers in the same run.
//!
//! The measuring itself is the program `xiaoxiang-bench`. This task gives it what it compares with:
//! a private PostgreSQL, a browser, and a Python that has DuckDB.

use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::arguments::Arguments;
use crate::browser::Driver;
use crate::guard::Guard;
use crate::postgres::Cluster;
use crate::{packages, run, test, workspace};

const PROGRAM: &str = "xiaoxiang-bench";
/// The peer that analysts would otherwise use; a fixed version, so that ratios can be compared.
const DUCKDB: &str = "duckdb==2.0.0";
/// What an administrator would set on a machine of this size, so that the comparison is fair.
const POSTGRES_SETTINGS: &[&str] = &["shared_buffers=2GB", "work_mem=256MB", "max_wal_size=4GB"];

/// Runs the task.
pub fn bench(given: &[String]) -> Result<()> {
    let arguments = Arguments::read(given, &["rows"])?;
    let rows = arguments.number("rows")?;
    if arguments.words.len() > 1 {
        bail!("it takes one name at most");
    }
    if !workspace::root().join("bench/Cargo.toml").exists() {
        bail!("this tree has no package {PROGRAM} in bench/");
    }
    let python = python_with_duckdb()?;
    let building = Instant::now();
    run::step("build in release (a first build takes several minutes)");
    run::run(&mut run::cargo(&["build", "--release", "--package", PROGRAM]))?;
    run::took("build", building);

    let mut guard = Guard::start()?;
    let cluster = Cluster::start(&mut guard, POSTGRES_SETTINGS)?;
    let result = workspace::target().join("bench.json");
    if result.exists() {
        std::fs::remove_file(&result)?;
    }
    let mut program = Command::new(workspace::target().join("release").join(PROGRAM));
    program.current_dir(workspace::root()).args(&arguments.words);
    if let Some(rows) = rows {
        program.args(["--rows", &rows.to_string()]);
    }
    program.env("XIAOXIANG_BENCH_POSTGRES", cluster.address.url());
    let driver = Driver::start(&mut guard)?;
    program.env("XIAOXIANG_WEBDRIVER", &driver.url);
    program.env("XIAOXIANG_BENCH_PYTHON", &python).env("XIAOXIANG_BENCH_JSON", &result);
    run::step("measure");
    test::guarded(&mut guard, &mut program)?;
    drop(guard);
    if !result.exists() {
        bail!("{PROGRAM} left no {}", result.display());
    }
    run::say(&format!("    the same as JSON: {}", result.display()));
    Ok(())
}

/// Makes target/bench-venv unless it is there, and gives its Python.
fn python_with_duckdb() -> Result<PathBuf> {
    let folder = workspace::target().join("bench-venv");
    let python = folder.join("bin/python");
    let has_duckdb = || {
        let version = DUCKDB.rsplit("==").next().expect("invariant: rsplit gives at least one part");
        let question = format!("import duckdb; assert duckdb.__version__ == '{version}'");
        Command::new(&python).args(["-c", &question]).output().is_ok_and(|output| output.status.success())
    };
    if !has_duckdb() {
        run::step("install DuckDB, which only the benchmark uses");
        packages::ensure(&[packages::PYTHON_VENV])?;
        run::run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        let pip =
            ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"];
        run::run(Command::new(&python).args(pip).arg(DUCKDB))?;
    }
    Ok(python)
}
