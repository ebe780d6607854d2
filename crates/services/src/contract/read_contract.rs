//! The contract page (合同页): the record, who changed what, where it counts and why, and what was published with it.

use serde_json::Value;
use xiaoxiang_domain::access::{Action, Scope};
use xiaoxiang_domain::attribution::{SideAttribution, attribute_side};
use xiaoxiang_domain::bulletin::{BulletinStatus, Direction};
use xiaoxiang_domain::contract::{Contract, FieldDifference, Side, differences};
use xiaoxiang_domain::fact::{ContractFact, Source, Standing};
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_store::attribution::ObjectionRow;
use xiaoxiang_store::contract::{self as store, CurrentRow};
use xiaoxiang_store::log::EntryRow;
use xiaoxiang_store::{StoreError, Tx};

use super::staging::{contract_of, is_personal, without_values};
use crate::actor::Actor;
use crate::app::App;
use crate::attribution::Footing;
use crate::bulletin::{BulletinSummary, list_bulletins};
use crate::refusal::Refusal;

/// Whether personal data (个人信息) are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Personal {
    /// As far as they have not been erased.
    Shown,
    /// Fields that hold them are empty, and changes name only the field.
    Withheld,
}

/// Everything about one contract.
#[derive(Clone, Debug)]
pub struct ContractPage {
    /// The current record.
    pub contract: Contract,
    /// Registry or exchange.
    pub source: Source,
    /// Its versions, the newest first.
    pub versions: Vec<ContractVersion>,
    /// What the log says of it, the newest first: entries about the contract itself, and those that brought a version.
    pub entries: Vec<ContractEntry>,
    /// How it counted in statistics, the newest last.
    pub facts: Vec<ContractFact>,
    /// Where the seller counts and why.
    pub seller: SideAttribution,
    /// Where the buyer counts and why.
    pub buyer: SideAttribution,
    /// Objections to its place, the newest first.
    pub objections: Vec<ObjectionRow>,
    /// Published bulletins in whose figures it stands.
    pub counted_in: Vec<CountedIn>,
    /// Whether personal data are shown here.
    pub personal: Personal,
}

impl ContractPage {
    /// Where the contract lies now.
    #[must_use]
    pub fn places(&self) -> Option<ContractPlaces> {
        self.facts.last().map(ContractPlaces::of)
    }

    /// Whether somebody may have its personal data shown.
    #[must_use]
    pub fn opens_personal_data_to(&self, actor: &Actor) -> bool {
        let scope = actor.extent(Action::ReadPersonalData);
        self.places().zip(scope).is_some_and(|(places, scope)| places.lies_in(scope))
    }
}

/// One version of a contract.
#[derive(Clone, Debug)]
pub struct ContractVersion {
    /// Number, from 1.
    pub version: i64,
    /// Registry or exchange.
    pub source: Source,
    /// Log position from which it holds.
    pub position: i64,
    /// Instant.
    pub at_ms: i64,
    /// Who wrote it, as the log names them.
    pub actor: String,
    /// What it changed of the version before; empty for the first.
    pub changes: Vec<FieldDifference>,
}

/// An entry of the log.
#[derive(Clone, Debug)]
pub struct ContractEntry {
    /// Log position.
    pub position: i64,
    /// Instant.
    pub at_ms: i64,
    /// Who.
    pub actor: String,
    /// What: `contract.changed`.
    pub kind: String,
    /// About what: the contract, or the import that brought it.
    pub subject: String,
    /// The facts of the entry; it never holds personal data in clear.
    pub payload: Value,
}

/// A published bulletin in whose figures a contract stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountedIn {
    /// UUID.
    pub bulletin_id: String,
    /// 文号
    pub document_number: Option<String>,
    /// Title.
    pub title: String,
    /// The sides on which it counts there.
    pub directions: Vec<Direction>,
}

/// Where a contract lies, for the question of who may see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContractPlaces {
    /// Divisions of seller and buyer, 0 for none.
    pub divisions: [u32; 2],
    /// Parks of seller and buyer, 0 for none.
    pub parks: [u32; 2],
    /// Organisation keys of seller and buyer, 0 for people.
    pub organisations: [u32; 2],
    /// Key of the registrar, 0 for none.
    pub registrar: u32,
}

impl ContractPlaces {
    fn of(fact: &ContractFact) -> Self {
        Self {
            divisions: [fact.seller_division, fact.buyer_division],
            parks: [fact.seller_park, fact.buyer_park],
            organisations: [fact.seller_organisation, fact.buyer_organisation],
            registrar: fact.registrar,
        }
    }

