//! Draws the year's spot check (年度抽查): by a seed, so that anybody with the list can draw it again.

use serde_json::json;
use sha2::{Digest as _, Sha256};
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::contract::procedure::{ApplicationState, InspectionStage};
use xiaoxiang_store::inspection::{self as store, DrawRow, InspectionRow};
use xiaoxiang_store::{NewEntry, WriteTx};

use super::super::case::{Case, Rules};
use super::take_act::check_words;
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Most characters of a seed.
pub const SEED_CHARACTERS_MAX: usize = 64;
const PER_MILLE: usize = 1_000;

/// A draw that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draw {
    /// The draw.
    pub row: DrawRow,
    /// Ids of the inspections that it opened.
    pub inspections: Vec<String>,
}

/// What a draw would be made from, before its seed is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawPreview {
    /// Year of registration.
    pub year: i16,
    /// How many registrations stand.
    pub population: usize,
    /// SHA-256 of their numbers in order, one a line.
    pub population_sha256: String,
    /// Of a thousand, how many are drawn.
    pub per_mille: u32,
    /// How many that makes.
    pub wanted: usize,
    /// Registrations that a campus registrar decided for the own university: inspected whatever is drawn.
    pub sampled: usize,
    /// Draws made before, the latest year first.
    pub draws: Vec<DrawRow>,
}

/// What a year's draw would be made from; of this year where none is named.
pub async fn preview_draw(app: &App, actor: &Actor, year: Option<i16>) -> Result<DrawPreview, Refusal> {
    actor.permit(Action::ReviewRegistrations)?;
    let mut tx = app.db.read().await?;
    let region = app.region_in(&mut tx).await?;
    let today = app.clock.today_in(&region.time_zone);
    let per_mille = Rules::on(&region.region, today)?.desk.spot_check_per_mille;
    let year = year.unwrap_or_else(|| today.year());
    let population = store::list_population(&mut tx, &year.to_string()).await?;
    let numbers: Vec<&str> = population.iter().map(|(_, number, _)| number.as_str()).collect();
    Ok(DrawPreview {
        year,
        population: population.len(),
        population_sha256: hex::encode(Sha256::digest(numbers.join("\n"))),
        per_mille,
        wanted: wanted_of(population.len(), per_mille),
        sampled: population.iter().filter(|(_, _, is_sampled)| *is_sampled).count(),
        draws: store::list_draws(&mut tx).await?,
    })
}

/// The share of a number, rounded up: of a few at least one is looked at.
fn wanted_of(population: usize, per_mille: u32) -> usize {
    (population * usize::try_from(per_mille).unwrap_or(PER_MILLE)).div_ceil(PER_MILLE)
}

/// The places of those who are drawn: the smallest hashes of seed and number, so that nobody can steer the draw without
/// choosing the seed after seeing the list; its hash stands in the log beside the seed.
#[must_use]
pub fn drawn_of(seed: &str, numbers: &[&str], per_mille: u32) -> Vec<usize> {
    let wanted = wanted_of(numbers.len(), per_mille);
    let rank = |number: &str| {
        let mut digest = Sha256::new();
        digest.update((seed.len() as u64).to_be_bytes());
        digest.update(seed);
        digest.update(number);
        digest.finalize()
    };
    let mut places: Vec<usize> = (0..numbers.len()).collect();
    places.sort_by_cached_key(|place| rank(numbers[*place]));
    places.truncate(wanted);
    places.sort_unstable();
    places
}

