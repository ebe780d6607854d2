//! The list of contracts in memory, following the log; rebuilt where the log is not the one it followed.

use std::sync::Arc;

use serde::Deserialize;
use tokio::sync::{RwLock, RwLockReadGuard};
use xiaoxiang_statistics::geography::Geography;
use xiaoxiang_statistics::listing::{ContractListing, OrganisationNames};
use xiaoxiang_store::{StoreError, Tx};

use crate::app::App;
use crate::follow::Followed;
use crate::refusal::Refusal;
use crate::region::RegionInForce;

/// What the log writes when organisations get other names.
const ORGANISATION_KINDS: &str = "organisation.";

/// The list and where in which log it stands.
#[derive(Debug, Default)]
pub struct ListingModel {
    model: RwLock<Option<Model>>,
}

#[derive(Debug)]
struct Model {
    contracts: ContractListing,
    organisations: OrganisationNames,
    geography: Geography,
    followed: Followed,
}

/// The list at one moment.
#[derive(Debug)]
pub struct Listing<'a> {
    guard: RwLockReadGuard<'a, Option<Model>>,
}

impl Listing<'_> {
    fn model(&self) -> &Model {
        self.guard.as_ref().expect("invariant: the list is handed out after it was built")
    }

    /// The contracts.
    #[must_use]
    pub fn contracts(&self) -> &ContractListing {
        &self.model().contracts
    }

    /// The names of organisations.
    #[must_use]
    pub fn organisations(&self) -> &OrganisationNames {
        &self.model().organisations
    }

    /// What lies in what.
    #[must_use]
    pub fn geography(&self) -> &Geography {
        &self.model().geography
    }

    /// Log position up to which the list is complete.
    #[must_use]
    pub fn position(&self) -> i64 {
        self.model().followed.position
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
    ///
    /// A connection is only taken while the lock is held, as in [`App::figures`].
    pub async fn listing(&self) -> Result<Listing<'_>, Refusal> {
        {
            let guard = self.listing.model.read().await;
            if let Some(model) = guard.as_ref() {
                let mut tx = self.db.read().await?;
                let region = self.region_in(&mut tx).await?;
                let head = xiaoxiang_store::log::head(&mut tx).await?;
                let followed = &model.followed;
                if followed.position == head.size - 1
                    && followed.holds(&head, region.region_version_id, &mut tx).await?
                {
                    return Ok(Listing { guard });
                }
            }
        }
        let mut guard = self.listing.model.write().await;
        let mut tx = self.db.read().await?;
        let region = self.region_in(&mut tx).await?;
        let head = xiaoxiang_store::log::head(&mut tx).await?;
        let kept = match guard.take() {
            Some(model) if model.followed.holds(&head, region.region_version_id, &mut tx).await? => {
                Some(model)
            }
            _ => None,
        };
        let newest = head.size - 1;
        let mut model = kept.unwrap_or_else(|| Model::new(&region, head.log_id));
        model.catch_up(&mut tx, newest).await?;
        *guard = Some(model);
        Ok(Listing { guard: guard.downgrade() })
    }
}

impl Model {
    fn new(region: &Arc<RegionInForce>, log_id: String) -> Self {
        Self {
            contracts: ContractListing::new(),
            organisations: OrganisationNames::default(),
            geography: Geography::from_region(&region.region),
            followed: Followed::nothing(log_id, region.region_version_id),
        }
    }

    async fn catch_up(&mut self, tx: &mut Tx, newest: i64) -> Result<(), Refusal> {
        let after = self.followed.position;
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
        self.followed.reach(newest, tx).await
    }
}
