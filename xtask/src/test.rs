//! `cargo xtask test`: all tests, on both databases and in the browser.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::browser::Driver;
use crate::front_end::{self, Node};
use crate::guard::Guard;
use crate::postgres::Cluster;
use crate::workspace::WORKSPACE;
use crate::{fuzz, packages, run, workspace};

/// The package of the whole journeys; it runs last, on the built program.
const JOURNEYS: &str = "xiaoxiang-e2e";
/// Half an hour off the whole hours and far from China: a day taken from the machine's own time zone shows.
pub const FOREIGN_TIME_ZONE: &str = "America/St_Johns";

/// Runs the task; `filters` go to the test runner.
pub fn test(filters: &[String]) -> Result<()> {
    let since = Instant::now();
    packages::ensure(&[
        packages::POSTGRESQL,
        packages::CHROMIUM,
        packages::CHROMIUM_DRIVER,
        packages::CHINESE_FONTS,
    ])?;
    front_end::build(Node::Required)?;

    let mut guard = Guard::start()?;
    let cluster = Cluster::start(&mut guard, &[])?;
    let driver = Driver::start(&mut guard)?;

    let building = Instant::now();
    run::step("build the tests and the server");
    let mut build = run::cargo(&["build", "--lib", "--bins", "--tests"]);
    // The database for the invented requests is made by an example of the server.
    build.args(["--example", fuzz::EXAMPLE]).args(WORKSPACE);
    guarded(&mut guard, &mut build)?;
    run::took("build", building);

    let binary = workspace::binary("debug");
    if !binary.exists() {
        bail!("the build left no {}", binary.display());
    }
    let province = prepare_province(&mut guard, &binary)?;
    let runner = Runner::find();
    let mut failures = Vec::new();
    let mut steps = vec![("unit and integration tests", runner.all_but(JOURNEYS, filters))];
    if filters.is_empty() {
        steps
            .push(("examples in the documentation", cargo_test(&[&WORKSPACE[..], &["--doc"]].concat(), &[])));
    }
    steps.push(("whole journeys", runner.only(JOURNEYS, filters)));
    for (name, mut command) in steps {
        let running = Instant::now();
        run::step(name);
        command.env("XIAOXIANG_TEST_POSTGRES", cluster.address.url());
        command.env("XIAOXIANG_WEBDRIVER", &driver.url).env("XIAOXIANG_BIN", &binary);
        command.env("XIAOXIANG_PROVINCE", &province).env("TZ", FOREIGN_TIME_ZONE);
        if let Err(error) = guarded(&mut guard, &mut command) {
            run::complain(&format!("{error:#}"));
            failures.push(name);
        }
        run::took(name, running);
    }
    if filters.is_empty() {
        let running = Instant::now();
        run::step("the API under invented requests");
        if let Err(error) = fuzz::fuzz(&mut guard, &binary) {
            run::complain(&format!("{error:#}"));
            failures.push("the API under invented requests");
        }
        run::took("the API under invented requests", running);
    }
    drop(guard);
    run::took("everything", since);
    if failures.is_empty() { Ok(()) } else { bail!("failed: {}", failures.join(", ")) }
}

/// Prepares the example province once; each journey works on a copy.
fn prepare_province(guard: &mut Guard, binary: &Path) -> Result<PathBuf> {
    let preparing = Instant::now();
    run::step("prepare the example province");
    let folder = std::env::temp_dir().join(format!("xiaoxiang-province-{}", run::random_hex(6)?));
    std::fs::create_dir_all(&folder)?;
    guard.watch_folder(&folder)?;
    let mut prepare = Command::new(binary);
    prepare.args(["demo", "--no-serve", "--data-dir"]).arg(&folder);
    guarded(guard, &mut prepare)?;
    run::took("province", preparing);
    Ok(folder)
}

/// Runs a program whose process group ends with the task, even if the task is killed.
pub fn guarded(guard: &mut Guard, command: &mut Command) -> Result<()> {
    let shown = run::shown(command);
    run::say(&format!("    $ {shown}"));
    // A group of its own may not read from the terminal, so it gets nothing to read.
    let mut child = command
        .stdin(Stdio::null())
        .process_group(0)
        .spawn()
        .with_context(|| format!("cannot start {shown}"))?;
    guard.watch_group(&child)?;
    let status = child.wait()?;
    guard.forget(&child)?;
    run::succeeded(&shown, status)
}

/// Prepares the tests in release, without the whole journeys and without a limit on a test's time.
pub fn release_tests(filters: &[String]) -> Command {
    match Runner::find() {
        Runner::Nextest => {
            let mut command = nextest(&format!("not package({JOURNEYS})"), filters);
            command.args(["--release", "--profile", "soak"]);
            command
        }
        Runner::Cargo => {
            let selection = [&WORKSPACE[..], &["--release", "--exclude", JOURNEYS]].concat();
            cargo_test(&selection, filters)
        }
    }
}

/// The program that runs the tests: cargo-nextest where it is there, else cargo's own.
#[derive(Debug, Clone, Copy)]
enum Runner {
    Nextest,
    Cargo,
}

impl Runner {
    fn find() -> Self {
        if run::on_path("cargo-nextest").is_some() { Self::Nextest } else { Self::Cargo }
    }

    fn all_but(self, package: &str, filters: &[String]) -> Command {
        match self {
            Self::Nextest => nextest(&format!("not package({package})"), filters),
            Self::Cargo => {
                let rest = ["--exclude", package, "--lib", "--bins", "--tests"];
                cargo_test(&[&WORKSPACE[..], &rest].concat(), filters)
            }
        }
    }

    fn only(self, package: &str, filters: &[String]) -> Command {
        match self {
            Self::Nextest => nextest(&format!("package({package})"), filters),
            Self::Cargo => cargo_test(&["--package", package, "--tests"], filters),
        }
    }
}

fn nextest(expression: &str, filters: &[String]) -> Command {
    // Always the whole workspace, narrowed by expression: another choice of packages would unify
    // features differently and build the dependencies twice.
    let mut command = run::cargo(&["nextest", "run", "--no-fail-fast", "-E", expression]);
    command.args(WORKSPACE);
    if !filters.is_empty() {
        command.arg("--no-tests=warn");
    }
    command.args(filters);
    command
}

fn cargo_test(selection: &[&str], filters: &[String]) -> Command {
    let mut command = run::cargo(&["test", "--no-fail-fast"]);
    command.args(selection);
    if !filters.is_empty() {
        command.arg("--").args(filters);
    }
    command
}
