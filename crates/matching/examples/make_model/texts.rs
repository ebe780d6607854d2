//! Texts to learn from: JSONL with `id`, `title` and `text`.

use std::collections::HashSet;
use std::error::Error;

use serde::Deserialize;

#[derive(Deserialize)]
pub struct Text {
    pub id: String,
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub text: String,
}

/// The texts of some files; after `--except` comes a list of judgements, and the documents that it names are left out, so
/// that nothing is learnt from what the ranking is measured on.
pub fn read(arguments: &[String]) -> Result<Vec<Text>, Box<dyn Error>> {
    let (mut texts, mut except) = (Vec::new(), HashSet::new());
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        if argument == "--except" {
            let file = std::fs::read_to_string(arguments.next().ok_or("--except wants a file")?)?;
            except.extend(file.lines().filter_map(|line| line.split('\t').nth(1)).map(str::to_owned));
        } else {
            for line in std::fs::read_to_string(argument)?.lines() {
                texts.push(serde_json::from_str::<Text>(line)?);
            }
        }
    }
    texts.retain(|text| !except.contains(&text.id));
    Ok(texts)
}
