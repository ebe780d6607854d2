//! Every mistake of a region folder is explained in two languages at its place.

use proptest::prelude::*;

use super::super::{Region, RegionLayer, RegionProblem};
use super::layer;
use super::small_province::{base, province};

/// The problems after replacing or adding files of the small province.
fn problems(files: &[(&str, &str)]) -> Vec<RegionProblem> {
    let mut own = province();
    own.files.extend(layer("", files).files);
    Region::parse(&[base(), own]).expect_err("a mistake")
}

/// Whether a mistake in one file is told at that line, with these words in Chinese, and a remedy.
fn check(path: &str, text: &str, line: u32, words: &str) {
    let found = problems(&[(path, text)]);
    let hit =
        found.iter().find(|problem| problem.message_zh.contains(words) || problem.fix_zh.contains(words));
    let problem = hit.unwrap_or_else(|| panic!("{words} not among {found:#?}"));
    assert_eq!((problem.file.as_str(), problem.line), (format!("small/{path}").as_str(), line), "{problem}");
    let texts = [&problem.message_zh, &problem.message_en, &problem.fix_zh, &problem.fix_en];
    assert!(texts.iter().all(|text| !text.is_empty()));
    let has_han = |text: &str| text.chars().any(|c| ('\u{4e00}'..'\u{9fff}').contains(&c));
    assert!(has_han(&problem.message_zh) && has_han(&problem.fix_zh), "{problem:?}");
}

#[test]
fn mistakes_of_writing_are_told() {
    check("letterhead.yaml", "issuer: [a\n", 1, "YAML 写法有误");
    check("letterhead.yaml", "issuer: 厅\nisuer_en: a\n", 2, "是否应为“issuer_en”");
    check("letterhead.yaml", "issuer: 厅\ncolour: red\n", 2, "对照 docs/REGIONS.md");
    check("letterhead.yaml", "issuer: 厅\nissuer: 局\n", 2, "写了两次");
    check("letterhead.yaml", "issuer_en: a\n", 1, "缺少“issuer”");
    check("letterhead.yaml", "issuer:\n  name: 厅\n", 2, "应为单个值");
    check("letterhead.yaml", "- 厅\n", 1, "应为“键: 值”");
    check("letterhead.yaml", "issuer: 厅\ncopies_to: 市局\n", 2, "应为列表");
    check("letterhead.yaml", "issuer: 厅\nstatus: pendng\n", 2, "是否应为“pending”");
    check("letterhead.yaml", "issuer: &a 厅\n", 1, "锚点");
    check("letterhead.yaml", "issuer: 厅\n---\nissuer: 局\n", 3, "一份 YAML 文档");
    check("parks.yaml", "parks:\n  - { key: x, name: 园, city: 980100 }\n", 2, "不是 1 至");
    check("parks.yaml", "parks:\n  - { key: 1, name: 园, city: 9801 }\n", 2, "六位");
    check("parks.yaml", "parks:\n  - { key: 1, name: 园, city: 980100, from: 2020 }\n", 2, "不是日期");
    check("number_patterns.yaml", "patterns:\n  - { key: a, pattern: \"{yaer}{serial}\" }\n", 2, "{yaer}");
    check("number_patterns.yaml", "patterns:\n  - { key: a, pattern: \"{year}号\" }\n", 2, "{serial}");
    check("bulletin.yaml", "tables:\n  - { key: a, title: 表, by: ctiy }\n", 2, "是否应为“city”");
    check("open_data.yaml", "respondents: { min: 0 }\n", 1, "不是 1 至");
    check("open_data.yaml", "respondents: { status: pending }\n", 1, "缺少“min”");
    check("screening.yaml", "text: { similar_percent: 70 }\n", 1, "缺少“part_percent”");
    check("screening.yaml", "changes: { value_percent: 0 }\n", 1, "不是 1 至");
    check("screening.yaml", "splitting:\n  window_day: 3\n", 2, "是否应为“window_days”");
    check("screening.yaml", "nature:\n  goods: [采购, 采购]\n", 2, "采购");
    check("open_data.yaml", "note: 无\n", 1, "缺少“respondents”");
    check("open_data.yaml", "respondents: { min: 3 }\nlicence: { text_en: free }\n", 2, "缺少“text”");
    check(
        "bulletin.yaml",
        "tables:\n  - { key: a, title: 表, by: city, directions: [outptu] }\n",
        2,
        "output",
    );
}

