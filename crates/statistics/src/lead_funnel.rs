//! The funnel of leads (对接漏斗): how many came how far, in how many days, and what was signed and registered of them.

use std::collections::BTreeMap;

use jiff::civil::Date;
use xiaoxiang_domain::lead::{LeadStage, LeadStanding};

use crate::registration_point::{MedianDays, median_days};

/// Number of stages.
pub const STAGES: usize = LeadStage::ALL.len();

/// A lead as the funnel counts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunnelLead {
    /// The group that it belongs to: a city, a field, an issue, a manager; empty where that is not known.
    pub group: String,
    /// Where it stands.
    pub standing: LeadStanding,
    /// The day on which each stage was reached first; none of stages that were skipped or not reached.
    pub reached_on: [Option<Date>; STAGES],
    /// 意向金额, in fen.
    pub signed_fen: i64,
    /// 成交额 of its contract while that counts, in fen.
    pub contract_value_fen: i64,
    /// 技术交易额 likewise.
    pub technology_value_fen: i64,
}

/// The funnel of one group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FunnelFigures {
    /// 停留: leads that stand at a stage now and go on.
    pub at: [u64; STAGES],
    /// 到达: leads that came to a stage or beyond it, whatever became of them.
    pub through: [u64; STAGES],
    /// 终止: leads given up.
    pub closed: u64,
    /// 间隔: from the dated stage before to this one; none where no lead has both days.
    pub days: [Option<MedianDays>; STAGES],
    /// 意向金额 of those that agreed.
    pub signed_fen: i128,
    /// 登记成交额
    pub contract_value_fen: i128,
    /// 登记技术交易额
    pub technology_value_fen: i128,
}

/// The funnel of every group and of all leads together.
#[must_use]
pub fn lead_funnel(leads: &[FunnelLead]) -> (BTreeMap<String, FunnelFigures>, FunnelFigures) {
    let mut groups: BTreeMap<&str, Vec<&FunnelLead>> = BTreeMap::new();
    for lead in leads {
        groups.entry(&lead.group).or_default().push(lead);
    }
    let all: Vec<&FunnelLead> = leads.iter().collect();
    let figures = groups.into_iter().map(|(group, leads)| (group.to_owned(), figures_of(&leads)));
    (figures.collect(), figures_of(&all))
}

fn figures_of(leads: &[&FunnelLead]) -> FunnelFigures {
    let mut figures = FunnelFigures::default();
    let mut days: [Vec<i64>; STAGES] = Default::default();
    for lead in leads {
        let stage = lead.standing.stage;
        for through in &mut figures.through[..=stage.place()] {
            *through += 1;
        }
        if lead.standing.is_closed {
            figures.closed += 1;
        } else {
            figures.at[stage.place()] += 1;
        }
        let mut before = None;
        for (place, day) in lead.reached_on.iter().enumerate() {
            let Some(day) = *day else { continue };
            if let Some(before) = before.replace(day) {
                days[place].push(i64::from((day - before).get_days()));
            }
        }
        figures.signed_fen += i128::from(lead.signed_fen);
        figures.contract_value_fen += i128::from(lead.contract_value_fen);
        figures.technology_value_fen += i128::from(lead.technology_value_fen);
    }
    for (place, days) in days.iter().enumerate() {
        figures.days[place] = median_days(days);
    }
    figures
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use xiaoxiang_domain::lead::{ContractStanding, standing_of};

    fn lead() -> impl Strategy<Value = FunnelLead> {
        let days = prop::collection::vec((any::<bool>(), 0_i64..40), STAGES);
        (0..3_u8, 0..STAGES - 1, any::<bool>(), any::<bool>(), days, 0..1_000_i64).prop_map(
            |(group, place, is_closed, is_registered, days, fen)| {
                let contract = if is_registered { ContractStanding::Counted } else { ContractStanding::None };
                let standing = standing_of(LeadStage::ALL[place], is_closed, contract);
                let mut reached_on = [None; STAGES];
                let mut day = date(2026, 1, 1);
                for (at, (is_dated, apart)) in days.into_iter().enumerate() {
                    day += apart.days();
                    if at <= standing.stage.place() && (at == 0 || is_dated) {
                        reached_on[at] = Some(day);
                    }
                }
                FunnelLead {
                    group: group.to_string(),
                    standing,
                    reached_on,
                    signed_fen: fen,
                    contract_value_fen: if is_registered { fen * 2 } else { 0 },
                    technology_value_fen: if is_registered { fen } else { 0 },
                }
            },
        )
    }

    proptest! {
        #[test]
        fn every_figure_is_the_count_of_the_leads_behind_it(leads in prop::collection::vec(lead(), 0..40)) {
            let (groups, total) = lead_funnel(&leads);
            for (stage, place) in LeadStage::ALL.into_iter().zip(0..) {
                let through = leads.iter().filter(|lead| lead.standing.stage >= stage).count() as u64;
                prop_assert_eq!(total.through[place], through);
                let at = |lead: &&FunnelLead| lead.standing.stage == stage && !lead.standing.is_closed;
                prop_assert_eq!(total.at[place], leads.iter().filter(at).count() as u64);
                let parts: u64 = groups.values().map(|figures| figures.through[place]).sum();
                prop_assert_eq!(parts, through, "groups add up to the whole");
                if place > 0 {
                    prop_assert!(total.through[place] <= total.through[place - 1]);
                }
            }
            let standing: u64 = total.at.iter().sum();
            prop_assert_eq!(standing + total.closed, leads.len() as u64, "each lead stands somewhere or is given up");
            let registered: i128 = leads.iter().map(|lead| i128::from(lead.contract_value_fen)).sum();
            prop_assert_eq!(total.contract_value_fen, registered);
            prop_assert!(total.days[0].is_none());
        }
    }

    #[test]
    fn days_are_counted_from_the_dated_stage_before() {
        let day = |day: i8| Some(date(2026, 3, day));
        let lead = FunnelLead {
            group: String::new(),
            standing: standing_of(LeadStage::Agreement, false, ContractStanding::None),
            reached_on: [day(1), day(4), None, None, day(14), None, None],
            signed_fen: 0,
            contract_value_fen: 0,
            technology_value_fen: 0,
        };
        let (_, total) = lead_funnel(&[lead]);
        let days = total.days.map(|days| days.map(|days| days.to_string()));
        assert_eq!(days[1].as_deref(), Some("3"));
        assert_eq!((days[2].as_deref(), days[4].as_deref()), (None, Some("10")));
    }
}
