//! The example province, prepared once a run and served by the built binary.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// A running `xiaoxiang demo`.
pub struct Province {
    process: Child,
    origin: String,
    _folder: tempfile::TempDir,
}

impl Province {
    /// Prepares and serves the province on a free port.
    pub fn open() -> Result<Self> {
        let program: PathBuf = std::env::var_os("XIAOXIANG_BIN")
            .context("XIAOXIANG_BIN is not set: run `cargo xtask test`")?
            .into();
        let folder = tempfile::tempdir()?;
        // `cargo xtask test` prepares it once; each journey gets a copy that it may change.
        if let Some(prepared) = std::env::var_os("XIAOXIANG_PROVINCE") {
            for entry in std::fs::read_dir(prepared)? {
                let entry = entry?;
                std::fs::copy(entry.path(), folder.path().join(entry.file_name()))?;
            }
        }
        let mut process = Command::new(program)
            .args(["demo", "--port", "0", "--data-dir"])
            .arg(folder.path())
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .context("the built binary does not start")?;
        let messages = process.stderr.take().context("the binary's messages are piped")?;
        for line in BufReader::new(messages).lines() {
            if let Some(origin) = line?.strip_prefix("serving at ") {
                return Ok(Self { process, origin: origin.to_owned(), _folder: folder });
            }
        }
        bail!("the demo ended before it served: {}", process.wait()?)
    }

    /// The full address of a path.
    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

impl Drop for Province {
    fn drop(&mut self) {
        // It may have ended by itself, which the journey has then already said.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
