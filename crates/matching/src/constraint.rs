//! Constraints (约束条件): what a question requires beside its words. A requirement that must be met filters, one that
//! is preferred costs; what a document does not say is unknown and never counts as met.

use jiff::civil::Date;
use xiaoxiang_domain::market::{CooperationMode, DisclosureLevel, IpWish, Maturity, MaturityFit};
use xiaoxiang_domain::money::Fen;
use xiaoxiang_domain::region::DivisionCode;

/// What a document states about itself; none and empty are unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Where it is.
    pub place: Option<DivisionCode>,
    /// The least that it costs, or for a demand the most that is paid.
    pub price: Option<Fen>,
    /// How far it is.
    pub maturity: Option<Maturity>,
    /// How its side would work together.
    pub modes: Vec<CooperationMode>,
    /// Whose the results are to be.
    pub ownership: Option<IpWish>,
    /// Whether a granted right protects it.
    pub is_protected: Option<bool>,
    /// Until when it can be had, or answered.
    pub until: Option<Date>,
    /// Who may learn that it exists; unknown means nobody but those who handle it.
    pub disclosure: Option<DisclosureLevel>,
}

/// One thing that is required.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Aspect {
    /// 地域: within this division.
    Within(DivisionCode),
    /// 预算: costs no more than this.
    Budget(Fen),
    /// 成熟度: at least so far.
    Maturity(Maturity),
    /// 合作方式: one of these.
    Modes(Vec<CooperationMode>),
    /// 知识产权归属
    Ownership(IpWish),
    /// 有授权的知识产权
    Protected,
    /// 期限: can still be had on this day.
    Available(Date),
    /// 保密: may be shown to readers of this level.
    Disclosed(DisclosureLevel),
}

/// What follows where a requirement is not met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Strength {
    /// The document is no hit.
    Must,
    /// It costs.
    Prefer,
}

/// A requirement with its strength.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// What is required.
    pub aspect: Aspect,
    /// How strictly.
    pub strength: Strength,
}

/// Whether a document meets a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It does.
    Met,
    /// It does not.
    NotMet,
    /// It does not say.
    Unknown,
}

/// What a preference that is not met costs, in standard deviations of the candidates.
const COST_NOT_MET: f32 = 0.6;
/// What a preference costs that the document says nothing of.
const COST_UNKNOWN: f32 = 0.15;

impl Aspect {
    /// Whether these facts meet it.
    #[must_use]
    pub fn verdict(&self, facts: &Facts) -> Verdict {
        let of = |met: Option<bool>| match met {
            Some(true) => Verdict::Met,
            Some(false) => Verdict::NotMet,
            None => Verdict::Unknown,
        };
        match self {
            Self::Within(division) => of(facts.place.map(|place| place.is_within(*division))),
            Self::Budget(budget) => of(facts.price.map(|price| price <= *budget)),
            Self::Maturity(wanted) => match facts.maturity.map(|maturity| maturity.against(*wanted)) {
                Some(MaturityFit::Reached) => Verdict::Met,
                Some(MaturityFit::Missing(_)) => Verdict::NotMet,
                Some(MaturityFit::Open) | None => Verdict::Unknown,
            },
            Self::Modes(wanted) if facts.modes.is_empty() || wanted.is_empty() => Verdict::Unknown,
            Self::Modes(wanted) => of(Some(facts.modes.iter().any(|mode| wanted.contains(mode)))),
            Self::Ownership(wish) => of(facts.ownership.map(|ownership| ownership.agrees_with(*wish))),
            Self::Protected => of(facts.is_protected),
            Self::Available(day) => of(facts.until.map(|until| until >= *day)),
            Self::Disclosed(reader) => of(facts.disclosure.map(|needed| reader.reads(needed))),
        }
    }
}

impl Requirement {
    /// Whether a document is a hit at all: a must that is not met excludes it, and one that it says nothing of too
    /// where it is about secrecy.
    #[must_use]
    pub fn admits(&self, facts: &Facts) -> bool {
        self.strength == Strength::Prefer
            || match self.aspect.verdict(facts) {
                Verdict::Met => true,
                Verdict::NotMet => false,
                Verdict::Unknown => !matches!(self.aspect, Aspect::Disclosed(_)),
            }
    }

    /// What it takes from the score of a document that it admits.
    #[must_use]
    pub fn cost(&self, facts: &Facts) -> f32 {
        match self.aspect.verdict(facts) {
            Verdict::Met => 0.0,
            Verdict::NotMet => COST_NOT_MET,
            Verdict::Unknown => COST_UNKNOWN,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use xiaoxiang_domain::market::{CooperationMode, DisclosureLevel, IpWish};
    use xiaoxiang_domain::money::Fen;
    use xiaoxiang_domain::region::DivisionCode;

    use super::{Aspect, Facts, Requirement, Strength, Verdict};

    fn facts() -> Facts {
        Facts {
            place: Some(DivisionCode(430_102)),
            price: Some(Fen(50_000_000)),
            modes: vec![CooperationMode::Licence],
            ownership: Some(IpWish::Shared),
            is_protected: Some(true),
            until: Some(date(2027, 6, 30)),
            disclosure: Some(DisclosureLevel::Public),
            maturity: None,
        }
    }

    #[test]
    fn each_aspect_is_met_or_not_by_what_the_document_states() {
        let cases = [
            (Aspect::Within(DivisionCode(430_100)), Verdict::Met),
            (Aspect::Within(DivisionCode(430_200)), Verdict::NotMet),
            (Aspect::Budget(Fen(50_000_000)), Verdict::Met),
            (Aspect::Budget(Fen(49_999_999)), Verdict::NotMet),
            (Aspect::Modes(vec![CooperationMode::Transfer, CooperationMode::Licence]), Verdict::Met),
            (Aspect::Modes(vec![CooperationMode::Transfer]), Verdict::NotMet),
            (Aspect::Ownership(IpWish::Open), Verdict::Met),
            (Aspect::Ownership(IpWish::DemandSide), Verdict::NotMet),
            (Aspect::Protected, Verdict::Met),
            (Aspect::Available(date(2027, 6, 30)), Verdict::Met),
            (Aspect::Available(date(2027, 7, 1)), Verdict::NotMet),
        ];
        for (aspect, verdict) in cases {
            assert_eq!(aspect.verdict(&facts()), verdict, "{aspect:?}");
            assert_eq!(aspect.verdict(&Facts::default()), Verdict::Unknown, "{aspect:?}");
        }
    }

    #[test]
    fn what_is_unknown_is_admitted_except_where_secrecy_is_at_stake() {
        let must = |aspect| Requirement { aspect, strength: Strength::Must };
        assert!(must(Aspect::Budget(Fen(1))).admits(&Facts::default()));
        assert!(!must(Aspect::Budget(Fen(1))).admits(&facts()));
        assert!(!must(Aspect::Disclosed(DisclosureLevel::Undertaking)).admits(&Facts::default()));
        let prefer = Requirement { aspect: Aspect::Budget(Fen(1)), strength: Strength::Prefer };
        assert!(prefer.admits(&facts()));
        assert!(prefer.cost(&facts()) > prefer.cost(&Facts::default()));
    }
}
