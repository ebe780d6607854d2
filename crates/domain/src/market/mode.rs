//! Cooperation modes (合作方式) and the contract types that they end in.

use serde::{Deserialize, Serialize};

/// How a demand is to be met, or an achievement to be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CooperationMode {
    /// 委托开发: the one pays, the other develops.
    CommissionedDevelopment,
    /// 合作开发: both develop.
    JointDevelopment,
    /// 转让
    Transfer,
    /// 许可
    Licence,
    /// 开放许可: at the same terms to whoever declares, 专利法 第五十条.
    OpenLicence,
    /// 作价入股: a share in a company instead of a price.
    Equity,
    /// 技术咨询
    Consulting,
    /// 技术服务
    Service,
    /// 技术培训
    Training,
    /// 联合转化、产业化: both sides take it to volume production.
    JointExploitation,
}

impl CooperationMode {
    /// Every mode, in the order of forms.
    pub const ALL: [Self; 10] = [
        Self::CommissionedDevelopment,
        Self::JointDevelopment,
        Self::Transfer,
        Self::Licence,
        Self::OpenLicence,
        Self::Equity,
        Self::Consulting,
        Self::Service,
        Self::Training,
        Self::JointExploitation,
    ];

    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::CommissionedDevelopment => {
                ("commissioned_development", "委托开发", "commissioned development")
            }
            Self::JointDevelopment => ("joint_development", "合作开发", "joint development"),
            Self::Transfer => ("transfer", "技术转让", "transfer"),
            Self::Licence => ("licence", "技术许可", "licence"),
            Self::OpenLicence => ("open_licence", "开放许可", "open licence"),
            Self::Equity => ("equity", "作价入股", "contribution for a share"),
            Self::Consulting => ("consulting", "技术咨询", "consulting"),
            Self::Service => ("service", "技术服务", "service"),
            Self::Training => ("training", "技术培训", "training"),
            Self::JointExploitation => ("joint_exploitation", "联合产业化", "joint exploitation"),
        }
    }

    /// The word of the database and the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.words().0
    }

    /// The Chinese term.
    #[must_use]
    pub const fn label(self) -> &'static str {
        self.words().1
    }

    /// The English term.
    #[must_use]
    pub const fn label_en(self) -> &'static str {
        self.words().2
    }

    /// The mode of a stored word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.code() == code)
    }

    /// The mode that somebody wrote: the term, or the words that sheets have for it.
    #[must_use]
    pub fn from_written(text: &str) -> Option<Self> {
        let found = match text {
            "委托研发" | "委托" => Some(Self::CommissionedDevelopment),
            "合作研发" | "联合攻关" | "联合开发" | "合作" => Some(Self::JointDevelopment),
            "转让" | "成果转让" | "专利转让" => Some(Self::Transfer),
            "许可" | "专利许可" | "许可使用" => Some(Self::Licence),
            "技术入股" | "入股" | "作价投资" => Some(Self::Equity),
            "咨询" => Some(Self::Consulting),
            "服务" => Some(Self::Service),
            "培训" => Some(Self::Training),
            "联合转化" | "合作转化" => Some(Self::JointExploitation),
            _ => None,
        };
        found.or_else(|| Self::ALL.into_iter().find(|mode| mode.label() == text || mode.code() == text))
    }

    /// The entry of the code list `contract_type` that a contract of this mode is registered as.
    ///
    /// None where there is none: a share in a company is no contract type of its own, and a joint exploitation may be any.
    #[must_use]
    pub const fn contract_type(self) -> Option<&'static str> {
        match self {
            Self::CommissionedDevelopment => Some("11"),
            Self::JointDevelopment => Some("12"),
            Self::Transfer => Some("2"),
            Self::Licence | Self::OpenLicence => Some("3"),
            Self::Consulting => Some("4"),
            Self::Service => Some("5"),
            Self::Training => Some("52"),
            Self::Equity | Self::JointExploitation => None,
        }
    }
}

/// Modes as one stored text: their words, by commas, each once and in the order of forms.
#[must_use]
pub fn write_modes(modes: &[CooperationMode]) -> String {
    let chosen: Vec<&str> = CooperationMode::ALL
        .into_iter()
        .filter(|mode| modes.contains(mode))
        .map(CooperationMode::code)
        .collect();
    chosen.join(",")
}

/// Modes of a stored text; words that are none are left out.
#[must_use]
pub fn read_modes(text: &str) -> Vec<CooperationMode> {
    text.split(',').filter_map(CooperationMode::from_code).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_read_as_they_were_written_each_once() {
        let modes = [CooperationMode::Service, CooperationMode::Transfer, CooperationMode::Service];
        assert_eq!(write_modes(&modes), "transfer,service");
        assert_eq!(
            read_modes("transfer,service,gift"),
            [CooperationMode::Transfer, CooperationMode::Service]
        );
        assert!(read_modes("").is_empty());
    }

    #[test]
    fn a_mode_is_known_by_its_term_and_by_what_people_write() {
        for mode in CooperationMode::ALL {
            assert_eq!(CooperationMode::from_written(mode.label()), Some(mode));
            assert_eq!(CooperationMode::from_code(mode.code()), Some(mode));
        }
        assert_eq!(CooperationMode::from_written("联合攻关"), Some(CooperationMode::JointDevelopment));
        assert_eq!(CooperationMode::from_written("赠送"), None);
    }
}
