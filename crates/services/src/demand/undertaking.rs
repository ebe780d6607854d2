//! Gives a confidentiality undertaking (保密承诺) for one demand: recorded with its wording, and told to the company.

use jiff::Span;
use serde_json::json;
use xiaoxiang_domain::market::{ReaderStanding, UNDERTAKING_DAYS, clean_text};
use xiaoxiang_domain::notice::NoticeKind;
use xiaoxiang_store::NewEntry;
use xiaoxiang_store::demand::InquiryRow;
use xiaoxiang_store::undertaking::{self as store, UndertakingRow};

use super::market::{on_market, standing_of};
use super::notify_demand::{owners, tell};
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// What is undertaken, Chinese and English.
pub const UNDERTAKING_WORDING: (&str, &str) = (
    "本人承诺：对本条需求中不公开的内容保密，只用于判断和洽谈合作，不向他人披露，不据此申请知识产权；承诺期满后仍对未公开的内容保密。",
    "I undertake to keep secret what is not public in this demand, to use it only to judge and negotiate a cooperation, to \
     tell nobody, and to apply for no intellectual property on it; what is still not public stays secret after the term.",
);
/// Most characters of what it is wanted for.
const PURPOSE_CHARACTERS_MAX: usize = 500;

/// Records the undertaking; for its days the reader reads the demand up to that level.
pub async fn give_undertaking(
    app: &App,
    actor: &Actor,
    demand_id: &str,
    purpose: &str,
) -> Result<(), Refusal> {
    let person_id = actor.person_id().ok_or(Refusal::SignedOut)?.to_owned();
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    let case = on_market(&mut tx, demand_id).await?;
    let today = app.today_in(&mut tx).await?;
    if standing_of(&mut tx, actor, &case, today).await? != ReaderStanding::SignedIn {
        return Ok(());
    }
    let purpose = clean_text(purpose, PURPOSE_CHARACTERS_MAX).ok().filter(|purpose| !purpose.is_empty());
    let purpose = purpose.ok_or_else(|| {
        Refusal::invalid(
            "market.undertaking.purpose",
            format!("请写明查看用途，不超过 {PURPOSE_CHARACTERS_MAX} 字；企业会看到。"),
            format!("say what for in at most {PURPOSE_CHARACTERS_MAX} characters; the company reads it"),
        )
    })?;
    let valid_until = today.checked_add(Span::new().days(UNDERTAKING_DAYS)).unwrap_or(today);
    let subject = format!("demand:{demand_id}");
    let row = UndertakingRow {
        subject: subject.clone(),
        person_id: person_id.clone(),
        wording: UNDERTAKING_WORDING.0.to_owned(),
        given_on: today.to_string(),
        valid_to: valid_until.to_string(),
        given_at_ms: now_ms,
    };
    store::give(&mut tx, &row).await?;
    let inquiry = InquiryRow { person_id, purpose, asked_at_ms: now_ms };
    xiaoxiang_store::demand::add_inquiry(&mut tx, demand_id, &inquiry).await?;
    // Each undertaking is told once: its instant stands in the key.
    tell(app, &mut tx, actor, &case, (NoticeKind::DemandUndertaken, now_ms), &owners(&case)).await?;
    let payload = json!({ "valid_to": row.valid_to });
    let entry = NewEntry { kind: "demand.undertaking_given", subject, payload };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(())
}
