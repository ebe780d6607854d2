//! Checks rows before they are filed: what cannot even be kept, what is wrong with a cell, what every draft still lacks.

use std::collections::BTreeMap;

use jiff::civil::Date;
use xiaoxiang_domain::contract::application::{ApplicationForm, Occasion};
use xiaoxiang_domain::region::{Regime, Region};

use super::read_sheet::{BatchLine, BatchSheet};
use crate::registration::check_form::{Handing, check_form};
use crate::sheet::SheetProblem;

/// What is to be said about the rows of a sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct RowsChecked {
    /// Stands in the way of filing.
    pub problems: Vec<SheetProblem>,
    /// A cell that has to be put right before the draft is handed in.
    pub remarks: Vec<SheetProblem>,
    /// How many drafts lack a field.
    pub missing: BTreeMap<String, u64>,
}

/// The form that a row becomes: what the organisation stated last, and the row.
pub(super) fn form_of(blank: &ApplicationForm, line: &BatchLine) -> ApplicationForm {
    let mut form = ApplicationForm { fields: blank.fields.clone(), ..ApplicationForm::default() };
    form.fields.extend(line.fields.clone());
    form
}

/// What cannot be kept at all, with its place.
pub(super) fn storage_problems(
    sheet: &BatchSheet,
    blank: &ApplicationForm,
    region: &Region,
) -> Vec<SheetProblem> {
    let of_row = |line: &BatchLine| {
        let number = line.number;
        let problems = form_of(blank, line).storage_problems(region);
        problems.into_iter().map(move |problem| (number, problem)).collect::<Vec<_>>()
    };
    let all = sheet.rows.iter().flat_map(of_row);
    all.map(|(row, problem)| sheet.located(row, problem)).collect()
}

/// Checks all rows as they would be if they were handed in on a day.
pub(super) fn check_rows(
    sheet: &BatchSheet,
    blank: &ApplicationForm,
    handing: &Handing<'_>,
    region: &Region,
    regime: &Regime,
    day: Date,
) -> RowsChecked {
    let mut checked =
        RowsChecked { problems: storage_problems(sheet, blank, region), ..RowsChecked::default() };
    for line in &sheet.rows {
        let form = form_of(blank, line);
        let stored: Vec<_> = form.storage_problems(region);
        let Err(problems) = check_form(&form, handing, region, regime, day, Occasion::Application) else {
            continue;
        };
        for mut problem in problems.into_iter().filter(|problem| !stored.contains(problem)) {
            // Amounts come from the costs where the sheet has none; every draft is asked for them.
            let stated = line.fields.get(&problem.field);
            match stated {
                Some(text) => {
                    if problem.value.is_empty() {
                        problem.value.clone_from(text);
                    }
                    checked.remarks.push(sheet.located(line.number, problem));
                }
                None => *checked.missing.entry(problem.field).or_default() += 1,
            }
        }
    }
    checked
}
