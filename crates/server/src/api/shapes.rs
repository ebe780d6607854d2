//! Shapes of answers that other crates write as JSON: nothing is made from them but the document. A test holds real
//! answers against it.
#![expect(dead_code, reason = "only the schemas of these types are used")]

use std::collections::BTreeMap;

use serde_json::Value;
use utoipa::ToSchema;

/// A statistical table. Rows and `outside` add up to `total`.
#[derive(ToSchema)]
#[schema(as = StatisticalTable)]
pub(super) struct TableShape {
    /// Months counted.
    #[schema(example = "2026-10")]
    period: String,
    /// Which side is counted: `registered`, `output`, `absorbed` or `internal`.
    direction: String,
    /// Division to which the direction is relative, six digits.
    #[schema(example = "430000")]
    within: String,
    /// 口径: basis of all totals.
    basis: String,
    /// Log position of the figures.
    as_of: i64,
    /// Whether exchange data cover the period as far as the direction needs them.
    complete: bool,
    /// 省外数据截至日; null while no exchange data are in.
    exchange_until: Option<String>,
    /// Columns of a cross-table; only there.
    columns: Option<Vec<TableColumnShape>>,
    /// Ordinary rows.
    rows: Vec<TableRowShape>,
    /// Subtotals, which are not part of the sum of the rows; absent where there are none.
    subtotals: Option<Vec<TableRowShape>>,
    /// What lies outside all rows; null where there is none.
    #[schema(nullable)]
    outside: Option<TableRowShape>,
    /// The total, from exact amounts.
    total: TableRowShape,
}

/// A column of a cross-table.
#[derive(ToSchema)]
#[schema(as = TableColumn)]
pub(super) struct TableColumnShape {
    /// Key.
    key: String,
    /// Name, Chinese.
    label: String,
}

/// Sums of a group.
#[derive(ToSchema)]
#[schema(as = Sums)]
pub(super) struct SumsShape {
    /// 项数: number of contracts.
    count: i64,
    /// 成交额 in fen.
    contract_value_fen: i64,
    /// 技术交易额 in fen.
    technology_value_fen: i64,
}

/// Growth over the year before, in per cent with two decimals; null where there is no base.
#[derive(ToSchema)]
#[schema(as = Growth)]
pub(super) struct GrowthShape {
    /// Of the number of contracts.
    #[schema(example = "150.47")]
    count: Option<String>,
    /// Of the contract value.
    contract_value: Option<String>,
    /// Of the technology transaction value.
    technology_value: Option<String>,
}

/// One row of a statistical table.
#[derive(ToSchema)]
#[schema(as = TableRow)]
pub(super) struct TableRowShape {
    /// Division code, list code, `outside`, a group's key or `total`.
    key: String,
    /// Name, Chinese.
    label: String,
    /// 项数: number of contracts.
    count: i64,
    /// 成交额 in fen.
    contract_value_fen: i64,
    /// 技术交易额 in fen.
    technology_value_fen: i64,
    /// Part of the total's contract value in per cent with two decimals.
    #[schema(example = "12.50")]
    share_percent: Option<String>,
    /// Place by contract value.
    rank: Option<u32>,
    /// Sums of the same months of the year before, where it was compared.
    #[schema(nullable)]
    previous: Option<SumsShape>,
    /// Growth over them.
    growth_percent: GrowthShape,
    /// Sums by column of a cross-table, in the order of `columns`; only there.
    cells: Option<Vec<SumsShape>>,
}

/// A sentence in both languages.
#[derive(ToSchema)]
#[schema(as = Sentence)]
pub(super) struct SentenceShape {
    /// Chinese.
    zh: String,
    /// English.
    en: String,
}

/// A table as it is printed.
#[derive(ToSchema)]
#[schema(as = PrintedTable)]
pub(super) struct PrintedTableShape {
    /// Title, Chinese.
    title: String,
    /// Title, English.
    title_en: String,
    /// Columns from left to right; the first one or two hold labels.
    columns: Vec<PrintedColumnShape>,
    /// Rows in order.
    rows: Vec<PrintedRowShape>,
    /// Sentences under the table.
    notes: Vec<SentenceShape>,
}

/// A column of a printed table.
#[derive(ToSchema)]
#[schema(as = PrintedColumn)]
pub(super) struct PrintedColumnShape {
    /// Stable name: `output.contract_value`.
    key: String,
    /// Header above several columns, Chinese; empty where there is none.
    group: String,
    /// The same, English.
    group_en: String,
    /// Header with its unit: 成交额(亿元).
    header: String,
    /// The same, English.
    header_en: String,
    /// `text`, `count`, `amount`, `percent` or `rank`.
    #[schema(pattern = "^(text|count|amount|percent|rank)$")]
    kind: String,
}

