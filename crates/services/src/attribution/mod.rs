//! Where contracts count: park company lists, objections and the province's decisions (归属).

mod decide_objection;
mod facts;
mod footing;
mod import_park_list;
mod objections;
mod park_drafts;
mod park_findings;
mod raise_objection;

pub use decide_objection::decide_objection;
pub(crate) use facts::{FactKeys, Ground, fact_of, load_basis, reattribute_all};
pub(crate) use footing::Footing;
pub use import_park_list::{ImportedParkList, import_park_list, replace_park_list};
pub use objections::{ObjectionDetail, PlaceGround, find_objection, list_objections, remark_on_objection};
pub(crate) use objections::{count_open, open_in_division};
pub use park_drafts::{
    ParkListDraft, ParkState, ParkStates, confirm_park_list, draft_park_list, find_park_list_draft,
    list_parks,
};
pub use park_findings::{ParkClaimants, ParkFindings, park_findings};
pub(crate) use park_findings::{count_claimed_twice, findings_within};
pub use raise_objection::{NewObjection, REASON_CHARACTERS_MAX, check_reason, raise_objection};
pub use xiaoxiang_store::attribution::{ObjectionRow, RemarkRow};
