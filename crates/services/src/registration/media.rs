//! What a handed-in file is (文件类型), by its content and never by its name. Programs, macros and archives that lie are
//! refused.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use crate::refusal::Refusal;

/// Parts of a packed document.
const PARTS_MAX: usize = 5_000;
/// Unpacked bytes of a document.
const UNPACKED_BYTES_MAX: u64 = 200 * 1024 * 1024;
/// Bytes of the list of contents of a Word document.
const CONTENT_TYPES_BYTES_MAX: u64 = 1024 * 1024;
/// Bytes at the end of a file in which its end mark stands.
const TAIL_BYTES: usize = 2 * 1024;
/// Bytes at the end of a file in which an archive's directory would end.
const ARCHIVE_TAIL_BYTES: usize = 66 * 1024;
const BUFFER_BYTES: usize = 64 * 1024;
const ARCHIVE_END: &[u8] = b"PK\x05\x06";
const DIRECTORY_ENTRY: &[u8] = b"PK\x01\x02";
/// What an active PDF names: scripts, programs to be started, files inside.
const ACTIVE_PDF: [&[u8]; 4] = [b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia"];
/// Endings of what runs; none of them belongs into a document.
const RUNNING: [&str; 14] = [
    ".exe", ".dll", ".com", ".bat", ".cmd", ".ps1", ".vbs", ".js", ".jar", ".scr", ".msi", ".hta", ".lnk",
    ".sh",
];
/// Parts that hold macros or other programs' objects.
const ACTIVE_PARTS: [&str; 4] = ["vbaproject", "vbadata", "activex/", "embeddings/oleobject"];

/// A kind of file that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MediaType {
    /// PDF
    Pdf,
    /// Word document without macros
    Docx,
    /// OFD (GB/T 33190)
    Ofd,
    /// PNG picture
    Png,
    /// JPEG picture
    Jpeg,
}

impl MediaType {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Pdf, Self::Docx, Self::Ofd, Self::Png, Self::Jpeg];

    /// The media type as headers have it.
    #[must_use]
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Ofd => "application/ofd",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
        }
    }

    /// Endings that a name of this kind has.
    #[must_use]
    pub const fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Docx => &["docx"],
            Self::Ofd => &["ofd"],
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg"],
        }
    }

    /// The kind of a media type.
    #[must_use]
    pub fn from_mime(mime: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.mime() == mime)
    }
}

/// Checks that a file is a Word document without macros, programs and archives that lie.
pub(crate) fn recognise_document(bytes: &[u8]) -> Result<(), Refusal> {
    recognise(bytes, "需求征集表.docx").map(|_| ())
}

/// Recognises a file by its content; refused where it is none of ours, runs anything, or its name says otherwise.
pub(super) fn recognise(bytes: &[u8], file_name: &str) -> Result<MediaType, Refusal> {
    let found = if bytes.starts_with(b"%PDF-") {
        check_pdf(bytes)?;
        MediaType::Pdf
    } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        check_picture(bytes, b"IEND\xaeB`\x82")?;
        MediaType::Png
    } else if bytes.starts_with(b"\xff\xd8\xff") {
        check_picture(bytes, b"\xff\xd9")?;
        MediaType::Jpeg
    } else if bytes.starts_with(b"PK\x03\x04") {
        packed(bytes)?
    } else {
        return Err(unknown());
    };
    let ending =
        file_name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    if !found.endings().contains(&ending.as_str()) {
        return Err(Refusal::invalid(
            "attachment.name_lies",
            format!("文件内容是 {}，与文件名的后缀不符，未接收。请核对文件后重新上传。", found.endings()[0]),
            format!(
                "the content is {}, the name says otherwise; check the file and send it again",
                found.endings()[0]
            ),
        ));
    }
    Ok(found)
}

fn tail(bytes: &[u8], length: usize) -> &[u8] {
    &bytes[bytes.len().saturating_sub(length)..]
}

