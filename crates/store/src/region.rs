//! Versions of region data (区域数据): the files of a folder, as text.

use crate::db::{Tx, WriteTx};
use crate::error::StoreError;

record! {
    /// The head of a version.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RegionVersionRow {
        /// Grows with each import.
        region_version_id: i64,
        /// Division code of the region.
        region_code: String,
        /// Layer names, base first, separated by a space.
        layers: String,
        /// Over all files.
        sha256: String,
        /// Log position from which the version holds.
        position: i64,
    }
}

record! {
    /// One file of a version.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RegionFileRow {
        /// Layer that the file belongs to.
        layer: String,
        /// Path inside the layer's folder.
        path: String,
        /// Text.
        content: String,
    }
}

/// Stores a version and its files.
pub async fn save_version(
    tx: &mut WriteTx,
    region_code: &str,
    layers: &str,
    sha256: &str,
    files: &[RegionFileRow],
) -> Result<i64, StoreError> {
    let change_set_id = tx.change_set().await?;
    let saved: Option<(i64,)> = row!(
        &mut tx.tx,
        (i64,),
        "INSERT INTO region_version (change_set_id, region_code, layers, sha256) VALUES ($1, $2, $3, $4)
         RETURNING region_version_id",
        change_set_id,
        region_code,
        layers,
        sha256
    )?;
    let (region_version_id,) =
        saved.ok_or_else(|| StoreError::Damaged("region version without an id".to_owned()))?;
    for file in files {
        run!(
            &mut tx.tx,
            "INSERT INTO region_file (region_version_id, layer, path, content) VALUES ($1, $2, $3, $4)",
            region_version_id,
            &file.layer,
            &file.path,
            &file.content
        )?;
    }
    Ok(region_version_id)
}

/// The version in force at a log position, or the newest.
pub async fn find_version(tx: &mut Tx, as_of: Option<i64>) -> Result<Option<RegionVersionRow>, StoreError> {
    // The sum keeps the search from beginning at the positions, which are many; versions are few.
    row!(
        tx,
        RegionVersionRow,
        "SELECT v.region_version_id, v.region_code, v.layers, v.sha256, c.position
           FROM region_version v
           JOIN change_set c ON c.change_set_id = v.change_set_id
          WHERE c.position + 0 <= $1
          ORDER BY c.position + 0 DESC
          LIMIT 1",
        as_of.unwrap_or(i64::MAX)
    )
}

/// The files of a version.
pub async fn list_files(tx: &mut Tx, region_version_id: i64) -> Result<Vec<RegionFileRow>, StoreError> {
    rows!(
        tx,
        RegionFileRow,
        "SELECT layer, path, content FROM region_file WHERE region_version_id = $1 ORDER BY layer, path",
        region_version_id
    )
}
