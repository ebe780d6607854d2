//! Signs a draft (签发): numbered, frozen at a log position, the tree head printed with it.

use jiff::civil::Date;
use serde_json::json;
use xiaoxiang_domain::access::{Action, Role};
use xiaoxiang_domain::bulletin::{BulletinStatus, GrowthBase};
use xiaoxiang_domain::notice::{NamedValue, Notice, NoticeKind, Whom};
use xiaoxiang_domain::period::Period;
use xiaoxiang_store::bulletin::{self as store, BulletinRow};
use xiaoxiang_store::{NewEntry, StoreError};

use super::content::{BulletinContent, METHOD_VERSION, make_content};
use super::countersign_bulletin::{Opinion, latest_opinions};
use crate::actor::Actor;
use crate::app::App;
use crate::log::{LogKey, sign_tree_head};
use crate::notice::{Occasion, notify};
use crate::refusal::Refusal;

/// Key of the number pattern in the region data.
const NUMBER_PATTERN: &str = "bulletin";
/// Longest name of a signer.
const SIGNER_CHARACTERS_MAX: usize = 50;

/// Who signs, and when.
#[derive(Clone, Debug)]
pub struct Signing {
    /// 签发人
    pub signer: String,
    /// Day printed on the bulletin.
    pub signed_on: Date,
}

/// What whoever signs has seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenDraft {
    /// Hash of the content on their screen.
    pub content_sha256: String,
    /// What to do where a department's latest opinion is an objection.
    pub objections: Objections,
}

/// What an objection of a department means for a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Objections {
    /// The bulletin waits.
    Respect,
    /// Known, and the bulletin is signed all the same.
    Override,
}

/// Makes the content anew at the newest position, signs the tree head there and numbers the bulletin.
pub async fn sign_bulletin(
    app: &App,
    actor: &Actor,
    key: &LogKey,
    bulletin_id: &str,
    signing: &Signing,
) -> Result<BulletinRow, Refusal> {
    sign(app, actor, key, bulletin_id, signing, None).await
}

/// Signs what was seen, in the signer's own name: figures that moved meanwhile are refused, to be looked at again.
pub async fn sign_seen_draft(
    app: &App,
    actor: &Actor,
    key: &LogKey,
    bulletin_id: &str,
    signed_on: Date,
    seen: &SeenDraft,
) -> Result<BulletinRow, Refusal> {
    actor.permit(Action::SignBulletin)?;
    if signed_on > app.today().await? {
        return Err(Refusal::invalid(
            "bulletin.signed_on",
            "签发日期不能晚于今天。",
            "the day of signature cannot lie in the future",
        ));
    }
    let mut tx = app.db.read().await?;
    let signer = match actor.person_id() {
        Some(person_id) => xiaoxiang_store::person::find(&mut tx, person_id).await?.map(|person| person.name),
        None => None,
    };
    let objecting = latest_opinions(&mut tx, bulletin_id).await?;
    let is_objected = objecting.iter().any(|opinion| opinion.opinion == Opinion::Object);
    drop(tx);
    if is_objected && seen.objections == Objections::Respect {
        return Err(Refusal::invalid(
            "bulletin.objected",
            "有部门在会签中提出异议。请先处理；如确需签发，请勾选“已知悉异议，仍然签发”。",
            "a department objected; settle it first, or tick that you sign all the same",
        ));
    }
    let signing = Signing { signer: signer.unwrap_or_default(), signed_on };
    sign(app, actor, key, bulletin_id, &signing, Some(&seen.content_sha256)).await
}

async fn sign(
    app: &App,
    actor: &Actor,
    key: &LogKey,
    bulletin_id: &str,
    signing: &Signing,
    seen_sha256: Option<&str>,
) -> Result<BulletinRow, Refusal> {
    actor.permit(Action::SignBulletin)?;
    let signer = signing.signer.trim();
    if signer.is_empty() || signer.chars().count() > SIGNER_CHARACTERS_MAX {
        return Err(Refusal::invalid("bulletin.signer", "请写明签发人。", "name the person who signs"));
    }
    let tree_head = sign_tree_head(app, key).await?;
    let as_of =
        i64::try_from(tree_head.head.size).map_err(|_| StoreError::Damaged("log size".to_owned()))? - 1;
    let figures = app.figures().await?;
    let mut read = app.db.read().await?;
    let draft = store::find(&mut read, bulletin_id)
        .await?
        .ok_or_else(|| Refusal::NotFound(bulletin_id.to_owned()))?;
    if draft.status != BulletinStatus::Draft.code() {
        return Err(already_signed());
    }
    let period: Period =
        draft.period.parse().map_err(|_| StoreError::Damaged("period of a bulletin".to_owned()))?;
    let growth_base = GrowthBase::from_code(&draft.growth_base)
        .ok_or_else(|| StoreError::Damaged("growth base of a bulletin".to_owned()))?;
    let content = make_content(&figures, &mut read, period, growth_base, as_of).await?;
    let region = figures.region().clone();
    drop((figures, read));
    let pattern = region.region.number_pattern(NUMBER_PATTERN).ok_or_else(|| {
        Refusal::invalid(
            "bulletin.number_pattern",
            "区域数据没有通报文号格式。请在 number_patterns.yaml 中补充。",
            "the region data have no pattern for bulletin numbers; add it to number_patterns.yaml",
        )
    })?;
    let frozen = content.freeze()?;
    if let Some(seen) = seen_sha256 {
        let drafted = BulletinContent::thaw(&draft.content)?.fingerprint(draft.as_of)?;
        if draft.content_sha256 != seen || drafted != content.fingerprint(as_of)? {
            return Err(Refusal::stale("这份草稿的数字", "the figures of this draft"));
        }
    }
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let year = signing.signed_on.year();
    let issuer = region.region.code().to_string();
    let serial = store::next_number(&mut tx, &issuer, NUMBER_PATTERN, i64::from(year)).await?;
    let number =
        pattern.format(year, u32::try_from(serial).map_err(|_| StoreError::Damaged("serial".to_owned()))?);
    let row = BulletinRow {
        status: BulletinStatus::Signed.code().to_owned(),
        title: content.title.clone(),
        as_of,
        region_version_id: region.region_version_id,
        method_version: METHOD_VERSION,
        document_number: Some(number.clone()),
        signer: Some(signer.to_owned()),
        signed_on: Some(signing.signed_on.to_string()),
        tree_head: Some(tree_head.to_string()),
        content: frozen.text,
        content_sha256: frozen.sha256,
        ..draft
    };
    if !store::sign(&mut tx, &row).await? {
        return Err(already_signed());
    }
    let entry = NewEntry {
        kind: "bulletin.signed",
        subject: format!("bulletin:{bulletin_id}"),
        payload: json!({
            "period": row.period,
            "number": number,
            "signer": signer,
            "signed_on": row.signed_on,
            "as_of": as_of,
            "content_sha256": row.content_sha256,
        }),
    };
    let notice = Notice {
        kind: NoticeKind::BulletinSigned,
        subject: format!("bulletin:{bulletin_id}"),
        values: vec![
            NamedValue::new("period", period.title(), period.title_en()),
            NamedValue::same("number", &number),
        ],
        path: format!("/bulletins/{bulletin_id}"),
    };
    let whom = [Whom::Everyone(Role::CityOfficer)];
    notify(app, &mut tx, Occasion::Decision(actor), &notice, &whom).await?;
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(row)
}

fn already_signed() -> Refusal {
    Refusal::invalid(
        "bulletin.signed",
        "该通报已经签发。如需更改，请作订正。",
        "this bulletin was signed before; issue a correction to change it",
    )
}
