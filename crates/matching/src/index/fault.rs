use thiserror::Error;

/// Why the index could not do something. The records are untouched: an index can always be made again from them.
#[derive(Debug, Error)]
pub enum IndexFault {
    /// The files are not an index of this version, or are damaged: make the index again.
    #[error("the index is damaged or of another version ({0})")]
    Damaged(String),
    /// The disk is full or cannot be written.
    #[error("the index cannot be written: {0}")]
    Disk(#[from] std::io::Error),
    /// Another process writes the index.
    #[error("another process writes the index")]
    Busy,
    /// The full-text engine failed otherwise.
    #[error("full text: {0}")]
    FullText(tantivy::TantivyError),
    /// An identifier is empty or too long.
    #[error("the identifier {0:?} is empty or has more than {limit} bytes", limit = crate::document::LONGEST_ID_BYTES)]
    Id(String),
}

impl From<tantivy::TantivyError> for IndexFault {
    fn from(error: tantivy::TantivyError) -> Self {
        match error {
            tantivy::TantivyError::LockFailure(..) => Self::Busy,
            other => Self::FullText(other),
        }
    }
}
