//! What `region check` says about a mistake in a region folder: where it is, what is wrong, what to do.

use jiff::civil::Date;

/// One mistake in a region folder, told in Chinese and English, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionProblem {
    /// Layer and path, such as `hunan/parks.yaml`.
    pub file: String,
    /// Line, counted from 1; 0 where the whole file is meant.
    pub line: u32,
    /// Column in characters, counted from 1; 0 where the whole line is meant.
    pub column: u32,
    /// What is wrong.
    pub message_zh: String,
    /// What is wrong, in English.
    pub message_en: String,
    /// What to do.
    pub fix_zh: String,
    /// What to do, in English.
    pub fix_en: String,
}

impl std::fmt::Display for RegionProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}: {}; {}", self.file, self.line, self.column, self.message_en, self.fix_en)
    }
}

/// A place in a file of a region folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Place {
    pub line: u32,
    pub column: u32,
}

impl Place {
    /// The beginning of a line.
    pub const fn line(line: u32) -> Self {
        Self { line, column: 0 }
    }
}

/// Collects the problems of all files, up to a limit, so that one look shows them all.
#[derive(Debug, Default)]
pub(super) struct Sink {
    problems: Vec<RegionProblem>,
}

/// More problems than this are not listed: nobody reads them, and the first ones cause the rest.
const PROBLEMS_MAX: usize = 200;

impl Sink {
    /// Notes a mistake.
    pub fn add(&mut self, file: &str, place: Place, mistake: Mistake) {
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(mistake.explain(file, place));
        }
    }

    /// The problems noted, by file and line.
    pub fn into_problems(mut self) -> Vec<RegionProblem> {
        self.problems.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
        self.problems
    }
}

/// The kinds of mistakes that a region folder can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mistake {
    Syntax(String),
    TooLarge { bytes: usize, limit: usize },
    TooManyNodes { limit: usize },
    TooDeep { limit: usize },
    Anchor,
    SeveralDocuments,
    NotAMap,
    NotAList,
    NotAText { key: String },
    UnknownKey { key: String, nearest: Option<String> },
    KeyTwice { key: String },
    MissingKey { key: String },
    NotADate { value: String },
    NotANumber { value: String, max: u32 },
    NotADivisionCode { value: String },
    NotOneOf { key: String, value: String, allowed: String, nearest: Option<String> },
    DatesReversed { from: Date, to: Date },
    Overlap { code: String, first_line: u32 },
    QuestionInCircle { key: String },
    AnswerLeads,
    CodeTwice { code: String, first_line: u32 },
    NumberTwice { number: u32, first: String },
    AliasTwice { alias: String, first: String },
    UnknownParent { code: String, parent: String },
    UnknownSuccessor { code: String, successor: String },
    SuccessorLoop { code: String },
    SuccessorOfCurrent { code: String },
    NoNumber { code: String },
    UnknownDivision { code: String },
    NotACity { group: String, code: String },
    DayTwice { day: Date },
    DayOfOtherYear { day: Date, year: i16 },
    WorkdayNotOnWeekend { day: Date },
    MissingFile { path: String },
    UnknownFile { path: String, nearest: Option<String> },
    WrongBase { extends: String, found: String },
    UnknownList { list: String },
    Row { detail: String },
    Placeholder { placeholder: String },
    MapFeature { code: String },
    NotGeoJson { detail: String },
}

/// What is wrong and what to do, each in Chinese and English.
struct Words {
    message_zh: String,
    message_en: String,
    fix_zh: String,
    fix_en: String,
}

fn words(
    message_zh: impl Into<String>,
    message_en: impl Into<String>,
    fix_zh: impl Into<String>,
    fix_en: impl Into<String>,
) -> Words {
    Words {
        message_zh: message_zh.into(),
        message_en: message_en.into(),
        fix_zh: fix_zh.into(),
        fix_en: fix_en.into(),
    }
}

