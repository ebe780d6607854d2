//! `audit export|verify|prove|sign|check|key`

use std::fs::File;
use std::io::{BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use clap::Subcommand;
use xiaoxiang_audit::{PublicKey, SignedTreeHead, SubjectProof, Verdict, verify};
use xiaoxiang_services::Refusal;
use xiaoxiang_services::log::{check_log, export_log, prove_subject, sign_tree_head};

use super::output::{self, Format, say};
use super::{CommandResult, Context, Outcome, database};

/// Commands about the audit log.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Write the whole log into one file
    Export {
        /// File
        #[arg(long)]
        out: PathBuf,
    },
    /// Check an exported log or a proof, without a database
    Verify {
        /// File
        file: PathBuf,
        /// Public key that you hold, as text or a file with it
        #[arg(long)]
        key: Option<String>,
        /// Tree head printed in an earlier bulletin, as text or a file with it
        #[arg(long)]
        since: Option<String>,
    },
    /// Prove that a record is in the log: contract:NUMBER, import:ID, …
    Prove {
        /// Subject
        subject: String,
        /// File; stdout where it is not given
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Sign and print the log's present tree head
    Sign,
    /// Check that the stored log agrees with itself
    Check,
    /// Print the public key that outsiders should hold
    Key,
}

pub async fn run(context: &Context, command: AuditCommand) -> CommandResult {
    match command {
        AuditCommand::Verify { file, key, since } => {
            return verify_file(context, &file, key.as_deref(), since.as_deref());
        }
        AuditCommand::Export { out } => {
            let app = database::open(context).await?;
            let failed = |source| Refusal::File { path: out.display().to_string(), source };
            let mut writer = BufWriter::new(File::create(&out).map_err(failed)?);
            let entries = export_log(&app, &database::key_of(&app, context)?, &mut writer).await?;
            writer.flush().map_err(failed)?;
            say(&format!("已导出 {entries} 条日志。"), &format!("{entries} log entries exported"));
        }
        AuditCommand::Prove { subject, out } => {
            let app = database::open(context).await?;
            let proof = prove_subject(&app, &database::key_of(&app, context)?, &subject).await?;
            let text = proof.to_json().map_err(|error| {
                Refusal::invalid(
                    "audit.proof",
                    format!("证明无法写出：{error}"),
                    format!("the proof cannot be written: {error}"),
                )
            })?;
            match out {
                Some(path) => std::fs::write(&path, text)
                    .map_err(|source| Refusal::File { path: path.display().to_string(), source })?,
                None => output::print_data(&text),
            }
        }
        AuditCommand::Sign => {
            let app = database::open(context).await?;
            output::print_data(&sign_tree_head(&app, &database::key_of(&app, context)?).await?.to_string());
        }
        AuditCommand::Check => {
            let app = database::open(context).await?;
            let state = check_log(&app).await?;
            say(
                &format!("日志 {} 条，自洽。", state.size),
                &format!("{} log entries, consistent", state.size),
            );
        }
        AuditCommand::Key => {
            let app = database::open(context).await?;
            output::print_data(&database::key_of(&app, context)?.public_key().to_string());
        }
    }
    Ok(Outcome::Done)
}

fn verify_file(context: &Context, file: &Path, key: Option<&str>, since: Option<&str>) -> CommandResult {
    let key: Option<PublicKey> =
        key.map(|text| parsed(text, "audit.key", "公钥", "public key")).transpose()?;
    let since: Option<SignedTreeHead> =
        since.map(|text| parsed(text, "audit.head", "树头", "tree head")).transpose()?;
    let opened = File::open(file).map_err(|_| Refusal::NotFound(file.display().to_string()))?;
    if let Some(key) = &key
        && let Ok(proof) = std::fs::read_to_string(file)
        && let Ok(proof) = SubjectProof::from_json(&proof)
    {
        return verify_proof(&proof, key);
    }
    let report = verify(BufReader::new(opened), key.as_ref(), since.as_ref())
        .map_err(|source| Refusal::File { path: file.display().to_string(), source })?;
    if context.format == Some(Format::Json) {
        output::print_json(&report.to_json());
    } else {
        for sentence in report.statements() {
            output::print_data(&format!("{}\n{}", sentence.zh, sentence.en));
        }
        for finding in &report.findings {
            let sentence = finding.fault.sentence();
            let line = finding.line.map(|line| format!("{line}: ")).unwrap_or_default();
            output::print_data(&format!("{line}{}\n{line}{}", sentence.zh, sentence.en));
        }
    }
    Ok(if report.verdict == Verdict::Broken { Outcome::Refused } else { Outcome::Done })
}

fn verify_proof(proof: &SubjectProof, key: &PublicKey) -> CommandResult {
    match proof.verify(key) {
        Ok(()) => {
            let entry = &proof.entry;
            say(
                &format!("证明成立：第 {} 条日志（{}，{}）。", entry.position, entry.kind, entry.subject),
                &format!("proved: log entry {} ({}, {})", entry.position, entry.kind, entry.subject),
            );
            Ok(Outcome::Done)
        }
        Err(error) => {
            say(&format!("证明不成立：{error}"), &format!("not proved: {error}"));
            Ok(Outcome::Refused)
        }
    }
}

/// A key or head given as text, or as the name of a file that holds it.
fn parsed<T: std::str::FromStr>(text: &str, code: &'static str, zh: &str, en: &str) -> Result<T, Refusal> {
    let held = std::fs::read_to_string(text).unwrap_or_else(|_| text.to_owned());
    held.trim().parse().map_err(|_| {
        Refusal::invalid(
            code,
            format!("“{text}”不是{zh}，也不是含有它的文件。"),
            format!("`{text}` is neither a {en} nor a file that holds one"),
        )
    })
}
