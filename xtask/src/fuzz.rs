//! The API tried with invented requests: Schemathesis reads the OpenAPI document and looks for failures of ours and for
//! statuses that the document does not name.

use std::net::TcpStream;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::guard::Guard;
use crate::{packages, run, test, workspace};

/// The program that makes the database and prints the tokens.
pub const EXAMPLE: &str = "fuzz_database";
const READY_WAIT: Duration = Duration::from_secs(30);
/// Longest time for one token; the whole step stays below three minutes.
const SECONDS_MAX: &str = "75";
const EXAMPLES_MAX: &str = "12";
/// What is looked for.
const CHECKS: &str =
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";

/// Starts the built server on a database of its own and sends it what Schemathesis thinks of, as each of two people.
pub fn fuzz(guard: &mut Guard, binary: &Path) -> Result<()> {
    let program = schemathesis()?;
    let folder = std::env::temp_dir().join(format!("xiaoxiang-fuzz-{}", run::random_hex(6)?));
    std::fs::create_dir_all(&folder)?;
    guard.watch_folder(&folder)?;
    let database = folder.join("fuzz.db");
    let example = workspace::target().join("debug/examples").join(EXAMPLE);
    let tokens = run::run_quietly(Command::new(example).arg(&database).current_dir(workspace::root()))?;
    let port = run::free_port()?;
    let mut server = start(guard, binary, &database, port)?;
    let mut tried = 0;
    for line in tokens.lines() {
        let (who, token) = line.split_once(' ').context("a role and its token")?;
        run::say(&format!("    as {who}"));
        let mut command = Command::new(&program);
        command.arg("run").arg(format!("http://127.0.0.1:{port}/api/v1/openapi.json"));
        command.args(["--header", &format!("Authorization: Bearer {token}"), "--checks", CHECKS]);
        // The same requests in every run: nothing is drawn by chance and nothing remembered.
        command.args(["--generation-deterministic", "--max-time", SECONDS_MAX]);
        command.args([
            "--max-examples",
            EXAMPLES_MAX,
            "--phases",
            "examples,coverage,fuzzing",
            "--no-shrink",
        ]);
        command.args(["--suppress-health-check", "all", "--warnings", "off", "--no-color"]);
        command.args(["--request-timeout", "20", "--continue-on-failure", "--max-failures", "20"]);
        command.current_dir(&folder);
        test::guarded(guard, &mut command)?;
        tried += 1;
    }
    if tried < 2 {
        bail!("{EXAMPLE} printed {tried} tokens instead of two");
    }
    if let Some(status) = server.try_wait()? {
        bail!("the server ended under the requests: {status}");
    }
    Ok(())
}

fn start(guard: &mut Guard, binary: &Path, database: &Path, port: u16) -> Result<Child> {
    let log = std::fs::File::create(database.with_extension("log"))?;
    let mut server = Command::new(binary)
        .arg("--database")
        .arg(format!("sqlite:{}", database.display()))
        .args(["serve", "--listen", &format!("127.0.0.1:{port}")])
        .current_dir(workspace::root())
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .process_group(0)
        .spawn()
        .context("cannot start the server")?;
    guard.watch_group(&server)?;
    let deadline = Instant::now() + READY_WAIT;
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        let has_ended = server.try_wait()?.is_some();
        if has_ended || Instant::now() > deadline {
            let log = std::fs::read_to_string(database.with_extension("log")).unwrap_or_default();
            bail!("the server does not answer on 127.0.0.1:{port}:\n{log}");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(server)
}

/// Makes target/fuzz-venv unless it is there with the wanted versions, and gives the program.
fn schemathesis() -> Result<PathBuf> {
    let wanted = workspace::root().join("xtask/fuzz-requirements.txt");
    let folder = workspace::target().join("fuzz-venv");
    let installed = folder.join("installed.txt");
    let program = folder.join("bin/schemathesis");
    let text = std::fs::read_to_string(&wanted)?;
    if program.exists() && std::fs::read_to_string(&installed).is_ok_and(|found| found == text) {
        return Ok(program);
    }
    run::step("install Schemathesis, which only tries the API");
    packages::ensure(&[packages::PYTHON_VENV])?;
    run::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    let pip =
        ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:", "-r"];
    run::run(Command::new(folder.join("bin/python")).args(pip).arg(&wanted)).context(
        "pip could not install xtask/fuzz-requirements.txt; give it a package index, as with PIP_INDEX_URL, and try again",
    )?;
    std::fs::write(installed, text)?;
    Ok(program)
}
