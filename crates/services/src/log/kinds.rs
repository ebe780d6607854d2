//! What the log's entries can be about (日志类别), in groups as officials look for them.

/// A group of kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KindGroup {
    /// 合同与导入
    Contract,
    /// 通报
    Bulletin,
    /// 归属与园区
    Attribution,
    /// 要素市场
    Market,
    /// 目标
    Target,
    /// 人员与机构
    People,
    /// 区域数据与系统
    System,
}

impl KindGroup {
    /// All groups in the order of the filter.
    pub const ALL: [Self; 7] = [
        Self::Contract,
        Self::Bulletin,
        Self::Attribution,
        Self::Market,
        Self::Target,
        Self::People,
        Self::System,
    ];

    /// The word of addresses.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Contract => "contract",
            Self::Bulletin => "bulletin",
            Self::Attribution => "attribution",
            Self::Market => "market",
            Self::Target => "target",
            Self::People => "people",
            Self::System => "system",
        }
    }

    /// The group of a word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.code() == code)
    }

    /// The kinds of the group.
    pub fn kinds(self) -> impl Iterator<Item = &'static str> {
        KINDS.iter().filter(move |(group, _)| *group == self).map(|(_, kind)| *kind)
    }
}

/// Every kind of entry that the program writes or once wrote. A test looks through the source for others.
pub const KINDS: [(KindGroup, &str); 95] = [
    (KindGroup::Contract, "contract.imported"),
    (KindGroup::Contract, "contract.registered"),
    (KindGroup::Contract, "contract.changed"),
    (KindGroup::Contract, "contract.withdrawn"),
    (KindGroup::Contract, "contract.personal_data_erased"),
    (KindGroup::Contract, "personal_data.viewed"),
    (KindGroup::Contract, "registration.step_taken"),
    (KindGroup::Contract, "registration.text_attached"),
    (KindGroup::Contract, "registration.text_viewed"),
    (KindGroup::Contract, "registration.texts_erased"),
    (KindGroup::Contract, "registration.auditor_named"),
    (KindGroup::Contract, "registration.auditor_ended"),
    (KindGroup::Contract, "registration.request_raised"),
    (KindGroup::Contract, "registration.request_answered"),
    (KindGroup::Contract, "registration.handed_on"),
    (KindGroup::Contract, "registration_point.opened"),
    (KindGroup::Contract, "registration_point.closed"),
    (KindGroup::Contract, "inspection.drawn"),
    (KindGroup::Contract, "inspection.opened"),
    (KindGroup::Contract, "inspection.act_taken"),
    (KindGroup::Contract, "flag.screened"),
    (KindGroup::Contract, "flag.answered"),
    (KindGroup::Contract, "flag.decided"),
    (KindGroup::Contract, "flag.appealed"),
    (KindGroup::Contract, "flag.payment_held"),
    (KindGroup::Contract, "flag.payment_released"),
    (KindGroup::Bulletin, "bulletin.drafted"),
    (KindGroup::Bulletin, "bulletin.redrafted"),
    (KindGroup::Bulletin, "bulletin.countersigned"),
    (KindGroup::Bulletin, "bulletin.signed"),
    (KindGroup::Bulletin, "bulletin.corrected"),
    (KindGroup::Bulletin, "bulletin.year_closed"),
    (KindGroup::Attribution, "attribution.objection_raised"),
    (KindGroup::Attribution, "attribution.objection_remarked"),
    (KindGroup::Attribution, "attribution.objection_decided"),
    (KindGroup::Attribution, "park.list_imported"),
    (KindGroup::Market, "achievement.step_taken"),
    (KindGroup::Market, "achievement.objection_raised"),
    (KindGroup::Market, "achievement.objection_answered"),
    (KindGroup::Market, "achievement.undertaking_given"),
    (KindGroup::Market, "profile.saved"),
    (KindGroup::Market, "profile.erased"),
    (KindGroup::Target, "target.set"),
    (KindGroup::Target, "target.split"),
    (KindGroup::Target, "target.adjusted"),
    (KindGroup::Market, "demand.step_taken"),
    (KindGroup::Market, "demand.visit_recorded"),
    (KindGroup::Market, "demand.experts_invited"),
    (KindGroup::Market, "demand.reviewed"),
    (KindGroup::Market, "demand.merged"),
    (KindGroup::Market, "demand.split"),
    (KindGroup::Market, "demand.imported"),
    (KindGroup::Market, "demand.personal_data_erased"),
    (KindGroup::Market, "demand.list_published"),
    (KindGroup::Market, "demand.undertaking_given"),
    (KindGroup::Market, "lead.opened"),
    (KindGroup::Market, "lead.step_taken"),
    (KindGroup::Market, "lead.registered"),
    (KindGroup::Market, "lead.promised"),
    (KindGroup::Market, "lead.promise_settled"),
    (KindGroup::Market, "event.planned"),
    (KindGroup::Market, "event.changed"),
    (KindGroup::Market, "event.step_taken"),
    (KindGroup::Market, "event.invited"),
    (KindGroup::Market, "event.registered"),
    (KindGroup::Market, "event.withdrawn"),
    (KindGroup::Market, "event.wishes_saved"),
    (KindGroup::Market, "event.meetings_scheduled"),
    (KindGroup::Market, "event.checked_in"),
    (KindGroup::Market, "event.outcome_recorded"),
    (KindGroup::People, "person.created"),
    (KindGroup::People, "person.changed"),
    (KindGroup::People, "person.disabled"),
    (KindGroup::People, "person.enabled"),
    (KindGroup::People, "person.erased"),
    (KindGroup::People, "person.password_changed"),
    (KindGroup::People, "person.password_reset"),
    (KindGroup::People, "person.provider_linked"),
    (KindGroup::People, "person.provider_unlinked"),
    (KindGroup::People, "person.role_granted"),
    (KindGroup::People, "person.role_withdrawn"),
    (KindGroup::People, "person.token_created"),
    (KindGroup::People, "person.token_withdrawn"),
    (KindGroup::People, "person.channel_changed"),
    (KindGroup::People, "organisation.created"),
    (KindGroup::People, "organisation.renamed"),
    (KindGroup::People, "organisation.recoded"),
    (KindGroup::People, "organisation.merged"),
    (KindGroup::People, "organisation.split"),
    (KindGroup::People, "organisation.change_reversed"),
    (KindGroup::System, "region.imported"),
    (KindGroup::System, "webhook.subscribed"),
    (KindGroup::System, "webhook.turned"),
    (KindGroup::System, "webhook.withdrawn"),
    (KindGroup::System, "audit.key_rotated"),
];
