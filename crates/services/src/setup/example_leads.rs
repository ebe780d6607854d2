//! Leads of the demo (示例对接线索): one at every stage, opened by the example's technology manager through the use cases that
//! everybody else goes.

use jiff::ToSpan as _;
use jiff::civil::Date;
use xiaoxiang_domain::access::Role;
use xiaoxiang_domain::achievement::AchievementState;
use xiaoxiang_domain::demand::DemandState;
use xiaoxiang_domain::lead::{CloseReason, LeadParty, LeadSource, LeadStep};
use xiaoxiang_domain::money::Fen;
use xiaoxiang_statistics::listing::{ListFilter, ListOrder};

use super::example_applications::actor_named;
use super::example_people::sign_in_name_of;
use crate::achievement::{AchievementsAsk, list_achievements};
use crate::actor::Actor;
use crate::app::App;
use crate::contract::{ContractsAsk, list_contracts};
use crate::demand::{DemandsAsk, list_demands};
use crate::lead::{
    LeadOffer, LeadStepRequest, LeadsAsk, NewLead, NewPromise, list_leads, make_promise, open_lead,
    read_lead, take_lead_step,
};
use crate::refusal::Refusal;

/// Entries to choose from.
const CHOSEN_MAX: usize = 50;

/// An example: where it came from, how many days ago, the steps with the days ago on which they happened, and what is promised
/// next with the days until it is due.
struct Example {
    source: LeadSource,
    opened: i32,
    steps: &'static [(LeadStep, i32, &'static str)],
    promise: Option<(LeadParty, &'static str, i32)>,
}

const EXAMPLES: [Example; 7] = [
    Example { source: LeadSource::Match, opened: 4, steps: &[], promise: None },
    Example {
        source: LeadSource::Match,
        opened: 9,
        steps: &[(LeadStep::Contact, 7, "示例：与企业技术负责人通话，愿意进一步了解。")],
        promise: Some((LeadParty::Manager, "示例：约双方到企业现场会面", 2)),
    },
    Example {
        source: LeadSource::Event,
        opened: 21,
        steps: &[
            (LeadStep::Contact, 20, "示例：对接会上交换联系方式。"),
            (LeadStep::Meet, 13, "示例：高校团队到企业查看生产线，确认工况。"),
        ],
        promise: Some((LeadParty::Offer, "示例：提交小试方案和报价", 5)),
    },
    Example {
        source: LeadSource::Inquiry,
        opened: 33,
        steps: &[
            (LeadStep::Contact, 31, "示例：企业在市场上咨询。"),
            (LeadStep::Meet, 24, "示例：线上会议，讨论技术路线。"),
            (LeadStep::Negotiate, 10, "示例：讨论许可费和验收指标。"),
        ],
        promise: Some((LeadParty::Manager, "示例：汇总双方对合同条款的意见", 0)),
    },
    Example {
        source: LeadSource::Manager,
        opened: 38,
        steps: &[
            (LeadStep::Contact, 37, "示例：走访企业后介绍给高校团队。"),
            (LeadStep::Meet, 30, "示例：双方会面并签署保密协议。"),
            (LeadStep::Negotiate, 17, "示例：商定分阶段付款。"),
            (LeadStep::Agree, 6, "示例：双方达成技术许可意向。"),
        ],
        promise: Some((LeadParty::Offer, "示例：完成校内决策程序后拟订合同", 12)),
    },
    Example {
        source: LeadSource::Event,
        opened: 39,
        steps: &[
            (LeadStep::Contact, 38, "示例：成果推介会上相识。"),
            (LeadStep::Close, 15, "示例：企业要求一年内量产，中试还需两年。"),
        ],
        promise: None,
    },
    Example {
        source: LeadSource::Match,
        opened: 60,
        steps: &[
            (LeadStep::Contact, 58, "示例：匹配结果推送后联系。"),
            (LeadStep::Meet, 51, "示例：现场试验一次。"),
            (LeadStep::Negotiate, 40, "示例：谈定委托开发内容。"),
            (LeadStep::Agree, 33, "示例：双方签字。"),
            (LeadStep::LinkContract, 20, "示例：合同已在登记机构登记。"),
        ],
        promise: None,
    },
];
/// 意向金额 of the examples that agree.
const SIGNED: Fen = Fen(86_000_000);

/// Opens the example's leads and takes them where they stand; does nothing where there are any, or nothing to join.
pub async fn walk_example_leads(app: &App, operator: &Actor) -> Result<(), Refusal> {
    let any = LeadsAsk { limit: 1, ..LeadsAsk::default() };
    if !list_leads(app, operator, &any).await?.items.is_empty() {
        return Ok(());
    }
    let manager = actor_named(app, &sign_in_name_of(Role::TechnologyManager)).await?;
    let today = app.today().await?;
    let states = vec![DemandState::Published, DemandState::Matched];
    let ask = DemandsAsk { states, limit: CHOSEN_MAX, ..DemandsAsk::default() };
    let demands = list_demands(app, operator, &ask).await?.items;
    let ask = AchievementsAsk {
        states: vec![AchievementState::Listed],
        limit: CHOSEN_MAX,
        ..AchievementsAsk::default()
    };
    let achievements = list_achievements(app, operator, &ask).await?.items;
    let mut left: Vec<_> = achievements.iter().collect();
    for (example, demand) in EXAMPLES.iter().zip(&demands) {
        // Of the same field where there is one.
        let place = left.iter().position(|one| one.row.field == demand.row.field).unwrap_or(0);
        if left.is_empty() {
            break;
        }
        let achievement = left.remove(place);
        let offer = LeadOffer::Achievement(achievement.row.achievement_id.clone());
        let new = NewLead {
            opened_on: Some(days_ago(today, example.opened)),
            note: "示例线索：由技术经理人跟进。".to_owned(),
            ..NewLead::plain(example.source, Some(demand.row.demand_id.clone()), offer)
        };
        let lead_id = open_lead(app, &manager, &new).await?.lead_id;
        for (step, days, note) in example.steps {
            let actor = if *step == LeadStep::LinkContract { operator } else { &manager };
            let request = LeadStepRequest {
                revision: read_lead(app, operator, &lead_id).await?.row.revision,
                happened_on: Some(days_ago(today, *days)),
                note: (*note).to_owned(),
                present: if *step == LeadStep::Meet {
                    "示例：双方技术负责人".to_owned()
                } else {
                    String::new()
                },
                reason: (*step == LeadStep::Close).then_some(CloseReason::Maturity),
                signed: (*step == LeadStep::Agree).then_some(SIGNED),
                contract_number: if *step == LeadStep::LinkContract {
                    newest_contract(app, operator).await?
                } else {
                    String::new()
                },
                ..LeadStepRequest::plain(*step, 0)
            };
            take_lead_step(app, actor, &lead_id, &request).await?;
        }
        if let Some((whose, words, days)) = example.promise {
            let new =
                NewPromise { whose, words: words.to_owned(), due_on: today.saturating_add(days.days()) };
            make_promise(app, &manager, &lead_id, &new).await?;
        }
    }
    Ok(())
}

fn days_ago(today: Date, days: i32) -> Date {
    today.saturating_sub(days.days())
}

/// Number of a contract of the example that counts.
async fn newest_contract(app: &App, operator: &Actor) -> Result<String, Refusal> {
    let ask = ContractsAsk { filter: ListFilter::default(), order: ListOrder::Newest, after: None };
    let page = list_contracts(app, operator, &ask).await?;
    let number = page.rows.first().map(|one| one.contract.registration_number.clone());
    number.ok_or_else(|| Refusal::NotFound("contract".to_owned()))
}
