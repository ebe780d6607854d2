//! `cargo xtask meaning`: the files of `crates/matching/model`, made anew from what they come from.
//!
//! They are committed, because making them takes a file of a package registry and most of an hour. The same input
//! gives the same files.

use anyhow::{Result, bail};

use crate::{run, workspace};

const MODEL: &str = "crates/matching/model";

/// Runs the task.
pub fn meaning(given: &[String]) -> Result<()> {
    let model = workspace::root().join(MODEL);
    let path = |name: &str| model.join(name).display().to_string();
    let words: Vec<&str> = given.iter().map(String::as_str).collect();
    let (tool, arguments) = match words[..] {
        ["encoder", file] => ("make_encoder", vec![file.to_owned(), path("encoder.bin")]),
        ["words", dictionary, ref texts @ ..] if !texts.is_empty() => {
            let texts = texts.iter().map(|text| (*text).to_owned());
            ("make_words", [path("words.tsv"), dictionary.to_owned()].into_iter().chain(texts).collect())
        }
        ["table"] => ("make_table", vec![path("words.tsv"), path("table.bin")]),
        _ => bail!("it wants `encoder FILE`, `words DICTIONARY TEXTS… [--except QRELS]` or `table`"),
    };
    let mut cargo = vec!["run", "--release", "--package", "xiaoxiang-matching", "--example", tool, "--"];
    cargo.extend(arguments.iter().map(String::as_str));
    run::run(&mut run::cargo(&cargo))
}
