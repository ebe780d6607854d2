//! A PostgreSQL cluster of our own, for tests, benchmarks and development.
//!
//! PostgreSQL refuses to run as root; root therefore runs it as the user `postgres` of Debian's
//! package. The cluster orders text by code point (locale C), keeps `fsync` on like production, and
//! listens on a free port of 127.0.0.1 with a password that is drawn anew for every cluster.

use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::guard::Guard;
use crate::{packages, run};

/// The oldest version that the SQL is written for, and the one that Debian 12 has.
const VERSION_MIN: u32 = 15;
const READY_WAIT: Duration = Duration::from_secs(30);
const START_TRIES: u32 = 3;
/// Enough for every test to have its own databases at once.
const CONNECTIONS_MAX: u32 = 200;
/// The kernel takes no longer name for a Unix socket; PostgreSQL adds `/.s.PGSQL.65535` to the folder.
const SOCKET_FOLDER_LEN_MAX: usize = 90;
/// Name of the role that owns the cluster, and of the database that the URL names.
const ROLE: &str = "xiaoxiang";
const SERVER_USER: &str = "postgres";

/// Tells whether this process is root.
pub fn is_root() -> Result<bool> {
    Ok(packages::user_id(None)? == 0)
}

/// Finds the folder of the server programs: 15 where it is there, else the newest later version.
pub fn find_programs() -> Option<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let version = path.file_name()?.to_str()?.parse().ok()?;
            let programs = path.join("bin");
            (version >= VERSION_MIN && programs.join("postgres").is_file()).then_some((version, programs))
        })
        .collect();
    versions.sort();
    let exact = versions.iter().position(|(version, _)| *version == VERSION_MIN);
    match exact {
        Some(index) => Some(versions.swap_remove(index).1),
        None => versions.pop().map(|(_, programs)| programs),
    }
}

/// Where the server programs are and as whom they run.
#[derive(Debug)]
pub struct Programs {
    folder: PathBuf,
    runs_as: Option<(u32, u32)>,
}

impl Programs {
    /// Installs the server if it is missing and finds the user that runs it.
    pub fn ensure() -> Result<Self> {
        packages::ensure(&[packages::POSTGRESQL])?;
        let folder = find_programs().context("no PostgreSQL server programs under /usr/lib/postgresql")?;
        let runs_as = if is_root()? {
            let user = packages::user_id(Some(SERVER_USER))
                .context("root may not run PostgreSQL, and there is no user postgres to run it as")?;
            let group = run::run_quietly(Command::new("id").args(["-g", SERVER_USER]))?;
            Some((user, group.trim().parse().context("id printed no group")?))
        } else {
            None
        };
        Ok(Self { folder, runs_as })
    }

    /// Prepares one of the server's programs as the user that runs the server, inside `folder`.
    pub fn command(&self, program: &str, folder: &Path) -> Command {
        let mut command = Command::new(self.folder.join(program));
        command.current_dir(folder).env("HOME", folder).env("LC_ALL", "C.UTF-8").stdin(Stdio::null());
        for variable in ["PGDATA", "PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE", "PGOPTIONS"] {
            command.env_remove(variable);
        }
        if let Some((user, group)) = self.runs_as {
            command.uid(user).gid(group);
        }
        command
    }

    /// Makes a folder that only the server's user may enter; false where that user cannot reach it.
    pub fn make_folder(&self, folder: &Path) -> Result<bool> {
        if folder.is_symlink() {
            bail!("{} is a symbolic link; it could lead anywhere", folder.display());
        }
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
        if let Some((user, group)) = self.runs_as {
            std::os::unix::fs::chown(folder, Some(user), Some(group))?;
        }
        let mut look = Command::new("test");
        look.arg("-w").arg(folder).current_dir("/");
        if let Some((user, group)) = self.runs_as {
            look.uid(user).gid(group);
        }
        Ok(look.status()?.success())
    }
}

/// What a program needs to reach a cluster.
#[derive(Debug)]
pub struct Address {
    /// The port of 127.0.0.1.
    pub port: u16,
    /// The password of the owning role.
    pub password: String,
}

impl Address {
    /// Writes the address as programs take it.
    pub fn url(&self) -> String {
        format!("postgres://{ROLE}:{}@127.0.0.1:{}/{ROLE}", self.password, self.port)
    }
}

/// Makes a new cluster in `folder`/data and gives its password.
pub fn initialise(programs: &Programs, folder: &Path) -> Result<String> {
    let password = run::random_hex(16)?;
    let password_file = folder.join("password");
    std::fs::write(&password_file, &password)?;
    std::fs::set_permissions(&password_file, std::fs::Permissions::from_mode(0o600))?;
    if let Some((user, group)) = programs.runs_as {
        std::os::unix::fs::chown(&password_file, Some(user), Some(group))?;
    }
    let mut initdb = programs.command("initdb", folder);
    initdb.args(["--locale=C", "--encoding=UTF8", "--auth-local=trust", "--auth-host=password"]);
    initdb.args(["--username", ROLE]).arg("--pgdata").arg(folder.join("data"));
    initdb.arg("--pwfile").arg(&password_file);
    run::run_quietly(&mut initdb)?;
    Ok(password)
}

