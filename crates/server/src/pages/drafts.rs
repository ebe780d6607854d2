//! Making bulletins (通报制作): drafting, countersigning, signing, correcting, closing a year. Forms and their answers.

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing;
use serde::Deserialize;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::bulletin::{CorrectionDecision, GrowthBase};
use xiaoxiang_services::Refusal;
use xiaoxiang_services::bulletin::{
    self, NewCountersignature, Objections, Opinion, Product, PublicFormat, SeenDraft,
};

use super::cell::CellPage;
use super::draft_pages::{DraftPage, OverviewPage, Problem, Typed};
use super::public::{PageQuery, mime_of, page_number};
use super::reading::{self, CellAddress};
use super::shell::Section;
use super::visit::{PageState, Visit, download};

use crate::routes::{Access, Route};

/// The routes of bulletin making.
#[must_use]
pub fn routes() -> Vec<Route> {
    let read = Access::Needs(Action::ReadDrafts);
    let draft = Access::Needs(Action::DraftBulletin);
    vec![
        Route::page("/drafts", read, routing::get(overview)),
        Route::form("/drafts", draft, routing::post(make)),
        Route::form("/drafts/close-year", Access::Needs(Action::CloseYear), routing::post(close_year)),
        Route::page("/drafts/{id}", read, routing::get(show)),
        Route::form("/drafts/{id}/redraft", draft, routing::post(redraft)),
        Route::form(
            "/drafts/{id}/countersign",
            Access::Needs(Action::CountersignBulletin),
            routing::post(countersign),
        ),
        Route::form("/drafts/{id}/sign", Access::Needs(Action::SignBulletin), routing::post(sign)),
        Route::form("/drafts/{id}/correct", Access::Needs(Action::CorrectBulletin), routing::post(correct)),
        Route::page("/drafts/{id}/cells/{table}/{row}/{column}", read, routing::get(cell)),
        Route::file("/drafts/{id}/{file}", read, routing::get(file)),
    ]
}

/// What an address of these pages chooses.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Chosen {
    product: String,
    done: String,
}

async fn overview(visit: Visit, Query(chosen): Query<Chosen>) -> Response {
    overview_with(&visit, Typed::default(), None, &chosen.done).await
}

async fn overview_with(visit: &Visit, typed: Typed, problem: Option<Problem>, done: &str) -> Response {
    let overview = match bulletin::drafting_overview(&visit.app, &visit.actor()).await {
        Ok(overview) => overview,
        Err(refusal) => return visit.refused(&refusal),
    };
    let usual = match bulletin::usual_draft_period(&visit.app).await {
        Ok(usual) => usual,
        Err(refusal) => return visit.refused(&refusal),
    };
    let shell = visit.shell(Section::Drafts, visit.language.text("nav-drafts"));
    let has_problem = problem.is_some();
    let page = OverviewPage::new(shell, overview, usual, typed, problem, done);
    if has_problem { visit.unprocessed(&page) } else { visit.page(&page) }
}

/// What the form of a new draft sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct NewDraft {
    period: String,
    base: String,
}

async fn make(visit: Visit, Form(sent): Form<NewDraft>) -> Response {
    let typed = Typed { period: sent.period.clone(), base: sent.base.clone(), ..Typed::default() };
    let again = async |problem: Problem| overview_with(&visit, typed.clone(), Some(problem), "").await;
    let Ok(period) = sent.period.trim().parse() else {
        return again(Problem::new("period", visit.language.text("statistics-bad-period"))).await;
    };
    let growth_base = GrowthBase::from_code(&sent.base).unwrap_or(GrowthBase::AsKnown);
    match bulletin::draft_bulletin(&visit.app, &visit.actor(), period, growth_base).await {
        Ok(id) => visit.lead_to(&format!("/drafts/{id}?done=drafted")),
        Err(refusal @ Refusal::Invalid { .. }) => {
            let field = if refusal.code() == "bulletin.no_published_base" { "base" } else { "period" };
            again(Problem::new(field, visit.sentence(&refusal))).await
        }
        Err(refusal) => visit.refused(&refusal),
    }
}

/// What the form of a closing sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Closing {
    year: String,
}

