//! Whether a form can be handed in: everything that is missing or wrong, told at once with its field.

use jiff::civil::Date;

use super::form::{AchievementForm, PatentFiling, WrittenOpenLicence, WrittenRight, problem};
use super::kind::{AchievementKind, RightStatus};
use super::patent_number::{PatentKind, PatentNumber, PatentNumberProblem};
use crate::contract::RowProblem;
use crate::contract::application::PricingMethod;
use crate::market::CooperationMode;
use crate::money::{Fen, MoneyUnit};
use crate::region::{DivisionCode, Region};

/// Kinds of rights that are patents: 专利, 发明, 实用新型, 外观设计.
const PATENT_CODES: [&str; 4] = ["2", "21", "22", "23"];
/// Of which an open licence needs the evaluation report (专利权评价报告) besides: 实用新型, 外观设计.
const NO_RIGHTS_CODE: &str = "9";
/// Words of how the fee of an open licence is paid.
const FEE_MODES: [&str; 3] = ["single", "yearly", "share"];

/// What a checked form says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Achievement {
    /// What it is.
    pub kind: AchievementKind,
    /// Code of the technical field.
    pub field: String,
    /// Code of the industry, possibly empty.
    pub industry: String,
    /// Code of the maturity, possibly empty where it is no result.
    pub maturity: String,
    /// Where it is.
    pub division: DivisionCode,
    /// How it may be used.
    pub modes: Vec<CooperationMode>,
    /// Its rights.
    pub rights: Vec<Right>,
    /// Its price.
    pub price: Price,
    /// Whether a patent is still to be filed.
    pub patent_filing: PatentFiling,
    /// The statement of an open licence.
    pub open_licence: Option<OpenLicence>,
}

/// A right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Right {
    /// Code of the list `ip_kind`.
    pub kind: String,
    /// As it is written, a Chinese patent's with `ZL`.
    pub number: String,
    /// How it stands.
    pub status: RightStatus,
    /// Whose it is.
    pub holder: String,
    /// Its last day, where it has one.
    pub valid_until: Option<Date>,
}

/// A price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    /// How it is found (转化法 第十八条).
    pub method: PricingMethod,
    /// What is asked; none where it is to be negotiated.
    pub asked: Option<Fen>,
}

/// The statement of an open licence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenLicence {
    /// The last day on which it is open; none where it is open as long as the patent lives.
    pub valid_until: Option<Date>,
    /// 公告号; none while the patent office has not announced it, before which it has no effect.
    pub announcement: Option<String>,
}

/// Makes an entry of a form, or says everything that is missing or wrong.
///
/// # Errors
/// One problem a field.
pub fn check_achievement(
    form: &AchievementForm,
    region: &Region,
    today: Date,
) -> Result<Achievement, Vec<RowProblem>> {
    let mut check = Check { form, region, today, problems: Vec::new() };
    let achievement = check.achievement();
    match achievement {
        Some(achievement) if check.problems.is_empty() => Ok(achievement),
        _ => Err(check.problems),
    }
}

/// Whether a problem is only that something is not there yet, so that a draft can be kept.
#[must_use]
pub fn is_only_missing(form: &AchievementForm, problem: &RowProblem) -> bool {
    match problem.code {
        "achievement.missing" | "achievement.contact" | "achievement.rights" | "achievement.secrets" => true,
        "achievement.price" => form.price.amount.trim().is_empty(),
        "achievement.patent_filing" => form.clearance.patent_filing.trim().is_empty(),
        _ => false,
    }
}

/// A patent's number as pages and sheets show it; as it was typed where it is none of ours.
#[must_use]
pub fn shown_patent_number(text: &str) -> String {
    PatentNumber::parse(text).map_or_else(|_| text.trim().to_owned(), |number| number.to_string())
}

struct Check<'a> {
    form: &'a AchievementForm,
    region: &'a Region,
    today: Date,
    problems: Vec<RowProblem>,
}

