//! Where contracts count: park company lists, objections and the province's decisions (归属).

mod decide_objection;
mod facts;
mod footing;
mod import_park_list;
mod park_findings;
mod raise_objection;

pub use decide_objection::decide_objection;
pub(crate) use facts::{FactKeys, Ground, fact_of, load_basis, reattribute_all};
pub(crate) use footing::Footing;
pub use import_park_list::{ImportedParkList, import_park_list, replace_park_list};
pub use park_findings::{ParkFindings, park_findings};
pub use raise_objection::{NewObjection, list_objections, raise_objection};
