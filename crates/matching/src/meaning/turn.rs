//! The turn: the encoder's vectors moved to the middle and turned to their main directions, each at a like size, so that
//! closeness tells apart what the plain vectors hold to be nearly the same. Made by `cargo xtask meaning turn`; the file
//! holds the magic, the mean of questions and of answers, then the matrix in 16-bit floats.

use std::sync::LazyLock;

use ndarray::{Array1, Array2, ArrayView1};

use super::Side;
use super::encoder::READING_DIMENSIONS;
use super::model_file::{ModelFault, Reader};

const MAGIC: &[u8; 8] = b"XXTURN\0\x01";

/// Turns vectors of the encoder.
pub(super) struct Turn {
    question_mean: Array1<f32>,
    answer_mean: Array1<f32>,
    matrix: Array2<f32>,
}

static SHIPPED: LazyLock<Turn> = LazyLock::new(|| {
    Turn::read(include_bytes!("../../model/turn.bin")).expect("invariant: the shipped file is a turn")
});

impl Turn {
    pub(super) fn shipped() -> &'static Self {
        &SHIPPED
    }

    fn read(file: &[u8]) -> Result<Self, ModelFault> {
        let mut reader = Reader::open(file, MAGIC)?;
        let question_mean = Array1::from(reader.floats(READING_DIMENSIONS)?);
        let answer_mean = Array1::from(reader.floats(READING_DIMENSIONS)?);
        let values = reader.halves(READING_DIMENSIONS * READING_DIMENSIONS)?;
        reader.finish()?;
        let matrix = Array2::from_shape_vec((READING_DIMENSIONS, READING_DIMENSIONS), values);
        Ok(Self { question_mean, answer_mean, matrix: matrix.map_err(|_| ModelFault::Length)? })
    }

    /// The turned vector, at unit length.
    pub(super) fn apply(&self, vector: &[f32], side: Side) -> Vec<f32> {
        let mean = match side {
            Side::Question => &self.question_mean,
            Side::Answer => &self.answer_mean,
        };
        let turned = (&ArrayView1::from(vector) - mean).dot(&self.matrix);
        let length = turned.dot(&turned).sqrt().max(f32::MIN_POSITIVE);
        turned.iter().map(|value| value / length).collect()
    }
}
