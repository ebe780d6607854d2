//! `cargo xtask meaning`: the files of `crates/matching/model`, made anew from what they come from.
//!
//! They are committed, because making them takes a file of a package registry and most of an hour. The same input
//! gives the same files.

use anyhow::{Result, bail};

use crate::{run, workspace};

const MODEL: &str = "crates/matching/model";

/// Runs the task.
pub fn meaning(given: &[String]) -> Result<()> {
    if given.is_empty() {
        bail!(
            "it wants `encoder FILE`, `words DICTIONARY TEXTS…`, `table` or `turn TEXTS…`; see docs/MATCHING.md"
        );
    }
    let model = workspace::root().join(MODEL).display().to_string();
    let mut cargo =
        vec!["run", "--release", "--package", "xiaoxiang-matching", "--example", "make_model", "--", &model];
    cargo.extend(given.iter().map(String::as_str));
    run::run(&mut run::cargo(&cargo))
}
