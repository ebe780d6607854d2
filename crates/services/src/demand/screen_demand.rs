//! The experts' screening (专家筛选): invited by field, conflicts declared before anything is shown, points with reasons.

use std::collections::BTreeMap;

use serde_json::json;
use xiaoxiang_domain::access::{Action, Role};
use xiaoxiang_domain::demand::{DemandState, DemandStep, check_scores};
use xiaoxiang_domain::market::clean_text;
use xiaoxiang_domain::notice::{NoticeKind, Whom};
use xiaoxiang_store::demand::{self as store, ReviewRow};
use xiaoxiang_store::{NewEntry, person};

use super::case::{Case, NO_CONFLICT, stale};
use super::notify_demand::tell;
use super::take_demand_step::{WORDS_CHARACTERS_MAX, write_step};
use crate::access::read_grant;
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Most experts of one demand.
pub const EXPERTS_MAX: usize = 15;

/// An expert who can be invited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpertChoice {
    /// Id.
    pub person_id: String,
    /// Name.
    pub name: String,
    /// Whether the expert was invited already.
    pub is_invited: bool,
}

/// Everybody who is an expert today, for whoever decides on the demand.
pub async fn list_experts(app: &App, actor: &Actor, demand_id: &str) -> Result<Vec<ExpertChoice>, Refusal> {
    actor.permit(Action::DecideDemands)?;
    let mut tx = app.db.read().await?;
    let case = Case::visible(&mut tx, actor, demand_id).await?;
    let today = app.today_in(&mut tx).await?;
    let mut choices: Vec<ExpertChoice> = Vec::new();
    for row in person::list_holders(&mut tx, Role::Expert.code()).await? {
        let holds = read_grant(&row)?.holds_on(today);
        if !holds || choices.iter().any(|choice| choice.person_id == row.person_id) {
            continue;
        }
        let found = person::find(&mut tx, &row.person_id).await?.filter(|person| !person.is_disabled);
        let Some(found) = found else { continue };
        choices.push(ExpertChoice {
            is_invited: case.reviews.iter().any(|review| review.person_id == found.person_id),
            person_id: found.person_id,
            name: found.name,
        });
    }
    choices.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.person_id.cmp(&b.person_id)));
    Ok(choices)
}

/// Invites experts to a sorted demand; who was invited before is not invited twice.
pub async fn invite_experts(
    app: &App,
    actor: &Actor,
    demand_id: &str,
    revision: i64,
    experts: &[String],
) -> Result<(), Refusal> {
    actor.permit(Action::DecideDemands)?;
    let known = list_experts(app, actor, demand_id).await?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let mut case = Case::visible(&mut tx, actor, demand_id).await?;
    if case.state != DemandState::Sorted {
        return Err(Refusal::invalid(
            "demand.experts.not_now",
            "只有已梳理、尚未决定的需求才邀请专家。",
            "experts are invited to a sorted demand that is not decided yet",
        ));
    }
    let new: Vec<&ExpertChoice> =
        known.iter().filter(|one| !one.is_invited && experts.contains(&one.person_id)).collect();
    if new.is_empty() || case.reviews.len() + new.len() > EXPERTS_MAX {
        return Err(Refusal::invalid(
            "demand.experts",
            format!("请选择尚未邀请的专家，一条需求最多 {EXPERTS_MAX} 人。"),
            format!("choose experts who are not invited yet, at most {EXPERTS_MAX} for a demand"),
        ));
    }
    if case.row.revision != revision || !store::take(&mut tx, demand_id, revision).await? {
        return Err(stale(&case));
    }
    let region = app.region_in(&mut tx).await?;
    let today = app.clock.today_in(&region.time_zone);
    let sheet = match &case.row.score_sheet {
        Some(key) => key.clone(),
        None => {
            region.region.demand_rules().score_sheet_on(today).map(|sheet| sheet.key.clone()).ok_or_else(
                || {
                    Refusal::invalid(
                        "demand.no_sheet",
                        "区域数据中没有今天适用的评分表，请在 demand.yaml 中补充。",
                        "the region data have no scoring sheet for today; add one to demand.yaml",
                    )
                },
            )?
        }
    };
    case.row.score_sheet = Some(sheet.clone());
    for expert in &new {
        let row = ReviewRow {
            demand_id: demand_id.to_owned(),
            person_id: expert.person_id.clone(),
            invited_by: actor.log_name().to_owned(),
            invited_at_ms: app.clock.now_ms(),
            sheet: sheet.clone(),
            conflict: None,
            points: None,
            words: None,
            answered_at_ms: None,
        };
        store::invite(&mut tx, &row).await?;
    }
    let at = case.state;
    write_step(app, &mut tx, actor, &mut case, (DemandStep::InviteExperts, at, today), &[], "").await?;
    let serial = case.steps.last().map_or(0, |last| last.serial);
    let whom: Vec<Whom> = new.iter().map(|one| Whom::Person(one.person_id.clone())).collect();
    tell(app, &mut tx, actor, &case, (NoticeKind::DemandReview, serial), &whom).await?;
    let people: Vec<&str> = new.iter().map(|one| one.person_id.as_str()).collect();
    let entry = NewEntry {
        kind: "demand.experts_invited",
        subject: format!("demand:{demand_id}"),
        payload: json!({ "person_ids": people, "sheet": sheet }),
    };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(())
}

