//! What the pages of bulletin making show: the overview, and one bulletin before and after its signature.

use askama::Template;
use axum::http::StatusCode;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use xiaoxiang_domain::access::{Action, Scope};
use xiaoxiang_domain::bulletin::{CorrectionDecision, GrowthBase};
use xiaoxiang_domain::money::{MoneyUnit, display_fen};
use xiaoxiang_domain::period::Period;
use xiaoxiang_services::bulletin::{
    BulletinSummary, CorrectedCell, Countersignature, DraftReview, DraftingOverview, Freshness, Opinion,
    PendingChanges, Product, PublicFormat, describe_changes, product_sheets,
};
use xiaoxiang_services::{Actor, Refusal};

use super::bulletin::{TABLE_IDS, product_key, status_label};
use super::compact::split_spans;
use super::home::{Choice, direction_label};
use super::shell::Shell;
use super::statistics::SelectOption;
use super::table::TableView;

/// Changed cells that the page lists; more are counted.
const CHANGES_SHOWN_MAX: usize = 200;
/// Contracts named beside a changed cell at once.
const CONTRACTS_SHOWN_MAX: usize = 3;

/// What was wrong with a form.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Name of the field; empty where the whole is meant.
    pub field: &'static str,
    /// What to do.
    pub text: String,
    /// How the answer is marked.
    pub status: StatusCode,
}

impl Problem {
    /// A problem at a field.
    pub fn new(field: &'static str, text: impl Into<String>) -> Self {
        Self { field, text: text.into(), status: StatusCode::UNPROCESSABLE_ENTITY }
    }

    /// The same problem under another status.
    #[must_use]
    pub const fn with(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }
}

/// What was typed, to be shown again.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// Product on the screen.
    pub product: String,
    /// Period of a new draft.
    pub period: String,
    /// Base of its growth.
    pub base: String,
    /// Opinion of a department.
    pub opinion: String,
    /// Its remark.
    pub remark: String,
    /// Day of signature.
    pub signed_on: String,
    /// Decision about changes.
    pub decision: String,
    /// Its reason.
    pub reason: String,
}

/// The overview of bulletin making.
#[derive(Debug, Template)]
#[template(path = "drafts.html")]
pub struct OverviewPage {
    shell: Shell,
    overview: DraftingOverview,
    typed: Typed,
    problem: Option<Problem>,
    done: Option<&'static str>,
}

impl OverviewPage {
    /// The page; `usual` is the period that a new draft is likely to have.
    #[must_use]
    pub fn new(
        shell: Shell,
        overview: DraftingOverview,
        usual: Period,
        mut typed: Typed,
        problem: Option<Problem>,
        done: &str,
    ) -> Self {
        if typed.period.is_empty() && problem.is_none() {
            typed.period = usual.to_string();
        }
        let done = (done == "closed").then(|| shell.t("drafts-done-closed"));
        Self { shell, overview, typed, problem, done }
    }

    fn problem(&self, field: &str) -> Option<&str> {
        self.problem.as_ref().filter(|problem| problem.field == field).map(|problem| problem.text.as_str())
    }

    fn may_draft(&self) -> bool {
        self.shell.may(Action::DraftBulletin)
    }

    fn may_close(&self) -> bool {
        self.shell.may(Action::CloseYear) && !self.overview.open_years.is_empty()
    }

    fn bases(&self) -> Vec<SelectOption> {
        let option = |base: GrowthBase| SelectOption {
            value: base.code().to_owned(),
            label: base_label(&self.shell, base).to_owned(),
            is_chosen: base.code() == self.typed.base,
        };
        [GrowthBase::AsKnown, GrowthBase::AsPublished].into_iter().map(option).collect()
    }

    fn link(&self, summary: &BulletinSummary) -> String {
        self.shell.link(&format!("/drafts/{}", summary.row.bulletin_id))
    }

    fn name(&self, summary: &BulletinSummary) -> String {
        let period = self.shell.period(&summary.period);
        self.shell.say("drafts-of-period", [("period", &period)])
    }

    fn detail(&self, summary: &BulletinSummary) -> String {
        self.shell.say("drafts-at-position", [("position", &summary.row.as_of.to_string())])
    }

    fn status(&self, summary: &BulletinSummary) -> &'static str {
        status_label(self.shell.language, summary.status)
    }

    fn signed_on(&self, summary: &BulletinSummary) -> String {
        summary.signed_on.map(|day| self.shell.day(&day)).unwrap_or_default()
    }

    fn pending(&self, pending: &Option<usize>) -> String {
        match pending {
            None => self.shell.t("drafts-not-looked").to_owned(),
            Some(0) => self.shell.t("drafts-nothing-pending").to_owned(),
            Some(cells) => self.shell.say("drafts-pending", [("cells", &cells.to_string())]),
        }
    }

    fn has_pending(&self, pending: &Option<usize>) -> bool {
        pending.is_some_and(|cells| cells > 0)
    }
}

