//! Running programs, and telling the person at the terminal what goes on.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::workspace;

/// Prints a line of the task's answer.
#[expect(clippy::print_stdout, reason = "telling is what a task runner does on standard output")]
pub fn say(text: &str) {
    println!("{text}");
}

/// Prints a line on standard error.
#[expect(clippy::print_stderr, reason = "a task's failures belong on standard error")]
pub fn complain(text: &str) {
    eprintln!("{text}");
}

/// Announces the next step.
pub fn step(text: &str) {
    say(&format!("==> {text}"));
}

/// Says how long a step took.
pub fn took(what: &str, since: Instant) {
    say(&format!("    {what}: {}", duration(since.elapsed())));
}

/// Writes a duration as people say it.
pub fn duration(duration: Duration) -> String {
    let tenths = duration.as_millis() / 100;
    if tenths < 600 {
        format!("{}.{} s", tenths / 10, tenths % 10)
    } else {
        format!("{} min {:02} s", tenths / 600, tenths % 600 / 10)
    }
}

/// Prepares the cargo that runs this task, at the root.
pub fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(workspace::root());
    command
}

/// Shows the command, runs it to its end and refuses a failure.
pub fn run(command: &mut Command) -> Result<()> {
    let shown = shown(command);
    say(&format!("    $ {shown}"));
    let status = command.status().with_context(|| format!("cannot start {shown}"))?;
    succeeded(&shown, status)
}

/// Runs the command quietly; its output is shown only with a failure.
pub fn run_quietly(command: &mut Command) -> Result<String> {
    let shown = shown(command);
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot start {shown}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        bail!("{shown}: {}\n{text}{}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok(text)
}

/// Refuses an exit status that is not success.
pub fn succeeded(shown: &str, status: ExitStatus) -> Result<()> {
    if status.success() { Ok(()) } else { bail!("{shown}: {status}") }
}

/// Writes a command as one would type it.
pub fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    std::iter::once(program)
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .map(|word| if word.contains(' ') { format!("'{word}'") } else { word.into_owned() })
        .collect::<Vec<_>>()
        .join(" ")
}

/// Looks a program up on the PATH.
pub fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|candidate| candidate.is_file())
}

/// Gives random hexadecimal digits from the system, for passwords and folder names.
pub fn random_hex(bytes: usize) -> Result<String> {
    use std::io::Read as _;
    let mut buffer = vec![0; bytes];
    std::fs::File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut buffer))
        .context("cannot read /dev/urandom")?;
    Ok(buffer.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Finds a TCP port of 127.0.0.1 that nobody uses at the moment.
pub fn free_port() -> Result<u16> {
    let listener =
        std::net::TcpListener::bind(("127.0.0.1", 0)).context("cannot open a port of 127.0.0.1")?;
    Ok(listener.local_addr()?.port())
}
