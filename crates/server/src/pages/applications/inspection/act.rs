//! Does acts from the page of an inspection, and takes and opens its evidence.

use axum::Form;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, Path};
use axum::response::{IntoResponse as _, Response};
use xiaoxiang_domain::contract::procedure::InspectionAct;
use xiaoxiang_services::registration::AttachmentKind;
use xiaoxiang_services::registration::inspection::{ActRequest, read_evidence, read_inspection, take_act};

use super::super::sent::Sent;
use super::super::steps::told;
use super::super::texts;
use super::show::{Draft, page_of};
use crate::pages::visit::{Visit, status_of_form};

/// Does the act that a form names; what is refused stays in its form.
pub(super) async fn take(
    visit: Visit,
    Path(id): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Response {
    let sent = Sent::of(pairs);
    let Some(act) = InspectionAct::from_code(sent.text("act")) else {
        // Whoever may not even see it learns nothing from a malformed request.
        return match read_inspection(&visit.app, &visit.actor(), &id).await {
            Ok(_) => visit.misread(),
            Err(refusal) => visit.refused(&refusal),
        };
    };
    let request = ActRequest {
        act,
        revision: sent.revision(),
        ground_codes: sent.all("ground"),
        words: sent.text("words").to_owned(),
    };
    let refusal = match take_act(&visit.app, &visit.actor(), &id, &request).await {
        Ok(_) => return visit.lead_to(&format!("/inspections/{id}?done=act")),
        Err(refusal) => refusal,
    };
    let Some(status) = status_of_form(&refusal) else { return visit.refused(&refusal) };
    let again = async {
        let problems = told(&visit, &refusal).await?;
        let draft = Draft { act: Some(act), words: request.words, grounds: request.ground_codes, problems };
        page_of(&visit, &id, draft).await
    };
    match again.await {
        Ok(page) => (status, visit.page(&page)).into_response(),
        Err(refusal) => visit.refused(&refusal),
    }
}

/// Takes a piece of evidence.
pub(super) async fn produce(
    visit: Visit,
    Path(id): Path<String>,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    let application_id = match read_inspection(&visit.app, &visit.actor(), &id).await {
        Ok(page) => page.summary.row.application_id,
        Err(refusal) => return visit.refused(&refusal),
    };
    let then = format!("/inspections/{id}?done=file#evidence");
    texts::receive(&visit, &application_id, form, Some(AttachmentKind::Evidence), &then).await
}

/// Opens a piece of evidence.
pub(super) async fn open(visit: Visit, Path((id, text)): Path<(String, String)>) -> Response {
    match read_evidence(&visit.app, &visit.actor(), &id, &text).await {
        Ok(read) => texts::opened(read),
        Err(refusal) => visit.refused(&refusal),
    }
}
