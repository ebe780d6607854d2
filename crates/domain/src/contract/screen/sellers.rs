//! Sellers (卖方): founded yesterday, or many behind one address.

use super::identity::TraitKind;
use super::kind::{Flag, Screen, Strength};
use super::look::{Look, fen};

/// Contracts of such sellers that are counted for their buyers.
const DEALS_MAX: usize = 2_000;

/// 新设卖方: founded days before it sold, or after.
pub(super) fn fresh_seller(look: Look<'_>) -> Option<Flag> {
    let parameters = &look.book.parameters.sellers;
    let founded = look.entry.seller.founded?;
    let age = i64::from(look.entry.signed) - i64::from(founded);
    if age >= i64::from(parameters.fresh_days) || look.entry.value_fen < fen(parameters.fresh_value_yuan_min)
    {
        return None;
    }
    let evidence = if age < 0 {
        look.evidence(
            format!("合同签订时卖方尚未成立，{} 天后才成立", -age),
            format!("the seller was founded {} days after it had signed", -age),
            &[],
        )
    } else {
        look.evidence(
            format!("卖方成立 {age} 天即签订合同"),
            format!("the seller signed {age} days after it was founded"),
            &[],
        )
    };
    let strength =
        if age <= i64::from(parameters.fresh_days / 3) { Strength::Strong } else { Strength::Moderate };
    Some(look.flag(Screen::FreshSeller, strength, evidence))
}

/// 一址多壳: several sellers behind one address, telephone or person, with a second sign in common.
pub(super) fn shell_sellers(look: Look<'_>) -> Option<Flag> {
    let parameters = &look.book.parameters.sellers;
    if !look.book.organisation(look.entry.seller.organisation).is_company {
        return None;
    }
    for number in &look.entry.seller.traits {
        let shared = &look.book.traits[*number as usize];
        let mut sellers: Vec<u32> = shared
            .organisations
            .iter()
            .copied()
            .filter(|at| {
                let organisation = look.book.organisation(*at);
                organisation.is_company && !organisation.sells.is_empty()
            })
            .collect();
        let is_many = sellers.len() >= parameters.shells_min as usize
            && shared.organisations.len() <= parameters.shells_max as usize;
        // A person's part in several companies alone is a namesake until something else agrees.
        if !is_many || shared.kind == TraitKind::Contact {
            continue;
        }
        sellers.sort_unstable();
        let Some((zh, en)) = second_sign(look, *number, &sellers) else { continue };
        let mut deals: Vec<u32> =
            sellers.iter().flat_map(|at| look.book.organisation(*at).sells.iter().copied()).collect();
        deals.truncate(DEALS_MAX);
        let evidence = look.evidence(
            format!("{} 家卖方{}，且{zh}", sellers.len(), what(shared.kind).0),
            format!("{} sellers {}, and {en}", sellers.len(), what(shared.kind).1),
            &deals,
        );
        return Some(look.flag(Screen::ShellSellers, Strength::Strong, evidence));
    }
    None
}

const fn what(kind: TraitKind) -> (&'static str, &'static str) {
    match kind {
        TraitKind::Telephone => ("电话相同", "have the same telephone"),
        TraitKind::Address => ("地址相同", "have the same address"),
        TraitKind::Representative => ("法定代表人相同", "have the same legal representative"),
        TraitKind::Contact | TraitKind::Person => ("人员相同", "have a person in common"),
    }
}

/// What most of these sellers have in common besides: another trait, or nearly one buyer.
fn second_sign(look: Look<'_>, first: u32, sellers: &[u32]) -> Option<(&'static str, &'static str)> {
    let needed = (sellers.len() * look.book.parameters.sellers.shell_percent as usize).div_ceil(100).max(2);
    let first_kind = look.book.traits[first as usize].kind;
    let mut others: Vec<u32> = sellers
        .iter()
        .flat_map(|at| look.book.organisation(*at).traits.iter().copied())
        .filter(|other| *other != first && !is_person(look.book.traits[*other as usize].kind, first_kind))
        .collect();
    others.sort_unstable();
    let most_common = others.chunk_by(|a, b| a == b).map(<[u32]>::len).max().unwrap_or(0);
    if most_common >= needed {
        return Some(("另有电话、地址或人员相同", "telephone, address or people agree besides"));
    }
    let mut buyers: Vec<u32> = sellers
        .iter()
        .flat_map(|at| look.book.organisation(*at).sells.iter())
        .take(DEALS_MAX)
        .map(|at| look.book.at(*at).buyer.organisation)
        .collect();
    let all = buyers.len();
    buyers.sort_unstable();
    let most = buyers.chunk_by(|a, b| a == b).map(<[u32]>::len).max().unwrap_or(0);
    let is_one_buyer = most >= 3 && most * 100 >= all * look.book.parameters.sellers.shell_percent as usize;
    is_one_buyer.then_some(("大多卖给同一买方", "most of what they sell goes to one buyer"))
}

/// Whether both are the same person seen twice.
fn is_person(one: TraitKind, other: TraitKind) -> bool {
    let person =
        |kind: TraitKind| matches!(kind, TraitKind::Person | TraitKind::Representative | TraitKind::Contact);
    person(one) && person(other)
}