/// Draws the spot check of a year's registrations, once. Whatever a campus registrar decided for the own university is
/// inspected too.
pub async fn draw_inspections(app: &App, actor: &Actor, year: i16, seed: &str) -> Result<Draw, Refusal> {
    actor.permit(Action::ReviewRegistrations)?;
    let seed = seed.trim();
    if seed.is_empty() || seed.chars().count() > SEED_CHARACTERS_MAX {
        return Err(Refusal::invalid(
            "inspection.seed",
            format!("请填写抽取种子，不超过 {SEED_CHARACTERS_MAX} 字，例如公开摇号的号码。"),
            format!(
                "give a seed of at most {SEED_CHARACTERS_MAX} characters, such as a public lottery's number"
            ),
        ));
    }
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    let region = app.region_in(&mut tx).await?;
    let today = app.clock.today_in(&region.time_zone);
    let rules = Rules::on(&region.region, today)?;
    if year > today.year() || store::find_draw(&mut tx, i64::from(year)).await?.is_some() {
        return Err(Refusal::invalid(
            "inspection.year",
            format!("{year} 年尚未到来，或已经抽取。"),
            format!("the year {year} has not come, or was drawn already"),
        ));
    }
    let population = store::list_population(&mut tx, &year.to_string()).await?;
    let numbers: Vec<&str> = population.iter().map(|(_, number, _)| number.as_str()).collect();
    let mut places = drawn_of(seed, &numbers, rules.desk.spot_check_per_mille);
    let sampled = population.iter().enumerate().filter(|(_, one)| one.2).map(|(place, _)| place);
    places.extend(sampled);
    places.sort_unstable();
    places.dedup();
    let row = DrawRow {
        draw_id: app.new_id()?,
        year: i64::from(year),
        seed: seed.to_owned(),
        population: i64::try_from(population.len()).unwrap_or(i64::MAX),
        population_sha256: hex::encode(Sha256::digest(numbers.join("\n"))),
        drawn: i64::try_from(places.len()).unwrap_or(i64::MAX),
        drawn_by: actor.log_name().to_owned(),
        drawn_at_ms: now_ms,
    };
    store::save_draw(&mut tx, &row).await?;
    let mut inspections = Vec::with_capacity(places.len());
    for place in places {
        let application_id = &population[place].0;
        inspections.push(open(app, &mut tx, application_id, Some(&row.draw_id), "").await?);
    }
    let entry = NewEntry {
        kind: "inspection.drawn",
        subject: format!("inspection-draw:{year}"),
        payload: json!({
            "year": year,
            "seed": row.seed,
            "population": row.population,
            "population_sha256": row.population_sha256,
            "per_mille": rules.desk.spot_check_per_mille,
            "drawn": row.drawn,
        }),
    };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(Draw { row, inspections })
}

/// Opens an inspection for cause, as on a complaint, and gives its id.
pub async fn open_inspection(
    app: &App,
    actor: &Actor,
    application_id: &str,
    cause: &str,
) -> Result<String, Refusal> {
    actor.permit(Action::ReviewRegistrations)?;
    check_words(cause)?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let case = Case::visible(&mut tx, actor, application_id).await?;
    if case.state != ApplicationState::Registered {
        return Err(Refusal::invalid(
            "inspection.not_registered",
            "只有已登记的合同可以立案检查。",
            "only a registered contract can be inspected",
        ));
    }
    let held = store::list_of_application(&mut tx, application_id).await?;
    let is_open =
        |row: &InspectionRow| InspectionStage::from_code(&row.stage).is_some_and(|stage| !stage.is_final());
    if held.iter().any(is_open) {
        return Err(Refusal::invalid(
            "inspection.open",
            "这份合同已有未办结的检查。",
            "an inspection of this contract is open already",
        ));
    }
    let inspection_id = open(app, &mut tx, application_id, None, cause.trim()).await?;
    tx.change_set().await?;
    let entry = NewEntry {
        kind: "inspection.opened",
        subject: format!("inspection:{inspection_id}"),
        payload: json!({ "application": application_id }),
    };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(inspection_id)
}

async fn open(
    app: &App,
    tx: &mut WriteTx,
    application_id: &str,
    draw_id: Option<&str>,
    cause: &str,
) -> Result<String, Refusal> {
    let row = InspectionRow {
        inspection_id: app.new_id()?,
        revision: 1,
        application_id: application_id.to_owned(),
        draw_id: draw_id.map(str::to_owned),
        cause: cause.to_owned(),
        stage: InspectionStage::Drawn.code().to_owned(),
        evidence_due: None,
        hearing_due: None,
        opened_at_ms: app.clock.now_ms(),
    };
    store::open(tx, &row).await?;
    Ok(row.inspection_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draw_is_the_same_for_the_same_seed_and_another_for_another() {
        let numbers: Vec<String> = (0..1_000).map(|number| format!("2026430000{number:06}")).collect();
        let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
        let first = drawn_of("8-3-17-22", &numbers, 30);
        assert_eq!(first.len(), 30);
        assert_eq!(first, drawn_of("8-3-17-22", &numbers, 30));
        assert_ne!(first, drawn_of("8-3-17-23", &numbers, 30));
        assert_eq!(drawn_of("1", &numbers[..5], 30).len(), 1, "at least one of a few");
        assert!(drawn_of("1", &[], 30).is_empty());
        assert_eq!(drawn_of("1", &numbers, 1_000).len(), 1_000);
    }
}
