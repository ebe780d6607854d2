//! Makes a draft anew from the present figures (重新起草); what was said about the old one stays with it.

use serde_json::json;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::bulletin::{BulletinStatus, GrowthBase};
use xiaoxiang_domain::period::Period;
use xiaoxiang_store::bulletin::{self as store, BulletinRow};
use xiaoxiang_store::{NewEntry, StoreError};

use super::content::{METHOD_VERSION, make_content};
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Puts the present figures into a draft; `seen_sha256` is the content that whoever asks had before them.
pub async fn redraft_bulletin(
    app: &App,
    actor: &Actor,
    bulletin_id: &str,
    seen_sha256: &str,
) -> Result<(), Refusal> {
    actor.permit(Action::DraftBulletin)?;
    let figures = app.figures().await?;
    let mut read = app.db.read().await?;
    let draft = store::find(&mut read, bulletin_id)
        .await?
        .ok_or_else(|| Refusal::NotFound(bulletin_id.to_owned()))?;
    if draft.status != BulletinStatus::Draft.code() {
        return Err(Refusal::invalid(
            "bulletin.signed",
            "该通报已经签发。如需更改，请作订正。",
            "this bulletin was signed before; issue a correction to change it",
        ));
    }
    let damaged = |what: &str| StoreError::Damaged(format!("{what} of bulletin {bulletin_id}"));
    let period: Period = draft.period.parse().map_err(|_| damaged("period"))?;
    let growth_base = GrowthBase::from_code(&draft.growth_base).ok_or_else(|| damaged("growth base"))?;
    let as_of = figures.position();
    let content = make_content(&figures, &mut read, period, growth_base, as_of).await?;
    let region_version_id = figures.region().region_version_id;
    drop((figures, read));
    let frozen = content.freeze()?;
    let row = BulletinRow {
        as_of,
        region_version_id,
        method_version: METHOD_VERSION,
        title: content.title,
        content: frozen.text,
        content_sha256: frozen.sha256,
        ..draft
    };
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    if !store::redraft(&mut tx, &row, seen_sha256).await? {
        return Err(Refusal::stale("这份草稿", "this draft"));
    }
    let entry = NewEntry {
        kind: "bulletin.redrafted",
        subject: format!("bulletin:{bulletin_id}"),
        payload: json!({ "period": row.period, "as_of": as_of, "content_sha256": row.content_sha256 }),
    };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(())
}
