//! The procedure of registration (技术合同认定登记程序): states, who may take which step, clocks.

mod clock;
mod decide;
mod history;
mod inspection;
mod point;
mod state;

#[cfg(test)]
mod tests;

pub use clock::{Clock, Due};
pub use decide::{Application, Obstacle, Officer, Outcome, StepAsk, decide_step, needs_experts};
pub use history::{History, TakenStep, history_of};
pub use inspection::{
    InspectionAct, InspectionDays, InspectionObstacle, InspectionStage, Turn, decide_act, turn_at,
};
pub use point::{DatedAct, ListedAs, PointAct, PointObstacle, PointRecord, is_open_at_point};
pub use state::{ApplicationState, RegistrationMode, Step, leads_to};
