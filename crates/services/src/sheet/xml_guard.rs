//! Walks the bytes of an XML part before the real reader sees them, and stops what would fill the memory.
//!
//! The reader buffers whole texts, tags and comments and reserves what the file announces. The guard bounds
//! the length of each and counts the elements that the reader keeps; it understands nothing else.

use super::{CELL_BYTES_MAX, SHEETS_MAX, SheetProblem, refusal};

/// Elements that the reader keeps in memory, and how many of each one part may have.
const KEPT_ELEMENTS: &[(&[u8], u32)] = &[
    (b"si", 3_000_000),
    (b"mergeCell", 100_000),
    (b"definedName", 50_000),
    (b"Relationship", 50_000),
    (b"xf", 100_000),
    (b"font", 100_000),
    (b"fill", 100_000),
    (b"border", 100_000),
    (b"numFmt", 50_000),
];
/// Names longer than this are none of those that are counted.
const NAME_BYTES_MAX: usize = 24;

/// How strictly a part is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strictness {
    /// XML by its name: must have no document type, no NUL, no overlong piece.
    Xml,
    /// Pictures and the like: only the kept elements are counted, should it be read as XML after all.
    Other,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Text,
    /// After `<`, collecting the name.
    Name,
    /// Inside a tag after its name; the quotation mark that is open, or 0.
    Tag(u8),
    /// After `<!` or `<?`; comment and CDATA need their own ends.
    Markup,
}

/// Fed with the inflated bytes of one part in pieces of any size.
pub(super) struct XmlGuard {
    strictness: Strictness,
    state: State,
    piece_bytes: usize,
    cell_bytes: Option<usize>,
    name: Vec<u8>,
    markup_head: Vec<u8>,
    tail: [u8; 2],
    counts: [u32; KEPT_ELEMENTS.len()],
    sheets: usize,
    root: Vec<u8>,
    attribute: Vec<u8>,
    is_table_of_strings: bool,
}

impl XmlGuard {
    pub(super) fn new(strictness: Strictness) -> Self {
        Self {
            strictness,
            state: State::Text,
            piece_bytes: 0,
            cell_bytes: None,
            name: Vec::with_capacity(NAME_BYTES_MAX),
            markup_head: Vec::with_capacity(8),
            tail: [0; 2],
            counts: [0; KEPT_ELEMENTS.len()],
            sheets: 0,
            root: Vec::new(),
            attribute: Vec::new(),
            is_table_of_strings: false,
        }
    }

    /// Local name of the first element.
    pub(super) fn root(&self) -> &[u8] {
        &self.root
    }

    /// Whether the part defines names, whose texts the reader gathers without a limit of its own.
    pub(super) fn has_defined_names(&self) -> bool {
        KEPT_ELEMENTS.iter().zip(self.counts).any(|(kept, count)| kept.0 == b"definedName" && count > 0)
    }

