//! Makes one table as it is asked for on the command line, on a page, or for a bulletin.

use std::collections::BTreeSet;

use xiaoxiang_domain::bulletin::{Dimension, Direction, GrowthBase, PrintedNote, PrintedTable};
use xiaoxiang_domain::period::{Month, Period};
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_statistics::json::BulletinJson;
use xiaoxiang_statistics::layout::{NoteContext, lay_out, sentence};
use xiaoxiang_statistics::table::{
    Comparison, PublishedBase, RowOrder, Table, TableProblem, TableRequest, tabulate,
};
use xiaoxiang_store::Tx;

use super::content::BULLETIN_KIND;
use super::read_model::Figures;
use super::words::labels;
use crate::app::App;
use crate::refusal::Refusal;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableAsk {
    /// Which side is counted.
    pub direction: Direction,
    /// Rows.
    pub by: Dimension,
    /// Columns of a cross-table.
    pub and: Option<Dimension>,
    /// Division to which the direction is relative; the region where absent.
    pub within: Option<DivisionCode>,
    /// Months counted.
    pub period: Period,
    /// Compared with last year's same months, on the named base.
    pub compare: Option<GrowthBase>,
    /// Log position; the newest where absent.
    pub as_of: Option<i64>,
    /// Order of the rows.
    pub order: RowOrder,
    /// The only keys that get a row.
    pub only: Option<Vec<u32>>,
}

impl TableAsk {
    /// A plain table of the whole region.
    #[must_use]
    pub fn new(direction: Direction, by: Dimension, period: Period) -> Self {
        Self {
            direction,
            by,
            and: None,
            within: None,
            period,
            compare: None,
            as_of: None,
            order: RowOrder::List,
            only: None,
        }
    }

    pub(super) fn request(&self) -> TableRequest {
        TableRequest {
            direction: self.direction,
            within: self.within.map(|code| code.0),
            period: self.period,
            rows: self.by,
            columns: self.and,
            compare: self.compare.map_or(Comparison::None, Comparison::PreviousYear),
            as_of: self.as_of,
            order: self.order,
            only: self.only.clone(),
        }
    }
}

/// A finished table in all its forms.
#[derive(Clone, Debug)]
pub struct MadeTable {
    /// The figures.
    pub table: Table,
    /// As it is printed.
    pub printed: PrintedTable,
    /// As the API gives it.
    pub json: BulletinJson,
    /// One sentence of the totals.
    pub sentence: PrintedNote,
}

/// Makes the table from the figures as of the newest commit, or as of the position asked for.
pub async fn make_table(app: &App, ask: &TableAsk) -> Result<MadeTable, Refusal> {
    let figures = app.figures().await?;
    let mut tx = app.db.read().await?;
    make_table_in(&figures, &mut tx, ask).await
}

pub(crate) async fn make_table_in(
    figures: &Figures<'_>,
    tx: &mut Tx,
    ask: &TableAsk,
) -> Result<MadeTable, Refusal> {
    let table = tabulate_ask(figures, tx, ask).await?;
    let region = &figures.region().region;
    let dimensions: Vec<Dimension> = [Some(ask.by), ask.and].into_iter().flatten().collect();
    let words = labels(tx, region, &dimensions, ask.period.last_day()).await?;
    let context = note_context(tx, ask.as_of.unwrap_or(figures.position()), ask.period).await?;
    Ok(MadeTable {
        printed: lay_out(&table, &words, &context),
        json: BulletinJson::new(&table, &words, &context, region.code().0),
        sentence: sentence(&table, &words),
        table,
    })
}

/// The figures of a table, without words.
pub async fn tabulate_ask(figures: &Figures<'_>, tx: &mut Tx, ask: &TableAsk) -> Result<Table, Refusal> {
    check(figures, ask)?;
    let published = match ask.compare {
        Some(GrowthBase::AsPublished) => Some(published_base(figures, tx, ask).await?),
        _ => None,
    };
    tabulate(figures.columns(), figures.lists(), &ask.request(), published.as_ref()).map_err(refused)
}

fn check(figures: &Figures<'_>, ask: &TableAsk) -> Result<(), Refusal> {
    if let Some(within) = ask.within
        && !figures.columns().geography().knows(within.0)
    {
        return Err(Refusal::invalid(
            "bulletin.within",
            format!("{within} 不是本区域现行的行政区划。请填写本区域内的六位代码。"),
            format!("{within} is not a current division of this region; write a six-digit code inside it"),
        ));
    }
    if let Some(as_of) = ask.as_of
        && (as_of < 0 || as_of > figures.position())
    {
        let newest = figures.position();
        return Err(Refusal::invalid(
            "bulletin.as_of",
            format!("日志位置应在 0 到 {newest} 之间。"),
            format!("the log position must lie between 0 and {newest}"),
        ));
    }
    Ok(())
}

/// Last year's figures as they were published: at the log position of the bulletin that published them, or of the
/// year's closing.
pub(super) async fn published_base(
    figures: &Figures<'_>,
    tx: &mut Tx,
    ask: &TableAsk,
) -> Result<PublishedBase, Refusal> {
    let before = ask.period.previous_year();
    let as_of = published_position(tx, before).await?.ok_or_else(|| {
        Refusal::invalid(
            "bulletin.no_published_base",
            format!("{} 没有已签发的通报，不能用公布基数。请改用现行基数。", before.title()),
            format!("no bulletin was signed for {before}; compare with the figures as now known"),
        )
    })?;
    let earlier = TableAsk { period: before, compare: None, as_of: Some(as_of), ..ask.clone() };
    let table = tabulate(figures.columns(), figures.lists(), &earlier.request(), None).map_err(refused)?;
    Ok(table.as_published_base())
}

/// The log position at which a period's figures were published.
pub(super) async fn published_position(tx: &mut Tx, period: Period) -> Result<Option<i64>, Refusal> {
    let published = xiaoxiang_store::bulletin::find_published(tx, BULLETIN_KIND, &period.to_string()).await?;
    if let Some(bulletin) = published {
        return Ok(Some(bulletin.as_of));
    }
    let is_whole_year = period.first().month == 1 && period.last().month == 12;
    let closed = xiaoxiang_store::bulletin::list_closed_years(tx).await?;
    let year = i64::from(period.first().year);
    Ok(closed.into_iter().find(|(closed, ..)| is_whole_year && *closed == year).map(|(_, as_of, ..)| as_of))
}

/// Until which day exchange data are in without a gap, seen from the period's first month: a missing month is never
/// passed over, whatever came after it.
pub(super) async fn note_context(tx: &mut Tx, as_of: i64, period: Period) -> Result<NoteContext, Refusal> {
    let delivered: BTreeSet<Month> = xiaoxiang_store::import::list_exchange_months(tx, as_of)
        .await?
        .into_iter()
        .filter_map(|(month,)| month.parse::<Period>().ok())
        .map(Period::first)
        .collect();
    let mut next = period.first();
    while delivered.contains(&next) {
        next = Month::from_index(next.index() + 1);
    }
    let last = if next == period.first() {
        delivered.range(..next).next_back().copied()
    } else {
        Some(Month::from_index(next.index() - 1))
    };
    Ok(NoteContext { exchange_until: last.map(Month::last_day) })
}

pub(crate) fn refused(problem: TableProblem) -> Refusal {
    Refusal::invalid(
        "bulletin.request",
        format!("不能制表：{problem}。请调整维度或期间。"),
        format!("the table cannot be made: {problem}; change dimensions or period"),
    )
}
