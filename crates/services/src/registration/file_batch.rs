//! Batch filing (批量填报): a university's own spreadsheet becomes drafts, one a row, by the form's headers and a mapping that
//! is kept for the next time. Amounts are read in the unit of their header, 万元 as 万元.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use xiaoxiang_domain::access::{Action, Scope};
use xiaoxiang_domain::contract::application::ApplicationForm;
use xiaoxiang_domain::money::{Fen, MoneyUnit};
use xiaoxiang_domain::region::{ColumnKind, ContractForm};
use xiaoxiang_store::registration as store;

use super::point::takes_applications;
use super::start_application::{blank_form, draft_row};
use crate::actor::Actor;
use crate::app::App;
use crate::contract::form_column_of;
use crate::refusal::Refusal;
use crate::sheet::{
    FoundHeader, Header, SheetFile, SheetProblem, SheetRow, Visibility, normalise_header, open_sheet,
};

/// Applications of one file.
pub const BATCH_ROWS_MAX: usize = 500;
/// Headers that one mapping may name.
pub const MAPPED_HEADERS_MAX: usize = 100;
/// Fewest columns that make a row the header.
const HEADER_COLUMNS_MIN: usize = 2;
/// Characters of a header or a field in a mapping.
const NAME_CHARACTERS_MAX: usize = 200;
/// Fields of which a row has at least one.
const ROW_FIELDS: [&str; 2] = ["project_name", "buyer_name"];
/// How rows begin that stand below the applications.
const FOOTERS: [&str; 4] = ["合计", "总计", "小计", "填表"];

/// Which of a sheet's headers fills which field, where the form's own names do not tell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SheetMapping {
    /// Field key by header as it stands in the sheet; an empty key leaves the column out.
    pub columns: BTreeMap<String, String>,
    /// Unit of money columns whose header states none: `yuan` or `ten_thousand_yuan`.
    pub money_unit: Option<WrittenUnit>,
}

/// A unit that a mapping may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WrittenUnit {
    /// 元
    Yuan,
    /// 万元
    TenThousandYuan,
}

impl WrittenUnit {
    /// The word of the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Yuan => "yuan",
            Self::TenThousandYuan => "ten_thousand_yuan",
        }
    }

    /// The unit of a word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Yuan, Self::TenThousandYuan].into_iter().find(|unit| unit.code() == code)
    }

    const fn unit(self) -> MoneyUnit {
        match self {
            Self::Yuan => MoneyUnit::Yuan,
            Self::TenThousandYuan => MoneyUnit::TenThousandYuan,
        }
    }
}

/// What became of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FiledBatch {
    /// Row of the sheet and id of the draft made from it.
    pub drafts: Vec<(u32, String)>,
    /// Headers that fill no field; name them in the mapping.
    pub ignored_columns: Vec<String>,
    /// Rows that are no applications: totals, signatures.
    pub skipped_rows: u64,
}

