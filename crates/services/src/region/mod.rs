//! Region data (区域数据): checked folders go in as versions; running code reads only those.

mod import_region;
mod outlines;
mod read_region;

pub use import_region::{ImportedRegion, check_region, import_region};
pub use outlines::{city_outlines, county_outlines};
pub use read_region::RegionInForce;
