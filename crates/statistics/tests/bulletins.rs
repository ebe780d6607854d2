//! The monthly table, flows, corrections and reconciling, on a few contracts whose figures one sees at a glance.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod support;

use jiff::civil::date;
use xiaoxiang_domain::bulletin::{Dimension, Direction, GrowthBase};
use xiaoxiang_domain::fact::{ContractFact, Source, Standing};
use xiaoxiang_domain::money::{CONTRACT_FEN_MAX, Fen};
use xiaoxiang_domain::target::{AnnualTarget, AnnualTargets};
use xiaoxiang_statistics::city_monthly::{CityMonthlyRequest, PublishedBases, city_monthly};
use xiaoxiang_statistics::columns::{Applied, FactProblem};
use xiaoxiang_statistics::correction::corrections;
use xiaoxiang_statistics::cross_table::{CrossQuery, QueryProblem, cross_table};
use xiaoxiang_statistics::explain::{PageOf, explain};
use xiaoxiang_statistics::flow::{FlowPlace, FlowRequest, flows};
use xiaoxiang_statistics::layout::{
    NoteContext, lay_out, lay_out_city_flows, lay_out_city_monthly, lay_out_province_flows,
};
use xiaoxiang_statistics::reconcile::{
    Alternative, Cause, HandRow, HandSheet, ReconcileContext, Reconciliation, reconcile,
};
use xiaoxiang_statistics::table::{
    Comparison, PublishedBase, RowKey, RowOrder, TableProblem, TableRequest, tabulate,
};

use support::{CHANGSHA, HENGYANG, XIANGTAN, ZHUZHOU, contract, labels, lists, load};

/// 亿元 in fen.
const YI: i64 = 10_000_000_000;

fn from_to(mut fact: ContractFact, seller: u32, buyer: u32) -> ContractFact {
    fact.seller_division = seller;
    fact.buyer_division = buyer;
    if seller / 10_000 != 43 {
        fact.source = Source::Exchange;
    }
    fact
}

fn province() -> Vec<ContractFact> {
    vec![
        from_to(contract(1, "2026-05-20", 3 * YI), CHANGSHA, ZHUZHOU),
        from_to(contract(2, "2026-06-10", 2 * YI), CHANGSHA, 110_108),
        from_to(contract(3, "2026-06-11", YI), 110_108, XIANGTAN),
        from_to(contract(4, "2026-06-12", 4 * YI), ZHUZHOU, CHANGSHA),
        from_to(contract(5, "2025-06-12", 2 * YI), ZHUZHOU, CHANGSHA),
        from_to(contract(6, "2026-06-30", YI), 430_000, 0),
        from_to(contract(7, "2026-07-01", 5 * YI), HENGYANG, HENGYANG),
    ]
}

fn june() -> CityMonthlyRequest {
    CityMonthlyRequest {
        period: "2026-06".parse().unwrap(),
        growth_base: GrowthBase::AsKnown,
        order: RowOrder::Amount,
        target_direction: Direction::Registered,
        on: date(2026, 6, 30),
        as_of: None,
    }
}

fn targets() -> AnnualTargets {
    let target = |division: u32, yi: i64| AnnualTarget {
        division,
        year: 2026,
        direction: Direction::Registered,
        amount: Fen(yi * YI),
        document: "示例〔2026〕1号".to_owned(),
        valid_from: date(2026, 1, 1),
    };
    AnnualTargets::new(vec![
        target(430_000, 20),
        target(CHANGSHA, 10),
        target(ZHUZHOU, 5),
        target(HENGYANG, 5),
    ])
}

