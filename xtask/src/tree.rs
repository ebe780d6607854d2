//! Checks that read the files of the repository.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{run, workspace};

/// A longer file is two files.
const LINES_MAX: usize = 800;
/// Endings of what people write by hand and read line by line.
const CODE: &[&str] = &["css", "html", "js", "mjs", "rs", "sh", "sql", "ts"];
/// Endings of configuration and words, where leftovers hide as well.
const SETTINGS: &[&str] = &["ftl", "toml", "yaml", "yml"];

/// Refuses a code file of more than [`LINES_MAX`] lines.
pub fn files_are_short() -> Result<()> {
    let mut long = Vec::new();
    for file in files()?.iter().filter(|file| has_ending(file, CODE)) {
        let lines = read(file)?.lines().count();
        if lines > LINES_MAX {
            long.push(format!("{}: {lines} lines, {LINES_MAX} at most", file.display()));
        }
    }
    refuse(&long)
}

/// Refuses marks of unfinished work.
pub fn nothing_is_left_over() -> Result<()> {
    let mut found = Vec::new();
    for file in files()?.iter().filter(|file| has_ending(file, CODE) || has_ending(file, SETTINGS)) {
        for (index, line) in read(file)?.lines().enumerate() {
            if let Some(mark) = leftover(line) {
                found.push(format!("{}:{}: {mark}", file.display(), index + 1));
            }
        }
    }
    refuse(&found)
}

fn leftover(line: &str) -> Option<&'static str> {
    // Put together here, so that this file does not find itself.
    const MACROS: [&str; 2] = [concat!("to", "do!"), concat!("unimple", "mented!")];
    const WORDS: [&str; 2] = [concat!("TO", "DO"), concat!("FIX", "ME")];
    let is_whole = |word: &str| {
        line.match_indices(word).any(|(at, _)| {
            let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
            !line[..at].ends_with(is_letter) && !line[at + word.len()..].starts_with(is_letter)
        })
    };
    MACROS
        .into_iter()
        .find(|name| line.contains(name))
        .or_else(|| WORDS.into_iter().find(|word| is_whole(word)))
}

/// Refuses a migration that only one of the two databases has.
pub fn migrations_come_in_pairs() -> Result<()> {
    let names = |database: &str| -> Result<BTreeSet<String>> {
        let folder = workspace::root().join("migrations").join(database);
        let entries =
            std::fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
        entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
    };
    let (sqlite, postgres) = (names("sqlite")?, names("postgres")?);
    let lonely: Vec<String> =
        sqlite.symmetric_difference(&postgres).map(|name| format!("{name} has no twin")).collect();
    refuse(&lonely)
}

/// Refuses a relative link in a document that leads to no file.
pub fn links_lead_somewhere() -> Result<()> {
    let mut dead = Vec::new();
    for file in files()?.iter().filter(|file| has_ending(file, &["md"])) {
        let text = read(file)?;
        let folder = file.parent().unwrap_or(Path::new(""));
        for link in links(&text) {
            let target = workspace::root().join(folder).join(link);
            if !target.exists() {
                dead.push(format!("{}: {link} leads nowhere", file.display()));
            }
        }
    }
    refuse(&dead)
}

/// Gives the relative targets of a document's links, outside code blocks and without `#place`.
fn links(text: &str) -> Vec<&str> {
    let mut in_code = false;
    let mut found = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        for rest in line.split("](").skip(1) {
            let target = rest.split([')', ' ']).next().unwrap_or_default();
            let path = target.split('#').next().unwrap_or_default();
            if !path.is_empty() && !path.contains(':') {
                found.push(path);
            }
        }
    }
    found
}

/// Lists what git keeps or would keep, relative to the root.
fn files() -> Result<Vec<PathBuf>> {
    let mut git = Command::new("git");
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let listed = run::run_quietly(git.current_dir(workspace::root()))?;
    let files = listed.split('\0').filter(|name| !name.is_empty()).map(PathBuf::from);
    // A file deleted but not yet committed is still listed.
    Ok(files.filter(|file| workspace::root().join(file).is_file()).collect())
}

fn has_ending(file: &Path, endings: &[&str]) -> bool {
    file.extension().and_then(|ending| ending.to_str()).is_some_and(|ending| endings.contains(&ending))
}

fn read(file: &Path) -> Result<String> {
    std::fs::read_to_string(workspace::root().join(file))
        .with_context(|| format!("cannot read {}", file.display()))
}

fn refuse(findings: &[String]) -> Result<()> {
    if findings.is_empty() { Ok(()) } else { bail!("{}", findings.join("\n")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leftover_is_a_whole_word_or_a_macro() {
        assert!(leftover(concat!("// TO", "DO: later")).is_some());
        assert!(leftover(concat!("    to", "do!()")).is_some());
        assert!(leftover(concat!("let MASTO", "DON = 1;")).is_none());
        assert!(leftover(concat!("to", "do = \"deny\"")).is_none());
    }

    #[test]
    fn only_relative_links_outside_code_are_followed() {
        let text =
            "[a](docs/a.md#part) [b](https://example.org) [c](#here)\n```\n[d](d.md)\n```\n![e](e.png \"E\")";
        assert_eq!(links(text), ["docs/a.md", "e.png"]);
    }
}
