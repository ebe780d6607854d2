//! Takes steps, visits, invitations and scores from the page of a demand; what is refused stays in its form.

use std::collections::BTreeMap;

use axum::Form;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Response};
use xiaoxiang_domain::demand::DemandStep;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::demand::{
    DemandStepRequest, Found, NewVisit, ReviewAnswer, VisitKind, answer_review, invite_experts, read_demand,
    record_visit, take_demand_step,
};

use super::show::{Draft, page_of};
use super::words::DemandWords;
use crate::pages::applications::sent::Sent;
use crate::pages::visit::{Visit, status_of_form};

/// Takes the step that a form names.
pub(super) async fn take(
    visit: Visit,
    Path(id): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Response {
    let sent = Sent::of(pairs);
    let Some(step) = DemandStep::from_code(sent.text("step")) else { return malformed(&visit, &id).await };
    let request = DemandStepRequest {
        step,
        revision: sent.revision(),
        reason_codes: sent.all("reason"),
        words: sent.text("words").to_owned(),
        field: sent.text("field").to_owned(),
        contract_number: sent.text("number").to_owned(),
    };
    match take_demand_step(&visit.app, &visit.actor(), &id, &request).await {
        Ok(_) => visit.lead_to(&format!("/demands/{id}?done=step")),
        Err(Refusal::Fields(_)) if step == DemandStep::Submit => {
            visit.lead_to(&format!("/demands/{id}/form/check?check=1"))
        }
        Err(refusal) => {
            let draft = Draft {
                form: step.code().to_owned(),
                words: request.words,
                reasons: request.reason_codes,
                number: request.contract_number,
                ..Draft::default()
            };
            again(&visit, &id, draft, &refusal).await
        }
    }
}

/// Records a visit or a call.
pub(super) async fn visit(
    visit: Visit,
    Path(id): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Response {
    let sent = Sent::of(pairs);
    let day = sent.text("held_on").parse();
    let (Some(kind), Ok(held_on)) = (VisitKind::from_code(sent.text("kind")), day) else {
        return malformed(&visit, &id).await;
    };
    let is = |name: &str| sent.text(name) == "1";
    let found = Found { contact: is("contact"), budget: is("budget"), authority: is("authority") };
    let words = sent.text("words").to_owned();
    let new = NewVisit { revision: sent.revision(), kind, held_on, found, words: words.clone() };
    match record_visit(&visit.app, &visit.actor(), &id, &new).await {
        Ok(()) => visit.lead_to(&format!("/demands/{id}?done=step#visits")),
        Err(refusal) => {
            let draft = Draft { form: "visit".to_owned(), words, ..Draft::default() };
            again(&visit, &id, draft, &refusal).await
        }
    }
}

/// Invites experts.
pub(super) async fn invite(
    visit: Visit,
    Path(id): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Response {
    let sent = Sent::of(pairs);
    match invite_experts(&visit.app, &visit.actor(), &id, sent.revision(), &sent.all("expert")).await {
        Ok(()) => visit.lead_to(&format!("/demands/{id}?done=step#experts")),
        Err(refusal) => {
            let draft = Draft { form: "invite".to_owned(), ..Draft::default() };
            again(&visit, &id, draft, &refusal).await
        }
    }
}

/// Takes an expert's declaration or score.
pub(super) async fn review(
    visit: Visit,
    Path(id): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Response {
    let points: BTreeMap<String, String> = pairs
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix("score.")?.to_owned(), value.clone())))
        .collect();
    let sent = Sent::of(pairs);
    let words = sent.text("words").to_owned();
    let answer = if sent.has("conflict") {
        ReviewAnswer::Declare(sent.text("conflict").to_owned())
    } else {
        ReviewAnswer::Score { points: points.clone(), words: words.clone() }
    };
    match answer_review(&visit.app, &visit.actor(), &id, &answer).await {
        Ok(()) => visit.lead_to(&format!("/demands/{id}?done=step")),
        Err(refusal) => {
            let points = points.into_iter().collect();
            let draft = Draft { form: "review".to_owned(), words, points, ..Draft::default() };
            again(&visit, &id, draft, &refusal).await
        }
    }
}

/// Whoever may not even see it learns nothing from a malformed request.
async fn malformed(visit: &Visit, id: &str) -> Response {
    match read_demand(&visit.app, &visit.actor(), id).await {
        Ok(_) => visit.misread(),
        Err(refusal) => visit.refused(&refusal),
    }
}

/// The page again as the demand is now, with what was typed and what stood in the way.
async fn again(visit: &Visit, id: &str, draft: Draft, refusal: &Refusal) -> Response {
    let Some(status) = status_of_form(refusal) else { return visit.refused(refusal) };
    let page = async {
        let words = DemandWords::of(visit).await?;
        let problems = words.told(visit, refusal);
        page_of(visit, id, Draft { problems, ..draft }, false).await
    };
    match page.await {
        Ok(page) => (status, visit.page(&page)).into_response(),
        Err(refusal) => visit.refused(&refusal),
    }
}