/// A row of a printed table.
#[derive(ToSchema)]
#[schema(as = PrintedRow)]
pub(super) struct PrintedRowShape {
    /// Division code, list code, `total`, `outside` or a group's key.
    key: String,
    /// `body`, `subtotal` (not added into the total again) or `total`.
    #[schema(pattern = "^(body|subtotal|total)$")]
    kind: String,
    /// One cell a column, in the same order.
    cells: Vec<PrintedCellShape>,
}

/// A cell of a printed table. Compute with `base`, never with `text`, which is rounded.
#[derive(ToSchema)]
#[schema(as = PrintedCell)]
pub(super) struct PrintedCellShape {
    /// As printed; empty where the figure is not defined.
    text: String,
    /// A label in English, where it differs.
    #[schema(nullable = false)]
    text_en: Option<String>,
    /// The exact amount in fen, or the count or rank; null for texts and percentages.
    base: Option<i64>,
}

/// What a bulletin prints and a signature freezes.
#[derive(ToSchema)]
#[schema(as = BulletinContent)]
pub(super) struct ContentShape {
    /// Title, Chinese.
    title: String,
    /// Title, English.
    title_en: String,
    /// Months; tables without a span of their own count from January to its end.
    #[schema(example = "2026-10")]
    period: String,
    /// One sentence for each direction, cumulative.
    sentences: Vec<SentenceShape>,
    /// Tables in order.
    tables: Vec<ContentTableShape>,
    /// Sentences at the end.
    footers: Vec<SentenceShape>,
}

/// A table of a bulletin.
#[derive(ToSchema)]
#[schema(as = ContentTable)]
pub(super) struct ContentTableShape {
    /// Key in the bulletin.
    key: String,
    /// Products that print it: `public`, `circular`, `brief`.
    products: Vec<String>,
    /// Which side is counted; of the monthly table of cities, `registered`.
    direction: String,
    /// What its rows are.
    by: String,
    /// Keys to which the rows are limited; null where they are not.
    only: Option<Vec<u32>>,
    /// As printed.
    table: PrintedTableShape,
}

/// A published bulletin, as docs/PUBLIC-JSON.md describes it.
#[derive(ToSchema)]
#[schema(as = PublishedBulletin)]
pub(super) struct BulletinShape {
    /// UUID.
    id: String,
    /// 文号
    number: Option<String>,
    /// Title, Chinese.
    title: String,
    /// Title, English.
    title_en: String,
    /// `signed` or `corrected`.
    #[schema(pattern = "^(signed|corrected)$")]
    status: String,
    /// Months; tables without a span of their own count from January to its end.
    #[schema(example = "2026-10")]
    period: String,
    /// 签发日期
    signed_on: Option<String>,
    /// Log position at which the figures are frozen.
    as_of: i64,
    /// The signed head of the log's tree there, as it is printed.
    tree_head: Option<String>,
    /// SHA-256 of the frozen content, as the log's entry has it.
    content_sha256: String,
    /// Version of how contracts become figures.
    method_version: i64,
    /// One sentence for each direction.
    sentences: Vec<SentenceShape>,
    /// The public tables in order.
    tables: Vec<BulletinTableShape>,
    /// Sentences at the end.
    footers: Vec<SentenceShape>,
    /// The decided corrections in order; `tables` stay as they were signed.
    corrections: Vec<CorrectionShape>,
}

/// A public table of a bulletin.
#[derive(ToSchema)]
#[schema(as = PublishedTable)]
pub(super) struct BulletinTableShape {
    /// Key in the bulletin.
    key: String,
    /// Which side is counted; of the monthly table of cities, `registered`.
    direction: String,
    /// What its rows are.
    by: String,
    /// Title, Chinese.
    title: String,
    /// Title, English.
    title_en: String,
    /// Columns from left to right.
    columns: Vec<PrintedColumnShape>,
    /// Rows in order.
    rows: Vec<PrintedRowShape>,
    /// Sentences under the table.
    notes: Vec<SentenceShape>,
}

