//! Exports as a registrar's system writes them, and a table made by hand, all invented (示例).

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Result;

/// Contracts of each city in each month.
const EACH: usize = 2;
const HEADER: &str = "合同登记编号,项目名称,签订日期,登记日期,合同类型,技术领域,合同成交额(万元),技术交易额(万元),\
                      卖方名称,卖方性质,卖方行政区划代码,卖方联系人,卖方联系电话,买方名称,买方性质,买方行政区划代码,买方联系人,买方联系电话,登记机构";
const CITIES: [(&str, &str); 14] = [
    ("430102", "长沙市"),
    ("430203", "株洲市"),
    ("430302", "湘潭市"),
    ("430405", "衡阳市"),
    ("430502", "邵阳市"),
    ("430602", "岳阳市"),
    ("430702", "常德市"),
    ("430802", "张家界市"),
    ("430902", "益阳市"),
    ("431002", "郴州市"),
    ("431102", "永州市"),
    ("431202", "怀化市"),
    ("431302", "娄底市"),
    ("433101", "湘西土家族苗族自治州"),
];

/// January to May of 2025 and 2026 from the region's own registrars.
pub fn registry(folder: &Path) -> Result<PathBuf> {
    write(folder, "登记.csv", |text, year, month, index, (code, _)| {
        let number = format!("{year}43{month:02}{index:06}");
        let buyer = CITIES[(index + 3) % CITIES.len()].0;
        row(text, &number, (year, month), registered_value(year, month, index), code, buyer)
    })
}

/// Contracts that buyers of the region made in Beijing.
pub fn exchange(folder: &Path) -> Result<PathBuf> {
    write(folder, "省外数据.csv", |text, year, month, index, (code, _)| {
        let number = format!("{year}11{month:02}{index:06}");
        row(text, &number, (year, month), 20 + index % 90, "110108", code)
    })
}

/// 成交额 of a contract in 万元.
fn registered_value(year: u16, month: u8, index: usize) -> usize {
    10 + (index * 37 + usize::from(month) * 11 + usize::from(year % 10) * 53) % 400
}

/// Last month's table as somebody adds it up by hand: registered contracts by city, with one slip.
pub fn by_hand(folder: &Path) -> Result<PathBuf> {
    let mut text = "市州,登记项数(项),登记成交额(万元)\n".to_owned();
    for (place, (_, name)) in CITIES.iter().enumerate() {
        let count = EACH * 5 + usize::from(place == 0);
        let of_month =
            |month| (0..EACH).map(move |number| registered_value(2026, month, place * EACH + number));
        let value: usize = (1..=5).flat_map(of_month).sum();
        writeln!(text, "{name},{count},{value}")?;
    }
    let path = folder.join("手工表.csv");
    std::fs::write(&path, text)?;
    Ok(path)
}

fn write(
    folder: &Path,
    name: &str,
    row: impl Fn(&mut String, u16, u8, usize, (&str, &str)) -> Result<()>,
) -> Result<PathBuf> {
    let mut text = format!("{HEADER}\n");
    for year in [2025, 2026] {
        for month in 1..=5 {
            for (place, city) in CITIES.iter().enumerate() {
                for number in 0..EACH {
                    row(&mut text, year, month, place * EACH + number, *city)?;
                }
            }
        }
    }
    let path = folder.join(name);
    std::fs::write(&path, text)?;
    Ok(path)
}

fn row(
    text: &mut String,
    number: &str,
    (year, month): (u16, u8),
    value: usize,
    seller: &str,
    buyer: &str,
) -> Result<()> {
    let technology = value / 2;
    writeln!(
        text,
        "{number},示例项目{number},{year}-{month:02}-03,{year}-{month:02}-10,技术服务,电子信息,{value},{technology},\
         示例单位{seller}甲,企业法人,{seller},示例联系人,0731-0000{seller},\
         示例单位{buyer}乙,企业法人,{buyer},示例联系人,0731-0000{buyer},示例登记处"
    )?;
    Ok(())
}
