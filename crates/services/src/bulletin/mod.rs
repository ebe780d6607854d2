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
mod products;
mod read_model;
mod reconcile_bulletin;
mod sign_bulletin;
mod words;

pub use close_year::close_year;
pub use content::{BULLETIN_KIND, BulletinContent, ContentTable, Frozen, METHOD_VERSION, make_content};
pub use correct_bulletin::{CellCorrection, decide_correction, list_pending_changes};
pub use draft_bulletin::draft_bulletin;
pub use explain_cell::{CellBehind, ContractBehind, explain_bulletin_cell, explain_cell};
pub use list_bulletins::{BulletinDetail, BulletinSummary, find_bulletin, latest_bulletin, list_bulletins};
pub use make_city_monthly::make_city_monthly;
pub use make_flows::{MadeFlows, make_flows};
pub use make_table::{MadeTable, TableAsk, make_table, tabulate_ask};
pub use products::{Product, product_document, product_tables};
pub use read_model::{Figures, ReadModel};
pub use reconcile_bulletin::{ReconcileAsk, ReconciledCell, ReconciledSheet, reconcile_bulletin};
pub use sign_bulletin::{Signing, sign_bulletin};
