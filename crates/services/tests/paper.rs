//! What is written is safe, well formed, the same every time, and reads back as it was printed.

use std::io::{Cursor, Read};

use jiff::civil::{DateTime, date};
use quick_xml::events::Event;
use xiaoxiang_domain::bulletin::{
    ColumnKind, PrintedCell, PrintedColumn, PrintedNote, PrintedRow, PrintedTable, RowKind,
};
use xiaoxiang_services::paper::{
    Block, ByteOrderMark, Code, Document, HeadingLevel, Letterhead, QrCode, Signature,
    XLSX_CELL_CHARACTERS_MAX, cut_text, guard_formula, to_terminal, write_csv, write_docx, write_xlsx,
};
use xiaoxiang_services::sheet::{CellKind, SheetRow, open_sheet};

fn created() -> DateTime {
    date(2026, 11, 22).at(9, 30, 0, 0)
}

fn column(group: &str, header: &str, kind: ColumnKind) -> PrintedColumn {
    PrintedColumn {
        key: header.to_owned(),
        group: group.to_owned(),
        group_en: String::new(),
        header: header.to_owned(),
        header_en: String::new(),
        kind,
    }
}

fn row(kind: RowKind, cells: &[&str]) -> PrintedRow {
    PrintedRow { key: String::new(), kind, cells: cells.iter().copied().map(PrintedCell::text).collect() }
}

fn table() -> PrintedTable {
    PrintedTable {
        title: "2026年1-5月技术合同".to_owned(),
        title_en: "Technology contracts".to_owned(),
        columns: vec![
            column("", "市州", ColumnKind::Text),
            column("输出", "项数", ColumnKind::Count),
            column("输出", "成交额(亿元)", ColumnKind::Amount),
            column("吸纳", "成交额(亿元)", ColumnKind::Amount),
            column("吸纳", "同比(%)", ColumnKind::Percent),
            column("", "位次", ColumnKind::Rank),
        ],
        rows: vec![
            row(RowKind::Body, &["长沙市", "1234", "203.10", "0.00", "-1.44", "1"]),
            row(RowKind::Body, &["=HYPERLINK(\"x\")", "5", "-0.00", "12.30", "", "2"]),
            row(
                RowKind::Body,
                &["湘西<土家族> & \u{1b}[31m苗族", "0", "0.50", "1.00", "100.00%", "12345678901234567"],
            ),
            row(RowKind::Total, &["合计", "1239", "203.60", "13.30", "-0.07", ""]),
        ],
        notes: vec![PrintedNote {
            zh: "注：省外数据截至 2026-05-31。".to_owned(), en: "Note".to_owned()
        }],
    }
}

fn csv_text(table: &PrintedTable) -> String {
    let mut output = Vec::new();
    write_csv(table, ByteOrderMark::Absent, &mut output).expect("memory takes it");
    String::from_utf8(output).expect("we write UTF-8")
}

#[test]
fn csv_joins_groups_and_guards_words_but_not_our_numbers() {
    let text = csv_text(&table());
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "市州,输出·项数,输出·成交额(亿元),吸纳·成交额(亿元),吸纳·同比(%),位次");
    assert_eq!(lines[1], "长沙市,1234,203.10,0.00,-1.44,1");
    assert_eq!(lines[2], "\"'=HYPERLINK(\"\"x\"\")\",5,-0.00,12.30,,2");
    assert_eq!(lines[3], "湘西<土家族> & \u{fffd}[31m苗族,0,0.50,1.00,100.00%,12345678901234567");
    assert!(!text.contains('\r'));
    for text in ["=1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "＝1", "－1", "\u{3000}@x"] {
        assert_eq!(guard_formula(text), format!("'{text}"));
    }
    assert_eq!(guard_formula("长沙-1"), "长沙-1");
}

#[test]
fn a_workbook_reads_back_as_it_was_printed() {
    let bytes = write_xlsx(&[table(), table()], created()).expect("written");
    assert_eq!(bytes, write_xlsx(&[table(), table()], created()).expect("written again"));
    let mut file = open_sheet(bytes).expect("readable");
    let names: Vec<_> = file.sheets().iter().map(|sheet| sheet.name.clone()).collect();
    assert_eq!(names, ["2026年1-5月技术合同", "2026年1-5月技术合同 2"]);
    let found = file
        .find_header(0, 5, |header| {
            ["市州", "输出/项数", "输出/成交额", "吸纳/成交额", "位次"].contains(&header)
        })
        .expect("readable")
        .expect("a header");
    assert_eq!((found.first_row, found.last_row), (2, 3));
    let rows: Vec<SheetRow> = file.rows(0).expect("a sheet").collect::<Result<_, _>>().expect("rows");
    let texts = |row: &SheetRow| row.cells.iter().map(|cell| cell.text.clone()).collect::<Vec<_>>();
    assert_eq!(texts(&rows[3]), ["长沙市", "1234", "203.1", "0", "-1.44", "1"]);
    assert_eq!(rows[3].cells[2].kind, CellKind::Number);
    assert_eq!(texts(&rows[4]), ["=HYPERLINK(\"x\")", "5", "-0.00", "12.3", "", "2"]);
    assert_eq!(rows[4].cells[0].kind, CellKind::Text);
    assert_eq!(texts(&rows[5])[4..], ["100", "12345678901234567"]);
    assert_eq!(rows[5].cells[5].kind, CellKind::Text);
    assert_eq!(rows[7].text(0), "注：省外数据截至 2026-05-31。");
}

