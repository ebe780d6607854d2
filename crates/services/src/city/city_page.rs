//! The page of one city or county: figures, gap to the target, what may still come, what is disputed.

use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::bulletin::{BulletinStatus, Dimension, Direction, GrowthBase, PrintedTable};
use xiaoxiang_domain::money::Fen;
use xiaoxiang_domain::period::{Month, Period};
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_domain::target::AnnualTargets;
use xiaoxiang_statistics::completion::{Completion, CompletionRequest, completion};
use xiaoxiang_statistics::cross_table::Cell;
use xiaoxiang_statistics::lapsed::{Lapsed, lapsed};
use xiaoxiang_statistics::table::{Growth, RowKey};
use xiaoxiang_store::attribution::ObjectionRow;

use super::place::{CityPlace, find_place};
use super::unmatched::{UnmatchedBuyer, unmatched_buyers};
use crate::actor::Actor;
use crate::app::App;
use crate::attribution::open_in_division;
use crate::bulletin::{
    CellCorrection, Figures, TableAsk, list_bulletins, list_pending_changes, make_table, table_refused,
    tabulate_ask, usual_period,
};
use crate::refusal::Refusal;
use crate::target::{day_of_reading, list_targets};

/// Directions of the page.
pub const DIRECTIONS: [Direction; 3] = [Direction::Registered, Direction::Output, Direction::Absorbed];
/// Months of the trend.
const TREND_MONTHS: i32 = 24;
/// Bulletins of a year that are looked through for changes.
const BULLETINS_CHECKED_MAX: usize = 24;

/// Everything that the page shows.
#[derive(Clone, Debug)]
pub struct CityPage {
    /// The place.
    pub place: CityPlace,
    /// The month.
    pub month: Month,
    /// January up to the month.
    pub months: Period,
    /// Figures of each direction: the month, then since January.
    pub figures: Vec<PlaceFigure>,
    /// Target of registered contracts, where one is set.
    pub target: Option<TargetGap>,
    /// 时间进度, per cent with two decimals.
    pub elapsed_percent: String,
    /// Contract value by month, one table a direction.
    pub trend: Vec<PrintedTable>,
    /// The counties of a city, registered contracts since January.
    pub counties: Option<PrintedTable>,
    /// What may be expected.
    pub expected: ExpectedContracts,
    /// Buyers that are not settled.
    pub unmatched: Vec<UnmatchedBuyer>,
    /// Published figures of this place that changed since, bulletin by bulletin, the latest first. Bulletins have no
    /// rows of counties.
    pub corrections: Vec<CityCorrections>,
    /// Objections that wait for a decision.
    pub objections: Vec<ObjectionRow>,
}

/// One direction over one stretch of months.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlaceFigure {
    /// Which side counts.
    pub direction: Direction,
    /// The month, or January up to it.
    pub months: Period,
    /// Sums.
    pub cell: Cell,
    /// Growth over the same months of the year before.
    pub growth: Growth,
    /// Place by contract value.
    pub rank: Option<u32>,
    /// Among how many.
    pub of: usize,
}

/// How far the target is away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetGap {
    /// Target, completion, rank, gap.
    pub completion: Completion,
    /// Mean value of the contracts registered since January; none without contracts.
    pub average: Option<Fen>,
    /// Contracts of the mean value that fill the gap, rounded up; none without a mean or a gap.
    pub contracts_missing: Option<i128>,
    /// Full months left in the year.
    pub months_left: i8,
}

/// Partners of last year who have not registered again (上年合作未续签).
#[derive(Clone, Debug, Default)]
pub struct ExpectedContracts {
    /// Those whose month has come again: overdue.
    pub due: Vec<Lapsed>,
    /// Those whose month is still to come this year.
    pub coming: Vec<Lapsed>,
}

impl ExpectedContracts {
    /// Last year's contract value of a list, in fen.
    #[must_use]
    pub fn value(list: &[Lapsed]) -> i128 {
        list.iter().map(|one| one.contract_value).sum()
    }

    /// Last year's number of contracts of a list.
    #[must_use]
    pub fn count(list: &[Lapsed]) -> i64 {
        list.iter().map(|one| one.count).sum()
    }
}

