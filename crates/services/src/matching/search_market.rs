//! One search over the whole market (一站检索), as one types: demands, achievements, experts, institutions, teams and
//! events.

use std::collections::BTreeMap;

use xiaoxiang_domain::market::DisclosureLevel;
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_matching::constraint::{Aspect, Requirement, Strength};
use xiaoxiang_matching::document::Question;
use xiaoxiang_matching::index::Hit;
use xiaoxiang_matching::score::Channels;

use super::find_matches::{HITS_MAX, MatchHit, level_of, search};
use super::index::IndexState;
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Characters of what is typed that are looked at.
pub const SEARCH_CHARACTERS_MAX: usize = 100;

/// What is found, the kinds of documents in the order of the page.
pub const SORTS_OF_MARKET: [&str; 8] =
    ["demand", "result", "patent", "service", "expert", "team", "institution", "event"];

/// A hit has at least this share of the best hit's words.
const WORDS_SHARE: f32 = 0.35;
/// Or comes so close in meaning that it needs no common word.
const MEANING_CLOSE: f32 = 0.55;

/// What is searched for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchAsk {
    /// What was typed.
    pub text: String,
    /// Kind of document, as [`SORTS_OF_MARKET`] names them; empty for all.
    pub sort: String,
    /// Code of a technical field; empty for all.
    pub field: String,
    /// Code of a city or county; empty for everywhere.
    pub division: String,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct SearchFound {
    /// Best first.
    pub hits: Vec<MatchHit>,
    /// How many of each kind there are, whichever kind is shown.
    pub sorts: Vec<(&'static str, usize)>,
    /// How many there are in each field, whichever field is shown.
    pub fields: Vec<(String, usize)>,
    /// Whether the index holds everything.
    pub state: IndexState,
}

/// Searches the market; what a reader may not read finds nothing. Among the best [`HITS_MAX`] it is counted and narrowed.
pub async fn search_market(app: &App, actor: &Actor, ask: &SearchAsk) -> Result<SearchFound, Refusal> {
    search_at(app, level_of(actor), ask).await
}

/// The same for a level of readers.
pub(super) async fn search_at(
    app: &App,
    reader: DisclosureLevel,
    ask: &SearchAsk,
) -> Result<SearchFound, Refusal> {
    let text: String = ask.text.trim().chars().take(SEARCH_CHARACTERS_MAX).collect();
    let place = DivisionCode::parse(&ask.division).map(Aspect::Within);
    let place = place.map(|aspect| Requirement { aspect, strength: Strength::Must });
    let question = Question {
        text,
        kinds: SORTS_OF_MARKET.map(str::to_owned).to_vec(),
        requirements: place.into_iter().collect(),
        ..Question::default()
    };
    // The encoder takes longer to read a question than somebody takes to type the next letter.
    let channels = Channels { reading: false, ..Channels::ALL };
    let mut found = search(app, reader, question, channels, (HITS_MAX, None)).await?;
    let best = found.hits.iter().map(|(hit, _)| hit.parts.words).fold(0.0, f32::max);
    found.hits.retain(|(hit, _)| is_telling(hit, best));
    let mut matches = found.plain();
    matches.hits.retain(|hit| !hit.explanation.shared.is_empty() || !hit.explanation.close.is_empty());
    let mut sorts = Vec::new();
    for sort in SORTS_OF_MARKET {
        let count = matches.hits.iter().filter(|hit| hit.sort == sort).count();
        if count > 0 {
            sorts.push((sort, count));
        }
    }
    let is_of_sort = |hit: &MatchHit| ask.sort.is_empty() || hit.sort == ask.sort;
    let mut fields: BTreeMap<String, usize> = BTreeMap::new();
    for hit in matches.hits.iter().filter(|hit| is_of_sort(hit) && !hit.field.is_empty()) {
        *fields.entry(hit.field.clone()).or_default() += 1;
    }
    matches.hits.retain(|hit| is_of_sort(hit) && (ask.field.is_empty() || hit.field == ask.field));
    Ok(SearchFound { hits: matches.hits, sorts, fields: fields.into_iter().collect(), state: matches.state })
}

/// Whether a hit says something: the index always has a nearest.
#[expect(clippy::float_arithmetic, reason = "a score is no money")]
fn is_telling(hit: &Hit, best: f32) -> bool {
    (hit.parts.words > 0.0 && hit.parts.words >= best * WORDS_SHARE) || hit.parts.meaning >= MEANING_CLOSE
}
