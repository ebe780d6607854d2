//! What can be done that not everybody may do (操作).

/// Something that needs a permission. What everybody may read needs none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// 待办: the work page, one's own account, sessions and API tokens.
    Work,
    /// 合同清单与合同页, without contact data.
    ReadContracts,
    /// 联系人、电话: the personal data of a contract.
    ReadPersonalData,
    /// 删除个人信息
    ErasePersonalData,
    /// 导入记录
    ReadImports,
    /// 导入合同
    ImportContracts,
    /// 内部通报、一页简报 of signed bulletins.
    ReadCirculars,
    /// 通报草稿 and what waits to be corrected.
    ReadDrafts,
    /// 生成通报
    DraftBulletin,
    /// 会签
    CountersignBulletin,
    /// 签发
    SignBulletin,
    /// 订正
    CorrectBulletin,
    /// 关账
    CloseYear,
    /// 核对: a hand-made sheet against ours.
    Reconcile,
    /// 市州页、催办名单
    ReadCities,
    /// 目标
    ReadTargets,
    /// 下达、调整目标 of cities.
    IssueTargets,
    /// 分解目标 to counties.
    SplitTargets,
    /// 归属异议
    ReadObjections,
    /// 提出归属异议
    RaiseObjection,
    /// 裁定归属异议
    DecideObjection,
    /// 疑点: what the truth tests ask about contracts.
    ReadFlags,
    /// 真实性筛查
    ScreenContracts,
    /// 答复疑点
    AnswerFlag,
    /// 认定或排除疑点
    DecideFlag,
    /// 就疑点的认定提出申诉
    AppealFlag,
    /// 暂缓、恢复兑付
    HoldPayment,
    /// 园区企业名录
    ReadParks,
    /// 报送园区企业名录
    ImportParkList,
    /// 操作日志
    ReadLog,
    /// 人员与角色
    ReadPeople,
    /// 授权、停用
    ManagePeople,
    /// 机构
    ReadOrganisations,
    /// 机构更名、合并、拆分
    ManageOrganisations,
    /// 区域数据
    ImportRegion,
    /// 登记申请、办理进度
    ReadApplications,
    /// 申请认定登记
    Apply,
    /// 受理、审核、变更、注销
    HandleApplications,
    /// 合同文本: of the handling registrar, the parties and who inspects.
    ReadContractTexts,
    /// 出具专家评审意见
    GiveExpertOpinion,
    /// 抽查、撤销登记、答复异议
    ReviewRegistrations,
    /// 指定审计人员查阅合同文本
    NameTextAuditor,
    /// 对登记提出异议 of finance and tax.
    RaiseRegistrationObjection,
    /// 登记点、登记台账
    ReadPoints,
    /// 设立、关闭登记点，移交申请
    ManagePoints,
    /// 科技成果填报: drafts, reviews and what became of them.
    ReadAchievements,
    /// 填报、审查、挂牌科技成果 of one's own unit.
    WriteAchievements,
    /// 撤下科技成果、答复公示异议 for the office.
    WatchAchievements,
    /// 专家、服务机构、团队资料 of oneself or one's organisation.
    EditProfiles,
    /// 事件推送与投递: programs that are told, and what has left the house.
    ManageWebhooks,
    /// 技术需求: beyond what the market shows.
    ReadDemands,
    /// 填报技术需求, for one's own company or on its behalf.
    EnterDemands,
    /// 核对、退回需求: the formal check.
    CheckDemands,
    /// 梳理、归类、合并建议
    SortDemands,
    /// 专家评分
    ScoreDemands,
    /// 邀请专家、入选、并入、拆分
    DecideDemands,
    /// 发布需求清单
    PublishDemands,
    /// 对接线索: of one's own side, of whom one looks after, or of one's extent.
    ReadLeads,
    /// 建立、推进、终止线索
    HandleLeads,
    /// 指定线索的技术经理人
    AssignLeads,
    /// 对接漏斗
    ReadFunnel,
    /// 活动: plan, participants, timetable and results.
    ReadEvents,
    /// 筹备、办理活动
    PlanEvents,
    /// 报名参加活动
    JoinEvents,
}

