//! What a verification established, and what it did not.

use serde::Serialize;
use serde_json::{Value, json};

use crate::fault::{Fault, Sentence};
use crate::log_id::LogId;

/// Outcome of a verification in one word (结论).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// 不一致: something in the file, or between the file and what the verifier holds, is wrong.
    Broken,
    /// 内部自洽: the file agrees with itself. Whoever wrote it could have written another one.
    InternallyConsistent,
    /// 签名有效: the holder of the secret key vouches for it, but could vouch for another history.
    Signed,
    /// 与所持树头一致: what was printed earlier is still there; nobody known has signed the rest.
    MatchesEarlierHead,
    /// 已证明: signed, and unchanged and complete since the earlier head.
    Proven,
}

/// One fault and where it was met (发现).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Line of the file, from 1; `None` for what concerns the file as a whole.
    pub line: Option<u64>,
    /// What is wrong.
    pub fault: Fault,
}

/// Result of a verification (核验报告).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The outcome.
    pub verdict: Verdict,
    /// Which log the file says it is.
    pub log_id: Option<LogId>,
    /// Entries that were read.
    pub entries: u64,
    /// Signed heads that agree with the entries.
    pub heads_matched: u64,
    /// Heads that could not be compared because entries before them are damaged.
    pub heads_unchecked: u64,
    /// How many entries a key that the verifier trusts vouches for.
    pub vouched: Option<u64>,
    /// Size of the verifier's earlier head, if the file contains exactly its entries.
    pub matched_earlier: Option<u64>,
    /// What is wrong, in the order of the file.
    pub findings: Vec<Finding>,
}

impl Verdict {
    /// Says it in Chinese and English.
    pub fn sentence(self) -> Sentence {
        match self {
            Self::Broken => Sentence::new("不一致", "inconsistent"),
            Self::InternallyConsistent => Sentence::new("内部自洽", "internally consistent only"),
            Self::Signed => Sentence::new("签名有效", "signed by the key you hold"),
            Self::MatchesEarlierHead => Sentence::new("与所持树头一致", "matches the earlier head you hold"),
            Self::Proven => Sentence::new(
                "已证明：签名有效，且自所持树头以来完整、未经改写",
                "proven: signed, and complete and unaltered since the head you hold",
            ),
        }
    }
}

impl Report {
    /// Says what was established and what was not, in full sentences for the person who asked.
    pub fn statements(&self) -> Vec<Sentence> {
        let entries = self.entries;
        let mut said = vec![self.verdict.sentence()];
        if self.verdict != Verdict::Broken {
            said.push(Sentence::new(
                format!("文件中 {entries} 个条目连续、散列值相符，{} 个树头与之一致。", self.heads_matched),
                format!("The {entries} entries of the file have no gap, their hashes are right, and {} heads agree with them.", self.heads_matched),
            ));
        }
        if self.heads_unchecked > 0 {
            let unchecked = self.heads_unchecked;
            said.push(Sentence::new(
                format!("因前面的条目受损，{unchecked} 个树头无法核对。"),
                format!("{unchecked} heads could not be compared, because entries before them are damaged."),
            ));
        }
        said.push(match self.vouched {
            Some(vouched) => Sentence::new(
                format!("前 {vouched} 个条目的散列值有您所信任的密钥签名。"),
                format!("The hashes of the first {vouched} entries are signed by a key that you trust."),
            ),
            None => Sentence::new(
                "未能确认由谁签名：没有提供公钥，或文件中没有该公钥签名的树头。",
                "Not established who signed: no public key was given, or no head in the file is signed by it.",
            ),
        });
        let unsigned = entries - self.vouched.unwrap_or(0).min(entries);
        if self.vouched.is_some() && unsigned > 0 {
            said.push(Sentence::new(
                format!("最后 {unsigned} 个条目尚无签名覆盖。"),
                format!("The last {unsigned} entries are not yet covered by a signature."),
            ));
        }
        said.push(match self.matched_earlier {
            Some(size) => Sentence::new(
                format!("您所持树头的 {size} 个条目原样都在，此后的条目均接续其后。"),
                format!("The {size} entries of the head that you hold are all there unaltered, and the later ones follow them."),
            ),
            None => Sentence::new(
                "未能确认历史没有被整体改写：没有提供早先公布的树头，或与之不符。",
                "Not established that history was not rewritten as a whole: no earlier printed head was given, or it does not match.",
            ),
        });
        said.push(Sentence::new(
            "任何文件都不能证明其后没有新的条目，也不能证明条目所记之事属实。",
            "No file can show that nothing was appended after it was written, nor that what an entry says is true.",
        ));
        said
    }

    /// Returns the report as JSON for programs, sentences included.
    pub fn to_json(&self) -> Value {
        let findings: Vec<Value> = self.findings.iter().map(Finding::to_json).collect();
        json!({
            "verdict": self.verdict,
            "log_id": self.log_id,
            "entries": self.entries,
            "heads_matched": self.heads_matched,
            "heads_unchecked": self.heads_unchecked,
            "vouched": self.vouched,
            "matched_earlier": self.matched_earlier,
            "statements": self.statements(),
            "findings": findings,
        })
    }
}

impl Finding {
    fn to_json(&self) -> Value {
        let Sentence { zh, en } = self.fault.sentence();
        json!({
            "line": self.line,
            "position": self.fault.position(),
            "fault": self.fault,
            "zh": zh,
            "en": en,
        })
    }
}
