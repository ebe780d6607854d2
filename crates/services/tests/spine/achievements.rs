//! Achievements from the draft to the market and off it; who sees what meanwhile.

use jiff::civil::date;
use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_domain::achievement::{
    AchievementForm, AchievementState, AchievementStep, Clearance, Section, WrittenContact, WrittenMember,
    WrittenPrice, WrittenRight,
};
use xiaoxiang_domain::market::DisclosureLevel;
use xiaoxiang_services::achievement::{
    AchievementImport, AchievementStepRequest, AchievementsAsk, AnswerToObjection, Facet, MarketAsk,
    NewObjection, ObjectionOutcome, RowSet, SavedAchievement, answer_objection, changed_offers,
    give_undertaking, import_achievements, list_achievements, list_market, object_to_achievement,
    read_achievement, read_market_entry, read_offers, save_achievement, start_achievement,
    take_achievement_step,
};
use xiaoxiang_services::{Actor, Refusal};
use xiaoxiang_store::{Db, both_backends};

use crate::registration::world::{Mode, World, enter};
use crate::support::ACTOR;

pub fn good_form(title: &str) -> AchievementForm {
    let text = |text: &str| text.to_owned();
    AchievementForm {
        kind: text("result"),
        title: text(title),
        summary: text("示例：一种耐磨涂层"),
        keywords: vec![text("涂层")],
        field: text("5"),
        division: text("430104"),
        maturity: text("4"),
        problem: text("泵车输送管磨损快"),
        evidence: text("秘密验证数据"),
        comparison: text("寿命是现有的三倍"),
        economics: text("秘密投入"),
        rights: vec![WrittenRight {
            kind: text("21"),
            number: text("202110000001.6"),
            status: text("in_force"),
            holder: text("示例大学"),
            valid_until: text("2041-01-05"),
        }],
        price: WrittenPrice { method: text("agreed"), amount: text("800000"), is_negotiable: false },
        modes: vec![text("licence"), text("transfer")],
        team: vec![WrittenMember { name: text("秘密完成人"), part: String::new() }],
        contact: WrittenContact {
            name: text("示例联系人"),
            telephone: text("0731-00000000"),
            email: String::new(),
        },
        levels: [("economics".to_owned(), "undertaking".to_owned())].into(),
        clearance: Clearance { patent_filing: text("filed"), holds_no_secrets: true },
        ..AchievementForm::default()
    }
}

pub struct Unit<'a> {
    world: &'a World,
    pub reviewer: Actor,
}

impl<'a> Unit<'a> {
    pub async fn of(world: &'a World) -> Self {
        let scope = Scope::Organisation(world.seller_key);
        Self { world, reviewer: enter(&world.app, Role::OrganisationAgent, scope).await }
    }

    async fn draft(&self, form: &AchievementForm) -> String {
        start_achievement(&self.world.app, &self.world.agent, form).await.unwrap()
    }

    pub async fn step(
        &self,
        actor: &Actor,
        id: &str,
        step: AchievementStep,
    ) -> Result<AchievementState, Refusal> {
        let revision = read_achievement(&self.world.app, &ACTOR, id).await.unwrap().row.revision;
        let request = AchievementStepRequest { step, revision, words: "示例理由".to_owned() };
        take_achievement_step(&self.world.app, actor, id, &request).await.map(|done| done.state)
    }

    pub async fn to_publicity(&self, form: &AchievementForm) -> String {
        let id = self.draft(form).await;
        self.step(&self.world.agent, &id, AchievementStep::Submit).await.unwrap();
        self.step(&self.reviewer, &id, AchievementStep::Clear).await.unwrap();
        self.step(&self.world.agent, &id, AchievementStep::Publicise).await.unwrap();
        id
    }
}

