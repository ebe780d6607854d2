//! Reads a bureau's own sheet and holds it against ours, cell by cell (核对).

use serde::Serialize;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::bulletin::{Dimension, Direction, GrowthBase, PrintedNote};
use xiaoxiang_domain::period::Period;
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_statistics::city_monthly::DIRECTIONS;
use xiaoxiang_statistics::explain::{PAGE_MAX, PageOf, explain};
use xiaoxiang_statistics::layout::{Labels, row_key_text};
use xiaoxiang_statistics::reconcile::{
    Alternative, Cause, HandRow, HandSheet, HeaderProblem, ReconcileContext, Reconciliation, reconcile,
};
use xiaoxiang_statistics::table::RowKey;
use xiaoxiang_store::Tx;

use super::explain_cell::contracts_of;
use super::make_table::{TableAsk, note_context, refused};
use super::read_model::Figures;
use super::words::labels;
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;
use crate::sheet::{SheetCell, SheetProblem, fold_width, open_sheet, title_unit};

/// Contracts whose place of landing is looked at.
const LANDINGS_MAX: usize = 20_000;
/// Columns of figures that make a row the header.
const FIGURES_MIN: usize = 2;
/// Words by which a column of figures is recognised.
const FIGURE_WORDS: [&str; 9] = ["项", "额", "同比", "增长", "增幅", "位次", "排名", "占比", "交易量"];

/// What came out, over all tables that the sheet holds.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ReconciledSheet {
    /// Cells that are equal.
    pub equal_cells: usize,
    /// Cells that differ.
    pub differences: Vec<ReconciledCell>,
    /// Labels of the sheet that name no row of ours.
    pub unknown_labels: Vec<String>,
    /// Rows of ours, with contracts, that the sheet does not have.
    pub missing_rows: Vec<PrintedNote>,
    /// Headers that were not compared, with the reason.
    pub skipped_headers: Vec<(String, PrintedNote)>,
    /// Cells without a number where ours has one: row and header.
    pub unreadable_cells: Vec<(String, String)>,
}

/// One differing cell.
#[derive(Clone, Debug, Serialize)]
pub struct ReconciledCell {
    /// Row as the sheet names it.
    pub row: String,
    /// Key of our row.
    pub row_key: String,
    /// Side counted.
    pub direction: Direction,
    /// Months of the figure.
    pub months: Period,
    /// Header as the sheet writes it.
    pub header: String,
    /// Theirs.
    pub theirs: String,
    /// Ours, rounded as theirs.
    pub ours: String,
    /// Likely cause, Chinese.
    pub cause: String,
    /// Likely cause, English.
    pub cause_en: String,
    /// Registration numbers of contracts that could explain it.
    pub contracts: Vec<String>,
}

/// Which tables are compared.
#[derive(Clone, Debug)]
pub struct ReconcileAsk {
    /// Months of the sheet.
    pub period: Period,
    /// Rows of the sheet.
    pub by: Dimension,
    /// Side counted; where absent, every side that the headers name, else 登记.
    pub direction: Option<Direction>,
    /// Division within.
    pub within: Option<DivisionCode>,
    /// Base of the growth rates.
    pub growth_base: GrowthBase,
}

/// Reads the sheet and compares; nothing of the sheet is kept.
pub async fn reconcile_bulletin(
    app: &App,
    actor: &Actor,
    bytes: Vec<u8>,
    ask: &ReconcileAsk,
) -> Result<ReconciledSheet, Refusal> {
    actor.permit(Action::Reconcile)?;
    let sheet = read_sheet(bytes)?;
    let figures = app.figures().await?;
    let mut tx = app.db.read().await?;
    let day = ask.period.last_day();
    let labels = labels(&mut tx, &figures.region().region, &[ask.by], day).await?;
    let words = RowWords { by: ask.by, labels };
    let mut result = ReconciledSheet::default();
    let mut compared = vec![false; sheet.headers.len()];
    let mut unknown: Vec<Vec<String>> = Vec::new();
    let mut skipped: Vec<Option<HeaderProblem>> = vec![None; sheet.headers.len()];
    for direction in directions(&sheet, ask.direction) {
        for (period, chosen) in spans(&sheet, ask.period) {
            let part = with_columns(&sheet, &chosen);
            if part.headers.is_empty() {
                continue;
            }
            let found = compare(&figures, &mut tx, ask, direction, period, &part, &words).await?;
            unknown.push(found.unknown_labels.clone());
            for at in &chosen {
                let problem = found.skipped_headers.iter().find(|(header, _)| *header == sheet.headers[*at]);
                match problem {
                    Some((_, problem)) => skipped[*at] = Some(*problem),
                    None => compared[*at] = true,
                }
            }
            take(&mut result, &mut tx, found, direction, period, &words).await?;
        }
    }
    // A row that one of the tables knows is known.
    let (first, others) =
        unknown.split_first().map_or((Vec::new(), &[][..]), |(first, others)| (first.clone(), others));
    result.unknown_labels =
        first.into_iter().filter(|label| others.iter().all(|labels| labels.contains(label))).collect();
    for ((header, compared), problem) in sheet.headers.iter().zip(compared).zip(skipped) {
        if !compared {
            let problem = problem.unwrap_or(HeaderProblem::OtherTable);
            result.skipped_headers.push((header.clone(), header_problem(problem)));
        }
    }
    Ok(result)
}

