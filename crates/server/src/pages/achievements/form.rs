//! The form in steps: each saved by its button, or while one types; two windows never overwrite each other.

use askama::Template;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::{Form, Json};
use serde::{Deserialize, Serialize};
use xiaoxiang_domain::achievement::AchievementForm;
use xiaoxiang_domain::contract::RowProblem;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::achievement::{
    AchievementPage, SavedAchievement, read_achievement, save_achievement,
};

use super::fields::{FieldMaker, FormStep, MemberRow, RightRow};
use super::words::Words;
use crate::pages::applications::fields::{FieldView, id_of};
use crate::pages::applications::sent::Sent;
use crate::pages::shell::{Section, Shell};
use crate::pages::statistics::SelectOption;
use crate::pages::visit::{Visit, status_of_form};

/// What the address of a step says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct StepQuery {
    /// `1` where what is missing is told too.
    check: String,
    /// `1` after a save.
    saved: String,
}

/// What the page shows beside the form that is kept.
#[derive(Debug, Default)]
struct Typed {
    form: Option<AchievementForm>,
    problems: Vec<RowProblem>,
    notice: Option<String>,
}

pub(super) async fn show(
    visit: Visit,
    Path((id, step)): Path<(String, String)>,
    Query(query): Query<StepQuery>,
) -> Response {
    let Some(step) = FormStep::from_code(&step) else {
        return visit.refused(&Refusal::NotFound(step));
    };
    let page = match read_achievement(&visit.app, &visit.actor(), &id).await {
        Ok(page) => page,
        Err(refusal) => return visit.refused(&refusal),
    };
    if !page.may_write {
        return visit.lead_to(&format!("/achievements/{id}"));
    }
    match FormPage::of(&visit, page, step, Typed::default(), query).await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

/// What a save while typing is answered with.
#[derive(Serialize)]
struct Saved {
    revision: i64,
    message: String,
}

pub(super) async fn send(
    visit: Visit,
    Path((id, step)): Path<(String, String)>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Response {
    let Some(step) = FormStep::from_code(&step) else {
        return visit.refused(&Refusal::NotFound(step));
    };
    let sent = Sent::of(pairs);
    match save(&visit, &id, step, &sent).await {
        Ok(answer) => answer,
        Err(refusal) if sent.act() == "quiet" => {
            let message = visit.sentence(&refusal);
            let status = status_of_form(&refusal).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
            (status, Json(Saved { revision: 0, message })).into_response()
        }
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn save(visit: &Visit, id: &str, step: FormStep, sent: &Sent) -> Result<Response, Refusal> {
    let actor = visit.actor();
    let page = read_achievement(&visit.app, &actor, id).await?;
    let mut form = page.form.clone();
    step.put_into(sent, &mut form);
    if page.may_write && form.cleaned().is_ok_and(|form| form == page.form) {
        // Nothing to write: sent twice, or nothing typed. Another window's later save is not touched.
        return Ok(answer(visit, id, step, sent, page.row.revision));
    }
    let saved = SavedAchievement { revision: sent.revision(), form: form.clone() };
    match save_achievement(&visit.app, &actor, id, &saved).await {
        Ok(revision) => Ok(answer(visit, id, step, sent, revision)),
        Err(refusal @ (Refusal::Stale(_) | Refusal::Fields(_))) if sent.act() != "quiet" => {
            again(visit, page, step, form, refusal).await
        }
        Err(refusal) => Err(refusal),
    }
}

/// Where a saved form leads.
fn answer(visit: &Visit, id: &str, step: FormStep, sent: &Sent, revision: i64) -> Response {
    match sent.act() {
        "quiet" => {
            let message = visit.language.text("application-saved").to_owned();
            Json(Saved { revision, message }).into_response()
        }
        "next" => visit.lead_to(&format!("/achievements/{id}/form/{}", step.next().code())),
        _ => visit.lead_to(&format!("/achievements/{id}/form/{}?saved=1", step.code())),
    }
}

/// The form again with all that was typed: beside fields that are refused, or over what another window saved.
async fn again(
    visit: &Visit,
    page: AchievementPage,
    step: FormStep,
    form: AchievementForm,
    refusal: Refusal,
) -> Result<Response, Refusal> {
    let is_stale = matches!(refusal, Refusal::Stale(_));
    let notice = if is_stale && page.may_write {
        visit.language.text("application-other-window").to_owned()
    } else {
        visit.sentence(&refusal)
    };
    let problems = if let Refusal::Fields(problems) = refusal { problems } else { Vec::new() };
    let typed = Typed { form: Some(form), problems, notice: Some(notice) };
    let page = FormPage::of(visit, page, step, typed, StepQuery::default()).await?;
    if is_stale {
        return Ok((StatusCode::CONFLICT, visit.page(&page)).into_response());
    }
    Ok(visit.unprocessed(&page))
}

/// A problem on the page that checks everything.
#[derive(Debug)]
struct ProblemLine {
    link: String,
    label: String,
    text: String,
}

/// A step in the row of steps.
#[derive(Debug)]
struct StepLink {
    link: String,
    title: &'static str,
    is_current: bool,
    problems: usize,
}

#[derive(Debug, Template)]
#[template(path = "achievement_form.html")]
struct FormPage {
    shell: Shell,
    words: Words,
    page: AchievementPage,
    step: FormStep,
    query: StepQuery,
    notice: Option<String>,
    form: AchievementForm,
    fields: Vec<FieldView>,
    licence: Vec<FieldView>,
    rights: Vec<RightRow>,
    team: Vec<MemberRow>,
    team_level: FieldView,
    filings: Vec<SelectOption>,
    modes: Vec<SelectOption>,
    places: Vec<(String, String)>,
    problems_of: Vec<(&'static str, Option<String>)>,
}

impl FormPage {
    async fn of(
        visit: &Visit,
        page: AchievementPage,
        step: FormStep,
        typed: Typed,
        query: StepQuery,
    ) -> Result<Self, Refusal> {
        let words = Words::of(visit).await?;
        let form = typed.form.unwrap_or_else(|| page.form.clone());
        let tells_missing = query.check == "1" || !typed.problems.is_empty();
        let problems = if typed.problems.is_empty() { &page.problems } else { &typed.problems };
        let maker = FieldMaker { words: &words, form: &form, problems, tells_missing, today: page.today };
        let fields = maker.fields(step);
        let is = |wanted: FormStep| step == wanted;
        let title = format!(
            "{} · {}",
            visit.language.text("achievement-form"),
            visit.language.text(step.title_key())
        );
        let told = [
            "clearance.patent_filing",
            "clearance.holds_no_secrets",
            "rights",
            "modes",
            "open_licence.is_stated",
        ];
        Ok(Self {
            shell: visit.shell(Section::Achievements, title),
            licence: if is(FormStep::Deal) { maker.open_licence() } else { Vec::new() },
            rights: if is(FormStep::Rights) { maker.rights() } else { Vec::new() },
            team: if is(FormStep::People) { maker.team() } else { Vec::new() },
            team_level: maker.team_level(),
            filings: maker.filings(),
            modes: maker.modes(),
            places: if is(FormStep::Basics) { words.places() } else { Vec::new() },
            problems_of: told.into_iter().map(|name| (name, maker.problem(name))).collect(),
            notice: typed.notice,
            fields,
            page,
            step,
            query,
            words,
            form,
        })
    }

    fn path(&self, rest: &str) -> String {
        self.shell.link(&format!("/achievements/{}{rest}", self.page.row.achievement_id))
    }

    fn step_path(&self, step: FormStep, rest: &str) -> String {
        self.path(&format!("/form/{}{rest}", step.code()))
    }

    fn here(&self) -> String {
        self.step_path(self.step, "")
    }

    fn title(&self) -> &'static str {
        self.shell.t(self.step.title_key())
    }

    fn name(&self) -> &str {
        if self.form.title.is_empty() { self.shell.t("achievement-unnamed") } else { &self.form.title }
    }

    fn position(&self) -> String {
        let at = FormStep::ALL.iter().position(|step| *step == self.step).unwrap_or_default() + 1;
        let (at, count) = (at.to_string(), FormStep::ALL.len().to_string());
        self.shell.say("application-step-of", [("step", &at), ("count", &count)])
    }

    fn steps(&self) -> Vec<StepLink> {
        let tells = self.query.check == "1" || self.step == FormStep::Check;
        let count = |step: FormStep| {
            self.page.problems.iter().filter(|one| FormStep::of_field(&one.field) == step).count()
        };
        let link = |step: FormStep| StepLink {
            link: self.step_path(step, if tells { "?check=1" } else { "" }),
            title: self.shell.t(step.title_key()),
            is_current: step == self.step,
            problems: if tells { count(step) } else { 0 },
        };
        FormStep::ALL.into_iter().map(link).collect()
    }

    fn counted(&self, problems: &usize) -> String {
        self.shell.say("application-problems-count", [("count", &problems.to_string())])
    }

    fn is(&self, code: &str) -> bool {
        self.step.code() == code
    }

    fn problem_of(&self, name: &str) -> Option<&str> {
        self.problems_of.iter().find(|(known, _)| *known == name).and_then(|(_, told)| told.as_deref())
    }

    fn problem_lines(&self) -> Vec<ProblemLine> {
        let line = |problem: &RowProblem| {
            let step = FormStep::of_field(&problem.field);
            let anchor = id_of(&problem.field);
            ProblemLine {
                link: self.step_path(step, &format!("?check=1#{anchor}")),
                label: self.words.field_label(&problem.field),
                text: self.words.problem(problem),
            }
        };
        self.page.problems.iter().map(line).collect()
    }

    fn has_to_file(&self) -> bool {
        self.form.clearance.patent_filing == "to_file"
    }
}
