use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use tantivy::collector::TopDocs;
use tantivy::schema::TantivyDocument;
use tantivy::tokenizer::WhitespaceTokenizer;
use tantivy::{DocAddress, Index, IndexReader, IndexWriter, ReloadPolicy, Searcher, Term};

use super::IndexFault;
use super::lexical::{self, Fields};
use super::slots::{Entry, Slot, Slots, closeness};
use crate::document::{Document, LONGEST_ID_BYTES, Question};
use crate::meaning::{Encoder, Side, TABLE_DIMENSIONS, Table};
use crate::score::{Channels, Parts, Points, Weights, add_neighbours, rank};

/// Memory in which the full-text writer gathers documents before it writes a segment.
const WRITER_BYTES: usize = 96 << 20;

/// Candidates that each channel brings for one answer of twenty.
const CANDIDATES: usize = 200;

/// More hits than this are not looked for.
const HITS_MOST: usize = 1_000;

/// So many times the candidates are fetched where requirements may exclude some.
const MARGIN: usize = 5;

/// Documents that one thread cuts at a time.
const CHUNK: usize = 256;

/// An index of documents on disk, searched from memory.
pub struct Engine {
    index: Index,
    reader: IndexReader,
    /// None where another process writes this index.
    writer: Option<Mutex<IndexWriter>>,
    fields: Fields,
    slots: RwLock<Slots>,
    seen: RwLock<Seen>,
    vectors: PathBuf,
    readings: PathBuf,
    kept: Mutex<usize>,
}

/// What an index is opened for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Write,
    Read,
}

/// What a reader sees: the state of the full-text index, and where in it each slot lies.
struct Seen {
    searcher: Searcher,
    addresses: HashMap<Slot, DocAddress>,
    slots: Vec<Vec<Slot>>,
}

/// How a question is answered.
#[derive(Clone, Copy, Debug)]
pub struct Search {
    /// So many hits at most.
    pub top: usize,
    /// The channels that take part.
    pub channels: Channels,
    /// What each counts.
    pub weights: Weights,
}

/// A document that answers, with its score and what it is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// The document's identifier.
    pub id: String,
    /// What each channel gives to the score.
    pub points: Points,
    /// The parts before they are weighted.
    pub parts: Parts,
}

impl Engine {
    /// Opens the index of a folder, or begins an empty one there.
    ///
    /// # Errors
    /// [`IndexFault::Damaged`] where the files are not whole: empty the folder and put every document again.
    /// [`IndexFault::Busy`] where another process writes it: [`Self::open_to_read`] still reads it.
    pub fn open(folder: &Path) -> Result<Self, IndexFault> {
        Self::open_for(folder, Purpose::Write)
    }

    /// Opens an index as another process has left it with its last commit; nothing can be put.
    ///
    /// # Errors
    /// As [`Self::open`], and never [`IndexFault::Busy`].
    pub fn open_to_read(folder: &Path) -> Result<Self, IndexFault> {
        Self::open_for(folder, Purpose::Read)
    }

    fn open_for(folder: &Path, purpose: Purpose) -> Result<Self, IndexFault> {
        std::fs::create_dir_all(folder)?;
        let (schema, fields) = lexical::schema();
        let directory =
            tantivy::directory::MmapDirectory::open(folder).map_err(tantivy::TantivyError::from)?;
        let index = Index::open_or_create(directory, schema).map_err(|error| match error {
            tantivy::TantivyError::SchemaError(_)
            | tantivy::TantivyError::DataCorruption(_)
            | tantivy::TantivyError::OpenReadError(_)
            | tantivy::TantivyError::IncompatibleIndex(_) => IndexFault::Damaged(error.to_string()),
            other => IndexFault::FullText(other),
        })?;
        index.tokenizers().register(lexical::TOKENIZER, WhitespaceTokenizer::default());
        let vectors = folder.join("vectors");
        let slots = if vectors.exists() { Slots::load(&vectors)? } else { Slots::default() };
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let writer = match purpose {
            Purpose::Write => Some(Mutex::new(index.writer_with_num_threads(1, WRITER_BYTES)?)),
            Purpose::Read => None,
        };
        let (seen, mut slots) = Self::look(&reader, slots)?;
        let readings = folder.join("readings");
        if readings.exists() {
            slots.load_readings(&readings)?;
        }
        let kept = slots.len();
        Ok(Self {
            index,
            reader,
            writer,
            fields,
            slots: RwLock::new(slots),
            seen: RwLock::new(seen),
            vectors,
            readings,
            kept: Mutex::new(kept),
        })
    }

