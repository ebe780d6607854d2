//! How a registration point works (登记点办理情况): what it accepted and decided in a period, in how many days, what it
//! sent back and what was overturned.

use std::collections::BTreeMap;

use jiff::civil::Date;
use xiaoxiang_domain::contract::procedure::{Due, Step, TakenStep, history_of};
use xiaoxiang_domain::period::Period;
use xiaoxiang_domain::region::Region;

/// A step with the point that handled the application when it was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PointStep {
    /// Key of the registrar.
    pub point: i64,
    /// The step.
    pub taken: TakenStep,
}

/// What a point did in a period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PointFigures {
    /// 受理: applications accepted for the first time.
    pub accepted: u64,
    /// 办结: decisions, for or against; one overturned is decided again.
    pub decided: u64,
    /// 办理时长: of the decisions, from acceptance.
    pub median_days: Option<MedianDays>,
    /// 超期件: decisions after their last day.
    pub late: u64,
    /// 超期天数: calendar days beyond the limit, of all late decisions together.
    pub days_beyond: i64,
    /// 退回补正: how often it sent a text back.
    pub corrections: u64,
    /// 不予登记.
    pub refusals: u64,
    /// 被纠正的不予登记: refusals that the province overturned in the period.
    pub overturned: u64,
}

/// A median of whole days, exact: of an even number it may lie half a day between two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MedianDays {
    /// Twice the median.
    pub half_days: i64,
}

impl std::fmt::Display for MedianDays {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let half = if self.half_days % 2 == 0 { "" } else { ".5" };
        write!(formatter, "{}{half}", self.half_days / 2)
    }
}

/// The median of some numbers of days; none of nothing.
#[must_use]
pub fn median_days(days: &[i64]) -> Option<MedianDays> {
    let mut sorted = days.to_vec();
    sorted.sort_unstable();
    let last = sorted.len().checked_sub(1)?;
    Some(MedianDays { half_days: sorted[last / 2] + sorted[sorted.len() / 2] })
}

/// The figures of each point in a period. Each case is all steps of one application in order; steps count for the point
/// that handled it then, an overturned refusal for the point that refused.
#[must_use]
pub fn point_figures(
    cases: &[Vec<PointStep>],
    period: Period,
    region: &Region,
) -> BTreeMap<i64, PointFigures> {
    let mut figures: BTreeMap<i64, PointFigures> = BTreeMap::new();
    let mut days: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for case in cases {
        let taken: Vec<TakenStep> = case.iter().map(|step| step.taken.clone()).collect();
        for (place, PointStep { point, taken: step }) in case.iter().enumerate() {
            if !period.contains(step.on) {
                continue;
            }
            let before = history_of(&taken[..place]);
            let own = figures.entry(*point).or_default();
            match step.step {
                Step::Accept if before.accepted_on.is_none() => own.accepted += 1,
                Step::Return => own.corrections += 1,
                Step::Approve | Step::Refuse => {
                    own.decided += 1;
                    own.refusals += u64::from(step.step == Step::Refuse);
                    let Some(clock) = before.clock() else { continue };
                    days.entry(*point).or_default().push(days_between(clock.accepted_on, step.on));
                    let regime = region.registration().regime_on(clock.accepted_on);
                    let due = regime.map(|regime| clock.due(regime, region.calendar()));
                    if let Some(Due::On { last_day, .. }) = due.filter(|due| due.is_late_on(step.on)) {
                        own.late += 1;
                        own.days_beyond += days_between(last_day, step.on);
                    }
                }
                Step::Reopen => {
                    let refused = case[..place].iter().rev().find(|step| step.taken.step == Step::Refuse);
                    let point = refused.map_or(*point, |step| step.point);
                    figures.entry(point).or_default().overturned += 1;
                }
                _ => {}
            }
        }
    }
    for (point, days) in days {
        if let Some(own) = figures.get_mut(&point) {
            own.median_days = median_days(&days);
        }
    }
    figures
}

fn days_between(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes the least and the greatest away until one or two are left.
    fn slow_median(days: &[i64]) -> Option<MedianDays> {
        let mut left = days.to_vec();
        while left.len() > 2 {
            let least = left.iter().position(|day| Some(day) == left.iter().min()).unwrap();
            left.remove(least);
            let greatest = left.iter().position(|day| Some(day) == left.iter().max()).unwrap();
            left.remove(greatest);
        }
        match left[..] {
            [one] => Some(MedianDays { half_days: one * 2 }),
            [one, other] => Some(MedianDays { half_days: one + other }),
            _ => None,
        }
    }

    #[test]
    fn the_median_is_that_of_taking_extremes_away() {
        let mut seed: u64 = 20_261_123;
        let mut next = move || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            i64::try_from((seed >> 33) % 40).unwrap()
        };
        for length in 0..60 {
            let days: Vec<i64> = (0..length).map(|_| next()).collect();
            assert_eq!(median_days(&days), slow_median(&days), "{days:?}");
        }
    }

    #[test]
    fn a_median_is_written_exactly() {
        let written = |days: &[i64]| median_days(days).map(|median| median.to_string());
        assert_eq!(written(&[]), None);
        assert_eq!(written(&[7]).as_deref(), Some("7"));
        assert_eq!(written(&[3, 30, 4]).as_deref(), Some("4"));
        assert_eq!(written(&[12, 0, 13, 90]).as_deref(), Some("12.5"));
    }
}
