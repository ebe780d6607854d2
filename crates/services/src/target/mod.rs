//! Annual targets (年度目标): set by document, split province → city → county.

mod import_targets;

pub use import_targets::{ImportedTargets, import_targets, save_targets};