both_backends! {
    async fn an_achievement_is_reviewed_publicised_objected_to_listed_licensed_and_withdrawn(db: Db) {
        let world = World::new(db, Mode::Own).await;
        let unit = Unit::of(&world).await;
        let id = unit.draft(&good_form("示例耐磨涂层")).await;
        let hidden = read_market_entry(&world.app, &Actor::public(), &id).await;
        assert!(matches!(hidden, Err(Refusal::NotFound(_))));
        unit.step(&world.agent, &id, AchievementStep::Submit).await.unwrap();
        let own = unit.step(&world.agent, &id, AchievementStep::Clear).await.unwrap_err();
        assert_eq!(own.code(), "achievement.same_person");
        unit.step(&unit.reviewer, &id, AchievementStep::Clear).await.unwrap();
        let early = unit.step(&world.agent, &id, AchievementStep::List).await.unwrap_err();
        assert_eq!(early.code(), "achievement.publicity_needed");
        unit.step(&world.agent, &id, AchievementStep::Publicise).await.unwrap();
        let page = read_achievement(&world.app, &world.agent, &id).await.unwrap();
        assert_eq!(page.row.publicity_to.as_deref(), Some("2026-12-08"));

        let objection = NewObjection { name: "示例人".to_owned(), contact: "示例电话".to_owned(), words: "权属有争议".to_owned() };
        let objection_id = object_to_achievement(&world.app, &Actor::public(), &id, &objection).await.unwrap();
        world.let_it_be(date(2026, 12, 9), 2);
        let disputed = unit.step(&world.agent, &id, AchievementStep::List).await.unwrap_err();
        assert_eq!(disputed.code(), "achievement.objection_open");
        let seen = read_achievement(&world.app, &world.auditor, &id).await.unwrap();
        assert!(seen.objections[0].row.name.is_empty(), "who does not answer learns no name");
        let answer = AnswerToObjection { objection_id, outcome: ObjectionOutcome::Rejected, words: "权属清楚".to_owned() };
        answer_objection(&world.app, &world.province, &id, &answer).await.unwrap();
        assert!(answer_objection(&world.app, &world.agent, &id, &answer).await.is_err(), "answered once");
        assert_eq!(unit.step(&world.agent, &id, AchievementStep::List).await.unwrap(), AchievementState::Listed);

        let offers = read_offers(&world.app).await.unwrap();
        assert_eq!((offers.len(), offers[0].title.as_str()), (1, "示例耐磨涂层"));
        let closed = offers[0].sections.iter().find(|one| one.section == Section::Evidence).unwrap();
        assert_eq!(closed.level, DisclosureLevel::SignedIn);
        assert_eq!(unit.step(&world.agent, &id, AchievementStep::License).await.unwrap(), AchievementState::Licensed);
        assert_eq!(unit.step(&world.province, &id, AchievementStep::Withdraw).await.unwrap(), AchievementState::Withdrawn);
        assert!(read_offers(&world.app).await.unwrap().is_empty());
        let mut tx = world.app.db.read().await.unwrap();
        let changed = changed_offers(&mut tx, -1, i64::MAX).await.unwrap();
        assert!(matches!(changed.as_slice(), [(_, changed, None)] if *changed == id), "taken out of the index");
    }

    async fn a_reader_sees_as_far_as_their_level_and_searches_the_teaser_only(db: Db) {
        let world = World::new(db, Mode::Own).await;
        let unit = Unit::of(&world).await;
        let id = unit.to_publicity(&good_form("示例耐磨涂层")).await;
        let read = async |actor: &Actor| read_market_entry(&world.app, actor, &id).await.unwrap();
        let text = |entry: &xiaoxiang_services::achievement::MarketEntry| serde_json::to_string(&entry.row.form).unwrap();
        let stranger = read(&Actor::public()).await;
        assert!(!text(&stranger).contains("秘密") && !text(&stranger).contains("联系人"), "{}", text(&stranger));
        let closed: Vec<_> = stranger.closed.iter().map(|(section, _)| *section).collect();
        assert_eq!(closed, [Section::Evidence, Section::Economics, Section::Contact], "the team never consented");
        let signed_in = read(&world.expert).await;
        assert!(text(&signed_in).contains("秘密验证") && !text(&signed_in).contains("秘密投入"));
        assert!(signed_in.may_undertake);
        give_undertaking(&world.app, &world.expert, &id).await.unwrap();
        assert!(text(&read(&world.expert).await).contains("秘密投入"));
        assert!(!text(&read(&world.finance).await).contains("秘密投入"), "an undertaking opens it to one person");
        assert!(!text(&read(&world.expert).await).contains("秘密完成人"));
        world.let_it_be(date(2027, 11, 25), 2);
        assert!(!text(&read(&world.expert).await).contains("秘密投入"), "it holds for a year");

        for word in ["秘密", "磨损快", "三倍", "联系人"] {
            let ask = MarketAsk { text: word.to_owned(), ..MarketAsk::default() };
            let found = list_market(&world.app, &world.agent, &ask).await.unwrap();
            assert!(found.items.is_empty() && found.total == 0, "{word} is in no teaser");
            assert!(found.facets.values().all(Vec::is_empty), "no count leaks it");
        }
        let ask = MarketAsk { text: "涂层".to_owned(), field: "5".to_owned(), ..MarketAsk::default() };
        let found = list_market(&world.app, &Actor::public(), &ask).await.unwrap();
        assert_eq!((found.items.len(), found.total), (1, 1));
        assert_eq!(found.facets[&Facet::City][0].code, "430100");
    }

    async fn what_is_still_to_be_filed_never_reaches_the_market(db: Db) {
        let world = World::new(db, Mode::Own).await;
        let unit = Unit::of(&world).await;
        let mut form = good_form("示例待申请");
        form.clearance.patent_filing = "to_file".to_owned();
        form.price.method = "listed".to_owned();
        let id = unit.draft(&form).await;
        unit.step(&world.agent, &id, AchievementStep::Submit).await.unwrap();
        unit.step(&unit.reviewer, &id, AchievementStep::Clear).await.unwrap();
        for step in [AchievementStep::Publicise, AchievementStep::List] {
            let refused = unit.step(&world.agent, &id, step).await.unwrap_err();
            assert_eq!(refused.code(), "achievement.patent_to_file");
        }
        let found = list_market(&world.app, &Actor::public(), &MarketAsk::default()).await.unwrap();
        assert_eq!(found.total, 0);
        let log = xiaoxiang_services::log::read_changes(&world.app, &ACTOR, -1, 200).await.unwrap();
        let said: Vec<_> = log.iter().filter_map(|change| change.entry.as_ref()).map(|entry| entry.payload.to_string()).collect();
        assert!(!said.iter().any(|payload| payload.contains("示例待申请")), "the log names no title");
        // Once it is filed, it is revised, reviewed again and listed.
        unit.step(&world.agent, &id, AchievementStep::Revise).await.unwrap();
        let revision = read_achievement(&world.app, &world.agent, &id).await.unwrap().row.revision;
        form.clearance.patent_filing = "filed".to_owned();
        save_achievement(&world.app, &world.agent, &id, &SavedAchievement { revision, form }).await.unwrap();
        unit.step(&world.agent, &id, AchievementStep::Submit).await.unwrap();
        unit.step(&unit.reviewer, &id, AchievementStep::Clear).await.unwrap();
        assert_eq!(unit.step(&world.agent, &id, AchievementStep::List).await.unwrap(), AchievementState::Listed);
    }

    async fn a_draft_is_its_units_own_paper_and_two_windows_never_overwrite_each_other(db: Db) {
        let world = World::new(db, Mode::Own).await;
        let unit = Unit::of(&world).await;
        let id = unit.draft(&AchievementForm::default()).await;
        assert!(read_achievement(&world.app, &unit.reviewer, &id).await.is_ok());
        for outsider in [&world.province, &world.auditor, &enter(&world.app, Role::OrganisationAgent, Scope::Organisation(world.buyer_key)).await] {
            assert!(matches!(read_achievement(&world.app, outsider, &id).await, Err(Refusal::NotFound(_))));
            assert!(list_achievements(&world.app, outsider, &AchievementsAsk::default()).await.unwrap().items.is_empty());
        }
        let saved = |form| SavedAchievement { revision: 1, form };
        let first = save_achievement(&world.app, &world.agent, &id, &saved(good_form("第一"))).await;
        assert_eq!(first.unwrap(), 2);
        let second = save_achievement(&world.app, &unit.reviewer, &id, &saved(good_form("第二"))).await;
        assert!(matches!(second, Err(Refusal::Stale(_))));
        let incomplete = unit.draft(&AchievementForm { title: "题".to_owned(), ..AchievementForm::default() }).await;
        let refused = unit.step(&world.agent, &incomplete, AchievementStep::Submit).await.unwrap_err();
        assert!(matches!(refused, Refusal::Fields(problems) if problems.len() > 8));
    }

    async fn a_sheet_becomes_drafts_and_every_wrong_row_is_told_with_its_place(db: Db) {
        let world = World::new(db, Mode::Own).await;
        let sheet = "专利名称,专利号,摘要,法律状态,专利权人,价格(万元),成果单位\n\
            一种泵,ZL202110000001.6,摘要,授权,示例大学,12.5,\n\
            一种阀,ZL202110000001.5,摘要,授权,示例大学,面议,\n\
            一种泵,ZL202110000001.6,摘要,授权,示例大学,,\n\
            一种桥,202120000001.1,摘要,授权,示例大学,,示例公司\n\
            合计,4,,,,,\n";
        let import = |rows| AchievementImport { bytes: sheet.as_bytes().to_vec(), rows, holds_no_secrets: true };
        let all = import_achievements(&world.app, &world.agent, import(RowSet::All)).await.unwrap();
        let told: Vec<_> = all.problems.iter().map(|problem| (problem.row, problem.code.as_ref())).collect();
        assert_eq!(
            told,
            [
                (Some(3), "achievement.patent_number"),
                (Some(4), "achievement.sheet.twice"),
                (Some(5), "achievement.sheet.unit"),
            ]
        );
        assert_eq!(all.drafts(), 0, "all of them or none");
        let column = all.problems[0].column.as_ref().map(|column| column.letter.as_str());
        assert_eq!(column, Some("B"));
        let valid = import_achievements(&world.app, &world.agent, import(RowSet::Valid)).await.unwrap();
        assert_eq!((valid.drafts(), valid.refused_rows()), (1, 3));
        let id = valid.rows[0].achievement_id.clone().unwrap();
        let page = read_achievement(&world.app, &world.agent, &id).await.unwrap();
        let right = &page.form.rights[0];
        assert_eq!((page.form.kind.as_str(), right.kind.as_str(), right.status.as_str()), ("patent", "21", "in_force"));
        assert_eq!((page.form.price.amount.as_str(), page.form.clearance.patent_filing.as_str()), ("125000.00", "filed"));
        assert!(valid.rows[0].missing.contains(&"modes".to_owned()), "{:?}", valid.rows[0].missing);
        for hopeless in ["", "a,b\n1,2\n", "成果名称,简介\n", "PK\u{3}\u{4}"] {
            let import = AchievementImport { bytes: hopeless.into(), rows: RowSet::Valid, holds_no_secrets: true };
            let report = import_achievements(&world.app, &world.agent, import).await;
            assert!(report.is_err() || report.is_ok_and(|report| !report.problems.is_empty()), "{hopeless}");
        }
    }
}
