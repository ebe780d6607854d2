//! What rests on a contract: after a random life, the published figures that each contract is in, and those that wait for
//! a correction because of it, are those that a plain reading of the rows gives.

use std::collections::BTreeSet;

use xiaoxiang_domain::bulletin::{CorrectionDecision, Dimension, Direction};
use xiaoxiang_services::App;
use xiaoxiang_services::bulletin::{
    CellCorrection, PublishedFigure, decide_correction, list_pending_changes, list_published_figures,
};
use xiaoxiang_services::log::LogKey;
use xiaoxiang_statistics::cross_table::Cell;
use xiaoxiang_store::testing::TestDb;

use super::bulletins::sign_with;
use super::histories::{History, Model, histories};
use super::rows::{Row, slow};
use super::support::{ACTOR, Sums, app_with_region};

const STEPS_BEFORE: u64 = 8;
const STEPS_AFTER: u64 = 8;
const YEARS: [i16; 2] = [2016, 2017];
/// Tables that the slow sums know.
const TABLES: [(&str, Direction, Dimension); 4] = [
    ("city-monthly", Direction::Registered, Dimension::City),
    ("city-monthly", Direction::Output, Dimension::City),
    ("city-monthly", Direction::Absorbed, Dimension::City),
    ("type-registered", Direction::Registered, Dimension::Type),
];

/// A signed bulletin with the rows as they were at its signature and at the last decision about it.
struct Published {
    bulletin_id: String,
    year: i16,
    signed: Model,
    decided: Model,
}

/// One cell: table, side, and key of the row with everything outside the list as 0.
type CellName = (&'static str, &'static str, u32);

/// The key of an ordinary row; none of a group of cities, whose key is a small number too, and of the total.
fn key_of(by: Dimension, row: &str) -> Option<u32> {
    match (by, row) {
        (_, "outside") => Some(0),
        (Dimension::City, row) if row.len() != 6 => None,
        (_, row) => row.parse().ok(),
    }
}

fn sums_of(cell: &Cell) -> Sums {
    (cell.count, cell.contract_value, cell.technology_value)
}

/// What one contract gives to a year's cells.
fn part(model: &Model, number: &str, year: i16) -> Vec<(CellName, Sums)> {
    let rows: Vec<Row> = model.counted().into_iter().filter(|row| row.number == number).collect();
    let of_table = |(table, direction, by): (&'static str, Direction, Dimension)| {
        let sums = slow(&rows, direction, by, year);
        sums.into_iter().map(move |(key, sums)| ((table, direction.code(), key), sums))
    };
    TABLES.into_iter().flat_map(of_table).collect()
}

fn part_in(parts: &[(CellName, Sums)], cell: CellName) -> Sums {
    parts.iter().find(|(name, _)| *name == cell).map_or((0, 0, 0), |(_, sums)| *sums)
}

fn name_of(table: &str, direction: Direction, row: &str) -> Option<CellName> {
    let (table, _, by) = TABLES.into_iter().find(|known| known.0 == table && known.1 == direction)?;
    Some((table, direction.code(), key_of(by, row)?))
}