/// How the rows of the compared table are named.
struct RowWords {
    by: Dimension,
    labels: Labels,
}

async fn compare(
    figures: &Figures<'_>,
    tx: &mut Tx,
    ask: &ReconcileAsk,
    direction: Direction,
    period: Period,
    sheet: &HandSheet,
    words: &RowWords,
) -> Result<Reconciliation, Refusal> {
    let table = TableAsk {
        within: ask.within,
        compare: Some(ask.growth_base),
        ..TableAsk::new(direction, ask.by, period)
    };
    let alternatives = alternatives(figures, tx, &table).await?;
    let published = match ask.growth_base {
        GrowthBase::AsKnown => None,
        GrowthBase::AsPublished => Some(super::make_table::published_base(figures, tx, &table).await?),
    };
    let context = ReconcileContext {
        labels: &words.labels,
        notes: note_context(tx, figures.position(), period).await?,
        alternatives: &alternatives,
        published: published.as_ref(),
    };
    reconcile(figures.columns(), figures.lists(), &table.request(), sheet, &context).map_err(refused)
}

/// Rows in which contracts might be counted instead: where they land, and where somebody claims them.
async fn alternatives(
    figures: &Figures<'_>,
    tx: &mut Tx,
    ask: &TableAsk,
) -> Result<Vec<Alternative>, Refusal> {
    if !matches!(ask.by, Dimension::City | Dimension::County) {
        return Ok(Vec::new());
    }
    let geography = figures.columns().geography();
    let row_of = |division: &str| {
        let code = DivisionCode::parse(division)?.0;
        if ask.by == Dimension::City { geography.city_of(code) } else { geography.county_of(code) }
    };
    let mut found = Vec::new();
    let everywhere = xiaoxiang_store::attribution::ObjectionFilter { places: Some(""), raised_by: "" };
    for objection in xiaoxiang_store::attribution::list_objections(tx, everywhere, PAGE_MAX as i64).await? {
        if let Some(row) = row_of(&objection.claimed_division) {
            found.push(Alternative { contract_key: objection.contract_key, row });
        }
    }
    let request = TableAsk { compare: None, ..ask.clone() }.request();
    let mut offset = 0;
    while offset < LANDINGS_MAX {
        let page = PageOf { offset, limit: PAGE_MAX };
        let behind = explain(figures.columns(), figures.lists(), &request, &RowKey::Total, None, page)
            .map_err(refused)?;
        let keys: Vec<(i64, i64)> =
            behind.facts.iter().map(|fact| (fact.fact_id, fact.contract_key)).collect();
        let contracts = contracts_of(tx, &behind.fact_ids()).await?;
        for ((_, contract_key), behind) in keys.iter().zip(&contracts) {
            if let Some(row) = row_of(&behind.contract.landing_division) {
                found.push(Alternative { contract_key: *contract_key, row });
            }
        }
        if keys.len() < PAGE_MAX {
            break;
        }
        offset += PAGE_MAX;
    }
    Ok(found)
}

async fn take(
    result: &mut ReconciledSheet,
    tx: &mut Tx,
    found: Reconciliation,
    direction: Direction,
    months: Period,
    words: &RowWords,
) -> Result<(), Refusal> {
    result.equal_cells += found.equal_cells;
    for difference in found.differences {
        let behind = contracts_of(tx, &difference.candidates).await?;
        let (cause, cause_en) = cause_words(&difference.cause);
        result.differences.push(ReconciledCell {
            row: difference.label,
            row_key: row_key_text(&difference.row),
            direction,
            months,
            header: difference.header,
            theirs: difference.theirs,
            ours: difference.ours,
            cause,
            cause_en,
            contracts: behind.into_iter().map(|behind| behind.registration_number).collect(),
        });
    }
    for row in found.missing_rows.iter().map(|row| words.labels.row(words.by, row)) {
        if !result.missing_rows.contains(&row) {
            result.missing_rows.push(row);
        }
    }
    result.unreadable_cells.extend(found.unreadable_cells);
    Ok(())
}

fn directions(sheet: &HandSheet, asked: Option<Direction>) -> Vec<Direction> {
    if let Some(direction) = asked {
        return vec![direction];
    }
    let named = |direction: &Direction| sheet.headers.iter().any(|header| header.contains(direction.label()));
    let named: Vec<Direction> = DIRECTIONS.into_iter().filter(named).collect();
    if named.is_empty() { vec![Direction::Registered] } else { named }
}

