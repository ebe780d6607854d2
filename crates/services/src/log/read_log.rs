//! The log as officials read it (操作日志): who did what when, to what, and which field was what before and after.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::Value;
use xiaoxiang_domain::access::{Action, Role, Scope};
use xiaoxiang_domain::contract::{Contract, FieldDifference, differences};
use xiaoxiang_store::log::{self as store, EntryRow};
use xiaoxiang_store::{StoreError, Tx};

use super::kinds::KindGroup;
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Entries of one page.
pub const ENTRIES_SHOWN: usize = 50;
/// Entries read from one list at once.
const READ_AT_ONCE: i64 = 200;
/// Entries looked at for one page where a second filter throws most of them away; the page then leads on.
const LOOKED_AT_MAX: usize = 5_000;
/// Longest subject or actor that is looked for.
const TEXT_CHARACTERS_MAX: usize = 256;
/// What begins an actor who is a person.
const PERSON: &str = "person:";

/// What is looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogFilter {
    /// Kinds of this group.
    pub group: Option<KindGroup>,
    /// Of this actor: a person's id or sign-in name, or the name that the command line gave.
    pub actor: Option<String>,
    /// About this subject: `contract:2026430100000001`, or a registration number alone.
    pub subject: Option<String>,
    /// From this day on.
    pub from: Option<Date>,
    /// Up to this day.
    pub to: Option<Date>,
}

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// A person in a role.
    Person {
        /// Id.
        person_id: String,
        /// 姓名; none where the person is not on record any more.
        name: Option<String>,
        /// Role acted in.
        role: Option<Role>,
        /// Over what.
        scope: Option<Scope>,
    },
    /// 命令行: whoever ran the program on the server, under the name given there.
    Operator(String),
    /// Nobody who had signed in.
    Public,
}

/// One entry as it is read.
#[derive(Clone, Debug)]
pub struct ReadEntry {
    /// Place in the log.
    pub position: i64,
    /// When.
    pub at_ms: i64,
    /// Who.
    pub who: Who,
    /// What happened.
    pub kind: String,
    /// To what.
    pub subject: String,
    /// The facts.
    pub payload: Value,
    /// Fields before and after, where the entry is one contract's new version.
    pub changes: Vec<FieldDifference>,
    /// Names that the payload and the subject mention: person ids.
    pub names: HashMap<String, String>,
    /// What is hashed and how.
    pub row: EntryRow,
}

/// One page of the log.
#[derive(Clone, Debug)]
pub struct LogPage {
    /// Entries, newest first.
    pub entries: Vec<ReadEntry>,
    /// The next page is before this position; none at the end.
    pub next: Option<i64>,
    /// How many entries the log has.
    pub size: i64,
}

/// Entries before a position, newest first.
pub async fn list_log(
    app: &App,
    actor: &Actor,
    filter: &LogFilter,
    before: Option<i64>,
) -> Result<LogPage, Refusal> {
    actor.permit(Action::ReadLog)?;
    let zone = app.region().await?.time_zone.clone();
    let mut tx = app.db.read().await?;
    let size = store::head(&mut tx).await?.size;
    let mut before = before.unwrap_or(size).clamp(0, size);
    let span = match span_of(&mut tx, filter, &zone).await? {
        Span::All => (0, size - 1),
        Span::Between(first, last) => (first, last),
        Span::Nothing => return Ok(LogPage { entries: Vec::new(), next: None, size }),
    };
    before = before.min(span.1 + 1);
    let sought = Sought::new(&mut tx, filter, &zone).await?;
    let mut found = Vec::new();
    let mut looked_at = 0;
    let mut next = None;
    'pages: loop {
        let page = sought.page(&mut tx, before).await?;
        if page.is_empty() {
            break;
        }
        for row in page {
            if row.position < span.0 {
                break 'pages;
            }
            if found.len() == ENTRIES_SHOWN || looked_at == LOOKED_AT_MAX {
                next = Some(row.position + 1);
                break 'pages;
            }
            before = row.position;
            looked_at += 1;
            if sought.lets_through(&row) {
                found.push(row);
            }
        }
    }
    let mut entries = Vec::with_capacity(found.len());
    for row in found {
        entries.push(read_entry_in(&mut tx, row).await?);
    }
    Ok(LogPage { entries, next, size })
}

