//! Published tables and what they prove: figures come from unrounded amounts.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod support;

use xiaoxiang_domain::bulletin::{Dimension, Direction, GrowthBase, PrintedTable};
use xiaoxiang_domain::fact::{ContractFact, Source};
use xiaoxiang_domain::money::Fen;
use xiaoxiang_statistics::geography::{Geography, ListedCode, Place, PlaceLevel, RowLists};
use xiaoxiang_statistics::json::BulletinJson;
use xiaoxiang_statistics::layout::{Labels, NoteContext, lay_out, sentence};
use xiaoxiang_statistics::reconcile::{Cause, HandRow, HandSheet, ReconcileContext, reconcile};
use xiaoxiang_statistics::table::{Comparison, RowOrder, TableRequest, tabulate};

/// Contracts, contract value and technology value in fen.
type YearSums = (i64, i64, i64);

/// 2017年湖南省技术合同 by type: type code, contracts, contract value and technology value in fen for 2016, 2017.
///
/// The amounts in fen are not published; these round to the published ones and give the published growth.
const HUNAN: [(u16, [YearSums; 2]); 4] = [
    (1, [(2223, 229_956_000_000, 200_298_000_000), (2191, 301_669_066_353, 261_036_205_281)]),
    (2, [(207, 92_930_000_000, 85_071_000_000), (221, 244_450_161_264, 236_051_769_594)]),
    (5, [(1350, 671_179_000_000, 180_255_000_000), (2700, 1_418_535_930_522, 722_632_164_669)]),
    (4, [(196, 62_154_000_000, 35_844_000_000), (611, 66_447_892_447, 36_287_823_992)]),
];

const PUBLISHED: &str = "\
合同类别,交易量(项)_2016,交易量(项)_2017,交易量_增长率,成交额(亿元)_2016,成交额(亿元)_2017,成交额_增长率,技术交易额(亿元)_2016,技术交易额(亿元)_2017,技术交易额_增长率
技术开发,2223,2191,-1.44%,23.00,30.17,31.19%,20.03,26.10,30.32%
技术转让,207,221,6.76%,9.29,24.45,163.05%,8.51,23.61,177.48%
技术服务,1350,2700,100.00%,67.12,141.85,111.35%,18.03,72.26,300.89%
技术咨询,196,611,211.73%,6.22,6.64,6.91%,3.58,3.63,1.24%
总计,3976,5723,43.94%,105.62,203.11,92.30%,50.15,125.60,150.47%";

fn hunan_contracts() -> Vec<ContractFact> {
    let mut facts = Vec::new();
    for (contract_type, years) in HUNAN {
        for (year, (count, value, technology)) in [2016, 2017].into_iter().zip(years) {
            for number in 0..count {
                let key = i64::try_from(facts.len()).unwrap() + 1;
                let mut fact = support::contract(key, &format!("{year}-{:02}-15", number % 12 + 1), 0);
                let part = |total: i64| total / count + if number == 0 { total % count } else { 0 };
                fact.contract_type = contract_type;
                fact.contract_value = Fen(part(value));
                fact.technology_value = Fen(part(technology));
                facts.push(fact);
            }
        }
    }
    facts
}

fn by_type_2017() -> TableRequest {
    let mut request = TableRequest::new(Direction::Registered, Dimension::Type, "2017".parse().unwrap());
    request.compare = Comparison::PreviousYear(GrowthBase::AsKnown);
    request
}

fn lines(table: &PrintedTable, columns: usize) -> Vec<String> {
    let header =
        table.columns.iter().take(columns).map(|column| column.header.as_str()).collect::<Vec<_>>().join(",");
    let rows = table.rows.iter().map(|row| {
        row.cells.iter().take(columns).map(|cell| cell.text.as_str()).collect::<Vec<_>>().join(",")
    });
    std::iter::once(header).chain(rows).collect()
}

#[test]
fn the_hunan_table_of_2017_is_printed_cell_for_cell() {
    let columns = support::load(&hunan_contracts());
    let table = tabulate(&columns, &support::lists(), &by_type_2017(), None).unwrap();
    let printed = lay_out(&table, &support::labels(), &NoteContext::default());
    assert_eq!(lines(&printed, 10), PUBLISHED.lines().collect::<Vec<_>>());
    let last: Vec<&str> = printed.columns[10..].iter().map(|column| column.header.as_str()).collect();
    assert_eq!(last, ["成交额占比(%)", "成交额位次"]);
    assert_eq!(
        sentence(&table, &support::labels()).zh,
        "2017年，全省登记技术合同5723项，同比增长43.94%，成交额203.11亿元，同比增长92.30%；其中技术交易额125.60亿元，\
         同比增长150.47%（按登记机构所在地登记口径，行按卖方所在地）。"
    );
}

