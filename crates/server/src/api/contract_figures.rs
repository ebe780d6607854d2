//! What rests on a contract (变更影响): the published figures that it stands in, and the papers issued for it.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::bulletin::PrintedNote;
use xiaoxiang_services::bulletin::{PublishedFigure, list_published_figures};
use xiaoxiang_services::contract::{Personal, read_contract};
use xiaoxiang_services::registration::{IssuedPaper, papers_issued_for};
use xiaoxiang_statistics::cross_table::Cell;

use super::caller::Caller;
use super::extract::ApiPath;
use super::shapes::SentenceShape;
use super::{ApiRoute, needs};
use crate::problem::Problem;

pub(super) fn routes() -> Vec<ApiRoute> {
    vec![needs(Action::ReadContracts, routes!(figures))]
}

/// What rests on a contract.
#[derive(Debug, Serialize, ToSchema)]
struct ContractFiguresView {
    /// 登记编号
    registration_number: String,
    /// Cells of signed bulletins in which the contract stood, was decided to stand or stands now; the newest first.
    figures: Vec<PublishedFigureView>,
    /// Papers that others rely on.
    papers: Vec<IssuedPaperView>,
}

/// One published cell with the part of the contract in it.
#[derive(Debug, Serialize, ToSchema)]
struct PublishedFigureView {
    /// UUID of the bulletin.
    bulletin_id: String,
    /// 文号
    document_number: Option<String>,
    /// Title of the bulletin.
    title: String,
    /// Key of the table.
    table: String,
    /// Title of the table.
    #[schema(value_type = SentenceShape)]
    table_title: PrintedNote,
    /// `output`, `absorbed`, `registered` or `internal`.
    direction: &'static str,
    /// What the rows are.
    by: &'static str,
    /// Months of the figure.
    period: String,
    /// Key of the row: a city, `outside`, a group or `total`.
    row: String,
    /// Label of the row.
    #[schema(value_type = SentenceShape)]
    label: PrintedNote,
    /// The contract's part when the bulletin was signed.
    published: PartView,
    /// Its part when an officer last decided on a correction.
    decided: PartView,
    /// Its part now.
    now: PartView,
    /// Whether the cell waits for an officer's decision because of this contract.
    waits: bool,
}

/// A contract's part in a cell.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContractPart)]
struct PartView {
    /// 项数: 1 where it is in, 0 where it is not.
    count: i64,
    /// 成交额 in fen.
    #[schema(value_type = i64)]
    contract_value_fen: i128,
    /// 技术交易额 in fen.
    #[schema(value_type = i64)]
    technology_value_fen: i128,
}

/// A paper that was issued for the contract.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IssuedPaper)]
struct IssuedPaperView {
    /// UUID of the application.
    application_id: String,
    /// Key of the paper.
    key: String,
    /// What it is called.
    #[schema(value_type = SentenceShape)]
    name: PrintedNote,
    /// Number of the certificate or the registration.
    number: String,
    /// When it was issued.
    issued_on: String,
    /// Whether it still says what is registered.
    is_current: bool,
}

impl From<Cell> for PartView {
    fn from(cell: Cell) -> Self {
        Self {
            count: cell.count,
            contract_value_fen: cell.contract_value,
            technology_value_fen: cell.technology_value,
        }
    }
}

impl From<PublishedFigure> for PublishedFigureView {
    fn from(figure: PublishedFigure) -> Self {
        Self {
            waits: figure.waits(),
            bulletin_id: figure.bulletin_id,
            document_number: figure.document_number,
            title: figure.title,
            table: figure.table,
            table_title: figure.table_title,
            direction: figure.direction.code(),
            by: figure.by.code(),
            period: figure.months.to_string(),
            row: figure.row,
            label: figure.label,
            published: figure.published.into(),
            decided: figure.decided.into(),
            now: figure.now.into(),
        }
    }
}

impl From<IssuedPaper> for IssuedPaperView {
    fn from(paper: IssuedPaper) -> Self {
        Self {
            application_id: paper.application_id,
            key: paper.key,
            name: paper.name,
            number: paper.number,
            issued_on: paper.issued_on.to_string(),
            is_current: paper.is_current,
        }
    }
}

/// 合同的变更影响 · What rests on a contract
///
/// 各期通报中含该合同的每个数字（签发时、订正后、现在），以及凭登记出具的证明 · Every published figure that held it, as signed, as
/// decided and now, and the papers issued for it.
#[utoipa::path(
    get, path = "/api/v1/contracts/{registration_number}/figures", tag = "contract",
    operation_id = "readContractFigures",
    params(("registration_number" = String, Path, description = "登记编号 · Number", max_length = 64)),
    responses((status = 200, body = ContractFiguresView))
)]
async fn figures(
    caller: Caller,
    ApiPath(registration_number): ApiPath<String>,
) -> Result<Json<ContractFiguresView>, Problem> {
    let (app, actor) = (&caller.app, &caller.actor);
    // Who may not read the contract learns nothing of its figures.
    read_contract(app, actor, &registration_number, Personal::Withheld).await?;
    let figures = list_published_figures(app, actor, &registration_number).await?;
    let papers = papers_issued_for(app, actor, &registration_number).await?;
    Ok(Json(ContractFiguresView {
        registration_number,
        figures: figures.into_iter().map(PublishedFigureView::from).collect(),
        papers: papers.into_iter().map(IssuedPaperView::from).collect(),
    }))
}
