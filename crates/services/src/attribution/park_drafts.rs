//! The parks with the state of their lists (园区企业名录), and a new list shown beside the old one before it is confirmed.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use xiaoxiang_domain::access::{Action, Scope};
use xiaoxiang_domain::attribution::ParkCompany;
use xiaoxiang_domain::region::{DivisionCode, Park, Region};
use xiaoxiang_store::park_list::{self as store, ParkListDraftRow};
use xiaoxiang_store::{StoreError, Tx};

use super::facts::load_basis;
use super::import_park_list::{ImportedParkList, permit_park, read_park_list, replace_in};
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// A list older than this is due to be sent again.
pub const LIST_MONTHS_MAX: i32 = 6;
/// How long a draft waits to be confirmed.
const DRAFT_AGE_MAX_MS: i64 = 7 * 24 * 60 * 60 * 1_000;
/// Position of a list that was never imported.
const NEVER: i64 = -1;

/// One park and the state of its list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParkState {
    /// Park key.
    pub key: u32,
    /// 名称
    pub name: String,
    /// English name, empty where region data give none.
    pub name_en: String,
    /// City that it is counted in.
    pub city: DivisionCode,
    /// Lines of its list; none where it never sent one.
    pub companies: Option<i64>,
    /// When the list came in.
    pub imported_on: Option<Date>,
    /// Whether the list is missing or older than [`LIST_MONTHS_MAX`] months.
    pub is_due: bool,
}

/// The parks that a reader may see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParkStates {
    /// In the order of the region data.
    pub parks: Vec<ParkState>,
}

/// A list that was read, beside the one in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParkListDraft {
    /// Id under which it waits.
    pub draft_id: String,
    /// The park.
    pub park_key: u32,
    /// Lines that it has.
    pub companies: usize,
    /// Lines that are as before.
    pub unchanged: usize,
    /// Lines that the old list has not.
    pub added: Vec<ParkCompany>,
    /// Lines of the old list that it leaves out.
    pub left_out: Vec<ParkCompany>,
    /// Companies whose days or name differ: old and new.
    pub changed: Vec<(ParkCompany, ParkCompany)>,
}

/// A line as a draft keeps it.
#[derive(Serialize, Deserialize)]
struct DraftLine {
    credit_code: String,
    name: String,
    valid_from: Date,
    valid_to: Option<Date>,
}

/// The parks of the reader's extent with the state of their lists.
pub async fn list_parks(app: &App, actor: &Actor) -> Result<ParkStates, Refusal> {
    let extent = actor.permit(Action::ReadParks)?;
    let mut tx = app.db.read().await?;
    let region = app.region_in(&mut tx).await?;
    let zone = region.time_zone.clone();
    let due_before = due_before(app.clock.today_in(&zone));
    let states: BTreeMap<i64, store::ParkListRow> =
        store::list_states(&mut tx).await?.into_iter().map(|row| (row.park_key, row)).collect();
    let parks = region.region.parks().all().iter().filter(|park| has_park(extent, park.key, &region.region));
    let state = |park: &Park| {
        let row = states.get(&i64::from(park.key));
        let imported_on = row.and_then(|row| {
            let instant = jiff::Timestamp::from_millisecond(row.imported_at_ms).ok()?;
            Some(instant.to_zoned(zone.clone()).date())
        });
        ParkState {
            key: park.key,
            name: park.name.clone(),
            name_en: park.name_en.clone(),
            city: park.city,
            companies: row.map(|row| row.companies),
            imported_on,
            is_due: imported_on.is_none_or(|day| day < due_before),
        }
    };
    Ok(ParkStates { parks: parks.map(state).collect() })
}

/// Reads a park's list and keeps it beside its differences; nothing counts by it yet.
pub async fn draft_park_list(
    app: &App,
    actor: &Actor,
    park_key: u32,
    bytes: Vec<u8>,
) -> Result<String, Refusal> {
    permit_park(actor, park_key)?;
    let region = app.region().await?;
    region.region.parks().by_key(park_key).ok_or_else(|| Refusal::NotFound(park_key.to_string()))?;
    let companies = read_park_list(bytes, park_key)?;
    if companies.is_empty() {
        return Err(Refusal::invalid(
            "park.list.empty",
            "名录中没有企业。请检查文件内容。",
            "the list holds no company; check the file",
        ));
    }
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    let draft = ParkListDraftRow {
        draft_id: app.new_id()?,
        park_key: i64::from(park_key),
        base_position: position_of_list(&mut tx, park_key).await?,
        companies: serde_json::to_string(&companies.iter().map(line_of).collect::<Vec<_>>())
            .map_err(|error| StoreError::Damaged(error.to_string()))?,
        drafted_by: actor.log_name().to_owned(),
        drafted_at_ms: now_ms,
    };
    store::remove_drafts(&mut tx, now_ms - DRAFT_AGE_MAX_MS, "").await?;
    store::save_draft(&mut tx, &draft).await?;
    tx.keep_unlogged().await?;
    Ok(draft.draft_id)
}

/// The draft of an id with its differences from the list in force.
pub async fn find_park_list_draft(
    app: &App,
    actor: &Actor,
    park_key: u32,
    draft_id: &str,
) -> Result<ParkListDraft, Refusal> {
    permit_park(actor, park_key)?;
    let mut tx = app.db.read().await?;
    let (_, companies) = draft_of(&mut tx, park_key, draft_id).await?;
    let basis = load_basis(&mut tx).await?;
    let old: Vec<&ParkCompany> = basis.companies().iter().filter(|line| line.park_key == park_key).collect();
    Ok(compare(draft_id, park_key, &old, companies))
}

