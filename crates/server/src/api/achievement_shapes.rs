//! The form of achievements (成果信息表) as the document describes it.

use std::collections::BTreeMap;

use utoipa::ToSchema;

/// What a unit says about something that it offers; in a draft every field may be left out.
#[derive(ToSchema)]
#[schema(as = AchievementForm)]
#[expect(dead_code, reason = "only the schema is used")]
pub(super) struct AchievementFormShape {
    /// `result`, `patent` or `service`.
    #[schema(max_length = 200)]
    kind: Option<String>,
    /// 成果名称
    #[schema(max_length = 200)]
    title: Option<String>,
    /// 一句话简介; of a patent its abstract.
    #[schema(max_length = 500)]
    summary: Option<String>,
    /// 关键词
    #[schema(max_items = 12, value_type = Option<Vec<AchievementWord>>)]
    keywords: Option<Vec<String>>,
    /// Code of the list `technical_field`.
    #[schema(max_length = 200)]
    field: Option<String>,
    /// Code of the list `industry`.
    #[schema(max_length = 200)]
    industry: Option<String>,
    /// IPC.
    #[schema(max_length = 200)]
    ipc: Option<String>,
    /// Code of a division.
    #[schema(max_length = 200)]
    division: Option<String>,
    /// Code of the list `maturity`.
    #[schema(max_length = 200)]
    maturity: Option<String>,
    /// 解决的问题
    #[schema(max_length = 4000)]
    problem: Option<String>,
    /// 验证情况
    #[schema(max_length = 4000)]
    evidence: Option<String>,
    /// 与现有做法比较
    #[schema(max_length = 4000)]
    comparison: Option<String>,
    /// 投入与效益
    #[schema(max_length = 4000)]
    economics: Option<String>,
    /// 实施条件
    #[schema(max_length = 4000)]
    conditions: Option<String>,
    /// 知识产权
    #[schema(max_items = 30)]
    rights: Option<Vec<AchievementRightShape>>,
    /// 价格
    #[schema(nullable = false)]
    price: Option<AchievementPriceShape>,
    /// 合作方式: words such as `licence`, `transfer`.
    #[schema(max_items = 10, value_type = Option<Vec<AchievementWord>>)]
    modes: Option<Vec<String>>,
    /// 完成团队
    #[schema(max_items = 30)]
    team: Option<Vec<AchievementMemberShape>>,
    /// 全部完成人同意转化和公开姓名
    has_completers_consent: Option<bool>,
    /// 联系方式
    #[schema(nullable = false)]
    contact: Option<AchievementContactShape>,
    /// 公开程度 by section: `public`, `signed_in`, `undertaking`.
    levels: Option<BTreeMap<String, String>>,
    /// What is asked before anything is shown.
    #[schema(nullable = false)]
    clearance: Option<AchievementClearanceShape>,
    /// 开放许可声明
    #[schema(nullable = false)]
    open_licence: Option<AchievementOpenLicenceShape>,
}

/// A word.
#[derive(ToSchema)]
#[schema(value_type = String, max_length = 200)]
#[expect(dead_code, reason = "only the schema is used")]
pub(super) struct AchievementWord(String);

/// A right.
#[derive(ToSchema)]
#[schema(as = AchievementRight)]
#[expect(dead_code, reason = "only the schema is used")]
pub(super) struct AchievementRightShape {
    /// Code of the list `ip_kind`.
    #[schema(max_length = 200)]
    kind: Option<String>,
    /// Number; the check digit of Chinese patents is checked.
    #[schema(max_length = 200)]
    number: Option<String>,
    /// `filed`, `in_force`, `pledged` or `lapsed`.
    #[schema(max_length = 200)]
    status: Option<String>,
    /// 权利人
    #[schema(max_length = 200)]
    holder: Option<String>,
    /// Day.
    #[schema(max_length = 200)]
    valid_until: Option<String>,
}

/// A price.
#[derive(ToSchema)]
#[schema(as = AchievementPrice)]
#[expect(dead_code, reason = "only the schema is used")]
pub(super) struct AchievementPriceShape {
    /// `agreed`, `listed` or `auction`.
    #[schema(max_length = 200)]
    method: Option<String>,
    /// In yuan.
    #[schema(max_length = 200)]
    amount: Option<String>,
    /// 面议
    is_negotiable: Option<bool>,
}

/// Somebody of the team.
#[derive(ToSchema)]
#[schema(as = AchievementMember)]
#[expect(dead_code, reason = "only the schema is used")]
pub(super) struct AchievementMemberShape {
    /// 姓名
    #[schema(max_length = 200)]
    name: Option<String>,
    /// 承担的工作
    #[schema(max_length = 200)]
    part: Option<String>,
}

/// Whom to ask.
#[derive(ToSchema)]
#[schema(as = AchievementContact)]
#[expect(dead_code, reason = "only the schema is used")]
pub(super) struct AchievementContactShape {
    /// 联系人
    #[schema(max_length = 200)]
    name: Option<String>,
    /// 电话
    #[schema(max_length = 200)]
    telephone: Option<String>,
    /// 电子邮箱
    #[schema(max_length = 200)]
    email: Option<String>,
}

/// What is asked before anything is shown.
#[derive(ToSchema)]
#[schema(as = AchievementClearance)]
#[expect(dead_code, reason = "only the schema is used")]
pub(super) struct AchievementClearanceShape {
    /// `filed`, `not_needed` or `to_file`; with `to_file` nothing is shown.
    #[schema(max_length = 200)]
    patent_filing: Option<String>,
    /// 不涉密承诺
    holds_no_secrets: Option<bool>,
}

/// The statement of an open licence.
#[derive(ToSchema)]
#[schema(as = AchievementOpenLicence)]
#[expect(dead_code, reason = "only the schema is used")]
pub(super) struct AchievementOpenLicenceShape {
    /// Whether one is stated.
    is_stated: Option<bool>,
    /// `single`, `yearly` or `share`.
    #[schema(max_length = 200)]
    fee_mode: Option<String>,
    /// 许可使用费标准
    #[schema(max_length = 500)]
    fee: Option<String>,
    /// Day.
    #[schema(max_length = 200)]
    valid_until: Option<String>,
    /// 其他条件
    #[schema(max_length = 4000)]
    conditions: Option<String>,
    /// 公告号
    #[schema(max_length = 200)]
    announcement: Option<String>,
}
