//! Properties over random input: folding, dates, the formula guard, and a reader that never panics.

mod common;

use common::{pack, text_cell, workbook, workbook_xml, worksheet};
use jiff::civil::Date;
use proptest::prelude::*;
use xiaoxiang_services::paper::{ByteOrderMark, CsvWriter, guard_formula};
use xiaoxiang_services::sheet::{fold_width, header_of, open_sheet, parse_date, visible_text};

/// Opens and reads to the end; problems are fine, panics are not.
fn exhaust(bytes: Vec<u8>) {
    let Ok(mut file) = open_sheet(bytes) else { return };
    for sheet in 0..file.sheets().len() {
        let _ = file.find_header(sheet, 2, |header| header.contains('编'));
        if let Ok(rows) = file.rows(sheet) {
            rows.take(10_000).for_each(|row| {
                let _ = row.map(|row| row.cells.iter().filter(|cell| cell.trouble().is_some()).count());
            });
        }
    }
}

fn sheet_xml() -> String {
    let rows = format!(
        "<row r=\"1\">{}{}</row><row r=\"2\"><c r=\"A2\" s=\"1\"><v>46027</v></c><c r=\"B2\"><f>1+1</f><v>2</v></c><c r=\"C2\" t=\"b\"><v>1</v></c></row>",
        text_cell("A1", "编号"),
        text_cell("B1", "成交额(元)")
    );
    worksheet(&rows, r#"<mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells>"#)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn folding_twice_is_folding_once(text in any::<String>()) {
        let once = fold_width(&text);
        prop_assert_eq!(fold_width(&once), once.clone());
        let is_wide = |character: char| ('\u{ff01}'..='\u{ff5e}').contains(&character);
        prop_assert!(!once.contains(is_wide));
    }

    #[test]
    fn every_day_is_read_in_every_form(year in 1900_i16..=2100, month in 1_i8..=12, day in 1_i8..=28) {
        let expected = Date::new(year, month, day).ok();
        for text in [
            format!("{year}-{month:02}-{day:02}"),
            format!("{year}/{month}/{day}"),
            format!("{year}.{month}.{day}"),
            format!("{year}年{month}月{day}日"),
            format!("{year}{month:02}{day:02}"),
        ] {
            prop_assert_eq!(parse_date(&text), expected, "{}", text);
        }
    }

    #[test]
    fn texts_never_break_the_small_readers(text in any::<String>()) {
        let _ = (parse_date(&text), header_of(&text, 0));
        prop_assert!(!visible_text(&text).chars().any(char::is_control));
    }

    #[test]
    fn no_written_text_begins_as_a_formula(cells in prop::collection::vec("[=+@\\t\\r '\"a1,\\n-]{0,6}", 1..5)) {
        let mut output = Vec::new();
        let mut csv = CsvWriter::new(&mut output, ByteOrderMark::Absent).expect("memory takes it");
        csv.row(cells.iter().map(String::as_str)).expect("memory takes it");
        csv.finish().expect("memory takes it");
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(output.as_slice());
        if let Some(record) = reader.records().next() {
            let record = record.expect("we write valid CSV");
            for (read, written) in record.iter().zip(&cells) {
                prop_assert!(!read.trim_start_matches(' ').starts_with(['=', '+', '-', '@', '\t', '\r']), "{:?}", read);
                prop_assert_eq!(read, guard_formula(written));
            }
        }
    }

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        exhaust(bytes.clone());
        exhaust([b"PK\x03\x04".as_slice(), &bytes].concat());
    }

    #[test]
    fn random_text_never_panics(text in "[a1,\"\\n\\r;\\t编 =]{0,80}") {
        exhaust(text.into_bytes());
    }

    #[test]
    fn mutated_workbooks_never_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut bytes = workbook(&text_cell("A1", "编号"), "");
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        exhaust(bytes);
    }

    #[test]
    fn mutated_sheets_never_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut sheet = sheet_xml().into_bytes();
        for (at, byte) in changes {
            let at = at.index(sheet.len());
            sheet[at] = byte;
        }
        exhaust(pack(&[
            ("_rels/.rels", common::PACKAGE_RELS.as_bytes()),
            ("xl/workbook.xml", workbook_xml("").as_bytes()),
            ("xl/_rels/workbook.xml.rels", common::WORKBOOK_RELS.as_bytes()),
            ("xl/styles.xml", common::STYLES.as_bytes()),
            ("xl/worksheets/sheet1.xml", &sheet),
        ]));
    }
}