/// Puts a draft in the place of the park's list, if that is still the one with which it was compared.
pub async fn confirm_park_list(
    app: &App,
    actor: &Actor,
    park_key: u32,
    draft_id: &str,
) -> Result<ImportedParkList, Refusal> {
    permit_park(actor, park_key)?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let region = app.region_in(&mut tx).await?;
    tx.lock_log().await?;
    let (draft, companies) = draft_of(&mut tx, park_key, draft_id).await?;
    if position_of_list(&mut tx, park_key).await? != draft.base_position {
        let park = region.region.parks().by_key(park_key);
        let name = park.map_or_else(|| park_key.to_string(), |park| park.name.clone());
        return Err(Refusal::stale(format!("{name}的企业名单"), format!("the list of companies of {name}")));
    }
    store::remove_drafts(&mut tx, draft.drafted_at_ms - DRAFT_AGE_MAX_MS, draft_id).await?;
    replace_in(tx, &region.region, actor, park_key, &companies).await
}

/// Whether a park lies within an extent.
pub(super) fn has_park(extent: Scope, park_key: u32, region: &Region) -> bool {
    match extent {
        Scope::Region => true,
        Scope::Park(own) => own == park_key,
        Scope::Division(code) => {
            region.parks().by_key(park_key).is_some_and(|park| park.city.is_within(code))
        }
        Scope::Organisation(_) | Scope::Registrar(_) => false,
    }
}

/// A list of an earlier day is due.
fn due_before(today: Date) -> Date {
    today.saturating_sub(jiff::Span::new().months(LIST_MONTHS_MAX))
}

async fn position_of_list(tx: &mut Tx, park_key: u32) -> Result<i64, Refusal> {
    let states = store::list_states(tx).await?;
    let state = states.into_iter().find(|row| row.park_key == i64::from(park_key));
    Ok(state.map_or(NEVER, |row| row.position))
}

async fn draft_of(
    tx: &mut Tx,
    park_key: u32,
    draft_id: &str,
) -> Result<(ParkListDraftRow, Vec<ParkCompany>), Refusal> {
    let draft = store::find_draft(tx, draft_id)
        .await?
        .filter(|draft| draft.park_key == i64::from(park_key))
        .ok_or_else(|| Refusal::NotFound(draft_id.to_owned()))?;
    let lines: Vec<DraftLine> = serde_json::from_str(&draft.companies)
        .map_err(|error| StoreError::Damaged(format!("draft {draft_id}: {error}")))?;
    let company = |line: DraftLine| ParkCompany {
        park_key,
        credit_code: line.credit_code,
        name: line.name,
        valid_from: line.valid_from,
        valid_to: line.valid_to,
    };
    let companies = lines.into_iter().map(company).collect();
    Ok((draft, companies))
}

fn line_of(company: &ParkCompany) -> DraftLine {
    DraftLine {
        credit_code: company.credit_code.clone(),
        name: company.name.clone(),
        valid_from: company.valid_from,
        valid_to: company.valid_to,
    }
}

/// What identifies a company within one list.
fn identity(company: &ParkCompany) -> &str {
    if company.credit_code.is_empty() { &company.name } else { &company.credit_code }
}

fn compare(draft_id: &str, park_key: u32, old: &[&ParkCompany], new: Vec<ParkCompany>) -> ParkListDraft {
    // A company may stand in a list several times, with different days: each line is compared with one.
    let mut before: BTreeMap<&str, Vec<&ParkCompany>> = BTreeMap::new();
    for company in old {
        before.entry(identity(company)).or_default().push(company);
    }
    let mut draft = ParkListDraft {
        draft_id: draft_id.to_owned(),
        park_key,
        companies: new.len(),
        unchanged: 0,
        added: Vec::new(),
        left_out: Vec::new(),
        changed: Vec::new(),
    };
    let mut differing = Vec::new();
    for company in new {
        let same = before.get_mut(identity(&company)).and_then(|lines| {
            let at = lines.iter().position(|line| **line == company)?;
            Some(lines.swap_remove(at))
        });
        match same {
            Some(_) => draft.unchanged += 1,
            None => differing.push(company),
        }
    }
    for company in differing {
        match before.get_mut(identity(&company)).and_then(Vec::pop) {
            Some(line) => draft.changed.push((line.clone(), company)),
            None => draft.added.push(company),
        }
    }
    draft.left_out = before.into_values().flatten().cloned().collect();
    draft
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn company(code: &str, name: &str, year: i16) -> ParkCompany {
        ParkCompany {
            park_key: 1,
            credit_code: code.to_owned(),
            name: name.to_owned(),
            valid_from: date(year, 1, 1),
            valid_to: None,
        }
    }

    #[test]
    fn a_new_list_is_told_apart_line_by_line() {
        let old = [company("A", "甲", 2020), company("B", "乙", 2020), company("", "丙", 2020)];
        let new = vec![company("A", "甲", 2020), company("B", "乙科技", 2020), company("D", "丁", 2026)];
        let draft = compare("id", 1, &old.iter().collect::<Vec<_>>(), new);
        assert_eq!((draft.companies, draft.unchanged), (3, 1));
        assert_eq!(draft.added, [company("D", "丁", 2026)]);
        assert_eq!(draft.left_out, [company("", "丙", 2020)]);
        assert_eq!(draft.changed, [(company("B", "乙", 2020), company("B", "乙科技", 2020))]);
    }

    #[test]
    fn a_list_is_due_after_half_a_year() {
        assert_eq!(due_before(date(2026, 8, 31)), date(2026, 2, 28));
    }
}