impl Check<'_> {
    fn add(&mut self, field: &str, code: &'static str, reason: (&str, &str), fix: (&str, &str)) {
        self.problems.push(problem(field, code, reason, fix));
    }

    fn missing(&mut self, field: &str) {
        let reason = ("没有填写", "this is not filled in");
        self.add(field, "achievement.missing", reason, ("请填写", "fill it in"));
    }

    fn stated(&mut self, field: &str, text: &str) {
        if text.trim().is_empty() {
            self.missing(field);
        }
    }

    fn achievement(&mut self) -> Option<Achievement> {
        let form = self.form;
        let kind = AchievementKind::from_code(&form.kind);
        if kind.is_none() {
            self.missing("kind");
        }
        self.stated("title", &form.title);
        self.stated("summary", &form.summary);
        let field = self.code("field", "technical_field", &form.field, true);
        let industry = self.code("industry", "industry", &form.industry, false);
        let is_result = kind == Some(AchievementKind::Result);
        let maturity = self.code("maturity", "maturity", &form.maturity, is_result);
        let division = self.division();
        if kind != Some(AchievementKind::Patent) {
            self.stated("problem", &form.problem);
        }
        if is_result {
            self.stated("evidence", &form.evidence);
            self.stated("comparison", &form.comparison);
        }
        let rights = self.rights(kind);
        let price = self.price();
        if form.cooperation_modes().is_empty() {
            self.missing("modes");
        }
        if form.modes.iter().any(|code| CooperationMode::from_code(code).is_none()) {
            self.add(
                "modes",
                "achievement.mode",
                ("没有这种合作方式", "there is no such mode"),
                ("请选择", "choose one"),
            );
        }
        self.stated("contact.name", &form.contact.name);
        if form.contact.telephone.trim().is_empty() && form.contact.email.trim().is_empty() {
            self.add(
                "contact.telephone",
                "achievement.contact",
                ("电话和邮箱至少填一项", "neither a telephone nor an email is given"),
                ("请填写", "fill one in"),
            );
        }
        let patent_filing = self.clearance();
        let open_licence = self.open_licence(&form.open_licence);
        Some(Achievement {
            kind: kind?,
            field: field?,
            industry: industry?,
            maturity: maturity?,
            division: division?,
            modes: form.cooperation_modes(),
            rights: rights?,
            price: price?,
            patent_filing: patent_filing?,
            open_licence: open_licence?,
        })
    }

    /// A code that holds today, or a name of one; empty is fine where it is not needed.
    fn code(&mut self, field: &str, list: &str, text: &str, is_needed: bool) -> Option<String> {
        let text = text.trim();
        if text.is_empty() {
            if is_needed {
                self.missing(field);
                return None;
            }
            return Some(String::new());
        }
        let found = self.region.codes(list).and_then(|list| list.find(text, self.today));
        if found.is_none() {
            let reason = (format!("“{text}”不在代码表中"), format!("«{text}» is not in the code list"));
            self.add(field, "achievement.code", (&reason.0, &reason.1), ("请选择", "choose one"));
        }
        found.map(|code| code.code.clone())
    }

    fn division(&mut self) -> Option<DivisionCode> {
        let text = self.form.division.trim();
        if text.is_empty() {
            self.missing("division");
            return None;
        }
        let found = DivisionCode::parse(text).filter(|code| self.region.divisions().is_current(*code));
        if found.is_none() {
            let reason = ("不是现行的行政区划代码", "no code of a division that exists today");
            self.add(
                "division",
                "achievement.division",
                reason,
                ("请从列表中选择", "choose one of the list"),
            );
        }
        found
    }

    fn rights(&mut self, kind: Option<AchievementKind>) -> Option<Vec<Right>> {
        let form = self.form;
        if form.rights.is_empty() && matches!(kind, Some(AchievementKind::Result | AchievementKind::Patent)) {
            let fix = ("没有的请选“未涉及知识产权”", "where there is none, say so by its kind");
            self.add("rights", "achievement.rights", ("没有填写知识产权", "no right is named"), fix);
            return None;
        }
        if kind == Some(AchievementKind::Patent) {
            let is_one = form.rights.len() == 1 && PATENT_CODES.contains(&form.rights[0].kind.as_str());
            if !is_one {
                let reason =
                    ("专利条目应有且只有一项专利", "a patent's entry has exactly one right, a patent");
                self.add("rights", "achievement.one_patent", reason, ("请核对", "check it"));
            }
        }
        let read: Vec<Option<Right>> =
            form.rights.iter().enumerate().map(|(at, right)| self.right(at, right)).collect();
        read.into_iter().collect()
    }

    fn right(&mut self, at: usize, right: &WrittenRight) -> Option<Right> {
        let place = |key: &str| format!("rights.{at}.{key}");
        let kind = self.code(&place("kind"), "ip_kind", &right.kind, true)?;
        if kind == NO_RIGHTS_CODE {
            return Some(Right {
                kind,
                number: String::new(),
                status: RightStatus::InForce,
                holder: String::new(),
                valid_until: None,
            });
        }
        let number = self.number(&place("number"), &kind, &right.number);
        let status = RightStatus::from_code(right.status.trim());
        if status.is_none() {
            self.missing(&place("status"));
        }
        self.stated(&place("holder"), &right.holder);
        let valid_until = self.day(&place("valid_until"), &right.valid_until);
        if let (Some(RightStatus::InForce | RightStatus::Pledged), Some(Some(day))) = (status, valid_until)
            && day < self.today
        {
            let reason = ("已过有效期，却写为有效", "it is called in force after its last day");
            self.add(
                &place("status"),
                "achievement.right_over",
                reason,
                ("请核对法律状态", "check how it stands"),
            );
        }
        Some(Right {
            kind,
            number: number?,
            status: status?,
            holder: right.holder.clone(),
            valid_until: valid_until?,
        })
    }

    /// A Chinese patent's number is checked; another country's begins with its letters and stays as it is.
    fn number(&mut self, field: &str, kind: &str, text: &str) -> Option<String> {
        let text = text.trim();
        if !PATENT_CODES.contains(&kind) {
            return Some(text.to_owned());
        }
        if text.is_empty() {
            self.missing(field);
            return None;
        }
        let is_foreign = text.len() > 2
            && text.bytes().take(2).all(|byte| byte.is_ascii_alphabetic())
            && !["ZL", "CN"].contains(&text[..2].to_ascii_uppercase().as_str());
        if is_foreign {
            return Some(text.to_owned());
        }
        match PatentNumber::parse(text) {
            Ok(number) => {
                let said = number.kind();
                if kind != "2" && said.ip_code() != kind {
                    let reason = (
                        format!("按号码应为{}", kind_word(said).0),
                        format!("by its number it is {}", kind_word(said).1),
                    );
                    self.add(
                        field,
                        "achievement.patent_kind",
                        (&reason.0, &reason.1),
                        ("请核对类型或号码", "check kind or number"),
                    );
                }
                Some(number.to_string())
            }
            Err(found) => {
                let (reason, fix) = number_words(found);
                self.add(field, "achievement.patent_number", reason, fix);
                None
            }
        }
    }

    fn day(&mut self, field: &str, text: &str) -> Option<Option<Date>> {
        let text = text.trim();
        if text.is_empty() {
            return Some(None);
        }
        let day: Option<Date> = text.parse().ok();
        if day.is_none() {
            let reason = ("不是日期", "no date");
            self.add(field, "achievement.date", reason, ("请写成 2026-11-23", "write it as 2026-11-23"));
        }
        day.map(Some)
    }

    fn price(&mut self) -> Option<Price> {
        let price = &self.form.price;
        let method = PricingMethod::ALL.into_iter().find(|method| method.code() == price.method);
        if method.is_none() {
            self.missing("price.method");
        }
        let amount = price.amount.trim();
        if price.is_negotiable || self.form.open_licence.is_stated {
            if !amount.is_empty() && price.is_negotiable {
                let reason = ("已选面议，又填了价格", "negotiable and an amount at once");
                self.add("price.amount", "achievement.price_twice", reason, ("请只选一项", "choose one"));
            }
            return Some(Price { method: method?, asked: Fen::parse(amount, MoneyUnit::Yuan).ok() });
        }
        match Fen::parse(amount, MoneyUnit::Yuan) {
            Ok(asked) if asked > Fen(0) => Some(Price { method: method?, asked: Some(asked) }),
            _ => {
                let reason = ("没有价格", "there is no price");
                let fix =
                    ("请填写以元为单位的金额，或选“面议”", "fill in an amount in yuan, or choose negotiable");
                self.add("price.amount", "achievement.price", reason, fix);
                None
            }
        }
    }

    fn clearance(&mut self) -> Option<PatentFiling> {
        let answer = self.form.patent_filing();
        if answer.is_none() {
            let reason =
                ("没有说明是否还要申请专利", "whether a patent is still to be filed is not answered");
            self.add(
                "clearance.patent_filing",
                "achievement.patent_filing",
                reason,
                ("请选择", "choose one"),
            );
        }
        let has_patent = self.form.rights.iter().any(|right| PATENT_CODES.contains(&right.kind.as_str()));
        if answer == Some(PatentFiling::Filed) && !has_patent {
            let reason = ("说明已申请专利，却没有列出", "a patent is said to be filed, and none is named");
            self.add(
                "rights",
                "achievement.patent_unnamed",
                reason,
                ("请在知识产权中填写", "name it among the rights"),
            );
        }
        if !self.form.clearance.holds_no_secrets {
            let reason = ("没有作出不涉密承诺", "the undertaking that nothing is secret is not given");
            let fix =
                ("涉及国家秘密的成果不得在本系统填报", "what is a state secret must not be entered here");
            self.add("clearance.holds_no_secrets", "achievement.secrets", reason, fix);
        }
        answer
    }

    /// 专利法 第五十条: granted patents, the fee's mode and standard stated; for utility models and designs with the
    /// evaluation report. 第五十一条: while it is open no exclusive licence is given.
    fn open_licence(&mut self, licence: &WrittenOpenLicence) -> Option<Option<OpenLicence>> {
        if !licence.is_stated {
            return Some(None);
        }
        let is_granted = |right: &WrittenRight| {
            PATENT_CODES.contains(&right.kind.as_str()) && right.status == RightStatus::InForce.code()
        };
        if !self.form.rights.iter().any(is_granted) {
            let reason = (
                "开放许可须有已授权、有效且未质押的专利",
                "an open licence needs a granted patent, in force and not pledged",
            );
            self.add(
                "open_licence.is_stated",
                "achievement.open_licence_patent",
                reason,
                ("请核对知识产权", "check the rights"),
            );
        }
        if !FEE_MODES.contains(&licence.fee_mode.as_str()) {
            self.missing("open_licence.fee_mode");
        }
        self.stated("open_licence.fee", &licence.fee);
        let needs_report = |right: &WrittenRight| matches!(right.kind.as_str(), "22" | "23");
        if self.form.rights.iter().any(needs_report) && !licence.conditions.contains("评价报告") {
            let reason = (
                "实用新型、外观设计开放许可须有专利权评价报告",
                "a utility model or design needs its evaluation report",
            );
            let fix = (
                "请在其他条件中写明评价报告的日期和结论",
                "name the report's day and result among the conditions",
            );
            self.add("open_licence.conditions", "achievement.open_licence_report", reason, fix);
        }
        let valid_until = self.day("open_licence.valid_until", &licence.valid_until);
        if let Some(Some(day)) = valid_until
            && day < self.today
        {
            let reason = ("许可期限已过", "its last day is over");
            self.add(
                "open_licence.valid_until",
                "achievement.open_licence_over",
                reason,
                ("请核对", "check it"),
            );
        }
        let announcement = Some(licence.announcement.trim().to_owned()).filter(|text| !text.is_empty());
        Some(Some(OpenLicence { valid_until: valid_until?, announcement }))
    }
}

