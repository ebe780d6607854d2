//! What the people concerned say of a match (匹配反馈), and whether they want to be told of new ones (提醒开关).

use serde_json::json;
use xiaoxiang_domain::access::{Action, Scope};
use xiaoxiang_domain::market::DisclosureLevel;
use xiaoxiang_store::matching::{self as store, PairRow};
use xiaoxiang_store::{NewEntry, Tx, profile};

use super::records::{RecordKey, RecordKind, read_record};
use crate::achievement::Case as AchievementCase;
use crate::actor::Actor;
use crate::app::App;
use crate::demand::Case as DemandCase;
use crate::refusal::Refusal;

/// Whether a match is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MatchVerdict {
    /// 合适
    Fits,
    /// 不合适
    FitsNot,
}

impl MatchVerdict {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Fits, Self::FitsNot];

    /// The word of the database and the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Fits => "fits",
            Self::FitsNot => "fits_not",
        }
    }

    /// The verdict of a stored word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.code() == code)
    }
}

/// Whether owners of a record are told of new matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reminders {
    /// 提醒
    On,
    /// 不提醒
    Off,
}

/// What is known of a record's matches beside the ranking of the moment.
#[derive(Clone, Debug, Default)]
pub struct KeptMatches {
    /// The other side of each pair with when the program found it and what was said of it.
    pub pairs: Vec<KeptMatch>,
    /// Whether owners are told; none where the reader is no owner.
    pub reminders: Option<Reminders>,
}

/// A pair as the reader of one side sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptMatch {
    /// The other side.
    pub key: RecordKey,
    /// When the program found it by itself.
    pub found_at_ms: Option<i64>,
    /// What was said of it.
    pub verdict: Option<MatchVerdict>,
}

/// Whether somebody decides for a record: its owner, or the office that handles it.
pub(super) async fn owns(tx: &mut Tx, actor: &Actor, key: &RecordKey) -> Result<bool, Refusal> {
    let found = match key.kind {
        RecordKind::Demand => DemandCase::load(tx, &key.id)
            .await
            .map(|case| case.shows_contact(actor) || case.allows(actor, Action::DecideDemands)),
        RecordKind::Achievement => AchievementCase::load(tx, &key.id)
            .await
            .map(|case| case.level_for(actor) == DisclosureLevel::Held),
        RecordKind::Profile => {
            let row = profile::find(tx, &key.id).await?;
            let is_own = |row: &profile::ProfileRow| match (&row.person_id, row.organisation_key) {
                (Some(person_id), _) => actor.person_id() == Some(person_id),
                (None, Some(organisation_key)) => actor
                    .extent(Action::EditProfiles)
                    .is_some_and(|scope| scope == Scope::Organisation(organisation_key)),
                (None, None) => false,
            };
            Ok(row.as_ref().is_some_and(is_own))
        }
        RecordKind::Event => Ok(false),
    };
    match found {
        Err(Refusal::NotFound(_)) => Ok(false),
        other => other,
    }
}

/// What is kept of a record's matches, for its owners and the offices; others are told nothing of it.
pub async fn read_kept_matches(app: &App, actor: &Actor, key: &RecordKey) -> Result<KeptMatches, Refusal> {
    let mut tx = app.db.read().await?;
    if !owns(&mut tx, actor, key).await? {
        return Ok(KeptMatches::default());
    }
    let rows = match key.kind {
        RecordKind::Demand => store::list_of_demand(&mut tx, &key.id).await?,
        _ => store::list_of_offer(&mut tx, &key.to_string()).await?,
    };
    let pairs = rows.into_iter().filter_map(|row| {
        let other = match key.kind {
            RecordKind::Demand => RecordKey::parse(&row.offer)?,
            _ => RecordKey { kind: RecordKind::Demand, id: row.demand_id },
        };
        let verdict = row.verdict.as_deref().and_then(MatchVerdict::from_code);
        Some(KeptMatch { key: other, found_at_ms: row.found_at_ms, verdict })
    });
    let is_silent = store::is_silent(&mut tx, &key.to_string()).await?;
    let reminders = Some(if is_silent { Reminders::Off } else { Reminders::On });
    Ok(KeptMatches { pairs: pairs.collect(), reminders })
}

/// A verdict over a match.
#[derive(Clone, Debug)]
pub struct JudgedMatch {
    /// Whose matches were looked at.
    pub of: RecordKey,
    /// The other side.
    pub other: RecordKey,
    /// What is said.
    pub verdict: MatchVerdict,
}

/// Keeps what an owner says of a match. Nothing is learnt from it by itself: see [`super::write_verdicts`].
pub async fn judge_match(app: &App, actor: &Actor, judged: &JudgedMatch) -> Result<(), Refusal> {
    let person_id = actor.person_id().ok_or(Refusal::SignedOut)?;
    let (demand, offer) = match (judged.of.kind, judged.other.kind) {
        (RecordKind::Demand, RecordKind::Achievement | RecordKind::Profile) => (&judged.of, &judged.other),
        (RecordKind::Achievement | RecordKind::Profile, RecordKind::Demand) => (&judged.other, &judged.of),
        _ => return Err(Refusal::NotFound(judged.other.to_string())),
    };
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    if !owns(&mut tx, actor, &judged.of).await? {
        return Err(Refusal::NotFound(judged.of.id.clone()));
    }
    let region = app.region_in(&mut tx).await?;
    let other = read_record(&mut tx, &region, &judged.other).await?;
    other.ok_or_else(|| Refusal::NotFound(judged.other.id.clone()))?;
    let row = PairRow {
        demand_id: demand.id.clone(),
        offer: offer.to_string(),
        found_at_ms: None,
        weights_version: None,
        points: None,
        verdict: Some(judged.verdict.code().to_owned()),
        judge_id: Some(person_id.to_owned()),
        judged_at_ms: Some(app.clock.now_ms()),
    };
    store::save_verdict(&mut tx, &row).await?;
    let entry = NewEntry {
        kind: "match.judged",
        subject: judged.of.to_string(),
        payload: json!({ "other": judged.other.to_string(), "verdict": judged.verdict.code() }),
    };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(())
}

/// Turns the notices of a record's new matches on or off, for all its owners.
pub async fn set_reminders(
    app: &App,
    actor: &Actor,
    key: &RecordKey,
    reminders: Reminders,
) -> Result<(), Refusal> {
    let person_id = actor.person_id().ok_or(Refusal::SignedOut)?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    if !owns(&mut tx, actor, key).await? {
        return Err(Refusal::NotFound(key.id.clone()));
    }
    let subject = key.to_string();
    match reminders {
        Reminders::On => store::end_silence(&mut tx, &subject).await?,
        Reminders::Off => store::silence(&mut tx, &subject, person_id).await?,
    }
    let payload = json!({ "is_on": reminders == Reminders::On });
    let entry = NewEntry { kind: "match.reminders_set", subject, payload };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(())
}
