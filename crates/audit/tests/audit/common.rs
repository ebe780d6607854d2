//! A small log that the tests export, damage and verify.

use serde_json::{Value, json};
use xiaoxiang_audit::{
    ExportWriter, Frontier, Hash, KEY_ROTATED, KeyRotation, LogEntry, LogId, PublicKey, Report,
    SignedTreeHead, SigningKey, TreeHead, verify,
};

/// 2026-11-22 00:00 UTC.
pub const AT_MS: i64 = 1_795_305_600_000;

pub fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

pub fn log_id() -> LogId {
    "0193a1b2-7c3d-7e4f-8a9b-0c1d2e3f4a5b".parse().unwrap()
}

pub fn entry(position: u64, payload: Value) -> LogEntry {
    LogEntry {
        format: 1,
        position,
        at_ms: AT_MS + position as i64,
        actor: "officer:示例".to_owned(),
        kind: "contract.changed".to_owned(),
        subject: format!("contract:20264301000{position:05}"),
        payload,
    }
}

/// A log as a database would keep it.
pub struct Log {
    pub entries: Vec<LogEntry>,
    pub hashes: Vec<Hash>,
    pub heads: Vec<SignedTreeHead>,
    pub first_key: PublicKey,
    key: SigningKey,
}

impl Log {
    pub fn new() -> Self {
        Self {
            entries: Vec::new(),
            hashes: Vec::new(),
            heads: Vec::new(),
            first_key: key(1).public_key(),
            key: key(1),
        }
    }

    /// A log of `size` entries with a head after every fourth and after the last.
    pub fn of(size: u64) -> Self {
        let mut log = Self::new();
        for position in 0..size {
            log.append(json!({"contract_value_fen": 100_000 + position, "地点": "长沙市"}));
            if position % 4 == 3 || position + 1 == size {
                log.sign_head();
            }
        }
        log
    }

    pub fn append(&mut self, payload: Value) {
        self.push(entry(self.entries.len() as u64, payload));
    }

    pub fn push(&mut self, entry: LogEntry) {
        self.hashes.push(entry.leaf_hash().unwrap());
        self.entries.push(entry);
    }

    pub fn sign_head(&mut self) -> SignedTreeHead {
        let key = SigningKey::from_pkcs8_pem(&self.key.to_pkcs8_pem()).unwrap();
        self.sign_head_with(&key)
    }

    pub fn sign_head_with(&mut self, key: &SigningKey) -> SignedTreeHead {
        let state = Frontier::of(&self.hashes).state();
        let head = TreeHead {
            log_id: log_id(),
            size: state.size,
            root: state.root,
            at_ms: AT_MS + 1000 + state.size as i64,
        };
        let signed = head.sign(key);
        self.heads.push(signed.clone());
        signed
    }

    pub fn rotate(&mut self, new: SigningKey) -> KeyRotation {
        let rotation = KeyRotation::sign(log_id(), &self.key, new.public_key());
        let mut entry = entry(self.entries.len() as u64, rotation.to_payload());
        entry.kind = KEY_ROTATED.to_owned();
        self.push(entry);
        self.key = new;
        rotation
    }

    pub fn export(&self) -> Vec<u8> {
        let begun = ExportWriter::begin(Vec::new(), log_id(), self.first_key.clone(), self.heads.clone());
        let mut writer = begun.unwrap();
        for (entry, hash) in self.entries.iter().zip(&self.hashes) {
            writer.entry(entry.clone(), *hash).unwrap();
        }
        writer.finish(&Frontier::of(&self.hashes).state()).unwrap()
    }

    pub fn lines(&self) -> Vec<String> {
        let text = String::from_utf8(self.export()).unwrap();
        text.lines().map(str::to_owned).collect()
    }
}

pub fn join(lines: &[String]) -> Vec<u8> {
    let mut text = lines.join("\n");
    text.push('\n');
    text.into_bytes()
}

/// Index among the lines of the line that holds the entry.
pub fn line_of(lines: &[String], position: u64) -> usize {
    let holds = format!("\"position\":{position},");
    lines.iter().position(|line| line.contains(&holds)).unwrap()
}

pub fn verify_alone(file: &[u8]) -> Report {
    verify(file, None, None).unwrap()
}

pub fn faults(report: &Report) -> Vec<xiaoxiang_audit::Fault> {
    report.findings.iter().map(|finding| finding.fault.clone()).collect()
}
