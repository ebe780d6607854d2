//! The records that the index holds (检索内容): demands on the market, achievements that can be had, listed profiles, events
//! to come, each as a document for a level of reader.

use std::fmt;

use xiaoxiang_domain::event::PlannedEvent;
use xiaoxiang_domain::market::{CooperationMode, DisclosureLevel, IpWish, Maturity};
use xiaoxiang_domain::money::Fen;
use xiaoxiang_domain::profile::ProfileForm;
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_matching::constraint::{Aspect, Facts, Requirement, Strength};
use xiaoxiang_matching::document::{Document, Question};
use xiaoxiang_store::achievement::CHANGED_MAX;
use xiaoxiang_store::{StoreError, Tx, demand, log, profile};

use crate::achievement::{OfferedAchievement, changed_offers, read_offer};
use crate::demand::{OpenDemand, open_demand};
use crate::event::announced_event;
use crate::refusal::Refusal;
use crate::region::RegionInForce;

/// Demands and profiles looked at in one go.
const AT_ONCE: i64 = 200;

/// Which table a record of the index is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordKind {
    /// 技术需求
    Demand,
    /// 科技成果、专利、技术服务
    Achievement,
    /// 专家、服务机构、团队
    Profile,
    /// 对接活动, which is found and answers nothing
    Event,
}

impl RecordKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Demand, Self::Achievement, Self::Profile, Self::Event];

    /// The word in identifiers.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Demand => "demand",
            Self::Achievement => "achievement",
            Self::Profile => "profile",
            Self::Event => "event",
        }
    }

    /// The kind of a word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// Names a record: written `kind:id`, as the log names its subjects.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordKey {
    /// Which table.
    pub kind: RecordKind,
    /// The record's id.
    pub id: String,
}

impl RecordKey {
    /// Reads what [`fmt::Display`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, id) = text.split_once(':')?;
        Some(Self { kind: RecordKind::from_code(kind)?, id: id.to_owned() })
    }
}

impl fmt::Display for RecordKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.kind.code(), self.id)
    }
}

/// What is to be done with a record of the index.
pub(super) struct Change {
    pub key: RecordKey,
    /// None where it is to be taken out.
    pub record: Option<Record>,
}

/// A record that can be found, with the level that each part of it needs.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub key: RecordKey,
    /// What it is, within its kind: `demand`, `result`, `patent`, `service`, `expert`, `institution`, `team`, `event`.
    pub sort: &'static str,
    pub title: String,
    pub summary: String,
    /// Whose it is.
    pub holder: (String, DisclosureLevel),
    texts: Vec<(String, DisclosureLevel)>,
    field: String,
    place: Option<DivisionCode>,
    price: (Option<Fen>, DisclosureLevel),
    maturity: Option<Maturity>,
    modes: Vec<CooperationMode>,
    ownership: Option<IpWish>,
    until: Option<jiff::civil::Date>,
}

impl Record {
    /// What a reader of a level finds it by.
    pub fn document(&self, reader: DisclosureLevel) -> Document {
        let texts = self.texts.iter().filter(|(_, needed)| reader.reads(*needed));
        let holder = Some(&self.holder).filter(|(_, needed)| reader.reads(*needed));
        let parts: Vec<&str> = texts.chain(holder).map(|(text, _)| text.as_str()).collect();
        Document {
            id: self.key.to_string(),
            kind: self.sort.to_owned(),
            title: self.title.clone(),
            text: parts.join("\n"),
            facts: self.facts(reader),
        }
    }

    /// What a reader of a level is told beside the words.
    pub fn facts(&self, reader: DisclosureLevel) -> Facts {
        Facts {
            place: self.place,
            price: self.price.0.filter(|_| reader.reads(self.price.1)),
            maturity: self.maturity,
            modes: self.modes.clone(),
            ownership: self.ownership,
            until: self.until,
            ..Facts::default()
        }
    }

    /// Code of the technical field, possibly empty.
    pub fn field(&self) -> &str {
        &self.field
    }

