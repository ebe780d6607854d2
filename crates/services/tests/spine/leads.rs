//! Leads from an inquiry to the registered contract; who sees them; what a later cancellation does.

use jiff::civil::date;
use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_domain::contract::procedure::Step;
use xiaoxiang_domain::demand::{DemandForm, DemandKind, DemandState, DemandStep};
use xiaoxiang_domain::lead::{CloseReason, LeadParty, LeadSource, LeadStage, LeadStep, PromiseState};
use xiaoxiang_domain::money::Fen;
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_services::demand::{
    DemandStepRequest, Found, NewDemand, NewVisit, VisitKind, give_undertaking, publish_list, read_demand,
    record_visit, start_demand, take_demand_step,
};
use xiaoxiang_services::lead::{
    ContractDraft, FunnelBy, LeadOffer, LeadOpened, LeadStepRequest, LeadsAsk, NewLead, NewPromise,
    draft_contract, list_leads, make_promise, open_lead, read_desk, read_funnel, read_lead, remind_overdue,
    settle_promise, take_lead_step,
};
use xiaoxiang_services::notice::list_notices;
use xiaoxiang_services::registration::{SavedForm, read_application, save_application};
use xiaoxiang_services::{Actor, Refusal};
use xiaoxiang_store::{Db, both_backends};

use crate::achievements::{Unit, good_form};
use crate::registration::world::{BUYER, Mode, PDF, SELLER, World, enter, form};
use crate::support::ACTOR;

/// A company's demand on the market and a university's achievement, with everybody around them.
struct Fair {
    world: World,
    company: Actor,
    manager: Actor,
    demand_id: String,
    achievement_id: String,
}

impl Fair {
    async fn new(db: Db, mode: Mode) -> Self {
        let world = World::new(db, mode).await;
        let app = &world.app;
        let company = enter(app, Role::OrganisationAgent, Scope::Organisation(world.buyer_key)).await;
        let city = Scope::Division(DivisionCode::parse("430200").unwrap());
        let manager = enter(app, Role::TechnologyManager, city).await;
        let achievement_id = Unit::of(&world).await.to_publicity(&good_form("示例耐磨涂层")).await;
        let demand_id = demand(&world, &company).await;
        Self { world, company, manager, demand_id, achievement_id }
    }

    fn both(&self) -> NewLead {
        let offer = LeadOffer::Achievement(self.achievement_id.clone());
        NewLead::plain(LeadSource::Match, Some(self.demand_id.clone()), offer)
    }

    async fn open(&self, actor: &Actor, new: &NewLead) -> Result<LeadOpened, Refusal> {
        open_lead(&self.world.app, actor, new).await
    }

    async fn step(&self, actor: &Actor, id: &str, request: LeadStepRequest) -> Result<i64, Refusal> {
        let mut tx = self.world.app.db.read().await.unwrap();
        let revision = xiaoxiang_store::lead::find(&mut tx, id).await.unwrap().unwrap().revision;
        drop(tx);
        take_lead_step(&self.world.app, actor, id, &LeadStepRequest { revision, ..request }).await
    }

    async fn demand_state(&self) -> DemandState {
        read_demand(&self.world.app, &ACTOR, &self.demand_id).await.unwrap().state
    }

    async fn told(&self, actor: &Actor) -> Vec<&'static str> {
        let inbox = list_notices(&self.world.app, actor, None).await.unwrap();
        inbox.notices.iter().map(|notice| notice.kind.code()).collect()
    }
}

