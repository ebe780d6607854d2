//! The name of one log.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Longest log name in bytes; a UUID has 36.
pub const MAX_LOG_ID_BYTES: usize = 64;

/// Name of one log (日志编号), drawn when a database is created and signed in every tree head, so
/// that a head of one installation cannot be passed off as another's.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LogId(String);

/// A log name with other characters than letters, digits, `-` and `_`, or of a wrong length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a log id has 1 to {MAX_LOG_ID_BYTES} ascii letters, digits, '-' or '_'")]
pub struct LogIdError;

impl LogId {
    /// Returns the name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for LogId {
    type Error = LogIdError;

    fn try_from(text: String) -> Result<Self, LogIdError> {
        let length_fits = (1..=MAX_LOG_ID_BYTES).contains(&text.len());
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if length_fits && text.bytes().all(is_allowed) { Ok(Self(text)) } else { Err(LogIdError) }
    }
}

impl FromStr for LogId {
    type Err = LogIdError;

    fn from_str(text: &str) -> Result<Self, LogIdError> {
        Self::try_from(text.to_owned())
    }
}

impl From<LogId> for String {
    fn from(id: LogId) -> Self {
        id.0
    }
}

impl fmt::Display for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
