//! Why cells differ: each explanation is tried in turn and has to give their value exactly, as far as it is printed.

use std::collections::BTreeMap;

use jiff::civil::Date;
use xiaoxiang_domain::bulletin::Direction;
use xiaoxiang_domain::fact::{ContractFact, Source};
use xiaoxiang_domain::money::MoneyUnit;
use xiaoxiang_domain::period::{Month, Period};

use super::compare::{Cells, Column, amount_at, sums};
use super::sheet::{Decimal, Figure, When};
use super::{Alternative, BOUNDARY_DAYS, CANDIDATES_SHOWN, Cause, PAIRS_AMONG, ReconcileContext};
use crate::columns::Columns;
use crate::cross_table::{Cell, CrossTable, cross_table, rows_behind};
use crate::geography::RowLists;
use crate::layout::needs_exchange;
use crate::table::{Comparison, RowKey, Table, TableProblem, TableRequest};

/// Finds a cause for every differing cell.
pub(super) fn explain_differences(
    columns: &Columns,
    lists: &RowLists,
    table: &Table,
    cells: &mut Cells,
    context: &ReconcileContext<'_>,
) -> Result<(), TableProblem> {
    for when in [When::Now, When::Before] {
        let is_base = |number: usize, columns: &[Column]| {
            let column = &columns[number];
            column.when == when && Measured::of(column.figure).is_some()
        };
        let differs = cells.cells.iter().any(|cell| !cell.is_equal && is_base(cell.column, &cells.columns));
        if !differs {
            continue;
        }
        let evidence = Evidence::gather(columns, lists, table, when, cells, context)?;
        let columns_of_sheet = &cells.columns;
        let causes: Vec<Option<(Cause, Vec<i64>)>> = cells
            .cells
            .iter()
            .map(|cell| {
                let asked = !cell.is_equal && is_base(cell.column, columns_of_sheet);
                asked.then(|| evidence.cause(&cell.row, &columns_of_sheet[cell.column], cell.theirs))
            })
            .collect();
        for (cell, cause) in cells.cells.iter_mut().zip(causes) {
            if let Some((cause, candidates)) = cause {
                cell.cause = cause;
                cell.candidates = candidates;
            }
        }
    }
    explain_totals(cells);
    explain_derived(table, cells);
    Ok(())
}

/// The three measures that are added up, as opposed to growth, share and rank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Measured {
    Count,
    Contract(i64),
    Technology(i64),
}

impl Measured {
    fn of(figure: Figure) -> Option<Self> {
        match figure {
            Figure::Count => Some(Self::Count),
            Figure::ContractValue(unit) => Some(Self::Contract(unit.fen())),
            Figure::TechnologyValue(unit) => Some(Self::Technology(unit.fen())),
            _ => None,
        }
    }
}

/// A printed value that sums have to round to.
#[derive(Clone, Copy, Debug)]
struct Wanted {
    figure: Figure,
    theirs: Decimal,
}

impl Wanted {
    fn is_met_by(&self, cell: &Cell) -> bool {
        let rounds_to =
            |fen: i128, unit: MoneyUnit| amount_at(fen, unit, self.theirs.decimals) == self.theirs.mantissa;
        match self.figure {
            Figure::Count => i128::from(cell.count) == self.theirs.at(0),
            Figure::ContractValue(unit) => rounds_to(cell.contract_value, unit),
            Figure::TechnologyValue(unit) => rounds_to(cell.technology_value, unit),
            _ => false,
        }
    }

    /// Whether the value lies one unit of the last printed digit away, an amount only: contracts are not rounded.
    fn is_met_but_for_rounding(&self, cell: &Cell) -> bool {
        let near = |fen: i128, unit: MoneyUnit| {
            (amount_at(fen, unit, self.theirs.decimals) - self.theirs.mantissa).abs() <= 1
        };
        match self.figure {
            Figure::ContractValue(unit) => near(cell.contract_value, unit),
            Figure::TechnologyValue(unit) => near(cell.technology_value, unit),
            _ => false,
        }
    }
}

/// A contract that might be counted elsewhere: what the row's sums would change by.
#[derive(Clone, Copy)]
struct Move {
    fact_id: i64,
    change: Cell,
}

/// A contract with the row in which we count it.
struct Placed {
    fact: ContractFact,
    key: u32,
    is_inside: bool,
}

