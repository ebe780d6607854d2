//! The columns of statistics, following the facts; rebuilt where the log is not the one they followed.

use std::sync::Arc;

use tokio::sync::{RwLock, RwLockReadGuard};
use xiaoxiang_statistics::columns::Columns;
use xiaoxiang_statistics::geography::{Geography, RowLists};
use xiaoxiang_store::{StoreError, Tx};

use crate::app::App;
use crate::follow::Followed;
use crate::refusal::Refusal;
use crate::region::RegionInForce;

/// The columns and where in which log they stand.
#[derive(Debug, Default)]
pub struct ReadModel {
    model: RwLock<Option<Model>>,
}

#[derive(Debug)]
struct Model {
    columns: Columns,
    lists: RowLists,
    region: Arc<RegionInForce>,
    followed: Followed,
}

/// The columns at one moment, with the words to read them.
#[derive(Debug)]
pub struct Figures<'a> {
    guard: RwLockReadGuard<'a, Option<Model>>,
}

impl Figures<'_> {
    fn model(&self) -> &Model {
        self.guard.as_ref().expect("figures are handed out after they were built")
    }

    /// The columns.
    #[must_use]
    pub fn columns(&self) -> &Columns {
        &self.model().columns
    }

    /// The lists of rows.
    #[must_use]
    pub fn lists(&self) -> &RowLists {
        &self.model().lists
    }

    /// The region data with which the columns were built.
    #[must_use]
    pub fn region(&self) -> &Arc<RegionInForce> {
        &self.model().region
    }

    /// Log position up to which the columns are complete.
    #[must_use]
    pub fn position(&self) -> i64 {
        self.model().followed.position
    }
}

impl ReadModel {
    /// Drops the columns; the next reader builds them anew.
    pub(crate) async fn forget(&self) {
        *self.model.write().await = None;
    }
}

impl App {
    /// The log position at which the figures stand, without reading further; none before they are built, and while
    /// somebody builds them.
    #[must_use]
    pub fn figures_position(&self) -> Option<i64> {
        let guard = self.read_model.model.try_read().ok()?;
        guard.as_ref().map(|model| model.followed.position)
    }

    /// The figures as of the newest commit.
    ///
    /// A connection is only taken while the lock is held, never the other way round: readers that held all
    /// connections while they waited for the lock would stop the one who holds it and needs a connection.
    pub async fn figures(&self) -> Result<Figures<'_>, Refusal> {
        {
            let guard = self.read_model.model.read().await;
            if let Some(model) = guard.as_ref() {
                let mut tx = self.db.read().await?;
                let region = self.region_in(&mut tx).await?;
                let head = xiaoxiang_store::log::head(&mut tx).await?;
                let followed = &model.followed;
                if followed.position == head.size - 1
                    && followed.holds(&head, region.region_version_id, &mut tx).await?
                {
                    return Ok(Figures { guard });
                }
            }
        }
        let mut guard = self.read_model.model.write().await;
        let mut tx = self.db.read().await?;
        let region = self.region_in(&mut tx).await?;
        let head = xiaoxiang_store::log::head(&mut tx).await?;
        let newest = head.size - 1;
        let kept = match guard.take() {
            Some(model) if model.followed.holds(&head, region.region_version_id, &mut tx).await? => {
                Some(model)
            }
            Some(_) => {
                // What else rests on a log that is no longer there.
                self.drop_footing().await;
                None
            }
            None => None,
        };
        let mut model = kept.unwrap_or_else(|| Model::new(region, head.log_id));
        model.catch_up(&mut tx, newest).await?;
        *guard = Some(model);
        Ok(Figures { guard: guard.downgrade() })
    }
}

impl Model {
    fn new(region: Arc<RegionInForce>, log_id: String) -> Self {
        Self {
            columns: Columns::new(Geography::from_region(&region.region)),
            lists: RowLists::from_region(&region.region),
            followed: Followed::nothing(log_id, region.region_version_id),
            region,
        }
    }

    async fn catch_up(&mut self, tx: &mut Tx, newest: i64) -> Result<(), Refusal> {
        let mut trouble = None;
        xiaoxiang_store::fact::stream_after(tx, self.followed.position, |fact| {
            if let Err(problem) = self.columns.apply(&fact) {
                trouble.get_or_insert_with(|| format!("contract fact {}: {problem}", fact.fact_id));
            }
        })
        .await?;
        if let Some(trouble) = trouble {
            return Err(StoreError::Damaged(trouble).into());
        }
        self.columns.advance_to(newest);
        self.followed.reach(newest, tx).await
    }
}
