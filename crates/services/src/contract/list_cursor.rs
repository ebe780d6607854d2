//! The cursor of a list as it stands in addresses: where the next page begins, of which list.

use sha2::{Digest, Sha256};
use xiaoxiang_statistics::listing::{ListFilter, ListOrder, ListPlace};

use crate::refusal::Refusal;

/// Bytes that tell one list's cursors from another's, and a mistyped one from a right one. No secret: a forged cursor
/// shows nothing that the list would not show.
const CHECK_BYTES: usize = 6;
const HEAD_BYTES: usize = 16;
const KEY_BYTES: usize = 8;
/// Longest cursor in characters: a registration number has 64 characters.
const CURSOR_CHARACTERS_MAX: usize = 2 * (CHECK_BYTES + HEAD_BYTES + KEY_BYTES + 4 * 64);

/// Writes a place: check, head, contract, number, as hex.
pub(super) fn write_cursor(filter: &ListFilter, order: ListOrder, place: &ListPlace) -> String {
    let mut bytes = check_bytes(filter, order, place).to_vec();
    bytes.extend(place.head.to_be_bytes());
    bytes.extend(place.contract_key.to_be_bytes());
    bytes.extend(place.number.as_bytes());
    hex::encode(bytes)
}

/// Reads the cursor of this list; one of another list, filter or order is refused.
pub(super) fn read_cursor(text: &str, filter: &ListFilter, order: ListOrder) -> Result<ListPlace, Refusal> {
    place_of(text).filter(|(check, place)| *check == check_bytes(filter, order, place)).map_or_else(
        || {
            Err(Refusal::invalid(
                "contract.list.cursor",
                "翻页标记无效，或属于另一份列表。请从第一页重新翻起。",
                "the cursor is not valid or belongs to another list; begin again at the first page",
            ))
        },
        |(_, place)| Ok(place),
    )
}

fn place_of(text: &str) -> Option<([u8; CHECK_BYTES], ListPlace)> {
    if text.len() > CURSOR_CHARACTERS_MAX {
        return None;
    }
    let bytes = hex::decode(text).ok()?;
    let (check, rest) = bytes.split_first_chunk::<CHECK_BYTES>()?;
    let (head, rest) = rest.split_first_chunk::<HEAD_BYTES>()?;
    let (key, number) = rest.split_first_chunk::<KEY_BYTES>()?;
    let place = ListPlace {
        head: u128::from_be_bytes(*head),
        contract_key: i64::from_be_bytes(*key),
        number: String::from_utf8(number.to_vec()).ok()?,
    };
    Some((*check, place))
}

fn check_bytes(filter: &ListFilter, order: ListOrder, place: &ListPlace) -> [u8; CHECK_BYTES] {
    let digest = Sha256::digest(format!("{filter:?} {order:?} {place:?}"));
    let (first, _) = digest.split_first_chunk().expect("invariant: a digest has 32 bytes");
    *first
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> ListPlace {
        ListPlace { head: 65_000, number: "hn2026甲".to_owned(), contract_key: 42 }
    }

    #[test]
    fn a_cursor_comes_back_as_it_was_written() {
        let filter = ListFilter { text: "机床".to_owned(), ..ListFilter::default() };
        let text = write_cursor(&filter, ListOrder::Number, &place());
        assert_eq!(read_cursor(&text, &filter, ListOrder::Number).expect("a right cursor"), place());
    }

    #[test]
    fn a_forged_cursor_and_one_of_another_list_are_refused() {
        let filter = ListFilter::default();
        let right = write_cursor(&filter, ListOrder::Newest, &place());
        let other = ListFilter { field: Some(3), ..ListFilter::default() };
        assert!(read_cursor(&right, &other, ListOrder::Newest).is_err());
        assert!(read_cursor(&right, &filter, ListOrder::Largest).is_err());
        let mut wrong: Vec<String> =
            ["", "0", "zz", "甲乙", "00", &"0".repeat(5_000), &"f".repeat(60)].map(str::to_owned).to_vec();
        for at in 0..right.len() {
            let mut forged = right.clone().into_bytes();
            forged[at] = if forged[at] == b'7' { b'8' } else { b'7' };
            wrong.push(String::from_utf8(forged).expect("ASCII"));
        }
        wrong.push(right[..right.len() - 2].to_owned());
        for text in wrong {
            let refused = read_cursor(&text, &filter, ListOrder::Newest);
            assert!(matches!(refused, Err(Refusal::Invalid { code: "contract.list.cursor", .. })), "{text}");
        }
    }
}
