//! Open data (开放数据): everything published, as datasets for machines.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use axum::routing;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::open_data::{Dataset, DatasetFormat, DatasetId, list_datasets, write_dataset};

use super::failure::Failure;
use super::shell::{Section, Shell};
use super::visit::{Visit, download};
use crate::routes::{Access, Route};

/// The routes of open data.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::page("/open-data", Access::Open, routing::get(list)),
        Route::file("/open-data/{file}", Access::Open, routing::get(file)),
    ]
}

async fn list(visit: Visit) -> Response {
    match list_datasets(&visit.app).await {
        Ok(datasets) => {
            let shell = visit.shell(Section::Elsewhere, visit.language.text("open-data-title"));
            visit.page(&OpenDataPage::new(shell, datasets))
        }
        Err(Refusal::NoRegion) => {
            let shell = visit.shell(Section::Elsewhere, visit.language.text("open-data-title"));
            visit.page(&OpenDataPage::new(shell, Vec::new()))
        }
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn file(visit: Visit, Path(file): Path<String>) -> Response {
    let Some((id, format)) = file.rsplit_once('.') else { return visit.failed(Failure::NotFound) };
    let Some(format) = DatasetFormat::from_code(format) else { return visit.failed(Failure::NotFound) };
    match written(&visit, id, format).await {
        Ok(bytes) => download(&format!("{id}.{}", format.code()), mime_of(format), bytes),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn written(visit: &Visit, id: &str, format: DatasetFormat) -> Result<Vec<u8>, Refusal> {
    let id: DatasetId = id.parse()?;
    write_dataset(&visit.app, &id, format, visit.file_language()).await
}

const fn mime_of(format: DatasetFormat) -> &'static str {
    match format {
        DatasetFormat::Csv => "text/csv; charset=utf-8",
        DatasetFormat::Json => "application/json",
        DatasetFormat::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        DatasetFormat::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    }
}

/// The list of datasets.
#[derive(Debug, Template)]
#[template(path = "open_data.html")]
pub struct OpenDataPage {
    shell: Shell,
    series: Vec<Dataset>,
    bulletins: Vec<Dataset>,
}

impl OpenDataPage {
    fn new(shell: Shell, datasets: Vec<Dataset>) -> Self {
        let is_series = |dataset: &Dataset| matches!(dataset.id, DatasetId::Series(..));
        let (series, bulletins) = datasets.into_iter().partition(is_series);
        Self { shell, series, bulletins }
    }

    fn licence(&self) -> &str {
        let stated = self.series.first().and_then(|dataset| dataset.licence.as_ref());
        stated.map_or_else(|| self.shell.t("open-data-no-licence"), |licence| self.shell.note(licence))
    }

    fn file_link(&self, dataset: &Dataset, format: &DatasetFormat) -> String {
        self.shell.file_link(&format!("/open-data/{}.{}", dataset.id, format.code()))
    }

    fn file_label(&self, format: &DatasetFormat) -> String {
        format.code().to_uppercase()
    }

    fn bulletin_link(&self, dataset: &Dataset) -> String {
        match &dataset.id {
            DatasetId::Bulletin(id) => self.shell.link(&format!("/bulletins/{id}")),
            DatasetId::Series(..) => self.shell.link("/open-data"),
        }
    }

    fn position(&self, dataset: &Dataset) -> String {
        self.shell.say("open-data-position", [("position", &dataset.position.to_string())])
    }
}
