//! The vectors of all documents in memory, each in a slot of its own for good, and the file that they come from.
//!
//! A slot holds a sketch (the signs of the vector's dimensions, 32 bytes), which all are compared by, and the vector in
//! signed bytes, which the best of them are compared by. The file is a list of records in the order of their slots;
//! a document that changes gets a new slot, and the old one is dead.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::path::Path;

use super::kept_facts;
use crate::constraint::{Facts, Requirement, Strength};
use crate::document::Question;

use crate::meaning::{READING_DIMENSIONS, TABLE_DIMENSIONS};

use super::IndexFault;

pub(super) type Slot = u32;

const SKETCH_WORDS: usize = TABLE_DIMENSIONS / 64;
type Sketch = [u64; SKETCH_WORDS];
type Row = [i8; TABLE_DIMENSIONS];
pub(super) type Reading = [i8; READING_DIMENSIONS];

/// So many times the wanted number are taken by their sketches before their vectors are compared.
const SKETCH_MARGIN: usize = 5;

/// Unit vectors in bytes: 1.0 is so much. A dimension of a unit vector is seldom beyond a third.
const BYTE_SCALE: f32 = 384.0;

#[derive(Default)]
pub(super) struct Slots {
    sketches: Vec<Sketch>,
    rows: Vec<Row>,
    readings: HashMap<Slot, Box<Reading>>,
    /// Readings that the file has not.
    fresh: Vec<Slot>,
    ids: Vec<Box<str>>,
    alive: Vec<bool>,
    facts: Vec<Facts>,
    kinds: Vec<u16>,
    kind_names: Vec<Box<str>>,
    slot_of: HashMap<Box<str>, Slot>,
}

/// What a document brings into its slot.
pub(super) struct Entry {
    pub(super) id: Box<str>,
    pub(super) kind: Box<str>,
    pub(super) facts: Facts,
    pub(super) vector: [f32; TABLE_DIMENSIONS],
    pub(super) reading: Option<Vec<f32>>,
}

impl Slots {
    pub(super) fn put(&mut self, entry: Entry) -> Slot {
        let slot = Slot::try_from(self.ids.len())
            .expect("invariant: an index has fewer than four thousand million slots");
        self.remove(&entry.id);
        self.sketches.push(sketch(&entry.vector));
        self.rows.push(entry.vector.map(to_byte));
        if let Some(reading) = entry.reading {
            self.keep_reading(slot, &reading);
        }
        let kind = self.kind_number(&entry.kind);
        self.kinds.push(kind);
        self.alive.push(true);
        self.facts.push(entry.facts);
        self.slot_of.insert(entry.id.clone(), slot);
        self.ids.push(entry.id);
        slot
    }

    fn kind_number(&mut self, kind: &str) -> u16 {
        let known = self.kind_names.iter().position(|name| **name == *kind);
        let at = known.unwrap_or_else(|| {
            self.kind_names.push(kind.into());
            self.kind_names.len() - 1
        });
        u16::try_from(at).unwrap_or(u16::MAX)
    }

    pub(super) fn remove(&mut self, id: &str) -> Option<Slot> {
        let slot = self.slot_of.remove(id)?;
        self.alive[slot as usize] = false;
        self.readings.remove(&slot);
        Some(slot)
    }

    pub(super) fn keep_reading(&mut self, slot: Slot, reading: &[f32]) {
        let mut bytes = [0; READING_DIMENSIONS];
        bytes.iter_mut().zip(reading).for_each(|(byte, value)| *byte = to_byte(*value));
        self.readings.insert(slot, Box::new(bytes));
        self.fresh.push(slot);
    }

    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    /// Of the living, in no order.
    pub(super) fn identifiers(&self) -> impl Iterator<Item = &str> {
        self.slot_of.keys().map(AsRef::as_ref)
    }

    pub(super) fn slot(&self, id: &str) -> Option<Slot> {
        self.slot_of.get(id).copied()
    }

    pub(super) fn id(&self, slot: Slot) -> &str {
        &self.ids[slot as usize]
    }

    pub(super) fn reading(&self, slot: Slot) -> Option<&Reading> {
        self.readings.get(&slot).map(AsRef::as_ref)
    }

    /// Whether a document may be a hit at all.
    pub(super) fn admits(&self, slot: Slot, requirements: &[Requirement]) -> bool {
        requirements.iter().all(|requirement| requirement.admits(&self.facts[slot as usize]))
    }

    pub(super) fn facts(&self, slot: Slot) -> &Facts {
        &self.facts[slot as usize]
    }

    /// How close a document's meaning is to a question's, from -1 to 1.
    pub(super) fn closeness(&self, slot: Slot, vector: &[f32; TABLE_DIMENSIONS]) -> f32 {
        closeness(&self.rows[slot as usize], vector)
    }

