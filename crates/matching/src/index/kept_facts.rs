//! Facts as the file of slots keeps them.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use xiaoxiang_domain::market::{CooperationMode, DisclosureLevel, IpWish, Maturity};
use xiaoxiang_domain::money::Fen;
use xiaoxiang_domain::region::DivisionCode;

use crate::constraint::Facts;

#[derive(Serialize, Deserialize)]
struct Kept {
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    price: Option<Fen>,
    #[serde(skip_serializing_if = "Option::is_none")]
    maturity: Option<(u8, u8)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    modes: Vec<CooperationMode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ownership: Option<IpWish>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_protected: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    disclosure: Option<DisclosureLevel>,
}

pub(super) fn to_bytes(facts: &Facts) -> Vec<u8> {
    let kept = Kept {
        place: facts.place.map(|place| place.0),
        price: facts.price,
        maturity: facts.maturity.map(|maturity| (maturity.least(), maturity.most())),
        modes: facts.modes.clone(),
        ownership: facts.ownership,
        is_protected: facts.is_protected,
        until: facts.until,
        disclosure: facts.disclosure,
    };
    serde_json::to_vec(&kept).expect("invariant: facts are plain data")
}

pub(super) fn from_text(text: &str) -> Option<Facts> {
    let kept: Kept = serde_json::from_str(text).ok()?;
    Some(Facts {
        place: kept.place.map(DivisionCode),
        price: kept.price,
        maturity: kept.maturity.and_then(|(least, most)| Maturity::of_stages(least, most)),
        modes: kept.modes,
        ownership: kept.ownership,
        is_protected: kept.is_protected,
        until: kept.until,
        disclosure: kept.disclosure,
    })
}
