//! The example province, prepared once a run and served by the built binary.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};

/// Who registers in the province that does so by itself, as its certificates say.
pub const AUTHORITY: &str = "示例登记机关";
/// The example's registrars, from the regions' folder on.
const EXAMPLE_REGISTRARS: &str = "../crates/services/src/demo/words/registrars.yaml";

/// A running `xiaoxiang`.
pub struct Province {
    process: Child,
    origin: String,
    folder: tempfile::TempDir,
}

impl Province {
    /// Prepares and serves the province on a free port.
    pub fn open() -> Result<Self> {
        Self::demo(prepared()?)
    }

    /// The same where the region registers contracts by itself: its data name who does (`registration_authority`).
    pub fn open_registering() -> Result<Self> {
        let folder = prepared()?;
        let program = program()?;
        if !folder.path().join("xiaoxiang.db").exists() {
            let mut prepare = Command::new(&program);
            prepare.args(["demo", "--no-serve", "--data-dir"]).arg(folder.path());
            succeed(prepare)?;
        }
        let regions = Path::new(env!("CARGO_MANIFEST_DIR")).join("../regions");
        let region = folder.path().join("regions/hunan");
        copy(&regions.join("hunan"), &region)?;
        copy(&regions.join("china"), &folder.path().join("regions/china"))?;
        let head = region.join("region.yaml");
        let text = std::fs::read_to_string(&head)?;
        std::fs::write(&head, format!("{text}\nregistration_authority: {AUTHORITY}\n"))?;
        std::fs::copy(regions.join(EXAMPLE_REGISTRARS), region.join("registrars.yaml"))?;
        let database = format!("sqlite:{}", folder.path().join("xiaoxiang.db").display());
        let mut import = Command::new(&program);
        import.args(["--database", &database, "region", "import"]).arg(&region);
        succeed(import)?;
        Self::demo(folder)
    }

    fn demo(folder: tempfile::TempDir) -> Result<Self> {
        let mut command = Command::new(program()?);
        command.args(["demo", "--port", "0", "--data-dir"]).arg(folder.path());
        Self::serve(command, folder)
    }

    /// Serves a database that is not there yet, as on the first day.
    pub fn first_day() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut command = Command::new(program()?);
        let database = format!("sqlite:{}", folder.path().join("xiaoxiang.db").display());
        command.args(["serve", "--listen", "127.0.0.1:0", "--database", &database]);
        Self::serve(command, folder)
    }

    fn serve(mut command: Command, folder: tempfile::TempDir) -> Result<Self> {
        let mut process = command
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .context("the built binary does not start")?;
        let messages = process.stderr.take().context("the binary's messages are piped")?;
        let mut messages = BufReader::new(messages);
        let mut line = String::new();
        while messages.read_line(&mut line)? > 0 {
            if let Some(origin) = origin_in(line.trim()) {
                // Whoever writes into a pipe that nobody reads stops at some point.
                std::thread::spawn(move || std::io::copy(&mut messages, &mut std::io::sink()));
                return Ok(Self { process, origin, folder });
            }
            line.clear();
        }
        bail!("the server ended before it served: {}", process.wait()?)
    }

    /// Where it keeps its data.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// The full address of a path.
    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

/// Where the server answers, from the demo's words or from the server's log.
fn origin_in(line: &str) -> Option<String> {
    if let Some(origin) = line.strip_prefix("serving at ") {
        return Some(origin.to_owned());
    }
    let entry: serde_json::Value = serde_json::from_str(line).ok()?;
    (entry["message"] == "serving").then(|| entry["address"].as_str().map(str::to_owned))?
}

/// A folder with the prepared province, where there is one.
fn prepared() -> Result<tempfile::TempDir> {
    let folder = tempfile::tempdir()?;
    // `cargo xtask test` prepares it once; each journey gets a copy that it may change.
    if let Some(prepared) = std::env::var_os("XIAOXIANG_PROVINCE") {
        copy(Path::new(&prepared), folder.path())?;
    }
    Ok(folder)
}

/// Copies a folder with what is in it.
fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Runs a command to its end.
fn succeed(mut command: Command) -> Result<()> {
    let output = command.output().context("the built binary does not start")?;
    let messages = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?} ended with {}:\n{messages}", output.status);
    Ok(())
}

/// The built binary.
fn program() -> Result<PathBuf> {
    let path =
        std::env::var_os("XIAOXIANG_BIN").context("XIAOXIANG_BIN is not set: run `cargo xtask test`")?;
    Ok(path.into())
}

impl Drop for Province {
    fn drop(&mut self) {
        // It may have ended by itself, which the journey has then already said.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