fn has(bytes: &[u8], wanted: &[u8]) -> bool {
    memchr::memmem::find(bytes, wanted).is_some()
}

fn check_pdf(bytes: &[u8]) -> Result<(), Refusal> {
    if !has(tail(bytes, TAIL_BYTES), b"%%EOF") || has_hidden_archive(bytes) {
        return Err(damaged());
    }
    if ACTIVE_PDF.iter().any(|name| has(bytes, name)) {
        return Err(active());
    }
    Ok(())
}

/// A picture ends with its end mark, padding aside, and nothing is hidden behind it.
fn check_picture(bytes: &[u8], end: &[u8]) -> Result<(), Refusal> {
    let padded = bytes.iter().rposition(|byte| *byte != 0).map_or(&[][..], |last| &bytes[..=last]);
    if padded.ends_with(end) && !has_hidden_archive(bytes) { Ok(()) } else { Err(damaged()) }
}

fn has_hidden_archive(bytes: &[u8]) -> bool {
    has(tail(bytes, ARCHIVE_TAIL_BYTES), ARCHIVE_END)
}

fn packed(bytes: &[u8]) -> Result<MediaType, Refusal> {
    if memchr::memmem::find_iter(bytes, DIRECTORY_ENTRY).count() > PARTS_MAX {
        return Err(damaged());
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged())?;
    if archive.has_duplicate_names() || archive.has_overlapping_entries().unwrap_or(true) {
        return Err(damaged());
    }
    let mut names = Vec::with_capacity(archive.len());
    let mut unpacked = 0;
    let mut buffer = vec![0; BUFFER_BYTES];
    for index in 0..archive.len() {
        // An encrypted part cannot be opened.
        let mut part = archive.by_index(index).map_err(|_| damaged())?;
        if part.enclosed_name().is_none() || part.is_symlink() {
            return Err(damaged());
        }
        names.push(part.name().map_err(|_| damaged())?.to_ascii_lowercase());
        loop {
            let length = part.read(&mut buffer).map_err(|_| damaged())?;
            unpacked += length as u64;
            if unpacked > UNPACKED_BYTES_MAX {
                return Err(damaged());
            }
            if length == 0 {
                break;
            }
        }
    }
    let runs = |name: &String| {
        RUNNING.iter().any(|ending| name.ends_with(ending))
            || ACTIVE_PARTS.iter().any(|part| name.contains(part))
    };
    if names.iter().any(runs) {
        return Err(active());
    }
    if names.iter().any(|name| name == "ofd.xml") {
        return Ok(MediaType::Ofd);
    }
    if names.iter().any(|name| name == "word/document.xml") {
        return word(&mut archive);
    }
    Err(unknown())
}

fn word(archive: &mut ZipArchive<Cursor<&[u8]>>) -> Result<MediaType, Refusal> {
    let part = archive.by_name("[Content_Types].xml").map_err(|_| damaged())?;
    let mut text = String::new();
    part.take(CONTENT_TYPES_BYTES_MAX).read_to_string(&mut text).map_err(|_| damaged())?;
    if text.contains("macroEnabled") {
        return Err(active());
    }
    if text.contains("wordprocessingml.document.main+xml") { Ok(MediaType::Docx) } else { Err(unknown()) }
}

fn unknown() -> Refusal {
    Refusal::invalid(
        "attachment.kind",
        "只接收 PDF、OFD、docx 文档和 PNG、JPEG 图片。旧版 .doc 请另存为 docx 或 PDF 后上传。",
        "only PDF, OFD, docx, PNG and JPEG are taken; save an old .doc as docx or PDF",
    )
}

fn damaged() -> Refusal {
    Refusal::invalid(
        "attachment.damaged",
        "文件不完整、已加密，或藏有其他内容，未接收。请重新导出后上传。",
        "the file is damaged, encrypted or hides something else; export it again and send it",
    )
}

