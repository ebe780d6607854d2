//! What a flag rests on, as the database keeps it: sentences, the other contracts, and a hash that stays as long as the
//! question is the same.

use serde::{Deserialize, Serialize};
use xiaoxiang_store::StoreError;

/// Contracts kept of one flag; more of them say nothing more, and a burst of a whole registrar has thousands.
pub(super) const CONTRACTS_MAX: usize = 100;

/// A sentence of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceSentence {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// Another contract on which a question rests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceContract {
    /// 登记编号
    pub number: String,
    /// Version that was screened.
    pub version: i64,
    /// What of it the question rests on.
    pub footing: String,
}

/// What a flag rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredEvidence {
    /// What of the contract itself the question rests on.
    pub own: String,
    /// Why it is asked.
    pub sentences: Vec<EvidenceSentence>,
    /// The first of the other contracts, by number.
    pub contracts: Vec<EvidenceContract>,
    /// How many there are in all.
    pub contracts_total: usize,
}

impl StoredEvidence {
    /// Reads what the database keeps.
    pub(super) fn parse(text: &str) -> Result<Self, StoreError> {
        serde_json::from_str(text)
            .map_err(|error| StoreError::Damaged(format!("evidence of a flag: {error}")))
    }

    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("invariant: texts and numbers are JSON")
    }

    /// Number and footing of the other contracts.
    pub(super) fn footings(&self) -> Vec<(&str, &str)> {
        self.contracts.iter().map(|other| (other.number.as_str(), other.footing.as_str())).collect()
    }

    /// The hash by which the same question is known again; sentences with the habits of the book are not in it.
    pub(super) fn hash(&self, kind: &str) -> Vec<u8> {
        let footing = (kind, &self.own, self.footings(), self.contracts_total);
        let text = serde_json::to_vec(&footing).expect("invariant: texts and numbers are JSON");
        xiaoxiang_audit::leaf_hash(&text).0.to_vec()
    }
}
