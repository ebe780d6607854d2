//! The targets of a year as they are read: the whole, its parts, every record behind them, and how far they are completed.

use jiff::civil::{Date, date};
use xiaoxiang_domain::access::{Action, Scope};
use xiaoxiang_domain::bulletin::{Dimension, Direction};
use xiaoxiang_domain::money::Fen;
use xiaoxiang_domain::period::Month;
use xiaoxiang_domain::region::{DivisionCode, Region};
use xiaoxiang_domain::target::AnnualTargets;
use xiaoxiang_statistics::completion::{Completion, CompletionRequest, completion};
use xiaoxiang_store::target::{self as store, TargetRow};
use xiaoxiang_store::{StoreError, Tx};

use super::import_targets::list_targets;
use crate::actor::Actor;
use crate::app::App;
use crate::bulletin::{table_refused, usual_period};
use crate::refusal::Refusal;

/// The targets of one division and its parts.
#[derive(Clone, Debug)]
pub struct TargetBoard {
    /// Year.
    pub year: i16,
    /// Which contract value is meant.
    pub direction: Direction,
    /// Years for which there are targets, and this one; latest first.
    pub years: Vec<i16>,
    /// What somebody who edits the targets has seen.
    pub revision: i64,
    /// Last month counted.
    pub through: Month,
    /// 时间进度, per cent with two decimals.
    pub elapsed_percent: String,
    /// The division itself.
    pub whole: TargetLine,
    /// The divisions directly below it.
    pub parts: Vec<TargetLine>,
    /// How the parts stand to the whole.
    pub split: SplitState,
}

/// One division with its target.
#[derive(Clone, Debug)]
pub struct TargetLine {
    /// Code.
    pub division: DivisionCode,
    /// 名称
    pub name: String,
    /// English name.
    pub name_en: String,
    /// Every record, oldest first.
    pub records: Vec<TargetRecord>,
    /// Completion since January.
    pub completion: Completion,
}

/// One record of a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetRecord {
    /// Amount.
    pub amount: Fen,
    /// 文号
    pub document: String,
    /// First day.
    pub valid_from: Date,
    /// Why it was adjusted; mostly empty.
    pub reason: String,
    /// Whether it is the one in force.
    pub is_in_force: bool,
}

/// How the parts of a target stand to the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SplitState {
    /// No part has a target.
    NotSplit,
    /// The parts add up.
    Even,
    /// The parts add up to so much more (or, below zero, less) than the whole.
    Differs(i128),
}

/// The board of a division: the reader's own where none is named.
pub async fn target_board(
    app: &App,
    actor: &Actor,
    within: Option<DivisionCode>,
    year: Option<i16>,
    direction: Direction,
) -> Result<TargetBoard, Refusal> {
    let extent = actor.permit(Action::ReadTargets)?;
    let usual = usual_period(app).await?.last();
    let figures = app.figures().await?;
    let region = figures.region().clone();
    let own = match extent {
        Scope::Division(code) => code,
        _ => region.region.code(),
    };
    let whole = within.unwrap_or(own);
    if !extent.has_division(whole)
        || !region.region.divisions().is_current(whole)
        || !region.region.contains(whole)
    {
        return Err(Refusal::NotFound(whole.to_string()));
    }
    let year = year.unwrap_or(usual.year);
    let through = last_month(year, usual);
    let on = day_of_reading(app.clock.today_in(&region.time_zone), year);
    let mut tx = app.db.read().await?;
    let rows = store::list(&mut tx, i64::from(year), i64::MAX).await?;
    let targets = AnnualTargets::new(list_targets(&mut tx, year, i64::MAX).await?);
    let mut years: Vec<i16> = store::list_years(&mut tx)
        .await?
        .into_iter()
        .filter_map(|(year,)| i16::try_from(year).ok())
        .collect();
    years.extend([year, usual.year]);
    years.sort_unstable_by_key(|year| std::cmp::Reverse(*year));
    years.dedup();
    let is_region = whole == region.region.code();
    let request = CompletionRequest {
        direction,
        rows: if is_region { Dimension::City } else { Dimension::County },
        within: (!is_region).then_some(whole.0),
        through,
        on,
        as_of: None,
    };
    let made = completion(figures.columns(), figures.lists(), &targets, &request).map_err(table_refused)?;
    let line = |division: DivisionCode, completion: Completion| -> Result<TargetLine, Refusal> {
        Ok(TargetLine {
            division,
            name: region.region.divisions().name(division).unwrap_or_default().to_owned(),
            name_en: region.region.divisions().name_en(division).unwrap_or_default().to_owned(),
            records: records_of(&rows, division, direction, on)?,
            completion,
        })
    };
    let mut parts = Vec::new();
    for part in region.region.divisions().children(whole) {
        if let Some(found) = made.rows.iter().find(|row| row.division == Some(part.0)) {
            parts.push(line(*part, found.clone())?);
        }
    }
    let split = split_state(&made.total, &parts);
    Ok(TargetBoard {
        year,
        direction,
        years,
        revision: store::revision(&mut tx, i64::from(year)).await?,
        through,
        elapsed_percent: made.elapsed.percent(),
        whole: line(whole, made.total)?,
        parts,
        split,
    })
}