fn base_label(shell: &Shell, base: GrowthBase) -> &'static str {
    shell.t(match base {
        GrowthBase::AsKnown => "drafts-base-known",
        GrowthBase::AsPublished => "drafts-base-published",
    })
}

/// One bulletin in the making.
#[derive(Debug, Template)]
#[template(path = "draft.html")]
pub struct DraftPage {
    shell: Shell,
    actor: Actor,
    review: DraftReview,
    product: Product,
    tables: Vec<TableView>,
    changes: Vec<(CorrectedCell, Vec<String>)>,
    changes_left_out: usize,
    fingerprint: String,
    today: Date,
    zone: TimeZone,
    typed: Typed,
    problem: Option<Problem>,
    done: Option<&'static str>,
}

impl DraftPage {
    /// The page of a bulletin and what waits for it.
    ///
    /// # Errors
    /// Where stored changes cannot be read.
    #[expect(clippy::too_many_arguments, reason = "each is a part of the page that another question answers")]
    pub fn new(
        shell: Shell,
        actor: Actor,
        review: DraftReview,
        pending: Option<PendingChanges>,
        (today, zone): (Date, TimeZone),
        typed: Typed,
        problem: Option<Problem>,
        done: &str,
    ) -> Result<Self, Refusal> {
        let product = Product::from_code(&typed.product).unwrap_or(Product::Circular);
        let cells = shell.link(&format!("/drafts/{}/cells", review.detail.summary.row.bulletin_id));
        let parts = product_sheets(&review.detail, product)
            .into_iter()
            .flat_map(|(key, table)| split_spans(&table).into_iter().map(move |part| (key.clone(), part)));
        let tables = TABLE_IDS
            .into_iter()
            .zip(parts)
            .map(|(id, (key, table))| {
                let open = |row: &str, column: &str| Some(format!("{cells}/{key}/{row}/{column}"));
                let said = &review.detail.content.sentences;
                TableView::new(id, shell.language, &table).without_said(said).opening(&table, open)
            })
            .collect();
        let (fingerprint, cells) =
            pending.map_or_else(Default::default, |pending| (pending.fingerprint, pending.cells));
        let mut changes = describe_changes(&review.detail, cells)?;
        let changes_left_out = changes.len().saturating_sub(CHANGES_SHOWN_MAX);
        changes.truncate(CHANGES_SHOWN_MAX);
        let done = match done {
            "drafted" => Some(shell.t("drafts-done-drafted")),
            "redrafted" => Some(shell.t("drafts-done-redrafted")),
            "countersigned" => Some(shell.t("drafts-done-countersigned")),
            "signed" => Some(shell.t("drafts-done-signed")),
            "corrected" => Some(shell.t("drafts-done-corrected")),
            _ => None,
        };
        Ok(Self {
            shell,
            actor,
            review,
            product,
            tables,
            changes,
            changes_left_out,
            fingerprint,
            today,
            zone,
            typed,
            problem,
            done,
        })
    }

    fn problem(&self, field: &str) -> Option<&str> {
        self.problem.as_ref().filter(|problem| problem.field == field).map(|problem| problem.text.as_str())
    }

    fn id(&self) -> &str {
        &self.review.detail.summary.row.bulletin_id
    }

    fn address(&self, rest: &str) -> String {
        self.shell.link(&format!("/drafts/{}{rest}", self.id()))
    }

    fn title(&self) -> &str {
        let content = &self.review.detail.content;
        self.shell.language.pick(&content.title, &content.title_en)
    }

