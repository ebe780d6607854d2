//! Reads a form as a demand, or says everything that is wrong with it, field by field.

use jiff::civil::Date;

use super::disclose::{DemandPart, levels_of};
use super::form::{DemandForm, FIELD_KEYS, FIGURES_MAX, PERSONAL_KEYS, read_figure_lines};
use crate::contract::RowProblem;
use crate::contract::written::{find_code, is_blank, without_text_mark};
use crate::market::{CooperationMode, DisclosureLevel, IpWish, LONG_TEXT_CHARACTERS_MAX, clean_text};
use crate::money::{Fen, MoneyUnit};
use crate::organisation::credit_code::CreditCode;
use crate::region::{Asked, DivisionCode, Region, half_width};

/// Letters from which a word of a name or an address gives somebody away.
const TELLING_CHARACTERS_MIN: usize = 4;
/// Furthest year of a deadline.
const DEADLINE_YEARS_MAX: i16 = 20;

/// What a company is ready to pay (拟投入资金).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Budget {
    /// About this much.
    About(Fen),
    /// 不超过
    UpTo(Fen),
    /// 面议
    Open,
}

impl Budget {
    /// The word of the database and the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::About(_) => "about",
            Self::UpTo(_) => "up_to",
            Self::Open => "open",
        }
    }

    /// As it is printed, Chinese and English: whole amounts without decimals.
    #[must_use]
    pub fn words(self) -> (String, String) {
        let amount = |fen: Fen| {
            let text = fen.display_in(MoneyUnit::TenThousandYuan);
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        };
        match self {
            Self::About(fen) => (format!("{} 万元", amount(fen)), format!("{} × 10,000 yuan", amount(fen))),
            Self::UpTo(fen) => {
                (format!("不超过 {} 万元", amount(fen)), format!("up to {} × 10,000 yuan", amount(fen)))
            }
            Self::Open => ("面议".to_owned(), "to be agreed".to_owned()),
        }
    }

    /// The amount, where one is stated.
    #[must_use]
    pub const fn amount(self) -> Option<Fen> {
        match self {
            Self::About(amount) | Self::UpTo(amount) => Some(amount),
            Self::Open => None,
        }
    }

    /// What somebody wrote, in 10,000 yuan where no unit stands there; none where it is nothing of the kind.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let plain: String = text.chars().map(half_width).filter(|c| !c.is_whitespace()).collect();
        if plain.is_empty() || ["面议", "协商", "待定", "另议", "双方协商"].contains(&plain.as_str())
        {
            return Some(Self::Open);
        }
        let bare = plain.trim_end_matches(['.', '。', ';', '；']);
        let (bare, is_limit) = ["不超过", "不高于", "最高", "上限", "<=", "≤"]
            .into_iter()
            .find_map(|word| bare.strip_prefix(word).map(|rest| (rest, true)))
            .or_else(|| bare.strip_suffix("以内").map(|rest| (rest, true)))
            .unwrap_or((bare, false));
        let bare =
            bare.trim_start_matches(['约', '￥', '¥']).trim_end_matches("左右").trim_end_matches("人民币");
        let (number, unit) = if let Some(rest) = bare.strip_suffix("亿元").or_else(|| bare.strip_suffix('亿'))
        {
            (rest, MoneyUnit::HundredMillionYuan)
        } else if let Some(rest) = bare.strip_suffix("万元").or_else(|| bare.strip_suffix('万')) {
            (rest, MoneyUnit::TenThousandYuan)
        } else if let Some(rest) = bare.strip_suffix('元') {
            (rest, MoneyUnit::Yuan)
        } else {
            (bare, MoneyUnit::TenThousandYuan)
        };
        let amount = Fen::parse(number, unit).ok().filter(|amount| amount.0 > 0)?;
        Some(if is_limit { Self::UpTo(amount) } else { Self::About(amount) })
    }
}

/// A figure that the solution has to reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetFigure {
    /// 指标名称
    pub name: String,
    /// 目标值 with its comparison.
    pub target: String,
    /// 单位
    pub unit: String,
    /// 现状值
    pub today: String,
}

