//! What must stand around a table: one sentence of the totals, basis, exchange date, base of the growth rates.

use jiff::civil::Date;
use xiaoxiang_domain::bulletin::{Direction, GrowthBase, PrintedNote};
use xiaoxiang_domain::money::{MoneyUnit, display_fen};
use xiaoxiang_domain::period::Period;
use xiaoxiang_domain::ratio::Ratio;

use super::labels::{Labels, note};
use crate::table::{Comparison, Table};

/// What the table itself does not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoteContext {
    /// Date until which the national exchange's data are in (省外数据截至日); none where none came yet.
    pub exchange_until: Option<Date>,
}

/// Whether figures of a direction are incomplete without the exchange: what the region's parties buy elsewhere is
/// registered elsewhere. What they sell is registered at home.
#[must_use]
pub const fn needs_exchange(direction: Direction) -> bool {
    matches!(direction, Direction::Absorbed)
}

/// Whether the exchange's data cover all of the period, as far as the direction needs them.
#[must_use]
pub fn is_complete(direction: Direction, period: Period, context: &NoteContext) -> bool {
    !needs_exchange(direction) || context.exchange_until.is_some_and(|until| until >= period.last_day())
}

/// One sentence of the totals with its basis.
#[must_use]
pub fn sentence(table: &Table, labels: &Labels) -> PrintedNote {
    let request = &table.request;
    let total = &table.total;
    let whole = labels.whole(request.within);
    let yuan = |fen: i128| display_fen(fen, MoneyUnit::HundredMillionYuan);
    let (zh_count, en_count) = growth_words(total.growth.count);
    let (zh_value, en_value) = growth_words(total.growth.contract_value);
    let (zh_technology, en_technology) = growth_words(total.growth.technology_value);
    let cell = &total.cell;
    let zh = format!(
        "{}，{}{}技术合同{}项{zh_count}，成交额{}亿元{zh_value}；其中技术交易额{}亿元{zh_technology}（{}）。",
        request.period.title(),
        whole.zh,
        request.direction.label(),
        cell.count,
        yuan(cell.contract_value),
        yuan(cell.technology_value),
        request.direction.basis(),
    );
    let en = format!(
        "{}, {}: {} contracts{en_count} ({}), contract value CNY {} hundred million{en_value}, \
         of which technology value CNY {} hundred million{en_technology} ({}).",
        request.period.title_en(),
        whole.en,
        cell.count,
        request.direction.code(),
        yuan(cell.contract_value),
        yuan(cell.technology_value),
        request.direction.basis_en(),
    );
    note(zh, en)
}

/// Growth in words, empty where there is no base.
fn growth_words(growth: Option<Ratio>) -> (String, String) {
    let Some(growth) = growth else { return (String::new(), String::new()) };
    let percent = growth.percent();
    match percent.strip_prefix('-') {
        Some(fall) => (format!("，同比下降{fall}%"), format!(" (down {fall}% on the year)")),
        None if percent == "0.00" => ("，同比持平".to_owned(), " (unchanged on the year)".to_owned()),
        None => (format!("，同比增长{percent}%"), format!(" (up {percent}% on the year)")),
    }
}

/// Basis, exchange date and growth base of a table.
#[must_use]
pub fn notes(table: &Table, context: &NoteContext) -> Vec<PrintedNote> {
    let request = &table.request;
    let mut notes = vec![basis(request.direction)];
    notes.extend(exchange(request.direction, request.period, context));
    if let Comparison::PreviousYear(base) = request.compare {
        notes.push(growth_base(base));
    }
    notes.push(method(table.as_of));
    notes
}

pub(super) fn basis(direction: Direction) -> PrintedNote {
    note(
        format!("口径（{}）：{}。", direction.label(), direction.basis()),
        format!("Basis ({}): {}.", direction.code(), direction.basis_en()),
    )
}

/// The exchange date, with the warning where a month is missing.
pub(super) fn exchange(direction: Direction, period: Period, context: &NoteContext) -> Option<PrintedNote> {
    if !needs_exchange(direction) {
        return None;
    }
    let Some(until) = context.exchange_until else {
        return Some(note(
            "省外数据尚未导入，吸纳数据不完整。",
            "Exchange data are not in yet: absorbed figures are incomplete.",
        ));
    };
    if is_complete(direction, period, context) {
        return Some(note(format!("省外数据截至{until}。"), format!("Exchange data are in until {until}.")));
    }
    Some(note(
        format!("省外数据截至{until}，未覆盖本期全部月份，吸纳数据不完整。"),
        format!(
            "Exchange data are in until {until} and do not cover the period: absorbed figures are incomplete."
        ),
    ))
}

pub(super) fn growth_base(base: GrowthBase) -> PrintedNote {
    let en = match base {
        GrowthBase::AsKnown => "Growth is over last year's figures as now known.",
        GrowthBase::AsPublished => "Growth is over last year's figures as published.",
    };
    note(format!("{}。", base.label()), en)
}

/// Whether a note only says how figures are made and at which log position: it says nothing about the figures.
#[must_use]
pub fn is_position_note(note: &PrintedNote, as_of: i64) -> bool {
    *note == method(as_of)
}

pub(super) fn method(as_of: i64) -> PrintedNote {
    note(
        format!("合计、同比、占比、位次均按未取整的金额（分）计算；数据截至日志位置{as_of}。"),
        format!(
            "Totals, growth, shares and ranks come from unrounded amounts in fen; data as of log position {as_of}."
        ),
    )
}
