//! One score out of the channels' parts.

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

/// What each channel counts, in standard deviations of the candidates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weights {
    /// Of full text.
    pub words: f32,
    /// Of the table of meanings.
    pub meaning: f32,
    /// Of the encoder.
    pub reading: f32,
}

impl Weights {
    /// The weights that are in force. Where they come from stands in `docs/MATCHING.md`.
    pub const SHIPPED: Self = Self { words: 1.0, meaning: 0.3, reading: 1.5 };
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

/// The scores of candidates, in their order. Each part is counted in standard deviations from the candidates' mean,
/// so that channels of different size can be added. Where the encoder has not read a document, the table stands in.
#[must_use]
pub fn rank(parts: &[Parts], channels: Channels, weights: Weights) -> Vec<f32> {
    let words = standardised(&parts.iter().map(|parts| Some(parts.words)).collect::<Vec<_>>());
    let meaning = standardised(&parts.iter().map(|parts| Some(parts.meaning)).collect::<Vec<_>>());
    let reading = standardised(&parts.iter().map(|parts| parts.reading).collect::<Vec<_>>());
    let read = channels.reading && parts.iter().any(|parts| parts.reading.is_some());
    (0..parts.len())
        .map(|at| {
            let mut score = 0.0;
            let meaning = meaning[at].unwrap_or_default();
            if channels.words {
                score += weights.words * words[at].unwrap_or_default();
            }
            if channels.meaning {
                score += weights.meaning * meaning;
            }
            if read {
                score += weights.reading * reading[at].unwrap_or(meaning);
            }
            score
        })
        .collect()
}

fn standardised(values: &[Option<f32>]) -> Vec<Option<f32>> {
    let known: Vec<f32> = values.iter().copied().flatten().collect();
    let count = known.len().max(1) as f32;
    let mean = known.iter().sum::<f32>() / count;
    let spread = (known.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / count).sqrt();
    values
        .iter()
        .map(|value| value.map(|value| if spread > 0.0 { (value - mean) / spread } else { 0.0 }))
        .collect()
}
