//! Statistical bulletins (统计通报): the read model, tables, publication, corrections, reconciliation.

mod read_model;

pub use read_model::{Figures, ReadModel};
