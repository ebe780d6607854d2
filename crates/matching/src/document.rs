//! What is searched, and what is asked.

use crate::constraint::{Facts, Requirement};

/// One thing that can be found: an achievement, a patent, an expert, a demand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// The caller's identifier, unique in an index, at most [`LONGEST_ID_BYTES`].
    pub id: String,
    /// What kind of thing it is, in the caller's words; a question may ask for some kinds only.
    pub kind: String,
    /// 名称
    pub title: String,
    /// Everything else that is said of it.
    pub text: String,
    /// What it states beside its words.
    pub facts: Facts,
}

impl Document {
    /// The text that the encoder reads of it.
    #[must_use]
    pub fn text_to_read(&self) -> String {
        format!("{} {}", self.title, self.text).trim().to_owned()
    }
}

/// What somebody looks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// The few words that name it: a title, or what was typed into a search box.
    pub text: String,
    /// The long form, where there is one.
    pub description: String,
    /// The kinds that may answer; empty means all.
    pub kinds: Vec<String>,
    /// What is required beside the words.
    pub requirements: Vec<Requirement>,
}

/// An identifier may have so many bytes.
pub const LONGEST_ID_BYTES: usize = 200;

/// So many characters of a title are read, of a document and of a question.
pub const LONGEST_TITLE: usize = 1_000;

/// So many characters of a text or description are read; what lies beyond is kept by the caller, not here.
pub const LONGEST_TEXT: usize = 20_000;
