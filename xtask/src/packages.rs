//! Debian packages that a task needs and the machine may lack.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::run;

/// A package, and how to see that its content is there without asking the package system.
#[derive(Debug, Clone, Copy)]
pub struct Package {
    name: &'static str,
    is_present: fn() -> bool,
}

/// The database server that production uses beside SQLite.
pub const POSTGRESQL: Package =
    Package { name: "postgresql-15", is_present: || crate::postgres::find_programs().is_some() };
/// The browser of the whole-journey tests.
pub const CHROMIUM: Package = Package { name: "chromium", is_present: || run::on_path("chromium").is_some() };
/// What lets a program drive that browser.
pub const CHROMIUM_DRIVER: Package =
    Package { name: "chromium-driver", is_present: || run::on_path("chromedriver").is_some() };
/// Chinese glyphs, without which a page shows boxes.
pub const CHINESE_FONTS: Package = Package { name: "fonts-noto-cjk", is_present: has_chinese_font };
/// Opens the XLSX files that we write.
pub const LIBREOFFICE_CALC: Package =
    Package { name: "libreoffice-calc-nogui", is_present: || has_office("calc") };
/// Opens the DOCX files that we write.
pub const LIBREOFFICE_WRITER: Package =
    Package { name: "libreoffice-writer-nogui", is_present: || has_office("writer") };

/// Makes the Python environment that holds the benchmark's peer.
pub const PYTHON_VENV: Package = Package { name: "python3-venv", is_present: has_python_venv };

fn has_python_venv() -> bool {
    let asked = Command::new("python3").args(["-c", "import venv, ensurepip"]).output();
    asked.is_ok_and(|output| output.status.success())
}

fn has_chinese_font() -> bool {
    let listed = Command::new("fc-list").args([":lang=zh", "family"]).output();
    listed.is_ok_and(|output| !output.stdout.is_empty())
        || Path::new("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc").exists()
}

fn has_office(part: &str) -> bool {
    let registry = format!("/usr/lib/libreoffice/share/registry/{part}.xcd");
    run::on_path("soffice").is_some()
        && (Path::new(&registry).exists() || !Path::new("/usr/lib/libreoffice").exists())
}

/// Installs what is missing of `wanted`; asks the package system only then.
pub fn ensure(wanted: &[Package]) -> Result<()> {
    let missing: Vec<&str> =
        wanted.iter().filter(|package| !(package.is_present)()).map(|package| package.name).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.join(" ");
    run::step(&format!("install {list}"));
    if run::on_path("apt-get").is_none() {
        bail!(
            "this machine lacks {list} and has no apt-get: install them by its own means and run this again"
        );
    }
    let since = Instant::now();
    run::run(&mut apt_get(&["update", "-qq"])?)?;
    let mut arguments = vec!["install", "-y", "-qq", "--no-install-recommends"];
    arguments.extend(&missing);
    run::run(&mut apt_get(&arguments)?)?;
    run::took("installed", since);

    let still: Vec<&str> =
        wanted.iter().filter(|package| !(package.is_present)()).map(|package| package.name).collect();
    if !still.is_empty() {
        bail!("{} installed, but not found where it should be", still.join(" "));
    }
    Ok(())
}

fn apt_get(arguments: &[&str]) -> Result<Command> {
    let mut command = if crate::postgres::is_root()? {
        Command::new("apt-get")
    } else if run::on_path("sudo").is_some() {
        let mut command = Command::new("sudo");
        // With nobody to type a password, sudo says so at once instead of waiting.
        if std::env::var_os("CI").is_some() {
            command.arg("-n");
        }
        command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        command
    } else {
        bail!("neither root nor sudo: ask an administrator to run apt-get {}", arguments.join(" "));
    };
    command.env("DEBIAN_FRONTEND", "noninteractive").args(["-o", "Dpkg::Use-Pty=0"]).args(arguments);
    Ok(command)
}

/// Gives the id of the named user, or of the user that runs this process.
pub fn user_id(named: Option<&str>) -> Result<u32> {
    let mut command = Command::new("id");
    command.arg("-u").args(named);
    run::run_quietly(&mut command)?.trim().parse().context("id printed no number")
}