#[test]
fn mistakes_in_english_names_are_told() {
    check("names_en.csv", "code,name\n980100,Example\n", 1, "code,name_en");
    check("names_en.csv", "code,name_en\n980199,Nowhere\n", 2, "行政区划中没有 980199");
    check("names_en.csv", "code,name_en\n980100,One\n980100,Two\n", 3, "已见于第 2 行");
    check("names_en.csv", "code,name_en\n98010,Short\n", 2, "六位");
    check("names_en.csv", "code,name_en\n980100,\n", 2, "缺少“name_en”");
}

#[test]
fn mistakes_of_size_are_told() {
    let long = format!("issuer: {}\n", "长".repeat(400_000));
    check("letterhead.yaml", &long, 0, "超过上限");
    check("letterhead.yaml", &format!("issuer: {}1{}\n", "[".repeat(40), "]".repeat(40)), 1, "嵌套超过");
    let many = format!("issuer: 厅\ncopies_to: [{}1]\n", "1,".repeat(50_000));
    check("letterhead.yaml", &many, 2, "内容超过");
}

#[test]
fn mistakes_of_divisions_are_told() {
    let head = "code,name,level,parent,from,to,successors,status\n";
    let rows = |rows: &str| format!("{head}{rows}");
    check("divisions.csv", &rows("980122,甲县,county,980100,2021-01-01,2020-01-01,,\n"), 2, "晚于截止日");
    let twice = "980122,甲县,county,980100,,2020-12-31,,\n980122,乙县,county,980100,2020-06-01,,,\n";
    check("divisions.csv", &rows(twice), 3, "与第 2 行重叠");
    check("divisions.csv", &rows("980122,甲县,county,980900,,,,\n"), 2, "的上级 980900 不存在");
    check(
        "divisions.csv",
        &rows("980122,甲县,county,980100,,2020-12-31,980199,\n"),
        2,
        "的后继 980199 不存在",
    );
    check("divisions.csv", &rows("980122,甲县,county,980100,,,980181,\n"), 2, "仍然有效");
    let round =
        "980122,甲县,county,980100,,2020-12-31,980123,\n980123,乙县,county,980100,,2020-12-31,980122,\n";
    check("divisions.csv", &rows(round), 2, "又回到自身");
    check("divisions.csv", &rows("98012,甲县,county,980100,,,,\n"), 2, "六位");
    check("divisions.csv", &rows("980122,甲县,conty,980100,,,,\n"), 2, "是否应为“county”");
    check("divisions.csv", &rows("980122,甲县,county,980100,2021-13-01,,,\n"), 2, "不是日期");
    check("divisions.csv", &rows("980122,甲县,county\n"), 2, "此行无法读取");
    check("divisions.csv", "code,nmae,level,parent\n", 1, "是否应为“name”");
    check("region.yaml", "code: 970000\nname: 省\nname_en: a\nextends: base\n", 0, "行政区划中没有 970000");
}

#[test]
fn mistakes_of_code_lists_are_told() {
    let items = |items: &str| format!("name: 表\nitems:\n{items}");
    let ip = "codes/ip_kind.yaml";
    check(
        ip,
        &items("  - { code: 1, name: 甲, number: 1 }\n  - { code: 1, name: 乙, number: 2 }\n"),
        4,
        "代码 1 重复",
    );
    check(
        ip,
        &items("  - { code: 1, name: 甲, number: 1 }\n  - { code: 2, name: 乙, number: 1 }\n"),
        4,
        "编号 1 已由",
    );
    let alias = "  - { code: 1, name: 甲, number: 1 }\n  - { code: 2, name: 乙, number: 2, aliases: [甲] }\n";
    check(ip, &items(alias), 4, "别名“甲”");
    check(ip, &items("  - { code: 1, name: 甲, parent: 9 }\n"), 3, "的上级 9 不存在");
    check(ip, &items("  - { code: 1, name: 甲 }\n"), 3, "没有统计编号");
    check(ip, &items("  - { code: 1, name: 甲, number: 1, restated_as: 9 }\n"), 3, "的后继 9 不存在");
    let dates = "  - { code: 1, name: 甲, number: 1, from: 2022-01-01, to: 2021-01-01 }\n";
    check(ip, &items(dates), 3, "晚于截止日");
}

#[test]
fn a_name_may_pass_from_one_code_to_another() {
    let text = "name: 表\nitems:\n  - { code: 1, name: 甲, number: 1, to: 2020-12-31 }\n  \
                - { code: 2, name: 甲, number: 2, from: 2021-01-01 }\n";
    let mut own = province();
    own.files.insert("codes/ip_kind.yaml".to_owned(), text.to_owned());
    assert!(Region::parse(&[base(), own]).is_ok());
}

