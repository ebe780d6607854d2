//! Makes drafts of a sheet's rows. What is missing is filled in later; what is wrong is told with its row and refused.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use xiaoxiang_domain::access::{Action, Scope};
use xiaoxiang_domain::achievement::{AchievementForm, check_achievement, is_only_missing};
use xiaoxiang_domain::contract::RowProblem;
use xiaoxiang_store::{achievement as store, organisation};

use super::read_rows::{Row, Sheet, read_rows};
use crate::achievement::write_achievement::draft_row;
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;
use crate::sheet::SheetProblem;

/// Which rows are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowSet {
    /// All of them, or none where one is wrong.
    All,
    /// Those that are right.
    Valid,
    /// None: the file is looked at only.
    Nothing,
}

/// A file to be taken in.
#[derive(Debug)]
pub struct AchievementImport {
    /// XLSX or CSV.
    pub bytes: Vec<u8>,
    /// Which rows are taken.
    pub rows: RowSet,
    /// 不涉密承诺 for every row, given by whoever hands the file in.
    pub holds_no_secrets: bool,
}

/// What a file holds and what came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AchievementImportReport {
    /// Rows that were read.
    pub rows: Vec<ImportedRow>,
    /// Headers that fill no field.
    pub ignored_columns: Vec<String>,
    /// What is wrong with the file or a row, each with its place.
    pub problems: Vec<SheetProblem>,
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedRow {
    /// Its number in the sheet.
    pub number: u32,
    /// 名称
    pub title: String,
    /// Word of its kind.
    pub kind: String,
    /// Whether it can be taken.
    pub is_valid: bool,
    /// Fields that have to be filled in before the draft is handed in.
    pub missing: Vec<String>,
    /// The draft that was made of it.
    pub achievement_id: Option<String>,
}

impl AchievementImportReport {
    /// How many drafts were made.
    #[must_use]
    pub fn drafts(&self) -> usize {
        self.rows.iter().filter(|row| row.achievement_id.is_some()).count()
    }

    /// How many rows cannot be taken.
    #[must_use]
    pub fn refused_rows(&self) -> usize {
        self.rows.iter().filter(|row| !row.is_valid).count()
    }
}

/// Reads a file and makes drafts of its rows. People do so for their own unit; on the command line the column 成果单位 says
/// whose each row is.
pub async fn import_achievements(
    app: &App,
    actor: &Actor,
    import: AchievementImport,
) -> Result<AchievementImportReport, Refusal> {
    let scope = actor.permit(Action::WriteAchievements)?;
    let region = app.region().await?;
    let sheet = read_rows(Arc::clone(&region), import.bytes).await?;
    let today = app.clock.today_in(&region.time_zone);
    let mut report = AchievementImportReport {
        ignored_columns: sheet.ignored_columns.clone(),
        problems: sheet.problems.clone(),
        rows: Vec::with_capacity(sheet.rows.len()),
    };
    if sheet.rows.is_empty() && report.problems.is_empty() {
        report.problems.push(no_rows(&sheet));
    }
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let units = units_of(&mut tx, scope, &sheet).await?;
    let broken: HashSet<u32> = sheet.problems.iter().filter_map(|problem| problem.row).collect();
    let mut seen = HashSet::new();
    let mut drafts = Vec::new();
    for row in &sheet.rows {
        let mut form = row.form.clone();
        form.clearance.holds_no_secrets = import.holds_no_secrets;
        let (form, mut wrong, missing) = checked(form, &region.region, today);
        let unit = units.get(&row.organisation).copied().flatten();
        if unit.is_none() {
            wrong.push(unit_problem(scope));
        }
        if !form.title.is_empty() && !seen.insert((unit, form.kind.clone(), form.title.clone())) {
            wrong.push(twice());
        }
        let is_valid = wrong.is_empty() && !broken.contains(&row.number);
        report.problems.extend(wrong.into_iter().map(|problem| located(&sheet, row, problem)));
        report.rows.push(ImportedRow {
            number: row.number,
            title: form.title.clone(),
            kind: form.kind.clone(),
            is_valid,
            missing,
            achievement_id: None,
        });
        drafts.push((unit, form));
    }
    let is_refused = match import.rows {
        RowSet::All => !report.problems.is_empty(),
        RowSet::Valid => false,
        RowSet::Nothing => true,
    };
    if is_refused {
        return Ok(report);
    }
    let author = actor.person_id().unwrap_or_else(|| actor.log_name());
    for (row, (unit, form)) in report.rows.iter_mut().zip(drafts) {
        let Some(organisation_key) = unit.filter(|_| row.is_valid) else { continue };
        let draft = draft_row(app, organisation_key, author, &form)?;
        store::start(&mut tx, &draft).await?;
        row.achievement_id = Some(draft.achievement_id);
    }
    tx.keep_unlogged().await?;
    Ok(report)
}

