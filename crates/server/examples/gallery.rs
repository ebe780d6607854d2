//! Serves the pages with invented figures marked 示例, for work on their look before there are data:
//! `cargo run -p xiaoxiang-server --example gallery -- 8099 OUTLINES.geojson`

use std::sync::Arc;

use askama::Template;
use axum::http::{Uri, header};
use axum::response::{Html, IntoResponse};
use axum::{Router, routing};
use jiff::civil::date;
use xiaoxiang_domain::bulletin::{
    BulletinStatus, ColumnKind, CorrectionDecision, Direction, Measure, PrintedCell, PrintedColumn,
    PrintedNote, PrintedRow, PrintedTable, RowKind,
};
use xiaoxiang_domain::period::Month;
use xiaoxiang_server::language::Language;
use xiaoxiang_server::pages::about::AboutPage;
use xiaoxiang_server::pages::bulletin::{
    BulletinData, BulletinFilter, BulletinHead, BulletinListData, BulletinListPage, BulletinPage, Correction,
    Product, ProductFiles,
};
use xiaoxiang_server::pages::cell::{CellContract, CellData, CellPage};
use xiaoxiang_server::pages::failure::{Failure, FailurePage};
use xiaoxiang_server::pages::flow::{FlowData, FlowPage};
use xiaoxiang_server::pages::home::{EmptyHomePage, HomeData, HomePage, KeyFigure, MapNote};
use xiaoxiang_server::pages::security::protected;
use xiaoxiang_server::pages::shell::{DataOrigin, Section, Shell, Standing};
use xiaoxiang_server::pages::statistics::{StatisticsData, StatisticsPage, StatisticsQuery};
use xiaoxiang_server::web_assets;

const CITIES: [(&str, &str, i64); 14] = [
    ("430100", "长沙市", 412_53),
    ("430200", "株洲市", 96_11),
    ("430300", "湘潭市", 71_82),
    ("430400", "衡阳市", 48_07),
    ("430500", "邵阳市", 19_45),
    ("430600", "岳阳市", 57_90),
    ("430700", "常德市", 44_31),
    ("430800", "张家界市", 6_08),
    ("430900", "益阳市", 22_76),
    ("431000", "郴州市", 35_12),
    ("431100", "永州市", 17_63),
    ("431200", "怀化市", 12_94),
    ("431300", "娄底市", 20_50),
    ("433100", "湘西土家族苗族自治州", 8_21),
];
const HEAD: &str = "9f2c41d07ab6e35518c4920df7716b0ea4d8c3f25be9167703a1f6cc28d94e5b";

fn note(zh: &str, en: &str) -> PrintedNote {
    PrintedNote { zh: zh.to_owned(), en: en.to_owned() }
}

fn column(key: &str, group: (&str, &str), header: (&str, &str), kind: ColumnKind) -> PrintedColumn {
    let [group, group_en, header, header_en] = [group.0, group.1, header.0, header.1].map(str::to_owned);
    PrintedColumn { key: key.to_owned(), group, group_en, header, header_en, kind }
}

fn measures(prefix: &str, group: (&str, &str)) -> Vec<PrintedColumn> {
    vec![
        column(&format!("{prefix}count"), group, ("项数(项)", "Contracts"), ColumnKind::Count),
        column(
            &format!("{prefix}contract_value"),
            group,
            ("成交额(亿元)", "Contract value (100 m yuan)"),
            ColumnKind::Amount,
        ),
        column(
            &format!("{prefix}technology_value"),
            group,
            ("技术交易额(亿元)", "Technology value (100 m yuan)"),
            ColumnKind::Amount,
        ),
        column(&format!("{prefix}growth"), group, ("同比(%)", "Growth (%)"), ColumnKind::Percent),
        column(&format!("{prefix}rank"), group, ("位次", "Rank"), ColumnKind::Rank),
    ]
}

fn amount(hundredths: i64) -> PrintedCell {
    let text = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    PrintedCell { text, base: Some(hundredths * 100_000_000) }
}

fn number(value: i64) -> PrintedCell {
    PrintedCell { text: value.to_string(), base: Some(value) }
}

fn figures(size: i64, place: i64) -> Vec<PrintedCell> {
    let growth = (size * 7 + place * 311) % 6000 - 1800;
    let sign = if growth < 0 { "-" } else { "" };
    let growth = format!("{sign}{}.{:02}", growth.abs() / 100, growth.abs() % 100);
    vec![
        number(size / 9 + 13),
        amount(size),
        amount(size * 6 / 10),
        PrintedCell::text(if place == 8 { String::new() } else { growth }),
        number(place),
    ]
}

