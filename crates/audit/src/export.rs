//! Writing a log to one file (导出), JSON Lines, with one entry in memory at a time.

use std::collections::VecDeque;
use std::io::Write;

use crate::entry::{EntryError, LogEntry};
use crate::export_line::{EntryLine, Header, Line, Trailer};
use crate::head::SignedTreeHead;
use crate::hex_text::Hash;
use crate::keys::PublicKey;
use crate::log_id::LogId;
use crate::tree::TreeState;

pub use crate::export_line::{EXPORT_FORMAT, EXPORT_VERSION, MAX_LINE_BYTES};

/// An export that could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The writer failed.
    #[error("cannot write the export")]
    Write(#[from] std::io::Error),
    /// An entry of the database has no canonical form: it was never written by this program.
    #[error("entry {position} cannot be exported")]
    Entry {
        /// Which entry.
        position: u64,
        /// Why not.
        source: EntryError,
    },
}

/// Writes header, entries with the heads among them, and trailer.
///
/// It writes what the database holds and does not correct it: an export of a log that was tampered
/// with must be possible, since [`verify`](crate::verify::verify) is what names the damage.
#[derive(Debug)]
pub struct ExportWriter<W: Write> {
    out: W,
    log_id: LogId,
    heads: VecDeque<SignedTreeHead>,
    heads_written: u64,
    entries_written: u64,
}

impl<W: Write> ExportWriter<W> {
    /// Writes the header. `first_key` is the key that the log began with, not the one in force;
    /// `heads` are all signed heads, in any order.
    pub fn begin(
        out: W,
        log_id: LogId,
        first_key: PublicKey,
        mut heads: Vec<SignedTreeHead>,
    ) -> Result<Self, ExportError> {
        heads.sort_by_key(|signed| (signed.head.size, signed.head.at_ms));
        let header = Header {
            format: EXPORT_FORMAT.to_owned(),
            version: EXPORT_VERSION,
            log_id: log_id.clone(),
            first_key,
        };
        let mut writer = Self { out, log_id, heads: heads.into(), heads_written: 0, entries_written: 0 };
        writer.write_plain(&Line::Header(header))?;
        writer.write_heads_up_to(0)?;
        Ok(writer)
    }

    /// Writes the next entry, in order of position, with the leaf hash that the database recorded
    /// when the entry was appended (not one computed now, which could hide an alteration).
    pub fn entry(&mut self, entry: LogEntry, leaf_hash: Hash) -> Result<(), ExportError> {
        let position = entry.position;
        let line = Line::Entry(EntryLine { leaf_hash, record: entry });
        let bytes = line.encode().map_err(|source| ExportError::Entry { position, source })?;
        self.write_line(&bytes)?;
        self.entries_written += 1;
        self.write_heads_up_to(self.entries_written)
    }

    /// Writes the trailer from the database's own head row and returns the flushed writer.
    pub fn finish(mut self, log: &TreeState) -> Result<W, ExportError> {
        // Heads beyond the last entry are evidence that entries are gone; they are not left out.
        self.write_heads_up_to(u64::MAX)?;
        let trailer = Trailer {
            log_id: self.log_id.clone(),
            entries: log.size,
            root: log.root,
            heads: self.heads_written,
        };
        self.write_plain(&Line::Trailer(trailer))?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn write_heads_up_to(&mut self, size: u64) -> Result<(), ExportError> {
        while let Some(signed) = self.heads.pop_front_if(|next| next.head.size <= size) {
            self.write_plain(&Line::Head(signed))?;
            self.heads_written += 1;
        }
        Ok(())
    }

    fn write_plain(&mut self, line: &Line) -> Result<(), ExportError> {
        let bytes = line.encode().expect("only entries can lack a canonical form");
        self.write_line(&bytes)
    }

    fn write_line(&mut self, bytes: &[u8]) -> Result<(), ExportError> {
        debug_assert!(bytes.len() <= MAX_LINE_BYTES, "entries are limited");
        self.out.write_all(bytes)?;
        self.out.write_all(b"\n")?;
        Ok(())
    }
}