#[test]
fn mistakes_of_parks_groups_and_registrars_are_told() {
    check("groups.yaml", "groups:\n  - { key: 1, name: 组, cities: [980181] }\n", 2, "不是现行市州");
    check("groups.yaml", "groups:\n  - { key: 1, name: 组, cities: [98] }\n", 2, "六位");
    let twice =
        "parks:\n  - { key: 1, name: 甲园, city: 980100 }\n  - { key: 1, name: 乙园, city: 980100 }\n";
    check("parks.yaml", twice, 3, "编号 1 已由“甲园”使用");
    let alias =
        "parks:\n  - { key: 1, name: 甲园, city: 980100 }\n  - { key: 2, name: 甲园, city: 980100 }\n";
    check("parks.yaml", alias, 3, "别名“甲园”");
    check("parks.yaml", "parks:\n  - { key: 1, name: 甲园, city: 980900 }\n", 2, "行政区划中没有 980900");
    check("registrars.yaml", "registrars:\n  - { key: 1, name: 站, division: 980121 }\n", 2, "没有 980121");
}

#[test]
fn mistakes_of_calendars_are_told() {
    let path = "calendar/2026.yaml";
    check(path, "year: 2026\nholidays: [2026-01-01, 2026-01-01]\n", 2, "出现两次");
    check(path, "year: 2026\nholidays: [2026-01-03]\nworkdays: [2026-01-03]\n", 3, "出现两次");
    check(path, "year: 2026\nholidays: [2025-12-31]\n", 2, "不属于 2026 年");
    check(path, "year: 2026\nworkdays: [2026-01-05]\n", 2, "不是周末");
    check(path, "year: 2026\nholidays: [1月1日]\n", 2, "不是日期");
    check(path, "holidays: [2026-01-01]\n", 1, "缺少“year”");
}

#[test]
fn mistakes_of_the_contract_form_are_told() {
    let path = "forms/contract.yaml";
    let column = "columns:\n  - { key: contract_vlaue, header: 成交额, kind: money }\n";
    check(path, column, 2, "是否应为“contract_value”");
    check(path, "columns:\n  - { key: ip, header: 合同类型, kind: text }\n", 2, "别名“合同类型”");
    check(
        path,
        "columns:\n  - { key: ip, header: 知识产权, kind: code, list: ip_knd }\n",
        0,
        "没有代码表“ip_knd”",
    );
    check(path, "columns:\n  - { key: ip, header: 知识产权, kind: mony }\n", 2, "是否应为“money”");
    check(path, "columns:\n  - { key: ip, kind: text }\n", 2, "缺少“header”");
}

#[test]
fn mistakes_of_files_and_maps_are_told() {
    check("park.yaml", "parks: []\n", 0, "是否应为 parks.yaml");
    check("notes/todo.txt", "", 0, "移走此文件");
    check("region.yaml", "code: 980000\nname: 省\nname_en: a\nextends: chian\n", 4, "基于“chian”");
    check(
        "map/prefectures.geojson",
        "{\"features\":[{\"properties\":{\"adcode\":1,\"name\":\"x\"}}]}",
        0,
        "地图中的 1",
    );
    check("map/prefectures.geojson", "{\"features\":[{\"properties\":{}}]}", 0, "adcode");
    check("map/prefectures.geojson", "[", 0, "GeoJSON");
    let mut own = province();
    own.files.remove("map/prefectures.geojson");
    let found = Region::parse(&[base(), own]).unwrap_err();
    assert!(found[0].message_zh.contains("缺少文件 map/prefectures.geojson"));
}

#[test]
fn a_folder_without_the_essential_files_says_which() {
    let found =
        Region::parse(&[RegionLayer { name: "empty".to_owned(), ..RegionLayer::default() }]).unwrap_err();
    let missing: Vec<_> = found.iter().map(|problem| problem.message_en.as_str()).collect();
    assert_eq!(missing, ["file divisions.csv is missing", "file region.yaml is missing"]);
    let without_zone = layer("x", &[("region.yaml", "code: 980000\nname: 省\nname_en: a\n")]);
    let found = Region::parse(&[without_zone]).unwrap_err();
    assert!(found.iter().any(|problem| problem.message_zh.contains("time_zone")));
}

