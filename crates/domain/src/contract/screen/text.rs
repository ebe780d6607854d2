//! Titles made comparable, and near duplicates among them (文本近似).
//!
//! A title is compared by its pairs of neighbouring characters, after width, punctuation, the names of the parties and
//! the numbers of parts (一期、A包、（二）) are taken out. Candidates come from min-hash bands; every candidate is then
//! compared exactly.

use std::collections::{HashMap, HashSet};

use crate::region::plain;

/// Bands of the index and min-hashes of each: texts of which half is the same meet with 66 %, of three quarters 98 %.
const BANDS: usize = 8;
const ROWS: usize = 3;
/// Titles in one bucket beyond which a band says nothing: everybody writes so.
const BUCKET_MAX: u32 = 300;
/// Characters of a title that count; longer ones are cut.
pub const CHARACTERS_MAX: usize = 500;
/// Words that any title may begin and end with, and what must be left of it.
const GENERAL_STARTS: [&str; 3] = ["关于", "有关", "就"];
const GENERAL_ENDS: [&str; 8] = ["技术合同", "合同书", "协议书", "合同", "协议", "项目", "事宜", "的"];
const GENERAL_REST_MIN: usize = 6;
/// What stands for the number of a part.
const NUMERALS: &str = "0123456789一二三四五六七八九十甲乙丙丁ⅰⅱⅲⅳⅴ①②③④⑤";
/// What follows or precedes such a number.
const PART_WORDS: [&str; 27] = [
    "子课题",
    "子项目",
    "子项",
    "标段",
    "标包",
    "部分",
    "阶段",
    "批次",
    "分包",
    "模块",
    "年度",
    "分项",
    "期",
    "批",
    "包",
    "标",
    "段",
    "年",
    "月",
    "日",
    "份",
    "季度",
    "第",
    "之",
    "之一",
    "期工程",
    "其",
];

/// A title taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Title {
    /// Without punctuation and party names.
    pub whole: String,
    /// Without the numbers of parts.
    pub stem: String,
    /// These numbers.
    pub marks: String,
}

/// Takes a title apart.
#[must_use]
pub fn title(text: &str, party_names: [&str; 2]) -> Title {
    let cut: String = text.chars().take(CHARACTERS_MAX).collect();
    let mut whole: String = plain(&cut).chars().filter(|c| c.is_alphanumeric()).collect();
    for name in party_names {
        let name: String = plain(name).chars().filter(|c| c.is_alphanumeric()).collect();
        if name.chars().count() >= 4 && whole.len() > name.len() {
            whole = whole.replace(&name, "");
        }
    }
    let (stem, marks) = without_parts(without_general_words(&whole));
    Title { whole, stem, marks }
}

/// The text without words that any title may begin or end with.
fn without_general_words(whole: &str) -> &str {
    let mut text = whole;
    loop {
        let shorter = GENERAL_STARTS
            .iter()
            .find_map(|word| text.strip_prefix(word))
            .or_else(|| GENERAL_ENDS.iter().find_map(|word| text.strip_suffix(word)));
        match shorter {
            Some(shorter) if shorter.chars().count() >= GENERAL_REST_MIN => text = shorter,
            _ => return text,
        }
    }
}

