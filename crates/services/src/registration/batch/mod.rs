//! Batch filing (批量填报): a university's own spreadsheet becomes drafts, one a row, by the form's headers and a mapping that
//! is kept for the next time. Amounts are read in the unit of their header, 万元 as 万元.

mod check_rows;
mod file_batch;
mod mapping;
mod read_sheet;
mod staged;

pub use file_batch::{FiledBatch, file_batch};
pub use mapping::{MAPPED_HEADERS_MAX, SheetMapping, WrittenUnit, read_mapping, save_mapping};
pub use read_sheet::{BATCH_ROWS_MAX, BatchColumn, BatchLine, BatchSheet};
pub use staged::{
    BatchChoice, BatchPage, FiledDraft, FiledPage, ReceivingBatch, StagedBatch, begin_batch,
    choose_for_batch, file_staged_batch, list_batches, read_batch,
};
