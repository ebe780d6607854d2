//! What can be wrong with an export, each with its sentence in Chinese and in English.

use serde::Serialize;

use crate::entry::EntryError;
use crate::hex_text::KeyId;
use crate::rotation::RotationError;

/// One statement in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sentence {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Sentence {
    pub(crate) fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }
}

/// Something that a true and whole export would not show (问题).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Fault {
    /// The first line is not the header of an export that this version reads.
    NotAnExport,
    /// The log id of the header is not that of the last line; one of the two was altered.
    HeaderContradicted,
    /// A line is damaged, not in canonical form, too long or in the wrong place.
    LineUnreadable {
        /// The entry that was due at this place.
        expected: u64,
        /// What the reader met.
        trouble: LineTrouble,
    },
    /// The content of an entry does not have the hash that the log recorded for it.
    EntryAltered {
        /// Which entry.
        position: u64,
    },
    /// Entries are not in the file.
    EntriesMissing {
        /// First missing position.
        first: u64,
        /// Last missing position.
        last: u64,
    },
    /// An entry stands in the file again.
    EntryRepeated {
        /// Which entry.
        position: u64,
    },
    /// An entry stands after one that should follow it.
    EntryOutOfOrder {
        /// Which entry.
        position: u64,
    },
    /// The entries of this file do not give the root that a head states.
    RootWrong {
        /// First entry that no matching head vouches for.
        first: u64,
        /// Size that the head states.
        size: u64,
    },
    /// A head stands at another place than after as many entries as it states.
    HeadMisplaced {
        /// Size that the head states.
        size: u64,
    },
    /// A head belongs to another log.
    HeadOfOtherLog {
        /// Size that the head states.
        size: u64,
    },
    /// The signature of a head does not hold.
    SignatureWrong {
        /// Size that the head states.
        size: u64,
        /// The key that it names.
        key_id: KeyId,
    },
    /// A head is signed by a key that was not the one in force: unknown, retired or not yet begun.
    KeyNotInForce {
        /// Size that the head states.
        size: u64,
        /// The key that it names.
        key_id: KeyId,
    },
    /// A change of key is not signed by the key in force, or breaks another rule.
    RotationWrong {
        /// The entry that carries it.
        position: u64,
        /// Which rule.
        reason: RotationError,
    },
    /// The file ends without its last line.
    TrailerMissing {
        /// The entry that was due next.
        expected: u64,
    },
    /// The last line contradicts the lines before it.
    TrailerWrong {
        /// Which statement.
        statement: TrailerStatement,
    },
    /// Something follows the last line.
    LinesAfterTrailer,
    /// The key that the verifier holds is not a key of this log.
    HeldKeyUnknown,
    /// The earlier head is one of another log.
    EarlierHeadOfOtherLog,
    /// The earlier head is not signed by a key of this log.
    EarlierHeadNotSigned,
    /// The file has fewer entries than the log had when the earlier head was printed.
    EndsBeforeEarlierHead {
        /// Size of the earlier head.
        size: u64,
        /// Entries in the file.
        entries: u64,
    },
    /// Entries that existed when the earlier head was printed are no longer the same.
    HistoryRewritten {
        /// Size of the earlier head.
        size: u64,
    },
    /// So much is wrong that the list stops here.
    TooManyFindings,
}

/// Why a line could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LineTrouble {
    /// The file ends within the line.
    CutOff,
    /// Longer than [`MAX_LINE_BYTES`](crate::export::MAX_LINE_BYTES).
    TooLong,
    /// No line of this format.
    NotALine,
    /// Says the same as a line of this format, in other bytes.
    NotCanonical,
    /// An entry that breaks a rule for entries.
    EntryInvalid,
    /// A header that is not the first line.
    SecondHeader,
}

/// What the last line states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TrailerStatement {
    /// Which log it is.
    LogId,
    /// How many heads the file has.
    Heads,
    /// How many entries the log has.
    Entries,
    /// The root over them.
    Root,
}

impl From<EntryError> for LineTrouble {
    fn from(cause: EntryError) -> Self {
        match cause {
            EntryError::NotAnEntry(_) => Self::NotALine,
            EntryError::NotCanonical => Self::NotCanonical,
            _ => Self::EntryInvalid,
        }
    }
}

impl LineTrouble {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::CutOff => ("文件在该行中断", "the file ends within the line"),
            Self::TooLong => ("该行过长", "the line is too long"),
            Self::NotALine => ("不是本格式的内容", "it is no line of this format"),
            Self::NotCanonical => ("字节与规范形式不同", "its bytes are not in canonical form"),
            Self::EntryInvalid => ("条目不合规则", "the entry breaks a rule for entries"),
            Self::SecondHeader => ("文件头重复出现", "it is a second header"),
        }
    }
}

impl TrailerStatement {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::LogId => ("日志编号", "log id"),
            Self::Heads => ("树头数", "number of heads"),
            Self::Entries => ("条目数", "number of entries"),
            Self::Root => ("树根", "root"),
        }
    }
}

fn rotation_words(reason: RotationError) -> (&'static str, &'static str) {
    match reason {
        RotationError::Form => ("格式不符", "it has not the form of one"),
        RotationError::OtherLog => ("属于另一份日志", "it is meant for another log"),
        RotationError::Signature => ("没有当时有效密钥的签名", "it is not signed by the key in force"),
        RotationError::Reused => ("新密钥曾被使用", "its new key has been in use before"),
        RotationError::TooMany => ("密钥过多", "the log has too many keys"),
    }
}

