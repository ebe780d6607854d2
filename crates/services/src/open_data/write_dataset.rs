//! Writes a dataset in one of its formats.

use std::collections::BTreeSet;

use serde::Serialize;
use xiaoxiang_domain::bulletin::{
    ColumnKind, Dimension, Direction, FileLanguage, PrintedCell, PrintedColumn, PrintedNote, PrintedRow,
    PrintedTable, RowKind,
};
use xiaoxiang_domain::money::{MoneyUnit, display_fen};
use xiaoxiang_domain::period::{Month, Period};
use xiaoxiang_statistics::layout::needs_exchange;
use xiaoxiang_statistics::series::{SeriesRow, Step, series};
use xiaoxiang_store::StoreError;

use super::datasets::{Dataset, DatasetFormat, DatasetId, Published, list_datasets, published};
use crate::app::App;
use crate::bulletin::{PublicFormat, labels, write_public_file};
use crate::paper::{ByteOrderMark, write_csv};
use crate::refusal::Refusal;

/// A series for machines. Fields are added, never renamed or removed.
#[derive(Debug, Serialize)]
struct SeriesFile<'a> {
    #[serde(flatten)]
    dataset: &'a Dataset,
    rows: Vec<SeriesLine>,
}

#[derive(Debug, Serialize)]
struct SeriesLine {
    period: Period,
    direction: Direction,
    key: u32,
    label: String,
    label_en: String,
    count: i64,
    contract_value_fen: i128,
    technology_value_fen: i128,
    complete: bool,
}

/// The bytes of a dataset in a format that it has.
pub async fn write_dataset(
    app: &App,
    id: &DatasetId,
    format: DatasetFormat,
    language: FileLanguage,
) -> Result<Vec<u8>, Refusal> {
    match id {
        DatasetId::Bulletin(bulletin_id) => {
            let format = match format {
                DatasetFormat::Csv => PublicFormat::Csv,
                DatasetFormat::Json => PublicFormat::Json,
                DatasetFormat::Xlsx => PublicFormat::Xlsx,
                DatasetFormat::Docx => PublicFormat::Docx,
            };
            write_public_file(app, bulletin_id, format, language).await
        }
        DatasetId::Series(step, dimension) => {
            write_series(app, id, *step, *dimension, format, language).await
        }
    }
}

async fn write_series(
    app: &App,
    id: &DatasetId,
    step: Step,
    dimension: Dimension,
    format: DatasetFormat,
    language: FileLanguage,
) -> Result<Vec<u8>, Refusal> {
    let not_found = || Refusal::NotFound(format!("{id}.{}", format.code()));
    let dataset =
        list_datasets(app).await?.into_iter().find(|dataset| dataset.id == *id).ok_or_else(not_found)?;
    let published = published(app).await?.ok_or_else(not_found)?;
    let lines = lines_of(app, step, dimension, published).await?;
    match format {
        DatasetFormat::Csv => {
            let mut bytes = Vec::new();
            let table = printed(&dataset, dimension, &lines).told_in(language);
            write_csv(&table, ByteOrderMark::Present, &mut bytes)
                .map_err(|error| StoreError::Damaged(format!("{id}: {error}")))?;
            Ok(bytes)
        }
        DatasetFormat::Json => serde_json::to_vec_pretty(&SeriesFile { dataset: &dataset, rows: lines })
            .map_err(|error| StoreError::Damaged(format!("{id}: {error}")).into()),
        DatasetFormat::Xlsx | DatasetFormat::Docx => Err(not_found()),
    }
}

pub(super) async fn rows_of(
    app: &App,
    step: Step,
    dimension: Dimension,
    published: Published,
) -> Result<Vec<SeriesRow>, Refusal> {
    let figures = app.figures().await?;
    series(figures.columns(), figures.lists(), dimension, step, published.last, published.position)
        .map_err(|problem| StoreError::Damaged(problem.to_string()).into())
}

async fn lines_of(
    app: &App,
    step: Step,
    dimension: Dimension,
    published: Published,
) -> Result<Vec<SeriesLine>, Refusal> {
    let rows = rows_of(app, step, dimension, published).await?;
    let region = app.region().await?;
    let mut tx = app.db.read().await?;
    let words = labels(&mut tx, &region.region, &[dimension], published.last.last_day()).await?;
    let delivered: BTreeSet<Month> =
        xiaoxiang_store::import::list_exchange_months(&mut tx, published.position)
            .await?
            .into_iter()
            .filter_map(|(month,)| month.parse::<Period>().ok())
            .map(Period::first)
            .collect();
    let line = |row: SeriesRow| {
        let label = words.column(dimension, row.key);
        let is_delivered = || row.period.months().all(|month| delivered.contains(&month));
        SeriesLine {
            period: row.period,
            direction: row.direction,
            key: row.key,
            label: label.zh,
            label_en: label.en,
            count: row.cell.count,
            contract_value_fen: row.cell.contract_value,
            technology_value_fen: row.cell.technology_value,
            complete: !needs_exchange(row.direction) || is_delivered(),
        }
    };
    Ok(rows.into_iter().map(line).collect())
}

/// The series as a table, for CSV.
fn printed(dataset: &Dataset, dimension: Dimension, lines: &[SeriesLine]) -> PrintedTable {
    let column = PrintedColumn::ungrouped;
    let amount = |fen: i128| {
        PrintedCell::figure(display_fen(fen, MoneyUnit::HundredMillionYuan), i64::try_from(fen).ok())
    };
    let words =
        |zh: &str, en: &str| PrintedCell::label(&PrintedNote { zh: zh.to_owned(), en: en.to_owned() });
    let row = |line: &SeriesLine| PrintedRow {
        key: format!("{}.{}.{}", line.period, line.direction.code(), line.key),
        kind: RowKind::Body,
        cells: vec![
            PrintedCell::text(line.period.to_string()),
            words(line.direction.label(), line.direction.code()),
            PrintedCell::text(line.key.to_string()),
            PrintedCell::label(&PrintedNote { zh: line.label.clone(), en: line.label_en.clone() }),
            PrintedCell::figure(line.count.to_string(), Some(line.count)),
            amount(line.contract_value_fen),
            amount(line.technology_value_fen),
            if line.complete { words("完整", "complete") } else { words("不完整", "incomplete") },
        ],
    };
    PrintedTable {
        title: dataset.title.zh.clone(),
        title_en: dataset.title.en.clone(),
        columns: vec![
            column("period", "期间", "Period", ColumnKind::Text),
            column("direction", "方向", "Direction", ColumnKind::Text),
            column("key", "代码", "Code", ColumnKind::Text),
            column("label", dimension.label(), dimension.label_en(), ColumnKind::Text),
            column("count", "交易量(项)", "Contracts", ColumnKind::Count),
            column("contract_value", "成交额(亿元)", "Contract value (100 million CNY)", ColumnKind::Amount),
            column(
                "technology_value",
                "技术交易额(亿元)",
                "Technology value (100 million CNY)",
                ColumnKind::Amount,
            ),
            column("complete", "完整性", "Completeness", ColumnKind::Text),
        ],
        rows: lines.iter().map(row).collect(),
        notes: Vec::new(),
    }
}