#[test]
fn many_mistakes_are_listed_by_file_and_line_up_to_a_limit() {
    let rows: String = (0..500).map(|i| format!("{i},县,county,980100\n")).collect();
    let found = problems(&[("divisions.csv", &format!("code,name,level,parent\n{rows}"))]);
    assert_eq!(found.len(), 200);
    assert!(found.is_sorted_by_key(|problem| (problem.file.clone(), problem.line)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_damaged_file_is_refused_or_read_but_never_stops_the_program(
        file in 0..16_usize, at in 0..1000_usize, cut in 0..12_usize, put in "[\\[\\]{}:,&*|>'\"#\n 0-9a-z县\\-]{0,6}"
    ) {
        let mut layers = [base(), province()];
        let paths: Vec<(usize, String)> = layers.iter().enumerate()
            .flat_map(|(layer, of)| of.files.keys().map(move |path| (layer, path.clone()))).collect();
        let (layer, path) = &paths[file % paths.len()];
        let text: Vec<char> = layers[*layer].files[path].chars().collect();
        let from = text.len() * at / 1000;
        let rest = text.iter().skip(from + cut);
        let damaged: String = text.iter().take(from).copied().chain(put.chars()).chain(rest.copied()).collect();
        layers[*layer].files.insert(path.clone(), damaged);
        if let Err(problems) = Region::parse(&layers) {
            prop_assert!(!problems.is_empty());
        }
    }
}

#[test]
fn two_departments_for_one_matter_are_told() {
    let file = |first: &str, second: &str| {
        format!(
            "matters:\n  - key: m\n    name: 事项\n    holders:\n      \
             - {{ department: science, name: 甲, document: a{first} }}\n      \
             - {{ department: industry, name: 乙, document: b{second} }}\n"
        )
    };
    check("competence.yaml", &file("", ", from: 2020-01-01"), 6, "重叠");
    check("competence.yaml", &file(", to: 2020-01-01", ", from: 2020-01-01"), 6, "重叠");
    check("competence.yaml", &file(", to: 2020-01-01", ", from: 2020-13-01"), 6, "日期");
    check("competence.yaml", &file(", to: 2020-01-01", "").replace("industry", "industri"), 6, "industry");
}

#[test]
fn regimes_that_overlap_or_have_no_clock_are_told() {
    let file = |first: &str, second: &str| {
        format!(
            "regimes:\n  - {{ key: a, name: 甲, document: 甲{first}, reasonable_sets_max: 2, decision: {{ days: 30, unit: calendar }} }}\n  \
             - {{ key: b, name: 乙, document: 乙, from: 2020-01-01, reasonable_sets_max: 2, decision: {second} }}\n"
        )
    };
    let limit = "{ days: 15, unit: working }";
    check("registration.yaml", &file("", limit), 3, "重叠");
    check("registration.yaml", &file(", to: 2020-01-01", limit), 3, "重叠");
    check("registration.yaml", &file(", to: 2019-12-31", "{ days: 15, unit: weeks }"), 3, "weeks");
    check("registration.yaml", &file(", to: 2019-12-31", "{ days: 0, unit: working }"), 3, "0");
    check("registration.yaml", &file(", to: 2019-12-31", "{ unit: working }"), 3, "days");
}

#[test]
fn papers_that_print_what_nobody_knows_are_told() {
    let file = |more: &str| {
        format!(
            "papers:\n  - {{ key: a, name: 甲, name_en: A, by: desk, {more} }}\n  - {{ key: b, name: 乙, name_en: B, by: desk }}\n"
        )
    };
    check("forms/papers.yaml", &file("paragraphs: [\"受理编号为{acceptance_no}\"]"), 2, "acceptance_number");
    check(
        "forms/papers.yaml",
        &file("paragraphs: [\"受理编号为{acceptance_number\"]"),
        2,
        "acceptance_number",
    );
    check("forms/papers.yaml", &file("form: [sellers]"), 2, "seller");
    check("forms/papers.yaml", &file("after: approved"), 2, "approve");
    check("forms/papers.yaml", &file("modes: [both]"), 2, "both");
    check("forms/papers.yaml", &file("list: reason"), 2, "reasons");
    check("forms/papers.yaml", &file("").replace("key: b", "key: a"), 3, "a");
}

#[test]
fn questions_whose_ways_do_not_end_are_told() {
    let file = |first: &str, answers: &str| {
        format!(
            "first: {first}\nquestions:\n  - key: a\n    text: 甲\n    text_en: A\n    answers: [{answers}]\n"
        )
    };
    let answer = |leads: &str| format!("{{ text: 一, text_en: one, {leads} }}");
    check("forms/contract_questions.yaml", &file("b", &answer("type: \"11\"")), 1, "b");
    check("forms/contract_questions.yaml", &file("a", &answer("next: a")), 3, "回到自己");
    check("forms/contract_questions.yaml", &file("a", &answer("next: c")), 3, "c");
    check("forms/contract_questions.yaml", &file("a", "{ text: 一, text_en: one }"), 6, "只有");
    check("forms/contract_questions.yaml", &file("a", &answer("next: a, type: \"11\"")), 6, "只有");
    check("forms/contract_questions.yaml", &file("a", &answer("type: \"99\"")), 0, "99");
    check("forms/contract_questions.yaml", &file("a", &answer("refusal: sorry")), 0, "sorry");
}