/// A demand whose form can be handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedDemand {
    /// 企业名称
    pub organisation_name: String,
    /// 统一社会信用代码
    pub credit_code: Option<String>,
    /// County or city.
    pub division: DivisionCode,
    /// Code of the industry.
    pub industry: Option<String>,
    /// Code of the technical field.
    pub field: String,
    /// 需求名称
    pub title: String,
    /// 公开摘要
    pub summary: String,
    /// 核心指标
    pub figures: Vec<TargetFigure>,
    /// 合作方式
    pub modes: Vec<CooperationMode>,
    /// 拟投入资金
    pub budget: Budget,
    /// 时限要求
    pub deadline: Option<Date>,
    /// Code of the maturity wanted at least.
    pub maturity: Option<String>,
    /// 产权归属
    pub ip_wish: IpWish,
}

/// What cannot even be kept: unknown fields and texts beyond every limit.
#[must_use]
pub fn storage_problems(form: &DemandForm, region: &Region) -> Vec<RowProblem> {
    let mut problems = Vec::new();
    for (key, text) in &form.fields {
        let is_level = key.strip_prefix("level.").is_some_and(|part| DemandPart::from_code(part).is_some());
        if !is_level && !FIELD_KEYS.contains(&key.as_str()) {
            problems.push(problem(
                key,
                text,
                "demand.field.unknown",
                "不是征集表的栏目",
                "no field of the sheet",
            ));
        }
        let characters_max = region
            .demand_sheet()
            .by_key(key)
            .map_or(LONG_TEXT_CHARACTERS_MAX, |field| field.length_max.min(LONG_TEXT_CHARACTERS_MAX));
        if clean_text(text, characters_max).is_err() {
            problems.push(too_long(key, text, characters_max));
        }
    }
    problems
}

/// Reads a form as a demand of a day.
///
/// # Errors
/// Everything that is missing or wrong, at once.
pub fn check_demand(
    form: &DemandForm,
    region: &Region,
    today: Date,
) -> Result<CheckedDemand, Vec<RowProblem>> {
    let mut problems = storage_problems(form, region);
    let sheet = region.demand_sheet();
    for field in sheet.fields.iter().filter(|field| field.asked == Asked::Required) {
        if form.field(&field.key).is_empty() {
            let (reason, fix) = (format!("“{}”未填写", field.name), format!("{} is missing", field.name_en));
            problems.push(problem(&field.key, "", "demand.missing", reason, fix));
        }
    }
    if !form.holds_no_secrets {
        problems.push(problem(
            "holds_no_secrets",
            "",
            "demand.undertaking",
            "请承诺所填内容不涉及国家秘密；涉密需求请线下办理",
            "undertake that nothing is a state secret; secret demands are handled offline",
        ));
    }
    let mut reader = Reader { form, region, today, problems };
    let read = reader.read();
    reader.check_teaser();
    match read {
        Some(read) if reader.problems.is_empty() => Ok(read),
        _ => Err(reader.problems),
    }
}

struct Reader<'a> {
    form: &'a DemandForm,
    region: &'a Region,
    today: Date,
    problems: Vec<RowProblem>,
}

