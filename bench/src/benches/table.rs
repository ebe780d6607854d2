//! Any bulletin from warm columns: every dimension and direction beside last year, cross-tables, the monthly table.

use std::time::{Duration, Instant};

use anyhow::Result;
use jiff::civil::date;
use xiaoxiang_domain::bulletin::{Dimension, Direction, GrowthBase};
use xiaoxiang_domain::period::{Month, Period};
use xiaoxiang_services::App;
use xiaoxiang_services::bulletin::{TableAsk, make_city_monthly, make_flows, make_table, tabulate_ask};
use xiaoxiang_statistics::table::RowOrder;

use super::load;
use crate::figure::{Figure, Unit, micros};
use crate::place::{self, Backend, Setting};
use crate::report::{Line, Report, say};

const RUNS: usize = 21;
const TABLE_MICROS_MAX: i128 = 5_000;
/// The last month that is over.
const MONTH: Month = Month { year: 2026, month: 10 };

pub async fn run(setting: &Setting, report: &mut Report) -> Result<()> {
    let rows = setting.rows(load::ROWS);
    let app = place::open(&load::filled(setting, Backend::Sqlite, rows).await?).await?;
    app.figures().await?;
    let year_to_date = Period::between(Month { year: MONTH.year, month: 1 }, MONTH)?;
    let mut figures_worst = Worst::default();
    let mut pages_worst = Worst::default();
    let mut organisations = Worst::default();
    for ask in asks(year_to_date) {
        let name = name_of(&ask);
        let figures = app.figures().await?;
        let mut tx = app.db.read().await?;
        let mut times = Vec::new();
        for _ in 0..RUNS {
            let started = Instant::now();
            std::hint::black_box(tabulate_ask(&figures, &mut tx, &ask).await?);
            times.push(started.elapsed());
        }
        drop((figures, tx));
        let is_by_organisation = ask.by == Dimension::Organisation;
        let worst = if is_by_organisation { &mut organisations } else { &mut figures_worst };
        worst.take(&name, &times);
        if !is_by_organisation {
            pages_worst.take(&name, &timed(|| make_table(&app, &ask)).await?);
        }
    }
    let month = Period::month(MONTH)?;
    let city_monthly =
        timed(|| make_city_monthly(&app, month, GrowthBase::AsKnown, RowOrder::Amount, None)).await?;
    let flows = timed(|| make_flows(&app, year_to_date, None)).await?;
    let whole = timed(|| whole_organisations(&app, year_to_date)).await?;
    app.db.close().await;
    let line = |name: String, figure: Figure| Line::new(name, figure).target(TABLE_MICROS_MAX);
    report.add(line(format!("figures of a table, worst: {}", figures_worst.name), figures_worst.figure()));
    report.add(line(
        format!("figures of a table by {BUYERS_TEXT}, worst: {}", organisations.name),
        organisations.figure(),
    ));
    report
        .add(line(format!("table with words and layout, worst: {}", pages_worst.name), pages_worst.figure()));
    report.add(line("city-monthly with words and layout".to_owned(), Figure::milliseconds(&city_monthly)));
    report.add(line("flows with words and layout".to_owned(), Figure::milliseconds(&flows)));
    report.add(Line::new(
        format!("table by {BUYERS_TEXT} with words and layout"),
        Figure::milliseconds(&whole),
    ));
    Ok(())
}

const BUYERS_TEXT: &str = "40000 organisations";

async fn whole_organisations(app: &App, period: Period) -> Result<(), xiaoxiang_services::Refusal> {
    let ask = TableAsk {
        compare: Some(GrowthBase::AsKnown),
        ..TableAsk::new(Direction::Absorbed, Dimension::Organisation, period)
    };
    make_table(app, &ask).await.map(|_| ())
}

/// Every dimension and direction beside last year, and the cross-tables that bulletins print.
fn asks(period: Period) -> Vec<TableAsk> {
    let mut asks = Vec::new();
    for by in Dimension::ALL {
        for direction in Direction::ALL {
            asks.push(TableAsk {
                compare: Some(GrowthBase::AsKnown),
                order: RowOrder::Growth,
                ..TableAsk::new(direction, by, period)
            });
        }
    }
    let ten_years = Period::between(Month::of(date(2016, 11, 1)), MONTH).expect("invariant: in order");
    for (by, and, period) in [
        (Dimension::City, Dimension::Type, period),
        (Dimension::City, Dimension::Field, period),
        (Dimension::County, Dimension::Type, period),
        (Dimension::Park, Dimension::Field, period),
        (Dimension::SellerKind, Dimension::BuyerKind, period),
        (Dimension::City, Dimension::Month, ten_years),
        (Dimension::Registrar, Dimension::Month, ten_years),
    ] {
        for direction in Direction::ALL {
            asks.push(TableAsk { and: Some(and), ..TableAsk::new(direction, by, period) });
        }
    }
    asks
}

fn name_of(ask: &TableAsk) -> String {
    let and = ask.and.map(|and| format!(" × {}", and.code())).unwrap_or_default();
    format!("{}{and}, {}", ask.by.code(), ask.direction.code())
}

async fn timed<T, E, F>(make: impl Fn() -> F) -> Result<Vec<Duration>>
where
    F: Future<Output = Result<T, E>>,
    anyhow::Error: From<E>,
{
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let started = Instant::now();
        std::hint::black_box(make().await?);
        times.push(started.elapsed());
    }
    Ok(times)
}

/// The table with the largest median.
#[derive(Debug, Default)]
struct Worst {
    name: String,
    times: Vec<Duration>,
    median: i128,
}

impl Worst {
    fn take(&mut self, name: &str, times: &[Duration]) {
        let median = Figure::milliseconds(times).median;
        if std::env::var_os("XIAOXIANG_BENCH_ALL").is_some() {
            say(&format!("      {name}: {}", Unit::Milliseconds.text(median)));
        }
        if median > self.median {
            *self = Self { name: name.to_owned(), times: times.to_vec(), median };
        }
    }

    fn figure(&self) -> Figure {
        Figure::of(Unit::Milliseconds, self.times.iter().map(|time| micros(*time)).collect())
    }
}
