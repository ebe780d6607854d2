//! Decodes CSV bytes: UTF-8 with or without a mark, else GB18030, else refused with line and byte.

use encoding_rs::GB18030;

use super::{SheetProblem, refusal};

const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";
/// A file counts as damaged UTF-8 rather than GB18030 when it has this many good Chinese characters a bad spot.
///
/// GB18030 text forms a valid three-byte sequence now and then by chance, never eight times as often as not.
const GOOD_PER_BAD_MIN: usize = 8;

/// Decodes the whole file or says where it cannot be decoded.
pub(crate) fn decode(mut bytes: Vec<u8>) -> Result<String, SheetProblem> {
    if let Some(at) = memchr::memchr(0, &bytes) {
        return Err(refusal::nul_byte(line_of(&bytes, at), at + 1));
    }
    let has_mark = bytes.starts_with(UTF8_MARK);
    if has_mark {
        bytes.drain(..UTF8_MARK.len());
    }
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return Ok(text),
        Err(error) => error.into_bytes(),
    };
    let skipped = if has_mark { UTF8_MARK.len() } else { 0 };
    let at = first_bad_utf8(&bytes);
    if has_mark || is_mostly_utf8(&bytes) {
        return Err(refusal::damaged_utf8(line_of(&bytes, at), at + skipped + 1));
    }
    decode_gb18030(&bytes)
}

fn first_bad_utf8(bytes: &[u8]) -> usize {
    std::str::from_utf8(bytes).err().map_or(bytes.len(), |error| error.valid_up_to())
}

fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0_usize, 0_usize);
    let mut follows_bad = false;
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|character| character.len_utf8() > 2).count();
        let is_bad = !chunk.invalid().is_empty();
        // Neighbouring bad bytes are one spot.
        bad += usize::from(is_bad && !(follows_bad && chunk.valid().is_empty()));
        follows_bad = is_bad;
    }
    good >= bad.saturating_mul(GOOD_PER_BAD_MIN)
}

fn decode_gb18030(bytes: &[u8]) -> Result<String, SheetProblem> {
    let mut decoder = GB18030.new_decoder_without_bom_handling();
    let capacity = decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(bytes.len());
    let mut text = String::with_capacity(capacity.min(bytes.len() / 2 * 3 + 16));
    let mut read = 0;
    loop {
        let (result, consumed) =
            decoder.decode_to_string_without_replacement(&bytes[read..], &mut text, true);
        read += consumed;
        match result {
            encoding_rs::DecoderResult::InputEmpty => break,
            encoding_rs::DecoderResult::OutputFull => text.reserve(bytes.len() - read + 64),
            encoding_rs::DecoderResult::Malformed(length, after) => {
                let at = read.saturating_sub(usize::from(length) + usize::from(after));
                return Err(refusal::bad_encoding(line_of(bytes, at), at + 1));
            }
        }
    }
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    Ok(text)
}

fn line_of(bytes: &[u8], at: usize) -> usize {
    memchr::memchr_iter(b'\n', &bytes[..at.min(bytes.len())]).count() + 1
}
