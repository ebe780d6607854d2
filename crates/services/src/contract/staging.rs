//! Rows on their way in: compared with what is on record, then staged in chunks under one change set.
//!
//! Each chunk is its own short transaction, so other writers wait a moment only; nothing is visible before the
//! last transaction stamps the change set.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::{Value, json};
use xiaoxiang_audit::{Frontier, TreeState};
use xiaoxiang_domain::attribution::AttributionBasis;
use xiaoxiang_domain::contract::{
    Contract, FieldDifference, PartyNature, PersonalFields, Side, differences, filled_from, restore_personal,
    split_personal,
};
use xiaoxiang_domain::fact::Source;
use xiaoxiang_store::contract::{self as store, CurrentRow, NewVersion};
use xiaoxiang_store::organisation::NewOrganisation;
use xiaoxiang_store::{StoreError, Tx, WriteTx};

use super::import_report::{Consent, Difference, DifferenceOutcome, ImportReport};
use crate::app::App;
use crate::attribution::{FactKeys, fact_of};
use crate::refusal::Refusal;
use crate::region::RegionInForce;

/// Rows staged in one transaction.
pub(crate) const CHUNK_ROWS: usize = 1_000;
/// Fields whose values are always personal: named in a list of differences, not shown.
const PERSONAL_FIELDS: [&str; 3] = ["contact", "telephone", "legal_representative"];
/// Fields whose values are personal where the party is a natural person, before or after.
const PERSONAL_FIELDS_OF_PEOPLE: [&str; 2] = ["name", "address"];

/// A checked row.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub row: u32,
    pub contract: Contract,
}

/// What all chunks of an import share.
pub(crate) struct Stage<'a> {
    pub app: &'a App,
    pub region: Arc<RegionInForce>,
    pub basis: Arc<AttributionBasis>,
    pub source: Source,
    pub consent: Consent,
    pub stated: HashSet<String>,
    pub change_set_id: Option<i64>,
    pub content: Frontier,
    organisations: HashMap<String, i64>,
    registrars: HashMap<(String, String), i64>,
}

/// A version to be written, with what is needed to make its fact.
struct Prepared {
    version: NewVersion,
    contract: Contract,
}

/// A personal value with the salt of its commitment, as kept beside the contract.
#[derive(serde::Serialize, serde::Deserialize)]
struct SaltedValue {
    value: String,
    salt: String,
}

impl<'a> Stage<'a> {
    pub fn new(
        app: &'a App,
        region: Arc<RegionInForce>,
        basis: Arc<AttributionBasis>,
        source: Source,
        consent: Consent,
    ) -> Self {
        Self {
            app,
            region,
            basis,
            source,
            consent,
            stated: HashSet::new(),
            change_set_id: None,
            content: Frontier::default(),
            organisations: HashMap::new(),
            registrars: HashMap::new(),
        }
    }

    /// Content root and number of the staged rows.
    pub fn content_state(&self) -> TreeState {
        TreeState { size: self.content.size(), root: self.content.root() }
    }

    /// Compares a chunk with what is on record and gives what has to be written.
    pub async fn compare(
        &self,
        chunk: Vec<Incoming>,
        report: &mut ImportReport,
    ) -> Result<Vec<(Contract, i64)>, Refusal> {
        let mut tx = self.app.db.read().await?;
        self.compare_in(&mut tx, chunk, report).await
    }

    /// The same with what a snapshot sees.
    pub async fn compare_in(
        &self,
        tx: &mut Tx,
        chunk: Vec<Incoming>,
        report: &mut ImportReport,
    ) -> Result<Vec<(Contract, i64)>, Refusal> {
        let numbers: Vec<String> = chunk.iter().map(|row| row.contract.registration_number.clone()).collect();
        let current = store::find_current(tx, &numbers).await?;
        let mut to_write = Vec::with_capacity(chunk.len());
        for incoming in chunk {
            match current.get(&incoming.contract.registration_number) {
                None => {
                    report.new += 1;
                    to_write.push((incoming.contract, 1));
                }
                Some(row) => {
                    if let Some(contract) = self.compare_with(incoming, row, report)? {
                        to_write.push((contract, row.version + 1));
                    }
                }
            }
        }
        Ok(to_write)
    }

