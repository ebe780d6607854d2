//! A table as everybody may see it: below city level and by organisation without its small cells.

use xiaoxiang_domain::bulletin::{PrintedNote, PrintedTable};
use xiaoxiang_statistics::small_cells::{has_small_rows, hidden_in, hide};

use crate::app::App;
use crate::bulletin::{MadeTable, TableAsk, make_table_in, table_refused};
use crate::refusal::Refusal;

/// A public table. It has no other form than the printed one: exact sums would show what is hidden.
#[derive(Clone, Debug)]
pub struct PublicTableMade {
    /// As it is printed, with `*` in hidden cells.
    pub printed: PrintedTable,
    /// One sentence of the totals.
    pub sentence: PrintedNote,
    /// How many cells are hidden.
    pub hidden: usize,
}

/// Makes a table for everybody.
///
/// Tables by city and above are made as they are asked for. Below city level only whole tables of the present figures are
/// made: from tables that differ by a place, a row or a commit, single contracts could be computed.
pub async fn make_public_table(app: &App, ask: &TableAsk) -> Result<PublicTableMade, Refusal> {
    let figures = app.figures().await?;
    let mut tx = app.db.read().await?;
    let region = figures.region().clone();
    check(ask, &region.region)?;
    let MadeTable { table, mut printed, sentence, .. } = make_table_in(&figures, &mut tx, ask).await?;
    if !has_small_rows(ask.by) {
        return Ok(PublicTableMade { printed, sentence, hidden: 0 });
    }
    let settings = region.region.open_data().ok_or_else(|| {
        Refusal::invalid(
            "open_data.no_threshold",
            "区域数据没有 open_data.yaml，市州以下的数据不能公开。请先在区域数据中写明最少单位数。",
            "the region data have no open_data.yaml, so nothing below city level is open; state the least number of \
             respondents there first",
        )
    })?;
    let hidden = hidden_in(figures.columns(), &table, settings.respondents_min).map_err(table_refused)?;
    hide(&mut printed, &table, &hidden, settings.respondents_min);
    Ok(PublicTableMade { printed, sentence, hidden: hidden.len() })
}

fn check(ask: &TableAsk, region: &xiaoxiang_domain::region::Region) -> Result<(), Refusal> {
    let whole_or_city = |code| code == region.code() || region.cities().contains(&code);
    if ask.within.is_some_and(|within| !whole_or_city(within)) {
        return Err(too_fine("公开数据只统计到全省或一个市州", "open data cover the region or one city"));
    }
    if ask.and.is_some_and(has_small_rows) {
        return Err(too_fine(
            "县市区、园区和单位请放在行上，不要放在列上",
            "put counties, parks and organisations in the rows, not in the columns",
        ));
    }
    if !has_small_rows(ask.by) {
        return Ok(());
    }
    let is_county = ask.by == xiaoxiang_domain::bulletin::Dimension::County;
    let is_part = ask.only.is_some() || ask.as_of.is_some() || (!is_county && ask.within.is_some());
    if is_part {
        return Err(too_fine(
            "按县市区、园区、单位公开的数据只提供现行的整表",
            "by county, park or organisation only the whole present table is open",
        ));
    }
    Ok(())
}

fn too_fine(zh: &str, en: &str) -> Refusal {
    Refusal::invalid(
        "open_data.too_fine",
        format!("{zh}，以免推算出单个单位的数据。请调整查询。"),
        format!("{en}, so that no single organisation can be computed"),
    )
}
