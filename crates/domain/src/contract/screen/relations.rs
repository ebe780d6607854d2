//! Relations that nobody declared (未申报关联): what seller and buyer have in common, and how likely by chance.
//!
//! A contract that says 关联交易:是 is honest and never asked about here.

use super::book::{Stated, TraitUse};
use super::chance::{self, BIT};
use super::identity::{TraitKind, are_namesakes, is_branch};
use super::kind::{Evidence, Flag, Screen, Strength};
use super::look::Look;

/// With fewer organisations a book is too small to say how rare anything is.
const ORGANISATIONS_MIN: u64 = 2_000;
/// Other sides of one organisation that are looked at for a person on both sides.
const ORGANISATIONS_MAX: usize = 6;
/// Contracts of such an organisation that are looked at.
const DEALS_MAX: usize = 300;

/// 自买自卖: one credit code, one name, or a body and its branch.
pub(super) fn self_dealing(look: Look<'_>) -> Option<Flag> {
    if look.entry.is_declared {
        return None;
    }
    let (seller, buyer) = (look.entry.seller.organisation, look.entry.buyer.organisation);
    let (left, right) = (look.book.organisation(seller), look.book.organisation(buyer));
    let is_one_code = seller == buyer || (!left.code.is_empty() && left.code == right.code);
    if !is_one_code
        && !is_branch(&left.name, &right.name)
        && (left.name.is_empty() || left.name != right.name)
    {
        return None;
    }
    let (zh, en) = if is_one_code {
        (
            "买卖双方是同一单位，或统一社会信用代码相同",
            "seller and buyer are one body, or have the same credit code",
        )
    } else {
        (
            "买卖双方名称相同，或一方是另一方的分支机构",
            "seller and buyer have the same name, or one is a branch of the other",
        )
    };
    Some(look.flag(Screen::SelfDealing, Strength::Strong, look.evidence(zh.to_owned(), en.to_owned(), &[])))
}

/// 同一法定代表人, 同一电话或联系人, 同一地址, 一人两头: one flag with everything that both have in common.
pub(super) fn shared_traits(look: Look<'_>) -> Option<Flag> {
    let (seller, buyer) = (&look.entry.seller, &look.entry.buyer);
    if look.entry.is_declared || seller.organisation == buyer.organisation {
        return None;
    }
    let parameters = &look.book.parameters.relations;
    let (left, right) =
        (look.book.organisation(seller.organisation), look.book.organisation(buyer.organisation));
    let mut found: Vec<(i64, TraitKind)> = Vec::new();
    for number in &left.traits {
        let shared = &look.book.traits[*number as usize];
        let is_common = shared.organisations.len() <= parameters.organisations_max as usize
            && shared.organisations.binary_search(&buyer.organisation).is_ok();
        if !is_common {
            continue;
        }
        let mut carried = trait_bits(look, shared);
        match shared.kind {
            // Three at one address are a building.
            TraitKind::Address if shared.organisations.len() > 2 => continue,
            TraitKind::Address => carried -= i64::from(parameters.address_locality_bits) * BIT,
            TraitKind::Representative | TraitKind::Contact | TraitKind::Person => {
                carried -= i64::from(parameters.namesake_bits) * BIT;
            }
            TraitKind::Telephone => {}
        }
        // An organisation with many contacts shares one of them sooner.
        if !(seller.traits.contains(number) && buyer.traits.contains(number)) {
            let count = |traits: &[u32]| {
                traits.iter().filter(|at| look.book.traits[**at as usize].kind == shared.kind).count() as u64
            };
            carried -= chance::log2(count(&left.traits) * count(&right.traits));
        }
        found.push((carried, shared.kind));
    }
    // A person in the same part on both sides is counted there, not once more as a person.
    let has = |kind: TraitKind, found: &[(i64, TraitKind)]| found.iter().any(|(_, other)| *other == kind);
    if has(TraitKind::Representative, &found) || has(TraitKind::Contact, &found) {
        found.retain(|(_, kind)| *kind != TraitKind::Person);
    }
    found.sort_unstable_by_key(|(carried, kind)| (std::cmp::Reverse(*carried), *kind));
    found.dedup_by_key(|(_, kind)| *kind);
    let strongest = found.first()?.1;
    let mut surprise: i64 = found.iter().map(|(carried, _)| (*carried).max(0)).sum();
    if are_namesakes(&left.name, &right.name) {
        surprise += i64::from(parameters.name_bits) * BIT;
    }
    if surprise < i64::from(parameters.surprise_bits_min) * BIT {
        return None;
    }
    let kinds = [
        TraitKind::Representative,
        TraitKind::Person,
        TraitKind::Telephone,
        TraitKind::Contact,
        TraitKind::Address,
    ];
    let named = kinds.into_iter().find(|kind| has(*kind, &found)).unwrap_or(strongest);
    let screen = match named {
        TraitKind::Representative => Screen::SharedLegalPerson,
        TraitKind::Person => Screen::BothSides,
        TraitKind::Telephone | TraitKind::Contact => Screen::SharedTelephone,
        TraitKind::Address => Screen::SharedAddress,
    };
    let mut flag = look.flag(screen, Strength::Moderate, sentence(look, found[0].1));
    for (_, kind) in &found[1..] {
        flag.evidence.push(sentence(look, *kind));
    }
    if found.len() > 1 || surprise >= i64::from(parameters.surprise_bits_min + 5) * BIT {
        flag.strength = Strength::Strong;
    }
    Some(flag)
}