const fn kind_word(kind: PatentKind) -> (&'static str, &'static str) {
    match kind {
        PatentKind::Invention => ("发明专利", "an invention patent"),
        PatentKind::UtilityModel => ("实用新型专利", "a utility model"),
        PatentKind::Design => ("外观设计专利", "a design"),
    }
}

type Words = (&'static str, &'static str);

const fn number_words(problem: PatentNumberProblem) -> (Words, Words) {
    match problem {
        PatentNumberProblem::PublicationNumber => (
            ("这是公布号、公告号，不是专利号", "this is the number of a publication"),
            (
                "请填申请号或专利号，如 ZL202110000001.6",
                "fill in the application's number, such as ZL202110000001.6",
            ),
        ),
        PatentNumberProblem::Length => (
            ("位数不对：应为 12 位数字加校验位", "a number has twelve digits and a check digit"),
            ("请核对号码", "check the number"),
        ),
        PatentNumberProblem::Kind => (
            ("第五位应为 1、2、3、8 或 9", "the fifth digit is 1, 2, 3, 8 or 9"),
            ("请核对号码", "check the number"),
        ),
        PatentNumberProblem::Check => (
            ("校验位不符，号码中有一位写错", "the check digit does not fit: a digit is wrong"),
            ("请核对号码", "check the number"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::form::{Clearance, WrittenContact, WrittenPrice};
    use super::*;
    use crate::region::tests::HUNAN;
    use jiff::civil::date;

    const TODAY: Date = date(2026, 11, 23);

    fn good() -> AchievementForm {
        let text = |text: &str| text.to_owned();
        AchievementForm {
            kind: text("result"),
            title: text("示例成果"),
            summary: text("一句话"),
            field: text("3"),
            division: text("430104"),
            maturity: text("4"),
            problem: text("问题"),
            evidence: text("证据"),
            comparison: text("比较"),
            rights: vec![WrittenRight {
                kind: text("21"),
                number: text("202110000001.6"),
                status: text("in_force"),
                holder: text("示例大学"),
                valid_until: text("2041-01-05"),
            }],
            price: WrittenPrice { method: text("agreed"), amount: text("1200000"), is_negotiable: false },
            modes: vec![text("licence")],
            contact: WrittenContact { name: text("示例"), telephone: text("0731"), email: String::new() },
            clearance: Clearance { patent_filing: text("filed"), holds_no_secrets: true },
            ..AchievementForm::default()
        }
    }

    fn problems(form: &AchievementForm) -> Vec<String> {
        let found = check_achievement(form, &HUNAN, TODAY).expect_err("a problem");
        found.into_iter().map(|problem| format!("{} {}", problem.field, problem.code)).collect()
    }

    #[test]
    fn a_complete_form_becomes_an_entry() {
        let found = check_achievement(&good(), &HUNAN, TODAY).expect("complete");
        assert_eq!(found.rights[0].number, "ZL202110000001.6");
        assert_eq!(found.price.asked, Some(Fen(120_000_000)));
        assert_eq!((found.field.as_str(), found.maturity.as_str()), ("3", "4"));
    }

    #[test]
    fn an_empty_form_is_told_everything_at_once() {
        let found = problems(&AchievementForm::default());
        for field in [
            "kind",
            "title",
            "summary",
            "field",
            "division",
            "modes",
            "price.method",
            "clearance.patent_filing",
        ] {
            assert!(found.iter().any(|one| one.starts_with(field)), "{field}: {found:?}");
        }
    }

    #[test]
    fn numbers_that_contradict_their_kind_and_rights_that_are_over_are_told() {
        let mut form = good();
        form.rights[0].kind = "22".to_owned();
        assert_eq!(problems(&form), ["rights.0.number achievement.patent_kind"]);
        let mut form = good();
        form.rights[0].valid_until = "2026-11-22".to_owned();
        assert_eq!(problems(&form), ["rights.0.status achievement.right_over"]);
        let mut form = good();
        form.rights[0].number = "US 10,000,000".to_owned();
        assert!(check_achievement(&form, &HUNAN, TODAY).is_ok());
        let mut form = good();
        form.rights[0].number = "号码".to_owned();
        assert_eq!(problems(&form), ["rights.0.number achievement.patent_number"]);
    }

    #[test]
    fn an_open_licence_needs_a_granted_patent_and_its_fee() {
        let mut form = good();
        form.open_licence.is_stated = true;
        assert_eq!(
            problems(&form),
            ["open_licence.fee_mode achievement.missing", "open_licence.fee achievement.missing"]
        );
        form.open_licence.fee_mode = "yearly".to_owned();
        form.open_licence.fee = "每年 2 万元".to_owned();
        assert!(check_achievement(&form, &HUNAN, TODAY).is_ok());
        form.rights[0].status = "pledged".to_owned();
        assert_eq!(problems(&form), ["open_licence.is_stated achievement.open_licence_patent"]);
    }

    #[test]
    fn what_is_still_to_be_filed_can_be_handed_in_and_says_so() {
        let mut form = good();
        form.clearance.patent_filing = "to_file".to_owned();
        let found = check_achievement(&form, &HUNAN, TODAY).expect("a unit may review it");
        assert_eq!(found.patent_filing, PatentFiling::ToFile);
    }
}
