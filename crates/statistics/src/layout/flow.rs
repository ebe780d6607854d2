//! Flows as they are printed: the region's own matrix, and trade with each province.

use xiaoxiang_domain::bulletin::{
    ColumnKind, PrintedCell, PrintedColumn, PrintedNote, PrintedRow, PrintedTable, RowKind,
};

use super::cells::{amount, count, label};
use super::labels::{Labels, note};
use super::notes::{NoteContext, exchange, method};
use crate::cross_table::Cell;
use crate::flow::{FlowPlace, Flows};

/// Lays out the matrix of cities: sellers down, buyers across, with what went beyond the region beside it.
#[must_use]
pub fn lay_out_city_flows(flows: &Flows, labels: &Labels, context: &NoteContext) -> PrintedTable {
    let mut inside: Vec<FlowPlace> = flows.cities.iter().map(|&city| FlowPlace::City(city)).collect();
    let touches = |place: FlowPlace| flows.iter().any(|(seller, buyer, _)| seller == place || buyer == place);
    if touches(FlowPlace::RegionItself) {
        inside.push(FlowPlace::RegionItself);
    }
    let mut columns = vec![PrintedColumn::ungrouped(
        "label",
        "输出地＼吸纳地",
        "Seller's city / buyer's city",
        ColumnKind::Text,
    )];
    for &place in &inside {
        columns.extend(pair(&key(place), &name(place, labels)));
    }
    columns.extend(pair("outside", &note("省外及境外", "Beyond the region")));
    columns.extend(pair("total", &note("合计", "All")));
    let row = |key: String, kind: RowKind, name: &PrintedNote, is_seller: &dyn Fn(FlowPlace) -> bool| {
        let sum = |is_buyer: &dyn Fn(FlowPlace) -> bool| -> Cell {
            let asked =
                |&(seller, buyer, _): &(FlowPlace, FlowPlace, Cell)| is_seller(seller) && is_buyer(buyer);
            flows.iter().filter(asked).map(|(_, _, cell)| cell).sum()
        };
        let mut cells = vec![label(name)];
        for &place in &inside {
            cells.extend(two(&sum(&|buyer| buyer == place)));
        }
        cells.extend(two(&sum(&|buyer| !buyer.is_inside())));
        cells.extend(two(&sum(&|_| true)));
        PrintedRow { key, kind, cells }
    };
    let mut rows: Vec<PrintedRow> = inside
        .iter()
        .map(|&place| row(key(place), RowKind::Body, &name(place, labels), &|seller| seller == place))
        .collect();
    let beyond = note("省外及境外", "Beyond the region");
    rows.push(row("outside".to_owned(), RowKind::Body, &beyond, &|seller| !seller.is_inside()));
    rows.push(row("total".to_owned(), RowKind::Total, &note("总计", "Total"), &|_| true));
    let place = labels.region_name();
    let period = flows.request.period;
    PrintedTable {
        title: format!("{}{}技术合同市州流向", place.zh, period.title()),
        title_en: format!(
            "Flows of technology contracts between cities of {}, {}",
            place.en,
            period.title_en()
        ),
        columns,
        rows,
        notes: flow_notes(flows, context),
    }
}

/// Lays out trade with each province, with countries abroad and unknown places in one row.
#[must_use]
pub fn lay_out_province_flows(flows: &Flows, labels: &Labels, context: &NoteContext) -> PrintedTable {
    let mut columns = vec![PrintedColumn::ungrouped("label", "省外地区", "Counterpart", ColumnKind::Text)];
    columns.extend(pair("sold_to", &note("输出到", "Sold to")));
    columns.extend(pair("bought_from", &note("吸纳自", "Bought from")));
    let provinces = flows.provinces();
    let mut rows: Vec<PrintedRow> = provinces
        .iter()
        .map(|flow| {
            let mut cells = vec![label(&name(flow.place, labels))];
            cells.extend(two(&flow.sold_to));
            cells.extend(two(&flow.bought_from));
            PrintedRow { key: key(flow.place), kind: RowKind::Body, cells }
        })
        .collect();
    let mut total = vec![label(&note("总计", "Total"))];
    total.extend(two(&provinces.iter().map(|flow| flow.sold_to).sum()));
    total.extend(two(&provinces.iter().map(|flow| flow.bought_from).sum()));
    rows.push(PrintedRow { key: "total".to_owned(), kind: RowKind::Total, cells: total });
    let place = labels.region_name();
    let period = flows.request.period;
    PrintedTable {
        title: format!("{}{}技术合同省际流向", place.zh, period.title()),
        title_en: format!(
            "Flows of technology contracts between {} and other provinces, {}",
            place.en,
            period.title_en()
        ),
        columns,
        rows,
        notes: flow_notes(flows, context),
    }
}

fn flow_notes(flows: &Flows, context: &NoteContext) -> Vec<PrintedNote> {
    let mut notes = vec![note(
        "行为卖方所在地，列为买方所在地；含登记机构登记和省外数据，至少一方在区域内。",
        "Rows by the seller's place, columns by the buyer's; registry and exchange data, at least one party inside.",
    )];
    let absorbed = xiaoxiang_domain::bulletin::Direction::Absorbed;
    notes.extend(exchange(absorbed, flows.request.period, context));
    notes.push(method(flows.as_of));
    notes
}

fn pair(key: &str, group: &PrintedNote) -> [PrintedColumn; 2] {
    let in_group = |mut column: PrintedColumn| {
        column.group.clone_from(&group.zh);
        column.group_en.clone_from(&group.en);
        column
    };
    [
        in_group(PrintedColumn::ungrouped(&format!("{key}.count"), "项", "Contracts", ColumnKind::Count)),
        in_group(PrintedColumn::ungrouped(
            &format!("{key}.contract_value"),
            "额(亿元)",
            "Value (100 million CNY)",
            ColumnKind::Amount,
        )),
    ]
}

fn two(cell: &Cell) -> [PrintedCell; 2] {
    [count(cell.count), amount(cell.contract_value)]
}

fn key(place: FlowPlace) -> String {
    match place {
        FlowPlace::City(code) | FlowPlace::Province(code) => code.to_string(),
        FlowPlace::RegionItself => "region".to_owned(),
        FlowPlace::AbroadOrUnknown => "abroad_or_unknown".to_owned(),
    }
}

fn name(place: FlowPlace, labels: &Labels) -> PrintedNote {
    match place {
        FlowPlace::City(code) | FlowPlace::Province(code) => labels.division(code),
        FlowPlace::RegionItself => note("省本级（未列市州）", "The region itself, no city stated"),
        FlowPlace::AbroadOrUnknown => note("境外或未填", "Abroad or not stated"),
    }
}
