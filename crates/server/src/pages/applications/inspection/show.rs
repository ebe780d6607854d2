//! One inspection: the next act first, the contract beside it, what the party produced, what was done.

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use serde::Deserialize;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::contract::procedure::{InspectionAct, InspectionStage, Step, Turn};
use xiaoxiang_domain::money::Fen;
use xiaoxiang_domain::region::{DayLimit, DayUnit, Standing};
use xiaoxiang_services::Refusal;
use xiaoxiang_services::registration::inspection::{ActView, InspectionPage, OpenAct, read_inspection};
use xiaoxiang_services::registration::{ApplicationPage, PaperCase, papers_of, read_application};
use xiaoxiang_store::inspection::DrawRow;

use super::super::texts;
use super::super::words::{Words, sentence_case};
use super::{due_words, next_words, stage_class, stage_words};
use crate::pages::contracts::contract_path;
use crate::pages::shell::{Section, Shell};
use crate::pages::visit::Visit;

/// What was sent and refused: kept in its form.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    pub act: Option<InspectionAct>,
    pub words: String,
    pub grounds: Vec<String>,
    /// What stood in the way.
    pub problems: Vec<String>,
}

/// A ground that may be ticked.
#[derive(Debug)]
struct GroundView {
    code: String,
    name: String,
    basis: String,
    is_pending: bool,
    is_chosen: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ShowQuery {
    /// `act` after one was done, `file` after one came in.
    done: String,
}

pub(super) async fn show(visit: Visit, Path(id): Path<String>, Query(query): Query<ShowQuery>) -> Response {
    match page_of(&visit, &id, Draft::default()).await {
        Ok(page) => visit.page(&ShowPage { done: query.done, ..page }),
        Err(refusal) => visit.refused(&refusal),
    }
}

pub(super) async fn page_of(visit: &Visit, id: &str, draft: Draft) -> Result<ShowPage, Refusal> {
    let actor = visit.actor();
    let page = read_inspection(&visit.app, &actor, id).await?;
    let application = read_application(&visit.app, &actor, &page.summary.row.application_id).await?;
    Ok(ShowPage {
        shell: visit.shell(Section::Applications, page.summary.project_name.clone()),
        words: Words::of(visit).await?,
        page,
        application,
        draft,
        done: String::new(),
    })
}

#[derive(Debug, Template)]
#[template(path = "inspection.html")]
pub(super) struct ShowPage {
    shell: Shell,
    words: Words,
    page: InspectionPage,
    application: ApplicationPage,
    draft: Draft,
    done: String,
}

impl ShowPage {
    fn path(&self, rest: &str) -> String {
        self.shell.link(&format!("/inspections/{}{rest}", self.page.summary.row.inspection_id))
    }

    fn id(&self) -> &str {
        &self.page.summary.row.inspection_id
    }

    fn application_link(&self) -> String {
        self.shell.link(&format!("/applications/{}", self.page.summary.row.application_id))
    }

    fn contract_link(&self) -> Option<String> {
        let number = &self.page.summary.registration_number;
        let is_there = !number.is_empty() && self.shell.may(Action::ReadContracts);
        is_there.then(|| self.shell.link(&contract_path(number)))
    }

    fn stage(&self) -> String {
        stage_words(&self.words, self.page.summary.stage)
    }

    fn class(&self) -> &'static str {
        stage_class(self.page.summary.stage)
    }

    fn due(&self) -> Option<(String, Option<String>)> {
        self.page.summary.due.map(|due| due_words(&self.words, due, self.page.today))
    }

