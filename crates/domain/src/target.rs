//! Annual targets (年度目标): set by document, split from province to city to county, never overwritten.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::bulletin::Direction;
use crate::money::Fen;

/// The target of one division for one year, as one document set it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnualTarget {
    /// Division to which it applies.
    pub division: u32,
    /// Calendar year.
    pub year: i16,
    /// Which contract value is meant.
    pub direction: Direction,
    /// Amount (目标额).
    pub amount: Fen,
    /// Number of the document (文号).
    pub document: String,
    /// First day on which it is in force; a later document replaces an earlier one from its day on.
    pub valid_from: Date,
}

/// Targets of a region.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnnualTargets {
    targets: Vec<AnnualTarget>,
}

/// What is wrong with a set of targets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetProblem {
    /// A target of nothing or less.
    #[error("the target of {division} for {year} is not above zero")]
    NotPositive {
        /// Division.
        division: u32,
        /// Year.
        year: i16,
    },
    /// Two documents set the same target from the same day on.
    #[error("two documents set the target of {division} for {year} from the same day: {first} and {second}")]
    SetTwice {
        /// Division.
        division: u32,
        /// Year.
        year: i16,
        /// Number of the first document.
        first: String,
        /// Number of the second document.
        second: String,
    },
    /// A division has a target although some of its parts have none while others do.
    #[error("the target of {division} for {year} is split, but {part} has no part of it")]
    PartMissing {
        /// Division.
        division: u32,
        /// Year.
        year: i16,
        /// The part without a target.
        part: u32,
    },
    /// The parts do not add up.
    #[error("the parts of the target of {division} for {year} add up to {parts_fen} fen, not {target_fen}")]
    SumDiffers {
        /// Division.
        division: u32,
        /// Year.
        year: i16,
        /// Target of the division.
        target_fen: i64,
        /// Sum of its parts.
        parts_fen: i128,
    },
    /// Parts have targets, the division above them has none.
    #[error("parts of {division} have targets for {year}, but {division} has none")]
    WholeMissing {
        /// Division.
        division: u32,
        /// Year.
        year: i16,
    },
}

impl AnnualTargets {
    /// Gathers targets in any order.
    #[must_use]
    pub fn new(targets: Vec<AnnualTarget>) -> Self {
        Self { targets }
    }

    /// The target in force on a day: the latest that had begun.
    #[must_use]
    pub fn in_force(
        &self,
        division: u32,
        year: i16,
        direction: Direction,
        on: Date,
    ) -> Option<&AnnualTarget> {
        let applies = |target: &&AnnualTarget| {
            target.division == division
                && target.year == year
                && target.direction == direction
                && target.valid_from <= on
        };
        self.targets.iter().filter(applies).max_by_key(|target| target.valid_from)
    }

    /// Checks amounts, documents and the split of a year's targets as they are in force on a day.
    ///
    /// `parts` lists each division with the divisions directly below it: the province with its cities, each city
    /// with its counties. A division whose parts have no targets at all is simply not split.
    #[must_use]
    pub fn problems(
        &self,
        year: i16,
        direction: Direction,
        on: Date,
        parts: &[(u32, Vec<u32>)],
    ) -> Vec<TargetProblem> {
        let mut problems = self.problems_of_single_targets(year, direction);
        let amount =
            |division: u32| self.in_force(division, year, direction, on).map(|target| target.amount.0);
        for (division, below) in parts {
            let known: Vec<(u32, Option<i64>)> = below.iter().map(|&part| (part, amount(part))).collect();
            if known.iter().all(|(_, amount)| amount.is_none()) {
                continue;
            }
            let missing = known.iter().filter(|(_, amount)| amount.is_none());
            problems.extend(missing.map(|&(part, _)| TargetProblem::PartMissing {
                division: *division,
                year,
                part,
            }));
            let parts_fen: i128 = known.iter().filter_map(|(_, amount)| *amount).map(i128::from).sum();
            match amount(*division) {
                None => problems.push(TargetProblem::WholeMissing { division: *division, year }),
                Some(target_fen) if i128::from(target_fen) != parts_fen => {
                    problems.push(TargetProblem::SumDiffers {
                        division: *division,
                        year,
                        target_fen,
                        parts_fen,
                    });
                }
                Some(_) => {}
            }
        }
        problems
    }

    fn problems_of_single_targets(&self, year: i16, direction: Direction) -> Vec<TargetProblem> {
        let mut problems = Vec::new();
        let mut documents: BTreeMap<(u32, Date), &str> = BTreeMap::new();
        let asked = |target: &&AnnualTarget| target.year == year && target.direction == direction;
        for target in self.targets.iter().filter(asked) {
            let division = target.division;
            if target.amount.0 <= 0 {
                problems.push(TargetProblem::NotPositive { division, year });
            }
            if let Some(first) = documents.insert((division, target.valid_from), &target.document) {
                let (first, second) = (first.to_owned(), target.document.clone());
                problems.push(TargetProblem::SetTwice { division, year, first, second });
            }
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn target(division: u32, fen: i64, from: Date) -> AnnualTarget {
        let document = format!("示例〔2026〕{}号", from.month());
        AnnualTarget {
            division,
            year: 2026,
            direction: Direction::Registered,
            amount: Fen(fen),
            document,
            valid_from: from,
        }
    }

    #[test]
    fn a_later_document_replaces_a_target_from_its_day_on() {
        let january = date(2026, 1, 10);
        let july = date(2026, 7, 1);
        let targets = AnnualTargets::new(vec![target(430_100, 500, july), target(430_100, 400, january)]);
        let amount =
            |on| targets.in_force(430_100, 2026, Direction::Registered, on).map(|target| target.amount.0);
        assert_eq!(amount(date(2026, 1, 9)), None);
        assert_eq!(amount(date(2026, 6, 30)), Some(400));
        assert_eq!(amount(july), Some(500));
        assert!(targets.in_force(430_100, 2026, Direction::Absorbed, july).is_none());
    }

    #[test]
    fn the_parts_of_a_target_add_up_or_the_difference_is_named() {
        let from = date(2026, 1, 1);
        let whole = target(430_000, 900, from);
        let parts = vec![(430_000, vec![430_100, 430_200]), (430_100, vec![430_102])];
        let check = |targets: Vec<AnnualTarget>| {
            AnnualTargets::new(targets).problems(2026, Direction::Registered, from, &parts)
        };
        assert_eq!(check(vec![whole.clone()]), []);
        assert_eq!(check(vec![whole.clone(), target(430_100, 400, from), target(430_200, 500, from)]), []);
        let short = check(vec![whole.clone(), target(430_100, 400, from), target(430_200, 499, from)]);
        assert_eq!(
            short,
            [TargetProblem::SumDiffers { division: 430_000, year: 2026, target_fen: 900, parts_fen: 899 }]
        );
        let missing = check(vec![whole, target(430_100, 900, from)]);
        assert_eq!(missing, [TargetProblem::PartMissing { division: 430_000, year: 2026, part: 430_200 }]);
        let headless = check(vec![target(430_102, 5, from)]);
        assert_eq!(headless, [TargetProblem::WholeMissing { division: 430_100, year: 2026 }]);
    }

    #[test]
    fn a_target_is_above_zero_and_set_once_a_day() {
        let from = date(2026, 1, 1);
        let targets = AnnualTargets::new(vec![target(430_100, 0, from), target(430_100, 7, from)]);
        assert_eq!(targets.problems(2026, Direction::Registered, from, &[]).len(), 2);
    }
}
