//! Contract texts and evidence (合同文本、材料): handed in with the application, opened by who may, each view logged.

use axum::extract::multipart::{Field, MultipartRejection};
use axum::extract::{DefaultBodyLimit, Multipart, Path};
use axum::response::{IntoResponse as _, Response};
use xiaoxiang_services::contract::import_queue::UPLOAD_BYTES_MAX;
use xiaoxiang_services::registration::{
    AttachmentKind, MediaType, ReadText, ReceivingText, begin_text, read_attachment,
};

use crate::pages::failure::Failure;
use crate::pages::upload::{Broken, next_piece};
use crate::pages::visit::{Visit, download, shown};

/// Room beside the file itself: what is larger than a file may be is still told in words.
const FORM_BYTES_MAX: usize = UPLOAD_BYTES_MAX as usize + 4 * 1024 * 1024;
/// Bytes of an option; every option is a word.
const OPTION_BYTES_MAX: usize = 64;
const KILOBYTE: i64 = 1024;

/// The limit of the route that takes a text.
pub(super) fn limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(FORM_BYTES_MAX)
}

/// The key of what a file is.
pub(super) fn kind_key(code: &str) -> &'static str {
    match AttachmentKind::from_code(code) {
        Some(AttachmentKind::ContractText) => "application-text-contract",
        Some(AttachmentKind::Authority) => "application-text-authority",
        Some(AttachmentKind::Decision) => "application-text-decision",
        Some(AttachmentKind::Evidence) | None => "application-text-evidence",
    }
}

/// A size in kilobytes, at least one.
pub(super) fn size(bytes: i64) -> String {
    format!("{} KB", (bytes + KILOBYTE - 1) / KILOBYTE)
}

pub(super) async fn send(
    visit: Visit,
    Path(id): Path<String>,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    let then = format!("/applications/{id}/form/texts?saved=1");
    receive(&visit, &id, form, None, &then).await
}

/// Takes a file of an application and leads on to where it is shown; what it is, the form says unless it is known.
pub(super) async fn receive(
    visit: &Visit,
    id: &str,
    form: Result<Multipart, MultipartRejection>,
    known: Option<AttachmentKind>,
    then: &str,
) -> Response {
    let Ok(mut form) = form else { return visit.misread() };
    match take(visit, id, &mut form, known).await {
        Ok(true) => visit.lead_to(then),
        Ok(false) => visit.failed(Failure::BadRequest(visit.language.text("application-no-file").to_owned())),
        Err(Broken::Form(error)) if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE => {
            visit.failed(Failure::TooLarge(visit.language.text("upload-too-large").to_owned()))
        }
        Err(Broken::Form(_)) => visit.misread(),
        Err(Broken::Refused(refusal)) => visit.refused(&refusal),
    }
}

/// Takes the first file that has content; gives whether there was one.
async fn take(
    visit: &Visit,
    id: &str,
    form: &mut Multipart,
    known: Option<AttachmentKind>,
) -> Result<bool, Broken> {
    let mut kind = known.unwrap_or(AttachmentKind::ContractText);
    while let Some(mut field) = form.next_field().await? {
        if field.name() != Some("file") {
            let is_kind = known.is_none() && field.name() == Some("kind");
            let value = field.bytes().await?;
            let code = String::from_utf8_lossy(&value[..value.len().min(OPTION_BYTES_MAX)]).into_owned();
            kind = AttachmentKind::from_code(&code).filter(|_| is_kind).unwrap_or(kind);
            continue;
        }
        let said = field.file_name().unwrap_or_default().to_owned();
        let Some(first) = next_piece(&mut field).await? else { continue };
        let mut text = begin_text(&visit.app, &visit.actor(), id, kind, &said).await?;
        push_all(visit, &mut text, first, &mut field).await?;
        text.finish(&visit.app, &visit.actor()).await?;
        return Ok(true);
    }
    Ok(false)
}

async fn push_all(
    visit: &Visit,
    text: &mut ReceivingText,
    first: axum::body::Bytes,
    field: &mut Field<'_>,
) -> Result<(), Broken> {
    let mut piece = Some(first);
    while let Some(bytes) = piece {
        if let Err(refusal) = text.push(&visit.app, &bytes).await {
            // Read to its end, so that the browser hears the answer.
            while next_piece(field).await?.is_some() {}
            return Err(refusal.into());
        }
        piece = next_piece(field).await?;
    }
    Ok(())
}

/// Opens a text: what browsers can show is shown, the rest is kept as a file.
pub(super) async fn open(visit: Visit, Path((id, text)): Path<(String, String)>) -> Response {
    match read_attachment(&visit.app, &visit.actor(), &id, &text).await {
        Ok(read) => opened(read),
        Err(refusal) => visit.refused(&refusal).into_response(),
    }
}

/// The answer with a text.
pub(super) fn opened(read: ReadText) -> Response {
    match MediaType::from_mime(&read.media_type) {
        Some(kind @ (MediaType::Pdf | MediaType::Png | MediaType::Jpeg)) => {
            shown(&read.file_name, kind.mime(), read.bytes)
        }
        Some(kind) => download(&read.file_name, kind.mime(), read.bytes),
        None => download(&read.file_name, "application/octet-stream", read.bytes),
    }
}
