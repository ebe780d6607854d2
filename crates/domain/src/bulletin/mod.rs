//! Statistical bulletins (统计通报): what is tabulated, and the life of a published table.

mod lifecycle;
mod printed;
mod words;

pub use lifecycle::*;
pub use printed::*;
pub use words::*;
