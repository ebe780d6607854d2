//! The screens (筛查规则) with their terms and the questions that they put to the registrar.

use serde::{Deserialize, Serialize};

/// One screen; its code is also the name of the kind of trick that it was made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Screen {
    /// 拆分避审
    SplitReview,
    /// 项目拆分
    SplitParts,
    /// 重复登记
    Duplicate,
    /// 两地登记
    TwoRegistrars,
    /// 换名雷同
    NearDuplicate,
    /// 批量雷同
    SerialText,
    /// 一权多卖
    AssignedTwice,
    /// 互相对开
    CircleTwo,
    /// 三方循环
    CircleThree,
    /// 多方循环
    CircleMany,
    /// 跨区往返
    BackAndForth,
    /// 过手转卖
    PassThrough,
    /// 同一法定代表人
    SharedLegalPerson,
    /// 同一电话或联系人
    SharedTelephone,
    /// 同一地址
    SharedAddress,
    /// 自买自卖
    SelfDealing,
    /// 一人两头
    BothSides,
    /// 货物充技术
    GoodsAsTechnology,
    /// 工程充技术
    ConstructionAsTechnology,
    /// 普通服务充技术
    OrdinaryService,
    /// 整数成串
    RoundAmounts,
    /// 价格畸高
    PriceOutlier,
    /// 年末突击
    YearEndBurst,
    /// 逾期补登
    LateRegistration,
    /// 期限过短
    ShortTerm,
    /// 新设卖方
    FreshSeller,
    /// 一址多壳
    ShellSellers,
    /// 事后改额
    ValueChanged,
}

/// Screens of one family look at the same trick from different sides: a flag of any of them faces it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// 拆分
    Splitting,
    /// 重复
    Duplication,
    /// 雷同
    Series,
    /// 多次转让
    Assignment,
    /// 循环
    Circles,
    /// 过手
    Resale,
    /// 关联
    Relations,
    /// 名实
    Nature,
    /// 金额
    Round,
    /// 价格
    Price,
    /// 年末
    YearEnd,
    /// 补登
    Late,
    /// 期限
    Term,
    /// 新设
    Fresh,
    /// 空壳
    Shells,
    /// 变更
    Change,
}

/// Term and question of a screen in both languages.
struct Words {
    code: &'static str,
    name_zh: &'static str,
    name_en: &'static str,
    question_zh: &'static str,
    question_en: &'static str,
    family: Family,
}

const fn words(
    code: &'static str,
    (name_zh, name_en): (&'static str, &'static str),
    (question_zh, question_en): (&'static str, &'static str),
    family: Family,
) -> Words {
    Words { code, name_zh, name_en, question_zh, question_en, family }
}

impl Screen {
    /// All screens, in the order of reports.
    pub const ALL: [Self; 28] = [
        Self::SplitReview,
        Self::SplitParts,
        Self::Duplicate,
        Self::TwoRegistrars,
        Self::NearDuplicate,
        Self::SerialText,
        Self::AssignedTwice,
        Self::CircleTwo,
        Self::CircleThree,
        Self::CircleMany,
        Self::BackAndForth,
        Self::PassThrough,
        Self::SharedLegalPerson,
        Self::SharedTelephone,
        Self::SharedAddress,
        Self::SelfDealing,
        Self::BothSides,
        Self::GoodsAsTechnology,
        Self::ConstructionAsTechnology,
        Self::OrdinaryService,
        Self::RoundAmounts,
        Self::PriceOutlier,
        Self::YearEndBurst,
        Self::LateRegistration,
        Self::ShortTerm,
        Self::FreshSeller,
        Self::ShellSellers,
        Self::ValueChanged,
    ];

