//! Annual targets (年度目标): set by document, split province → city → county.

mod import_targets;
mod set_targets;
mod target_board;

pub(crate) use import_targets::list_targets;
pub use import_targets::{ImportedTargets, import_targets, save_targets, targets_of_year};
pub use set_targets::{ChangedTargets, Difference, TargetChange, set_targets};
pub use target_board::{SplitState, TargetBoard, TargetLine, TargetRecord, target_board};
pub(crate) use target_board::{day_of_reading, is_split_wanted};
