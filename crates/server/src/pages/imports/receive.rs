//! Takes the files of the form in, one after the other, and queues their reading.

use axum::extract::Multipart;
use axum::extract::multipart::{Field, MultipartRejection};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use xiaoxiang_services::contract::import_queue::{
    begin_upload, harmless_file_name, list_imports, queue_import,
};

use super::overview::Turned;
use super::{FILES_MAX, HowForm, ImportsPage, zone};
use crate::pages::failure::Failure;
use crate::pages::upload::{Broken, next_piece};
use crate::pages::visit::Visit;

/// Bytes of an option that are looked at; every option is a word.
const OPTION_BYTES_MAX: usize = 64;

/// What came with the form.
#[derive(Default)]
struct Taken {
    /// Ids of the files that are in.
    uploads: Vec<String>,
    turned: Vec<Turned>,
    is_too_large: bool,
    form: HowForm,
}

pub(super) async fn receive(visit: Visit, form: Result<Multipart, MultipartRejection>) -> Response {
    let Ok(mut form) = form else { return visit.misread() };
    let mut taken = Taken::default();
    match take_all(&visit, &mut form, &mut taken).await {
        Ok(()) => {}
        Err(Broken::Form(error)) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            let sentence = visit.language.say("imports-form-too-large", [("files", &FILES_MAX.to_string())]);
            return visit.failed(Failure::TooLarge(sentence));
        }
        Err(Broken::Form(_)) => return visit.misread(),
        Err(Broken::Refused(refusal)) => return visit.refused(&refusal),
    }
    answer(&visit, taken).await
}

async fn take_all(visit: &Visit, form: &mut Multipart, taken: &mut Taken) -> Result<(), Broken> {
    while let Some(field) = form.next_field().await? {
        match field.name().unwrap_or_default() {
            "files" => take_file(visit, field, taken).await?,
            name => {
                let name = name.to_owned();
                let value = field.bytes().await?;
                let value = String::from_utf8_lossy(&value[..value.len().min(OPTION_BYTES_MAX)]).into_owned();
                match name.as_str() {
                    "source" => taken.form.source = value,
                    "dry_run" => taken.form.dry_run = value,
                    "keep_valid" => taken.form.keep_valid = value,
                    "accept_changes" => taken.form.accept_changes = value,
                    _ => {}
                }
            }
        }
    }
    Ok(())
}

/// Takes one file; one that is refused is read to its end and passed over, so that the browser hears the answer.
async fn take_file(visit: &Visit, mut field: Field<'_>, taken: &mut Taken) -> Result<(), Broken> {
    let said = field.file_name().unwrap_or_default().to_owned();
    // A form without a chosen file still sends a part for it.
    let Some(first) = next_piece(&mut field).await? else {
        if !said.is_empty() {
            let sentence = visit.language.text("imports-empty-file").to_owned();
            taken.turned.push(Turned { name: harmless_file_name(&said), sentence });
        }
        return Ok(());
    };
    if taken.uploads.len() == FILES_MAX {
        let sentence = visit.language.say("imports-too-many", [("files", &FILES_MAX.to_string())]);
        taken.turned.push(Turned { name: harmless_file_name(&said), sentence });
        while next_piece(&mut field).await?.is_some() {}
        return Ok(());
    }
    let mut receiving = begin_upload(&visit.app, &visit.actor(), &said).await?;
    let mut piece = Some(first);
    while let Some(bytes) = piece {
        if let Err(refusal) = receiving.push(&visit.app, &bytes).await {
            receiving.give_up(&visit.app).await?;
            if refusal.is_failure() {
                return Err(refusal.into());
            }
            taken.is_too_large = true;
            let sentence = visit.sentence(&refusal);
            taken.turned.push(Turned { name: harmless_file_name(&said), sentence });
            while next_piece(&mut field).await?.is_some() {}
            return Ok(());
        }
        piece = next_piece(&mut field).await?;
    }
    taken.uploads.push(receiving.finish(&visit.app).await?.upload_id);
    Ok(())
}

async fn answer(visit: &Visit, mut taken: Taken) -> Response {
    let actor = visit.actor();
    let mut runs = Vec::new();
    for upload_id in &taken.uploads {
        match queue_import(&visit.app, &actor, upload_id, taken.form.how()).await {
            Ok(run) => runs.push(run),
            Err(refusal) => return visit.refused(&refusal),
        }
    }
    if taken.turned.is_empty() {
        match runs.as_slice() {
            [] => taken.turned.push(Turned {
                name: String::new(),
                sentence: visit.language.text("imports-no-file").to_owned(),
            }),
            [run] => return visit.lead_to(&format!("/imports/{run}")),
            _ => return visit.lead_to("/imports"),
        }
    }
    match list_imports(&visit.app, &actor).await {
        Ok(overview) => {
            let zone = zone(visit).await;
            let page = ImportsPage::new(visit, overview, zone).with_problems(taken.turned, taken.form);
            if taken.is_too_large {
                (StatusCode::PAYLOAD_TOO_LARGE, visit.page(&page)).into_response()
            } else {
                visit.unprocessed(&page)
            }
        }
        Err(refusal) => visit.refused(&refusal),
    }
}