#[test]
fn the_monthly_table_shows_month_and_cumulative_beside_the_target() {
    let columns = load(&province());
    let made = city_monthly(&columns, &lists(), &targets(), &june(), &PublishedBases::new()).unwrap();
    let context = NoteContext { exchange_until: Some(date(2026, 5, 31)) };
    let printed = lay_out_city_monthly(&made, &labels(), &context);
    let line = |number: usize| -> Vec<&str> {
        printed.rows[number].cells.iter().map(|cell| cell.text.as_str()).collect()
    };
    // Month: 登记 output absorbed; cumulative: the same; target, completion, rank.
    assert_eq!(line(0)[..9], ["长沙市", "1", "2.00", "", "2", "1", "2.00", "", "2"]);
    assert_eq!(line(0)[9..13], ["1", "4.00", "100.00", "1"]);
    assert_eq!(line(0)[13..17], ["2", "5.00", "", "1"]);
    assert_eq!(line(0)[25..], ["10.00", "50.00", "2"]);
    assert_eq!(line(1)[..5], ["株洲市", "1", "4.00", "100.00", "1"]);
    assert_eq!(line(1)[25..], ["5.00", "80.00", "1"]);
    let labels_down: Vec<&str> = printed.rows.iter().map(|row| row.cells[0].text.as_str()).collect();
    assert_eq!(labels_down, ["长沙市", "株洲市", "湘潭市", "衡阳市", "市州以外", "长株潭", "总计"]);
    assert_eq!(line(6)[..5], ["总计", "3", "7.00", "250.00", ""]);
    assert_eq!(line(6)[25..], ["20.00", "50.00", ""]);
    let groups: Vec<&str> = printed.columns.iter().map(|column| column.group.as_str()).collect();
    assert_eq!(
        [groups[1], groups[9], groups[13], groups[25]],
        ["当月登记", "当月吸纳", "累计登记", "2026年度目标"]
    );
    let notes: String = printed.notes.iter().map(|note| note.zh.as_str()).collect();
    assert!(notes.contains("省外数据截至2026-05-31，未覆盖本期全部月份，吸纳数据不完整"), "{notes}");
    assert!(notes.contains("同比基数为上年同期现行数") && notes.contains("时间进度49.59%"), "{notes}");
}

#[test]
fn growth_may_stand_on_published_figures_which_are_then_required() {
    let columns = load(&province());
    let mut request = TableRequest::new(Direction::Registered, Dimension::City, "2026-06".parse().unwrap());
    request.compare = Comparison::PreviousYear(GrowthBase::AsPublished);
    assert_eq!(tabulate(&columns, &lists(), &request, None), Err(TableProblem::NoPublishedBase));
    let mut before = TableRequest::new(Direction::Registered, Dimension::City, "2025-06".parse().unwrap());
    before.compare = Comparison::None;
    let mut base: PublishedBase = tabulate(&columns, &lists(), &before, None).unwrap().as_published_base();
    base.rows.get_mut(&ZHUZHOU).unwrap().contract_value = i128::from(8 * YI);
    let table = tabulate(&columns, &lists(), &request, Some(&base)).unwrap();
    let growth = table.row(ZHUZHOU).unwrap().growth.contract_value.unwrap();
    assert_eq!(growth.percent(), "-50.00");
}

#[test]
fn a_crosswise_table_has_a_group_of_columns_for_each_key_and_opens_to_its_contracts() {
    let columns = load(&province());
    let mut request = TableRequest::new(Direction::Output, Dimension::City, "2026".parse().unwrap());
    request.columns = Some(Dimension::Month);
    let table = tabulate(&columns, &lists(), &request, None).unwrap();
    let printed = lay_out(&table, &labels(), &NoteContext::default());
    assert_eq!(printed.columns.len(), 1 + 12 * 2 + 5);
    assert_eq!(printed.columns[11].group, "2026年6月");
    let row = RowKey::Key(CHANGSHA);
    let behind = explain(&columns, &lists(), &request, &row, Some(202_605), PageOf::FIRST).unwrap();
    assert_eq!((behind.total, behind.fact_ids()), (1, vec![1]));
    let page = explain(&columns, &lists(), &request, &row, None, PageOf { offset: 1, limit: 1 }).unwrap();
    assert_eq!((page.total, page.fact_ids()), (2, vec![2]), "the largest contract comes first");
}

