//! YAML files as nodes that know their line and column.
//!
//! Values stay texts (`010` keeps its zero, `2021-01-01` is read as a date only where a date is meant).
//! Anchors and aliases are refused, so a small file cannot unfold into a large one.

use std::collections::HashSet;

use granit_parser::{Event, Parser, ScanError, Span, StrInput};
use jiff::civil::Date;

use super::division_code::DivisionCode;
use super::problem::{Mistake, Place, Sink};
use super::text::nearest;

/// Largest YAML file; the longest list of codes that we know has 130 KB.
pub(super) const YAML_BYTES_MAX: usize = 1 << 20;
/// Most values in one file.
const NODES_MAX: usize = 50_000;
/// Deepest nesting; our own files use six levels.
const DEPTH_MAX: usize = 16;

/// A value of a YAML file and where it stands.
#[derive(Debug)]
pub(super) struct Node {
    pub place: Place,
    pub value: Value,
}

/// What a node holds.
#[derive(Debug)]
pub(super) enum Value {
    Text(String),
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

/// A key of a map and where it stands.
#[derive(Debug)]
pub(super) struct Key {
    pub place: Place,
    pub text: String,
}

/// Reads a YAML file; `None` where it could not be read, with the reason in `sink`.
pub(super) fn read(file: &str, text: &str, sink: &mut Sink) -> Option<Node> {
    if text.len() > YAML_BYTES_MAX {
        sink.add(file, Place::default(), Mistake::TooLarge { bytes: text.len(), limit: YAML_BYTES_MAX });
        return None;
    }
    match Builder::build(text.strip_prefix('\u{feff}').unwrap_or(text)) {
        Ok(node) => Some(node),
        Err((place, mistake)) => {
            sink.add(file, place, mistake);
            None
        }
    }
}

type Refused = (Place, Mistake);

/// Puts the parser's events together.
struct Builder<'a> {
    events: Parser<'a, StrInput<'a>>,
    nodes: usize,
}

impl<'a> Builder<'a> {
    fn build(text: &'a str) -> Result<Node, Refused> {
        let mut builder = Self { events: Parser::new_from_str(text), nodes: 0 };
        let mut document = None;
        loop {
            let (event, span) = builder.next()?;
            match event {
                Event::StreamEnd => break,
                Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd => {}
                _ if document.is_some() => return Err((place(span), Mistake::SeveralDocuments)),
                first => document = Some(builder.node(first, span, 0)?),
            }
        }
        document.ok_or((Place::default(), Mistake::NotAMap))
    }

    fn next(&mut self) -> Result<(Event<'a>, Span), Refused> {
        match self.events.next() {
            Some(found) => found.map_err(|error| syntax(&error)),
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Node, Refused> {
        let here = place(span);
        self.nodes += 1;
        if self.nodes > NODES_MAX {
            return Err((here, Mistake::TooManyNodes { limit: NODES_MAX }));
        }
        if depth > DEPTH_MAX {
            return Err((here, Mistake::TooDeep { limit: DEPTH_MAX }));
        }
        let value = match event {
            Event::Scalar(text, _, 0, _) => Value::Text(text.into_owned()),
            Event::SequenceStart(_, 0, _) => {
                let mut items = Vec::new();
                loop {
                    match self.next()? {
                        (Event::SequenceEnd, _) => break,
                        (item, span) => items.push(self.node(item, span, depth + 1)?),
                    }
                }
                Value::List(items)
            }
            Event::MappingStart(_, 0, _) => self.map(depth)?,
            _ => return Err((here, Mistake::Anchor)),
        };
        Ok(Node { place: here, value })
    }

    fn map(&mut self, depth: usize) -> Result<Value, Refused> {
        let mut entries: Vec<(Key, Node)> = Vec::new();
        let mut seen = HashSet::new();
        loop {
            let (event, span) = self.next()?;
            let here = place(span);
            let text = match event {
                Event::MappingEnd => return Ok(Value::Map(entries)),
                Event::Scalar(text, _, 0, _) => text.into_owned(),
                _ => return Err((here, Mistake::NotAMap)),
            };
            if !seen.insert(text.clone()) {
                return Err((here, Mistake::KeyTwice { key: text }));
            }
            let (value, span) = self.next()?;
            let value = self.node(value, span, depth + 1)?;
            entries.push((Key { place: here, text }, value));
        }
    }
}

fn place(span: Span) -> Place {
    mark(span.start.line(), span.start.col())
}

fn mark(line: usize, column: usize) -> Place {
    let fit = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Place { line: fit(line), column: fit(column.saturating_add(1)) }
}

fn syntax(error: &ScanError) -> Refused {
    (mark(error.marker().line(), error.marker().col()), Mistake::Syntax(error.kind().to_string()))
}

/// The keys of one map, with what may stand there; reading a value notes what is wrong with it.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    pub file: &'a str,
    pub place: Place,
    entries: &'a [(Key, Node)],
}

impl<'a> Fields<'a> {
    /// Looks at `node` as a map that may have the keys `known`.
    pub fn of(file: &'a str, node: &'a Node, known: &[&str], sink: &mut Sink) -> Option<Self> {
        let Value::Map(entries) = &node.value else {
            sink.add(file, node.place, Mistake::NotAMap);
            return None;
        };
        for (key, _) in entries {
            if !known.contains(&key.text.as_str()) {
                let near = nearest(&key.text, known.iter().copied());
                sink.add(file, key.place, Mistake::UnknownKey { key: key.text.clone(), nearest: near });
            }
        }
        Some(Self { file, place: node.place, entries })
    }

