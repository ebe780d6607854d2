//! What honest files give: rows as the user sees them, exact texts, headers with units.

mod common;

use common::{text_cell, workbook, workbook_of, worksheet};
use jiff::civil::date;
use xiaoxiang_domain::money::MoneyUnit;
use xiaoxiang_services::paper::ByteOrderMark;
use xiaoxiang_services::sheet::{
    CachedKind, CellKind, CellTrouble, SheetFile, SheetFormat, SheetProblem, SheetRow, Visibility,
    column_letters, fold_width, header_of, normalise_header, open_sheet, parse_date, title_unit,
    write_problems_csv,
};

fn rows_of(file: &mut SheetFile) -> Vec<SheetRow> {
    file.rows(0).expect("a sheet").collect::<Result<_, _>>().expect("rows")
}

fn rows(bytes: impl Into<Vec<u8>>) -> Vec<SheetRow> {
    rows_of(&mut open_sheet(bytes.into()).expect("a readable file"))
}

fn texts(row: &SheetRow) -> Vec<&str> {
    row.cells.iter().map(|cell| cell.text.as_str()).collect()
}

#[test]
fn csv_is_read_in_each_encoding() {
    let text = "合同编号,名称\r\n43001,湖南大学（深圳）\r\n";
    let expected = vec![vec!["合同编号", "名称"], vec!["43001", "湖南大学（深圳）"]];
    let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
    let (gb18030, _, _) = encoding_rs::GB18030.encode(text);
    for bytes in [text.as_bytes().to_vec(), marked, gb18030.into_owned()] {
        let mut file = open_sheet(bytes).unwrap();
        assert_eq!(file.format(), SheetFormat::Csv);
        let read = rows_of(&mut file);
        assert_eq!(read.iter().map(texts).collect::<Vec<_>>(), expected);
    }
}

#[test]
fn csv_rows_are_numbered_as_a_spreadsheet_numbers_them() {
    let read = rows("标题\n\n编号,\"名\n称\"\n,,\n1,\"甲 \"\"乙\"\"\"丙,\r\n2;x,丁");
    let numbered: Vec<_> = read.iter().map(|row| (row.number, texts(row))).collect();
    assert_eq!(
        numbered,
        vec![
            (1, vec!["标题"]),
            (3, vec!["编号", "名\n称"]),
            (5, vec!["1", "甲 \"乙\"丙"]),
            (6, vec!["2;x", "丁"]),
        ]
    );
    assert_eq!(texts(&rows("a\tb\n1,5\t2\n3\t4\n")[1]), vec!["1,5", "2"]);
    assert_eq!(texts(&rows("a;b\n1;2\n")[1]), vec!["1", "2"]);
}

#[test]
fn numbers_keep_their_shortest_decimal_text() {
    let cells = r#"<row r="2"><c r="A2"><v>1234.0999999999999</v></c><c r="B2"><v>12</v></c><c r="C2"><v>430102199001011234</v></c><c r="D2"><v>0.07</v></c><c r="E2"><v>1E-7</v></c><c r="F2"><v>-0</v></c><c r="G2"><v>999999999999999</v></c><c r="H2" t="b"><v>1</v></c><c r="I2" t="e"><v>#N/A</v></c></row>"#;
    let read = rows(workbook(cells, ""));
    assert_eq!(read[0].number, 2);
    let expected =
        ["1234.1", "12", "430102199001011260", "0.07", "0.0000001", "0", "999999999999999", "TRUE", "#N/A"];
    let got = texts(&read[0]);
    assert_eq!(got[0..2], expected[0..2]);
    assert_eq!(got[3..], expected[3..]);
    assert_eq!(read[0].cells[2].trouble(), Some(CellTrouble::LostDigits));
    assert_eq!(read[0].cells[6].trouble(), None);
    assert_eq!(read[0].cells[8].trouble(), Some(CellTrouble::ErrorValue));
}

#[test]
fn dates_are_given_in_both_date_systems() {
    let cells = r#"<row r="1"><c r="A1" s="1"><v>46027</v></c><c r="B1" s="2"><v>46027.354166666664</v></c><c r="C1" t="d"><v>2026-01-05T00:00:00</v></c><c r="D1" s="1"><v>0.5</v></c></row>"#;
    let read = rows(workbook(cells, ""));
    assert_eq!(texts(&read[0]), vec!["2026-01-05", "2026-01-05 08:30:00", "2026-01-05 00:00:00", "0.5"]);
    assert_eq!(read[0].cells[0].kind, CellKind::Date);
    assert!(read[0].cells[..3].iter().all(|cell| parse_date(&cell.text) == Some(date(2026, 1, 5))));
    let early = rows(workbook_of(&worksheet(cells, ""), "date1904=\"1\"", &[]));
    assert_eq!(early[0].text(0), "2030-01-06");
}

