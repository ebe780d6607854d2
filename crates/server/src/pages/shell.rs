//! What stands around every page: head, navigation, language, footer.

use std::sync::Arc;

use jiff::civil::Date;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::bulletin::PrintedNote;
use xiaoxiang_domain::period::Period;
use xiaoxiang_services::access::SignedIn;

use crate::language::Language;
use crate::web_assets::WebAssets;

/// The largest number of unread notices that is shown.
const UNREAD_SHOWN_MAX: i64 = 99;
/// How much of a tree head the footer shows; the whole of it stands on the bulletin.
const TREE_HEAD_SHORT: usize = 16;

/// The entry of the primary navigation to which a page belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// 首页
    Home,
    /// 统计通报
    Bulletins,
    /// 统计查询
    Statistics,
    /// 流向
    Flow,
    /// 关于
    About,
    /// 待办
    Work,
    /// 合同
    Contracts,
    /// 登记
    Applications,
    /// 成果
    Achievements,
    /// 技术需求
    Demands,
    /// 对接活动
    Events,
    /// 供需对接
    Leads,
    /// 要素市场
    Market,
    /// 专家和机构资料
    Profiles,
    /// 导入
    Imports,
    /// 月度市州表
    CityMonthly,
    /// 通报制作
    Drafts,
    /// 核对
    Reconcile,
    /// 市州
    Cities,
    /// 目标
    Targets,
    /// 归属异议
    Objections,
    /// 疑点
    Flags,
    /// 园区名录
    Parks,
    /// 审计
    Log,
    /// 机构
    Organisations,
    /// 人员
    People,
    /// 通知
    Notices,
    /// 事件推送
    Webhooks,
    /// 使用指南
    Guide,
    /// A page outside the navigation.
    Elsewhere,
}

/// The entries of the work navigation, and what one must be allowed to see each.
const OFFICE: [(Section, &str, &str, Action); 22] = [
    (Section::Work, "/work", "nav-work", Action::Work),
    (Section::Notices, "/notices", "nav-notices", Action::Work),
    (Section::Contracts, "/contracts", "nav-contracts", Action::ReadContracts),
    (Section::Applications, "/applications", "nav-applications", Action::ReadApplications),
    (Section::Achievements, "/achievements", "nav-achievements", Action::ReadAchievements),
    (Section::Demands, "/demands", "nav-demands", Action::ReadDemands),
    (Section::Events, "/events", "nav-events", Action::ReadEvents),
    (Section::Leads, "/desk", "nav-leads", Action::ReadLeads),
    (Section::Profiles, "/profiles", "nav-profiles", Action::EditProfiles),
    (Section::Imports, "/imports", "nav-imports", Action::ReadImports),
    (Section::CityMonthly, "/city-monthly", "nav-city-monthly", Action::ReadCirculars),
    (Section::Drafts, "/drafts", "nav-drafts", Action::ReadDrafts),
    (Section::Reconcile, "/reconcile", "nav-reconcile", Action::Reconcile),
    (Section::Cities, "/cities", "nav-cities", Action::ReadCities),
    (Section::Targets, "/targets", "nav-targets", Action::ReadTargets),
    (Section::Objections, "/objections", "nav-objections", Action::ReadObjections),
    (Section::Flags, "/flags", "nav-flags", Action::ReadFlags),
    (Section::Parks, "/parks", "nav-parks", Action::ReadParks),
    (Section::Log, "/log", "nav-log", Action::ReadLog),
    (Section::Organisations, "/organisations", "nav-organisations", Action::ReadOrganisations),
    (Section::People, "/people", "nav-people", Action::ReadPeople),
    (Section::Webhooks, "/webhooks", "nav-webhooks", Action::ManageWebhooks),
];

/// The state of the data as the footer prints it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Name of the region; empty before region data are imported.
    pub region: String,
    /// Its name in English, empty where region data give none.
    pub region_en: String,
    /// The log position up to which figures are computed.
    pub position: Option<i64>,
    /// The root of the log's tree there, in hexadecimal.
    pub tree_head: Option<String>,
    /// 省外数据截至日: until when exchange data are in.
    pub exchange_until: Option<Date>,
    /// Whether the data are invented, as in the demo.
    pub origin: DataOrigin,
}

/// Whether figures describe the world.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DataOrigin {
    /// Registered contracts.
    #[default]
    Real,
    /// 示例: contracts, organisations and people are invented.
    Example,
}

/// One entry of the primary navigation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavigationEntry {
    /// Address in the page's language.
    pub link: String,
    /// Its word.
    pub label: &'static str,
    /// Whether the page belongs to it.
    pub is_current: bool,
    /// How much behind it is unread; none where that is nothing.
    pub unread: Option<String>,
}

/// What every page's template is given.
#[derive(Clone, Debug)]
pub struct Shell {
    /// Language of the page.
    pub language: Language,
    /// Addresses of stylesheet and scripts.
    pub assets: &'static WebAssets,
    /// State of the data.
    pub standing: Standing,
    /// Notices that the reader has not read, counted up to a hundred.
    pub unread: i64,
    section: Section,
    /// Path and query without the language.
    path: String,
    title: String,
    reader: Option<Arc<SignedIn>>,
}

impl Shell {
    /// The shell of the page at `path` (no language in it).
    #[must_use]
    pub fn new(language: Language, section: Section, path: impl Into<String>, standing: Standing) -> Self {
        Self {
            language,
            assets: WebAssets::get(),
            standing,
            unread: 0,
            section,
            path: path.into(),
            title: String::new(),
            reader: None,
        }
    }

