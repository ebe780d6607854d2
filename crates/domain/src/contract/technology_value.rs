//! How the technology transaction value (技术交易额) of a contract is approved: contract value less non-technical costs.
//!
//! Source: 技术合同认定规则 (2001), chapter 7: purchases of equipment, instruments, parts and raw materials are not
//! technical; the direct cost of a reasonable quantity of the contract's own subject matter is not deducted, for complete
//! sets of equipment and test rigs normally one or two sets.

use serde::{Deserialize, Serialize};

use crate::money::{CONTRACT_FEN_MAX, Fen};

/// Most items of cost that one contract may list.
pub const COST_ITEMS_MAX: usize = 200;

/// What a cost pays for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CostKind {
    /// 设备
    Equipment,
    /// 仪器
    Instrument,
    /// 零部件
    Part,
    /// 原材料
    RawMaterial,
}

/// What an item of cost is in the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "role", rename_all = "snake_case")]
pub enum CostRole {
    /// 外购: bought for the work, always deducted.
    Purchase,
    /// 标的物: complete sets of what the contract is about.
    SubjectSets {
        /// How many.
        sets: u32,
    },
    /// 标的物的样品、资料、介质: what is needed for filing, test and mastery, as the registrar has confirmed.
    SubjectSamples,
}

/// A cost that the contract names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostItem {
    /// What it is.
    pub name: String,
    /// What it pays for.
    pub kind: CostKind,
    /// What it is in the contract.
    pub role: CostRole,
    /// For all of it.
    pub amount: Fen,
}

/// What becomes of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostStep {
    /// Taken off the contract value.
    pub deducted: Fen,
    /// Left in.
    pub kept: Fen,
}

/// The approved value with its working, one step an item in their order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TechnologyValue {
    /// 成交额
    pub contract_value: Fen,
    /// What became of each item.
    pub steps: Vec<CostStep>,
    /// 技术交易额
    pub value: Fen,
}

/// Why there is no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TechnologyValueProblem {
    /// More than [`COST_ITEMS_MAX`].
    #[error("more than {COST_ITEMS_MAX} items of cost")]
    TooManyItems,
    /// An amount below nothing or above what a contract can be worth.
    #[error("item {item} has an impossible amount")]
    Amount {
        /// Counted from 0.
        item: usize,
    },
    /// Sets are counted from one.
    #[error("item {item} has no sets")]
    NoSets {
        /// Counted from 0.
        item: usize,
    },
    /// The items cost more than the contract is worth.
    #[error("the items cost more than the contract value")]
    AboveContractValue,
}

/// Works out the technology value.
///
/// Of complete sets beyond `reasonable_sets_max`, which the regime of the day gives, the share is deducted by number,
/// rounded down to the fen, so that doubt stays with what is technical.
///
/// # Errors
/// Where the items contradict themselves or the contract value.
pub fn technology_value(
    contract_value: Fen,
    items: &[CostItem],
    reasonable_sets_max: u32,
) -> Result<TechnologyValue, TechnologyValueProblem> {
    if items.len() > COST_ITEMS_MAX {
        return Err(TechnologyValueProblem::TooManyItems);
    }
    let mut steps = Vec::with_capacity(items.len());
    let mut listed: i128 = 0;
    let mut deducted: i128 = 0;
    for (at, item) in items.iter().enumerate() {
        if !(0..=CONTRACT_FEN_MAX).contains(&item.amount.0) {
            return Err(TechnologyValueProblem::Amount { item: at });
        }
        let step = match item.role {
            CostRole::Purchase => CostStep { deducted: item.amount, kept: Fen(0) },
            CostRole::SubjectSamples => CostStep { deducted: Fen(0), kept: item.amount },
            CostRole::SubjectSets { sets: 0 } => return Err(TechnologyValueProblem::NoSets { item: at }),
            CostRole::SubjectSets { sets } => beyond_reasonable(item.amount, sets, reasonable_sets_max),
        };
        listed += i128::from(item.amount.0);
        deducted += i128::from(step.deducted.0);
        steps.push(step);
    }
    let left = i128::from(contract_value.0) - deducted;
    if listed > i128::from(contract_value.0) {
        return Err(TechnologyValueProblem::AboveContractValue);
    }
    let value = i64::try_from(left).map_err(|_| TechnologyValueProblem::AboveContractValue)?;
    Ok(TechnologyValue { contract_value, steps, value: Fen(value) })
}

