//! Several companies' demands into one common demand, and one demand into several.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse as _, Response};
use xiaoxiang_domain::demand::{DemandForm, DemandKind};
use xiaoxiang_services::Refusal;
use xiaoxiang_services::demand::{
    DemandPage, Division, MERGED_MAX, Merger, SPLIT_MAX, merge_demands, read_demand, split_demand,
};

use super::words::DemandWords;
use crate::pages::applications::sent::Sent;
use crate::pages::shell::{Section, Shell};
use crate::pages::visit::{Visit, status_of_form};

/// Parts offered when a demand is split.
const PARTS_OFFERED: usize = 3;
/// What a common demand is written anew with.
const WRITTEN: [&str; 7] = ["title", "summary", "problem", "figures", "conditions", "budget", "deadline"];

#[derive(Debug, Template)]
#[template(path = "demand_merge.html")]
struct MergePage {
    shell: Shell,
    words: DemandWords,
    parents: Vec<DemandPage>,
    form: DemandForm,
    why: String,
    problems: Vec<String>,
}

impl MergePage {
    fn is_area(&self, key: &str) -> bool {
        matches!(key, "summary" | "problem" | "figures" | "conditions")
    }

    fn rows(&self, key: &str) -> usize {
        if key == "problem" { 8 } else { 3 }
    }

    fn keys(&self) -> [&'static str; 7] {
        WRITTEN
    }
}

pub(super) async fn show(visit: Visit, Query(pairs): Query<Vec<(String, String)>>) -> Response {
    let ids: Vec<String> =
        pairs.into_iter().filter(|(name, _)| name == "demand").map(|(_, id)| id).take(MERGED_MAX).collect();
    match merge_page(&visit, &ids, None, String::new(), Vec::new()).await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn merge_page(
    visit: &Visit,
    ids: &[String],
    form: Option<DemandForm>,
    why: String,
    problems: Vec<String>,
) -> Result<MergePage, Refusal> {
    let mut parents = Vec::new();
    for id in ids {
        let page = read_demand(&visit.app, &visit.actor(), id).await?;
        if page.kind == DemandKind::Enterprise {
            parents.push(page);
        }
    }
    let form = form.unwrap_or_else(|| first_form(&parents));
    let shell = visit.shell(Section::Demands, visit.language.text("demand-merge-title"));
    Ok(MergePage { shell, words: DemandWords::of(visit).await?, parents, form, why, problems })
}

/// What the common demand may begin with: the problems one after the other, the first demand's field and modes.
fn first_form(parents: &[DemandPage]) -> DemandForm {
    let joined = |key: &str| {
        let texts: Vec<&str> =
            parents.iter().map(|parent| parent.form.field(key)).filter(|text| !text.is_empty()).collect();
        texts.join("\n")
    };
    DemandForm::default().with("problem", &joined("problem")).with("figures", &joined("figures"))
}

pub(super) async fn send(visit: Visit, Form(pairs): Form<Vec<(String, String)>>) -> Response {
    let sent = Sent::of(pairs);
    let chosen: Vec<(String, i64)> = sent
        .all("demand")
        .iter()
        .filter_map(|one| one.split_once(':'))
        .filter_map(|(id, revision)| Some((id.to_owned(), revision.parse().ok()?)))
        .take(MERGED_MAX)
        .collect();
    let ids: Vec<String> = chosen.iter().map(|(id, _)| id.clone()).collect();
    let why = sent.text("words").to_owned();
    let mut typed = DemandForm { holds_no_secrets: true, ..DemandForm::default() };
    for key in WRITTEN {
        typed.fields.insert(key.to_owned(), sent.text(key).to_owned());
    }
    let result = async {
        let page = merge_page(&visit, &ids, None, String::new(), Vec::new()).await?;
        let form = completed(&visit, typed.clone(), &page.parents);
        let merger = Merger { parents: chosen, form, words: why.clone() };
        merge_demands(&visit.app, &visit.actor(), &merger).await
    };
    match result.await {
        Ok(id) => visit.lead_to(&format!("/demands/{id}?done=step")),
        Err(refusal) => {
            let Some(status) = status_of_form(&refusal) else { return visit.refused(&refusal) };
            let page = async {
                let words = DemandWords::of(&visit).await?;
                merge_page(&visit, &ids, Some(typed), why, words.told(&visit, &refusal)).await
            };
            match page.await {
                Ok(page) => (status, visit.page(&page)).into_response(),
                Err(refusal) => visit.refused(&refusal),
            }
        }
    }
}

/// A common demand is asked by the office that makes it: field and modes are the first parent's, the place the region's
/// first city of the parents.
fn completed(visit: &Visit, form: DemandForm, parents: &[DemandPage]) -> DemandForm {
    let first = |key: &str| {
        parents.iter().map(|parent| parent.form.field(key)).find(|text| !text.is_empty()).unwrap_or_default()
    };
    let mut modes: Vec<&str> =
        parents.iter().flat_map(|parent| parent.form.field("modes").split([',', '、', '，'])).collect();
    modes.sort_unstable();
    modes.dedup();
    let office = visit.language.text("demand-common-office");
    form.with("organisation_name", office)
        .with("division", first("division"))
        .with("field", first("field"))
        .with("modes", &modes.join(","))
        .with("contact", office)
        .with("telephone", "—")
        .with("level.problem", "public")
        .with("level.figures", "public")
}

#[derive(Debug, Template)]
#[template(path = "demand_split.html")]
struct SplitPage {
    shell: Shell,
    page: DemandPage,
    parts: Vec<[String; 3]>,
    why: String,
    problems: Vec<String>,
}

pub(super) async fn split(visit: Visit, Path(id): Path<String>) -> Response {
    match split_page(&visit, &id, Vec::new(), String::new(), Vec::new()).await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn split_page(
    visit: &Visit,
    id: &str,
    mut parts: Vec<[String; 3]>,
    why: String,
    problems: Vec<String>,
) -> Result<SplitPage, Refusal> {
    let page = read_demand(&visit.app, &visit.actor(), id).await?;
    parts.resize(parts.len().max(PARTS_OFFERED), Default::default());
    let shell = visit.shell(Section::Demands, visit.language.text("demand-split-title"));
    Ok(SplitPage { shell, page, parts, why, problems })
}

pub(super) async fn send_split(
    visit: Visit,
    Path(id): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Response {
    let sent = Sent::of(pairs);
    let [titles, summaries, problems] = ["title", "summary", "problem"].map(|key| sent.all(key));
    let part = |at: usize| {
        let text = |texts: &[String]| texts.get(at).cloned().unwrap_or_default();
        [text(&titles), text(&summaries), text(&problems)]
    };
    let parts: Vec<[String; 3]> = (0..titles.len().min(SPLIT_MAX))
        .map(part)
        .filter(|texts| texts.iter().any(|text| !text.trim().is_empty()))
        .collect();
    let why = sent.text("words").to_owned();
    let division = Division { revision: sent.revision(), parts: parts.clone(), words: why.clone() };
    match split_demand(&visit.app, &visit.actor(), &id, &division).await {
        Ok(_) => visit.lead_to(&format!("/demands/{id}?done=step")),
        Err(refusal) => {
            let Some(status) = status_of_form(&refusal) else { return visit.refused(&refusal) };
            let page = async {
                let words = DemandWords::of(&visit).await?;
                split_page(&visit, &id, parts, why, words.told(&visit, &refusal)).await
            };
            match page.await {
                Ok(page) => (status, visit.page(&page)).into_response(),
                Err(refusal) => visit.refused(&refusal),
            }
        }
    }
}
