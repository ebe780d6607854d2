//! Checking an export file (核验) with no database, in one pass, in bounded memory.

use std::io::{self, BufRead, Read as _};
use std::mem;

use crate::export_line::{
    EXPORT_FORMAT, EXPORT_VERSION, EntryLine, Header, Line, MAX_LINE_BYTES, Trailer, record_bytes,
};
use crate::head::SignedTreeHead;
use crate::keys::PublicKey;
use crate::log_id::LogId;
use crate::rotation::{KEY_ROTATED, KeyChain, KeyRotation};
use crate::tree::{Frontier, leaf_hash};

pub use crate::fault::{Fault, LineTrouble, Sentence, TrailerStatement};
pub use crate::report::{Finding, Report, Verdict};

/// Most findings that are listed; a file with more is hopeless, and memory is bounded.
pub const MAX_FINDINGS: usize = 1000;

/// Checks an export against itself and against what the outsider holds: a public key got from the
/// office once, and a head printed in an earlier bulletin.
///
/// Without either, the best verdict is [`Verdict::InternallyConsistent`]: whoever can write the
/// file can make it agree with itself. `Err` is only for a reader that fails.
pub fn verify(
    mut reader: impl BufRead,
    held_key: Option<&PublicKey>,
    since: Option<&SignedTreeHead>,
) -> io::Result<Report> {
    let mut buffer = Vec::new();
    let first = read_line(&mut reader, &mut buffer)?;
    let Some(header) = read_header(&first, &buffer) else {
        return Ok(not_an_export());
    };
    let mut verifier = Verifier::new(header, held_key, since);
    loop {
        verifier.line += 1;
        match read_line(&mut reader, &mut buffer)? {
            Read::End => return Ok(verifier.finish()),
            Read::Unfit(trouble) => verifier.unreadable(trouble),
            Read::Line => verifier.take_line(&buffer),
        }
    }
}

/// What stands at the reader's place.
enum Read {
    Line,
    Unfit(LineTrouble),
    End,
}

/// Reads one line without its end; of a line that is too long no more is kept than the limit.
fn read_line(reader: &mut impl BufRead, buffer: &mut Vec<u8>) -> io::Result<Read> {
    buffer.clear();
    let limit = MAX_LINE_BYTES as u64 + 1;
    reader.take(limit).read_until(b'\n', buffer)?;
    if buffer.is_empty() {
        return Ok(Read::End);
    }
    if buffer.pop_if(|last| *last == b'\n').is_some() {
        return Ok(Read::Line);
    }
    if (buffer.len() as u64) < limit {
        return Ok(Read::Unfit(LineTrouble::CutOff));
    }
    reader.skip_until(b'\n')?;
    Ok(Read::Unfit(LineTrouble::TooLong))
}

fn read_header(first: &Read, bytes: &[u8]) -> Option<Header> {
    let Read::Line = first else { return None };
    match Line::decode(bytes).ok()? {
        Line::Header(header) if header.format == EXPORT_FORMAT && header.version == EXPORT_VERSION => {
            Some(header)
        }
        _ => None,
    }
}

fn not_an_export() -> Report {
    Report {
        verdict: Verdict::Broken,
        log_id: None,
        entries: 0,
        heads_matched: 0,
        heads_unchecked: 0,
        vouched: None,
        matched_earlier: None,
        findings: vec![Finding { line: Some(1), fault: Fault::NotAnExport }],
    }
}

/// Positions that were passed over, and the line where that was noticed.
struct Gap {
    first: u64,
    last: u64,
    line: u64,
}

/// Everything that is remembered between two lines.
struct Verifier<'a> {
    held_key: Option<&'a PublicKey>,
    since: Option<&'a SignedTreeHead>,
    log_id: LogId,
    /// Keys of the log as the file tells it.
    chain: KeyChain,
    /// Tree over the recorded leaf hashes of the entries so far.
    tree: Frontier,
    line: u64,
    /// Position that the next entry should have.
    expected: u64,
    entries: u64,
    heads_read: u64,
    heads_matched: u64,
    heads_unchecked: u64,
    /// Size of the last head that matched: entries before it are as they were.
    sound_until: u64,
    /// An entry was altered or lost: a root that differs from now on is a consequence, not news.
    is_damaged: bool,
    /// Position at which a line could not be read; its entry is not reported missing as well.
    unreadable_at: Option<u64>,
    /// Entries that have not come yet; one that comes late is out of order, not missing.
    gaps: Vec<Gap>,
    vouched: Option<u64>,
    matched_earlier: Option<u64>,
    trailer_line: Option<u64>,
    findings: Vec<Finding>,
}

