//! `bulletin --period … --direction … --by …`, `bulletin table city-monthly`, and the life of a bulletin.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;
use serde_json::json;
use xiaoxiang_domain::bulletin::{CorrectionDecision, Dimension, Direction, GrowthBase, PrintedTable};
use xiaoxiang_domain::period::Period;
use xiaoxiang_domain::region::Region;
use xiaoxiang_services::bulletin::{
    ContractBehind, Product, ReconcileAsk, Signing, TableAsk, close_year, decide_correction, draft_bulletin,
    explain_cell, find_bulletin, list_bulletins, list_pending_changes, make_city_monthly, make_flows,
    make_table, product_document, product_tables, reconcile_bulletin, sign_bulletin,
};
use xiaoxiang_services::paper::{ByteOrderMark, Document, write_csv, write_docx, write_xlsx};
use xiaoxiang_services::{App, Refusal};
use xiaoxiang_statistics::explain::PageOf;
use xiaoxiang_statistics::table::RowOrder;

use super::attribution::code_of;
use super::output::{self, Format, say};
use super::{CommandResult, Context, Outcome, database};

/// Arguments of `bulletin` without a subcommand: one table.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct BulletinArguments {
    #[command(subcommand)]
    command: Option<BulletinCommand>,
    #[command(flatten)]
    table: TableArguments,
}