    fn next(&self) -> &'static str {
        next_words(&self.shell, self.page.summary.stage, self.page.summary.turn)
    }

    fn done_words(&self) -> Option<&'static str> {
        match self.done.as_str() {
            "act" => Some(self.shell.t("inspection-done")),
            "file" => Some(self.shell.t("inspection-file-in")),
            _ => None,
        }
    }

    fn why(&self) -> String {
        match &self.page.draw {
            Some(draw) => self.shell.say("inspection-of-year", [("year", &draw.year.to_string())]),
            None => self.page.summary.row.cause.clone(),
        }
    }

    fn draw_facts(&self, draw: &DrawRow) -> String {
        self.shell.say(
            "inspection-draw-made",
            [
                ("year", &draw.year.to_string()),
                ("population", &draw.population.to_string()),
                ("drawn", &draw.drawn.to_string()),
            ],
        )
    }

    fn act(&self, act: &InspectionAct) -> String {
        sentence_case(self.shell.language.pick(act.label(), act.label_en()))
    }

    /// Acts that can be done now, what usually comes next first.
    fn acts_possible(&self) -> Vec<&OpenAct> {
        let mut acts: Vec<_> = self.page.acts_open.iter().filter(|open| open.obstacle.is_none()).collect();
        acts.sort_by_key(|open| self.rank(open.act));
        acts
    }

    /// After the hearing it is decided; before it nothing is foregone.
    fn rank(&self, act: InspectionAct) -> u8 {
        match act {
            InspectionAct::Clear if self.page.summary.stage == InspectionStage::HearingOffered => 2,
            InspectionAct::Revoke => 1,
            _ => 0,
        }
    }

    fn acts_barred(&self) -> Vec<(String, String)> {
        let barred = self.page.acts_open.iter().filter_map(|open| Some((open.act, open.obstacle?)));
        barred
            .map(|(act, obstacle)| {
                let (zh, en) = obstacle.words();
                let (zh, en) = (format!("{zh}。"), format!("{}.", sentence_case(en)));
                (self.act(&act), self.shell.language.pick(&zh, &en).to_owned())
            })
            .collect()
    }

    fn is_first(&self, open: &OpenAct) -> bool {
        match self.draft.act {
            Some(act) => act == open.act,
            None => self.acts_possible().first().is_some_and(|first| first.act == open.act),
        }
    }

    /// What an act does, in a sentence.
    fn effect(&self, act: &InspectionAct) -> String {
        let desk = self.words.region().registration().desk.as_ref();
        let limit = |limit: Option<DayLimit>| {
            limit.map_or_else(String::new, |limit| {
                let count = limit.days.to_string();
                match limit.unit {
                    DayUnit::Working => self.shell.say("inspection-working-days", [("days", &count)]),
                    DayUnit::Calendar => self.shell.say("inspection-days", [("days", &count)]),
                }
            })
        };
        match act {
            InspectionAct::Notice => {
                let days = limit(desk.map(|desk| desk.evidence));
                self.shell.say("inspection-effect-notice", [("days", &days)])
            }
            InspectionAct::OfferHearing => {
                let days = limit(desk.map(|desk| desk.hearing));
                self.shell.say("inspection-effect-offer", [("days", &days)])
            }
            InspectionAct::TakeEvidence => self.shell.t("inspection-effect-produce").to_owned(),
            InspectionAct::StateCase => self.shell.t("inspection-effect-state").to_owned(),
            InspectionAct::Hear => self.shell.t("inspection-effect-hear").to_owned(),
            InspectionAct::Clear => self.shell.t("inspection-effect-clear").to_owned(),
            InspectionAct::Revoke => self.shell.t("inspection-effect-revoke").to_owned(),
            InspectionAct::Serve => self.shell.t("inspection-effect-serve").to_owned(),
            InspectionAct::SendLetters => self.shell.t("inspection-effect-letters").to_owned(),
        }
    }

    fn words_label(&self, act: &InspectionAct) -> &'static str {
        self.shell.t(match act {
            InspectionAct::TakeEvidence => "inspection-words-produce",
            InspectionAct::StateCase => "inspection-words-state",
            InspectionAct::Serve => "inspection-words-serve",
            InspectionAct::SendLetters => "inspection-words-letters",
            _ => "inspection-words",
        })
    }

    /// The grounds of an act that accuses: as ticked, or those that the party was told of.
    fn grounds(&self, act: &InspectionAct) -> Vec<GroundView> {
        if !act.needs_ground() {
            return Vec::new();
        }
        let told = self.page.acts.iter().rev().find(|done| !done.ground_codes.is_empty());
        let is_chosen = |code: &String| match self.draft.act {
            Some(sent) if sent == *act => self.draft.grounds.contains(code),
            _ => told.is_some_and(|told| told.ground_codes.contains(code)),
        };
        let view = |ground: &xiaoxiang_domain::region::CodedReason| GroundView {
            code: ground.code.clone(),
            name: self.words.reason_name(ground).to_owned(),
            basis: ground.basis.clone(),
            is_pending: ground.standing != Standing::InForce,
            is_chosen: is_chosen(&ground.code),
        };
        self.words.reasons(Step::Revoke).iter().map(view).collect()
    }

    fn typed(&self, act: &InspectionAct) -> &str {
        if self.draft.act == Some(*act) { &self.draft.words } else { "" }
    }

    fn problems(&self, act: &InspectionAct) -> &[String] {
        if self.draft.act == Some(*act) { &self.draft.problems } else { &[] }
    }

    /// What stood in the way of an act that can no longer be done: its words are not lost.
    fn lost(&self) -> Option<&Draft> {
        let is_here = self.acts_possible().iter().any(|open| Some(open.act) == self.draft.act);
        (!is_here && !self.draft.problems.is_empty()).then_some(&self.draft)
    }

    /// The contract's facts, empty ones left out.
    fn facts(&self) -> Vec<(String, String)> {
        let form = &self.application.form;
        let typed =
            ["contract_type", "signed_on", "seller_name", "seller_division", "buyer_name", "buyer_division"];
        let mut facts: Vec<(String, String)> = typed
            .into_iter()
            .map(|key| (self.words.label(key), self.words.value(key, form.field(key), self.page.today)))
            .collect();
        let row = &self.application.row;
        let yuan = |fen: Option<i64>| fen.map_or_else(String::new, |fen| self.words.yuan(&Fen(fen)));
        let day = |day: &Option<String>| day.as_deref().map_or_else(String::new, |day| self.words.day(day));
        facts.extend([
            (self.shell.t("application-contract-value").to_owned(), yuan(row.contract_value_fen)),
            (self.shell.t("application-technology-value").to_owned(), yuan(row.technology_value_fen)),
            (self.shell.t("application-registered-on").to_owned(), day(&row.registered_on)),
            (self.shell.t("application-registrar").to_owned(), self.application.registrar.clone()),
        ]);
        facts.retain(|(_, text)| !text.is_empty());
        facts
    }

    fn size(&self, bytes: &i64) -> String {
        texts::size(*bytes)
    }

    /// Whose act it was; nobody's name.
    fn who(&self, done: &ActView) -> &'static str {
        self.shell.t(match done.act.turn() {
            Turn::Party => "inspection-party",
            Turn::Province => "inspection-province",
        })
    }

    fn grounds_of(&self, done: &ActView) -> Vec<String> {
        done.ground_codes.iter().map(|code| self.words.reason(&Step::Revoke, code)).collect()
    }

    fn stage_after(&self, done: &ActView) -> (String, &'static str) {
        (stage_words(&self.words, done.stage), stage_class(done.stage))
    }

    /// The papers that can be made now, by their keys.
    fn papers(&self) -> Vec<(String, String)> {
        let case = PaperCase::inspection(&self.application, &self.page);
        let named = |paper: &xiaoxiang_domain::region::PaperForm| {
            (paper.key.clone(), self.shell.language.pick(&paper.name, &paper.name_en).to_owned())
        };
        papers_of(case, self.words.region()).into_iter().map(named).collect()
    }
}