#[test]
fn the_published_table_reconciles_with_ours_and_a_growth_of_rounded_cells_is_recognised() {
    let columns = support::load(&hunan_contracts());
    let mut text = PUBLISHED.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let headers = text.next().unwrap().split_off(1);
    let mut rows: Vec<HandRow> =
        text.map(|mut cells| HandRow { cells: cells.split_off(1), label: cells.remove(0) }).collect();
    let labels = support::labels();
    let context = ReconcileContext {
        labels: &labels,
        notes: NoteContext::default(),
        alternatives: &[],
        published: None,
    };
    let check = |rows: &[HandRow]| {
        let sheet = HandSheet { headers: headers.clone(), rows: rows.to_vec() };
        reconcile(&columns, &support::lists(), &by_type_2017(), &sheet, &context).unwrap()
    };
    let clean = check(&rows);
    assert_eq!((clean.equal_cells, clean.differences.len()), (45, 0), "{:?}", clean.differences);

    rows[4].cells[8] = "150.45%".to_owned();
    let with_rounded_growth = check(&rows);
    assert_eq!(with_rounded_growth.differences.len(), 1);
    assert_eq!(with_rounded_growth.differences[0].cause, Cause::Rounding);
    assert_eq!(with_rounded_growth.differences[0].ours, "150.47");
}

#[test]
fn the_json_carries_integers_and_percentages_as_texts() {
    let columns = support::load(&hunan_contracts());
    let table = tabulate(&columns, &support::lists(), &by_type_2017(), None).unwrap();
    let json = BulletinJson::new(&table, &support::labels(), &NoteContext::default(), 430_000);
    let value = serde_json::to_value(&json).unwrap();
    assert_eq!(value["period"], "2017");
    assert_eq!(value["direction"], "registered");
    assert_eq!(value["complete"], true);
    assert_eq!(value["total"]["contract_value_fen"], 2_031_103_050_586_i64);
    assert_eq!(value["total"]["growth_percent"]["technology_value"], "150.47");
    assert_eq!(value["total"]["rank"], serde_json::Value::Null);
    assert_eq!(value["rows"][0]["key"], "1");
    assert_eq!(value["rows"][0]["growth_percent"]["count"], "-1.44");
    assert_eq!(value["rows"][2]["rank"], 1);
    assert_eq!(value["exchange_until"], serde_json::Value::Null);
}

/// 安徽 2022年上半年各市吸纳技术合同: contracts and 亿元 as printed.
///
/// The cells add up to 428.3, the published total is 428.4.
const ANHUI: [(u32, &str, i64, &str); 16] = [
    (340_700, "铜陵市", 138, "9.2"),
    (341_000, "黄山市", 159, "5.8"),
    (340_400, "淮南市", 240, "7.0"),
    (341_700, "池州市", 151, "6.7"),
    (341_500, "六安市", 408, "22.9"),
    (341_300, "宿州市", 503, "22.3"),
    (341_200, "阜阳市", 705, "36.7"),
    (340_600, "淮北市", 545, "31.9"),
    (340_200, "芜湖市", 485, "15.2"),
    (341_100, "滁州市", 311, "18.9"),
    (340_300, "蚌埠市", 272, "18.6"),
    (340_100, "合肥市", 2997, "142.5"),
    (340_800, "安庆市", 311, "48.0"),
    (341_800, "宣城市", 185, "7.9"),
    (340_500, "马鞍山市", 307, "30.7"),
    (341_600, "亳州市", 307, "4.0"),
];

/// Published ranks by amount, in the order of [`ANHUI`].
const ANHUI_RANKS: [u32; 16] = [11, 15, 13, 14, 6, 7, 3, 4, 10, 8, 9, 1, 2, 12, 5, 16];
/// A little more in each city (chosen, not published): nothing that one decimal shows, 0.1 亿元 in all.
const UNSEEN_FEN: i64 = 62_500_000;

fn anhui() -> (xiaoxiang_statistics::columns::Columns, Labels) {
    let places: Vec<Place> =
        ANHUI.iter().map(|&(code, ..)| Place { code, parent: 340_000, level: PlaceLevel::City }).collect();
    let mut columns = xiaoxiang_statistics::columns::Columns::new(Geography::new(340_000, &places));
    let mut labels = Labels::new(("安徽省", "Anhui"), ("全省", "the whole province"));
    let mut key = 0;
    for (code, name, count, printed) in ANHUI {
        labels.name(Dimension::City, code, name, name);
        let total = Fen::parse(printed, xiaoxiang_domain::money::MoneyUnit::HundredMillionYuan).unwrap().0
            + UNSEEN_FEN;
        for number in 0..count {
            key += 1;
            let value = total / count + if number == 0 { total % count } else { 0 };
            let mut fact = support::contract(key, "2022-03-15", value);
            fact.buyer_division = code;
            fact.seller_division = if number % 4 == 0 { 110_108 } else { code };
            fact.source = if number % 4 == 0 { Source::Exchange } else { Source::Registry };
            columns.apply(&fact).unwrap();
        }
    }
    (columns, labels)
}

