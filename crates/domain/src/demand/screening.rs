//! Experts' scores and the result that follows from them (专家筛选).

use std::collections::BTreeMap;

use crate::contract::RowProblem;
use crate::region::{ScoreRule, ScoreSheet};

/// Experts from which on the highest and the lowest score are left out.
const TRIMMED_FROM: usize = 5;

/// What one expert gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewScore {
    /// Points by item.
    pub points: BTreeMap<String, u32>,
}

impl ReviewScore {
    /// All points together.
    #[must_use]
    pub fn total(&self) -> u32 {
        self.points.values().sum()
    }
}

/// Why there is no result yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScreeningShortfall {
    /// So many more experts have to score.
    ExpertsMissing(u32),
}

/// The result of a screening, with how it came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScreeningResult {
    /// How the scores became one.
    pub rule: ScoreRule,
    /// The points that count, from the lowest to the highest.
    pub counted: Vec<u32>,
    /// Points left out by the rule.
    pub left_out: Vec<u32>,
    /// Points that are needed.
    pub pass_points: u32,
    /// Whether they are reached; decided on the exact mean, not on what is shown.
    pub is_passed: bool,
}

impl ScreeningResult {
    /// The mean with two decimals, halves away from zero.
    #[must_use]
    pub fn mean_text(&self) -> String {
        let sum: i128 = self.counted.iter().map(|points| i128::from(*points)).sum();
        let count = i128::try_from(self.counted.len().max(1)).unwrap_or(1);
        crate::ratio::decimal_text(sum, count, 2)
    }
}

/// What is wrong with an expert's points: each item of the sheet has whole points from 0 to its weight, nothing else has any.
///
/// # Errors
/// One problem an item.
pub fn check_scores(
    sheet: &ScoreSheet,
    written: &BTreeMap<String, String>,
) -> Result<ReviewScore, Vec<RowProblem>> {
    let mut points = BTreeMap::new();
    let mut problems = Vec::new();
    for item in &sheet.items {
        let text = written.get(&item.key).map_or("", |text| text.trim());
        match text.parse::<u32>() {
            Ok(given) if given <= item.weight => {
                points.insert(item.key.clone(), given);
            }
            _ => problems.push(RowProblem {
                field: format!("score.{}", item.key),
                value: text.chars().take(20).collect(),
                code: "demand.score",
                reason_zh: format!("“{}”应为 0 至 {} 的整数", item.name, item.weight),
                reason_en: format!("{}: a whole number from 0 to {}", item.name_en, item.weight),
                fix_zh: "请填写".to_owned(),
                fix_en: "fill it in".to_owned(),
            }),
        }
    }
    if problems.is_empty() { Ok(ReviewScore { points }) } else { Err(problems) }
}

/// The result of the scores that were given.
///
/// # Errors
/// Where fewer experts have scored than the sheet asks for.
pub fn screening_result(
    sheet: &ScoreSheet,
    scores: &[ReviewScore],
) -> Result<ScreeningResult, ScreeningShortfall> {
    let given = u32::try_from(scores.len()).unwrap_or(u32::MAX);
    if given < sheet.experts_min.max(1) {
        return Err(ScreeningShortfall::ExpertsMissing(sheet.experts_min.max(1) - given));
    }
    let mut counted: Vec<u32> = scores.iter().map(ReviewScore::total).collect();
    counted.sort_unstable();
    let mut left_out = Vec::new();
    if sheet.rule == ScoreRule::TrimmedMean && counted.len() >= TRIMMED_FROM {
        left_out = vec![counted.remove(0)];
        left_out.extend(counted.pop());
    }
    let sum: u64 = counted.iter().map(|points| u64::from(*points)).sum();
    let needed = u64::from(sheet.pass_points) * counted.len() as u64;
    Ok(ScreeningResult {
        rule: sheet.rule,
        is_passed: sum >= needed,
        pass_points: sheet.pass_points,
        counted,
        left_out,
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::region::tests::HUNAN;

    fn sheet() -> &'static ScoreSheet {
        HUNAN.demand_rules().score_sheet_on(date(2026, 11, 23)).expect("a sheet")
    }

    fn score(total: u32) -> ReviewScore {
        ReviewScore { points: BTreeMap::from([("clarity".to_owned(), total)]) }
    }

    #[test]
    fn the_sheet_of_the_day_adds_up_to_a_hundred() {
        assert_eq!(sheet().points_max(), 100);
        assert!(HUNAN.demand_rules().score_sheet_on(date(2025, 12, 31)).is_none());
    }

    #[test]
    fn the_exact_mean_decides_and_not_what_is_shown() {
        let too_few = screening_result(sheet(), &[score(90)]);
        assert_eq!(too_few, Err(ScreeningShortfall::ExpertsMissing(1)));
        let passed = screening_result(sheet(), &[score(60), score(60)]).expect("a result");
        assert!(passed.is_passed);
        let just_below = screening_result(sheet(), &[score(60), score(60), score(59)]).expect("a result");
        assert!(!just_below.is_passed);
        assert_eq!(just_below.mean_text(), "59.67");
    }

    #[test]
    fn highest_and_lowest_are_left_out_from_five_experts_on() {
        let sheet = ScoreSheet { rule: ScoreRule::TrimmedMean, ..sheet().clone() };
        let scores: Vec<_> = [0, 60, 61, 62, 100].map(score).to_vec();
        let result = screening_result(&sheet, &scores).expect("a result");
        assert_eq!((result.counted, result.left_out), (vec![60, 61, 62], vec![0, 100]));
        let four = screening_result(&sheet, &scores[..4]).expect("a result");
        assert!(four.left_out.is_empty());
    }

    #[test]
    fn points_stand_for_every_item_within_its_weight() {
        let mut written: BTreeMap<String, String> =
            sheet().items.iter().map(|item| (item.key.clone(), item.weight.to_string())).collect();
        assert_eq!(check_scores(sheet(), &written).map(|score| score.total()), Ok(100));
        written.insert("clarity".to_owned(), "26".to_owned());
        written.remove("need");
        let problems = check_scores(sheet(), &written).expect_err("problems");
        assert_eq!(problems.len(), 2);
    }
}
