//! One score out of the channels' parts.

use serde::{Deserialize, Serialize};

/// Which channels take part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Channels {
    /// Full text.
    pub words: bool,
    /// The table of meanings.
    pub meaning: bool,
    /// The encoder, for documents that it has read.
    pub reading: bool,
}

impl Channels {
    /// All of them.
    pub const ALL: Self = Self { words: true, meaning: true, reading: true };
}

/// What each channel counts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Weights {
    /// Number of this set of weights, written into what is kept of a match.
    pub version: u32,
    /// Of full text.
    pub words: f32,
    /// Of the table of meanings.
    pub meaning: f32,
    /// Of the encoder.
    pub reading: f32,
    /// Of being close to the other strong candidates.
    pub neighbours: f32,
}

impl Weights {
    /// The weights that are in force. Where they come from stands in `docs/MATCHING.md`.
    pub const SHIPPED: Self = Self { version: 1, words: 1.0, meaning: 0.6, reading: 1.5, neighbours: 0.6 };
}

/// What each channel says of one candidate.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Parts {
    /// The weighted units that question and document share.
    pub words: f32,
    /// Closeness in the table of meanings, from -1 to 1.
    pub meaning: f32,
    /// Closeness as the encoder reads both, from -1 to 1; none where it has not read the document.
    pub reading: Option<f32>,
}

/// What each channel gives to the score of one candidate; they add up to it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Points {
    /// Of full text.
    pub words: f32,
    /// Of the table of meanings.
    pub meaning: f32,
    /// Of the encoder, or of the table in its place.
    pub reading: f32,
    /// Of being close to the other strong candidates: what many of them speak of is what the question means.
    pub neighbours: f32,
    /// What preferences that are not met take, zero or negative.
    pub requirements: f32,
}

impl Points {
    /// The score.
    #[must_use]
    pub fn total(self) -> f32 {
        self.words + self.meaning + self.reading + self.neighbours + self.requirements
    }
}

/// The points of candidates, in their order. Each part is counted in standard deviations from the candidates' mean, so
/// that channels of different size can be added. Where the encoder has not read a document, the table
/// stands in; where it has read fewer than half of them, it takes no part.
#[must_use]
pub fn rank(parts: &[Parts], channels: Channels, weights: Weights) -> Vec<Points> {
    let words = standardised(parts.iter().map(|parts| Some(parts.words)));
    let meaning = standardised(parts.iter().map(|parts| Some(parts.meaning)));
    let reading = standardised(parts.iter().map(|parts| parts.reading));
    // Where the encoder has read only a few, those few cannot be told from the rest.
    let count = parts.iter().filter(|parts| parts.reading.is_some()).count();
    let read = channels.reading && count * 2 >= parts.len();
    let counted = |takes_part: bool, weight: f32, value: f32| if takes_part { weight * value } else { 0.0 };
    words
        .into_iter()
        .zip(meaning)
        .zip(reading)
        .map(|((words, meaning), reading)| {
            let meaning = meaning.unwrap_or_default();
            Points {
                words: counted(channels.words, weights.words, words.unwrap_or_default()),
                meaning: counted(channels.meaning, weights.meaning, meaning),
                reading: counted(read, weights.reading, reading.unwrap_or(meaning)),
                neighbours: 0.0,
                requirements: 0.0,
            }
        })
        .collect()
}

/// The strongest candidates that the others are compared with.
const NEIGHBOURS: usize = 10;

/// How much more the strongest of them counts than the weakest.
const NEIGHBOUR_STEEPNESS: f32 = 0.5;