#[test]
fn formulas_give_their_stored_result_or_a_problem() {
    let cells = r#"<row r="1"><c r="A1"><f>1+1</f><v>0.30000000000000004</v></c><c r="B1"><f>C1</f></c><c r="C1" t="str"><f>"x"</f><v>甲</v></c><c r="D1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="E1" t="str"><f>""</f><v></v></c></row>"#;
    let read = rows(workbook(cells, ""));
    let row = &read[0];
    assert_eq!(texts(row), vec!["0.3", "", "甲", "#DIV/0!"]);
    assert_eq!(row.cells[0].kind, CellKind::Formula { cached: CachedKind::Number });
    assert_eq!(row.cells[0].trouble(), None);
    assert_eq!(row.cells[1].trouble(), Some(CellTrouble::FormulaWithoutResult));
    assert_eq!(row.cells[3].trouble(), Some(CellTrouble::ErrorValue));
    assert_eq!(row.cell(4), None);
    let problem =
        CellTrouble::FormulaWithoutResult.problem().in_sheet("合同").at_row(1).in_column(1, "成交额(元)");
    assert_eq!(problem.column.as_ref().map(|column| column.letter.as_str()), Some("B"));
}

#[test]
fn merged_headers_of_two_rows_are_joined() {
    let head = format!(
        "<row r=\"1\">{}</row><row r=\"2\">{}{}{}</row><row r=\"3\">{}{}{}</row><row r=\"4\">{}</row>",
        text_cell("A1", "2026年1月技术合同"),
        text_cell("A2", "*合同&#10;编号"),
        text_cell("B2", "卖方"),
        text_cell("D2", "成交额（万元）"),
        text_cell("B3", "名称"),
        text_cell("C3", "信用代码"),
        text_cell("D3", "合计"),
        text_cell("A4", "43001"),
    );
    let after = r#"<mergeCells count="3"><mergeCell ref="A1:D1"/><mergeCell ref="A2:A3"/><mergeCell ref="B2:C2"/></mergeCells>"#;
    let mut file = open_sheet(workbook(&head, after)).unwrap();
    let known = ["合同编号", "卖方/名称", "卖方/信用代码", "成交额/合计"];
    let found = file.find_header(0, 3, |header| known.contains(&header)).unwrap().unwrap();
    assert_eq!((found.first_row, found.last_row, found.recognised), (2, 3, 4));
    assert_eq!(found.title_lines[0].text, "2026年1月技术合同");
    assert_eq!(found.headers[3].unit, Some(MoneyUnit::TenThousandYuan));
    assert_eq!(file.merged_ranges(0).unwrap().len(), 3);
    let below: Vec<_> = file.rows(0).unwrap().map(|row| row.unwrap().number).filter(|row| *row > 3).collect();
    assert_eq!(below, vec![4]);
}