fn row(key: &str, kind: RowKind, label: &str, cells: Vec<PrintedCell>) -> PrintedRow {
    PrintedRow { key: key.to_owned(), kind, cells: [vec![PrintedCell::text(label)], cells].concat() }
}

fn label_column(zh: &str, en: &str) -> PrintedColumn {
    column("label", ("", ""), (zh, en), ColumnKind::Text)
}

fn table(title: (&str, &str), columns: Vec<PrintedColumn>, rows: Vec<PrintedRow>) -> PrintedTable {
    let notes = vec![
        note(
            "按买方所在地吸纳口径；省外数据截至2026年9月30日，10月不完整。",
            "Buyer inside the region; exchange data until 30 September 2026, October incomplete.",
        ),
        note(
            "同比基数为上年同期现行数。金额以分计算，仅在印出时四舍五入。",
            "Growth on last year's figures as now known. Amounts are computed in fen and rounded once.",
        ),
    ];
    PrintedTable { title: title.0.to_owned(), title_en: title.1.to_owned(), columns, rows, notes }
}

fn by_city() -> PrintedTable {
    let mut rows: Vec<PrintedRow> = (1..)
        .zip(CITIES)
        .map(|(place, (key, label, size))| row(key, RowKind::Body, label, figures(size, place)))
        .collect();
    rows.push(row("changzhutan", RowKind::Subtotal, "其中：长株潭", figures(580_46, 0)));
    rows.push(row("total", RowKind::Total, "合计", figures(873_43, 0)));
    table(
        ("各市州吸纳技术合同", "Contracts absorbed, by city"),
        [vec![label_column("市州", "City")], measures("", ("", ""))].concat(),
        rows,
    )
}

fn city_monthly() -> PrintedTable {
    let groups = [
        ("registered.", ("登记", "Registered")),
        ("output.", ("输出", "Output")),
        ("absorbed.", ("吸纳", "Absorbed")),
    ];
    let mut columns = vec![label_column("市州", "City")];
    for (prefix, group) in groups {
        columns.extend(
            measures(prefix, group).into_iter().filter(|column| !column.key.ends_with("technology_value")),
        );
    }
    let target = ("年度目标", "Annual target");
    columns.push(column("target.amount", target, ("目标(亿元)", "Target (100 m yuan)"), ColumnKind::Amount));
    columns.push(column("target.completion", target, ("完成率(%)", "Done (%)"), ColumnKind::Percent));
    let line = |size: i64, place: i64| -> Vec<PrintedCell> {
        let mut cells: Vec<PrintedCell> = [size, size * 8 / 10, size * 9 / 10]
            .into_iter()
            .flat_map(|size| {
                let mut cells = figures(size, place);
                cells.remove(2);
                cells
            })
            .collect();
        cells.extend([amount(size * 12 / 10), PrintedCell::text("83.33")]);
        cells
    };
    let mut rows: Vec<PrintedRow> = (1..)
        .zip(CITIES)
        .map(|(place, (key, label, size))| row(key, RowKind::Body, label, line(size, place)))
        .collect();
    rows.push(row("changzhutan", RowKind::Subtotal, "其中：长株潭", line(580_46, 0)));
    rows.push(row("total", RowKind::Total, "合计", line(873_43, 0)));
    table(
        ("2026年1-10月各市州技术合同统计表", "Technology contracts by city, January to October 2026"),
        columns,
        rows,
    )
}

fn listed(title: (&str, &str), head: (&str, &str), names: &[&str]) -> PrintedTable {
    let mut rows: Vec<PrintedRow> = (1..)
        .zip(names)
        .map(|(place, name)| row(&place.to_string(), RowKind::Body, name, figures(420_00 / place, place)))
        .collect();
    rows.push(row("total", RowKind::Total, "合计", figures(873_43, 0)));
    let mut table = table(title, [vec![label_column(head.0, head.1)], measures("", ("", ""))].concat(), rows);
    table.notes.clear();
    table
}

fn trend() -> PrintedTable {
    let columns = vec![
        label_column("月份", "Month"),
        column(
            "registered.contract_value",
            ("", ""),
            ("登记(亿元)", "Registered (100 m yuan)"),
            ColumnKind::Amount,
        ),
        column("output.contract_value", ("", ""), ("输出(亿元)", "Output (100 m yuan)"), ColumnKind::Amount),
        column(
            "absorbed.contract_value",
            ("", ""),
            ("吸纳(亿元)", "Absorbed (100 m yuan)"),
            ColumnKind::Amount,
        ),
    ];
    let months = (0..24).map(|step| Month::from_index(2024 * 12 + 10 + step));
    let rows = months.map(|month| {
        let size = 4_800 + i64::from(month.index() % 7) * 640 + if month.month == 12 { 9_000 } else { 0 };
        row(
            &month.to_string(),
            RowKind::Body,
            &month.to_string(),
            vec![amount(size), amount(size * 8 / 10), amount(size * 12 / 10 - 900)],
        )
    });
    let mut table = table(("近24个月", "Last 24 months"), columns, rows.collect());
    table.notes.clear();
    table
}

