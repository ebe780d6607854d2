//! Annual targets (年度目标): read with their completion; issued, adjusted, split among counties.

use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::bulletin::Direction;
use xiaoxiang_domain::money::Fen;
use xiaoxiang_domain::period::Period;
use xiaoxiang_domain::ratio::Ratio;
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_services::target::{
    Difference, SplitState, TargetBoard, TargetChange, TargetLine, TargetRecord, set_targets, target_board,
};

use super::answer::{of_change, tagged, version_of};
use super::caller::Caller;
use super::drafts::{bad_field, day_of};
use super::extract::{ApiJson, ApiQuery, bad_query};
use super::objections::division_of;
use super::{ApiRoute, Precondition, needs};
use crate::pages::targets::DIRECTIONS;
use crate::problem::Problem;

pub(super) fn routes() -> Vec<ApiRoute> {
    vec![
        needs(Action::ReadTargets, routes!(read)),
        // The province issues, a city splits: which of the two, the use case decides.
        needs(Action::ReadTargets, routes!(set)).based_on(Precondition::Version),
    ]
}

/// Which targets.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TargetsQuery {
    /// 年度；省略为数字所及的年度 · Year; where absent, the one of the latest figures.
    #[param(minimum = 1900, maximum = 2999)]
    year: Option<i16>,
    /// 口径：registered、output、absorbed；省略为登记 · Which contract value is meant; registered by default.
    #[param(pattern = "^(registered|output|absorbed)$")]
    direction: Option<String>,
    /// 全省或一个市州；省略为自己的范围 · The region or one of its cities; one's own where absent.
    #[param(pattern = "^[0-9]{6}$")]
    within: Option<String>,
}

/// The targets of a division and its parts.
#[derive(Debug, Serialize, ToSchema)]
struct TargetsView {
    /// Year.
    year: i16,
    /// `registered`, `output` or `absorbed`.
    direction: &'static str,
    /// Revision of the year's targets, the ETag; send it as If-Match with a change.
    revision: i64,
    /// Last month counted.
    #[schema(example = "2026-10")]
    through: String,
    /// 时间进度 in per cent with two decimals.
    elapsed_percent: String,
    /// The division itself.
    whole: TargetView,
    /// The divisions directly below it.
    parts: Vec<TargetView>,
    /// By how much the parts exceed the whole, below zero where they fall short, in fen; null where none has a target.
    split_difference_fen: Option<i64>,
}

/// One division with its target.
#[derive(Debug, Serialize, ToSchema)]
struct TargetView {
    /// Code.
    division: String,
    /// 名称
    name: String,
    /// English name; empty where there is none.
    name_en: String,
    /// 目标 in force, in fen; null where there is none.
    target_fen: Option<i64>,
    /// 完成额 since January, in fen.
    completed_fen: i64,
    /// 完成率 in per cent with two decimals; null without a target.
    completed_percent: Option<String>,
    /// Place by 完成率 among the divisions that have a target.
    rank: Option<u32>,
    /// 缺口 in fen, below zero where the target is passed; null without a target.
    gap_fen: Option<i64>,
    /// Every record, the oldest first.
    records: Vec<TargetRecordView>,
}

/// One record of a target; a later one adjusts it.
#[derive(Debug, Serialize, ToSchema)]
struct TargetRecordView {
    /// 目标 in fen.
    amount_fen: i64,
    /// 文号
    document: String,
    /// First day.
    valid_from: String,
    /// Why it was adjusted; mostly empty.
    reason: String,
    /// Whether it is the one in force.
    is_in_force: bool,
}

impl From<TargetRecord> for TargetRecordView {
    fn from(record: TargetRecord) -> Self {
        Self {
            amount_fen: record.amount.0,
            document: record.document,
            valid_from: record.valid_from.to_string(),
            reason: record.reason,
            is_in_force: record.is_in_force,
        }
    }
}

/// A sum of targets, each of which fits into the number that it is kept in.
fn fen(sum: i128) -> i64 {
    i64::try_from(sum).unwrap_or(if sum > 0 { i64::MAX } else { i64::MIN })
}

impl From<TargetLine> for TargetView {
    fn from(line: TargetLine) -> Self {
        Self {
            division: line.division.to_string(),
            name: line.name,
            name_en: line.name_en,
            target_fen: line.completion.target.map(|target| target.0),
            completed_fen: fen(line.completion.completed),
            completed_percent: line.completion.percent.map(Ratio::percent),
            rank: line.completion.rank,
            gap_fen: line.completion.gap.map(fen),
            records: line.records.into_iter().map(TargetRecordView::from).collect(),
        }
    }
}

/// Revisions are log positions; where no target was ever set there is none, and 0 says so.
const fn revision_of(board: &TargetBoard) -> i64 {
    board.revision + 1
}

impl From<TargetBoard> for TargetsView {
    fn from(board: TargetBoard) -> Self {
        Self {
            year: board.year,
            direction: board.direction.code(),
            revision: revision_of(&board),
            through: board.through.to_string(),
            elapsed_percent: board.elapsed_percent,
            whole: board.whole.into(),
            parts: board.parts.into_iter().map(TargetView::from).collect(),
            split_difference_fen: match board.split {
                SplitState::NotSplit => None,
                SplitState::Even => Some(0),
                SplitState::Differs(difference) => Some(fen(difference)),
            },
        }
    }
}

