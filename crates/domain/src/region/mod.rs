//! A region (地区) as data: divisions, parks, code lists, calendars, forms and letterheads.
//!
//! A region is a folder, laid over the folder that it extends: Hunan over China. `docs/REGIONS.md` explains each
//! file. Parsing is pure: the files' texts go in, a checked [`Region`] or the list of all mistakes comes out.

mod achievements;
mod calendar;
mod code_list;
mod competence;
mod contract_form;
mod contract_questions;
mod countries;
mod demand;
mod division_code;
mod division_file;
mod divisions;
mod document;
mod names_en;
mod papers;
mod parse;
mod places;
mod problem;
mod registration;
mod registration_papers;
mod screening;
mod text;
mod written_division;

#[cfg(test)]
pub(crate) mod tests;

use std::collections::BTreeMap;

pub use achievements::{AchievementRules, PublicityRule};
pub use calendar::Calendar;
pub use code_list::{Code, CodeList};
pub use competence::{Competence, CompetentDepartment, Department, Matter};
pub use contract_form::{ColumnKind, ContractForm, FIELD_KEYS, FormColumn, Presence, normalise_header};
pub use contract_questions::{Answer, AnswerLeads, ContractQuestions, Guided, Question, UnknownAnswer};
pub use countries::{Countries, Country};
pub use demand::{
    Asked, DemandField, DemandReason, DemandRules, DemandSheet, ScoreItem, ScoreRule, ScoreSheet,
};
pub use divisions::{Certainty, Division, DivisionCode, DivisionLevel, DivisionProblem, Divisions};
pub use papers::{
    BulletinSettings, BulletinTable, Letterhead, NumberPattern, OpenDataSettings, RegionMap, Standing,
};
pub use places::{Group, Park, ParkLevel, Parks, Registrar, Registrars};
pub use problem::RegionProblem;
pub use registration::{
    CodedReason, DayLimit, DayUnit, DeskRules, ExpertReviewRule, Regime, RegistrationRules,
};
pub use registration_papers::{PaperBy, PaperFact, PaperForm, PaperList, PaperText};
pub use screening::{
    AmountParameters, CalendarParameters, CircleParameters, DuplicateParameters, NatureParameters,
    RelationParameters, ResaleParameters, ScreeningParameters, SellerParameters, SerialParameters,
    SplittingParameters, TextParameters,
};
pub use text::{half_width, plain};

/// The files of one region folder: relative path to text, such as `codes/contract_type.yaml`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RegionLayer {
    /// Name of the folder, such as `hunan`.
    pub name: String,
    /// Texts by path, with `/` between folders.
    pub files: BTreeMap<String, String>,
}

/// A region whose data were checked.
#[derive(Debug, Clone)]
pub struct Region {
    code: DivisionCode,
    name: String,
    name_en: String,
    time_zone: String,
    registration_authority: Option<String>,
    divisions: Divisions,
    parks: Parks,
    groups: Vec<Group>,
    registrars: Registrars,
    countries: Countries,
    calendar: Calendar,
    contract_form: ContractForm,
    letterhead: Option<Letterhead>,
    number_patterns: Vec<NumberPattern>,
    map: Option<RegionMap>,
    bulletin: BulletinSettings,
    open_data: Option<OpenDataSettings>,
    codes: BTreeMap<String, CodeList>,
    matters: Vec<Matter>,
    registration: RegistrationRules,
    achievements: AchievementRules,
    contract_questions: ContractQuestions,
    papers: Vec<PaperForm>,
    screening: Option<ScreeningParameters>,
    demand_sheet: DemandSheet,
    demand_rules: DemandRules,
}

impl Region {
    /// Parses the folders of a region, the base first, or tells all that is wrong with them.
    ///
    /// A later layer's file takes the place of the earlier file of the same path, with four exceptions that add
    /// to it: `region.yaml` (key by key), `divisions.csv` and `names_en.csv` (code by code) and
    /// `forms/contract.yaml` (aliases).
    pub fn parse(layers: &[RegionLayer]) -> Result<Self, Vec<RegionProblem>> {
        parse::parse(layers)
    }

    /// Its division; `000000` for the whole country.
    #[must_use]
    pub const fn code(&self) -> DivisionCode {
        self.code
    }

    /// Name (名称).
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// English name.
    #[must_use]
    pub fn name_en(&self) -> &str {
        &self.name_en
    }

    /// Time zone of its legal days, such as `Asia/Shanghai`.
    #[must_use]
    pub fn time_zone(&self) -> &str {
        &self.time_zone
    }

    /// All divisions of the country.
    #[must_use]
    pub const fn divisions(&self) -> &Divisions {
        &self.divisions
    }