    /// Takes the next bytes.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Result<(), SheetProblem> {
        if self.strictness == Strictness::Xml && memchr::memchr(0, bytes).is_some() {
            return Err(refusal::damaged("NUL byte / 含空字符"));
        }
        let mut rest = bytes;
        while !rest.is_empty() {
            let used = match self.state {
                State::Text => self.feed_text(rest),
                State::Name => self.feed_name(rest)?,
                State::Tag(quote) => self.feed_tag(rest, quote)?,
                State::Markup => self.feed_markup(rest)?,
            };
            self.piece_bytes += used;
            if let Some(cell) = &mut self.cell_bytes {
                *cell += used;
            }
            if self.strictness == Strictness::Xml
                && (self.piece_bytes > CELL_BYTES_MAX
                    || self.cell_bytes.is_some_and(|cell| cell > CELL_BYTES_MAX))
            {
                return Err(refusal::bomb("单个单元格或标记过长", "one cell or tag is too long"));
            }
            rest = &rest[used..];
        }
        Ok(())
    }

    fn feed_text(&mut self, bytes: &[u8]) -> usize {
        let Some(end) = memchr::memchr(b'<', bytes) else { return bytes.len() };
        self.state = State::Name;
        self.piece_bytes = 0;
        self.name.clear();
        end + 1
    }

    fn feed_name(&mut self, bytes: &[u8]) -> Result<usize, SheetProblem> {
        for (index, byte) in bytes.iter().enumerate() {
            match byte {
                b'!' | b'?' if self.name.is_empty() => {
                    self.state = State::Markup;
                    self.markup_head.clear();
                    self.markup_head.push(*byte);
                    self.tail = [0; 2];
                    return Ok(index + 1);
                }
                b'>' => {
                    self.finish_name()?;
                    self.finish_tag(self.name.len() > 1 && self.name.ends_with(b"/"));
                    return Ok(index + 1);
                }
                b' ' | b'\t' | b'\r' | b'\n' => {
                    self.finish_name()?;
                    self.state = State::Tag(0);
                    self.tail = [0; 2];
                    return Ok(index + 1);
                }
                _ if self.name.len() <= NAME_BYTES_MAX => self.name.push(*byte),
                _ => {}
            }
        }
        Ok(bytes.len())
    }

    fn feed_tag(&mut self, bytes: &[u8], open: u8) -> Result<usize, SheetProblem> {
        let mut quote = open;
        let mut at = 0;
        loop {
            let next = if quote == 0 {
                memchr::memchr3(b'>', b'"', b'\'', &bytes[at..])
            } else {
                memchr::memchr(quote, &bytes[at..])
            };
            let Some(next) = next else { break };
            at += next + 1;
            match (bytes[at - 1], quote) {
                (b'>', 0) => {
                    self.keep_attributes(&bytes[..at]);
                    self.check_announced_strings()?;
                    let before = if at > 1 { bytes[at - 2] } else { self.tail[1] };
                    self.finish_tag(before == b'/');
                    return Ok(at);
                }
                (mark, 0) => quote = mark,
                _ => quote = 0,
            }
        }
        self.keep_attributes(bytes);
        self.tail[1] = bytes[bytes.len() - 1];
        self.state = State::Tag(quote);
        Ok(bytes.len())
    }

    /// Only the table of strings announces how much it holds.
    fn keep_attributes(&mut self, bytes: &[u8]) {
        if self.is_table_of_strings && self.attribute.len() <= CELL_BYTES_MAX {
            self.attribute.extend_from_slice(bytes);
        }
    }

    fn feed_markup(&mut self, bytes: &[u8]) -> Result<usize, SheetProblem> {
        for (index, byte) in bytes.iter().enumerate() {
            if self.markup_head.len() < 8 {
                self.markup_head.push(*byte);
            }
            if self.strictness == Strictness::Xml && self.markup_head.starts_with(b"!D") {
                return Err(refusal::damaged("document type declaration / 含文档类型声明"));
            }
            let is_end = *byte == b'>'
                && if self.markup_head.starts_with(b"!--") {
                    self.tail == *b"--"
                } else if self.markup_head.starts_with(b"![CDATA[") {
                    self.tail == *b"]]"
                } else {
                    true
                };
            self.tail = [self.tail[1], *byte];
            if is_end {
                self.state = State::Text;
                self.piece_bytes = 0;
                return Ok(index + 1);
            }
        }
        Ok(bytes.len())
    }

    fn local_name(&self) -> &[u8] {
        let name = self.name.strip_suffix(b"/").unwrap_or(&self.name);
        name.iter().rposition(|byte| *byte == b':').map_or(name, |colon| &name[colon + 1..])
    }

    fn finish_name(&mut self) -> Result<(), SheetProblem> {
        self.attribute.clear();
        self.is_table_of_strings = false;
        // Values are most of a sheet and nothing that is counted.
        if self.name.starts_with(b"/") || self.name == b"v" {
            return Ok(());
        }
        if self.root.is_empty() {
            self.root = self.local_name().to_vec();
        }
        if self.local_name() == b"c" {
            self.cell_bytes = Some(0);
            return Ok(());
        }
        self.is_table_of_strings = self.local_name() == b"sst";
        if self.local_name() == b"sheet" {
            self.sheets += 1;
            if self.sheets > SHEETS_MAX {
                return Err(refusal::too_many_sheets());
            }
        }
        let kept = KEPT_ELEMENTS.iter().position(|kept| kept.0 == self.local_name());
        if let Some(kept) = kept {
            self.counts[kept] += 1;
            if self.counts[kept] > KEPT_ELEMENTS[kept].1 {
                let name = String::from_utf8_lossy(KEPT_ELEMENTS[kept].0);
                return Err(refusal::bomb(&format!("{name} 过多"), &format!("too many `{name}`")));
            }
        }
        Ok(())
    }

    fn finish_tag(&mut self, is_self_closed: bool) {
        if self.cell_bytes.is_some() {
            let is_closing = self.name.starts_with(b"/") && self.closing_name() == b"c";
            if is_closing || is_self_closed && self.local_name() == b"c" {
                self.cell_bytes = None;
            }
        }
        self.state = State::Text;
        self.piece_bytes = 0;
    }

    fn closing_name(&self) -> &[u8] {
        let name = &self.name[1..];
        name.iter().rposition(|byte| *byte == b':').map_or(name, |colon| &name[colon + 1..])
    }

    /// The reader reserves memory for as many strings as the part announces.
    fn check_announced_strings(&self) -> Result<(), SheetProblem> {
        if self.attribute.is_empty() {
            return Ok(());
        }
        let limit = u64::from(KEPT_ELEMENTS[0].1);
        let text = String::from_utf8_lossy(&self.attribute).into_owned();
        for piece in text.split("uniqueCount").skip(1) {
            let digits: String = piece
                .chars()
                .skip_while(|character| !character.is_ascii_digit())
                .take_while(char::is_ascii_digit)
                .collect();
            let announced = digits.parse().unwrap_or(u64::MAX);
            if !digits.is_empty() && announced > limit {
                return Err(refusal::bomb("共享字符串过多", "too many shared strings"));
            }
        }
        Ok(())
    }
}