/// One entry.
pub async fn find_entry(app: &App, actor: &Actor, position: i64) -> Result<ReadEntry, Refusal> {
    actor.permit(Action::ReadLog)?;
    let mut tx = app.db.read().await?;
    let row = store::find(&mut tx, position).await?.ok_or_else(|| Refusal::NotFound(position.to_string()))?;
    read_entry_in(&mut tx, row).await
}

enum Span {
    All,
    Between(i64, i64),
    Nothing,
}

async fn span_of(tx: &mut Tx, filter: &LogFilter, zone: &TimeZone) -> Result<Span, Refusal> {
    if filter.from.is_none() && filter.to.is_none() {
        return Ok(Span::All);
    }
    let (from_ms, before_ms) = instants(filter, zone);
    Ok(match store::positions_between(tx, from_ms, before_ms).await? {
        Some((first, last)) => Span::Between(first, last),
        None => Span::Nothing,
    })
}

/// The first instant of the first day and of the day after the last, in legal time.
fn instants(filter: &LogFilter, zone: &TimeZone) -> (i64, i64) {
    let begin = |day: Date| day.to_zoned(zone.clone()).ok().map(|at| at.timestamp().as_millisecond());
    let from_ms = filter.from.and_then(begin).unwrap_or(i64::MIN);
    let before_ms = filter.to.and_then(|day| day.tomorrow().ok()).and_then(begin).unwrap_or(i64::MAX);
    (from_ms, before_ms)
}

/// A filter made ready: through which index entries are found, and what of them is left aside.
struct Sought {
    subjects: Vec<String>,
    actors: Vec<String>,
    kinds: Vec<&'static str>,
    has_actor: bool,
    has_subject: bool,
    from_ms: i64,
    before_ms: i64,
}

impl Sought {
    async fn new(tx: &mut Tx, filter: &LogFilter, zone: &TimeZone) -> Result<Self, Refusal> {
        let actor = filter.actor.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let subject = filter.subject.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let is_long = |text: &str| text.chars().count() > TEXT_CHARACTERS_MAX;
        if actor.is_some_and(is_long) || subject.is_some_and(is_long) {
            return Err(Refusal::invalid(
                "log.filter",
                format!("查找内容不超过 {TEXT_CHARACTERS_MAX} 字。"),
                format!("look for at most {TEXT_CHARACTERS_MAX} characters"),
            ));
        }
        let actors = match actor {
            Some(text) => actor_names(tx, text).await?,
            None => Vec::new(),
        };
        let subjects = subject.map_or_else(Vec::new, |text| {
            if text.contains(':') { vec![text.to_owned()] } else { vec![format!("contract:{text}")] }
        });
        let (from_ms, before_ms) = instants(filter, zone);
        Ok(Self {
            subjects,
            actors,
            kinds: filter.group.map_or_else(Vec::new, |group| group.kinds().collect()),
            has_actor: actor.is_some(),
            has_subject: subject.is_some(),
            from_ms,
            before_ms,
        })
    }

    /// The next entries before a position through the narrowest index, newest first.
    async fn page(&self, tx: &mut Tx, before: i64) -> Result<Vec<EntryRow>, Refusal> {
        let mut rows = Vec::new();
        if self.has_subject {
            for subject in &self.subjects {
                rows.extend(store::list_of_subject_before(tx, subject, before, READ_AT_ONCE).await?);
            }
        } else if self.has_actor {
            for actor in &self.actors {
                rows.extend(store::list_of_actor_before(tx, actor, before, READ_AT_ONCE).await?);
            }
        } else if self.kinds.is_empty() {
            return Ok(store::list_before(tx, before, READ_AT_ONCE).await?);
        } else {
            for kind in &self.kinds {
                rows.extend(store::list_of_kind_before(tx, kind, before, READ_AT_ONCE).await?);
            }
        }
        // Of several lists only the newest entries are sure to have none between them that was not read.
        rows.sort_unstable_by_key(|row| Reverse(row.position));
        rows.truncate(usize::try_from(READ_AT_ONCE).unwrap_or(usize::MAX));
        Ok(rows)
    }

