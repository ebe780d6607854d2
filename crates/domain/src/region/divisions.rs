//! Administrative divisions (行政区划) with validity dates and successors.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;

pub use super::division_code::DivisionCode;
use super::text::plain;

/// Level of a division (级别).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DivisionLevel {
    /// 省、自治区、直辖市、特别行政区.
    Province,
    /// 地级市、地区、自治州、盟.
    City,
    /// 县、县级市、市辖区、旗.
    County,
}

/// How far the dates of an entry can be trusted (核实情况).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Certainty {
    /// The source gives it.
    Verified,
    /// The dates are those of the first and last published edition that shows it; the exact day is not known.
    Edition,
    /// Nobody has checked it against a source.
    Unverified,
}

/// One code with one name while both held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Division {
    /// GB/T 2260 code.
    pub code: DivisionCode,
    /// Name (名称), such as 祁阳县.
    pub name: String,
    /// Level (级别).
    pub level: DivisionLevel,
    /// The division above it; [`DivisionCode::NATION`] for a province.
    pub parent: DivisionCode,
    /// First day; `None` where it is older than our sources.
    pub from: Option<Date>,
    /// Last day on which it held; `None` while it holds.
    pub to: Option<Date>,
    /// What took its place. Empty with a later row of the same code means: only the name changed.
    pub successors: Vec<DivisionCode>,
    /// How far the dates can be trusted.
    pub certainty: Certainty,
}

impl Division {
    /// Whether it held on that day.
    #[must_use]
    pub fn holds_on(&self, date: Date) -> bool {
        self.from.is_none_or(|from| from <= date) && self.to.is_none_or(|to| date <= to)
    }
}

/// Why a code does not lead to one of today's divisions.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DivisionProblem {
    /// No edition of the standard has it.
    #[error("no division has ever had the code {code}")]
    Unknown {
        /// The code asked for.
        code: DivisionCode,
        /// The city or province that its first digits name, if there is one.
        above: Option<(DivisionCode, String)>,
    },
    /// It came into being after the date and no older division stood in its place.
    #[error("the division {code} exists only since {from}")]
    NotYet {
        /// The code asked for.
        code: DivisionCode,
        /// Its first day.
        from: Date,
    },
    /// It was divided; only a person can tell which part is meant.
    #[error("the division {code} was divided into {}", list(successors))]
    Ambiguous {
        /// The code asked for.
        code: DivisionCode,
        /// Today's divisions that its territory went to, with names.
        successors: Vec<(DivisionCode, String)>,
    },
    /// It was abolished and our sources do not say what took its place.
    #[error("the division {code} ended on {to} and its successor is not known")]
    Ended {
        /// The code asked for.
        code: DivisionCode,
        /// Its last day.
        to: Date,
    },
}

fn list(successors: &[(DivisionCode, String)]) -> String {
    successors.iter().map(|(code, name)| format!("{code} {name}")).collect::<Vec<_>>().join(", ")
}

impl DivisionProblem {
    /// The same in Chinese, for the person who has to correct the sheet.
    #[must_use]
    pub fn message_zh(&self) -> String {
        match self {
            Self::Unknown { code, above: Some((above, name)) } => {
                format!("没有行政区划代码 {code}（其前几位属于 {above} {name}），请核对")
            }
            Self::Unknown { code, above: None } => format!("没有行政区划代码 {code}，请核对"),
            Self::NotYet { code, from } => {
                format!("行政区划 {code} 自 {from} 起才设立，请改用当日有效的代码")
            }
            Self::Ambiguous { code, successors } => {
                format!("行政区划 {code} 已拆分为 {}，请指明其中一个", list(successors))
            }
            Self::Ended { code, to } => {
                format!("行政区划 {code} 已于 {to} 撤销，去向不明，请改用现行代码")
            }
        }
    }
}

/// Where a code leads today.
#[derive(Debug, Clone)]
enum Today {
    Here,
    Moved(DivisionCode),
    Divided(Vec<DivisionCode>),
    Gone(Date),
}

/// All divisions of the country, asked a million times an import.
#[derive(Debug, Clone, Default)]
pub struct Divisions {
    /// Sorted by code and first day.
    rows: Vec<Division>,
    /// Where each row leads today.
    today: Vec<Today>,
    /// Whether a row stands in the place of an older one.
    replaces: Vec<bool>,
    /// Each code once, sorted, with its first row.
    codes: Vec<(DivisionCode, usize)>,
    children: HashMap<DivisionCode, Vec<DivisionCode>>,
    full_names: HashMap<String, Vec<usize>>,
    short_names: HashMap<String, Vec<usize>>,
    names_en: BTreeMap<DivisionCode, String>,
}

