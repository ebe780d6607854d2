//! The state of the data as every page prints it: up to which log position, exchange data until when.

use std::sync::Arc;

use jiff::civil::Date;
use xiaoxiang_audit::head::SignedTreeHead;
use xiaoxiang_domain::period::{Month, Period};
use xiaoxiang_store::{StoreError, Tx};

use super::make_table::note_context;
use crate::app::App;
use crate::follow::Followed;
use crate::refusal::Refusal;

/// The state of the data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataStanding {
    /// Name of the region.
    pub region: String,
    /// Its English name, empty where region data give none.
    pub region_en: String,
    /// The newest log position.
    pub position: i64,
    /// The root of the log's tree as it was last signed, in hexadecimal.
    pub tree_root: Option<String>,
    /// 省外数据截至日: until when exchange data are in, in the latest year that they reach.
    pub exchange_until: Option<Date>,
}

/// Tells the state of the data; asked for by every page, so it is made once for each log position.
pub async fn data_standing(app: &App) -> Result<Arc<DataStanding>, Refusal> {
    let mark = Followed::newest(app).await?;
    app.data_standing.find_or_make(mark, (), async || make_standing(app).await).await
}

async fn make_standing(app: &App) -> Result<DataStanding, Refusal> {
    let mut tx = app.db.read().await?;
    let region = app.region_in(&mut tx).await?;
    let position = xiaoxiang_store::log::head(&mut tx).await?.size - 1;
    let heads = xiaoxiang_store::log::list_tree_heads(&mut tx).await?;
    Ok(DataStanding {
        region: region.region.name().to_owned(),
        region_en: region.region.name_en().to_owned(),
        position,
        tree_root: heads.last().and_then(|(_, printed)| root_of(printed)),
        exchange_until: exchange_until(&mut tx, position).await?,
    })
}

/// The months for which exchange data (省外数据) were imported, in order.
pub async fn list_exchange_months(app: &App) -> Result<Vec<Month>, Refusal> {
    let mut tx = app.db.read().await?;
    let newest = xiaoxiang_store::log::head(&mut tx).await?.size - 1;
    exchange_months_in(&mut tx, newest).await
}

pub(super) async fn exchange_months_in(tx: &mut Tx, as_of: i64) -> Result<Vec<Month>, Refusal> {
    let rows = xiaoxiang_store::import::list_exchange_months(tx, as_of).await?;
    let months = rows.into_iter().map(|(month,)| {
        let period: Period = month.parse().map_err(|_| StoreError::Damaged(format!("month {month}")))?;
        Ok(period.first())
    });
    months.collect()
}

/// By the rule of the tables: a missing month is never passed over, whatever came after it.
async fn exchange_until(tx: &mut Tx, as_of: i64) -> Result<Option<Date>, Refusal> {
    let latest = exchange_months_in(tx, as_of).await?.into_iter().max();
    let Some(Ok(period)) = latest.map(Period::month) else { return Ok(None) };
    Ok(note_context(tx, as_of, period.cumulative()).await?.exchange_until)
}

/// The root alone: the part of a printed head by which a short form is recognised.
fn root_of(printed: &str) -> Option<String> {
    printed.parse::<SignedTreeHead>().ok().map(|signed| signed.head.root.to_string())
}