    /// Whether the contract lies within a scope: one of its sides, or its registrar. The list shows the same contracts.
    #[must_use]
    pub fn lies_in(&self, scope: Scope) -> bool {
        let is_one = |keys: &[u32], wanted: i64| keys.iter().any(|&key| key != 0 && i64::from(key) == wanted);
        match scope {
            Scope::Region => true,
            Scope::Division(root) => {
                self.divisions.iter().any(|&code| code != 0 && DivisionCode(code).is_within(root))
            }
            Scope::Park(key) => is_one(&self.parks, i64::from(key)),
            Scope::Organisation(key) => is_one(&self.organisations, key),
            Scope::Registrar(key) => is_one(&[self.registrar], key),
        }
    }
}

/// Where a contract lies now.
pub async fn places_of(app: &App, registration_number: &str) -> Result<ContractPlaces, Refusal> {
    let mut tx = app.db.read().await?;
    let contract_key = store::find_key(&mut tx, registration_number)
        .await?
        .ok_or_else(|| Refusal::NotFound(registration_number.to_owned()))?;
    places_in(&mut tx, contract_key).await?.ok_or_else(|| Refusal::NotFound(registration_number.to_owned()))
}

/// The same within a snapshot, by key; none where nothing of it is visible.
pub(crate) async fn places_in(tx: &mut Tx, contract_key: i64) -> Result<Option<ContractPlaces>, Refusal> {
    let facts = xiaoxiang_store::fact::list_of_contract(tx, contract_key).await?;
    Ok(facts.last().map(ContractPlaces::of))
}

/// How a contract counted at all times, the newest last. Who may not see it is told that there is none.
pub(crate) async fn visible_facts(
    app: &App,
    actor: &Actor,
    registration_number: &str,
) -> Result<Vec<ContractFact>, Refusal> {
    let scope = actor.permit(Action::ReadContracts)?;
    let not_found = || Refusal::NotFound(registration_number.to_owned());
    let mut tx = app.db.read().await?;
    let contract_key = store::find_key(&mut tx, registration_number).await?.ok_or_else(not_found)?;
    let facts = xiaoxiang_store::fact::list_of_contract(&mut tx, contract_key).await?;
    let places = facts.last().map(ContractPlaces::of).ok_or_else(not_found)?;
    if places.lies_in(scope) { Ok(facts) } else { Err(not_found()) }
}

/// One contract with its history. Who may not see it is told that there is none; personal data need a permission of their
/// own over this contract.
pub async fn read_contract(
    app: &App,
    actor: &Actor,
    registration_number: &str,
    personal: Personal,
) -> Result<ContractPage, Refusal> {
    let scope = actor.permit(Action::ReadContracts)?;
    let not_found = || Refusal::NotFound(registration_number.to_owned());
    let footing = footing_now(app).await?;
    let bulletins = list_bulletins(app).await?;
    let mut tx = app.db.read().await?;
    let rows = store::list_versions(&mut tx, registration_number).await?;
    let current = rows.last().ok_or_else(not_found)?;
    let facts = xiaoxiang_store::fact::list_of_contract(&mut tx, current.contract_key).await?;
    let places = facts.last().map(ContractPlaces::of).ok_or_else(not_found)?;
    if !places.lies_in(scope) {
        return Err(not_found());
    }
    if personal == Personal::Shown && !places.lies_in(actor.permit(Action::ReadPersonalData)?) {
        return Err(Refusal::Forbidden(Action::ReadPersonalData));
    }
    let entries = entries_of(&mut tx, registration_number, &rows).await?;
    let whole = rows.iter().map(contract_of).collect::<Result<Vec<Contract>, Refusal>>()?;
    let versions = versions_of(&rows, &whole, &entries, personal)?;
    let contract = match (personal, whole.last()) {
        (Personal::Shown, Some(contract)) => contract.clone(),
        _ => contract_of(&CurrentRow { personal: None, ..current.clone() })?,
    };
    let side = |side: Side| {
        attribute_side(current.contract_key, &contract, side, &footing.region.region, &footing.basis)
    };
    let mut objections =
        xiaoxiang_store::attribution::list_objections_of(&mut tx, current.contract_key).await?;
    objections.reverse();
    Ok(ContractPage {
        seller: side(Side::Seller),
        buyer: side(Side::Buyer),
        source: source_of(current)?,
        versions,
        entries: entries.into_iter().rev().map(|(entry, payload)| shown(entry, payload)).collect(),
        objections,
        counted_in: counted_in(&bulletins, &facts, &footing),
        facts,
        contract,
        personal,
    })
}

