//! Statistical bulletins (统计通报): what is tabulated, and the life of a published table.

mod lifecycle;
mod words;

pub use lifecycle::*;
pub use words::*;
