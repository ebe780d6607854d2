//! Who a party is, and what two parties may have in common: telephones, addresses, people.

use crate::contract::{Party, PartyNature};
use crate::region::plain;

/// Fewest digits of a telephone.
const TELEPHONE_DIGITS_MIN: usize = 7;
/// Fewest characters of an address that names a house.
const ADDRESS_CHARACTERS_MIN: usize = 6;
/// Characters with which namesakes begin alike: a city's name has two or three, a stem two.
const NAMESAKE_CHARACTERS_MIN: usize = 5;
/// Marks in place of a part of a name.
const MASKS: [char; 5] = ['某', '*', '×', 'x', '＊'];
/// What is written where a person's name is asked for and none is given.
const NO_NAMES: [&str; 9] = ["联系人", "负责人", "经办", "老师", "先生", "女士", "办公室", "示例", "科研处"];

/// What organisations may have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum TraitKind {
    Telephone,
    Address,
    /// 法定代表人
    Representative,
    /// 联系人
    Contact,
    /// A person in whatever part.
    Person,
}

/// A telephone, an address, a person.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Trait {
    pub kind: TraitKind,
    value: Box<str>,
}

/// What tells an organisation from others; people of masked names are nobody's equal.
pub(super) fn organisation_key(party: &Party) -> Option<String> {
    let name = plain(&party.name);
    if party.nature == PartyNature::Person {
        let is_masked = name.contains(MASKS) || name.chars().count() < 2;
        let where_to_find = if party.telephone.is_empty() { &party.address } else { &party.telephone };
        return (!is_masked && !where_to_find.is_empty()).then(|| format!("p{name}{}", plain(where_to_find)));
    }
    if !party.credit_code.is_empty() {
        return Some(party.credit_code.to_uppercase());
    }
    (!name.is_empty()).then(|| format!("n{name}"))
}

/// What a party states of itself.
pub(super) fn traits_of(party: &Party) -> Vec<Trait> {
    let mut found = Vec::new();
    let mut add = |kind: TraitKind, value: Option<String>| {
        if let Some(value) = value {
            found.push(Trait { kind, value: value.into() });
        }
    };
    add(TraitKind::Telephone, telephone(&party.telephone));
    add(TraitKind::Address, address(&party.address));
    let representative = person(&party.legal_representative);
    let contact = person(&party.contact);
    let own = if party.nature == PartyNature::Person { person(&party.name) } else { None };
    add(TraitKind::Representative, representative.clone());
    add(TraitKind::Contact, contact.clone());
    let mut people: Vec<String> = [representative, contact, own].into_iter().flatten().collect();
    people.sort_unstable();
    people.dedup();
    for name in people {
        add(TraitKind::Person, Some(name));
    }
    found
}

/// The digits of a telephone; none where they are mere filling (0731-00000000).
fn telephone(text: &str) -> Option<String> {
    let digits: String = plain(text).chars().filter(char::is_ascii_digit).collect();
    let digits = digits.strip_prefix("86").filter(|rest| rest.len() == 11).unwrap_or(&digits).to_owned();
    if digits.len() < TELEPHONE_DIGITS_MIN {
        return None;
    }
    let last = &digits.as_bytes()[digits.len() - TELEPHONE_DIGITS_MIN..];
    (!last.iter().all(|digit| *digit == last[0])).then_some(digits)
}

fn address(text: &str) -> Option<String> {
    let address: String = plain(text).chars().filter(|c| c.is_alphanumeric()).collect();
    let names_a_house = address.chars().any(|c| c.is_ascii_digit() || "一二三四五六七八九十".contains(c));
    (names_a_house && address.chars().count() >= ADDRESS_CHARACTERS_MIN).then_some(address)
}

fn person(text: &str) -> Option<String> {
    let name = plain(text);
    let length = name.chars().count();
    let is_name = (2..=30).contains(&length)
        && !name.contains(MASKS)
        && !name.contains(|c: char| c.is_ascii_digit())
        && !NO_NAMES.iter().any(|word| name.contains(word));
    is_name.then_some(name)
}

/// Numbers of patents in a title (ZL202110123456.7, 专利号 CN…): twelve or thirteen digits.
pub(super) fn patents(text: &str) -> Vec<String> {
    let plain: String = plain(text);
    let mut found = Vec::new();
    let mut digits = String::new();
    for character in plain.chars().chain(std::iter::once(' ')) {
        if character.is_ascii_digit() {
            digits.push(character);
            continue;
        }
        if character == '.' && digits.len() >= 8 {
            continue;
        }
        if (9..=13).contains(&digits.len()) {
            // The check digit is written by some and left out by others.
            let stem = if digits.len() == 13 { &digits[..12] } else { &digits };
            found.push(stem.to_owned());
        }
        digits.clear();
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Whether two names begin alike, place and stem (字号) together, without being one: weak evidence.
pub(super) fn are_namesakes(left: &str, right: &str) -> bool {
    let same = left.chars().zip(right.chars()).take_while(|(a, b)| a == b).count();
    same >= NAMESAKE_CHARACTERS_MIN && left != right
}

/// Whether one name is the other with a branch behind it (分公司、分校、分院).
pub(super) fn is_branch(left: &str, right: &str) -> bool {
    let (left, right) = (plain(left), plain(right));
    let (short, long) = if left.len() < right.len() { (left, right) } else { (right, left) };
    short.chars().count() >= ADDRESS_CHARACTERS_MIN
        && long.strip_prefix(short.as_str()).is_some_and(|rest| {
            rest.contains('分')
                || rest.contains("事业部")
                || rest.contains("办事处")
                || rest.contains("营业部")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filling_is_no_telephone_and_a_mask_no_name() {
        assert_eq!(telephone("0731-00000000"), None);
        assert_eq!(telephone("+86 139-0731-2233").as_deref(), Some("13907312233"));
        assert_eq!(person("张某某"), None);
        assert_eq!(person("示例联系人"), None);
        assert_eq!(person("欧阳 修").as_deref(), Some("欧阳修"));
        assert_eq!(address("长沙市"), None);
    }

    #[test]
    fn a_patent_is_the_same_with_and_without_its_check_digit() {
        assert_eq!(patents("一种密封圈（ZL202110123456.7）专利权转让"), ["202110123456"]);
        assert_eq!(patents("专利号：202110123456"), ["202110123456"]);
        assert!(patents("2024年设备3台").is_empty());
    }
}