/// The text without numbers of parts, and these.
fn without_parts(whole: &str) -> (String, String) {
    let characters: Vec<char> = whole.chars().collect();
    let is_numeral = |at: usize| characters.get(at).is_some_and(|c| NUMERALS.contains(*c));
    let mut is_mark = vec![false; characters.len()];
    for at in 0..characters.len() {
        if !is_numeral(at) {
            continue;
        }
        let is_digit = characters[at].is_ascii_digit();
        let mut end = at + 1;
        while is_numeral(end) {
            end += 1;
        }
        let follows = PART_WORDS
            .iter()
            .filter(|word| {
                let word: Vec<char> = word.chars().collect();
                characters[end..].starts_with(&word)
            })
            .map(|word| word.chars().count())
            .max();
        let precedes = PART_WORDS
            .iter()
            .filter(|word| {
                let word: Vec<char> = word.chars().collect();
                characters[..at].ends_with(&word)
            })
            .map(|word| word.chars().count())
            .max();
        let is_last = end == characters.len();
        if is_digit || follows.is_some() || precedes.is_some() || is_last {
            let from = at - precedes.unwrap_or(0);
            for flag in &mut is_mark[from..end + follows.unwrap_or(0)] {
                *flag = true;
            }
        }
    }
    // A single letter before a part's word or at the end: A包, 课题B.
    for at in 0..characters.len() {
        let is_alone = characters[at].is_ascii_alphabetic()
            && !(at > 0 && characters[at - 1].is_ascii_alphanumeric())
            && !characters.get(at + 1).is_some_and(char::is_ascii_alphanumeric);
        let next: String = characters[at + 1..].iter().take(3).collect();
        let word = PART_WORDS.iter().filter(|word| next.starts_with(**word)).map(|w| w.chars().count()).max();
        if is_alone && (word.is_some() || at + 1 == characters.len()) {
            for flag in &mut is_mark[at..=at + word.unwrap_or(0)] {
                *flag = true;
            }
        }
    }
    let of = |wanted: bool| -> String {
        characters.iter().zip(&is_mark).filter(|(_, mark)| **mark == wanted).map(|(c, _)| *c).collect()
    };
    (of(false), of(true))
}

/// The pairs of neighbouring characters of a text, sorted, none twice.
fn pairs(text: &str) -> Box<[u32]> {
    let characters: Vec<u32> = text.chars().map(u32::from).collect();
    let mut found: Vec<u32> = match characters.as_slice() {
        [] => Vec::new(),
        [one] => vec![mix(u64::from(*one))],
        many => many.windows(2).map(|pair| mix(u64::from(pair[0]) << 32 | u64::from(pair[1]))).collect(),
    };
    found.sort_unstable();
    found.dedup();
    found.into_boxed_slice()
}

/// A text cut into runs, each with whether its pairs of neighbouring characters stand in another text too.
#[must_use]
pub fn runs_beside<'a>(text: &'a str, other: &str) -> Vec<(&'a str, bool)> {
    let pairs_of = |text: &str| -> Vec<(usize, [char; 2])> {
        let characters: Vec<(usize, char)> = text.char_indices().take(CHARACTERS_MAX).collect();
        characters.windows(2).map(|pair| (pair[0].0, [pair[0].1, pair[1].1])).collect()
    };
    let known: HashSet<[char; 2]> = pairs_of(other).into_iter().map(|(_, pair)| pair).collect();
    let mut shared = vec![false; text.len()];
    for (at, pair) in pairs_of(text) {
        if known.contains(&pair) {
            let end = at + pair[0].len_utf8() + pair[1].len_utf8();
            shared[at..end].fill(true);
        }
    }
    let mut runs = Vec::new();
    let mut from = 0;
    for (at, _) in text.char_indices().skip(1).chain(std::iter::once((text.len(), ' '))) {
        if at == text.len() || shared[at] != shared[from] {
            if at > from {
                runs.push((&text[from..at], shared[from]));
            }
            from = at;
        }
    }
    runs
}

/// A 32-bit digest of a number (the finaliser of splitmix64).
const fn mix(number: u64) -> u32 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed >> 32) as u32
}

/// How many both have.
fn common(left: &[u32], right: &[u32]) -> usize {
    let (mut at, mut to, mut found) = (0, 0, 0);
    while at < left.len() && to < right.len() {
        match left[at].cmp(&right[to]) {
            std::cmp::Ordering::Less => at += 1,
            std::cmp::Ordering::Greater => to += 1,
            std::cmp::Ordering::Equal => {
                found += 1;
                at += 1;
                to += 1;
            }
        }
    }
    found
}

