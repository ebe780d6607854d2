//! Gives an undertaking of confidentiality (保密承诺), which opens to one person what its sections keep for that.

use serde_json::json;
use xiaoxiang_domain::market::UNDERTAKING_DAYS;
use xiaoxiang_store::NewEntry;
use xiaoxiang_store::undertaking::{self as store, UndertakingRow};

use super::case::Case;
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// What is undertaken, as it is kept with each.
pub const UNDERTAKING_WORDS: &str = "本人承诺：对所查看的非公开技术内容保密，仅用于评估与该成果的合作，不披露给他人，不据此申请专利，\
                                     不作其他使用；违反承诺的，承担相应责任。";

/// What undertakings for an achievement are about.
pub(super) fn subject_of(achievement_id: &str) -> String {
    format!("achievement:{achievement_id}")
}

/// Gives the undertaking for an entry that is on the market; it holds for [`UNDERTAKING_DAYS`].
pub async fn give_undertaking(app: &App, actor: &Actor, achievement_id: &str) -> Result<(), Refusal> {
    let person_id = actor.person_id().ok_or(Refusal::SignedOut)?;
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    let case = Case::load(&mut tx, achievement_id).await?;
    if !case.state.is_public() {
        return Err(Refusal::NotFound(achievement_id.to_owned()));
    }
    let today = app.today_in(&mut tx).await?;
    let valid_to = today.saturating_add(jiff::Span::new().days(UNDERTAKING_DAYS));
    let subject = subject_of(achievement_id);
    let row = UndertakingRow {
        subject: subject.clone(),
        person_id: person_id.to_owned(),
        wording: UNDERTAKING_WORDS.to_owned(),
        given_on: today.to_string(),
        valid_to: valid_to.to_string(),
        given_at_ms: now_ms,
    };
    store::give(&mut tx, &row).await?;
    let payload = json!({ "valid_to": row.valid_to });
    let entry = NewEntry { kind: "achievement.undertaking_given", subject, payload };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(())
}
