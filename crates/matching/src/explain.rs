//! Why a document is a hit (匹配说明): the words that show it, what comes close to them, what is missing, and how each
//! requirement stands.

use std::collections::HashSet;

use crate::constraint::{Requirement, Verdict};
use crate::document::{Document, Question};
use crate::meaning::Table;
use crate::text::{fold, words};

/// Words of each sort that are named.
const WORDS_NAMED: usize = 6;

/// Two words come close in meaning from here on.
const CLOSE: f32 = 0.55;

/// What speaks for and against a hit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Explanation {
    /// Words that both use, those that say most first.
    pub shared: Vec<String>,
    /// A word of the question with the word of the document that comes close to it.
    pub close: Vec<(String, String)>,
    /// Telling words of the question that nothing in the document comes close to.
    pub missing: Vec<String>,
    /// Every requirement with how the document stands to it.
    pub requirements: Vec<(Requirement, Verdict)>,
}

/// Explains a document as the answer to a question.
#[must_use]
pub fn explain(question: &Question, document: &Document) -> Explanation {
    let table = Table::shipped();
    let of_document: HashSet<String> =
        telling_words(&format!("{} {}", document.title, document.text)).into_iter().collect();
    let mut asked = telling_words(&question.text);
    // The description is asked for its words that the document shares; what of it is missing would be most of it.
    let described: Vec<String> = telling_words(&question.description)
        .into_iter()
        .filter(|word| of_document.contains(word) && !asked.contains(word))
        .collect();
    asked.sort_by(|a, b| table.says(b).total_cmp(&table.says(a)).then_with(|| a.cmp(b)));
    let mut explanation = Explanation {
        requirements: question
            .requirements
            .iter()
            .map(|requirement| (requirement.clone(), requirement.aspect.verdict(&document.facts)))
            .collect(),
        ..Explanation::default()
    };
    for word in asked {
        if of_document.contains(&word) {
            explanation.shared.push(word);
        } else if let Some(near) = table.closest(&word, &of_document, CLOSE) {
            explanation.close.push((word, near.to_owned()));
        } else {
            explanation.missing.push(word);
        }
    }
    let mut described = described;
    described.sort_by(|a, b| table.says(b).total_cmp(&table.says(a)).then_with(|| a.cmp(b)));
    explanation.shared.extend(described);
    explanation.shared.truncate(WORDS_NAMED);
    explanation.close.truncate(WORDS_NAMED);
    explanation.missing.truncate(WORDS_NAMED);
    explanation
}

/// The words of a text that say something: of two characters at least, not those that every title has, none twice.
fn telling_words(text: &str) -> Vec<String> {
    let table = Table::shipped();
    let mut seen = HashSet::new();
    words(&fold(text))
        .into_iter()
        .filter(|word| word.chars().nth(1).is_some() && table.says(word) >= TELLING)
        .filter(|word| seen.insert(word.clone()))
        .collect()
}

/// Rarity from which on a word says something: about one document of twenty has it.
const TELLING: f32 = 3.0;
