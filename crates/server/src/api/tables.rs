//! Statistics as they are asked for (统计查询), and flows between places (流向).

use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use xiaoxiang_domain::bulletin::{Dimension, Direction, GrowthBase, PrintedTable};
use xiaoxiang_domain::period::Period;
use xiaoxiang_domain::region::{DivisionCode, Region};
use xiaoxiang_services::bulletin::{TableAsk, make_flows, make_table, usual_period};
use xiaoxiang_services::paper::{ByteOrderMark, write_csv};

use super::bulletins::internal;
use super::caller::Caller;
use super::extract::{ApiQuery, bad_query};
use super::shapes::{PrintedTableShape, TableShape};
use super::{ApiRoute, open};
use crate::pages::statistics::{PUBLIC_DIMENSIONS, ROW_DIMENSIONS};
use crate::problem::Problem;

const MIME_CSV: &str = "text/csv; charset=utf-8";

pub(super) fn routes() -> Vec<ApiRoute> {
    vec![open(routes!(table)), open(routes!(flows))]
}

/// What is asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TableQuery {
    /// 期间：2017、2022-H1、2022-Q1、2022-06、2026-01..2026-05；省略为最近公布的累计 · Months counted.
    #[param(max_length = 20, example = "2026-10")]
    period: Option<String>,
    /// 口径：registered 登记、output 输出、absorbed 吸纳、internal 内部；省略为吸纳 · Which side is counted.
    #[param(pattern = "^(registered|output|absorbed|internal)$")]
    direction: Option<String>,
    /// 行：city、type、field、seller_kind、buyer_kind、ip、month；省略为 city · Rows.
    #[param(pattern = "^(city|type|field|seller_kind|buyer_kind|ip|month)$")]
    by: Option<String>,
    /// 列，与 by 同样的词 · Columns of a cross-table.
    #[param(pattern = "^(city|type|field|seller_kind|buyer_kind|ip|month)$")]
    and: Option<String>,
    /// 相对的行政区划：全省或一个市州；省略为全省 · The region or one of its cities, to which the direction is relative.
    #[param(pattern = "^[0-9]{6}$", example = "430100")]
    within: Option<String>,
    /// previous-year：与上年同期相比 · Compared with the same months of the year before.
    #[param(pattern = "^previous-year$")]
    compare: Option<String>,
    /// json 或 csv · Format.
    #[param(pattern = "^(json|csv)$")]
    format: Option<String>,
}

/// 统计表 · A statistical table
///
/// 按公开维度即时统计 · Made on the spot, by the public dimensions.
#[utoipa::path(
    get, path = "/api/v1/tables", tag = "statistics", operation_id = "makeTable", params(TableQuery),
    responses((status = 200, content((TableShape = "application/json"), (String = "text/csv"))))
)]
async fn table(caller: Caller, ApiQuery(query): ApiQuery<TableQuery>) -> Result<Response, Problem> {
    let usual = usual_period(&caller.app).await?;
    let region = caller.app.region().await?;
    let ask = asked(&query, usual, &region.region)?;
    let made = make_table(&caller.app, &ask).await?;
    match query.format.as_deref() {
        None | Some("json") => Ok(Json(made.json).into_response()),
        Some("csv") => csv_of(made.printed.told_in(caller.language.file())),
        Some(_) => Err(bad_query("format: json, csv")),
    }
}

fn csv_of(table: PrintedTable) -> Result<Response, Problem> {
    let mut bytes = Vec::new();
    write_csv(&table, ByteOrderMark::Present, &mut bytes).map_err(|_| internal())?;
    Ok(([(header::CONTENT_TYPE, MIME_CSV)], bytes).into_response())
}

fn asked(query: &TableQuery, usual: Period, region: &Region) -> Result<TableAsk, Problem> {
    let dimension = |name: &str, word: &str| {
        // The others are open only as printed, with small cells hidden; here sums are exact.
        let found = Dimension::from_code(word)
            .filter(|found| PUBLIC_DIMENSIONS.contains(found) && !ROW_DIMENSIONS.contains(found));
        found.ok_or_else(|| bad_query(name))
    };
    let period = match &query.period {
        Some(text) => text.parse().map_err(|_| bad_query("period"))?,
        None => usual,
    };
    let direction = query.direction.as_deref().unwrap_or(Direction::Absorbed.code());
    let direction = Direction::from_code(direction).ok_or_else(|| bad_query("direction"))?;
    let by = dimension("by", query.by.as_deref().unwrap_or(Dimension::City.code()))?;
    let mut ask = TableAsk::new(direction, by, period);
    ask.and = query.and.as_deref().map(|word| dimension("and", word)).transpose()?;
    if let Some(within) = &query.within {
        // Below the city a table could show a single organisation.
        let is_open = |code: &DivisionCode| *code == region.code() || region.cities().contains(code);
        let code = DivisionCode::parse(within).filter(is_open);
        ask.within = Some(code.ok_or_else(|| bad_query("within: the region or one of its cities"))?);
    }
    match query.compare.as_deref() {
        None => {}
        Some("previous-year") if ask.and.is_none() => ask.compare = Some(GrowthBase::AsKnown),
        Some("previous-year") => return Err(bad_query("compare: not together with `and`")),
        Some(_) => return Err(bad_query("compare: previous-year")),
    }
    Ok(ask)
}

/// Whose flows.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct FlowQuery {
    /// 期间，写法同统计表；省略为最近公布的累计 · Months counted, written as for tables.
    #[param(max_length = 20, example = "2026-10")]
    period: Option<String>,
}

/// Flows of technology, each a table as it is printed.
#[derive(Debug, Serialize, ToSchema)]
struct FlowView {
    /// Months counted.
    period: String,
    /// Seller's city × buyer's city.
    #[schema(value_type = PrintedTableShape)]
    cities: PrintedTable,
    /// Counterpart provinces and abroad.
    #[schema(value_type = PrintedTableShape)]
    provinces: PrintedTable,
}

/// 技术流向 · Flows of technology
#[utoipa::path(
    get, path = "/api/v1/flows", tag = "statistics", operation_id = "readFlows", params(FlowQuery),
    responses((status = 200, body = FlowView))
)]
async fn flows(caller: Caller, ApiQuery(query): ApiQuery<FlowQuery>) -> Result<Json<FlowView>, Problem> {
    let period = match &query.period {
        Some(text) => text.parse().map_err(|_| bad_query("period"))?,
        None => usual_period(&caller.app).await?,
    };
    let made = make_flows(&caller.app, period, None).await?;
    Ok(Json(FlowView { period: period.to_string(), cities: made.cities, provinces: made.provinces }))
}