/// What is known of one stem.
#[derive(Debug)]
struct Stem {
    pairs: Box<[u32]>,
    characters: u32,
}

/// All stems, and which are near each other.
#[derive(Debug)]
pub struct Stems {
    known: HashMap<Box<str>, u32>,
    stems: Vec<Stem>,
    /// By band: the digest of its min-hashes, the last stem with it and how many have it.
    heads: Vec<HashMap<u64, (u32, u32)>>,
    /// By band and stem: the stem before it in the same bucket.
    before: Vec<Vec<u32>>,
}

/// No stem.
const NONE: u32 = u32::MAX;

/// Stems near another one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Near {
    /// Each with the share of pairs that both have, in per cent of all pairs of both.
    pub stems: Vec<(u32, u32)>,
    /// Whether so many write like this that not all were looked at.
    pub is_common: bool,
}

impl Default for Stems {
    fn default() -> Self {
        Self {
            known: HashMap::new(),
            stems: Vec::new(),
            heads: vec![HashMap::new(); BANDS],
            before: vec![Vec::new(); BANDS],
        }
    }
}

impl Stems {
    /// The number of a stem, new or known.
    pub fn add(&mut self, stem: &str) -> u32 {
        if let Some(known) = self.known.get(stem) {
            return *known;
        }
        let number = u32::try_from(self.stems.len()).expect("invariant: fewer stems than contracts");
        let pairs = pairs(stem);
        for (band, digest) in bands(&pairs).into_iter().enumerate() {
            let head = self.heads[band].entry(digest).or_insert((NONE, 0));
            self.before[band].push(head.0);
            *head = (number, head.1 + 1);
        }
        let characters = u32::try_from(stem.chars().count()).expect("invariant: titles are cut");
        self.stems.push(Stem { pairs, characters });
        self.known.insert(stem.into(), number);
        number
    }

    /// How many stems there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.stems.len()
    }

    /// Takes the newest stem back, which is this text.
    pub fn take_back(&mut self, text: &str) {
        let Some(stem) = self.stems.pop() else { return };
        let number = u32::try_from(self.stems.len()).expect("invariant: fewer stems than contracts");
        let known = self.known.remove(text);
        debug_assert_eq!(known, Some(number), "the newest stem is taken back");
        for (band, digest) in bands(&stem.pairs).into_iter().enumerate() {
            let before = self.before[band].pop().expect("invariant: each stem stands in each band");
            if before == NONE {
                self.heads[band].remove(&digest);
            } else if let Some(head) = self.heads[band].get_mut(&digest) {
                debug_assert_eq!(head.0, number, "the newest stem is the head of its buckets");
                *head = (before, head.1 - 1);
            }
        }
    }

    /// Characters of a stem.
    #[must_use]
    pub fn characters(&self, stem: u32) -> u32 {
        self.stems[stem as usize].characters
    }

    /// The share of pairs that both have, in per cent of all pairs of both (Jaccard).
    #[must_use]
    pub fn similarity(&self, left: u32, right: u32) -> u32 {
        if left == right {
            return 100;
        }
        let (left, right) = (&self.stems[left as usize].pairs, &self.stems[right as usize].pairs);
        let both = common(left, right);
        percent(both, left.len() + right.len() - both)
    }

    /// The share of the shorter one's pairs that the longer one has too, in per cent.
    #[must_use]
    pub fn containment(&self, left: u32, right: u32) -> u32 {
        if left == right {
            return 100;
        }
        let (left, right) = (&self.stems[left as usize].pairs, &self.stems[right as usize].pairs);
        percent(common(left, right), left.len().min(right.len()))
    }

    /// The stems of which at least so much is the same, itself among them.
    #[must_use]
    pub fn near(&self, stem: u32, percent_min: u32) -> Near {
        let mut candidates = vec![stem];
        let mut is_common = false;
        for (band, digest) in bands(&self.stems[stem as usize].pairs).into_iter().enumerate() {
            let Some((last, count)) = self.heads[band].get(&digest) else { continue };
            if *count > BUCKET_MAX {
                is_common = true;
                continue;
            }
            let mut at = *last;
            while at != NONE {
                candidates.push(at);
                at = self.before[band][at as usize];
            }
        }
        candidates.sort_unstable();
        candidates.dedup();
        let stems = candidates
            .into_iter()
            .map(|other| (other, self.similarity(stem, other)))
            .filter(|(_, percent)| *percent >= percent_min)
            .collect();
        Near { stems, is_common }
    }

    /// How many of a thousand stems share a bucket with another one by chance: how alike everybody writes.
    #[must_use]
    pub fn crowding_permille(&self) -> u64 {
        let all = (self.stems.len() * BANDS) as u64;
        let different: u64 = self.heads.iter().map(|band| band.len() as u64).sum();
        (all - different) * 1000 / all.max(1)
    }
}

