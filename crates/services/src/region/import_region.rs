//! Checks the folders of a region and stores them as a new version.

use serde_json::json;
use sha2::{Digest as _, Sha256};
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::region::{Region, RegionLayer};
use xiaoxiang_store::NewEntry;
use xiaoxiang_store::region::{self as store, RegionFileRow};

use crate::actor::Actor;
use crate::app::App;
use crate::attribution::{Ground, load_basis, reattribute_all};
use crate::refusal::Refusal;

/// What became of an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportedRegion {
    /// A new version is in force.
    New {
        /// Its number.
        region_version_id: i64,
    },
    /// The version in force has the same files.
    Unchanged {
        /// Its number.
        region_version_id: i64,
    },
}

/// Parses the folders, base first, or tells all that is wrong with them.
pub fn check_region(layers: &[RegionLayer]) -> Result<Region, Refusal> {
    Region::parse(layers).map_err(Refusal::Region)
}

/// Stores the folders as a new version where they differ from the one in force.
///
/// Contracts that count otherwise under it (a code that was not listed, a park, a successor) get new facts in the same
/// commit, so that what is on record and what comes later are counted alike; published figures list the change.
pub async fn import_region(
    app: &App,
    actor: &Actor,
    layers: &[RegionLayer],
) -> Result<ImportedRegion, Refusal> {
    actor.permit(Action::ImportRegion)?;
    let region = check_region(layers)?;
    let sha256 = hash_of(layers);
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    if let Some(version) = store::find_version(&mut tx, None).await?
        && version.sha256 == sha256
    {
        return Ok(ImportedRegion::Unchanged { region_version_id: version.region_version_id });
    }
    let names = layers.iter().map(|layer| layer.name.as_str()).collect::<Vec<_>>().join(" ");
    let code = region.code().to_string();
    // Under the log's lock, so that no contract slips in between the two versions.
    tx.lock_log().await?;
    let held = match app.region_in(&mut tx).await {
        Ok(held) => Some(held),
        // Files that an earlier program accepted and this one does not must not stand in the way of better ones.
        Err(Refusal::NoRegion | Refusal::Region(_)) => None,
        Err(refusal) => return Err(refusal),
    };
    let basis = &load_basis(&mut tx).await?;
    let before = held.as_ref().map(|held| Ground { region: &held.region, basis });
    let moved_contracts = reattribute_all(&mut tx, before, Ground { region: &region, basis }).await?;
    let region_version_id = store::save_version(&mut tx, &code, &names, &sha256, &rows_of(layers)).await?;
    let entry = NewEntry {
        kind: "region.imported",
        subject: format!("region:{code}"),
        payload: json!({ "version": region_version_id, "layers": names, "sha256": sha256, "name": region.name(),
            "moved_contracts": moved_contracts }),
    };
    tx.commit(actor.log_name(), [entry], []).await?;
    *app.region.write().await = None;
    app.figure_model.forget().await;
    Ok(ImportedRegion::New { region_version_id })
}

fn rows_of(layers: &[RegionLayer]) -> Vec<RegionFileRow> {
    let files = layers.iter().flat_map(|layer| layer.files.iter().map(move |file| (layer, file)));
    files
        .map(|(layer, (path, content))| RegionFileRow {
            layer: layer.name.clone(),
            path: path.clone(),
            content: content.clone(),
        })
        .collect()
}

/// Hash over names and contents, each framed by its length.
fn hash_of(layers: &[RegionLayer]) -> String {
    let mut digest = Sha256::new();
    for row in rows_of(layers) {
        for part in [&row.layer, &row.path, &row.content] {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part.as_bytes());
        }
    }
    hex::encode(digest.finalize())
}
