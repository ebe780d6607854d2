//! PostgreSQL servers of one test: a primary, its synchronous standby, and the blow that falls on the primary.
//!
//! The server of the other tests cannot be used, since it must not be killed. A missing installation fails the test.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Where Debian keeps the server's programs.
const PROGRAMS: &str = "/usr/lib/postgresql";
const VERSION_MIN: u32 = 15;
/// PostgreSQL refuses root; root runs it as this user.
const SERVER_USER: &str = "postgres";
const ROLE: &str = "xiaoxiang";
const STANDBY_NAME: &str = "standby";
const READY_WAIT: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(50);

/// The folder of the newest PostgreSQL programs that the SQL is written for.
///
/// # Panics
/// Where there are none: a test that needs them never skips.
#[must_use]
pub fn postgres_programs() -> PathBuf {
    let versions = std::fs::read_dir(PROGRAMS).into_iter().flatten().filter_map(|entry| {
        let folder = entry.ok()?.path();
        let version: u32 = folder.file_name()?.to_str()?.parse().ok()?;
        let programs = folder.join("bin");
        (version >= VERSION_MIN && programs.join("postgres").is_file()).then_some((version, programs))
    });
    let newest = versions.max();
    newest.unwrap_or_else(|| panic!("this test needs PostgreSQL {VERSION_MIN} or later under {PROGRAMS}")).1
}

/// One server of a test; killed and removed when the test drops it.
#[derive(Debug)]
pub struct Server {
    folder: tempfile::TempDir,
    process: Child,
    port: u16,
}

impl Server {
    /// Starts an empty server that others may follow.
    #[must_use]
    pub fn start() -> Self {
        let folder = server_folder();
        let data = folder.path().join("data");
        run(program("initdb", folder.path())
            .args(["--locale=C", "--encoding=UTF8", "--auth=trust", "--username", ROLE, "--pgdata"])
            .arg(&data));
        Self::launch(folder, free_port())
    }

    /// Starts a standby of this server and makes every commit wait for it.
    #[must_use]
    pub fn with_synchronous_standby(&self) -> Self {
        let folder = server_folder();
        let source = format!(
            "host=127.0.0.1 port={} user={ROLE} dbname=postgres application_name={STANDBY_NAME}",
            self.port
        );
        run(program("pg_basebackup", folder.path())
            .args(["--write-recovery-conf", "--checkpoint=fast", "--wal-method=stream", "--dbname", &source])
            .arg("--pgdata")
            .arg(folder.path().join("data")));
        let standby = Self::launch(folder, free_port());
        self.ask(&format!("ALTER SYSTEM SET synchronous_standby_names = '{STANDBY_NAME}'"));
        self.ask("SELECT pg_reload_conf()");
        let began = Instant::now();
        while self.ask("SELECT sync_state FROM pg_stat_replication") != "sync" {
            assert!(began.elapsed() < READY_WAIT, "the standby never followed:\n{}", standby.log());
            std::thread::sleep(POLL);
        }
        standby
    }

    /// Kills the server and all its processes at once, as a machine that loses its power.
    pub fn kill(&mut self) {
        let mut all = children_of(self.process.id());
        all.insert(0, self.process.id());
        let numbers: Vec<String> = all.iter().map(u32::to_string).collect();
        let sent = Command::new("kill").arg("-9").args(&numbers).stderr(Stdio::null()).status();
        // A backend may have ended by itself between the look and the blow.
        sent.expect("kill can be started");
        self.process.wait().expect("a killed process is collected");
    }

    /// Makes the standby a server that writes.
    pub fn promote(&self) {
        run(program("pg_ctl", self.folder.path())
            .args(["promote", "-w", "-D"])
            .arg(self.folder.path().join("data")));
    }

    /// What [`crate::Db::connect`] takes; the database is made with [`Server::create_database`].
    #[must_use]
    pub fn address(&self, database: &str) -> String {
        format!("postgres://{ROLE}@127.0.0.1:{}/{database}", self.port)
    }