impl Action {
    /// Every action, in the order of the permission table.
    pub const ALL: [Self; 64] = [
        Self::Work,
        Self::ReadContracts,
        Self::ReadPersonalData,
        Self::ErasePersonalData,
        Self::ReadImports,
        Self::ImportContracts,
        Self::ReadCirculars,
        Self::ReadDrafts,
        Self::DraftBulletin,
        Self::CountersignBulletin,
        Self::SignBulletin,
        Self::CorrectBulletin,
        Self::CloseYear,
        Self::Reconcile,
        Self::ReadCities,
        Self::ReadTargets,
        Self::IssueTargets,
        Self::SplitTargets,
        Self::ReadObjections,
        Self::RaiseObjection,
        Self::DecideObjection,
        Self::ReadFlags,
        Self::ScreenContracts,
        Self::AnswerFlag,
        Self::DecideFlag,
        Self::AppealFlag,
        Self::HoldPayment,
        Self::ReadParks,
        Self::ImportParkList,
        Self::ReadLog,
        Self::ReadPeople,
        Self::ManagePeople,
        Self::ReadOrganisations,
        Self::ManageOrganisations,
        Self::ImportRegion,
        Self::ReadApplications,
        Self::Apply,
        Self::HandleApplications,
        Self::ReadContractTexts,
        Self::GiveExpertOpinion,
        Self::ReviewRegistrations,
        Self::NameTextAuditor,
        Self::RaiseRegistrationObjection,
        Self::ReadPoints,
        Self::ManagePoints,
        Self::ReadAchievements,
        Self::WriteAchievements,
        Self::WatchAchievements,
        Self::EditProfiles,
        Self::ManageWebhooks,
        Self::ReadDemands,
        Self::EnterDemands,
        Self::CheckDemands,
        Self::SortDemands,
        Self::ScoreDemands,
        Self::DecideDemands,
        Self::PublishDemands,
        Self::ReadLeads,
        Self::HandleLeads,
        Self::AssignLeads,
        Self::ReadFunnel,
        Self::ReadEvents,
        Self::PlanEvents,
        Self::JoinEvents,
    ];