#[test]
fn flows_name_cities_provinces_and_abroad() {
    let columns = load(&province());
    let made = flows(&columns, FlowRequest { period: "2026-H1".parse().unwrap(), as_of: None });
    let city = FlowPlace::City;
    assert_eq!(made.cell(city(CHANGSHA), city(ZHUZHOU)).contract_value, i128::from(3 * YI));
    assert_eq!(made.cell(FlowPlace::Province(110_000), city(XIANGTAN)).count, 1);
    assert_eq!(made.cell(FlowPlace::RegionItself, FlowPlace::AbroadOrUnknown).count, 1);
    assert_eq!((made.sold().count, made.bought().count, made.internal().count), (4, 3, 2));
    let printed = lay_out_province_flows(&made, &labels(), &NoteContext::default());
    let cells: Vec<&str> = printed.rows[0].cells.iter().map(|cell| cell.text.as_str()).collect();
    assert_eq!(cells, ["北京市", "1", "2.00", "1", "1.00"]);
    let matrix = lay_out_city_flows(&made, &labels(), &NoteContext::default());
    let total = matrix.rows.last().unwrap();
    assert_eq!(total.cells[total.cells.len() - 2].text, "5");
}

#[test]
fn a_correction_list_names_the_changed_cells_and_the_contracts_behind() {
    let mut facts = province();
    let mut moved = from_to(contract(1, "2026-05-20", 3 * YI), HENGYANG, ZHUZHOU);
    (moved.fact_id, moved.position) = (8, 8);
    let mut cancelled = facts[3];
    (cancelled.fact_id, cancelled.position, cancelled.standing) = (9, 9, Standing::Withdrawn);
    facts.extend([moved, cancelled]);
    let columns = load(&facts);
    let request = TableRequest::new(Direction::Output, Dimension::City, "2026-H1".parse().unwrap());
    let listed = corrections(&columns, &lists(), &request, 7, 9, None).unwrap();
    let short: Vec<_> = listed
        .changes
        .iter()
        .map(|change| (change.row.clone(), change.left_facts.clone(), change.entered_facts.clone()))
        .collect();
    assert_eq!(
        short,
        [
            (RowKey::Key(CHANGSHA), vec![1], vec![]),
            (RowKey::Key(ZHUZHOU), vec![4], vec![]),
            (RowKey::Key(HENGYANG), vec![], vec![8]),
            (RowKey::Subtotal("czt".to_owned()), vec![1, 4], vec![]),
            // What moved from one city to another gives the same to the total.
            (RowKey::Total, vec![4], vec![]),
        ]
    );
    let total = listed.changes.last().unwrap();
    assert_eq!((total.before.count, total.after.count), (4, 3));
}

fn hand_sheet(rows: &[(&str, &str, &str)]) -> HandSheet {
    let row = |&(label, count, value): &(&str, &str, &str)| HandRow {
        label: label.to_owned(),
        cells: vec![count.to_owned(), value.to_owned()],
    };
    HandSheet {
        headers: vec!["项".to_owned(), "成交额（万元）".to_owned()],
        rows: rows.iter().map(row).collect(),
    }
}

fn reconciled(
    direction: Direction,
    rows: &[(&str, &str, &str)],
    alternatives: &[Alternative],
) -> Reconciliation {
    let labels = labels();
    let context = ReconcileContext {
        labels: &labels,
        notes: NoteContext { exchange_until: Some(date(2026, 12, 31)) },
        alternatives,
        published: None,
    };
    let request = TableRequest::new(direction, Dimension::City, "2026-06".parse().unwrap());
    reconcile(&load(&province()), &lists(), &request, &hand_sheet(rows), &context).unwrap()
}

fn causes(result: &Reconciliation) -> Vec<(&str, &Cause, &[i64])> {
    let differences = result.differences.iter();
    differences.map(|found| (found.label.as_str(), &found.cause, found.candidates.as_slice())).collect()
}