fn beyond_reasonable(amount: Fen, sets: u32, reasonable_sets_max: u32) -> CostStep {
    let beyond = sets.saturating_sub(reasonable_sets_max);
    let deducted = i128::from(amount.0) * i128::from(beyond) / i128::from(sets);
    let deducted = Fen(i64::try_from(deducted).expect("invariant: a part of an amount is no larger than it"));
    CostStep { deducted, kept: Fen(amount.0 - deducted.0) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const YUAN: i64 = 100;

    fn item(role: CostRole, yuan: i64) -> CostItem {
        CostItem { name: "示例".to_owned(), kind: CostKind::Equipment, role, amount: Fen(yuan * YUAN) }
    }

    #[test]
    fn purchases_are_deducted_and_samples_are_not() {
        let items = [item(CostRole::Purchase, 300_000), item(CostRole::SubjectSamples, 20_000)];
        let worked = technology_value(Fen(1_000_000 * YUAN), &items, 2).unwrap();
        assert_eq!(worked.value, Fen(700_000 * YUAN));
        assert_eq!(worked.steps[1], CostStep { deducted: Fen(0), kept: Fen(20_000 * YUAN) });
    }

    #[test]
    fn two_sets_are_reasonable_and_of_three_one_is_deducted() {
        let of = |sets| {
            technology_value(Fen(900 * YUAN), &[item(CostRole::SubjectSets { sets }, 300)], 2).unwrap()
        };
        assert_eq!(of(1).value, Fen(900 * YUAN));
        assert_eq!(of(2).value, Fen(900 * YUAN));
        assert_eq!(of(3).value, Fen(800 * YUAN));
    }

    #[test]
    fn a_share_that_does_not_come_out_even_is_rounded_down() {
        let one = CostItem { amount: Fen(100), ..item(CostRole::SubjectSets { sets: 3 }, 0) };
        let worked = technology_value(Fen(100), &[one], 2).unwrap();
        assert_eq!(worked.steps, [CostStep { deducted: Fen(33), kept: Fen(67) }]);
    }

    #[test]
    fn contradictions_are_refused() {
        let above = technology_value(Fen(10 * YUAN), &[item(CostRole::SubjectSamples, 11)], 2);
        assert_eq!(above, Err(TechnologyValueProblem::AboveContractValue));
        let none = technology_value(Fen(10 * YUAN), &[item(CostRole::SubjectSets { sets: 0 }, 1)], 2);
        assert_eq!(none, Err(TechnologyValueProblem::NoSets { item: 0 }));
        let below = technology_value(Fen(10 * YUAN), &[item(CostRole::Purchase, -1)], 2);
        assert_eq!(below, Err(TechnologyValueProblem::Amount { item: 0 }));
        let many = vec![item(CostRole::Purchase, 0); COST_ITEMS_MAX + 1];
        assert_eq!(technology_value(Fen(1), &many, 2), Err(TechnologyValueProblem::TooManyItems));
    }

    fn any_item() -> impl Strategy<Value = CostItem> {
        let role = prop_oneof![
            Just(CostRole::Purchase),
            Just(CostRole::SubjectSamples),
            (1_u32..40).prop_map(|sets| CostRole::SubjectSets { sets }),
        ];
        (role, 0_i64..100_000_000).prop_map(|(role, fen)| CostItem { amount: Fen(fen), ..item(role, 0) })
    }

    proptest! {
        #[test]
        fn the_parts_add_up_and_the_value_lies_between_nothing_and_the_whole(
            items in prop::collection::vec(any_item(), 0..20),
            fen in 0_i64..2_000_000_000,
        ) {
            match technology_value(Fen(fen), &items, 2) {
                Err(problem) => {
                    prop_assert_eq!(problem, TechnologyValueProblem::AboveContractValue);
                    prop_assert!(items.iter().map(|item| item.amount.0).sum::<i64>() > fen);
                }
                Ok(worked) => {
                    prop_assert!((0..=fen).contains(&worked.value.0));
                    let deducted: i64 = worked.steps.iter().map(|step| step.deducted.0).sum();
                    prop_assert_eq!(worked.value.0 + deducted, fen);
                    for (item, step) in items.iter().zip(&worked.steps) {
                        prop_assert_eq!(step.deducted.0 + step.kept.0, item.amount.0);
                        prop_assert!(step.deducted.0 >= 0 && step.kept.0 >= 0);
                    }
                }
            }
        }
    }
}
