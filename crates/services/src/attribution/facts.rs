//! Makes the facts that statistics counts from a contract's record and the attribution in force.

use jiff::civil::Date;
use xiaoxiang_domain::attribution::{AttributionBasis, ParkCompany, attribute};
use xiaoxiang_domain::contract::{Contract, Side};
use xiaoxiang_domain::fact::{ContractFact, Source};
use xiaoxiang_domain::region::{DivisionCode, Region};
use xiaoxiang_store::attribution as store;
use xiaoxiang_store::contract::CurrentRow;
use xiaoxiang_store::fact::NewFact;
use xiaoxiang_store::{StoreError, Tx, WriteTx};

use crate::refusal::Refusal;

/// Contracts read at once while facts are renewed.
pub(crate) const PAGE_ROWS: i64 = 500;

/// Database keys that a record does not carry itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FactKeys {
    pub contract_key: i64,
    pub version: i64,
    pub seller_organisation: i64,
    pub buyer_organisation: i64,
    pub registrar: i64,
}

/// Reads the park lists and decisions in force.
pub(crate) async fn load_basis(tx: &mut Tx) -> Result<AttributionBasis, Refusal> {
    let companies = store::list_park_companies(tx)
        .await?
        .into_iter()
        .map(|row| {
            Ok(ParkCompany {
                park_key: u32::try_from(row.park_key).map_err(|_| damaged("park key"))?,
                credit_code: row.credit_code,
                name: row.name,
                valid_from: day(&row.valid_from)?,
                valid_to: row.valid_to.as_deref().map(day).transpose()?,
            })
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    let decisions = store::list_decisions(tx)
        .await?
        .into_iter()
        .map(|(contract_key, side, division)| {
            let side = Side::from_code(&side).ok_or_else(|| damaged("side of a decision"))?;
            let division = DivisionCode::parse(&division).ok_or_else(|| damaged("division of a decision"))?;
            Ok((contract_key, side, division))
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    Ok(AttributionBasis::new(companies, decisions))
}

/// The fact of one contract version.
pub(crate) fn fact_of(
    contract: &Contract,
    source: Source,
    keys: FactKeys,
    region: &Region,
    basis: &AttributionBasis,
) -> NewFact {
    let place = attribute(keys.contract_key, contract, region, basis);
    let root = |list: &str, code: &str| region.codes(list).map_or(0, |codes| codes.root_of(code));
    let small = |key: i64| u32::try_from(key).expect("organisation and registrar keys count up from 1");
    NewFact {
        version: keys.version,
        fact: ContractFact {
            fact_id: 0,
            contract_key: keys.contract_key,
            position: 0,
            standing: contract.standing,
            source,
            registered_on: contract.registered_on,
            contract_type: root("contract_type", &contract.contract_type),
            field: root("technical_field", &contract.field),
            ip: root("ip_kind", &contract.ip),
            seller_kind: root("party_kind", &contract.seller.kind),
            buyer_kind: root("party_kind", &contract.buyer.kind),
            seller_division: place.seller_division,
            buyer_division: place.buyer_division,
            seller_park: place.seller_park,
            buyer_park: place.buyer_park,
            seller_organisation: small(keys.seller_organisation),
            buyer_organisation: small(keys.buyer_organisation),
            registrar: small(keys.registrar),
            contract_value: contract.contract_value,
            technology_value: contract.technology_value,
        },
    }
}

/// Facts of stored versions under the attribution in force.
pub(crate) async fn new_facts_of_rows(
    tx: &mut WriteTx,
    rows: &[CurrentRow],
    region: &Region,
    basis: &AttributionBasis,
) -> Result<Vec<NewFact>, Refusal> {
    let mut facts = Vec::with_capacity(rows.len());
    for row in rows {
        let contract: Contract = serde_json::from_str(&row.record)
            .map_err(|error| damaged(&format!("record of {}: {error}", row.registration_number)))?;
        let source = Source::from_code(&row.source).ok_or_else(|| damaged("source of a contract"))?;
        let registrar = xiaoxiang_store::organisation::find_or_create_registrar(
            tx,
            &contract.registrar_code,
            &contract.registrar_name,
        )
        .await?;
        if source == Source::Registry {
            xiaoxiang_store::organisation::own_registrar(tx, registrar).await?;
        }
        let keys = FactKeys {
            contract_key: row.contract_key,
            version: row.version,
            seller_organisation: row.seller_key,
            buyer_organisation: row.buyer_key,
            registrar,
        };
        facts.push(fact_of(&contract, source, keys, region, basis));
    }
    Ok(facts)
}

/// Everything on which the fact of a record rests.
#[derive(Clone, Copy)]
pub(crate) struct Ground<'a> {
    pub region: &'a Region,
    pub basis: &'a AttributionBasis,
}

/// Writes new facts for the rows that count otherwise than before; gives how many.
pub(crate) async fn reattribute(
    tx: &mut WriteTx,
    rows: &[CurrentRow],
    before: Ground<'_>,
    after: Ground<'_>,
) -> Result<usize, Refusal> {
    let mut moved = Vec::new();
    for row in rows {
        let contract: Contract = serde_json::from_str(&row.record)
            .map_err(|error| damaged(&format!("record of {}: {error}", row.registration_number)))?;
        let keys = FactKeys {
            contract_key: row.contract_key,
            version: row.version,
            seller_organisation: row.seller_key,
            buyer_organisation: row.buyer_key,
            // The same before and after.
            registrar: 0,
        };
        // So is the source.
        let counts_on =
            |ground: Ground<'_>| fact_of(&contract, Source::Registry, keys, ground.region, ground.basis).fact;
        if counts_on(before) != counts_on(after) {
            moved.push(row.clone());
        }
    }
    let facts = new_facts_of_rows(tx, &moved, after.region, after.basis).await?;
    xiaoxiang_store::fact::save_facts(tx, &facts).await?;
    Ok(facts.len())
}

/// Renews the facts of all contracts on record that count otherwise on other ground; gives how many. Where nobody can
/// tell how they counted before, all of them.
pub(crate) async fn reattribute_all(
    tx: &mut WriteTx,
    before: Option<Ground<'_>>,
    after: Ground<'_>,
) -> Result<usize, Refusal> {
    let mut moved = 0;
    let mut last = 0;
    loop {
        let page = xiaoxiang_store::contract::list_current(tx, last, PAGE_ROWS).await?;
        let Some(end) = page.last() else { return Ok(moved) };
        last = end.contract_key;
        moved += match before {
            Some(before) => reattribute(tx, &page, before, after).await?,
            None => {
                let facts = new_facts_of_rows(tx, &page, after.region, after.basis).await?;
                xiaoxiang_store::fact::save_facts(tx, &facts).await?;
                facts.len()
            }
        };
    }
}

fn day(text: &str) -> Result<Date, StoreError> {
    text.parse().map_err(|_| damaged("day of a park list"))
}

fn damaged(what: &str) -> StoreError {
    StoreError::Damaged(what.to_owned())
}
