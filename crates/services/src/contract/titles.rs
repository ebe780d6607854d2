//! The list of contracts in memory, following the log; rebuilt where the log is not the one it followed.

use std::sync::Arc;

use serde::Deserialize;
use xiaoxiang_statistics::geography::Geography;
use xiaoxiang_statistics::listing::{ContractListing, OrganisationNames};
use xiaoxiang_store::{StoreError, Tx};

use crate::app::App;
use crate::follow::{Current, ReadModel};
use crate::refusal::Refusal;
use crate::region::RegionInForce;

/// What the log writes when organisations get other names.
const ORGANISATION_KINDS: &str = "organisation.";

/// The list with the words to read it.
#[derive(Debug)]
pub(crate) struct ListingModel {
    contracts: ContractListing,
    organisations: OrganisationNames,
    geography: Geography,
}

/// The list at one moment.
#[derive(Debug)]
pub struct Listing<'a>(Current<'a, ListingModel>);

impl Listing<'_> {
    /// The contracts.
    #[must_use]
    pub fn contracts(&self) -> &ContractListing {
        &self.0.model().contracts
    }

    /// The names of organisations.
    #[must_use]
    pub fn organisations(&self) -> &OrganisationNames {
        &self.0.model().organisations
    }

    /// What lies in what.
    #[must_use]
    pub fn geography(&self) -> &Geography {
        &self.0.model().geography
    }

    /// Log position up to which the list is complete.
    #[must_use]
    pub fn position(&self) -> i64 {
        self.0.position()
    }
}

/// All that a title needs of a record.
#[derive(Deserialize)]
struct TitleOfRecord {
    project_name: String,
}

impl App {
    /// The list as of the newest commit. Built at first use, which takes seconds a million contracts: a server asks
    /// for it once in the background before the first reader does.
    pub async fn listing(&self) -> Result<Listing<'_>, Refusal> {
        Ok(Listing(self.listing.newest(self).await?))
    }
}

impl ReadModel for ListingModel {
    fn nothing(region: &Arc<RegionInForce>) -> Self {
        Self {
            contracts: ContractListing::new(),
            organisations: OrganisationNames::default(),
            geography: Geography::from_region(&region.region),
        }
    }

    async fn catch_up(&mut self, tx: &mut Tx, after: i64, _: i64) -> Result<(), Refusal> {
        let mut trouble = None;
        xiaoxiang_store::contract::stream_records_after(tx, after, |contract_key, number, record| {
            match serde_json::from_str::<TitleOfRecord>(record) {
                Ok(title) => self.contracts.put_title(contract_key, number, &title.project_name),
                Err(error) => {
                    trouble.get_or_insert_with(|| format!("record of {number}: {error}"));
                }
            }
        })
        .await?;
        xiaoxiang_store::fact::stream_after(tx, after, |fact| {
            if let Err(problem) = self.contracts.put_fact(&fact) {
                trouble.get_or_insert_with(|| format!("contract fact {}: {problem}", fact.fact_id));
            }
        })
        .await?;
        if let Some(trouble) = trouble {
            return Err(StoreError::Damaged(trouble).into());
        }
        if xiaoxiang_store::log::has_kind_after(tx, after, ORGANISATION_KINDS).await? {
            self.organisations = OrganisationNames::default();
        }
        let last = i64::from(self.organisations.last_key());
        for (key, name, credit_code) in xiaoxiang_store::organisation::list_after(tx, last).await? {
            let key =
                u32::try_from(key).map_err(|_| StoreError::Damaged(format!("organisation key {key}")))?;
            self.organisations.put(key, &name, credit_code.as_deref().unwrap_or_default());
        }
        Ok(())
    }
}
