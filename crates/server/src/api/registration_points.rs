//! Registration points (登记点): how they work, who opens and closes them, and their ledgers.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::contract::procedure::PointAct;
use xiaoxiang_domain::period::Period;
use xiaoxiang_domain::region::Standing;
use xiaoxiang_services::bulletin::PublicFormat;
use xiaoxiang_services::registration::point::{
    HandOn, NewPoint, OpenApplication, PointLoad, PointOrder, PointPage, PointSummary, PointsPage, Turn,
    hand_on, list_points, months_of_the_year, open_new_point, read_ledger, read_point, turn_point,
    write_ledger,
};
use xiaoxiang_statistics::registration_point::PointFigures;

use super::caller::Caller;
use super::drafts::{bad_field, day_of};
use super::extract::{ApiJson, ApiPath, ApiQuery, bad_query};
use super::shapes::PrintedTableShape;
use super::{ApiRoute, needs};
use crate::language::Language;
use crate::pages::public::mime_of;
use crate::problem::Problem;

pub(super) fn routes() -> Vec<ApiRoute> {
    vec![
        needs(Action::ReadPoints, routes!(list)),
        needs(Action::ReadPoints, routes!(read)),
        needs(Action::ManagePoints, routes!(open)),
        needs(Action::ManagePoints, routes!(order)),
        needs(Action::ManagePoints, routes!(hand)),
        needs(Action::ReadPoints, routes!(ledger)),
    ]
}

/// Of which months.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PeriodQuery {
    /// 期间：2026、2026-H1、2026-Q3、2026-10、2026-01..2026-05，不超过十二个月；省略为本年累计 · Months, at most twelve; the
    /// year so far where absent.
    #[param(max_length = 20, example = "2026-10")]
    period: Option<String>,
}

async fn period_of(caller: &Caller, text: Option<&str>) -> Result<Period, Problem> {
    match text {
        Some(text) => text.parse().map_err(|_| bad_query("period")),
        None => Ok(months_of_the_year(&caller.app).await?),
    }
}

/// The points of the region.
#[derive(Debug, Serialize, ToSchema)]
struct PointsView {
    /// Of which months the figures are.
    period: String,
    /// The legal day of staff and load.
    today: String,
    /// 登记人员下限 · Fewest people of a point; null where region data have no desk.
    staff_least: Option<u32>,
    /// Whether a source gives that number; else it is an example or waits to be confirmed.
    is_staff_least_in_force: bool,
    /// The points within what one may see.
    items: Vec<PointView>,
    /// All together; null for whoever sees only one.
    total: Option<PointFiguresView>,
}

/// A point.
#[derive(Debug, Serialize, ToSchema)]
struct PointView {
    /// Key of the registrar.
    key: i64,
    /// Code, possibly empty.
    code: String,
    /// Name.
    name: String,
    /// Whether it takes applications today.
    is_open: bool,
    /// Whether it is closed or its closing is ordered.
    is_given_up: bool,
    /// `open` or `close`, where one is ordered for a later day.
    next_act: Option<&'static str>,
    /// The day from which that holds.
    next_on: Option<String>,
    /// 登记人员 · People with the registrar's role in force.
    staff: usize,
    /// What it did.
    figures: PointFiguresView,
}

/// Load and figures.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PointFigures)]
struct PointFiguresView {
    /// 在办 · Handed in and not decided, today.
    open: i64,
    /// 在办超期 · Of these past their due day.
    open_late: i64,
    /// 受理 · Accepted in the period.
    accepted: u64,
    /// 办结 · Decided in the period.
    decided: u64,
    /// 办理天数中位数 · Median days from acceptance to decision, exact, such as `12.5`; null where nothing was decided.
    median_days: Option<String>,
    /// 超期办结 · Decided after the limit.
    late: u64,
    /// 超期天数 · Days beyond the limit, of these together.
    days_beyond: i64,
    /// 退回补正 · Sent back for correction.
    corrections: u64,
    /// 不予登记 · Refused.
    refusals: u64,
    /// 被纠正的不予登记 · Refusals that the province overturned in the period.
    overturned: u64,
}

impl From<(PointLoad, PointFigures)> for PointFiguresView {
    fn from((load, figures): (PointLoad, PointFigures)) -> Self {
        Self {
            open: load.open,
            open_late: load.late,
            accepted: figures.accepted,
            decided: figures.decided,
            median_days: figures.median_days.map(|days| days.to_string()),
            late: figures.late,
            days_beyond: figures.days_beyond,
            corrections: figures.corrections,
            refusals: figures.refusals,
            overturned: figures.overturned,
        }
    }
}

impl PointView {
    fn new(point: PointSummary, language: Language) -> Self {
        let name_en = if point.name_en.is_empty() { &point.name } else { &point.name_en };
        Self {
            key: point.key,
            name: language.pick(&point.name, name_en).to_owned(),
            code: point.code,
            is_open: point.is_open,
            is_given_up: point.is_given_up,
            next_act: point.next_act.map(|next| next.act.code()),
            next_on: point.next_act.map(|next| next.on.to_string()),
            staff: point.staff,
            figures: (point.load, point.figures).into(),
        }
    }
}

