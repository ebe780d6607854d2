//! Files of the model, little endian throughout. The encoder's: the magic, the pieces with their scores, then the tensors
//! in a fixed order. Large matrices are 4-bit: blocks of 32 weights, each a 16-bit scale and 16 bytes with weight `i` in the low
//! half of byte `i` and weight `i + 16` in the high half, both plus 8.

use half::f16;
use thiserror::Error;

/// Weights of a block.
pub(super) const BLOCK_WEIGHTS: usize = 32;

/// Bytes of a block: the scale and half a byte a weight.
pub(super) const BLOCK_BYTES: usize = 2 + BLOCK_WEIGHTS / 2;

/// Why a model file is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ModelFault {
    /// It does not begin as such a file does.
    #[error("the file is not of this kind and version")]
    Magic,
    /// It ends before its last tensor, or goes on after it.
    #[error("the file has another length than its head says")]
    Length,
    /// A piece is not UTF-8.
    #[error("a piece of the vocabulary is not valid text")]
    Piece,
}

/// Reads a model file from its beginning on.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// A file that begins with its magic, whose last byte is the version.
    pub(super) fn open(file: &'a [u8], magic: &[u8; 8]) -> Result<Self, ModelFault> {
        let rest = file.strip_prefix(magic.as_slice()).ok_or(ModelFault::Magic)?;
        Ok(Self { rest })
    }

    pub(super) fn bytes(&mut self, length: usize) -> Result<&'a [u8], ModelFault> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(ModelFault::Length)?;
        self.rest = rest;
        Ok(taken)
    }

    pub(super) fn count(&mut self) -> Result<usize, ModelFault> {
        let bytes: [u8; 4] = self.bytes(4)?.try_into().map_err(|_| ModelFault::Length)?;
        usize::try_from(u32::from_le_bytes(bytes)).map_err(|_| ModelFault::Length)
    }

    pub(super) fn floats(&mut self, length: usize) -> Result<Vec<f32>, ModelFault> {
        let (floats, _) = self.bytes(length.checked_mul(4).ok_or(ModelFault::Length)?)?.as_chunks::<4>();
        Ok(floats.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
    }

    /// 16-bit floats.
    pub(super) fn halves(&mut self, length: usize) -> Result<Vec<f32>, ModelFault> {
        let (halves, _) = self.bytes(length.checked_mul(2).ok_or(ModelFault::Length)?)?.as_chunks::<2>();
        Ok(halves.iter().map(|bytes| f16::from_le_bytes(*bytes).to_f32()).collect())
    }

    /// A 4-bit matrix as floats, row after row.
    pub(super) fn matrix(&mut self, weights: usize) -> Result<Vec<f32>, ModelFault> {
        let mut floats = vec![0.0; weights];
        widen(self.bytes(weights / BLOCK_WEIGHTS * BLOCK_BYTES)?, &mut floats);
        Ok(floats)
    }

    pub(super) fn finish(&self) -> Result<(), ModelFault> {
        if self.rest.is_empty() { Ok(()) } else { Err(ModelFault::Length) }
    }
}

/// Turns 4-bit blocks into floats.
pub(super) fn widen(blocks: &[u8], floats: &mut [f32]) {
    for (block, floats) in
        blocks.as_chunks::<BLOCK_BYTES>().0.iter().zip(floats.as_chunks_mut::<BLOCK_WEIGHTS>().0)
    {
        let [low, high, halves @ ..] = block;
        let scale = f16::from_le_bytes([*low, *high]).to_f32();
        let (first, second) = floats.split_at_mut(BLOCK_WEIGHTS / 2);
        for ((byte, first), second) in halves.iter().zip(first).zip(second) {
            *first = (f32::from(byte & 15) - 8.0) * scale;
            *second = (f32::from(byte >> 4) - 8.0) * scale;
        }
    }
}