    /// Creates an empty database.
    pub fn create_database(&self, name: &str) {
        self.ask(&format!("CREATE DATABASE {name} TEMPLATE template0"));
    }

    /// Runs one statement and gives what it printed.
    fn ask(&self, statement: &str) -> String {
        let port = self.port.to_string();
        run(program("psql", self.folder.path()).args([
            "-h",
            "127.0.0.1",
            "-p",
            &port,
            "-U",
            ROLE,
            "-d",
            "postgres",
            "--no-psqlrc",
            "-qtAc",
            statement,
        ]))
    }

    fn launch(folder: tempfile::TempDir, port: u16) -> Self {
        let log = std::fs::File::create(folder.path().join("log")).expect("a log can be written");
        let process = program("postgres", folder.path())
            .arg("-D")
            .arg(folder.path().join("data"))
            .args(["-c", &format!("port={port}"), "-c", "listen_addresses=127.0.0.1"])
            .args(["-c", "unix_socket_directories=", "-c", "hot_standby=on", "-c", "wal_level=replica"])
            .process_group(0)
            .stdout(log.try_clone().expect("a handle can be copied"))
            .stderr(log)
            .spawn()
            .expect("PostgreSQL can be started");
        let mut server = Self { folder, process, port };
        let began = Instant::now();
        loop {
            let port = port.to_string();
            let ready = program("pg_isready", server.folder.path())
                .args(["-q", "-h", "127.0.0.1", "-p", &port])
                .status()
                .is_ok_and(|status| status.success());
            if ready {
                return server;
            }
            let ended = server.process.try_wait().expect("a child can be asked");
            assert!(
                ended.is_none() && began.elapsed() < READY_WAIT,
                "PostgreSQL did not start:\n{}",
                server.log()
            );
            std::thread::sleep(POLL);
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if matches!(self.process.try_wait(), Ok(None)) {
            self.kill();
        }
    }
}

/// A folder that only the server's user may enter, as the server demands.
fn server_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    if let Some((user, group)) = runs_as() {
        std::os::unix::fs::chown(folder.path(), Some(user), Some(group)).expect("root gives folders away");
    }
    folder
}

/// One of the server's programs, run as the server's user, deaf to the environment.
fn program(name: &str, folder: &Path) -> Command {
    let mut command = Command::new(postgres_programs().join(name));
    command.current_dir(folder).env_clear().env("HOME", folder).env("LC_ALL", "C.UTF-8");
    command.stdin(Stdio::null());
    if let Some((user, group)) = runs_as() {
        command.uid(user).gid(group);
    }
    command
}

/// User and group of the server, where this process is root.
fn runs_as() -> Option<(u32, u32)> {
    let number = |arguments: &[&str]| -> u32 {
        let told = Command::new("id").args(arguments).output().expect("id can be started");
        let text = String::from_utf8_lossy(&told.stdout).trim().to_owned();
        text.parse()
            .unwrap_or_else(|_| panic!("root runs PostgreSQL as the user {SERVER_USER}, who is missing"))
    };
    (number(&["-u"]) == 0).then(|| (number(&["-u", SERVER_USER]), number(&["-g", SERVER_USER])))
}

fn run(command: &mut Command) -> String {
    let done = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{command:?}: {said}");
    String::from_utf8_lossy(&done.stdout).trim().to_owned()
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port of 127.0.0.1 can be opened");
    listener.local_addr().expect("an open port has a number").port()
}

/// The processes that a process has started, as Linux tells.
fn children_of(parent: u32) -> Vec<u32> {
    let numbers = std::fs::read_dir("/proc").into_iter().flatten().filter_map(|entry| {
        let number: u32 = entry.ok()?.file_name().to_str()?.parse().ok()?;
        let text = std::fs::read_to_string(format!("/proc/{number}/stat")).ok()?;
        // The name stands in brackets and may hold anything; state and parent follow it.
        let (_, rest) = text.rsplit_once(") ")?;
        let of: u32 = rest.split(' ').nth(1)?.parse().ok()?;
        (of == parent).then_some(number)
    });
    numbers.collect()
}
