//! Contracts as the tests make them up, what is written of them, and the slow sums over them.

use jiff::civil::{Date, date};
use xiaoxiang_domain::bulletin::{Dimension, Direction};
use xiaoxiang_domain::fact::Source;

use super::support::{Draw, Rows, add, credit_code};

/// A place as sheets write it, with what it must count as.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub written: &'static str,
    pub country: &'static str,
    pub city: u32,
    pub county: u32,
    pub park: u32,
}

const fn inside(written: &'static str, city: u32, county: u32) -> Place {
    Place { written, country: "中国", city, county, park: 0 }
}

const fn elsewhere(written: &'static str) -> Place {
    Place { written, country: "", city: 0, county: 0, park: 0 }
}

/// Names, codes, the county renamed in 2021 under its old and its new code, statistical park codes, other provinces,
/// and abroad.
pub const PLACES: [Place; 16] = [
    inside("430102", 430_100, 430_102),
    inside("长沙市岳麓区", 430_100, 430_104),
    inside("湖南省株洲市芦淞区", 430_200, 430_203),
    inside("431121", 431_100, 431_181),
    inside("祁阳县", 431_100, 431_181),
    inside("431181", 431_100, 431_181),
    inside("433101", 433_100, 433_101),
    inside("430204 石峰区", 430_200, 430_204),
    inside("430304000000", 430_300, 430_304),
    Place { park: 2, ..inside("430371", 430_300, 0) },
    Place { park: 108, ..inside("长沙高新区", 430_100, 0) },
    Place { park: 1, ..inside("430271", 430_200, 0) },
    elsewhere("110108"),
    elsewhere("北京市海淀区"),
    elsewhere("440305"),
    Place { country: "美国", ..elsewhere("") },
];

/// Type as written, and its root.
const TYPES: [(&str, u16); 8] = [
    ("技术开发", 1),
    ("委托开发", 1),
    ("技术开发（合作开发）", 1),
    ("技术转让", 2),
    ("技术转让/专利权转让", 2),
    ("技术咨询合同", 4),
    ("技术服务", 5),
    ("技术服务—技术培训", 5),
];
/// Field as written, and its root.
const FIELDS: [(&str, u16); 6] =
    [("电子信息", 1), ("电子信息/软件", 1), ("先进制造技术", 3), ("农业", 9), ("现代交通", 10), ("", 0)];
/// Kind as written, its root, and whether it is a natural person.
const KINDS: [(&str, u16, bool); 5] = [
    ("企业法人/内资企业/有限责任公司", 7, false),
    ("事业法人/高等院校", 3, false),
    ("022", 3, false),
    ("机关法人", 1, false),
    ("自然人", 8, true),
];

#[derive(Clone, Debug)]
pub struct Party {
    pub name: String,
    pub credit_code: String,
    pub place: Place,
    pub kind: (&'static str, u16, bool),
    pub contact: String,
    pub telephone: String,
}

#[derive(Clone, Debug)]
pub struct Row {
    pub number: String,
    pub project: String,
    pub signed_on: Date,
    pub registered_on: Date,
    pub contract_type: (&'static str, u16),
    pub field: (&'static str, u16),
    pub value_fen: i64,
    pub technology_fen: i64,
    pub seller: Party,
    pub buyer: Party,
    pub registrar: &'static str,
    pub standing: &'static str,
    /// What the model knows: never written into a sheet.
    pub source: Source,
}

/// `count` contracts of 2016 and 2017; numbers begin at `first`.
pub fn made_up(draw: &mut Draw, first: u64, count: u64) -> Vec<Row> {
    (first..first + count).map(|serial| one(draw, serial)).collect()
}

pub fn one(draw: &mut Draw, serial: u64) -> Row {
    let day = |draw: &mut Draw| i8::try_from(draw.below(28) + 1).unwrap();
    let month = i8::try_from(draw.below(12) + 1).unwrap();
    let year = 2016 + i16::try_from(draw.below(2)).unwrap();
    let registered_on = date(year, month, day(draw));
    let value_fen = i64::try_from(draw.below(9_000_000_000)).unwrap();
    // The seller's place is inside for most, so that something is registered and sold.
    let seller_places = if draw.below(5) == 0 { &PLACES[..] } else { &PLACES[..12] };
    Row {
        number: format!("{year}4301{serial:08}"),
        project: format!("示例项目{serial}"),
        signed_on: registered_on.checked_sub(jiff::Span::new().days(10)).unwrap(),
        registered_on,
        contract_type: *draw.of(&TYPES),
        field: *draw.of(&FIELDS),
        value_fen,
        technology_fen: value_fen / 100 * i64::try_from(draw.below(101)).unwrap(),
        seller: party(draw, seller_places),
        buyer: party(draw, &PLACES),
        registrar: draw.of::<&str>(&["示例登记处甲", "示例登记处乙"]),
        standing: draw.of::<&str>(&["", "有效", "已登记"]),
        source: Source::Registry,
    }
}

fn party(draw: &mut Draw, places: &[Place]) -> Party {
    let place = *draw.of(places);
    let kind = *draw.of(&KINDS);
    let serial = draw.below(40);
    let has_code = !kind.2 && place.country != "美国";
    Party {
        name: format!("示例单位{serial}{}", place.country),
        credit_code: if has_code { credit_code(serial) } else { String::new() },
        place,
        kind,
        contact: format!("示例联系人{serial}"),
        telephone: format!("1390731{serial:04}"),
    }
}

/// Sums by row key over rows, straight from the definitions.
pub fn slow(rows: &[Row], direction: Direction, by: Dimension, year: i16) -> Rows {
    let mut sums = Rows::new();
    for row in rows {
        let (sold, bought) = (row.seller.place.city != 0, row.buyer.place.city != 0);
        let is_counted = match direction {
            Direction::Registered => row.source == Source::Registry,
            Direction::Output => sold,
            Direction::Absorbed => bought,
            Direction::Internal => sold && bought,
        };
        if row.registered_on.year() != year || !is_counted || row.standing == "注销" {
            continue;
        }
        let place = if direction == Direction::Absorbed { row.buyer.place } else { row.seller.place };
        let key = match by {
            Dimension::City => place.city,
            Dimension::County => place.county,
            Dimension::Park => place.park,
            Dimension::Type => u32::from(row.contract_type.1),
            Dimension::Field => u32::from(row.field.1),
            Dimension::SellerKind => u32::from(row.seller.kind.1),
            Dimension::BuyerKind => u32::from(row.buyer.kind.1),
            other => unreachable!("{other:?} is not summed here"),
        };
        add(&mut sums, key, (1, i128::from(row.value_fen), i128::from(row.technology_fen)));
    }
    sums
}
