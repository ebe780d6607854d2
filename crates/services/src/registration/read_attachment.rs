//! Opens a contract text (查看合同文本): for the handling registrar, the applicant, experts who have it, and auditors
//! who are named; each view is logged before a byte is shown.

use serde_json::json;
use xiaoxiang_domain::access::{Action, Role};
use xiaoxiang_domain::contract::procedure::ApplicationState;
use xiaoxiang_store::registration::AttachmentRow;
use xiaoxiang_store::upload;
use xiaoxiang_store::{NewEntry, StoreError, Tx, registration as store};

use super::auditor::{is_named_or_needs_none, not_named};
use super::case::Case;
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// A text as it was handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadText {
    /// As it was called, made harmless.
    pub file_name: String,
    /// By its content.
    pub media_type: String,
    /// Of its bytes.
    pub sha256: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// One file of an application.
pub async fn read_attachment(
    app: &App,
    actor: &Actor,
    application_id: &str,
    attachment_id: &str,
) -> Result<ReadText, Refusal> {
    actor.permit(Action::ReadContractTexts)?;
    let mut tx = app.db.read().await?;
    let case = Case::visible(&mut tx, actor, application_id).await?;
    permit_texts(app, &mut tx, actor, &case).await?;
    let found = store::list_attachments(&mut tx, application_id).await?;
    let found = found.into_iter().find(|row| row.upload_id == attachment_id);
    let row = found.ok_or_else(|| Refusal::NotFound(attachment_id.to_owned()))?;
    open_text(app, actor, tx, row).await
}

/// Permits the texts of an application that is seen: by the table, experts while it is theirs to judge, and whoever inspects
/// where named for it.
pub(super) async fn permit_texts(app: &App, tx: &mut Tx, actor: &Actor, case: &Case) -> Result<(), Refusal> {
    case.permit(actor, Action::ReadContractTexts)?;
    if actor.role() == Some(Role::Expert) && case.state != ApplicationState::ExpertReview {
        return Err(Refusal::Forbidden(Action::ReadContractTexts));
    }
    if is_named_or_needs_none(app, tx, actor, &case.row.application_id).await? {
        Ok(())
    } else {
        Err(not_named())
    }
}

/// Whether somebody may open the texts of an application that is seen.
pub(super) async fn reads_texts(app: &App, tx: &mut Tx, actor: &Actor, case: &Case) -> Result<bool, Refusal> {
    match permit_texts(app, tx, actor, case).await {
        Ok(()) => Ok(true),
        Err(Refusal::Forbidden(_) | Refusal::Barred { .. }) => Ok(false),
        Err(refusal) => Err(refusal),
    }
}

/// The bytes of a file that somebody may read, with the log entry of the view.
pub(super) async fn open_text(
    app: &App,
    actor: &Actor,
    mut tx: Tx,
    row: AttachmentRow,
) -> Result<ReadText, Refusal> {
    let (application_id, attachment_id) = (&row.application_id, &row.upload_id);
    if row.discarded_at_ms.is_some() {
        return Err(Refusal::invalid(
            "attachment.erased",
            format!("文件已删除，只保留哈希值 {}。", row.sha256),
            format!("the file was erased; its hash remains: {}", row.sha256),
        ));
    }
    let bytes = read_bytes(&mut tx, attachment_id).await?;
    drop(tx);
    if i64::try_from(bytes.len()).ok() != Some(row.size_bytes) {
        return Err(StoreError::Damaged(format!("file {attachment_id}")).into());
    }
    let tx = app.db.begin(app.clock.now_ms()).await?;
    let entry = NewEntry {
        kind: "registration.text_viewed",
        subject: format!("application:{application_id}"),
        payload: json!({ "attachment": attachment_id, "sha256": row.sha256 }),
    };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(ReadText { file_name: row.file_name, media_type: row.media_type, sha256: row.sha256, bytes })
}

/// All chunks of a file; at most 20 MB.
pub(super) async fn read_bytes(tx: &mut Tx, upload_id: &str) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    let mut chunk = 0;
    while let Some(content) = upload::find_chunk(tx, upload_id, chunk).await? {
        bytes.extend(content);
        chunk += 1;
    }
    Ok(bytes)
}

/// Erases the files of an application and the forms handed in with it, with the reason in the log; hashes and commitments
/// stay, so that every proof remains whole.
pub async fn erase_texts(
    app: &App,
    actor: &Actor,
    application_id: &str,
    reason: &str,
) -> Result<usize, Refusal> {
    actor.permit(Action::ErasePersonalData)?;
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    let case = Case::visible(&mut tx, actor, application_id).await?;
    let files = store::list_attachments(&mut tx, application_id).await?;
    let kept: Vec<_> = files.iter().filter(|file| file.discarded_at_ms.is_none()).collect();
    for file in &kept {
        upload::discard(&mut tx, &file.upload_id, now_ms).await?;
    }
    store::erase_forms(&mut tx, &case.row.application_id).await?;
    let entry = NewEntry {
        kind: "registration.texts_erased",
        subject: format!("application:{application_id}"),
        payload: json!({ "files": kept.len(), "reason": reason }),
    };
    let count = kept.len();
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(count)
}
