//! Statistical bulletins (统计通报): the read model, tables, publication, corrections, reconciliation.

mod close_year;
mod content;
mod correct_bulletin;
mod countersign_bulletin;
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
mod published_figures;
mod read_model;
mod reconcile_bulletin;
mod redraft_bulletin;
mod review_draft;
mod sign_bulletin;
mod standing;
mod words;

pub use close_year::close_year;
pub use content::{BULLETIN_KIND, BulletinContent, ContentTable, Frozen, METHOD_VERSION, make_content};
pub(crate) use correct_bulletin::count_changed;
pub use correct_bulletin::{
    CellCorrection, PendingChanges, announce_corrections, decide_correction, decide_seen_correction,
    find_pending_changes, list_pending_changes,
};
pub use countersign_bulletin::{Countersignature, NewCountersignature, Opinion, countersign_bulletin};
pub use draft_bulletin::draft_bulletin;
pub use explain_cell::{CellBehind, ContractBehind, explain_bulletin_cell, explain_cell};
pub use list_bulletins::{
    BulletinDetail, BulletinSummary, PUBLISHED_SHOWN_MAX, PublishedFilter, PublishedList, PublishedSummary,
    find_bulletin, find_published, latest_bulletin, list_bulletins, list_published, usual_period,
};
pub use make_city_monthly::{latest_months, make_city_monthly, usual_draft_period};
pub use make_flows::{MadeFlows, make_flows};
pub use make_table::{MadeTable, TableAsk, make_table, tabulate_ask};
pub(crate) use make_table::{make_table_in, refused as table_refused};
pub(crate) use place_figures::{FrozenMark, Latest};
pub use place_figures::{PlaceAnswer, PlaceFigures, PlaceSide, read_county_figures, read_place_figures};
pub use products::{Product, product_document, product_sheets, product_tables};
pub use public_files::{
    PublicBulletin, PublicFormat, PublicTable, public_bulletin, write_product_file, write_public_file,
    write_table_file,
};
pub use published_corrections::{
    CorrectedCell, PublishedCorrection, describe_changes, published_corrections,
};
pub use published_figures::{PublishedFigure, list_published_figures};
pub(crate) use read_model::FigureModel;
pub use read_model::Figures;
pub use reconcile_bulletin::{ReconcileAsk, ReconciledCell, ReconciledSheet, reconcile_bulletin};
pub use redraft_bulletin::redraft_bulletin;
pub use review_draft::{DraftReview, DraftingOverview, Freshness, drafting_overview, review_draft};
pub use sign_bulletin::{Objections, SeenDraft, Signing, sign_bulletin, sign_seen_draft};
pub use standing::{DataStanding, data_standing, list_exchange_months};
pub(crate) use words::labels;