    /// What it asks for, as far as a reader of a level reads it.
    pub fn question(&self, reader: DisclosureLevel) -> Question {
        let document = self.document(reader);
        let requirements =
            if self.key.kind == RecordKind::Demand { self.requirements(reader) } else { Vec::new() };
        Question { text: document.title, description: document.text, kinds: Vec::new(), requirements }
    }

    /// What a demand prefers of its answers. Nothing of it excludes: a budget can be raised and a result developed further.
    pub fn requirements(&self, reader: DisclosureLevel) -> Vec<Requirement> {
        let facts = self.facts(reader);
        let aspects = [
            facts.price.map(Aspect::Budget),
            facts.maturity.map(Aspect::Maturity),
            (!facts.modes.is_empty()).then_some(Aspect::Modes(facts.modes)),
        ];
        let preferred = |aspect| Requirement { aspect, strength: Strength::Prefer };
        aspects.into_iter().flatten().map(preferred).collect()
    }
}

/// The records that changed after a position and not after another, each as it is now.
pub(super) async fn changes_between(
    tx: &mut Tx,
    region: &RegionInForce,
    after: i64,
    until: i64,
) -> Result<Vec<Change>, Refusal> {
    let mut changes = Vec::new();
    let mut place = (after, LAST_ID.to_owned());
    loop {
        let rows = demand::list_changed_after(tx, (place.0, &place.1), AT_ONCE).await?;
        let is_last = rows.len() < usize::try_from(AT_ONCE).unwrap_or_default()
            || rows.last().is_some_and(|row| row.position > until);
        for row in rows.into_iter().filter(|row| row.position <= until) {
            place = (row.position, row.demand_id.clone());
            let key = RecordKey { kind: RecordKind::Demand, id: row.demand_id.clone() };
            changes.push(Change { key, record: demand_record(region, row)? });
        }
        if is_last {
            break;
        }
    }
    let mut position = after;
    loop {
        let offers = changed_offers(tx, position, until).await?;
        let is_last = i64::try_from(offers.len()).unwrap_or(i64::MAX) < CHANGED_MAX;
        for (at, id, offer) in offers {
            position = at;
            let key = RecordKey { kind: RecordKind::Achievement, id };
            changes.push(Change { key, record: offer.map(|offer| achievement_record(region, offer)) });
        }
        if is_last {
            break;
        }
    }
    // An erased profile leaves no row, and an event none that says where it stood: the log is what tells of them.
    for pattern in ["profile:%", "event:%"] {
        let mut position = after;
        loop {
            let subjects = log::list_subjects_between(tx, position, until, pattern, AT_ONCE).await?;
            let Some((last, _)) = subjects.last() else { break };
            position = *last;
            for key in subjects.iter().filter_map(|(_, subject)| RecordKey::parse(subject)) {
                let record = read_record(tx, region, &key).await?;
                changes.push(Change { key, record });
            }
        }
    }
    Ok(changes)
}

/// Comes after every id.
const LAST_ID: &str = "\u{10FFFF}";

/// A record as it is now; none where it cannot be found by anybody.
pub(super) async fn read_record(
    tx: &mut Tx,
    region: &RegionInForce,
    key: &RecordKey,
) -> Result<Option<Record>, Refusal> {
    match key.kind {
        RecordKind::Demand => {
            demand::find(tx, &key.id).await?.map_or(Ok(None), |row| demand_record(region, row))
        }
        RecordKind::Achievement => {
            Ok(read_offer(tx, &key.id).await?.map(|offer| achievement_record(region, offer)))
        }
        RecordKind::Profile => {
            let row = profile::find(tx, &key.id).await?.filter(|row| row.is_listed);
            Ok(row.map(profile_record).transpose()?)
        }
        RecordKind::Event => {
            Ok(announced_event(tx, &key.id).await?.map(|planned| event_record(key.clone(), planned)))
        }
    }
}

/// A demand that stands on the market.
fn demand_record(region: &RegionInForce, row: demand::DemandRow) -> Result<Option<Record>, Refusal> {
    let open = open_demand(row)?;
    Ok(open.is_open.then(|| record_of_demand(region, open)))
}

