//! `cargo xtask guide`: takes the pictures of docs/guide anew from the running example province.

use std::process::Command;
use std::time::Instant;

use anyhow::Result;

use crate::browser::Driver;
use crate::front_end::{self, Node};
use crate::guard::Guard;
use crate::{run, test, workspace};

/// Where the pictures go.
const PICTURES: &str = "docs/guide/images";

/// Runs the task.
pub fn guide() -> Result<()> {
    let since = Instant::now();
    front_end::build(Node::Required)?;
    let mut guard = Guard::start()?;
    let driver = Driver::start(&mut guard)?;
    run::step("build the server and the photographer");
    // With the features of the tests, so that nothing is built twice.
    let mut build = run::cargo(&["build", "--workspace", "--features", "xiaoxiang-server/oidc"]);
    build.args(["--bin", "xiaoxiang", "--bin", "guide"]);
    test::guarded(&mut guard, &mut build)?;
    run::step("take the pictures");
    let server = workspace::binary("debug");
    let mut take = Command::new(server.with_file_name("guide"));
    take.arg(PICTURES).env("XIAOXIANG_WEBDRIVER", &driver.url).env("XIAOXIANG_BIN", server);
    test::guarded(&mut guard, &mut take)?;
    drop(guard);
    run::took("pictures", since);
    Ok(())
}
