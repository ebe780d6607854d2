//! Reads contracts for screening from a sheet in the import format, without a database.

use jiff::civil::Date;
use xiaoxiang_domain::contract::{Contract, check_row};
use xiaoxiang_domain::region::Region;

use crate::contract::ContractRows;
use crate::refusal::Refusal;
use crate::sheet::{SheetProblem, Visibility, open_sheet};

/// Rows with problems that are listed.
const PROBLEMS_LISTED_MAX: usize = 200;
/// Rows of one file, as many as a sheet has.
pub const ROWS_MAX: usize = crate::sheet::ROWS_MAX as usize;

/// What a file holds.
#[derive(Clone, Debug, Default)]
pub struct ScreenedFile {
    /// Contracts that can be screened; records of one number are versions.
    pub contracts: Vec<Contract>,
    /// Rows left out, the first of them with their reasons.
    pub problems: Vec<SheetProblem>,
    /// How many rows were left out.
    pub refused_rows: usize,
}

/// Reads all visible sheets that are lists of contracts; rows that no contract can be made of are left out and told.
pub fn read_contracts(region: &Region, today: Date, bytes: Vec<u8>) -> Result<ScreenedFile, Refusal> {
    let one = |problem| Refusal::Sheet(vec![problem]);
    let mut file = open_sheet(bytes).map_err(one)?;
    let mut read = ScreenedFile::default();
    let mut is_any = false;
    for sheet in 0..file.sheets().len() {
        if file.sheets()[sheet].visibility == Visibility::Hidden {
            continue;
        }
        let Some(mut rows) =
            ContractRows::find(&mut file, sheet, region.contract_form()).map_err(Refusal::Sheet)?
        else {
            continue;
        };
        is_any = true;
        let first = rows.first_data_row();
        for row in file.rows(sheet).map_err(one)? {
            let row = row.map_err(one)?;
            if row.number < first || rows.is_beside_the_contracts(&row) {
                continue;
            }
            if read.contracts.len() >= ROWS_MAX {
                return Err(Refusal::invalid(
                    "screening.too_many_rows",
                    format!("一次最多筛查 {ROWS_MAX} 行。"),
                    format!("no more than {ROWS_MAX} rows at once"),
                ));
            }
            let checked = match rows.raw(&row) {
                Ok(raw) => check_row(&raw, region, today).map_err(|problems| {
                    problems.into_iter().map(|problem| rows.located(row.number, problem)).collect::<Vec<_>>()
                }),
                Err(problems) => Err(problems),
            };
            match checked {
                Ok(checked) => read.contracts.push(checked.contract),
                Err(problems) => {
                    read.refused_rows += 1;
                    let room = PROBLEMS_LISTED_MAX.saturating_sub(read.problems.len());
                    read.problems.extend(problems.into_iter().take(room));
                }
            }
        }
    }
    if !is_any {
        return Err(Refusal::invalid(
            "screening.no_header",
            "文件中没有技术合同表（找不到表头）。",
            "the file holds no list of contracts (no header was found)",
        ));
    }
    Ok(read)
}