impl Mistake {
    fn explain(&self, file: &str, place: Place) -> RegionProblem {
        let Words { message_zh, message_en, fix_zh, fix_en } =
            self.of_form().or_else(|| self.of_codes()).unwrap_or_else(|| self.of_files());
        RegionProblem {
            file: file.to_owned(),
            line: place.line,
            column: place.column,
            message_zh,
            message_en,
            fix_zh,
            fix_en,
        }
    }

    /// Mistakes of writing: syntax, keys, kinds of values.
    fn of_form(&self) -> Option<Words> {
        Some(match self {
            Self::Syntax(detail) => words(
                format!("YAML 写法有误：{detail}"),
                format!("not valid YAML: {detail}"),
                "检查缩进（只用空格）、冒号后的空格和引号是否成对",
                "check the indentation (blanks only), the blank after each colon, and that quotes come in pairs",
            ),
            Self::NotAMap => words(
                "此处应为“键: 值”",
                "expected `key: value` lines here",
                "改写为若干行“键: 值”",
                "write it as lines of `key: value`",
            ),
            Self::NotAList => words(
                "此处应为列表",
                "expected a list here",
                "每项一行，以“- ”开头，或写成 [甲, 乙]",
                "write one item a line, beginning with `- `, or [a, b]",
            ),
            Self::NotAText { key } => words(
                format!("“{key}”应为单个值"),
                format!("`{key}` must be a single value"),
                "只写一个值，不写列表或下级键",
                "write one value, neither a list nor keys",
            ),
            Self::UnknownKey { key, nearest } => words(
                format!("不认识的键“{key}”"),
                format!("unknown key `{key}`"),
                nearest.as_ref().map_or_else(
                    || "删除此键，或对照 docs/REGIONS.md 改正".to_owned(),
                    |near| format!("是否应为“{near}”？"),
                ),
                nearest.as_ref().map_or_else(
                    || "remove it, or correct it after docs/REGIONS.md".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                ),
            ),
            Self::KeyTwice { key } => words(
                format!("键“{key}”写了两次"),
                format!("key `{key}` is written twice"),
                "只保留一处",
                "keep one of them",
            ),
            Self::MissingKey { key } => words(
                format!("缺少“{key}”"),
                format!("`{key}` is missing"),
                format!("补上“{key}: …”"),
                format!("add `{key}: …`"),
            ),
            Self::NotADate { value } => words(
                format!("“{value}”不是日期"),
                format!("`{value}` is not a date"),
                "写成四位年-两位月-两位日，如 2021-01-01",
                "write it as year-month-day, such as 2021-01-01",
            ),
            Self::NotANumber { value, max } => words(
                format!("“{value}”不是 1 至 {max} 的整数"),
                format!("`{value}` is not a whole number from 1 to {max}"),
                "只写阿拉伯数字",
                "write digits only",
            ),
            Self::NotADivisionCode { value } => words(
                format!("“{value}”不是六位行政区划代码"),
                format!("`{value}` is not a six-digit division code"),
                "写足六位数字，如 430100",
                "write all six digits, such as 430100",
            ),
            Self::NotOneOf { key, value, allowed, nearest } => words(
                format!("“{key}”不能是“{value}”"),
                format!("`{key}` cannot be `{value}`"),
                match nearest {
                    Some(near) => format!("是否应为“{near}”？可用的值：{allowed}"),
                    None => format!("可用的值：{allowed}"),
                },
                match nearest {
                    Some(near) => format!("did you mean `{near}`? possible values: {allowed}"),
                    None => format!("possible values: {allowed}"),
                },
            ),
            Self::Placeholder { placeholder } => words(
                format!("编号格式中不认识的占位符“{{{placeholder}}}”"),
                format!("unknown placeholder `{{{placeholder}}}` in the number pattern"),
                "只用 {year}、{serial} 或 {serial:N}（N 为位数），且必须有 {serial}",
                "use only {year}, {serial} or {serial:N} (N digits); {serial} must be there",
            ),
            Self::Anchor => words(
                "不支持 YAML 的锚点与别名（& 和 *）",
                "YAML anchors and aliases (& and *) are not supported",
                "把内容完整写出；以 & 或 * 开头的文字请加引号",
                "write the content out; put quotes around text that begins with & or *",
            ),
            Self::SeveralDocuments => words(
                "一个文件只能有一份 YAML 文档",
                "a file holds one YAML document only",
                "删除“---”，或拆成两个文件",
                "remove the `---` line, or make two files",
            ),
            _ => return None,
        })
    }

