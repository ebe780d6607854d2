use super::EvaluationSet;

/// The documents that a question was answered with, best first.
#[derive(Clone, Debug)]
pub struct Ranked {
    /// Identifier of the question.
    pub question: String,
    /// Identifiers of the documents.
    pub documents: Vec<String>,
}

/// How good rankings are, as means over the questions.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Measures {
    /// Questions with judgements.
    pub questions: usize,
    /// Those of them that no document gains anything for: they have no place in the mean of nDCG.
    pub without_gain: usize,
    /// Normalised discounted cumulative gain of the first ten.
    pub ndcg_at_10: f64,
    /// One through the place of the first answer, 0 beyond the tenth.
    pub mrr_at_10: f64,
    /// The share of the answers that are among the first hundred.
    pub recall_at_100: f64,
}

/// Measures rankings against the judgements of their set.
#[must_use]
pub fn measure(set: &EvaluationSet, rankings: &[Ranked]) -> Measures {
    let (mut ndcg, mut mrr, mut recall) = (Vec::new(), Vec::new(), Vec::new());
    let mut without_gain = 0;
    for ranked in rankings {
        let Some(levels) = set.levels.get(&ranked.question) else { continue };
        let level = |document: &String| levels.get(document).copied();
        let gains =
            ranked.documents.iter().map(|document| level(document).map_or(0, |level| set.gain(level)));
        let mut best: Vec<u32> = levels.values().map(|level| set.gain(*level)).collect();
        best.sort_unstable_by(|a, b| b.cmp(a));
        let ideal = discounted(best.into_iter());
        if ideal > 0.0 {
            ndcg.push(discounted(gains) / ideal);
        } else {
            without_gain += 1;
        }
        let answers = |document: &String| level(document).is_some_and(|level| set.answers(level));
        let first = ranked.documents.iter().take(10).position(answers);
        mrr.push(first.map_or(0.0, |place| 1.0 / (place as f64 + 1.0)));
        let known = levels.values().filter(|level| set.answers(**level)).count();
        if known > 0 {
            let found = ranked.documents.iter().take(100).filter(|document| answers(document)).count();
            recall.push(found as f64 / known as f64);
        }
    }
    Measures {
        questions: mrr.len(),
        without_gain,
        ndcg_at_10: mean(&ndcg),
        mrr_at_10: mean(&mrr),
        recall_at_100: mean(&recall),
    }
}

fn discounted(gains: impl Iterator<Item = u32>) -> f64 {
    gains.take(10).zip(2..).map(|(gain, place)| f64::from(gain) / f64::from(place).log2()).sum()
}

fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::{Measures, Ranked, measure};
    use crate::evaluate::EvaluationSet;

    fn set(levels: &[(&str, u32)], graded: bool) -> EvaluationSet {
        let levels = levels.iter().map(|(document, level)| ((*document).to_owned(), *level)).collect();
        EvaluationSet {
            name: "示例".to_owned(),
            documents: Vec::new(),
            questions: Vec::new(),
            levels: HashMap::from([("q".to_owned(), levels)]),
            graded,
        }
    }

    fn ranked(documents: &[&str]) -> [Ranked; 1] {
        [Ranked {
            question: "q".to_owned(),
            documents: documents.iter().map(|document| (*document).to_owned()).collect(),
        }]
    }

    #[test]
    fn the_best_order_measures_one() {
        let measures = measure(&set(&[("a", 4), ("b", 3), ("c", 1)], true), &ranked(&["a", "b", "c"]));
        assert_eq!(
            measures,
            Measures { questions: 1, without_gain: 0, ndcg_at_10: 1.0, mrr_at_10: 1.0, recall_at_100: 1.0 }
        );
    }

    #[test]
    fn a_worse_order_measures_what_the_formula_says() {
        let measures = measure(&set(&[("a", 4), ("b", 2)], true), &ranked(&["b", "a"]));
        // Gains 7 and 1: (1/1 + 7/log2(3)) / (7/1 + 1/log2(3)).
        let expected = (1.0 + 7.0 / 3.0_f64.log2()) / (7.0 + 1.0 / 3.0_f64.log2());
        assert!((measures.ndcg_at_10 - expected).abs() < 1e-12);
        assert!((measures.mrr_at_10 - 0.5).abs() < 1e-12);
    }

    #[test]
    fn a_question_that_nothing_answers_is_counted_apart() {
        let measures = measure(&set(&[("a", 1), ("b", 1)], true), &ranked(&["a"]));
        assert_eq!((measures.questions, measures.without_gain), (1, 1));
        assert!(measures.ndcg_at_10.abs() < 1e-12);
    }

    #[test]
    fn what_is_not_found_counts_as_missed() {
        let measures = measure(&set(&[("a", 1)], false), &ranked(&[]));
        assert!(measures.mrr_at_10.abs() < 1e-12 && measures.recall_at_100.abs() < 1e-12);
    }
}