/// The period with the columns that speak of it, and January to its end with the 累计 columns.
fn spans(sheet: &HandSheet, period: Period) -> Vec<(Period, Vec<usize>)> {
    if period == period.cumulative() {
        return vec![(period, (0..sheet.headers.len()).collect())];
    }
    let is_cumulative = |at: &usize| sheet.headers[*at].contains("累计");
    let (cumulative, own): (Vec<usize>, Vec<usize>) = (0..sheet.headers.len()).partition(is_cumulative);
    vec![(period, own), (period.cumulative(), cumulative)]
}

fn with_columns(sheet: &HandSheet, chosen: &[usize]) -> HandSheet {
    let pick = |texts: &[String]| chosen.iter().map(|at| texts[*at].clone()).collect();
    HandSheet {
        headers: pick(&sheet.headers),
        rows: sheet
            .rows
            .iter()
            .map(|row| HandRow { label: row.label.clone(), cells: pick(&row.cells) })
            .collect(),
    }
}

/// The first sheet of a file: the label column is the first one that holds no figures.
fn read_sheet(bytes: Vec<u8>) -> Result<HandSheet, Refusal> {
    let one = |problem: SheetProblem| Refusal::Sheet(vec![problem]);
    let mut file = open_sheet(bytes).map_err(one)?;
    let is_figure = |header: &str| FIGURE_WORDS.iter().any(|word| header.contains(word));
    let found = file.find_header(0, FIGURES_MIN, is_figure).map_err(one)?.ok_or_else(|| {
        one(SheetProblem::new("reconcile.no_header").reason("没有找到表头", "no header found").what_to_do(
            "表头应含市州（或类别）一栏和“成交额(亿元)”“项数”等栏目",
            "the header should hold a column of names and columns such as 成交额(亿元) and 项数",
        ))
    })?;
    let label_at = found
        .headers
        .iter()
        .find(|header| !is_figure(&header.normalised) && !header.normalised.contains("序号"))
        .map_or(0, |header| header.column);
    let stated_unit = found.title_lines.iter().find_map(|line| title_unit(&line.text));
    let figures: Vec<_> = found
        .headers
        .iter()
        .filter(|header| header.column != label_at && is_figure(&header.normalised))
        .collect();
    let mut sheet = HandSheet::default();
    for header in &figures {
        let mut text = header.text.replace('/', " ");
        let is_money = text.contains('额')
            && !text.contains("同比")
            && !text.contains("增")
            && !text.contains("占比")
            && !text.contains("位次")
            && !text.contains("排名");
        if let (true, None, Some(unit)) = (is_money, header.unit, stated_unit) {
            text.push_str(&format!("({})", unit.label()));
        }
        sheet.headers.push(text);
    }
    for row in file.rows(0).map_err(one)? {
        let row = row.map_err(one)?;
        if row.number <= found.last_row || row.cells.iter().all(SheetCell::is_empty) {
            continue;
        }
        let label = fold_width(row.text(label_at));
        let cells: Vec<String> = figures.iter().map(|header| fold_width(row.text(header.column))).collect();
        // Notes under the table have no figures.
        if !label.is_empty() && cells.iter().any(|cell| !cell.is_empty()) {
            sheet.rows.push(HandRow { label, cells });
        }
    }
    Ok(sheet)
}

fn cause_words(cause: &Cause) -> (String, String) {
    match cause {
        Cause::Rounding => ("取整".to_owned(), "rounding".to_owned()),
        Cause::Basis(direction) => (
            format!("口径（对方数等于我方{}数）", direction.label()),
            format!("basis (theirs is our {} figure)", direction.code()),
        ),
        Cause::RegistrationDate => {
            ("登记日期（月初、月末合同计入相邻期）".to_owned(), "registration date".to_owned())
        }
        Cause::Attribution => ("归属".to_owned(), "attribution".to_owned()),
        Cause::MissingExchange(months) => {
            let months = months.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
            (format!("缺省外数据（{months}）"), format!("exchange data missing ({months})"))
        }
        Cause::FollowsAnotherCell => ("随其他差异而变".to_owned(), "follows another difference".to_owned()),
        Cause::Unknown => ("原因不明".to_owned(), "unknown".to_owned()),
    }
}

fn header_problem(problem: HeaderProblem) -> PrintedNote {
    let (zh, en) = match problem {
        HeaderProblem::Unknown => ("不认识的栏目", "a column that is not known"),
        HeaderProblem::NoUnit => ("金额栏没有单位", "money without a unit"),
        HeaderProblem::OtherTable => ("属于另一口径或期间", "belongs to another direction or period"),
    };
    PrintedNote { zh: zh.to_owned(), en: en.to_owned() }
}