    /// Mistakes of meaning: codes, dates, who belongs to whom.
    fn of_codes(&self) -> Option<Words> {
        Some(match self {
            Self::DatesReversed { from, to } => words(
                format!("起始日 {from} 晚于截止日 {to}"),
                format!("the first day {from} is after the last day {to}"),
                "对调或改正这两个日期（截止日是仍有效的最后一天）",
                "swap or correct the dates (`to` is the last day on which it holds)",
            ),
            Self::QuestionInCircle { key } => words(
                format!("问题“{key}”经过若干回答又回到自己"),
                format!("question `{key}` leads back to itself"),
                "让每条路径都以 type 或 refusal 结束",
                "let every way end with type or refusal",
            ),
            Self::AnswerLeads => words(
                "每个回答应有且只有 next、type、refusal 之一",
                "an answer has exactly one of next, type and refusal",
                "保留一个去向",
                "keep one of them",
            ),
            Self::Overlap { code, first_line } => words(
                format!("代码 {code} 的有效期与第 {first_line} 行重叠"),
                format!("the validity of code {code} overlaps that of line {first_line}"),
                "前一条的截止日应早于后一条的起始日",
                "let the earlier one end before the later one begins",
            ),
            Self::CodeTwice { code, first_line } => words(
                format!("代码 {code} 重复，已见于第 {first_line} 行"),
                format!("code {code} is already used on line {first_line}"),
                "删除其中一条，或改正代码",
                "remove one of them, or correct the code",
            ),
            Self::NumberTwice { number, first } => words(
                format!("编号 {number} 已由“{first}”使用"),
                format!("number {number} is already used by `{first}`"),
                "换一个未用过的编号；已发布的编号不得改作他用",
                "take a number that was never used; published numbers are not reused",
            ),
            Self::AliasTwice { alias, first } => words(
                format!("名称或别名“{alias}”已由“{first}”使用"),
                format!("the name or alias `{alias}` is already used by `{first}`"),
                "一个名称在同一时间只能指一项，删除其中一处",
                "a name can mean one thing at a time: remove one of them",
            ),
            Self::UnknownParent { code, parent } => words(
                format!("{code} 的上级 {parent} 不存在"),
                format!("the parent {parent} of {code} does not exist"),
                "补上该上级，或改正代码",
                "add the parent, or correct the code",
            ),
            Self::UnknownSuccessor { code, successor } => words(
                format!("{code} 的后继 {successor} 不存在"),
                format!("the successor {successor} of {code} does not exist"),
                "补上后继代码，或改正代码",
                "add the successor, or correct the code",
            ),
            Self::SuccessorLoop { code } => words(
                format!("{code} 的后继最终又回到自身"),
                format!("the successors of {code} lead back to itself"),
                "检查后继代码与日期",
                "check the successors and the dates",
            ),
            Self::SuccessorOfCurrent { code } => words(
                format!("{code} 仍然有效，却写了后继"),
                format!("{code} is still valid, yet it has a successor"),
                "补上截止日（to），或删除后继",
                "add the last day (`to`), or remove the successor",
            ),
            Self::NoNumber { code } => words(
                format!("{code} 没有统计编号，其上级也没有"),
                format!("neither {code} nor a parent of it has a number for statistics"),
                "补上 number（统计用的小整数）或 reported_as",
                "add `number` (the small integer of statistics) or `reported_as`",
            ),
            Self::UnknownDivision { code } => words(
                format!("行政区划中没有 {code}"),
                format!("there is no division {code}"),
                "对照 divisions.csv 改正代码",
                "correct the code after divisions.csv",
            ),
            Self::NotACity { group, code } => words(
                format!("板块“{group}”的成员 {code} 不是现行市州"),
                format!("member {code} of group `{group}` is not a current city"),
                "板块只由现行市州组成，请改正代码",
                "groups are made of current cities only: correct the code",
            ),
            Self::DayTwice { day } => words(
                format!("{day} 出现两次"),
                format!("{day} is listed twice"),
                "一天不能既放假又上班，也不必写两次",
                "a day is either off or worked, and listed once",
            ),
            Self::DayOfOtherYear { day, year } => words(
                format!("{day} 不属于 {year} 年"),
                format!("{day} is not a day of {year}"),
                "移到该年的日历文件",
                "move it to the calendar file of its own year",
            ),
            Self::WorkdayNotOnWeekend { day } => words(
                format!("{day} 不是周末，不必列为调休上班日"),
                format!("{day} is not at a weekend, so it is a working day anyway"),
                "检查日期；只列周末的调休上班日",
                "check the date; list only weekend days that are worked",
            ),
            Self::MapFeature { code } => words(
                format!("地图中的 {code} 不是现行行政区划"),
                format!("{code} on the map is not a current division"),
                "把 adcode 改为现行六位代码",
                "change adcode to the current six-digit code",
            ),
            _ => return None,
        })
    }

