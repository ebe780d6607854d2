//! Open data (开放数据): tables without small cells, and everything published as datasets.

mod datasets;
mod public_table;
mod write_dataset;

pub use datasets::{Dataset, DatasetColumn, DatasetFormat, DatasetId, list_datasets};
pub use public_table::{PublicTableMade, make_public_table};
pub use write_dataset::write_dataset;
