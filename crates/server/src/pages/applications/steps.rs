//! Takes steps and answers from the page of an application; what is refused stays in its form.

use axum::Form;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Response};
use xiaoxiang_domain::contract::application::ApplicationForm;
use xiaoxiang_domain::contract::procedure::Step;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::registration::{
    Answer, NewRequest, RequestKind, RequestOutcome, StepRequest, answer_request, raise_request,
    read_application, take_step,
};

use super::sent::Sent;
use super::show::{Draft, page_of};
use super::words::Words;
use crate::pages::visit::{Visit, status_of_form};

/// Takes the step that a form names.
pub(super) async fn take(
    visit: Visit,
    Path(id): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Response {
    let sent = Sent::of(pairs);
    let request = match request_of(&visit, &id, &sent).await {
        Ok(Some(request)) => request,
        Ok(None) => return visit.misread(),
        Err(refusal) => return visit.refused(&refusal),
    };
    match take_step(&visit.app, &visit.actor(), &id, &request).await {
        Ok(_) => visit.lead_to(&format!("/applications/{id}?done=step")),
        // What the form lacks is told on the page that checks it, field by field.
        Err(Refusal::Fields(_)) if request.step == Step::Submit => {
            visit.lead_to(&format!("/applications/{id}/form/check"))
        }
        Err(refusal) => {
            let draft = Draft {
                form: request.step.code().to_owned(),
                words: request.words,
                reasons: request.reason_codes,
                cost_items: request.cost_items,
                number: request.registration_number.unwrap_or_default(),
                request: request.request_id.unwrap_or_default(),
                ..Draft::default()
            };
            again(&visit, &id, draft, &refusal).await
        }
    }
}

/// The step that was sent; none where there is no such step.
async fn request_of(visit: &Visit, id: &str, sent: &Sent) -> Result<Option<StepRequest>, Refusal> {
    let Some(step) = Step::from_code(sent.text("step")) else {
        // Whoever may not even see it learns nothing from a malformed request.
        read_application(&visit.app, &visit.actor(), id).await?;
        return Ok(None);
    };
    let form = if step == Step::Change { wished_form(visit, id, sent.text("request")).await? } else { None };
    Ok(Some(StepRequest {
        step,
        revision: sent.revision(),
        reason_codes: sent.all("reason"),
        words: sent.text("words").to_owned(),
        cost_items: sent.has("costs").then(|| sent.cost_items()),
        form,
        request_id: Some(sent.text("request").to_owned()).filter(|id| !id.is_empty()),
        registration_number: sent.has("number").then(|| sent.text("number").to_owned()),
    }))
}

/// The form as the applicant wishes it to become.
async fn wished_form(visit: &Visit, id: &str, request: &str) -> Result<Option<ApplicationForm>, Refusal> {
    let page = read_application(&visit.app, &visit.actor(), id).await?;
    let found = page.requests.into_iter().find(|one| one.row.request_id == request);
    Ok(found.and_then(|one| one.form))
}

/// Raises an objection or asks for a cancellation.
pub(super) async fn raise(
    visit: Visit,
    Path(id): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Response {
    let sent = Sent::of(pairs);
    let kind = RequestKind::from_code(sent.text("kind"));
    let kind = kind.filter(|kind| *kind != RequestKind::Change);
    let Some(kind) = kind else {
        return match read_application(&visit.app, &visit.actor(), &id).await {
            Ok(_) => visit.misread(),
            Err(refusal) => visit.refused(&refusal),
        };
    };
    let words = sent.text("words").to_owned();
    let request = NewRequest { kind, revision: sent.revision(), words: words.clone(), form: None };
    match raise_request(&visit.app, &visit.actor(), &id, &request).await {
        Ok(_) => visit.lead_to(&format!("/applications/{id}?done=step#requests")),
        Err(refusal) => {
            let draft = Draft { form: kind.code().to_owned(), words, ..Draft::default() };
            again(&visit, &id, draft, &refusal).await
        }
    }
}

/// Answers a request.
pub(super) async fn answer(
    visit: Visit,
    Path((id, request_id)): Path<(String, String)>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Response {
    let sent = Sent::of(pairs);
    let outcome = match sent.text("outcome") {
        "upheld" => RequestOutcome::Upheld,
        _ => RequestOutcome::Rejected,
    };
    let words = sent.text("words").to_owned();
    let form = format!("answer-{request_id}");
    let answer = Answer { request_id, revision: sent.revision(), outcome, words: words.clone() };
    match answer_request(&visit.app, &visit.actor(), &id, &answer).await {
        Ok(()) => visit.lead_to(&format!("/applications/{id}?done=step#requests")),
        Err(refusal) => {
            let draft = Draft { form, words, ..Draft::default() };
            again(&visit, &id, draft, &refusal).await
        }
    }
}

/// The page again as the application is now, with what was typed in its form and what stood in the way beside it.
pub(super) async fn again(visit: &Visit, id: &str, draft: Draft, refusal: &Refusal) -> Response {
    let Some(status) = status_of_form(refusal) else { return visit.refused(refusal) };
    let problems = match told(visit, refusal).await {
        Ok(problems) => problems,
        Err(refusal) => return visit.refused(&refusal),
    };
    match page_of(visit, id, Draft { problems, ..draft }, false).await {
        Ok(page) => (status, visit.page(&page)).into_response(),
        Err(refusal) => visit.refused(&refusal),
    }
}

/// What a refusal is about, each in a sentence of its own.
pub(super) async fn told(visit: &Visit, refusal: &Refusal) -> Result<Vec<String>, Refusal> {
    let words = Words::of(visit).await?;
    Ok(match refusal {
        Refusal::Obstacles(obstacles) => obstacles.iter().map(|one| words.obstacle(one)).collect(),
        Refusal::Fields(problems) => problems.iter().map(|one| words.named_problem(one)).collect(),
        other => vec![visit.sentence(other)],
    })
}