/// Whether the city's target of this year waits to be split among its counties, or the split no longer adds up.
pub(crate) async fn is_split_wanted(
    tx: &mut Tx,
    region: &Region,
    city: DivisionCode,
    year: i16,
    on: Date,
) -> Result<bool, Refusal> {
    let targets = AnnualTargets::new(list_targets(tx, year, i64::MAX).await?);
    let amount = |code: DivisionCode| {
        targets.in_force(code.0, year, Direction::Registered, on).map(|target| i128::from(target.amount.0))
    };
    let Some(whole) = amount(city) else { return Ok(false) };
    let counties = region.divisions().children(city);
    let sum: i128 = counties.iter().filter_map(|county| amount(*county)).sum();
    Ok(!counties.is_empty() && sum != whole)
}

/// The day on which targets of a year are read: today in this year, its last day in an earlier one.
pub(crate) fn day_of_reading(today: Date, year: i16) -> Date {
    match today.year().cmp(&year) {
        std::cmp::Ordering::Equal => today,
        std::cmp::Ordering::Greater => date(year, 12, 31),
        std::cmp::Ordering::Less => date(year, 1, 1),
    }
}

fn last_month(year: i16, usual: Month) -> Month {
    match year.cmp(&usual.year) {
        std::cmp::Ordering::Equal => usual,
        std::cmp::Ordering::Less => Month { year, month: 12 },
        std::cmp::Ordering::Greater => Month { year, month: 1 },
    }
}

fn records_of(
    rows: &[TargetRow],
    division: DivisionCode,
    direction: Direction,
    on: Date,
) -> Result<Vec<TargetRecord>, Refusal> {
    let code = division.to_string();
    let own = rows.iter().filter(|row| row.division == code && row.direction == direction.code());
    let mut records = own
        .map(|row| {
            Ok(TargetRecord {
                amount: Fen(row.amount_fen),
                document: row.document_number.clone(),
                valid_from: row
                    .valid_from
                    .parse()
                    .map_err(|_| StoreError::Damaged("day of a target".to_owned()))?,
                reason: row.reason.clone(),
                is_in_force: false,
            })
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    records.sort_by_key(|record| record.valid_from);
    if let Some(record) = records.iter_mut().rev().find(|record| record.valid_from <= on) {
        record.is_in_force = true;
    }
    Ok(records)
}

fn split_state(whole: &Completion, parts: &[TargetLine]) -> SplitState {
    let known: Vec<i128> =
        parts.iter().filter_map(|part| part.completion.target).map(|fen| i128::from(fen.0)).collect();
    let sum: i128 = known.iter().sum();
    let difference = sum - whole.target.map_or(0, |fen| i128::from(fen.0));
    match (known.is_empty(), difference) {
        (true, _) => SplitState::NotSplit,
        (false, 0) => SplitState::Even,
        (false, difference) => SplitState::Differs(difference),
    }
}