/// Everything that is known about one period of the table.
struct Evidence<'a> {
    table: &'a Table,
    context: &'a ReconcileContext<'a>,
    period: Period,
    when: When,
    /// The same rows in the other directions.
    other_directions: CrossTable,
    /// Contracts of the period, and their neighbours before and after.
    placed: Vec<Placed>,
    /// All figures of the sheet by row.
    wanted: BTreeMap<RowKey, Vec<Wanted>>,
    group_members: BTreeMap<String, Vec<u32>>,
}

impl<'a> Evidence<'a> {
    fn gather(
        columns: &Columns,
        lists: &RowLists,
        table: &'a Table,
        when: When,
        cells: &Cells,
        context: &'a ReconcileContext<'a>,
    ) -> Result<Self, TableProblem> {
        let period = match when {
            When::Now => table.request.period,
            When::Before => table.request.period.previous_year(),
        };
        let request = TableRequest {
            period,
            columns: None,
            compare: Comparison::None,
            as_of: Some(table.as_of),
            ..table.request.clone()
        };
        let mut others = request.query();
        others.directions = Direction::ALL.to_vec();
        let other_directions = cross_table(columns, &others)?;
        let mut around = request.query();
        around.spans = vec![widened(period)];
        let located = rows_behind(columns, &around, |_| true)?;
        let placed = located.into_iter().map(|(located, keys)| {
            let (rows, at) = located.rows(columns);
            let fact = columns.decode(rows, at);
            let is_inside = period.contains(fact.registered_on);
            Placed { fact, key: row_key(table, keys[0], when), is_inside }
        });
        let mut wanted: BTreeMap<RowKey, Vec<Wanted>> = BTreeMap::new();
        for cell in &cells.cells {
            let column = &cells.columns[cell.column];
            if column.when == when && Measured::of(column.figure).is_some() {
                let want = Wanted { figure: column.figure, theirs: cell.theirs };
                wanted.entry(cell.row.clone()).or_default().push(want);
            }
        }
        let group_members =
            lists.groups().iter().map(|group| (group.key.clone(), group.cities.clone())).collect();
        let placed = placed.collect();
        Ok(Self { table, context, period, when, other_directions, placed, wanted, group_members })
    }

    /// The cause of one differing cell: first one that explains the whole row, then one for the cell alone.
    fn cause(&self, row: &RowKey, column: &Column, theirs: Decimal) -> (Cause, Vec<i64>) {
        let Some(ours) = self.ours(row) else { return (Cause::Unknown, Vec::new()) };
        let cell_alone = [Wanted { figure: column.figure, theirs }];
        if cell_alone[0].is_met_but_for_rounding(&ours) {
            return (Cause::Rounding, Vec::new());
        }
        let whole_row = self.wanted.get(row).map_or(&cell_alone[..], Vec::as_slice);
        let found = self.search(row, &ours, whole_row).or_else(|| self.search(row, &ours, &cell_alone));
        let (cause, mut candidates) = found.unwrap_or((Cause::Unknown, Vec::new()));
        candidates.truncate(CANDIDATES_SHOWN);
        (cause, candidates)
    }

    fn ours(&self, row: &RowKey) -> Option<Cell> {
        sums(self.table.all_rows().find(|other| other.key == *row)?, self.when)
    }

    fn search(&self, row: &RowKey, ours: &Cell, wanted: &[Wanted]) -> Option<(Cause, Vec<i64>)> {
        // What is absorbed without the exchange equals what is internal: the exchange is the better explanation,
        // because it names contracts.
        self.by_exchange(row, ours, wanted)
            .or_else(|| self.by_basis(row, wanted).map(|direction| (Cause::Basis(direction), Vec::new())))
            .or_else(|| self.by_date(row, ours, wanted).map(|ids| (Cause::RegistrationDate, ids)))
            .or_else(|| self.by_attribution(row, ours, wanted).map(|ids| (Cause::Attribution, ids)))
            .or_else(|| self.by_exchange_still_out(ours, wanted))
    }

    fn by_basis(&self, row: &RowKey, wanted: &[Wanted]) -> Option<Direction> {
        let sums_in = |direction: Direction| -> Cell {
            let groups = self.other_directions.groups();
            let in_row = groups.into_iter().filter(|group| {
                group.direction == direction && self.is_in(row, row_key(self.table, group.keys[0], self.when))
            });
            in_row.map(|group| group.cell).sum()
        };
        let others =
            Direction::ALL.into_iter().filter(|&direction| direction != self.table.request.direction);
        // A row that is empty in another direction explains nothing.
        others.into_iter().find(|&direction| {
            let sums = sums_in(direction);
            !sums.is_empty() && meets(wanted, &sums)
        })
    }

