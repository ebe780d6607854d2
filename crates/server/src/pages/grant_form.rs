//! Granting a role in two steps that need no script: first the role, then what it reaches and when.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
use axum::response::Response;
use jiff::civil::Date;
use serde::Deserialize;
use xiaoxiang_domain::access::{Grant, Role, ScopeKind};
use xiaoxiang_services::Refusal;
use xiaoxiang_services::access::{
    NewGrant, ScopeChoice, ScopeChoices, grant_role, read_person, read_scope, scope_choices,
};

use super::people::FieldProblem;
use super::shell::{Section, Shell};
use super::visit::Visit;

/// The page of both steps.
#[derive(Debug, Template)]
#[template(path = "grant.html")]
pub struct GrantPage {
    shell: Shell,
    person_id: String,
    name: String,
    /// The role chosen in the first step.
    role: Option<Role>,
    choices: ScopeChoices,
    form: GrantForm,
    problem: Option<FieldProblem>,
}

/// The second step as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct GrantForm {
    role: String,
    kind: String,
    division: String,
    park: String,
    organisation: String,
    registrar: String,
    valid_from: String,
    valid_to: String,
    basis: String,
}

const KINDS: [(ScopeKind, &str); 5] = [
    (ScopeKind::Region, "region"),
    (ScopeKind::Division, "division"),
    (ScopeKind::Park, "park"),
    (ScopeKind::Organisation, "organisation"),
    (ScopeKind::Registrar, "registrar"),
];

impl GrantPage {
    fn roles(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        let (language, chosen) = (self.shell.language, self.role);
        Role::ALL.into_iter().filter(|role| !role.scopes().is_empty()).map(move |role| {
            (role.code(), language.pick(role.label(), role.label_en()), chosen == Some(role))
        })
    }

    fn step_title(&self) -> String {
        let role = self.role.map_or("", |role| self.shell.language.pick(role.label(), role.label_en()));
        self.shell.say("grant-step-scope", [("role", role)])
    }

    /// The kinds of scope of the role: code, label, whether it is chosen.
    fn kinds(&self) -> Vec<(&'static str, &'static str, bool)> {
        let scopes = self.role.map_or(&[] as &[ScopeKind], Role::scopes);
        let chosen =
            |code: &str| if self.form.kind.is_empty() { scopes.len() == 1 } else { self.form.kind == code };
        KINDS
            .into_iter()
            .filter(|(kind, _)| scopes.contains(kind))
            .map(|(kind, code)| (code, self.kind_label(kind), chosen(code)))
            .collect()
    }

    fn kind_label(&self, kind: ScopeKind) -> &'static str {
        self.shell.t(match kind {
            ScopeKind::Region => "scope-region",
            ScopeKind::Division => "scope-division",
            ScopeKind::Park => "scope-park",
            ScopeKind::Organisation => "scope-organisation",
            ScopeKind::Registrar => "scope-registrar",
        })
    }

    fn label<'a>(&self, choice: &'a ScopeChoice) -> &'a str {
        self.shell.language.pick(&choice.zh, &choice.en)
    }

    fn about_scope(&self) -> Option<&str> {
        let codes = ["grant.scope", "organisation.unknown", "organisation.ambiguous"];
        FieldProblem::about(self.problem.as_ref(), &codes)
    }

    fn about_days(&self) -> Option<&str> {
        FieldProblem::about(self.problem.as_ref(), &["grant.days"])
    }

    fn about_basis(&self) -> Option<&str> {
        FieldProblem::about(self.problem.as_ref(), &["grant.basis"])
    }
}

/// The role of the first step.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct RoleQuery {
    role: String,
}

/// Shows the first step, or with a role the second.
pub async fn show(visit: Visit, Path(person): Path<String>, Query(query): Query<RoleQuery>) -> Response {
    match page(&visit, &person, GrantForm { role: query.role, ..GrantForm::default() }, None).await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn page(
    visit: &Visit,
    person_id: &str,
    form: GrantForm,
    problem: Option<FieldProblem>,
) -> Result<GrantPage, Refusal> {
    let person = read_person(&visit.app, &visit.actor(), person_id).await?;
    let role = Role::from_code(&form.role).filter(|role| !role.scopes().is_empty());
    let choices = match role {
        Some(role) => scope_choices(&visit.app, &visit.actor(), role).await?,
        None => ScopeChoices::default(),
    };
    let today = visit.app.today().await?.to_string();
    let valid_from = if form.valid_from.is_empty() { today } else { form.valid_from.clone() };
    Ok(GrantPage {
        shell: visit.shell(Section::People, visit.language.text("grant-title")),
        person_id: person.person_id,
        name: person.name,
        role,
        choices,
        form: GrantForm { valid_from, ..form },
        problem,
    })
}

/// Takes the second step.
pub async fn send(visit: Visit, Path(person): Path<String>, Form(form): Form<GrantForm>) -> Response {
    match give(&visit, &person, &form).await {
        Ok(()) => visit.lead_to(&format!("/people/{person}?done=granted")),
        Err(refusal @ Refusal::Invalid { .. }) => {
            match page(&visit, &person, form, Some(FieldProblem::of(&visit, &refusal))).await {
                Ok(page) => visit.unprocessed(&page),
                Err(refusal) => visit.refused(&refusal),
            }
        }
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn give(visit: &Visit, person: &str, form: &GrantForm) -> Result<(), Refusal> {
    let unknown =
        || Refusal::invalid("grant.scope", "请选择角色和范围。", "choose a role and over what it reaches");
    let role = Role::from_code(&form.role).ok_or_else(unknown)?;
    let kind = match role.scopes() {
        [only] => *only,
        several => KINDS
            .into_iter()
            .find(|(kind, code)| *code == form.kind && several.contains(kind))
            .map(|(kind, _)| kind)
            .ok_or_else(unknown)?,
    };
    let text = match kind {
        ScopeKind::Region => "",
        ScopeKind::Division => &form.division,
        ScopeKind::Park => &form.park,
        ScopeKind::Organisation => &form.organisation,
        ScopeKind::Registrar => &form.registrar,
    };
    let scope = read_scope(&visit.app, &visit.actor(), role, kind, text).await?;
    let (valid_from, valid_to) = days(form)?;
    let new = NewGrant { grant: Grant { role, scope, valid_from, valid_to }, basis: form.basis.clone() };
    grant_role(&visit.app, &visit.actor(), person, &new).await?;
    Ok(())
}

fn days(form: &GrantForm) -> Result<(Date, Option<Date>), Refusal> {
    let day = |text: &str| text.trim().parse::<Date>().ok();
    let last = if form.valid_to.trim().is_empty() { Some(None) } else { day(&form.valid_to).map(Some) };
    match (day(&form.valid_from), last) {
        (Some(from), Some(to)) if to.is_none_or(|last| from <= last) => Ok((from, to)),
        _ => Err(Refusal::invalid(
            "grant.days",
            "请按 2026-01-31 的格式填写日期，且终止日期不早于起始日期。",
            "write days as 2026-01-31, the last one not before the first",
        )),
    }
}