#[test]
fn each_difference_of_a_hand_made_sheet_gets_its_cause_and_contracts() {
    let output = Direction::Output;
    let equal = reconciled(output, &[("长沙市", "1", "20,000.00"), ("株洲", "1", "40000")], &[]);
    assert_eq!((equal.equal_cells, equal.differences.len()), (4, 0));
    assert_eq!(equal.missing_rows, [RowKey::Outside, RowKey::Subtotal("czt".to_owned()), RowKey::Total]);

    let basis = reconciled(output, &[("湘潭市", "1", "10000.00")], &[]);
    assert_eq!(causes(&basis)[0].1, &Cause::Basis(Direction::Absorbed));

    let late = reconciled(output, &[("衡阳市", "1", "50000.00")], &[]);
    assert_eq!(causes(&late), [("衡阳市", &Cause::RegistrationDate, &[7][..]); 2]);

    let moved = reconciled(output, &[("长沙市", "2", "60000"), ("株洲市", "0", "0")], &[]);
    assert!(causes(&moved).iter().all(|(_, cause, ids)| **cause == Cause::Attribution && *ids == [4]));

    let landing = [Alternative { contract_key: 2, row: XIANGTAN }];
    let landed = reconciled(output, &[("湘潭市", "1", "20000")], &landing);
    assert_eq!(causes(&landed)[0], ("湘潭市", &Cause::Attribution, &[2][..]));

    let rounded = reconciled(output, &[("长沙市", "1", "20001")], &[]);
    assert_eq!(causes(&rounded), [("长沙市", &Cause::Rounding, &[][..])]);

    let unknown = reconciled(output, &[("长沙市", "1", "31234")], &[]);
    assert_eq!(causes(&unknown), [("长沙市", &Cause::Unknown, &[][..])]);
    assert_eq!(
        (unknown.differences[0].ours.as_str(), unknown.differences[0].theirs.as_str()),
        ("20000", "31234")
    );
}

#[test]
fn a_sheet_without_the_exchange_is_recognised() {
    let result = reconciled(Direction::Absorbed, &[("总计", "1", "40000")], &[]);
    let months = vec!["2026-06".parse::<xiaoxiang_domain::period::Period>().unwrap().first()];
    let missing = Cause::MissingExchange(months);
    assert_eq!(causes(&result), [("总计", &missing, &[3][..]); 2]);
    let result = reconciled(Direction::Absorbed, &[("湘潭市", "0", "0.00"), ("怀化", "0", "0")], &[]);
    assert_eq!(result.unknown_labels, ["怀化"]);
    assert_eq!(causes(&result)[0], ("湘潭市", &missing, &[3][..]));
}

#[test]
fn what_breaks_an_invariant_is_refused_and_sums_beyond_64_bits_are_exact() {
    let mut columns = support::columns();
    let mut broken = contract(1, "2026-06-01", 100);
    broken.technology_value = Fen(101);
    assert_eq!(columns.apply(&broken), Err(FactProblem::Amounts(1)));
    let mut old = contract(2, "2026-06-01", 100);
    old.registered_on = date(1970, 1, 1);
    assert_eq!(columns.apply(&old), Err(FactProblem::Year(2)));
    let count = 100_000;
    for key in 1..=count {
        let mut fact = contract(key, "2026-06-01", CONTRACT_FEN_MAX);
        fact.seller_organisation = 1;
        assert_eq!(columns.apply(&fact), Ok(Applied::Added));
    }
    let query = CrossQuery::new(&[Dimension::City], Direction::Output, "2026".parse().unwrap());
    let table = cross_table(&columns, &query).unwrap();
    let expected = i128::from(CONTRACT_FEN_MAX) * i128::from(count);
    assert!(expected > i128::from(i64::MAX));
    assert_eq!(table.cell(Direction::Output, 0, &[CHANGSHA]).contract_value, expected);
}

#[test]
fn a_query_that_cannot_be_tabulated_says_why() {
    let columns = load(&province());
    let mut query =
        CrossQuery::new(&[Dimension::City, Dimension::City], Direction::Output, "2026".parse().unwrap());
    assert_eq!(cross_table(&columns, &query).unwrap_err(), QueryProblem::Dimensions);
    query.dimensions.pop();
    query.within = Some(110_000);
    assert_eq!(cross_table(&columns, &query).unwrap_err(), QueryProblem::UnknownDivision(110_000));
    query.within = None;
    query.spans.clear();
    assert_eq!(cross_table(&columns, &query).unwrap_err(), QueryProblem::Spans);
}
