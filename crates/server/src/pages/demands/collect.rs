//! Sheets (需求征集表): the empty templates, a filled-in one made into a draft, a list imported at once.

use askama::Template;
use axum::extract::Multipart;
use axum::extract::Path;
use axum::extract::multipart::MultipartRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use xiaoxiang_services::Refusal;
use xiaoxiang_services::demand::{
    BadRows, DemandImport, IMPORT_ROWS_MAX, SheetTemplate, Writing, collect_sheet, import_demands,
    write_template,
};

use super::form::begin_page;
use super::words::DemandWords;
use crate::pages::shell::{Section, Shell};
use crate::pages::upload::read_form;
use crate::pages::visit::{Visit, download, status_of_form};

const MIME_DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const MIME_XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// Problems that are shown; the rest is counted.
const PROBLEMS_SHOWN: usize = 200;

/// An empty template, for anybody.
pub(super) async fn template(visit: Visit, Path(format): Path<String>) -> Response {
    let (template, mime) = match format.as_str() {
        "docx" => (SheetTemplate::Docx, MIME_DOCX),
        "xlsx" => (SheetTemplate::Xlsx, MIME_XLSX),
        _ => return visit.refused(&Refusal::NotFound(format)),
    };
    match write_template(&visit.app, template).await {
        Ok(bytes) => download(&format!("需求征集表.{format}"), mime, bytes),
        Err(refusal) => visit.refused(&refusal),
    }
}

/// Makes a draft of a filled-in sheet.
pub(super) async fn collect(visit: Visit, form: Result<Multipart, MultipartRejection>) -> Response {
    let sent = match read_form(form).await {
        Ok(sent) => sent,
        Err(problem) => {
            let told = vec![visit.language.text(problem.key()).to_owned()];
            return (problem.status(), visit.page(&begin_page(&visit, told))).into_response();
        }
    };
    if sent.bytes.is_empty() {
        let told = vec![visit.language.text("imports-no-file").to_owned()];
        return visit.unprocessed(&begin_page(&visit, told));
    }
    match collect_sheet(&visit.app, &visit.actor(), sent.bytes).await {
        Ok(collected) => visit.lead_to(&format!("/demands/{}/form/check?check=1", collected.demand_id)),
        Err(refusal) => {
            let Some(told) = told(&visit, &refusal).await else { return visit.refused(&refusal) };
            visit.unprocessed(&begin_page(&visit, told))
        }
    }
}

/// What a refusal of a file says; none where it is no matter of the file.
async fn told(visit: &Visit, refusal: &Refusal) -> Option<Vec<String>> {
    if let Refusal::Sheet(problems) = refusal {
        let shell = visit.shell(Section::Demands, "");
        let sentence = |problem| {
            let (reason, next) = crate::pages::imports::words_of(&shell, problem);
            format!("{reason} {next}")
        };
        return Some(problems.iter().map(sentence).collect());
    }
    status_of_form(refusal)?;
    let words = DemandWords::of(visit).await.ok()?;
    Some(words.told(visit, refusal))
}

#[derive(Debug, Template)]
#[template(path = "demand_import.html")]
struct ImportPage {
    shell: Shell,
    words: Option<DemandWords>,
    import: Option<DemandImport>,
    is_check: bool,
    keeps_valid: bool,
    problems: Vec<String>,
}

impl ImportPage {
    fn limit(&self) -> String {
        self.shell.say("demand-import-hint", [("rows", &IMPORT_ROWS_MAX.to_string())])
    }

    fn outcome(&self, import: &DemandImport) -> String {
        let numbers =
            [import.rows, import.good, import.known, self.bad_rows(import)].map(|count| count.to_string());
        self.shell.say(
            "demand-import-outcome",
            [("rows", &numbers[0]), ("good", &numbers[1]), ("known", &numbers[2]), ("bad", &numbers[3])],
        )
    }

    fn bad_rows(&self, import: &DemandImport) -> usize {
        let mut rows: Vec<u32> = import.problems.iter().map(|(row, _)| *row).collect();
        rows.dedup();
        rows.len()
    }

    fn what_became(&self, import: &DemandImport) -> &'static str {
        self.shell.t(if import.is_written {
            "demand-import-done"
        } else if self.is_check {
            "demand-import-checked"
        } else {
            "demand-import-refused"
        })
    }

    fn lines(&self, import: &DemandImport) -> Vec<(u32, String)> {
        let Some(words) = &self.words else { return Vec::new() };
        let problems = import.problems.iter().take(PROBLEMS_SHOWN);
        problems.map(|(row, problem)| (*row, words.named_problem(problem))).collect()
    }

    fn ignored(&self, import: &DemandImport) -> String {
        import.ignored_columns.join(self.shell.language.pick("、", ", "))
    }
}

async fn import_page(visit: &Visit, problems: Vec<String>) -> ImportPage {
    ImportPage {
        shell: visit.shell(Section::Demands, visit.language.text("demand-import-title")),
        words: DemandWords::of(visit).await.ok(),
        import: None,
        is_check: false,
        keeps_valid: false,
        problems,
    }
}

pub(super) async fn import(visit: Visit) -> Response {
    visit.page(&import_page(&visit, Vec::new()).await)
}

pub(super) async fn send_import(visit: Visit, form: Result<Multipart, MultipartRejection>) -> Response {
    let sent = match read_form(form).await {
        Ok(sent) => sent,
        Err(problem) => {
            let page = import_page(&visit, vec![visit.language.text(problem.key()).to_owned()]).await;
            return (problem.status(), visit.page(&page)).into_response();
        }
    };
    let (is_check, keeps_valid) = (sent.field("act") != "import", sent.field("keep_valid") == "1");
    let lacking = if sent.bytes.is_empty() {
        Some("imports-no-file")
    } else if !is_check && sent.field("agreed") != "1" {
        Some("demand-import-agree-first")
    } else {
        None
    };
    if let Some(key) = lacking {
        return visit.unprocessed(&import_page(&visit, vec![visit.language.text(key).to_owned()]).await);
    }
    let how = (
        if keeps_valid { BadRows::KeepValid } else { BadRows::RefuseAll },
        if is_check { Writing::CheckOnly } else { Writing::Import },
    );
    match import_demands(&visit.app, &visit.actor(), sent.bytes, how).await {
        Ok(import) => {
            let is_refused = !is_check && !import.is_written && !import.problems.is_empty();
            let page = ImportPage {
                import: Some(import),
                is_check,
                keeps_valid,
                ..import_page(&visit, Vec::new()).await
            };
            let status = if is_refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
            (status, visit.page(&page)).into_response()
        }
        Err(refusal) => match told(&visit, &refusal).await {
            Some(told) => visit.unprocessed(&import_page(&visit, told).await),
            None => visit.refused(&refusal),
        },
    }
}