    /// How close two documents are: as the encoder reads them where it has read both, else by the table.
    pub(super) fn nearness(&self, one: Slot, other: Slot) -> f32 {
        match (self.reading(one), self.reading(other)) {
            (Some(one), Some(other)) => product(one, other),
            _ => product(&self.rows[one as usize], &self.rows[other as usize]),
        }
    }

    /// The living slots that are closest in meaning, best first.
    pub(super) fn closest(
        &self,
        vector: &[f32; TABLE_DIMENSIONS],
        question: &Question,
        wanted: usize,
    ) -> Vec<Slot> {
        let asked = sketch(vector);
        if asked == [0; SKETCH_WORDS] {
            return Vec::new();
        }
        let wanted_kinds: Vec<bool> = self
            .kind_names
            .iter()
            .map(|name| question.kinds.is_empty() || question.kinds.iter().any(|kind| **kind == **name))
            .collect();
        let musts: Vec<Requirement> =
            question.requirements.iter().filter(|asked| asked.strength == Strength::Must).cloned().collect();
        let takes = |slot: usize| {
            self.alive[slot]
                && wanted_kinds[usize::from(self.kinds[slot])]
                && self.admits(slot as Slot, &musts)
        };
        let differing = |sketch: &Sketch| -> usize {
            sketch.iter().zip(&asked).map(|(a, b)| (a ^ b).count_ones() as usize).sum()
        };
        // How many slots differ in how many signs, so that one more pass takes just the best of them.
        let mut counts = [0_usize; TABLE_DIMENSIONS + 1];
        let distances: Vec<u16> = self
            .sketches
            .iter()
            .enumerate()
            .map(|(slot, sketch)| {
                if !takes(slot) {
                    return u16::MAX;
                }
                let distance = differing(sketch);
                counts[distance] += 1;
                distance as u16
            })
            .collect();
        let mut room = wanted * SKETCH_MARGIN;
        let limit = counts.iter().position(|count| {
            let full = *count >= room;
            room = room.saturating_sub(*count);
            full
        });
        let limit = limit.unwrap_or(TABLE_DIMENSIONS) as u16;
        let mut near: Vec<(f32, Slot)> = (0..)
            .zip(&distances)
            .filter(|(_, distance)| **distance <= limit)
            .map(|(slot, _)| (self.closeness(slot, vector), slot))
            .collect();
        near.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        near.truncate(wanted);
        near.into_iter().map(|(_, slot)| slot).collect()
    }
}

/// Adds bytes to the end of a file and waits until they are on disk.
fn append(path: &Path, bytes: &[u8]) -> Result<(), IndexFault> {
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path)?;
    let before = file.metadata()?.len();
    let written = file.write_all(bytes).and_then(|()| file.sync_data());
    if let Err(error) = written {
        // Half a record would spoil those that follow when there is room again.
        file.set_len(before)?;
        return Err(error.into());
    }
    Ok(())
}

fn sketch(vector: &[f32; TABLE_DIMENSIONS]) -> Sketch {
    let mut sketch = [0; SKETCH_WORDS];
    for (dimension, value) in vector.iter().enumerate() {
        if *value > 0.0 {
            sketch[dimension / 64] |= 1 << (dimension % 64);
        }
    }
    sketch
}

fn to_byte(value: f32) -> i8 {
    (value * BYTE_SCALE).round().clamp(-127.0, 127.0) as i8
}

fn product(one: &[i8], other: &[i8]) -> f32 {
    let sum: i32 = one.iter().zip(other).map(|(one, other)| i32::from(*one) * i32::from(*other)).sum();
    sum as f32 / (BYTE_SCALE * BYTE_SCALE)
}

pub(super) fn closeness(bytes: &[i8], vector: &[f32]) -> f32 {
    bytes.iter().zip(vector).map(|(byte, value)| f32::from(*byte) * value).sum::<f32>() / BYTE_SCALE
}

/// First bytes of the file of slots.
const MAGIC: &[u8; 8] = b"XXSLOT\0\x01";

/// First bytes of the file of readings: records of a slot's number and its bytes.
const READINGS_MAGIC: &[u8; 8] = b"XXRDNG\0\x01";

/// Bytes of a record of a reading.
const READING_RECORD: usize = 4 + READING_DIMENSIONS;

impl Slots {
    /// Adds the slots from `from` on to the file, which holds those before.
    pub(super) fn append(&self, path: &Path, from: usize) -> Result<(), IndexFault> {
        let mut out = Vec::new();
        if !path.exists() {
            out.extend(MAGIC);
        }
        for slot in from..self.len() {
            let (id, kind) = (&self.ids[slot], &self.kind_names[usize::from(self.kinds[slot])]);
            for text in [id, kind] {
                out.extend((text.len() as u16).to_le_bytes());
                out.extend(text.as_bytes());
            }
            let facts = kept_facts::to_bytes(&self.facts[slot]);
            out.extend((facts.len() as u16).to_le_bytes());
            out.extend(facts);
            out.extend(self.rows[slot].map(i8::cast_unsigned));
        }
        append(path, &out)
    }

