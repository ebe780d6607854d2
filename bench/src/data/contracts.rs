//! Contracts in the national form: those of the example province, under new numbers and of more organisations.

use xiaoxiang_domain::contract::{Contract, Party, PartyNature};
use xiaoxiang_domain::organisation::credit_code::{CreditCode, CreditCodeProblem};
use xiaoxiang_domain::region::Region;
use xiaoxiang_services::demo;

use crate::place::TODAY;

/// As many organisations as a province has in its contracts.
const SELLERS: usize = 20_000;
const BUYERS: usize = 40_000;
/// Far apart, so that neighbours in the file are not neighbours in the list.
const STRIDE: usize = 7_919;

/// As many contracts as are wanted, each with its own number.
#[derive(Debug)]
pub struct Contracts {
    example: Vec<Contract>,
}

impl Contracts {
    pub fn new(region: &Region) -> Self {
        let mut example = demo::example(region, TODAY).registry;
        // The rules of today, so that any day of the example will do.
        example.retain(|contract| contract.registered_on.year() >= 2024);
        Self { example }
    }

    /// The contract of a number, under a registration number that begins with `series`.
    pub fn contract(&self, series: &str, number: usize) -> Contract {
        let mut contract = self.example[number % self.example.len()].clone();
        contract.registration_number = format!("{series}{number:09}");
        rename(&mut contract.seller, "S", number * STRIDE % SELLERS);
        rename(&mut contract.buyer, "B", number * STRIDE % BUYERS);
        "示例联系人".clone_into(&mut contract.seller.contact);
        "0731-00000000".clone_into(&mut contract.seller.telephone);
        contract
    }
}

/// Makes another organisation of the party; people and foreigners stay who they are.
fn rename(party: &mut Party, side: &str, number: usize) {
    if party.nature != PartyNature::Organisation || party.credit_code.is_empty() {
        return;
    }
    let side_digits = if side == "S" { "MA1" } else { "MA2" };
    party.credit_code = with_check(&format!("91430100{side_digits}{number:06}"));
    party.name = format!("示例{}{number}有限公司", if side == "S" { "甲" } else { "乙" });
}

/// Puts the check character behind 17 others.
fn with_check(body: &str) -> String {
    let guess = format!("{body}0");
    match CreditCode::parse(&guess) {
        Ok(_) => guess,
        Err(CreditCodeProblem::CheckCharacter { expected, .. }) => format!("{body}{expected}"),
        Err(problem) => unreachable!("the body of a made code is right: {problem}"),
    }
}
