use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use thiserror::Error;

use crate::document::{Document, Question};

/// A set of documents, questions and judgements: `corpus.jsonl` (`id`, `title`, `text`), `queries.jsonl` (`id`, `text`,
/// sometimes `description`) and `qrels.tsv` (`query_id`, `doc_id`, `level` under a header).
#[derive(Debug)]
pub struct EvaluationSet {
    /// Name of the folder.
    pub name: String,
    /// The corpus.
    pub documents: Vec<Document>,
    /// The questions with their identifiers, in the order of the file.
    pub questions: Vec<(String, Question)>,
    /// Question → document → level.
    pub levels: HashMap<String, HashMap<String, u32>>,
    /// Whether levels run from 1 (none) to 4 (strong), so that level 1 gains nothing.
    pub graded: bool,
}

/// Why a set is not read.
#[derive(Debug, Error)]
pub enum SetFault {
    /// A file is missing or cannot be read.
    #[error("cannot read {file}: {error}")]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// A line is not as it should be.
    #[error("{file}, line {line}: {reason}")]
    Line {
        /// The file.
        file: PathBuf,
        /// Number of the line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
}

/// Judged levels run up to this where they are graded.
const STRONG: u32 = 4;

#[derive(Deserialize)]
struct CorpusLine {
    id: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    text: String,
}

#[derive(Deserialize)]
struct QueryLine {
    id: String,
    text: String,
    #[serde(default)]
    description: String,
}

impl EvaluationSet {
    /// Reads the three files of a folder.
    ///
    /// # Errors
    /// Names the file and line that is missing or wrong.
    pub fn read(folder: &Path) -> Result<Self, SetFault> {
        let documents = lines::<CorpusLine>(&folder.join("corpus.jsonl"))?
            .into_iter()
            .map(|line| Document {
                id: line.id,
                kind: String::new(),
                title: line.title,
                text: line.text,
                ..Document::default()
            })
            .collect();
        let questions = lines::<QueryLine>(&folder.join("queries.jsonl"))?
            .into_iter()
            .map(|line| {
                (line.id, Question { text: line.text, description: line.description, ..Question::default() })
            })
            .collect();
        let levels = judgements(&folder.join("qrels.tsv"))?;
        let all = || levels.values().flat_map(HashMap::values);
        let graded = all().any(|level| *level > 1) && all().all(|level| (1..=STRONG).contains(level));
        let name = folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy().into_owned();
        Ok(Self { name, documents, questions, levels, graded })
    }

    /// What a level is worth: 2^(level - 1) - 1 where levels run from 1 to 4, else the level itself.
    #[must_use]
    pub fn gain(&self, level: u32) -> u32 {
        if self.graded { (1 << level.clamp(1, STRONG).saturating_sub(1)) - 1 } else { level }
    }

    /// Whether a document of this level answers the question (fairly strong and better).
    #[must_use]
    pub const fn answers(&self, level: u32) -> bool {
        if self.graded { level >= STRONG - 1 } else { level >= 1 }
    }
}

fn read(file: &Path) -> Result<String, SetFault> {
    std::fs::read_to_string(file).map_err(|error| SetFault::Unreadable { file: file.to_owned(), error })
}

fn lines<T: for<'de> Deserialize<'de>>(file: &Path) -> Result<Vec<T>, SetFault> {
    read(file)?
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(number, line)| {
            serde_json::from_str(line).map_err(|error| SetFault::Line {
                file: file.to_owned(),
                line: number + 1,
                reason: error.to_string(),
            })
        })
        .collect()
}

fn judgements(file: &Path) -> Result<HashMap<String, HashMap<String, u32>>, SetFault> {
    let mut levels: HashMap<String, HashMap<String, u32>> = HashMap::new();
    for (number, line) in read(file)?.lines().enumerate().skip(1) {
        if line.trim().is_empty() {
            continue;
        }
        let wrong = |reason: &str| SetFault::Line {
            file: file.to_owned(),
            line: number + 1,
            reason: reason.to_owned(),
        };
        let mut columns = line.split('\t');
        let (Some(query), Some(document), Some(level)) = (columns.next(), columns.next(), columns.next())
        else {
            return Err(wrong("three columns are needed: query_id, doc_id, level"));
        };
        let level = level.trim().parse().map_err(|_| wrong("the level is not a whole number"))?;
        levels.entry(query.to_owned()).or_default().insert(document.to_owned(), level);
    }
    Ok(levels)
}
