//! Registration as a procedure on both databases: whole lives, and what people do to it.

mod auditors;
mod batch;
mod consequences;
mod inspection;
mod life;
mod misuse;
mod papers;
mod points;
mod reminders;
mod requests;
pub mod world;
