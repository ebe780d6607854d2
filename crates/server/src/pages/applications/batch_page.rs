//! The pages of batch filing: files so far, a file's columns and rows, the drafts that came of it.

use askama::Template;
use jiff::civil::Date;
use xiaoxiang_domain::contract::Side;
use xiaoxiang_domain::contract::application::ApplicationForm;
use xiaoxiang_domain::contract::procedure::ApplicationState;
use xiaoxiang_domain::region::ColumnKind;
use xiaoxiang_services::contract::import_queue::{UPLOAD_BYTES_MAX, UPLOAD_KEPT_DAYS};
use xiaoxiang_services::registration::batch::{
    BATCH_ROWS_MAX, BatchColumn, BatchLine, BatchPage, FiledDraft, FiledPage,
};
use xiaoxiang_services::registration::{RegistrarChoice, WrittenUnit};
use xiaoxiang_services::sheet::SheetProblem;
use xiaoxiang_store::registration_batch::BatchRow;

use super::fields::side_of;
use super::words::Words;
use crate::pages::imports::{place_of, size, words_of};
use crate::pages::shell::Shell;
use crate::pages::statistics::SelectOption;

/// Rows that are shown as they would be filed.
const ROWS_SHOWN: usize = 5;
/// Columns that can be mapped on the page.
const COLUMNS_SHOWN_MAX: usize = 100;
/// Lines of a list on the page.
const LINES_MAX: usize = 200;

/// A file that was not taken.
#[derive(Clone, Debug)]
pub(super) struct Turned {
    pub name: String,
    pub sentences: Vec<String>,
}

#[derive(Debug, Template)]
#[template(path = "application_batches.html")]
pub(super) struct BatchesPage {
    pub shell: Shell,
    pub words: Words,
    pub batches: Vec<BatchRow>,
    pub registrars: Vec<RegistrarChoice>,
    pub chosen: String,
    pub turned: Option<Turned>,
}

impl BatchesPage {
    fn is_chosen(&self, registrar: &RegistrarChoice) -> bool {
        registrar.key.to_string() == self.chosen || self.registrars.len() == 1
    }

    fn limits(&self) -> String {
        let (megabytes, rows) = ((UPLOAD_BYTES_MAX / 1024 / 1024).to_string(), BATCH_ROWS_MAX.to_string());
        self.shell.say("batch-limits", [("megabytes", &megabytes), ("rows", &rows)])
    }

    fn bytes_max(&self) -> u64 {
        UPLOAD_BYTES_MAX
    }

    fn too_large(&self) -> String {
        let megabytes = (UPLOAD_BYTES_MAX / 1024 / 1024).to_string();
        self.shell.say("batch-too-large", [("megabytes", &megabytes)])
    }

    fn link(&self, row: &BatchRow) -> String {
        self.shell.link(&format!("/applications/batches/{}", row.upload_id))
    }

    fn state(&self, row: &BatchRow) -> String {
        match (row.filed_at_ms, row.discarded_at_ms) {
            (Some(at_ms), _) => self.shell.say("batch-state-filed", [("time", &self.words.moment(&at_ms))]),
            (None, Some(_)) => self.shell.t("batch-state-gone").to_owned(),
            (None, None) => self.shell.t("batch-state-open").to_owned(),
        }
    }

    fn state_class(&self, row: &BatchRow) -> &'static str {
        if row.filed_at_ms.is_some() { "status-signed" } else { "status-draft" }
    }

    fn about(&self, row: &BatchRow) -> String {
        format!("{} · {}", self.words.moment(&row.staged_at_ms), size(row.size_bytes))
    }

    fn kept(&self) -> String {
        self.shell.say("batch-kept", [("days", &UPLOAD_KEPT_DAYS.to_string())])
    }
}

/// Fields that a column may fill, under the heading of their group.
#[derive(Debug)]
struct FieldChoices {
    label: &'static str,
    options: Vec<(String, String)>,
}

#[derive(Debug, Template)]
#[template(path = "application_batch.html")]
pub(super) struct MappingPage {
    shell: Shell,
    words: Words,
    page: BatchPage,
    registrars: Vec<RegistrarChoice>,
    /// What stood in the way of what was asked.
    problems: Vec<String>,
    choices: Vec<FieldChoices>,
    /// Day on which codes are looked up.
    day: Date,
}

