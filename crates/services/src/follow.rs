//! Read models (读模型) that follow the log: how far one has come, whether that log is still the one it followed, and
//! how it is brought to the newest commit.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio::sync::{RwLock, RwLockReadGuard};
use xiaoxiang_store::Tx;
use xiaoxiang_store::log::HeadRow;

use crate::app::App;
use crate::refusal::Refusal;
use crate::region::RegionInForce;

/// What is kept in memory of the log's records.
pub(crate) trait ReadModel: Sized + Send + Sync {
    /// Before the first entry.
    fn nothing(region: &Arc<RegionInForce>) -> Self;

    /// Takes in what was committed after a position, up to the newest.
    fn catch_up(
        &mut self,
        tx: &mut Tx,
        after: i64,
        newest: i64,
    ) -> impl Future<Output = Result<(), Refusal>> + Send;
}

/// A read model and where in which log it stands; nothing before its first use.
#[derive(Debug)]
pub(crate) struct Following<M>(RwLock<Option<Held<M>>>);

#[derive(Debug)]
pub(crate) struct Held<M> {
    model: M,
    followed: Followed,
}

impl<M> Default for Following<M> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

/// A read model at one moment.
#[derive(Debug)]
pub(crate) struct Current<'a, M>(RwLockReadGuard<'a, Option<Held<M>>>);

impl<M> Current<'_, M> {
    fn held(&self) -> &Held<M> {
        self.0.as_ref().expect("invariant: a model is handed out after it was built")
    }

    /// The model.
    pub fn model(&self) -> &M {
        &self.held().model
    }

    /// Log position up to which it is complete.
    pub fn position(&self) -> i64 {
        self.held().followed.position
    }
}

impl<M: ReadModel> Following<M> {
    /// Drops the model; the next reader builds it anew.
    pub async fn forget(&self) {
        *self.0.write().await = None;
    }

    /// The position at which it stands, without reading further; none before it is built, and while somebody builds it.
    pub fn position(&self) -> Option<i64> {
        self.0.try_read().ok()?.as_ref().map(|held| held.followed.position)
    }

    /// The model as of the newest commit; built anew where the log is not the one it followed, as after a restore.
    ///
    /// A connection is only taken while the lock is held, never the other way round: readers that held all
    /// connections while they waited for the lock would stop the one who holds it and needs a connection.
    pub async fn newest(&self, app: &App) -> Result<Current<'_, M>, Refusal> {
        {
            let guard = self.0.read().await;
            if let Some(held) = guard.as_ref() {
                let mut tx = app.db.read().await?;
                let region = app.region_in(&mut tx).await?;
                let head = xiaoxiang_store::log::head(&mut tx).await?;
                let followed = &held.followed;
                if followed.position == head.size - 1
                    && followed.holds(&head, region.region_version_id, &mut tx).await?
                {
                    return Ok(Current(guard));
                }
            }
        }
        let mut guard = self.0.write().await;
        let mut tx = app.db.read().await?;
        let region = app.region_in(&mut tx).await?;
        let head = xiaoxiang_store::log::head(&mut tx).await?;
        let newest = head.size - 1;
        let kept = match guard.take() {
            Some(held) if held.followed.holds(&head, region.region_version_id, &mut tx).await? => Some(held),
            Some(_) => {
                // What else rests on a log that is no longer there.
                app.drop_footing().await;
                None
            }
            None => None,
        };
        let mut held = kept.unwrap_or_else(|| Held {
            model: M::nothing(&region),
            followed: Followed::nothing(head.log_id, region.region_version_id),
        });
        held.model.catch_up(&mut tx, held.followed.position, newest).await?;
        held.followed.reach(newest, &mut tx).await?;
        *guard = Some(held);
        Ok(Current(guard.downgrade()))
    }
}

/// A read model's place in the log: after a restore the log is another one, and the model is built anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
        Ok(self.region_version_id == region_version_id && self.holds_of_log(head, tx).await?)
    }

    /// Whether the log is still the one that was followed, whatever the region data are.
    pub async fn holds_of_log(&self, head: &HeadRow, tx: &mut Tx) -> Result<bool, Refusal> {
        if self.log_id != head.log_id || self.position > head.size - 1 {
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