fn percent(part: usize, whole: usize) -> u32 {
    u32::try_from(part * 100 / whole.max(1)).expect("invariant: a part of the whole")
}

/// The digests of the bands of a set of pairs.
fn bands(pairs: &[u32]) -> [u64; BANDS] {
    let mut digests = [0; BANDS];
    for (band, digest) in digests.iter_mut().enumerate() {
        for row in 0..ROWS {
            let salt = (band * ROWS + row + 1) as u64;
            let least = pairs.iter().map(|pair| mix(u64::from(*pair) | salt << 32)).min().unwrap_or(0);
            *digest = u64::from(mix(*digest ^ u64::from(least))) << 32
                | u64::from(mix(digest.wrapping_add(u64::from(least))));
        }
    }
    digests
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Title {
        title(text, ["甲科技有限公司", "乙集团股份有限公司"])
    }

    #[test]
    fn names_of_parties_punctuation_and_numbers_of_parts_do_not_count() {
        assert_eq!(of("盾构机主轴承密封研制（一期）").stem, of("盾构机主轴承密封研制（二期）").stem);
        assert_eq!(of("盾构机主轴承密封研制 A包").stem, "盾构机主轴承密封研制");
        assert_eq!(of("为乙集团股份有限公司研制密封装置").stem, "为研制密封装置");
        assert_eq!(of("2024年度水质检测服务").stem, of("2025年度水质检测服务").stem);
        assert_ne!(of("2024年度水质检测服务").marks, of("2025年度水质检测服务").marks);
        assert_eq!(of("统一数据平台研制").stem, "统一数据平台研制", "a numeral inside a word is no part");
    }

    #[test]
    fn what_two_titles_share_is_cut_out_of_them() {
        assert_eq!(
            runs_beside("盾构机密封研制（一期）", "盾构机轴承研制"),
            [("盾构机", true), ("密封", false), ("研制", true), ("（一期）", false)]
        );
        assert_eq!(runs_beside("研", "研制"), [("研", false)]);
        assert_eq!(runs_beside("", "研制"), []);
        assert_eq!(runs_beside("ab密", "密ab"), [("ab", true), ("密", false)]);
        let long = "研制".repeat(CHARACTERS_MAX);
        assert_eq!(runs_beside(&long, &long).iter().map(|(text, _)| text.len()).sum::<usize>(), long.len());
    }

    #[test]
    fn near_duplicates_are_found_and_compared_exactly() {
        let mut stems = Stems::default();
        let first = stems.add("面向中小企业的焊接机器人工作站关键技术研究");
        let second = stems.add("面向中小企业焊接机器人工作站的关键技术研究");
        let other = stems.add("餐厨垃圾资源化工艺优化与评价");
        let near = stems.near(first, 70);
        assert_eq!(near.stems.iter().map(|(stem, _)| *stem).collect::<Vec<_>>(), [first, second]);
        assert!(stems.similarity(first, other) < 10);
        assert_eq!(stems.add("餐厨垃圾资源化工艺优化与评价"), other);
    }
}
