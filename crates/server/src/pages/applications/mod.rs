//! Applications for registration (认定登记申请): one's own, the registrar's queue, the form in steps, what is decided.

mod auditors;
mod batch;
mod batch_page;
mod begin;
mod change;
pub(super) mod fields;
mod form;
mod inspection;
mod list;
mod receipt;
mod screening;
pub(super) mod sent;
mod show;
mod steps;
mod texts;
pub(super) mod words;
mod working;

use axum::response::Response;
use axum::routing;
use xiaoxiang_domain::access::Action;
use xiaoxiang_services::contract::ListFile;
use xiaoxiang_services::registration::export_pre_reviewed;

use super::visit::{Visit, download};
use crate::routes::{Access, Route};

const MIME_CSV: &str = "text/csv; charset=utf-8";
const MIME_XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The routes of applications.
#[must_use]
pub fn routes() -> Vec<Route> {
    let read = Access::Needs(Action::ReadApplications);
    let apply = Access::Needs(Action::Apply);
    let name = Access::Needs(Action::NameTextAuditor);
    let handle = Access::Needs(Action::HandleApplications);
    let mut routes = vec![
        Route::page("/applications", read, routing::get(list::list)),
        Route::page("/applications/new", apply, routing::get(begin::begin)),
        Route::form("/applications/new", apply, routing::post(begin::send)),
        Route::page("/applications/batches", apply, routing::get(batch::overview)),
        Route::form("/applications/batches", apply, routing::post(batch::receive).layer(texts::limit())),
        Route::page("/applications/batches/{id}", apply, routing::get(batch::show)),
        Route::form("/applications/batches/{id}", apply, routing::post(batch::send)),
        Route::page("/receipts/{token}", Access::Open, routing::get(receipt::show)),
        Route::page("/applications/{id}", read, routing::get(show::show)),
        // Which step, and who may take it, the use case decides.
        Route::form("/applications/{id}/steps", read, routing::post(steps::take)),
        Route::page("/applications/{id}/screening", handle, routing::get(screening::show)),
        Route::form("/applications/{id}/requests", read, routing::post(steps::raise)),
        Route::form("/applications/{id}/requests/{request}/answer", read, routing::post(steps::answer)),
        Route::form("/applications/{id}/text-auditors", name, routing::post(auditors::name)),
        Route::form("/applications/{id}/text-auditors/{naming}/end", name, routing::post(auditors::end)),
        Route::page("/applications/{id}/change", apply, routing::get(change::show)),
        Route::form("/applications/{id}/change", apply, routing::post(change::send)),
        Route::page("/applications/organisations", apply, routing::get(form::organisations)),
        Route::page("/applications/{id}/form/{step}", apply, routing::get(form::show)),
        Route::form("/applications/{id}/form/{step}", apply, routing::post(form::send)),
        Route::form("/applications/{id}/texts", apply, routing::post(texts::send).layer(texts::limit())),
        Route::file(
            "/applications/{id}/texts/{text}",
            Access::Needs(Action::ReadContractTexts),
            routing::get(texts::open),
        ),
        Route::file("/applications/pre-reviewed.xlsx", handle, routing::get(export_xlsx)),
        Route::file("/applications/pre-reviewed.csv", handle, routing::get(export_csv)),
    ];
    routes.extend(inspection::routes());
    routes
}

async fn export_xlsx(visit: Visit) -> Response {
    export(&visit, ListFile::Xlsx, "pre-reviewed.xlsx", MIME_XLSX).await
}

async fn export_csv(visit: Visit) -> Response {
    export(&visit, ListFile::Csv, "pre-reviewed.csv", MIME_CSV).await
}

async fn export(visit: &Visit, file: ListFile, name: &str, mime: &'static str) -> Response {
    match export_pre_reviewed(&visit.app, &visit.actor(), file).await {
        Ok(exported) => download(name, mime, exported.bytes),
        Err(refusal) => visit.refused(&refusal),
    }
}