    /// Adds the readings that are new to their file.
    pub(super) fn append_readings(&mut self, path: &Path) -> Result<(), IndexFault> {
        let mut out = Vec::new();
        if !path.exists() {
            out.extend(READINGS_MAGIC);
        }
        for slot in &self.fresh {
            if let Some(reading) = self.readings.get(slot) {
                out.extend(slot.to_le_bytes());
                out.extend(reading.map(i8::cast_unsigned));
            }
        }
        if !out.is_empty() {
            append(path, &out)?;
        }
        self.fresh.clear();
        Ok(())
    }

    /// Reads the file of readings. A record that was cut short is left out: its document is read again.
    pub(super) fn load_readings(&mut self, path: &Path) -> Result<(), IndexFault> {
        let bytes = std::fs::read(path)?;
        let records = bytes
            .strip_prefix(READINGS_MAGIC.as_slice())
            .ok_or_else(|| IndexFault::Damaged("the readings do not begin as they should".to_owned()))?;
        for record in records.as_chunks::<READING_RECORD>().0 {
            let (number, reading) = record.split_at(4);
            let slot = Slot::from_le_bytes([number[0], number[1], number[2], number[3]]);
            if self.alive.get(slot as usize).copied().unwrap_or_default() {
                let mut bytes = [0; READING_DIMENSIONS];
                bytes.iter_mut().zip(reading).for_each(|(byte, read)| *byte = read.cast_signed());
                self.readings.insert(slot, Box::new(bytes));
            }
        }
        Ok(())
    }

    /// Living documents that the encoder has not read, at most so many.
    pub(super) fn unread(&self, most: usize) -> Vec<&str> {
        (0..)
            .zip(&self.alive)
            .filter(|(slot, alive)| **alive && !self.readings.contains_key(slot))
            .map(|(slot, _)| self.id(slot))
            .take(most)
            .collect()
    }

    /// Reads the file: the vectors, sketches and names of all slots; which of them live is for the caller to say.
    pub(super) fn load(path: &Path) -> Result<Self, IndexFault> {
        let mut bytes = Vec::new();
        std::fs::File::open(path)?.read_to_end(&mut bytes)?;
        let damaged = || IndexFault::Damaged("the vectors end in the middle of a record".to_owned());
        let mut rest = bytes
            .strip_prefix(MAGIC.as_slice())
            .ok_or_else(|| IndexFault::Damaged("the vectors do not begin as they should".to_owned()))?;
        let mut slots = Self::default();
        let text = |rest: &mut &[u8]| -> Option<Box<str>> {
            let (length, after) = rest.split_first_chunk::<2>()?;
            let (text, after) = after.split_at_checked(usize::from(u16::from_le_bytes(*length)))?;
            *rest = after;
            Some(std::str::from_utf8(text).ok()?.into())
        };
        while !rest.is_empty() {
            let id = text(&mut rest).ok_or_else(damaged)?;
            let kind = text(&mut rest).ok_or_else(damaged)?;
            let facts = text(&mut rest).ok_or_else(damaged)?;
            slots.facts.push(kept_facts::from_text(&facts).ok_or_else(damaged)?);
            let (row, after) = rest.split_first_chunk::<TABLE_DIMENSIONS>().ok_or_else(damaged)?;
            rest = after;
            let row = row.map(u8::cast_signed);
            let kind = slots.kind_number(&kind);
            slots.kinds.push(kind);
            slots.sketches.push(sketch(&row.map(f32::from)));
            slots.rows.push(row);
            slots.ids.push(id);
            slots.alive.push(false);
        }
        Ok(slots)
    }

    /// Keeps the first slots only, all of them dead until they are revived.
    pub(super) fn forget_from(&mut self, from: usize) {
        self.sketches.truncate(from);
        self.rows.truncate(from);
        self.ids.truncate(from);
        self.facts.truncate(from);
        self.kinds.truncate(from);
        self.alive.truncate(from);
        self.alive.fill(false);
        self.readings.retain(|slot, _| (*slot as usize) < from);
        self.slot_of.clear();
    }

    /// Marks a slot that the full-text index still holds.
    pub(super) fn revive(&mut self, slot: Slot) -> Result<(), IndexFault> {
        let id = self.ids.get(slot as usize).ok_or_else(|| {
            IndexFault::Damaged("full text and vectors are not of the same moment".to_owned())
        })?;
        self.alive[slot as usize] = true;
        self.slot_of.insert(id.clone(), slot);
        Ok(())
    }
}