/// What a table is asked for.
#[derive(Debug, Args)]
struct TableArguments {
    /// 2017, 2022-H1, 2022-Q1, 2022-06 or 2026-01..2026-05
    #[arg(long, required = true)]
    period: Option<String>,
    /// registered, output, absorbed or internal
    #[arg(long, default_value = "registered")]
    direction: String,
    /// One or two of: city county park type field `seller_kind` `buyer_kind` ip organisation month registrar
    #[arg(long, default_value = "city")]
    by: String,
    /// Six-digit division to which the direction is relative
    #[arg(long)]
    within: Option<String>,
    /// Compare with the same months of the year before
    #[arg(long, value_enum)]
    compare: Option<CompareWord>,
    /// Which figures of the year before
    #[arg(long, value_enum, default_value_t = BaseWord::AsKnown)]
    base: BaseWord,
    /// Log position
    #[arg(long)]
    as_of: Option<i64>,
    /// Order of the rows
    #[arg(long, value_enum, default_value_t = OrderWord::List)]
    order: OrderWord,
    /// List the contracts behind a row, or behind a row and column: ROW[,COLUMN]
    #[arg(long)]
    explain: Option<String>,
    /// Contracts listed by --explain
    #[arg(long, default_value_t = 100)]
    limit: usize,
    /// Contracts skipped by --explain
    #[arg(long, default_value_t = 0)]
    offset: usize,
    /// File; stdout where it is not given
    #[arg(long)]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum CompareWord {
    /// 上年同期
    PreviousYear,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum BaseWord {
    /// 现行基数
    AsKnown,
    /// 公布基数
    AsPublished,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum OrderWord {
    /// As the region data list them
    List,
    /// Largest amount first
    Amount,
    /// Largest growth first
    Growth,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum DecisionWord {
    /// 并入本期累计
    Fold,
    /// 发布订正
    Issue,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ProductWord {
    /// 公开版
    Public,
    /// 内部通报
    Circular,
    /// 领导专报
    Brief,
}

#[derive(Debug, Subcommand)]
enum BulletinCommand {
    /// A named table: city-monthly (登记 | 输出 | 吸纳, targets) or flow (city × city, provinces)
    Table {
        #[arg(value_enum)]
        name: TableName,
        #[arg(long)]
        period: String,
        #[arg(long, value_enum, default_value_t = BaseWord::AsKnown)]
        base: BaseWord,
        #[arg(long, value_enum, default_value_t = OrderWord::Amount)]
        order: OrderWord,
        #[arg(long)]
        as_of: Option<i64>,
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Hold a hand-made sheet against ours, cell by cell (核对)
    Reconcile {
        /// XLSX or CSV with the same headers as ours
        file: PathBuf,
        #[arg(long)]
        period: String,
        /// Rows of the sheet
        #[arg(long, default_value = "city")]
        by: String,
        /// Side counted; where it is not given, the sides that the headers name
        #[arg(long)]
        direction: Option<String>,
        /// Division within
        #[arg(long)]
        within: Option<String>,
        #[arg(long, value_enum, default_value_t = BaseWord::AsKnown)]
        base: BaseWord,
    },
    /// Draft the bulletin of a period
    Draft {
        #[arg(long)]
        period: String,
        #[arg(long, value_enum, default_value_t = BaseWord::AsKnown)]
        base: BaseWord,
    },
    /// Sign a draft: numbered and frozen
    Sign {
        /// Id of the draft
        bulletin: String,
        /// 签发人
        #[arg(long)]
        signer: String,
        /// Day printed; today where it is not given
        #[arg(long)]
        on: Option<Date>,
    },
    /// List bulletins
    List,
    /// Print a bulletin, or write one of its products
    Show {
        /// Id
        bulletin: String,
        #[arg(long, value_enum, default_value_t = ProductWord::Public)]
        product: ProductWord,
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// List changes that reached a bulletin's published figures
    Changes {
        /// Id
        bulletin: String,
    },
    /// Decide about those changes
    Correct {
        /// Id
        bulletin: String,
        #[arg(long, value_enum)]
        decision: DecisionWord,
        #[arg(long)]
        reason: String,
    },
    /// Close a year: assessments use the closed figures
    CloseYear {
        /// Year
        year: i16,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum TableName {
    /// 各市州技术合同情况
    CityMonthly,
    /// 技术流向
    Flow,
}

pub async fn run(context: &Context, arguments: BulletinArguments) -> CommandResult {
    let Some(command) = arguments.command else { return table(context, arguments.table).await };
    let app = database::open(context).await?;
    match command {
        BulletinCommand::Table { name, period, base, order, as_of, out } => {
            let period = period_of(&period)?;
            let tables = match name {
                TableName::CityMonthly => {
                    vec![make_city_monthly(&app, period, base.into(), order.into(), as_of).await?.1]
                }
                TableName::Flow => {
                    let flows = make_flows(&app, period, as_of).await?;
                    vec![flows.cities, flows.provinces]
                }
            };
            give_tables(context, &app, &tables, out.as_deref())?;
        }
        BulletinCommand::Reconcile { file, period, by, direction, within, base } => {
            let ask = ReconcileAsk {
                period: period_of(&period)?,
                by: Dimension::from_code(&by).ok_or_else(|| unknown("--by", &by))?,
                direction: direction
                    .map(|word| Direction::from_code(&word).ok_or_else(|| unknown("--direction", &word)))
                    .transpose()?,
                within: within.as_deref().map(code_of).transpose()?,
                growth_base: base.into(),
            };
            reconcile(context, &app, &file, &ask).await?;
        }
        BulletinCommand::Draft { period, base } => {
            output::print_data(
                &draft_bulletin(&app, &context.actor, period_of(&period)?, base.into()).await?,
            );
        }
        BulletinCommand::Sign { bulletin, signer, on } => {
            let signed_on = match on {
                Some(day) => day,
                None => app.today().await?,
            };
            let key = database::key_of(&app, context)?;
            let row =
                sign_bulletin(&app, &context.actor, &key, &bulletin, &Signing { signer, signed_on }).await?;
            output::print_json(&json!({
                "bulletin": row.bulletin_id,
                "number": row.document_number,
                "as_of": row.as_of,
                "tree_head": row.tree_head,
                "content_sha256": row.content_sha256,
            }));
        }
        BulletinCommand::List => list(context, &app).await?,
        BulletinCommand::Show { bulletin, product, out } => {
            show(context, &app, &bulletin, product.into(), out.as_deref()).await?;
        }
        BulletinCommand::Changes { bulletin } => changes(context, &app, &bulletin).await?,
        BulletinCommand::Correct { bulletin, decision, reason } => {
            let decision = match decision {
                DecisionWord::Fold => CorrectionDecision::FoldIntoCurrent,
                DecisionWord::Issue => CorrectionDecision::IssueCorrection,
            };
            let row = decide_correction(&app, &context.actor, &bulletin, decision, &reason).await?;
            output::print_json(&json!({
                "serial": row.serial,
                "number": row.document_number,
                "from_position": row.from_position,
                "to_position": row.to_position,
            }));
        }
        BulletinCommand::CloseYear { year } => {
            let commit = close_year(&app, &context.actor, year).await?;
            say(
                &format!("{year} 年已关账，日志位置 {}。", commit.position),
                &format!("{year} closed at log position {}", commit.position),
            );
        }
    }
    Ok(Outcome::Done)
}

async fn table(context: &Context, arguments: TableArguments) -> CommandResult {
    let ask = ask_of(&arguments)?;
    let app = database::open(context).await?;
    if let Some(cell) = &arguments.explain {
        let (row, column) = match cell.split_once(',') {
            Some((row, column)) => (row, Some(column.parse().map_err(|_| unknown("--explain", column))?)),
            None => (cell.as_str(), None),
        };
        let page = PageOf { offset: arguments.offset, limit: arguments.limit };
        let behind = explain_cell(&app, &ask, row, column, page).await?;
        match context.format {
            Some(Format::Json) => output::print_json(&behind),
            _ => {
                let region = app.region().await?;
                let rows: Vec<Vec<String>> =
                    behind.contracts.iter().map(|behind| contract_row(behind, &region.region)).collect();
                let header = [
                    "登记编号",
                    "版本",
                    "登记日期",
                    "项目名称",
                    "合同类型",
                    "卖方",
                    "买方",
                    "成交额(元)",
                    "技术交易额(元)",
                ];
                output::print_rows(context.format, &header, &rows)?;
                say(&format!("共 {} 份合同。", behind.total), &format!("{} contracts", behind.total));
            }
        }
        return Ok(Outcome::Done);
    }
    let made = make_table(&app, &ask).await?;
    if context.format == Some(Format::Json) {
        give_bytes(&json_bytes(&made.json), arguments.out.as_deref())?;
    } else {
        give_tables(context, &app, &[made.printed], arguments.out.as_deref())?;
    }
    Ok(Outcome::Done)
}

fn contract_row(behind: &ContractBehind, region: &Region) -> Vec<String> {
    let contract = &behind.contract;
    let code = region.codes("contract_type").and_then(|list| list.by_code(&contract.contract_type));
    vec![
        behind.registration_number.clone(),
        behind.version.to_string(),
        contract.registered_on.to_string(),
        contract.project_name.clone(),
        code.map_or_else(|| contract.contract_type.clone(), |code| code.name.clone()),
        contract.seller.name.clone(),
        contract.buyer.name.clone(),
        contract.contract_value.yuan(),
        contract.technology_value.yuan(),
    ]
}

fn ask_of(arguments: &TableArguments) -> Result<TableAsk, Refusal> {
    let period = period_of(arguments.period.as_deref().unwrap_or_default())?;
    let direction = Direction::from_code(&arguments.direction)
        .ok_or_else(|| unknown("--direction", &arguments.direction))?;
    let mut dimensions = arguments
        .by
        .split(',')
        .map(|word| Dimension::from_code(word.trim()).ok_or_else(|| unknown("--by", word)));
    let by = dimensions.next().ok_or_else(|| unknown("--by", ""))??;
    let and = dimensions.next().transpose()?;
    if dimensions.next().is_some() {
        return Err(unknown("--by", &arguments.by));
    }
    Ok(TableAsk {
        and,
        within: arguments.within.as_deref().map(code_of).transpose()?,
        compare: arguments.compare.map(|CompareWord::PreviousYear| arguments.base.into()),
        as_of: arguments.as_of,
        order: arguments.order.into(),
        ..TableAsk::new(direction, by, period)
    })
}

async fn list(context: &Context, app: &App) -> Result<(), Refusal> {
    let rows: Vec<Vec<String>> = list_bulletins(app)
        .await?
        .into_iter()
        .map(|summary| {
            let row = summary.row;
            vec![
                row.bulletin_id,
                row.period,
                summary.status.label().to_owned(),
                row.document_number.unwrap_or_default(),
                row.signed_on.unwrap_or_default(),
                row.as_of.to_string(),
                row.title,
            ]
        })
        .collect();
    output::print_rows(
        context.format,
        &["编号", "期间", "状态", "文号", "签发日期", "日志位置", "标题"],
        &rows,
    )
}

async fn show(
    context: &Context,
    app: &App,
    bulletin: &str,
    product: Product,
    out: Option<&Path>,
) -> Result<(), Refusal> {
    let detail = find_bulletin(app, bulletin).await?;
    let tables = product_tables(&detail, product);
    match context.format {
        Some(Format::Json) => give_bytes(&json_bytes(&detail.content), out),
        Some(Format::Docx) => {
            let region = app.region().await?;
            give_document(app, &product_document(&detail, product, &region.region), out)
        }
        _ => give_tables(context, app, &tables, out),
    }
}

async fn reconcile(context: &Context, app: &App, file: &Path, ask: &ReconcileAsk) -> Result<(), Refusal> {
    let found = reconcile_bulletin(app, &context.actor, super::import::read_file(file)?, ask).await?;
    if context.format == Some(Format::Json) {
        output::print_json(&found);
        return Ok(());
    }
    let rows: Vec<Vec<String>> = found
        .differences
        .iter()
        .map(|cell| {
            vec![
                cell.row.clone(),
                cell.header.clone(),
                cell.theirs.clone(),
                cell.ours.clone(),
                cell.cause.clone(),
                cell.contracts.join(" "),
            ]
        })
        .collect();
    output::print_rows(context.format, &["行", "栏目", "手工表", "本系统", "可能原因", "相关合同"], &rows)?;
    let (equal, differing) = (found.equal_cells, found.differences.len());
    say(
        &format!("{equal} 个数字一致，{differing} 个不一致。"),
        &format!("{equal} cells are equal, {differing} differ"),
    );
    for (header, reason) in &found.skipped_headers {
        say(&format!("未核对“{header}”：{}", reason.zh), &format!("not compared `{header}`: {}", reason.en));
    }
    for label in &found.unknown_labels {
        say(&format!("未核对“{label}”行：本系统没有这一行"), &format!("row `{label}` is not one of ours"));
    }
    for row in &found.missing_rows {
        say(&format!("手工表缺少“{}”行", row.zh), &format!("the sheet has no row `{}`", row.en));
    }
    for (row, header) in &found.unreadable_cells {
        say(&format!("“{row}”“{header}”不是数字"), &format!("no number at `{row}`, `{header}`"));
    }
    Ok(())
}

async fn changes(context: &Context, app: &App, bulletin: &str) -> Result<(), Refusal> {
    let changes = list_pending_changes(app, bulletin).await?;
    if context.format == Some(Format::Json) {
        output::print_json(&changes);
        return Ok(());
    }
    let rows: Vec<Vec<String>> = changes
        .iter()
        .map(|change| {
            vec![
                change.table.clone(),
                change.direction.code().to_owned(),
                change.months.clone(),
                change.row.clone(),
                change.count[0].to_string(),
                change.count[1].to_string(),
                change.contract_value_fen[0].to_string(),
                change.contract_value_fen[1].to_string(),
                change.contracts.join(" "),
            ]
        })
        .collect();
    let header = ["表", "口径", "期间", "行", "原项数", "现项数", "原成交额(分)", "现成交额(分)", "合同"];
    output::print_rows(context.format, &header, &rows)
}

/// Prints tables, or writes them as the format asks.
fn give_tables(
    context: &Context,
    app: &App,
    tables: &[PrintedTable],
    out: Option<&Path>,
) -> Result<(), Refusal> {
    let failed = |source| Refusal::File { path: "table".to_owned(), source };
    let bytes = match context.format.unwrap_or(Format::Table) {
        Format::Table => tables
            .iter()
            .map(xiaoxiang_services::paper::to_terminal)
            .collect::<Vec<_>>()
            .join("\n")
            .into_bytes(),
        Format::Json => json_bytes(&tables),
        Format::Csv => {
            let mut bytes = Vec::new();
            for (at, table) in tables.iter().enumerate() {
                if at > 0 {
                    bytes.push(b'\n');
                }
                write_csv(table, ByteOrderMark::Absent, &mut bytes).map_err(failed)?;
            }
            bytes
        }
        Format::Xlsx => write_xlsx(tables, created(app)).map_err(paper_failed)?,
        Format::Docx => {
            let blocks =
                tables.iter().map(|table| xiaoxiang_services::paper::Block::Table(Box::new(table.clone())));
            let title = tables.first().map(|table| table.title.clone()).unwrap_or_default();
            let document = Document { letterhead: None, number: None, title, blocks: blocks.collect() };
            write_docx(&document, created(app)).map_err(paper_failed)?
        }
    };
    give_bytes(&bytes, out)
}

fn give_document(app: &App, document: &Document, out: Option<&Path>) -> Result<(), Refusal> {
    give_bytes(&write_docx(document, created(app)).map_err(paper_failed)?, out)
}

fn created(app: &App) -> jiff::civil::DateTime {
    app.clock.now().to_zoned(jiff::tz::TimeZone::UTC).datetime()
}

fn paper_failed(error: xiaoxiang_services::paper::PaperError) -> Refusal {
    Refusal::invalid(
        "paper.failed",
        format!("文件不能写出：{error}"),
        format!("the file cannot be written: {error}"),
    )
}

fn give_bytes(bytes: &[u8], out: Option<&Path>) -> Result<(), Refusal> {
    match out {
        Some(path) => std::fs::write(path, bytes)
            .map_err(|source| Refusal::File { path: path.display().to_string(), source }),
        None => output::print_bytes(bytes),
    }
}

fn json_bytes(value: &impl serde::Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).expect("what is printed is plain data");
    bytes.push(b'\n');
    bytes
}

fn period_of(text: &str) -> Result<Period, Refusal> {
    text.parse().map_err(|error: xiaoxiang_domain::period::PeriodProblem| {
        Refusal::invalid(
            "bulletin.period",
            format!("“{text}”不是统计期。请写成 2017、2022-H1、2022-Q1、2022-06 或 2026-01..2026-05。"),
            error.to_string(),
        )
    })
}

fn unknown(option: &str, value: &str) -> Refusal {
    Refusal::invalid(
        "bulletin.option",
        format!("{option} 不认识“{value}”。请用 --help 查看可用的值。"),
        format!("{option} does not know `{value}`; --help lists the values"),
    )
}

impl From<BaseWord> for GrowthBase {
    fn from(word: BaseWord) -> Self {
        match word {
            BaseWord::AsKnown => Self::AsKnown,
            BaseWord::AsPublished => Self::AsPublished,
        }
    }
}

impl From<OrderWord> for RowOrder {
    fn from(word: OrderWord) -> Self {
        match word {
            OrderWord::List => Self::List,
            OrderWord::Amount => Self::Amount,
            OrderWord::Growth => Self::Growth,
        }
    }
}

impl From<ProductWord> for Product {
    fn from(word: ProductWord) -> Self {
        match word {
            ProductWord::Public => Self::Public,
            ProductWord::Circular => Self::Circular,
            ProductWord::Brief => Self::Brief,
        }
    }
}