impl<'a> Verifier<'a> {
    fn new(header: Header, held_key: Option<&'a PublicKey>, since: Option<&'a SignedTreeHead>) -> Self {
        let mut verifier = Self {
            held_key,
            since,
            chain: KeyChain::new(header.log_id.clone(), header.first_key),
            log_id: header.log_id,
            tree: Frontier::default(),
            line: 1,
            expected: 0,
            entries: 0,
            heads_read: 0,
            heads_matched: 0,
            heads_unchecked: 0,
            sound_until: 0,
            is_damaged: false,
            unreadable_at: None,
            gaps: Vec::new(),
            vouched: None,
            matched_earlier: None,
            trailer_line: None,
            findings: Vec::new(),
        };
        verifier.compare_with_earlier();
        verifier
    }

    fn take_line(&mut self, bytes: &[u8]) {
        if let Some(trailer_line) = self.trailer_line {
            if self.line == trailer_line + 1 {
                self.report(Fault::LinesAfterTrailer);
            }
            return;
        }
        match Line::decode(bytes) {
            Ok(Line::Entry(line)) => self.take_entry(line, bytes),
            Ok(Line::Head(signed)) => self.take_head(&signed),
            Ok(Line::Trailer(trailer)) => self.take_trailer(&trailer),
            Ok(Line::Header(_)) => self.unreadable(LineTrouble::SecondHeader),
            Err(cause) => self.unreadable(cause.into()),
        }
    }

    fn unreadable(&mut self, trouble: LineTrouble) {
        self.is_damaged = true;
        self.unreadable_at = Some(self.expected);
        let expected = self.expected;
        self.report(Fault::LineUnreadable { expected, trouble });
    }

    fn take_entry(&mut self, line: EntryLine, bytes: &[u8]) {
        let position = line.record.position;
        self.entries += 1;
        if !self.is_in_order(position) {
            self.is_damaged = true;
            return;
        }
        if leaf_hash(record_bytes(bytes, &line.leaf_hash)) != line.leaf_hash {
            self.is_damaged = true;
            self.report(Fault::EntryAltered { position });
        }
        self.tree.append(line.leaf_hash);
        self.expected = position + 1;
        if line.record.kind == KEY_ROTATED {
            self.take_rotation(position, &line);
        }
        self.compare_with_earlier();
    }

    /// Says whether the entry follows what has been read, possibly after a gap.
    fn is_in_order(&mut self, position: u64) -> bool {
        if position < self.expected {
            let fault = if self.fill_gap(position) {
                Fault::EntryOutOfOrder { position }
            } else {
                Fault::EntryRepeated { position }
            };
            self.report(fault);
            return false;
        }
        if position > self.expected {
            self.is_damaged = true;
            let is_explained = self.unreadable_at == Some(self.expected) && position == self.expected + 1;
            if !is_explained && self.gaps.len() < MAX_FINDINGS {
                self.gaps.push(Gap { first: self.expected, last: position - 1, line: self.line });
            }
        }
        true
    }

    /// Takes a position out of the gaps; false if it was in none.
    fn fill_gap(&mut self, position: u64) -> bool {
        let holds = |gap: &Gap| (gap.first..=gap.last).contains(&position);
        let Some(place) = self.gaps.iter().position(holds) else {
            return false;
        };
        let Gap { first, last, line } = self.gaps.swap_remove(place);
        if first < position {
            self.gaps.push(Gap { first, last: position - 1, line });
        }
        if position < last && self.gaps.len() < MAX_FINDINGS {
            self.gaps.push(Gap { first: position + 1, last, line });
        }
        true
    }

    fn take_rotation(&mut self, position: u64, line: &EntryLine) {
        let rotated =
            KeyRotation::from_payload(&line.record.payload).and_then(|rotation| self.chain.rotate(&rotation));
        if let Err(reason) = rotated {
            self.report(Fault::RotationWrong { position, reason });
        }
    }

    fn take_head(&mut self, signed: &SignedTreeHead) {
        self.heads_read += 1;
        let (head, key_id) = (&signed.head, signed.key_id);
        let size = head.size;
        if head.log_id != self.log_id {
            return self.report(Fault::HeadOfOtherLog { size });
        }
        let key = self.chain.in_force();
        let is_signed = signed.is_signed_by(key);
        if key.key_id() != key_id {
            // After damage the rotation that began this key may be what was lost.
            if !self.is_damaged {
                self.report(Fault::KeyNotInForce { size, key_id });
            }
        } else if !is_signed {
            self.report(Fault::SignatureWrong { size, key_id });
        }
        if head.state() == self.tree.state() {
            self.heads_matched += 1;
            self.sound_until = size;
            if is_signed && self.is_trusted(self.chain.in_force()) {
                self.vouched = Some(size);
            }
        } else if self.is_damaged {
            self.heads_unchecked += 1;
        } else if size != self.expected {
            self.report(Fault::HeadMisplaced { size });
        } else {
            let first = self.sound_until;
            self.is_damaged = true;
            self.report(Fault::RootWrong { first, size });
        }
    }

