//! What of the market everybody may read (公开条目), in parts of a size that a site map can hold.

use super::index::in_background;
use super::records::RecordKey;
use crate::app::App;
use crate::refusal::Refusal;
use xiaoxiang_domain::market::DisclosureLevel;

/// Records of a part, so that none grows beyond the 50,000 addresses that a site map may have.
const PART_USUAL: u64 = 25_000;

/// Of how many parts the public records are; one at least.
pub async fn public_record_parts(app: &App) -> Result<u64, Refusal> {
    let (shelves, _) = app.match_index.newest(app).await?;
    Ok(parts_of(shelves.of(DisclosureLevel::Public).documents()))
}

/// The public records of a part, from 0, in the order of their keys. Those of the index: what has just been published may be missing.
pub async fn list_public_records(app: &App, part: u64) -> Result<Vec<RecordKey>, Refusal> {
    let (shelves, _) = app.match_index.newest(app).await?;
    let parts = parts_of(shelves.of(DisclosureLevel::Public).documents());
    if part >= parts {
        return Err(Refusal::NotFound(part.to_string()));
    }
    let ids = in_background(shelves, move |shelves| {
        Ok(shelves.of(DisclosureLevel::Public).identifiers(|id| part_of(id, parts) == part))
    });
    let ids = ids.await.map_err(|fault| super::refused(&fault))?;
    let mut keys: Vec<RecordKey> = ids.iter().filter_map(|id| RecordKey::parse(id)).collect();
    keys.sort();
    Ok(keys)
}

fn parts_of(documents: u64) -> u64 {
    documents.div_ceil(PART_USUAL).max(1)
}

/// The same for an id as long as there are so many parts.
fn part_of(id: &str, parts: u64) -> u64 {
    id.bytes().fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte))) % parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_part_outgrows_a_site_map() {
        let ids: Vec<String> = (0..100_000_u64)
            .map(|number| format!("achievement:{:016x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
            .collect();
        let parts = parts_of(ids.len() as u64);
        assert_eq!(parts, 4);
        for part in 0..parts {
            let size = ids.iter().filter(|id| part_of(id, parts) == part).count();
            assert!((20_000..30_000).contains(&size), "{size} records in part {part}");
        }
    }
}
