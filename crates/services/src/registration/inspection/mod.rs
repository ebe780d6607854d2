//! Spot checks and revocation as a procedure (抽查与撤销程序).

mod draw_inspections;
mod notify_act;
mod read_inspection;
mod take_act;

pub use draw_inspections::{
    Draw, DrawPreview, SEED_CHARACTERS_MAX, draw_inspections, drawn_of, open_inspection, preview_draw,
};
pub use read_inspection::{
    ActView, InspectionPage, InspectionSummary, InspectionsWaiting, OpenAct, count_inspections_waiting,
    list_inspections, list_inspections_of, read_evidence, read_inspection,
};
pub use take_act::{ActDone, ActRequest, take_act};