    /// The value of a key as it stands, if it is there and not left empty.
    pub fn node(&self, key: &str) -> Option<&'a Node> {
        self.entries.iter().find(|(k, _)| k.text == key).map(|(_, node)| node).filter(
            |node| !matches!(&node.value, Value::Text(text) if matches!(text.as_str(), "" | "~" | "null")),
        )
    }

    /// Where a key's value stands, or the map itself.
    pub fn place_of(&self, key: &str) -> Place {
        self.node(key).map_or(self.place, |node| node.place)
    }

    /// A text that may be absent.
    pub fn optional(&self, key: &str, sink: &mut Sink) -> Option<&'a str> {
        match &self.node(key)?.value {
            Value::Text(text) => Some(text),
            _ => {
                sink.add(self.file, self.place_of(key), Mistake::NotAText { key: key.to_owned() });
                None
            }
        }
    }

    /// A text that must be there.
    pub fn text(&self, key: &str, sink: &mut Sink) -> Option<&'a str> {
        if self.node(key).is_none() {
            sink.add(self.file, self.place, Mistake::MissingKey { key: key.to_owned() });
        }
        self.optional(key, sink)
    }

    /// A text or nothing as an owned string; an absent one is empty.
    pub fn owned(&self, key: &str, sink: &mut Sink) -> String {
        self.optional(key, sink).unwrap_or_default().to_owned()
    }

    /// A day that may be absent.
    pub fn date(&self, key: &str, sink: &mut Sink) -> Option<Date> {
        let text = self.optional(key, sink)?;
        let date = parse_date(text);
        if date.is_none() {
            sink.add(self.file, self.place_of(key), Mistake::NotADate { value: text.to_owned() });
        }
        date
    }

    /// The first and last day of validity (`from`, `to`), either of which may be open.
    pub fn validity(&self, sink: &mut Sink) -> (Option<Date>, Option<Date>) {
        let (from, to) = (self.date("from", sink), self.date("to", sink));
        if let (Some(from), Some(to)) = (from, to)
            && from > to
        {
            sink.add(self.file, self.place_of("to"), Mistake::DatesReversed { from, to });
        }
        (from, to)
    }

    /// A whole number from 1 to `max` that may be absent.
    pub fn number(&self, key: &str, max: u32, sink: &mut Sink) -> Option<u32> {
        let text = self.optional(key, sink)?;
        let number = text.parse::<u32>().ok().filter(|n| (1..=max).contains(n));
        if number.is_none() {
            sink.add(self.file, self.place_of(key), Mistake::NotANumber { value: text.to_owned(), max });
        }
        number
    }

    /// A six-digit division code that may be absent.
    pub fn division(&self, key: &str, sink: &mut Sink) -> Option<DivisionCode> {
        let text = self.optional(key, sink)?;
        let code = DivisionCode::parse(text);
        if code.is_none() {
            sink.add(self.file, self.place_of(key), Mistake::NotADivisionCode { value: text.to_owned() });
        }
        code
    }

    /// One of a few words, or `None` where the key is absent or the word unknown.
    pub fn one_of<T: Copy>(&self, key: &str, words: &[(&str, T)], sink: &mut Sink) -> Option<T> {
        let text = self.optional(key, sink)?;
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if found.is_none() {
            let mistake = Mistake::NotOneOf {
                key: key.to_owned(),
                value: text.to_owned(),
                allowed: words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", "),
                nearest: nearest(text, words.iter().map(|(word, _)| *word)),
            };
            sink.add(self.file, self.place_of(key), mistake);
        }
        found
    }

    /// A map or list that must be there.
    pub fn required_node(&self, key: &str, sink: &mut Sink) -> Option<&'a Node> {
        let node = self.node(key);
        if node.is_none() {
            sink.add(self.file, self.place, Mistake::MissingKey { key: key.to_owned() });
        }
        node
    }

    /// `true` or `false`; an absent one is false.
    pub fn flag(&self, key: &str, sink: &mut Sink) -> bool {
        self.one_of(key, &[("true", true), ("false", false)], sink).unwrap_or_default()
    }

    /// The items of a list; an absent list is empty.
    pub fn list(&self, key: &str, sink: &mut Sink) -> &'a [Node] {
        match self.node(key).map(|node| &node.value) {
            None => &[],
            Some(Value::List(items)) => items,
            Some(_) => {
                sink.add(self.file, self.place_of(key), Mistake::NotAList);
                &[]
            }
        }
    }

    /// The texts of a list, with their places.
    pub fn texts(&self, key: &str, sink: &mut Sink) -> Vec<(Place, &'a str)> {
        let mut texts = Vec::new();
        for item in self.list(key, sink) {
            match &item.value {
                Value::Text(text) => texts.push((item.place, text.as_str())),
                _ => sink.add(self.file, item.place, Mistake::NotAText { key: key.to_owned() }),
            }
        }
        texts
    }
}

/// Reads `2021-01-01` and nothing looser.
pub(super) fn parse_date(text: &str) -> Option<Date> {
    (text.len() == 10).then(|| text.parse().ok()).flatten()
}
