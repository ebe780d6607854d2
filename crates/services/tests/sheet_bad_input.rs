//! Wrong and hostile files are refused with a reason; nothing fills the memory.

mod common;

use common::{pack, text_cell, workbook, workbook_of, worksheet};
use xiaoxiang_services::sheet::{
    CELL_BYTES_MAX, FILE_BYTES_MAX, SheetFormat, SheetProblem, open_sheet, open_sheet_file,
};

#[track_caller]
fn refusal(bytes: impl Into<Vec<u8>>) -> SheetProblem {
    let problem = match open_sheet(bytes.into()) {
        Ok(mut file) => match file.rows(0).and_then(|rows| rows.collect::<Result<Vec<_>, _>>()) {
            Ok(_) => panic!("the file was taken"),
            Err(problem) => problem,
        },
        Err(problem) => problem,
    };
    let words = &problem.words;
    for text in [&words.reason_zh, &words.reason_en, &words.what_to_do_zh, &words.what_to_do_en] {
        assert!(!text.is_empty(), "{problem:?}");
    }
    problem
}

fn ole(stream: &str) -> Vec<u8> {
    let mut bytes = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    bytes.resize(512, 0);
    bytes.extend(stream.encode_utf16().flat_map(u16::to_le_bytes));
    bytes.resize(2048, 0);
    bytes
}

#[test]
fn wrong_files_are_named_for_what_they_are() {
    assert_eq!(refusal(Vec::new()).code, "sheet.empty_file");
    assert_eq!(refusal(b"\xef\xbb\xbf \r\n ".to_vec()).code, "sheet.empty_file");
    assert_eq!(refusal(ole("EncryptedPackage")).code, "sheet.password");
    assert_eq!(refusal(ole("Workbook")).code, "sheet.old_xls");
    assert_eq!(refusal(ole("WordDocument")).code, "sheet.ole");
    assert_eq!(refusal(*b"%PDF-1.7 ...").code, "sheet.pdf");
    assert_eq!(refusal(*b"\x89PNG\r\n\x1a\n").code, "sheet.image");
    assert_eq!(refusal(*b"\xff\xd8\xff\xe0").code, "sheet.image");
    assert_eq!(refusal(*b"RIFF\x10\0\0\0WEBP").code, "sheet.image");
    assert_eq!(refusal(*b"Rar!\x1a\x07").code, "sheet.archive");
    assert_eq!(refusal(*b"\xff\xfea\0,\0b\0").code, "sheet.utf16");
    assert_eq!(refusal(*b"  <HTML><table><tr><td>1</td></tr></table>").code, "sheet.html");
    assert_eq!(refusal(*b"\xef\xbb\xbf<!DOCTYPE html><html>").code, "sheet.html");
    assert_eq!(
        refusal(*b"<?xml version='1.0'?><Workbook xmlns='urn:schemas-microsoft-com'/>").code,
        "sheet.xml"
    );
    assert_eq!(refusal(pack(&[("word/document.xml", b"<w/>")])).code, "sheet.docx");
    assert_eq!(refusal(pack(&[("xl/workbook.bin", b"x")])).code, "sheet.xlsb");
    assert_eq!(refusal(pack(&[("mimetype", b"x"), ("content.xml", b"<x/>")])).code, "sheet.ods");
    assert_eq!(refusal(pack(&[("a.csv", b"a,b")])).code, "sheet.archive");
    assert_eq!(refusal(*b"PK\x03\x04 and nothing more").code, "sheet.damaged");
}

#[test]
fn a_file_cut_short_is_damaged() {
    let whole = workbook(&format!("<row r=\"1\">{}</row>", text_cell("A1", "合同编号")), "");
    assert_eq!(refusal(whole[..whole.len() - 30].to_vec()).code, "sheet.damaged");
    let cut = workbook_of("<worksheet><sheetData><row r=\"1\"><c r=\"A1\"><v>1</v>", "", &[]);
    assert_eq!(refusal(cut).code, "sheet.damaged");
}

