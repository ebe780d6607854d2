//! Applications for registration (示例登记申请): invented contracts in every state that a visitor of the desk may meet.
//!
//! What happens to each is told in days before today, since a desk's work is always of these weeks.

use jiff::ToSpan;
use jiff::civil::Date;
use xiaoxiang_domain::contract::Party;
use xiaoxiang_domain::contract::application::{ApplicationForm, WrittenCostItem};
use xiaoxiang_domain::contract::procedure::Step;
use xiaoxiang_domain::region::Region;

use super::organisations::{City, Organisation, World};
use super::registers::registrar;

/// Who applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Applicant {
    /// The technology-transfer office of a university.
    University,
    /// The agent of a company.
    Company,
}

/// What is done about an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// A step, with its coded reason and words where it needs them.
    Take(Step, &'static str, &'static str),
    /// The national system's number comes back.
    NationalResult,
    /// The tax office objects.
    TaxObjects(&'static str),
    /// The applicant asks for a later end of the term.
    AsksForChange(&'static str),
}

/// An application and what becomes of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ExampleApplication {
    pub(crate) applicant: Applicant,
    pub(crate) project: &'static str,
    contract_type: &'static str,
    field: &'static str,
    yuan: i64,
    /// Equipment bought for the work, in yuan.
    purchase_yuan: i64,
    /// Days before today, and what is done.
    pub(crate) course: &'static [(i64, Deed)],
}

const fn plain(step: Step) -> Deed {
    Deed::Take(step, "", "")
}

/// Days before today on which the first of them is begun.
pub(crate) const FIRST_DAY: i64 = 20;
/// Days before today on which the year's spot check is drawn, the notice goes out and the party answers.
pub(crate) const INSPECTION_DAYS: [i64; 3] = [7, 6, 4];
/// What the draw's lottery brought, and what notice and party say.
pub(crate) const SEED: &str = "示例摇号 8-3-17-22";
pub(crate) const INSPECTION_WORDS: [&str; 2] =
    ["示例：请提供合同履行、付款和成果交付的证明材料。", "示例：付款凭证和验收记录原件已当面核验。"];

/// Everything on the example's desk.
pub(crate) const APPLICATIONS: [ExampleApplication; 13] = [
    ExampleApplication {
        applicant: Applicant::University,
        project: "示例·车间能耗数据分析系统开发",
        contract_type: "技术开发",
        field: "电子信息",
        yuan: 860_000,
        purchase_yuan: 0,
        course: &[(FIRST_DAY, plain(Step::Submit)), (FIRST_DAY, plain(Step::Accept))],
    },
    ExampleApplication {
        applicant: Applicant::Company,
        project: "示例·新员工办公软件操作培训",
        contract_type: "技术服务",
        field: "电子信息",
        yuan: 68_000,
        purchase_yuan: 0,
        course: &[
            (18, plain(Step::Submit)),
            (18, plain(Step::Accept)),
            (16, plain(Step::FirstReview)),
            (
                15,
                Deed::Take(Step::Refuse, "general_training", "示例：属于产品使用培训，不涉及特定技术项目。"),
            ),
        ],
    },
    ExampleApplication {
        applicant: Applicant::University,
        project: "示例·稻田重金属钝化材料配方开发",
        contract_type: "技术开发",
        field: "环境保护与资源综合利用",
        yuan: 1_250_000,
        purchase_yuan: 180_000,
        course: REGISTERED,
    },
    ExampleApplication {
        applicant: Applicant::University,
        project: "示例·盾构机刀盘磨损在线监测服务",
        contract_type: "技术服务",
        field: "先进制造",
        yuan: 740_000,
        purchase_yuan: 0,
        course: &[
            (17, plain(Step::Submit)),
            (16, plain(Step::Accept)),
            (14, plain(Step::FirstReview)),
            (12, plain(Step::Approve)),
            (10, Deed::NationalResult),
            (2, Deed::TaxObjects("示例：合同列明的服务与发票所列货物不一致，请复核是否属于技术服务。")),
        ],
    },
    ExampleApplication {
        applicant: Applicant::Company,
        project: "示例·锂电池隔膜涂覆工艺改进",
        contract_type: "技术开发",
        field: "新材料及其应用",
        yuan: 2_300_000,
        purchase_yuan: 0,
        course: &[
            (17, plain(Step::Submit)),
            (16, plain(Step::Accept)),
            (14, plain(Step::FirstReview)),
            (12, plain(Step::Approve)),
            (10, Deed::NationalResult),
            (3, Deed::AsksForChange("示例：双方签订补充协议，履行期限延长六个月。")),
        ],
    },
    ExampleApplication {
        applicant: Applicant::Company,
        project: "示例·污泥资源化中试线技术咨询",
        contract_type: "技术咨询",
        field: "环境保护与资源综合利用",
        yuan: 320_000,
        purchase_yuan: 0,
        course: &[
            (13, plain(Step::Submit)),
            (12, plain(Step::Accept)),
            (11, plain(Step::FirstReview)),
            (9, plain(Step::Approve)),
        ],
    },
    ExampleApplication {
        applicant: Applicant::Company,
        project: "示例·智能仓储调度算法开发",
        contract_type: "技术开发",
        field: "先进制造",
        yuan: 1_480_000,
        purchase_yuan: 260_000,
        course: &[(13, plain(Step::Submit)), (12, plain(Step::Accept)), (5, plain(Step::FirstReview))],
    },
    ExampleApplication {
        applicant: Applicant::University,
        project: "示例·高速磁浮轴承控制系统开发",
        contract_type: "技术开发",
        field: "先进制造",
        yuan: 8_600_000,
        purchase_yuan: 900_000,
        course: &[(10, plain(Step::Submit)), (9, plain(Step::Accept)), (8, plain(Step::AskExperts))],
    },
    ExampleApplication {
        applicant: Applicant::University,
        project: "示例·油茶果壳提取物工艺开发",
        contract_type: "技术开发",
        field: "农业",
        yuan: 560_000,
        purchase_yuan: 0,
        course: &[
            (6, plain(Step::Submit)),
            (
                4,
                Deed::Take(
                    Step::Return,
                    "signature_missing",
                    "示例：第 7 页缺少买方盖章，请补正后重新提交。",
                ),
            ),
        ],
    },
    ExampleApplication {
        applicant: Applicant::Company,
        project: "示例·桥梁健康监测平台开发",
        contract_type: "技术开发",
        field: "城市建设与社会发展",
        yuan: 990_000,
        purchase_yuan: 120_000,
        course: &[(3, plain(Step::Submit)), (2, plain(Step::Accept))],
    },
    ExampleApplication {
        applicant: Applicant::University,
        project: "示例·矿山边坡预警模型开发",
        contract_type: "技术开发",
        field: "电子信息",
        yuan: 430_000,
        purchase_yuan: 0,
        course: &[(1, plain(Step::Submit))],
    },
    ExampleApplication {
        applicant: Applicant::Company,
        project: "示例·工业相机标定技术服务",
        contract_type: "技术服务",
        field: "先进制造",
        yuan: 150_000,
        purchase_yuan: 0,
        course: &[(0, plain(Step::Submit))],
    },
    ExampleApplication {
        applicant: Applicant::University,
        project: "示例·中药饮片炮制过程建模",
        contract_type: "技术开发",
        field: "生物、医药和医疗器械",
        yuan: 380_000,
        purchase_yuan: 0,
        course: &[],
    },
];

