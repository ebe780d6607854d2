//! The book of the database's contracts, with the personal data by which relations are seen.

use std::collections::{BTreeMap, HashMap, HashSet};

use xiaoxiang_domain::contract::Contract;
use xiaoxiang_domain::contract::screen::{Book, ScreenRules};
use xiaoxiang_store::contract::{self as store, ScreenedRow};
use xiaoxiang_store::{StoreError, Tx};

use super::book_refused;
use crate::contract::whole_record;
use crate::refusal::Refusal;

/// The book with the keys of its contracts.
#[derive(Debug)]
pub(super) struct LoadedBook {
    pub book: Book,
    /// Key by registration number.
    pub keys: HashMap<Box<str>, i64>,
}

impl LoadedBook {
    /// A book without contracts.
    pub fn empty(rules: &ScreenRules) -> Self {
        Self { book: Book::new(rules), keys: HashMap::new() }
    }

    /// All contracts as a transaction sees them.
    pub async fn read(tx: &mut Tx, rules: &ScreenRules) -> Result<Self, Refusal> {
        let mut loaded = Self::empty(rules);
        loaded.enter_after(tx, -1).await?;
        Ok(loaded)
    }

    /// Enters what became visible after a position. Contracts with several versions wait for the last of them.
    pub async fn enter_after(&mut self, tx: &mut Tx, position: i64) -> Result<(), Refusal> {
        let changed: HashSet<i64> = store::list_changed_after(tx, position).await?.into_iter().collect();
        let mut waiting: BTreeMap<i64, Vec<(i64, Contract)>> = BTreeMap::new();
        let mut trouble: Option<Refusal> = None;
        store::stream_whole_after(tx, position, |row| {
            if trouble.is_some() {
                return;
            }
            let ScreenedRow { contract_key, registration_number, version, .. } = &row;
            match whole_record(registration_number, &row.record, row.personal.as_deref()) {
                Ok(contract) if changed.contains(contract_key) => {
                    waiting.entry(*contract_key).or_default().push((*version, contract));
                }
                Ok(contract) => {
                    if let Err(problem) = self.book.enter(&[&contract]) {
                        trouble = Some(book_refused(problem));
                    }
                }
                Err(refusal) => trouble = Some(refusal),
            }
            self.keys.insert(registration_number.as_str().into(), *contract_key);
        })
        .await?;
        if let Some(refusal) = trouble {
            return Err(refusal);
        }
        for mut versions in waiting.into_values() {
            versions.sort_by_key(|(version, _)| *version);
            let versions: Vec<&Contract> = versions.iter().map(|(_, contract)| contract).collect();
            self.book.enter(&versions).map_err(book_refused)?;
        }
        Ok(())
    }

    /// The key of a contract of the book.
    pub fn key(&self, registration_number: &str) -> Result<i64, StoreError> {
        self.keys
            .get(registration_number)
            .copied()
            .ok_or_else(|| StoreError::Damaged(format!("contract {registration_number} was not loaded")))
    }
}
