//! Makes `model/words.tsv`, the rows of the table of meanings with how much each says (its rarity): the words and
//! characters of some texts, filled up with the frequent words of jieba's dictionary (MIT).

use std::collections::{HashMap, HashSet};
use std::error::Error;

use xiaoxiang_matching::text::{fold, units};

use crate::texts::Text;

/// Rows of the table: with 256 dimensions a little under 16 MB.
const ROWS: usize = 59_000;
/// Longest row.
const LONGEST_CHARACTERS: usize = 12;

pub fn make(out: &str, dictionary: &str, texts: &[Text]) -> Result<(), Box<dyn Error>> {
    let mut holding = HashMap::<String, u32>::new();
    for text in texts {
        let units = units(&fold(&format!("{} {}", text.title, text.text)));
        let seen: HashSet<String> = units.words.into_iter().chain(units.characters).collect();
        for unit in seen {
            *holding.entry(unit).or_default() += 1;
        }
    }
    let mut dictionary_words: Vec<(u64, String)> = Vec::new();
    for line in std::fs::read_to_string(dictionary)?.lines() {
        let mut columns = line.split(' ');
        let (Some(word), Some(count), Some(class)) = (columns.next(), columns.next(), columns.next()) else {
            continue;
        };
        let name = ["nr", "ns", "nt"].iter().any(|name| class.starts_with(name));
        if !name && (2..=5).contains(&word.chars().count()) {
            dictionary_words.push((count.parse()?, fold(word)));
        }
    }
    dictionary_words.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));

    let mut rows: Vec<String> =
        ('\u{4e00}'..='\u{9fa5}').filter(|character| is_common(*character)).map(String::from).collect();
    let mut taken: HashSet<String> = rows.iter().cloned().collect();
    let mut known: Vec<(&String, &u32)> = holding.iter().collect();
    known.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
    let of_texts = known.into_iter().filter(|(word, holding)| {
        let characters = word.chars().count();
        **holding >= 2
            && characters <= LONGEST_CHARACTERS
            && !word.chars().all(|character| character.is_ascii_digit() || character == '.')
    });
    for word in of_texts.map(|(word, _)| word).chain(dictionary_words.iter().map(|(_, word)| word)) {
        if rows.len() == ROWS {
            break;
        }
        if taken.insert(word.clone()) {
            rows.push(word.clone());
        }
    }
    let all = texts.len() as f64;
    let mut file = String::new();
    for row in &rows {
        let holding = f64::from(holding.get(row).copied().unwrap_or_default());
        let rarity = (1.0 + (all - holding + 0.5) / (holding + 0.5)).ln();
        file.push_str(&format!("{row}\t{rarity:.3}\n"));
    }
    println!("{} rows from {} documents", rows.len(), texts.len());
    Ok(std::fs::write(out, file)?)
}

/// The characters of GB 2312, which everyday and technical texts are written in.
fn is_common(character: char) -> bool {
    let mut buffer = [0; 4];
    let (bytes, _, failed) = encoding_rs::GBK.encode(character.encode_utf8(&mut buffer));
    !failed && matches!(*bytes, [0xb0..=0xf7, 0xa1..=0xfe])
}
