//! Technology demands (技术需求): what a company needs, how it is checked, screened and published, and who reads how much.

mod check;
mod collection;
mod decide;
mod disclose;
mod form;
mod issue;
mod screening;
mod state;

pub use check::{Budget, CheckedDemand, TargetFigure, check_demand, storage_problems};
pub use collection::{Cell, SheetGrid, read_collection_sheet};
pub use decide::{DemandCase, DemandObstacle, DemandOutcome, Enterer, decide_demand_step};
pub use disclose::{DemandPart, Levels, SeenDemand, levels_of, teaser_text};
pub use form::{
    DemandForm, FIELD_KEYS, FIGURES_MAX, FigureText, PERSONAL_KEYS, read_figure_lines, write_figure_lines,
};
pub use issue::{Departure, IssueChanges, IssueEntry, IssueKind, IssuedList, compare_issues};
pub use screening::{ReviewScore, ScreeningResult, ScreeningShortfall, check_scores, screening_result};
pub use state::{DemandKind, DemandState, DemandStep, Verification};
