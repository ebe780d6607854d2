//! The meaning of a text as a vector: texts that speak of the same in other words lie close together.

mod encoder;
mod model_file;
mod pieces;
mod table;
mod turn;

pub use encoder::{Encoder, READING_DIMENSIONS, Side};
pub use model_file::ModelFault;
pub use table::{TABLE_DIMENSIONS, Table};
