//! The list to telephone by (催办名单), for paper and as a workbook.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use xiaoxiang_domain::period::{Month, Period};
use xiaoxiang_services::city::{ChaseEntry, ChaseList, ReadAs, chase_list, chase_list_table};
use xiaoxiang_services::paper::write_xlsx;

use super::cities::{code_of, ten_thousand};
use super::failure::Failure;
use super::shell::{Section, Shell};
use super::visit::{PageState, Visit, download};

const MIME_XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The page.
pub async fn show(visit: Visit, Path(code): Path<String>) -> Response {
    let read = async { chase_list(&visit.app, &visit.actor(), code_of(&code)?, ReadAs::Page).await };
    match read.await {
        Ok(list) => {
            let name = visit.language.pick(&list.place.name, &list.place.name_en).to_owned();
            let title = visit.language.say("chase-title", [("name", &name)]);
            visit.page(&ChaseListPage {
                shell: visit.shell(Section::Cities, title.clone()),
                title,
                name,
                list,
            })
        }
        Err(refusal) => visit.refused(&refusal),
    }
}

/// The workbook.
pub async fn workbook(visit: Visit, State(state): State<PageState>, Path(code): Path<String>) -> Response {
    let read = async {
        let list = chase_list(&visit.app, &visit.actor(), code_of(&code)?, ReadAs::Workbook).await?;
        let zone = visit.app.region().await?.time_zone.clone();
        Ok((list, state.app.clock.now().to_zoned(zone).datetime()))
    };
    match read.await {
        Ok((list, now)) => match write_xlsx(&[chase_list_table(&list).told_in(visit.file_language())], now) {
            Ok(bytes) => download(&format!("chase-list-{code}.xlsx"), MIME_XLSX, bytes),
            Err(error) => {
                tracing::error!(%error, "chase list not written");
                visit.failed(Failure::Internal("-".to_owned()))
            }
        },
        Err(refusal) => visit.refused(&refusal),
    }
}

/// The list on screen and on paper.
#[derive(Debug, Template)]
#[template(path = "chase_list.html")]
struct ChaseListPage {
    shell: Shell,
    title: String,
    name: String,
    list: ChaseList,
}

impl ChaseListPage {
    fn city_link(&self) -> String {
        self.shell.link(&format!("/cities/{}", self.list.place.code))
    }

    fn workbook_link(&self) -> String {
        self.shell.file_link(&format!("/cities/{}/chase-list.xlsx", self.list.place.code))
    }

    fn value(&self, entry: &ChaseEntry) -> String {
        ten_thousand(entry.contract_value)
    }

    fn month(&self, month: &Month) -> String {
        Period::month(*month).map(|period| self.shell.period(&period)).unwrap_or_default()
    }

    fn reason(&self, entry: &ChaseEntry) -> String {
        self.shell.note(&entry.reason.sentence()).to_owned()
    }

    fn until(&self) -> String {
        self.shell.say("chase-until", [("months", &self.shell.period(&self.list.months))])
    }

    fn left_out(&self) -> String {
        self.shell.say("chase-left-out", [("count", &self.list.left_out.to_string())])
    }

    /// Which lines have somebody to ring.
    fn counted(&self) -> String {
        self.shell.say("figure-count", [("count", &self.list.entries.len().to_string())])
    }
}