    /// The same shell with the page's title.
    #[must_use]
    pub fn titled(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// The same shell for somebody who has signed in.
    #[must_use]
    pub fn for_reader(mut self, reader: Option<Arc<SignedIn>>) -> Self {
        self.reader = reader;
        self
    }

    /// The same shell with what the reader has not read.
    #[must_use]
    pub fn with_unread(mut self, unread: i64) -> Self {
        self.unread = unread;
        self
    }

    /// The number of unread notices, or that it is large.
    fn unread_words(&self) -> String {
        if self.unread > UNREAD_SHOWN_MAX { format!("{UNREAD_SHOWN_MAX}+") } else { self.unread.to_string() }
    }

    /// Who has signed in.
    #[must_use]
    pub fn reader(&self) -> Option<&SignedIn> {
        self.reader.as_deref()
    }

    /// Whether the reader may do something somewhere.
    #[must_use]
    pub fn may(&self, action: Action) -> bool {
        self.reader().is_some_and(|reader| reader.actor().may(action))
    }

    /// What the reader acts as, in the page's language.
    #[must_use]
    pub fn acting_as(&self) -> &'static str {
        let role = self.reader().and_then(|reader| reader.acting.as_ref()).map(|held| held.grant.role);
        role.map_or("", |role| self.language.pick(role.label(), role.label_en()))
    }

    /// The page of the guide for whoever reads.
    #[must_use]
    pub fn guide(&self) -> String {
        let role = self.reader().and_then(|reader| reader.acting.as_ref()).map(|held| held.grant.role);
        self.link(&role.map_or_else(|| "/guide".to_owned(), |role| format!("/guide/{}", role.code())))
    }

    /// The work navigation: what this role may see.
    #[must_use]
    pub fn office(&self) -> Vec<NavigationEntry> {
        let entry = |(section, path, key, _): (Section, &str, &'static str, Action)| NavigationEntry {
            link: self.link(path),
            label: self.t(key),
            is_current: section == self.section,
            unread: Some(self.unread_words()).filter(|_| section == Section::Notices && self.unread > 0),
        };
        OFFICE.into_iter().filter(|(.., action)| self.may(*action)).map(entry).collect()
    }

    /// A text of the catalogue.
    #[must_use]
    pub fn t(&self, key: &'static str) -> &'static str {
        self.language.text(key)
    }

    /// A text of the catalogue with its arguments.
    #[must_use]
    pub fn say<const N: usize>(&self, key: &'static str, arguments: [(&'static str, &str); N]) -> String {
        self.language.say(key, arguments)
    }

    /// A sentence of data in the page's language.
    #[must_use]
    pub fn note<'note>(&self, note: &'note PrintedNote) -> &'note str {
        self.language.note(note)
    }

    /// A day as the page's language writes it.
    #[must_use]
    pub fn day(&self, day: &Date) -> String {
        self.language.day(*day)
    }

    /// A period as the page's language writes it.
    #[must_use]
    pub fn period(&self, period: &Period) -> String {
        self.language.period(*period)
    }

    /// An address in the page's language.
    #[must_use]
    pub fn link(&self, path: &str) -> String {
        self.language.link(path)
    }

    /// The address of a file in the page's language.
    #[must_use]
    pub fn file_link(&self, path: &str) -> String {
        self.language.file_link(path)
    }

    /// The same page in the other language.
    #[must_use]
    pub fn other_link(&self) -> String {
        self.language.other().link(&self.path)
    }

    /// What the browser's tab says.
    #[must_use]
    pub fn tab_title(&self) -> String {
        let site = format!("{} · {}", self.t("brand-name"), self.brand_line());
        if self.title.is_empty() { site } else { format!("{} · {site}", self.title) }
    }

    /// The region's name in the page's language.
    #[must_use]
    pub fn region(&self) -> &str {
        self.language.pick(&self.standing.region, &self.standing.region_en)
    }

    /// The line under the name.
    #[must_use]
    pub fn brand_line(&self) -> String {
        if self.region().is_empty() {
            self.t("brand-line-no-region").to_owned()
        } else {
            self.say("brand-line", [("region", self.region())])
        }
    }

    /// The primary navigation.
    #[must_use]
    pub fn navigation(&self) -> [NavigationEntry; 6] {
        [
            (Section::Home, "/", self.t("nav-home")),
            (Section::Bulletins, "/bulletins", self.t("nav-bulletins")),
            (Section::Statistics, "/statistics", self.t("nav-statistics")),
            (Section::Flow, "/flow", self.t("nav-flow")),
            (Section::Market, "/market", self.t("nav-market")),
            (Section::About, "/about", self.t("nav-about")),
        ]
        .map(|(section, path, label)| NavigationEntry {
            link: self.link(path),
            label,
            is_current: section == self.section,
            unread: None,
        })
    }

    /// Whether the data are invented.
    #[must_use]
    pub fn is_example(&self) -> bool {
        self.standing.origin == DataOrigin::Example
    }

    /// The exchange date as the footer prints it.
    #[must_use]
    pub fn exchange_until(&self) -> String {
        self.standing
            .exchange_until
            .map_or_else(|| self.t("exchange-none").to_owned(), |day| self.language.day(day))
    }

    /// The beginning of the tree head.
    #[must_use]
    pub fn tree_head_short(&self) -> Option<&str> {
        let head = self.standing.tree_head.as_deref()?;
        Some(head.get(..TREE_HEAD_SHORT).unwrap_or(head))
    }
}
