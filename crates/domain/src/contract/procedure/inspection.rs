//! The spot check and the revocation that may follow (抽查与撤销程序): notice to produce evidence → evidence → hearing offered →
//! heard → cleared or revoked → served → letters to tax and finance.
//!
//! Nobody loses a registration unheard: a revocation needs that the party was noticed, had its days for evidence, was
//! offered a hearing, and was heard or let its days pass.

use jiff::civil::Date;

/// Where an inspection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InspectionStage {
    /// 已抽中: drawn, or opened for cause.
    Drawn,
    /// 已通知举证
    Noticed,
    /// 已举证
    EvidenceIn,
    /// 已告知陈述申辩权
    HearingOffered,
    /// 已听取陈述申辩
    Heard,
    /// 未发现问题
    Cleared,
    /// 已决定撤销
    Revoked,
    /// 已送达
    Served,
    /// 已函告税务、财政
    Closed,
}

impl InspectionStage {
    /// Every stage.
    pub const ALL: [Self; 9] = [
        Self::Drawn,
        Self::Noticed,
        Self::EvidenceIn,
        Self::HearingOffered,
        Self::Heard,
        Self::Cleared,
        Self::Revoked,
        Self::Served,
        Self::Closed,
    ];

    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Drawn => ("drawn", "已抽中", "drawn"),
            Self::Noticed => ("noticed", "已通知举证", "noticed to produce evidence"),
            Self::EvidenceIn => ("evidence_in", "已举证", "evidence is in"),
            Self::HearingOffered => ("hearing_offered", "已告知陈述申辩权", "hearing offered"),
            Self::Heard => ("heard", "已听取陈述申辩", "heard"),
            Self::Cleared => ("cleared", "未发现问题", "cleared"),
            Self::Revoked => ("revoked", "已决定撤销", "revoked"),
            Self::Served => ("served", "已送达", "served"),
            Self::Closed => ("closed", "已函告税务、财政", "tax and finance informed"),
        }
    }

    /// The word stored in the database.
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

    /// The stage of a stored word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.code() == code)
    }

    /// Whether nothing follows any more.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Cleared | Self::Closed)
    }
}

/// What is done in an inspection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InspectionAct {
    /// 通知举证
    Notice,
    /// 举证: by the party.
    TakeEvidence,
    /// 告知拟撤销和陈述申辩权
    OfferHearing,
    /// 书面陈述申辩: by the party, who is heard by it.
    StateCase,
    /// 听取陈述申辩
    Hear,
    /// 未发现问题
    Clear,
    /// 撤销登记
    Revoke,
    /// 送达
    Serve,
    /// 函告税务、财政
    SendLetters,
}

impl InspectionAct {
    /// Every act, in order.
    pub const ALL: [Self; 9] = [
        Self::Notice,
        Self::TakeEvidence,
        Self::OfferHearing,
        Self::StateCase,
        Self::Hear,
        Self::Clear,
        Self::Revoke,
        Self::Serve,
        Self::SendLetters,
    ];

    const fn names(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Notice => ("notice", "通知举证", "give notice to produce evidence"),
            Self::TakeEvidence => ("take_evidence", "提交证据", "produce evidence"),
            Self::OfferHearing => ("offer_hearing", "告知陈述申辩权", "offer a hearing"),
            Self::StateCase => ("state_case", "书面陈述申辩", "state one's case in writing"),
            Self::Hear => ("hear", "听取陈述申辩", "hear the party"),
            Self::Clear => ("clear", "未发现问题", "clear"),
            Self::Revoke => ("revoke", "撤销登记", "revoke"),
            Self::Serve => ("serve", "送达", "serve the decision"),
            Self::SendLetters => ("send_letters", "函告税务、财政", "inform tax and finance"),
        }
    }

    /// The word stored in the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.names().0
    }

    /// The Chinese term.
    #[must_use]
    pub const fn label(self) -> &'static str {
        self.names().1
    }

    /// The English term.
    #[must_use]
    pub const fn label_en(self) -> &'static str {
        self.names().2
    }

    /// The act of a stored word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.code() == code)
    }

    /// Whose it is to do.
    #[must_use]
    pub const fn turn(self) -> Turn {
        match self {
            Self::TakeEvidence | Self::StateCase => Turn::Party,
            _ => Turn::Province,
        }
    }

    /// Whether it names coded grounds: the party has to know what it is to answer.
    #[must_use]
    pub const fn needs_ground(self) -> bool {
        matches!(self, Self::OfferHearing | Self::Revoke)
    }
}

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Turn {
    /// 省级管理部门
    Province,
    /// 当事人
    Party,
}