#[test]
fn a_merged_value_belongs_to_its_first_cell() {
    let cells = format!(
        "<row r=\"1\">{}{}</row><row r=\"2\"><c r=\"A2\"/>{}</row>",
        text_cell("A1", "甲"),
        text_cell("B1", "1"),
        text_cell("B2", "2")
    );
    let mut file =
        open_sheet(workbook(&cells, r#"<mergeCells><mergeCell ref="A1:A2"/></mergeCells>"#)).unwrap();
    let read = rows_of(&mut file);
    assert_eq!((read[0].text(0), read[1].text(0), read[1].cell(0)), ("甲", "", None));
    let range = file.merged_ranges(0).unwrap()[0];
    assert!(range.contains(2, 0) && !range.contains(2, 1));
}

#[test]
fn notes_of_other_programs_do_not_spoil_a_workbook() {
    let note: Vec<u8> = "<?xml version=\"1.0\"?><a/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let cells = format!("<row>{}</row>", text_cell("A1", "甲"));
    let bytes = workbook_of(&worksheet(&cells, ""), "", &[("customXml/item1.xml", &note)]);
    assert_eq!(rows(bytes)[0].text(0), "甲");
}

#[test]
fn sheets_are_found_by_their_names() {
    let file = open_sheet(workbook("", "")).unwrap();
    assert_eq!((file.sheets()[0].name.as_str(), file.sheets()[0].visibility), ("合同", Visibility::Visible));
    assert_eq!(file.sheet_named("合同"), Ok(0));
    assert_eq!(file.sheet_named("无").map_err(|problem| problem.code), Err("sheet.unknown_sheet".into()));
}

#[test]
fn group_headers_of_a_csv_reach_to_the_right() {
    let mut file =
        open_sheet("表\n编号,卖方,,成交额(元)\n,名称,代码,\n1,甲,2,3\n".as_bytes().to_vec()).unwrap();
    let known = ["编号", "卖方/名称", "卖方/代码", "成交额"];
    let found = file.find_header(0, 3, |header| known.contains(&header)).unwrap().unwrap();
    assert_eq!((found.first_row, found.last_row, found.recognised), (2, 3, 4));
    assert!(file.find_header(0, 5, |header| known.contains(&header)).unwrap().is_none());
}

#[test]
fn a_single_header_row_is_preferred_where_it_says_as_much() {
    let mut file = open_sheet("编号,名称,金额/元\n1,甲,5\n".as_bytes().to_vec()).unwrap();
    let found = file.find_header(0, 3, |header| ["编号", "名称", "金额"].contains(&header)).unwrap().unwrap();
    assert_eq!((found.first_row, found.last_row), (1, 1));
    assert_eq!(found.headers[2].unit, Some(MoneyUnit::Yuan));
}

#[test]
fn the_unit_is_read_from_the_end_of_a_header() {
    for (text, name, unit) in [
        ("成交额(元)", "成交额", Some(MoneyUnit::Yuan)),
        ("＊成交额 （万元）", "成交额", Some(MoneyUnit::TenThousandYuan)),
        ("合同成交额[亿元]", "合同成交额", Some(MoneyUnit::HundredMillionYuan)),
        ("金额/万元", "金额", Some(MoneyUnit::TenThousandYuan)),
        ("成交额\r\n(单位：人民币万元)*", "成交额", Some(MoneyUnit::TenThousandYuan)),
        ("成交额", "成交额", None),
        ("成交额(千元)", "成交额(千元)", None),
        ("成交额(美元)", "成交额(美元)", None),
        ("名称(中文)", "名称(中文)", None),
    ] {
        let header = header_of(text, 3);
        assert_eq!((header.normalised.as_str(), header.unit), (name, unit), "{text}");
        assert_eq!(normalise_header(text), name);
    }
    assert_eq!(title_unit("（单位：万元、项）"), Some(MoneyUnit::TenThousandYuan));
    assert_eq!(title_unit("成交额 万元"), None);
}

#[test]
fn dates_as_text_are_read_in_every_common_form() {
    for text in [
        "2026-01-05",
        "2026/1/5",
        "2026.1.5",
        "2026年1月5日",
        "2026年01月05号",
        "20260105",
        "２０２６－０１－０５",
        " 2026 年 1 月 5 日 ",
        "2026-01-05 08:30:00.0",
        "2026-01-05T08:30:00Z",
        "2026/1/5 8:30",
    ] {
        assert_eq!(parse_date(text), Some(date(2026, 1, 5)), "{text}");
    }
    for text in [
        "",
        "46027",
        "26-1-5",
        "2026-1",
        "2026年1月",
        "2026-13-01",
        "2026-02-30",
        "2026-1/5",
        "18991231",
        "2026-01-05x",
        "2026-01-05 25:00",
        "2026010５５",
    ] {
        assert_eq!(parse_date(text), None, "{text}");
    }
}

#[test]
fn full_width_forms_are_folded() {
    assert_eq!(fold_width("１２，３４．５\u{3000}（ＡＢ）"), "12,34.5 (AB)");
    assert_eq!(fold_width("\u{feff}a\u{200b}b\u{a0}c"), "ab c");
    assert_eq!(
        (column_letters(0), column_letters(25), column_letters(26), column_letters(701), column_letters(702)),
        ("A".into(), "Z".into(), "AA".into(), "ZZ".into(), "AAA".into())
    );
}

#[test]
fn a_problem_list_is_a_safe_csv() {
    let problem = SheetProblem::new("contract.price.negative")
        .reason("金额为负", "the amount is negative")
        .what_to_do("改正", "correct it")
        .in_sheet("合同")
        .at_row(7)
        .in_column(27, "成交额(元)")
        .with_value(&format!("=HYPERLINK(\"x\")\0\u{202e}{}", "长".repeat(200)));
    let mut output = Vec::new();
    write_problems_csv(std::slice::from_ref(&problem), ByteOrderMark::Present, &mut output).unwrap();
    let text = String::from_utf8(output).unwrap();
    assert!(text.starts_with("\u{feff}工作表,行,列"));
    assert!(text.contains("合同,7,AB,成交额(元),\"'=HYPERLINK(\"\"x\"\")␀⟨U+202E⟩长"), "{text}");
    assert!(text.contains("长…"), "{text}");
    let json = serde_json::to_value(&problem).unwrap();
    assert_eq!(json["reason_zh"], "金额为负");
    assert_eq!(json["column"]["letter"], "AB");
}

#[test]
fn an_opened_file_can_be_sent_to_a_worker() {
    fn is_send<T: Send>() {}
    is_send::<SheetFile>();
    is_send::<SheetProblem>();
}
