//! Takes steps, drafts and promises from the page of a lead; what is refused stays in its form.

use axum::Form;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Response};
use xiaoxiang_domain::lead::{CloseReason, LeadParty, LeadStep, PromiseState};
use xiaoxiang_domain::money::{Fen, MoneyUnit};
use xiaoxiang_services::Refusal;
use xiaoxiang_services::lead::{
    ContractDraft, LeadStepRequest, NewPromise, draft_contract, make_promise, read_lead, settle_promise,
    take_lead_step,
};

use super::show::{Draft, page_of};
use crate::pages::applications::sent::Sent;
use crate::pages::visit::{Visit, status_of_form};

/// Takes the step that a form names.
pub(super) async fn take(
    visit: Visit,
    Path(id): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Response {
    let sent = Sent::of(pairs);
    let Some(step) = LeadStep::from_code(sent.text("step")) else { return malformed(&visit, &id).await };
    let taken = async {
        let request = request_of(step, &sent)?;
        take_lead_step(&visit.app, &visit.actor(), &id, &request).await
    };
    match taken.await {
        Ok(_) => visit.lead_to(&format!("/leads/{id}?done=step")),
        Err(refusal) => again(&visit, &id, draft_of(step.code(), &sent), &refusal).await,
    }
}

fn request_of(step: LeadStep, sent: &Sent) -> Result<LeadStepRequest, Refusal> {
    let signed = sent.text("signed").trim();
    let signed = if signed.is_empty() {
        None
    } else {
        let unread = |_| {
            Refusal::invalid(
                "lead.signed",
                "意向金额请填写数字，单位为万元，例如 120.5。",
                "give the agreed value as a number in 10,000 CNY, such as 120.5",
            )
        };
        Some(Fen::parse(signed, MoneyUnit::TenThousandYuan).map_err(unread)?)
    };
    Ok(LeadStepRequest {
        step,
        revision: sent.revision(),
        happened_on: day_of(sent.text("happened_on"))?,
        present: sent.text("present").to_owned(),
        note: sent.text("note").to_owned(),
        reason: CloseReason::from_code(sent.text("reason")),
        signed: signed.filter(|value| value.0 >= 0),
        manager: Some(sent.text("manager").to_owned()).filter(|manager| !manager.is_empty()),
        contract_number: sent.text("number").to_owned(),
    })
}

fn day_of(typed: &str) -> Result<Option<jiff::civil::Date>, Refusal> {
    if typed.trim().is_empty() {
        return Ok(None);
    }
    let unread =
        |_| Refusal::invalid("lead.day", "请填写日期，例如 2026-11-23。", "give the day, such as 2026-11-23");
    typed.trim().parse().map(Some).map_err(unread)
}

fn draft_of(form: &str, sent: &Sent) -> Draft {
    let text = |name: &str| sent.text(name).to_owned();
    Draft {
        form: form.to_owned(),
        note: text("note"),
        present: text("present"),
        happened_on: text("happened_on"),
        signed: text("signed"),
        reason: text("reason"),
        number: text("number"),
        manager: text("manager"),
        name: text("name"),
        registrar: text("registrar"),
        whose: text("whose"),
        words: text("words"),
        due_on: text("due_on"),
        problems: Vec::new(),
    }
}

/// Drafts the contract; its applicant is led to the application.
pub(super) async fn draft(
    visit: Visit,
    Path(id): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Response {
    let sent = Sent::of(pairs);
    let wanted = ContractDraft {
        revision: sent.revision(),
        registrar_key: sent.text("registrar").parse().unwrap_or(0),
        name: sent.text("name").to_owned(),
    };
    match draft_contract(&visit.app, &visit.actor(), &id, &wanted).await {
        Ok(_) => visit.lead_to(&format!("/leads/{id}?done=step#contract")),
        Err(refusal) => again(&visit, &id, draft_of(LeadStep::DraftContract.code(), &sent), &refusal).await,
    }
}

/// Writes a promise down.
pub(super) async fn promise(
    visit: Visit,
    Path(id): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Response {
    let sent = Sent::of(pairs);
    let made = async {
        let missing = || {
            Refusal::invalid(
                "lead.promise.due",
                "请选择由谁办理，并填写办理期限。",
                "say whose it is to do and by which day",
            )
        };
        let due_on = day_of(sent.text("due_on"))?;
        let whose = LeadParty::from_code(sent.text("whose"));
        let (whose, due_on) = whose.zip(due_on).ok_or_else(missing)?;
        let new = NewPromise { whose, words: sent.text("words").to_owned(), due_on };
        make_promise(&visit.app, &visit.actor(), &id, &new).await
    };
    match made.await {
        Ok(_) => visit.lead_to(&format!("/leads/{id}?done=promise#promises")),
        Err(refusal) => again(&visit, &id, draft_of("promise", &sent), &refusal).await,
    }
}

/// Says what became of a promise.
pub(super) async fn settle(
    visit: Visit,
    Path((id, promise)): Path<(String, String)>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Response {
    let sent = Sent::of(pairs);
    let state = if sent.act() == "dropped" { PromiseState::Dropped } else { PromiseState::Kept };
    match settle_promise(&visit.app, &visit.actor(), [&id, &promise], state).await {
        Ok(()) => visit.lead_to(&format!("/leads/{id}?done=step#promises")),
        Err(refusal) => again(&visit, &id, draft_of("promise", &sent), &refusal).await,
    }
}

/// Whoever may not even see it learns nothing from a malformed request.
async fn malformed(visit: &Visit, id: &str) -> Response {
    match read_lead(&visit.app, &visit.actor(), id).await {
        Ok(_) => visit.misread(),
        Err(refusal) => visit.refused(&refusal),
    }
}

/// The page again as the lead is now, with what was typed and what stood in the way.
async fn again(visit: &Visit, id: &str, draft: Draft, refusal: &Refusal) -> Response {
    let Some(status) = status_of_form(refusal) else { return visit.refused(refusal) };
    let problems = vec![visit.sentence(refusal)];
    match page_of(visit, id, Draft { problems, ..draft }, String::new()).await {
        Ok(page) => (status, visit.page(&page)).into_response(),
        Err(refusal) => visit.refused(&refusal),
    }
}