#[test]
fn numbers_carry_the_format_under_which_they_look_as_printed() {
    let bytes = write_xlsx(&[table()], created()).expect("written");
    let styles = part(&bytes, "xl/styles.xml");
    assert!(styles.contains("0.00&quot;%&quot;"), "{styles}");
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(sheet.contains("orientation=\"landscape\"") && sheet.contains("state=\"frozen\""), "{sheet}");
    assert!(!sheet.contains("<f>"));
    assert!(part(&bytes, "xl/workbook.xml").contains("Print_Titles"));
    assert!(part(&bytes, "docProps/core.xml").contains("2026-11-22T09:30:00Z"));
}

#[test]
fn long_cells_and_odd_titles_are_fitted() {
    let mut odd = table();
    odd.title = "[a]:*?/\\一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十".to_owned();
    odd.rows[0].cells[0] = PrintedCell::text("长".repeat(40_000));
    let mut file = open_sheet(write_xlsx(&[odd.clone()], created()).expect("written")).expect("readable");
    let rows: Vec<SheetRow> = file.rows(0).expect("a sheet").collect::<Result<_, _>>().expect("rows");
    let text = rows[3].text(0);
    assert_eq!(text.chars().count(), XLSX_CELL_CHARACTERS_MAX);
    assert!(text.ends_with("…（已截断）"));
    assert_eq!(cut_text("😀😀😀", 6), "😀😀😀");
    let document = Document {
        letterhead: None,
        number: None,
        title: odd.title.clone(),
        blocks: vec![Block::Table(Box::new(odd))],
    };
    let xml = part(&write_docx(&document, created()).expect("written"), "word/document.xml");
    assert!(xml.contains("…（已截断）"));
    let empty = PrintedTable {
        title: String::new(),
        columns: vec![column("", "甲", ColumnKind::Text)],
        rows: vec![],
        notes: vec![],
        ..table()
    };
    assert!(write_xlsx(&[empty], created()).is_ok());
}

fn letter() -> Document {
    let mut wide = table();
    for index in 0..12 {
        wide.columns.push(column("累计", &format!("成交额第{index}(亿元)"), ColumnKind::Amount));
    }
    Document {
        letterhead: Some(Letterhead {
            issuer: "示例省科学技术厅".to_owned(),
            signer: Some("张示例".to_owned()),
        }),
        number: Some("湘科统〔2026〕5号".to_owned()),
        title: "关于2026年1-5月全省技术合同情况的通报".to_owned(),
        blocks: vec![
            Block::Addressee("各市州科技局：".to_owned()),
            Block::Heading(HeadingLevel::First, "一、总体情况".to_owned()),
            Block::Paragraph("登记 <1> & \"2\"\u{0}\u{b} \u{fffe}项。\n第二段\t制表".to_owned()),
            Block::Heading(HeadingLevel::Second, "（一）市州".to_owned()),
            Block::Table(Box::new(table())),
            Block::Table(Box::new(wide)),
            Block::Note("附注".to_owned()),
            Block::Signature(Signature {
                issuer: "示例省科学技术厅".to_owned(), date: date(2026, 6, 8)
            }),
            Block::Paragraph("正文".to_owned()),
        ],
    }
}

#[test]
fn a_letter_is_well_formed_in_every_part_and_the_same_every_time() {
    let bytes = write_docx(&letter(), created()).expect("written");
    assert_eq!(bytes, write_docx(&letter(), created()).expect("written again"));
    let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).expect("a zip");
    let names: Vec<String> = archive.file_names().map(|name| name.expect("a name").into_owned()).collect();
    assert_eq!(names.len(), 10);
    for name in names {
        let mut xml = String::new();
        archive.by_name(&name).expect("a part").read_to_string(&mut xml).expect("UTF-8");
        assert_well_formed(&name, &xml);
    }
}

/// What a phone reads in a picture.
fn scanned(picture: &[u8]) -> String {
    let mut reader = png::Decoder::new(Cursor::new(picture)).read_info().expect("a PNG");
    let mut bits = vec![0; reader.output_buffer_size().expect("a size")];
    let info = reader.next_frame(&mut bits).expect("a picture");
    let (width, line) = (info.width as usize, info.line_size);
    let grey = |x: usize, y: usize| if bits[y * line + x / 8] >> (7 - x % 8) & 1 == 1 { 255 } else { 0 };
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, info.height as usize, grey);
    let found = prepared.detect_grids();
    assert_eq!(found.len(), 1, "one code");
    found[0].decode().expect("readable").1
}

