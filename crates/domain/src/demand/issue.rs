//! A numbered, frozen issue of a list (清单各期): what stands on it, and what changed since the issue before.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::state::{DemandKind, DemandState};

/// Which list; one word for kind of demand and list.
pub type IssueKind = DemandKind;

/// A demand as a list prints it: what everybody may read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueEntry {
    /// Id of the demand.
    pub demand_id: String,
    /// 序号, from 1.
    pub serial: u32,
    /// 需求名称
    pub title: String,
    /// 公开摘要
    pub summary: String,
    /// Code of the technical field.
    pub field: String,
    /// Its name then.
    pub field_name: String,
    /// Code of the city.
    pub city: String,
    /// Its name then.
    pub city_name: String,
    /// Words of the modes.
    pub modes: Vec<String>,
    /// 时限要求
    pub deadline: Option<String>,
    /// 拟投入资金 as it may be printed; none where it is not public.
    pub budget: Option<String>,
    /// Company as it may be printed; none where it is not public.
    pub organisation: Option<String>,
    /// How many companies' demands a common one stands for; 1 for a company's own.
    pub companies: u32,
    /// Code of the state.
    pub state: String,
}

/// Why a demand left a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Departure {
    /// The entry of the issue before.
    pub entry: IssueEntry,
    /// Code of the state that it has now.
    pub state: String,
}

impl Departure {
    /// The state that it left for.
    #[must_use]
    pub fn why(&self) -> Option<DemandState> {
        DemandState::from_code(&self.state)
    }
}

/// What changed since the issue before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct IssueChanges {
    /// Ids of what is new.
    pub came: Vec<String>,
    /// Ids of what reads otherwise, with the keys that do.
    pub changed: BTreeMap<String, Vec<String>>,
    /// What left, and why.
    pub left: Vec<Departure>,
}

/// A whole issue, as it is frozen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedList {
    /// Which list: `enterprise` or `common`.
    pub kind: DemandKind,
    /// 文号
    pub number: String,
    /// 期次, from 1.
    pub issue: u32,
    /// Legal day.
    pub issued_on: String,
    /// What stands on it.
    pub entries: Vec<IssueEntry>,
    /// Since the issue before.
    pub changes: IssueChanges,
}

/// Compares an issue with the one before; `now` tells the state of a demand that left.
#[must_use]
pub fn compare_issues(
    before: &[IssueEntry],
    entries: &[IssueEntry],
    now: impl Fn(&str) -> Option<DemandState>,
) -> IssueChanges {
    let old: BTreeMap<&str, &IssueEntry> =
        before.iter().map(|entry| (entry.demand_id.as_str(), entry)).collect();
    let mut changes = IssueChanges::default();
    for entry in entries {
        match old.get(entry.demand_id.as_str()) {
            None => changes.came.push(entry.demand_id.clone()),
            Some(before) => {
                let differing = differing(before, entry);
                if !differing.is_empty() {
                    changes.changed.insert(entry.demand_id.clone(), differing);
                }
            }
        }
    }
    for entry in before.iter().filter(|old| !entries.iter().any(|new| new.demand_id == old.demand_id)) {
        let state = now(&entry.demand_id).unwrap_or(DemandState::Withdrawn).code().to_owned();
        changes.left.push(Departure { entry: entry.clone(), state });
    }
    changes
}

/// The keys in which two entries differ; number and serial do not count.
fn differing(before: &IssueEntry, now: &IssueEntry) -> Vec<String> {
    let pairs = [
        ("title", before.title != now.title),
        ("summary", before.summary != now.summary),
        ("field", before.field != now.field),
        ("city", before.city != now.city),
        ("modes", before.modes != now.modes),
        ("deadline", before.deadline != now.deadline),
        ("budget", before.budget != now.budget),
        ("organisation", before.organisation != now.organisation),
        ("companies", before.companies != now.companies),
        ("state", before.state != now.state),
    ];
    pairs.into_iter().filter(|(_, differs)| *differs).map(|(key, _)| key.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: &str, serial: u32, title: &str) -> IssueEntry {
        IssueEntry {
            demand_id: id.to_owned(),
            serial,
            title: title.to_owned(),
            summary: String::new(),
            field: "6".to_owned(),
            field_name: "新能源与高效节能".to_owned(),
            city: "430100".to_owned(),
            city_name: "长沙市".to_owned(),
            modes: Vec::new(),
            deadline: None,
            budget: None,
            organisation: None,
            companies: 1,
            state: "published".to_owned(),
        }
    }

    #[test]
    fn an_issue_says_what_came_changed_and_left() {
        let before = [entry("a", 1, "甲"), entry("b", 2, "乙"), entry("c", 3, "丙")];
        let now = [entry("b", 1, "乙"), entry("c", 2, "丙（改）"), entry("d", 3, "丁")];
        let state = |id: &str| (id == "a").then_some(DemandState::Contracted);
        let changes = compare_issues(&before, &now, state);
        assert_eq!(changes.came, ["d"]);
        assert_eq!(changes.changed, BTreeMap::from([("c".to_owned(), vec!["title".to_owned()])]));
        assert_eq!(changes.left[0].why(), Some(DemandState::Contracted));
        assert_eq!(changes.left.len(), 1);
    }
}
