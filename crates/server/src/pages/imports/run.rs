//! The page of one reading: how far it is, what to do next, what it changed, what it could not take.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use jiff::tz::TimeZone;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::contract::FieldDifference;
use xiaoxiang_domain::money::Fen;
use xiaoxiang_domain::period::{Month, Period};
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_services::contract::import_queue::{RunState, RunView, UPLOAD_KEPT_DAYS};
use xiaoxiang_services::contract::{Difference, DifferenceOutcome, ImportReport};
use xiaoxiang_services::region::RegionInForce;
use xiaoxiang_services::sheet::SheetProblem;

use super::{moment, place_of, size, source_label, state_class, state_label, words_of, zone};
use crate::pages::shell::{Section, Shell};
use crate::pages::visit::Visit;

/// Lines of a list on the page; the files hold all of them.
const LINES_MAX: usize = 200;

/// What the reader is to do with a reading that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// Nothing is over yet.
    Wait,
    /// Say whose contracts they are.
    Source,
    /// It was tried only: import it now.
    Import,
    /// Agree to the differences.
    Consent,
    /// Correct the file, or take the good rows.
    Correct,
    /// Correct the file; nothing of it can be read.
    CorrectFile,
    /// Try again: we failed.
    Again,
    /// See the figures.
    Figures,
    /// Nothing has changed.
    Nothing,
}

/// One count of the outcome.
struct Count {
    label: &'static str,
    number: u64,
}

/// The page of one reading.
#[derive(Debug, Template)]
#[template(path = "import_run.html")]
pub struct ImportRunPage {
    shell: Shell,
    run: RunView,
    zone: TimeZone,
    region: Option<Arc<RegionInForce>>,
    fields: HashMap<String, (String, String)>,
}

impl ImportRunPage {
    /// The page; the region's form names the fields.
    pub async fn load(visit: &Visit, run: RunView) -> Self {
        let region = visit.app.region().await.ok();
        let columns = region.iter().flat_map(|region| region.region.contract_form().columns());
        let fields = columns
            .map(|column| (column.key.clone(), (column.header.clone(), column.header_en.clone())))
            .collect();
        let shell = visit.shell(Section::Imports, run.row.file_name.clone());
        Self { shell, run, zone: zone(visit).await, region, fields }
    }

    fn next(&self) -> Next {
        let report = self.run.report.as_ref();
        match self.run.state {
            RunState::Queued | RunState::Reading => Next::Wait,
            RunState::Asking => Next::Source,
            RunState::Failed => Next::Again,
            RunState::Refused if report.is_some() => Next::Correct,
            RunState::Refused => Next::CorrectFile,
            RunState::Finished if self.run.row.is_dry_run => Next::Import,
            RunState::Finished if report.is_some_and(|report| report.awaiting_consent > 0) => Next::Consent,
            RunState::Finished if self.run.row.import_id.is_some() => Next::Figures,
            RunState::Finished => Next::Nothing,
        }
    }

    /// Whether the reader may act, and the bytes to act on are still there.
    fn may_act(&self) -> bool {
        self.shell.may(Action::ImportContracts) && self.run.row.discarded_at_ms.is_none()
    }

    fn link(&self, below: &str) -> String {
        self.shell.link(&format!("/imports/{}{below}", self.run.row.import_run_id))
    }

    /// The address of a list; files have no language in their path.
    fn list(&self, file: &str) -> String {
        self.shell.file_link(&format!("/imports/{}/lists/{file}", self.run.row.import_run_id))
    }

