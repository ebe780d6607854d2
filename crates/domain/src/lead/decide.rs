//! What may be done with a lead from where it stands, by whom, and dated when.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::stage::{ContractStanding, LeadStage, LeadStanding, standing_of};
use super::step::{CloseReason, LeadStep};

/// What somebody is to a lead. Whoever is none of these does not see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeadParty {
    /// 需求方: the demand's company, or whoever asked for an offer.
    Demand,
    /// 供给方: the achievement's unit, the expert, the organisation.
    Offer,
    /// 技术经理人: the person who looks after it.
    Manager,
    /// 管理部门: an office in whose extent it lies.
    Office,
}

impl LeadParty {
    /// Every party.
    pub const ALL: [Self; 4] = [Self::Demand, Self::Offer, Self::Manager, Self::Office];

    /// Those who can promise something: an office keeps the record and promises nothing for others.
    pub const PROMISING: [Self; 3] = [Self::Demand, Self::Offer, Self::Manager];

    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Demand => ("demand", "需求方", "demand side"),
            Self::Offer => ("offer", "供给方", "offer side"),
            Self::Manager => ("manager", "技术经理人", "technology manager"),
            Self::Office => ("office", "管理部门", "office"),
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

    /// The party of a stored word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|party| party.code() == code)
    }

    /// Whether it may take a step at all.
    ///
    /// What happened between the sides anybody of them may record. Who looks after a lead is the office's to say, and a
    /// manager may hand on what is theirs. The offer side drafts, since the seller applies for registration; the manager may do it
    /// for them. The number of a contract is noted by whoever reads contracts: a side or the office.
    #[must_use]
    pub const fn may_take(self, step: LeadStep) -> bool {
        match step {
            LeadStep::Open => false,
            LeadStep::Contact
            | LeadStep::Meet
            | LeadStep::Negotiate
            | LeadStep::Agree
            | LeadStep::Close
            | LeadStep::Reopen => true,
            LeadStep::DraftContract => matches!(self, Self::Offer | Self::Manager),
            LeadStep::LinkContract => !matches!(self, Self::Manager),
            LeadStep::Assign => matches!(self, Self::Office | Self::Manager),
        }
    }
}

/// A step that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TakenLeadStep {
    /// Which.
    pub step: LeadStep,
    /// The day on which it happened.
    pub on: Date,
}

/// What the steps of a lead add up to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeadHistory {
    /// How far they led.
    pub stage: LeadStage,
    /// Whether it was given up last.
    pub is_closed: bool,
    /// The day on which each stage was reached first; none of stages that were skipped or not reached.
    pub reached_on: [Option<Date>; 6],
    /// The latest day on which the lead moved; a step that moves it on cannot have happened before.
    pub moved_on: Date,
}

impl LeadHistory {
    /// A lead that was opened on a day.
    #[must_use]
    pub const fn opened(on: Date) -> Self {
        Self {
            stage: LeadStage::Lead,
            is_closed: false,
            reached_on: [Some(on), None, None, None, None, None],
            moved_on: on,
        }
    }

    /// The same after one more step.
    #[must_use]
    pub fn after(mut self, taken: TakenLeadStep) -> Self {
        match taken.step {
            LeadStep::Close => self.is_closed = true,
            LeadStep::Reopen => self.is_closed = false,
            _ => {}
        }
        if let Some(stage) = taken.step.leads_to()
            && stage > self.stage
        {
            self.stage = stage;
            self.reached_on[stage.place()] = Some(taken.on);
        }
        let moves = taken.step != LeadStep::Assign;
        if moves && taken.on > self.moved_on && (taken.step.leads_to().is_none_or(|to| to == self.stage)) {
            self.moved_on = taken.on;
        }
        self
    }

    /// What steps add up to, of which the first opened the lead.
    #[must_use]
    pub fn of(opened_on: Date, later: &[TakenLeadStep]) -> Self {
        later.iter().fold(Self::opened(opened_on), |history, taken| history.after(*taken))
    }
}

/// What decides about a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeadCase {
    /// What its steps add up to.
    pub history: LeadHistory,
    /// Day on which it was opened.
    pub opened_on: Date,
    /// What the record says of its contract.
    pub contract: ContractStanding,
    /// Whether a draft that can still be registered hangs on it.
    pub has_live_draft: bool,
    /// Whether the seller's organisation is known: nobody else applies for registration.
    pub has_seller: bool,
}

impl LeadCase {
    /// Where it stands.
    #[must_use]
    pub const fn standing(&self) -> LeadStanding {
        standing_of(self.history.stage, self.history.is_closed, self.contract)
    }
}

/// Where a step leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeadMoved {
    /// What the steps add up to with it.
    pub history: LeadHistory,
}

/// Why a step cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LeadObstacle {
    /// Not this party's to do.
    NotYours,
    /// No such step from there.
    NotFromHere,
    /// It says a day that has not come yet.
    InFuture,
    /// It says a day before the lead was opened.
    BeforeLead,
    /// It would move the lead on before what happened last.
    BeforeLast,
    /// A contract is drafted of what was agreed.
    NotAgreed,
    /// The seller's organisation is not on record.
    NoSeller,
    /// There is a draft already.
    HasDraft,
    /// A lead is given up for a reason.
    ReasonMissing,
    /// The reason or what happened has to be said.
    WordsMissing,
}