    fn status(&self) -> &'static str {
        status_label(self.shell.language, self.review.detail.summary.status)
    }

    fn status_code(&self) -> &'static str {
        self.review.detail.summary.status.code()
    }

    fn is_draft(&self) -> bool {
        self.review.freshness != Freshness::Frozen
    }

    fn has_moved(&self) -> bool {
        self.review.freshness == Freshness::Moved
    }

    fn may_redraft(&self) -> bool {
        self.is_draft() && self.actor.may(Action::DraftBulletin)
    }

    fn may_sign(&self) -> bool {
        self.is_draft() && self.actor.may(Action::SignBulletin)
    }

    fn may_countersign(&self) -> bool {
        self.is_draft() && self.actor.may(Action::CountersignBulletin)
    }

    fn may_correct(&self) -> bool {
        !self.changes.is_empty() && self.actor.may(Action::CorrectBulletin)
    }

    fn sees(&self, action: Action) -> bool {
        self.actor.may(action)
    }

    fn signs_as(&self) -> String {
        let name = self.shell.reader().map_or("", |reader| &reader.name);
        self.shell.say("sign-as", [("name", name)])
    }

    fn park_findings(&self) -> String {
        let [twice, unmatched] = [self.review.claimed_twice, self.review.unmatched].map(|it| it.to_string());
        self.shell.say("drafts-parks-found", [("twice", &twice), ("unmatched", &unmatched)])
    }

    fn content_sha256(&self) -> &str {
        &self.review.detail.summary.row.content_sha256
    }

    fn growth_base(&self) -> &'static str {
        let base = GrowthBase::from_code(&self.review.detail.summary.row.growth_base);
        base_label(&self.shell, base.unwrap_or(GrowthBase::AsKnown))
    }

    fn exchange_until(&self) -> String {
        let until = self.review.exchange_until;
        until.map_or_else(|| self.shell.t("exchange-none").to_owned(), |day| self.shell.day(&day))
    }

    fn missing_months(&self) -> String {
        let months: Vec<String> =
            self.review.missing_months.iter().map(|month| self.shell.language.month(*month)).collect();
        months.join(self.shell.language.pick("、", ", "))
    }

    fn contract_path(&self, number: &str) -> Option<String> {
        (self.actor.extent(Action::ReadContracts) == Some(Scope::Region))
            .then(|| self.shell.link(&format!("/contracts/{number}")))
    }

    fn day_of(&self, at_ms: &i64) -> String {
        super::moment::minute(*at_ms, &self.zone)
    }

    fn department(&self, opinion: &Countersignature) -> &'static str {
        self.shell.language.pick(opinion.role.label(), opinion.role.label_en())
    }

    fn opinion_label(&self, opinion: &Opinion) -> &'static str {
        self.shell.t(match opinion {
            Opinion::Agree => "countersign-agree",
            Opinion::Object => "countersign-object",
        })
    }

    fn opinion_class(&self, opinion: &Opinion) -> &'static str {
        match opinion {
            Opinion::Agree => "status-signed",
            Opinion::Object => "status-corrected",
        }
    }

    fn is_of_earlier(&self, opinion: &Countersignature) -> bool {
        self.is_draft() && opinion.content_sha256 != self.content_sha256()
    }

    /// Whether the latest opinion of some department is an objection.
    fn is_objected(&self) -> bool {
        let mut seen = Vec::new();
        self.review.countersignatures.iter().any(|opinion| {
            let is_latest = !seen.contains(&opinion.role);
            seen.push(opinion.role);
            is_latest && opinion.opinion == Opinion::Object
        })
    }

    fn products(&self) -> Vec<Choice> {
        let choice = |product: Product| Choice {
            link: format!("{}?product={}#tables", self.address(""), product.code()),
            label: self.shell.t(product_key(product)).to_owned(),
            is_current: product == self.product,
        };
        [Product::Circular, Product::Brief, Product::Public].into_iter().map(choice).collect()
    }

    fn product_label(&self, product: &Product) -> &'static str {
        self.shell.t(product_key(*product))
    }

    fn all_products(&self) -> [Product; 3] {
        [Product::Circular, Product::Brief, Product::Public]
    }

    fn formats(&self) -> [&'static str; 4] {
        PublicFormat::ALL.map(PublicFormat::code)
    }

    fn file_link(&self, product: &Product, format: &str) -> String {
        self.shell.file_link(&format!("/drafts/{}/{}.{format}", self.id(), product.code()))
    }

    fn signed_on(&self) -> String {
        if self.typed.signed_on.is_empty() { self.today.to_string() } else { self.typed.signed_on.clone() }
    }

    fn is_chosen(&self, field: &str, value: &str) -> bool {
        match field {
            "opinion" => self.typed.opinion == value,
            _ => self.typed.decision == value,
        }
    }

    fn fold(&self) -> &'static str {
        CorrectionDecision::FoldIntoCurrent.code()
    }

    fn issue(&self) -> &'static str {
        CorrectionDecision::IssueCorrection.code()
    }

    fn changed_figure(&self, cell: &CorrectedCell) -> String {
        let direction = direction_label(self.shell.language, cell.direction);
        format!("{direction} · {}", self.shell.period(&cell.months))
    }

    fn amount(&self, fen: &i128) -> String {
        display_fen(*fen, MoneyUnit::TenThousandYuan)
    }

    fn first_contracts<'list>(&self, contracts: &'list [String]) -> &'list [String] {
        &contracts[..contracts.len().min(CONTRACTS_SHOWN_MAX)]
    }

    fn other_contracts<'list>(&self, contracts: &'list [String]) -> &'list [String] {
        &contracts[contracts.len().min(CONTRACTS_SHOWN_MAX)..]
    }

    fn more_contracts(&self, contracts: &[String]) -> String {
        self.shell.say("correct-more", [("count", &contracts.len().to_string())])
    }

    fn left_out(&self) -> Option<String> {
        let count = self.changes_left_out;
        (count > 0).then(|| self.shell.say("correct-left-out", [("count", &count.to_string())]))
    }
}
