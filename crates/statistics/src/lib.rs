//! Statistics of technology contracts (技术合同统计): contract facts in columns, cross-tables, bulletins.
//!
//! Every table is a pure function of the columns, a log position and the words passed in; nothing here reads a
//! clock, a file or a database. Amounts are whole fen, sums are exact, and rounding happens in the layout only.

pub mod city_monthly;
pub mod columns;
pub mod completion;
pub mod correction;
pub mod cross_table;
pub mod explain;
pub mod flow;
pub mod geography;
pub mod json;
pub mod lapsed;
pub mod layout;
pub mod lead_funnel;
pub mod listing;
pub mod reconcile;
mod region_lists;
pub mod registration_point;
pub mod series;
pub mod small_cells;
pub mod table;
