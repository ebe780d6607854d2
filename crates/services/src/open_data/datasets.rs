//! The list of datasets (数据集目录): every published bulletin, and the series of all that was published.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use xiaoxiang_domain::bulletin::{BulletinStatus, Dimension, PrintedNote};
use xiaoxiang_domain::period::{Month, Period};
use xiaoxiang_statistics::series::Step;

use crate::app::App;
use crate::bulletin::{latest_bulletin, list_bulletins};
use crate::refusal::Refusal;

/// The series that are offered: by what, in which steps.
pub(super) const SERIES: [(Step, Dimension); 6] = [
    (Step::Month, Dimension::City),
    (Step::Month, Dimension::Type),
    (Step::Month, Dimension::Field),
    (Step::Year, Dimension::City),
    (Step::Year, Dimension::Type),
    (Step::Year, Dimension::Field),
];

/// What a dataset is called in addresses: `bulletin-UUID`, `month-city`, `year-field`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatasetId {
    /// A published bulletin.
    Bulletin(String),
    /// A series.
    Series(Step, Dimension),
}

impl fmt::Display for DatasetId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bulletin(id) => write!(formatter, "bulletin-{id}"),
            Self::Series(step, dimension) => write!(formatter, "{}-{}", step_code(*step), dimension.code()),
        }
    }
}

impl FromStr for DatasetId {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        if let Some(id) = text.strip_prefix("bulletin-") {
            return Ok(Self::Bulletin(id.to_owned()));
        }
        let series = SERIES.into_iter().map(|(step, dimension)| Self::Series(step, dimension));
        series.into_iter().find(|id| id.to_string() == text).ok_or_else(|| Refusal::NotFound(text.to_owned()))
    }
}

impl Serialize for DatasetId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

const fn step_code(step: Step) -> &'static str {
    match step {
        Step::Month => "month",
        Step::Year => "year",
    }
}

/// A format of a dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DatasetFormat {
    /// Comma-separated, with units in the header.
    Csv,
    /// With exact amounts in fen.
    Json,
    /// A workbook; of bulletins.
    Xlsx,
    /// A letter; of bulletins.
    Docx,
}

impl DatasetFormat {
    /// All formats.
    pub const ALL: [Self; 4] = [Self::Csv, Self::Json, Self::Xlsx, Self::Docx];

    /// The extension of its files.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Xlsx => "xlsx",
            Self::Docx => "docx",
        }
    }

    /// The format of an extension.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.code() == code)
    }
}

/// A column of a dataset and what it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DatasetColumn {
    /// Machine name, as in JSON.
    pub key: String,
    /// Header with its unit, and what it means.
    pub meaning: PrintedNote,
}

/// What is said of a dataset before it is fetched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dataset {
    /// Its id.
    pub id: DatasetId,
    /// Title.
    pub title: PrintedNote,
    /// The months that it covers.
    pub period: Period,
    /// Formats in which it may be had.
    pub formats: Vec<DatasetFormat>,
    /// The sentence under which it may be used (使用许可); none while the region data have none: 待定.
    pub licence: Option<PrintedNote>,
    /// Log position of its figures.
    pub position: i64,
    /// Columns of a series; the tables of a bulletin carry their own.
    pub columns: Vec<DatasetColumn>,
}

/// Until when and at which log position figures are published: those of the latest bulletin with its corrections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Published {
    pub last: Month,
    pub position: i64,
}

pub(super) async fn published(app: &App) -> Result<Option<Published>, Refusal> {
    let Some(latest) = latest_bulletin(app).await? else { return Ok(None) };
    let corrected = latest.corrections.iter().map(|correction| correction.to_position).max();
    let frozen = latest.summary.row.as_of;
    Ok(Some(Published {
        last: latest.summary.period.last(),
        position: corrected.map_or(frozen, |position| position.max(frozen)),
    }))
}