/// A demand, wherever it stands.
pub(super) fn record_of_demand(region: &RegionInForce, mut open: OpenDemand) -> Record {
    let mut taken = |key: &str| {
        let at = open.texts.iter().position(|(other, ..)| other == key)?;
        let (_, text, level) = open.texts.remove(at);
        Some((text, level))
    };
    let title = taken("title").unwrap_or((String::new(), DisclosureLevel::Public)).0;
    let holder = taken("organisation_name").unwrap_or((String::new(), DisclosureLevel::Held));
    let summary = taken("summary");
    let texts =
        summary.clone().into_iter().chain(open.texts.into_iter().map(|(_, text, level)| (text, level)));
    Record {
        key: RecordKey { kind: RecordKind::Demand, id: open.demand_id },
        sort: RecordKind::Demand.code(),
        title,
        summary: summary
            .filter(|(_, level)| *level == DisclosureLevel::Public)
            .map_or_else(String::new, |(text, _)| text),
        holder,
        texts: texts.collect(),
        field: open.field,
        // The county is told with the company.
        place: open.division.and_then(DivisionCode::city),
        price: open.budget,
        maturity: maturity_of(region, &open.maturity),
        modes: open.modes,
        ownership: Some(open.ip_wish),
        until: open.deadline.and_then(|day| day.parse().ok()),
    }
}

fn achievement_record(region: &RegionInForce, offer: OfferedAchievement) -> Record {
    let keywords = offer.keywords.join(" ");
    let public = [offer.summary.clone(), keywords].map(|text| (text, DisclosureLevel::Public));
    let sections = offer.sections.into_iter().map(|section| (section.text, section.level));
    Record {
        key: RecordKey { kind: RecordKind::Achievement, id: offer.achievement_id },
        sort: offer.kind.code(),
        title: offer.title,
        summary: offer.summary,
        holder: (offer.organisation, DisclosureLevel::Public),
        texts: public.into_iter().chain(sections).filter(|(text, _)| !text.is_empty()).collect(),
        field: offer.field,
        place: DivisionCode::parse(&offer.division),
        price: (offer.asked, offer.price_level),
        maturity: maturity_of(region, &offer.maturity),
        modes: offer.modes,
        ownership: None,
        until: None,
    }
}

fn profile_record(row: profile::ProfileRow) -> Result<Record, StoreError> {
    let damaged = || StoreError::Damaged(format!("profile {}", row.profile_id));
    let kind = xiaoxiang_domain::profile::ProfileKind::from_code(&row.kind).ok_or_else(damaged)?;
    let form: ProfileForm = serde_json::from_str(&row.form).map_err(|_| damaged())?;
    let texts = [form.introduction.clone(), form.achievements, form.keywords.join(" "), form.title];
    Ok(Record {
        key: RecordKey { kind: RecordKind::Profile, id: row.profile_id },
        sort: kind.code(),
        title: form.name,
        summary: form.introduction,
        holder: (form.organisation, DisclosureLevel::Public),
        texts: texts
            .into_iter()
            .filter(|text| !text.is_empty())
            .map(|text| (text, DisclosureLevel::Public))
            .collect(),
        field: form.fields.into_iter().next().unwrap_or_default(),
        place: DivisionCode::parse(&row.division),
        price: (None, DisclosureLevel::Held),
        maturity: None,
        modes: form.modes.iter().filter_map(|mode| CooperationMode::from_code(mode)).collect(),
        ownership: None,
        until: None,
    })
}

fn event_record(key: RecordKey, planned: PlannedEvent) -> Record {
    let texts = [planned.summary.clone(), planned.agenda, planned.place];
    Record {
        key,
        sort: RecordKind::Event.code(),
        title: planned.title,
        summary: planned.summary,
        holder: (planned.organiser, DisclosureLevel::Public),
        texts: texts
            .into_iter()
            .filter(|text| !text.is_empty())
            .map(|text| (text, DisclosureLevel::Public))
            .collect(),
        field: String::new(),
        place: Some(planned.division),
        price: (None, DisclosureLevel::Held),
        maturity: None,
        modes: Vec::new(),
        ownership: None,
        until: Some(planned.day),
    }
}

fn maturity_of(region: &RegionInForce, code: &str) -> Option<Maturity> {
    Maturity::of_code(code, region.region.codes("maturity")?)
}