/// 登记点 · Registration points with staff, load and figures
///
/// 外省登记机构不在其列 · Registrars of other provinces are not among them.
#[utoipa::path(
    get, path = "/api/v1/registration-points", tag = "registration", operation_id = "listPoints", params(PeriodQuery),
    responses((status = 200, body = PointsView))
)]
async fn list(caller: Caller, ApiQuery(query): ApiQuery<PeriodQuery>) -> Result<Json<PointsView>, Problem> {
    let period = period_of(&caller, query.period.as_deref()).await?;
    let page: PointsPage = list_points(&caller.app, &caller.actor, period).await?;
    let language = caller.language;
    Ok(Json(PointsView {
        period: page.period.to_string(),
        today: page.today.to_string(),
        staff_least: page.staff.map(|rule| rule.least),
        is_staff_least_in_force: page.staff.is_some_and(|rule| rule.standing == Standing::InForce),
        items: page.points.into_iter().map(|point| PointView::new(point, language)).collect(),
        total: page.total.map(PointFiguresView::from),
    }))
}

/// A point with its people, its orders and what it has open.
#[derive(Debug, Serialize, ToSchema)]
struct PointDetailView {
    /// Of which months the figures are.
    period: String,
    /// The point.
    point: PointView,
    /// Names of its people.
    staff_names: Vec<String>,
    /// The province's orders, the newest first.
    orders: Vec<PointOrderView>,
    /// What it has open, the most pressing first; at most 200 applications, and registrations with open requests.
    open: Vec<OpenAtPointView>,
}

/// An order of the province.
#[derive(Debug, Serialize, ToSchema)]
struct PointOrderView {
    /// `open` or `close`.
    act: &'static str,
    /// Day from which it holds.
    on: String,
    /// Why.
    reason: String,
}

/// An application that lies with the point.
#[derive(Debug, Serialize, ToSchema)]
struct OpenAtPointView {
    /// UUID of the application.
    id: String,
    /// 项目名称
    project_name: String,
    /// 受理编号
    acceptance_number: Option<String>,
    /// Where it stands.
    state: &'static str,
    /// Last day for the decision.
    due_on: Option<String>,
}

/// 一个登记点 · One registration point
#[utoipa::path(
    get, path = "/api/v1/registration-points/{registrar}", tag = "registration", operation_id = "readPoint",
    params(("registrar" = i64, Path, description = "登记机构 · Key of the registrar", minimum = 0, maximum = 4294967295i64), PeriodQuery),
    responses((status = 200, body = PointDetailView))
)]
async fn read(
    caller: Caller,
    ApiPath(registrar): ApiPath<i64>,
    ApiQuery(query): ApiQuery<PeriodQuery>,
) -> Result<Json<PointDetailView>, Problem> {
    let period = period_of(&caller, query.period.as_deref()).await?;
    Ok(Json(detail(&caller, registrar, period).await?))
}

/// The point as it is after an act upon it.
async fn answer(caller: &Caller, registrar: i64) -> Result<(StatusCode, Json<PointDetailView>), Problem> {
    let period = months_of_the_year(&caller.app).await?;
    Ok((StatusCode::CREATED, Json(detail(caller, registrar, period).await?)))
}

async fn detail(caller: &Caller, registrar: i64, period: Period) -> Result<PointDetailView, Problem> {
    let page: PointPage = read_point(&caller.app, &caller.actor, registrar, period).await?;
    let order =
        |order: PointOrder| PointOrderView { act: order.act.code(), on: order.on, reason: order.reason };
    let open = |one: OpenApplication| OpenAtPointView {
        id: one.application_id,
        project_name: one.project_name,
        acceptance_number: one.acceptance_number,
        state: one.state.code(),
        due_on: one.due_on,
    };
    Ok(PointDetailView {
        period: page.period.to_string(),
        point: PointView::new(page.summary, caller.language),
        staff_names: page.staff,
        orders: page.orders.into_iter().map(order).collect(),
        open: page.open.into_iter().map(open).collect(),
    })
}

/// A point to be opened.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPointBody {
    /// 登记机构代码 · Code in sheets, where it has one.
    #[serde(default)]
    #[schema(max_length = 100)]
    code: String,
    /// 名称 · Name.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// 生效日期 · From which day on; today or later.
    #[schema(max_length = 10, format = Date)]
    on: String,
    /// 理由 · Why, such as the document.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// 设立登记点 · Open a registration point that is not known yet
