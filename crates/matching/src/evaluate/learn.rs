//! Learns the weights from judged answers, and says what they are worth on questions that they were not learnt from.

use std::path::Path;

use super::run::fill;
use super::{EvaluationSet, Measures, Ranked, measure};
use crate::index::{Hit, IndexFault, Search};
use crate::score::{Channels, Parts, Points, Weights, add_neighbours, rank};

/// The questions are parted into so many; each part is measured with weights learnt from the others.
pub const FOLDS: usize = 5;

/// Candidates of a question that are learnt from, where the whole corpus is ranked.
const CANDIDATES: usize = 100;

/// Steps that each weight tries, as factors.
const STEPS: [f32; 4] = [0.5, 0.8, 1.25, 2.0];

/// Rounds over all weights.
const ROUNDS: usize = 6;

/// A smaller gain than this is chance.
const GAIN_LEAST: f64 = 0.000_5;

/// Weights that were learnt.
#[derive(Clone, Debug)]
pub struct Learnt {
    /// From all questions.
    pub weights: Weights,
    /// The measures of each question under weights that were learnt without it.
    pub held_out: Measures,
    /// The measures of the weights in force before.
    pub before: Measures,
}

/// A question with its candidates, what each channel says of them, and how close they are to each other.
struct Case {
    question: String,
    ids: Vec<String>,
    parts: Vec<Parts>,
    nearness: Vec<f32>,
}

/// Learns weights from a set whose judged documents are ranked, or its whole corpus, beginning at `start`.
///
/// # Errors
/// Fails where the index cannot be written or read.
pub fn learn(
    set: &EvaluationSet,
    folder: &Path,
    judged_only: bool,
    start: Weights,
    step: &(dyn Fn(usize, usize) + Sync),
) -> Result<Learnt, IndexFault> {
    let engine = fill(set, folder, Channels::ALL, step)?;
    let search = Search { top: CANDIDATES, channels: Channels::ALL, weights: start };
    let mut cases = Vec::new();
    for (id, question) in set.questions.iter().filter(|(id, _)| set.levels.contains_key(id)) {
        let hits: Vec<Hit> = if judged_only {
            let judged: Vec<&str> = set.levels[id].keys().map(String::as_str).collect();
            engine.judge(question, &judged, &search)?
        } else {
            engine.search(question, &search)?
        };
        let near = |one: &Hit, other: &Hit| engine.nearness(&one.id, &other.id).unwrap_or_default();
        let nearness = hits.iter().flat_map(|one| hits.iter().map(move |other| near(one, other))).collect();
        let (ids, parts) = hits.into_iter().map(|hit| (hit.id, hit.parts)).unzip();
        cases.push(Case { question: id.clone(), ids, parts, nearness });
    }
    let mut held_out = Vec::new();
    for fold in 0..FOLDS {
        let of_fold = |case: &usize| case % FOLDS == fold;
        let others: Vec<&Case> =
            cases.iter().enumerate().filter(|(number, _)| !of_fold(number)).map(|(_, case)| case).collect();
        let weights = climb(set, &others, start);
        let own = cases.iter().enumerate().filter(|(number, _)| of_fold(number));
        held_out.extend(own.map(|(_, case)| case.ranked(weights)));
    }
    let all: Vec<&Case> = cases.iter().collect();
    Ok(Learnt {
        weights: climb(set, &all, start),
        held_out: measure(set, &held_out),
        before: measured(set, &all, start),
    })
}

/// A weight among all of them.
type Weight = fn(&mut Weights) -> &mut f32;

const WEIGHTS: [Weight; 3] =
    [|weights| &mut weights.meaning, |weights| &mut weights.reading, |weights| &mut weights.neighbours];

/// Changes one weight after the other as long as the measure rises. The weight of full text is the yardstick.
fn climb(set: &EvaluationSet, cases: &[&Case], start: Weights) -> Weights {
    let worth = |weights: Weights| {
        let measures = measured(set, cases, weights);
        if set.graded { measures.ndcg_at_10 } else { measures.mrr_at_10 }
    };
    let (mut best, mut best_worth) = (start, worth(start));
    for _ in 0..ROUNDS {
        let before = best;
        for weight in WEIGHTS {
            for factor in STEPS {
                let mut tried = best;
                *weight(&mut tried) *= factor;
                let tried_worth = worth(tried);
                if tried_worth > best_worth + GAIN_LEAST {
                    (best, best_worth) = (tried, tried_worth);
                }
            }
        }
        if before == best {
            break;
        }
    }
    best
}

fn measured(set: &EvaluationSet, cases: &[&Case], weights: Weights) -> Measures {
    let rankings: Vec<Ranked> = cases.iter().map(|case| case.ranked(weights)).collect();
    measure(set, &rankings)
}

impl Case {
    fn ranked(&self, weights: Weights) -> Ranked {
        let mut points = rank(&self.parts, Channels::ALL, weights);
        add_neighbours(&mut points, weights.neighbours, |one, other| {
            self.nearness[one * self.ids.len() + other]
        });
        let mut order: Vec<(&String, Points)> = self.ids.iter().zip(points).collect();
        order.sort_by(|a, b| b.1.total().total_cmp(&a.1.total()).then_with(|| a.0.cmp(b.0)));
        let documents = order.into_iter().map(|(id, _)| id.clone()).collect();
        Ranked { question: self.question.clone(), documents }
    }
}
