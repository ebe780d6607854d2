//! A person at a browser and the example province, for the whole journeys in `tests/` and for the pictures of the guide.

pub mod paper_form;
pub mod province;
pub mod sheets;
pub mod visitor;
