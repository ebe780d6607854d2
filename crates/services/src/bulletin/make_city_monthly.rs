//! Makes the table of the mission: 登记 | 输出 | 吸纳 by city, month and cumulative, with targets.

use jiff::civil::Date;
use xiaoxiang_domain::bulletin::{Dimension, Direction, GrowthBase, PrintedNote, PrintedTable};
use xiaoxiang_domain::period::{Month, Period};
use xiaoxiang_domain::target::AnnualTargets;
use xiaoxiang_statistics::city_monthly::{
    CityMonthly, CityMonthlyRequest, DIRECTIONS, PublishedBases, Scope, city_monthly,
};
use xiaoxiang_statistics::layout::{lay_out_city_monthly, sentence};
use xiaoxiang_statistics::table::{RowKey, RowOrder};
use xiaoxiang_store::{StoreError, Tx};

use super::make_table::{TableAsk, note_context, published_position, refused, tabulate_ask};
use super::read_model::Figures;
use super::words::labels;
use crate::app::App;
use crate::refusal::Refusal;
use crate::target::list_targets;

/// The direction that annual targets mean: 省科技厅 sets them for registered contracts (`reference` 2019, 2020).
const TARGET_DIRECTION: Direction = Direction::Registered;

/// Makes the table and the sentences of its directions.
pub async fn make_city_monthly(
    app: &App,
    period: Period,
    growth_base: GrowthBase,
    order: RowOrder,
    as_of: Option<i64>,
) -> Result<(CityMonthly, PrintedTable, Vec<PrintedNote>), Refusal> {
    let figures = app.figures().await?;
    let mut tx = app.db.read().await?;
    make_city_monthly_in(&figures, &mut tx, period, growth_base, order, as_of, None).await
}

/// The months with which the table begins: January to the last whole month with registered contracts, looked for in
/// this year and the last.
pub async fn latest_months(app: &App) -> Result<Period, Refusal> {
    let today = app.today().await?;
    let last_full = Month::from_index(Month::of(today).index() - 1);
    let first = Month::from_index(last_full.index() - 23);
    let months =
        Period::between(first, last_full).map_err(|problem| StoreError::Damaged(problem.to_string()))?;
    let ask = TableAsk::new(Direction::Registered, Dimension::Month, months);
    let figures = app.figures().await?;
    let mut tx = app.db.read().await?;
    let table = tabulate_ask(&figures, &mut tx, &ask).await?;
    let counted = table.rows.iter().filter(|row| row.cell.count > 0).filter_map(|row| match row.key {
        RowKey::Key(key) => Some(key),
        _ => None,
    });
    // A month's key is 202610.
    let latest = counted.max().and_then(|key| {
        let (year, month) = (i16::try_from(key / 100).ok()?, i8::try_from(key % 100).ok()?);
        Some(Month { year, month })
    });
    let month = Period::month(latest.unwrap_or(last_full));
    Ok(month.map_err(|problem| StoreError::Damaged(problem.to_string()))?.cumulative())
}

/// The period that the next draft is likely to have: the last whole month with registered contracts.
pub async fn usual_draft_period(app: &App) -> Result<Period, Refusal> {
    let last = latest_months(app).await?.last();
    Ok(Period::month(last).map_err(|problem| StoreError::Damaged(problem.to_string()))?)
}

pub(super) async fn make_city_monthly_in(
    figures: &Figures<'_>,
    tx: &mut Tx,
    period: Period,
    growth_base: GrowthBase,
    order: RowOrder,
    as_of: Option<i64>,
    on: Option<Date>,
) -> Result<(CityMonthly, PrintedTable, Vec<PrintedNote>), Refusal> {
    let position = as_of.unwrap_or(figures.position());
    let request = CityMonthlyRequest {
        period,
        growth_base,
        order,
        target_direction: TARGET_DIRECTION,
        on: on.unwrap_or(period.last_day()),
        as_of: Some(position),
    };
    let targets = AnnualTargets::new(list_targets(tx, period.last().year, position).await?);
    let published = published_bases(figures, tx, period, growth_base).await?;
    let made =
        city_monthly(figures.columns(), figures.lists(), &targets, &request, &published).map_err(refused)?;
    let words = labels(tx, &figures.region().region, &[], period.last_day()).await?;
    let context = note_context(tx, position, period.cumulative()).await?;
    let printed = lay_out_city_monthly(&made, &words, &context);
    let leading = made.cumulative.as_ref().unwrap_or(&made.period);
    let sentences = leading.iter().map(|table| sentence(table, &words)).collect();
    Ok((made, printed, sentences))
}

async fn published_bases(
    figures: &Figures<'_>,
    tx: &mut Tx,
    period: Period,
    growth_base: GrowthBase,
) -> Result<PublishedBases, Refusal> {
    let mut bases = PublishedBases::new();
    if growth_base == GrowthBase::AsKnown {
        return Ok(bases);
    }
    // The bulletin of a month publishes the cumulative figures with it, at the same position.
    let before = period.previous_year();
    let as_of = published_position(tx, before).await?.ok_or_else(|| {
        Refusal::invalid(
            "bulletin.no_published_base",
            format!("{} 没有已签发的通报，不能用公布基数。请改用现行基数。", before.title()),
            format!("no bulletin was signed for {before}; compare with the figures as now known"),
        )
    })?;
    for direction in DIRECTIONS {
        for (scope, months) in [(Scope::Period, before), (Scope::Cumulative, before.cumulative())] {
            let ask = TableAsk { as_of: Some(as_of), ..TableAsk::new(direction, Dimension::City, months) };
            let table = tabulate_ask(figures, tx, &ask).await?;
            bases.insert((direction, scope), table.as_published_base());
        }
    }
    Ok(bases)
}
