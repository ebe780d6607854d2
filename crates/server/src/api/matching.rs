//! Matching (供需匹配) and the one search over the market.

use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use xiaoxiang_services::matching::{
    HITS_MAX, IndexState, MatchAsk, RecordKey, RecordKind, SearchAsk, find_matches, search_market,
};

use super::caller::Caller;
use super::extract::{ApiPath, ApiQuery, bad_query};
use super::match_shapes::{MatchHitShape, MatchesShape};
use super::{ApiRoute, open, signed_in};
use crate::problem::Problem;

pub(super) fn routes() -> Vec<ApiRoute> {
    vec![
        signed_in(routes!(matches_of_demand)),
        signed_in(routes!(matches_of_achievement)),
        open(routes!(search)),
    ]
}

/// How a match is asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MatchQuery {
    /// 条数，默认 20 · Answers, 20 by default.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
    /// 只要哪一类 · Only this kind: `result`, `patent`, `service`, `expert`, `team`, `institution` or `demand`.
    #[param(pattern = "^[a-z]{1,20}$", example = "patent")]
    kind: Option<String>,
    /// 补充说明的词 · Words that sharpen the question.
    #[param(max_length = 100)]
    about: Option<String>,
}

impl MatchQuery {
    fn ask(self) -> Result<MatchAsk, Problem> {
        let top = self.limit.unwrap_or_default();
        if self.limit == Some(0) || top > HITS_MAX {
            return Err(bad_query("limit"));
        }
        if self.about.as_ref().is_some_and(|about| about.chars().count() > 100) {
            return Err(bad_query("about"));
        }
        Ok(MatchAsk { sorts: self.kind.into_iter().collect(), about: self.about.unwrap_or_default(), top })
    }
}

/// 需求的匹配结果 · What answers a demand
#[utoipa::path(
    get, path = "/api/v1/demands/{id}/matches", tag = "matching", operation_id = "matchDemand",
    params(("id" = String, Path, description = "UUID", max_length = 40), MatchQuery),
    responses((status = 200, body = MatchesShape))
)]
async fn matches_of_demand(
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<MatchQuery>,
) -> Result<Json<MatchesShape>, Problem> {
    matches(caller, RecordKind::Demand, id, query).await
}

/// 成果可以解决的需求 · Which demands an achievement answers
#[utoipa::path(
    get, path = "/api/v1/achievements/{id}/matches", tag = "matching", operation_id = "matchAchievement",
    params(("id" = String, Path, description = "UUID", max_length = 40), MatchQuery),
    responses((status = 200, body = MatchesShape))
)]
async fn matches_of_achievement(
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<MatchQuery>,
) -> Result<Json<MatchesShape>, Problem> {
    matches(caller, RecordKind::Achievement, id, query).await
}

async fn matches(
    caller: Caller,
    kind: RecordKind,
    id: String,
    query: MatchQuery,
) -> Result<Json<MatchesShape>, Problem> {
    let ask = query.ask()?;
    let matches = find_matches(&caller.app, &caller.actor, &RecordKey { kind, id }, &ask).await?;
    Ok(Json(MatchesShape::of(&matches)))
}

/// What is searched for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SearchQuery {
    /// 检索词 · What is searched for.
    #[param(max_length = 100, example = "涂层")]
    text: String,
    /// 类别 · Only this kind: `result`, `patent`, `service`, `expert`, `team`, `institution` or `demand`.
    #[param(pattern = "^[a-z]{1,20}$")]
    kind: Option<String>,
    /// 技术领域代码 · Code of the technical field.
    #[param(max_length = 16)]
    field: Option<String>,
    /// 行政区划代码 · Code of a division.
    #[param(max_length = 6)]
    division: Option<String>,
}

/// What was found on the market.
#[derive(Debug, Serialize, ToSchema)]
struct MarketSearchView {
    /// Best first, at most 100.
    items: Vec<MatchHitShape>,
    /// How many there are of each kind, whichever is shown.
    kinds: Vec<MarketSearchCount>,
    /// How many there are in each field, whichever is shown.
    fields: Vec<MarketSearchCount>,
    /// Whether the index holds everything that was committed.
    complete: bool,
}

/// How many hits have a value.
#[derive(Debug, Serialize, ToSchema)]
struct MarketSearchCount {
    /// Kind, or code of the field.
    code: String,
    /// How many.
    count: usize,
}

/// 一站检索 · One search over demands, achievements, experts, institutions and teams
#[utoipa::path(
    get, path = "/api/v1/market/search", tag = "matching", operation_id = "searchMarket", params(SearchQuery),
    responses((status = 200, body = MarketSearchView))
)]
async fn search(
    caller: Caller,
    ApiQuery(query): ApiQuery<SearchQuery>,
) -> Result<Json<MarketSearchView>, Problem> {
    if query.text.chars().count() > 100 {
        return Err(bad_query("text"));
    }
    let ask = SearchAsk {
        text: query.text,
        sort: query.kind.unwrap_or_default(),
        field: query.field.unwrap_or_default(),
        division: query.division.unwrap_or_default(),
    };
    let found = search_market(&caller.app, &caller.actor, &ask).await?;
    let count = |code: &str, count: usize| MarketSearchCount { code: code.to_owned(), count };
    Ok(Json(MarketSearchView {
        items: found.hits.iter().map(MatchHitShape::of).collect(),
        kinds: found.sorts.iter().map(|(code, counted)| count(code, *counted)).collect(),
        fields: found.fields.iter().map(|(code, counted)| count(code, *counted)).collect(),
        complete: found.state == IndexState::Complete,
    }))
}
