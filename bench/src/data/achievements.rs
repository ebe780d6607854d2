//! Invented achievements of real words: titles and texts drawn from the rows of the table of meanings, common words
//! more often than rare ones, the same for the same seed.

use xiaoxiang_domain::market::DisclosureLevel;
use xiaoxiang_domain::money::Fen;
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_matching::constraint::Facts;
use xiaoxiang_matching::document::Document;

const WORDS: &str = include_str!("../../../crates/matching/model/words.tsv");
/// Words of a title and of a text.
const TITLE_WORDS: u64 = 6;
const TEXT_WORDS: u64 = 60;
/// The single characters before the words.
const CHARACTERS: usize = 6_763;

pub struct Achievements {
    words: Vec<&'static str>,
    seed: u64,
}

impl Achievements {
    pub fn new(seed: u64) -> Self {
        let words = WORDS.lines().skip(CHARACTERS).filter_map(|line| line.split('\t').next()).collect();
        Self { words, seed }
    }

    pub fn document(&self, number: u64) -> Document {
        let mut chance = Chance(self.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ number);
        let title = self.words(&mut chance, TITLE_WORDS);
        let text = self.words(&mut chance, TEXT_WORDS);
        let place = 430_100 + (chance.next() % 14) as u32 * 100 + 2;
        let facts = Facts {
            place: Some(DivisionCode(place)),
            price: Some(Fen((1 + chance.next() % 500) as i64 * 1_000_000)),
            disclosure: Some(DisclosureLevel::Public),
            ..Facts::default()
        };
        Document { id: format!("a{number}"), kind: "achievement".to_owned(), title, text, facts }
    }

    /// A few words of a document's title and text, as somebody would ask for it.
    pub fn asked(&self, number: u64, words: u64) -> String {
        let mut chance = Chance(self.seed ^ number.wrapping_mul(0xd134_2543_de82_ef95));
        self.words(&mut chance, words)
    }

    fn words(&self, chance: &mut Chance, count: u64) -> String {
        (0..count).map(|_| self.words[chance.rank(self.words.len())]).collect()
    }
}

/// A stream that its seed fixes (SplitMix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A rank below `count`, low ones much more often: the third power of an even draw.
    fn rank(&mut self, count: usize) -> usize {
        const STEPS: u128 = 1 << 20;
        let even = u128::from(self.next()) % STEPS;
        usize::try_from(even * even * even * count as u128 / (STEPS * STEPS * STEPS)).unwrap_or_default()
    }
}
