//! Personal data (个人信息) of a contract: kept apart, so that erasing them leaves every proof whole.

use std::collections::BTreeMap;

use super::record::{Contract, PartyNature, Side};

/// Personal values by field key: `buyer.telephone`.
pub type PersonalFields = BTreeMap<String, String>;

/// Takes the personal values out of a record and puts empty texts in their place.
///
/// Contact, telephone and legal representative always, name and address where the party is a natural person (自然人).
#[must_use]
pub fn split_personal(contract: &mut Contract) -> PersonalFields {
    let mut personal = PersonalFields::new();
    for side in [Side::Seller, Side::Buyer] {
        let party = match side {
            Side::Seller => &mut contract.seller,
            Side::Buyer => &mut contract.buyer,
        };
        let mut take = |key: &str, value: &mut String| {
            if !value.is_empty() {
                personal.insert(format!("{}.{key}", side.code()), std::mem::take(value));
            }
        };
        take("contact", &mut party.contact);
        take("telephone", &mut party.telephone);
        take("legal_representative", &mut party.legal_representative);
        if party.nature == PartyNature::Person {
            take("name", &mut party.name);
            take("address", &mut party.address);
        }
    }
    personal
}

/// Puts personal values back where they came from; unknown keys are left aside.
pub fn restore_personal(contract: &mut Contract, personal: &PersonalFields) {
    for (key, value) in personal {
        let Some((side, field)) = key.split_once('.') else { continue };
        let party = match Side::from_code(side) {
            Some(Side::Seller) => &mut contract.seller,
            Some(Side::Buyer) => &mut contract.buyer,
            None => continue,
        };
        match field {
            "contact" => party.contact.clone_from(value),
            "telephone" => party.telephone.clone_from(value),
            "legal_representative" => party.legal_representative.clone_from(value),
            "name" => party.name.clone_from(value),
            "address" => party.address.clone_from(value),
            _ => {}
        }
    }
}