    /// Its parks.
    #[must_use]
    pub const fn parks(&self) -> &Parks {
        &self.parks
    }

    /// Its groups of cities.
    #[must_use]
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// Its registrars.
    #[must_use]
    pub const fn registrars(&self) -> &Registrars {
        &self.registrars
    }

    /// Countries and territories.
    #[must_use]
    pub const fn countries(&self) -> &Countries {
        &self.countries
    }

    /// Working days.
    #[must_use]
    pub const fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// Columns of the contract sheet.
    #[must_use]
    pub const fn contract_form(&self) -> &ContractForm {
        &self.contract_form
    }

    /// Who issues its papers; a base such as China has none.
    #[must_use]
    pub const fn letterhead(&self) -> Option<&Letterhead> {
        self.letterhead.as_ref()
    }

    /// How its legal numbers are written.
    #[must_use]
    pub fn number_patterns(&self) -> &[NumberPattern] {
        &self.number_patterns
    }

    /// Its map, if it has one.
    #[must_use]
    pub const fn map(&self) -> Option<&RegionMap> {
        self.map.as_ref()
    }

    /// What its bulletin consists of.
    #[must_use]
    pub const fn bulletin(&self) -> &BulletinSettings {
        &self.bulletin
    }

    /// Under which conditions its figures are open data; without them nothing below city level is.
    #[must_use]
    pub const fn open_data(&self) -> Option<&OpenDataSettings> {
        self.open_data.as_ref()
    }

    /// A code list by the name of its file, such as `contract_type`.
    #[must_use]
    pub fn codes(&self, list: &str) -> Option<&CodeList> {
        self.codes.get(list)
    }

    /// All code lists by name.
    #[must_use]
    pub const fn code_lists(&self) -> &BTreeMap<String, CodeList> {
        &self.codes
    }

    /// Parameters of the truth tests of contracts (真实性筛查); without them nothing is screened.
    #[must_use]
    pub const fn screening(&self) -> Option<&ScreeningParameters> {
        self.screening.as_ref()
    }

    /// The collection sheet of demands.
    #[must_use]
    pub const fn demand_sheet(&self) -> &DemandSheet {
        &self.demand_sheet
    }

    /// How demands are checked, screened and kept fresh.
    #[must_use]
    pub const fn demand_rules(&self) -> &DemandRules {
        &self.demand_rules
    }

    /// All matters whose competent department is known.
    #[must_use]
    pub fn matters(&self) -> &[Matter] {
        &self.matters
    }

    /// The body by which the region registers contracts itself and issues certificates. Without one the national system
    /// registers, and the region's desk reviews beforehand and keeps the ledger (预审与台账).
    #[must_use]
    pub fn registration_authority(&self) -> Option<&str> {
        self.registration_authority.as_deref()
    }

    /// How contracts are registered here.
    #[must_use]
    pub const fn registration(&self) -> &RegistrationRules {
        &self.registration
    }

    /// What has to be publicised before an achievement is listed.
    #[must_use]
    pub const fn achievements(&self) -> &AchievementRules {
        &self.achievements
    }

    /// Questions that lead an applicant to the type of a contract.
    #[must_use]
    pub const fn contract_questions(&self) -> &ContractQuestions {
        &self.contract_questions
    }

    /// The papers of registration, in the order of their file.
    #[must_use]
    pub fn papers(&self) -> &[PaperForm] {
        &self.papers
    }

    /// Who is competent for a matter, such as `contract_registration`, on a day.
    #[must_use]
    pub fn competent_department(&self, matter: &str, day: jiff::civil::Date) -> Competence<'_> {
        let matter = self.matters.iter().find(|one| one.key == matter);
        matter.map_or(Competence::Unknown, |matter| matter.on(day))
    }

    /// The pattern of a kind of legal number, such as `bulletin`.
    #[must_use]
    pub fn number_pattern(&self, key: &str) -> Option<&NumberPattern> {
        self.number_patterns.iter().find(|pattern| pattern.key == key)
    }

    /// The group of a name or key, such as 长株潭.
    #[must_use]
    pub fn group(&self, text: &str) -> Option<&Group> {
        let wanted = plain(text);
        self.groups.iter().find(|group| plain(&group.name) == wanted || group.key.to_string() == wanted)
    }

    /// The rows of the region's own city table, in order of codes.
    #[must_use]
    pub fn cities(&self) -> &[DivisionCode] {
        self.divisions.children(self.code)
    }

    /// Whether a current division lies in this region.
    #[must_use]
    pub const fn contains(&self, code: DivisionCode) -> bool {
        code.is_within(self.code)
    }
}
