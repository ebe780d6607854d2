//! What became of an organisation (机构沿革): names and codes with their days, mergers and splits.
//!
//! Contracts keep their parties as they were written and facts the organisation that they were registered under, so a
//! merger moves no figure: it says whose contracts belong together, on the page of the organisation that goes on.

use std::collections::BTreeSet;

use jiff::civil::Date;

/// What happened to an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrganisationEvent {
    /// 更名: its name from that day.
    Named(String),
    /// 变更代码: its credit code from that day.
    Coded(String),
    /// 合并: it goes on in another one.
    MergedInto(i64),
    /// 分立: another one sprang from it.
    SplitOff(i64),
}

/// A change that was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganisationChange {
    /// Id.
    pub change_id: i64,
    /// To which organisation it happened.
    pub organisation_key: i64,
    /// What happened.
    pub event: OrganisationEvent,
    /// First day.
    pub valid_from: Date,
    /// Whether it was taken back.
    pub is_reversed: bool,
}

/// Why a change is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrganisationProblem {
    /// It would be merged into itself, perhaps through others, or sprang from itself.
    Circle,
    /// It goes on in another organisation already.
    AlreadyMerged,
}

/// The changes of one organisation that stand, in the order of their days.
pub fn standing(changes: &[OrganisationChange], key: i64) -> Vec<&OrganisationChange> {
    let mut standing: Vec<&OrganisationChange> =
        changes.iter().filter(|change| change.organisation_key == key && !change.is_reversed).collect();
    standing.sort_by_key(|change| (change.valid_from, change.change_id));
    standing
}

/// The name of an organisation on a day.
#[must_use]
pub fn name_on<'a>(changes: &'a [OrganisationChange], key: i64, first_name: &'a str, day: Date) -> &'a str {
    let named = standing(changes, key).into_iter().filter(|change| change.valid_from <= day);
    let mut names = named.filter_map(|change| match &change.event {
        OrganisationEvent::Named(name) => Some(name.as_str()),
        _ => None,
    });
    names.next_back().unwrap_or(first_name)
}

/// The credit code of an organisation on a day.
#[must_use]
pub fn code_on<'a>(
    changes: &'a [OrganisationChange],
    key: i64,
    first_code: Option<&'a str>,
    day: Date,
) -> Option<&'a str> {
    let coded = standing(changes, key).into_iter().filter(|change| change.valid_from <= day);
    let mut codes = coded.filter_map(|change| match &change.event {
        OrganisationEvent::Coded(code) => Some(code.as_str()),
        _ => None,
    });
    codes.next_back().or(first_code)
}

/// In what an organisation goes on, and since when.
#[must_use]
pub fn merged_into(changes: &[OrganisationChange], key: i64) -> Option<(i64, Date)> {
    standing(changes, key).into_iter().find_map(|change| match change.event {
        OrganisationEvent::MergedInto(other) => Some((other, change.valid_from)),
        _ => None,
    })
}

/// Whether an organisation may be merged into another one; `changes` are those of both and of all into which the other
/// one was merged.
pub fn check_merger(changes: &[OrganisationChange], key: i64, other: i64) -> Result<(), OrganisationProblem> {
    if merged_into(changes, key).is_some() {
        return Err(OrganisationProblem::AlreadyMerged);
    }
    let mut seen = BTreeSet::from([key]);
    let mut at = Some(other);
    while let Some(next) = at {
        if !seen.insert(next) {
            return Err(OrganisationProblem::Circle);
        }
        at = merged_into(changes, next).map(|(other, _)| other);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn change(change_id: i64, key: i64, event: OrganisationEvent, from: Date) -> OrganisationChange {
        OrganisationChange { change_id, organisation_key: key, event, valid_from: from, is_reversed: false }
    }

    #[test]
    fn a_name_holds_from_its_day_until_the_next_and_not_when_it_was_taken_back() {
        let named = |id, name: &str, from| change(id, 1, OrganisationEvent::Named(name.to_owned()), from);
        let mut changes = vec![named(1, "乙", date(2020, 1, 1)), named(2, "丙", date(2024, 1, 1))];
        for (day, name) in [
            (date(2019, 12, 31), "甲"),
            (date(2020, 1, 1), "乙"),
            (date(2023, 12, 31), "乙"),
            (date(2024, 1, 1), "丙"),
        ] {
            assert_eq!(name_on(&changes, 1, "甲", day), name, "{day}");
        }
        changes[1].is_reversed = true;
        assert_eq!(name_on(&changes, 1, "甲", date(2026, 1, 1)), "乙");
        assert_eq!(code_on(&changes, 1, Some("code"), date(2026, 1, 1)), Some("code"));
    }

    #[test]
    fn mergers_form_no_circle_and_an_organisation_is_merged_once() {
        let merged = |id, from, into| change(id, from, OrganisationEvent::MergedInto(into), date(2025, 1, 1));
        let mut changes = vec![merged(1, 1, 2), merged(2, 2, 3)];
        assert_eq!(check_merger(&changes, 3, 1), Err(OrganisationProblem::Circle));
        assert_eq!(check_merger(&changes, 4, 4), Err(OrganisationProblem::Circle));
        assert_eq!(check_merger(&changes, 1, 4), Err(OrganisationProblem::AlreadyMerged));
        assert_eq!(check_merger(&changes, 4, 1), Ok(()));
        changes[1].is_reversed = true;
        assert_eq!(check_merger(&changes, 3, 1), Ok(()), "1 goes on in 2, and 2 no longer in 3");
        assert_eq!(merged_into(&changes, 1), Some((2, date(2025, 1, 1))));
    }
}