    /// Says whether the key is the one that the outsider holds, or follows it in the chain.
    fn is_trusted(&self, signer: &PublicKey) -> bool {
        self.held_key.is_some_and(|held| self.chain.follows(signer, held))
    }

    fn compare_with_earlier(&mut self) {
        let Some(since) = self.since else { return };
        let head = &since.head;
        if head.log_id != self.log_id || head.size != self.tree.size() {
            return;
        }
        if head.root == self.tree.root() {
            self.matched_earlier = Some(head.size);
            self.sound_until = self.sound_until.max(head.size);
        } else if !self.is_damaged {
            let size = head.size;
            self.report(Fault::HistoryRewritten { size });
        }
    }

    fn take_trailer(&mut self, trailer: &Trailer) {
        self.trailer_line = Some(self.line);
        if trailer.log_id != self.log_id {
            let statement = TrailerStatement::LogId;
            self.report_at(Some(1), Fault::HeaderContradicted);
            self.report(Fault::TrailerWrong { statement });
        }
        if trailer.heads != self.heads_read {
            let statement = TrailerStatement::Heads;
            self.report(Fault::TrailerWrong { statement });
        }
        if trailer.entries > self.expected {
            if self.unreadable_at != Some(self.expected) || trailer.entries > self.expected + 1 {
                let last = trailer.entries - 1;
                self.gaps.push(Gap { first: self.expected, last, line: self.line });
            }
            self.is_damaged = true;
        } else if trailer.entries < self.expected {
            let statement = TrailerStatement::Entries;
            self.report(Fault::TrailerWrong { statement });
        } else if trailer.root != self.tree.root() && !self.is_damaged {
            let statement = TrailerStatement::Root;
            self.report(Fault::TrailerWrong { statement });
        }
    }

    fn finish(mut self) -> Report {
        self.line -= 1;
        if self.trailer_line.is_none() {
            let expected = self.expected;
            self.report(Fault::TrailerMissing { expected });
        }
        for Gap { first, last, line } in mem::take(&mut self.gaps) {
            self.report_at(Some(line), Fault::EntriesMissing { first, last });
        }
        self.judge_earlier_head();
        if self.held_key.is_some_and(|held| !self.chain.contains(held)) {
            self.report_at(None, Fault::HeldKeyUnknown);
        }
        debug_assert!(!self.is_damaged || !self.findings.is_empty(), "damage is always reported");
        // The list is in file order; what concerns the whole file comes last.
        let place = |finding: &Finding| finding.line.unwrap_or(u64::MAX);
        self.findings.sort_by_key(place);
        Report {
            verdict: self.verdict(),
            log_id: Some(self.log_id),
            entries: self.entries,
            heads_matched: self.heads_matched,
            heads_unchecked: self.heads_unchecked,
            vouched: self.vouched,
            matched_earlier: self.matched_earlier,
            findings: self.findings,
        }
    }

    fn judge_earlier_head(&mut self) {
        let Some(since) = self.since else { return };
        if since.head.log_id != self.log_id {
            return self.report_at(None, Fault::EarlierHeadOfOtherLog);
        }
        match self.chain.find(&since.key_id).filter(|key| since.is_signed_by(key)) {
            None => self.report_at(None, Fault::EarlierHeadNotSigned),
            Some(signer) if self.is_trusted(signer) => {
                self.vouched = self.vouched.max(self.matched_earlier);
            }
            Some(_) => (),
        }
        let (size, entries) = (since.head.size, self.expected);
        if size > entries {
            self.report_at(None, Fault::EndsBeforeEarlierHead { size, entries });
        }
    }

    fn verdict(&self) -> Verdict {
        if !self.findings.is_empty() {
            return Verdict::Broken;
        }
        match (self.vouched, self.matched_earlier) {
            (Some(_), Some(_)) => Verdict::Proven,
            (Some(_), None) => Verdict::Signed,
            (None, Some(_)) => Verdict::MatchesEarlierHead,
            (None, None) => Verdict::InternallyConsistent,
        }
    }

    fn report(&mut self, fault: Fault) {
        self.report_at(Some(self.line), fault);
    }

    fn report_at(&mut self, line: Option<u64>, fault: Fault) {
        match self.findings.len() {
            0..MAX_FINDINGS => self.findings.push(Finding { line, fault }),
            MAX_FINDINGS => self.findings.push(Finding { line: None, fault: Fault::TooManyFindings }),
            _ => (),
        }
    }
}
