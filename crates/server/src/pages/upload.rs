//! Forms with a file: looked at and not kept, in memory up to a limit; or taken piece by piece, to be kept.

use axum::extract::DefaultBodyLimit;
use axum::extract::Multipart;
use axum::extract::multipart::{Field, MultipartError, MultipartRejection};
use axum::http::StatusCode;
use xiaoxiang_services::Refusal;

/// Largest file of such a form.
pub const FILE_BYTES_MAX: usize = 20 * 1024 * 1024;
/// Room for the other fields and what stands between them.
const FORM_BYTES_MAX: usize = FILE_BYTES_MAX + 64 * 1024;
/// Longest other field.
const FIELD_BYTES_MAX: usize = 8 * 1024;
/// Fields of a form at the most.
const FIELDS_MAX: usize = 20;

/// What such a form sent.
#[derive(Clone, Debug, Default)]
pub struct SentFile {
    /// The other fields.
    pub fields: Vec<(String, String)>,
    /// The file; empty where none was chosen.
    pub bytes: Vec<u8>,
}

/// Why it cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UploadProblem {
    /// The file or the form is too large.
    TooLarge,
    /// It is not such a form.
    NotAForm,
}

impl UploadProblem {
    /// The HTTP status of the answer.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotAForm => StatusCode::BAD_REQUEST,
        }
    }

    /// The key of what to do.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::TooLarge => "upload-too-large",
            Self::NotAForm => "upload-not-a-form",
        }
    }
}

impl From<MultipartError> for UploadProblem {
    fn from(error: MultipartError) -> Self {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE { Self::TooLarge } else { Self::NotAForm }
    }
}

impl SentFile {
    /// The text of a field, empty where it was not sent.
    #[must_use]
    pub fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }
}

/// The limit of a route that takes such a form.
pub fn limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(FORM_BYTES_MAX)
}

/// Reads the form: one field named `file`, the others short.
pub async fn read_form(form: Result<Multipart, MultipartRejection>) -> Result<SentFile, UploadProblem> {
    let mut form = form.map_err(|_| UploadProblem::NotAForm)?;
    let mut sent = SentFile::default();
    while let Some(mut field) = form.next_field().await? {
        let name = field.name().unwrap_or_default().to_owned();
        let max = if name == "file" { FILE_BYTES_MAX } else { FIELD_BYTES_MAX };
        let mut bytes = Vec::new();
        while let Some(piece) = field.chunk().await? {
            if bytes.len() + piece.len() > max {
                return Err(UploadProblem::TooLarge);
            }
            bytes.extend_from_slice(&piece);
        }
        if name == "file" {
            sent.bytes = bytes;
        } else if sent.fields.len() < FIELDS_MAX {
            sent.fields.push((name, String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
    Ok(sent)
}

/// Why a form whose file is kept while it comes cannot be taken.
#[derive(Debug)]
pub enum Broken {
    /// The form itself breaks off, or is too large.
    Form(MultipartError),
    /// The file is refused.
    Refused(Refusal),
}

impl From<MultipartError> for Broken {
    fn from(error: MultipartError) -> Self {
        Self::Form(error)
    }
}

impl From<Refusal> for Broken {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// The next bytes of a file; an empty piece is not its end.
pub async fn next_piece(field: &mut Field<'_>) -> Result<Option<axum::body::Bytes>, MultipartError> {
    while let Some(bytes) = field.chunk().await? {
        if !bytes.is_empty() {
            return Ok(Some(bytes));
        }
    }
    Ok(None)
}