fn active() -> Refusal {
    Refusal::invalid(
        "attachment.active",
        "文件含有宏、脚本、内嵌程序或附件，未接收。请去除后另存，或打印为 PDF 上传。",
        "the file holds macros, scripts, programs or files inside; save it without them or print it to PDF",
    )
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn zip_of(parts: &[(&str, &str)]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in parts {
            writer.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a part");
            writer.write_all(text.as_bytes()).expect("bytes");
        }
        writer.finish().expect("a zip").into_inner()
    }

    const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";

    fn docx(more: &[(&str, &str)]) -> Vec<u8> {
        let mut parts = vec![("[Content_Types].xml", WORD), ("word/document.xml", "<w:document/>")];
        parts.extend_from_slice(more);
        zip_of(&parts)
    }

    fn code(bytes: &[u8], name: &str) -> &'static str {
        match recognise(bytes, name) {
            Ok(kind) => kind.mime(),
            Err(Refusal::Invalid { code, .. }) => code,
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn what_is_taken_is_told_by_its_content() {
        let png = b"\x89PNG\r\n\x1a\n....IEND\xaeB`\x82";
        assert_eq!(code(b"%PDF-1.7\n...\n%%EOF\n", "合同.pdf"), "application/pdf");
        assert_eq!(code(png, "合同.PNG"), "image/png");
        assert_eq!(code(b"\xff\xd8\xff\xe0....\xff\xd9", "合同.jpeg"), "image/jpeg");
        assert_eq!(code(&docx(&[]), "合同.docx"), MediaType::Docx.mime());
        assert_eq!(code(&zip_of(&[("OFD.xml", "<ofd/>")]), "合同.ofd"), "application/ofd");
    }

    #[test]
    fn files_that_lie_about_their_kind_are_refused() {
        assert_eq!(code(b"%PDF-1.7\n...\n%%EOF\n", "合同.pdf.exe"), "attachment.name_lies");
        assert_eq!(code(b"%PDF-1.7\n...\n%%EOF\n", "合同.png"), "attachment.name_lies");
        assert_eq!(code(b"MZ\x90\x00 a program", "合同.pdf"), "attachment.kind");
        assert_eq!(code(b"\x7fELF a program", "合同.docx"), "attachment.kind");
        assert_eq!(code(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old word", "合同.doc"), "attachment.kind");
        assert_eq!(code(b"<html><script>1</script>", "合同.pdf"), "attachment.kind");
        assert_eq!(code(&zip_of(&[("a.txt", "an archive")]), "合同.docx"), "attachment.kind");
        assert_eq!(code(b"", "合同.pdf"), "attachment.kind");
    }

    #[test]
    fn macros_programs_and_hidden_archives_are_refused() {
        assert_eq!(code(&docx(&[("word/vbaProject.bin", "macro")]), "合同.docx"), "attachment.active");
        assert_eq!(code(&docx(&[("word/media/run.exe", "MZ")]), "合同.docx"), "attachment.active");
        assert_eq!(code(&docx(&[("word/embeddings/oleObject1.bin", "x")]), "合同.docx"), "attachment.active");
        let macros = WORD.replace("document.main", "document.macroEnabled.main");
        let macro_enabled = zip_of(&[("[Content_Types].xml", &macros), ("word/document.xml", "")]);
        assert_eq!(code(&macro_enabled, "合同.docx"), "attachment.active");
        assert_eq!(code(b"%PDF-1.7 /OpenAction /JavaScript\n%%EOF", "合同.pdf"), "attachment.active");
        let mut hiding = b"\xff\xd8\xff\xe0....\xff\xd9".to_vec();
        hiding.extend(zip_of(&[("run.exe", "MZ")]));
        assert_eq!(code(&hiding, "照片.jpg"), "attachment.damaged");
        assert_eq!(code(b"%PDF-1.7 cut off", "合同.pdf"), "attachment.damaged");
    }

    #[test]
    fn parts_that_climb_out_of_the_archive_are_refused() {
        assert_eq!(code(&docx(&[("../../etc/passwd", "x")]), "合同.docx"), "attachment.damaged");
    }
}
