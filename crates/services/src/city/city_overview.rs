//! All cities beside their targets, the largest gap first.

use xiaoxiang_domain::access::{Action, Scope};
use xiaoxiang_domain::bulletin::{
    ColumnKind, Dimension, Direction, GrowthBase, PrintedCell, PrintedColumn, PrintedNote, PrintedRow,
    PrintedTable, RowKind,
};
use xiaoxiang_domain::money::{MoneyUnit, display_fen};
use xiaoxiang_domain::period::{Month, Period};
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_domain::target::AnnualTargets;
use xiaoxiang_statistics::completion::{Completion, CompletionRequest, completion};
use xiaoxiang_statistics::cross_table::Cell;
use xiaoxiang_statistics::table::{RowKey, Table, TableRow};

use crate::actor::Actor;
use crate::app::App;
use crate::bulletin::{TableAsk, table_refused, tabulate_ask, usual_period};
use crate::refusal::Refusal;
use crate::target::{day_of_reading, list_targets};

/// The cities of the region.
#[derive(Clone, Debug)]
pub struct CityOverview {
    /// January up to the last month counted.
    pub months: Period,
    /// 时间进度, per cent with two decimals.
    pub elapsed_percent: String,
    /// One row a city, largest gap first, then the total.
    pub table: PrintedTable,
    /// Cities that have a target this year.
    pub with_target: usize,
    /// Those of them behind the part of the year that has passed.
    pub behind: usize,
}

/// The cities, for somebody who may read all of them; others have a page of their own: the division that it shows.
pub async fn city_overview(app: &App, actor: &Actor) -> Result<Result<CityOverview, DivisionCode>, Refusal> {
    match actor.permit(Action::ReadCities)? {
        Scope::Region => {}
        Scope::Division(code) => return Ok(Err(code)),
        _ => return Err(Refusal::NotFound(Action::ReadCities.label().to_owned())),
    }
    let months = usual_period(app).await?;
    let figures = app.figures().await?;
    let region = figures.region().clone();
    let mut tx = app.db.read().await?;
    let year = months.last().year;
    let on = day_of_reading(app.clock.today_in(&region.time_zone), year);
    let targets = AnnualTargets::new(list_targets(&mut tx, year, i64::MAX).await?);
    let request = CompletionRequest {
        direction: Direction::Registered,
        rows: Dimension::City,
        within: None,
        through: months.last(),
        on,
        as_of: None,
    };
    let made = completion(figures.columns(), figures.lists(), &targets, &request).map_err(table_refused)?;
    let ask = |direction: Direction| TableAsk {
        compare: Some(GrowthBase::AsKnown),
        ..TableAsk::new(direction, Dimension::City, months)
    };
    let registered = tabulate_ask(&figures, &mut tx, &ask(Direction::Registered)).await?;
    let absorbed = tabulate_ask(&figures, &mut tx, &ask(Direction::Absorbed)).await?;
    let behind = made.rows.iter().filter(|row| row.percent.is_some_and(|done| done < made.elapsed)).count();
    let with_target = made.rows.iter().filter(|row| row.percent.is_some()).count();
    let mut rows: Vec<&Completion> = made.rows.iter().collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.gap));
    let printed = rows.into_iter().chain([&made.total]).map(|completion| {
        let key = completion.division.map_or(RowKey::Total, RowKey::Key);
        let label = completion.division.map_or_else(
            || PrintedNote { zh: "合计".to_owned(), en: "Total".to_owned() },
            |code| {
                let divisions = region.region.divisions();
                let name = divisions.name(DivisionCode(code)).unwrap_or_default();
                let name_en = divisions.name_en(DivisionCode(code)).unwrap_or(name);
                PrintedNote { zh: name.to_owned(), en: name_en.to_owned() }
            },
        );
        row(completion, &label, find(&registered, &key), find(&absorbed, &key))
    });
    Ok(Ok(CityOverview {
        months,
        elapsed_percent: made.elapsed.percent(),
        table: PrintedTable {
            title: format!("各市州{}目标完成情况", months.title()),
            title_en: format!("Targets of the cities, {}", months.title_en()),
            columns: columns(),
            rows: printed.collect(),
            notes: vec![note(months.last())],
        },
        with_target,
        behind,
    }))
}

fn find<'table>(table: &'table Table, key: &RowKey) -> Option<&'table TableRow> {
    if *key == RowKey::Total { Some(&table.total) } else { table.rows.iter().find(|row| row.key == *key) }
}

fn columns() -> Vec<PrintedColumn> {
    let column = PrintedColumn::ungrouped;
    vec![
        column("label", "市州", "City", ColumnKind::Text),
        column("target", "年度目标(亿元)", "Target (100 m CNY)", ColumnKind::Amount),
        column("completed", "登记成交额(亿元)", "Registered value (100 m CNY)", ColumnKind::Amount),
        column("percent", "完成率(%)", "Completed (%)", ColumnKind::Percent),
        column("gap", "距目标(亿元)", "Gap (100 m CNY)", ColumnKind::Amount),
        column("growth", "登记同比(%)", "Growth (%)", ColumnKind::Percent),
        column("absorbed", "吸纳成交额(亿元)", "Absorbed value (100 m CNY)", ColumnKind::Amount),
        column("rank", "完成率位次", "Rank", ColumnKind::Rank),
    ]
}

fn row(
    completion: &Completion,
    label: &PrintedNote,
    registered: Option<&TableRow>,
    absorbed: Option<&TableRow>,
) -> PrintedRow {
    let amount = |fen: Option<i128>| {
        fen.map_or_else(PrintedCell::default, |fen| {
            PrintedCell::figure(display_fen(fen, MoneyUnit::HundredMillionYuan), i64::try_from(fen).ok())
        })
    };
    let percent = |ratio: Option<xiaoxiang_domain::ratio::Ratio>| {
        PrintedCell::figure(ratio.map(|ratio| ratio.percent()).unwrap_or_default(), None)
    };
    let value = |cell: Option<&Cell>| amount(cell.map(|cell| cell.contract_value));
    PrintedRow {
        key: completion.division.map_or_else(|| "total".to_owned(), |code| format!("{code:06}")),
        kind: if completion.division.is_some() { RowKind::Body } else { RowKind::Total },
        cells: vec![
            PrintedCell::label(label),
            amount(completion.target.map(|fen| i128::from(fen.0))),
            amount(Some(completion.completed)),
            percent(completion.percent),
            amount(completion.gap),
            percent(registered.and_then(|row| row.growth.contract_value)),
            value(absorbed.map(|row| &row.cell)),
            completion.rank.map_or_else(PrintedCell::default, |rank| {
                PrintedCell::figure(rank.to_string(), Some(i64::from(rank)))
            }),
        ],
    }
}

fn note(through: Month) -> PrintedNote {
    let months = i64::from(12 - through.month);
    PrintedNote {
        zh: format!("目标按登记成交额考核。距目标为负表示已超额。本年还剩 {months} 个月。"),
        en: format!(
            "Targets are about the value of registered contracts. A gap below zero is a target passed. Months left: {months}."
        ),
    }
}
