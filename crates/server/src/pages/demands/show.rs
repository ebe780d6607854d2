//! One demand: what it says, how far it is, what its reader may do now, what was said.

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use serde::Deserialize;
use xiaoxiang_domain::access::{Action, Role};
use xiaoxiang_domain::demand::DemandPart;
use xiaoxiang_domain::demand::{DemandKind, DemandState, DemandStep, FIELD_KEYS, Verification, levels_of};
use xiaoxiang_domain::region::{DemandReason, ScoreSheet};
use xiaoxiang_services::Refusal;
use xiaoxiang_services::demand::{
    DemandPage, DemandStepView, ExpertChoice, OpenDemandStep, ReviewView, list_experts, read_demand,
};
use xiaoxiang_store::demand::{ReviewRow, VisitRow};

use super::list::next_key;
use super::words::DemandWords;
use crate::pages::shell::{Section, Shell};
use crate::pages::statistics::SelectOption;
use crate::pages::visit::Visit;

/// What was sent and refused: kept in its form.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    /// Code of the step, or `visit`, `invite`, `review`.
    pub form: String,
    pub words: String,
    pub reasons: Vec<String>,
    pub number: String,
    /// Points as typed, by item.
    pub points: Vec<(String, String)>,
    pub problems: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ShowQuery {
    /// `step` after one was taken.
    done: String,
}

/// A line of the form with who may read it.
#[derive(Debug)]
struct Line {
    label: String,
    text: String,
    level: Option<&'static str>,
}

#[derive(Debug, Template)]
#[template(path = "demand.html")]
pub(super) struct ShowPage {
    shell: Shell,
    words: DemandWords,
    page: DemandPage,
    draft: Draft,
    experts: Vec<ExpertChoice>,
    is_done: bool,
}

