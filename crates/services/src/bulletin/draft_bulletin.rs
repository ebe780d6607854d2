//! Drafts the bulletin of a period (起草通报): its figures may still move until it is signed.

use serde_json::json;
use xiaoxiang_domain::access::{Action, Reach, Role, reach};
use xiaoxiang_domain::bulletin::{BulletinStatus, GrowthBase};
use xiaoxiang_domain::notice::{NamedValue, Notice, NoticeKind, Whom};
use xiaoxiang_domain::period::Period;
use xiaoxiang_store::NewEntry;
use xiaoxiang_store::bulletin::{self as store, BulletinRow};

use super::content::{BULLETIN_KIND, METHOD_VERSION, make_content};
use crate::actor::Actor;
use crate::app::App;
use crate::notice::{Occasion, notify};
use crate::refusal::Refusal;

/// Makes the draft and gives its id.
pub async fn draft_bulletin(
    app: &App,
    actor: &Actor,
    period: Period,
    growth_base: GrowthBase,
) -> Result<String, Refusal> {
    actor.permit(Action::DraftBulletin)?;
    let figures = app.figures().await?;
    let mut read = app.db.read().await?;
    let as_of = figures.position();
    let content = make_content(&figures, &mut read, period, growth_base, as_of).await?;
    let region_version_id = figures.region().region_version_id;
    drop((figures, read));
    let frozen = content.freeze()?;
    let bulletin_id = app.new_id()?;
    let row = BulletinRow {
        bulletin_id: bulletin_id.clone(),
        kind: BULLETIN_KIND.to_owned(),
        period: period.to_string(),
        status: BulletinStatus::Draft.code().to_owned(),
        title: content.title.clone(),
        as_of,
        region_version_id,
        method_version: METHOD_VERSION,
        growth_base: growth_base.code().to_owned(),
        document_number: None,
        signer: None,
        signed_on: None,
        tree_head: None,
        content: frozen.text,
        content_sha256: frozen.sha256,
    };
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    store::save(&mut tx, &row).await?;
    let entry = NewEntry {
        kind: "bulletin.drafted",
        subject: format!("bulletin:{bulletin_id}"),
        payload: json!({ "period": row.period, "title": row.title, "as_of": as_of }),
    };
    let notice = Notice {
        kind: NoticeKind::BulletinDrafted,
        subject: format!("bulletin:{bulletin_id}"),
        values: vec![NamedValue::new("period", period.title(), period.title_en())],
        path: format!("/drafts/{bulletin_id}"),
    };
    let signers = Role::ALL.into_iter().filter(|role| reach(*role, Action::SignBulletin) > Reach::Nothing);
    let whom: Vec<Whom> = signers.map(Whom::Everyone).collect();
    notify(app, &mut tx, Occasion::Decision(actor), &notice, &whom).await?;
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(bulletin_id)
}