impl Reader<'_> {
    fn read(&mut self) -> Option<CheckedDemand> {
        let text = |key: &str| clean_text(self.form.field(key), usize::MAX).unwrap_or_default();
        let (organisation_name, title, summary) = (text("organisation_name"), text("title"), text("summary"));
        let credit_code = self.credit_code();
        let division = self.division();
        let field = self.listed("field", "technical_field");
        let industry = self.listed("industry", "industry");
        let maturity = self.listed("maturity", "maturity");
        let figures = self.figures();
        let modes = self.modes();
        let budget = Budget::read(self.form.field("budget"));
        if budget.is_none() {
            self.wrong(
                "budget",
                "预算应为数字（万元），或写“面议”",
                "the budget is a number in 10,000 yuan, or 面议",
            );
        }
        let deadline = self.deadline();
        let ip_wish = self.ip_wish();
        self.levels();
        Some(CheckedDemand {
            organisation_name,
            credit_code,
            division: division?,
            industry,
            field: field?,
            title,
            summary,
            figures,
            modes,
            budget: budget?,
            deadline,
            maturity,
            ip_wish: ip_wish?,
        })
    }

    fn wrong(&mut self, key: &str, zh: &str, en: &str) {
        let value = self.form.field(key).to_owned();
        self.problems.push(problem(key, &value, "demand.value", zh, en));
    }

    fn credit_code(&mut self) -> Option<String> {
        let text = without_text_mark(self.form.field("credit_code"));
        if is_blank(text) {
            return None;
        }
        match CreditCode::parse(text) {
            Ok(code) => Some(code.as_str().to_owned()),
            Err(wrong) => {
                self.wrong(
                    "credit_code",
                    &wrong.message_zh(),
                    "the credit code is not valid; check each digit",
                );
                None
            }
        }
    }

    fn division(&mut self) -> Option<DivisionCode> {
        let text = self.form.field("division");
        if text.is_empty() {
            return None;
        }
        match self.region.read_division(text, self.today) {
            Ok(division) => Some(division),
            Err((zh, en)) => {
                self.wrong("division", zh, en);
                None
            }
        }
    }

    fn listed(&mut self, key: &str, list: &str) -> Option<String> {
        let text = without_text_mark(self.form.field(key));
        if is_blank(text) {
            return None;
        }
        let found = self.region.codes(list).and_then(|list| find_code(list, text, self.today));
        if found.is_none() {
            self.wrong(key, "不在代码表中，请从列表选择", "not in the list; choose one of it");
        }
        found
    }

    fn figures(&mut self) -> Vec<TargetFigure> {
        let figures = read_figure_lines(self.form.field("figures"));
        if figures.len() > FIGURES_MAX {
            self.wrong(
                "figures",
                "核心指标最多 20 项，请只写最重要的",
                "at most 20 figures; keep the ones that count",
            );
        }
        let figure = |one: super::form::FigureText| TargetFigure {
            name: one.name,
            target: one.target,
            unit: one.unit,
            today: one.today,
        };
        figures.into_iter().take(FIGURES_MAX).map(figure).collect()
    }

    fn modes(&mut self) -> Vec<CooperationMode> {
        let text = self.form.field("modes").to_owned();
        let mut modes = Vec::new();
        for written in
            text.split([',', '，', '、', ';', '；', '/', '\n']).map(str::trim).filter(|one| !one.is_empty())
        {
            match CooperationMode::from_written(written) {
                Some(mode) if modes.contains(&mode) => {}
                Some(mode) => modes.push(mode),
                None => {
                    let terms: Vec<&str> =
                        CooperationMode::ALL.into_iter().map(CooperationMode::label).collect();
                    let zh = format!("“{written}”不是合作方式，可写：{}", terms.join("、"));
                    self.wrong("modes", &zh, "one of the modes is not known; choose from the list");
                }
            }
        }
        modes
    }

    fn deadline(&mut self) -> Option<Date> {
        let text = without_text_mark(self.form.field("deadline"));
        if is_blank(text) || ["长期", "长期有效", "不限", "面议"].contains(&text) {
            return None;
        }
        let Some(day) = read_day(text) else {
            self.wrong("deadline", "日期看不懂，请写成 2027-06-30", "write the day like 2027-06-30");
            return None;
        };
        if day < self.today || day.year() > self.today.year() + DEADLINE_YEARS_MAX {
            self.wrong("deadline", "时限应在今天以后、20年以内", "the day lies ahead and within 20 years");
            return None;
        }
        Some(day)
    }

    fn ip_wish(&mut self) -> Option<IpWish> {
        let text = self.form.field("ip_wish").to_owned();
        if is_blank(&text) {
            return Some(IpWish::Open);
        }
        let found = IpWish::from_written(&text);
        if found.is_none() {
            let terms: Vec<&str> = IpWish::ALL.into_iter().map(IpWish::label).collect();
            let zh = format!("产权归属可写：{}", terms.join("、"));
            self.wrong("ip_wish", &zh, "the ownership is not known; choose from the list");
        }
        found
    }

    fn levels(&mut self) {
        let secrecy = self.form.field("secrecy").to_owned();
        if !secrecy.is_empty() && read_level(&secrecy).is_none() {
            let zh = "公开程度可写：公开、登录可见、签署保密承诺后可见";
            self.wrong("secrecy", zh, "the disclosure is not known; choose from the list");
        }
        for part in DemandPart::ALL {
            let key = format!("level.{}", part.code());
            let text = self.form.field(&key).to_owned();
            if !text.is_empty() && read_level(&text).is_none() {
                self.wrong(&key, "请从列表选择公开程度", "choose the disclosure from the list");
            }
        }
    }

    /// The teaser may not give away what the form protects: the company's name, people, telephone numbers.
    fn check_teaser(&mut self) {
        let levels = levels_of(self.form);
        let is_named = levels.of(DemandPart::Organisation) == DisclosureLevel::Public;
        let mut telling: Vec<(&str, String)> = Vec::new();
        for key in PERSONAL_KEYS {
            telling.push((key, self.form.field(key).to_owned()));
        }
        if !is_named {
            let name = self.form.field("organisation_name");
            telling.push(("organisation_name", core_of_name(name).to_owned()));
            telling.push(("credit_code", self.form.field("credit_code").to_owned()));
        }
        for key in ["title", "summary"] {
            let shown = crate::region::plain(self.form.field(key));
            for (from, word) in &telling {
                let word = crate::region::plain(word);
                let is_long_enough = word.chars().count() >= TELLING_CHARACTERS_MIN
                    || (*from == "organisation_name" && word.chars().count() >= 2);
                if is_long_enough && shown.contains(&word) {
                    let value = self.form.field(key).to_owned();
                    self.problems.push(problem(
                        key,
                        &value,
                        "demand.teaser.gives_away",
                        "公开内容中写有企业名称或联系方式，请删去",
                        "what everybody reads names the company or a person; leave it out",
                    ));
                    break;
                }
            }
        }
    }
}