pub(super) async fn show(visit: Visit, Path(id): Path<String>, Query(query): Query<ShowQuery>) -> Response {
    match page_of(&visit, &id, Draft::default(), query.done == "step").await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

pub(super) async fn page_of(
    visit: &Visit,
    id: &str,
    draft: Draft,
    is_done: bool,
) -> Result<ShowPage, Refusal> {
    let page = read_demand(&visit.app, &visit.actor(), id).await?;
    let words = DemandWords::of(visit).await?;
    let untitled = || visit.language.text("demand-untitled").to_owned();
    let title = if page.row.title.is_empty() { untitled() } else { page.row.title.clone() };
    let wants_experts = page.may_decide && page.state == DemandState::Sorted;
    let experts =
        if wants_experts { list_experts(&visit.app, &visit.actor(), id).await? } else { Vec::new() };
    Ok(ShowPage { shell: visit.shell(Section::Demands, title), words, page, draft, experts, is_done })
}

impl ShowPage {
    fn name(&self) -> &str {
        if self.page.row.title.is_empty() { self.shell.t("demand-untitled") } else { &self.page.row.title }
    }

    fn path(&self, rest: &str) -> String {
        self.shell.link(&format!("/demands/{}{rest}", self.page.row.demand_id))
    }

    fn next(&self) -> String {
        let is_verified = self.page.row.verified.is_some() || self.page.kind == DemandKind::Common;
        self.shell.t(next_key(self.page.state, is_verified, |action| self.shell.may(action))).to_owned()
    }

    fn market_link(&self) -> Option<String> {
        let is_there = self.page.state.is_on_market();
        is_there.then(|| self.shell.link(&format!("/market/demands/{}", self.page.row.demand_id)))
    }

    fn verified(&self) -> Option<String> {
        let day = self.words.day(self.page.row.confirmed_on.as_deref().unwrap_or_default());
        match self.page.row.verified.as_deref().and_then(Verification::from_code)? {
            Verification::Company => Some(self.shell.say("demand-verified-company", [("day", &day)])),
            Verification::Telephone => Some(self.shell.say("demand-verified-telephone", [("day", &day)])),
        }
    }

    fn enterer(&self) -> String {
        let role = Role::from_code(&self.page.row.enterer_role);
        let role = role.map_or("", |role| self.shell.language.pick(role.label(), role.label_en()));
        [self.page.enterer.as_str(), role]
            .into_iter()
            .filter(|one| !one.is_empty())
            .collect::<Vec<_>>()
            .join(" · ")
    }

    fn lines(&self) -> Vec<Line> {
        let levels = levels_of(&self.page.form);
        let line = |key: &str| {
            let text = self.page.form.field(key);
            (!text.is_empty()).then(|| Line {
                label: self.words.label(key),
                text: self.words.value(key, text),
                level: if matches!(key, "contact" | "telephone" | "email") {
                    Some(self.words.level(&xiaoxiang_domain::market::DisclosureLevel::Undertaking))
                } else {
                    DemandPart::of_field(key).map(|part| self.words.level(&levels.of(part)))
                },
            })
        };
        let shown = FIELD_KEYS.into_iter().filter(|key| !matches!(*key, "title" | "secrecy"));
        shown.filter_map(line).collect()
    }

    /// Steps to be taken here; handing in is done in the form, inviting below.
    fn open_steps(&self) -> Vec<&OpenDemandStep> {
        let is_sorted = self.page.state == DemandState::Sorted;
        let by_button = |open: &&OpenDemandStep| match open.step {
            DemandStep::Submit | DemandStep::InviteExperts => false,
            DemandStep::Sort => !is_sorted,
            _ => true,
        };
        let mut open: Vec<_> = self.page.open_steps.iter().filter(by_button).collect();
        // What leads on stands before what leads back.
        open.sort_by_key(|open| {
            matches!(open.step, DemandStep::Return | DemandStep::Decline | DemandStep::Withdraw)
        });
        open
    }

    fn is_open(&self, open: &OpenDemandStep) -> bool {
        self.draft.form == open.step.code()
            || (self.draft.form.is_empty()
                && open.obstacle.is_none()
                && self.open_steps().iter().find(|one| one.obstacle.is_none()).map(|one| one.step)
                    == Some(open.step)
                && !matches!(open.step, DemandStep::Withdraw | DemandStep::Return | DemandStep::Decline))
    }

    fn effect(&self, step: &DemandStep) -> &'static str {
        self.shell.t(match step {
            DemandStep::Confirm => "demand-effect-confirm",
            DemandStep::Check => "demand-effect-check",
            DemandStep::Return => "demand-effect-return",
            DemandStep::Sort => "demand-effect-sort",
            DemandStep::Select => "demand-effect-select",
            DemandStep::Decline => "demand-effect-decline",
            DemandStep::Match => "demand-effect-match",
            DemandStep::Contract => "demand-effect-contract",
            DemandStep::Withdraw => "demand-effect-withdraw",
            _ => "demand-effect-renew",
        })
    }

    fn obstacle(&self, open: &OpenDemandStep) -> Option<&'static str> {
        let (zh, en) = open.obstacle?.words();
        Some(self.shell.language.pick(zh, en))
    }

    fn problems_in(&self, form: &str) -> Vec<String> {
        if self.draft.form == form { self.draft.problems.clone() } else { Vec::new() }
    }

    fn typed(&self, form: &str) -> &str {
        if self.draft.form == form { &self.draft.words } else { "" }
    }

    fn is_in(&self, form: &str) -> bool {
        self.draft.form == form
    }

    fn reasons(&self) -> Vec<(&DemandReason, bool)> {
        let reasons = &self.words.region().demand_rules().return_reasons;
        reasons.iter().map(|reason| (reason, self.draft.reasons.contains(&reason.code))).collect()
    }

    fn reason_name<'a>(&self, reason: &'a DemandReason) -> &'a str {
        self.shell.language.pick(&reason.name, &reason.name_en)
    }

    fn needs_words(&self, step: &DemandStep) -> bool {
        step.needs_words() && *step != DemandStep::Return
    }

    fn field_options(&self) -> Vec<SelectOption> {
        let Some(list) = self.words.region().codes("technical_field") else { return Vec::new() };
        list.roots()
            .map(|item| SelectOption {
                value: item.code.clone(),
                label: self.shell.language.pick(&item.name, &item.name_en).to_owned(),
                is_chosen: item.code == self.page.row.field,
            })
            .collect()
    }

    fn who(&self, step: &DemandStepView) -> String {
        let role = step.role.map_or("", |role| self.shell.language.pick(role.label(), role.label_en()));
        [step.name.as_str(), role].into_iter().filter(|one| !one.is_empty()).collect::<Vec<_>>().join(" · ")
    }

    fn reasons_of(&self, step: &DemandStepView) -> Vec<String> {
        let known = self.words.region().demand_rules().return_reasons.iter();
        let own = known.filter(|reason| step.reason_codes.contains(&reason.code));
        own.map(|reason| self.reason_name(reason).to_owned()).collect()
    }

    /// What was said beyond the ticked reasons.
    fn words_of<'a>(&self, step: &'a DemandStepView) -> Option<&'a str> {
        let reasons: Vec<String> = self
            .words
            .region()
            .demand_rules()
            .return_reasons
            .iter()
            .filter(|reason| step.reason_codes.contains(&reason.code))
            .map(|reason| reason.name.clone())
            .collect();
        (!step.words.is_empty() && step.words != reasons.join("；")).then_some(step.words.as_str())
    }

    fn visit_kind(&self, visit: &VisitRow) -> &'static str {
        self.shell.t(if visit.kind == "telephone" { "demand-visit-telephone" } else { "demand-visit-visit" })
    }

    fn visit_found(&self, visit: &VisitRow) -> String {
        let found = [
            (visit.has_contact, "demand-found-contact"),
            (visit.has_budget, "demand-found-budget"),
            (visit.has_authority, "demand-found-authority"),
        ];
        let named: Vec<&str> =
            found.into_iter().filter(|(is, _)| *is).map(|(_, key)| self.shell.t(key)).collect();
        named.join(self.shell.language.pick("、", ", "))
    }

    fn today(&self) -> String {
        self.page.today.to_string()
    }

    fn sheet(&self) -> Option<&ScoreSheet> {
        let rules = self.words.region().demand_rules();
        let key = self.page.own_review.as_ref().map(|review| review.sheet.as_str());
        rules.score_sheet(key.or(self.page.row.score_sheet.as_deref())?)
    }

    fn sheet_name<'a>(&self, sheet: &'a ScoreSheet) -> &'a str {
        self.shell.language.pick(&sheet.name, &sheet.name_en)
    }

    fn pick<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        self.shell.language.pick(zh, en)
    }

    fn typed_points(&self, key: &str) -> &str {
        self.draft.points.iter().find(|(item, _)| item == key).map_or("", |(_, text)| text)
    }

    fn conflicts(&self) -> &[DemandReason] {
        &self.words.region().demand_rules().conflicts
    }

    fn must_declare(&self) -> bool {
        self.page.own_review.as_ref().is_some_and(|review| review.conflict.is_none())
    }

    fn may_score(&self) -> bool {
        let is_open = |review: &ReviewRow| {
            review.conflict.as_deref() == Some("none") && review.answered_at_ms.is_none()
        };
        self.page.own_review.as_ref().is_some_and(is_open) && self.page.state == DemandState::Sorted
    }

    fn has_answered(&self) -> bool {
        self.page.own_review.as_ref().is_some_and(|review| review.answered_at_ms.is_some())
    }

    fn conflict_of(&self, review: &ReviewView) -> String {
        match review.row.conflict.as_deref() {
            None => self.shell.t("demand-review-undeclared").to_owned(),
            Some("none") => self.shell.t("demand-review-no-conflict").to_owned(),
            Some(code) => self
                .conflicts()
                .iter()
                .find(|one| one.code == code)
                .map_or_else(|| code.to_owned(), |one| self.reason_name(one).to_owned()),
        }
    }

    fn points_of(&self, review: &ReviewView) -> Option<String> {
        let points: std::collections::BTreeMap<String, u32> =
            serde_json::from_str(review.row.points.as_deref()?).ok()?;
        Some(points.values().sum::<u32>().to_string())
    }

    fn result(&self) -> Option<String> {
        let result = self.page.result.as_ref()?;
        let (zh, en) = result.rule.words();
        let (mean, pass) = (result.mean_text(), result.pass_points.to_string());
        let rule = self.pick(zh, en);
        Some(if result.is_passed {
            self.shell.say("demand-result-passed", [("mean", &mean), ("pass", &pass), ("rule", rule)])
        } else {
            self.shell.say("demand-result-failed", [("mean", &mean), ("pass", &pass), ("rule", rule)])
        })
    }

    fn may_invite(&self) -> bool {
        self.shell.may(Action::DecideDemands) && self.experts.iter().any(|one| !one.is_invited)
    }

    fn may_split(&self) -> bool {
        self.page.may_decide
            && self.page.kind == DemandKind::Enterprise
            && matches!(self.page.state, DemandState::Checked | DemandState::Sorted)
    }
}