    /// The stable code, as files and reports write it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.words().code
    }

    /// The screen of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|screen| screen.code() == code)
    }

    /// The Chinese term.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        self.words().name_zh
    }

    /// The English term.
    #[must_use]
    pub const fn name_en(self) -> &'static str {
        self.words().name_en
    }

    /// The question to the registrar, Chinese.
    #[must_use]
    pub const fn question_zh(self) -> &'static str {
        self.words().question_zh
    }

    /// The question to the registrar, English.
    #[must_use]
    pub const fn question_en(self) -> &'static str {
        self.words().question_en
    }

    /// Its family.
    #[must_use]
    pub const fn family(self) -> Family {
        self.words().family
    }

    /// Whether a flag of this screen answers to that kind of trick.
    #[must_use]
    pub fn faces(self, kind: Self) -> bool {
        self.family() == kind.family()
    }

    const fn words(self) -> Words {
        match self {
            Self::SplitReview => words(
                "split_review",
                ("拆分避审", "Split below the review"),
                (
                    "这几份合同合计已达专家评审标准，为何分开签订？",
                    "together these contracts reach the threshold of the expert review; why were they signed apart?",
                ),
                Family::Splitting,
            ),
            Self::SplitParts => words(
                "split_parts",
                ("项目拆分", "One project in parts"),
                (
                    "同一项目为何在短期内分成几份合同？",
                    "why is one project divided among several contracts within so short a time?",
                ),
                Family::Splitting,
            ),
            Self::Duplicate => words(
                "duplicate",
                ("重复登记", "Registered twice"),
                (
                    "这两份合同为何双方、内容和金额都相同？",
                    "why do these contracts have the same parties, matter and value?",
                ),
                Family::Duplication,
            ),
            Self::TwoRegistrars => words(
                "two_registrars",
                ("两地登记", "Registered at two registrars"),
                ("同一份合同为何在两处登记？", "why is the same contract registered at two places?"),
                Family::Duplication,
            ),
            Self::NearDuplicate => words(
                "near_duplicate",
                ("换名雷同", "Near duplicate with other parties"),
                (
                    "不同当事人的合同为何内容和价格几乎相同？",
                    "why do contracts of different parties have nearly the same matter and price?",
                ),
                Family::Duplication,
            ),
            Self::SerialText => words(
                "serial_text",
                ("批量雷同", "One text sold to many"),
                (
                    "同一内容为何以相近价格卖给许多买方？是否确有定制开发？",
                    "why was one text sold to many buyers at similar prices; was anything made for each of them?",
                ),
                Family::Series,
            ),
            Self::AssignedTwice => words(
                "assigned_twice",
                ("一权多卖", "One right assigned twice"),
                ("同一权利为何转让了不止一次？", "why was one right assigned more than once?"),
                Family::Assignment,
            ),
            Self::CircleTwo => words(
                "circle_two",
                ("互相对开", "Sold to each other"),
                (
                    "双方为何在短期内互相出售金额相近的技术？",
                    "why did the two sell each other technology of similar value within a short time?",
                ),
                Family::Circles,
            ),
            Self::CircleThree => words(
                "circle_three",
                ("三方循环", "Circle of three"),
                (
                    "三方之间的合同为何首尾相接、金额相近？",
                    "why do the contracts of these three form a circle of similar amounts?",
                ),
                Family::Circles,
            ),
            Self::CircleMany => words(
                "circle_many",
                ("多方循环", "Circle of four and more"),
                (
                    "这几方之间的合同为何首尾相接、金额相近？",
                    "why do the contracts of these parties form a circle of similar amounts?",
                ),
                Family::Circles,
            ),
            Self::BackAndForth => words(
                "back_and_forth",
                ("跨区往返", "Back and forth across regions"),
                (
                    "两地的这一对单位为何反复互为买卖方？",
                    "why do these two of different regions take turns as seller and buyer?",
                ),
                Family::Circles,
            ),
            Self::PassThrough => words(
                "pass_through",
                ("过手转卖", "Bought and sold on"),
                (
                    "买入后为何很快以几乎相同的价格转手？中间方做了什么？",
                    "why was it sold on so soon at nearly the same price; what did the party in between do?",
                ),
                Family::Resale,
            ),
            Self::SharedLegalPerson => words(
                "shared_legal_person",
                ("同一法定代表人", "Same legal representative"),
                (
                    "双方法定代表人相同，为何未申报关联交易？",
                    "both have the same legal representative; why was no related-party transaction declared?",
                ),
                Family::Relations,
            ),
            Self::SharedTelephone => words(
                "shared_telephone",
                ("同一电话或联系人", "Same telephone or contact"),
                (
                    "双方电话或联系人相同，为何未申报关联交易？",
                    "both have the same telephone or contact; why was no related-party transaction declared?",
                ),
                Family::Relations,
            ),
            Self::SharedAddress => words(
                "shared_address",
                ("同一地址", "Same address"),
                (
                    "双方地址相同，为何未申报关联交易？",
                    "both have the same address; why was no related-party transaction declared?",
                ),
                Family::Relations,
            ),
            Self::SelfDealing => words(
                "self_dealing",
                ("自买自卖", "Seller and buyer are one"),
                (
                    "卖方与买方为何是同一主体或其分支？",
                    "why are seller and buyer one body, or a body and its branch?",
                ),
                Family::Relations,
            ),
            Self::BothSides => words(
                "both_sides",
                ("一人两头", "One person on both sides"),
                (
                    "同一人为何既代表卖方又代表买方？",
                    "why does one person stand for the seller and for the buyer?",
                ),
                Family::Relations,
            ),
            Self::GoodsAsTechnology => words(
                "goods_as_technology",
                ("货物充技术", "Goods as technology"),
                (
                    "合同内容似为货物买卖，为何未扣除非技术成本？",
                    "the contract seems to sell goods; why were no non-technical costs taken off?",
                ),
                Family::Nature,
            ),
            Self::ConstructionAsTechnology => words(
                "construction_as_technology",
                ("工程充技术", "Construction as technology"),
                (
                    "合同内容似为工程施工，为何全额计为技术交易额？",
                    "the contract seems to be construction; why is all of it technology value?",
                ),
                Family::Nature,
            ),
            Self::OrdinaryService => words(
                "ordinary_service",
                ("普通服务充技术", "Ordinary service as technology"),
                (
                    "合同内容似为一般商业服务，其中的技术是什么？",
                    "the contract seems to be an ordinary service; what technology is in it?",
                ),
                Family::Nature,
            ),
            Self::RoundAmounts => words(
                "round_amounts",
                ("整数成串", "Series of round sums"),
                (
                    "该卖方一连串合同为何都是整数金额？依据什么定价？",
                    "why are all sums of this seller's series round; how were they priced?",
                ),
                Family::Round,
            ),
            Self::PriceOutlier => words(
                "price_outlier",
                ("价格畸高", "Price far outside"),
                (
                    "价格为何远高于同类型同领域的合同？",
                    "why is the price far above that of contracts of the same type and field?",
                ),
                Family::Price,
            ),
            Self::YearEndBurst => words(
                "year_end_burst",
                ("年末突击", "Year-end burst"),
                (
                    "为何大部分合同集中在年末最后几天登记？",
                    "why were most contracts registered in the last days of the year?",
                ),
                Family::YearEnd,
            ),
            Self::LateRegistration => words(
                "late_registration",
                ("逾期补登", "Signed long before it was registered"),
                (
                    "合同签订已久，为何此时才登记？签订日期是否属实？",
                    "the contract was signed long ago; why is it registered only now, and is the day of signing true?",
                ),
                Family::Late,
            ),
            Self::ShortTerm => words(
                "short_term",
                ("期限过短", "Term too short"),
                (
                    "如此金额的技术工作怎样在这么短的期限内完成？",
                    "how can work of such value be done within so short a term?",
                ),
                Family::Term,
            ),
            Self::FreshSeller => words(
                "fresh_seller",
                ("新设卖方", "Newly founded seller"),
                (
                    "卖方刚刚成立，技术从何而来？",
                    "the seller has only just been founded; where does its technology come from?",
                ),
                Family::Fresh,
            ),
            Self::ShellSellers => words(
                "shell_sellers",
                ("一址多壳", "Many sellers behind one address"),
                (
                    "这些卖方为何共用地址、电话或人员？是否实际经营？",
                    "why do these sellers share address, telephone or people; do they really work?",
                ),
                Family::Shells,
            ),
            Self::ValueChanged => words(
                "value_changed",
                ("事后改额", "Value changed afterwards"),
                (
                    "登记后金额为何变动？依据哪份补充协议？",
                    "why did the value change after registration; on which supplementary agreement?",
                ),
                Family::Change,
            ),
        }
    }
}

/// How much the evidence weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// 一般: worth the question.
    Moderate,
    /// 较强: hard to explain otherwise.
    Strong,
}

impl Strength {
    /// The Chinese word.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Moderate => "一般",
            Self::Strong => "较强",
        }
    }
}

/// One sentence of evidence (线索) with the contracts on which it rests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
    /// Registration numbers of the other contracts, in order.
    pub contracts: Vec<String>,
}

/// A question to the registrar about one contract (疑点): never a refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Flag {
    /// The contract that is asked about.
    pub registration_number: String,
    /// Which screen asks.
    pub screen: Screen,
    /// How much the evidence weighs.
    pub strength: Strength,
    /// Why it asks.
    pub evidence: Vec<Evidence>,
}
