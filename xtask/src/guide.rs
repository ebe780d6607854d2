//! `cargo xtask guide`: takes the pictures of docs/guide anew from the running example province.

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
    const WHAT: [&str; 3] = ["--workspace", "--features", "xiaoxiang-server/oidc"];
    let mut build = run::cargo(&["build", "--bin", "xiaoxiang", "--bin", "guide"]);
    build.args(WHAT);
    test::guarded(&mut guard, &mut build)?;
    run::step("take the pictures");
    let mut take = run::cargo(&["run", "--quiet", "--bin", "guide"]);
    take.args(WHAT)
        .args(["--", PICTURES])
        .env("XIAOXIANG_WEBDRIVER", &driver.url)
        .env("XIAOXIANG_BIN", workspace::binary("debug"));
    test::guarded(&mut guard, &mut take)?;
    drop(guard);
    run::took("pictures", since);
    Ok(())
}