    fn lets_through(&self, row: &EntryRow) -> bool {
        (self.kinds.is_empty() || self.kinds.contains(&row.kind.as_str()))
            && (!self.has_actor || self.actors.contains(&row.actor))
            && (self.from_ms..self.before_ms).contains(&row.at_ms)
    }
}

/// As whom the log may name an actor: a person in each role ever granted, or the name itself.
async fn actor_names(tx: &mut Tx, text: &str) -> Result<Vec<String>, Refusal> {
    let by_name = xiaoxiang_store::person::find_by_name(tx, &text.to_lowercase()).await?;
    let person = match by_name {
        Some(person) => Some(person),
        None => xiaoxiang_store::person::find(tx, text.trim_start_matches(PERSON)).await?,
    };
    let Some(person) = person else { return Ok(vec![text.to_owned()]) };
    let mut names: BTreeSet<String> = BTreeSet::new();
    names.insert(Actor::person(&person.person_id, Role::Public, Scope::Region).log_name().to_owned());
    for grant in xiaoxiang_store::person::list_grants(tx, &person.person_id).await? {
        names.insert(format!("{PERSON}{}/{}/{}", person.person_id, grant.role, grant.scope));
    }
    Ok(names.into_iter().collect())
}

async fn read_entry_in(tx: &mut Tx, row: EntryRow) -> Result<ReadEntry, Refusal> {
    let payload: Value = serde_json::from_str(&row.payload)
        .map_err(|error| StoreError::Damaged(format!("payload of log entry {}: {error}", row.position)))?;
    let mut names = HashMap::new();
    if let Some(person_id) = row.subject.strip_prefix(PERSON)
        && let Some(person) = xiaoxiang_store::person::find(tx, person_id).await?
    {
        names.insert(person_id.to_owned(), person.name);
    }
    Ok(ReadEntry {
        position: row.position,
        at_ms: row.at_ms,
        who: who(tx, &row.actor).await?,
        kind: row.kind.clone(),
        subject: row.subject.clone(),
        changes: changes_of(tx, &row, &payload).await?,
        payload,
        names,
        row,
    })
}

async fn who(tx: &mut Tx, actor: &str) -> Result<Who, Refusal> {
    if actor == Role::Public.code() {
        return Ok(Who::Public);
    }
    let Some(rest) = actor.strip_prefix(PERSON) else { return Ok(Who::Operator(actor.to_owned())) };
    let mut parts = rest.splitn(3, '/');
    let person_id = parts.next().unwrap_or_default().to_owned();
    let role = parts.next().and_then(Role::from_code);
    let scope = parts.next().and_then(|text| text.parse().ok());
    let name = xiaoxiang_store::person::find(tx, &person_id).await?.map(|person| person.name);
    Ok(Who::Person { person_id, name, role, scope })
}

/// What the entry of one contract's new version changed, from the version and the one before it.
async fn changes_of(tx: &mut Tx, row: &EntryRow, payload: &Value) -> Result<Vec<FieldDifference>, Refusal> {
    let Some(number) = row.subject.strip_prefix("contract:") else { return Ok(Vec::new()) };
    let Some(version) = payload.get("version").and_then(Value::as_i64).filter(|version| *version > 1) else {
        return Ok(Vec::new());
    };
    let versions = xiaoxiang_store::contract::list_versions(tx, number).await?;
    let record = |wanted: i64| -> Result<Option<Contract>, Refusal> {
        let found = versions.iter().find(|row| row.version == wanted);
        let read = found.map(|row| serde_json::from_str(&row.record)).transpose();
        Ok(read.map_err(|error| StoreError::Damaged(format!("record of {number}: {error}")))?)
    };
    Ok(match (record(version - 1)?, record(version)?) {
        (Some(old), Some(new)) => differences(&old, &new),
        _ => Vec::new(),
    })
}