    /// Whether the sheet lacks the exchange's contracts of one month, of the last months, or of all.
    fn by_exchange(&self, row: &RowKey, ours: &Cell, wanted: &[Wanted]) -> Option<(Cause, Vec<i64>)> {
        let exchange: Vec<&Placed> =
            self.inside(row).filter(|placed| placed.fact.source == Source::Exchange).collect();
        if exchange.is_empty() {
            return None;
        }
        let months: Vec<Month> = self.period.months().collect();
        let singles = months.iter().map(|&month| vec![month]);
        let endings = (0..months.len()).rev().map(|first| months[first..].to_vec());
        singles.chain(endings).find_map(|missing| {
            let lacking =
                || exchange.iter().filter(|placed| missing.contains(&Month::of(placed.fact.registered_on)));
            let rest = lacking().fold(*ours, |sum, placed| plus(sum, negative(cell_of(&placed.fact))));
            let is_it = lacking().next().is_some() && meets(wanted, &rest);
            let ids = is_it.then(|| lacking().map(|placed| placed.fact.fact_id).collect::<Vec<i64>>())?;
            Some((Cause::MissingExchange(missing), ids))
        })
    }

    /// Their figure is larger and the exchange has not delivered all months of the period to us.
    fn by_exchange_still_out(&self, ours: &Cell, wanted: &[Wanted]) -> Option<(Cause, Vec<i64>)> {
        let until = self.context.notes.exchange_until;
        let out: Vec<Month> =
            self.period.months().filter(|month| until.is_none_or(|until| until < month.last_day())).collect();
        let is_larger = wanted.iter().all(|want| match want.figure {
            Figure::Count => want.theirs.at(0) >= i128::from(ours.count),
            Figure::ContractValue(unit) => {
                want.theirs.mantissa >= amount_at(ours.contract_value, unit, want.theirs.decimals)
            }
            Figure::TechnologyValue(unit) => {
                want.theirs.mantissa >= amount_at(ours.technology_value, unit, want.theirs.decimals)
            }
            _ => false,
        });
        let applies = needs_exchange(self.table.request.direction) && is_larger && !out.is_empty();
        applies.then_some((Cause::MissingExchange(out), Vec::new()))
    }

    fn by_date(&self, row: &RowKey, ours: &Cell, wanted: &[Wanted]) -> Option<Vec<i64>> {
        let in_row = || self.placed.iter().filter(|placed| self.is_in(row, placed.key));
        let (first, last) = (self.period.first_day(), self.period.last_day());
        let moves = |is_near: &dyn Fn(&Placed) -> bool| -> Vec<(Date, Move)> {
            let near = in_row().filter(|placed| is_near(placed)).map(|placed| {
                let cell = cell_of(&placed.fact);
                let change = if placed.is_inside { negative(cell) } else { cell };
                (placed.fact.registered_on, Move { fact_id: placed.fact.fact_id, change })
            });
            near.collect()
        };
        let days = |from: Date, to: Date| from.until(to).map_or(i32::MAX, |span| span.get_days().abs());
        let near_last = moves(&|placed| days(placed.fact.registered_on, last) <= BOUNDARY_DAYS);
        let near_first = moves(&|placed| days(placed.fact.registered_on, first) <= BOUNDARY_DAYS);
        let both: Vec<Move> = near_last.iter().chain(&near_first).map(|&(_, movement)| movement).collect();
        if let Some(found) = few(ours, wanted, &both) {
            return Some(found);
        }
        // A sheet closed some days early or late: all contracts up to a day are moved together.
        let split = |moves: Vec<(Date, Move)>, is_wanted: &dyn Fn(Date) -> bool| -> Vec<(Date, Move)> {
            moves.into_iter().filter(|(day, _)| is_wanted(*day)).collect()
        };
        let runs = [
            (split(near_last.clone(), &|day| day <= last), true),
            (split(near_last, &|day| day > last), false),
            (split(near_first.clone(), &|day| day >= first), false),
            (split(near_first, &|day| day < first), true),
        ];
        runs.into_iter().find_map(|(moves, is_backward)| run_of_days(ours, wanted, moves, is_backward))
    }

    fn by_attribution(&self, row: &RowKey, ours: &Cell, wanted: &[Wanted]) -> Option<Vec<i64>> {
        let alternatives = |placed: &Placed| {
            let of_contract =
                |alternative: &&Alternative| alternative.contract_key == placed.fact.contract_key;
            self.context.alternatives.iter().filter(of_contract).map(|alternative| alternative.row).collect()
        };
        let moves: Vec<Move> = self
            .placed
            .iter()
            .filter(|placed| placed.is_inside)
            .filter_map(|placed| {
                let others: Vec<u32> = alternatives(placed);
                let (here, there) =
                    (self.is_in(row, placed.key), others.iter().any(|&key| self.is_in(row, key)));
                let leaves = here && others.iter().any(|&key| !self.is_in(row, key));
                let cell = cell_of(&placed.fact);
                let change = match () {
                    () if leaves => negative(cell),
                    () if !here && there => cell,
                    () => return None,
                };
                Some(Move { fact_id: placed.fact.fact_id, change })
            })
            .collect();
        few(ours, wanted, &moves).or_else(|| self.by_swap(row, ours, wanted))
    }

