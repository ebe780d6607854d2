//! Why a use case did not do what it was asked.

use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::contract::RowProblem;
use xiaoxiang_domain::contract::procedure::Obstacle;
use xiaoxiang_domain::region::RegionProblem;
use xiaoxiang_store::StoreError;

use crate::sheet::SheetProblem;

/// What a sentence is about, as it stands in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noun {
    /// Chinese.
    pub zh: String,
    /// English, with its article.
    pub en: String,
}

impl Noun {
    fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }
}

/// A refusal: nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Also for what the caller may not see.
    #[error("not found: {0}")]
    NotFound(String),
    /// Nobody has signed in.
    #[error("not signed in")]
    SignedOut,
    /// What the caller may see but not do.
    #[error("not allowed: {}", .0.code())]
    Forbidden(Action),
    /// What the role may do, and this person not here and now, with what to do in both languages.
    #[error("{en}")]
    Barred {
        /// Stable code.
        code: &'static str,
        /// Chinese.
        zh: String,
        /// English.
        en: String,
    },
    /// Too many tries; wait.
    #[error("too many tries")]
    TooMany {
        /// Seconds until the next try is looked at.
        retry_after_s: i64,
    },
    /// Somebody else changed the record since it was read.
    #[error("changed since it was read: {}", .0.en)]
    Stale(Noun),
    /// No region data in the database yet.
    #[error("no region data")]
    NoRegion,
    /// A request that makes no sense, with what to do in both languages.
    #[error("{en}")]
    Invalid {
        /// Stable code.
        code: &'static str,
        /// Chinese.
        zh: String,
        /// English.
        en: String,
    },
    /// A file that cannot be read, or rows that cannot be taken.
    #[error("{} problem(s) in the sheet", .0.len())]
    Sheet(Vec<SheetProblem>),
    /// Fields of a form that cannot be taken, each with what to do.
    #[error("{} problem(s) in the form", .0.len())]
    Fields(Vec<RowProblem>),
    /// What stands in the way of a step of the procedure, all at once.
    #[error("{} obstacle(s)", .0.len())]
    Obstacles(Vec<Obstacle>),
    /// Mistakes in a region folder.
    #[error("{} mistake(s) in the region data", .0.len())]
    Region(Vec<RegionProblem>),
    /// Somebody else changed the same things meanwhile.
    #[error("changed by somebody else meanwhile: {}", .0.en)]
    Overtaken(Noun),
    /// The system gave no randomness.
    #[error("no randomness: {0}")]
    Randomness(String),
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The store failed.
    #[error("store failed")]
    Store(#[from] StoreError),
}

impl Refusal {
    /// A request that makes no sense.
    pub fn invalid(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Invalid { code, zh: zh.into(), en: en.into() }
    }

    /// Somebody else changed this since it was read.
    pub fn stale(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Stale(Noun::new(zh, en))
    }

    /// Somebody else changed this while it was worked on.
    pub fn overtaken(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Overtaken(Noun::new(zh, en))
    }

