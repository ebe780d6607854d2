//! Park company lists (园区企业名录): their state, what is wrong with them, and a new list beside the old one.

use askama::Template;
use axum::extract::{DefaultBodyLimit, Multipart, Path, Query};
use axum::response::Response;
use axum::routing;
use serde::Deserialize;
use xiaoxiang_domain::access::{Action, Scope};
use xiaoxiang_domain::attribution::ParkCompany;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::attribution::{
    ParkFindings, ParkListDraft, ParkState, ParkStates, confirm_park_list, draft_park_list,
    find_park_list_draft, list_parks, park_findings,
};

use super::shell::{Section, Shell};
use super::visit::Visit;
use crate::routes::{Access, Route};

/// Largest list.
pub const LIST_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Lines of each sort shown; the numbers count all.
const LINES_SHOWN_MAX: usize = 200;

/// The routes of park lists.
#[must_use]
pub fn routes() -> Vec<Route> {
    let read = Access::Needs(Action::ReadParks);
    let import = Access::Needs(Action::ImportParkList);
    let upload = routing::post(send).layer(DefaultBodyLimit::max(LIST_BYTES_MAX));
    vec![
        Route::page("/parks", read, routing::get(list)),
        Route::form("/parks/lists", import, upload),
        Route::page("/parks/{key}/drafts/{draft}", import, routing::get(compare)),
        Route::form("/parks/{key}/drafts/{draft}", import, routing::post(confirm)),
    ]
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct DoneQuery {
    companies: String,
    moved: String,
}

async fn list(visit: Visit, Query(query): Query<DoneQuery>) -> Response {
    let done = match (query.companies.parse::<usize>(), query.moved.parse::<usize>()) {
        (Ok(companies), Ok(moved)) => Some((companies, moved)),
        _ => None,
    };
    match page_of(&visit, done, Vec::new()).await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn page_of(
    visit: &Visit,
    done: Option<(usize, usize)>,
    problems: Vec<String>,
) -> Result<ParksPage, Refusal> {
    let actor = visit.actor();
    let states = list_parks(&visit.app, &actor).await?;
    let findings = park_findings(&visit.app, &actor).await?;
    let may_import = |park: &&ParkState| match actor.extent(Action::ImportParkList) {
        Some(Scope::Region) => true,
        Some(Scope::Park(key)) => key == park.key,
        _ => false,
    };
    let own = states.parks.iter().filter(may_import).cloned().collect();
    let region = visit.app.region().await?;
    let parks = region.region.parks().all().iter();
    Ok(ParksPage {
        shell: visit.shell(Section::Parks, visit.language.text("parks-title")),
        names: parks
            .map(|park| (park.key, visit.language.pick(&park.name, &park.name_en).to_owned()))
            .collect(),
        states,
        findings,
        own,
        done,
        problems,
    })
}

#[derive(Debug, Template)]
#[template(path = "parks.html")]
struct ParksPage {
    shell: Shell,
    states: ParkStates,
    findings: ParkFindings,
    /// Parks whose list the reader may send.
    own: Vec<ParkState>,
    names: std::collections::HashMap<u32, String>,
    done: Option<(usize, usize)>,
    problems: Vec<String>,
}

impl ParksPage {
    fn name<'park>(&'park self, park: &'park ParkState) -> &'park str {
        if park.name_en.is_empty() { &park.name } else { self.shell.language.pick(&park.name, &park.name_en) }
    }

    fn companies(&self, park: &ParkState) -> String {
        park.companies.map(|count| count.to_string()).unwrap_or_default()
    }

    fn day(&self, park: &ParkState) -> String {
        park.imported_on.map_or_else(|| self.shell.t("parks-never").to_owned(), |day| self.shell.day(&day))
    }

    fn due(&self) -> String {
        let due = self.states.parks.iter().filter(|park| park.is_due).count().to_string();
        let all = self.states.parks.len().to_string();
        self.shell.say("parks-due", [("due", &due), ("all", &all)])
    }

    fn done_sentence(&self) -> Option<String> {
        let (companies, moved) = self.done?;
        Some(
            self.shell
                .say("parks-done", [("companies", &companies.to_string()), ("moved", &moved.to_string())]),
        )
    }

    fn parks_of(&self, keys: &[u32]) -> String {
        let names: Vec<&str> =
            keys.iter().filter_map(|key| self.names.get(key)).map(String::as_str).collect();
        names.join("、")
    }

    fn twice(&self) -> &[xiaoxiang_services::attribution::ParkClaimants] {
        first(&self.findings.claimed_twice)
    }

    fn unmatched(&self) -> &[xiaoxiang_services::attribution::ParkClaimants] {
        first(&self.findings.unmatched)
    }

    fn counted(&self, count: usize) -> String {
        self.shell.say("parks-companies", [("count", &count.to_string())])
    }

    fn twice_count(&self) -> String {
        self.counted(self.findings.claimed_twice.len())
    }

    fn unmatched_count(&self) -> String {
        self.counted(self.findings.unmatched.len())
    }
}

fn first<T>(list: &[T]) -> &[T] {
    &list[..list.len().min(LINES_SHOWN_MAX)]
}

async fn send(visit: Visit, mut multipart: Multipart) -> Response {
    let mut bytes = None;
    let mut key = String::new();
    while let Ok(Some(field)) = multipart.next_field().await {
        match field.name() {
            Some("file") => bytes = field.bytes().await.ok(),
            Some("park") => key = field.text().await.unwrap_or_default(),
            _ => {}
        }
    }
    let drafted = match (key.parse::<u32>(), bytes.filter(|bytes| !bytes.is_empty())) {
        (Err(_), _) => Err(Refusal::NotFound(key.clone())),
        (Ok(_), None) => {
            Err(Refusal::invalid("park.list.missing", "请选择名录文件。", "choose the file of the list"))
        }
        (Ok(park_key), Some(bytes)) => {
            draft_park_list(&visit.app, &visit.actor(), park_key, bytes.to_vec()).await
        }
    };
    match drafted {
        Ok(draft) => visit.lead_to(&format!("/parks/{key}/drafts/{draft}")),
        Err(refusal) => {
            let problems = match &refusal {
                Refusal::Sheet(problems) => problems
                    .iter()
                    .map(|problem| {
                        let row = problem
                            .row
                            .map(|row| visit.language.say("targets-row", [("row", &row.to_string())]));
                        let reason = visit.language.pick(&problem.words.reason_zh, &problem.words.reason_en);
                        format!("{}{reason}", row.unwrap_or_default())
                    })
                    .collect(),
                Refusal::Invalid { .. } => vec![visit.sentence(&refusal)],
                _ => return visit.refused(&refusal),
            };
            match page_of(&visit, None, problems).await {
                Ok(page) => visit.unprocessed(&page),
                Err(refusal) => visit.refused(&refusal),
            }
        }
    }
}

async fn compare(visit: Visit, Path((key, draft)): Path<(String, String)>) -> Response {
    let read = async {
        let park_key = key_of(&key)?;
        let draft = find_park_list_draft(&visit.app, &visit.actor(), park_key, &draft).await?;
        let region = visit.app.region().await?;
        let park = region.region.parks().by_key(park_key).ok_or_else(|| Refusal::NotFound(key.clone()))?;
        Ok((draft, visit.language.pick(&park.name, &park.name_en).to_owned()))
    };
    match read.await {
        Ok((draft, name)) => {
            let shell = visit.shell(Section::Parks, name.clone());
            visit.page(&DraftPage { shell, name, draft })
        }
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn confirm(visit: Visit, Path((key, draft)): Path<(String, String)>) -> Response {
    let confirmed = async { confirm_park_list(&visit.app, &visit.actor(), key_of(&key)?, &draft).await };
    match confirmed.await {
        Ok(done) => {
            visit.lead_to(&format!("/parks?companies={}&moved={}", done.companies, done.moved_contracts))
        }
        Err(refusal) => visit.refused(&refusal),
    }
}

fn key_of(text: &str) -> Result<u32, Refusal> {
    text.parse().map_err(|_| Refusal::NotFound(text.to_owned()))
}

#[derive(Debug, Template)]
#[template(path = "park_draft.html")]
struct DraftPage {
    shell: Shell,
    name: String,
    draft: ParkListDraft,
}

impl DraftPage {
    fn path(&self) -> String {
        self.shell.link(&format!("/parks/{}/drafts/{}", self.draft.park_key, self.draft.draft_id))
    }

    fn summary(&self) -> String {
        self.shell.say(
            "parks-summary",
            [
                ("companies", &self.draft.companies.to_string()),
                ("unchanged", &self.draft.unchanged.to_string()),
                ("added", &self.draft.added.len().to_string()),
                ("left", &self.draft.left_out.len().to_string()),
                ("changed", &self.draft.changed.len().to_string()),
            ],
        )
    }

    fn days(&self, company: &ParkCompany) -> String {
        let from = self.shell.day(&company.valid_from);
        let to = company.valid_to.map(|day| self.shell.day(&day)).unwrap_or_default();
        format!("{from} – {to}")
    }

    /// What is shown: sort, company, days as before.
    fn lines(&self) -> Vec<(&'static str, &ParkCompany, String)> {
        let added =
            first(&self.draft.added).iter().map(|new| (self.shell.t("parks-added"), new, String::new()));
        let left =
            first(&self.draft.left_out).iter().map(|old| (self.shell.t("parks-left"), old, String::new()));
        let changed = first(&self.draft.changed).iter().map(|(old, new)| {
            (self.shell.t("parks-changed"), new, format!("{} {}", old.name, self.days(old)))
        });
        left.chain(changed).chain(added).collect()
    }
}
