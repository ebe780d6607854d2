//! The two living lists (需求清单): issues, the next one as it would be, one issue with what changed, its files.

use askama::Template;
use axum::Form;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::demand::{DemandKind, DemandState, Departure, IssueEntry};
use xiaoxiang_services::Refusal;
use xiaoxiang_services::demand::{
    IssueFile, IssueSummary, NextIssue, list_issues, preview_issue, publish_list, read_issue, write_issue,
};

use super::words::DemandWords;
use crate::pages::shell::{Section, Shell};
use crate::pages::visit::{Visit, download, status_of_form};

pub(super) async fn overview(visit: Visit) -> Response {
    match overview_page(&visit, None).await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn overview_page(visit: &Visit, problem: Option<String>) -> Result<OverviewPage, Refusal> {
    let mut next = Vec::new();
    if visit.actor().may(Action::PublishDemands) || visit.actor().may(Action::DecideDemands) {
        for kind in DemandKind::ALL {
            next.push(preview_issue(&visit.app, &visit.actor(), kind).await?);
        }
    }
    Ok(OverviewPage {
        shell: visit.shell(Section::Market, visit.language.text("demand-lists-title")),
        words: DemandWords::of(visit).await?,
        issues: list_issues(&visit.app).await?,
        next,
        problem,
    })
}

#[derive(Debug, Template)]
#[template(path = "demand_lists.html")]
struct OverviewPage {
    shell: Shell,
    words: DemandWords,
    issues: Vec<IssueSummary>,
    next: Vec<NextIssue>,
    problem: Option<String>,
}

impl OverviewPage {
    fn may_publish(&self) -> bool {
        self.shell.may(Action::PublishDemands)
    }

    fn has_changes(&self, next: &NextIssue) -> bool {
        let changes = &next.list.changes;
        !(changes.came.is_empty() && changes.changed.is_empty() && changes.left.is_empty())
    }

    fn counts(&self, next: &NextIssue) -> String {
        let changes = &next.list.changes;
        let numbers =
            [next.list.entries.len(), changes.came.len(), changes.changed.len(), changes.left.len()]
                .map(|count| count.to_string());
        self.shell.say(
            "demand-list-counts",
            [("all", &numbers[0]), ("came", &numbers[1]), ("changed", &numbers[2]), ("left", &numbers[3])],
        )
    }

    fn issue_name(&self, issue: &u32) -> String {
        self.shell.say("demand-list-issue", [("issue", &issue.to_string())])
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PublishForm {
    kind: String,
}

pub(super) async fn publish(visit: Visit, Form(form): Form<PublishForm>) -> Response {
    let Some(kind) = DemandKind::from_code(&form.kind) else { return visit.misread() };
    match publish_list(&visit.app, &visit.actor(), kind).await {
        Ok(id) => visit.lead_to(&format!("/demand-lists/{id}")),
        Err(refusal) => {
            let Some(status) = status_of_form(&refusal) else { return visit.refused(&refusal) };
            match overview_page(&visit, Some(visit.sentence(&refusal))).await {
                Ok(page) => (status, visit.page(&page)).into_response(),
                Err(refusal) => visit.refused(&refusal),
            }
        }
    }
}

pub(super) async fn show(visit: Visit, Path(id): Path<String>) -> Response {
    let page = async {
        let issue = read_issue(&visit.app, &id).await?;
        let words = DemandWords::of(&visit).await?;
        let title = format!("{} {}", words.kind(&issue.list.kind), issue.list.number);
        Ok::<_, Refusal>(IssuePage { shell: visit.shell(Section::Market, title), words, issue })
    };
    match page.await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

#[derive(Debug, Template)]
#[template(path = "demand_list.html")]
struct IssuePage {
    shell: Shell,
    words: DemandWords,
    issue: IssueSummary,
}

impl IssuePage {
    fn title(&self) -> &'static str {
        self.shell.t(match self.issue.list.kind {
            DemandKind::Enterprise => "demand-list-enterprise",
            DemandKind::Common => "demand-list-common",
        })
    }

    fn is_common(&self) -> bool {
        self.issue.list.kind == DemandKind::Common
    }

    fn issue_name(&self) -> String {
        self.shell.say("demand-list-issue", [("issue", &self.issue.list.issue.to_string())])
    }

    fn file(&self, format: &str) -> String {
        format!("/demand-lists/{}/list.{format}", self.issue.issue_id)
    }

    fn market_link(&self, entry: &IssueEntry) -> String {
        self.shell.link(&format!("/market/demands/{}", entry.demand_id))
    }

    fn is_new(&self, entry: &IssueEntry) -> bool {
        self.issue.list.issue > 1 && self.issue.list.changes.came.contains(&entry.demand_id)
    }

    fn field(&self, entry: &IssueEntry) -> String {
        self.words.field_name(&entry.field)
    }

    fn city(&self, entry: &IssueEntry) -> String {
        xiaoxiang_domain::region::DivisionCode::parse(&entry.city)
            .map_or_else(|| entry.city_name.clone(), |city| self.words.division(city))
    }

    fn modes(&self, entry: &IssueEntry) -> String {
        self.words.value("modes", &entry.modes.join("、"))
    }

    fn deadline(&self, entry: &IssueEntry) -> Option<String> {
        entry.deadline.as_deref().map(|day| self.words.day(day))
    }

    fn entry(&self, id: &str) -> Option<&IssueEntry> {
        self.issue.list.entries.iter().find(|entry| entry.demand_id == id)
    }

    fn came(&self) -> Vec<&IssueEntry> {
        self.issue.list.changes.came.iter().filter_map(|id| self.entry(id)).collect()
    }

    fn changed(&self) -> Vec<(&IssueEntry, String)> {
        let told = |keys: &[String]| {
            let named: Vec<String> = keys.iter().map(|key| self.change(key)).collect();
            named.join(self.shell.language.pick("、", ", "))
        };
        let changed = self.issue.list.changes.changed.iter();
        changed.filter_map(|(id, keys)| Some((self.entry(id)?, told(keys)))).collect()
    }

    fn change(&self, key: &str) -> String {
        match key {
            "organisation" => self.words.label("organisation_name"),
            "city" => self.shell.t("market-city").to_owned(),
            "state" => self.shell.t("applications-state").to_owned(),
            "companies" => self.shell.t("demand-companies").to_owned(),
            other => self.words.label(other),
        }
    }

    fn why(&self, departure: &Departure) -> String {
        departure.why().map_or_else(String::new, |state: DemandState| self.words.state(&state))
    }
}

pub(super) async fn file(visit: Visit, Path((id, format)): Path<(String, String)>) -> Response {
    let Some(file) = IssueFile::from_code(&format) else { return visit.refused(&Refusal::NotFound(format)) };
    match write_issue(&visit.app, &id, file, visit.file_language()).await {
        Ok((name, bytes)) => download(&name, file.mime(), bytes),
        Err(refusal) => visit.refused(&refusal),
    }
}