#[test]
fn a_total_comes_from_base_amounts_and_not_from_rounded_cells() {
    let (columns, labels) = anhui();
    let request = TableRequest::new(Direction::Absorbed, Dimension::City, "2022-H1".parse().unwrap());
    let table = tabulate(&columns, &RowLists::default(), &request, None).unwrap();
    let one_decimal = |fen: i128| xiaoxiang_domain::ratio::decimal_text(fen, 10_000_000_000, 1);
    assert_eq!(one_decimal(table.total.cell.contract_value), "428.4");
    let ranks: Vec<u32> = table.rows.iter().filter_map(|row| row.rank).collect();
    assert_eq!(ranks, ANHUI_RANKS);
    for (row, (_, _, count, printed)) in table.rows.iter().zip(ANHUI) {
        assert_eq!((row.cell.count, one_decimal(row.cell.contract_value).as_str()), (count, printed));
    }

    // The sheet's total was added up from its rounded cells: 428.3 where base amounts give 428.4.
    let mut rows: Vec<HandRow> = ANHUI
        .iter()
        .map(|&(_, name, count, printed)| HandRow {
            label: name.trim_end_matches('市').to_owned(),
            cells: vec![count.to_string(), printed.to_owned()],
        })
        .collect();
    rows.push(HandRow { label: "合计".to_owned(), cells: vec!["8024".to_owned(), "428.3".to_owned()] });
    let sheet = HandSheet { headers: vec!["合同数".to_owned(), "成交额(亿元)".to_owned()], rows };
    let context = ReconcileContext {
        labels: &labels,
        notes: NoteContext::default(),
        alternatives: &[],
        published: None,
    };
    let result = reconcile(&columns, &RowLists::default(), &request, &sheet, &context).unwrap();
    assert_eq!(result.equal_cells, 33, "{:?} {:?}", result.differences, result.unknown_labels);
    assert_eq!(result.differences.len(), 1);
    assert_eq!(
        (result.differences[0].ours.as_str(), &result.differences[0].cause),
        ("428.4", &Cause::Rounding)
    );
}

#[test]
fn rows_come_in_the_asked_order_with_ties_sharing_a_rank() {
    let mut facts = vec![
        support::contract(1, "2026-01-05", 700),
        support::contract(2, "2026-01-05", 700),
        support::contract(3, "2026-01-05", 100),
        support::contract(4, "2025-01-05", 100),
        support::contract(5, "2025-01-05", 700),
    ];
    facts[1].seller_division = support::HENGYANG;
    facts[2].seller_division = support::ZHUZHOU;
    facts[3].seller_division = support::CHANGSHA;
    facts[4].seller_division = support::HENGYANG;
    let columns = support::load(&facts);
    let mut request = TableRequest::new(Direction::Output, Dimension::City, "2026-01".parse().unwrap());
    request.compare = Comparison::PreviousYear(GrowthBase::AsKnown);
    request.order = RowOrder::Growth;
    let table = tabulate(&columns, &support::lists(), &request, None).unwrap();
    let rows: Vec<(String, Option<u32>)> = table
        .rows
        .iter()
        .map(|row| (support::labels().row(Dimension::City, &row.key).zh, row.rank))
        .collect();
    let row = |name: &str, rank| (name.to_owned(), Some(rank));
    assert_eq!(rows, [row("长沙市", 1), row("衡阳市", 1), row("株洲市", 3), row("湘潭市", 4)]);
    assert_eq!(table.rows[2].growth.contract_value, None, "no base, no growth");
    assert_eq!(table.subtotals[0].cell.contract_value, 800);
}

#[test]
fn a_code_outside_its_list_is_shown_and_an_invalid_one_only_where_it_occurs() {
    let mut facts = vec![support::contract(1, "2017-01-05", 700), support::contract(2, "2017-01-05", 50)];
    facts[1].contract_type = 9;
    let mut lists = support::lists();
    lists.set(Dimension::Field, vec![ListedCode::always(1), ListedCode::always(2)]);
    let request = TableRequest::new(Direction::Registered, Dimension::Type, "2017".parse().unwrap());
    let table = tabulate(&support::load(&facts), &lists, &request, None).unwrap();
    let names: Vec<String> =
        table.rows.iter().map(|row| support::labels().row(Dimension::Type, &row.key).zh).collect();
    assert_eq!(names, ["技术开发", "技术转让", "技术服务", "技术咨询", "未列代码9"]);
    facts[1].contract_type = 3;
    let table = tabulate(&support::load(&facts), &lists, &request, None).unwrap();
    assert_eq!(table.rows.len(), 5, "技术许可 occurs in 2017 although it is listed from 2021 on");
}
