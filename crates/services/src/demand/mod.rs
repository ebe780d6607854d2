//! Technology demands (技术需求): collected, checked, sorted, screened, published on two living lists, kept fresh.

mod case;
mod collection_sheet;
mod expire_demands;
mod follow_lead;
mod import_demands;
mod issue_files;
mod list_demands;
mod market;
mod merge_demands;
mod notify_demand;
mod open_demands;
mod publish_list;
mod read_demand;
mod record_visit;
mod save_demand;
mod screen_demand;
mod start_demand;
mod take_demand_step;
mod undertaking;

pub(crate) use case::Case;
pub(crate) use collection_sheet::read_sheet;
pub use collection_sheet::{Collected, SHEET_BYTES_MAX, SheetTemplate, collect_sheet, write_template};
pub use expire_demands::{expire_demands, remind_owners};
pub(crate) use follow_lead::advance_demand;
pub use import_demands::{BadRows, DemandImport, IMPORT_ROWS_MAX, Writing, import_demands};
pub use issue_files::{IssueFile, write_issue};
pub use list_demands::{DemandsAsk, DemandsPage, KindStateCount, ListedDemand, PAGE_USUAL, list_demands};
pub(crate) use market::seen_demand;
pub use market::{FacetCount, MarketAsk, MarketDemand, MarketPage, list_market_demands, read_market_demand};
pub use merge_demands::{Division, MERGED_MAX, Merger, SPLIT_MAX, merge_demands, split_demand};
pub(crate) use notify_demand::owners as owners_of_demand;
pub(crate) use open_demands::open_demand;
pub use open_demands::{OpenDemand, OpenDemandPage, list_open_demands};
pub use publish_list::{IssueSummary, NextIssue, list_issues, preview_issue, publish_list, read_issue};
pub use read_demand::{DemandPage, DemandStepView, LinkedDemand, OpenDemandStep, ReviewView, read_demand};
pub use record_visit::{Found, NewVisit, VisitKind, record_visit};
pub use save_demand::{SavedDemand, save_demand};
pub use screen_demand::{
    EXPERTS_MAX, ExpertChoice, ReviewAnswer, answer_review, invite_experts, list_experts,
};
pub use start_demand::{NewDemand, start_demand};
pub use take_demand_step::{DemandStepRequest, REASONS_MAX, WORDS_CHARACTERS_MAX, take_demand_step};
pub use undertaking::{UNDERTAKING_WORDING, give_undertaking};
