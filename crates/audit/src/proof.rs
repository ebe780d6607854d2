//! Inclusion and consistency proofs (包含证明、一致性证明), RFC 9162 §§2.1.3 and 2.1.4.
//!
//! Proofs are made from the leaf hashes, which the database keeps in a column: about two million
//! hashes for a million leaves, once, when somebody asks. Checking takes the logarithm.

use crate::hex_text::Hash;
use crate::tree::{Frontier, TreeState, empty_root, node_hash};

/// A proof that was asked for something that the tree does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// There is no such leaf.
    #[error("leaf {index} is not in a tree of {size}")]
    NoSuchLeaf {
        /// The leaf that was asked for.
        index: u64,
        /// How many leaves there are.
        size: u64,
    },
    /// The earlier tree is larger than the later one.
    #[error("a tree of {old_size} is not the past of a tree of {size}")]
    NotThePast {
        /// Size of the earlier tree.
        old_size: u64,
        /// Size of the later tree.
        size: u64,
    },
}

/// Makes the path from one leaf to the root over all `leaf_hashes`, lowest sibling first.
pub fn inclusion_proof(leaf_hashes: &[Hash], index: u64) -> Result<Vec<Hash>, ProofError> {
    let size = leaf_hashes.len() as u64;
    if index >= size {
        return Err(ProofError::NoSuchLeaf { index, size });
    }
    let mut index = index as usize;
    let mut leaves = leaf_hashes;
    let mut path = Vec::new();
    // From the root down: note the half that does not hold the leaf, go on in the one that does.
    while leaves.len() > 1 {
        let (left, right) = leaves.split_at(left_size(leaves.len()));
        if index < left.len() {
            path.push(root_of(right));
            leaves = left;
        } else {
            path.push(root_of(left));
            index -= left.len();
            leaves = right;
        }
    }
    path.reverse();
    Ok(path)
}

/// Makes the proof that the tree over the first `old_size` leaves is the past of the tree over all
/// `leaf_hashes`. Every tree follows from the empty one and from itself; those proofs are empty.
pub fn consistency_proof(leaf_hashes: &[Hash], old_size: u64) -> Result<Vec<Hash>, ProofError> {
    let size = leaf_hashes.len() as u64;
    if old_size > size {
        return Err(ProofError::NotThePast { old_size, size });
    }
    if old_size == 0 || old_size == size {
        return Ok(Vec::new());
    }
    let mut old_len = old_size as usize;
    let mut leaves = leaf_hashes;
    let mut path = Vec::new();
    // The old root itself is known to the verifier, unless the descent has left the left edge.
    let mut is_old_root_known = true;
    while old_len < leaves.len() {
        let (left, right) = leaves.split_at(left_size(leaves.len()));
        if old_len <= left.len() {
            path.push(root_of(right));
            leaves = left;
        } else {
            path.push(root_of(left));
            old_len -= left.len();
            leaves = right;
            is_old_root_known = false;
        }
    }
    if !is_old_root_known {
        path.push(root_of(leaves));
    }
    path.reverse();
    Ok(path)
}

/// Says whether the leaf stands at `index` in the tree (RFC 9162 §2.1.3.2).
#[must_use]
pub fn verify_inclusion(leaf: &Hash, index: u64, tree: &TreeState, proof: &[Hash]) -> bool {
    if index >= tree.size {
        return false;
    }
    // As in the RFC: `node` and `last` climb together, from the leaf and from the rightmost leaf.
    let (mut node, mut last) = (index, tree.size - 1);
    let mut root = *leaf;
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            root = node_hash(sibling, &root);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            root = node_hash(&root, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && root == tree.root
}

/// Says whether the old tree is the past of the new one: the same leaves in the same order, then
/// possibly more (RFC 9162 §2.1.4.2).
#[must_use]
pub fn verify_consistency(old: &TreeState, new: &TreeState, proof: &[Hash]) -> bool {
    if old.size > new.size {
        return false;
    }
    if old.size == 0 {
        return old.root == empty_root() && proof.is_empty();
    }
    if old.size == new.size {
        return old.root == new.root && proof.is_empty();
    }
    let (mut node, mut last) = (old.size - 1, new.size - 1);
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    let mut siblings = proof.iter();
    // Where the old tree is one perfect subtree, its root begins the proof and is left out.
    let first = if old.size.is_power_of_two() { Some(&old.root) } else { siblings.next() };
    let Some(first) = first else { return false };
    let (mut old_root, mut new_root) = (*first, *first);
    for sibling in siblings {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            old_root = node_hash(sibling, &old_root);
            new_root = node_hash(sibling, &new_root);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            new_root = node_hash(&new_root, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && old_root == old.root && new_root == new.root
}

/// Leaves in the left half of a tree: the largest power of two below its size.
fn left_size(size: usize) -> usize {
    debug_assert!(size > 1, "a leaf has no halves");
    1 << (size - 1).ilog2()
}

fn root_of(leaves: &[Hash]) -> Hash {
    Frontier::of(leaves).root()
}