/// A demand of the company, published on the first issue of the list.
async fn demand(world: &World, company: &Actor) -> String {
    let app = &world.app;
    let form = DemandForm { holds_no_secrets: true, ..DemandForm::default() }
        .with("organisation_name", BUYER)
        .with("division", "430204")
        .with("contact", "示例甲")
        .with("telephone", "0731-00000000")
        .with("title", "输送管耐磨")
        .with("summary", "寻求耐磨方案。")
        .with("problem", "秘密问题：输送管三个月就磨穿。")
        .with("figures", "寿命：≥12 个月（现为3个月）")
        .with("field", "5")
        .with("modes", "技术许可")
        .with("budget", "100")
        .with("deadline", "2027-12-31");
    let id = start_demand(app, company, &NewDemand { form }).await.unwrap();
    let step = async |actor: &Actor, step| {
        let revision = read_demand(app, &ACTOR, &id).await.unwrap().row.revision;
        take_demand_step(app, actor, &id, &DemandStepRequest::plain(step, revision)).await.unwrap();
    };
    step(company, DemandStep::Submit).await;
    let visit = NewVisit {
        revision: read_demand(app, &ACTOR, &id).await.unwrap().row.revision,
        kind: VisitKind::Telephone,
        held_on: date(2026, 11, 23),
        found: Found { contact: true, budget: true, authority: true },
        words: "示例".to_owned(),
    };
    record_visit(app, &world.province, &id, &visit).await.unwrap();
    for taken in [DemandStep::Check, DemandStep::Sort, DemandStep::Select] {
        step(&world.province, taken).await;
    }
    let head = enter(app, Role::DivisionHead, Scope::Region).await;
    publish_list(app, &head, DemandKind::Enterprise).await.unwrap();
    id
}

