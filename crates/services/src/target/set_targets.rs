//! Issues (下达), adjusts (调整) and splits (分解) annual targets on screen. Nothing is overwritten: an adjustment is a
//! later record with its own document and reason.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde_json::json;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::bulletin::Direction;
use xiaoxiang_domain::money::Fen;
use xiaoxiang_domain::region::{DivisionCode, Region};
use xiaoxiang_domain::target::{AnnualTarget, AnnualTargets, TargetProblem};
use xiaoxiang_store::NewEntry;
use xiaoxiang_store::target::{self as store, TargetRow};

use super::import_targets::{explain, list_targets, row_of};
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Longest document number.
const DOCUMENT_CHARACTERS_MAX: usize = 100;
/// Longest reason.
const REASON_CHARACTERS_MAX: usize = 2_000;

/// Whether a split that does not add up to the whole is accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Difference {
    /// It is refused.
    #[default]
    Refused,
    /// It stands, with the reason.
    Accepted,
}

/// Targets of one year and direction as somebody typed them.
#[derive(Clone, Debug)]
pub struct TargetChange {
    /// Year.
    pub year: i16,
    /// Which contract value is meant.
    pub direction: Direction,
    /// 文号
    pub document: String,
    /// First day.
    pub valid_from: Date,
    /// Why; needed where a target is adjusted or a difference accepted.
    pub reason: String,
    /// The city whose target is split among its counties; none where the province issues.
    pub split_of: Option<DivisionCode>,
    /// Targets; those that are as before are left out.
    pub amounts: Vec<(DivisionCode, Fen)>,
    /// Revision of the year's targets that was seen.
    pub seen: i64,
    /// Whether a difference is accepted; only of a split.
    pub difference: Difference,
}

/// What was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangedTargets {
    /// Divisions that had no target before.
    pub issued: usize,
    /// Divisions whose target changed.
    pub adjusted: usize,
}

/// Sets targets: those of the province and its cities, or those of a city's counties.
pub async fn set_targets(app: &App, actor: &Actor, change: &TargetChange) -> Result<ChangedTargets, Refusal> {
    match change.split_of {
        Some(city) => actor.permit_in(Action::SplitTargets, city)?,
        None => {
            actor.permit(Action::IssueTargets)?;
        }
    }
    check_words(change)?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let region = app.region_in(&mut tx).await?;
    let region = &region.region;
    // Under the log's lock: of two officers who edit at once the second is told.
    tx.lock_log().await?;
    if store::revision(&mut tx, i64::from(change.year)).await? != change.seen {
        return Err(Refusal::stale(
            format!("{} 年目标", change.year),
            format!("the targets of {}", change.year),
        ));
    }
    let (whole, parts) = split_asked(region, change)?;
    let known = list_targets(&mut tx, change.year, i64::MAX).await?;
    let before = AnnualTargets::new(known.clone());
    let in_force =
        |code: DivisionCode| before.in_force(code.0, change.year, change.direction, change.valid_from);
    let changed: Vec<(DivisionCode, Fen, Option<Fen>)> = change
        .amounts
        .iter()
        .map(|(code, amount)| (*code, *amount, in_force(*code).map(|target| target.amount)))
        .filter(|(_, amount, old)| Some(*amount) != *old)
        .collect();
    if changed.is_empty() {
        return Err(Refusal::invalid("target.nothing", "没有改动任何目标。", "no target was changed"));
    }
    let adjusted = changed.iter().filter(|(.., old)| old.is_some()).count();
    if adjusted > 0 && change.reason.trim().is_empty() {
        return Err(Refusal::invalid(
            "target.reason",
            "调整已下达的目标须写明理由。",
            "give the reason for which a target that was issued is adjusted",
        ));
    }
    let new: Vec<AnnualTarget> =
        changed.iter().map(|(code, amount, _)| target_of(change, *code, *amount)).collect();
    let mut together = known;
    together.extend(new.iter().cloned());
    let problems = AnnualTargets::new(together).problems(
        change.year,
        change.direction,
        change.valid_from,
        &[(whole.0, parts)],
    );
    refuse_problems(&problems, change, region)?;
    let reason = change.reason.trim();
    let rows: Vec<TargetRow> =
        new.iter().map(|target| TargetRow { reason: reason.to_owned(), ..row_of(target) }).collect();
    store::save(&mut tx, &rows).await?;
    let changes: Vec<_> = changed
        .iter()
        .map(|(code, amount, old)| {
            json!({ "division": code.to_string(), "before_fen": old.map(|fen| fen.0), "after_fen": amount.0 })
        })
        .collect();
    let kind = match (change.split_of, adjusted) {
        (Some(_), _) => "target.split",
        (None, 0) => "target.set",
        (None, _) => "target.adjusted",
    };
    let entry = NewEntry {
        kind,
        subject: format!("division:{whole}"),
        payload: json!({
            "year": change.year,
            "direction": change.direction.code(),
            "document": change.document.trim(),
            "valid_from": change.valid_from.to_string(),
            "reason": reason,
            "targets": changes,
        }),
    };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(ChangedTargets { issued: changed.len() - adjusted, adjusted })
}