#[test]
fn a_file_over_the_limit_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.csv");
    std::fs::File::create(&path).unwrap().set_len(FILE_BYTES_MAX + 1).unwrap();
    let problem = open_sheet_file(&path).err().expect("too large");
    assert_eq!(problem.code, "sheet.too_large");
    let missing = open_sheet_file(&folder.path().join("none.csv")).err().expect("missing");
    assert_eq!(missing.code, "sheet.unreadable");
}

#[test]
fn a_zip_bomb_is_stopped_by_its_inflated_bytes() {
    let spaces = " ".repeat(12 * 1024 * 1024);
    let in_text = workbook(&format!("<row r=\"1\"><c r=\"A1\"><v>{spaces}</v></c></row>"), "");
    assert!(in_text.len() < 100_000);
    assert_eq!(refusal(in_text).code, "sheet.zip_bomb");
    let in_rows = workbook(&"<row/>".repeat(2 * 1024 * 1024), "");
    assert_eq!(refusal(in_rows).code, "sheet.zip_bomb");
    let in_picture = workbook_of(&worksheet("", ""), "", &[("xl/media/image1.png", spaces.as_bytes())]);
    assert_eq!(refusal(in_picture).code, "sheet.zip_bomb");
}

#[test]
fn a_size_that_the_directory_denies_is_still_counted() {
    let sheet = worksheet(&format!("<!--{}-->", "x".repeat(3 * 1024 * 1024)), "");
    let mut bytes = workbook_of(&sheet, "", &[]);
    let claim = u32::try_from(sheet.len()).unwrap().to_le_bytes();
    let places: Vec<usize> =
        bytes.windows(4).enumerate().filter(|(_, window)| *window == claim).map(|(at, _)| at).collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at..at + 4].copy_from_slice(&100_u32.to_le_bytes());
    }
    assert!(matches!(&*refusal(bytes).code, "sheet.zip_bomb" | "sheet.damaged"));
}

#[test]
fn long_comments_tags_and_announcements_never_reach_the_reader() {
    let long = "<".repeat(CELL_BYTES_MAX + 100_000);
    assert_eq!(refusal(workbook(&format!("<!--{long}-->"), "")).code, "sheet.zip_bomb");
    assert_eq!(refusal(workbook(&format!("<row a=\"{long}\"/>"), "")).code, "sheet.zip_bomb");
    let runs = "<r><t>xxxxxxxxxxxxxxxxxxxx</t></r>".repeat(60_000);
    let rich = workbook(&format!("<row><c r=\"A1\" t=\"inlineStr\"><is>{runs}</is></c></row>"), "");
    assert_eq!(refusal(rich).code, "sheet.zip_bomb");
    let strings = r#"<sst count="1" uniqueCount="18446744073709551615"><si><t>a</t></si></sst>"#;
    let announced = workbook_of(&worksheet("", ""), "", &[("xl/sharedStrings.xml", strings.as_bytes())]);
    assert_eq!(refusal(announced).code, "sheet.zip_bomb");
    let sheets = "<sheet name=\"a\" sheetId=\"1\"/>".repeat(300);
    let many =
        pack(&[("xl/workbook.xml", format!("<workbook><sheets>{sheets}</sheets></workbook>").as_bytes())]);
    assert_eq!(refusal(many).code, "sheet.too_many_sheets");
    let typed = "<!DOCTYPE x [<!ENTITY a \"b\">]><worksheet><sheetData/></worksheet>";
    assert_eq!(refusal(workbook_of(typed, "", &[])).code, "sheet.damaged");
}