    /// Word of the log, the API and token scopes.
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
            Self::Work => ("work", "处理待办", "work"),
            Self::ReadContracts => ("read_contracts", "查看合同", "read contracts"),
            Self::ReadPersonalData => ("read_personal_data", "查看联系人和电话", "read contact data"),
            Self::ErasePersonalData => ("erase_personal_data", "删除个人信息", "erase personal data"),
            Self::ReadImports => ("read_imports", "查看导入记录", "read imports"),
            Self::ImportContracts => ("import_contracts", "导入合同", "import contracts"),
            Self::ReadCirculars => ("read_circulars", "查看内部通报", "read circulars"),
            Self::ReadDrafts => ("read_drafts", "查看通报草稿", "read drafts"),
            Self::DraftBulletin => ("draft_bulletin", "生成通报", "draft a bulletin"),
            Self::CountersignBulletin => ("countersign_bulletin", "会签通报", "countersign a bulletin"),
            Self::SignBulletin => ("sign_bulletin", "签发通报", "sign a bulletin"),
            Self::CorrectBulletin => ("correct_bulletin", "订正通报", "correct a bulletin"),
            Self::CloseYear => ("close_year", "年度关账", "close a year"),
            Self::Reconcile => ("reconcile", "核对报表", "reconcile a sheet"),
            Self::ReadCities => ("read_cities", "查看市州页", "read city pages"),
            Self::ReadTargets => ("read_targets", "查看目标", "read targets"),
            Self::IssueTargets => ("issue_targets", "下达目标", "issue targets"),
            Self::SplitTargets => ("split_targets", "分解目标", "split targets"),
            Self::ReadObjections => ("read_objections", "查看归属异议", "read objections"),
            Self::RaiseObjection => ("raise_objection", "提出归属异议", "raise an objection"),
            Self::DecideObjection => ("decide_objection", "裁定归属异议", "decide an objection"),
            Self::ReadFlags => ("read_flags", "查看疑点", "read flags"),
            Self::ScreenContracts => ("screen_contracts", "筛查合同", "screen contracts"),
            Self::AnswerFlag => ("answer_flag", "答复疑点", "answer a flag"),
            Self::DecideFlag => ("decide_flag", "认定疑点", "decide a flag"),
            Self::AppealFlag => ("appeal_flag", "对疑点认定提出申诉", "appeal against a flag"),
            Self::HoldPayment => ("hold_payment", "暂缓兑付", "hold a payment"),
            Self::ReadParks => ("read_parks", "查看园区名录", "read park lists"),
            Self::ImportParkList => ("import_park_list", "报送园区名录", "import a park list"),
            Self::ReadLog => ("read_log", "查看操作日志", "read the log"),
            Self::ReadPeople => ("read_people", "查看人员", "read people"),
            Self::ManagePeople => ("manage_people", "管理人员和角色", "manage people and roles"),
            Self::ReadOrganisations => ("read_organisations", "查看机构", "read organisations"),
            Self::ManageOrganisations => ("manage_organisations", "管理机构", "manage organisations"),
            Self::ImportRegion => ("import_region", "更新区域数据", "import region data"),
            Self::ReadApplications => {
                ("read_applications", "查看登记申请", "read applications for registration")
            }
            Self::Apply => ("apply", "申请认定登记", "apply for registration"),
            Self::HandleApplications => {
                ("handle_applications", "办理登记申请", "handle applications for registration")
            }
            Self::ReadContractTexts => ("read_contract_texts", "查看合同文本", "read contract texts"),
            Self::GiveExpertOpinion => ("give_expert_opinion", "出具专家评审意见", "give an expert opinion"),
            Self::ReviewRegistrations => {
                ("review_registrations", "抽查、撤销登记和答复异议", "review and revoke registrations")
            }
            Self::NameTextAuditor => {
                ("name_text_auditor", "指定审计人员查阅合同文本", "name auditors for contract texts")
            }
            Self::RaiseRegistrationObjection => {
                ("raise_registration_objection", "对登记提出异议", "object to a registration")
            }
            Self::ReadPoints => {
                ("read_points", "查看登记点和登记台账", "read registration points and ledgers")
            }
            Self::ManagePoints => ("manage_points", "设立和关闭登记点", "open and close registration points"),
            Self::ReadAchievements => {
                ("read_achievements", "查看科技成果填报", "read entries of achievements")
            }
            Self::WriteAchievements => ("write_achievements", "填报科技成果", "enter achievements"),
            Self::WatchAchievements => (
                "watch_achievements",
                "撤下科技成果和答复公示异议",
                "take achievements down and answer objections",
            ),
            Self::EditProfiles => {
                ("edit_profiles", "填写专家和机构资料", "edit profiles of experts and institutions")
            }
            Self::ManageWebhooks => ("manage_webhooks", "管理事件推送", "manage webhooks"),
            Self::ReadDemands => ("read_demands", "查看技术需求", "read demands"),
            Self::EnterDemands => ("enter_demands", "填报技术需求", "enter demands"),
            Self::CheckDemands => ("check_demands", "核对技术需求", "check demands"),
            Self::SortDemands => ("sort_demands", "梳理技术需求", "sort demands"),
            Self::ScoreDemands => ("score_demands", "为技术需求评分", "score demands"),
            Self::DecideDemands => ("decide_demands", "筛选技术需求", "decide on demands"),
            Self::PublishDemands => ("publish_demands", "发布需求清单", "publish lists of demands"),
            Self::ReadLeads => ("read_leads", "查看对接线索", "read leads"),
            Self::HandleLeads => ("handle_leads", "办理对接线索", "handle leads"),
            Self::AssignLeads => ("assign_leads", "指定技术经理人", "assign technology managers"),
            Self::ReadFunnel => ("read_funnel", "查看对接漏斗", "read the funnel of leads"),
            Self::ReadEvents => ("read_events", "查看活动", "read events"),
            Self::PlanEvents => ("plan_events", "筹备和办理活动", "plan events"),
            Self::JoinEvents => ("join_events", "报名参加活动", "register for events"),
        }
    }

    /// The action of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.code() == code)
    }

    /// What one must be able to see for this to be forbidden (403) rather than not there (404).
    #[must_use]
    pub const fn sight(self) -> Self {
        match self {
            Self::ErasePersonalData => Self::ReadPersonalData,
            Self::ImportContracts => Self::ReadImports,
            Self::DraftBulletin
            | Self::CountersignBulletin
            | Self::SignBulletin
            | Self::CorrectBulletin
            | Self::CloseYear => Self::ReadDrafts,
            Self::IssueTargets | Self::SplitTargets => Self::ReadTargets,
            Self::RaiseObjection | Self::DecideObjection => Self::ReadObjections,
            Self::ScreenContracts
            | Self::AnswerFlag
            | Self::DecideFlag
            | Self::AppealFlag
            | Self::HoldPayment => Self::ReadFlags,
            Self::ImportParkList => Self::ReadParks,
            Self::ManagePoints => Self::ReadPoints,
            Self::WriteAchievements | Self::WatchAchievements => Self::ReadAchievements,
            Self::ManagePeople => Self::ReadPeople,
            Self::ManageOrganisations => Self::ReadOrganisations,
            Self::Apply
            | Self::HandleApplications
            | Self::ReadContractTexts
            | Self::GiveExpertOpinion
            | Self::ReviewRegistrations
            | Self::NameTextAuditor
            | Self::RaiseRegistrationObjection => Self::ReadApplications,
            Self::EnterDemands
            | Self::CheckDemands
            | Self::SortDemands
            | Self::ScoreDemands
            | Self::DecideDemands
            | Self::PublishDemands => Self::ReadDemands,
            Self::HandleLeads | Self::AssignLeads => Self::ReadLeads,
            Self::PlanEvents => Self::ReadEvents,
            other => other,
        }
    }

    /// Whether it leaves everything as it was.
    #[must_use]
    pub const fn is_reading(self) -> bool {
        matches!(
            self,
            Self::ReadContracts
                | Self::ReadPersonalData
                | Self::ReadImports
                | Self::ReadCirculars
                | Self::ReadDrafts
                | Self::Reconcile
                | Self::ReadCities
                | Self::ReadTargets
                | Self::ReadObjections
                | Self::ReadFlags
                | Self::ReadParks
                | Self::ReadLog
                | Self::ReadPeople
                | Self::ReadOrganisations
                | Self::ReadApplications
                | Self::ReadContractTexts
                | Self::ReadPoints
                | Self::ReadAchievements
                | Self::ReadDemands
                | Self::ReadLeads
                | Self::ReadFunnel
                | Self::ReadEvents
        )
    }
}