impl MappingPage {
    pub fn new(
        shell: Shell,
        words: Words,
        page: BatchPage,
        registrars: Vec<RegistrarChoice>,
        problems: Vec<String>,
    ) -> Self {
        let groups = [
            ("batch-fields-contract", None),
            ("batch-fields-buyer", Some(Side::Buyer)),
            ("batch-fields-seller", Some(Side::Seller)),
        ];
        let fields = words.region().contract_form().columns().iter();
        let fields: Vec<_> = fields.filter(|column| ApplicationForm::is_field(&column.key)).collect();
        let choices = groups.map(|(label, side)| FieldChoices {
            label: shell.language.text(label),
            options: fields
                .iter()
                .filter(|column| side_of(&column.key) == side)
                .map(|column| (column.key.clone(), words.label(&column.key)))
                .collect(),
        });
        let day = jiff::Timestamp::from_millisecond(page.row.staged_at_ms).unwrap_or_default();
        let day = day.to_zoned(words.time_zone().clone()).date();
        Self { shell, words, page, registrars, problems, choices: choices.into(), day }
    }

    fn action(&self) -> String {
        self.shell.link(&format!("/applications/batches/{}", self.page.row.upload_id))
    }

    fn is_chosen(&self, registrar: &RegistrarChoice) -> bool {
        Some(registrar.key) == self.page.row.registrar_key
    }

    /// Why it cannot be filed at the registrar that is chosen.
    fn registrar_problem(&self) -> Option<&'static str> {
        let is_there = self.registrars.iter().any(|registrar| self.is_chosen(registrar));
        (!is_there).then(|| self.shell.t("batch-choose-registrar"))
    }

    fn units(&self) -> Vec<SelectOption> {
        let option = |unit: Option<WrittenUnit>, key| SelectOption {
            value: unit.map_or("", WrittenUnit::code).to_owned(),
            label: self.shell.language.text(key).to_owned(),
            is_chosen: self.page.mapping.money_unit == unit,
        };
        vec![
            option(None, "batch-unit-by-header"),
            option(Some(WrittenUnit::TenThousandYuan), "batch-unit-ten-thousand"),
            option(Some(WrittenUnit::Yuan), "batch-unit-yuan"),
        ]
    }

    fn summary(&self) -> String {
        let rows = self.page.sheet.rows.len().to_string();
        let skipped = self.page.sheet.skipped_rows.to_string();
        self.shell.say("batch-rows", [("rows", &rows), ("skipped", &skipped)])
    }

    fn can_file(&self) -> bool {
        self.page.problems.is_empty() && self.registrar_problem().is_none()
    }

    /// What to do next.
    fn next(&self) -> String {
        let problems = self.page.problems.len();
        let rows = self.page.sheet.rows.len().to_string();
        if problems > 0 {
            self.shell.say("batch-next-correct", [("count", &problems.to_string())])
        } else if self.registrar_problem().is_some() {
            self.shell.t("batch-next-registrar").to_owned()
        } else {
            self.shell.say("batch-next-file", [("rows", &rows)])
        }
    }

    fn file_label(&self) -> String {
        self.shell.say("batch-file", [("rows", &self.page.sheet.rows.len().to_string())])
    }

    fn filed_before(&self) -> Option<(String, String)> {
        let (id, at_ms) = self.page.filed_before.as_ref()?;
        let sentence = self.shell.say("batch-filed-before", [("time", &self.words.moment(at_ms))]);
        Some((self.shell.link(&format!("/applications/batches/{id}")), sentence))
    }

    fn columns(&self) -> &[BatchColumn] {
        &self.page.sheet.columns[..self.page.sheet.columns.len().min(COLUMNS_SHOWN_MAX)]
    }

    fn hidden_columns(&self) -> Option<String> {
        let hidden = self.page.sheet.columns.len().saturating_sub(COLUMNS_SHOWN_MAX);
        (hidden > 0).then(|| self.shell.say("batch-columns-hidden", [("count", &hidden.to_string())]))
    }

    fn is_filled_by(&self, key: &str, column: &BatchColumn) -> bool {
        column.key.as_deref() == Some(key)
    }

    fn select_label(&self, column: &BatchColumn) -> String {
        self.shell.say("batch-select-label", [("letter", &column.letter), ("header", &column.header)])
    }

    fn has_problem(&self, column: &BatchColumn) -> bool {
        let named = self.page.problems.iter().filter_map(|problem| problem.column.as_ref());
        named.into_iter().any(|place| place.letter == column.letter)
    }

    fn example(&self, column: &BatchColumn) -> String {
        column.examples.join(self.shell.t("batch-separator"))
    }

    fn unit(&self, column: &BatchColumn) -> String {
        let key = column.key.as_deref().unwrap_or_default();
        let form = self.words.region().contract_form();
        if form.by_key(key).is_none_or(|field| field.kind != ColumnKind::Money) {
            return String::new();
        }
        match (column.stated_unit, self.page.mapping.money_unit) {
            (Some(unit), _) => self.shell.say("batch-unit-stated", [("unit", unit.label())]),
            (None, Some(WrittenUnit::TenThousandYuan)) => self.shell.t("batch-unit-ten-thousand").to_owned(),
            (None, Some(WrittenUnit::Yuan)) => self.shell.t("batch-unit-yuan").to_owned(),
            (None, None) => self.shell.t("batch-unit-missing").to_owned(),
        }
    }

    /// Columns that fill a field, in the order of the sheet.
    fn filling(&self) -> Vec<&BatchColumn> {
        self.page.sheet.columns.iter().filter(|column| column.key.is_some()).collect()
    }

    fn label(&self, column: &BatchColumn) -> String {
        column.key.as_deref().map_or_else(String::new, |key| self.words.label(key))
    }

    fn rows(&self) -> &[BatchLine] {
        &self.page.sheet.rows[..self.page.sheet.rows.len().min(ROWS_SHOWN)]
    }

    fn is_money(&self, column: &BatchColumn) -> bool {
        let form = self.words.region().contract_form();
        let field = column.key.as_deref().and_then(|key| form.by_key(key));
        field.is_some_and(|field| field.kind == ColumnKind::Money)
    }

    /// What a row says in a field, as it would be understood.
    fn value(&self, line: &BatchLine, column: &BatchColumn) -> String {
        let key = column.key.as_deref().unwrap_or_default();
        line.fields.get(key).map_or_else(String::new, |text| self.words.value(key, text, self.day))
    }

    fn rows_shown(&self) -> String {
        let (shown, all) = (self.rows().len().to_string(), self.page.sheet.rows.len().to_string());
        self.shell.say("batch-rows-shown", [("shown", &shown), ("all", &all)])
    }

    fn listed<'list>(&self, problems: &'list [SheetProblem]) -> &'list [SheetProblem] {
        &problems[..problems.len().min(LINES_MAX)]
    }

    fn shown(&self, all: usize) -> Option<String> {
        let numbers = [LINES_MAX.to_string(), all.to_string()];
        (all > LINES_MAX)
            .then(|| self.shell.say("batch-lines-shown", [("shown", &numbers[0]), ("all", &numbers[1])]))
    }

    /// What every draft is still asked for.
    fn missing(&self) -> Vec<String> {
        let rows = self.page.sheet.rows.len() as u64;
        let line = |(field, count): &(String, u64)| {
            let label = self.words.field_label(field);
            if *count == rows {
                label
            } else {
                self.shell.say("batch-missing-some", [("field", &label), ("count", &count.to_string())])
            }
        };
        self.page.missing.iter().map(line).collect()
    }

    fn place(&self, problem: &SheetProblem) -> String {
        place_of(&self.shell, problem)
    }

    fn words<'page>(&self, problem: &'page SheetProblem) -> (&'page str, &'page str) {
        words_of(&self.shell, problem)
    }
}

