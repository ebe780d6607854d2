//! Tree and proofs against published vectors, the definition in the RFC and another library.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use xiaoxiang_audit::{
    Frontier, Hash, Hex, ProofError, TreeState, consistency_proof, inclusion_proof, leaf_hash,
    verify_consistency, verify_inclusion,
};

/// Leaves, roots and proofs of the certificate-transparency reference tests
/// (google/certificate-transparency, `merkle_tree_test`; transparency-dev/merkle, `reference_test`).
const LEAVES: [&str; 8] =
    ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];
const A: &str = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7";
const B: &str = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e";
const C: &str = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4";
const D: &str = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b";
const E: &str = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0";
const F: &str = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a";

fn published_leaves() -> Vec<Hash> {
    let leaves = LEAVES.iter().map(|leaf| hex::decode(leaf).unwrap());
    leaves.map(|leaf| leaf_hash(&leaf)).collect()
}

fn hashes(texts: &[&str]) -> Vec<Hash> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

#[test]
fn roots_are_the_published_ones() {
    let leaves = published_leaves();
    for (size, root) in ROOTS.iter().enumerate() {
        assert_eq!(Frontier::of(&leaves[..size]).root().to_string(), *root);
    }
}

#[test]
fn inclusion_proofs_are_the_published_ones() {
    let leaves = published_leaves();
    let cases: [(usize, u64, &[&str]); 6] = [
        (1, 0, &[]),
        (2, 0, &[A]),
        (2, 1, &[ROOTS[1]]),
        (3, 2, &[ROOTS[2]]),
        (5, 1, &[ROOTS[1], B, D]),
        (8, 5, &[D, E, ROOTS[4]]),
    ];
    for (size, index, expected) in cases {
        let proof = inclusion_proof(&leaves[..size], index).unwrap();
        assert_eq!(proof, hashes(expected), "leaf {index} of {size}");
    }
}

#[test]
fn consistency_proofs_are_the_published_ones() {
    let leaves = published_leaves();
    let cases: [(u64, usize, &[&str]); 4] =
        [(1, 1, &[]), (1, 8, &[A, B, C]), (2, 5, &[B, D]), (6, 8, &[F, E, ROOTS[4]])];
    for (old, new, expected) in cases {
        let proof = consistency_proof(&leaves[..new], old).unwrap();
        assert_eq!(proof, hashes(expected), "{old} to {new}");
    }
}

#[test]
fn a_proof_of_what_is_not_there_is_refused() {
    let leaves = published_leaves();
    assert_eq!(inclusion_proof(&leaves, 8), Err(ProofError::NoSuchLeaf { index: 8, size: 8 }));
    assert_eq!(consistency_proof(&leaves, 9), Err(ProofError::NotThePast { old_size: 9, size: 8 }));
}

#[test]
fn stored_frontiers_are_checked() {
    let bytes = Frontier::of(&published_leaves()[..7]).to_bytes();
    assert_eq!(bytes.len(), 8 + 3 * 32);
    let again = Frontier::from_bytes(&bytes).unwrap();
    assert_eq!(again.root().to_string(), ROOTS[7]);
    assert!(Frontier::from_bytes(&bytes[..bytes.len() - 1]).is_err());
    assert!(Frontier::from_bytes(&bytes[..bytes.len() - 32]).is_err());
    assert!(Frontier::from_bytes(&[bytes.clone(), vec![0; 32]].concat()).is_err());
    assert!(Frontier::from_bytes(&bytes[..5]).is_err());
    let empty = Frontier::from_bytes(&Frontier::default().to_bytes()).unwrap();
    assert_eq!(empty.root().to_string(), ROOTS[0]);
}

/// MTH of RFC 9162 §2.1.1, word for word.
fn defined_root(leaves: &[Vec<u8>]) -> Hash {
    match leaves {
        [] => Hex(Sha256::digest(b"").into()),
        [leaf] => Hex(Sha256::digest([&[0], leaf.as_slice()].concat()).into()),
        _ => {
            let mut half = 1;
            while half * 2 < leaves.len() {
                half *= 2;
            }
            let (left, right) = leaves.split_at(half);
            let (left, right) = (defined_root(left), defined_root(right));
            Hex(Sha256::digest([&[1], &left.0[..], &right.0[..]].concat()).into())
        }
    }
}

