//! What screening again changes: questions that are new, that fell away, that came back, that rest on something else.
//!
//! For each contract and kind at most one question stands, and it rests on what the book shows now. What people did to it
//! stays as long as nothing was added to what they judged.

use std::collections::{BTreeMap, HashSet};

use xiaoxiang_domain::contract::flag::{EvidenceChange, FlagState, evidence_change};
use xiaoxiang_store::StoreError;
use xiaoxiang_store::flag::KnownFlag;

use super::evidence::StoredEvidence;

/// What the screens ask now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FreshFlag {
    pub contract_key: i64,
    pub version: i64,
    pub kind: &'static str,
    pub strength: &'static str,
    pub evidence: StoredEvidence,
    pub evidence_hash: Vec<u8>,
}

/// Why a question fell away by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GoneReason {
    /// The contract was withdrawn.
    Withdrawn,
    /// What it rested on is no longer there.
    EvidenceGone,
    /// It was decided, and something was added that is asked about anew.
    AskedAnew,
}

impl GoneReason {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Withdrawn => "withdrawn",
            Self::EvidenceGone => "evidence_gone",
            Self::AskedAnew => "asked_anew",
        }
    }
}

/// One change to the questions on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Change<'a> {
    /// A new question.
    Raise(&'a FreshFlag),
    /// It fell away.
    Close(&'a str, GoneReason),
    /// It is there again, as it was left.
    Return(&'a str),
    /// It rests on something else now.
    Reground(&'a str, &'a FreshFlag),
}

/// What is asked about one contract by one screen: now, and on record.
#[derive(Default)]
struct Asked<'a> {
    fresh: Option<&'a FreshFlag>,
    known: Vec<&'a KnownFlag>,
}

/// Compares the questions on record with those that the screens ask now; at most one of these a contract and kind.
pub(super) fn reconcile<'a>(
    known: &'a [KnownFlag],
    fresh: &'a [FreshFlag],
    withdrawn: &HashSet<i64>,
) -> Result<Vec<Change<'a>>, StoreError> {
    let mut asked: BTreeMap<(i64, &str), Asked<'_>> = BTreeMap::new();
    for flag in fresh {
        asked.entry((flag.contract_key, flag.kind)).or_default().fresh = Some(flag);
    }
    for flag in known {
        asked.entry((flag.contract_key, flag.kind.as_str())).or_default().known.push(flag);
    }
    let mut changes = Vec::new();
    for ((contract_key, _), Asked { fresh, known }) in asked {
        let standing = known.iter().copied().filter(|flag| flag.gone_reason.is_none());
        let Some(fresh) = fresh else {
            let reason = if withdrawn.contains(&contract_key) {
                GoneReason::Withdrawn
            } else {
                GoneReason::EvidenceGone
            };
            changes.extend(standing.map(|flag| Change::Close(&flag.flag_id, reason)));
            continue;
        };
        if let Some(same) = known.iter().find(|flag| flag.evidence_hash == fresh.evidence_hash) {
            let others = standing.filter(|flag| flag.flag_id != same.flag_id);
            changes.extend(others.map(|flag| Change::Close(&flag.flag_id, GoneReason::AskedAnew)));
            if same.gone_reason.is_some() {
                changes.push(Change::Return(&same.flag_id));
            }
            continue;
        }
        let mut standing = standing;
        match standing.next() {
            None => changes.push(Change::Raise(fresh)),
            Some(flag) if is_same_question(flag, fresh)? => {
                changes.push(Change::Reground(&flag.flag_id, fresh))
            }
            Some(flag) => {
                changes.push(Change::Close(&flag.flag_id, GoneReason::AskedAnew));
                changes.push(Change::Raise(fresh));
            }
        }
    }
    Ok(changes)
}

/// Whether what was done to a question holds for what it rests on now: nobody has decided, or nothing was added.
fn is_same_question(flag: &KnownFlag, fresh: &FreshFlag) -> Result<bool, StoreError> {
    let state = FlagState::from_code(&flag.state)
        .ok_or_else(|| StoreError::Damaged(format!("state of flag {}", flag.flag_id)))?;
    if matches!(state, FlagState::Open | FlagState::Answered) {
        return Ok(true);
    }
    let before = StoredEvidence::parse(&flag.evidence)?;
    let change = evidence_change(&before.footings(), &fresh.evidence.footings());
    Ok(before.own == fresh.evidence.own && change == EvidenceChange::Less)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::screening::evidence::EvidenceContract;

    fn evidence(others: &[&str]) -> StoredEvidence {
        let contract = |number: &&str| EvidenceContract {
            number: (*number).to_owned(),
            version: 1,
            footing: "1".to_owned(),
        };
        StoredEvidence {
            own: "own".to_owned(),
            sentences: Vec::new(),
            contracts: others.iter().map(contract).collect(),
            contracts_total: others.len(),
        }
    }

    fn fresh(others: &[&str]) -> FreshFlag {
        let evidence = evidence(others);
        let evidence_hash = evidence.hash("duplicate");
        FreshFlag {
            contract_key: 1,
            version: 1,
            kind: "duplicate",
            strength: "strong",
            evidence,
            evidence_hash,
        }
    }

    fn known(id: &str, others: &[&str], state: FlagState, gone_reason: Option<&str>) -> KnownFlag {
        KnownFlag {
            flag_id: id.to_owned(),
            contract_key: 1,
            kind: "duplicate".to_owned(),
            evidence: evidence(others).to_json(),
            evidence_hash: evidence(others).hash("duplicate"),
            state: state.code().to_owned(),
            gone_reason: gone_reason.map(str::to_owned),
            revision: 1,
        }
    }

    fn changes<'a>(known: &'a [KnownFlag], fresh: &'a [FreshFlag]) -> Vec<Change<'a>> {
        reconcile(known, fresh, &HashSet::new()).unwrap()
    }

    #[test]
    fn the_same_question_is_not_put_twice_and_one_that_fell_away_comes_back_as_it_was_left() {
        let asked = [fresh(&["A"])];
        assert_eq!(changes(&[], &asked), [Change::Raise(&asked[0])]);
        assert_eq!(changes(&[known("f", &["A"], FlagState::Answered, None)], &asked), []);
        let gone = [known("f", &["A"], FlagState::Answered, Some("evidence_gone"))];
        assert_eq!(changes(&gone, &asked), [Change::Return("f")]);
        assert_eq!(changes(&gone, &[]), []);
    }

    #[test]
    fn a_question_without_evidence_is_closed_and_says_whether_its_contract_was_withdrawn() {
        let known = [known("f", &["A"], FlagState::Open, None)];
        assert_eq!(changes(&known, &[]), [Change::Close("f", GoneReason::EvidenceGone)]);
        let withdrawn = HashSet::from([1]);
        assert_eq!(reconcile(&known, &[], &withdrawn).unwrap(), [Change::Close("f", GoneReason::Withdrawn)]);
    }

    #[test]
    fn what_was_decided_is_asked_anew_only_where_something_was_added() {
        let (more, less) = ([fresh(&["A", "B"])], [fresh(&["A"])]);
        let open = [known("f", &["A"], FlagState::Open, None)];
        assert_eq!(changes(&open, &more), [Change::Reground("f", &more[0])]);
        let cleared = [known("f", &["A"], FlagState::Cleared, None)];
        assert_eq!(
            changes(&cleared, &more),
            [Change::Close("f", GoneReason::AskedAnew), Change::Raise(&more[0])]
        );
        let wide = [known("f", &["A", "B"], FlagState::Cleared, None)];
        assert_eq!(changes(&wide, &less), [Change::Reground("f", &less[0])]);
    }
}
