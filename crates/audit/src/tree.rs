//! The Merkle tree (默克尔树) of RFC 9162 §2.1, kept as its frontier.
//!
//! A tree of `n` leaves is a row of perfect subtrees whose sizes are the binary digits of `n`,
//! largest first. Their roots are all that is needed to append and to name the root, at most 64
//! hashes: that is what the database keeps in its one head row.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::hex_text::Hash;

/// Bytes of one hash.
const HASH_BYTES: usize = 32;
/// Bytes of the size that begins a stored frontier.
const SIZE_BYTES: usize = 8;

/// Hash of one leaf: SHA-256(0x00 ‖ data).
pub fn leaf_hash(data: &[u8]) -> Hash {
    let digest = Sha256::new().chain_update([0x00]).chain_update(data);
    Hash::from_digest(digest)
}

/// Hash of an inner node: SHA-256(0x01 ‖ left ‖ right). The other first byte keeps a node from
/// being passed off as a leaf.
pub(crate) fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let digest = Sha256::new().chain_update([0x01]).chain_update(left.0);
    Hash::from_digest(digest.chain_update(right.0))
}

/// Root of the tree without leaves: SHA-256 of nothing.
pub fn empty_root() -> Hash {
    Hash::from_digest(Sha256::new())
}

impl Hash {
    fn from_digest(digest: Sha256) -> Self {
        Self(digest.finalize().into())
    }
}

/// Size and root of a tree at one moment (树的状态); they name every leaf below them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TreeState {
    /// How many leaves the tree has.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

/// A tree reduced to the roots of its perfect subtrees (前沿), largest and leftmost first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    nodes: Vec<Hash>,
}

/// Stored bytes that are not a frontier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a frontier of this size has {expected} bytes, found {found}")]
pub struct FrontierError {
    /// Bytes that a frontier of the stated size has.
    pub expected: usize,
    /// Bytes that were given.
    pub found: usize,
}

impl Frontier {
    /// Builds the frontier of the given leaves.
    pub fn of<'a>(leaf_hashes: impl IntoIterator<Item = &'a Hash>) -> Self {
        let mut frontier = Self::default();
        for leaf in leaf_hashes {
            frontier.append(*leaf);
        }
        frontier
    }

    /// Adds one leaf by its hash.
    pub fn append(&mut self, leaf_hash: Hash) {
        let mut node = leaf_hash;
        // Adding one carries through the trailing ones of the size; each carry joins two subtrees.
        for _ in 0..self.size.trailing_ones() {
            let left = self.nodes.pop().expect("one node per binary one of size");
            node = node_hash(&left, &node);
        }
        self.nodes.push(node);
        self.size += 1;
    }

    /// Returns the number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Computes the root over all leaves so far.
    pub fn root(&self) -> Hash {
        let joined = self.nodes.iter().rev().copied();
        joined.reduce(|right, left| node_hash(&left, &right)).unwrap_or_else(empty_root)
    }

    /// Returns size and root together.
    pub fn state(&self) -> TreeState {
        TreeState { size: self.size, root: self.root() }
    }

    /// Writes the stored form: the size as eight bytes, big end first, then the hashes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.size.to_be_bytes().to_vec();
        for node in &self.nodes {
            bytes.extend_from_slice(&node.0);
        }
        bytes
    }

    /// Reads the stored form; the number of hashes must be that of the binary ones of the size.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FrontierError> {
        let refused = |expected| FrontierError { expected, found: bytes.len() };
        let (size, nodes) = bytes.split_first_chunk::<SIZE_BYTES>().ok_or_else(|| refused(SIZE_BYTES))?;
        let size = u64::from_be_bytes(*size);
        let (nodes, rest) = nodes.as_chunks::<HASH_BYTES>();
        let ones = size.count_ones() as usize;
        if nodes.len() != ones || !rest.is_empty() {
            return Err(refused(SIZE_BYTES + ones * HASH_BYTES));
        }
        let nodes = nodes.iter().map(|node| crate::hex_text::Hex(*node)).collect();
        Ok(Self { size, nodes })
    }
}