fn matrix() -> PrintedTable {
    let mut columns = vec![label_column("卖方＼买方", "Seller \\ buyer")];
    columns.extend(CITIES.map(|(key, name, _)| column(key, ("", ""), (name, name), ColumnKind::Amount)));
    columns.push(column("total", ("", ""), ("合计(亿元)", "Total"), ColumnKind::Amount));
    let rows = CITIES.map(|(key, name, size)| {
        let mut cells: Vec<PrintedCell> =
            CITIES.iter().map(|(_, _, other)| amount(size * other / 90_000)).collect();
        cells.push(amount(size));
        row(key, RowKind::Body, name, cells)
    });
    table(("市州间流向(亿元)", "Flows between cities"), columns, rows.to_vec())
}

fn head(id: &str, number: &str, title: (&str, &str), status: BulletinStatus) -> BulletinHead {
    BulletinHead {
        id: id.to_owned(),
        number: Some(number.to_owned()),
        title: note(title.0, title.1),
        sentence: note(
            "1-10月，全省登记技术合同9876项，成交额873.43亿元，同比增长12.34%，其中吸纳786.08亿元，同比下降1.44%；省外数据截至2026年9月30日。",
            "From January to October 9876 contracts worth 87.343 billion yuan were registered, up 12.34 %; 78.608 billion were absorbed, down 1.44 %; exchange data until 30 September 2026.",
        ),
        period: "2026-01..2026-10".parse().expect("a period"),
        status,
        signed_on: Some(date(2026, 11, 5)),
        signed_by: Some("示例甲".to_owned()),
        position: Some(128_406),
        tree_head: Some(HEAD.to_owned()),
    }
}

fn latest() -> BulletinHead {
    head(
        "2026-10",
        "湘科统〔2026〕10号（示例）",
        ("2026年1-10月全省技术合同统计通报", "Technology contracts of Hunan, January to October 2026"),
        BulletinStatus::Corrected,
    )
}

fn home(shell: Shell) -> String {
    let figure = |direction, value: &str, growth: Option<&str>| KeyFigure {
        direction,
        contract_value: value.to_owned(),
        technology_value: "512.60".to_owned(),
        count: 9876,
        growth_percent: growth.map(str::to_owned),
    };
    let data = HomeData {
        bulletin: latest(),
        figures: vec![
            figure(Direction::Registered, "873.43", Some("12.34")),
            figure(Direction::Output, "698.74", Some("8.09")),
            figure(Direction::Absorbed, "786.08", Some("-1.44")),
        ],
        cities: by_city(),
        trend: trend(),
        types: listed(
            ("按合同类别", "By type"),
            ("合同类别", "Type"),
            &["技术开发", "技术转让", "技术许可", "技术咨询", "技术服务"],
        ),
        fields: listed(
            ("按技术领域", "By field"),
            ("技术领域", "Field"),
            &[
                "电子信息",
                "先进制造",
                "新材料",
                "生物医药",
                "新能源与节能",
                "环境保护",
                "现代农业",
                "现代交通",
            ],
        ),
        map: MapNote {
            approval_number: None,
            source: "边界据公开数据简化。".to_owned(),
            source_en: "Outlines simplified from public data.".to_owned(),
        },
    };
    HomePage::new(shell, data, Direction::Absorbed, Measure::ContractValue).render().expect("a template")
}

