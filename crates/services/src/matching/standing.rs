//! Standing matches (自动匹配): what is new on one side is held against everything on the other, and both owners are told,
//! each at most once a day.

use jiff::civil::Date;
use serde_json::json;
use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_domain::market::DisclosureLevel;
use xiaoxiang_domain::notice::{NamedValue, Notice, NoticeKind, Whom};
use xiaoxiang_matching::score::{Channels, Points, Weights};
use xiaoxiang_store::matching::{self as store, PairRow};
use xiaoxiang_store::{Tx, WriteTx, achievement, profile};

use super::find_matches::{ANSWERS_OF_DEMAND, Found, search};
use super::index::IndexState;
use super::records::{Change, Record, RecordKey, RecordKind, changes_between};
use crate::app::App;
use crate::demand::{Case as DemandCase, owners_of_demand};
use crate::notice::{Occasion, notify};
use crate::refusal::Refusal;

/// Positions of the log looked through in one go.
const POSITIONS_AT_ONCE: i64 = 200;
/// Answers of one new record that are kept at the most.
const ANSWERS_KEPT: usize = 5;
/// Closeness in meaning from which on an answer is worth a notice: of the judged pairs that come so close, three in ten
/// solve the demand in part or whole and nine in ten are of its subject (`docs/MATCHING.md`).
pub(super) const WORTH_TELLING: f32 = 0.45;

/// Holds what is new since the last time against what is there, keeps the pairs and tells the owners; gives whether there
/// is more to look through.
///
/// On several nodes each looks; the first that writes moves the place on, and the others' work is dropped.
pub async fn match_new_records(app: &App) -> Result<bool, Refusal> {
    let mut tx = app.db.read().await?;
    let region = app.region_in(&mut tx).await?;
    let today = app.clock.today_in(&region.time_zone);
    let place = store::find_place(&mut tx).await?;
    let newest = xiaoxiang_store::log::head(&mut tx).await?.size - 1;
    if place == newest {
        return Ok(false);
    }
    if place > newest {
        // What stands there is of another log.
        drop(tx);
        let mut tx = app.db.begin(app.clock.now_ms()).await?;
        store::move_place(&mut tx, place, newest).await?;
        tx.keep_unlogged().await?;
        return Ok(false);
    }
    let until = newest.min(place + POSITIONS_AT_ONCE);
    let changes = changes_between(&mut tx, &region, place, until).await?;
    drop(tx);
    let mut pairs = Vec::new();
    let records = changes.into_iter().filter_map(|Change { record, .. }| record);
    for record in records.filter(|record| record.key.kind != RecordKind::Event) {
        let Some(found) = answers(app, &record).await? else { return Ok(false) };
        pairs.extend(pairs_of(&record, found));
    }
    keep(app, (place, until), pairs, today).await?;
    Ok(until < newest)
}

/// What answers a new record, read as whoever has signed in reads it: no owner learns by a notice what they may not read.
/// None while the index lacks something.
async fn answers(app: &App, record: &Record) -> Result<Option<Found>, Refusal> {
    let reader = DisclosureLevel::SignedIn;
    let mut question = record.question(reader);
    question.kinds = match record.key.kind {
        RecordKind::Demand => {
            ANSWERS_OF_DEMAND.iter().filter(|sort| **sort != "demand").map(ToString::to_string).collect()
        }
        _ => vec![RecordKind::Demand.code().to_owned()],
    };
    // The encoder would take as long for one new record as all the rest together.
    let channels = Channels { reading: false, ..Channels::ALL };
    let found = search(app, reader, question, channels, (ANSWERS_KEPT, Some(&record.key))).await?;
    Ok((found.state == IndexState::Complete).then_some(found))
}

/// A demand with what may answer it.
struct Pair {
    demand: RecordKey,
    demand_title: String,
    offer: RecordKey,
    offer_title: String,
    points: Points,
}

