//! Statistical bulletins (统计通报): the read model, tables, publication, corrections, reconciliation.

mod close_year;
mod content;
mod correct_bulletin;
mod draft_bulletin;
mod explain_cell;
mod list_bulletins;
mod make_city_monthly;
mod make_flows;
mod make_table;
mod place_figures;
mod products;
mod public_files;
mod published_corrections;
mod read_model;
mod reconcile_bulletin;
mod sign_bulletin;
mod standing;
mod words;

pub use close_year::close_year;
pub use content::{BULLETIN_KIND, BulletinContent, ContentTable, Frozen, METHOD_VERSION, make_content};
pub use correct_bulletin::{CellCorrection, decide_correction, list_pending_changes};
pub use draft_bulletin::draft_bulletin;
pub use explain_cell::{CellBehind, ContractBehind, explain_bulletin_cell, explain_cell};
pub use list_bulletins::{
    BulletinDetail, BulletinSummary, PUBLISHED_SHOWN_MAX, PublishedFilter, PublishedList, PublishedSummary,
    find_bulletin, find_published, latest_bulletin, list_bulletins, list_published, usual_period,
};
pub use make_city_monthly::make_city_monthly;
pub use make_flows::{MadeFlows, make_flows};
pub use make_table::{MadeTable, TableAsk, make_table, tabulate_ask};
pub(crate) use make_table::{make_table_in, refused as table_refused};
pub(crate) use place_figures::{FrozenMark, Latest};
pub use place_figures::{PlaceAnswer, PlaceFigures, PlaceSide, read_county_figures, read_place_figures};
pub use products::{Product, product_document, product_tables};
pub use public_files::{PublicBulletin, PublicFormat, PublicTable, write_public_file};
pub use published_corrections::{CorrectedCell, PublishedCorrection, published_corrections};
pub use read_model::{Figures, ReadModel};
pub use reconcile_bulletin::{ReconcileAsk, ReconciledCell, ReconciledSheet, reconcile_bulletin};
pub use sign_bulletin::{Signing, sign_bulletin};
pub use standing::{DataStanding, data_standing, list_exchange_months};
pub(crate) use words::labels;
