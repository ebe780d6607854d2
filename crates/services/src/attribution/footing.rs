//! What the place of a contract rests on, kept between single writes.

use std::sync::Arc;

use xiaoxiang_domain::attribution::AttributionBasis;

use super::facts::load_basis;
use crate::app::App;
use crate::refusal::Refusal;
use crate::region::RegionInForce;

/// Region data, park lists and decisions as of a log position.
///
/// A writer checks under the log's lock that none of them changed after the position; so a footing that another
/// node has made stale costs a second attempt and is never written on.
#[derive(Clone, Debug)]
pub(crate) struct Footing {
    /// Position up to which it is known to hold.
    pub position: i64,
    /// Region data.
    pub region: Arc<RegionInForce>,
    /// Park lists and decisions.
    pub basis: Arc<AttributionBasis>,
}

impl App {
    /// The footing held, or the one in force now.
    pub(crate) async fn footing(&self) -> Result<Footing, Refusal> {
        if let Some(held) = self.footing.read().await.as_ref() {
            return Ok(held.clone());
        }
        let mut tx = self.db.read().await?;
        let footing = Footing {
            position: xiaoxiang_store::log::head(&mut tx).await?.size - 1,
            region: self.region_in(&mut tx).await?,
            basis: Arc::new(load_basis(&mut tx).await?),
        };
        *self.footing.write().await = Some(footing.clone());
        Ok(footing)
    }

    /// Notes that a commit at `position` found the footing unchanged.
    pub(crate) async fn confirm_footing(&self, footing: Footing, position: i64) {
        let mut held = self.footing.write().await;
        if held.as_ref().is_none_or(|held| held.position < position) {
            *held = Some(Footing { position, ..footing });
        }
    }

    /// Drops a footing that a writer found changed.
    pub(crate) async fn drop_footing(&self) {
        *self.footing.write().await = None;
    }
}
