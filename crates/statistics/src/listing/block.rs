//! A block of contracts: their titles in one text, what the best of them can be, and a signature of the text.

use std::hash::Hasher as _;

use memchr::memmem::Finder;

use super::ask::ListOrder;

/// Contracts of one block.
pub(super) const BLOCK_SLOTS: usize = 512;
/// Bits of a block's signature: some 6,000 different grams fill a fifth of them.
const SIGNATURE_BITS: usize = 1 << 15;
/// Neighbouring ASCII characters that make a gram: fewer digits than these stand in every block.
const ASCII_GRAM: usize = 5;
/// Where fewer contracts than these are left, their titles are searched one by one.
const FEW: usize = 24;

#[derive(Clone, Debug)]
pub(super) struct Block {
    text: String,
    /// Where each title begins, and where the last one ends.
    starts: Vec<u32>,
    signature: Vec<u64>,
    day_max: u16,
    contract_value_max: i64,
    number_min: u128,
}

impl Block {
    pub(super) fn new() -> Self {
        Self {
            text: String::new(),
            starts: vec![0],
            signature: vec![0; SIGNATURE_BITS / 64],
            day_max: 0,
            contract_value_max: 0,
            number_min: u128::MAX,
        }
    }

    pub(super) fn push(&mut self, title: &str) {
        self.text.push_str(title);
        self.starts.push(end_of(&self.text));
        self.sign(title);
    }

    /// Puts another title in a contract's place. What the old one left in the signature only costs a look.
    pub(super) fn replace(&mut self, place: usize, title: &str) {
        if self.title(place) == title {
            return;
        }
        let (start, end) = (self.starts[place] as usize, self.starts[place + 1] as usize);
        self.text.replace_range(start..end, title);
        let moved = title.len() as i64 - (end - start) as i64;
        for start in &mut self.starts[place + 1..] {
            *start = u32::try_from(i64::from(*start) + moved).expect("invariant: a block's text is small");
        }
        self.sign(title);
    }

    pub(super) fn title(&self, place: usize) -> &str {
        &self.text[self.starts[place] as usize..self.starts[place + 1] as usize]
    }

    /// Gives back what growing has reserved in vain.
    pub(super) fn shrink(&mut self) {
        self.text.shrink_to_fit();
        self.starts.shrink_to_fit();
    }

    pub(super) fn widen(&mut self, day: u16, contract_value: i64) {
        self.day_max = self.day_max.max(day);
        self.contract_value_max = self.contract_value_max.max(contract_value);
    }

    pub(super) fn widen_number(&mut self, head: u128) {
        self.number_min = self.number_min.min(head);
    }

