//! `cargo xtask demo`: everything built, and the example province on the screen.

use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

use crate::arguments::Arguments;
use crate::front_end::{self, Node};
use crate::{run, workspace};

const PORT: u64 = 8080;

/// Runs the task; where all is well it does not return but becomes the server.
pub fn demo(given: &[String]) -> Result<()> {
    let arguments = Arguments::read(given, &["port", "data-dir"])?;
    if !arguments.words.is_empty() {
        bail!("it takes only --port and --data-dir");
    }
    let port = arguments.number("port")?.unwrap_or(PORT);
    front_end::build(Node::Wanted)?;

    let since = Instant::now();
    run::step("build the server (a first build takes several minutes)");
    run::run(&mut run::cargo(&["build", "--release", "--package", "xiaoxiang-server"]))?;
    run::took("server", since);

    let mut server = Command::new(workspace::binary("release"));
    server.args(["demo", "--port", &port.to_string()]);
    if let Some(folder) = arguments.text("data-dir") {
        server.args(["--data-dir", folder]);
    }
    run::step(&run::shown(&server));
    let error = server.exec();
    Err(error).context("cannot start the server")
}