#[test]
fn a_form_has_its_rows_and_a_code_leads_where_it_should() {
    let address = format!("https://示例.example/zh/registrations/verify/{}?a=1&b=2", "0f".repeat(32));
    let code = Code { address: address.clone(), words: "扫码核验".to_owned() };
    let form = vec![("项目名称".to_owned(), "<示例> & 项目".to_owned()), ("备注".to_owned(), String::new())];
    let document = Document {
        letterhead: None,
        number: None,
        title: "技术合同登记证明".to_owned(),
        blocks: vec![Block::Form(form), Block::Code(code.clone()), Block::Code(code)],
    };
    let bytes = write_docx(&document, created()).expect("written");
    let xml = part(&bytes, "word/document.xml");
    assert_well_formed("document", &xml);
    assert!(xml.contains("&lt;示例&gt; &amp; 项目") && xml.contains("扫码核验"));
    let relations = part(&bytes, "word/_rels/document.xml.rels");
    for place in 0..2 {
        assert!(xml.contains(&format!("r:embed=\"picture{place}\"")), "picture {place} is shown");
        assert!(relations.contains(&format!("media/picture{place}.png")), "picture {place} is there");
        let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).expect("a zip");
        let mut picture = Vec::new();
        let file = archive.by_name(&format!("word/media/picture{place}.png"));
        file.expect("a picture").read_to_end(&mut picture).expect("bytes");
        assert_eq!(scanned(&picture), address);
    }
    assert!(QrCode::new(&"a".repeat(5_000)).is_err(), "longer than a code holds");
    let code = QrCode::new("https://a.example").expect("short");
    assert_eq!(code.path().matches('M').count(), code.path().matches('z').count());
}

#[test]
fn a_letter_carries_head_number_signer_date_and_turns_wide_tables() {
    let xml = part(&write_docx(&letter(), created()).expect("written"), "word/document.xml");
    for text in [
        "示例省科学技术厅",
        "湘科统〔2026〕5号",
        "签发人：",
        "张示例",
        "2026年6月8日",
        "登记 &lt;1&gt; &amp;",
    ] {
        assert!(xml.contains(text), "{text}");
    }
    assert_eq!(xml.matches("<w:tblHeader/>").count(), 4);
    assert!(xml.contains("<w:gridSpan w:val=\"2\"/>") && xml.contains("<w:vMerge w:val=\"restart\"/>"));
    assert_eq!(turned(&xml), [false, true, false]);
    assert!(!xml.contains('\u{0}') && !xml.contains('\u{fffe}'));
}

/// Which runs of pages lie on their side.
fn turned(xml: &str) -> Vec<bool> {
    let pages = xml.split("<w:pgSz").skip(1);
    pages.map(|piece| piece.split("/>").next().unwrap_or("").contains("landscape")).collect()
}

#[test]
fn a_paper_that_is_a_wide_table_lies_on_its_side_under_one_title() {
    let wide = letter().blocks.into_iter().find_map(|block| match block {
        Block::Table(table) if table.columns.len() > 6 => Some(table),
        _ => None,
    });
    let wide = wide.expect("the letter has a wide table");
    let document = Document {
        letterhead: None,
        number: None,
        title: wide.title.clone(),
        blocks: vec![Block::Table(wide.clone())],
    };
    let xml = part(&write_docx(&document, created()).expect("written"), "word/document.xml");
    assert_eq!(turned(&xml), [true], "no page holds a title alone");
    assert_eq!(xml.matches(&format!(">{}<", wide.title)).count(), 1);
}

#[test]
fn a_terminal_table_is_aligned_by_display_width() {
    let text = to_terminal(&table());
    assert!(!text.contains('\u{1b}'));
    let mut narrow = table();
    narrow.rows.truncate(1);
    let lines: Vec<String> = to_terminal(&narrow).lines().map(str::to_owned).collect();
    assert_eq!(
        lines,
        [
            "2026年1-5月技术合同",
            "───────────────────────────────────────────────────────",
            "               输出                 吸纳",
            "市州    项数  成交额(亿元)  成交额(亿元)  同比(%)  位次",
            "───────────────────────────────────────────────────────",
            "长沙市  1234        203.10          0.00    -1.44     1",
            "───────────────────────────────────────────────────────",
            "注：省外数据截至 2026-05-31。",
        ]
    );
}

fn part(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip");
    let mut text = String::new();
    archive.by_name(name).expect("a part").read_to_string(&mut text).expect("UTF-8");
    text
}

fn assert_well_formed(name: &str, xml: &str) {
    let mut reader = quick_xml::Reader::from_str(xml);
    let mut depth = 0;
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => break,
            Ok(Event::Start(tag)) => {
                depth += 1;
                tag.attributes().for_each(|attribute| assert!(attribute.is_ok(), "{name}"));
            }
            Ok(Event::End(_)) => depth -= 1,
            Ok(_) => {}
            Err(error) => panic!("{name}: {error}"),
        }
    }
    assert_eq!(depth, 0, "{name}");
}
