//! Why a document is a hit (匹配说明): the words that show it, what comes close to them, what is missing, and how each
//! requirement stands.

use std::collections::HashSet;

use crate::constraint::{Requirement, Verdict};
use crate::document::{Document, Question};
use crate::meaning::Table;
use crate::text::{fold, words};

/// Words of each sort that are named.
const WORDS_NAMED: usize = 6;

/// A question of so many characters may be one word.
const SHORT_QUESTION: usize = 8;

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
    let text = fold(&format!("{} {}", document.title, document.text));
    let of_document: HashSet<String> = telling_words(&text).into_iter().collect();
    let mut explanation = Explanation {
        requirements: question
            .requirements
            .iter()
            .map(|requirement| (requirement.clone(), requirement.aspect.verdict(&document.facts)))
            .collect(),
        ..Explanation::default()
    };
    let asked = asked_words(&question.text);
    for word in &asked {
        // A part of a word says nothing beside the whole, and is all there is to say where the whole is missing.
        let is_part = |of: &[String]| of.iter().any(|whole| whole != word && whole.contains(word.as_str()));
        let closes: Vec<String> = explanation.close.iter().map(|(asked, _)| asked.clone()).collect();
        if is_part(&explanation.shared) || is_part(&closes) {
            continue;
        }
        if of_document.contains(word) || text.contains(word.as_str()) {
            explanation.shared.push(word.clone());
        } else if let Some(near) = table.closest(word, &of_document, CLOSE) {
            explanation.close.push((word.clone(), near.to_owned()));
        } else if !is_part(&explanation.missing) {
            explanation.missing.push(word.clone());
        }
    }
    // The description is asked for its words that the document shares; what of it is missing would be most of it.
    let described = longest_first(telling_words(&fold(&question.description)));
    for word in described {
        let is_known = explanation.shared.iter().chain(&asked).any(|whole| whole.contains(word.as_str()));
        if of_document.contains(&word) && !is_known {
            explanation.shared.push(word);
        }
    }
    let says_most = |a: &String, b: &String| table.says(b).total_cmp(&table.says(a)).then_with(|| a.cmp(b));
    let of_title = explanation.shared.iter().filter(|word| asked.contains(word)).count();
    let (from_title, from_description) = explanation.shared.split_at_mut(of_title);
    from_title.sort_by(says_most);
    from_description.sort_by(says_most);
    explanation.close.sort_by(|(a, _), (b, _)| says_most(a, b));
    explanation.missing.sort_by(says_most);
    explanation.shared.truncate(WORDS_NAMED);
    explanation.close.truncate(WORDS_NAMED);
    explanation.missing.truncate(WORDS_NAMED);
    explanation
}

/// The words of a question that are looked for, the longest first; a short question that has no telling word is one word.
fn asked_words(text: &str) -> Vec<String> {
    let text = fold(text);
    let words = longest_first(telling_words(&text));
    let whole = text.trim();
    if words.is_empty() && !whole.is_empty() && whole.chars().count() <= SHORT_QUESTION {
        return vec![whole.to_owned()];
    }
    words
}

fn longest_first(mut words: Vec<String>) -> Vec<String> {
    words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    words
}

/// The words of a folded text that say something: of two characters at least, not those that every title has, none twice.
fn telling_words(text: &str) -> Vec<String> {
    let table = Table::shipped();
    let mut seen = HashSet::new();
    words(text)
        .into_iter()
        .filter(|word| word.chars().nth(1).is_some() && table.says(word) >= TELLING)
        .filter(|word| seen.insert(word.clone()))
        .collect()
}

/// Rarity from which on a word says something: about one document of twenty has it.
const TELLING: f32 = 3.0;

#[cfg(test)]
mod tests {
    use super::explain;
    use crate::document::{Document, Question};

    fn told(asked: &str, title: &str, text: &str) -> (Vec<String>, Vec<String>) {
        let question = Question { text: asked.to_owned(), ..Question::default() };
        let document = Document { title: title.to_owned(), text: text.to_owned(), ..Document::default() };
        let explanation = explain(&question, &document);
        (explanation.shared, explanation.missing)
    }

    #[test]
    fn a_part_of_a_word_is_named_only_where_the_whole_is_not_there() {
        let (shared, missing) = told("重金属", "烟气多种重金属监测", "");
        assert_eq!((shared, missing), (vec!["重金属".to_owned()], vec![]));
        let (shared, missing) = told("混凝土输送管", "混凝土泵送", "");
        assert_eq!(shared, ["混凝土"]);
        assert!(
            missing.contains(&"输送管".to_owned()) && !missing.contains(&"输送".to_owned()),
            "{missing:?}"
        );
    }

    #[test]
    fn a_word_inside_a_longer_one_and_a_single_character_are_found_too() {
        assert_eq!(told("水处理", "印染废水处理工艺", "").0, ["水处理"]);
        assert_eq!(told("锑", "锑冶炼烟尘", "").0, ["锑"]);
        assert_eq!(told("铋", "锑冶炼烟尘", ""), (vec![], vec!["铋".to_owned()]));
    }
}