both_backends! {
    async fn two_sides_are_joined_by_one_lead_at_a_time_and_nobody_else_sees_it(db: Db) {
        let fair = Fair::new(db, Mode::Own).await;
        let opened = fair.open(&fair.company, &fair.both()).await.unwrap();
        assert!(opened.is_new);
        for again in [&fair.company, &fair.world.agent, &fair.world.province] {
            let found = fair.open(again, &fair.both()).await.unwrap();
            assert_eq!(found, LeadOpened { lead_id: opened.lead_id.clone(), is_new: false });
        }
        let taken = fair.open(&fair.manager, &fair.both()).await.unwrap_err();
        assert_eq!(taken.code(), "lead.taken");
        let id = opened.lead_id.as_str();
        let elsewhere = Scope::Division(DivisionCode::parse("430300").unwrap());
        let strangers = [
            enter(&fair.world.app, Role::CityOfficer, elsewhere).await,
            enter(&fair.world.app, Role::TransferOffice, Scope::Organisation(1_000)).await,
            enter(&fair.world.app, Role::Society, Scope::Region).await,
            fair.manager.clone(),
            fair.world.expert.clone(),
            fair.world.finance.clone(),
            fair.world.officer_a.clone(),
        ];
        for stranger in &strangers {
            let refused = fair.step(stranger, id, LeadStepRequest::plain(LeadStep::Contact, 0)).await;
            assert!(matches!(refused, Err(Refusal::NotFound(_))), "{}", stranger.log_name());
        }
        let audited = fair.step(&fair.world.auditor, id, LeadStepRequest::plain(LeadStep::Contact, 0)).await;
        assert!(matches!(audited, Err(Refusal::Forbidden(_))), "who inspects changes nothing");
        assert!(fair.told(&fair.world.agent).await.contains(&"lead_opened"));
        assert!(!fair.told(&fair.company).await.contains(&"lead_opened"), "whoever opened it knows");
        let neither = fair.open(&enter(&fair.world.app, Role::OrganisationAgent, Scope::Organisation(1_000)).await, &fair.both()).await;
        assert_eq!(neither.unwrap_err().code(), "lead.neither_side");
        let manager = fair.manager.person_id().map(str::to_owned);
        let assign = LeadStepRequest { manager: manager.clone(), ..LeadStepRequest::plain(LeadStep::Assign, 0) };
        assert!(matches!(fair.step(&fair.company, id, assign.clone()).await, Err(Refusal::Forbidden(_))));
        fair.step(&fair.world.province, id, assign).await.unwrap();
        assert!(fair.told(&fair.manager).await.contains(&"lead_assigned"));
        fair.step(&fair.manager, id, LeadStepRequest::plain(LeadStep::Contact, 0)).await.unwrap();
        assert_eq!(fair.demand_state().await, DemandState::Matched, "somebody has come forward");
        let nobody = LeadStepRequest { manager: fair.company.person_id().map(str::to_owned), ..LeadStepRequest::plain(LeadStep::Assign, 0) };
        assert_eq!(fair.step(&fair.manager, id, nobody).await.unwrap_err().code(), "lead.manager");
    }

    async fn a_lead_given_up_says_why_and_may_be_opened_again_or_anew(db: Db) {
        let fair = Fair::new(db, Mode::Own).await;
        let id = fair.open(&fair.world.agent, &fair.both()).await.unwrap().lead_id;
        let close = LeadStepRequest::plain(LeadStep::Close, 0);
        assert_eq!(fair.step(&fair.company, &id, close.clone()).await.unwrap_err().code(), "lead.reason_missing");
        let early = LeadStepRequest { happened_on: Some(date(2026, 11, 22)), ..LeadStepRequest::plain(LeadStep::Contact, 0) };
        assert_eq!(fair.step(&fair.company, &id, early).await.unwrap_err().code(), "lead.before_lead");
        let reason = Some(CloseReason::Price);
        fair.step(&fair.company, &id, LeadStepRequest { reason, ..close }).await.unwrap();
        assert!(fair.told(&fair.world.agent).await.contains(&"lead_closed"));
        let anew = fair.open(&fair.company, &fair.both()).await.unwrap();
        assert!(anew.is_new && anew.lead_id != id);
        let stale = take_lead_step(&fair.world.app, &fair.company, &anew.lead_id, &LeadStepRequest::plain(LeadStep::Meet, 7)).await;
        assert!(matches!(stale, Err(Refusal::Stale(_))));
    }

    async fn a_promise_is_its_partys_to_settle_and_told_once_it_is_overdue(db: Db) {
        let fair = Fair::new(db, Mode::Own).await;
        let app = &fair.world.app;
        let id = fair.open(&fair.company, &fair.both()).await.unwrap().lead_id;
        let new = |whose, due_on| NewPromise { whose, words: "寄样品".to_owned(), due_on };
        let late = make_promise(app, &fair.company, &id, &new(LeadParty::Offer, date(2026, 11, 22))).await;
        assert_eq!(late.unwrap_err().code(), "lead.promise.due");
        let nobody = make_promise(app, &fair.company, &id, &new(LeadParty::Manager, date(2026, 12, 1))).await;
        assert_eq!(nobody.unwrap_err().code(), "lead.promise.no_manager");
        let promise = make_promise(app, &fair.company, &id, &new(LeadParty::Offer, date(2026, 12, 1))).await.unwrap();
        assert!(fair.told(&fair.world.agent).await.contains(&"lead_promised"));
        let settle = async |actor: &Actor, state| settle_promise(app, actor, [&id, &promise], state).await;
        assert!(matches!(settle(&fair.company, PromiseState::Kept).await, Err(Refusal::Forbidden(_))));
        assert_eq!(remind_overdue(app).await.unwrap(), 0);
        fair.world.let_it_be(date(2026, 12, 2), 2);
        assert_eq!((remind_overdue(app).await.unwrap(), remind_overdue(app).await.unwrap()), (1, 1));
        let told = fair.told(&fair.world.agent).await;
        assert_eq!(told.iter().filter(|kind| **kind == "lead_overdue").count(), 1);
        settle(&fair.world.agent, PromiseState::Kept).await.unwrap();
        assert_eq!(settle(&fair.world.agent, PromiseState::Dropped).await.unwrap_err().code(), "lead.promise.settled");
        assert_eq!(remind_overdue(app).await.unwrap(), 0);
    }
}

