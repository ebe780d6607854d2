//! Contracts (技术合同): list, record, change, withdrawal.

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::fact::{Source, Standing};
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::contract::{
    ContractPage, ContractsAsk, OnRecord, Personal, Recording, check_contract, list_rows, read_contract,
    record_contract_over, view_contacts, withdraw_contract,
};
use xiaoxiang_statistics::listing::{ListFilter, ListOrder, ListSide, PlaceFilter, Total};

use super::answer::{of_change, tagged, version_of};
use super::caller::Caller;
use super::contract_body::{ContractBody, refused};
use super::drafts::bad_field;
use super::extract::{ApiJson, ApiPath, ApiQuery, bad_query};
use super::paging::limit_of;
use super::{ApiRoute, Precondition, needs};
use crate::problem::Problem;

pub(super) fn routes() -> Vec<ApiRoute> {
    vec![
        needs(Action::ReadContracts, routes!(list)),
        needs(Action::ReadContracts, routes!(read)),
        needs(Action::ReadContracts, routes!(versions)),
        needs(Action::ImportContracts, routes!(record)),
        needs(Action::ImportContracts, routes!(change)),
        needs(Action::ImportContracts, routes!(withdraw)).based_on(Precondition::Version),
    ]
}

/// Which contracts, in which order.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// 状态：counted 有效、withdrawn 注销 · Standing.
    #[param(pattern = "^(counted|withdrawn)$")]
    standing: Option<String>,
    /// 登记期间 · Months of registration.
    #[param(max_length = 20, example = "2026-10")]
    period: Option<String>,
    /// 行政区划，含下级 · Division, with all below it.
    #[param(pattern = "^[0-9]{6}$")]
    division: Option<String>,
    /// 哪一方在该区划：seller、buyer、either · Whose place.
    #[param(pattern = "^(seller|buyer|either)$")]
    side: Option<String>,
    /// 合同类型代码 · Code of the contract type.
    #[param(max_length = 50)]
    contract_type: Option<String>,
    /// 技术领域代码 · Code of the technical field.
    #[param(max_length = 50)]
    field: Option<String>,
    /// 机构编号 · Key of the seller or buyer.
    #[param(minimum = 1, maximum = 4294967295i64)]
    organisation: Option<u32>,
    /// 登记编号、项目名称、机构名称中的文字 · Part of number, project or organisation.
    #[param(max_length = 100)]
    text: Option<String>,
    /// 次序：newest、largest、number · Order.
    #[param(pattern = "^(newest|largest|number)$")]
    order: Option<String>,
    /// 上一页的 next · `next` of the page before.
    #[param(max_length = 1000)]
    cursor: Option<String>,
    /// 每页条数，默认 50 · Items of a page, 50 by default.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

/// One page of contracts.
#[derive(Debug, Serialize, ToSchema)]
struct ContractsView {
    /// Contracts in order, without personal data.
    items: Vec<ContractView>,
    /// What to send as `cursor` for the next page; null on the last.
    next: Option<String>,
    /// How many the whole list has, counted up to 10,000.
    total: usize,
    /// Whether there are more than `total`.
    total_is_least: bool,
}

/// A contract with its version.
#[derive(Debug, Serialize, ToSchema)]
struct ContractView {
    /// Version; the ETag of the contract.
    version: i64,
    /// `registry` or `exchange`.
    source: &'static str,
    /// `counted` or `withdrawn`.
    standing: &'static str,
    /// Division where the seller counts, six digits; null where it has none.
    seller_counts_in: Option<String>,
    /// Division where the buyer counts, six digits; null where it has none.
    buyer_counts_in: Option<String>,
    /// The record.
    contract: ContractBody,
}

fn place(code: u32) -> Option<String> {
    (code != 0).then(|| DivisionCode(code).to_string())
}

/// 合同列表 · Contracts within what one may see
#[utoipa::path(
    get, path = "/api/v1/contracts", tag = "contract", operation_id = "listContracts", params(ListQuery),
    responses((status = 200, body = ContractsView))
)]
async fn list(caller: Caller, ApiQuery(query): ApiQuery<ListQuery>) -> Result<Json<ContractsView>, Problem> {
    let limit = limit_of(query.limit)?;
    let ask = asked(&caller, query).await?;
    let page = list_rows(&caller.app, &caller.actor, &ask, limit).await.map_err(of_list)?;
    let (total, total_is_least) = match page.total {
        Total::Exact(count) => (count, false),
        Total::MoreThan(count) => (count, true),
    };
    let view = |listed: xiaoxiang_services::contract::ListedContract| ContractView {
        version: listed.version,
        source: listed.source.code(),
        standing: listed.contract.standing.code(),
        seller_counts_in: place(listed.places.seller_division),
        buyer_counts_in: place(listed.places.buyer_division),
        contract: ContractBody::of(&listed.contract, false),
    };
    Ok(Json(ContractsView {
        items: page.rows.into_iter().map(view).collect(),
        next: page.next,
        total,
        total_is_least,
    }))
}