    fn compare_with(
        &self,
        incoming: Incoming,
        row: &CurrentRow,
        report: &mut ImportReport,
    ) -> Result<Option<Contract>, Refusal> {
        let on_record = contract_of(row)?;
        let contract = filled_from(&incoming.contract, &on_record, &self.stated);
        let fields = differences(&on_record, &contract);
        let held = Source::from_code(&row.source).ok_or_else(|| StoreError::Damaged("source".to_owned()))?;
        let outcome = match (held, self.source) {
            (Source::Exchange, Source::Registry) => DifferenceOutcome::RegistryReplacesExchange,
            _ if fields.is_empty() => {
                report.unchanged += 1;
                return Ok(None);
            }
            (Source::Registry, Source::Exchange) => DifferenceOutcome::RegistryKept,
            _ if self.consent == Consent::AcceptChanges => DifferenceOutcome::Applied,
            _ => DifferenceOutcome::Listed,
        };
        match outcome {
            DifferenceOutcome::Listed => report.awaiting_consent += 1,
            DifferenceOutcome::RegistryKept => report.kept += 1,
            DifferenceOutcome::Applied | DifferenceOutcome::RegistryReplacesExchange => report.changed += 1,
        }
        report.note_difference(Difference {
            registration_number: contract.registration_number.clone(),
            row: incoming.row,
            outcome,
            fields: fields
                .into_iter()
                .map(|field| {
                    if is_personal(&field, &[&on_record, &contract]) { without_values(field) } else { field }
                })
                .collect(),
        });
        let is_written =
            matches!(outcome, DifferenceOutcome::Applied | DifferenceOutcome::RegistryReplacesExchange);
        Ok(is_written.then_some(contract))
    }

    /// Writes a chunk's versions and facts into a transaction.
    pub async fn write(&mut self, tx: &mut WriteTx, chunk: Vec<(Contract, i64)>) -> Result<(), Refusal> {
        if let Some(change_set_id) = self.change_set_id {
            tx.adopt(change_set_id);
        }
        self.change_set_id = Some(tx.change_set().await?);
        self.find_organisations(tx, &chunk).await?;
        let mut prepared = Vec::with_capacity(chunk.len());
        for (contract, version) in chunk {
            prepared.push(self.prepare(contract, version)?);
        }
        let mut versions = Vec::with_capacity(prepared.len());
        let mut contracts = Vec::with_capacity(prepared.len());
        for Prepared { version, contract } in prepared {
            versions.push(version);
            contracts.push(contract);
        }
        let contract_keys = store::save_versions(tx, &versions).await?;
        let mut facts = Vec::with_capacity(versions.len());
        for ((contract, version), contract_key) in contracts.iter().zip(&versions).zip(contract_keys) {
            let keys = FactKeys {
                contract_key,
                version: version.version,
                seller_organisation: version.seller_key,
                buyer_organisation: version.buyer_key,
                registrar: self.registrar(tx, contract).await?,
            };
            facts.push(fact_of(contract, self.source, keys, &self.region.region, &self.basis));
        }
        xiaoxiang_store::fact::save_facts(tx, &facts).await?;
        Ok(())
    }

    async fn find_organisations(
        &mut self,
        tx: &mut WriteTx,
        chunk: &[(Contract, i64)],
    ) -> Result<(), Refusal> {
        let mut unknown: HashMap<String, NewOrganisation> = HashMap::new();
        for (contract, _) in chunk {
            for party in [&contract.seller, &contract.buyer] {
                let Some(identity) = party.organisation_identity() else { continue };
                if self.organisations.contains_key(&identity) || unknown.contains_key(&identity) {
                    continue;
                }
                let organisation = NewOrganisation {
                    organisation_id: self.app.new_id()?,
                    identity: identity.clone(),
                    name: party.name.clone(),
                    credit_code: (!party.credit_code.is_empty()).then(|| party.credit_code.clone()),
                };
                unknown.insert(identity, organisation);
            }
        }
        let unknown: Vec<NewOrganisation> = unknown.into_values().collect();
        if !unknown.is_empty() {
            self.organisations.extend(xiaoxiang_store::organisation::find_or_create(tx, &unknown).await?);
        }
        Ok(())
    }

    async fn registrar(&mut self, tx: &mut WriteTx, contract: &Contract) -> Result<i64, Refusal> {
        let key = (contract.registrar_code.clone(), contract.registrar_name.clone());
        if let Some(found) = self.registrars.get(&key) {
            return Ok(*found);
        }
        let found = xiaoxiang_store::organisation::find_or_create_registrar(tx, &key.0, &key.1).await?;
        if self.source == Source::Registry {
            xiaoxiang_store::organisation::own_registrar(tx, found).await?;
        }
        self.registrars.insert(key, found);
        Ok(found)
    }

