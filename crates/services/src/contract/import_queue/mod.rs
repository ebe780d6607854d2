//! Imports asked for on screen (导入任务): the file is kept in chunks, read by a background task of one node, and its
//! outcome is kept with it. The reading itself is [`super::import_contracts`], the same as on the command line.

mod ask;
mod history;
mod outcome;
mod receive;
mod recognise;
mod work;

pub(crate) use ask::gone;
pub use ask::{ImportHow, answer_source, import_again, queue_import};
pub use history::{ImportOverview, PastImport, RunView, find_import_run, list_imports};
pub use outcome::{Reason, RunState};
pub use receive::{Received, Receiving, UPLOAD_BYTES_MAX, begin_upload, harmless_file_name};
pub use work::{
    SILENCE_MS_MAX, UPLOAD_KEPT_DAYS, discard_outlived_uploads, give_back_import_runs, work_on_next_import,
};
