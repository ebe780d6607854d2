//! What came of a reading, as it is kept with it.

use serde::{Deserialize, Serialize};
use xiaoxiang_store::StoreError;

use crate::refusal::Refusal;
use crate::sheet::SheetProblem;

/// Where a reading stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunState {
    /// 等待处理
    Queued,
    /// 待确认来源: the file does not say whose contracts it holds.
    Asking,
    /// 正在读取
    Reading,
    /// 已完成
    Finished,
    /// 未导入: the file, or rows of it, cannot be taken.
    Refused,
    /// 处理中断: the program failed, not the file.
    Failed,
}

impl RunState {
    /// Word of the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Asking => "asking",
            Self::Reading => "reading",
            Self::Finished => "finished",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }

    pub(super) fn from_code(code: &str) -> Result<Self, StoreError> {
        [Self::Queued, Self::Asking, Self::Reading, Self::Finished, Self::Refused, Self::Failed]
            .into_iter()
            .find(|state| state.code() == code)
            .ok_or_else(|| StoreError::Damaged(format!("state of an import: {code}")))
    }

    /// Whether a page about it will change by itself.
    #[must_use]
    pub const fn is_moving(self) -> bool {
        matches!(self, Self::Queued | Self::Reading)
    }
}

/// Why a reading did not end well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Stable code.
    pub code: String,
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Reason {
    pub(super) fn of(refusal: &Refusal) -> Self {
        let (zh, en) = if refusal.is_failure() { failed() } else { refusal.sentences() };
        Self { code: refusal.code().to_owned(), zh, en }
    }

    pub(super) fn interrupted() -> Self {
        Self {
            code: "import.interrupted".to_owned(),
            zh: "服务器在处理该文件时多次中断，未导入任何数据。请拆分文件后重新上传，或请管理员查看服务器内存。"
                .to_owned(),
            en: "the server stopped several times while it read this file; nothing was imported. Split the file and \
                 upload it again, or have the server's memory looked at"
                .to_owned(),
        }
    }
}

/// The cause of a failure goes to the server's log, not to the page.
fn failed() -> (String, String) {
    (
        "系统出错，未导入任何数据。请点“重新处理”；如仍出错，请联系管理员。".to_owned(),
        "something went wrong on our side and nothing was imported; try again, or tell the administrator"
            .to_owned(),
    )
}

/// Problems and warnings as they are kept.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Listed {
    pub problems: Vec<SheetProblem>,
    pub warnings: Vec<SheetProblem>,
}

pub(super) fn to_json(kept: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(kept).map_err(|error| StoreError::Damaged(error.to_string()))
}

pub(super) fn from_json<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Damaged(format!("outcome of an import: {error}")))
}