async fn close_year(visit: Visit, Form(sent): Form<Closing>) -> Response {
    let Ok(year) = sent.year.parse() else { return visit.misread() };
    match bulletin::close_year(&visit.app, &visit.actor(), year).await {
        Ok(_) => visit.lead_to("/drafts?done=closed"),
        Err(refusal @ Refusal::Invalid { .. }) => {
            let problem = Problem::new("year", visit.sentence(&refusal));
            overview_with(&visit, Typed::default(), Some(problem), "").await
        }
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn show(visit: Visit, Path(id): Path<String>, Query(chosen): Query<Chosen>) -> Response {
    let typed = Typed { product: chosen.product, ..Typed::default() };
    draft_with(&visit, &id, typed, None, &chosen.done).await
}

/// The page of one bulletin in the making, with what was typed and what was wrong with it.
async fn draft_with(visit: &Visit, id: &str, typed: Typed, problem: Option<Problem>, done: &str) -> Response {
    match find_page(visit, id, typed, problem, done).await {
        Ok((page, status)) => (status, visit.page(&page)).into_response(),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn find_page(
    visit: &Visit,
    id: &str,
    typed: Typed,
    problem: Option<Problem>,
    done: &str,
) -> Result<(DraftPage, StatusCode), Refusal> {
    let actor = visit.actor();
    let review = bulletin::review_draft(&visit.app, &actor, id).await?;
    let pending = if review.freshness == bulletin::Freshness::Frozen {
        Some(bulletin::find_pending_changes(&visit.app, &actor, id).await?)
    } else {
        None
    };
    let zone = visit.app.region().await?.time_zone.clone();
    let today = visit.app.clock.today_in(&zone);
    let title = review.detail.content.title.clone();
    let title = visit.language.pick(&title, &review.detail.content.title_en).to_owned();
    let status = problem.as_ref().map_or(StatusCode::OK, |problem| problem.status);
    let shell = visit.shell(Section::Drafts, title);
    Ok((DraftPage::new(shell, actor, review, pending, (today, zone), typed, problem, done)?, status))
}

/// What the forms of a draft send; each sends some of it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Sent {
    seen: String,
    opinion: String,
    remark: String,
    signed_on: String,
    despite: String,
    decision: String,
    reason: String,
}

impl Sent {
    fn typed(&self) -> Typed {
        Typed {
            opinion: self.opinion.clone(),
            remark: self.remark.clone(),
            signed_on: self.signed_on.clone(),
            decision: self.decision.clone(),
            reason: self.reason.clone(),
            ..Typed::default()
        }
    }
}

/// Leads on, or shows the page again: with what is now there where somebody was first, with the problem at its field.
async fn answered(
    visit: &Visit,
    id: &str,
    sent: &Sent,
    done: &str,
    outcome: Result<(), Refusal>,
) -> Response {
    let problem = match &outcome {
        Ok(()) => return visit.lead_to(&format!("/drafts/{id}?done={done}")),
        Err(Refusal::Stale(_) | Refusal::Overtaken(_)) => {
            Problem::new("", visit.language.text("drafts-overtaken")).with(StatusCode::CONFLICT)
        }
        Err(refusal @ Refusal::Invalid { code, .. }) => {
            let field = match *code {
                "countersign.remark" => "remark",
                "bulletin.signed_on" => "signed_on",
                "bulletin.objected" => "despite",
                "correction.reason" => "reason",
                _ => "",
            };
            Problem::new(field, visit.sentence(refusal))
        }
        Err(refusal) => return visit.refused(refusal),
    };
    draft_with(visit, id, sent.typed(), Some(problem), "").await
}

async fn redraft(visit: Visit, Path(id): Path<String>, Form(sent): Form<Sent>) -> Response {
    let outcome = bulletin::redraft_bulletin(&visit.app, &visit.actor(), &id, &sent.seen).await;
    answered(&visit, &id, &sent, "redrafted", outcome).await
}

async fn countersign(visit: Visit, Path(id): Path<String>, Form(sent): Form<Sent>) -> Response {
    let Some(opinion) = Opinion::from_code(&sent.opinion) else {
        let problem = Problem::new("opinion", visit.language.text("countersign-choose"));
        return draft_with(&visit, &id, sent.typed(), Some(problem), "").await;
    };
    let new = NewCountersignature { opinion, remark: sent.remark.clone(), content_sha256: sent.seen.clone() };
    let outcome = bulletin::countersign_bulletin(&visit.app, &visit.actor(), &id, &new).await;
    answered(&visit, &id, &sent, "countersigned", outcome).await
}

async fn sign(
    visit: Visit,
    State(state): State<PageState>,
    Path(id): Path<String>,
    Form(sent): Form<Sent>,
) -> Response {
    let Ok(signed_on) = sent.signed_on.trim().parse() else {
        let problem = Problem::new("signed_on", visit.language.text("drafts-bad-day"));
        return draft_with(&visit, &id, sent.typed(), Some(problem), "").await;
    };
    let objections = if sent.despite == "yes" { Objections::Override } else { Objections::Respect };
    let seen = SeenDraft { content_sha256: sent.seen.clone(), objections };
    let signed =
        bulletin::sign_seen_draft(&visit.app, &visit.actor(), &state.log_key, &id, signed_on, &seen).await;
    answered(&visit, &id, &sent, "signed", signed.map(drop)).await
}

async fn correct(visit: Visit, Path(id): Path<String>, Form(sent): Form<Sent>) -> Response {
    let Some(decision) = CorrectionDecision::from_code(&sent.decision) else {
        let problem = Problem::new("decision", visit.language.text("correct-choose"));
        return draft_with(&visit, &id, sent.typed(), Some(problem), "").await;
    };
    let (actor, reason) = (visit.actor(), sent.reason.trim());
    let decided =
        bulletin::decide_seen_correction(&visit.app, &actor, &id, decision, reason, &sent.seen).await;
    answered(&visit, &id, &sent, "corrected", decided.map(drop)).await
}

async fn cell(visit: Visit, Path(address): Path<CellAddress>, Query(query): Query<PageQuery>) -> Response {
    let Some(page) = page_number(&query) else { return visit.misread() };
    match reading::draft_cell(&visit.app, &visit.actor(), &address, page).await {
        Ok(data) => {
            let title = format!("{} {}", visit.language.note(&data.row), visit.language.note(&data.column));
            let CellAddress { id, table, row, column } = &address;
            let link = visit.language.link(&format!("/drafts/{id}/cells/{table}/{row}/{column}"));
            let page = i64::try_from(page).unwrap_or(i64::MAX);
            visit.page(&CellPage { shell: visit.shell(Section::Drafts, title), data, address: link, page })
        }
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn file(visit: Visit, Path((id, file)): Path<(String, String)>) -> Response {
    let wanted = file
        .split_once('.')
        .and_then(|(product, format)| Some((Product::from_code(product)?, PublicFormat::from_code(format)?)));
    let Some((product, format)) = wanted else { return visit.refused(&Refusal::NotFound(file)) };
    match bulletin::write_product_file(
        &visit.app,
        &visit.actor(),
        &id,
        product,
        format,
        visit.file_language(),
    )
    .await
    {
        Ok(bytes) => download(&format!("{id}-{file}"), mime_of(format), bytes),
        Err(refusal) => visit.refused(&refusal),
    }
}
