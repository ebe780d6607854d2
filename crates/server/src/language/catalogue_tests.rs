//! Both catalogues hold the same keys, and exactly the keys that templates and code name.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::Language;
use super::catalogue::{FILES, keys_of};

fn keys(language: Language) -> BTreeSet<String> {
    FILES
        .iter()
        .flat_map(|file| match language {
            Language::Chinese => keys_of(file.chinese),
            Language::English => keys_of(file.english),
        })
        .collect()
}

/// The text of every template and source file of this crate, tests of the catalogue left out.
fn sources() -> String {
    fn collect(folder: &Path, text: &mut String) {
        for entry in fs::read_dir(folder).expect("a folder of this crate") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                collect(&path, text);
            } else if !path.ends_with("catalogue_tests.rs") {
                text.push_str(&fs::read_to_string(&path).expect("a text file"));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut text = String::new();
    collect(&root.join("templates"), &mut text);
    collect(&root.join("src"), &mut text);
    text
}

fn arguments_of(source: &str, key: &str) -> BTreeSet<String> {
    let start =
        source.lines().position(|line| line.split('=').next().is_some_and(|name| name.trim_end() == key));
    let lines: Vec<&str> = source.lines().collect();
    let Some(start) = start else { return BTreeSet::new() };
    let mut message = lines[start].to_owned();
    for line in lines[start + 1..].iter().take_while(|line| line.starts_with(' ')) {
        message.push_str(line);
    }
    message
        .split("{ $")
        .skip(1)
        .filter_map(|rest| rest.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').next())
        .map(str::to_owned)
        .collect()
}

#[test]
fn both_languages_hold_the_same_keys() {
    assert_eq!(keys(Language::Chinese), keys(Language::English));
}

#[test]
fn both_languages_take_the_same_arguments() {
    for file in FILES {
        for key in keys_of(file.chinese) {
            assert_eq!(arguments_of(file.chinese, &key), arguments_of(file.english, &key), "{key}");
        }
    }
}

#[test]
fn every_key_is_used() {
    let sources = sources();
    let unused: Vec<String> =
        keys(Language::Chinese).into_iter().filter(|key| !sources.contains(&format!("\"{key}\""))).collect();
    assert!(unused.is_empty(), "unused keys: {unused:?}");
}

#[test]
fn every_used_key_exists() {
    let sources = sources();
    let known = keys(Language::Chinese);
    for call in ["t(\"", "text(\"", "say(\""] {
        for rest in sources.split(call).skip(1) {
            let key = rest.split('"').next().unwrap_or_default();
            let is_key = key.contains('-')
                && key
                    .chars()
                    .all(|letter| letter.is_ascii_lowercase() || letter == '-' || letter.is_ascii_digit());
            assert!(!is_key || known.contains(key), "the key {key} stands in no catalogue");
        }
    }
}

#[test]
fn a_message_fills_in_its_arguments_without_isolation_marks() {
    assert_eq!(
        Language::English.say("pager-shown", [("from", "1"), ("to", "50"), ("total", "120")]),
        "1 to 50 of 120"
    );
    assert_eq!(Language::Chinese.text("nav-home"), "首页");
}

#[test]
fn one_is_told_apart_from_many_and_what_is_no_number_is_many() {
    let counted = |count| Language::English.say("figure-count", [("count", count)]);
    assert_eq!(
        ["0", "1", "2", "1,200", "10,000+"].map(counted),
        ["0 contracts", "1 contract", "2 contracts", "1,200 contracts", "10,000+ contracts"]
    );
    assert_eq!(Language::Chinese.say("figure-count", [("count", "1")]), "1 项");
}
