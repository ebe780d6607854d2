//! The contract list as a file (导出合同列表): the same filter, order and reach as on screen, no personal data.

use xiaoxiang_domain::bulletin::{
    ColumnKind, FileLanguage, PrintedCell, PrintedColumn, PrintedNote, PrintedRow, PrintedTable, RowKind,
};
use xiaoxiang_domain::contract::{Party, PartyNature};
use xiaoxiang_domain::fact::{Source, Standing};
use xiaoxiang_domain::money::MoneyUnit;
use xiaoxiang_domain::region::{DivisionCode, Region};
use xiaoxiang_statistics::listing::Total;
use xiaoxiang_store::StoreError;

use super::list_contracts::{ContractsAsk, ListedContract, list_rows};
use crate::actor::Actor;
use crate::app::App;
use crate::paper::{ByteOrderMark, write_csv, write_xlsx};
use crate::refusal::Refusal;

/// Contracts of one file; whoever needs more narrows the filter.
pub const EXPORT_ROWS_MAX: usize = 10_000;
/// Contracts read at once.
const CHUNK_ROWS: usize = 1_000;

/// Format of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListFile {
    /// Comma-separated, UTF-8 with its mark.
    Csv,
    /// Workbook.
    Xlsx,
}

const COLUMNS: [(&str, &str, &str, ColumnKind); 14] = [
    ("registration_number", "登记编号", "Registration number", ColumnKind::Text),
    ("project_name", "项目名称", "Project", ColumnKind::Text),
    ("standing", "状态", "Standing", ColumnKind::Text),
    ("source", "来源", "Source", ColumnKind::Text),
    ("registered_on", "登记日期", "Registered on", ColumnKind::Text),
    ("contract_type", "合同类型", "Type", ColumnKind::Text),
    ("field", "技术领域", "Field", ColumnKind::Text),
    ("seller_name", "卖方", "Seller", ColumnKind::Text),
    ("seller_place", "卖方所在地", "Place of the seller", ColumnKind::Text),
    ("buyer_name", "买方", "Buyer", ColumnKind::Text),
    ("buyer_place", "买方所在地", "Place of the buyer", ColumnKind::Text),
    ("registrar_name", "登记机构", "Registrar", ColumnKind::Text),
    ("contract_value", "成交额(万元)", "Contract value (10,000 CNY)", ColumnKind::Amount),
    ("technology_value", "技术交易额(万元)", "Technology value (10,000 CNY)", ColumnKind::Amount),
];

/// Writes the contracts of a filter that the caller may see, at most [`EXPORT_ROWS_MAX`].
pub async fn export_contracts(
    app: &App,
    actor: &Actor,
    ask: &ContractsAsk,
    file: ListFile,
    language: FileLanguage,
) -> Result<Vec<u8>, Refusal> {
    let region = app.region().await?;
    let mut ask = ContractsAsk { after: None, ..ask.clone() };
    let mut rows = Vec::new();
    let (total, position) = loop {
        let page = list_rows(app, actor, &ask, CHUNK_ROWS).await?;
        rows.extend(page.rows.iter().map(|listed| row_of(&region.region, listed)));
        if page.next.is_none() || rows.len() >= EXPORT_ROWS_MAX {
            break (page.total, page.position);
        }
        ask.after = page.next;
    };
    let table = table_of(rows, total, position).told_in(language);
    let unwritten = |error: String| StoreError::Damaged(format!("contract list: {error}"));
    match file {
        ListFile::Csv => {
            let mut bytes = Vec::new();
            write_csv(&table, ByteOrderMark::Present, &mut bytes)
                .map_err(|error| unwritten(error.to_string()))?;
            Ok(bytes)
        }
        ListFile::Xlsx => {
            let now = app.clock.now().to_zoned(region.time_zone.clone()).datetime();
            Ok(write_xlsx(&[table], now).map_err(|error| unwritten(error.to_string()))?)
        }
    }
}

fn table_of(rows: Vec<PrintedRow>, total: Total, position: i64) -> PrintedTable {
    let columns =
        COLUMNS.map(|(key, header, header_en, kind)| PrintedColumn::ungrouped(key, header, header_en, kind));
    let shown = rows.len();
    let all = match total {
        Total::Exact(count) => count.to_string(),
        Total::MoreThan(count) => format!("{count}+"),
    };
    let note = PrintedNote {
        zh: format!("符合条件的合同 {all} 项，本表 {shown} 项；截至日志位置 {position}。"),
        en: format!("{all} contracts match, {shown} of them stand here; as of log position {position}."),
    };
    PrintedTable {
        title: "技术合同列表".to_owned(),
        title_en: "Technology contracts".to_owned(),
        columns: columns.to_vec(),
        rows,
        notes: vec![note],
    }
}

fn row_of(region: &Region, listed: &ListedContract) -> PrintedRow {
    let contract = &listed.contract;
    let code = |list: &str, code: &str| {
        let found = region.codes(list).and_then(|list| list.by_code(code));
        found.map_or_else(|| PrintedCell::text(code), |found| words_cell(&found.name, &found.name_en))
    };
    let place = |division: u32| {
        let code = DivisionCode(division);
        let name = region.divisions().full_name(code).unwrap_or_default();
        words_cell(&name, region.divisions().name_en(code).unwrap_or_default())
    };
    let ten_thousand = |fen: xiaoxiang_domain::money::Fen| {
        PrintedCell::figure(fen.display_in(MoneyUnit::TenThousandYuan), Some(fen.0))
    };
    let text = |text: &str| PrintedCell::text(text);
    let labels = [
        text(&contract.registration_number),
        text(&contract.project_name),
        match contract.standing {
            Standing::Counted => words_cell("有效", "counted"),
            Standing::Withdrawn => words_cell("已注销", "withdrawn"),
        },
        match listed.source {
            Source::Registry => words_cell("本省登记", "registry"),
            Source::Exchange => words_cell("省外交换", "exchange"),
        },
        text(&contract.registered_on.to_string()),
        code("contract_type", &contract.contract_type),
        code("technical_field", &contract.field),
        name_of_party(&contract.seller),
        place(listed.places.seller_division),
        name_of_party(&contract.buyer),
        place(listed.places.buyer_division),
        text(&contract.registrar_name),
    ];
    let amounts = [ten_thousand(contract.contract_value), ten_thousand(contract.technology_value)];
    PrintedRow {
        key: contract.registration_number.clone(),
        kind: RowKind::Body,
        cells: labels.into_iter().chain(amounts).collect(),
    }
}

/// Names of natural persons are personal data and stay out.
pub(crate) fn name_of_party(party: &Party) -> PrintedCell {
    if party.nature == PartyNature::Person {
        words_cell("自然人", "natural person")
    } else {
        PrintedCell::text(&party.name)
    }
}

/// A label in both languages.
pub(crate) fn words_cell(zh: &str, en: &str) -> PrintedCell {
    PrintedCell::label(&PrintedNote { zh: zh.to_owned(), en: en.to_owned() })
}
