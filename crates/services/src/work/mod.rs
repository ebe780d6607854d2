//! What waits for somebody (待办).

mod list_waiting;
mod market_work;

pub use list_waiting::{Waiting, WaitingKind, list_waiting};
