//! Questions that sharpen a vague demand (追问): those whose answers would change the ranking, and no others.

use std::collections::{HashMap, HashSet};

use crate::constraint::{Aspect, Facts};
use crate::document::{Document, Question};
use crate::meaning::Table;
use crate::text::{fold, words};

/// At most so many questions are put.
pub const QUESTIONS_MOST: usize = 3;

/// Fewer candidates than this are no reason to ask.
const CANDIDATES_LEAST: usize = 4;

/// An answer that would move fewer than this share of the candidates is not asked for.
const SWAY_LEAST: f32 = 0.2;

/// A word that is asked about says at least so much.
const TELLING: f32 = 4.0;

/// What to ask.
#[derive(Clone, Debug, PartialEq)]
pub enum Sharpening {
    /// Something that the demand does not state and that tells the candidates apart.
    Fact(FactAsked),
    /// Whether it is about this: some of the candidates are and some are not.
    Word(String),
}

/// A fact that a demand may state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FactAsked {
    /// 预算
    Budget,
    /// 期望的成熟度
    Maturity,
    /// 合作方式
    Modes,
    /// 地域
    Place,
    /// 知识产权归属
    Ownership,
}

/// The questions to put, the most telling first, given the best candidates in their order.
#[must_use]
pub fn sharpen(question: &Question, candidates: &[Document]) -> Vec<Sharpening> {
    if candidates.len() < CANDIDATES_LEAST {
        return Vec::new();
    }
    let mut ways: Vec<(f32, Sharpening)> = FACTS
        .iter()
        .filter(|fact| !states(question, **fact))
        .map(|fact| (sway_of_fact(*fact, candidates), Sharpening::Fact(*fact)))
        .collect();
    ways.extend(word_ways(question, candidates));
    ways.retain(|(sway, _)| *sway >= SWAY_LEAST);
    ways.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut asked: Vec<Sharpening> = Vec::new();
    for (_, way) in ways {
        // One question about a word; the next would mostly split the same candidates.
        let is_word = matches!(way, Sharpening::Word(_));
        if asked.len() < QUESTIONS_MOST
            && !(is_word && asked.iter().any(|way| matches!(way, Sharpening::Word(_))))
        {
            asked.push(way);
        }
    }
    asked
}

const FACTS: [FactAsked; 5] =
    [FactAsked::Budget, FactAsked::Maturity, FactAsked::Modes, FactAsked::Place, FactAsked::Ownership];

fn states(question: &Question, fact: FactAsked) -> bool {
    question.requirements.iter().any(|requirement| {
        matches!(
            (fact, &requirement.aspect),
            (FactAsked::Budget, Aspect::Budget(_))
                | (FactAsked::Maturity, Aspect::Maturity(_))
                | (FactAsked::Modes, Aspect::Modes(_))
                | (FactAsked::Place, Aspect::Within(_))
                | (FactAsked::Ownership, Aspect::Ownership(_))
        )
    })
}

/// The share of the candidates that an answer would part from the rest: those that state something else than the most
/// of them do.
fn sway_of_fact(fact: FactAsked, candidates: &[Document]) -> f32 {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for candidate in candidates {
        if let Some(value) = value(fact, &candidate.facts, candidates) {
            *counts.entry(value).or_default() += 1;
        }
    }
    let stated: usize = counts.values().sum();
    let most = counts.values().copied().max().unwrap_or_default();
    (stated - most) as f32 / candidates.len() as f32
}

/// What a candidate states, in classes that an answer tells apart.
fn value(fact: FactAsked, facts: &Facts, candidates: &[Document]) -> Option<String> {
    match fact {
        FactAsked::Budget => {
            let mut prices: Vec<_> =
                candidates.iter().filter_map(|candidate| candidate.facts.price).collect();
            prices.sort_unstable();
            let middle = *prices.get(prices.len() / 2)?;
            facts.price.map(|price| (price >= middle).to_string())
        }
        FactAsked::Maturity => facts.maturity.map(|maturity| maturity.least().to_string()),
        FactAsked::Modes => facts.modes.iter().min().map(|mode| mode.code().to_owned()),
        FactAsked::Place => facts.place.map(|place| place.city().unwrap_or(place).to_string()),
        FactAsked::Ownership => facts.ownership.map(|ownership| ownership.code().to_owned()),
    }
}

/// Telling words of the candidates' titles that the question has not, with how evenly they part the candidates.
fn word_ways(question: &Question, candidates: &[Document]) -> Vec<(f32, Sharpening)> {
    let table = Table::shipped();
    let known: HashSet<String> =
        words(&fold(&format!("{} {}", question.text, question.description))).into_iter().collect();
    let mut holding: HashMap<String, usize> = HashMap::new();
    for candidate in candidates {
        let title: HashSet<String> = words(&fold(&candidate.title)).into_iter().collect();
        for word in title {
            let telling =
                word.chars().nth(1).is_some() && table.says(&word) >= TELLING && !known.contains(&word);
            if telling {
                *holding.entry(word).or_default() += 1;
            }
        }
    }
    let mut ways: Vec<(f32, Sharpening)> = holding
        .into_iter()
        .map(|(word, holding)| {
            let parted = holding.min(candidates.len() - holding);
            (parted as f32 / candidates.len() as f32, Sharpening::Word(word))
        })
        .collect();
    ways.sort_by(|a, b| {
        let word = |way: &Sharpening| match way {
            Sharpening::Word(word) => word.clone(),
            Sharpening::Fact(_) => String::new(),
        };
        b.0.total_cmp(&a.0).then_with(|| word(&a.1).cmp(&word(&b.1)))
    });
    ways.truncate(1);
    ways
}

#[cfg(test)]
mod tests {
    use xiaoxiang_domain::money::Fen;

    use super::{FactAsked, QUESTIONS_MOST, Sharpening, sharpen};
    use crate::constraint::{Aspect, Facts, Requirement, Strength};
    use crate::document::{Document, Question};

    fn candidate(title: &str, yuan: i64) -> Document {
        Document {
            title: title.to_owned(),
            facts: Facts { price: Some(Fen(yuan * 100)), ..Facts::default() },
            ..Document::default()
        }
    }

    fn candidates() -> Vec<Document> {
        vec![
            candidate("污泥深度脱水", 10),
            candidate("污泥低温干化", 500),
            candidate("污泥厌氧消化", 800),
            candidate("印染废水处理", 20),
            candidate("印染污泥焚烧", 900),
        ]
    }

    #[test]
    fn what_tells_the_candidates_apart_is_asked_and_what_is_stated_is_not() {
        let question = Question { text: "污泥处理".to_owned(), ..Question::default() };
        let asked = sharpen(&question, &candidates());
        assert!(asked.contains(&Sharpening::Fact(FactAsked::Budget)), "{asked:?}");
        assert!(asked.contains(&Sharpening::Word("印染".to_owned())), "{asked:?}");
        assert!(asked.len() <= QUESTIONS_MOST);
        let budget = Requirement { aspect: Aspect::Budget(Fen(1)), strength: Strength::Prefer };
        let stated = Question { requirements: vec![budget], ..question };
        assert!(!sharpen(&stated, &candidates()).contains(&Sharpening::Fact(FactAsked::Budget)));
    }

    #[test]
    fn candidates_that_agree_or_are_few_give_no_question() {
        let question = Question { text: "污泥处理".to_owned(), ..Question::default() };
        let alike: Vec<Document> = (0..6).map(|_| candidate("污泥处理", 10)).collect();
        assert_eq!(sharpen(&question, &alike), []);
        assert_eq!(sharpen(&question, &candidates()[..3]), []);
    }
}