async fn compare(app: &App, published: &[Published], now: &Model) {
    let mut waiting: BTreeSet<(String, CellName, String)> = BTreeSet::new();
    for number in now.rows.keys() {
        let found = list_published_figures(app, &ACTOR, number).await.unwrap();
        for bulletin in published {
            let figures: Vec<&PublishedFigure> =
                found.iter().filter(|figure| figure.bulletin_id == bulletin.bulletin_id).collect();
            let moments =
                [&bulletin.signed, &bulletin.decided, now].map(|model| part(model, number, bulletin.year));
            let cells: BTreeSet<CellName> = moments.iter().flatten().map(|(name, _)| *name).collect();
            let named: BTreeSet<CellName> = figures
                .iter()
                .filter_map(|figure| name_of(&figure.table, figure.direction, &figure.row))
                .collect();
            assert_eq!(named, cells, "{number} in {}", bulletin.year);
            for figure in figures {
                let Some(name) = name_of(&figure.table, figure.direction, &figure.row) else { continue };
                let expected = [0, 1, 2].map(|at: usize| part_in(&moments[at], name));
                let given = [&figure.published, &figure.decided, &figure.now].map(sums_of);
                assert_eq!(given, expected, "{number} in {name:?} of {}", bulletin.year);
                assert_eq!(figure.waits(), expected[1] != expected[2]);
                if figure.waits() {
                    waiting.insert((bulletin.bulletin_id.clone(), name, number.clone()));
                }
            }
        }
    }
    // The list for the officer names the same contracts in the same cells.
    let mut listed = BTreeSet::new();
    for bulletin in published {
        for CellCorrection { table, direction, row, contracts, .. } in
            list_pending_changes(app, &bulletin.bulletin_id).await.unwrap()
        {
            let Some(name) = name_of(&table, direction, &row) else { continue };
            listed.extend(contracts.into_iter().map(|number| (bulletin.bulletin_id.clone(), name, number)));
        }
    }
    // A cell whose sums stay, since two changes cancel each other, is not listed; its contracts wait all the same.
    let balanced: Vec<_> =
        waiting.difference(&listed).filter(|one| !is_balanced(published, now, one)).collect();
    assert!(balanced.is_empty(), "not on the list: {balanced:?}");
    assert!(listed.is_subset(&waiting), "listed for nothing: {:?}", listed.difference(&waiting));
}

/// Whether a cell's sums are what they were, whatever moved in it.
fn is_balanced(published: &[Published], now: &Model, one: &(String, CellName, String)) -> bool {
    let bulletin = published.iter().find(|bulletin| bulletin.bulletin_id == one.0).unwrap();
    let (_, direction, by) =
        TABLES.into_iter().find(|known| known.0 == one.1.0 && known.1.code() == one.1.1).unwrap();
    let sums = |model: &Model| slow(&model.counted(), direction, by, bulletin.year).get(&one.1.2).copied();
    sums(&bulletin.decided) == sums(now)
}

async fn live(app: &App, seed: u64) {
    let mut history = History::new(app, seed);
    for _ in 0..STEPS_BEFORE {
        history.step().await;
    }
    let folder = tempfile::tempdir().unwrap();
    let key = LogKey::load_or_create(app, &folder.path().join("key.pem")).unwrap();
    let mut published = Vec::new();
    for year in YEARS {
        let bulletin_id = sign_with(app, &key, &year.to_string()).await;
        let signed = history.model.clone();
        published.push(Published { bulletin_id, year, decided: signed.clone(), signed });
    }
    for _ in 0..STEPS_AFTER {
        history.step().await;
        let at = usize::try_from(history.draw.below(published.len() as u64 * 4)).unwrap();
        let Some(bulletin) = published.get_mut(at) else { continue };
        if !list_pending_changes(app, &bulletin.bulletin_id).await.unwrap().is_empty() {
            let fold = CorrectionDecision::FoldIntoCurrent;
            decide_correction(app, &ACTOR, &bulletin.bulletin_id, fold, "更正").await.unwrap();
            bulletin.decided = history.model.clone();
        }
    }
    compare(app, &published, &history.model).await;
}

fn live_through(kind: &str) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        for seed in 1..=histories() {
            let made = if kind == "sqlite" { TestDb::sqlite().await } else { TestDb::postgres().await };
            let app = app_with_region(made.db.clone()).await;
            live(&app, 1_000 + seed).await;
            made.end().await;
        }
    });
}

#[test]
fn every_figure_that_held_a_contract_is_found_on_sqlite() {
    live_through("sqlite");
}

#[test]
fn every_figure_that_held_a_contract_is_found_on_postgres() {
    live_through("postgres");
}
