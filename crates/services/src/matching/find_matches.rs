//! What answers a demand, and which demands an achievement answers (供需匹配), each with why.

use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::demand::Budget;
use xiaoxiang_domain::market::DisclosureLevel;
use xiaoxiang_domain::money::Fen;
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_matching::constraint::{Aspect, Requirement, Strength};
use xiaoxiang_matching::document::{Document, Question};
use xiaoxiang_matching::explain::{Explanation, explain};
use xiaoxiang_matching::index::{Hit, Search};
use xiaoxiang_matching::score::{Channels, Points, Weights};
use xiaoxiang_matching::sharpen::{Sharpening, sharpen};
use xiaoxiang_store::{Tx, demand};

use super::index::{IndexState, in_background};
use super::records::{Record, RecordKey, RecordKind, read_record, record_of_demand};
use super::refused;
use crate::actor::Actor;
use crate::app::App;
use crate::demand::{Case, open_demand, read_sheet};
use crate::refusal::Refusal;
use crate::region::RegionInForce;
use crate::sheet::decode;

/// Hits of one list at the most.
pub const HITS_MAX: usize = 100;
/// Hits where nothing is said.
pub const HITS_USUAL: usize = 20;
/// Characters of a question that is typed.
pub const QUESTION_CHARACTERS_MAX: usize = 20_000;

/// What may answer a demand, the kinds of documents in the order of the page.
pub const ANSWERS_OF_DEMAND: [&str; 7] =
    ["result", "patent", "service", "expert", "team", "institution", "demand"];
/// What an achievement may answer.
const ANSWERS_OF_ACHIEVEMENT: [&str; 1] = ["demand"];

/// What is looked for beside the record itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MatchAsk {
    /// Kinds of documents; empty for all that answer, which like demands do not.
    pub sorts: Vec<String>,
    /// Words that sharpen it, as an answer to one of our questions.
    pub about: String,
    /// Hits at most; 0 for the usual number.
    pub top: usize,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Matches {
    /// Title of what was matched.
    pub title: String,
    /// Best first.
    pub hits: Vec<MatchHit>,
    /// What to ask the owner of a vague demand: only what would change the ranking.
    pub questions: Vec<Sharpening>,
    /// Whether the index holds everything.
    pub state: IndexState,
    /// Version of the weights that ranked.
    pub weights_version: u32,
}

/// An answer with why.
#[derive(Clone, Debug)]
pub struct MatchHit {
    /// Which record.
    pub key: RecordKey,
    /// What it is, within its table.
    pub sort: &'static str,
    /// Title or name.
    pub title: String,
    /// In a sentence, as everybody may read it.
    pub summary: String,
    /// Whose it is; empty where the reader is not told.
    pub holder: String,
    /// Code of the technical field, possibly empty.
    pub field: String,
    /// Where.
    pub place: Option<DivisionCode>,
    /// Price, or what a demand pays, as far as the reader may read it.
    pub price: Option<Fen>,
    /// What each channel gives to the score; they add up to it.
    pub points: Points,
    /// What speaks for and against it.
    pub explanation: Explanation,
}

/// The answers to a demand or an achievement. A demand's owner and the offices ask with all that it says, others with what
/// they may read of it; nobody finds what they may not read.
pub async fn find_matches(
    app: &App,
    actor: &Actor,
    key: &RecordKey,
    ask: &MatchAsk,
) -> Result<Matches, Refusal> {
    let reader = level_of(actor);
    let mut tx = app.db.read().await?;
    let region = app.region_in(&mut tx).await?;
    let asked = match key.kind {
        RecordKind::Event => None,
        _ => asked_record(&mut tx, &region, actor, key).await?,
    };
    drop(tx);
    let (record, level) = asked.ok_or_else(|| Refusal::NotFound(key.id.clone()))?;
    let mut question = record.question(level);
    let title = question.text.clone();
    if !ask.about.trim().is_empty() {
        question.text = format!("{title} {}", ask.about.trim());
    }
    question.kinds = sorts_of(key.kind, &ask.sorts);
    let found = search(app, reader, question, Channels::ALL, (ask.top, Some(key))).await?;
    Ok(Matches { title, ..found.matches(&record, level) })
}

