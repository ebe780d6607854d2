//! The truth tests as a whole: what they find in a planted book, in a file, and by labels.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use jiff::civil::date;
use xiaoxiang_domain::contract::screen::Screen;
use xiaoxiang_domain::region::{Region, RegionLayer};
use xiaoxiang_services::demo::planted::planted_book;
use xiaoxiang_services::screening::{
    Label, LabelKind, read_contracts, read_labels, score, screen_contracts, screen_planted,
};

/// A seed that no parameter was tuned on.
const SEED: u64 = 4_711;
/// As many contracts as a test has time for; the measure is the report.
const CONTRACTS: usize = 12_000;

static REGION: LazyLock<Region> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../regions/china");
    let mut files = BTreeMap::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("the shipped region") {
            let path = entry.expect("the shipped region").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name =
                    path.strip_prefix(&root).expect("the shipped region").to_string_lossy().into_owned();
                files.insert(name, std::fs::read_to_string(&path).expect("the shipped region"));
            }
        }
    }
    Region::parse(&[RegionLayer { name: "china".to_owned(), files }]).expect("the shipped region")
});

#[test]
fn what_is_planted_is_found_and_the_honest_left_alone() {
    let scored = screen_planted(&REGION, SEED, CONTRACTS).unwrap();
    let overall = &scored.overall;
    assert!(overall.planted >= CONTRACTS / 100);
    assert!(overall.found * 100 >= overall.planted * 90, "{scored:#?}");
    assert!(overall.false_flags * 100 <= overall.flagged * 20, "{scored:#?}");
    assert_eq!(scored.kinds.len(), Screen::ALL.len());
    let small = || screen_planted(&REGION, SEED, 2_000).unwrap();
    assert_eq!(small(), small(), "the same seed gives the same report");
}

#[test]
fn the_planted_book_is_the_same_every_time_and_one_contract_in_a_hundred_is_planted() {
    let book = planted_book(3, 2_000);
    let again = planted_book(3, 2_000);
    assert_eq!((book.contracts.len(), &book.planted), (again.contracts.len(), &again.planted));
    assert!(book.contracts == again.contracts);
    assert!(book.contracts != planted_book(4, 2_000).contracts);
    assert!((20..40).contains(&book.planted.len()), "{}", book.planted.len());
}

const HEADER: &str = "合同登记编号,项目名称,签订日期,合同开始日期,合同结束日期,登记日期,合同类型,技术领域,成交额(万元),技术交易额(万元),关联交易,登记机构,卖方名称,卖方统一社会信用代码,卖方行政区划代码,卖方法定代表人,卖方成立日期,买方名称,买方行政区划代码,买方法人代表\n";

fn sheet(rows: &[&str]) -> Vec<u8> {
    let mut text = HEADER.to_owned();
    for row in rows {
        text.push_str(row);
        text.push('\n');
    }
    text.into_bytes()
}

#[test]
fn a_file_in_the_import_format_is_screened_without_a_database() {
    let today = date(2026, 11, 22);
    let bytes = sheet(&[
        "A1,数控机床采购,2025-03-01,2025-03-01,2026-03-01,2025-03-20,技术服务,先进制造,120,120,否,一点,示例甲装备有限公司,,430102,钱学礼,2025-02-25,示例乙动力有限公司,430202,孙守义",
        "A2,盾构机密封研制,2025-03-01,2025-03-01,2026-03-01,2025-03-20,技术开发,先进制造,50,50,否,一点,示例丙装备有限公司,,430102,周怀瑾,2010-02-25,示例丁动力有限公司,430202,周怀瑾",
        "A3,盾构机密封研制,不是日期,2025-03-01,2026-03-01,2025-03-20,技术开发,先进制造,50,50,否,一点,示例戊装备有限公司,,430102,,,示例己动力有限公司,430202,",
    ]);
    let read = read_contracts(&REGION, today, bytes).unwrap();
    assert_eq!((read.contracts.len(), read.refused_rows), (2, 1));
    assert_eq!(read.problems[0].row, Some(4));
    let flags = screen_contracts(&REGION, &read.contracts).unwrap();
    let codes: Vec<(&str, &str)> =
        flags.iter().map(|flag| (flag.registration_number.as_str(), flag.screen.code())).collect();
    assert_eq!(codes, [("A1", "goods_as_technology"), ("A1", "fresh_seller"), ("A2", "shared_legal_person")]);

    let labels = read_labels(
        b"registration_number,kind\nA1,goods_as_technology\nA1,price_outlier\nA2,kinship\nA9,duplicate\n"
            .to_vec(),
    )
    .unwrap();
    let scored = score(&flags, &labels);
    assert_eq!((scored.overall.planted, scored.overall.found, scored.overall.false_flags), (4, 2, 0));
    let json = serde_json::to_value(&scored).unwrap();
    assert_eq!((&json["overall"]["recall"], &json["overall"]["precision"]), (&0.5.into(), &1.0.into()));
    let kind = |name: &str| {
        json["kinds"].as_array().unwrap().iter().find(|kind| kind["kind"] == name).unwrap().clone()
    };
    assert_eq!(
        (&kind("kinship")["planted"], &kind("kinship")["found"]),
        (&1.into(), &1.into()),
        "any screen answers a name that is not ours"
    );
    assert_eq!(kind("price_outlier")["found"], 0, "goods are no answer to a price");
}

#[test]
fn flags_that_concern_nothing_labelled_are_false() {
    let bytes = sheet(&[
        "A1,数控机床采购,2025-03-01,2025-03-01,2026-03-01,2025-03-20,技术服务,先进制造,120,120,否,一点,示例甲装备有限公司,,430102,,,示例乙动力有限公司,430202,",
    ]);
    let read = read_contracts(&REGION, date(2026, 11, 22), bytes).unwrap();
    let flags = screen_contracts(&REGION, &read.contracts).unwrap();
    let label = Label { registration_number: "B1".to_owned(), kind: LabelKind::of("duplicate") };
    let scored = score(&flags, &[label]);
    assert_eq!((scored.overall.recall.as_str(), scored.overall.precision.as_str()), ("0.0000", "0.0000"));
    let goods = scored.kinds.iter().find(|kind| kind.kind == "goods_as_technology").unwrap();
    assert_eq!((goods.planted, goods.false_flags), (0, 1));
}

#[test]
fn files_that_are_neither_contracts_nor_labels_are_refused() {
    let today = date(2026, 11, 22);
    assert_eq!(
        read_contracts(&REGION, today, "甲,乙\n1,2\n".into()).unwrap_err().code(),
        "screening.no_header"
    );
    assert!(read_contracts(&REGION, today, Vec::new()).is_err());
    for bad in ["number,kind\nA1,x\n", "registration_number,kind\nA1,\n", "registration_number,kind\n,x\n"] {
        assert_eq!(read_labels(bad.into()).unwrap_err().code(), "screening.labels", "{bad}");
    }
    let endless = format!("registration_number,kind\nA1,{}\n", "x".repeat(65));
    assert_eq!(read_labels(endless.into()).unwrap_err().code(), "screening.labels");
}
