//! Batch filing (批量申报): a file and a registrar, then its columns beside the form's fields, then drafts, once.

use axum::Form;
use axum::extract::multipart::{Field, MultipartRejection};
use axum::extract::{Multipart, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use xiaoxiang_services::Refusal;
use xiaoxiang_services::contract::import_queue::harmless_file_name;
use xiaoxiang_services::registration::batch::{
    BatchChoice, BatchPage, StagedBatch, begin_batch, choose_for_batch, file_staged_batch, list_batches,
    read_batch,
};
use xiaoxiang_services::registration::{SheetMapping, WrittenUnit};

use super::batch_page::{BatchesPage, FiledBatchPage, MappingPage, Turned};
use super::begin::open_registrars;
use super::sent::Sent;
use super::words::Words;
use crate::pages::failure::Failure;
use crate::pages::imports::place_of;
use crate::pages::shell::Section;
use crate::pages::upload::{Broken, next_piece};
use crate::pages::visit::Visit;

/// Bytes of an option; every option is a number.
const OPTION_BYTES_MAX: usize = 64;

/// What came with the form.
#[derive(Default)]
struct Taken {
    registrar: String,
    /// Id of the file that is in.
    batch: Option<String>,
    turned: Option<Turned>,
    is_too_large: bool,
}

pub(super) async fn overview(visit: Visit) -> Response {
    match batches_page(&visit, String::new(), None).await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn batches_page(
    visit: &Visit,
    registrar: String,
    turned: Option<Turned>,
) -> Result<BatchesPage, Refusal> {
    Ok(BatchesPage {
        batches: list_batches(&visit.app, &visit.actor()).await?,
        registrars: open_registrars(visit).await?,
        words: Words::of(visit).await?,
        shell: visit.shell(Section::Applications, visit.language.text("batch-title")),
        chosen: registrar,
        turned,
    })
}

pub(super) async fn receive(visit: Visit, form: Result<Multipart, MultipartRejection>) -> Response {
    let Ok(mut form) = form else { return visit.misread() };
    let mut taken = Taken::default();
    match take_all(&visit, &mut form, &mut taken).await {
        Ok(()) => {}
        Err(Broken::Form(error)) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            return visit.failed(Failure::TooLarge(visit.language.text("upload-too-large").to_owned()));
        }
        Err(Broken::Form(_)) => return visit.misread(),
        Err(Broken::Refused(refusal)) => return visit.refused(&refusal),
    }
    if let Some(batch) = taken.batch {
        return visit.lead_to(&format!("/applications/batches/{batch}"));
    }
    let no_file =
        || Turned { name: String::new(), sentences: vec![visit.language.text("imports-no-file").to_owned()] };
    let turned = taken.turned.unwrap_or_else(no_file);
    match batches_page(&visit, taken.registrar, Some(turned)).await {
        Ok(page) if taken.is_too_large => (StatusCode::PAYLOAD_TOO_LARGE, visit.page(&page)).into_response(),
        Ok(page) => visit.unprocessed(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

/// Takes the form; the registrar stands before the file in it.
async fn take_all(visit: &Visit, form: &mut Multipart, taken: &mut Taken) -> Result<(), Broken> {
    while let Some(mut field) = form.next_field().await? {
        match field.name().unwrap_or_default() {
            "file" if taken.batch.is_none() && taken.turned.is_none() => {
                take_file(visit, field, taken).await?;
            }
            "registrar" => {
                let value = field.bytes().await?;
                taken.registrar =
                    String::from_utf8_lossy(&value[..value.len().min(OPTION_BYTES_MAX)]).into_owned();
            }
            _ => while next_piece(&mut field).await?.is_some() {},
        }
    }
    Ok(())
}

/// Takes the file; one that is refused is read to its end, so that the browser hears the answer.
async fn take_file(visit: &Visit, mut field: Field<'_>, taken: &mut Taken) -> Result<(), Broken> {
    let said = field.file_name().unwrap_or_default().to_owned();
    let turned = |sentences| Some(Turned { name: harmless_file_name(&said), sentences });
    // A form without a chosen file still sends a part for it.
    let Some(first) = next_piece(&mut field).await? else {
        if !said.is_empty() {
            taken.turned = turned(vec![visit.language.text("imports-empty-file").to_owned()]);
        }
        return Ok(());
    };
    let mut receiving = begin_batch(&visit.app, &visit.actor(), &said).await?;
    let mut piece = Some(first);
    while let Some(bytes) = piece {
        if let Err(refusal) = receiving.push(&visit.app, &bytes).await {
            if refusal.is_failure() {
                return Err(refusal.into());
            }
            taken.is_too_large = true;
            taken.turned = turned(vec![visit.sentence(&refusal)]);
            while next_piece(&mut field).await?.is_some() {}
            return Ok(());
        }
        piece = next_piece(&mut field).await?;
    }
    match receiving.finish(&visit.app, &visit.actor(), taken.registrar.parse().ok()).await {
        Ok(batch) => taken.batch = Some(batch),
        Err(refusal @ (Refusal::Sheet(_) | Refusal::Invalid { .. })) => {
            taken.turned = turned(told(visit, &refusal));
        }
        Err(refusal) => return Err(refusal.into()),
    }
    Ok(())
}

/// What a refusal says, problem by problem where it is a sheet's.
fn told(visit: &Visit, refusal: &Refusal) -> Vec<String> {
    let Refusal::Sheet(problems) = refusal else { return vec![visit.sentence(refusal)] };
    let shell = visit.shell(Section::Applications, "");
    let sentence = |problem| {
        let (reason, what_to_do) = crate::pages::imports::words_of(&shell, problem);
        let place = place_of(&shell, problem);
        shell.say("batch-problem", [("place", &place), ("reason", reason), ("next", what_to_do)])
    };
    problems.iter().map(sentence).collect()
}

pub(super) async fn show(visit: Visit, Path(id): Path<String>) -> Response {
    answer(&visit, &id, Vec::new()).await
}

/// The page of a file, with what stood in the way of what was asked.
async fn answer(visit: &Visit, id: &str, problems: Vec<String>) -> Response {
    let read = async {
        let staged = read_batch(&visit.app, &visit.actor(), id).await?;
        let words = Words::of(visit).await?;
        Ok::<_, Refusal>((staged, words, open_registrars(visit).await?))
    };
    match read.await {
        Ok((StagedBatch::Open(page), words, registrars)) => {
            let shell = visit.shell(Section::Applications, page.row.file_name.clone());
            let is_refused = !problems.is_empty();
            let page = MappingPage::new(shell, words, *page, registrars, problems);
            if is_refused { visit.unprocessed(&page) } else { visit.page(&page) }
        }
        Ok((StagedBatch::Filed(filed), words, _)) => {
            let shell = visit.shell(Section::Applications, filed.row.file_name.clone());
            visit.page(&FiledBatchPage { shell, words, filed: *filed })
        }
        Err(refusal) => visit.refused(&refusal),
    }
}

/// Keeps what was chosen; files where that was asked for, and nothing has changed since it was looked at.
pub(super) async fn send(
    visit: Visit,
    Path(id): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Response {
    let sent = Sent::of(pairs);
    let address = format!("/applications/batches/{id}");
    let actor = visit.actor();
    let page = match read_batch(&visit.app, &actor, &id).await {
        Ok(StagedBatch::Open(page)) => page,
        // Sent once more after it was filed.
        Ok(StagedBatch::Filed(_)) => return visit.lead_to(&address),
        Err(refusal) => return visit.refused(&refusal),
    };
    let has_changed = match choose_for_batch(&visit.app, &actor, &id, chosen(&page, &sent)).await {
        Ok(has_changed) => has_changed,
        Err(refusal @ Refusal::Invalid { .. }) => return answer(&visit, &id, told(&visit, &refusal)).await,
        Err(refusal) => return visit.refused(&refusal),
    };
    if sent.act() != "file" {
        return visit.lead_to(&address);
    }
    if has_changed {
        return answer(&visit, &id, vec![visit.language.text("batch-look-again").to_owned()]).await;
    }
    match file_staged_batch(&visit.app, &actor, &id).await {
        Ok(()) => visit.lead_to(&address),
        // The page lists the sheet's problems itself.
        Err(Refusal::Sheet(_)) => {
            answer(&visit, &id, vec![visit.language.text("batch-not-filed").to_owned()]).await
        }
        Err(refusal @ Refusal::Invalid { .. }) => answer(&visit, &id, told(&visit, &refusal)).await,
        Err(refusal) => visit.refused(&refusal),
    }
}

/// What the form says of the file; what was not sent stays as it is.
fn chosen(page: &BatchPage, sent: &Sent) -> BatchChoice {
    let mut mapping = SheetMapping {
        columns: Default::default(),
        money_unit: match sent.has("money_unit") {
            true => WrittenUnit::from_code(sent.text("money_unit")),
            false => page.mapping.money_unit,
        },
    };
    for column in page.sheet.columns.iter().filter(|column| !column.is_repeated) {
        let name = format!("column.{}", column.at);
        let key = if sent.has(&name) { sent.text(&name) } else { column.key.as_deref().unwrap_or_default() };
        if column.key.as_deref().unwrap_or_default() != key {
            mapping.columns.insert(column.header.clone(), key.to_owned());
        }
    }
    let registrar_key =
        if sent.has("registrar") { sent.text("registrar").parse().ok() } else { page.row.registrar_key };
    BatchChoice { registrar_key, mapping }
}
