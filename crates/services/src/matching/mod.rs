//! Matching of demands and achievements (供需匹配).

mod closeness;
mod evaluate_set;
mod find_matches;
mod index;
mod judge_match;
mod list_public_records;
mod records;
mod saved_searches;
mod search_market;
mod standing;
mod write_verdicts;

pub(crate) use closeness::closeness_of_pairs;
pub use evaluate_set::{EvaluationAsked, evaluate_set, learn_weights};
pub use find_matches::{
    ANSWERS_OF_DEMAND, HITS_MAX, HITS_USUAL, MatchAsk, MatchHit, Matches, QUESTION_CHARACTERS_MAX,
    find_matches, match_file, match_text,
};
pub use index::IndexState;
pub(crate) use index::MatchIndex;
pub use judge_match::{
    JudgedMatch, KeptMatch, KeptMatches, MatchVerdict, Reminders, judge_match, read_kept_matches,
    set_reminders,
};
pub use list_public_records::{list_public_records, public_record_parts};
pub use records::{RecordKey, RecordKind};
pub use saved_searches::{
    SEARCHES_MAX, SavedSearch, drop_saved_search, list_saved_searches, run_saved_searches, save_search,
};
pub use search_market::{SEARCH_CHARACTERS_MAX, SORTS_OF_MARKET, SearchAsk, SearchFound, search_market};
pub use standing::match_new_records;
pub use write_verdicts::{VerdictsWritten, write_verdicts};
pub use xiaoxiang_matching::constraint::{Aspect, Requirement, Verdict};
pub use xiaoxiang_matching::explain::Explanation;
pub use xiaoxiang_matching::score::{Channels, Points, Weights};
pub use xiaoxiang_matching::sharpen::{FactAsked, Sharpening};

use xiaoxiang_matching::index::IndexFault;

use crate::app::App;
use crate::refusal::Refusal;

/// Code of the refusal where the index failed.
const INDEX_FAULT: &str = "matching.index";

/// What an index that failed means for the caller.
fn refused(fault: &IndexFault) -> Refusal {
    Refusal::invalid(
        INDEX_FAULT,
        format!("检索索引暂不可用：{fault}。记录没有受影响，索引将从记录重建。"),
        format!(
            "the search index cannot be used: {fault}; the records are untouched, it will be made again from them"
        ),
    )
}

/// Brings the index of this node up to date.
pub async fn follow_records(app: &App) -> Result<IndexState, Refusal> {
    app.match_index.follow(app).await
}

/// Has the encoder read a few documents that are new to it, which takes a while; gives how many it read.
pub async fn read_documents(app: &App, most: usize) -> Result<usize, Refusal> {
    app.match_index.read_some(app, most).await
}
