//! Words that demands and achievements share (要素市场共用词汇): cooperation modes, disclosure, maturity, ownership, texts.
//!
//! What one side looks for and the other offers has to be said in the same words, or nothing can be compared. Fields and
//! industries are the region's code lists `technical_field` and `industry`; maturity is the list `maturity`.

mod disclosure;
mod maturity;
mod mode;
mod ownership;
mod text;

pub use disclosure::{DisclosureLevel, ReaderStanding, UNDERTAKING_DAYS, Veiled, reader_level};
pub use maturity::{Maturity, MaturityFit};
pub use mode::{CooperationMode, read_modes, write_modes};
pub use ownership::IpWish;
pub use text::{LONG_TEXT_CHARACTERS_MAX, SHORT_TEXT_CHARACTERS_MAX, TextProblem, clean_text};
