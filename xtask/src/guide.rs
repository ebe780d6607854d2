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
    let mut build = run::cargo(&["build", "--package", "xiaoxiang-server", "--package", "xiaoxiang-e2e"]);
    test::guarded(&mut guard, &mut build)?;
    run::step("take the pictures");
    let mut take =
        run::cargo(&["run", "--quiet", "--package", "xiaoxiang-e2e", "--bin", "guide", "--", PICTURES]);
    take.env("XIAOXIANG_WEBDRIVER", &driver.url).env("XIAOXIANG_BIN", workspace::binary("debug"));
    test::guarded(&mut guard, &mut take)?;
    drop(guard);
    run::took("pictures", since);
    Ok(())
}
