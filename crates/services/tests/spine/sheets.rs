//! Files as real bureaus shape them: title lines, merged groups, aliases, other units, other encodings.

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet};

use super::rows::{Party, Row};

/// The national form as CSV with a mark: headers as the system exports them, money in yuan.
pub fn national_csv(rows: &[Row]) -> Vec<u8> {
    let mut text = String::from(
        "\u{feff}合同登记编号,项目名称,签订日期,登记日期,合同类型,技术领域,成交总额(元),技术交易额(元),",
    );
    text.push_str("登记机构,合同状态,");
    text.push_str(&party_headers("卖方"));
    text.push(',');
    text.push_str(&party_headers("买方"));
    text.push('\n');
    for row in rows {
        let mut cells = vec![
            row.number.clone(),
            row.project.clone(),
            row.signed_on.to_string(),
            row.registered_on.to_string(),
            row.contract_type.0.to_owned(),
            row.field.0.to_owned(),
            yuan(row.value_fen),
            yuan(row.technology_fen),
            row.registrar.to_owned(),
            row.standing.to_owned(),
        ];
        cells.extend(party_cells(&row.seller));
        cells.extend(party_cells(&row.buyer));
        text.push_str(&cells.join(","));
        text.push('\n');
    }
    text.into_bytes()
}

fn party_headers(side: &str) -> String {
    ["名称", "统一社会信用代码", "行政区划代码", "国别", "性质", "联系人", "联系电话"]
        .map(|tail| format!("{side}{tail}"))
        .join(",")
}

fn party_cells(party: &Party) -> [String; 7] {
    [
        party.name.clone(),
        party.credit_code.clone(),
        party.place.written.to_owned(),
        party.place.country.to_owned(),
        party.kind.0.to_owned(),
        party.contact.clone(),
        party.telephone.clone(),
    ]
}

fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

/// A bureau's own list: GB18030, two title lines, aliases, 万元 with separators and full-width digits, dates in
/// Chinese, strokes in place of blanks, a column that nobody knows, a total at the end.
pub fn bureau_csv(rows: &[Row]) -> Vec<u8> {
    let mut text = String::from("二〇一七年技术合同登记台账,,,\n填报单位：某市科技局,,,单位：万元\n");
    text.push_str("序号,登记编号,合同编号,合同名称,签约时间,认定日期,技术合同类别,所属技术领域,合同金额（万元）,核定技术交易额（万元）,登记点,状态,");
    text.push_str("转让方,转让方信用代码,转让方所在地,转让方国家（地区）,转让方单位性质,转让方负责人,转让方联系人,转让方电话,");
    text.push_str("受让方,受让方信用代码,受让方所在地,受让方国家（地区）,受让方单位性质,受让方负责人,受让方联系人,受让方电话,院系\n");
    for (at, row) in rows.iter().enumerate() {
        let mut cells = vec![
            (at + 1).to_string(),
            format!("'{}", row.number),
            format!("HT-{at}"),
            row.project.clone(),
            chinese_day(row.signed_on),
            row.registered_on.to_string().replace('-', "/"),
            row.contract_type.0.to_owned(),
            stroke(row.field.0),
            ten_thousand(row.value_fen, at % 2 == 0),
            ten_thousand(row.technology_fen, at % 3 == 0),
            row.registrar.to_owned(),
            row.standing.to_owned(),
        ];
        for party in [&row.seller, &row.buyer] {
            cells.extend([
                party.name.clone(),
                stroke(&party.credit_code),
                party.place.written.to_owned(),
                party.place.country.to_owned(),
                party.kind.0.to_owned(),
                "示例负责人".to_owned(),
                party.contact.clone(),
                party.telephone.clone(),
            ]);
        }
        cells.push("示例学院".to_owned());
        text.push_str(&cells.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(","));
        text.push('\n');
    }
    text.push_str("合　计,,,,,,,,\"1,234,567.89\",,,\n制表人：示例甲,,,,审核人：示例乙\n");
    encoding_rs::GB18030.encode(&text).0.into_owned()
}

fn stroke(text: &str) -> String {
    if text.is_empty() { "/".to_owned() } else { text.to_owned() }
}

fn quoted(text: &str) -> String {
    if text.contains(',') { format!("\"{text}\"") } else { text.to_owned() }
}

fn chinese_day(day: jiff::civil::Date) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