fn pairs_of(record: &Record, found: Found) -> Vec<Pair> {
    let told = found.hits.into_iter().filter(|(hit, _)| hit.parts.meaning >= WORTH_TELLING);
    told.map(|(hit, other)| {
        let (demand, offer) =
            if record.key.kind == RecordKind::Demand { (record, &other) } else { (&other, record) };
        Pair {
            demand: demand.key.clone(),
            demand_title: demand.title.clone(),
            offer: offer.key.clone(),
            offer_title: offer.title.clone(),
            points: hit.points,
        }
    })
    .collect()
}

async fn keep(app: &App, (place, until): (i64, i64), pairs: Vec<Pair>, today: Date) -> Result<(), Refusal> {
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    if !store::move_place(&mut tx, place, until).await? {
        return Ok(());
    }
    let mut told: Vec<(RecordKey, String)> = Vec::new();
    for pair in pairs {
        let row = PairRow {
            demand_id: pair.demand.id.clone(),
            offer: pair.offer.to_string(),
            found_at_ms: Some(app.clock.now_ms()),
            weights_version: Some(i64::from(Weights::SHIPPED.version)),
            points: Some(written(&pair.points)),
            verdict: None,
            judge_id: None,
            judged_at_ms: None,
        };
        if store::save_found(&mut tx, &row).await? {
            told.push((pair.demand, pair.demand_title));
            told.push((pair.offer, pair.offer_title));
        }
    }
    told.sort();
    told.dedup();
    for (key, title) in told {
        tell(app, &mut tx, &key, &title, today).await?;
    }
    tx.keep_unlogged().await?;
    Ok(())
}

/// Points in hundredths, as they are kept with a pair.
#[expect(clippy::float_arithmetic, reason = "a score is no money")]
fn written(points: &Points) -> String {
    let hundredths = |value: f32| (value * 100.0).round() as i64;
    json!({
        "words": hundredths(points.words),
        "meaning": hundredths(points.meaning),
        "reading": hundredths(points.reading),
        "neighbours": hundredths(points.neighbours),
        "requirements": hundredths(points.requirements),
    })
    .to_string()
}

/// Tells the owners of a record once a day that there are new matches.
async fn tell(app: &App, tx: &mut WriteTx, key: &RecordKey, title: &str, today: Date) -> Result<(), Refusal> {
    let subject = key.to_string();
    if store::is_silent(tx, &subject).await? {
        return Ok(());
    }
    let whom = owners(tx, key).await?;
    if whom.is_empty() {
        return Ok(());
    }
    let kind =
        if key.kind == RecordKind::Demand { NoticeKind::DemandMatched } else { NoticeKind::OfferMatched };
    let notice = Notice {
        kind,
        subject: subject.clone(),
        values: vec![NamedValue::same("title", title)],
        path: format!("/matches/{}s/{}", key.kind.code(), key.id),
    };
    let record = format!("match:{subject}:{today}");
    notify(app, tx, Occasion::Once { record: &record, author: None }, &notice, &whom).await
}

/// Who is told of a record's matches: the demand's company and who entered it, the unit's people, the expert.
async fn owners(tx: &mut Tx, key: &RecordKey) -> Result<Vec<Whom>, Refusal> {
    let unit = |organisation_key: i64| {
        let unit = Scope::Organisation(organisation_key);
        vec![Whom::Over(Role::TransferOffice, unit), Whom::Over(Role::OrganisationAgent, unit)]
    };
    Ok(match key.kind {
        RecordKind::Demand => owners_of_demand(&DemandCase::load(tx, &key.id).await?),
        RecordKind::Achievement => {
            achievement::find(tx, &key.id).await?.map_or_else(Vec::new, |row| unit(row.organisation_key))
        }
        RecordKind::Profile => match profile::find(tx, &key.id).await? {
            Some(row) => match (row.person_id, row.organisation_key) {
                (Some(person_id), _) => vec![Whom::Person(person_id)],
                (None, Some(organisation_key)) => unit(organisation_key),
                (None, None) => Vec::new(),
            },
            None => Vec::new(),
        },
        RecordKind::Event => Vec::new(),
    })
}
