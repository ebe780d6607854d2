//! The contracts behind one figure of a bulletin: what of them is public.

use askama::Template;
use xiaoxiang_domain::bulletin::PrintedNote;
use xiaoxiang_domain::money::{Fen, MoneyUnit};
use xiaoxiang_domain::period::Month;

use super::bulletin::BulletinHead;
use super::shell::Shell;

/// How many contracts a page of them shows.
pub const CONTRACTS_PER_PAGE: i64 = 50;

/// One contract, its public part: neither project nor party is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellContract {
    /// 登记号
    pub registration_number: String,
    /// Path of its page, for those whose scope holds it.
    pub path: Option<String>,
    /// Month of its registration.
    pub registered_in: Month,
    /// Contract type.
    pub contract_type: PrintedNote,
    /// Place of the seller.
    pub seller_place: PrintedNote,
    /// Place of the buyer.
    pub buyer_place: PrintedNote,
    /// 成交额
    pub contract_value_fen: i64,
    /// 技术交易额
    pub technology_value_fen: i64,
}

/// What the page of a cell shows.
#[derive(Clone, Debug)]
pub struct CellData {
    /// The bulletin in which the figure stands.
    pub bulletin: BulletinHead,
    /// Label of the row.
    pub row: PrintedNote,
    /// Head of the column, with group and unit.
    pub column: PrintedNote,
    /// The figure as printed.
    pub figure: String,
    /// How many contracts stand behind it.
    pub contract_count: i64,
    /// Sum of their contract values.
    pub contract_value_fen: i64,
    /// Sum of their technology values.
    pub technology_value_fen: i64,
    /// The contracts of this page.
    pub contracts: Vec<CellContract>,
}

/// The page of a cell.
#[derive(Debug, Template)]
#[template(path = "cell.html")]
pub struct CellPage {
    /// Shell of the page.
    pub shell: Shell,
    /// What it shows.
    pub data: CellData,
    /// Address of this page without its number, in the page's language.
    pub address: String,
    /// Number of the page, from 1.
    pub page: i64,
}

impl CellPage {
    fn ten_thousand(&self, fen: &i64) -> String {
        Fen(*fen).display_in(MoneyUnit::TenThousandYuan)
    }

    fn hundred_million(&self, fen: &i64) -> String {
        Fen(*fen).display_in(MoneyUnit::HundredMillionYuan)
    }

    fn unit(&self) -> String {
        self.shell.say("unit-contracts", [("count", &self.data.contract_count.to_string())])
    }

    fn contract_link(&self, contract: &CellContract) -> Option<String> {
        contract.path.as_ref().map(|path| self.shell.link(path))
    }

    fn section_label(&self) -> &'static str {
        self.shell.t(if self.data.bulletin.section == "/drafts" { "nav-drafts" } else { "nav-bulletins" })
    }

    fn has_previous(&self) -> bool {
        self.page > 1
    }

    fn has_next(&self) -> bool {
        self.page * CONTRACTS_PER_PAGE < self.data.contract_count
    }

    fn shown(&self) -> String {
        let first = (self.page - 1) * CONTRACTS_PER_PAGE + 1;
        let last = (first + CONTRACTS_PER_PAGE - 1).min(self.data.contract_count);
        let total = self.data.contract_count.to_string();
        self.shell
            .say("pager-shown", [("from", &first.to_string()), ("to", &last.to_string()), ("total", &total)])
    }

    fn page_link(&self, step: i64) -> String {
        format!("{}?page={}", self.address, self.page + step)
    }
}
