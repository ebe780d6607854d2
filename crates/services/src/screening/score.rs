//! How much of what was planted the screens found, and how many of their questions were needless.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde::Serialize;
use xiaoxiang_domain::contract::screen::{Flag, Screen};
use xiaoxiang_domain::ratio::decimal_text;

use super::by_contract;
use crate::refusal::Refusal;
use crate::sheet::{SheetFile, open_sheet};

/// Most labels of one file.
pub const LABELS_MAX: usize = 2_000_000;
/// Longest name of a kind.
const KIND_CHARACTERS_MAX: usize = 64;

/// What a contract is labelled with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LabelKind {
    /// A kind that screens of ours face.
    Known(Screen),
    /// A name of somebody else's: any screen may have found it.
    Other(String),
}

impl LabelKind {
    /// The kind of a written name.
    #[must_use]
    pub fn of(name: &str) -> Self {
        Screen::from_code(name).map_or_else(|| Self::Other(name.to_owned()), Self::Known)
    }

    /// The name.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Known(screen) => screen.code(),
            Self::Other(name) => name,
        }
    }

    fn is_answered_by(&self, flag: &Flag) -> bool {
        match self {
            Self::Known(kind) => flag.screen.faces(*kind),
            Self::Other(_) => true,
        }
    }
}

/// A contract that belongs to a trick.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label {
    /// Which.
    pub registration_number: String,
    /// Which trick.
    pub kind: LabelKind,
}

/// What was found, over all and by kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Score {
    /// Over all kinds.
    pub overall: OverallScore,
    /// Each kind.
    pub kinds: Vec<KindScore>,
}

/// Recall and precision as decimal texts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OverallScore {
    /// Labelled contracts that a screen facing their kind flagged (召回率).
    #[serde(serialize_with = "as_number")]
    pub recall: String,
    /// Flagged contracts whose question concerns a labelled one (精确率).
    #[serde(serialize_with = "as_number")]
    pub precision: String,
    /// Labels.
    pub planted: usize,
    /// Labels that were found.
    pub found: usize,
    /// Flagged contracts.
    pub flagged: usize,
    /// Flagged contracts whose question concerns no labelled one.
    pub false_flags: usize,
}

/// One kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KindScore {
    /// Its name.
    pub kind: String,
    /// Contracts labelled with it.
    pub planted: usize,
    /// Those that a screen facing it flagged.
    pub found: usize,
    /// Contracts that its own screen flagged needlessly.
    pub false_flags: usize,
}

/// Compares flags with labels.
///
/// A flagged contract counts as false where neither it nor a contract that the evidence rests on is labelled: a question
/// about two contracts, one of which was planted, is a right question.
#[must_use]
pub fn score(flags: &[Flag], labels: &[Label]) -> Score {
    let labels: BTreeSet<&Label> = labels.iter().collect();
    let labelled: HashSet<&str> = labels.iter().map(|label| label.registration_number.as_str()).collect();
    let by_contract = by_contract(flags);
    let mut kinds: BTreeMap<LabelKind, (usize, usize)> =
        Screen::ALL.into_iter().map(|screen| (LabelKind::Known(screen), (0, 0))).collect();
    for label in &labels {
        let answered = by_contract
            .get(label.registration_number.as_str())
            .is_some_and(|flags| flags.iter().any(|flag| label.kind.is_answered_by(flag)));
        let counts = kinds.entry(label.kind.clone()).or_default();
        *counts = (counts.0 + 1, counts.1 + usize::from(answered));
    }
    let concerns = |flag: &Flag| {
        labelled.contains(flag.registration_number.as_str())
            || flag
                .evidence
                .iter()
                .flat_map(|part| &part.contracts)
                .any(|number| labelled.contains(number.as_str()))
    };
    let false_contracts: Vec<&Vec<&Flag>> =
        by_contract.values().filter(|flags| !flags.iter().any(|flag| concerns(flag))).collect();
    let mut false_by_screen: HashMap<Screen, usize> = HashMap::new();
    for flag in false_contracts.iter().flat_map(|flags| flags.iter()) {
        *false_by_screen.entry(flag.screen).or_default() += 1;
    }
    let (planted, found) = (labels.len(), kinds.values().map(|(_, found)| found).sum::<usize>());
    let (flagged, false_flags) = (by_contract.len(), false_contracts.len());
    let kinds = kinds
        .into_iter()
        .map(|(kind, (planted, found))| KindScore {
            kind: kind.code().to_owned(),
            planted,
            found,
            false_flags: match &kind {
                LabelKind::Known(screen) => false_by_screen.get(screen).copied().unwrap_or(0),
                LabelKind::Other(_) => 0,
            },
        })
        .collect();
    let overall = OverallScore {
        recall: share(found, planted),
        precision: share(flagged - false_flags, flagged),
        planted,
        found,
        flagged,
        false_flags,
    };
    Score { overall, kinds }
}

/// A share with four decimals; of nothing it is whole.
fn share(part: usize, whole: usize) -> String {
    if whole == 0 {
        return "1.0000".to_owned();
    }
    decimal_text(part as i128, whole as i128, 4)
}

/// Writes a decimal text as the number that it is: whoever reads JSON compares it with a target.
fn as_number<S: serde::Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    text.parse::<f64>().map_err(serde::ser::Error::custom)?.serialize(serializer)
}

/// Reads labels: two columns, `registration_number` and `kind`; a contract may have several lines.
pub fn read_labels(bytes: Vec<u8>) -> Result<Vec<Label>, Refusal> {
    let refused = |row: u32, zh: &str, en: &str| {
        Refusal::invalid(
            "screening.labels",
            format!("标签文件第 {row} 行：{zh}。"),
            format!("row {row} of the labels: {en}"),
        )
    };
    let problem = |problem| Refusal::Sheet(vec![problem]);
    let mut file: SheetFile = open_sheet(bytes).map_err(problem)?;
    let mut labels = Vec::new();
    let mut columns: Option<(usize, usize)> = None;
    for row in file.rows(0).map_err(problem)? {
        let row = row.map_err(problem)?;
        let Some((number_at, kind_at)) = columns else {
            let place = |name: &str| row.cells.iter().position(|cell| cell.text.trim() == name);
            let found = place("registration_number").zip(place("kind"));
            columns = Some(found.ok_or_else(|| {
                refused(
                    row.number,
                    "表头应有 registration_number 和 kind",
                    "the header must have registration_number and kind",
                )
            })?);
            continue;
        };
        let (number, kind) = (row.text(number_at).trim(), row.text(kind_at).trim());
        if number.is_empty() || kind.is_empty() || kind.chars().count() > KIND_CHARACTERS_MAX {
            return Err(refused(
                row.number,
                "缺少登记编号或类别，或类别过长",
                "number or kind is missing or too long",
            ));
        }
        if labels.len() >= LABELS_MAX {
            return Err(refused(row.number, "标签过多", "too many labels"));
        }
        labels.push(Label { registration_number: number.to_owned(), kind: LabelKind::of(kind) });
    }
    Ok(labels)
}
