//! What an import did, row by row where somebody has to look.

use serde::{Deserialize, Serialize};
use xiaoxiang_domain::contract::FieldDifference;

use crate::sheet::SheetProblem;

/// Problems and differences listed in full; beyond that they are only counted.
pub const LISTED_MAX: usize = 10_000;

/// What happens to a file with bad rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strictness {
    /// All or nothing.
    AllOrNothing,
    /// Good rows are taken, bad rows are listed (`--keep-valid`).
    KeepValid,
}

/// What happens to rows whose content differs from the contract on record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// They are listed and left as they are.
    ListOnly,
    /// They become the contract's next version (`--accept-changes`).
    AcceptChanges,
}

/// A row whose content differs from the contract on record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// 登记编号
    pub registration_number: String,
    /// Row of the file.
    pub row: u32,
    /// What became of it.
    pub outcome: DifferenceOutcome,
    /// Field by field; personal data are named but not shown.
    pub fields: Vec<FieldDifference>,
}

/// What became of a differing row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DifferenceOutcome {
    /// Waits for consent.
    Listed,
    /// Applied as the next version.
    Applied,
    /// The registry's record took the exchange's place.
    RegistryReplacesExchange,
    /// The exchange's row was set aside: the registry wins.
    RegistryKept,
}

impl DifferenceOutcome {
    /// The Chinese words of the list.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Listed => "待确认",
            Self::Applied => "已更新",
            Self::RegistryReplacesExchange => "以登记数据替换交换数据",
            Self::RegistryKept => "保留登记数据",
        }
    }
}

/// The outcome of an import.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ImportReport {
    /// Id of the import; none where nothing changed or for a dry run.
    pub import_id: Option<String>,
    /// Log position of the import.
    pub position: Option<i64>,
    /// Rows read below the header.
    pub rows: u64,
    /// Contracts not known before.
    pub new: u64,
    /// Contracts that got a new version.
    pub changed: u64,
    /// Rows equal to the contract on record.
    pub unchanged: u64,
    /// Rows repeated within the file with the same content.
    pub repeated: u64,
    /// Differing rows that wait for consent.
    pub awaiting_consent: u64,
    /// Exchange rows set aside because the registry wins.
    pub kept: u64,
    /// Rows refused.
    pub refused_rows: u64,
    /// Problems, also those not listed.
    pub problem_count: u64,
    /// Warnings, also those not listed.
    pub warning_count: u64,
    /// Rows that are no contracts: totals, signatures, the header once more.
    pub skipped_rows: u64,
    /// Sheets that were not read: hidden, or without a list of contracts.
    pub ignored_sheets: Vec<String>,
    /// Sheet columns that fill no field.
    pub ignored_columns: Vec<String>,
    /// Months in which the contracts of the file were registered, in order.
    pub months: Vec<String>,
    /// The first problems.
    #[serde(skip)]
    pub problems: Vec<SheetProblem>,
    /// The first warnings.
    #[serde(skip)]
    pub warnings: Vec<SheetProblem>,
    /// The first differences.
    pub differences: Vec<Difference>,
}

impl ImportReport {
    /// Whether the import changed nothing because everything was already there.
    #[must_use]
    pub const fn is_unchanged(&self) -> bool {
        self.new == 0 && self.changed == 0
    }

    pub(crate) fn note_problems(&mut self, problems: Vec<SheetProblem>) {
        self.refused_rows += 1;
        self.problem_count += problems.len() as u64;
        let room = LISTED_MAX.saturating_sub(self.problems.len());
        self.problems.extend(problems.into_iter().take(room));
    }

    pub(crate) fn note_warnings(&mut self, warnings: Vec<SheetProblem>) {
        self.warning_count += warnings.len() as u64;
        let room = LISTED_MAX.saturating_sub(self.warnings.len());
        self.warnings.extend(warnings.into_iter().take(room));
    }

    pub(crate) fn note_difference(&mut self, difference: Difference) {
        if self.differences.len() < LISTED_MAX {
            self.differences.push(difference);
        }
    }
}

/// The differences as rows of a CSV: number, row, outcome, field, old, new.
#[must_use]
pub fn difference_rows(differences: &[Difference]) -> Vec<[String; 6]> {
    let lines = differences
        .iter()
        .flat_map(|difference| difference.fields.iter().map(move |field| (difference, field)));
    lines
        .map(|(difference, field)| {
            [
                difference.registration_number.clone(),
                difference.row.to_string(),
                difference.outcome.label().to_owned(),
                field.field.clone(),
                field.old.clone(),
                field.new.clone(),
            ]
        })
        .collect()
}
