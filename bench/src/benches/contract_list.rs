//! The contract list and page over a million contracts: every kind of filter, three orders, text, deep pages.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use xiaoxiang_domain::fact::Standing;
use xiaoxiang_services::App;
use xiaoxiang_services::contract::{ContractsAsk, Personal, list_contracts, read_contract};
use xiaoxiang_statistics::listing::{ListFilter, ListOrder, ListReach, ListSide, PlaceFilter};

use super::load;
use crate::data::{NAME_END, WORDS};
use crate::figure::{Figure, Unit, micros, percentile};
use crate::place::{self, ACTOR, Backend, Setting};
use crate::report::{Line, Report};

const RUNS: usize = 200;
const PAGE_MICROS_MAX: i128 = 50_000;
const MEGABYTES_MAX: i128 = 300;
/// Pages leafed through before one is measured.
const DEEP_PAGES: usize = 40;
const BYTES_A_MEGABYTE: usize = 1_000_000;

pub async fn run(setting: &Setting, report: &mut Report) -> Result<()> {
    let rows = setting.rows(load::ROWS);
    for backend in Backend::BOTH {
        let app = place::open(&load::filled(setting, backend, rows).await?).await?;
        let name = backend.name();
        let started = Instant::now();
        let memory = {
            let listing = app.listing().await?;
            listing.contracts().memory_bytes() + listing.organisations().memory_bytes()
        };
        report.add(Line::new(
            format!("contract list built from {rows} contracts, {name}"),
            Figure::one(Unit::Seconds, micros(started.elapsed())),
        ));
        if backend == Backend::Sqlite {
            let megabytes = i128::try_from(memory / BYTES_A_MEGABYTE)?;
            let line = Line::new("contract list, memory", Figure::one(Unit::Megabytes, megabytes));
            report.add(line.target(MEGABYTES_MAX));
        }
        for (what, ask) in asks(rows) {
            let times = timed(&app, &ask).await?;
            report.add(p99(format!("contract list, {what}, p99, {name}"), &times));
        }
        for order in ListOrder::ALL {
            let ask = deep(&app, order).await?;
            let times = timed(&app, &ask).await?;
            report.add(p99(
                format!("contract list, page {DEEP_PAGES} by {}, p99, {name}", order.code()),
                &times,
            ));
        }
        let mut times = Vec::new();
        for number in 1..=RUNS {
            let started = Instant::now();
            read_contract(
                &app,
                &ACTOR,
                &format!("BENCH{}", number * 777 % usize::try_from(rows)?),
                Personal::Shown,
            )
            .await?;
            times.push(started.elapsed());
        }
        report.add(p99(format!("contract page, p99, {name}"), &times));
        app.db.close().await;
    }
    Ok(())
}

fn p99(name: String, times: &[Duration]) -> Line {
    let spread = Figure::milliseconds(times);
    let p99 = micros(percentile(times, 99));
    Line::new(name, Figure { median: p99, ..spread }).target(PAGE_MICROS_MAX)
}

async fn timed(app: &App, ask: &ContractsAsk) -> Result<Vec<Duration>> {
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let started = Instant::now();
        std::hint::black_box(list_contracts(app, &ACTOR, ask).await?);
        times.push(started.elapsed());
    }
    Ok(times)
}

async fn deep(app: &App, order: ListOrder) -> Result<ContractsAsk> {
    let mut ask = ContractsAsk { order, ..ContractsAsk::default() };
    for _ in 1..DEEP_PAGES {
        let page = list_contracts(app, &ACTOR, &ask).await?;
        ask.after = Some(page.next.context("there are more pages")?);
    }
    Ok(ask)
}

/// Every declared filter, alone and together.
fn asks(rows: i64) -> Vec<(&'static str, ContractsAsk)> {
    let all = ListFilter::default();
    let text = |text: &str| ListFilter { text: text.to_owned(), ..ListFilter::default() };
    let word: String = WORDS.chars().take(2).collect();
    let three: String = WORDS
        .chars()
        .skip(10)
        .take(2)
        .chain(WORDS.chars().skip(30).take(2))
        .chain(WORDS.chars().take(2))
        .collect();
    let place = |side| Some(PlaceFilter { division: 430_100, side });
    let by = |order, filter: &ListFilter| ContractsAsk { filter: filter.clone(), order, after: None };
    let newest = |filter: ListFilter| by(ListOrder::Newest, &filter);
    vec![
        ("all, newest", by(ListOrder::Newest, &all)),
        ("all, largest", by(ListOrder::Largest, &all)),
        ("all, by number", by(ListOrder::Number, &all)),
        ("withdrawn", newest(ListFilter { standing: Some(Standing::Withdrawn), ..all.clone() })),
        ("a month", newest(ListFilter { period: Some("2021-05".parse().expect("a month")), ..all.clone() })),
        ("a city, either side", newest(ListFilter { place: place(ListSide::Either), ..all.clone() })),
        ("type and field", newest(ListFilter { contract_type: Some(2), field: Some(3), ..all.clone() })),
        ("an organisation", newest(ListFilter { organisation: Some(777), ..all.clone() })),
        ("within a county", newest(ListFilter { reach: ListReach::Division(430_102), ..all.clone() })),
        (
            "all filters, largest",
            by(
                ListOrder::Largest,
                &ListFilter {
                    standing: Some(Standing::Counted),
                    period: Some("2021".parse().expect("a year")),
                    place: place(ListSide::Buyer),
                    contract_type: Some(2),
                    field: Some(3),
                    text: word.clone(),
                    ..all.clone()
                },
            ),
        ),
        ("text in every title", newest(text(NAME_END))),
        ("text in one title of twelve, largest", by(ListOrder::Largest, &text(&word))),
        ("text in few titles", newest(text(&three))),
        ("text in no title", newest(text("量子纠缠"))),
        ("one character in no title", newest(text("鑫"))),
        ("a whole number", newest(text(&format!("BENCH{}", rows - 123)))),
        ("part of a number", newest(text("99123"))),
        ("text in the name of an organisation", newest(text("机构777"))),
        ("text in the names of all organisations", newest(text("示例机构"))),
    ]
}