/// What an expert answers.
#[derive(Clone, Debug)]
pub enum ReviewAnswer {
    /// 利益冲突申明: a code of the region's list, or `none`.
    Declare(String),
    /// 评分 with the reasons.
    Score {
        /// Points by item, as typed.
        points: BTreeMap<String, String>,
        /// Why.
        words: String,
    },
}

/// Keeps an expert's declaration or score. A declared conflict ends the expert's part; points are given once.
pub async fn answer_review(
    app: &App,
    actor: &Actor,
    demand_id: &str,
    answer: &ReviewAnswer,
) -> Result<(), Refusal> {
    actor.permit(Action::ScoreDemands)?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let case = Case::visible(&mut tx, actor, demand_id).await?;
    let region = app.region_in(&mut tx).await?;
    let rules = region.region.demand_rules();
    let review = case.review_of(actor).filter(|review| review.answered_at_ms.is_none());
    let Some(mut review) = review.filter(|_| case.state == DemandState::Sorted).cloned() else {
        return Err(Refusal::invalid(
            "demand.review.over",
            "您已答复，或评审已结束。",
            "you have answered already, or the screening is over",
        ));
    };
    let payload = match answer {
        ReviewAnswer::Declare(code) => {
            let is_known = code == NO_CONFLICT || rules.conflicts.iter().any(|one| one.code == *code);
            if !is_known || review.conflict.is_some() {
                return Err(Refusal::invalid(
                    "demand.review.conflict",
                    "请从列表选择利益关系，申明后不能更改。",
                    "choose from the list; a declaration cannot be changed",
                ));
            }
            review.conflict = Some(code.clone());
            review.answered_at_ms = (code != NO_CONFLICT).then(|| app.clock.now_ms());
            json!({ "conflict": code })
        }
        ReviewAnswer::Score { points, words } => {
            if review.conflict.as_deref() != Some(NO_CONFLICT) {
                return Err(Refusal::invalid(
                    "demand.review.declare_first",
                    "请先申明利益关系，再评分。",
                    "declare conflicts of interest before scoring",
                ));
            }
            let sheet = rules.score_sheet(&review.sheet).ok_or_else(|| {
                Refusal::invalid("demand.no_sheet", "没有找到评分表。", "the scoring sheet is gone")
            })?;
            let score = check_scores(sheet, points).map_err(Refusal::Fields)?;
            let words = clean_text(words, WORDS_CHARACTERS_MAX).ok().filter(|words| !words.is_empty());
            let words = words.ok_or_else(|| {
                Refusal::invalid(
                    "demand.review.words",
                    format!("请写明评分理由，不超过 {WORDS_CHARACTERS_MAX} 字。"),
                    format!("say why in at most {WORDS_CHARACTERS_MAX} characters"),
                )
            })?;
            review.points =
                Some(serde_json::to_string(&score.points).expect("invariant: points are plain data"));
            review.words = Some(words);
            review.answered_at_ms = Some(app.clock.now_ms());
            json!({ "points": score.total(), "sheet": review.sheet })
        }
    };
    if !store::answer_review(&mut tx, &review).await? {
        return Err(stale(&case));
    }
    let entry = NewEntry { kind: "demand.reviewed", subject: format!("demand:{demand_id}"), payload };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(())
}
