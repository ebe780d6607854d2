//! Makes the files of `crates/matching/model` anew; run by `cargo xtask meaning`.

#![expect(clippy::print_stdout, clippy::print_stderr, clippy::float_arithmetic, reason = "a tool")]

mod directions;
mod encoder;
mod table;
mod texts;
mod turn;
mod words;

use std::error::Error;
use std::path::Path;

const USAGE: &str = "usage: make_model FOLDER encoder FILE | words DICTIONARY TEXTS… [--except QRELS] | table \
                     | turn TEXTS… [--except QRELS]";

fn main() -> Result<(), Box<dyn Error>> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let (folder, command) = given.split_first().ok_or(USAGE)?;
    let path = |name: &str| Path::new(folder).join(name).display().to_string();
    let (word, rest) = command.split_first().ok_or(USAGE)?;
    match (word.as_str(), rest) {
        ("encoder", [file]) => encoder::make(file, &path("encoder.bin")),
        ("words", [dictionary, texts @ ..]) => {
            words::make(&path("words.tsv"), dictionary, &texts::read(texts)?)
        }
        ("table", []) => table::make(&path("words.tsv"), &path("table.bin")),
        ("turn", texts) => turn::make(&path("turn.bin"), &texts::read(texts)?),
        _ => Err(USAGE.into()),
    }
}