/// 订正: a decided correction.
#[derive(ToSchema)]
#[schema(as = Correction)]
pub(super) struct CorrectionShape {
    /// 1, 2, 3 … within the bulletin.
    serial: i64,
    /// 文号; null where the changes were folded into the current figures.
    number: Option<String>,
    /// When it was decided.
    decided_on: String,
    /// `fold`: taken into the current figures; `issue`: published with a number.
    #[schema(pattern = "^(fold|issue)$")]
    decision: String,
    /// The officer's reason.
    reason: String,
    /// Log position of the corrected figures.
    position: i64,
    /// The figures.
    cells: Vec<CorrectedShape>,
}

/// A row whose figures were corrected; pairs are before and after.
#[derive(ToSchema)]
#[schema(as = CorrectedRow)]
pub(super) struct CorrectedShape {
    /// Key of the table.
    table: String,
    /// Title of the table.
    title: SentenceShape,
    /// Key of the row.
    row: String,
    /// Label of the row.
    label: SentenceShape,
    /// Keys of the columns that changed.
    columns: Vec<String>,
    /// Which side is counted.
    direction: String,
    /// Months of the figures.
    months: String,
    /// 项数
    #[schema(min_items = 2, max_items = 2)]
    count: Vec<i64>,
    /// 成交额 in fen.
    #[schema(min_items = 2, max_items = 2)]
    contract_value_fen: Vec<i64>,
    /// 技术交易额 in fen.
    #[schema(min_items = 2, max_items = 2)]
    technology_value_fen: Vec<i64>,
}

/// What a reading of a file did.
#[derive(ToSchema)]
#[schema(as = ImportReport)]
pub(super) struct ReportShape {
    /// Id of the import in the log; null where nothing changed or for a dry run.
    import_id: Option<String>,
    /// Its log position.
    position: Option<i64>,
    /// Rows read below the header.
    rows: u64,
    /// Contracts not known before.
    new: u64,
    /// Contracts that got a new version.
    changed: u64,
    /// Rows equal to the contract on record.
    unchanged: u64,
    /// Rows repeated within the file with the same content.
    repeated: u64,
    /// Differing rows that wait for consent: read the file again with `accept_changes`.
    awaiting_consent: u64,
    /// Exchange rows set aside because the registry wins.
    kept: u64,
    /// Rows refused.
    refused_rows: u64,
    /// Problems, also those not listed.
    problem_count: u64,
    /// Warnings, also those not listed.
    warning_count: u64,
    /// Rows that are no contracts: totals, signatures, the header once more.
    skipped_rows: u64,
    /// Sheets that were not read.
    ignored_sheets: Vec<String>,
    /// Columns that fill no field.
    ignored_columns: Vec<String>,
    /// Months in which the contracts of the file were registered, in order.
    months: Vec<String>,
    /// The first differences.
    differences: Vec<DifferenceShape>,
}

/// A row whose content differs from the contract on record.
#[derive(ToSchema)]
#[schema(as = ImportDifference)]
pub(super) struct DifferenceShape {
    /// 登记编号
    registration_number: String,
    /// Row of the file.
    row: u32,
    /// `listed` (waits for consent), `applied`, `registry_replaces_exchange` or `registry_kept`.
    #[schema(pattern = "^(listed|applied|registry_replaces_exchange|registry_kept)$")]
    outcome: String,
    /// Field by field; values of personal data are withheld.
    fields: Vec<FieldDifferenceShape>,
}

/// A field that differs.
#[derive(ToSchema)]
#[schema(as = FieldDifference)]
pub(super) struct FieldDifferenceShape {
    /// Field: `contract_value`, `buyer.division`.
    field: String,
    /// On record; amounts in fen.
    old: String,
    /// In the file; amounts in fen.
    new: String,
}

/// An entry of the log, as docs/AUDIT.md describes it.
#[derive(ToSchema)]
#[schema(as = LogEntry)]
pub(super) struct EntryShape {
    /// Form of the entry.
    format: u16,
    /// Number of entries before it.
    position: u64,
    /// When it was committed, in milliseconds since 1970.
    at_ms: i64,
    /// Who acted.
    actor: String,
    /// What was done: `contract.changed`.
    kind: String,
    /// To what: `contract:2026430100000123`.
    subject: String,
    /// What changed; its fields depend on `kind`.
    #[schema(value_type = Object)]
    payload: Value,
}