/// What is wrong with a query is no fault of a body.
fn of_list(refusal: Refusal) -> Problem {
    let is_of_query = matches!(refusal, Refusal::Invalid { .. });
    let problem = Problem::from(refusal);
    if is_of_query { problem.with_status(StatusCode::BAD_REQUEST) } else { problem }
}

async fn asked(caller: &Caller, query: ListQuery) -> Result<ContractsAsk, Problem> {
    let region = caller.app.region().await?;
    let code = |name: &str, list: &str, text: &str| {
        let found = region.region.codes(list).filter(|list| list.by_code(text).is_some());
        found.map(|list| list.root_of(text)).ok_or_else(|| bad_query(name))
    };
    let standing = query.standing.as_deref();
    let standing = standing.map(|word| Standing::from_code(word).ok_or_else(|| bad_query("standing")));
    let period = query.period.as_deref().map(|text| text.parse().map_err(|_| bad_query("period")));
    let side = match query.side.as_deref() {
        None | Some("either") => ListSide::Either,
        Some("seller") => ListSide::Seller,
        Some("buyer") => ListSide::Buyer,
        Some(_) => return Err(bad_query("side")),
    };
    let division = query.division.as_deref();
    let division = division.map(|text| DivisionCode::parse(text).ok_or_else(|| bad_query("division")));
    let order = query.order.as_deref();
    let order = order.map(|word| ListOrder::from_code(word).ok_or_else(|| bad_query("order")));
    let filter = ListFilter {
        standing: standing.transpose()?,
        period: period.transpose()?,
        place: division.transpose()?.map(|code| PlaceFilter { division: code.0, side }),
        contract_type: query
            .contract_type
            .as_deref()
            .map(|text| code("contract_type", "contract_type", text))
            .transpose()?,
        field: query.field.as_deref().map(|text| code("field", "technical_field", text)).transpose()?,
        organisation: query.organisation,
        text: query.text.unwrap_or_default(),
        ..ListFilter::default()
    };
    Ok(ContractsAsk { filter, order: order.transpose()?.unwrap_or_default(), after: query.cursor })
}

/// How a contract is read.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ReadQuery {
    /// 是否含个人信息，需要另外的权限 · Whether with personal data, which needs a permission of its own.
    personal: Option<bool>,
}

/// 一份合同 · One contract
///
/// ETag 是版本号，修改时写入 If-Match · The ETag is its version; send it as If-Match with a change.
#[utoipa::path(
    get, path = "/api/v1/contracts/{registration_number}", tag = "contract", operation_id = "readContract",
    params(("registration_number" = String, Path, description = "登记编号 · Number", max_length = 64), ReadQuery),
    responses((status = 200, body = ContractView, headers(("ETag" = String, description = "Version"))))
)]
async fn read(
    caller: Caller,
    ApiPath(number): ApiPath<String>,
    ApiQuery(query): ApiQuery<ReadQuery>,
) -> Result<Response, Problem> {
    let page = match query.personal {
        // The log says who looked.
        Some(true) => view_contacts(&caller.app, &caller.actor, &number).await?,
        _ => read_contract(&caller.app, &caller.actor, &number, Personal::Withheld).await?,
    };
    Ok(shown(StatusCode::OK, &page))
}

/// The answer with a contract under its entity tag.
fn shown(status: StatusCode, page: &ContractPage) -> Response {
    let version = page.versions.first().map_or(0, |version| version.version);
    let view = ContractView {
        version,
        source: page.source.code(),
        standing: page.contract.standing.code(),
        seller_counts_in: page.facts.last().and_then(|fact| place(fact.seller_division)),
        buyer_counts_in: page.facts.last().and_then(|fact| place(fact.buyer_division)),
        contract: ContractBody::of(&page.contract, page.personal == Personal::Shown),
    };
    tagged(status, version, Json(view))
}

/// The versions of a contract.
#[derive(Debug, Serialize, ToSchema)]
struct VersionsView {
    /// The newest first.
    items: Vec<VersionView>,
}

/// One version.
#[derive(Debug, Serialize, ToSchema)]
struct VersionView {
    /// Number, from 1.
    version: i64,
    /// `registry` or `exchange`.
    source: &'static str,
    /// Log position from which it holds.
    position: i64,
    /// When, in milliseconds since 1970.
    at_ms: i64,
    /// Who wrote it, as the log names them.
    actor: String,
    /// What it changed of the version before.
    changes: Vec<FieldChange>,
}

/// A field that changed; values of personal data are withheld.
#[derive(Debug, Serialize, ToSchema)]
struct FieldChange {
    /// Field: `contract_value`, `buyer.division`.
    field: String,
    /// Before.
    old: String,
    /// After.
    new: String,
}