/// The answers to a text: its first line names it, the rest describes it.
pub async fn match_text(app: &App, actor: &Actor, text: &str, ask: &MatchAsk) -> Result<Matches, Refusal> {
    let text: String = text.trim().chars().take(QUESTION_CHARACTERS_MAX).collect();
    if text.is_empty() {
        return Err(Refusal::invalid(
            "matching.empty",
            "请写明需求：第一行写名称，下面写具体情况。",
            "say what is needed: a title in the first line, what it is about below",
        ));
    }
    let (title, description) = text.split_once('\n').unwrap_or((&text, ""));
    let question = Question {
        text: format!("{title} {}", ask.about).trim().to_owned(),
        description: description.trim().to_owned(),
        kinds: sorts_of(RecordKind::Demand, &ask.sorts),
        requirements: Vec::new(),
    };
    let found = search(app, level_of(actor), question, Channels::ALL, (ask.top, None)).await?;
    Ok(found.plain())
}

/// The answers to what a file says: a filled-in collection sheet, or text as [`match_text`] takes it.
pub async fn match_file(
    app: &App,
    actor: &Actor,
    bytes: Vec<u8>,
    ask: &MatchAsk,
) -> Result<Matches, Refusal> {
    if !bytes.starts_with(ARCHIVE) {
        let text = decode(bytes).map_err(|problem| Refusal::Sheet(vec![problem]))?;
        return match_text(app, actor, &text, ask).await;
    }
    let region = app.region().await?;
    let (form, _) = read_sheet(&region.region, bytes)?;
    let described = ["summary", "problem", "figures", "tried", "conditions"].map(|key| form.field(key));
    let budget = Budget::read(form.field("budget")).and_then(Budget::amount).map(Aspect::Budget);
    let aspects = budget.into_iter();
    let question = Question {
        text: format!("{} {}", form.field("title"), ask.about).trim().to_owned(),
        description: described.join("\n").trim().to_owned(),
        kinds: sorts_of(RecordKind::Demand, &ask.sorts),
        requirements: aspects.map(|aspect| Requirement { aspect, strength: Strength::Prefer }).collect(),
    };
    Ok(search(app, level_of(actor), question, Channels::ALL, (ask.top, None)).await?.plain())
}

/// How DOCX and XLSX begin.
const ARCHIVE: &[u8] = b"PK";

fn sorts_of(kind: RecordKind, asked: &[String]) -> Vec<String> {
    let all: &[&str] = match kind {
        RecordKind::Demand => &ANSWERS_OF_DEMAND,
        RecordKind::Achievement | RecordKind::Profile => &ANSWERS_OF_ACHIEVEMENT,
        RecordKind::Event => &[],
    };
    // Like demands are shown where they are asked for: they answer nothing by themselves.
    let is_usual = |sort: &&&str| kind != RecordKind::Demand || **sort != RecordKind::Demand.code();
    let is_wanted = |sort: &&&str| asked.iter().any(|asked| asked == **sort);
    let wanted = all.iter().filter(|sort| if asked.is_empty() { is_usual(sort) } else { is_wanted(sort) });
    wanted.map(|sort| (*sort).to_owned()).collect()
}

/// The level of a reader on the shelves: who has given an undertaking for one record has not given it for the others.
pub(super) fn level_of(actor: &Actor) -> DisclosureLevel {
    let is_signed_in = actor.person_id().is_some() || actor.role().is_none();
    if is_signed_in { DisclosureLevel::SignedIn } else { DisclosureLevel::Public }
}

