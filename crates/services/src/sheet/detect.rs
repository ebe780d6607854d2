//! Tells what a file is by its first bytes, never by its name.

use super::{SheetProblem, refusal};

const OLE_MAGIC: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
const ZIP_LOCAL: &[u8] = b"PK\x03\x04";
const ZIP_EMPTY: &[u8] = b"PK\x05\x06";
/// Bytes at the beginning in which a mark-up file shows what it is.
const MARKUP_HEAD_BYTES: usize = 2048;

/// What the content may be read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Zip,
    Text,
}

/// Decides by content; everything that is known to be no table is refused by its name.
pub(super) fn detect(bytes: &[u8]) -> Result<Content, SheetProblem> {
    if bytes.is_empty() {
        return Err(refusal::empty());
    }
    if bytes.starts_with(OLE_MAGIC) {
        return Err(refuse_ole(bytes));
    }
    if bytes.starts_with(ZIP_LOCAL) || bytes.starts_with(ZIP_EMPTY) {
        return Ok(Content::Zip);
    }
    for (magic, code, zh, en) in WRONG_KINDS {
        if bytes.starts_with(magic) {
            return Err(refusal::wrong_kind(code, zh, en));
        }
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Err(refusal::wrong_kind(
            "sheet.image",
            "文件是图片，不是表格",
            "the file is an image, not a table",
        ));
    }
    refuse_markup(bytes)?;
    Ok(Content::Text)
}

const WRONG_KINDS: &[(&[u8], &str, &str, &str)] = &[
    (b"%PDF", "sheet.pdf", "文件是 PDF，不是表格", "the file is a PDF, not a table"),
    (b"\x89PNG", "sheet.image", "文件是图片，不是表格", "the file is an image, not a table"),
    (b"\xff\xd8\xff", "sheet.image", "文件是图片，不是表格", "the file is an image, not a table"),
    (b"GIF8", "sheet.image", "文件是图片，不是表格", "the file is an image, not a table"),
    (b"II*\0", "sheet.image", "文件是图片，不是表格", "the file is an image, not a table"),
    (b"MM\0*", "sheet.image", "文件是图片，不是表格", "the file is an image, not a table"),
    (b"Rar!", "sheet.archive", "文件是压缩包", "the file is an archive"),
    (b"7z\xbc\xaf", "sheet.archive", "文件是压缩包", "the file is an archive"),
    (b"\x1f\x8b", "sheet.archive", "文件是压缩包", "the file is an archive"),
    (b"{\\rtf", "sheet.rtf", "文件是 RTF 文档，不是表格", "the file is an RTF document, not a table"),
    (
        b"\xff\xfe",
        "sheet.utf16",
        "文件是 UTF-16（Unicode 文本）编码",
        "the file is in UTF-16 («Unicode text»)",
    ),
    (
        b"\xfe\xff",
        "sheet.utf16",
        "文件是 UTF-16（Unicode 文本）编码",
        "the file is in UTF-16 («Unicode text»)",
    ),
];

/// OLE files hold old workbooks, old documents, and new workbooks under a password.
fn refuse_ole(bytes: &[u8]) -> SheetProblem {
    if contains_utf16(bytes, "EncryptedPackage") {
        return refusal::password();
    }
    if contains_utf16(bytes, "Workbook") || contains_utf16(bytes, "Book") {
        return refusal::wrong_kind(
            "sheet.old_xls",
            "文件是旧版 .xls 工作簿（Excel 97-2003）",
            "the file is an old .xls workbook (Excel 97-2003)",
        );
    }
    refusal::wrong_kind(
        "sheet.ole",
        "文件是旧版 Office 文档，不是表格",
        "the file is an old Office document, not a table",
    )
}

fn contains_utf16(bytes: &[u8], text: &str) -> bool {
    let pattern: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    memchr::memmem::find(bytes, &pattern).is_some()
}

/// Web pages and XML that carry the name of a sheet, as many systems export them.
fn refuse_markup(bytes: &[u8]) -> Result<(), SheetProblem> {
    let head = &bytes[..bytes.len().min(MARKUP_HEAD_BYTES)];
    let text = String::from_utf8_lossy(head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head)).to_lowercase();
    let text = text.trim_start();
    if !text.starts_with('<') {
        return Ok(());
    }
    if ["<!doctype html", "<html", "<table", "<meta", "<head", "<body", "<div"]
        .iter()
        .any(|tag| text.starts_with(tag))
        || text.contains("<html")
    {
        return Err(refusal::wrong_kind(
            "sheet.html",
            "文件是网页（HTML），只是扩展名为表格",
            "the file is a web page (HTML) under the name of a sheet",
        ));
    }
    if text.starts_with("<?xml") {
        return Err(refusal::wrong_kind(
            "sheet.xml",
            "文件是 XML（如 XML 表格 2003），不是工作簿",
            "the file is XML (such as XML Spreadsheet 2003), not a workbook",
        ));
    }
    Ok(())
}
