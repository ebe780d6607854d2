//! Names auditors for the contract texts of an application, and ends that early; what is refused stays in its form.

use axum::Form;
use axum::extract::Path;
use axum::response::Response;
use jiff::civil::Date;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::registration::auditor::{NewNaming, end_naming, name_auditor};

use super::sent::Sent;
use super::show::Draft;
use super::steps::again;
use crate::pages::visit::Visit;

/// Where the page shows who is named.
const PLACE: &str = "?done=step#text-auditors";

/// Names an auditor.
pub(super) async fn name(
    visit: Visit,
    Path(id): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Response {
    let sent = Sent::of(pairs);
    let day: Result<Date, Refusal> =
        sent.text("valid_to").trim().parse().map_err(|_| {
            Refusal::invalid("registration.auditor.day", "请填写截止日期。", "state the last day")
        });
    let named = match day {
        Ok(valid_to) => {
            let (person_id, reason) = (sent.text("person").to_owned(), sent.text("reason").to_owned());
            let new = NewNaming { person_id, reason, valid_to };
            name_auditor(&visit.app, &visit.actor(), &id, &new).await
        }
        Err(refusal) => Err(refusal),
    };
    match named {
        Ok(_) => visit.lead_to(&format!("/applications/{id}{PLACE}")),
        Err(refusal) => {
            let draft = Draft {
                form: "name-auditor".to_owned(),
                words: sent.text("reason").to_owned(),
                person: sent.text("person").to_owned(),
                valid_to: sent.text("valid_to").to_owned(),
                ..Draft::default()
            };
            again(&visit, &id, draft, &refusal).await
        }
    }
}

/// Ends a naming early.
pub(super) async fn end(
    visit: Visit,
    Path((id, naming)): Path<(String, String)>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Response {
    let sent = Sent::of(pairs);
    let reason = sent.text("reason");
    match end_naming(&visit.app, &visit.actor(), &id, &naming, reason).await {
        Ok(()) => visit.lead_to(&format!("/applications/{id}{PLACE}")),
        Err(refusal) => {
            let draft = Draft { form: format!("end-{naming}"), words: reason.to_owned(), ..Draft::default() };
            again(&visit, &id, draft, &refusal).await
        }
    }
}