fn bulletin(shell: Shell) -> String {
    let files = |product, formats: &[&'static str]| ProductFiles { product, formats: formats.to_vec() };
    let corrections = vec![Correction {
        number: Some("订正〔2026〕1号（示例）".to_owned()),
        decided_on: date(2026, 11, 18),
        decision: CorrectionDecision::IssueCorrection,
        reason: "一项合同注销，株洲市登记成交额减少0.12亿元。".to_owned(),
    }];
    let products = vec![
        files(Product::Public, &["xlsx", "docx", "csv", "json"]),
        files(Product::Circular, &["docx"]),
        files(Product::Brief, &["docx"]),
    ];
    let data = BulletinData { head: latest(), tables: vec![city_monthly()], products, corrections };
    BulletinPage::new(shell, data).render().expect("a template")
}

fn bulletins(shell: Shell) -> String {
    let older = head(
        "2026-09",
        "湘科统〔2026〕9号（示例）",
        ("2026年1-9月全省技术合同统计通报", "Technology contracts of Hunan, January to September 2026"),
        BulletinStatus::Signed,
    );
    let data = BulletinListData { years: vec![2026, 2025], bulletins: vec![latest(), older] };
    BulletinListPage { shell, data, filter: BulletinFilter::default() }.render().expect("a template")
}

fn cell(shell: Shell) -> String {
    let contracts = (1..=12).map(|index| CellContract {
        registration_number: format!("20264301{index:08}"),
        registered_in: Month { year: 2026, month: 10 },
        contract_type: note("技术服务", "Technical service"),
        seller_place: note("北京市", "Beijing"),
        buyer_place: note("株洲市", "Zhuzhou"),
        contract_value_fen: 12_345_678_900 / index,
        technology_value_fen: 10_000_000_000 / index,
    });
    let data = CellData {
        bulletin: latest(),
        row: note("株洲市", "Zhuzhou"),
        column: note("吸纳 成交额(亿元)", "Absorbed, contract value (100 m yuan)"),
        figure: "96.11".to_owned(),
        contract_count: 120,
        contract_value_fen: 961_100_000_000,
        technology_value_fen: 512_600_000_000,
        contracts: contracts.collect(),
    };
    CellPage { shell, data, address: "/cell".to_owned(), page: 1 }.render().expect("a template")
}

fn page(path: &str) -> String {
    let language = Language::of_path(path);
    let standing = Standing {
        region: "湖南省".to_owned(),
        region_en: "Hunan".to_owned(),
        position: Some(128_406),
        tree_head: Some(HEAD.to_owned()),
        exchange_until: Some(date(2026, 9, 30)),
        origin: DataOrigin::Example,
    };
    let path = Language::strip(path);
    let shell = |section: Section, title: &str| {
        Shell::new(language, section, path.clone(), standing.clone()).titled(title)
    };
    let plain = path.split('?').next().unwrap_or_default();
    match plain {
        "/" => home(shell(Section::Home, "")),
        "/empty" => EmptyHomePage { shell: shell(Section::Home, "") }.render().expect("a template"),
        "/bulletins" => bulletins(shell(Section::Bulletins, "统计通报")),
        "/statistics" => {
            let query = StatisticsQuery {
                period: "2026-01..2026-10".to_owned(),
                direction: "absorbed".to_owned(),
                by: "city".to_owned(),
                ..Default::default()
            };
            let data = StatisticsData {
                divisions: CITIES.map(|(key, name, _)| (key.to_owned(), note(name, ""))).to_vec(),
                table: Some(by_city()),
                problems: vec![],
            };
            StatisticsPage::new(shell(Section::Statistics, "统计查询"), query, data)
                .render()
                .expect("a template")
        }
        "/flow" => {
            let periods =
                ["2026-01..2026-10", "2025", "2024"].map(|text| text.parse().expect("a period")).to_vec();
            FlowPage::new(
                shell(Section::Flow, "流向"),
                FlowData { period: periods[0], periods, matrix: matrix() },
                Measure::ContractValue,
            )
            .render()
            .expect("a template")
        }
        "/about" => AboutPage { shell: shell(Section::About, "关于") }.render().expect("a template"),
        "/cell" => cell(shell(Section::Bulletins, "株洲市")),
        "/500" => FailurePage {
            shell: shell(Section::Elsewhere, ""),
            failure: Failure::Internal("7Q2K-11".to_owned()),
        }
        .render()
        .expect("a template"),
        _ if plain.starts_with("/bulletins/") && plain.contains("/cells/") => {
            cell(shell(Section::Bulletins, "株洲市"))
        }
        _ if plain.starts_with("/bulletins/") => bulletin(shell(Section::Bulletins, "通报")),
        _ => FailurePage { shell: shell(Section::Elsewhere, ""), failure: Failure::NotFound }
            .render()
            .expect("a template"),
    }
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let port = arguments.next().unwrap_or_else(|| "8099".to_owned());
    let outlines: Arc<str> =
        arguments.next().and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default().into();
    let map = move || async move { ([(header::CONTENT_TYPE, "application/json")], outlines.to_string()) };
    let router: Router = web_assets::router()
        .route("/map/prefectures.json", routing::get(map))
        .fallback(|uri: Uri| async move { Html(page(&uri.to_string())).into_response() });
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await.expect("a free port");
    axum::serve(listener, protected(router)).await.expect("a server");
}
