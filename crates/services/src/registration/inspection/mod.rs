//! Spot checks and revocation as a procedure (抽查与撤销程序).

mod draw_inspections;
mod read_inspection;
mod take_act;

pub use draw_inspections::{Draw, draw_inspections, drawn_of, open_inspection};
pub use read_inspection::{
    ActView, InspectionPage, InspectionSummary, OpenAct, list_inspections, read_inspection,
};
pub use take_act::{ActDone, ActRequest, take_act};