/// Everything that an outsider needs to check one record, apart from the public key (docs/AUDIT.md).
#[derive(ToSchema)]
#[schema(as = SubjectProof)]
pub(super) struct ProofShape {
    /// For a row of an import; null where the entry itself is what is proved.
    #[schema(nullable)]
    content: Option<ContentProofShape>,
    /// The log entry.
    entry: EntryShape,
    /// Siblings on the way from the entry to the root of the head, lowest first, in hexadecimal.
    path: Vec<String>,
    /// The head that takes in the entry.
    head: SignedHeadShape,
    /// Changes of key since the log began, in order.
    rotations: Vec<RotationShape>,
}

/// The step from one imported row to the `content_root` of its entry.
#[derive(ToSchema)]
#[schema(as = ContentProof)]
pub(super) struct ContentProofShape {
    /// The row as it was hashed.
    #[schema(value_type = Object)]
    row: Value,
    /// Its place among the imported rows, from 0.
    index: u64,
    /// Siblings on the way to the content root, lowest first, in hexadecimal.
    path: Vec<String>,
}

/// 签名树头: a tree head and the signature over it.
#[derive(ToSchema)]
#[schema(as = SignedTreeHead)]
pub(super) struct SignedHeadShape {
    /// What is signed.
    head: HeadShape,
    /// Which key signed.
    key_id: String,
    /// Ed25519, in hexadecimal.
    signature: String,
}

/// The log at one moment.
#[derive(ToSchema)]
#[schema(as = TreeHead)]
pub(super) struct HeadShape {
    /// Which log.
    log_id: String,
    /// How many entries it had.
    size: u64,
    /// Root of the tree over their leaf hashes, in hexadecimal.
    root: String,
    /// When it was signed, in milliseconds since 1970.
    at_ms: i64,
}

/// The old key's signed word that another key follows it.
#[derive(ToSchema)]
#[schema(as = KeyRotation)]
pub(super) struct RotationShape {
    /// Which log.
    log_id: String,
    /// The key that signs this.
    old_key_id: String,
    /// The key that follows.
    new_key: String,
    /// Ed25519 by the old key, in hexadecimal.
    signature: String,
}

/// An application's form as typed, complete or not; a draft keeps every text.
#[derive(ToSchema)]
#[schema(as = ApplicationForm)]
pub(super) struct ApplicationFormShape {
    /// The contract's fields by their keys in the region's form (`project_name`, `seller_name`, `contract_value` …);
    /// amounts in yuan, as the national form has them.
    fields: Option<BTreeMap<String, String>>,
    /// 不涉密承诺
    #[schema(nullable = false)]
    undertaking: Option<UndertakingShape>,
    /// Costs that the contract names.
    #[schema(max_items = 200)]
    cost_items: Option<Vec<CostItemShape>>,
    /// What universities and institutes add.
    #[schema(nullable = false)]
    decision: Option<UnitDecisionShape>,
}

/// The undertaking that nothing is secret.
#[derive(ToSchema)]
#[schema(as = Undertaking)]
pub(super) struct UndertakingShape {
    /// Whether it is given.
    holds_no_secrets: Option<bool>,
    /// 本单位保密审查人
    #[schema(max_length = 500)]
    confidentiality_reviewer: Option<String>,
}

/// A cost as typed.
#[derive(ToSchema)]
#[schema(as = CostItem)]
pub(super) struct CostItemShape {
    /// What it is.
    #[schema(max_length = 500)]
    name: Option<String>,
    /// `equipment`, `instrument`, `part` or `raw_material`.
    #[schema(max_length = 500)]
    kind: Option<String>,
    /// `purchase`, `subject_sets` or `subject_samples`.
    #[schema(max_length = 500)]
    role: Option<String>,
    /// How many sets, of `subject_sets`.
    #[schema(max_length = 500)]
    sets: Option<String>,
    /// In yuan.
    #[schema(max_length = 500)]
    amount: Option<String>,
}

/// How a university or institute decided (转化法 第十八条).
#[derive(ToSchema)]
#[schema(as = UnitDecision)]
pub(super) struct UnitDecisionShape {
    /// 决策层级
    #[schema(max_length = 500)]
    level: Option<String>,
    /// 会议纪要文号
    #[schema(max_length = 500)]
    minutes_number: Option<String>,
    /// 定价方式: `agreed`, `listed` or `auction`.
    #[schema(max_length = 500)]
    pricing_method: Option<String>,
    /// 公示开始
    #[schema(max_length = 500)]
    publicity_from: Option<String>,
    /// 公示结束
    #[schema(max_length = 500)]
    publicity_to: Option<String>,
    /// 全部完成人已授权
    has_completers_authority: Option<bool>,
}
