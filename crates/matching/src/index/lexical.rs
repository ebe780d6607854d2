//! The full-text channel: characters, pairs and words of a document in one field, weighted by how rare they are.
//!
//! The weight of a unit is the usual BM25 with its rarity (IDF) raised to the power [`RARITY_POWER`], because titles
//! are full of words that every title has (一种, 方法, 装置).

use std::collections::HashMap;

use tantivy::query::{BooleanQuery, BoostQuery, Occur, Query, TermQuery};
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::{DocAddress, DocId, DocSet, Searcher, TERMINATED, Term};

use crate::document::{LONGEST_TEXT, LONGEST_TITLE, Question};
use crate::text::{Units, fold, units};

/// How much a unit's rarity counts beyond the plain BM25.
const RARITY_POWER: f32 = 2.0;
/// A word longer than a pair counts so much beside its pairs, which say most of it.
const LONG_WORD_WEIGHT: f32 = 0.5;
/// Single ideographs count fully in a question of so many characters, and less in longer ones, where they are noise.
const SHORT_QUESTION: f32 = 24.0;
/// Saturation of a unit's frequency in a document.
const FREQUENCY_SATURATION: f32 = 1.2;
/// How far long documents are held down.
const LENGTH_WEIGHT: f32 = 0.75;
/// Saturation of a unit's frequency in the question.
const ASKED_SATURATION: f32 = 8.0;
/// A unit of the title counts so many times beside one of the description.
const TITLE_REPEATS: usize = 3;
/// So many units, the heaviest, find candidates; all of them rank.
const FINDING_UNITS: usize = 48;
/// So many units of a question are looked at.
const MOST_UNITS: usize = 600;

/// The fields of the full-text index.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields {
    pub(super) slot: Field,
    pub(super) kind: Field,
    pub(super) units: Field,
}

/// The tokenizer of the units' field: they are cut already and come with spaces between.
pub(super) const TOKENIZER: &str = "cut";

pub(super) fn schema() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let slot = schema.add_u64_field("slot", FAST | INDEXED | STORED);
    let kind = schema.add_text_field("kind", STRING);
    let cut = TextFieldIndexing::default()
        .set_tokenizer(TOKENIZER)
        .set_index_option(IndexRecordOption::WithFreqs)
        .set_fieldnorms(true);
    let units = schema.add_text_field("units", TextOptions::default().set_indexing_options(cut));
    (schema.build(), Fields { slot, kind, units })
}

/// The units of a document as the field takes them.
pub(super) fn field_text(title: &str, text: &str) -> String {
    let mut all = String::new();
    for part in [shortened(title, LONGEST_TITLE), shortened(text, LONGEST_TEXT)] {
        for unit in counted(part) {
            all.push_str(&unit);
            all.push(' ');
        }
    }
    all
}

/// The units of a text that count: pairs, single ideographs, and words that are longer than a pair.
fn counted(text: &str) -> impl Iterator<Item = String> {
    let Units { characters, pairs, words } = units(&fold(text));
    let single = characters.into_iter().filter(|unit| is_single(unit));
    let long = words.into_iter().filter(|word| !word.is_ascii() && word.chars().nth(2).is_some());
    pairs.into_iter().chain(single).chain(long)
}

/// Whether a unit is one ideograph; a letter or digit that stands alone is a word.
fn is_single(unit: &str) -> bool {
    !unit.is_ascii() && unit.chars().nth(1).is_none()
}

/// The first characters of a text.
pub(super) fn shortened(text: &str, characters: usize) -> &str {
    text.char_indices().nth(characters).map_or(text, |(end, _)| &text[..end])
}

/// A unit of a question with its weight in this index.
pub(super) struct Asked {
    term: Term,
    text: String,
    /// Rarity to the power, times how often it is asked.
    weight: f32,
    /// What BM25 would give it without our power and frequency.
    rarity: f32,
}

