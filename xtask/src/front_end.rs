//! What the browser loads: npm's packages and the bundle in web/dist.

use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::{run, workspace};

const NODE_MAJOR_MIN: u32 = 20;

/// What a missing Node means to a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Node {
    /// The task fails: the browser tests need the charts.
    Required,
    /// The task goes on: pages work, charts aside.
    Wanted,
}

/// Gives the folder of the front end.
pub fn folder() -> PathBuf {
    workspace::root().join("web")
}

/// Tells whether a Node that is new enough is there.
pub fn has_node() -> bool {
    let Ok(output) = Command::new("node").arg("--version").output() else { return false };
    let text = String::from_utf8_lossy(&output.stdout);
    let major = text.trim().trim_start_matches('v').split('.').next().and_then(|major| major.parse().ok());
    major.is_some_and(|major: u32| major >= NODE_MAJOR_MIN) && run::on_path("npm").is_some()
}

/// Builds web/dist, which the server embeds.
pub fn build(node: Node) -> Result<()> {
    // The server's build reads the folder even where nothing could be bundled.
    std::fs::create_dir_all(folder().join("dist")).context("cannot make web/dist")?;
    if !has_node() {
        let message = format!("Node {NODE_MAJOR_MIN} or later with npm is not on this machine");
        if node == Node::Required {
            bail!("{message}; the browser tests need the front end");
        }
        run::step(&format!("{message}: going on without it, pages work, charts aside"));
        return Ok(());
    }
    let since = Instant::now();
    run::step("bundle the front end");
    install()?;
    run::run(Command::new("npm").args(["run", "--silent", "build"]).current_dir(folder()))?;
    run::took("front end", since);
    Ok(())
}

/// Installs the packages of package-lock.json, unless that very list is installed already.
pub fn install() -> Result<()> {
    if is_installed().unwrap_or(false) {
        return Ok(());
    }
    run::run(Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(folder()))
}

fn is_installed() -> std::io::Result<bool> {
    let installed = std::fs::metadata(folder().join("node_modules/.package-lock.json"))?.modified()?;
    let wanted = std::fs::metadata(folder().join("package-lock.json"))?.modified()?;
    let named = std::fs::metadata(folder().join("package.json"))?.modified()?;
    Ok(installed >= wanted && installed >= named)
}