/// Gives the server's own options for a port and a socket folder.
pub fn options(folder: &Path, port: u16) -> Vec<String> {
    let sockets = match folder.to_str() {
        Some(text) if text.len() <= SOCKET_FOLDER_LEN_MAX => text,
        _ => "",
    };
    let settings = [
        format!("port={port}"),
        "listen_addresses=127.0.0.1".to_owned(),
        format!("unix_socket_directories={sockets}"),
        format!("max_connections={CONNECTIONS_MAX}"),
        "timezone=UTC".to_owned(),
    ];
    settings.into_iter().flat_map(|setting| ["-c".to_owned(), setting]).collect()
}

/// Creates the database that the URL names, unless it is there.
pub fn ensure_database(programs: &Programs, folder: &Path, address: &Address) -> Result<()> {
    let psql = |sql: &str| {
        let mut command = programs.command("psql", folder);
        command.env("PGPASSWORD", &address.password);
        command.args(["-h", "127.0.0.1", "-p", &address.port.to_string(), "-U", ROLE, "-d", "postgres"]);
        command.args(["--no-psqlrc", "-qtAc", sql]);
        run::run_quietly(&mut command)
    };
    if psql(&format!("SELECT 1 FROM pg_database WHERE datname = '{ROLE}'"))?.trim().is_empty() {
        psql(&format!("CREATE DATABASE {ROLE}"))?;
    }
    Ok(())
}

/// Waits until the server answers on its port; `is_alive` tells when waiting has become pointless.
pub fn wait_until_ready(
    programs: &Programs,
    folder: &Path,
    port: u16,
    mut is_alive: impl FnMut() -> Result<bool>,
) -> Result<()> {
    let deadline = Instant::now() + READY_WAIT;
    loop {
        let mut ask = programs.command("pg_isready", folder);
        ask.args(["-q", "-h", "127.0.0.1", "-p", &port.to_string()]);
        if ask.status().context("cannot start pg_isready")?.success() {
            return Ok(());
        }
        if !is_alive()? || Instant::now() > deadline {
            let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
            let lines: Vec<&str> = log.lines().collect();
            bail!("PostgreSQL did not start:\n{}", lines[lines.len().saturating_sub(20)..].join("\n"));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A cluster that lives as long as the task's guard.
#[derive(Debug)]
pub struct Cluster {
    /// Where it listens.
    pub address: Address,
    /// Held so that the process is not collected, and its number not given away, before the guard ends it.
    _server: Child,
}

impl Cluster {
    /// Starts a fresh cluster in a fresh temporary folder, with more settings where wanted.
    pub fn start(guard: &mut Guard, settings: &[&str]) -> Result<Self> {
        let programs = Programs::ensure()?;
        let since = Instant::now();
        run::step("start a private PostgreSQL");
        let folder = fresh_folder(guard, &programs)?;
        let password = initialise(&programs, &folder)?;
        let mut failure = None;
        for _ in 0..START_TRIES {
            // Somebody else may take the port between the look and the start; then another is tried.
            let port = run::free_port()?;
            let log = std::fs::File::create(folder.join("log"))?;
            let mut command = programs.command("postgres", &folder);
            command.arg("-D").arg(folder.join("data")).args(options(&folder, port));
            command.args(settings.iter().flat_map(|setting| ["-c", setting]));
            let mut server = command
                .process_group(0)
                .stdout(log.try_clone()?)
                .stderr(log)
                .spawn()
                .context("cannot start PostgreSQL")?;
            guard.watch_postgres(&server)?;
            match wait_until_ready(&programs, &folder, port, || Ok(server.try_wait()?.is_none())) {
                Ok(()) => {
                    let address = Address { port, password };
                    ensure_database(&programs, &folder, &address)?;
                    run::took(&format!("PostgreSQL answers on 127.0.0.1:{port}"), since);
                    return Ok(Self { address, _server: server });
                }
                Err(error) => {
                    if server.try_wait()?.is_none() {
                        return Err(error);
                    }
                    guard.forget(&server)?;
                    failure = Some(error);
                }
            }
        }
        Err(failure.expect("invariant: the loop ran at least once"))
    }
}

/// Makes a temporary folder that the server's user can reach.
fn fresh_folder(guard: &mut Guard, programs: &Programs) -> Result<PathBuf> {
    let name = format!("xiaoxiang-postgres-{}", run::random_hex(6)?);
    for parent in [std::env::temp_dir(), "/tmp".into(), "/var/tmp".into()] {
        let folder = parent.join(&name);
        guard.watch_folder(&folder)?;
        if programs.make_folder(&folder)? {
            return Ok(folder);
        }
    }
    bail!("no temporary folder that the user {SERVER_USER} may enter")
}