    /// One contract that, counted in another differing row, makes both rows right.
    fn by_swap(&self, row: &RowKey, ours: &Cell, wanted: &[Wanted]) -> Option<Vec<i64>> {
        let RowKey::Key(_) = row else { return None };
        let others = self.wanted.iter().filter(|(key, wanted)| {
            *key != row
                && matches!(key, RowKey::Key(_))
                && self.ours(key).is_some_and(|cell| !meets(wanted, &cell))
        });
        for (other, other_wanted) in others {
            let other_ours = self.ours(other)?;
            for placed in self.placed.iter().filter(|placed| placed.is_inside) {
                let cell = cell_of(&placed.fact);
                let (here, there) = if self.is_in(row, placed.key) {
                    (negative(cell), cell)
                } else if self.is_in(other, placed.key) {
                    (cell, negative(cell))
                } else {
                    continue;
                };
                if meets(wanted, &plus(*ours, here)) && meets(other_wanted, &plus(other_ours, there)) {
                    return Some(vec![placed.fact.fact_id]);
                }
            }
        }
        None
    }

    fn inside(&self, row: &RowKey) -> impl Iterator<Item = &Placed> {
        self.placed.iter().filter(move |placed| placed.is_inside && self.is_in(row, placed.key))
    }

    fn is_in(&self, row: &RowKey, key: u32) -> bool {
        match row {
            RowKey::Key(own) => *own == key,
            RowKey::Total => true,
            RowKey::Outside => self.table.row(key).is_none(),
            RowKey::Subtotal(group) => {
                self.group_members.get(group).is_some_and(|cities| cities.contains(&key))
            }
        }
    }
}

/// In a table by month, last year's months stand in this year's rows.
fn row_key(table: &Table, key: u32, when: When) -> u32 {
    let is_month = table.request.rows == xiaoxiang_domain::bulletin::Dimension::Month;
    if is_month && when == When::Before { key + 100 } else { key }
}

/// The period with the month before and the month after.
fn widened(period: Period) -> Period {
    let first = Month::from_index(period.first().index() - 1);
    let last = Month::from_index(period.last().index() + 1);
    Period::between(first, last).unwrap_or(period)
}

fn meets(wanted: &[Wanted], cell: &Cell) -> bool {
    wanted.iter().all(|want| want.is_met_by(cell))
}

fn cell_of(fact: &ContractFact) -> Cell {
    Cell {
        count: 1,
        contract_value: fact.contract_value.0.into(),
        technology_value: fact.technology_value.0.into(),
    }
}

fn plus(mut left: Cell, right: Cell) -> Cell {
    left += right;
    left
}

fn negative(cell: Cell) -> Cell {
    Cell {
        count: -cell.count,
        contract_value: -cell.contract_value,
        technology_value: -cell.technology_value,
    }
}

/// One or two moves that give their figures; the largest contracts are tried first.
fn few(ours: &Cell, wanted: &[Wanted], moves: &[Move]) -> Option<Vec<i64>> {
    if let Some(one) = moves.iter().find(|one| meets(wanted, &plus(*ours, one.change))) {
        return Some(vec![one.fact_id]);
    }
    let mut largest: Vec<&Move> = moves.iter().collect();
    largest.sort_by_key(|one| (std::cmp::Reverse(one.change.contract_value.abs()), one.fact_id));
    largest.truncate(PAIRS_AMONG);
    largest.iter().enumerate().find_map(|(at, one)| {
        let with_one = plus(*ours, one.change);
        let other = largest[at + 1..].iter().find(|other| meets(wanted, &plus(with_one, other.change)))?;
        Some(vec![one.fact_id, other.fact_id])
    })
}

