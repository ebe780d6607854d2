//! The roles (角色) that people act in.

use serde::{Deserialize, Serialize};

/// What a person acts as. A person may hold several and acts as one at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 省级统计人员: imports, makes bulletins, decides on attribution and corrections.
    Statistician,
    /// 处室负责人: the division head, who signs (签批).
    DivisionHead,
    /// 分管领导: the leader, who signs (签批) and closes years.
    Leader,
    /// 市州科技局人员
    CityOfficer,
    /// 县市区科技局人员
    CountyOfficer,
    /// 园区管委会人员
    ParkOfficer,
    /// 推荐单位: recommends applicants of its division or park.
    RecommendingBody,
    /// 登记机构人员
    Registrar,
    /// 单位经办人: acts for one organisation.
    OrganisationAgent,
    /// 高校院所技术转移机构人员
    TransferOffice,
    /// 专家
    Expert,
    /// 技术经理人
    TechnologyManager,
    /// 学会、协会
    Society,
    /// 分市场、工作站
    MarketBranch,
    /// 财政部门
    Finance,
    /// 税务部门
    Tax,
    /// 工业和信息化部门
    Industry,
    /// 教育部门
    Education,
    /// 发展改革部门
    DevelopmentReform,
    /// 审计人员
    Auditor,
    /// 纪检监察人员
    DisciplineInspector,
    /// 系统管理员: people, organisations and region data; no figures.
    Administrator,
    /// 公众: nobody has signed in.
    Public,
}

/// Over what a role's grant reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeKind {
    /// The whole region.
    Region,
    /// A division and all below it.
    Division,
    /// One park.
    Park,
    /// One organisation.
    Organisation,
    /// One registrar.
    Registrar,
}

impl Role {
    /// Every role, in the order in which lists show them.
    pub const ALL: [Self; 23] = [
        Self::Statistician,
        Self::DivisionHead,
        Self::Leader,
        Self::CityOfficer,
        Self::CountyOfficer,
        Self::ParkOfficer,
        Self::RecommendingBody,
        Self::Registrar,
        Self::OrganisationAgent,
        Self::TransferOffice,
        Self::Expert,
        Self::TechnologyManager,
        Self::Society,
        Self::MarketBranch,
        Self::Finance,
        Self::Tax,
        Self::Industry,
        Self::Education,
        Self::DevelopmentReform,
        Self::Auditor,
        Self::DisciplineInspector,
        Self::Administrator,
        Self::Public,
    ];

    /// Word of addresses, files and the log.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.words().0
    }

    /// Chinese word.
    #[must_use]
    pub const fn label(self) -> &'static str {
        self.words().1
    }

    /// English word.
    #[must_use]
    pub const fn label_en(self) -> &'static str {
        self.words().2
    }

    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Statistician => ("statistician", "省级统计人员", "Provincial statistician"),
            Self::DivisionHead => ("division_head", "处室负责人", "Division head"),
            Self::Leader => ("leader", "分管领导", "Leader"),
            Self::CityOfficer => ("city_officer", "市州管理人员", "City officer"),
            Self::CountyOfficer => ("county_officer", "县市区管理人员", "County officer"),
            Self::ParkOfficer => ("park_officer", "园区管理人员", "Park officer"),
            Self::RecommendingBody => ("recommending_body", "推荐单位", "Recommending body"),
            Self::Registrar => ("registrar", "登记机构人员", "Registrar"),
            Self::OrganisationAgent => ("organisation_agent", "单位经办人", "Organisation agent"),
            Self::TransferOffice => ("transfer_office", "高校院所技术转移人员", "University transfer office"),
            Self::Expert => ("expert", "专家", "Expert"),
            Self::TechnologyManager => ("technology_manager", "技术经理人", "Technology manager"),
            Self::Society => ("society", "学会、协会", "Society or association"),
            Self::MarketBranch => ("market_branch", "分市场、工作站", "Market branch or workstation"),
            Self::Finance => ("finance", "财政部门", "Finance department"),
            Self::Tax => ("tax", "税务部门", "Tax department"),
            Self::Industry => ("industry", "工信部门", "Industry and information department"),
            Self::Education => ("education", "教育部门", "Education department"),
            Self::DevelopmentReform => {
                ("development_reform", "发改部门", "Development and reform department")
            }
            Self::Auditor => ("auditor", "审计人员", "Auditor"),
            Self::DisciplineInspector => ("discipline_inspector", "纪检监察人员", "Discipline inspector"),
            Self::Administrator => ("administrator", "系统管理员", "Administrator"),
            Self::Public => ("public", "公众", "Public"),
        }
    }

    /// The role of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }

    /// The kinds of scope that a grant of this role may have; none for the public, which is never granted.
    #[must_use]
    pub const fn scopes(self) -> &'static [ScopeKind] {
        match self {
            Self::Public => &[],
            Self::CityOfficer | Self::CountyOfficer => &[ScopeKind::Division],
            Self::ParkOfficer => &[ScopeKind::Park],
            Self::RecommendingBody => &[ScopeKind::Division, ScopeKind::Park, ScopeKind::Organisation],
            Self::Registrar => &[ScopeKind::Registrar],
            Self::OrganisationAgent | Self::TransferOffice => &[ScopeKind::Organisation],
            Self::Society | Self::MarketBranch | Self::TechnologyManager | Self::Expert => {
                &[ScopeKind::Region, ScopeKind::Division, ScopeKind::Organisation]
            }
            Self::Finance | Self::Tax | Self::Industry | Self::Education | Self::DevelopmentReform => {
                &[ScopeKind::Region, ScopeKind::Division]
            }
            Self::Statistician
            | Self::DivisionHead
            | Self::Leader
            | Self::Auditor
            | Self::DisciplineInspector
            | Self::Administrator => &[ScopeKind::Region],
        }
    }
}