#[test]
fn a_million_empty_rows_are_passed_over() {
    let mut rows = format!("<row r=\"1\">{}</row>", text_cell("A1", "合同编号"));
    for row in 2..=1_000_000 {
        rows.push_str(&format!("<row r=\"{row}\"/>"));
    }
    rows.push_str(&format!(
        "<row r=\"1000001\">{}{}</row>",
        text_cell("A1000001", "末行"),
        text_cell("B1000001", " ")
    ));
    let mut file = open_sheet(workbook(&rows, "")).unwrap();
    assert_eq!(file.format(), SheetFormat::Xlsx);
    let read: Vec<_> = file.rows(0).unwrap().map(|row| row.unwrap()).collect();
    assert_eq!(read.len(), 2);
    assert_eq!((read[1].number, read[1].cells.len()), (1_000_001, 1));
}

#[test]
fn styled_empty_cells_to_the_right_are_no_columns() {
    let row = format!("<row r=\"1\">{}<c r=\"XFD1\" s=\"1\"/></row>", text_cell("A1", "甲"));
    assert_eq!(open_sheet(workbook(&row, "")).unwrap().rows(0).unwrap().count(), 1);
    let filled = format!("<row r=\"1\">{}</row>", text_cell("XFD1", "甲"));
    assert_eq!(refusal(workbook(&filled, "")).code, "sheet.too_many_columns");
    let below = format!("<row r=\"1048577\">{}</row>", text_cell("A1048577", "甲"));
    assert_eq!(refusal(workbook(&below, "")).code, "sheet.too_many_rows");
    let position = format!("<row>{}</row>", text_cell("ZZZZZZZZZZZZZZ1", "甲"));
    assert_eq!(refusal(workbook(&position, "")).code, "sheet.damaged");
    let order =
        format!("<row r=\"5\">{}</row><row r=\"2\">{}</row>", text_cell("A5", "甲"), text_cell("A2", "乙"));
    assert_eq!(refusal(workbook(&order, "")).code, "sheet.damaged");
}

#[test]
fn nul_bytes_and_lone_surrogates_are_refused() {
    let problem = refusal(*b"a,b\n1,\0\n");
    assert_eq!(problem.code, "sheet.nul_byte");
    assert!(problem.words.reason_zh.contains("第 2 行"), "{problem:?}");
    assert_eq!(
        refusal(workbook(&format!("<row>{}</row>", text_cell("A1", "a\0b")), "")).code,
        "sheet.damaged"
    );
    let surrogate = workbook(&format!("<row>{}</row>", text_cell("A1", "&#xD800;")), "");
    assert_eq!(refusal(surrogate).code, "sheet.damaged");
    let in_csv = [
        b"\xe5\x90\x8d\xe7\xa7\xb0,\xe9\x87\x91\xe9\xa2\x9d,\xe6\x97\xa5\xe6\x9c\x9f,\xe7\x94\xb2\xe4\xb9\x99\n"
            .as_slice(),
        b"\xed\xa0\x80,1\n",
    ]
    .concat();
    let problem = refusal(in_csv);
    assert_eq!(problem.code, "sheet.damaged_utf8");
    assert!(problem.words.reason_en.contains("line 2 (byte 29"), "{problem:?}");
}

#[test]
fn bytes_that_are_no_known_encoding_are_located() {
    let problem = refusal(*b"a,b\nc,\xff\xff\n");
    assert_eq!(problem.code, "sheet.bad_encoding");
    assert!(problem.words.reason_en.contains("line 2 (byte 7"), "{problem:?}");
    let marked = refusal(*b"\xef\xbb\xbfa,\xb9\xfe\n");
    assert_eq!(marked.code, "sheet.damaged_utf8");
}

#[test]
fn an_open_quotation_mark_is_named_by_its_row() {
    let problem = refusal("编号,名称\n\n1,甲\n2,\"乙\n3,丙\n".to_owned());
    assert_eq!((&*problem.code, problem.row), ("sheet.csv.open_quote", Some(4)));
    let wide = refusal(",".repeat(2000) + "x\n");
    assert_eq!(wide.code, "sheet.too_many_columns");
    let long = refusal("x".repeat(CELL_BYTES_MAX + 1));
    assert_eq!(long.code, "sheet.cell.too_long");
}
