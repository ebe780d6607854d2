//! Matches as the API and the command line give them.

use serde::Serialize;
use utoipa::ToSchema;
use xiaoxiang_services::matching::{IndexState, MatchHit, Matches, Points};

use crate::language::Language;
use crate::match_words::{question_of, reasons};

/// What answers a demand or an achievement.
#[derive(Debug, Serialize, ToSchema)]
pub struct MatchesShape {
    /// What was matched.
    title: String,
    /// Best first.
    items: Vec<MatchHitShape>,
    /// What to ask the owner of a vague demand, only what would change the ranking; Chinese.
    questions: Vec<String>,
    /// Whether the index holds everything that was committed.
    complete: bool,
    /// Version of the weights that ranked.
    weights_version: u32,
}

/// An answer with why.
#[derive(Debug, Serialize, ToSchema)]
pub struct MatchHitShape {
    /// `demand`, `achievement` or `profile`.
    record: &'static str,
    /// UUID.
    id: String,
    /// `demand`, `result`, `patent`, `service`, `expert`, `institution` or `team`.
    kind: &'static str,
    /// Title or name.
    title: String,
    /// In a sentence.
    summary: String,
    /// Whose it is; empty where the caller is not told.
    holder: String,
    /// Code of the technical field, possibly empty.
    field: String,
    /// Division; null where it is not stated.
    division: Option<String>,
    /// Price, of a demand its budget; null where it is not stated or the caller is not told.
    price_fen: Option<i64>,
    /// The parts add up to it.
    score: f32,
    /// What each channel gives to the score.
    parts: MatchPartsShape,
    /// Why, in Chinese sentences: what both say, what is missing, how each requirement stands.
    reasons: Vec<String>,
}

/// The parts of a score.
#[derive(Debug, Serialize, ToSchema)]
pub struct MatchPartsShape {
    /// 全文
    words: f32,
    /// 词义
    meaning: f32,
    /// 通读
    reading: f32,
    /// 同类
    neighbours: f32,
    /// 约束, zero or negative.
    requirements: f32,
}

impl From<Points> for MatchPartsShape {
    fn from(points: Points) -> Self {
        let Points { words, meaning, reading, neighbours, requirements } = points;
        Self { words, meaning, reading, neighbours, requirements }
    }
}

impl MatchesShape {
    /// What was found.
    #[must_use]
    pub fn of(matches: &Matches) -> Self {
        Self {
            title: matches.title.clone(),
            items: matches.hits.iter().map(MatchHitShape::of).collect(),
            questions: matches
                .questions
                .iter()
                .map(|question| question_of(Language::Chinese, question))
                .collect(),
            complete: matches.state == IndexState::Complete,
            weights_version: matches.weights_version,
        }
    }
}

impl MatchHitShape {
    /// One hit.
    #[must_use]
    pub fn of(hit: &MatchHit) -> Self {
        Self {
            record: hit.key.kind.code(),
            id: hit.key.id.clone(),
            kind: hit.sort,
            title: hit.title.clone(),
            summary: hit.summary.clone(),
            holder: hit.holder.clone(),
            field: hit.field.clone(),
            division: hit.place.map(|place| place.to_string()),
            price_fen: hit.price.map(|price| price.0),
            score: hit.points.total(),
            parts: hit.points.into(),
            reasons: reasons(Language::Chinese, &hit.explanation),
        }
    }
}
