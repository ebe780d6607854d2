//! How good the ranking is, on sets of questions whose answers are known.

mod learn;
mod measures;
mod run;
mod set;

pub use learn::{FOLDS, Learnt, learn};
pub use measures::{Measures, Ranked, measure};
pub use run::{Report, Run, evaluate};
pub use set::{EvaluationSet, SetFault};
