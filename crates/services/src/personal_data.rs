//! Personal data (个人信息) are shown on request only, and each showing leaves its entry in the log.

use serde_json::Value;
use xiaoxiang_store::NewEntry;

use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Writes down who looked at the personal data of what; `payload` says in which list and as which file, never the data.
pub(crate) async fn log_viewing(
    app: &App,
    actor: &Actor,
    subject: String,
    payload: Value,
) -> Result<(), Refusal> {
    let tx = app.db.begin(app.clock.now_ms()).await?;
    let entry = NewEntry { kind: "personal_data.viewed", subject, payload };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(())
}
