//! The columns of statistics, following the facts; rebuilt where the log is not the one they followed.

use std::sync::Arc;

use xiaoxiang_statistics::columns::Columns;
use xiaoxiang_statistics::geography::{Geography, RowLists};
use xiaoxiang_store::{StoreError, Tx};

use crate::app::App;
use crate::follow::{Current, ReadModel};
use crate::refusal::Refusal;
use crate::region::RegionInForce;

/// The columns with the words to read them.
#[derive(Debug)]
pub(crate) struct FigureModel {
    columns: Columns,
    lists: RowLists,
    region: Arc<RegionInForce>,
}

/// The columns at one moment, with the words to read them.
#[derive(Debug)]
pub struct Figures<'a>(Current<'a, FigureModel>);

impl Figures<'_> {
    /// The columns.
    #[must_use]
    pub fn columns(&self) -> &Columns {
        &self.0.model().columns
    }

    /// The lists of rows.
    #[must_use]
    pub fn lists(&self) -> &RowLists {
        &self.0.model().lists
    }

    /// The region data with which the columns were built.
    #[must_use]
    pub fn region(&self) -> &Arc<RegionInForce> {
        &self.0.model().region
    }

    /// Log position up to which the columns are complete.
    #[must_use]
    pub fn position(&self) -> i64 {
        self.0.position()
    }
}

impl App {
    /// The log position at which the figures stand, without reading further; none before they are built, and while
    /// somebody builds them.
    #[must_use]
    pub fn figures_position(&self) -> Option<i64> {
        self.figure_model.position()
    }

    /// The figures as of the newest commit.
    pub async fn figures(&self) -> Result<Figures<'_>, Refusal> {
        Ok(Figures(self.figure_model.newest(self).await?))
    }
}

impl ReadModel for FigureModel {
    fn nothing(region: &Arc<RegionInForce>) -> Self {
        Self {
            columns: Columns::new(Geography::from_region(&region.region)),
            lists: RowLists::from_region(&region.region),
            region: region.clone(),
        }
    }

    async fn catch_up(&mut self, tx: &mut Tx, after: i64, newest: i64) -> Result<(), Refusal> {
        let mut trouble = None;
        xiaoxiang_store::fact::stream_after(tx, after, |fact| {
            if let Err(problem) = self.columns.apply(&fact) {
                trouble.get_or_insert_with(|| format!("contract fact {}: {problem}", fact.fact_id));
            }
        })
        .await?;
        if let Some(trouble) = trouble {
            return Err(StoreError::Damaged(trouble).into());
        }
        self.columns.advance_to(newest);
        Ok(())
    }
}