/// All contracts of a run of days that begins at the period's end and gives their figures.
fn run_of_days(
    ours: &Cell,
    wanted: &[Wanted],
    mut moves: Vec<(Date, Move)>,
    is_backward: bool,
) -> Option<Vec<i64>> {
    moves.sort_by_key(|(day, movement)| (*day, movement.fact_id));
    if is_backward {
        moves.reverse();
    }
    let mut sum = *ours;
    for (at, (day, movement)) in moves.iter().enumerate() {
        sum += movement.change;
        let is_day_complete = moves.get(at + 1).is_none_or(|(next, _)| next != day);
        if is_day_complete && meets(wanted, &sum) {
            return Some(moves[..=at].iter().map(|(_, movement)| movement.fact_id).collect());
        }
    }
    None
}

/// A total that adds up their own rows: rounded cells were added, or it follows the rows that differ.
fn explain_totals(cells: &mut Cells) {
    for number in 0..cells.columns.len() {
        if Measured::of(cells.columns[number].figure).is_none() {
            continue;
        }
        let in_column = || cells.cells.iter().filter(|cell| cell.column == number);
        let decimals = in_column().map(|cell| cell.theirs.decimals).max().unwrap_or(0);
        let body = || in_column().filter(|cell| matches!(cell.row, RowKey::Key(_) | RowKey::Outside));
        let sum: i128 = body().map(|cell| cell.theirs.at(decimals)).sum();
        let all_equal = body().all(|cell| cell.is_equal || cell.cause == Cause::Rounding);
        for cell in cells.cells.iter_mut().filter(|cell| cell.column == number && cell.row == RowKey::Total) {
            if !cell.is_equal && cell.cause == Cause::Unknown && cell.theirs.at(decimals) == sum {
                cell.cause = if all_equal { Cause::Rounding } else { Cause::FollowsAnotherCell };
            }
        }
    }
}

/// Growth, share and rank follow the cells they are computed from, or were computed from rounded cells.
fn explain_derived(table: &Table, cells: &mut Cells) {
    let derived: Vec<(usize, Cause)> = cells
        .cells
        .iter()
        .enumerate()
        .filter(|(_, cell)| !cell.is_equal && Measured::of(cells.columns[cell.column].figure).is_none())
        .map(|(at, cell)| {
            let figure = cells.columns[cell.column].figure;
            let same_row = |of_row: &RowKey| *of_row == cell.row;
            let base_differs = cells.cells.iter().any(|other| {
                let is_base = Measured::of(cells.columns[other.column].figure).is_some();
                let is_near = same_row(&other.row) || matches!(figure, Figure::Rank | Figure::Share);
                is_base && is_near && !other.is_equal && other.cause != Cause::Rounding
            });
            let cause = match () {
                () if is_growth_of_rounded(cells, table, at) => Cause::Rounding,
                () if base_differs => Cause::FollowsAnotherCell,
                () => Cause::Unknown,
            };
            (at, cause)
        })
        .collect();
    for (at, cause) in derived {
        cells.cells[at].cause = cause;
    }
}

/// Whether a growth rate is that of the two rounded cells printed beside it, or of ours rounded to two decimals.
fn is_growth_of_rounded(cells: &Cells, table: &Table, at: usize) -> bool {
    let cell = &cells.cells[at];
    let is_base_of = |figure: Figure| match cells.columns[cell.column].figure {
        Figure::CountGrowth => figure == Figure::Count,
        Figure::ContractGrowth => matches!(figure, Figure::ContractValue(_)),
        Figure::TechnologyGrowth => matches!(figure, Figure::TechnologyValue(_)),
        _ => false,
    };
    let printed = |when: When| {
        let column = |number: usize| &cells.columns[number];
        let theirs = cells.cells.iter().find(|other| {
            other.row == cell.row
                && column(other.column).when == when
                && is_base_of(column(other.column).figure)
        });
        theirs.map(|other| other.theirs).or_else(|| {
            let row = table.all_rows().find(|row| row.key == cell.row)?;
            let sums = sums(row, when)?;
            let fen = match cells.columns[cell.column].figure {
                Figure::ContractGrowth => sums.contract_value,
                Figure::TechnologyGrowth => sums.technology_value,
                _ => return None,
            };
            Some(Decimal { mantissa: amount_at(fen, MoneyUnit::HundredMillionYuan, 2), decimals: 2 })
        })
    };
    let (Some(now), Some(before)) = (printed(When::Now), printed(When::Before)) else { return false };
    let decimals = now.decimals.max(before.decimals);
    let (now, before) = (now.at(decimals), before.at(decimals));
    let growth =
        xiaoxiang_domain::ratio::Ratio::growth(now, before).map(xiaoxiang_domain::ratio::Ratio::percent);
    let digits = cell.theirs.decimals.min(2);
    growth
        .and_then(|text| Decimal::read(&text))
        .is_some_and(|growth| growth.at(digits) == cell.theirs.at(digits))
}
