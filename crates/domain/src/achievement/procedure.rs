//! From the draft to the market and off it (办理流程): who may take which step, and what stands in the way.
//!
//! ```text
//! draft → submit → submitted → clear → reviewed → publicise → publicity → list → listed → license | assign
//!   ↑____________ send_back ______|                                                   withdraw → withdrawn
//!   ↑_________________________________________ revise ______________________________________|
//! ```

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::form::{AchievementForm, PatentFiling};

/// Where an entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AchievementState {
    /// 草稿
    Draft,
    /// 待保密审查: somebody else of the unit has to look at it.
    Submitted,
    /// 已通过保密审查
    Reviewed,
    /// 公示中: name and price are open to objections.
    Publicity,
    /// 已挂牌
    Listed,
    /// 已许可: licensed, and still offered.
    Licensed,
    /// 已转让
    Assigned,
    /// 已撤下
    Withdrawn,
}

impl AchievementState {
    /// Every state, in the order of the procedure.
    pub const ALL: [Self; 8] = [
        Self::Draft,
        Self::Submitted,
        Self::Reviewed,
        Self::Publicity,
        Self::Listed,
        Self::Licensed,
        Self::Assigned,
        Self::Withdrawn,
    ];

    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Draft => ("draft", "草稿", "draft"),
            Self::Submitted => ("submitted", "待保密审查", "waits for the confidentiality review"),
            Self::Reviewed => ("reviewed", "已通过保密审查", "cleared"),
            Self::Publicity => ("publicity", "公示中", "in its publicity period"),
            Self::Listed => ("listed", "已挂牌", "listed"),
            Self::Licensed => ("licensed", "已许可", "licensed"),
            Self::Assigned => ("assigned", "已转让", "assigned"),
            Self::Withdrawn => ("withdrawn", "已撤下", "withdrawn"),
        }
    }

    /// The word of the database and the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.words().0
    }

    /// The Chinese term.
    #[must_use]
    pub const fn label(self) -> &'static str {
        self.words().1
    }

    /// The English term.
    #[must_use]
    pub const fn label_en(self) -> &'static str {
        self.words().2
    }

    /// The state of a stored word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether everybody may find it.
    #[must_use]
    pub const fn is_public(self) -> bool {
        matches!(self, Self::Publicity | Self::Listed | Self::Licensed | Self::Assigned)
    }

    /// Whether somebody can still have it: what matching looks through.
    #[must_use]
    pub const fn is_offered(self) -> bool {
        matches!(self, Self::Listed | Self::Licensed)
    }
}

/// A step of the procedure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AchievementStep {
    /// 提交保密审查
    Submit,
    /// 退回修改
    SendBack,
    /// 通过保密审查
    Clear,
    /// 开始公示
    Publicise,
    /// 挂牌
    List,
    /// 登记许可
    License,
    /// 登记转让
    Assign,
    /// 修改: off the market until it is reviewed again.
    Revise,
    /// 撤下
    Withdraw,
}

impl AchievementStep {
    /// Every step.
    pub const ALL: [Self; 9] = [
        Self::Submit,
        Self::Clear,
        Self::SendBack,
        Self::Publicise,
        Self::List,
        Self::License,
        Self::Assign,
        Self::Revise,
        Self::Withdraw,
    ];

    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Submit => ("submit", "提交保密审查", "hand in for review"),
            Self::SendBack => ("send_back", "退回修改", "send back"),
            Self::Clear => ("clear", "通过保密审查", "clear it"),
            Self::Publicise => ("publicise", "开始公示", "begin the publicity period"),
            Self::List => ("list", "挂牌", "list it"),
            Self::License => ("license", "登记许可", "note a licence"),
            Self::Assign => ("assign", "登记转让", "note the assignment"),
            Self::Revise => ("revise", "修改", "revise it"),
            Self::Withdraw => ("withdraw", "撤下", "withdraw it"),
        }
    }

    /// The word of the database and the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.words().0
    }

    /// The Chinese term.
    #[must_use]
    pub const fn label(self) -> &'static str {
        self.words().1
    }

    /// The English term.
    #[must_use]
    pub const fn label_en(self) -> &'static str {
        self.words().2
    }

    /// The step of a stored word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.code() == code)
    }

    /// Whether it needs words: what is to be changed, with whom the contract was made, why it goes.
    #[must_use]
    pub const fn needs_words(self) -> bool {
        matches!(self, Self::SendBack | Self::Withdraw | Self::Assign | Self::License)
    }
}

