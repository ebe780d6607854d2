//! The few options that the tasks take, read without a library.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};

/// Options with a value (`--rows 1000`, `--rows=1000`) and what stood between them.
#[derive(Debug)]
pub struct Arguments {
    values: BTreeMap<String, String>,
    /// What was not an option, in order.
    pub words: Vec<String>,
}

impl Arguments {
    /// Reads `given`; an option that is not in `known` is refused.
    pub fn read(given: &[String], known: &[&str]) -> Result<Self> {
        let mut values = BTreeMap::new();
        let mut words = Vec::new();
        let mut rest = given.iter();
        while let Some(word) = rest.next() {
            let Some(option) = word.strip_prefix("--") else {
                words.push(word.clone());
                continue;
            };
            let (name, value) = match option.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (option, rest.next().cloned()),
            };
            if !known.contains(&name) {
                bail!("unknown option --{name}");
            }
            let value = value.with_context(|| format!("--{name} needs a value"))?;
            values.insert(name.to_owned(), value);
        }
        Ok(Self { values, words })
    }

    /// Gives the text of `--name`.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// Gives the number of `--name`.
    pub fn number(&self, name: &str) -> Result<Option<u64>> {
        self.text(name)
            .map(|text| text.parse().with_context(|| format!("--{name} {text} is not a whole number")))
            .transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(given: &[&str]) -> Result<Arguments> {
        let given: Vec<String> = given.iter().map(|&word| word.to_owned()).collect();
        Arguments::read(&given, &["rows"])
    }

    #[test]
    fn an_option_takes_its_value_from_the_next_word_or_after_the_equals_sign() {
        for given in [&["scan", "--rows", "12"][..], &["--rows=12", "scan"]] {
            let arguments = read(given).unwrap();
            assert_eq!(arguments.number("rows").unwrap(), Some(12));
            assert_eq!(arguments.words, ["scan"]);
        }
    }

    #[test]
    fn an_unknown_or_empty_option_is_refused() {
        assert!(read(&["--cows", "3"]).is_err());
        assert!(read(&["--rows"]).is_err());
        assert!(read(&["--rows", "many"]).unwrap().number("rows").is_err());
    }
}