/// The mapping that an organisation used last.
pub async fn read_mapping(app: &App, actor: &Actor) -> Result<SheetMapping, Refusal> {
    let organisation_key = applicant_of(actor)?.0;
    let mut tx = app.db.read().await?;
    let kept = store::find_mapping(&mut tx, organisation_key).await?;
    Ok(kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

/// Keeps a mapping for the organisation's next file.
pub async fn save_mapping(app: &App, actor: &Actor, mapping: &SheetMapping) -> Result<(), Refusal> {
    let organisation_key = applicant_of(actor)?.0;
    check_mapping(mapping)?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    store::save_mapping(&mut tx, organisation_key, &text_of(mapping)).await?;
    tx.keep_unlogged().await?;
    Ok(())
}

fn text_of(mapping: &SheetMapping) -> String {
    serde_json::to_string(mapping).expect("invariant: a mapping is plain data")
}

/// Makes a draft of each row of the first visible sheet, all of them or none, and keeps the mapping. `mapping` takes the
/// place of the kept one; none uses it.
pub async fn file_batch(
    app: &App,
    actor: &Actor,
    registrar_key: i64,
    bytes: Vec<u8>,
    mapping: Option<SheetMapping>,
) -> Result<FiledBatch, Refusal> {
    let (organisation_key, person_id) = applicant_of(actor)?;
    let mapping = match mapping {
        Some(mapping) => mapping,
        None => read_mapping(app, actor).await?,
    };
    check_mapping(&mapping)?;
    let region = app.region().await?;
    let mut file = open_sheet(bytes).map_err(one)?;
    let (mut batch, rows) = read_rows(&mut file, region.region.contract_form(), &mapping)?;
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    let today = app.clock.today_in(&region.time_zone);
    takes_applications(&mut tx, &region.region, registrar_key, today).await?;
    let blank = blank_form(&mut tx, organisation_key).await?;
    for (number, fields) in rows {
        let mut form = ApplicationForm { fields: blank.fields.clone(), ..ApplicationForm::default() };
        form.fields.extend(fields);
        let problems = form.storage_problems(&region.region);
        if !problems.is_empty() {
            return Err(Refusal::Fields(problems));
        }
        let row = draft_row(app, [registrar_key, organisation_key], person_id, &form)?;
        store::start(&mut tx, &row).await?;
        batch.drafts.push((number, row.application_id));
    }
    store::save_mapping(&mut tx, organisation_key, &text_of(&mapping)).await?;
    tx.keep_unlogged().await?;
    Ok(batch)
}

fn applicant_of(actor: &Actor) -> Result<(i64, &str), Refusal> {
    match (actor.permit(Action::Apply)?, actor.person_id()) {
        (Scope::Organisation(key), Some(person_id)) => Ok((key, person_id)),
        _ => Err(Refusal::invalid(
            "application.person",
            "请以单位经办人的身份登录后申请。",
            "sign in as the agent of an organisation to apply",
        )),
    }
}

fn check_mapping(mapping: &SheetMapping) -> Result<(), Refusal> {
    let is_fit = |(header, key): (&String, &String)| {
        let is_short = header.chars().count() <= NAME_CHARACTERS_MAX;
        is_short && (key.is_empty() || ApplicationForm::is_field(key))
    };
    if mapping.columns.len() <= MAPPED_HEADERS_MAX && mapping.columns.iter().all(is_fit) {
        return Ok(());
    }
    Err(Refusal::invalid(
        "application.mapping",
        "栏目对应关系有误：请只对应申请表的栏目。",
        "the mapping names what is no field of the application",
    ))
}

fn one(problem: SheetProblem) -> Refusal {
    Refusal::Sheet(vec![problem])
}

type Row = (u32, BTreeMap<String, String>);

/// One column of the sheet that fills a field.
struct Column {
    at: usize,
    key: String,
    /// Of money columns.
    unit: Option<MoneyUnit>,
}

fn read_rows(
    file: &mut SheetFile,
    form: &ContractForm,
    mapping: &SheetMapping,
) -> Result<(FiledBatch, Vec<Row>), Refusal> {
    let sheet = file.sheets().iter().position(|info| info.visibility == Visibility::Visible).unwrap_or(0);
    let wanted: BTreeMap<String, &str> =
        mapping.columns.iter().map(|(header, key)| (normalise_header(header), key.as_str())).collect();
    let key_of = |header: &str| -> Option<String> {
        match wanted.get(header) {
            Some(key) => (!key.is_empty()).then(|| (*key).to_owned()),
            None => form_column_of(form, header).map(|column| column.key.clone()),
        }
        .filter(|key| ApplicationForm::is_field(key))
    };
    let found =
        file.find_header(sheet, HEADER_COLUMNS_MIN, |header| key_of(header).is_some()).map_err(one)?;
    let found = found.ok_or_else(|| {
        Refusal::invalid(
            "application.sheet.no_header",
            "没有找到表头。表头应含“项目名称”“合作单位”“金额(万元)”等栏目，或先建立栏目对应关系。",
            "no header was found; it should hold 项目名称, 合作单位, 金额(万元) and so on, or be mapped",
        )
    })?;
    let (columns, ignored_columns) = columns_of(&found, form, mapping, key_of)?;
    let mut batch = FiledBatch { ignored_columns, ..FiledBatch::default() };
    let mut rows: Vec<Row> = Vec::new();
    for row in file.rows(sheet).map_err(one)? {
        let row = row.map_err(one)?;
        if row.number <= found.last_row {
            continue;
        }
        let Some(fields) = fields_of(&row, &columns) else {
            batch.skipped_rows += 1;
            continue;
        };
        if rows.len() >= BATCH_ROWS_MAX {
            return Err(Refusal::invalid(
                "application.sheet.too_long",
                format!("一次最多 {BATCH_ROWS_MAX} 份申请。请拆分后上传。"),
                format!("at most {BATCH_ROWS_MAX} applications at once; split the file"),
            ));
        }
        rows.push((row.number, fields));
    }
    Ok((batch, rows))
}

fn columns_of(
    found: &FoundHeader,
    form: &ContractForm,
    mapping: &SheetMapping,
    key_of: impl Fn(&str) -> Option<String>,
) -> Result<(Vec<Column>, Vec<String>), Refusal> {
    let mut columns: Vec<Column> = Vec::new();
    let mut ignored = Vec::new();
    for header in &found.headers {
        let Some(key) = key_of(&header.normalised) else {
            ignored.push(header.text.clone());
            continue;
        };
        if columns.iter().any(|column| column.key == key) {
            return Err(twice(header));
        }
        let is_money = form.by_key(&key).is_some_and(|column| column.kind == ColumnKind::Money);
        let unit = header.unit.or(mapping.money_unit.map(WrittenUnit::unit)).filter(|_| is_money);
        if is_money && unit.is_none() {
            return Err(Refusal::invalid(
                "application.sheet.no_unit",
                format!(
                    "金额栏“{}”没有写单位。请写成 {}(万元)，或在对应关系中选择单位。",
                    header.text, header.text
                ),
                format!(
                    "the money column `{}` has no unit; write it in the header or choose it in the mapping",
                    header.text
                ),
            ));
        }
        columns.push(Column { at: header.column, key, unit });
    }
    Ok((columns, ignored))
}

fn twice(header: &Header) -> Refusal {
    Refusal::invalid(
        "application.sheet.column_twice",
        format!("栏目“{}”与另一栏对应同一项。请删去其一，或在对应关系中留空。", header.text),
        format!("the column `{}` fills the same field as another; leave one of the two out", header.text),
    )
}

/// A row's fields as texts; none where it is no application.
fn fields_of(row: &SheetRow, columns: &[Column]) -> Option<BTreeMap<String, String>> {
    let first = row.cells.iter().find(|cell| !cell.is_empty())?;
    if FOOTERS.iter().any(|word| first.text.trim().starts_with(word)) {
        return None;
    }
    let texts = columns.iter().map(|column| (column, row.text(column.at).trim()));
    let fields: BTreeMap<String, String> = texts
        .filter(|(_, text)| !text.is_empty())
        .map(|(column, text)| (column.key.clone(), written(column, text)))
        .collect();
    ROW_FIELDS.iter().any(|key| fields.contains_key(*key)).then_some(fields)
}

/// Amounts in yuan, as the form has them; what is no amount is kept with its unit, so that it is never read as yuan.
fn written(column: &Column, text: &str) -> String {
    match column.unit {
        Some(unit) => Fen::parse(text, unit).map_or_else(|_| format!("{text}{}", unit.label()), Fen::yuan),
        None => text.to_owned(),
    }
}
