//! The published figures that a contract stands in (变更影响): cell by cell what it gave when they were signed, what an
//! officer last decided on, and what it gives now.

use xiaoxiang_domain::bulletin::{BulletinStatus, Dimension, Direction, PrintedNote};
use xiaoxiang_domain::fact::ContractFact;
use xiaoxiang_domain::period::Period;
use xiaoxiang_statistics::city_monthly::DIRECTIONS;
use xiaoxiang_statistics::columns::Columns;
use xiaoxiang_statistics::cross_table::Cell;
use xiaoxiang_statistics::layout::row_key_text;
use xiaoxiang_statistics::table::{Table, tabulate};
use xiaoxiang_store::StoreError;

use super::content::{CITY_MONTHLY, ContentTable};
use super::correct_bulletin::last_position;
use super::list_bulletins::{BulletinDetail, BulletinSummary, find_bulletin, list_bulletins};
use super::make_table::{TableAsk, refused};
use super::read_model::Figures;
use crate::actor::Actor;
use crate::app::App;
use crate::contract::visible_facts;
use crate::refusal::Refusal;

/// One published cell with the part of one contract in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedFigure {
    /// UUID of the bulletin.
    pub bulletin_id: String,
    /// 文号
    pub document_number: Option<String>,
    /// Title of the bulletin.
    pub title: String,
    /// Key of the table.
    pub table: String,
    /// Title of the table.
    pub table_title: PrintedNote,
    /// Which side is counted.
    pub direction: Direction,
    /// What the rows are.
    pub by: Dimension,
    /// Months of the figure.
    pub months: Period,
    /// Key of the row: a city, `outside`, a group or `total`.
    pub row: String,
    /// Label of the row.
    pub label: PrintedNote,
    /// The contract's part when the bulletin was signed.
    pub published: Cell,
    /// Its part when an officer last decided on a correction; as published where nobody did.
    pub decided: Cell,
    /// Its part now.
    pub now: Cell,
}

impl PublishedFigure {
    /// Whether an officer has to decide: the cell is on the list of corrections because of this contract.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.decided != self.now
    }

    /// Whether it was corrected, or folded into current figures, since it was signed.
    #[must_use]
    pub fn was_decided(&self) -> bool {
        self.published != self.decided
    }
}

/// Every cell of signed bulletins in which a contract stood, was decided to stand or stands now; the newest bulletin
/// first. Columns of an earlier year beside a table are figures of that year's bulletins and listed with these.
pub async fn list_published_figures(
    app: &App,
    actor: &Actor,
    registration_number: &str,
) -> Result<Vec<PublishedFigure>, Refusal> {
    let facts = visible_facts(app, actor, registration_number).await?;
    let summaries = list_bulletins(app).await?;
    let figures = app.figures().await?;
    let columns = columns_of(&figures, &facts)?;
    let mut found = Vec::new();
    for summary in summaries.iter().filter(|summary| may_hold(summary, &facts)) {
        let detail = find_bulletin(app, &summary.row.bulletin_id).await?;
        for (table, ask) in asks_of(&detail) {
            found.extend(figures_in(&figures, &columns, &detail, table, &ask)?);
        }
    }
    Ok(found)
}

/// The figures that a signed bulletin prints: the table, and what it asks for.
pub(super) fn asks_of(detail: &BulletinDetail) -> Vec<(&ContentTable, TableAsk)> {
    let period = detail.summary.period;
    let mut asks = Vec::new();
    for table in &detail.content.tables {
        if table.key == CITY_MONTHLY {
            let mut spans = vec![period];
            if period.cumulative() != period {
                spans.push(period.cumulative());
            }
            for direction in DIRECTIONS {
                let of_span = |months: &_| TableAsk::new(direction, Dimension::City, *months);
                asks.extend(spans.iter().map(|months| (table, of_span(months))));
            }
        } else {
            let ask = TableAsk {
                only: table.only.clone(),
                ..TableAsk::new(table.direction, table.by, period.cumulative())
            };
            asks.push((table, ask));
        }
    }
    asks
}

/// The columns as if there were no other contract: the same rules, read in no time.
fn columns_of(figures: &Figures<'_>, facts: &[ContractFact]) -> Result<Columns, Refusal> {
    let mut columns = Columns::new(figures.columns().geography().clone());
    for fact in facts.iter().filter(|fact| fact.position <= figures.position()) {
        columns
            .apply(fact)
            .map_err(|problem| StoreError::Damaged(format!("contract fact {}: {problem}", fact.fact_id)))?;
    }
    columns.advance_to(figures.position());
    Ok(columns)
}

/// Whether some day on which the contract ever counted lies in a signed bulletin's months.
fn may_hold(summary: &BulletinSummary, facts: &[ContractFact]) -> bool {
    let months = summary.period.cumulative();
    summary.status != BulletinStatus::Draft && facts.iter().any(|fact| months.contains(fact.registered_on))
}

fn figures_in(
    figures: &Figures<'_>,
    columns: &Columns,
    detail: &BulletinDetail,
    table: &ContentTable,
    ask: &TableAsk,
) -> Result<Vec<PublishedFigure>, Refusal> {
    let at = |position: i64| {
        let ask = TableAsk { as_of: Some(position), ..ask.clone() };
        tabulate(columns, figures.lists(), &ask.request(), None).map_err(refused)
    };
    let row = &detail.summary.row;
    let tables = [at(row.as_of)?, at(last_position(detail))?, at(figures.position())?];
    let part = |table: &Table, key| {
        let row = table.all_rows().find(|row| row_key_text(&row.key) == key);
        row.map(|row| row.cell).unwrap_or_default()
    };
    let mut keys = Vec::new();
    for row in tables.iter().flat_map(Table::all_rows).filter(|row| !row.cell.is_empty()) {
        let key = row_key_text(&row.key);
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    let figure = |key: String| PublishedFigure {
        bulletin_id: row.bulletin_id.clone(),
        document_number: row.document_number.clone(),
        title: row.title.clone(),
        table: table.key.clone(),
        table_title: PrintedNote { zh: table.table.title.clone(), en: table.table.title_en.clone() },
        direction: ask.direction,
        by: ask.by,
        months: ask.period,
        published: part(&tables[0], key.clone()),
        decided: part(&tables[1], key.clone()),
        now: part(&tables[2], key.clone()),
        label: table.row_label(&key),
        row: key,
    };
    Ok(keys.into_iter().map(figure).collect())
}