/// A row's form as it can be kept, what is wrong with it, and which fields are still missing.
fn checked(
    form: AchievementForm,
    region: &xiaoxiang_domain::region::Region,
    today: jiff::civil::Date,
) -> (AchievementForm, Vec<RowProblem>, Vec<String>) {
    let form = match form.cleaned() {
        Ok(form) => form,
        Err(problems) => return (form, problems, Vec::new()),
    };
    let found = check_achievement(&form, region, today).err().unwrap_or_default();
    let (missing, wrong): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|problem| is_only_missing(&form, problem));
    if form.title.is_empty() {
        let nameless = missing.iter().filter(|problem| problem.field == "title").cloned();
        return (form, nameless.chain(wrong).collect(), Vec::new());
    }
    (form, wrong, missing.into_iter().map(|problem| problem.field).collect())
}

/// Keys of the units that rows name: one's own where one enters for a unit.
async fn units_of(
    tx: &mut xiaoxiang_store::WriteTx,
    scope: Scope,
    sheet: &Sheet,
) -> Result<HashMap<String, Option<i64>>, Refusal> {
    let mut units = HashMap::new();
    for row in &sheet.rows {
        if units.contains_key(&row.organisation) {
            continue;
        }
        let named = if row.organisation.is_empty() {
            Vec::new()
        } else {
            organisation::find_by_code_or_name(tx, &row.organisation).await?
        };
        let found = match scope {
            Scope::Organisation(own) if row.organisation.is_empty() || named.contains(&own) => Some(own),
            Scope::Organisation(_) => None,
            _ => named.first().copied().filter(|_| named.len() == 1),
        };
        units.insert(row.organisation.clone(), found);
    }
    Ok(units)
}

fn located(sheet: &Sheet, row: &Row, problem: RowProblem) -> SheetProblem {
    let made = SheetProblem::new(problem.code)
        .reason(problem.reason_zh, problem.reason_en)
        .what_to_do(problem.fix_zh, problem.fix_en)
        .with_value(&problem.value);
    sheet.placed(row.number, &problem.field, made)
}

fn problem(field: &str, code: &'static str, reason: (&str, &str), fix: (&str, &str)) -> RowProblem {
    RowProblem {
        field: field.to_owned(),
        value: String::new(),
        code,
        reason_zh: reason.0.to_owned(),
        reason_en: reason.1.to_owned(),
        fix_zh: fix.0.to_owned(),
        fix_en: fix.1.to_owned(),
    }
}

fn unit_problem(scope: Scope) -> RowProblem {
    let (reason, fix) = if matches!(scope, Scope::Organisation(_)) {
        (
            ("成果单位不是本单位", "the unit is not your own"),
            ("只能导入本单位的成果；请删去这一行", "enter your own unit's only; leave this row out"),
        )
    } else {
        (
            ("没有找到这个成果单位", "there is no such unit"),
            ("请写登记过的名称或统一社会信用代码", "write its name on record or its credit code"),
        )
    };
    problem("organisation", "achievement.sheet.unit", reason, fix)
}

fn twice() -> RowProblem {
    let reason = ("文件中已有同名的成果", "the file has one of this title already");
    problem("title", "achievement.sheet.twice", reason, ("请删去重复的行", "leave the row out"))
}

fn no_rows(sheet: &Sheet) -> SheetProblem {
    SheetProblem::new("achievement.sheet.no_rows")
        .in_sheet(&sheet.name)
        .reason("没有读到任何成果", "no achievement was found")
        .what_to_do("每项成果占一行，至少有名称", "each achievement takes a row and has a title at least")
}