/// Published figures of a place that are no longer what was published.
#[derive(Clone, Debug)]
pub struct CityCorrections {
    /// The bulletin.
    pub bulletin_id: String,
    /// Its months.
    pub period: Period,
    /// The cells of the place.
    pub cells: Vec<CellCorrection>,
}

/// The page of a city or county within what the reader may see.
pub async fn city_page(
    app: &App,
    actor: &Actor,
    code: DivisionCode,
    month: Option<Month>,
) -> Result<CityPage, Refusal> {
    actor.permit_in(Action::ReadCities, code)?;
    let region = app.region().await?;
    let place = find_place(&region.region, code)?;
    let month = match month {
        Some(month) => month,
        None => usual_period(app).await?.last(),
    };
    let single =
        Period::month(month).map_err(|_| Refusal::NotFound(format!("{}-{:02}", month.year, month.month)))?;
    let months = single.cumulative();
    let corrections = corrections_of(app, &place).await?;
    let trend = trend_of(app, &place, month).await?;
    let counties = match place.city {
        None => Some(counties_of(app, &place, months).await?),
        Some(_) => None,
    };
    let figures = app.figures().await?;
    let mut tx = app.db.read().await?;
    let mut shown = Vec::new();
    for direction in DIRECTIONS {
        for stretch in if single == months { vec![months] } else { vec![single, months] } {
            shown.push(figure_of(&figures, &mut tx, &place, direction, stretch).await?);
        }
    }
    let on = day_of_reading(app.clock.today_in(&region.time_zone), month.year);
    let targets = AnnualTargets::new(list_targets(&mut tx, month.year, i64::MAX).await?);
    let request = CompletionRequest {
        direction: Direction::Registered,
        rows: place.rows(),
        within: None,
        through: month,
        on,
        as_of: None,
    };
    let made = completion(figures.columns(), figures.lists(), &targets, &request).map_err(table_refused)?;
    let completion =
        made.rows.iter().find(|row| row.division == Some(code.0)).filter(|row| row.target.is_some());
    let registered = shown.iter().find(|it| it.direction == Direction::Registered && it.months == months);
    let target =
        completion.zip(registered).map(|(completion, figure)| gap_of(completion, &figure.cell, month));
    let lapsed =
        lapsed(figures.columns(), code.0, month.year).map_err(|problem| table_refused(problem.into()))?;
    let (due, coming) = lapsed.into_iter().partition(|one| one.is_due(month));
    Ok(CityPage {
        unmatched: unmatched_buyers(&figures, &mut tx, &place, months).await?,
        objections: open_in_division(&mut tx, code).await?,
        elapsed_percent: made.elapsed.percent(),
        place,
        month,
        months,
        figures: shown,
        target,
        trend,
        counties,
        expected: ExpectedContracts { due, coming },
        corrections,
    })
}

async fn figure_of(
    figures: &Figures<'_>,
    tx: &mut xiaoxiang_store::Tx,
    place: &CityPlace,
    direction: Direction,
    months: Period,
) -> Result<PlaceFigure, Refusal> {
    let ask =
        TableAsk { compare: Some(GrowthBase::AsKnown), ..TableAsk::new(direction, place.rows(), months) };
    let table = tabulate_ask(figures, tx, &ask).await?;
    let row = table.rows.iter().find(|row| row.key == RowKey::Key(place.code.0));
    Ok(PlaceFigure {
        direction,
        months,
        cell: row.map_or_else(Cell::default, |row| row.cell),
        growth: row.map_or_else(Growth::default, |row| row.growth),
        rank: row.and_then(|row| row.rank),
        of: table.rows.len(),
    })
}

fn gap_of(completion: &Completion, registered: &Cell, month: Month) -> TargetGap {
    let average = (registered.count > 0).then(|| {
        Fen(i64::try_from(registered.contract_value / i128::from(registered.count)).unwrap_or(i64::MAX))
    });
    let gap = completion.gap.filter(|gap| *gap > 0);
    let mean = average.map(|fen| i128::from(fen.0)).filter(|fen| *fen > 0);
    TargetGap {
        completion: completion.clone(),
        average,
        contracts_missing: gap.zip(mean).map(|(gap, mean)| (gap + mean - 1) / mean),
        months_left: 12 - month.month,
    }
}