both_backends! {
    async fn a_lead_leads_to_a_draft_that_is_registered_and_a_cancellation_moves_the_funnel(db: Db) {
        let fair = Fair::new(db, Mode::Own).await;
        let (world, app) = (&fair.world, &fair.world.app);
        let id = fair.open(&fair.company, &fair.both()).await.unwrap().lead_id;
        let draft = async |actor: &Actor| {
            let revision = read_lead(app, &ACTOR, &id).await.unwrap().row.revision;
            let wanted = ContractDraft { revision, registrar_key: world.registrar_key, name: String::new() };
            draft_contract(app, actor, &id, &wanted).await
        };
        assert_eq!(draft(&world.agent).await.unwrap_err().code(), "lead.not_agreed");
        let agree = LeadStepRequest { signed: Some(Fen(50_000_000)), ..LeadStepRequest::plain(LeadStep::Agree, 0) };
        fair.step(&fair.company, &id, agree).await.unwrap();
        assert!(matches!(draft(&fair.company).await, Err(Refusal::Forbidden(_))), "the seller applies");
        let application = draft(&world.agent).await.unwrap();
        assert_eq!(draft(&world.agent).await.unwrap_err().code(), "lead.has_draft");
        let page = read_application(app, &world.agent, &application).await.unwrap();
        let field = |key: &str| page.form.field(key).to_owned();
        assert_eq!([field("project_name"), field("seller_name"), field("buyer_name")], ["输送管耐磨", SELLER, BUYER]);
        assert_eq!([field("contract_value"), field("signed_on"), field("buyer_division")], ["500000.00", "2026-11-23", "430204"]);
        assert!(!field("field").is_empty());
        assert_eq!(read_lead(app, &world.agent, &id).await.unwrap().application_id.as_deref(), Some(application.as_str()));
        assert_eq!(read_lead(app, &fair.company, &id).await.unwrap().application_id, None, "a draft is the seller's own paper");

        let funnel = async || read_funnel(app, &world.province, FunnelBy::City, "2026-11".parse().unwrap()).await.unwrap();
        let registered = LeadStage::Registered.place();
        assert_eq!(funnel().await.total.through[registered], 0);
        let whole = form("示例耐磨技术许可", 600_000);
        let saved = SavedForm { revision: 1, registrar_key: None, form: whole };
        save_application(app, &world.agent, &application, &saved).await.unwrap();
        world.attach(&application, "合同.pdf", PDF).await.unwrap();
        for (actor, step) in [
            (&world.agent, Step::Submit),
            (&world.officer_a, Step::Accept),
            (&world.officer_a, Step::FirstReview),
            (&world.officer_b, Step::Approve),
        ] {
            world.step(actor, &application, step).await.unwrap();
        }
        let page = read_lead(app, &fair.company, &id).await.unwrap();
        assert_eq!(page.standing.stage, LeadStage::Registered);
        let number = page.row.registration_number.clone().unwrap();
        let demand = read_demand(app, &ACTOR, &fair.demand_id).await.unwrap();
        assert_eq!((demand.state, demand.row.contract_number.as_deref()), (DemandState::Contracted, Some(number.as_str())));
        assert!(fair.told(&fair.company).await.contains(&"lead_registered"));
        let made = funnel().await;
        assert_eq!((made.groups.len(), made.groups[0].key.as_str(), made.groups[0].label.as_str()), (1, "430200", "株洲市"));
        assert_eq!((made.total.through[registered], made.total.contract_value_fen), (1, 60_000_000));
        assert_eq!(made.total.signed_fen, 50_000_000);
        let issues = read_funnel(app, &world.province, FunnelBy::Issue, "2026-11".parse().unwrap()).await.unwrap();
        assert_ne!(issues.groups[0].key, "-", "the demand stood on an issue");
        let ask = LeadsAsk { reached: Some(LeadStage::Registered), city: "430200".to_owned(), ..LeadsAsk::default() };
        assert_eq!(list_leads(app, &world.province, &ask).await.unwrap().items.len(), 1, "a figure opens");

        world.with_reason(&world.officer_a, &application, Step::Cancel, "").await.unwrap();
        let made = funnel().await;
        assert_eq!((made.total.through[registered], made.total.contract_value_fen), (0, 0));
        let page = read_lead(app, &fair.company, &id).await.unwrap();
        assert_eq!((page.standing.stage, page.standing.has_lost_contract), (LeadStage::ContractDraft, true));
        assert!(list_leads(app, &world.province, &ask).await.unwrap().items.is_empty());
        let elsewhere = enter(app, Role::CityOfficer, Scope::Division(DivisionCode::parse("430300").unwrap())).await;
        let other = read_funnel(app, &elsewhere, FunnelBy::City, "2026-11".parse().unwrap()).await.unwrap();
        assert_eq!(other.total.through[0], 0, "a city counts its own leads");
    }

    async fn each_side_reads_no_more_of_the_other_than_its_rules_give(db: Db) {
        let fair = Fair::new(db, Mode::Own).await;
        let app = &fair.world.app;
        let id = fair.open(&fair.company, &fair.both()).await.unwrap().lead_id;
        let page = read_lead(app, &fair.world.agent, &id).await.unwrap();
        let said = format!("{:?} {:?}", page.demand, page.row);
        assert!(!said.contains(BUYER) && !said.contains("示例甲") && !said.contains("0731-0000"), "{said}: who asks is told after an undertaking");
        assert_eq!((page.demand_side.as_str(), page.party), ("", LeadParty::Offer));
        let inquiry = "示例：评估能否承接";
        give_undertaking(app, &fair.world.agent, &fair.demand_id, inquiry).await.unwrap();
        assert_eq!(read_lead(app, &fair.world.agent, &id).await.unwrap().demand_side, BUYER);
        let page = read_lead(app, &fair.company, &id).await.unwrap();
        let said = format!("{:?}", page.achievement);
        assert!(said.contains("秘密验证") && !said.contains("秘密投入") && !said.contains("秘密完成人"), "{said}");
        let named = open_lead(app, &fair.world.province, &NewLead {
            asker: "示例询价单位".to_owned(),
            ..NewLead::plain(LeadSource::Inquiry, None, LeadOffer::Achievement(fair.achievement_id.clone()))
        }).await.unwrap();
        let page = read_lead(app, &fair.world.agent, &named.lead_id).await.unwrap();
        assert_eq!((page.demand_side.as_str(), page.title.as_str()), ("示例询价单位", "示例耐磨涂层"));
        assert!(matches!(read_lead(app, &fair.company, &named.lead_id).await, Err(Refusal::NotFound(_))));
    }

    async fn a_desk_begins_with_what_is_overdue(db: Db) {
        let fair = Fair::new(db, Mode::Own).await;
        let app = &fair.world.app;
        let own = NewLead::plain(LeadSource::Manager, Some(fair.demand_id.clone()), LeadOffer::Organisation("示例研究院".to_owned()));
        let first = fair.open(&fair.manager, &fair.both()).await.unwrap().lead_id;
        let second = fair.open(&fair.manager, &own).await.unwrap().lead_id;
        let promise = NewPromise { whose: LeadParty::Manager, words: "约时间".to_owned(), due_on: date(2026, 11, 24) };
        make_promise(app, &fair.manager, &second, &promise).await.unwrap();
        fair.world.let_it_be(date(2026, 11, 28), 2);
        let desk = read_desk(app, &fair.manager).await.unwrap();
        let order: Vec<_> = desk.leads.iter().map(|one| (one.lead.row.lead_id.as_str(), one.reason.code())).collect();
        assert_eq!(order, [(second.as_str(), "overdue"), (first.as_str(), "untouched")]);
        assert_eq!((desk.overdue(), desk.promises.len()), (1, 1));
        let close = LeadStepRequest { reason: Some(CloseReason::NoAnswer), ..LeadStepRequest::plain(LeadStep::Close, 0) };
        fair.step(&fair.manager, &second, close).await.unwrap();
        let desk = read_desk(app, &fair.manager).await.unwrap();
        assert_eq!((desk.leads.len(), desk.promises.len()), (1, 0));
        assert!(read_desk(app, &fair.world.expert).await.unwrap().leads.is_empty());
    }
}
