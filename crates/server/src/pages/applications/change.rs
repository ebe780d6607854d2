//! A wish for a change (变更申请): the whole form as it should become, with the reason.

use askama::Template;
use axum::Form;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Response};
use xiaoxiang_domain::contract::application::ApplicationForm;
use xiaoxiang_domain::contract::{RowProblem, Side};
use xiaoxiang_services::Refusal;
use xiaoxiang_services::registration::{
    ApplicationPage, NewRequest, RequestKind, raise_request, read_application,
};

use super::fields::{
    COST_KINDS, COST_ROLES, CostRow, FieldGroup, FieldMaker, FieldView, FormStep, cost_rows,
};
use super::form::{own_side, plain_fields};
use super::sent::Sent;
use super::steps::told;
use super::words::Words;
use crate::pages::shell::{Section, Shell};
use crate::pages::statistics::SelectOption;
use crate::pages::visit::{Visit, status_of_form};

/// The steps whose fields may be changed afterwards.
const CHANGED_STEPS: [FormStep; 4] =
    [FormStep::Parties, FormStep::Contract, FormStep::Costs, FormStep::Decision];

#[derive(Debug, Template)]
#[template(path = "application_change.html")]
struct ChangePage {
    shell: Shell,
    page: ApplicationPage,
    form: ApplicationForm,
    reason: String,
    problems: Vec<String>,
    groups: Vec<FieldGroup>,
    fields: Vec<FieldView>,
    costs: Vec<CostRow>,
}

/// What was typed and refused.
#[derive(Default)]
struct Typed {
    form: Option<ApplicationForm>,
    reason: String,
    fields: Vec<RowProblem>,
    problems: Vec<String>,
}

pub(super) async fn show(visit: Visit, Path(id): Path<String>) -> Response {
    match page_of(&visit, &id, Typed::default()).await {
        Ok(page) if page.page.may_ask => visit.page(&page),
        Ok(_) => visit.lead_to(&format!("/applications/{id}")),
        Err(refusal) => visit.refused(&refusal),
    }
}

pub(super) async fn send(
    visit: Visit,
    Path(id): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Response {
    let sent = Sent::of(pairs);
    match raise(&visit, &id, &sent).await {
        Ok(answer) => answer,
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn raise(visit: &Visit, id: &str, sent: &Sent) -> Result<Response, Refusal> {
    let page = read_application(&visit.app, &visit.actor(), id).await?;
    let words = Words::of(visit).await?;
    let mut form = page.form.clone();
    for step in CHANGED_STEPS {
        sent.put_into(step, &words, &mut form);
    }
    let reason = sent.text("words").to_owned();
    if form == page.form {
        let problems = vec![visit.language.text("application-change-nothing").to_owned()];
        let typed = Typed { form: Some(form), reason, problems, ..Typed::default() };
        return Ok(visit.unprocessed(&page_of(visit, id, typed).await?));
    }
    let request = NewRequest {
        kind: RequestKind::Change,
        revision: sent.revision(),
        words: reason.clone(),
        form: Some(form.clone()),
    };
    let refusal = match raise_request(&visit.app, &visit.actor(), id, &request).await {
        Ok(_) => return Ok(visit.lead_to(&format!("/applications/{id}?done=step#requests"))),
        Err(refusal) => refusal,
    };
    let Some(status) = status_of_form(&refusal) else { return Err(refusal) };
    let problems = told(visit, &refusal).await?;
    let fields = if let Refusal::Fields(fields) = refusal { fields } else { Vec::new() };
    let page = page_of(visit, id, Typed { form: Some(form), reason, fields, problems }).await?;
    Ok((status, visit.page(&page)).into_response())
}

async fn page_of(visit: &Visit, id: &str, typed: Typed) -> Result<ChangePage, Refusal> {
    let page = read_application(&visit.app, &visit.actor(), id).await?;
    let words = Words::of(visit).await?;
    let form = typed.form.unwrap_or_else(|| page.form.clone());
    let maker = FieldMaker {
        words: &words,
        form: &form,
        problems: &typed.fields,
        tells_missing: false,
        meanwhile: None,
        today: page.today,
        own: own_side(&page, &form),
    };
    let groups = vec![maker.contract(), maker.party(Side::Seller), maker.party(Side::Buyer)];
    let fields = [FormStep::Costs, FormStep::Decision].map(|step| plain_fields(&maker, step, &page.form));
    Ok(ChangePage {
        shell: visit.shell(Section::Applications, visit.language.text("application-ask-change")),
        fields: fields.concat(),
        costs: cost_rows(&form.cost_items, |_| None),
        groups,
        reason: typed.reason,
        problems: typed.problems,
        page,
        form,
    })
}

impl ChangePage {
    fn path(&self, rest: &str) -> String {
        self.shell.link(&format!("/applications/{}{rest}", self.page.row.application_id))
    }

    fn name(&self) -> &str {
        self.page.form.field("project_name")
    }

    fn kinds(&self, row: &CostRow) -> Vec<SelectOption> {
        cost_options(&self.shell, &COST_KINDS, &row.item.kind)
    }

    fn roles(&self, row: &CostRow) -> Vec<SelectOption> {
        cost_options(&self.shell, &COST_ROLES, &row.item.role)
    }
}

/// The words of a list of costs as options.
pub(super) fn cost_options(
    shell: &Shell,
    all: &[(&'static str, &'static str)],
    chosen: &str,
) -> Vec<SelectOption> {
    let option = |(value, key): &(&'static str, &'static str)| SelectOption {
        value: (*value).to_owned(),
        label: shell.t(key).to_owned(),
        is_chosen: *value == chosen,
    };
    all.iter().map(option).collect()
}