impl LeadObstacle {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotYours => "lead.not_yours",
            Self::NotFromHere => "lead.not_from_here",
            Self::InFuture => "lead.in_future",
            Self::BeforeLead => "lead.before_lead",
            Self::BeforeLast => "lead.before_last",
            Self::NotAgreed => "lead.not_agreed",
            Self::NoSeller => "lead.no_seller",
            Self::HasDraft => "lead.has_draft",
            Self::ReasonMissing => "lead.reason_missing",
            Self::WordsMissing => "lead.words_missing",
        }
    }

    /// What is wrong and what to do, Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::NotYours => ("这一步不由您办理", "this step is not yours to take"),
            Self::NotFromHere => (
                "线索当前的状态不能办理这一步，请刷新页面",
                "this cannot be done from where the lead stands; reload",
            ),
            Self::InFuture => ("发生日期不能晚于今天", "it cannot have happened after today"),
            Self::BeforeLead => {
                ("发生日期不能早于线索建立日", "it cannot have happened before the lead was opened")
            }
            Self::BeforeLast => (
                "发生日期不能早于上一阶段的日期，请核对",
                "it cannot have happened before the stage before it; check the day",
            ),
            Self::NotAgreed => (
                "请先记录双方达成意向，再拟订合同",
                "record that the two sides agreed before drafting the contract",
            ),
            Self::NoSeller => (
                "供给方单位不在册，无法代为建立登记申请；请该单位注册账号后办理",
                "the offer side's organisation is not on record; let it get an account first",
            ),
            Self::HasDraft => {
                ("已有登记申请，请在该申请上继续办理", "there is an application already; go on with that one")
            }
            Self::ReasonMissing => ("请选择终止原因", "choose why it is given up"),
            Self::WordsMissing => ("请写明情况", "say what happened"),
        }
    }
}

/// What somebody says of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeadStepAsk<'a> {
    /// Which.
    pub step: LeadStep,
    /// By whom.
    pub by: LeadParty,
    /// The day on which it happened.
    pub on: Date,
    /// Why it is given up.
    pub reason: Option<CloseReason>,
    /// In words.
    pub note: &'a str,
}