/// The days of an inspection: until when the party may produce evidence and be heard. None before the notice, and where
/// they run into a year whose holidays are not known: then nobody's time is over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InspectionDays {
    /// 举证期限
    pub evidence_due: Option<Date>,
    /// 陈述申辩期限
    pub hearing_due: Option<Date>,
}

impl InspectionDays {
    /// Until when the party is waited for at a stage.
    #[must_use]
    pub const fn due_at(self, stage: InspectionStage) -> Option<Date> {
        match stage {
            InspectionStage::Noticed => self.evidence_due,
            InspectionStage::HearingOffered => self.hearing_due,
            _ => None,
        }
    }
}

/// Whose turn it is at a stage; nobody's where nothing follows. The party is waited for until its days are over.
#[must_use]
pub fn turn_at(stage: InspectionStage, days: InspectionDays, today: Date) -> Option<Turn> {
    let is_over = days.due_at(stage).is_some_and(|last| last < today);
    match stage {
        InspectionStage::Cleared | InspectionStage::Closed => None,
        InspectionStage::Noticed | InspectionStage::HearingOffered if !is_over => Some(Turn::Party),
        _ => Some(Turn::Province),
    }
}

/// Why an act cannot be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InspectionObstacle {
    /// No such act from there.
    NotFromHere,
    /// The party's days for evidence are not over.
    EvidenceDaysRun,
    /// The party's days for a hearing are not over.
    HearingDaysRun,
    /// What is to be revoked needs a coded ground.
    GroundMissing,
}

impl InspectionObstacle {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotFromHere => "inspection.not_from_here",
            Self::EvidenceDaysRun => "inspection.evidence_days_run",
            Self::HearingDaysRun => "inspection.hearing_days_run",
            Self::GroundMissing => "inspection.ground_missing",
        }
    }

    /// What is wrong and what to do, Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::NotFromHere => (
                "抽查的当前阶段不能办理这一步，请刷新页面",
                "this cannot be done at this stage; reload to see where it stands",
            ),
            Self::EvidenceDaysRun => (
                "举证期限未满且当事人尚未举证，请等待",
                "the party may still produce evidence; wait for it or for the last day",
            ),
            Self::HearingDaysRun => (
                "陈述申辩期限未满且尚未听取，不能撤销",
                "the party may still be heard; hear it or wait for the last day",
            ),
            Self::GroundMissing => ("请选择撤销理由代码", "choose a coded ground"),
        }
    }
}