/// What is left of a company's name without its place and its legal form: by this it is known.
fn core_of_name(name: &str) -> &str {
    let mut core = name;
    for ending in
        ["有限责任公司", "股份有限公司", "有限公司", "集团公司", "公司", "集团", "厂", "合作社", "（集团）"]
    {
        core = core.strip_suffix(ending).unwrap_or(core);
    }
    for ending in ["科技", "技术", "实业", "股份"] {
        let cut = core.strip_suffix(ending).unwrap_or(core);
        if cut.chars().count() >= TELLING_CHARACTERS_MIN {
            core = cut;
        }
    }
    for beginning in ["湖南省", "湖南", "中国"] {
        let cut = core.strip_prefix(beginning).unwrap_or(core);
        if cut.chars().count() >= 2 {
            core = cut;
        }
    }
    core
}

/// The level of a word of the form, of a sheet or of the API.
pub(super) fn read_level(text: &str) -> Option<DisclosureLevel> {
    let text = text.trim();
    match text {
        "是" | "可公开" | "全部公开" => return Some(DisclosureLevel::Public),
        "否" | "不公开" | "保密" | "需保密" => return Some(DisclosureLevel::Undertaking),
        "登录后可见" | "部分公开" => return Some(DisclosureLevel::SignedIn),
        _ => {}
    }
    DisclosureLevel::CHOICES.into_iter().find(|level| level.code() == text || level.label() == text)
}

/// A day as people write it: 2027-06-30, 2027.6.30, 2027年6月30日; a month means its last day, a year 31 December.
fn read_day(text: &str) -> Option<Date> {
    let plain: String = text.chars().map(half_width).filter(|c| !c.is_whitespace()).collect();
    let plain = plain.trim_end_matches(['前', '内', '底', '止', '之']).trim_end_matches('以');
    let parts: Vec<i32> = plain
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .map(str::parse)
        .collect::<Result<_, _>>()
        .ok()?;
    let year = i16::try_from(*parts.first()?).ok().filter(|year| (1990..=2200).contains(year))?;
    let month = parts.get(1).map_or(Some(12), |month| i8::try_from(*month).ok())?;
    match parts.get(2) {
        Some(day) => Date::new(year, month, i8::try_from(*day).ok()?).ok(),
        None => Date::new(year, month, 1).ok().map(Date::last_of_month),
    }
}

fn too_long(key: &str, text: &str, characters_max: usize) -> RowProblem {
    let shown: String = text.chars().take(20).collect();
    problem(
        key,
        &shown,
        "demand.too_long",
        format!("最多 {characters_max} 字，现有 {} 字", text.chars().count()),
        format!("at most {characters_max} characters, now {}", text.chars().count()),
    )
}

