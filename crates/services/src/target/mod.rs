//! Annual targets (年度目标): set by document, split province → city → county.

mod import_targets;

pub(crate) use import_targets::list_targets;
pub use import_targets::{ImportedTargets, import_targets, save_targets, targets_of_year};