impl Divisions {
    /// Orders the rows and follows the successors once, so that every later question is a search.
    ///
    /// The rows were checked before: no overlaps, no unknown successors, no loops.
    pub(super) fn new(mut rows: Vec<Division>) -> Self {
        rows.sort_by_key(|row| (row.code, row.from));
        let mut divisions = Self { rows, ..Self::default() };
        for (index, row) in divisions.rows.iter().enumerate() {
            if divisions.codes.last().is_none_or(|(code, _)| *code != row.code) {
                divisions.codes.push((row.code, index));
            }
        }
        divisions.replaces = vec![false; divisions.rows.len()];
        for index in 0..divisions.rows.len() {
            let targets = divisions.follow(index);
            let replaced = divisions.rows[index].successors.iter().filter_map(|code| divisions.latest(*code));
            let replaced: Vec<usize> = replaced.map(|(_, at)| at).collect();
            for at in replaced {
                divisions.replaces[at] = true;
            }
            let row = &divisions.rows[index];
            let today = match (targets.as_slice(), row.to) {
                ([one], _) if *one == row.code => Today::Here,
                ([one], _) => Today::Moved(*one),
                ([], to) => Today::Gone(to.expect("invariant: a row without a last day leads to itself")),
                (several, _) => Today::Divided(several.to_vec()),
            };
            divisions.today.push(today);
        }
        divisions.index_current();
        divisions
    }

    /// Takes the English names of a layer; they replace those of the layers below it, code by code.
    pub(super) fn name_in_english(&mut self, names: BTreeMap<DivisionCode, String>) {
        self.names_en.extend(names);
    }

    fn index_current(&mut self) {
        for (index, row) in self.rows.iter().enumerate() {
            self.full_names.entry(plain(&row.name)).or_default().push(index);
            for short in short_names(&row.name) {
                self.short_names.entry(short).or_default().push(index);
            }
            if row.to.is_none() {
                self.children.entry(row.parent).or_default().push(row.code);
            }
        }
    }

