//! Inflates every part of a workbook once, keeping nothing, before the real reader opens it.
//!
//! The sizes in a zip directory are claims. Here the bytes themselves are counted, against the limits below.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::xml_guard::{Strictness, XmlGuard};
use super::{SheetProblem, refusal};

/// Inflated bytes of all parts together. A million honest rows of twenty cells take under 1 GB.
pub const INFLATED_BYTES_MAX: u64 = 2 * 1024 * 1024 * 1024;
/// Inflated bytes of a part that is neither a worksheet nor the table of strings.
pub const PART_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Inflated bytes of the table of shared strings, which is held in memory whole.
pub const STRINGS_BYTES_MAX: u64 = 96 * 1024 * 1024;
/// Inflated bytes for one packed byte. Empty styled rows reach 40, deflate itself ends at 1032.
pub const INFLATION_MAX: u64 = 200;
/// Inflated bytes below which the ratio says nothing.
const INFLATION_FREE_BYTES: u64 = 8 * 1024 * 1024;
/// Parts of a workbook.
pub const PARTS_MAX: usize = 10_000;
const BUFFER_BYTES: usize = 64 * 1024;
const DIRECTORY_ENTRY: &[u8] = b"PK\x01\x02";
const ENCRYPTED_FLAG_ZH: &str = "压缩包中的部件已加密";

/// Checks a zip file and that it is a workbook.
pub(super) fn check(bytes: &[u8]) -> Result<(), SheetProblem> {
    // Each entry costs the reader memory before it can be counted, so the signatures are counted first.
    if memchr::memmem::find_iter(bytes, DIRECTORY_ENTRY).count() > PARTS_MAX {
        return Err(refusal::bomb("部件过多", "too many parts"));
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(refusal::damaged)?;
    check_is_workbook(&archive)?;
    if archive.has_duplicate_names() || archive.has_overlapping_entries().map_err(refusal::damaged)? {
        return Err(refusal::bomb("部件相互重叠", "parts overlap"));
    }
    let mut total = 0;
    for index in 0..archive.len() {
        check_part(&mut archive, index, &mut total)?;
    }
    Ok(())
}

fn check_is_workbook(archive: &ZipArchive<Cursor<&[u8]>>) -> Result<(), SheetProblem> {
    let has = |name: &str| archive.file_names_raw().any(|raw| raw.eq_ignore_ascii_case(name.as_bytes()));
    let has_folder = |folder: &str| archive.file_names_raw().any(|raw| raw.starts_with(folder.as_bytes()));
    if has("xl/workbook.xml") {
        return Ok(());
    }
    let (code, zh, en) = if has("xl/workbook.bin") {
        ("sheet.xlsb", "文件是二进制工作簿 .xlsb", "the file is a binary workbook (.xlsb)")
    } else if has_folder("word/") {
        ("sheet.docx", "文件是 Word 文档，不是表格", "the file is a Word document, not a table")
    } else if has_folder("ppt/") {
        ("sheet.pptx", "文件是演示文稿，不是表格", "the file is a presentation, not a table")
    } else if has("content.xml") && has("mimetype") {
        (
            "sheet.ods",
            "文件是 OpenDocument 文档（如 .ods）",
            "the file is an OpenDocument file (such as .ods)",
        )
    } else {
        ("sheet.archive", "文件是压缩包，不是工作簿", "the file is an archive, not a workbook")
    };
    Err(refusal::wrong_kind(code, zh, en))
}

fn check_part(
    archive: &mut ZipArchive<Cursor<&[u8]>>,
    index: usize,
    total: &mut u64,
) -> Result<(), SheetProblem> {
    let mut part = archive.by_index(index).map_err(|error| match error {
        zip::result::ZipError::UnsupportedArchive(_) => refusal::damaged(ENCRYPTED_FLAG_ZH),
        error => refusal::damaged(error),
    })?;
    let name = part.name_raw().to_ascii_lowercase();
    // Notes of other programs (UTF-16 among them) ride along in these folders; the reader has no use for them.
    let is_foreign = ["customxml/", "docprops/"].iter().any(|folder| name.starts_with(folder.as_bytes()));
    let is_xml = !is_foreign && [".xml", ".rels"].iter().any(|ending| name.ends_with(ending.as_bytes()));
    let is_strings = name.ends_with(b"sharedstrings.xml");
    let packed = part.compressed_size().max(1);
    let mut guard = XmlGuard::new(if is_xml { Strictness::Xml } else { Strictness::Other });
    let mut buffer = vec![0; BUFFER_BYTES];
    let mut inflated: u64 = 0;
    loop {
        let length = part.read(&mut buffer).map_err(refusal::damaged)?;
        if length == 0 {
            return Ok(());
        }
        inflated += length as u64;
        *total += length as u64;
        guard.feed(&buffer[..length])?;
        let is_worksheet =
            is_xml && guard.root() == b"worksheet" && !guard.has_defined_names() && !is_strings;
        let limit = match (is_strings, is_worksheet) {
            (true, _) => STRINGS_BYTES_MAX,
            (false, true) => INFLATED_BYTES_MAX,
            (false, false) => PART_BYTES_MAX,
        };
        if inflated > limit || *total > INFLATED_BYTES_MAX {
            return Err(refusal::bomb("解压后超过上限", "inflated size over the limit"));
        }
        if inflated > INFLATION_FREE_BYTES && inflated / packed > INFLATION_MAX {
            return Err(refusal::bomb("压缩比异常", "abnormal compression ratio"));
        }
    }
}