/// 合同的各版本 · The versions of a contract and what each changed
#[utoipa::path(
    get, path = "/api/v1/contracts/{registration_number}/versions", tag = "contract",
    operation_id = "listContractVersions",
    params(("registration_number" = String, Path, description = "登记编号 · Number", max_length = 64)),
    responses((status = 200, body = VersionsView))
)]
async fn versions(caller: Caller, ApiPath(number): ApiPath<String>) -> Result<Json<VersionsView>, Problem> {
    let page = read_contract(&caller.app, &caller.actor, &number, Personal::Withheld).await?;
    let items = page.versions.into_iter().map(|version| VersionView {
        version: version.version,
        source: version.source.code(),
        position: version.position,
        at_ms: version.at_ms,
        actor: version.actor,
        changes: version
            .changes
            .into_iter()
            .map(|change| FieldChange { field: change.field, old: change.old, new: change.new })
            .collect(),
    });
    Ok(Json(VersionsView { items: items.collect() }))
}

async fn recording(caller: &Caller, body: ContractBody, on_record: OnRecord) -> Result<Recording, Problem> {
    let stated = body.stated();
    let checked = check_contract(&caller.app, body.written()).await?.map_err(refused)?;
    Ok(Recording { source: Source::Registry, contract: checked.contract, stated, on_record })
}

/// 登记一份合同 · Record a contract
///
/// 编号已有记录时为 409 · 409 where the number is on record.
#[utoipa::path(
    post, path = "/api/v1/contracts", tag = "contract", operation_id = "recordContract",
    request_body = ContractBody, responses((status = 201, body = ContractView))
)]
async fn record(caller: Caller, ApiJson(body): ApiJson<ContractBody>) -> Result<Response, Problem> {
    let recording = recording(&caller, body, OnRecord::Nothing).await?;
    let written = record_contract_over(&caller.app, &caller.actor, &recording).await;
    written.map_err(|refusal| {
        let is_there = refusal.code() == "contract.exists";
        let problem = Problem::from(refusal);
        if is_there { problem.with_status(StatusCode::CONFLICT) } else { problem }
    })?;
    let number = &recording.contract.registration_number;
    let mut answer = as_written(&caller, number, StatusCode::CREATED).await?;
    let place = HeaderValue::try_from(format!("/api/v1/contracts/{number}"));
    answer
        .headers_mut()
        .insert(header::LOCATION, place.expect("invariant: a number is letters, digits, hyphens"));
    Ok(answer)
}

/// The answer to whoever wrote a contract: the record as it now is, as far as they may read it.
async fn as_written(caller: &Caller, number: &str, status: StatusCode) -> Result<Response, Problem> {
    match read_contract(&caller.app, &caller.actor, number, Personal::Withheld).await {
        Ok(page) => Ok(shown(status, &page)),
        // A token that may write and not read.
        Err(Refusal::NotFound(_) | Refusal::Forbidden(_)) => Ok(status.into_response()),
        Err(refusal) => Err(refusal.into()),
    }
}

/// 修改合同 · Change a contract
///
/// 以整份记录替换；If-Match 必填 · The whole record takes the place of the one that If-Match names.
#[utoipa::path(
    put, path = "/api/v1/contracts/{registration_number}", tag = "contract", operation_id = "changeContract",
    params(("registration_number" = String, Path, description = "登记编号 · Number", max_length = 64)),
    request_body = ContractBody, responses((status = 200, body = ContractView))
)]
async fn change(
    caller: Caller,
    ApiPath(number): ApiPath<String>,
    headers: HeaderMap,
    ApiJson(body): ApiJson<ContractBody>,
) -> Result<Response, Problem> {
    let version = version_of(&headers)?;
    if body.registration_number != number {
        return Err(bad_field(
            "/registration_number",
            "登记编号应与地址中的相同。",
            "the number must be the one of the address",
        ));
    }
    let recording = recording(&caller, body, OnRecord::Version(version)).await?;
    record_contract_over(&caller.app, &caller.actor, &recording).await.map_err(of_change)?;
    as_written(&caller, &number, StatusCode::OK).await
}

/// 注销合同 · Withdraw a contract
///
/// 不再计入现行数字；已公布的数字由订正处理；If-Match 必填 · It leaves the current figures; published ones are for a
/// correction.
#[utoipa::path(
    post, path = "/api/v1/contracts/{registration_number}/withdrawal", tag = "contract",
    operation_id = "withdrawContract",
    params(("registration_number" = String, Path, description = "登记编号 · Number", max_length = 64)),
    responses((status = 201, body = ContractView))
)]
async fn withdraw(
    caller: Caller,
    ApiPath(number): ApiPath<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let version = version_of(&headers)?;
    withdraw_contract(&caller.app, &caller.actor, &number, version).await.map_err(of_change)?;
    as_written(&caller, &number, StatusCode::CREATED).await
}