fn problem(
    key: &str,
    value: &str,
    code: &'static str,
    zh: impl Into<String>,
    en: impl Into<String>,
) -> RowProblem {
    RowProblem {
        field: key.to_owned(),
        value: value.to_owned(),
        code,
        reason_zh: zh.into(),
        reason_en: en.into(),
        fix_zh: "请改正".to_owned(),
        fix_en: "correct it".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::region::tests::HUNAN;

    const TODAY: Date = date(2026, 11, 23);

    fn form() -> DemandForm {
        let form = DemandForm { holds_no_secrets: true, ..DemandForm::default() };
        form.with("organisation_name", "示例华耀电池科技有限公司")
            .with("division", "长沙市浏阳市")
            .with("contact", "示例甲")
            .with("telephone", "0731-00000000")
            .with("title", "储能电池低温性能提升")
            .with("summary", "低温下放电容量保持率偏低，寻求电解液方案。")
            .with("problem", "零下二十度放电容量保持率只有六成。")
            .with("figures", "容量保持率：≥85%（现为60%）")
            .with("field", "新能源与高效节能")
            .with("modes", "委托开发、合作研发")
            .with("budget", "不超过３００万元")
            .with("deadline", "2027年6月底前")
    }

    #[test]
    fn a_form_is_read_as_people_fill_it_in() {
        let demand = check_demand(&form(), &HUNAN, TODAY).expect("a demand");
        assert_eq!(demand.division, DivisionCode(430_181));
        assert_eq!(demand.field, "6");
        assert_eq!(demand.budget, Budget::UpTo(Fen(300_000_000)));
        assert_eq!(demand.deadline, Some(date(2027, 6, 30)));
        let modes = [CooperationMode::CommissionedDevelopment, CooperationMode::JointDevelopment];
        assert_eq!(demand.modes, modes);
        assert_eq!(demand.figures[0].today, "60%");
        assert_eq!(demand.ip_wish, IpWish::Open);
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once_and_by_its_field() {
        let wrong = DemandForm::default()
            .with("division", "火星县")
            .with("modes", "赠送")
            .with("budget", "很多")
            .with("deadline", "2020-01-01")
            .with("colour", "红");
        let problems = check_demand(&wrong, &HUNAN, TODAY).expect_err("problems");
        let fields: Vec<&str> = problems.iter().map(|problem| problem.field.as_str()).collect();
        for field in [
            "organisation_name",
            "title",
            "division",
            "modes",
            "budget",
            "deadline",
            "colour",
            "holds_no_secrets",
        ] {
            assert!(fields.contains(&field), "{field} in {fields:?}");
        }
    }

    #[test]
    fn the_teaser_names_neither_company_nor_people() {
        for (key, text) in [("title", "华耀电池低温性能提升"), ("summary", "请联系 ０７３１-00000000")]
        {
            let form = form().with("organisation_name", "湖南华耀电池有限公司").with(key, text);
            let problems = check_demand(&form, &HUNAN, TODAY).expect_err("it gives away too much");
            assert!(problems.iter().any(|one| one.code == "demand.teaser.gives_away" && one.field == key));
        }
        let open = form()
            .with("organisation_name", "湖南华耀电池有限公司")
            .with("title", "华耀电池低温性能提升")
            .with("level.organisation", "public");
        assert!(check_demand(&open, &HUNAN, TODAY).is_ok());
    }

    #[test]
    fn a_budget_is_read_with_its_unit_and_its_kind() {
        let read = |text| Budget::read(text);
        assert_eq!(read("300"), Some(Budget::About(Fen(300_000_000))));
        assert_eq!(read("约 ５０ 万元左右"), Some(Budget::About(Fen(50_000_000))));
        assert_eq!(read("500000元"), Some(Budget::About(Fen(50_000_000))));
        assert_eq!(read("200万以内"), Some(Budget::UpTo(Fen(200_000_000))));
        let words = |text| read(text).map(|budget| budget.words().0);
        assert_eq!(words("约300"), Some("300 万元".to_owned()));
        assert_eq!(words("不超过12.5万"), Some("不超过 12.5 万元".to_owned()));
        assert_eq!(read("面议"), Some(Budget::Open));
        assert_eq!(read(""), Some(Budget::Open));
        for wrong in ["很多", "-5", "0", "1e9"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