/// The units of a question that occur in the index, the heaviest first.
pub(super) fn ask(searcher: &Searcher, fields: Fields, question: &Question) -> tantivy::Result<Vec<Asked>> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for (part, longest, repeats) in
        [(&question.text, LONGEST_TITLE, TITLE_REPEATS), (&question.description, LONGEST_TEXT, 1)]
    {
        for unit in counted(shortened(part, longest)) {
            *counts.entry(unit).or_default() += repeats;
        }
    }
    let asked_characters = question.text.chars().count().max(1) as f32;
    let single_weight = (SHORT_QUESTION / asked_characters).min(1.0);
    let documents = searcher.num_docs() as f32;
    let mut asked = Vec::with_capacity(counts.len());
    for (text, count) in counts {
        let term = Term::from_field_text(fields.units, &text);
        let holding = searcher.doc_freq(&term)? as f32;
        if holding > 0.0 {
            let rarity = (1.0 + (documents - holding + 0.5).max(0.0) / (holding + 0.5)).ln();
            let count = count as f32;
            let often = count * (ASKED_SATURATION + 1.0) / (count + ASKED_SATURATION);
            let kind = match text.chars().count() {
                1 if is_single(&text) => single_weight,
                3.. if !text.is_ascii() => LONG_WORD_WEIGHT,
                _ => 1.0,
            };
            asked.push(Asked { term, text, weight: rarity.powf(RARITY_POWER) * often * kind, rarity });
        }
    }
    asked.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.text.cmp(&b.text)));
    asked.truncate(MOST_UNITS);
    Ok(asked)
}

/// The query that finds candidates: any of the heaviest units, of the kinds asked for. Single characters only help
/// to rank, unless the question has nothing else: their lists are long.
pub(super) fn finding_query(asked: &[Asked], fields: Fields, kinds: &[String]) -> Box<dyn Query> {
    let long = |asked: &&Asked| asked.text.chars().nth(1).is_some();
    let mut finding: Vec<&Asked> = asked.iter().filter(long).take(FINDING_UNITS).collect();
    if finding.is_empty() {
        finding = asked.iter().take(FINDING_UNITS).collect();
    }
    let units: Vec<(Occur, Box<dyn Query>)> = finding
        .into_iter()
        .map(|asked| {
            let query = TermQuery::new(asked.term.clone(), IndexRecordOption::WithFreqs);
            let boost = asked.weight / asked.rarity.max(f32::MIN_POSITIVE);
            (Occur::Should, Box::new(BoostQuery::new(Box::new(query), boost)) as Box<dyn Query>)
        })
        .collect();
    let units: Box<dyn Query> = Box::new(BooleanQuery::new(units));
    if kinds.is_empty() {
        return units;
    }
    Box::new(BooleanQuery::new(vec![(Occur::Must, units), (Occur::Must, kinds_query(fields, kinds))]))
}

fn kinds_query(fields: Fields, kinds: &[String]) -> Box<dyn Query> {
    let terms = kinds
        .iter()
        .map(|kind| {
            let term = Term::from_field_text(fields.kind, kind);
            (Occur::Should, Box::new(TermQuery::new(term, IndexRecordOption::Basic)) as Box<dyn Query>)
        })
        .collect();
    Box::new(tantivy::query::ConstScoreQuery::new(Box::new(BooleanQuery::new(terms)), 0.0))
}

/// The lexical score of documents, by all units of the question. The addresses may come in any order.
pub(super) fn weigh(
    searcher: &Searcher,
    fields: Fields,
    asked: &[Asked],
    addresses: &[DocAddress],
) -> tantivy::Result<HashMap<DocAddress, f32>> {
    let mut weights: HashMap<DocAddress, f32> = addresses.iter().map(|address| (*address, 0.0)).collect();
    let (mut units, mut documents) = (0.0_f32, 0.0_f32);
    for segment in searcher.segment_readers() {
        units += segment.inverted_index(fields.units)?.total_num_tokens() as f32;
        documents += segment.max_doc() as f32;
    }
    let mean_length = (units / documents.max(1.0)).max(1.0);
    for (number, segment) in (0..).zip(searcher.segment_readers()) {
        let mut wanted: Vec<DocId> = addresses
            .iter()
            .filter(|address| address.segment_ord == number)
            .map(|address| address.doc_id)
            .collect();
        wanted.sort_unstable();
        if wanted.is_empty() {
            continue;
        }
        let index = segment.inverted_index(fields.units)?;
        let lengths = segment.get_fieldnorms_reader(fields.units)?;
        for asked in asked {
            let Some(mut postings) = index.read_postings(&asked.term, IndexRecordOption::WithFreqs)? else {
                continue;
            };
            for document in &wanted {
                if postings.doc() < *document {
                    postings.seek(*document);
                }
                match postings.doc() {
                    TERMINATED => break,
                    at if at == *document => {
                        let frequency = tantivy::postings::Postings::term_freq(&postings) as f32;
                        let length = lengths.fieldnorm(*document) as f32 / mean_length;
                        let held = FREQUENCY_SATURATION * (1.0 - LENGTH_WEIGHT + LENGTH_WEIGHT * length);
                        let part =
                            asked.weight * frequency * (FREQUENCY_SATURATION + 1.0) / (frequency + held);
                        *weights.entry(DocAddress::new(number, *document)).or_default() += part;
                    }
                    _ => {}
                }
            }
        }
    }
    Ok(weights)
}
