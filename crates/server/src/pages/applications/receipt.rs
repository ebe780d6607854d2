//! The public page behind a receipt's or certificate's code (核验页): number and standing, nothing confidential.

use askama::Template;
use axum::extract::Path;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use xiaoxiang_services::Refusal;
use xiaoxiang_services::registration::{PublicStanding, read_public_standing};

use super::words::Words;
use crate::pages::shell::{Section, Shell};
use crate::pages::visit::Visit;

#[derive(Debug, Template)]
#[template(path = "receipt.html")]
struct ReceiptPage {
    shell: Shell,
    words: Words,
    standing: PublicStanding,
    today: jiff::civil::Date,
}

pub(super) async fn show(visit: Visit, Path(token): Path<String>) -> Response {
    match page(&visit, &token).await {
        Ok(page) => {
            let mut answer = visit.page(&page).into_response();
            let headers = answer.headers_mut();
            // The link is its secret: no search engine keeps it, no other site is told of it.
            let not_indexed = HeaderValue::from_static("noindex, nofollow, noarchive");
            headers.insert(HeaderName::from_static("x-robots-tag"), not_indexed);
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            answer
        }
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn page(visit: &Visit, token: &str) -> Result<ReceiptPage, Refusal> {
    Ok(ReceiptPage {
        standing: read_public_standing(&visit.app, token).await?,
        words: Words::of(visit).await?,
        today: visit.app.today().await?,
        shell: visit.shell(Section::Elsewhere, visit.language.text("receipt-title")),
    })
}

impl ReceiptPage {
    fn note(&self) -> String {
        self.shell.say("receipt-note", [("day", &self.shell.day(&self.today))])
    }
}