/// The footing of attribution as it stands now: another node may have changed it since it was read here.
async fn footing_now(app: &App) -> Result<Footing, Refusal> {
    let held = app.footing().await?;
    let mut tx = app.db.read().await?;
    let newest = xiaoxiang_store::log::head(&mut tx).await?.size - 1;
    if xiaoxiang_store::log::has_attribution_after(&mut tx, held.position).await? {
        drop(tx);
        app.drop_footing().await;
        return app.footing().await;
    }
    app.confirm_footing(held.clone(), newest).await;
    Ok(held)
}

fn source_of(row: &CurrentRow) -> Result<Source, StoreError> {
    Source::from_code(&row.source)
        .ok_or_else(|| StoreError::Damaged(format!("source of {}", row.registration_number)))
}

/// Entries about the contract, and those whose commit brought one of its versions, in the order of the log.
async fn entries_of(
    tx: &mut Tx,
    registration_number: &str,
    rows: &[CurrentRow],
) -> Result<Vec<(EntryRow, Value)>, Refusal> {
    let mut entries =
        xiaoxiang_store::log::list_of_subject(tx, &format!("contract:{registration_number}")).await?;
    for row in rows {
        if entries.iter().all(|entry| entry.position != row.position) {
            entries.extend(xiaoxiang_store::log::list_after(tx, row.position - 1, 1).await?);
        }
    }
    entries.sort_by_key(|entry| entry.position);
    let payload = |entry: EntryRow| Ok((entry.clone(), entry.entry()?.payload));
    entries.into_iter().map(payload).collect()
}

fn versions_of(
    rows: &[CurrentRow],
    whole: &[Contract],
    entries: &[(EntryRow, Value)],
    personal: Personal,
) -> Result<Vec<ContractVersion>, Refusal> {
    let mut versions = Vec::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate() {
        let entry = entries.iter().map(|(entry, _)| entry).find(|entry| entry.position == row.position);
        let entry =
            entry.ok_or_else(|| StoreError::Damaged(format!("log entry {} is missing", row.position)))?;
        let before = at.checked_sub(1).map(|before| &whole[before]);
        let changes = before.map_or_else(Vec::new, |before| differences(before, &whole[at]));
        let masked = |change: FieldDifference| match personal {
            Personal::Withheld if is_personal(&change, &[&whole[at - 1], &whole[at]]) => {
                without_values(change)
            }
            _ => change,
        };
        versions.push(ContractVersion {
            version: row.version,
            source: source_of(row)?,
            position: row.position,
            at_ms: entry.at_ms,
            actor: entry.actor.clone(),
            changes: changes.into_iter().map(masked).collect(),
        });
    }
    versions.reverse();
    Ok(versions)
}

fn shown(entry: EntryRow, payload: Value) -> ContractEntry {
    let EntryRow { position, at_ms, actor, kind, subject, .. } = entry;
    ContractEntry { position, at_ms, actor, kind, subject, payload }
}

/// Published bulletins whose months since January hold the contract as it counted at their position.
fn counted_in(bulletins: &[BulletinSummary], facts: &[ContractFact], footing: &Footing) -> Vec<CountedIn> {
    let region = &footing.region.region;
    let is_inside = |code: u32| code != 0 && region.contains(DivisionCode(code));
    let published = bulletins.iter().filter(|summary| summary.status != BulletinStatus::Draft);
    let counted = published.filter_map(|summary| {
        let held = facts.iter().rev().find(|fact| fact.position <= summary.row.as_of)?;
        let months = summary.period.cumulative();
        if held.standing != Standing::Counted || !months.contains(held.registered_on) {
            return None;
        }
        let (seller, buyer) = (is_inside(held.seller_division), is_inside(held.buyer_division));
        let counts = |direction: &Direction| match direction {
            Direction::Registered => held.source == Source::Registry,
            Direction::Output => seller,
            Direction::Absorbed => buyer,
            Direction::Internal => seller && buyer,
        };
        let directions: Vec<Direction> = Direction::ALL.into_iter().filter(counts).collect();
        (!directions.is_empty()).then(|| CountedIn {
            bulletin_id: summary.row.bulletin_id.clone(),
            document_number: summary.row.document_number.clone(),
            title: summary.row.title.clone(),
            directions,
        })
    });
    counted.collect()
}