/// What each of the months left must bring, rounded up to the fen; none where nothing is missing or no month is left.
#[must_use]
pub fn gap_per_month(target: &TargetGap) -> Option<i128> {
    let gap = target.completion.gap.filter(|gap| *gap > 0)?;
    let months = i128::from(target.months_left);
    (months > 0).then(|| (gap + months - 1) / months)
}

async fn trend_of(app: &App, place: &CityPlace, last: Month) -> Result<Vec<PrintedTable>, Refusal> {
    let first = Month::from_index(last.index() - TREND_MONTHS + 1);
    let months = Period::between(first, last).or_else(|_| Period::month(last));
    let months = months.map_err(|problem| table_refused_period(&problem))?;
    let mut tables = Vec::new();
    for direction in DIRECTIONS {
        let ask = TableAsk { within: Some(place.code), ..TableAsk::new(direction, Dimension::Month, months) };
        tables.push(make_table(app, &ask).await?.printed);
    }
    Ok(tables)
}

fn table_refused_period(problem: &xiaoxiang_domain::period::PeriodProblem) -> Refusal {
    Refusal::invalid(
        "city.month",
        "月份超出范围。请重新选择。",
        format!("the month is out of range: {problem}"),
    )
}

async fn counties_of(app: &App, place: &CityPlace, months: Period) -> Result<PrintedTable, Refusal> {
    let ask = TableAsk {
        compare: Some(GrowthBase::AsKnown),
        within: Some(place.code),
        ..TableAsk::new(Direction::Registered, Dimension::County, months)
    };
    Ok(make_table(app, &ask).await?.printed)
}

/// Pending changes in the row of the place, in every bulletin of the year of the latest one.
async fn corrections_of(app: &App, place: &CityPlace) -> Result<Vec<CityCorrections>, Refusal> {
    if place.city.is_some() {
        return Ok(Vec::new());
    }
    let mut signed = list_bulletins(app).await?;
    signed.retain(|summary| summary.status != BulletinStatus::Draft);
    signed.sort_by_key(|summary| std::cmp::Reverse((summary.period.last(), summary.row.as_of)));
    let year = signed.first().map(|latest| latest.period.last().year);
    signed.retain(|summary| Some(summary.period.last().year) == year);
    let row = place.code.to_string();
    let mut found = Vec::new();
    for summary in signed.into_iter().take(BULLETINS_CHECKED_MAX) {
        let mut cells = list_pending_changes(app, &summary.row.bulletin_id).await?;
        cells.retain(|cell| cell.row == row);
        if !cells.is_empty() {
            found.push(CityCorrections {
                bulletin_id: summary.row.bulletin_id.clone(),
                period: summary.period,
                cells,
            });
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completion(target: i64, completed: i128) -> Completion {
        Completion {
            division: Some(430_100),
            target: Some(Fen(target)),
            completed,
            percent: None,
            rank: None,
            gap: Some(i128::from(target) - completed),
        }
    }

    #[test]
    fn the_gap_is_told_in_contracts_and_months_rounded_up() {
        let cell = Cell { count: 3, contract_value: 301, technology_value: 0 };
        let october = Month { year: 2026, month: 10 };
        let gap = gap_of(&completion(1_000, 301), &cell, october);
        assert_eq!((gap.average, gap.contracts_missing, gap.months_left), (Some(Fen(100)), Some(7), 2));
        assert_eq!(gap_per_month(&gap), Some(350));
        let passed = gap_of(&completion(300, 301), &cell, october);
        assert_eq!((passed.contracts_missing, gap_per_month(&passed)), (None, None));
        let december = gap_of(&completion(1_000, 0), &Cell::default(), Month { year: 2026, month: 12 });
        assert_eq!(
            (december.average, december.contracts_missing, gap_per_month(&december)),
            (None, None, None)
        );
    }
}
