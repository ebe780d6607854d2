//! Takes a contract text or a piece of evidence in (上传合同文本): only after the undertaking that nothing is secret.

use serde_json::json;
use tokio::sync::Semaphore;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::contract::procedure::{ApplicationState, InspectionStage, Obstacle};
use xiaoxiang_store::upload::Purpose;
use xiaoxiang_store::{NewEntry, Tx, registration as store};

use super::case::Case;
use super::media::{MediaType, recognise};
use super::read_attachment::read_bytes;
use crate::actor::Actor;
use crate::app::App;
use crate::contract::import_queue::{Received, Receiving};
use crate::refusal::Refusal;

/// Files of one application.
pub const ATTACHMENTS_MAX: usize = 30;
/// Files that are looked through at once: each lies in memory whole while it is.
static LOOKED_THROUGH: Semaphore = Semaphore::const_new(4);

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AttachmentKind {
    /// 合同文本
    ContractText,
    /// 授权书
    Authority,
    /// 决策、公示材料
    Decision,
    /// 其他佐证材料
    Evidence,
}

impl AttachmentKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::ContractText, Self::Authority, Self::Decision, Self::Evidence];

    /// The word of the database and the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ContractText => "contract_text",
            Self::Authority => "authority",
            Self::Decision => "decision",
            Self::Evidence => "evidence",
        }
    }

    /// The kind of a word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// A text that is coming in.
pub struct ReceivingText {
    application_id: String,
    kind: AttachmentKind,
    file_name: String,
    receiving: Receiving,
}

/// A text that is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attached {
    /// Id of the file.
    pub attachment_id: String,
    /// By its content.
    pub media_type: MediaType,
    /// Of its bytes.
    pub sha256: String,
    /// Its length.
    pub size_bytes: u64,
}

/// Begins a text; `file_name` is what the browser says. Follow with `push` and `finish`.
pub async fn begin_text(
    app: &App,
    actor: &Actor,
    application_id: &str,
    kind: AttachmentKind,
    file_name: &str,
) -> Result<ReceivingText, Refusal> {
    actor.permit(Action::Apply)?;
    let mut tx = app.db.read().await?;
    let case = Case::visible(&mut tx, actor, application_id).await?;
    check_writable(&mut tx, &case, actor).await?;
    if store::list_attachments(&mut tx, application_id).await?.len() >= ATTACHMENTS_MAX {
        return Err(Refusal::invalid(
            "attachment.too_many",
            format!("一份申请最多 {ATTACHMENTS_MAX} 个文件。请合并后上传。"),
            format!("an application takes {ATTACHMENTS_MAX} files at most; merge some"),
        ));
    }
    drop(tx);
    let receiving = Receiving::begin(app, Purpose::Registration, file_name).await?;
    Ok(ReceivingText {
        application_id: application_id.to_owned(),
        kind,
        file_name: file_name.to_owned(),
        receiving,
    })
}

/// Texts are handed in by the applicant after the undertaking: to a draft or a correction, or as evidence in an inspection
/// that has asked for it, or offered a hearing.
async fn check_writable(tx: &mut Tx, case: &Case, actor: &Actor) -> Result<(), Refusal> {
    case.permit(actor, Action::Apply)?;
    if !case.form.has_undertaking() {
        return Err(Refusal::Obstacles(vec![Obstacle::UndertakingMissing]));
    }
    if matches!(case.state, ApplicationState::Draft | ApplicationState::Returned) {
        return Ok(());
    }
    let inspections = xiaoxiang_store::inspection::list_of_application(tx, &case.row.application_id).await?;
    let asks = [InspectionStage::Noticed, InspectionStage::HearingOffered].map(InspectionStage::code);
    if inspections.iter().any(|row| asks.contains(&row.stage.as_str())) {
        return Ok(());
    }
    Err(Refusal::invalid(
        "application.not_writable",
        "申请已提交，不能再上传文件。需要补正时由登记机构退回。",
        "the application was handed in; files follow when the registrar returns it for a correction",
    ))
}

impl ReceivingText {
    /// Takes the next bytes; more than 20 MB are refused.
    pub async fn push(&mut self, app: &App, bytes: &[u8]) -> Result<(), Refusal> {
        let pushed = self.receiving.push(app, bytes).await;
        if pushed.is_err() {
            self.receiving.give_up(app).await?;
        }
        pushed.map_err(|refusal| match refusal {
            Refusal::Invalid { code: "upload.too_large", .. } => Refusal::invalid(
                "upload.too_large",
                "文件大于 20 MB，未接收。请压缩图片或拆分后上传。",
                "the file is larger than 20 MB; make its pictures smaller or split it",
            ),
            other => other,
        })
    }

    /// Deletes what has come in so far, where the sender breaks off.
    pub async fn give_up(&self, app: &App) -> Result<(), Refusal> {
        self.receiving.give_up(app).await
    }

    /// Ends the file: recognised by its content, then noted with its log entry. What is refused leaves nothing behind.
    pub async fn finish(self, app: &App, actor: &Actor) -> Result<Attached, Refusal> {
        let Self { application_id, kind, file_name, receiving } = self;
        let received = receiving.finish(app).await?;
        match note(app, actor, &application_id, kind, &file_name, &received).await {
            Ok(media_type) => Ok(Attached {
                attachment_id: received.upload_id,
                media_type,
                sha256: received.sha256,
                size_bytes: received.size_bytes,
            }),
            Err(refusal) => {
                let now_ms = app.clock.now_ms();
                let mut tx = app.db.begin(now_ms).await?;
                xiaoxiang_store::upload::discard(&mut tx, &received.upload_id, now_ms).await?;
                tx.keep_unlogged().await?;
                Err(refusal)
            }
        }
    }
}

async fn note(
    app: &App,
    actor: &Actor,
    application_id: &str,
    kind: AttachmentKind,
    file_name: &str,
    received: &Received,
) -> Result<MediaType, Refusal> {
    let media_type = {
        let permit = LOOKED_THROUGH.acquire().await;
        let mut tx = app.db.read().await?;
        let bytes = read_bytes(&mut tx, &received.upload_id).await?;
        drop(tx);
        let found = recognise(&bytes, file_name);
        drop(permit);
        found?
    };
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    let case = Case::visible(&mut tx, actor, application_id).await?;
    check_writable(&mut tx, &case, actor).await?;
    let (actor_name, upload_id) = (actor.log_name(), received.upload_id.as_str());
    store::attach(&mut tx, application_id, upload_id, kind.code(), media_type.mime(), actor_name, now_ms)
        .await?;
    let entry = NewEntry {
        kind: "registration.text_attached",
        subject: format!("application:{application_id}"),
        payload: json!({
            "attachment": upload_id,
            "kind": kind.code(),
            "media_type": media_type.mime(),
            "sha256": received.sha256,
            "size_bytes": received.size_bytes,
        }),
    };
    tx.commit(actor_name, [entry], []).await?;
    Ok(media_type)
}
