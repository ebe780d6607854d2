//! The index: documents in, candidates with the parts of their score out.

mod engine;
mod fault;
mod kept_facts;
mod lexical;
mod slots;

pub use engine::{Engine, Hit, Search};
pub use fault::IndexFault;
