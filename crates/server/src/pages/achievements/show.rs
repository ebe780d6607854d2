//! One entry in the office: what its reader may do now, its form, what was done, objections and answers.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::achievement::{AchievementState, AchievementStep};
use xiaoxiang_domain::region::Standing;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::achievement::{
    AchievementPage, AchievementStepRequest, AnswerToObjection, ObjectionOutcome, ObjectionView,
    OpenAchievementStep, answer_objection, read_achievement, take_achievement_step,
};

use super::list::next_key;
use super::words::{SectionView, Words};
use crate::pages::applications::words::sentence_case;
use crate::pages::shell::{Section, Shell};
use crate::pages::visit::{Visit, status_of_form};

/// What was sent and refused: kept in its form.
#[derive(Clone, Debug, Default)]
struct Kept {
    /// Code of the step, or id of the objection.
    form: String,
    words: String,
    problem: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ShowQuery {
    /// `step` after one was taken.
    done: String,
}

#[derive(Debug, Template)]
#[template(path = "achievement.html")]
struct ShowPage {
    shell: Shell,
    words: Words,
    page: AchievementPage,
    sections: Vec<SectionView>,
    kept: Kept,
    is_done: bool,
    is_own: bool,
}

pub(super) async fn show(visit: Visit, Path(id): Path<String>, Query(query): Query<ShowQuery>) -> Response {
    match page_of(&visit, &id, Kept::default(), query.done == "step").await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn page_of(visit: &Visit, id: &str, kept: Kept, is_done: bool) -> Result<ShowPage, Refusal> {
    let actor = visit.actor();
    let page = read_achievement(&visit.app, &actor, id).await?;
    let words = Words::of(visit).await?;
    let title = if page.form.title.is_empty() {
        visit.language.text("achievement-unnamed").to_owned()
    } else {
        page.form.title.clone()
    };
    let reader = actor.person_id().unwrap_or_default();
    Ok(ShowPage {
        shell: visit.shell(Section::Achievements, title),
        sections: words.sections(&page.form, page.closed.is_empty()),
        is_own: page.row.creator_id == reader || page.row.editor_id == reader,
        words,
        page,
        kept,
        is_done,
    })
}

/// A step that a form sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct StepForm {
    step: String,
    revision: i64,
    words: String,
}

pub(super) async fn take(visit: Visit, Path(id): Path<String>, Form(form): Form<StepForm>) -> Response {
    let Some(step) = AchievementStep::from_code(&form.step) else {
        // Whoever may not even see it learns nothing from a malformed request.
        return match read_achievement(&visit.app, &visit.actor(), &id).await {
            Ok(_) => visit.misread(),
            Err(refusal) => visit.refused(&refusal),
        };
    };
    let request = AchievementStepRequest { step, revision: form.revision, words: form.words };
    match take_achievement_step(&visit.app, &visit.actor(), &id, &request).await {
        Ok(_) if step == AchievementStep::Revise => visit.lead_to(&format!("/achievements/{id}/form/basics")),
        Ok(_) => visit.lead_to(&format!("/achievements/{id}?done=step")),
        // What the form lacks is told on the page that checks it, field by field.
        Err(Refusal::Fields(_)) if step == AchievementStep::Submit => {
            visit.lead_to(&format!("/achievements/{id}/form/check"))
        }
        Err(refusal) => {
            let kept = Kept { form: step.code().to_owned(), words: request.words, problem: None };
            again(&visit, &id, kept, &refusal).await
        }
    }
}

/// An answer that a form sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct AnswerForm {
    outcome: String,
    words: String,
}

pub(super) async fn answer(
    visit: Visit,
    Path((id, objection_id)): Path<(String, String)>,
    Form(form): Form<AnswerForm>,
) -> Response {
    let Some(outcome) = ObjectionOutcome::from_code(&form.outcome) else {
        return match read_achievement(&visit.app, &visit.actor(), &id).await {
            Ok(_) => visit.misread(),
            Err(refusal) => visit.refused(&refusal),
        };
    };
    let answer = AnswerToObjection { objection_id: objection_id.clone(), outcome, words: form.words.clone() };
    match answer_objection(&visit.app, &visit.actor(), &id, &answer).await {
        Ok(()) => visit.lead_to(&format!("/achievements/{id}?done=step#objections")),
        Err(refusal) => {
            let kept = Kept { form: objection_id, words: form.words, problem: None };
            again(&visit, &id, kept, &refusal).await
        }
    }
}

/// The page with what stood in the way of what was sent.
async fn again(visit: &Visit, id: &str, kept: Kept, refusal: &Refusal) -> Response {
    let Some(status) = status_of_form(refusal) else { return visit.refused(refusal) };
    let kept = Kept { problem: Some(visit.sentence(refusal)), ..kept };
    match page_of(visit, id, kept, false).await {
        Ok(page) => (status, visit.page(&page)).into_response(),
        Err(refusal) => visit.refused(&refusal),
    }
}

