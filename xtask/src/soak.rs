//! `cargo xtask soak`: the same tests with large numbers, and our files opened by LibreOffice.
//!
//! Tests that draw histories or kill processes read how many from the environment and keep to a
//! small fixed number without it, so there is one set of tests and no second, ignored one.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::arguments::Arguments;
use crate::guard::Guard;
use crate::postgres::Cluster;
use crate::{packages, run, test, workspace};

const HISTORIES: u64 = 10_000;
const CRASHES: u64 = 100;
/// A page with a table is larger than this; an empty one is not.
const PDF_BYTES_MIN: u64 = 4_000;
const OFFICE_SECONDS_MAX: &str = "180";

/// The bulletins that are written and converted, as arguments of `xiaoxiang bulletin`.
const BULLETINS: &[&[&str]] = &[
    &["--period", "2017", "--direction", "registered", "--by", "type", "--compare", "previous-year"],
    &["--period", "2017", "--direction", "absorbed", "--by", "city", "--compare", "previous-year"],
    &["--period", "2026-01..2026-05", "--direction", "output", "--by", "city,type"],
];

/// Runs the task.
pub fn soak(given: &[String]) -> Result<()> {
    let arguments = Arguments::read(given, &["histories", "crashes"])?;
    let histories = arguments.number("histories")?.unwrap_or(HISTORIES);
    let crashes = arguments.number("crashes")?.unwrap_or(CRASHES);
    packages::ensure(&[packages::LIBREOFFICE_CALC, packages::LIBREOFFICE_WRITER])?;

    let mut guard = Guard::start()?;
    let cluster = Cluster::start(&mut guard, &[])?;
    let since = Instant::now();
    run::step(&format!("tests in release with {histories} histories and {crashes} crashes"));
    let mut tests = test::release_tests(&arguments.words);
    tests.env("XIAOXIANG_TEST_POSTGRES", cluster.address.url());
    tests.env("XIAOXIANG_SOAK_HISTORIES", histories.to_string());
    tests.env("XIAOXIANG_SOAK_CRASHES", crashes.to_string());
    tests.env("TZ", test::FOREIGN_TIME_ZONE);
    let tested = test::guarded(&mut guard, &mut tests);
    run::took("tests", since);

    let converted = if arguments.words.is_empty() { convert_bulletins(&mut guard) } else { Ok(()) };
    drop(guard);
    tested?;
    converted
}

/// Writes bulletins of the example province and has LibreOffice open every one of them.
fn convert_bulletins(guard: &mut Guard) -> Result<()> {
    let since = Instant::now();
    run::step("open what we write with LibreOffice");
    run::run(&mut run::cargo(&["build", "--release", "--package", "xiaoxiang-server"]))?;
    let folder = std::env::temp_dir().join(format!("xiaoxiang-soak-{}", run::random_hex(6)?));
    std::fs::create_dir_all(&folder)?;
    guard.watch_folder(&folder)?;
    let program = workspace::binary("release");
    let mut demo = Command::new(&program);
    demo.args(["demo", "--no-serve", "--data-dir"]).arg(&folder);
    test::guarded(guard, &mut demo)?;

    for (number, bulletin) in BULLETINS.iter().enumerate() {
        let write = |format: &str| -> Result<PathBuf> {
            let file = folder.join(format!("bulletin-{number}.{format}"));
            let mut command = Command::new(&program);
            command.arg("bulletin").args(*bulletin).args(["--format", format, "--out"]).arg(&file);
            command.arg("--database").arg(format!("sqlite:{}", folder.join("xiaoxiang.db").display()));
            run::run_quietly(&mut command)?;
            if !file.exists() {
                bail!("{} left no file", run::shown(&command));
            }
            Ok(file)
        };
        let own = std::fs::read_to_string(write("csv")?)?;
        let sheet = write("xlsx")?;
        let paper = write("docx")?;
        for file in [&sheet, &paper] {
            let printed = convert(&folder, file, "pdf", "pdf")?;
            let bytes = std::fs::metadata(&printed)?.len();
            if bytes < PDF_BYTES_MIN {
                bail!("{} becomes a PDF of only {bytes} bytes", file.display());
            }
        }
        let read_back = std::fs::read_to_string(convert(
            &folder,
            &sheet,
            "csv",
            "csv:Text - txt - csv (StarCalc):44,34,76",
        )?)?;
        for label in own.lines().skip(1).filter_map(|line| line.split(',').next()) {
            if !read_back.contains(label.trim_matches('"')) {
                bail!("LibreOffice does not show the row {label} of {}", sheet.display());
            }
        }
        run::say(&format!("    opened cleanly: bulletin {}", bulletin.join(" ")));
    }
    run::took("conversion", since);
    Ok(())
}

/// Converts one file; LibreOffice succeeds even when it could not, so the result is looked for.
fn convert(folder: &Path, file: &Path, extension: &str, filter: &str) -> Result<PathBuf> {
    let stem = file.file_stem().context("invariant: our files have names")?.to_string_lossy();
    let kind = file.extension().context("invariant: our files have endings")?.to_string_lossy();
    let out = folder.join(format!("from-{kind}"));
    let mut office = Command::new("timeout");
    office.args([OFFICE_SECONDS_MAX, "soffice", "--headless", "--norestore"]);
    office.arg(format!("-env:UserInstallation=file://{}", folder.join("office").display()));
    office.args(["--convert-to", filter, "--outdir"]).arg(&out).arg(file);
    run::run_quietly(&mut office)?;
    let result = out.join(format!("{stem}.{extension}"));
    if !result.exists() {
        bail!("LibreOffice cannot open {}", file.display());
    }
    Ok(result)
}
