//! Matching of demands and achievements (供需匹配).

mod evaluate_set;

pub use evaluate_set::{EvaluationAsked, evaluate_set, learn_weights};
pub use xiaoxiang_matching::score::{Channels, Weights};

use xiaoxiang_matching::index::IndexFault;

use crate::refusal::Refusal;

/// What an index that failed means for the caller.
fn refused(fault: &IndexFault) -> Refusal {
    Refusal::invalid(
        "matching.index",
        format!("检索索引暂不可用：{fault}。记录没有受影响，索引将从记录重建。"),
        format!(
            "the search index cannot be used: {fault}; the records are untouched, it will be made again from them"
        ),
    )
}
