//! Registration points (登记点): which there are, how they work, who opens and closes them, and their ledgers.

mod hand_on;
mod known_points;
mod list_points;
mod read_ledger;
mod read_point;
mod turn_point;

pub use hand_on::{HANDED_ON_MAX, HandOn, hand_on};
pub(super) use known_points::{KnownPoint, known_points, takes_applications};
pub use list_points::{PointLoad, PointSummary, PointsPage, StaffRule, list_points, months_of_the_year};
pub use read_ledger::{LEDGER_ROWS_MAX, Ledger, read_ledger, write_ledger};
pub use read_point::{OpenApplication, PointOrder, PointPage, read_point};
pub use turn_point::{NewPoint, Turn, open_new_point, turn_point};
