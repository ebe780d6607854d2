//! Matching (供需匹配): full text, meaning and constraints, ranked and explained.
//!
//! A library that knows nothing of HTTP or SQL: documents and questions come in as text and facts, ranked hits with
//! every part of their score go out. What was tried and what it gave stands in `docs/MATCHING.md`.

#![expect(clippy::float_arithmetic, reason = "scores and vectors; no money is computed here")]

pub mod constraint;
pub mod document;
pub mod evaluate;
pub mod explain;
pub mod index;
pub mod meaning;
pub mod score;
pub mod sharpen;
pub mod text;

/// Number of what an index holds. It is raised with every change of the model files, of how texts are cut, or of the
/// files of the index; an index of another number is made again.
pub const INDEX_VERSION: u32 = 1;