/// Adds to each candidate's points how close it is to the strongest other candidates. `closeness` compares two of them by
/// their places in the list.
pub fn add_neighbours(points: &mut [Points], weight: f32, closeness: impl Fn(usize, usize) -> f32) {
    if points.len() < 2 || weight == 0.0 {
        return;
    }
    let mut strongest: Vec<usize> = (0..points.len()).collect();
    strongest.sort_by(|a, b| points[*b].total().total_cmp(&points[*a].total()).then(a.cmp(b)));
    strongest.truncate(NEIGHBOURS);
    let totals = standardised(points.iter().map(|points| Some(points.total())));
    let counts: Vec<f32> =
        strongest.iter().map(|at| (totals[*at].unwrap_or_default() * NEIGHBOUR_STEEPNESS).exp()).collect();
    let near = (0..points.len()).map(|at| {
        let others = strongest.iter().zip(&counts).filter(|(other, _)| **other != at);
        let (sum, count) = others.fold((0.0, 0.0), |(sum, all), (other, count)| {
            (sum + count * closeness(at, *other), all + count)
        });
        Some(sum / f32::max(count, f32::MIN_POSITIVE))
    });
    let near = standardised(near);
    for (points, near) in points.iter_mut().zip(near) {
        points.neighbours = weight * near.unwrap_or_default();
    }
}

fn standardised(values: impl Iterator<Item = Option<f32>>) -> Vec<Option<f32>> {
    let values: Vec<Option<f32>> = values.collect();
    let known: Vec<f32> = values.iter().copied().flatten().collect();
    let count = known.len().max(1) as f32;
    let mean = known.iter().sum::<f32>() / count;
    let spread = (known.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / count).sqrt();
    let standard = |value: f32| if spread > 0.0 { (value - mean) / spread } else { 0.0 };
    values.into_iter().map(|value| value.map(standard)).collect()
}

#[cfg(test)]
mod tests {
    use super::{Channels, Parts, Points, Weights, add_neighbours, rank};

    fn parts(words: f32, meaning: f32, reading: Option<f32>) -> Parts {
        Parts { words, meaning, reading }
    }

    #[test]
    fn channels_of_any_size_weigh_what_they_are_given() {
        let weights = Weights { version: 0, words: 1.0, meaning: 1.0, reading: 1.0, neighbours: 0.0 };
        let points = rank(&[parts(900.0, 0.1, None), parts(100.0, 0.2, None)], Channels::ALL, weights);
        assert!((points[0].total() - points[1].total()).abs() < 1e-5, "one deviation up, one down");
        assert!((points[0].words - 1.0).abs() < 1e-5 && (points[1].meaning - 1.0).abs() < 1e-5);
    }

    #[test]
    fn a_weak_candidate_beside_strong_ones_rises_and_one_apart_does_not() {
        let mut points: Vec<Points> =
            [3.0, 2.0, 0.0, 0.0].map(|words| Points { words, ..Points::default() }).to_vec();
        // The third speaks of what the first two speak of, the fourth of something else.
        add_neighbours(&mut points, 1.0, |a, b| if a == 3 || b == 3 { 0.0 } else { 1.0 });
        assert!(points[2].total() > points[3].total());
        let mut one = vec![Points::default()];
        add_neighbours(&mut one, 1.0, |_, _| 1.0);
        assert_eq!(one, [Points::default()]);
    }

    #[test]
    fn the_table_stands_in_for_what_the_encoder_has_not_read() {
        let candidates = [parts(0.0, 0.9, None), parts(0.0, 0.1, Some(0.8)), parts(0.0, 0.1, Some(0.7))];
        let points = rank(&candidates, Channels::ALL, Weights::SHIPPED);
        assert!(points[0].total() > points[1].total() && points[1].total() > points[2].total());
    }

    #[test]
    fn a_channel_that_takes_no_part_gives_nothing_and_equal_candidates_are_equal() {
        let only = Channels { words: true, meaning: false, reading: false };
        let points = rank(&[parts(3.0, 0.9, Some(0.9)), parts(3.0, 0.1, Some(0.1))], only, Weights::SHIPPED);
        assert!(points.iter().all(|points| points.total() == 0.0));
    }
}
