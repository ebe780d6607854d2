//! `cargo xtask db`: a private PostgreSQL kept under target/ for development.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::postgres::{self, Address, Programs};
use crate::{run, workspace};

/// Runs the task.
pub fn db(arguments: &[String]) -> Result<()> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let programs = Programs::ensure()?;
    let folder = kept_folder(&programs)?;
    match words[..] {
        [] | ["start"] => start(&programs, &folder),
        ["stop"] => stop(&programs, &folder),
        ["status"] => status(&programs, &folder),
        ["url"] => {
            run::say(&running(&programs, &folder)?.context("not running: cargo xtask db start")?.url());
            Ok(())
        }
        _ => bail!("it takes start, stop, status or url"),
    }
}

fn start(programs: &Programs, folder: &Path) -> Result<()> {
    if let Some(address) = running(programs, folder)? {
        run::say(&address.url());
        return Ok(());
    }
    let data = folder.join("data");
    if !data.join("PG_VERSION").exists() {
        run::step(&format!("make a cluster in {}", folder.display()));
        postgres::initialise(programs, folder)?;
    }
    let port = match read_port(folder) {
        // The same port as last time, so that a URL noted somewhere stays good, unless it is taken.
        Some(port) if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() => port,
        _ => run::free_port()?,
    };
    std::fs::write(folder.join("port"), port.to_string())?;
    let mut pg_ctl = programs.command("pg_ctl", folder);
    pg_ctl.arg("-D").arg(&data).arg("-l").arg(folder.join("log"));
    // pg_ctl hands its option string to a shell.
    let options: Vec<String> =
        postgres::options(folder, port).iter().map(|option| format!("'{option}'")).collect();
    pg_ctl.arg("-o").arg(options.join(" ")).args(["-W", "start"]);
    // The server would inherit a pipe and keep it open; it gets none.
    pg_ctl.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    run::succeeded("pg_ctl start", pg_ctl.status()?)?;
    postgres::wait_until_ready(programs, folder, port, || Ok(true))?;
    let address = Address { port, password: read_password(folder)? };
    postgres::ensure_database(programs, folder, &address)?;
    run::say(&address.url());
    Ok(())
}

fn stop(programs: &Programs, folder: &Path) -> Result<()> {
    if running(programs, folder)?.is_none() {
        run::say("not running");
        return Ok(());
    }
    let mut pg_ctl = programs.command("pg_ctl", folder);
    pg_ctl.arg("-D").arg(folder.join("data")).args(["-m", "fast", "-w", "stop"]);
    run::run_quietly(&mut pg_ctl)?;
    run::say("stopped; the data stay");
    Ok(())
}

fn status(programs: &Programs, folder: &Path) -> Result<()> {
    match running(programs, folder)? {
        Some(address) => run::say(&format!("running: {}\ndata: {}", address.url(), folder.display())),
        None => run::say(&format!("not running\ndata: {}", folder.display())),
    }
    Ok(())
}

/// Gives the address of the running server.
fn running(programs: &Programs, folder: &Path) -> Result<Option<Address>> {
    let mut pg_ctl = programs.command("pg_ctl", folder);
    pg_ctl.arg("-D").arg(folder.join("data")).arg("status");
    let is_running = pg_ctl.output().context("cannot start pg_ctl")?.status.success();
    match read_port(folder) {
        Some(port) if is_running => Ok(Some(Address { port, password: read_password(folder)? })),
        _ => Ok(None),
    }
}

fn read_port(folder: &Path) -> Option<u16> {
    std::fs::read_to_string(folder.join("port")).ok()?.trim().parse().ok()
}

fn read_password(folder: &Path) -> Result<String> {
    std::fs::read_to_string(folder.join("password")).context("the cluster's password file is gone")
}

/// Gives target/postgres, or a folder under /var/tmp named after it where the server's user may not
/// enter the repository (a clone in root's home).
fn kept_folder(programs: &Programs) -> Result<PathBuf> {
    let near = workspace::target().join("postgres");
    if programs.make_folder(&near)? {
        return Ok(near);
    }
    let name: String =
        near.to_string_lossy().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let far = PathBuf::from(format!("/var/tmp/xiaoxiang{name}"));
    if programs.make_folder(&far)? {
        return Ok(far);
    }
    bail!("neither {} nor {} can be entered by the server's user", near.display(), far.display())
}
