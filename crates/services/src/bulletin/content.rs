//! The content of a bulletin: all tables that the region data name, made at one log position.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use xiaoxiang_domain::bulletin::{Dimension, Direction, GrowthBase, PrintedNote, PrintedTable};
use xiaoxiang_domain::period::Period;
use xiaoxiang_domain::region::BulletinTable;
use xiaoxiang_statistics::cross_table::{CrossQuery, cross_table};
use xiaoxiang_statistics::layout::is_position_note;
use xiaoxiang_statistics::table::RowOrder;
use xiaoxiang_store::{StoreError, Tx};

use super::make_city_monthly::make_city_monthly_in;
use super::make_table::{TableAsk, make_table_in, refused};
use super::products::Product;
use super::read_model::Figures;
use crate::refusal::Refusal;

/// The kind under which bulletins of contracts are kept.
pub const BULLETIN_KIND: &str = "contracts";
/// Version of the method: how contracts become figures. A change of method adds one and is told in docs/.
pub const METHOD_VERSION: i64 = 1;
/// The table of the mission.
pub(super) const CITY_MONTHLY: &str = "city-monthly";
/// The table of universities: organisations of one kind.
const UNIVERSITY: &str = "university";
/// Name of the kind of universities in the list of party kinds.
const UNIVERSITY_KIND: &str = "高等院校";

/// Everything that a bulletin prints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulletinContent {
    /// Title, Chinese.
    pub title: String,
    /// Title, English.
    pub title_en: String,
    /// Period.
    pub period: String,
    /// One sentence for each direction, cumulative.
    pub sentences: Vec<PrintedNote>,
    /// Tables in order.
    pub tables: Vec<ContentTable>,
    /// Sentences at the end.
    pub footers: Vec<PrintedNote>,
}

/// One table of a bulletin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentTable {
    /// Key in the region data, with the direction where a table is made in several.
    pub key: String,
    /// Products that print it: `public`, `circular`, `brief`.
    pub products: Vec<String>,
    /// Direction; of the table of the mission, 登记.
    pub direction: Direction,
    /// Rows.
    pub by: Dimension,
    /// The keys to which the rows are limited.
    pub only: Option<Vec<u32>>,
    /// As printed.
    pub table: PrintedTable,
}

/// Content as it is stored, with its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frozen {
    /// JSON.
    pub text: String,
    /// SHA-256 of the JSON, hex.
    pub sha256: String,
}

impl ContentTable {
    /// Whether a product prints it.
    #[must_use]
    pub fn is_of(&self, product: Product) -> bool {
        self.products.iter().any(|word| word == product.code())
    }

    /// The label of a row; its key where the table did not have it when it was frozen.
    #[must_use]
    pub fn row_label(&self, key: &str) -> PrintedNote {
        let printed = self.table.rows.iter().find(|row| row.key == key);
        let label = printed.and_then(|row| row.cells.first());
        label.map_or_else(
            || PrintedNote { zh: key.to_owned(), en: key.to_owned() },
            |cell| PrintedNote { zh: cell.text.clone(), en: cell.text_en.clone() },
        )
    }
}

impl BulletinContent {
    /// The content as it is stored.
    pub fn freeze(&self) -> Result<Frozen, Refusal> {
        let text = serde_json::to_string(self).map_err(|error| StoreError::Damaged(error.to_string()))?;
        let sha256 = hex::encode(Sha256::digest(text.as_bytes()));
        Ok(Frozen { text, sha256 })
    }

    /// Hash of what readers would notice: all but the notes that name the log position, which moves with every entry.
    pub fn fingerprint(&self, as_of: i64) -> Result<String, Refusal> {
        let mut content = self.clone();
        for table in &mut content.tables {
            table.table.notes.retain(|note| !is_position_note(note, as_of));
        }
        Ok(content.freeze()?.sha256)
    }

    /// Reads stored content.
    pub fn thaw(text: &str) -> Result<Self, Refusal> {
        serde_json::from_str(text).map_err(|error| StoreError::Damaged(format!("bulletin: {error}")).into())
    }
}