/// How the publicity period of an entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PublicityStanding {
    /// Its way of pricing asks for none.
    NotNeeded,
    /// It has still to be publicised, or name or price changed since.
    Needed,
    /// Publicised until this day; none where the calendar of that year is not known yet.
    Until(Option<Date>),
}

/// What the procedure knows of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Where it stands.
    pub state: AchievementState,
    /// Whoever wrote on it: none of them reviews it.
    pub authors: Vec<String>,
    /// Whether a patent is still to be filed; none before it is answered.
    pub patent_filing: Option<PatentFiling>,
    /// How its publicity stands.
    pub publicity: PublicityStanding,
    /// Objections that wait for an answer.
    pub open_objections: usize,
}

/// Who takes a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepTaker<'a> {
    /// Somebody of the unit, by the name of the log.
    OfUnit(&'a str),
    /// Somebody of the office that watches the market; takes down, and nothing else.
    OfOffice,
}

/// What stands in the way of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Obstacle {
    /// The step does not lead on from this state.
    NotNow,
    /// Only the unit takes this step.
    OnlyTheUnit,
    /// Whoever wrote it reviews it not.
    SamePerson,
    /// A patent is still to be filed.
    PatentToFile,
    /// Name and price have to be publicised first.
    PublicityNeeded,
    /// The publicity period is not over.
    PublicityRunning,
    /// An objection waits for its answer.
    ObjectionOpen,
}

impl Obstacle {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotNow => "achievement.not_now",
            Self::OnlyTheUnit => "achievement.only_the_unit",
            Self::SamePerson => "achievement.same_person",
            Self::PatentToFile => "achievement.patent_to_file",
            Self::PublicityNeeded => "achievement.publicity_needed",
            Self::PublicityRunning => "achievement.publicity_running",
            Self::ObjectionOpen => "achievement.objection_open",
        }
    }

    /// In words, Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::NotNow => ("当前状态不能办理这一步", "this step does not lead on from where it stands"),
            Self::OnlyTheUnit => ("只有填报单位可以办理", "only the unit takes this step"),
            Self::SamePerson => (
                "保密审查须由本单位未参与填写的另一人办理",
                "somebody else of the unit, who did not write it, reviews it",
            ),
            Self::PatentToFile => (
                "还有专利待申请：公开会使专利丧失新颖性，提交申请前不公示、不挂牌",
                "a patent is still to be filed; showing it before would take its novelty",
            ),
            Self::PublicityNeeded => (
                "协议定价须先公示成果名称和拟交易价格",
                "with an agreed price, name and price are publicised first",
            ),
            Self::PublicityRunning => ("公示期未满", "the publicity period is not over"),
            Self::ObjectionOpen => ("有异议尚未答复", "an objection waits for its answer"),
        }
    }
}

/// Where a step leads, or everything that stands in its way.
///
/// # Errors
/// What stands in the way; a step that does not lead on from the state tells only that.
pub fn decide_step(
    offer: &Offer,
    taker: StepTaker<'_>,
    step: AchievementStep,
    today: Date,
) -> Result<AchievementState, Vec<Obstacle>> {
    use AchievementState::{Assigned, Draft, Licensed, Listed, Publicity, Reviewed, Submitted, Withdrawn};
    use AchievementStep as Step;
    let next = match (offer.state, step) {
        (Draft, Step::Submit) => Submitted,
        (Submitted, Step::SendBack | Step::Revise) => Draft,
        (Submitted, Step::Clear) => Reviewed,
        (Reviewed, Step::Publicise) => Publicity,
        (Reviewed | Publicity, Step::List) => Listed,
        (Listed | Licensed, Step::License) => Licensed,
        (Listed | Licensed, Step::Assign) => Assigned,
        (Reviewed | Publicity | Listed | Licensed | Withdrawn, Step::Revise) => Draft,
        (Submitted | Reviewed | Publicity | Listed | Licensed, Step::Withdraw) => Withdrawn,
        _ => return Err(vec![Obstacle::NotNow]),
    };
    let mut obstacles = Vec::new();
    match taker {
        StepTaker::OfOffice if step != Step::Withdraw => obstacles.push(Obstacle::OnlyTheUnit),
        StepTaker::OfUnit(person)
            if matches!(step, Step::Clear) && offer.authors.iter().any(|author| author == person) =>
        {
            obstacles.push(Obstacle::SamePerson);
        }
        _ => {}
    }
    if next.is_public() && offer.patent_filing.is_none_or(|answer| answer == PatentFiling::ToFile) {
        obstacles.push(Obstacle::PatentToFile);
    }
    if step == Step::List {
        match offer.publicity {
            PublicityStanding::NotNeeded => {}
            PublicityStanding::Needed => obstacles.push(Obstacle::PublicityNeeded),
            PublicityStanding::Until(Some(last)) if last < today => {}
            PublicityStanding::Until(_) => obstacles.push(Obstacle::PublicityRunning),
        }
    }
    if matches!(step, Step::List | Step::License | Step::Assign) && offer.open_objections > 0 {
        obstacles.push(Obstacle::ObjectionOpen);
    }
    if obstacles.is_empty() { Ok(next) } else { Err(obstacles) }
}

