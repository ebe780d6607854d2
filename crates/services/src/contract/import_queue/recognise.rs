//! Tells from a file's own words whose contracts it holds: its name first, then the titles above its tables.

use xiaoxiang_domain::fact::Source;

use crate::refusal::Refusal;
use crate::sheet::{HEADER_SEARCH_ROWS, SheetFile, Visibility, visible_text};

/// Words of the national exchange.
const EXCHANGE_WORDS: [&str; 4] = ["省外", "外省", "交换", "exchange"];
/// Words of the region's own registrars.
const REGISTRY_WORDS: [&str; 3] = ["登记", "认定", "registry"];
/// A line with more cells than these is a header or a row of contracts, not a title.
const TITLE_CELLS_MAX: usize = 3;

/// The source that the file names, and the words that named it; nothing where it names none or both.
pub(super) fn recognise_source(
    file_name: &str,
    file: &mut SheetFile,
) -> Result<Option<(Source, String)>, Refusal> {
    if let Some(source) = source_of(file_name) {
        return Ok(Some((source, visible_text(file_name))));
    }
    let mut found: Option<(Source, String)> = None;
    for title in titles(file)? {
        let Some(source) = source_of(&title) else { continue };
        match &found {
            Some((first, _)) if *first != source => return Ok(None),
            Some(_) => {}
            None => found = Some((source, visible_text(&title))),
        }
    }
    Ok(found)
}

fn source_of(text: &str) -> Option<Source> {
    let text = text.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    match (says(&REGISTRY_WORDS), says(&EXCHANGE_WORDS)) {
        (true, false) => Some(Source::Registry),
        (false, true) => Some(Source::Exchange),
        _ => None,
    }
}

/// Names of the visible sheets and the lines above their tables.
fn titles(file: &mut SheetFile) -> Result<Vec<String>, Refusal> {
    let mut titles = Vec::new();
    for (sheet, info) in file.sheets().to_vec().into_iter().enumerate() {
        if info.visibility != Visibility::Visible {
            continue;
        }
        titles.push(info.name);
        let rows =
            file.first_rows(sheet, HEADER_SEARCH_ROWS).map_err(|problem| Refusal::Sheet(vec![problem]))?;
        let above = rows
            .iter()
            .map(|row| row.cells.iter().filter(|cell| !cell.is_empty()).map(|cell| cell.text.as_str()));
        let above = above.map(Iterator::collect::<Vec<_>>).take_while(|cells| cells.len() <= TITLE_CELLS_MAX);
        titles.extend(above.map(|cells| cells.join(" ")));
    }
    Ok(titles)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::open_sheet;

    fn recognised(name: &str, text: &str) -> Option<Source> {
        let mut file = open_sheet(text.as_bytes().to_vec()).expect("a text file");
        recognise_source(name, &mut file).expect("rows").map(|(source, _)| source)
    }

    #[test]
    fn the_name_speaks_before_the_titles_and_contradictions_are_asked_about() {
        let header = "登记编号,合同类型,成交额(元),卖方名称,买方名称\n1,技术开发,1,甲,乙\n";
        let titled = |title: &str| format!("{title},,,,\n{header}");
        assert_eq!(recognised("登记.csv", header), Some(Source::Registry));
        assert_eq!(recognised("省外2026-09.csv", &titled("技术合同登记情况表")), Some(Source::Exchange));
        assert_eq!(recognised("Exchange.csv", header), Some(Source::Exchange));
        assert_eq!(recognised("9月.csv", &titled("技术合同登记情况表")), Some(Source::Registry));
        assert_eq!(recognised("9月.csv", &titled("全国系统交换数据")), Some(Source::Exchange));
        assert_eq!(recognised("9月.csv", &titled("登记数据（含省外）")), None);
        assert_eq!(recognised("9月.csv", header), None, "a header says nothing");
    }
}