    /// Which slots the full-text index holds now.
    fn look(reader: &IndexReader, mut slots: Slots) -> Result<(Seen, Slots), IndexFault> {
        let seen = Seen::of(reader.searcher())?;
        for slot in seen.addresses.keys() {
            slots.revive(*slot)?;
        }
        Ok((seen, slots))
    }

    /// Puts documents in, each in the place of the one with its identifier. They are found after [`Self::commit`].
    ///
    /// # Errors
    /// Fails where an identifier is not one, or the disk is full: then [`Self::roll_back`] discards what was put since
    /// the last commit.
    pub fn put(&self, documents: &[Document]) -> Result<(), IndexFault> {
        if let Some(wrong) =
            documents.iter().find(|document| document.id.is_empty() || document.id.len() > LONGEST_ID_BYTES)
        {
            return Err(IndexFault::Id(wrong.id.clone()));
        }
        let writer = self.writer()?;
        for chunk in documents.chunks(CHUNK * 2) {
            let (first, second) = chunk.split_at(chunk.len().div_ceil(2));
            let prepared = std::thread::scope(|scope| {
                let other = scope.spawn(|| second.iter().map(Prepared::of).collect::<Vec<_>>());
                let mut prepared: Vec<Prepared> = first.iter().map(Prepared::of).collect();
                prepared.extend(other.join().unwrap_or_default());
                prepared
            });
            for (document, prepared) in chunk.iter().zip(prepared) {
                let mut slots = self.slots.write().unwrap_or_else(PoisonError::into_inner);
                if let Some(old) = slots.remove(&document.id) {
                    writer.delete_term(Term::from_field_u64(self.fields.slot, u64::from(old)));
                }
                let slot = slots.put(Entry {
                    id: document.id.as_str().into(),
                    kind: document.kind.as_str().into(),
                    facts: document.facts.clone(),
                    vector: prepared.vector,
                    reading: None,
                });
                drop(slots);
                let mut row = TantivyDocument::default();
                row.add_u64(self.fields.slot, u64::from(slot));
                row.add_text(self.fields.kind, &document.kind);
                row.add_text(self.fields.units, &prepared.units);
                writer.add_document(row)?;
            }
        }
        Ok(())
    }

    /// Takes a document out.
    ///
    /// # Errors
    /// [`IndexFault::Busy`] where the index was opened to read.
    pub fn remove(&self, id: &str) -> Result<(), IndexFault> {
        let writer = self.writer()?;
        let mut slots = self.slots.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(old) = slots.remove(id) {
            writer.delete_term(Term::from_field_u64(self.fields.slot, u64::from(old)));
        }
        Ok(())
    }