/// What a publicity period is of: name and price. Where neither changes, it need not be repeated.
#[must_use]
pub fn publicity_key(form: &AchievementForm) -> String {
    let price = &form.price;
    let negotiable = if price.is_negotiable { "面议" } else { "" };
    [form.title.as_str(), &price.method, &price.amount, negotiable].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const TODAY: Date = date(2026, 11, 23);

    fn offer(state: AchievementState) -> Offer {
        Offer {
            state,
            authors: vec!["甲".to_owned()],
            patent_filing: Some(PatentFiling::Filed),
            publicity: PublicityStanding::NotNeeded,
            open_objections: 0,
        }
    }

    #[test]
    fn nothing_is_shown_while_a_patent_is_still_to_be_filed() {
        for answer in [Some(PatentFiling::ToFile), None] {
            for state in AchievementState::ALL {
                for step in AchievementStep::ALL {
                    let asked = Offer { patent_filing: answer, ..offer(state) };
                    if let Ok(next) = decide_step(&asked, StepTaker::OfUnit("乙"), step, TODAY) {
                        assert!(!next.is_public(), "{} {}", state.code(), step.code());
                    }
                }
            }
        }
    }

    #[test]
    fn nothing_is_shown_that_nobody_else_has_reviewed() {
        for state in AchievementState::ALL.into_iter().filter(|state| !state.is_public()) {
            for step in AchievementStep::ALL {
                let next = decide_step(&offer(state), StepTaker::OfUnit("乙"), step, TODAY);
                let leads_to_market = next.is_ok_and(AchievementState::is_public);
                assert_eq!(
                    leads_to_market,
                    state == AchievementState::Reviewed
                        && matches!(step, AchievementStep::Publicise | AchievementStep::List)
                );
            }
        }
        let own = decide_step(
            &offer(AchievementState::Submitted),
            StepTaker::OfUnit("甲"),
            AchievementStep::Clear,
            TODAY,
        );
        assert_eq!(own, Err(vec![Obstacle::SamePerson]));
    }

    #[test]
    fn an_agreed_price_is_listed_the_day_after_its_publicity() {
        let listed = |publicity| {
            let asked = Offer { publicity, ..offer(AchievementState::Publicity) };
            decide_step(&asked, StepTaker::OfUnit("甲"), AchievementStep::List, TODAY)
        };
        assert_eq!(listed(PublicityStanding::Needed), Err(vec![Obstacle::PublicityNeeded]));
        assert_eq!(listed(PublicityStanding::Until(Some(TODAY))), Err(vec![Obstacle::PublicityRunning]));
        assert_eq!(listed(PublicityStanding::Until(None)), Err(vec![Obstacle::PublicityRunning]));
        assert_eq!(listed(PublicityStanding::Until(Some(date(2026, 11, 22)))), Ok(AchievementState::Listed));
    }

    #[test]
    fn an_open_objection_stops_what_would_settle_the_matter() {
        let asked = Offer { open_objections: 1, ..offer(AchievementState::Listed) };
        let step = |step| decide_step(&asked, StepTaker::OfUnit("甲"), step, TODAY);
        assert_eq!(step(AchievementStep::Assign), Err(vec![Obstacle::ObjectionOpen]));
        assert_eq!(step(AchievementStep::Withdraw), Ok(AchievementState::Withdrawn));
    }

    #[test]
    fn the_office_takes_down_and_nothing_else() {
        for state in AchievementState::ALL {
            for step in AchievementStep::ALL {
                let taken = decide_step(&offer(state), StepTaker::OfOffice, step, TODAY);
                assert!(taken.is_err() || step == AchievementStep::Withdraw, "{}", step.code());
            }
        }
    }

    #[test]
    fn another_price_needs_another_publicity() {
        let form = AchievementForm { title: "题".to_owned(), ..AchievementForm::default() };
        let mut other = form.clone();
        other.problem = "别的".to_owned();
        assert_eq!(publicity_key(&form), publicity_key(&other));
        other.price.amount = "1".to_owned();
        assert_ne!(publicity_key(&form), publicity_key(&other));
    }
}