    /// No contract of the block comes before this in the order.
    pub(super) fn best(&self, order: ListOrder) -> u128 {
        match order {
            ListOrder::Newest => ListOrder::head_of_day(self.day_max),
            ListOrder::Largest => ListOrder::head_of_value(self.contract_value_max),
            ListOrder::Number => self.number_min,
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.text.capacity() + self.starts.capacity() * 4 + self.signature.capacity() * 8
    }

    /// Keeps of the chosen contracts those whose title holds the needle; writes them to `hits`.
    pub(super) fn search(&self, needle: &Needle, chosen: &[u8], hits: &mut [u8]) {
        hits.fill(0);
        if !needle.grams.iter().all(|&gram| self.signature[gram / 64] & (1 << (gram % 64)) != 0) {
            return;
        }
        let left: usize = chosen.iter().map(|&is_chosen| usize::from(is_chosen)).sum();
        if left < FEW {
            let places = (0..chosen.len()).filter(|&place| chosen[place] != 0);
            for place in places {
                hits[place] = u8::from(needle.finder.find(self.title(place).as_bytes()).is_some());
            }
            return;
        }
        let mut from = 0;
        while let Some(found) = needle.finder.find(&self.text.as_bytes()[from..]) {
            // The title in which the hit begins; a needle has no line end, so it ends there too.
            let at = from + found;
            let place = self.starts.partition_point(|&start| start as usize <= at) - 1;
            hits[place] = 1;
            from = self.starts[place + 1] as usize;
        }
    }

    fn sign(&mut self, title: &str) {
        for gram in grams(title) {
            self.signature[gram / 64] |= 1 << (gram % 64);
        }
    }
}

fn end_of(text: &str) -> u32 {
    u32::try_from(text.len()).expect("invariant: a block's text is small")
}

/// What is looked for in titles.
#[derive(Debug)]
pub(super) struct Needle {
    finder: Finder<'static>,
    grams: Vec<usize>,
}

impl Needle {
    /// Of a text as [`xiaoxiang_domain::region::plain`] leaves it.
    pub(super) fn new(plain: &str) -> Self {
        Self { finder: Finder::new(plain).into_owned(), grams: grams(plain).collect() }
    }
}

/// The grams of a text: every character that is not ASCII, every two neighbours of which one is not, every five that
/// all are. Those of a part of a text are among those of the text.
fn grams(text: &str) -> impl Iterator<Item = usize> {
    let single = text.char_indices().filter(|(_, character)| !character.is_ascii());
    let singles = single.map(|(at, character)| bit_of(&text.as_bytes()[at..at + character.len_utf8()]));
    let tails = text.char_indices().map(|(at, _)| &text[at..]);
    singles.chain(tails.filter_map(|tail| {
        let mut characters = tail.chars();
        let (first, second) = (characters.next()?, characters.next()?);
        if first == '\n' || second == '\n' {
            return None;
        }
        if !first.is_ascii() || !second.is_ascii() {
            return Some(bit_of(&tail.as_bytes()[..first.len_utf8() + second.len_utf8()]));
        }
        let run = tail.as_bytes().get(..ASCII_GRAM)?;
        (run.is_ascii() && !run.contains(&b'\n')).then(|| bit_of(run))
    }))
}

/// FNV-1a, folded.
fn bit_of(bytes: &[u8]) -> usize {
    let mut hasher = Fnv(0xcbf2_9ce4_8422_2325);
    hasher.write(bytes);
    let mixed = hasher.finish();
    (mixed ^ (mixed >> 32)) as usize % SIGNATURE_BITS
}

struct Fnv(u64);

impl std::hash::Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(block: &Block, needle: &str, count: usize) -> Vec<u8> {
        let mut found = vec![0; count];
        block.search(&Needle::new(needle), &vec![1; count], &mut found);
        found
    }

    #[test]
    fn titles_are_found_by_any_part_also_after_they_were_replaced() {
        let mut block = Block::new();
        for title in
            ["hn20260001\n碳纤维复合材料开发\n", "hn20260002\n磁浮列车x射线检测\n", "hn20260003\n茶油精炼\n"]
        {
            block.push(title);
        }
        assert_eq!(hits(&block, "复合材料", 3), [1, 0, 0]);
        assert_eq!(hits(&block, "20260002", 3), [0, 1, 0]);
        assert_eq!(hits(&block, "车x射", 3), [0, 1, 0]);
        assert_eq!(hits(&block, "油", 3), [0, 0, 1]);
        assert_eq!(hits(&block, "鑫", 3), [0, 0, 0]);
        assert_eq!(hits(&block, "hn2026", 3), [1, 1, 1]);
        assert_eq!(hits(&block, "0001碳", 3), [0, 0, 0], "no hit reaches from the number into the name");
        block.replace(1, "hn20260002\n磁悬浮轨道检测系统研究\n");
        assert_eq!(hits(&block, "悬浮轨道", 3), [0, 1, 0]);
        assert_eq!(hits(&block, "射线", 3), [0, 0, 0]);
        assert_eq!(hits(&block, "茶油精炼", 3), [0, 0, 1]);
    }

    #[test]
    fn many_contracts_are_searched_as_few_are() {
        let mut block = Block::new();
        for number in 0..100 {
            block.push(&format!("{number:016}\n项目{}\n", if number % 7 == 0 { "甲乙" } else { "丙" }));
        }
        let all = hits(&block, "目甲", 100);
        for (number, hit) in all.iter().enumerate() {
            let mut alone = vec![0; 100];
            alone[number] = 1;
            let mut found = vec![0; 100];
            block.search(&Needle::new("目甲"), &alone, &mut found);
            assert_eq!((*hit == 1, found[number] == 1), (number % 7 == 0, number % 7 == 0));
        }
    }
}