/// Makes all tables of a period at a log position: a pure function of position, period, region data and method.
pub async fn make_content(
    figures: &Figures<'_>,
    tx: &mut Tx,
    period: Period,
    growth_base: GrowthBase,
    as_of: i64,
) -> Result<BulletinContent, Refusal> {
    let region = figures.region().clone();
    let settings = region.region.bulletin();
    let mut tables = Vec::new();
    let mut sentences = Vec::new();
    for table in &settings.tables {
        if table.key == CITY_MONTHLY {
            let order = order_of(&table.order);
            let (_, printed, said) =
                make_city_monthly_in(figures, tx, period, growth_base, order, Some(as_of), None).await?;
            sentences = said;
            tables.push(ContentTable {
                key: table.key.clone(),
                products: table.products.clone(),
                direction: Direction::Registered,
                by: Dimension::City,
                only: None,
                table: printed,
            });
        } else {
            for direction in &table.directions {
                tables.push(plain_table(figures, tx, table, direction, period, growth_base, as_of).await?);
            }
        }
    }
    let fill = |pattern: &str, name: &str, period: &str| {
        pattern.replace("{region}", name).replace("{period}", period)
    };
    Ok(BulletinContent {
        title: fill(&settings.title, region.region.name(), &period.title()),
        title_en: fill(&settings.title_en, region.region.name_en(), &period.title_en()),
        period: period.to_string(),
        sentences,
        tables,
        footers: settings
            .footers
            .iter()
            .map(|(zh, en)| PrintedNote { zh: zh.clone(), en: en.clone() })
            .collect(),
    })
}

async fn plain_table(
    figures: &Figures<'_>,
    tx: &mut Tx,
    table: &BulletinTable,
    direction: &str,
    period: Period,
    growth_base: GrowthBase,
    as_of: i64,
) -> Result<ContentTable, Refusal> {
    let unknown = |what: &str| {
        Refusal::invalid("bulletin.table", format!("通报表设置有误：{what}"), format!("unknown {what}"))
    };
    let direction = Direction::from_code(direction).ok_or_else(|| unknown(direction))?;
    let by = Dimension::from_code(&table.by).ok_or_else(|| unknown(&table.by))?;
    let months = period.cumulative();
    let only =
        if table.key == UNIVERSITY { Some(universities(figures, direction, months, as_of)?) } else { None };
    let ask = TableAsk {
        compare: Some(growth_base),
        as_of: Some(as_of),
        order: order_of(&table.order),
        only: only.clone(),
        ..TableAsk::new(direction, by, months)
    };
    let mut printed = make_table_in(figures, tx, &ask).await?.printed;
    printed.title = format!("{}（{}，{}）", table.title, months.title(), direction.label());
    printed.title_en = format!("{} ({}, {})", table.title_en, months.title_en(), direction.code());
    Ok(ContentTable {
        key: format!("{}-{}", table.key, direction.code()),
        products: table.products.clone(),
        direction,
        by,
        only,
        table: printed,
    })
}

/// Keys of the organisations that sold, or bought, as universities in the period or the year before.
fn universities(
    figures: &Figures<'_>,
    direction: Direction,
    months: Period,
    as_of: i64,
) -> Result<Vec<u32>, Refusal> {
    let kind = figures
        .region()
        .region
        .codes("party_kind")
        .and_then(|list| list.roots().find(|code| code.name == UNIVERSITY_KIND))
        .and_then(|code| code.number)
        .map_or(0, u32::from);
    let side = if direction == Direction::Absorbed { Dimension::BuyerKind } else { Dimension::SellerKind };
    let mut keys = std::collections::BTreeSet::new();
    for period in [months, months.previous_year()] {
        let mut query = CrossQuery::new(&[side, Dimension::Organisation], direction, period);
        query.as_of = Some(as_of);
        let cross = cross_table(figures.columns(), &query).map_err(|problem| refused(problem.into()))?;
        let found = cross.groups().into_iter().filter(|group| group.keys[0] == kind && group.keys[1] != 0);
        keys.extend(found.map(|group| group.keys[1]));
    }
    Ok(keys.into_iter().collect())
}

fn order_of(word: &str) -> RowOrder {
    match word {
        "amount" => RowOrder::Amount,
        "growth" => RowOrder::Growth,
        _ => RowOrder::List,
    }
}
