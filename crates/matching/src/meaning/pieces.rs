//! Cuts a text into the pieces that the encoder knows: of all ways to cut it the most probable one, where every piece
//! has its own probability (a unigram model, as SentencePiece trains them).

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use super::model_file::{ModelFault, Reader};

/// Number of a piece: its row in the table of the encoder.
pub(super) type Piece = u32;

/// Begins every text.
pub(super) const START: Piece = 0;
/// Ends every text.
pub(super) const END: Piece = 2;
/// Stands for what no piece covers.
const UNKNOWN: Piece = 3;

/// What stands for a space, and before the first word.
const SPACE: char = '▁';

/// How much less probable than the least probable piece an unknown character is, as a logarithm.
const UNKNOWN_PENALTY: f32 = 10.0;

pub(super) struct Pieces {
    numbers: HashMap<Box<str>, (Piece, f32)>,
    longest_characters: usize,
    unknown_score: f32,
}

impl Pieces {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<(Self, usize), ModelFault> {
        let count = reader.count()?;
        let scores = reader.floats(count)?;
        let lengths = reader.bytes(count)?;
        let mut numbers = HashMap::with_capacity(count);
        let mut longest_characters = 1;
        let mut least = 0.0_f32;
        for (number, (length, score)) in (0..).zip(lengths.iter().zip(scores)) {
            let text = reader.bytes(usize::from(*length))?;
            let text = std::str::from_utf8(text).map_err(|_| ModelFault::Piece)?;
            if number > UNKNOWN {
                longest_characters = longest_characters.max(text.chars().count());
                least = least.min(score);
                numbers.insert(text.into(), (number, score));
            }
        }
        Ok((Self { numbers, longest_characters, unknown_score: least - UNKNOWN_PENALTY }, count))
    }

    /// The pieces of a text without the marks of start and end.
    pub(super) fn cut(&self, text: &str) -> Vec<Piece> {
        let text = written(text);
        let starts: Vec<usize> =
            text.char_indices().map(|(start, _)| start).chain(std::iter::once(text.len())).collect();
        let characters = starts.len() - 1;
        // best[i]: the most probable way to cut the first i characters, and where its last piece begins.
        let mut best = vec![Way { score: f32::NEG_INFINITY, from: 0, piece: UNKNOWN }; starts.len()];
        best[0].score = 0.0;
        for from in 0..characters {
            let base = best[from].score;
            for to in from + 1..=characters.min(from + self.longest_characters) {
                if let Some((piece, score)) = self.numbers.get(&text[starts[from]..starts[to]]) {
                    best[to].improve(Way { score: base + score, from, piece: *piece });
                }
            }
            best[from + 1].improve(Way { score: base + self.unknown_score, from, piece: UNKNOWN });
        }
        let mut pieces = Vec::new();
        let mut at = characters;
        while at > 0 {
            pieces.push(best[at].piece);
            at = best[at].from;
        }
        pieces.reverse();
        pieces
    }
}

#[derive(Clone, Copy)]
struct Way {
    score: f32,
    from: usize,
    piece: Piece,
}

impl Way {
    fn improve(&mut self, other: Self) {
        if other.score > self.score {
            *self = other;
        }
    }
}

/// The written form that the pieces were trained on: NFKC, one mark for each run of white space and one at the start.
fn written(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 3);
    let mut gap = true;
    for character in text.nfkc() {
        if character.is_whitespace() {
            gap = true;
        } else if !character.is_control() {
            if gap {
                out.push(SPACE);
                gap = false;
            }
            out.push(character);
        }
    }
    out
}