/// What is matched, with the level to which it is read for that.
async fn asked_record(
    tx: &mut Tx,
    region: &RegionInForce,
    actor: &Actor,
    key: &RecordKey,
) -> Result<Option<(Record, DisclosureLevel)>, Refusal> {
    if key.kind == RecordKind::Demand
        && let Some(row) = demand::find(tx, &key.id).await?
    {
        let case = Case::load(tx, &key.id).await?;
        if case.shows_contact(actor) || case.allows(actor, Action::DecideDemands) || actor.role().is_none() {
            return Ok(Some((record_of_demand(region, open_demand(row)?), DisclosureLevel::Undertaking)));
        }
    }
    Ok(read_record(tx, region, key).await?.map(|record| (record, level_of(actor))))
}

/// Hits with the records behind them.
pub(super) struct Found {
    pub question: Question,
    pub hits: Vec<(Hit, Record)>,
    pub reader: DisclosureLevel,
    pub state: IndexState,
}

/// Searches the shelf of a reader and reads the records of the hits: what was taken off the market since is left out.
pub(super) async fn search(
    app: &App,
    reader: DisclosureLevel,
    question: Question,
    channels: Channels,
    (top, except): (usize, Option<&RecordKey>),
) -> Result<Found, Refusal> {
    let (shelves, state) = app.match_index.newest(app).await?;
    let top = if top == 0 { HITS_USUAL } else { top.min(HITS_MAX) };
    let except = except.map(ToString::to_string);
    let asked = question.clone();
    let hits = in_background(shelves, move |shelves| {
        // One more, since what is matched may answer itself.
        let search = Search { top: top + 1, channels, weights: Weights::SHIPPED };
        let mut hits = shelves.of(reader).search(&asked, &search)?;
        hits.retain(|hit| Some(&hit.id) != except.as_ref());
        hits.truncate(top);
        Ok(hits)
    });
    let hits = hits.await.map_err(|fault| refused(&fault))?;
    let mut tx = app.db.read().await?;
    let region = app.region_in(&mut tx).await?;
    let mut found = Vec::with_capacity(hits.len());
    for hit in hits {
        let Some(key) = RecordKey::parse(&hit.id) else { continue };
        if let Some(record) = read_record(&mut tx, &region, &key).await? {
            found.push((hit, record));
        }
    }
    Ok(Found { question, hits: found, reader, state })
}

impl Found {
    /// With explanations; a demand's requirements are held against what an achievement states, whichever was asked for.
    fn matches(self, asked: &Record, level: DisclosureLevel) -> Matches {
        let facts = asked.facts(level);
        let reader = self.reader;
        self.explained(|record, explanation| {
            if record.key.kind == RecordKind::Demand && asked.key.kind == RecordKind::Achievement {
                let required = record.requirements(reader);
                explanation.requirements = required
                    .into_iter()
                    .map(|requirement| {
                        let verdict = requirement.aspect.verdict(&facts);
                        (requirement, verdict)
                    })
                    .collect();
            }
        })
    }

    pub fn plain(self) -> Matches {
        self.explained(|_, _| {})
    }

    fn explained(self, finish: impl Fn(&Record, &mut Explanation)) -> Matches {
        let Self { question, hits, reader, state } = self;
        let documents: Vec<Document> = hits.iter().map(|(_, record)| record.document(reader)).collect();
        let questions = sharpen(&question, &documents);
        let hits = hits
            .into_iter()
            .zip(&documents)
            .map(|((hit, record), document)| {
                let mut explanation = explain(&question, document);
                finish(&record, &mut explanation);
                MatchHit {
                    sort: record.sort,
                    field: record.field().to_owned(),
                    place: document.facts.place,
                    price: document.facts.price,
                    holder: if reader.reads(record.holder.1) { record.holder.0 } else { String::new() },
                    title: record.title,
                    summary: record.summary,
                    key: record.key,
                    points: hit.points,
                    explanation,
                }
            })
            .collect();
        Matches { title: question.text, hits, questions, state, weights_version: Weights::SHIPPED.version }
    }
}
