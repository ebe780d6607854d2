//! The region data in force, parsed once for each version.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use xiaoxiang_domain::region::{Region, RegionLayer};
use xiaoxiang_store::region as store;
use xiaoxiang_store::{StoreError, Tx};

use crate::app::App;
use crate::refusal::Refusal;

/// A version of region data that is in force.
#[derive(Debug)]
pub struct RegionInForce {
    /// Number of the version.
    pub region_version_id: i64,
    /// Over all files: after a restore another version may come to have the same number.
    pub(crate) sha256: String,
    /// The data.
    pub region: Region,
    /// Its time zone, in which legal days are counted.
    pub time_zone: TimeZone,
}

impl App {
    /// The region data in force now.
    pub async fn region(&self) -> Result<Arc<RegionInForce>, Refusal> {
        let mut tx = self.db.read().await?;
        self.region_in(&mut tx).await
    }

    /// The region data in force as a transaction sees it.
    pub async fn region_in(&self, tx: &mut Tx) -> Result<Arc<RegionInForce>, Refusal> {
        let version = store::find_version(tx, None).await?.ok_or(Refusal::NoRegion)?;
        if let Some(held) = self.region.read().await.as_ref()
            && held.region_version_id == version.region_version_id
            && held.sha256 == version.sha256
        {
            return Ok(held.clone());
        }
        let in_force = Arc::new(load(tx, version).await?);
        *self.region.write().await = Some(in_force.clone());
        Ok(in_force)
    }

    /// The legal day of the region.
    pub async fn today(&self) -> Result<Date, Refusal> {
        Ok(self.clock.today_in(&self.region().await?.time_zone))
    }

    /// The same within a snapshot.
    pub async fn today_in(&self, tx: &mut Tx) -> Result<Date, Refusal> {
        Ok(self.clock.today_in(&self.region_in(tx).await?.time_zone))
    }
}

async fn load(tx: &mut Tx, version: store::RegionVersionRow) -> Result<RegionInForce, Refusal> {
    let mut files: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for file in store::list_files(tx, version.region_version_id).await? {
        files.entry(file.layer).or_default().insert(file.path, file.content);
    }
    let layers: Vec<RegionLayer> = version
        .layers
        .split(' ')
        .map(|name| RegionLayer { name: name.to_owned(), files: files.remove(name).unwrap_or_default() })
        .collect();
    let region = Region::parse(&layers).map_err(Refusal::Region)?;
    let time_zone = TimeZone::get(region.time_zone())
        .map_err(|error| StoreError::Damaged(format!("time zone {}: {error}", region.time_zone())))?;
    let store::RegionVersionRow { region_version_id, sha256, .. } = version;
    Ok(RegionInForce { region_version_id, sha256, region, time_zone })
}
