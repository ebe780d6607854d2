//! Organisations (单位): companies, universities, institutes and other parties of contracts.

pub mod credit_code;
pub mod history;

pub use credit_code::{CreditCode, CreditCodeProblem};
