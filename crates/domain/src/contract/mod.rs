//! Technology contracts (技术合同): the record, the checks of a sheet's row, and what changed between versions.

pub mod application;
mod check;
mod difference;
pub mod flag;
mod personal;
pub mod procedure;
mod record;
pub mod screen;
pub mod technology_value;
pub(crate) mod written;

pub use check::{CheckedRow, RawRow, RawValue, RowProblem, check_row};
pub use difference::{FieldDifference, differences, filled_from};
pub use personal::{PersonalFields, restore_personal, split_personal};
pub use record::{Contract, Party, PartyNature, Side};
