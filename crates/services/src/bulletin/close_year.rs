//! Closes a year once (年度关账): assessments use the closed figures.

use serde_json::json;
use xiaoxiang_domain::access::Action;
use xiaoxiang_store::{Commit, NewEntry, StoreError};

use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Fixes the year's figures at the newest log position.
pub async fn close_year(app: &App, actor: &Actor, year: i16) -> Result<Commit, Refusal> {
    actor.permit(Action::CloseYear)?;
    let today = app.today().await?;
    if year >= today.year() {
        return Err(Refusal::invalid(
            "bulletin.year_not_over",
            format!("{year} 年尚未结束，不能关账。"),
            format!("the year {year} is not over yet"),
        ));
    }
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    tx.lock_log().await?;
    let as_of = xiaoxiang_store::log::head(&mut tx).await?.size - 1;
    let closed = xiaoxiang_store::bulletin::close_year(
        &mut tx,
        i64::from(year),
        as_of,
        actor.log_name(),
        &today.to_string(),
    )
    .await;
    match closed {
        Err(StoreError::Conflict(_)) => {
            return Err(Refusal::invalid(
                "bulletin.year_closed",
                format!("{year} 年已经关账，只关一次。"),
                format!("the year {year} was closed before; it is closed once"),
            ));
        }
        other => other?,
    }
    let entry = NewEntry {
        kind: "bulletin.year_closed",
        subject: format!("year:{year}"),
        payload: json!({ "as_of": as_of }),
    };
    Ok(tx.commit(actor.log_name(), [entry], []).await?)
}