/// 年度目标与完成情况 · Targets of a year and how far they are completed
///
/// ETag 是修订号，修改时写入 If-Match · The ETag is the revision; send it as If-Match with a change.
#[utoipa::path(
    get, path = "/api/v1/targets", tag = "target", operation_id = "readTargets", params(TargetsQuery),
    responses((status = 200, body = TargetsView, headers(("ETag" = String, description = "Revision"))))
)]
async fn read(caller: Caller, ApiQuery(query): ApiQuery<TargetsQuery>) -> Result<Response, Problem> {
    if query.year.is_some_and(|year| Period::year(year).is_err()) {
        return Err(bad_query("year"));
    }
    let direction = query.direction.as_deref().unwrap_or(Direction::Registered.code());
    let direction = direction_of(direction).ok_or_else(|| bad_query("direction"))?;
    let within = query.within.as_deref();
    let within = within.map(|text| DivisionCode::parse(text).ok_or_else(|| bad_query("within")));
    shown(&caller, StatusCode::OK, within.transpose()?, query.year, direction).await
}

/// The direction of a word, as far as targets are set for it.
fn direction_of(word: &str) -> Option<Direction> {
    Direction::from_code(word).filter(|direction| DIRECTIONS.contains(direction))
}

async fn shown(
    caller: &Caller,
    status: StatusCode,
    within: Option<DivisionCode>,
    year: Option<i16>,
    direction: Direction,
) -> Result<Response, Problem> {
    let board = target_board(&caller.app, &caller.actor, within, year, direction).await?;
    Ok(tagged(status, revision_of(&board), Json(TargetsView::from(board))))
}

/// Targets to be set; those that are as before are left out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TargetsBody {
    /// Year.
    #[schema(minimum = 1900, maximum = 2999)]
    year: i16,
    /// `registered`, `output` or `absorbed`.
    #[schema(pattern = "^(registered|output|absorbed)$")]
    direction: String,
    /// City whose target is split among its counties; absent where the province issues.
    #[schema(pattern = "^[0-9]{6}$")]
    split_of: Option<String>,
    /// 文号
    #[schema(min_length = 1, max_length = 100)]
    document: String,
    /// First day.
    #[schema(format = Date, max_length = 10)]
    valid_from: String,
    /// Why; needed where a target is adjusted or a difference accepted.
    #[schema(max_length = 2000)]
    reason: Option<String>,
    /// Whether a split that does not add up to the whole stands, with the reason.
    accept_difference: Option<bool>,
    /// The targets.
    #[schema(min_items = 1, max_items = 500)]
    amounts: Vec<AmountBody>,
}

/// One target.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TargetAmount)]
struct AmountBody {
    /// Division.
    #[schema(pattern = "^[0-9]{6}$")]
    division: String,
    /// 目标 in fen.
    #[schema(minimum = 0, maximum = 9007199254740991i64)]
    amount_fen: i64,
}

/// Most targets of one request.
const AMOUNTS_MAX: usize = 500;
/// Largest target: what every program reads exactly.
const AMOUNT_FEN_MAX: i64 = 9_007_199_254_740_991;

fn change_of(body: TargetsBody, seen: i64) -> Result<TargetChange, Problem> {
    let direction = direction_of(&body.direction);
    let direction = direction.ok_or_else(|| {
        bad_field("/direction", "应为 registered、output 或 absorbed。", "no such direction")
    })?;
    if Period::year(body.year).is_err() {
        return Err(bad_field("/year", "没有这个年度。", "no such year"));
    }
    if body.amounts.len() > AMOUNTS_MAX {
        return Err(bad_field("/amounts", "目标过多，请分次提交。", "too many targets; send them in parts"));
    }
    let amount = |(at, one): (usize, AmountBody)| {
        if !(0..=AMOUNT_FEN_MAX).contains(&one.amount_fen) {
            let pointer = format!("/amounts/{at}/amount_fen");
            return Err(bad_field(&pointer, "目标应为非负的分数额。", "an amount in fen, not below zero"));
        }
        Ok((division_of(&format!("/amounts/{at}/division"), &one.division)?, Fen(one.amount_fen)))
    };
    let is_accepted = body.accept_difference.unwrap_or_default();
    Ok(TargetChange {
        year: body.year,
        direction,
        valid_from: day_of("/valid_from", &body.valid_from)?,
        split_of: body.split_of.as_deref().map(|code| division_of("/split_of", code)).transpose()?,
        amounts: body.amounts.into_iter().enumerate().map(amount).collect::<Result<_, _>>()?,
        document: body.document,
        reason: body.reason.unwrap_or_default(),
        seen,
        difference: if is_accepted { Difference::Accepted } else { Difference::Refused },
    })
}

/// 下达、调整、分解目标 · Issue, adjust or split targets
///
/// 不覆盖原目标，另记一条；If-Match 必填 · Nothing is overwritten: an adjustment is a later record.
#[utoipa::path(
    post, path = "/api/v1/targets", tag = "target", operation_id = "setTargets", request_body = TargetsBody,
    responses((status = 201, body = TargetsView))
)]
async fn set(
    caller: Caller,
    headers: HeaderMap,
    ApiJson(body): ApiJson<TargetsBody>,
) -> Result<impl IntoResponse, Problem> {
    let change = change_of(body, version_of(&headers)? - 1)?;
    set_targets(&caller.app, &caller.actor, &change).await.map_err(of_change)?;
    shown(&caller, StatusCode::CREATED, change.split_of, Some(change.year), change.direction).await
}