    fn prepare(&mut self, contract: Contract, version: i64) -> Result<Prepared, Refusal> {
        let key_of = |party: &xiaoxiang_domain::contract::Party| {
            party
                .organisation_identity()
                .and_then(|identity| self.organisations.get(&identity).copied())
                .unwrap_or(0)
        };
        let (seller_key, buyer_key) = (key_of(&contract.seller), key_of(&contract.buyer));
        let mut public = contract;
        let personal = split_personal(&mut public);
        let (commitments, salted) = self.commit_personal(&personal)?;
        let mut record =
            serde_json::to_value(&public).map_err(|error| StoreError::Damaged(error.to_string()))?;
        if !commitments.is_empty() {
            record["commitments"] = Value::Object(commitments);
        }
        let content_hash = xiaoxiang_audit::subject::content_hash(&record)
            .map_err(|error| StoreError::Damaged(format!("record: {error}")))?;
        self.content.append(content_hash);
        let version = NewVersion {
            contract_id: self.app.new_id()?,
            registration_number: public.registration_number.clone(),
            version,
            source: self.source.code(),
            standing: public.standing.code(),
            registered_on: public.registered_on.to_string(),
            contract_type: public.contract_type.clone(),
            contract_value_fen: public.contract_value.0,
            technology_value_fen: public.technology_value.0,
            seller_key,
            buyer_key,
            record: record.to_string(),
            content_hash: content_hash.0.to_vec(),
            personal: salted,
        };
        Ok(Prepared { version, contract: public })
    }

    fn commit_personal(
        &self,
        personal: &PersonalFields,
    ) -> Result<(serde_json::Map<String, Value>, Option<String>), Refusal> {
        let mut commitments = serde_json::Map::new();
        let mut salted = serde_json::Map::new();
        for (field, value) in personal {
            let salt = self.app.random_32()?;
            commitments.insert(field.clone(), xiaoxiang_audit::commit(&salt, field, value).into());
            salted.insert(field.clone(), json!({ "value": value, "salt": hex::encode(salt) }));
        }
        let salted = (!salted.is_empty()).then(|| Value::Object(salted).to_string());
        Ok((commitments, salted))
    }
}

/// The contract of a stored version, personal data included where they have not been erased.
pub(crate) fn contract_of(row: &CurrentRow) -> Result<Contract, Refusal> {
    whole_record(&row.registration_number, &row.record, row.personal.as_deref())
}

/// A record with its personal data, as far as they have not been erased.
pub(crate) fn whole_record(
    registration_number: &str,
    record: &str,
    personal: Option<&str>,
) -> Result<Contract, Refusal> {
    let damaged = |error: serde_json::Error| {
        Refusal::Store(StoreError::Damaged(format!("record of {registration_number}: {error}")))
    };
    let mut contract: Contract = serde_json::from_str(record).map_err(damaged)?;
    if let Some(text) = personal {
        let salted: HashMap<String, SaltedValue> = serde_json::from_str(text).map_err(damaged)?;
        let personal: PersonalFields =
            salted.into_iter().map(|(field, salted)| (field, salted.value)).collect();
        restore_personal(&mut contract, &personal);
    }
    Ok(contract)
}

/// Whether anything on which attribution rests was logged after a position.
pub(crate) async fn is_attribution_changed(tx: &mut Tx, position: i64) -> Result<bool, Refusal> {
    Ok(xiaoxiang_store::log::has_attribution_after(tx, position).await?)
}

/// Whether a difference is one of personal data in one of the versions.
pub(super) fn is_personal(difference: &FieldDifference, versions: &[&Contract]) -> bool {
    let Some((side, field)) = difference.field.split_once('.') else { return false };
    let is_person = || {
        Side::from_code(side).is_some_and(|side| {
            versions.iter().any(|contract| contract.party(side).nature == PartyNature::Person)
        })
    };
    PERSONAL_FIELDS.contains(&field) || (PERSONAL_FIELDS_OF_PEOPLE.contains(&field) && is_person())
}

/// A difference that says only which field it is about.
pub(super) fn without_values(difference: FieldDifference) -> FieldDifference {
    FieldDifference {
        old: "（个人信息）".to_owned(), new: "（个人信息）".to_owned(), ..difference
    }
}