/// 一人两头: whoever stands for the seller here stands for a buyer of the same matter there.
pub(super) fn both_sides(look: Look<'_>) -> Option<Flag> {
    if look.entry.is_declared {
        return None;
    }
    let parameters = &look.book.parameters.relations;
    for (own, opposite) in [(&look.entry.seller, &look.entry.buyer), (&look.entry.buyer, &look.entry.seller)]
    {
        for number in &own.traits {
            let shared = &look.book.traits[*number as usize];
            let says_who =
                matches!(shared.kind, TraitKind::Telephone | TraitKind::Contact | TraitKind::Representative);
            if !says_who
                || shared.organisations.len() > ORGANISATIONS_MAX.min(parameters.organisations_max as usize)
            {
                continue;
            }
            let is_third = |other: &&u32| **other != own.organisation && **other != opposite.organisation;
            for other in shared.organisations.iter().filter(is_third) {
                let Some(met) = facing(look, *other, own, opposite) else { continue };
                let evidence = look.evidence(
                    "本合同一方的人员或电话，在另一份合同中代表另一单位与同一对方反向交易".to_owned(),
                    "a person or telephone of one side stands for another body that deals with the same party the other way round".to_owned(),
                    &met,
                );
                // The more the other body deals, the sooner it meets the same party by chance.
                let deals = look.book.organisation(*other);
                let chances = chance::log2((deals.buys.len() + deals.sells.len()) as u64);
                let mut carried = trait_bits(look, shared) - chances;
                if shared.kind != TraitKind::Telephone {
                    carried -= i64::from(parameters.namesake_bits) * BIT;
                }
                if carried >= i64::from(parameters.surprise_bits_min) * BIT {
                    return Some(look.flag(Screen::BothSides, Strength::Moderate, evidence));
                }
            }
        }
    }
    None
}

/// The contracts in which another body faces the same party from the opposite side, if there are any.
fn facing(look: Look<'_>, other: u32, own: &Stated, opposite: &Stated) -> Option<Vec<u32>> {
    let deals = look.book.organisation(other);
    let is_seller_here = own.organisation == look.entry.seller.organisation;
    let list = if is_seller_here { &deals.buys } else { &deals.sells };
    if list.len() > DEALS_MAX {
        return None;
    }
    let is_facing = |at: &&u32| {
        let deal = look.book.at(**at);
        let party = if is_seller_here { &deal.seller } else { &deal.buyer };
        party.organisation == opposite.organisation
    };
    let met: Vec<u32> = list.iter().filter(is_facing).copied().collect();
    (!met.is_empty()).then_some(met)
}

/// What sharing a telephone, an address or a person carries: how rare that is, and how many share this one.
fn trait_bits(look: Look<'_>, shared: &TraitUse) -> i64 {
    let organisations = (look.book.organisations.len() as u64).max(ORGANISATIONS_MIN);
    let (pairs, statements) = look.book.sharing.get(&shared.kind).copied().unwrap_or_default();
    // How many others have the same as one, in thousandths: everybody's habit, and those seen to have this one.
    let habit = 2_000 * pairs / statements.max(organisations / 2).max(1);
    let others = 1_000 * (shared.organisations.len() as u64).saturating_sub(2);
    chance::bits(habit + others + 1, 1_000 * organisations)
}

fn sentence(look: Look<'_>, kind: TraitKind) -> Evidence {
    let (zh, en) = match kind {
        TraitKind::Telephone => ("买卖双方的联系电话相同", "seller and buyer have the same telephone"),
        TraitKind::Address => ("买卖双方的地址相同", "seller and buyer have the same address"),
        TraitKind::Representative => {
            ("买卖双方的法定代表人相同", "seller and buyer have the same legal representative")
        }
        TraitKind::Contact => ("买卖双方的联系人相同", "seller and buyer have the same contact"),
        TraitKind::Person => (
            "一方的联系人或当事人是另一方的法定代表人、联系人或当事人",
            "a contact or party on one side is legal representative, contact or party on the other",
        ),
    };
    look.evidence(
        format!("{zh}，而合同未申报关联交易"),
        format!("{en}, and no related-party transaction was declared"),
        &[],
    )
}
