//! Measures the ranking on a set of questions with known answers; needs no database.

use std::path::Path;

use xiaoxiang_matching::evaluate::{EvaluationSet, Learnt, Report, Run, SetFault, evaluate, learn};
use xiaoxiang_matching::index::Search;
use xiaoxiang_matching::score::{Channels, Weights};

use crate::refusal::Refusal;

/// What is evaluated.
#[derive(Clone, Copy, Debug)]
pub struct EvaluationAsked<'a> {
    /// Folder with `corpus.jsonl`, `queries.jsonl` and `qrels.tsv`.
    pub folder: &'a Path,
    /// Only a question's judged documents are ranked.
    pub judged_only: bool,
    /// The channels that take part.
    pub channels: Channels,
    /// What each counts.
    pub weights: Weights,
}

/// Learns weights from a set, beginning at those in force.
pub fn learn_weights(
    asked: EvaluationAsked<'_>,
    step: &(dyn Fn(usize, usize) + Sync),
) -> Result<(EvaluationSet, Learnt), Refusal> {
    let set = read_set(asked.folder)?;
    let folder = temporary()?;
    let learnt = learn(&set, folder.path(), asked.judged_only, asked.weights, step);
    Ok((set, learnt.map_err(|fault| super::refused(&fault))?))
}

/// Evaluates a set in an index of its own, which is gone afterwards. `step` hears how many documents have been read.
pub fn evaluate_set(
    asked: EvaluationAsked<'_>,
    step: &(dyn Fn(usize, usize) + Sync),
) -> Result<(EvaluationSet, Report), Refusal> {
    let set = read_set(asked.folder)?;
    let folder = temporary()?;
    let search = Search { top: usize::MAX, channels: asked.channels, weights: asked.weights };
    let report = evaluate(&set, folder.path(), Run { judged_only: asked.judged_only, search }, step)
        .map_err(|fault| super::refused(&fault))?;
    Ok((set, report))
}

fn read_set(folder: &Path) -> Result<EvaluationSet, Refusal> {
    EvaluationSet::read(folder).map_err(|fault| match fault {
        SetFault::Unreadable { file, error } => {
            Refusal::File { path: file.display().to_string(), source: error }
        }
        SetFault::Line { .. } => Refusal::invalid(
            "matching.set_line",
            format!("评测集有误：{fault}。请更正该行后再试。"),
            format!("{fault}; correct this line and try again"),
        ),
    })
}

fn temporary() -> Result<tempfile::TempDir, Refusal> {
    tempfile::tempdir()
        .map_err(|source| Refusal::File { path: std::env::temp_dir().display().to_string(), source })
}
