//! Bulk entry of achievements and patents from XLSX and CSV (批量导入): drafts of rows, all of them or the good ones.

mod columns;
mod import_achievements;
mod read_rows;

pub use columns::COLUMNS;
pub use import_achievements::{
    AchievementImport, AchievementImportReport, ImportedRow, RowSet, import_achievements,
};
pub use read_rows::IMPORT_ROWS_MAX;