/// Where a step leads, or what stands in its way first.
///
/// # Errors
/// The obstacle that is to be removed first.
pub fn decide_lead_step(
    case: &LeadCase,
    ask: &LeadStepAsk<'_>,
    today: Date,
) -> Result<LeadMoved, LeadObstacle> {
    let standing = case.standing();
    if !ask.by.may_take(ask.step) {
        return Err(LeadObstacle::NotYours);
    }
    let fits = match ask.step {
        LeadStep::Open => false,
        LeadStep::Reopen => standing.is_closed,
        _ => standing.is_open(),
    };
    if !fits {
        return Err(LeadObstacle::NotFromHere);
    }
    if ask.on > today {
        return Err(LeadObstacle::InFuture);
    }
    if ask.on < case.opened_on {
        return Err(LeadObstacle::BeforeLead);
    }
    let moves_on = ask.step.leads_to().is_none_or(|stage| stage > case.history.stage);
    if moves_on && ask.step != LeadStep::Assign && ask.on < case.history.moved_on {
        return Err(LeadObstacle::BeforeLast);
    }
    match ask.step {
        LeadStep::DraftContract if case.history.stage < LeadStage::Agreement => {
            return Err(LeadObstacle::NotAgreed);
        }
        LeadStep::DraftContract if case.has_live_draft => return Err(LeadObstacle::HasDraft),
        LeadStep::DraftContract if !case.has_seller => return Err(LeadObstacle::NoSeller),
        LeadStep::Close if ask.reason.is_none() => return Err(LeadObstacle::ReasonMissing),
        LeadStep::Close if ask.reason == Some(CloseReason::Other) && ask.note.trim().is_empty() => {
            return Err(LeadObstacle::WordsMissing);
        }
        LeadStep::Reopen if ask.note.trim().is_empty() => return Err(LeadObstacle::WordsMissing),
        _ => {}
    }
    let history = case.history.after(TakenLeadStep { step: ask.step, on: ask.on });
    Ok(LeadMoved { history })
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const FIRST: Date = date(2026, 1, 5);

    fn case(history: LeadHistory) -> LeadCase {
        LeadCase {
            history,
            opened_on: FIRST,
            contract: ContractStanding::None,
            has_live_draft: false,
            has_seller: true,
        }
    }

    fn ask(step: LeadStep, by: LeadParty, on: Date) -> LeadStepAsk<'static> {
        LeadStepAsk { step, by, on, reason: Some(CloseReason::Price), note: "说明" }
    }

    /// A whole history judged at once and from the beginning, as somebody with a list of all steps would.
    fn slow(taken: &[TakenLeadStep]) -> (LeadStage, bool, [Option<Date>; 6]) {
        let reached = |stage: LeadStage| {
            let place = taken.iter().position(|one| one.step.leads_to() == Some(stage))?;
            let was_beyond = taken[..place].iter().any(|one| one.step.leads_to() > Some(stage));
            (!was_beyond).then_some(taken[place].on)
        };
        let furthest = taken.iter().filter_map(|one| one.step.leads_to()).max();
        let last = taken.iter().rev().find(|one| matches!(one.step, LeadStep::Close | LeadStep::Reopen));
        let mut days = [None; 6];
        days[0] = Some(FIRST);
        for stage in &LeadStage::ALL[1..6] {
            days[stage.place()] = reached(*stage);
        }
        (furthest.unwrap_or(LeadStage::Lead), last.is_some_and(|one| one.step == LeadStep::Close), days)
    }

    proptest! {
        #[test]
        fn any_history_of_permitted_steps_reads_as_if_judged_at_once(
            tries in prop::collection::vec((0..LeadStep::ALL.len(), 0..4_usize, -3_i64..12), 0..40),
        ) {
            let mut history = LeadHistory::opened(FIRST);
            let mut today = FIRST;
            let mut taken = Vec::new();
            for (step, by, days) in tries {
                let on = today + days.days();
                today = today.max(on);
                let wanted = ask(LeadStep::ALL[step], LeadParty::ALL[by], on);
                let Ok(moved) = decide_lead_step(&case(history), &wanted, today) else { continue };
                prop_assert!(LeadParty::ALL[by].may_take(LeadStep::ALL[step]));
                prop_assert!(on >= FIRST && moved.history.stage >= history.stage, "nothing leads back");
                taken.push(TakenLeadStep { step: LeadStep::ALL[step], on });
                history = moved.history;
            }
            let (stage, is_closed, reached_on) = slow(&taken);
            prop_assert_eq!((history.stage, history.is_closed, history.reached_on), (stage, is_closed, reached_on));
            prop_assert_eq!(history, LeadHistory::of(FIRST, &taken));
            let days: Vec<Date> = history.reached_on.iter().flatten().copied().collect();
            prop_assert!(days.is_sorted(), "no stage is reached before the one that it followed: {:?}", days);
        }
    }

    #[test]
    fn what_is_over_goes_on_only_when_it_is_opened_again() {
        let opened = LeadHistory::opened(FIRST);
        let closed = opened.after(TakenLeadStep { step: LeadStep::Close, on: FIRST });
        let registered = LeadCase { contract: ContractStanding::Counted, ..case(opened) };
        for step in LeadStep::ALL {
            for by in LeadParty::ALL {
                let after_close = decide_lead_step(&case(closed), &ask(step, by, FIRST), FIRST);
                assert_eq!(after_close.is_ok(), step == LeadStep::Reopen, "{step:?} {by:?}");
                assert!(decide_lead_step(&registered, &ask(step, by, FIRST), FIRST).is_err(), "{step:?}");
            }
        }
    }

    #[test]
    fn a_step_says_a_day_that_was_and_a_lead_given_up_says_why() {
        let opened = case(LeadHistory::opened(FIRST));
        let refused = |wanted: LeadStepAsk<'_>| decide_lead_step(&opened, &wanted, FIRST).unwrap_err();
        let meet = |on| ask(LeadStep::Meet, LeadParty::Offer, on);
        assert_eq!(refused(meet(FIRST + 1.day())), LeadObstacle::InFuture);
        assert_eq!(refused(meet(FIRST - 1.day())), LeadObstacle::BeforeLead);
        let close = LeadStepAsk { reason: None, ..ask(LeadStep::Close, LeadParty::Demand, FIRST) };
        assert_eq!(refused(close), LeadObstacle::ReasonMissing);
        let other = LeadStepAsk { reason: Some(CloseReason::Other), note: " ", ..close };
        assert_eq!(refused(other), LeadObstacle::WordsMissing);
        let draft = ask(LeadStep::DraftContract, LeadParty::Offer, FIRST);
        assert_eq!(refused(draft), LeadObstacle::NotAgreed);
        let agreed = opened.history.after(TakenLeadStep { step: LeadStep::Agree, on: FIRST });
        let try_draft =
            |case: LeadCase| decide_lead_step(&case, &draft, FIRST).map(|moved| moved.history.stage);
        assert_eq!(try_draft(case(agreed)), Ok(LeadStage::ContractDraft));
        assert_eq!(try_draft(LeadCase { has_seller: false, ..case(agreed) }), Err(LeadObstacle::NoSeller));
        assert_eq!(try_draft(LeadCase { has_live_draft: true, ..case(agreed) }), Err(LeadObstacle::HasDraft));
    }

    #[test]
    fn words_are_read_as_they_were_written() {
        for step in LeadStep::ALL {
            assert_eq!(LeadStep::from_code(step.code()), Some(step));
        }
        for reason in CloseReason::ALL {
            assert_eq!(CloseReason::from_code(reason.code()), Some(reason));
        }
        for party in LeadParty::ALL {
            assert_eq!(LeadParty::from_code(party.code()), Some(party));
        }
    }
}