#[derive(Debug, Template)]
#[template(path = "application_batch_filed.html")]
pub(super) struct FiledBatchPage {
    pub shell: Shell,
    pub words: Words,
    pub filed: FiledPage,
}

impl FiledBatchPage {
    fn summary(&self) -> String {
        let rows = self.filed.drafts.len().to_string();
        let time = self.words.moment(&self.filed.row.filed_at_ms.unwrap_or_default());
        self.shell.say("batch-filed", [("rows", &rows), ("time", &time)])
    }

    fn ignored(&self) -> Option<String> {
        let columns = self.filed.filed.ignored_columns.join(self.shell.t("batch-separator"));
        (!columns.is_empty()).then(|| self.shell.say("import-ignored-columns", [("columns", &columns)]))
    }

    fn skipped(&self) -> Option<String> {
        let skipped = self.filed.filed.skipped_rows;
        (skipped > 0).then(|| self.shell.say("batch-skipped", [("rows", &skipped.to_string())]))
    }

    fn name<'draft>(&'draft self, draft: &'draft FiledDraft) -> &'draft str {
        if draft.project_name.is_empty() { self.shell.t("application-unnamed") } else { &draft.project_name }
    }

    fn known_state(&self, draft: &FiledDraft) -> ApplicationState {
        ApplicationState::from_code(&draft.state).unwrap_or(ApplicationState::Draft)
    }

    fn state(&self, draft: &FiledDraft) -> String {
        self.words.state(&self.known_state(draft))
    }

    fn state_class(&self, draft: &FiledDraft) -> &'static str {
        self.words.state_class(&self.known_state(draft))
    }

    fn link(&self, draft: &FiledDraft) -> String {
        let id = &draft.application_id;
        self.shell.link(&match self.known_state(draft) {
            ApplicationState::Draft => format!("/applications/{id}/form/undertaking"),
            _ => format!("/applications/{id}"),
        })
    }
}