#[utoipa::path(
    post, path = "/api/v1/registration-points", tag = "registration", operation_id = "openPoint",
    request_body = NewPointBody, responses((status = 201, body = PointDetailView))
)]
async fn open(caller: Caller, ApiJson(body): ApiJson<NewPointBody>) -> Result<impl IntoResponse, Problem> {
    let new =
        NewPoint { on: day_of("/on", &body.on)?, code: body.code, name: body.name, reason: body.reason };
    let key = open_new_point(&caller.app, &caller.actor, &new).await?;
    answer(&caller, key).await
}

/// An order about a point.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PointOrderBody {
    /// `open` or `close`.
    #[schema(pattern = "^(open|close)$")]
    act: String,
    /// 生效日期 · From which day on; today or later.
    #[schema(max_length = 10, format = Date)]
    on: String,
    /// 理由 · Why, such as the document.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// 恢复或关闭登记点 · Open a point again, or close it
///
/// 关闭后不再接收新的申请，在办的可以移交 · A closed point takes no new application; what it has open can be handed on.
#[utoipa::path(
    post, path = "/api/v1/registration-points/{registrar}/orders", tag = "registration", operation_id = "orderPoint",
    params(("registrar" = i64, Path, description = "登记机构 · Key of the registrar", minimum = 0, maximum = 4294967295i64)),
    request_body = PointOrderBody, responses((status = 201, body = PointDetailView))
)]
async fn order(
    caller: Caller,
    ApiPath(registrar): ApiPath<i64>,
    ApiJson(body): ApiJson<PointOrderBody>,
) -> Result<impl IntoResponse, Problem> {
    let unknown = || bad_field("/act", "应为 open 或 close。", "open or close");
    let turn = Turn {
        act: PointAct::from_code(&body.act).ok_or_else(unknown)?,
        on: day_of("/on", &body.on)?,
        reason: body.reason,
    };
    turn_point(&caller.app, &caller.actor, registrar, &turn).await?;
    answer(&caller, registrar).await
}

/// Applications to be handed on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HandOnBody {
    /// UUIDs of the applications.
    #[schema(min_items = 1, max_items = 200, value_type = Vec<ApplicationId>)]
    application_ids: Vec<String>,
    /// 接收的登记机构 · Key of the registrar that goes on with them.
    #[schema(minimum = 0, maximum = 4294967295i64)]
    to: i64,
    /// 理由 · Why.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// 移交在办申请 · Hand the open applications of a closed point on to another
///
/// 全部移交或全部不动 · All that are named, or none.
#[utoipa::path(
    post, path = "/api/v1/registration-points/{registrar}/handovers", tag = "registration",
    operation_id = "handOnApplications",
    params(("registrar" = i64, Path, description = "登记机构 · Key of the registrar", minimum = 0, maximum = 4294967295i64)),
    request_body = HandOnBody, responses((status = 201, body = PointDetailView))
)]
async fn hand(
    caller: Caller,
    ApiPath(registrar): ApiPath<i64>,
    ApiJson(body): ApiJson<HandOnBody>,
) -> Result<impl IntoResponse, Problem> {
    let request = HandOn { application_ids: body.application_ids, to: body.to, reason: body.reason };
    hand_on(&caller.app, &caller.actor, registrar, &request).await?;
    answer(&caller, registrar).await
}

/// Id of an application, a UUID.
#[derive(ToSchema)]
#[schema(value_type = String, max_length = 64)]
#[expect(dead_code, reason = "only the schema is used")]
struct ApplicationId(String);

/// Which ledger.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct LedgerQuery {
    /// 期间，写法同登记点；省略为本年累计 · Months, written as for points; the year so far where absent.
    #[param(max_length = 20, example = "2026-10")]
    period: Option<String>,
    /// 登记机构；省略为全省 · Key of the registrar; all of the region's where absent.
    #[param(minimum = 0, maximum = 4294967295i64)]
    registrar_key: Option<i64>,
    /// json、xlsx、docx 或 csv · Format.
    #[param(pattern = "^(json|xlsx|docx|csv)$")]
    format: Option<String>,
}

/// 登记台账 · The ledger of a registrar or of the region
#[utoipa::path(
    get, path = "/api/v1/registration-ledger", tag = "registration", operation_id = "readLedger", params(LedgerQuery),
    responses((status = 200, content(
        (PrintedTableShape = "application/json"),
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
    )))
)]
async fn ledger(caller: Caller, ApiQuery(query): ApiQuery<LedgerQuery>) -> Result<Response, Problem> {
    let period = period_of(&caller, query.period.as_deref()).await?;
    let ledger = read_ledger(&caller.app, &caller.actor, query.registrar_key, period).await?;
    let format = match query.format.as_deref() {
        None | Some("json") => return Ok(Json(ledger.table).into_response()),
        Some(word) => {
            PublicFormat::from_code(word).ok_or_else(|| bad_query("format: json, xlsx, docx, csv"))?
        }
    };
    let bytes = write_ledger(&ledger, format, caller.language.file())?;
    Ok(([(header::CONTENT_TYPE, mime_of(format))], bytes).into_response())
}