    /// Today's codes that a row leads to; a row that only changed its name leads to the next row.
    fn follow(&self, index: usize) -> Vec<DivisionCode> {
        let mut found = Vec::new();
        let mut open = vec![index];
        let mut seen = vec![];
        while let Some(at) = open.pop() {
            if seen.contains(&at) {
                continue;
            }
            seen.push(at);
            let row = &self.rows[at];
            match row.to {
                None => found.push(row.code),
                Some(to) if row.successors.is_empty() => {
                    let next = self.rows.get(at + 1).filter(|next| next.code == row.code);
                    if next.is_some_and(|next| next.from.is_some_and(|from| from > to)) {
                        open.push(at + 1);
                    }
                }
                Some(to) => open.extend(row.successors.iter().filter_map(|code| self.row_after(*code, to))),
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The row of `code` that held just after `date`, or the first later one, or the last.
    fn row_after(&self, code: DivisionCode, date: Date) -> Option<usize> {
        let rows = self.rows_of(code)?;
        rows.clone().find(|at| self.rows[*at].to.is_none_or(|to| to > date)).or(rows.last())
    }

    fn rows_of(&self, code: DivisionCode) -> Option<std::ops::Range<usize>> {
        let at = self.codes.binary_search_by_key(&code, |(code, _)| *code).ok()?;
        let end = self.codes.get(at + 1).map_or(self.rows.len(), |(_, first)| *first);
        Some(self.codes[at].1..end)
    }

    fn latest(&self, code: DivisionCode) -> Option<(&Division, usize)> {
        let at = self.rows_of(code)?.last()?;
        Some((&self.rows[at], at))
    }

    /// Today's code of the division that `code` meant on that day.
    ///
    /// Codes that are out of date are followed whatever the day, since registries lag behind; a code newer than
    /// the day passes too where it stands in the place of an older one, since exports carry today's codes.
    pub fn current(&self, code: DivisionCode, on: Date) -> Result<DivisionCode, DivisionProblem> {
        let Some(rows) = self.rows_of(code) else {
            return Err(DivisionProblem::Unknown { code, above: self.above(code) });
        };
        let held = rows.clone().find(|at| self.rows[*at].holds_on(on));
        let earlier = || rows.clone().rfind(|at| self.rows[*at].to.is_some_and(|to| to < on));
        let at = held.or_else(earlier).unwrap_or(rows.start);
        let row = &self.rows[at];
        if let Some(from) = row.from
            && on < from
            && row.certainty == Certainty::Verified
            && !self.replaces[at]
        {
            return Err(DivisionProblem::NotYet { code, from });
        }
        match &self.today[at] {
            Today::Here => Ok(code),
            Today::Moved(to) => Ok(*to),
            Today::Gone(to) => Err(DivisionProblem::Ended { code, to: *to }),
            Today::Divided(parts) => Err(DivisionProblem::Ambiguous {
                code,
                successors: parts
                    .iter()
                    .map(|part| (*part, self.name(*part).unwrap_or_default().to_owned()))
                    .collect(),
            }),
        }
    }

    fn above(&self, code: DivisionCode) -> Option<(DivisionCode, String)> {
        let city = code.city().filter(|city| *city != code);
        [city, Some(code.province())]
            .into_iter()
            .flatten()
            .find_map(|above| self.name(above).map(|name| (above, name.to_owned())))
    }

    /// The latest entry of a code, current or not.
    #[must_use]
    pub fn find(&self, code: DivisionCode) -> Option<&Division> {
        self.latest(code).map(|(row, _)| row)
    }

    /// The latest name of a code (名称).
    #[must_use]
    pub fn name(&self, code: DivisionCode) -> Option<&str> {
        self.find(code).map(|row| row.name.as_str())
    }

    /// The English name of a current code, such as Changsha; `None` where region data give none.
    #[must_use]
    pub fn name_en(&self, code: DivisionCode) -> Option<&str> {
        self.names_en.get(&code).map(String::as_str)
    }

    /// The name that the code had on that day.
    #[must_use]
    pub fn name_on(&self, code: DivisionCode, date: Date) -> Option<&str> {
        self.rows_of(code)?
            .map(|at| &self.rows[at])
            .find(|row| row.holds_on(date))
            .map(|row| row.name.as_str())
    }

    /// The names from the province down, such as 湖南省长沙市岳麓区.
    #[must_use]
    pub fn full_name(&self, code: DivisionCode) -> Option<String> {
        let names = self.ancestors(code);
        (!names.is_empty()).then(|| names.iter().rev().map(|row| row.name.as_str()).collect())
    }

    /// The division itself and those above it, lowest first.
    fn ancestors(&self, code: DivisionCode) -> Vec<&Division> {
        let mut chain = Vec::new();
        let mut next = self.find(code);
        while let Some(row) = next {
            chain.push(row);
            next = (chain.len() < 4).then(|| self.find(row.parent)).flatten();
        }
        chain
    }

    /// The division above, [`DivisionCode::NATION`] above a province.
    #[must_use]
    pub fn parent(&self, code: DivisionCode) -> Option<DivisionCode> {
        self.find(code).map(|row| row.parent)
    }

    /// The row of a city table that a division belongs to.
    ///
    /// For the districts of a municipality (直辖市) it is the municipality, for a county directly under its
    /// province (省直辖县级市, such as 429004 仙桃市) the county itself; `None` for any other province.
    #[must_use]
    pub fn city_of(&self, code: DivisionCode) -> Option<DivisionCode> {
        let row = self.find(code)?;
        match row.level {
            DivisionLevel::City => Some(code),
            DivisionLevel::Province => is_municipality(code).then_some(code),
            DivisionLevel::County => match self.find(row.parent) {
                Some(above) if above.level == DivisionLevel::City || is_municipality(above.code) => {
                    Some(above.code)
                }
                _ => Some(code),
            },
        }
    }

    /// Today's divisions directly below, in the order of their codes.
    #[must_use]
    pub fn children(&self, code: DivisionCode) -> &[DivisionCode] {
        self.children.get(&code).map_or(&[], Vec::as_slice)
    }

    /// Whether `code` lies in `within` or is it; both are current codes.
    #[must_use]
    pub const fn is_within(&self, code: DivisionCode, within: DivisionCode) -> bool {
        code.is_within(within)
    }

    /// Whether a division had this code on that day.
    #[must_use]
    pub fn exists_on(&self, code: DivisionCode, date: Date) -> bool {
        self.rows_of(code).is_some_and(|mut rows| rows.any(|at| self.rows[at].holds_on(date)))
    }

    /// Whether it is one of today's divisions.
    #[must_use]
    pub fn is_current(&self, code: DivisionCode) -> bool {
        self.find(code).is_some_and(|row| row.to.is_none())
    }

    /// Every entry, by code and first day.
    #[must_use]
    pub fn rows(&self) -> &[Division] {
        &self.rows
    }

    /// Today's divisions that a name may mean, such as 「长沙市岳麓区」, 「湖南省长沙市」, 「长沙」 or an old name.
    ///
    /// A short name that fits a city and places inside it (长沙市, 长沙县) means the city; one that fits places
    /// far apart (朝阳) gives them all: more than one candidate is a question for a person.
    #[must_use]
    pub fn by_name(&self, text: &str) -> Vec<DivisionCode> {
        let text = plain(text);
        let text = text.strip_prefix("中华人民共和国").or_else(|| text.strip_prefix("中国")).unwrap_or(&text);
        let text = &text.replace("市辖区", "");
        for (names, current) in [
            (&self.full_names, true),
            (&self.full_names, false),
            (&self.short_names, true),
            (&self.short_names, false),
        ] {
            let found = self.named(text, names, current);
            if !found.is_empty() {
                return found;
            }
        }
        Vec::new()
    }

    fn named(&self, text: &str, names: &HashMap<String, Vec<usize>>, current: bool) -> Vec<DivisionCode> {
        let mut found: Vec<DivisionCode> = Vec::new();
        for (start, _) in text.char_indices() {
            for at in names.get(&text[start..]).into_iter().flatten() {
                let row = &self.rows[*at];
                let above = self.ancestors(row.parent);
                if row.to.is_none() == current && names_ancestors(&text[..start], &above) {
                    match &self.today[*at] {
                        Today::Here => found.push(row.code),
                        Today::Moved(to) => found.push(*to),
                        Today::Divided(parts) => found.extend(parts),
                        Today::Gone(_) => {}
                    }
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        let highest = found.iter().copied().find(|top| found.iter().all(|code| code.is_within(*top)));
        highest.map_or(found, |top| vec![top])
    }
}

/// The four municipalities (直辖市), which are province and city in one.
const fn is_municipality(code: DivisionCode) -> bool {
    matches!(code.0, 110_000 | 120_000 | 310_000 | 500_000)
}

/// Whether `text` is made of names of `above` (lowest first), each at most once, from the top down.
fn names_ancestors(text: &str, above: &[&Division]) -> bool {
    if text.is_empty() {
        return true;
    }
    let Some((top, below)) = above.split_last() else { return false };
    let full = plain(&top.name);
    std::iter::once(full)
        .chain(short_names(&top.name))
        .any(|name| text.strip_prefix(name.as_str()).is_some_and(|rest| names_ancestors(rest, below)))
        || names_ancestors(text, below)
}

/// Endings that people leave out, longest first.
const ENDINGS: [&str; 14] = [
    "特别行政区",
    "自治区",
    "自治州",
    "自治县",
    "自治旗",
    "地区",
    "林区",
    "特区",
    "省",
    "市",
    "县",
    "区",
    "盟",
    "旗",
];

/// Peoples in names of autonomous places (民族自治地方), which people leave out too.
const PEOPLES: [&str; 56] = [
    "维吾尔族",
    "维吾尔",
    "哈萨克族",
    "哈萨克",
    "柯尔克孜族",
    "柯尔克孜",
    "塔吉克族",
    "塔吉克",
    "达斡尔族",
    "鄂伦春族",
    "鄂温克族",
    "俄罗斯族",
    "布依族",
    "土家族",
    "哈尼族",
    "傈僳族",
    "拉祜族",
    "纳西族",
    "景颇族",
    "布朗族",
    "撒拉族",
    "毛南族",
    "仡佬族",
    "仫佬族",
    "锡伯族",
    "保安族",
    "裕固族",
    "东乡族",
    "普米族",
    "朝鲜族",
    "蒙古族",
    "独龙族",
    "德昂族",
    "蒙古",
    "锡伯",
    "各族",
    "壮族",
    "回族",
    "苗族",
    "彝族",
    "藏族",
    "侗族",
    "瑶族",
    "白族",
    "傣族",
    "黎族",
    "畲族",
    "水族",
    "土族",
    "羌族",
    "满族",
    "怒族",
    "佤族",
    "高山族",
    "基诺族",
    "京族",
];

/// What people write for a name: 湘西土家族苗族自治州 is called 湘西州 and 湘西.
fn short_names(name: &str) -> Vec<String> {
    let Some(ending) = ENDINGS.iter().find(|ending| name.ends_with(**ending)) else { return Vec::new() };
    let mut stem = &name[..name.len() - ending.len()];
    if ending.starts_with("自治") {
        while let Some(rest) = PEOPLES.iter().find_map(|people| stem.strip_suffix(people)) {
            if rest.chars().count() < 2 {
                break;
            }
            stem = rest;
        }
    }
    let mut names = Vec::new();
    if stem.chars().count() >= 2 {
        names.push(stem.to_owned());
        if let Some(last) = ending.strip_prefix("自治").filter(|last| *last != "区") {
            names.push(format!("{stem}{last}"));
        }
    }
    names
}