    fn writer(&self) -> Result<MutexGuard<'_, IndexWriter>, IndexFault> {
        self.writer.as_ref().map(lock).ok_or(IndexFault::Busy)
    }

    /// Makes what was put and removed visible, and keeps it.
    ///
    /// # Errors
    /// Fails where the disk is full or broken; readers go on with what they saw.
    pub fn commit(&self) -> Result<(), IndexFault> {
        let mut writer = self.writer()?;
        let mut kept = lock(&self.kept);
        {
            let mut slots = self.slots.write().unwrap_or_else(PoisonError::into_inner);
            slots.append(&self.vectors, *kept)?;
            *kept = slots.len();
            slots.append_readings(&self.readings)?;
        }
        writer.commit()?;
        self.reader.reload()?;
        *self.seen.write().unwrap_or_else(PoisonError::into_inner) = Seen::of(self.reader.searcher())?;
        Ok(())
    }

    /// Forgets what was put and removed since the last commit, and makes the writer usable again after a failure.
    ///
    /// # Errors
    /// Fails where the disk is still full or broken.
    pub fn roll_back(&self) -> Result<(), IndexFault> {
        let mut writer = self.writer()?;
        let kept = *lock(&self.kept);
        writer.rollback()?;
        let mut slots = self.slots.write().unwrap_or_else(PoisonError::into_inner);
        slots.forget_from(kept);
        self.seen().addresses.keys().try_for_each(|slot| slots.revive(*slot))
    }

    /// Identifiers of documents that the encoder has not read, at most so many.
    #[must_use]
    pub fn unread(&self, most: usize) -> Vec<String> {
        let slots = self.slots.read().unwrap_or_else(PoisonError::into_inner);
        slots.unread(most).into_iter().map(str::to_owned).collect()
    }

    /// Keeps the encoder's vector of a document that is in the index, on disk with the next [`Self::commit`];
    /// nothing happens where the index has not the document.
    pub fn keep_reading(&self, id: &str, reading: &[f32]) {
        let mut slots = self.slots.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = slots.slot(id) {
            slots.keep_reading(slot, reading);
        }
    }

    /// Identifiers of the documents that can be found and for which a test holds, in no order.
    #[must_use]
    pub fn identifiers(&self, is_wanted: impl Fn(&str) -> bool) -> Vec<String> {
        let slots = self.slots.read().unwrap_or_else(PoisonError::into_inner);
        slots.identifiers().filter(|id| is_wanted(id)).map(str::to_owned).collect()
    }

    /// How many documents can be found.
    #[must_use]
    pub fn documents(&self) -> u64 {
        self.seen().searcher.num_docs()
    }

    /// Where the index lies, for messages.
    #[must_use]
    pub fn index_directory(&self) -> String {
        format!("{:?}", self.index.directory())
    }

    /// The documents that answer a question, best first.
    ///
    /// # Errors
    /// Fails where the index cannot be read.
    pub fn search(&self, question: &Question, search: &Search) -> Result<Vec<Hit>, IndexFault> {
        let seen = self.seen();
        let slots = self.slots.read().unwrap_or_else(PoisonError::into_inner);
        let asked = lexical::ask(&seen.searcher, self.fields, question)?;
        let mut pool: Vec<Slot> = Vec::new();
        if search.channels.words && !asked.is_empty() {
            // Requirements are looked at after the words, so that more are fetched where some may fall away.
            let wanted = CANDIDATES.max(search.top.min(HITS_MOST))
                * if question.requirements.is_empty() { 1 } else { MARGIN };
            let query = lexical::finding_query(&asked, self.fields, &question.kinds);
            let found = seen.searcher.search(&query, &TopDocs::with_limit(wanted).order_by_score())?;
            let found = found.into_iter().map(|(_, address)| seen.slot(address));
            pool.extend(found.filter(|slot| slots.admits(*slot, &question.requirements)));
        }
        if search.channels.meaning {
            let vector = meaning_of(question);
            pool.extend(slots.closest(&vector, question, CANDIDATES.max(search.top.min(HITS_MOST))));
        }
        pool.sort_unstable();
        pool.dedup();
        let mut hits = self.weigh(&seen, &slots, question, &asked, pool, search)?;
        hits.truncate(search.top);
        Ok(hits)
    }

    /// Some documents in the order in which they answer a question; those that are not in the index are left out.
    ///
    /// # Errors
    /// Fails where the index cannot be read.
    pub fn judge(&self, question: &Question, ids: &[&str], search: &Search) -> Result<Vec<Hit>, IndexFault> {
        let seen = self.seen();
        let slots = self.slots.read().unwrap_or_else(PoisonError::into_inner);
        let asked = lexical::ask(&seen.searcher, self.fields, question)?;
        let pool = ids.iter().filter_map(|id| slots.slot(id)).collect();
        self.weigh(&seen, &slots, question, &asked, pool, search)
    }

    /// How close two documents are, from -1 to 1; none where one is not in the index.
    #[must_use]
    pub fn nearness(&self, one: &str, other: &str) -> Option<f32> {
        let slots = self.slots.read().unwrap_or_else(PoisonError::into_inner);
        Some(slots.nearness(slots.slot(one)?, slots.slot(other)?))
    }

    fn weigh(
        &self,
        seen: &Seen,
        slots: &Slots,
        question: &Question,
        asked: &[lexical::Asked],
        pool: Vec<Slot>,
        search: &Search,
    ) -> Result<Vec<Hit>, IndexFault> {
        let placed: Vec<(Slot, DocAddress)> =
            pool.into_iter().filter_map(|slot| Some((slot, *seen.addresses.get(&slot)?))).collect();
        let addresses: Vec<DocAddress> = placed.iter().map(|(_, address)| *address).collect();
        let words = lexical::weigh(&seen.searcher, self.fields, asked, &addresses)?;
        let vector = meaning_of(question);
        let reads = search.channels.reading && placed.iter().any(|(slot, _)| slots.reading(*slot).is_some());
        let reading = reads.then(|| reading_of(question));
        let parts: Vec<Parts> = placed
            .iter()
            .map(|(slot, address)| Parts {
                words: words.get(address).copied().unwrap_or_default(),
                meaning: slots.closeness(*slot, &vector),
                reading: reading
                    .as_ref()
                    .and_then(|reading| Some(closeness(slots.reading(*slot)?.as_slice(), reading))),
            })
            .collect();
        let mut points = rank(&parts, search.channels, search.weights);
        if search.channels.meaning || reads {
            add_neighbours(&mut points, search.weights.neighbours, |a, b| {
                slots.nearness(placed[a].0, placed[b].0)
            });
        }
        for ((slot, _), points) in placed.iter().zip(&mut points) {
            let facts = slots.facts(*slot);
            points.requirements = -question.requirements.iter().map(|asked| asked.cost(facts)).sum::<f32>();
        }
        let mut hits: Vec<Hit> = placed
            .iter()
            .zip(parts)
            .zip(points)
            .map(|(((slot, _), parts), points)| Hit { id: slots.id(*slot).to_owned(), points, parts })
            .collect();
        hits.sort_by(|a, b| b.points.total().total_cmp(&a.points.total()).then_with(|| a.id.cmp(&b.id)));
        Ok(hits)
    }

    fn seen(&self) -> RwLockReadGuard<'_, Seen> {
        self.seen.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seen {
    fn of(searcher: Searcher) -> Result<Self, IndexFault> {
        let mut addresses = HashMap::new();
        let mut slots = Vec::new();
        for (number, segment) in (0..).zip(searcher.segment_readers()) {
            let column = segment.fast_fields().u64("slot")?;
            let mut here = vec![Slot::MAX; segment.max_doc() as usize];
            for document in segment.doc_ids_alive() {
                let slot = column.first(document).and_then(|slot| Slot::try_from(slot).ok());
                let slot = slot.ok_or_else(|| IndexFault::Damaged("a document has no slot".to_owned()))?;
                here[document as usize] = slot;
                addresses.insert(slot, DocAddress::new(number, document));
            }
            slots.push(here);
        }
        Ok(Self { searcher, addresses, slots })
    }

    fn slot(&self, address: DocAddress) -> Slot {
        self.slots[address.segment_ord as usize][address.doc_id as usize]
    }
}

/// A document cut into what the two channels keep of it.
struct Prepared {
    units: String,
    vector: [f32; TABLE_DIMENSIONS],
}

impl Prepared {
    fn of(document: &Document) -> Self {
        Self {
            units: lexical::field_text(&document.title, &document.text),
            vector: Table::shipped().vector(&format!("{} {}", document.title, document.text)),
        }
    }
}

fn meaning_of(question: &Question) -> [f32; TABLE_DIMENSIONS] {
    Table::shipped().vector(&question.text)
}

/// The mean of what the title says and what title and description say together.
fn reading_of(question: &Question) -> Vec<f32> {
    let encoder = Encoder::shipped();
    let title = encoder.reading(&question.text, Side::Question);
    if question.description.is_empty() {
        return title;
    }
    let whole = encoder.reading(&format!("{}\n{}", question.text, question.description), Side::Question);
    title.iter().zip(whole).map(|(title, whole)| (title + whole) / 2.0).collect()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