impl ShowPage {
    fn path(&self, rest: &str) -> String {
        self.shell.link(&format!("/achievements/{}{rest}", self.page.row.achievement_id))
    }

    fn public_path(&self) -> Option<String> {
        let path = format!("/market/achievements/{}", self.page.row.achievement_id);
        self.page.state.is_public().then(|| self.shell.link(&path))
    }

    fn name(&self) -> &str {
        if self.page.form.title.is_empty() {
            self.shell.t("achievement-unnamed")
        } else {
            &self.page.form.title
        }
    }

    fn writes(&self) -> bool {
        self.shell.may(Action::WriteAchievements)
    }

    /// What comes next, in a sentence.
    fn next(&self) -> String {
        if let (AchievementState::Publicity, Some(day)) = (self.page.state, &self.page.row.publicity_to) {
            return self.shell.say("achievement-next-publicity", [("day", &self.words.day(day))]);
        }
        self.shell.t(next_key(self.page.state, self.writes(), self.is_own)).to_owned()
    }

    fn has_to_file(&self) -> bool {
        self.page.form.clearance.patent_filing == "to_file"
    }

    /// Steps that can be taken now, the one that leads on first.
    fn possible(&self) -> Vec<&OpenAchievementStep> {
        self.page.steps.iter().filter(|open| open.obstacles.is_empty()).collect()
    }

    fn barred(&self) -> Vec<&OpenAchievementStep> {
        self.page.steps.iter().filter(|open| !open.obstacles.is_empty()).collect()
    }

    fn is_open(&self, open: &OpenAchievementStep) -> bool {
        let is_first = self.possible().first().is_some_and(|first| first.step == open.step);
        let leads_on = !matches!(open.step, AchievementStep::Withdraw | AchievementStep::Revise);
        self.is_kept(open.step.code()) || (is_first && leads_on)
    }

    fn is_kept(&self, form: &str) -> bool {
        self.kept.form == form
    }

    fn typed(&self, form: &str) -> &str {
        if self.is_kept(form) { &self.kept.words } else { "" }
    }

    fn problems(&self, form: &str) -> Vec<String> {
        self.kept.problem.iter().filter(|_| self.is_kept(form)).cloned().collect()
    }

    fn effect(&self, step: &AchievementStep) -> &'static str {
        self.shell.t(match step {
            AchievementStep::Submit => "achievement-effect-submit",
            AchievementStep::SendBack => "achievement-effect-send-back",
            AchievementStep::Clear => "achievement-effect-clear",
            AchievementStep::Publicise => "achievement-effect-publicise",
            AchievementStep::List => "achievement-effect-list",
            AchievementStep::License => "achievement-effect-license",
            AchievementStep::Assign => "achievement-effect-assign",
            AchievementStep::Revise => "achievement-effect-revise",
            AchievementStep::Withdraw => "achievement-effect-withdraw",
        })
    }

    fn obstacles(&self, open: &OpenAchievementStep) -> String {
        let words: Vec<_> = open.obstacles.iter().map(|obstacle| obstacle.words()).collect();
        let zh: Vec<_> = words.iter().map(|(zh, _)| *zh).collect();
        let en: Vec<_> = words.iter().map(|(_, en)| *en).collect();
        self.shell
            .language
            .pick(&format!("{}。", zh.join("；")), &format!("{}.", sentence_case(&en.join("; "))))
            .to_owned()
    }

    /// For how long name and price are publicised, and on what that rests.
    fn publicity(&self) -> Option<String> {
        let rule = self.page.publicity.as_ref()?;
        let days = rule.days.to_string();
        Some(self.shell.say("achievement-publicity-rule", [("days", &days), ("basis", &rule.basis)]))
    }

    fn is_unconfirmed(&self) -> bool {
        self.page.publicity.as_ref().is_some_and(|rule| rule.standing != Standing::InForce)
    }

    fn problem_count(&self) -> String {
        self.shell.say("application-problems-count", [("count", &self.page.problems.len().to_string())])
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        let form = &self.page.form;
        let facts = [
            (self.shell.t("achievement-unit"), self.page.organisation.clone()),
            (self.shell.t("achievement-field"), self.words.code("technical_field", &form.field)),
            (self.shell.t("achievement-industry"), self.words.code("industry", &form.industry)),
            (self.shell.t("achievement-maturity"), self.words.code("maturity", &form.maturity)),
            (self.shell.t("achievement-division"), self.words.place(&form.division)),
            (self.shell.t("achievement-modes"), self.words.modes(&form.cooperation_modes())),
            (self.shell.t("achievement-keywords"), form.keywords.join("、")),
            (self.shell.t("achievement-ipc"), form.ipc.clone()),
        ];
        facts.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }

    fn outcome(&self, outcome: &str) -> &'static str {
        self.shell.t(if outcome == "upheld" { "application-upheld" } else { "application-rejected" })
    }

    fn may_answer(&self, objection: &ObjectionView) -> bool {
        self.page.may_answer && objection.row.outcome.is_none()
    }
}
