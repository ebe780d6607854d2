//! Where the example's organisations are: cities with their weight, counties with the code of the day.

use jiff::civil::Date;
use xiaoxiang_domain::region::{DivisionCode, Region};

/// A city and its share in the example.
pub(super) struct CityPlan {
    pub(super) code: u32,
    pub(super) short_name: &'static str,
    /// Share of the number of registered contracts, per ten thousand.
    pub(super) count_weight: u64,
    /// Share of the registered amounts, per ten thousand; 长沙, 株洲 and 湘潭 have four fifths, as reported.
    pub(super) value_weight: u64,
    /// Share as a buyer.
    pub(super) buyer_weight: u64,
    pub(super) companies: usize,
    pub(super) universities: usize,
}

const fn city(
    (code, short_name): (u32, &'static str),
    (count_weight, value_weight, buyer_weight): (u64, u64, u64),
    (companies, universities): (usize, usize),
) -> CityPlan {
    CityPlan { code, short_name, count_weight, value_weight, buyer_weight, companies, universities }
}

/// The fourteen cities of the example province.
pub(super) const CITIES: [CityPlan; 14] = [
    city((430_100, "长沙"), (5600, 4780, 4300), (560, 14)),
    city((430_200, "株洲"), (1150, 1880, 1150), (190, 3)),
    city((430_300, "湘潭"), (900, 1390, 850), (150, 4)),
    city((430_400, "衡阳"), (420, 420, 560), (90, 3)),
    city((430_500, "邵阳"), (210, 130, 330), (60, 1)),
    city((430_600, "岳阳"), (400, 390, 620), (90, 2)),
    city((430_700, "常德"), (340, 290, 520), (80, 2)),
    city((430_800, "张家界"), (70, 30, 120), (24, 1)),
    city((430_900, "益阳"), (220, 180, 340), (60, 1)),
    city((431_000, "郴州"), (260, 290, 420), (70, 1)),
    city((431_100, "永州"), (150, 80, 290), (50, 1)),
    city((431_200, "怀化"), (120, 60, 230), (44, 1)),
    city((431_300, "娄底"), (120, 70, 210), (44, 1)),
    city((433_100, "湘西"), (60, 30, 120), (26, 1)),
];

/// Counties that have more than their kind would say: seats of high-tech zones.
const STRONG_COUNTIES: [(u32, u64); 5] =
    [(430_104, 45), (430_211, 40), (430_304, 25), (430_302, 20), (430_181, 12)];

/// A county with the codes it had before.
pub(super) struct County {
    pub(super) code: DivisionCode,
    pub(super) weight: u64,
    /// First day of the code, where it stands in the place of an older one.
    from: Option<Date>,
    /// The code before and its last day.
    former: Option<(DivisionCode, Date)>,
}

impl County {
    /// The code that a record of that day carries: 祁阳 is 431121 in 2017 and 431181 today.
    pub(super) fn code_on(&self, day: Date) -> DivisionCode {
        match self.former {
            Some((former, last)) if day <= last && self.from.is_some_and(|from| day < from) => former,
            _ => self.code,
        }
    }
}

/// The counties of a city in the order of their codes; the city itself where the region names none.
pub(super) fn counties(region: &Region, city: DivisionCode) -> Vec<County> {
    let divisions = region.divisions();
    let mut counties: Vec<County> = divisions
        .children(city)
        .iter()
        .map(|code| {
            let former = divisions
                .rows()
                .iter()
                .filter(|row| row.successors == [*code] && row.code != *code)
                .filter_map(|row| row.to.map(|last| (row.code, last)))
                .max_by_key(|(_, last)| *last);
            let from = divisions.find(*code).and_then(|row| row.from);
            County { code: *code, weight: county_weight(*code), from, former }
        })
        .collect();
    if counties.is_empty() {
        counties.push(County { code: city, weight: 1, from: None, former: None });
    }
    counties
}

fn county_weight(code: DivisionCode) -> u64 {
    let strong = STRONG_COUNTIES.iter().find(|(strong, _)| *strong == code.0).map(|(_, weight)| *weight);
    strong.unwrap_or(match code.0 % 100 {
        0..=19 => 10,
        80..=99 => 6,
        _ => 3,
    })
}

/// A place outside the province.
pub(super) struct OutsidePlace {
    pub(super) code: u32,
    pub(super) short_name: &'static str,
    pub(super) weight: u64,
}

const fn outside(code: u32, short_name: &'static str, weight: u64) -> OutsidePlace {
    OutsidePlace { code, short_name, weight }
}

/// Places that have traded with the example province and kept their codes since 2016.
pub(super) const OUTSIDE: [OutsidePlace; 30] = [
    outside(110_108, "北京", 120),
    outside(110_105, "北京", 50),
    outside(120_104, "天津", 20),
    outside(130_102, "石家庄", 12),
    outside(210_102, "沈阳", 12),
    outside(220_104, "长春", 8),
    outside(230_103, "哈尔滨", 10),
    outside(310_115, "上海", 70),
    outside(310_104, "上海", 40),
    outside(320_104, "南京", 40),
    outside(320_205, "无锡", 30),
    outside(330_106, "杭州", 45),
    outside(340_104, "合肥", 30),
    outside(350_203, "厦门", 16),
    outside(360_111, "南昌", 40),
    outside(370_102, "济南", 26),
    outside(370_202, "青岛", 16),
    outside(410_105, "郑州", 26),
    outside(420_106, "武汉", 50),
    outside(420_111, "武汉", 40),
    outside(440_106, "广州", 80),
    outside(440_305, "深圳", 90),
    outside(441_900, "东莞", 24),
    outside(450_103, "南宁", 30),
    outside(500_107, "重庆", 34),
    outside(510_107, "成都", 40),
    outside(520_103, "贵阳", 26),
    outside(530_102, "昆明", 18),
    outside(610_113, "西安", 36),
    outside(650_104, "乌鲁木齐", 10),
];
