//! The form of the yearly draw (年度抽查): what it is made from, its seed, and how anybody can make it again.

use askama::Template;
use axum::Form;
use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::registration::inspection::{
    DrawPreview, SEED_CHARACTERS_MAX, draw_inspections, preview_draw,
};
use xiaoxiang_store::inspection::DrawRow;

use crate::pages::shell::{Section, Shell};
use crate::pages::visit::Visit;

/// Of which year a preview is asked.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct DrawQuery {
    year: Option<i16>,
}

/// What is sent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct DrawForm {
    year: i16,
    seed: String,
}

pub(super) async fn show(visit: Visit, Query(query): Query<DrawQuery>) -> Response {
    match page(&visit, query.year, DrawForm::default(), None).await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

pub(super) async fn send(visit: Visit, Form(form): Form<DrawForm>) -> Response {
    let refusal = match draw_inspections(&visit.app, &visit.actor(), form.year, &form.seed).await {
        Ok(_) => return visit.lead_to("/inspections?done=draw"),
        Err(refusal) => refusal,
    };
    if !refusal.code().starts_with("inspection.") {
        return visit.refused(&refusal);
    }
    let problem = visit.sentence(&refusal);
    match page(&visit, Some(form.year), form.clone(), Some(problem)).await {
        // The same draw sent twice was made by the first.
        Ok(page) if page.is_made(&form) => visit.lead_to("/inspections?done=draw"),
        Ok(page) => visit.unprocessed(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn page(
    visit: &Visit,
    year: Option<i16>,
    form: DrawForm,
    problem: Option<String>,
) -> Result<DrawPage, Refusal> {
    Ok(DrawPage {
        preview: preview_draw(&visit.app, &visit.actor(), year).await?,
        shell: visit.shell(Section::Applications, visit.language.text("inspection-draw-title")),
        form,
        problem,
    })
}

#[derive(Debug, Template)]
#[template(path = "inspection_draw.html")]
struct DrawPage {
    shell: Shell,
    preview: DrawPreview,
    form: DrawForm,
    problem: Option<String>,
}

impl DrawPage {
    fn is_made(&self, form: &DrawForm) -> bool {
        let is_it = |draw: &DrawRow| draw.year == i64::from(form.year) && draw.seed == form.seed.trim();
        self.preview.draws.iter().any(is_it)
    }

    /// The draw of the year shown, where it was made.
    fn made(&self) -> Option<&DrawRow> {
        self.preview.draws.iter().find(|draw| draw.year == i64::from(self.preview.year))
    }

    fn share(&self) -> String {
        self.shell.say("inspection-draw-share-value", [("share", &self.preview.per_mille.to_string())])
    }

    fn count(&self, count: &usize) -> String {
        self.shell.say("inspection-draw-count", [("count", &count.to_string())])
    }

    fn repeat(&self) -> String {
        self.shell.say("inspection-draw-repeat", [("share", &self.preview.per_mille.to_string())])
    }

    fn summary(&self, draw: &DrawRow) -> String {
        self.shell.say(
            "inspection-draw-made",
            [
                ("year", &draw.year.to_string()),
                ("population", &draw.population.to_string()),
                ("drawn", &draw.drawn.to_string()),
            ],
        )
    }

    const fn seed_max(&self) -> usize {
        SEED_CHARACTERS_MAX
    }
}
