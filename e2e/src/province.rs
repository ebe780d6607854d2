//! The example province, prepared once a run and served by the built binary.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// A running `xiaoxiang`.
pub struct Province {
    process: Child,
    origin: String,
    folder: tempfile::TempDir,
}

impl Province {
    /// Prepares and serves the province on a free port.
    pub fn open() -> Result<Self> {
        let program = program()?;
        let folder = tempfile::tempdir()?;
        // `cargo xtask test` prepares it once; each journey gets a copy that it may change.
        if let Some(prepared) = std::env::var_os("XIAOXIANG_PROVINCE") {
            for entry in std::fs::read_dir(prepared)? {
                let entry = entry?;
                std::fs::copy(entry.path(), folder.path().join(entry.file_name()))?;
            }
        }
        let mut command = Command::new(program);
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
