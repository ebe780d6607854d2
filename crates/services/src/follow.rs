//! How far a read model has followed the log, and whether that log is still the one it followed.

use xiaoxiang_store::Tx;
use xiaoxiang_store::log::HeadRow;

use crate::app::App;
use crate::refusal::Refusal;

/// A read model's place in the log: after a restore the log is another one, and the model is built anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Followed {
    log_id: String,
    region_version_id: i64,
    /// Last position followed; -1 before the first.
    pub position: i64,
    /// The leaf hash that stood there.
    leaf_hash: Option<Vec<u8>>,
}

impl Followed {
    /// Nothing has been followed yet.
    pub fn nothing(log_id: String, region_version_id: i64) -> Self {
        Self { log_id, region_version_id, position: -1, leaf_hash: None }
    }

    /// The newest entry now: what was made at one holds as long as it is the newest.
    pub async fn newest(app: &App) -> Result<Self, Refusal> {
        let mut tx = app.db.read().await?;
        let region_version_id = app.region_in(&mut tx).await?.region_version_id;
        let head = xiaoxiang_store::log::head(&mut tx).await?;
        let mut newest = Self::nothing(head.log_id, region_version_id);
        newest.reach(head.size - 1, &mut tx).await?;
        Ok(newest)
    }

    /// Whether what was followed still holds under this head and these region data.
    pub async fn holds(&self, head: &HeadRow, region_version_id: i64, tx: &mut Tx) -> Result<bool, Refusal> {
        if self.log_id != head.log_id
            || self.region_version_id != region_version_id
            || self.position > head.size - 1
        {
            return Ok(false);
        }
        Ok(self.leaf_hash == xiaoxiang_store::log::find_leaf_hash(tx, self.position).await?)
    }

    /// Notes that the model is complete up to a position.
    pub async fn reach(&mut self, position: i64, tx: &mut Tx) -> Result<(), Refusal> {
        self.position = position;
        self.leaf_hash = xiaoxiang_store::log::find_leaf_hash(tx, position).await?;
        Ok(())
    }
}
