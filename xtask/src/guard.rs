//! A second process that ends what a task started, however the task itself ends.
//!
//! The guard reads what to watch from a pipe whose other end only the task holds. When the task is
//! done, fails, is interrupted or is killed, the pipe closes, and the guard stops the processes in
//! the reverse order of their start and removes the folders. So there is one way of cleaning up, it
//! is used on every run, and it needs no signal handlers.

use std::io::{BufRead as _, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// How long a process may take to stop before it is killed.
const PATIENCE: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(20);

/// The task's end of the pipe; dropping it starts the cleaning and waits for it.
#[derive(Debug)]
pub struct Guard {
    child: Child,
}

impl Guard {
    /// Starts the guard, in a process group of its own so that Ctrl-C does not reach it.
    pub fn start() -> Result<Self> {
        let program = std::env::current_exe().context("cannot find this program")?;
        let child = Command::new(program)
            .arg("guard")
            .stdin(Stdio::piped())
            .process_group(0)
            .spawn()
            .context("cannot start the guard")?;
        Ok(Self { child })
    }

    /// Promises that the process group of `child` will be ended.
    pub fn watch_group(&mut self, child: &Child) -> Result<()> {
        self.tell(&format!("group {}", child.id()))
    }

    /// Promises that every process of the session that `child` leads will be ended.
    pub fn watch_session(&mut self, child: &Child) -> Result<()> {
        self.tell(&format!("session {}", child.id()))
    }

    /// Promises that the PostgreSQL server `child` will be shut down.
    pub fn watch_postgres(&mut self, child: &Child) -> Result<()> {
        self.tell(&format!("postgres {}", child.id()))
    }

    /// Promises that `folder` will be removed, after the processes.
    pub fn watch_folder(&mut self, folder: &Path) -> Result<()> {
        let folder = folder.to_str().context("the folder's name is not UTF-8")?;
        self.tell(&format!("folder {folder}"))
    }

    /// Takes back the promise about a process that has ended by itself: its number may be given away.
    pub fn forget(&mut self, child: &Child) -> Result<()> {
        self.tell(&format!("forget {}", child.id()))
    }

    fn tell(&mut self, line: &str) -> Result<()> {
        let pipe = self.child.stdin.as_mut().expect("invariant: the pipe closes only on drop");
        writeln!(pipe, "{line}").context("the guard is gone")
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        if let Err(error) = self.child.wait() {
            crate::run::complain(&format!("cannot wait for the guard: {error}"));
        }
    }
}

/// What the guard has been told to end.
#[derive(Debug, PartialEq, Eq)]
enum Watched {
    Group(u32),
    Session(u32),
    Postgres(u32),
    Folder(PathBuf),
}

/// Is the hidden command `xtask guard`: watches until the pipe closes, then cleans.
pub fn stand_guard() -> Result<()> {
    let mut watched = Vec::new();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let (what, which) = line.split_once(' ').context("the guard was told half a line")?;
        if what == "folder" {
            watched.push(Watched::Folder(which.into()));
            continue;
        }
        let process = which.parse().with_context(|| format!("{which} is no process"))?;
        match what {
            "group" => watched.push(Watched::Group(process)),
            "session" => watched.push(Watched::Session(process)),
            "postgres" => watched.push(Watched::Postgres(process)),
            "forget" => watched.retain(|known| {
                ![Watched::Group(process), Watched::Session(process), Watched::Postgres(process)]
                    .contains(known)
            }),
            _ => bail!("the guard does not know {what}"),
        }
    }
    let (folders, processes): (Vec<_>, Vec<_>) =
        watched.into_iter().partition(|known| matches!(known, Watched::Folder(_)));
    for known in processes.iter().rev() {
        end(known);
    }
    for known in folders {
        if let Watched::Folder(folder) = known
            && folder.exists()
            && let Err(error) = std::fs::remove_dir_all(&folder)
        {
            crate::run::complain(&format!("cannot remove {}: {error}", folder.display()));
        }
    }
    Ok(())
}

fn end(known: &Watched) {
    match known {
        Watched::Group(group) => {
            signal("TERM", &format!("-{group}"));
            if !gone(|process| process.group == *group) {
                signal("KILL", &format!("-{group}"));
            }
        }
        Watched::Session(session) => {
            for name in ["TERM", "KILL"] {
                for process in processes().into_iter().filter(|process| process.session == *session) {
                    signal(name, &process.id.to_string());
                }
                if gone(|process| process.session == *session) {
                    break;
                }
            }
        }
        Watched::Postgres(server) => {
            // An interrupt is PostgreSQL's fast shutdown: clients are cut, data are written.
            signal("INT", &server.to_string());
            if !gone(|process| process.group == *server) {
                signal("KILL", &format!("-{server}"));
            }
        }
        Watched::Folder(_) => {}
    }
}

/// Waits until no living process fits; false when patience ran out.
fn gone(fits: impl Fn(&Process) -> bool) -> bool {
    let deadline = Instant::now() + PATIENCE;
    while processes().iter().any(&fits) {
        if Instant::now() > deadline {
            return false;
        }
        std::thread::sleep(POLL);
    }
    true
}

/// Sends a signal through the shell's `kill`; a target that is already gone is what we want.
fn signal(name: &str, target: &str) {
    let sent = Command::new("sh")
        .args(["-c", "kill -s \"$1\" -- \"$2\"", "sh", name, target])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if let Err(error) = sent {
        crate::run::complain(&format!("cannot send {name} to {target}: {error}"));
    }
}

/// A living process as `/proc` shows it.
#[derive(Debug, PartialEq, Eq)]
struct Process {
    id: u32,
    group: u32,
    session: u32,
}

fn processes() -> Vec<Process> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok())
        .filter_map(|id| parse_stat(&std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?))
        .collect()
}

/// Reads `/proc/N/stat`; dead processes that only wait to be collected do not count.
fn parse_stat(stat: &str) -> Option<Process> {
    let id = stat.split_once(' ')?.0.parse().ok()?;
    // The name stands in brackets and may itself hold brackets and blanks.
    let mut fields = stat.rsplit_once(") ")?.1.split(' ');
    if matches!(fields.next()?, "Z" | "X") {
        return None;
    }
    let _parent = fields.next()?;
    Some(Process { id, group: fields.next()?.parse().ok()?, session: fields.next()?.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_read_even_when_its_name_has_brackets_and_blanks() {
        let process = parse_stat("42 (a) b (c) S 1 40 39 0 -1 4194560").unwrap();
        assert_eq!(process, Process { id: 42, group: 40, session: 39 });
        assert_eq!(parse_stat("42 (gone) Z 1 40 39 0"), None);
    }

    #[test]
    fn this_test_is_among_the_living() {
        let own = std::process::id();
        assert!(processes().iter().any(|process| process.id == own));
    }
}