impl Fault {
    /// Returns the entry that the fault names, the first one of a range.
    pub fn position(&self) -> Option<u64> {
        match self {
            Self::LineUnreadable { expected, .. } | Self::TrailerMissing { expected } => Some(*expected),
            Self::EntryAltered { position }
            | Self::EntryRepeated { position }
            | Self::EntryOutOfOrder { position }
            | Self::RotationWrong { position, .. } => Some(*position),
            Self::EntriesMissing { first, .. } | Self::RootWrong { first, .. } => Some(*first),
            _ => None,
        }
    }

    /// Says it in Chinese and English.
    pub fn sentence(&self) -> Sentence {
        let (zh, en) = match self {
            Self::NotAnExport => (
                "首行不是本程序可读的审计日志导出文件头".to_owned(),
                "the first line is not the header of an audit export that this version reads".to_owned(),
            ),
            Self::HeaderContradicted => (
                "文件头所载日志编号与末行不符，其中之一被改动".to_owned(),
                "the log id of the header is not that of the last line: one of the two was altered"
                    .to_owned(),
            ),
            Self::LineUnreadable { expected, trouble } => {
                let (zh, en) = trouble.words();
                (
                    format!("该行无法读取（此处应为第 {expected} 号条目）：{zh}"),
                    format!("the line cannot be read (entry {expected} was due here): {en}"),
                )
            }
            Self::EntryAltered { position } => (
                format!("第 {position} 号条目的内容与其记录的散列值不符，内容或散列值被改动"),
                format!(
                    "the content of entry {position} does not have its recorded hash: one of the two was altered"
                ),
            ),
            Self::EntriesMissing { first, last } if first == last => {
                (format!("缺少第 {first} 号条目"), format!("entry {first} is missing"))
            }
            Self::EntriesMissing { first, last } => {
                (format!("缺少第 {first} 至 {last} 号条目"), format!("entries {first} to {last} are missing"))
            }
            Self::EntryRepeated { position } => {
                (format!("第 {position} 号条目重复出现"), format!("entry {position} appears again"))
            }
            Self::EntryOutOfOrder { position } => {
                (format!("第 {position} 号条目次序颠倒"), format!("entry {position} is out of order"))
            }
            Self::RootWrong { first, size } => (
                format!("第 {first} 号起的条目与 {size} 条时的树根不符，其中有条目被改动"),
                format!(
                    "the entries from {first} on do not give the root stated for {size} entries: one of them was altered"
                ),
            ),
            Self::HeadMisplaced { size } => (
                format!("{size} 条时的树头不在第 {size} 条之后"),
                format!("the head of {size} entries does not stand after {size} entries"),
            ),
            Self::HeadOfOtherLog { size } => (
                format!("{size} 条时的树头属于另一份日志"),
                format!("the head of {size} entries belongs to another log"),
            ),
            Self::SignatureWrong { size, key_id } => (
                format!("{size} 条时的树头签名无效（密钥 {key_id}）"),
                format!("the signature of the head of {size} entries does not hold (key {key_id})"),
            ),
            Self::KeyNotInForce { size, key_id } => (
                format!("{size} 条时的树头由密钥 {key_id} 签名，而当时有效的不是该密钥"),
                format!("the head of {size} entries is signed by key {key_id}, which was not in force then"),
            ),
            Self::RotationWrong { position, reason } => {
                let (zh, en) = rotation_words(*reason);
                (
                    format!("第 {position} 号条目的密钥轮换无效：{zh}"),
                    format!("the key rotation in entry {position} does not hold: {en}"),
                )
            }
            Self::TrailerMissing { expected } => (
                format!("文件在第 {expected} 号条目之前中断，没有末行"),
                format!("the file breaks off before entry {expected}: its last line is missing"),
            ),
            Self::TrailerWrong { statement } => {
                let (zh, en) = statement.words();
                (
                    format!("末行所载{zh}与前文不符"),
                    format!("the {en} in the last line contradicts what stands before it"),
                )
            }
            Self::LinesAfterTrailer => {
                ("末行之后还有内容".to_owned(), "something follows the last line".to_owned())
            }
            Self::HeldKeyUnknown => (
                "您持有的公钥不属于这份日志的密钥链".to_owned(),
                "the key that you hold is not among the keys of this log".to_owned(),
            ),
            Self::EarlierHeadOfOtherLog => (
                "您持有的树头属于另一份日志".to_owned(),
                "the head that you hold belongs to another log".to_owned(),
            ),
            Self::EarlierHeadNotSigned => (
                "您持有的树头没有本日志密钥的有效签名".to_owned(),
                "the head that you hold is not signed by a key of this log".to_owned(),
            ),
            Self::EndsBeforeEarlierHead { size, entries } => (
                format!("您持有的树头有 {size} 条，文件只有 {entries} 条：末尾的条目被删去"),
                format!(
                    "the head that you hold has {size} entries, the file only {entries}: its end was cut off"
                ),
            ),
            Self::HistoryRewritten { size } => (
                format!("前 {size} 条与您持有的树头不一致：历史被改写"),
                format!(
                    "the first {size} entries are not those of the head that you hold: history was rewritten"
                ),
            ),
            Self::TooManyFindings => {
                ("问题过多，其余不再列出".to_owned(), "too many findings; the rest is not listed".to_owned())
            }
        };
        Sentence { zh, en }
    }
}