/// Everything that may be false about a proof: each hash with one bit turned, one more, one fewer.
fn altered(proof: &[Hash]) -> Vec<Vec<Hash>> {
    let mut all = Vec::new();
    for place in 0..proof.len() {
        for byte in 0..32 {
            let mut other = proof.to_vec();
            other[place].0[byte] ^= 1 << (byte % 8);
            all.push(other);
        }
        let mut shorter = proof.to_vec();
        shorter.remove(place);
        all.push(shorter);
    }
    all.push([proof, &[Hex([7; 32])]].concat());
    all
}

fn leaves_and_place() -> impl Strategy<Value = (Vec<Vec<u8>>, usize)> {
    let leaf = prop::collection::vec(any::<u8>(), 0..8);
    prop::collection::vec(leaf, 1..70).prop_flat_map(|leaves| {
        let size = leaves.len();
        (Just(leaves), 0..size)
    })
}

fn flipped(state: &TreeState) -> TreeState {
    let mut root = state.root;
    root.0[31] ^= 1;
    TreeState { root, ..*state }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_root_is_the_defined_one((leaves, _) in leaves_and_place()) {
        let mut frontier = Frontier::default();
        let mut library = MemoryBackedTree::<Sha256, Vec<u8>>::new();
        for (count, leaf) in leaves.iter().enumerate() {
            frontier.append(leaf_hash(leaf));
            library.push(leaf.clone());
            prop_assert_eq!(frontier.root(), defined_root(&leaves[..=count]));
            let (ours, theirs) = (frontier.root(), library.root());
            prop_assert_eq!(&ours.0[..], theirs.as_bytes().as_slice());
        }
        prop_assert_eq!(&Frontier::from_bytes(&frontier.to_bytes()).unwrap(), &frontier);
    }

    #[test]
    fn an_inclusion_proof_holds_and_no_altered_one_does((leaves, index) in leaves_and_place()) {
        let hashes: Vec<Hash> = leaves.iter().map(|leaf| leaf_hash(leaf)).collect();
        let state = Frontier::of(&hashes).state();
        let proof = inclusion_proof(&hashes, index as u64).unwrap();

        let mut library = MemoryBackedTree::<Sha256, Vec<u8>>::new();
        leaves.iter().for_each(|leaf| library.push(leaf.clone()));
        let flat: Vec<u8> = proof.iter().flat_map(|hash| hash.0).collect();
        let theirs = library.prove_inclusion(index);
        prop_assert_eq!(theirs.as_bytes(), flat.as_slice());

        let leaf = hashes[index];
        prop_assert!(verify_inclusion(&leaf, index as u64, &state, &proof));
        prop_assert!(!verify_inclusion(&leaf, index as u64, &flipped(&state), &proof));
        prop_assert!(!verify_inclusion(&leaf_hash(b"other leaf"), index as u64, &state, &proof));
        prop_assert!(!verify_inclusion(&leaf, state.size, &state, &proof));
        for other in altered(&proof) {
            prop_assert!(!verify_inclusion(&leaf, index as u64, &state, &other));
        }
    }

    #[test]
    fn a_consistency_proof_holds_and_no_altered_one_does((leaves, old) in leaves_and_place()) {
        let hashes: Vec<Hash> = leaves.iter().map(|leaf| leaf_hash(leaf)).collect();
        let (before, now) = (Frontier::of(&hashes[..old]).state(), Frontier::of(&hashes).state());
        let proof = consistency_proof(&hashes, old as u64).unwrap();
        prop_assert!(verify_consistency(&before, &now, &proof));
        prop_assert!(!verify_consistency(&flipped(&before), &now, &proof));
        // Every tree follows from the empty one, so there the later root is not looked at.
        if old > 0 {
            let mut library = MemoryBackedTree::<Sha256, Vec<u8>>::new();
            leaves.iter().for_each(|leaf| library.push(leaf.clone()));
            let flat: Vec<u8> = proof.iter().flat_map(|hash| hash.0).collect();
            let theirs = library.prove_consistency(leaves.len() - old);
            prop_assert_eq!(theirs.as_bytes(), flat.as_slice());
            prop_assert!(!verify_consistency(&before, &flipped(&now), &proof));
            prop_assert!(!verify_consistency(&now, &before, &proof));
        }
        for other in altered(&proof) {
            prop_assert!(!verify_consistency(&before, &now, &other));
        }
    }
}