fn target_of(change: &TargetChange, division: DivisionCode, amount: Fen) -> AnnualTarget {
    AnnualTarget {
        division: division.0,
        year: change.year,
        direction: change.direction,
        amount,
        document: change.document.trim().to_owned(),
        valid_from: change.valid_from,
    }
}

fn check_words(change: &TargetChange) -> Result<(), Refusal> {
    let document = change.document.trim();
    if document.is_empty() || document.chars().count() > DOCUMENT_CHARACTERS_MAX {
        return Err(Refusal::invalid(
            "target.document",
            format!("请填写文号，不超过 {DOCUMENT_CHARACTERS_MAX} 字。"),
            format!("give the document number, of at most {DOCUMENT_CHARACTERS_MAX} characters"),
        ));
    }
    if change.reason.chars().count() > REASON_CHARACTERS_MAX {
        return Err(Refusal::invalid(
            "target.reason",
            format!("理由不超过 {REASON_CHARACTERS_MAX} 字。"),
            format!("a reason has at most {REASON_CHARACTERS_MAX} characters"),
        ));
    }
    if change.valid_from.year() > change.year {
        return Err(Refusal::invalid(
            "target.valid_from",
            format!("生效日期不能晚于 {} 年。", change.year),
            format!("the first day cannot lie after {}", change.year),
        ));
    }
    Ok(())
}

/// The whole and its parts; a target of any other division is refused.
fn split_asked(region: &Region, change: &TargetChange) -> Result<(DivisionCode, Vec<u32>), Refusal> {
    let whole = change.split_of.unwrap_or_else(|| region.code());
    if change.split_of.is_some() && !region.cities().contains(&whole) {
        return Err(Refusal::NotFound(whole.to_string()));
    }
    let parts: BTreeSet<u32> = region.divisions().children(whole).iter().map(|part| part.0).collect();
    let is_own =
        |code: &DivisionCode| parts.contains(&code.0) || (change.split_of.is_none() && *code == whole);
    if let Some((code, _)) = change.amounts.iter().find(|(code, _)| !is_own(code)) {
        return Err(Refusal::NotFound(code.to_string()));
    }
    Ok((whole, parts.into_iter().collect()))
}

fn refuse_problems(
    problems: &[TargetProblem],
    change: &TargetChange,
    region: &Region,
) -> Result<(), Refusal> {
    let is_difference = |problem: &TargetProblem| {
        matches!(problem, TargetProblem::SumDiffers { .. } | TargetProblem::PartMissing { .. })
    };
    let may_differ = change.split_of.is_some() && change.difference == Difference::Accepted;
    if may_differ && problems.iter().all(is_difference) {
        if !problems.is_empty() && change.reason.trim().is_empty() {
            return Err(Refusal::invalid(
                "target.reason",
                "分解与目标不一致，须写明理由。",
                "give the reason for which the parts do not add up to the whole",
            ));
        }
        return Ok(());
    }
    if problems.is_empty() {
        return Ok(());
    }
    Err(Refusal::Sheet(problems.iter().map(|problem| explain(problem, region)).collect()))
}
