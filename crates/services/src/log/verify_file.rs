//! Checks a file that somebody brings (文件核验): an exported log, or the proof of one record. Nothing is kept of it.

use std::io::Cursor;

use xiaoxiang_audit::{PublicKey, Sentence, SignedTreeHead, SubjectProof, Verdict, verify};

use crate::refusal::Refusal;

/// Findings told at most.
const FINDINGS_TOLD_MAX: usize = 50;

/// What a check came to, in sentences.
#[derive(Clone, Debug)]
pub struct CheckedFile {
    /// The outcome.
    pub outcome: Outcome,
    /// What was established and what was not, Chinese and English.
    pub statements: Vec<(String, String)>,
    /// What is wrong, Chinese and English.
    pub findings: Vec<(String, String)>,
    /// How many more findings there are.
    pub left_out: usize,
}

/// The outcome of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Something does not fit.
    Broken,
    /// It fits as far as it goes: something that would prove it was not given.
    Partly,
    /// Proven with what was given.
    Proven,
}

/// Checks a file with the key and the earlier head that whoever asks holds; both may be empty.
///
/// This takes as long as hashing the file: call it where waiting is allowed.
pub fn verify_file(bytes: &[u8], key: &str, since: &str) -> Result<CheckedFile, Refusal> {
    let key: Option<PublicKey> = parsed(key, "audit.key", "公钥", "public key")?;
    let since: Option<SignedTreeHead> = parsed(since, "audit.head", "树头", "tree head")?;
    if let Some(proof) = std::str::from_utf8(bytes).ok().and_then(|text| SubjectProof::from_json(text).ok()) {
        return Ok(checked_proof(&proof, key.as_ref(), since.as_ref()));
    }
    let report = verify(Cursor::new(bytes), key.as_ref(), since.as_ref())
        .map_err(|source| Refusal::File { path: "upload".to_owned(), source })?;
    let said = |Sentence { zh, en }: Sentence| (zh, en);
    let findings = report.findings.iter().take(FINDINGS_TOLD_MAX).map(|finding| {
        let (zh, en) = said(finding.fault.sentence());
        finding.line.map_or((zh.clone(), en.clone()), |line| {
            (format!("第 {line} 行：{zh}"), format!("line {line}: {en}"))
        })
    });
    Ok(CheckedFile {
        outcome: match report.verdict {
            Verdict::Broken => Outcome::Broken,
            Verdict::Proven => Outcome::Proven,
            Verdict::InternallyConsistent | Verdict::Signed | Verdict::MatchesEarlierHead => Outcome::Partly,
        },
        statements: report.statements().into_iter().map(said).collect(),
        findings: findings.collect(),
        left_out: report.findings.len().saturating_sub(FINDINGS_TOLD_MAX),
    })
}

fn checked_proof(
    proof: &SubjectProof,
    key: Option<&PublicKey>,
    since: Option<&SignedTreeHead>,
) -> CheckedFile {
    let entry = &proof.entry;
    let none =
        CheckedFile { outcome: Outcome::Partly, statements: Vec::new(), findings: Vec::new(), left_out: 0 };
    let Some(key) = key else {
        return CheckedFile {
            statements: vec![(
                "这是一份单条记录的证明，须提供公钥才能核验。公钥请向发布单位索取，不要取自同一来源。".to_owned(),
                "This is the proof of one record; it can only be checked with the public key. Get the key from the \
                 issuing office, not from where the file came."
                    .to_owned(),
            )],
            ..none
        };
    };
    if let Err(error) = proof.verify(key) {
        return CheckedFile {
            outcome: Outcome::Broken,
            statements: vec![("证明不成立。".to_owned(), "Not proved.".to_owned())],
            findings: vec![(format!("原因：{error}"), format!("cause: {error}"))],
            ..none
        };
    }
    let mut statements = vec![
        (
            format!("证明成立：第 {} 条日志（{}，{}）在签名的日志之中。", entry.position, entry.kind, entry.subject),
            format!("Proved: log entry {} ({}, {}) is in the signed log.", entry.position, entry.kind, entry.subject),
        ),
        (
            "它不证明此后没有新的条目更改或撤销这条记录，也不证明条目所记之事属实。".to_owned(),
            "It does not show that no later entry changed or withdrew the record, nor that what the entry says is true."
                .to_owned(),
        ),
    ];
    if let Some(since) = since {
        let is_same = *since == proof.head;
        statements.push(if is_same {
            ("证明所用的树头就是您所持的树头。".to_owned(), "The proof rests on the very head that you hold.".to_owned())
        } else {
            (
                "证明所用的树头不是您所持的那一个；两者是否属于同一部历史，须用导出的日志核验。".to_owned(),
                "The proof rests on another head than yours; whether both belong to one history takes an exported log \
                 to check."
                    .to_owned(),
            )
        });
    }
    CheckedFile { outcome: Outcome::Proven, statements, ..none }
}

/// A key or head as it was typed; nothing where the field is empty.
fn parsed<T: std::str::FromStr>(
    text: &str,
    code: &'static str,
    zh: &str,
    en: &str,
) -> Result<Option<T>, Refusal> {
    let text: String = text.split_whitespace().collect();
    if text.is_empty() {
        return Ok(None);
    }
    let read = text.parse().map(Some);
    read.map_err(|_| {
        Refusal::invalid(
            code,
            format!("这不是{zh}。请从通报或发布单位处完整复制。"),
            format!("this is not a {en}; copy the whole of it from a bulletin or from the issuing office"),
        )
    })
}
