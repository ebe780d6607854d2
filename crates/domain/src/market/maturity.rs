//! Maturity (技术成熟度) on the scale of the code list `maturity`, so that two entries can be compared.

use crate::region::CodeList;

/// Lowest and highest stage of the scale 1 (正在研发) to 5 (可以量产).
const STAGES: (u8, u8) = (1, 5);

/// A span of stages, 1 (in research) to 5 (ready for volume production).
///
/// The stages A to C of the achievement registration form (初期, 中期, 成熟应用) are another, coarser scale: each is a span
/// of ours. «其他» says nothing and is no maturity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Maturity {
    least: u8,
    most: u8,
}

/// How an offered maturity stands to a wanted one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MaturityFit {
    /// At least what is wanted.
    Reached,
    /// Perhaps: the coarser scale leaves it open.
    Open,
    /// So many stages are missing.
    Missing(u8),
}

impl Maturity {
    /// What a code of the list `maturity` means; none for a code that it has not, and for «其他».
    #[must_use]
    pub fn of_code(code: &str, list: &CodeList) -> Option<Self> {
        list.by_code(code)?;
        let (least, most) = match code {
            "A" => (1, 2),
            "B" => (3, 4),
            "C" => (5, 5),
            digit => {
                let stage: u8 = digit.parse().ok()?;
                (stage, stage)
            }
        };
        Self::of_stages(least, most)
    }

    /// A span of stages; none where it lies outside the scale or is turned round.
    #[must_use]
    pub const fn of_stages(least: u8, most: u8) -> Option<Self> {
        if least >= STAGES.0 && least <= most && most <= STAGES.1 { Some(Self { least, most }) } else { None }
    }

    /// The lowest stage that it may be, 1 to 5.
    #[must_use]
    pub const fn least(self) -> u8 {
        self.least
    }

    /// The highest stage that it may be, 1 to 5.
    #[must_use]
    pub const fn most(self) -> u8 {
        self.most
    }

    /// How this offer stands to the maturity that somebody wants at least.
    #[must_use]
    pub const fn against(self, wanted: Self) -> MaturityFit {
        if self.least >= wanted.least {
            MaturityFit::Reached
        } else if self.most >= wanted.least {
            MaturityFit::Open
        } else {
            MaturityFit::Missing(wanted.least - self.most)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::region::tests::HUNAN;

    fn maturity(code: &str) -> Option<Maturity> {
        Maturity::of_code(code, HUNAN.codes("maturity").expect("a list of the region"))
    }

    #[test]
    fn the_two_scales_are_compared_and_other_is_none() {
        let pilot = maturity("4").expect("a stage");
        assert_eq!(maturity("5").expect("a stage").against(pilot), MaturityFit::Reached);
        assert_eq!(maturity("2").expect("a stage").against(pilot), MaturityFit::Missing(2));
        assert_eq!(maturity("B").expect("a stage").against(pilot), MaturityFit::Open);
        assert_eq!(maturity("C").expect("a stage").against(pilot), MaturityFit::Reached);
        for none in ["9", "", "7", "成熟"] {
            assert_eq!(maturity(none), None, "{none}");
        }
    }
}
