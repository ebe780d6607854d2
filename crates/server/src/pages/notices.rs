//! The inbox (通知): what waits for the reader, what was told before.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing;
use serde::Deserialize;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::notice::{NoticeView, list_notices, mark_all_read, mark_read, open_notice};

use super::shell::{Section, Shell};
use super::visit::Visit;
use crate::routes::{Access, Route};

/// The page of the inbox.
const NOTICES_PATH: &str = "/notices";

/// The routes of the inbox.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::page(NOTICES_PATH, Access::SignedIn, routing::get(list)),
        Route::form("/notices/read", Access::SignedIn, routing::post(read_all)),
        Route::form("/notices/{notice}/read", Access::SignedIn, routing::post(read)),
        Route::form("/notices/{notice}/open", Access::SignedIn, routing::post(open)),
    ]
}

/// One line.
#[derive(Debug)]
pub struct NoticeLine {
    notice_id: String,
    title: &'static str,
    sentence: String,
    at: String,
    is_unread: bool,
}

/// The page of the inbox.
#[derive(Debug, Template)]
#[template(path = "notices.html")]
pub struct NoticesPage {
    shell: Shell,
    lines: Vec<NoticeLine>,
    /// The instant of the newest line: what comes later stays unread.
    until_ms: i64,
    /// Where the older ones begin.
    older: Option<String>,
    is_first_page: bool,
}

impl NoticesPage {
    fn has_unread(&self) -> bool {
        self.shell.unread > 0
    }

    fn unread(&self) -> String {
        self.shell.say("notices-unread", [("count", &self.shell.unread.to_string())])
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ListQuery {
    after: String,
}

async fn list(visit: Visit, Query(query): Query<ListQuery>) -> Response {
    match page(&visit, &query.after).await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn page(visit: &Visit, after: &str) -> Result<NoticesPage, Refusal> {
    let language = visit.language;
    let zone = visit.app.region().await?.time_zone.clone();
    let after = Some(after).filter(|after| !after.is_empty());
    let found = list_notices(&visit.app, &visit.actor(), after).await?;
    let until_ms = found.notices.first().map_or(0, |newest| newest.at_ms);
    let line = |notice: NoticeView| {
        let (zh, en) = notice.kind.title();
        NoticeLine {
            title: language.pick(zh, en),
            sentence: language.pick(&notice.zh, &notice.en).to_owned(),
            at: language.instant(notice.at_ms, &zone),
            is_unread: notice.read_at_ms.is_none(),
            notice_id: notice.notice_id,
        }
    };
    Ok(NoticesPage {
        shell: visit.shell(Section::Notices, language.text("notices-title")),
        lines: found.notices.into_iter().map(line).collect(),
        until_ms,
        older: found.next,
        is_first_page: after.is_none(),
    })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ReadForm {
    until: i64,
}

async fn read_all(visit: Visit, Form(form): Form<ReadForm>) -> Response {
    match mark_all_read(&visit.app, &visit.actor(), form.until).await {
        Ok(()) => visit.lead_to(NOTICES_PATH),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn read(visit: Visit, Path(notice): Path<String>) -> Response {
    match mark_read(&visit.app, &visit.actor(), &notice).await {
        Ok(()) => visit.lead_to(NOTICES_PATH),
        Err(refusal) => visit.refused(&refusal),
    }
}

/// Notes that a notice was read and leads to what it is about.
async fn open(visit: Visit, Path(notice): Path<String>) -> Response {
    match open_notice(&visit.app, &visit.actor(), &notice).await {
        Ok(path) => visit.lead_to(&path),
        Err(refusal) => visit.refused(&refusal),
    }
}