/// Where an act leads, or why it cannot be done.
///
/// # Errors
/// The one thing that stands in the way first.
pub fn decide_act(
    stage: InspectionStage,
    act: InspectionAct,
    days: InspectionDays,
    has_ground: bool,
    today: Date,
) -> Result<InspectionStage, InspectionObstacle> {
    use InspectionAct as Act;
    use InspectionStage as At;
    let is_over = |last: Option<Date>| last.is_some_and(|last| last < today);
    match (stage, act) {
        (At::Drawn, Act::Notice) => Ok(At::Noticed),
        (At::Noticed, Act::TakeEvidence) => Ok(At::EvidenceIn),
        (At::Noticed, Act::OfferHearing) if !is_over(days.evidence_due) => {
            Err(InspectionObstacle::EvidenceDaysRun)
        }
        (At::Noticed | At::EvidenceIn, Act::OfferHearing) if !has_ground => {
            Err(InspectionObstacle::GroundMissing)
        }
        (At::Noticed | At::EvidenceIn, Act::OfferHearing) => Ok(At::HearingOffered),
        (At::HearingOffered, Act::StateCase | Act::Hear) => Ok(At::Heard),
        (At::EvidenceIn | At::HearingOffered | At::Heard, Act::Clear) => Ok(At::Cleared),
        (At::HearingOffered, Act::Revoke) if !is_over(days.hearing_due) => {
            Err(InspectionObstacle::HearingDaysRun)
        }
        (At::HearingOffered | At::Heard, Act::Revoke) if !has_ground => {
            Err(InspectionObstacle::GroundMissing)
        }
        (At::HearingOffered | At::Heard, Act::Revoke) => Ok(At::Revoked),
        (At::Revoked, Act::Serve) => Ok(At::Served),
        (At::Served, Act::SendLetters) => Ok(At::Closed),
        _ => Err(InspectionObstacle::NotFromHere),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const DAYS: InspectionDays =
        InspectionDays { evidence_due: Some(date(2026, 12, 7)), hearing_due: Some(date(2026, 12, 21)) };

    #[test]
    fn nobody_loses_a_registration_unheard() {
        // Whatever is done in whatever order, a revocation lies behind a notice and an offered hearing.
        let mut reached = vec![(InspectionStage::Drawn, Vec::new())];
        let mut at = 0;
        let late = date(2027, 1, 1);
        while at < reached.len() {
            let (stage, path) = reached[at].clone();
            for act in InspectionAct::ALL {
                if let Ok(next) = decide_act(stage, act, DAYS, true, late) {
                    let mut path: Vec<InspectionAct> = path.clone();
                    path.push(act);
                    if next == InspectionStage::Revoked {
                        assert!(path.contains(&InspectionAct::Notice), "{path:?}");
                        assert!(path.contains(&InspectionAct::OfferHearing), "{path:?}");
                    }
                    reached.push((next, path));
                }
            }
            at += 1;
        }
        assert!(reached.iter().any(|(stage, _)| *stage == InspectionStage::Closed));
    }

    #[test]
    fn the_last_day_is_still_the_partys() {
        let act = |stage, act, today| decide_act(stage, act, DAYS, true, today);
        let (noticed, offered) = (InspectionStage::Noticed, InspectionStage::HearingOffered);
        let offer = InspectionAct::OfferHearing;
        assert_eq!(act(noticed, offer, date(2026, 12, 7)), Err(InspectionObstacle::EvidenceDaysRun));
        assert_eq!(act(noticed, offer, date(2026, 12, 8)), Ok(offered));
        let revoke = InspectionAct::Revoke;
        assert_eq!(act(offered, revoke, date(2026, 12, 21)), Err(InspectionObstacle::HearingDaysRun));
        assert_eq!(act(offered, revoke, date(2026, 12, 22)), Ok(InspectionStage::Revoked));
        let unknown = decide_act(offered, revoke, InspectionDays::default(), true, date(2030, 1, 1));
        assert_eq!(unknown, Err(InspectionObstacle::HearingDaysRun), "no calendar, no day that is over");
        for (stage, act) in [(InspectionStage::Heard, revoke), (InspectionStage::EvidenceIn, offer)] {
            let groundless = decide_act(stage, act, DAYS, false, date(2027, 1, 1));
            assert_eq!(groundless, Err(InspectionObstacle::GroundMissing), "{stage:?}");
        }
    }

    #[test]
    fn the_party_is_waited_for_until_its_days_are_over_and_each_turn_has_an_act() {
        let turn = |stage, today| turn_at(stage, DAYS, today);
        assert_eq!(turn(InspectionStage::Noticed, date(2026, 12, 7)), Some(Turn::Party));
        assert_eq!(turn(InspectionStage::Noticed, date(2026, 12, 8)), Some(Turn::Province));
        assert_eq!(turn(InspectionStage::HearingOffered, date(2026, 12, 21)), Some(Turn::Party));
        let unknown = turn_at(InspectionStage::Noticed, InspectionDays::default(), date(2030, 1, 1));
        assert_eq!(unknown, Some(Turn::Party), "no calendar, no day that is over");
        for stage in InspectionStage::ALL {
            for today in [date(2026, 12, 1), date(2027, 1, 1)] {
                let can = |act: &InspectionAct| decide_act(stage, *act, DAYS, true, today).is_ok();
                let turn = turn(stage, today);
                let has_act = InspectionAct::ALL.iter().any(|act| can(act) && Some(act.turn()) == turn);
                assert_eq!(turn.is_some(), has_act, "{stage:?} {today}");
                assert_eq!(turn.is_none(), stage.is_final());
            }
        }
    }
}