    /// Mistakes of files: missing, unknown, too large.
    fn of_files(&self) -> Words {
        match self {
            Self::TooLarge { bytes, limit } => words(
                format!("文件 {bytes} 字节，超过上限 {limit} 字节"),
                format!("the file has {bytes} bytes, more than the limit of {limit}"),
                "检查是否放错文件；地图请先抽稀",
                "check that it is the right file; thin out map outlines first",
            ),
            Self::TooManyNodes { limit } => words(
                format!("内容超过 {limit} 项"),
                format!("more than {limit} items"),
                "检查是否放错文件",
                "check that it is the right file",
            ),
            Self::TooDeep { limit } => words(
                format!("嵌套超过 {limit} 层"),
                format!("nested more than {limit} levels deep"),
                "减少嵌套层数",
                "use fewer levels",
            ),
            Self::MissingFile { path } => words(
                format!("缺少文件 {path}"),
                format!("file {path} is missing"),
                "对照 docs/REGIONS.md 建立此文件",
                "make it after docs/REGIONS.md",
            ),
            Self::UnknownFile { path, nearest } => words(
                format!("不认识的文件 {path}"),
                format!("unknown file {path}"),
                nearest.as_ref().map_or_else(
                    || "移走此文件，或对照 docs/REGIONS.md 改名".to_owned(),
                    |near| format!("是否应为 {near}？"),
                ),
                nearest.as_ref().map_or_else(
                    || "move it away, or rename it after docs/REGIONS.md".to_owned(),
                    |near| format!("did you mean {near}?"),
                ),
            ),
            Self::WrongBase { extends, found } => words(
                format!("region.yaml 写明基于“{extends}”，但前一层是“{found}”"),
                format!("region.yaml extends `{extends}`, but the layer before is `{found}`"),
                "把基础地区的文件夹放在同一目录下，或改正 extends",
                "put the folder of the base beside this one, or correct `extends`",
            ),
            Self::UnknownList { list } => words(
                format!("没有代码表“{list}”"),
                format!("there is no code list `{list}`"),
                format!("建立 codes/{list}.yaml，或改正表名"),
                format!("make codes/{list}.yaml, or correct the name"),
            ),
            Self::Row { detail } => words(
                format!("此行无法读取：{detail}"),
                format!("the row cannot be read: {detail}"),
                "检查逗号的个数和引号",
                "check the number of commas and the quotes",
            ),
            Self::NotGeoJson { detail } => words(
                format!("不是可用的 GeoJSON：{detail}"),
                format!("not usable GeoJSON: {detail}"),
                "每个要素的 properties 中须有 adcode 与 name",
                "each feature needs `adcode` and `name` in its properties",
            ),
            other => unreachable!("invariant: explained before: {other:?}"),
        }
    }
}