    fn state(&self) -> &'static str {
        state_label(self.shell.language, self.run.state)
    }

    fn state_class(&self) -> &'static str {
        state_class(self.run.state)
    }

    fn source(&self) -> String {
        let label = source_label(&self.shell, self.run.source);
        match &self.run.row.recognised_by {
            Some(words) => self.shell.say("import-source-recognised", [("source", label), ("words", words)]),
            None => label.to_owned(),
        }
    }

    fn how(&self) -> String {
        let row = &self.run.row;
        let chosen = [
            (row.is_dry_run, "import-option-dry-run"),
            (row.accepts_changes, "import-option-accept-changes"),
            (row.keeps_valid, "import-option-keep-valid"),
        ];
        let chosen: Vec<&str> = chosen
            .into_iter()
            .filter(|(is_chosen, _)| *is_chosen)
            .map(|(_, key)| self.shell.t(key))
            .collect();
        if chosen.is_empty() {
            self.shell.t("import-option-none").to_owned()
        } else {
            chosen.join(self.shell.t("import-option-separator"))
        }
    }

    fn asked(&self) -> String {
        format!("{} · {}", self.run.asked_by, moment(&self.zone, self.run.row.asked_at_ms))
    }

    fn file(&self) -> String {
        size(self.run.row.size_bytes)
    }

    fn kept(&self) -> String {
        self.shell.say("import-kept-days", [("days", &UPLOAD_KEPT_DAYS.to_string())])
    }

    fn rows_read(&self) -> String {
        self.shell.say("import-rows-read", [("rows", &self.run.row.rows_read.to_string())])
    }

    fn reason(&self) -> Option<&str> {
        self.run.reason.as_ref().map(|reason| self.shell.language.pick(&reason.zh, &reason.en))
    }

    fn report(&self) -> Option<&ImportReport> {
        self.run.report.as_ref()
    }

    fn counts(&self, report: &ImportReport) -> Vec<Count> {
        let always = [
            ("import-count-new", report.new),
            ("import-count-changed", report.changed),
            ("import-count-unchanged", report.unchanged),
        ];
        let where_any = [
            ("import-count-awaiting", report.awaiting_consent),
            ("import-count-kept", report.kept),
            ("import-count-refused", report.refused_rows),
            ("import-count-repeated", report.repeated),
            ("import-count-skipped", report.skipped_rows),
        ];
        let where_any = where_any.into_iter().filter(|(_, number)| *number > 0);
        let all = always.into_iter().chain(where_any);
        all.map(|(key, number)| Count { label: self.shell.language.text(key), number }).collect()
    }

    fn awaiting(&self, report: &ImportReport) -> String {
        self.shell.say("import-next-consent", [("count", &report.awaiting_consent.to_string())])
    }

    fn refused_rows(&self, report: &ImportReport) -> String {
        self.shell.say("import-next-correct", [("count", &report.refused_rows.to_string())])
    }

    fn ignored(&self, report: &ImportReport) -> Vec<String> {
        let separator = self.shell.t("import-option-separator");
        let sheets = report.ignored_sheets.join(separator);
        let columns = report.ignored_columns.join(separator);
        let mut ignored = Vec::new();
        if !sheets.is_empty() {
            ignored.push(self.shell.say("import-ignored-sheets", [("sheets", &sheets)]));
        }
        if !columns.is_empty() {
            ignored.push(self.shell.say("import-ignored-columns", [("columns", &columns)]));
        }
        ignored
    }

    /// The figures from January to the last month of the file.
    fn figures_link(&self, report: &ImportReport) -> Option<String> {
        let last: Period = report.months.last()?.parse().ok()?;
        let Month { year, month } = last.last();
        let period = format!("{year:04}-01..{year:04}-{month:02}");
        let direction = match self.run.source {
            Some(xiaoxiang_domain::fact::Source::Exchange) => "absorbed",
            _ => "registered",
        };
        Some(self.shell.link(&format!("/statistics?period={period}&direction={direction}&by=city")))
    }

    fn differences<'page>(
        &self,
        report: &'page ImportReport,
    ) -> Vec<(&'page Difference, &'page FieldDifference)> {
        let lines = report
            .differences
            .iter()
            .flat_map(|difference| difference.fields.iter().map(move |field| (difference, field)));
        lines.take(LINES_MAX).collect()
    }

    fn difference_lines(&self, report: &ImportReport) -> usize {
        report.differences.iter().map(|difference| difference.fields.len()).sum()
    }

    fn shown(&self, all: usize) -> Option<String> {
        (all > LINES_MAX).then(|| {
            let numbers = [LINES_MAX.to_string(), all.to_string()];
            self.shell.say("import-lines-shown", [("shown", &numbers[0]), ("all", &numbers[1])])
        })
    }

    fn outcome(&self, difference: &Difference) -> &'static str {
        self.shell.t(match difference.outcome {
            DifferenceOutcome::Listed => "import-outcome-listed",
            DifferenceOutcome::Applied => "import-outcome-applied",
            DifferenceOutcome::RegistryReplacesExchange => "import-outcome-replaced",
            DifferenceOutcome::RegistryKept => "import-outcome-kept",
        })
    }

    fn contract_link(&self, difference: &Difference) -> String {
        self.shell.link(&format!("/contracts/{}", difference.registration_number))
    }

    /// The field as the region's form heads it.
    fn field(&self, field: &FieldDifference) -> String {
        let names = self.fields.get(&field.field.replace('.', "_"));
        names.map_or_else(
            || field.field.clone(),
            |(header, header_en)| self.shell.language.pick(header, header_en).to_owned(),
        )
    }

    /// A value as people write it: amounts in yuan, divisions with their names.
    fn value(&self, field: &FieldDifference, value: &str) -> String {
        let is_amount = field.field.ends_with("_value") || field.field.ends_with("_fen");
        if let Some(fen) = value.parse::<i64>().ok().filter(|_| is_amount) {
            return self.shell.say("import-value-yuan", [("yuan", &Fen(fen).yuan())]);
        }
        if field.field.ends_with("division")
            && let Some(code) = DivisionCode::parse(value)
            && let Some(region) = &self.region
            && let Some(division) = region.region.divisions().find(code)
        {
            return format!("{value} {}", division.name);
        }
        value.to_owned()
    }

    fn problems(&self) -> &[SheetProblem] {
        &self.run.problems[..self.run.problems.len().min(LINES_MAX)]
    }

    fn warnings(&self) -> &[SheetProblem] {
        &self.run.warnings[..self.run.warnings.len().min(LINES_MAX)]
    }

    /// Sheet, row and column as the reader finds them.
    fn place(&self, problem: &SheetProblem) -> String {
        place_of(&self.shell, problem)
    }

    fn words<'page>(&self, problem: &'page SheetProblem) -> (&'page str, &'page str) {
        words_of(&self.shell, problem)
    }
}