/// Everything published, the series first, then the bulletins, the latest first; nothing before the first bulletin.
pub async fn list_datasets(app: &App) -> Result<Vec<Dataset>, Refusal> {
    let region = app.region().await?;
    let licence = region.region.open_data().and_then(|settings| {
        let zh = settings.licence.clone()?;
        Some(PrintedNote { zh, en: settings.licence_en.clone() })
    });
    let mut datasets = Vec::new();
    let Some(published) = published(app).await? else { return Ok(datasets) };
    let begin = first_month(app, published).await?;
    for (step, dimension) in SERIES {
        datasets.push(Dataset {
            id: DatasetId::Series(step, dimension),
            title: series_title(step, dimension, region.region.name(), region.region.name_en()),
            period: begin,
            formats: vec![DatasetFormat::Csv, DatasetFormat::Json],
            licence: licence.clone(),
            position: published.position,
            columns: series_columns(dimension),
        });
    }
    let bulletin_title = &region.region.bulletin().title_en;
    for summary in list_bulletins(app).await? {
        if summary.status == BulletinStatus::Draft {
            continue;
        }
        datasets.push(Dataset {
            id: DatasetId::Bulletin(summary.row.bulletin_id.clone()),
            title: PrintedNote {
                zh: summary.row.title.clone(),
                // As the bulletin itself is called.
                en: bulletin_title
                    .replace("{region}", region.region.name_en())
                    .replace("{period}", &summary.period.title_en()),
            },
            period: summary.period,
            formats: DatasetFormat::ALL.to_vec(),
            licence: licence.clone(),
            position: summary.row.as_of,
            columns: Vec::new(),
        });
    }
    Ok(datasets)
}

/// From the first month with a contract to the last one published.
async fn first_month(app: &App, published: Published) -> Result<Period, Refusal> {
    let rows = super::write_dataset::rows_of(app, Step::Month, Dimension::Type, published).await?;
    let first = rows.first().map_or(published.last, |row| row.period.first());
    Period::between(first, published.last)
        .map_err(|problem| xiaoxiang_store::StoreError::Damaged(problem.to_string()).into())
}

pub(super) fn series_title(step: Step, dimension: Dimension, region: &str, region_en: &str) -> PrintedNote {
    let (every, every_en) = match step {
        Step::Month => ("分月", "monthly"),
        Step::Year => ("分年", "yearly"),
    };
    PrintedNote {
        zh: format!("{region}技术合同{every}数据（按{}）", dimension.label()),
        en: format!(
            "Technology contracts of {region_en}, {every_en}, by {}",
            dimension.label_en().to_lowercase()
        ),
    }
}

/// Columns of a series: key, header, meaning in both languages.
pub(super) fn series_columns(dimension: Dimension) -> Vec<DatasetColumn> {
    let row = (format!("{}名称", dimension.label()), format!("Name ({})", dimension.label_en()));
    let columns: [(&str, &str, &str); 9] = [
        (
            "period",
            "期间：月份 2026-09，年份 2025，未满一年 2026-01..2026-09",
            "Period: 2026-09, 2025, or 2026-01..2026-09",
        ),
        (
            "direction",
            "方向：登记 registered、输出 output、吸纳 absorbed；省内合同同时计入输出和吸纳",
            "Direction; contracts inside the region stand in output and in absorbed",
        ),
        ("key", "代码，0 为不属于任何一行", "Code; 0 for what belongs to no row"),
        ("label", &row.0, &row.1),
        ("label_en", "英文名称", "Name in English"),
        ("count", "交易量(项)", "Contracts"),
        (
            "contract_value_fen",
            "成交额，CSV 以亿元计并保留两位小数，JSON 以分计",
            "Contract value: 100 million CNY with two decimals in CSV, fen in JSON",
        ),
        (
            "technology_value_fen",
            "技术交易额，CSV 以亿元计并保留两位小数，JSON 以分计",
            "Technology value: 100 million CNY with two decimals in CSV, fen in JSON",
        ),
        (
            "complete",
            "完整性：吸纳数据在省外数据到齐前为不完整",
            "Completeness: absorbed figures are incomplete until exchange data are in",
        ),
    ];
    columns
        .into_iter()
        .map(|(key, zh, en)| DatasetColumn {
            key: key.to_owned(),
            meaning: PrintedNote { zh: zh.to_owned(), en: en.to_owned() },
        })
        .collect()
}