/// Exactly, with thousands separators or in full-width digits.
fn ten_thousand(fen: i64, is_full_width: bool) -> String {
    let plain = format!("{}.{:06}", fen / 1_000_000, fen % 1_000_000);
    if is_full_width {
        return plain.chars().map(full_width).collect();
    }
    let (whole, fraction) = plain.split_once('.').unwrap();
    let digits: Vec<char> = whole.chars().collect();
    let groups: Vec<String> = digits.rchunks(3).rev().map(|group| group.iter().collect()).collect();
    format!("{}.{fraction}", groups.join(","))
}

fn full_width(character: char) -> char {
    match character {
        '.' => '．',
        digit => char::from_u32('０' as u32 + digit.to_digit(10).unwrap()).unwrap(),
    }
}

/// A workbook with a title, merged groups 卖方 and 买方, Excel dates, amounts as numbers in yuan, one cell merged over
/// the rows of the same registrar, a hidden sheet with other data, a sheet of explanations, a total row.
pub fn grouped_xlsx(rows: &[Row]) -> Vec<u8> {
    let mut book = Workbook::new();
    let cover = book.add_worksheet().set_name("填表说明").unwrap();
    cover.write(0, 0, "一、本表由登记机构填写。").unwrap();
    let sheet = book.add_worksheet().set_name("合同").unwrap();
    write_grouped(sheet, rows);
    let hidden = book.add_worksheet().set_name("旧数据").unwrap();
    write_grouped(hidden, &rows[..1]);
    hidden.set_hidden(true);
    book.save_to_buffer().unwrap()
}

fn write_grouped(sheet: &mut Worksheet, rows: &[Row]) {
    const LEADING: [&str; 8] = [
        "合同登记编号",
        "项目名称",
        "登记日期",
        "合同类型",
        "技术领域",
        "成交额",
        "技术交易额(元)",
        "登记机构",
    ];
    const OF_PARTY: [&str; 5] = ["名称", "统一社会信用代码", "行政区划代码", "国别", "性质"];
    let plain = Format::new();
    sheet.merge_range(0, 0, 0, 17, "技术合同登记情况表", &plain).unwrap();
    for (at, header) in (0_u16..).zip(LEADING) {
        // The unit of the contract value stands in a line of its own in the cell.
        let header =
            if header == "成交额" { "成交额\n（元）".to_owned() } else { header.to_owned() };
        sheet.merge_range(1, at, 2, at, &header, &plain).unwrap();
    }
    for (first, group) in [(8, "卖方"), (13, "买方")] {
        sheet.merge_range(1, first, 1, first + 4, group, &plain).unwrap();
        for (at, header) in (first..).zip(OF_PARTY) {
            sheet.write(2, at, header).unwrap();
        }
    }
    let day = Format::new().set_num_format("yyyy/m/d");
    let mut registrar_from = 3;
    for (line, row) in (3_u32..).zip(rows) {
        sheet.write(line, 0, &row.number).unwrap();
        sheet.write(line, 1, &row.project).unwrap();
        let on = row.registered_on;
        let cell = ExcelDateTime::from_ymd(
            on.year().unsigned_abs(),
            on.month().unsigned_abs(),
            on.day().unsigned_abs(),
        );
        sheet.write_with_format(line, 2, cell.unwrap(), &day).unwrap();
        sheet.write(line, 3, row.contract_type.0).unwrap();
        sheet.write(line, 4, row.field.0).unwrap();
        // Whole yuan as a number, anything finer as text: what Excel itself would keep exactly.
        for (column, fen) in [(5, row.value_fen), (6, row.technology_fen)] {
            if fen % 100 == 0 {
                sheet.write(line, column, fen / 100).unwrap();
            } else {
                sheet.write(line, column, yuan(fen)).unwrap();
            }
        }
        let is_last = rows.get(line as usize - 2).is_none_or(|next| next.registrar != row.registrar);
        if is_last {
            if line > registrar_from {
                sheet.merge_range(registrar_from, 7, line, 7, row.registrar, &plain).unwrap();
            } else {
                sheet.write(line, 7, row.registrar).unwrap();
            }
            registrar_from = line + 1;
        }
        for (first, party) in [(8, &row.seller), (13, &row.buyer)] {
            for (column, cell) in (first..).zip(party_cells(party).iter().take(5)) {
                sheet.write(line, column, cell).unwrap();
            }
        }
    }
    let end = 3 + u32::try_from(rows.len()).unwrap();
    sheet.write(end, 0, "合计").unwrap();
    sheet.write(end, 5, 123_456).unwrap();
}
