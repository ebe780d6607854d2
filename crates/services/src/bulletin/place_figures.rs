//! The figures of the public home and of a city's page: all tables of a place as of the latest bulletin, and the
//! counties of a city as they stand.

use std::sync::Arc;

use xiaoxiang_domain::bulletin::{Dimension, Direction, GrowthBase, PrintedTable};
use xiaoxiang_domain::period::{Month, Period};
use xiaoxiang_domain::ratio::Ratio;
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_statistics::cross_table::Cell;

use super::list_bulletins::{BulletinDetail, latest_bulletin};
use super::make_flows::make_flows;
use super::make_table::{MadeTable, TableAsk, make_table};
use crate::app::App;
use crate::follow::Followed;
use crate::open_data::make_public_table;
use crate::refusal::Refusal;

/// Months of the trend.
const TREND_MONTHS: i32 = 24;

/// What a bulletin's figures depend on besides the bulletin: names and outlines of the region data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FrozenMark {
    bulletin_id: String,
    region_version_id: i64,
}

/// The latest bulletin, and what figures made at its position depend on.
#[derive(Debug)]
pub(crate) struct Latest {
    detail: Arc<BulletinDetail>,
    mark: FrozenMark,
}

/// The figures of the region or of one city.
#[derive(Clone, Debug)]
pub struct PlaceFigures {
    /// One a direction, in the order of [`Direction::ALL`].
    pub sides: Vec<PlaceSide>,
    /// By contract type, registered contracts.
    pub types: PrintedTable,
    /// By technical field, registered contracts.
    pub fields: PrintedTable,
    /// Flows between the cities; only of the whole region.
    pub flows: Option<PrintedTable>,
}

/// The figures of one direction.
#[derive(Clone, Debug)]
pub struct PlaceSide {
    /// Which side of the contracts is counted.
    pub direction: Direction,
    /// Sums of the bulletin's months.
    pub total: Cell,
    /// Growth of the contract value over the year before; none without a base.
    pub growth: Option<Ratio>,
    /// By city with the year before; only of the whole region.
    pub cities: Option<PrintedTable>,
    /// The last 24 months.
    pub trend: PrintedTable,
}

/// A place's figures with the bulletin whose months and position they share.
#[derive(Clone, Debug)]
pub struct PlaceAnswer {
    /// The bulletin signed last.
    pub bulletin: Arc<BulletinDetail>,
    /// The figures.
    pub figures: Arc<PlaceFigures>,
}

/// The figures of the region, or of one of its cities; nothing before the first bulletin is signed.
///
/// They are frozen with the bulletin, so they are made once and kept until another one is signed.
pub async fn read_place_figures(
    app: &App,
    city: Option<DivisionCode>,
) -> Result<Option<PlaceAnswer>, Refusal> {
    if let Some(city) = city
        && !app.region().await?.region.cities().contains(&city)
    {
        return Err(Refusal::NotFound(city.to_string()));
    }
    let Some(latest) = latest(app).await? else { return Ok(None) };
    let make = async || make_figures(app, &latest.detail, city).await;
    let figures = app.place_figures.find_or_make(latest.mark.clone(), city, make).await?;
    Ok(Some(PlaceAnswer { bulletin: latest.detail.clone(), figures }))
}

/// The counties of a city with small cells hidden, or nothing where the region data do not say what is small.
///
/// They are present figures, not the bulletin's: of several moments single contracts could be computed.
pub async fn read_county_figures(
    app: &App,
    city: DivisionCode,
    direction: Direction,
    months: Period,
) -> Result<Arc<Option<PrintedTable>>, Refusal> {
    let mark = Followed::newest(app).await?;
    let ask = TableAsk { within: Some(city), ..TableAsk::new(direction, Dimension::County, months) };
    let make = async || {
        if app.region().await?.region.open_data().is_none() {
            return Ok(None);
        }
        Ok(Some(make_public_table(app, &ask).await?.printed))
    };
    app.county_figures.find_or_make(mark, (city, direction, months), make).await
}

async fn latest(app: &App) -> Result<Option<Arc<Latest>>, Refusal> {
    let mark = Followed::newest(app).await?;
    let make = async || {
        let Some(detail) = latest_bulletin(app).await? else { return Ok(None) };
        let region_version_id = app.region().await?.region_version_id;
        let mark = FrozenMark { bulletin_id: detail.summary.row.bulletin_id.clone(), region_version_id };
        Ok(Some(Arc::new(Latest { detail: Arc::new(detail), mark })))
    };
    Ok(Option::clone(&*app.latest_bulletin.find_or_make(mark, (), make).await?))
}

async fn make_figures(
    app: &App,
    detail: &BulletinDetail,
    city: Option<DivisionCode>,
) -> Result<PlaceFigures, Refusal> {
    let as_of = Some(detail.summary.row.as_of);
    let months = detail.summary.period.cumulative();
    let asked = |direction: Direction, by: Dimension, period: Period| TableAsk {
        as_of,
        within: city,
        ..TableAsk::new(direction, by, period)
    };
    let compared = |direction: Direction, by: Dimension| TableAsk {
        compare: GrowthBase::from_code(&detail.summary.row.growth_base),
        ..asked(direction, by, months)
    };
    let mut sides = Vec::new();
    for direction in Direction::ALL {
        let by_city = make_table(app, &compared(direction, Dimension::City)).await?;
        let trend = make_table(app, &asked(direction, Dimension::Month, trend_months(months.last()))).await?;
        let MadeTable { table, .. } = by_city;
        sides.push(PlaceSide {
            direction,
            total: table.total.cell,
            growth: table.total.growth.contract_value,
            cities: city.is_none().then_some(by_city.printed),
            trend: trend.printed,
        });
    }
    Ok(PlaceFigures {
        sides,
        types: make_table(app, &compared(Direction::Registered, Dimension::Type)).await?.printed,
        fields: make_table(app, &compared(Direction::Registered, Dimension::Field)).await?.printed,
        flows: match city {
            None => Some(make_flows(app, months, as_of).await?.cities),
            Some(_) => None,
        },
    })
}

fn trend_months(last: Month) -> Period {
    let first = Month::from_index(last.index() - TREND_MONTHS + 1);
    // Before the earliest year that periods know there is nothing to draw: the last month alone then.
    let months = Period::between(first, last).or_else(|_| Period::month(last));
    months.expect("invariant: the last month of a bulletin's period is a period")
}
