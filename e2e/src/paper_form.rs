//! A blank form of ours (DOCX) that somebody filled in with a word processor.

use std::io::{Cursor, Read as _, Write as _};

use anyhow::{Context as _, Result};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// The part of a Word document that holds its text.
const TEXT_PART: &str = "word/document.xml";
/// How the text of a cell begins, and how its last paragraph ends.
const TEXT_BEGINS: &str = r#"xml:space="preserve">"#;
const CELL_BEGINS: &str = "<w:tc>";
const CELL_ENDS: &str = "</w:p></w:tc>";

/// The form with each value in the cell right of its label; all else stays as it was handed out.
pub fn fill_in(blank: &[u8], values: &[(&str, &str)]) -> Result<Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(blank)).context("the form is no DOCX")?;
    let mut filled = ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..archive.len() {
        if archive.by_index_raw(at)?.name()? == TEXT_PART {
            let mut text = String::new();
            archive.by_index(at)?.read_to_string(&mut text)?;
            for (label, value) in values {
                write_beside(&mut text, label, value)?;
            }
            filled.start_file(TEXT_PART, SimpleFileOptions::default())?;
            filled.write_all(text.as_bytes())?;
        } else {
            filled.raw_copy_file(archive.by_index_raw(at)?)?;
        }
    }
    Ok(filled.finish()?.into_inner())
}

/// Writes into the cell right of a label, which may be followed by whether it has to be filled in.
fn write_beside(text: &mut String, label: &str, value: &str) -> Result<()> {
    let places = ["</w:t>", "（"].map(|next| text.find(&format!("{TEXT_BEGINS}{label}{next}")));
    let label_at =
        places.into_iter().flatten().min().with_context(|| format!("the form has no `{label}`"))?;
    let next = |from: usize, mark: &str| {
        let at = text[from..].find(mark).map(|at| from + at);
        at.with_context(|| format!("the form has no cell right of `{label}`"))
    };
    let end = next(next(label_at, CELL_BEGINS)?, CELL_ENDS)?;
    text.insert_str(end, &format!("<w:r><w:t {TEXT_BEGINS}{value}</w:t></w:r>"));
    Ok(())
}