/// Handed in, reviewed by two people, registered by the national system.
const REGISTERED: &[(i64, Deed)] = &[
    (17, plain(Step::Submit)),
    (16, plain(Step::Accept)),
    (14, plain(Step::FirstReview)),
    (12, plain(Step::Approve)),
    (10, Deed::NationalResult),
];

/// Who meets at the example's desk: that of the first city.
#[derive(Clone, Debug)]
pub(crate) struct DeskParties {
    pub(crate) universities: Vec<Party>,
    pub(crate) companies: Vec<Party>,
    /// Name of the registration point.
    pub(crate) registrar: String,
}

impl DeskParties {
    /// The organisations of the first city, as contracts of a day state them.
    pub(crate) fn on(region: &Region, day: Date) -> Self {
        let world = World::of(region);
        let city = &world.cities[0];
        let parties =
            |list: &[Organisation]| list.iter().map(|one| one.party(county_of(city, one, day))).collect();
        Self {
            universities: parties(&city.universities),
            companies: parties(&city.companies),
            registrar: registrar(city.plan.code, city.plan.short_name).1,
        }
    }
}

fn county_of(city: &City, organisation: &Organisation, day: Date) -> xiaoxiang_domain::region::DivisionCode {
    organisation.county.map_or(city.code(), |county| city.counties[county].code_on(day))
}

impl ExampleApplication {
    /// The form as it is handed in on a day; what a draft leaves open is left open.
    pub(crate) fn form(&self, seller: &Party, buyer: &Party, day: Date) -> ApplicationForm {
        let signed_on = day.saturating_sub(6.days());
        let mut form = ApplicationForm::default();
        let mut set = |key: &str, text: &str| {
            form.fields.insert(key.to_owned(), text.to_owned());
        };
        set("project_name", self.project);
        set("contract_type", self.contract_type);
        set("contract_value", &self.yuan.to_string());
        for (side, party) in [("seller", seller), ("buyer", buyer)] {
            set(&format!("{side}_name"), &party.name);
            set(&format!("{side}_credit_code"), &party.credit_code);
            set(&format!("{side}_division"), &party.division);
            set(&format!("{side}_kind"), &party.kind);
            set(&format!("{side}_address"), &party.address);
            set(&format!("{side}_contact"), &party.contact);
            set(&format!("{side}_telephone"), &party.telephone);
        }
        if self.course.is_empty() {
            return form;
        }
        set("signed_on", &signed_on.to_string());
        set("valid_from", &signed_on.to_string());
        set("valid_to", &signed_on.saturating_add(1.years()).to_string());
        set("field", self.field);
        set("ip", "未涉及知识产权");
        set("payment_mode", "分期支付");
        set("related_party", "否");
        form.undertaking.holds_no_secrets = true;
        "示例保密员".clone_into(&mut form.undertaking.confidentiality_reviewer);
        if self.applicant == Applicant::University {
            "示例科技处".clone_into(&mut form.decision.level);
            "示例纪要〔示例〕1号".clone_into(&mut form.decision.minutes_number);
            form.decision.has_completers_authority = true;
        }
        if self.purchase_yuan > 0 {
            form.cost_items.push(WrittenCostItem {
                name: "示例试验设备".to_owned(),
                kind: "equipment".to_owned(),
                role: "purchase".to_owned(),
                sets: String::new(),
                amount: self.purchase_yuan.to_string(),
            });
        }
        form
    }
}