    /// Stable code, as the API's problem documents carry it.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound(_) => "not_found",
            Self::SignedOut => "signed_out",
            Self::Forbidden(_) => "forbidden",
            Self::TooMany { .. } => "too_many",
            Self::Stale(_) => "stale",
            Self::NoRegion => "no_region",
            Self::Invalid { code, .. } | Self::Barred { code, .. } => code,
            Self::Sheet(_) => "sheet.refused",
            Self::Region(_) => "region.refused",
            Self::Fields(_) => "application.refused",
            Self::Obstacles(obstacles) => match obstacles.as_slice() {
                [only] => only.code(),
                _ => "registration.obstacles",
            },
            Self::Overtaken(_) => "overtaken",
            Self::Randomness(_) | Self::File { .. } | Self::Store(_) => "internal",
        }
    }

    /// Whether the program failed, and not the request.
    #[must_use]
    pub const fn is_failure(&self) -> bool {
        match self {
            // What the caller can mend is no failure of the program.
            Self::Store(StoreError::Schema { .. } | StoreError::Address(_)) => false,
            Self::Store(_) | Self::Randomness(_) | Self::File { .. } => true,
            _ => false,
        }
    }

    /// What happened and what to do next, Chinese and English.
    #[must_use]
    pub fn sentences(&self) -> (String, String) {
        match self {
            Self::NotFound(what) => {
                (format!("没有找到：{what}。请核对编号。"), format!("not found: {what}; check the number"))
            }
            Self::SignedOut => ("请先登录，再继续。".to_owned(), "sign in first, then go on".to_owned()),
            Self::Forbidden(action) => (
                format!("当前角色不能{}。请切换角色，或联系管理员授权。", action.label()),
                format!(
                    "this role may not {}; switch to another role or ask the administrator for it",
                    action.label_en()
                ),
            ),
            Self::TooMany { retry_after_s } => (
                format!("尝试次数过多。请在 {retry_after_s} 秒后再试。"),
                format!("too many tries; try again in {retry_after_s} seconds"),
            ),
            Self::Stale(what) => (
                format!("{}已被他人修改。请刷新后核对，再提交您的修改。", what.zh),
                format!("somebody else changed {}; reload, compare and send your change again", what.en),
            ),
            Self::NoRegion => (
                "数据库中没有区域数据。请先运行 xiaoxiang region import regions/hunan。".to_owned(),
                "the database holds no region data; run xiaoxiang region import regions/hunan first"
                    .to_owned(),
            ),
            Self::Invalid { zh, en, .. } | Self::Barred { zh, en, .. } => (zh.clone(), en.clone()),
            Self::Sheet(problems) => (
                format!("文件有 {} 处问题，未导入任何数据。请按清单改正后重新导入。", problems.len()),
                format!(
                    "nothing was imported because of problems in the file ({}); correct what is listed and import again",
                    problems.len()
                ),
            ),
            Self::Fields(problems) => (
                format!("表单有 {} 处问题，未提交。请按清单改正。", problems.len()),
                format!("problems in the form: {}; correct what is listed", problems.len()),
            ),
            Self::Obstacles(obstacles) => {
                let words: Vec<_> = obstacles.iter().map(|obstacle| obstacle.words()).collect();
                let zh: Vec<_> = words.iter().map(|(zh, _)| *zh).collect();
                let en: Vec<_> = words.iter().map(|(_, en)| *en).collect();
                (format!("{}。", zh.join("；")), en.join("; "))
            }
            Self::Region(problems) => (
                format!("区域数据有 {} 处错误。请按清单改正。", problems.len()),
                format!("mistakes in the region data: {}; correct what is listed", problems.len()),
            ),
            Self::Overtaken(what) => (
                format!("处理期间{}被他人修改。请重新运行。", what.zh),
                format!("somebody else changed {} meanwhile; run it again", what.en),
            ),
            Self::Randomness(_) => {
                ("系统不能提供随机数。".to_owned(), "the system gives no randomness".to_owned())
            }
            Self::File { path, source } => {
                (format!("文件 {path}：{source}"), format!("file {path}: {source}"))
            }
            Self::Store(error) => store_sentences(error),
        }
    }
}

fn store_sentences(error: &StoreError) -> (String, String) {
    match error {
        StoreError::Schema { found: 0, .. } => (
            "数据库是空的。请先运行 xiaoxiang migrate。".to_owned(),
            "the database is empty; run xiaoxiang migrate first".to_owned(),
        ),
        StoreError::Schema { found, expected } if found > expected => (
            format!("数据库由更新的程序写成（版本 {found}，本程序为 {expected}）。请升级程序。"),
            format!(
                "the database was written by a newer program ({found}, this one knows {expected}); upgrade"
            ),
        ),
        StoreError::Schema { found, expected } => (
            format!("数据库版本 {found} 落后于程序 {expected}。请运行 xiaoxiang migrate。"),
            format!("the schema {found} is behind this program's {expected}; run xiaoxiang migrate"),
        ),
        other => {
            let cause =
                std::error::Error::source(other).map_or_else(String::new, |source| format!(": {source}"));
            (format!("数据库出错：{other}{cause}"), format!("{other}{cause}"))
        }
    }
}
