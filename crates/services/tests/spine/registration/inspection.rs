//! Spot checks and what follows from them.

use jiff::civil::date;
use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_domain::bulletin::{Dimension, Direction};
use xiaoxiang_domain::contract::procedure::{ApplicationState, InspectionAct, InspectionStage, Step};
use xiaoxiang_domain::notice::NoticeKind;
use xiaoxiang_services::Actor;
use xiaoxiang_services::notice::list_notices;
use xiaoxiang_services::registration::inspection::{
    ActRequest, InspectionsWaiting, count_inspections_waiting, draw_inspections, drawn_of, list_inspections,
    list_inspections_of, open_inspection, preview_draw, read_inspection, take_act,
};
use xiaoxiang_services::registration::read_application;
use xiaoxiang_store::{Db, both_backends};

use super::world::{Mode, PDF, World, also, form};
use crate::support::{ask, table};

async fn told(world: &World, actor: &Actor) -> Vec<NoticeKind> {
    let page = list_notices(&world.app, actor, None).await.expect("an inbox");
    page.notices.into_iter().map(|notice| notice.kind).collect()
}

async fn waits(world: &World, actor: &Actor) -> InspectionsWaiting {
    count_inspections_waiting(&world.app, actor).await.expect("a count")
}

both_backends! {
    async fn a_drawn_registration_is_noticed_heard_revoked_served_and_reported(db: Db) {
        let world = World::new(db, Mode::Own).await;
        let mut numbers = Vec::new();
        for serial in 0..4 {
            world.approved(&form(&format!("示例抽查{serial}"), 100_000 + serial)).await;
            numbers.push(format!("202643000000000{}", serial + 1));
        }
        let early = draw_inspections(&world.app, &world.province, 2027, "8-3-17").await.unwrap_err();
        assert_eq!(early.code(), "inspection.year");
        let by_registrar = draw_inspections(&world.app, &world.officer_a, 2026, "8-3-17").await.unwrap_err();
        assert_eq!(by_registrar.code(), "forbidden");
        let preview = preview_draw(&world.app, &world.province, None).await.unwrap();
        assert_eq!((preview.year, preview.population, preview.wanted, preview.sampled), (2026, 4, 1, 0));
        let draw = draw_inspections(&world.app, &world.province, 2026, "8-3-17").await.unwrap();
        assert_eq!(draw.row.population_sha256, preview.population_sha256, "what was shown is what was drawn from");
        assert_eq!((draw.row.population, draw.row.drawn, draw.inspections.len()), (4, 1, 1));
        let again = draw_inspections(&world.app, &world.province, 2026, "9-9-99").await.unwrap_err();
        assert_eq!(again.code(), "inspection.year");
        let id = &draw.inspections[0];
        let page = read_inspection(&world.app, &world.province, id).await.unwrap();
        let listed: Vec<&str> = numbers.iter().map(String::as_str).collect();
        let expected = listed[drawn_of("8-3-17", &listed, 30)[0]];
        assert_eq!(page.summary.registration_number, expected, "anybody can draw it again");

        let unheard = world.act(&world.province, id, InspectionAct::Revoke, &["fictitious"]).await;
        assert_eq!(unheard.unwrap_err().code(), "inspection.not_from_here");
        world.act(&world.province, id, InspectionAct::Notice, &[]).await.unwrap();
        let page = read_inspection(&world.app, &world.agent, id).await.unwrap();
        assert_eq!(page.summary.row.evidence_due.as_deref(), Some("2026-12-07"));
        assert_eq!(page.acts_open.len(), 1, "the party may produce evidence: {:?}", page.acts_open);
        let application = page.summary.row.application_id.clone();
        world.attach(&application, "付款凭证.pdf", PDF).await.unwrap();
        world.act(&world.agent, id, InspectionAct::TakeEvidence, &[]).await.unwrap();
        let closed = world.attach(&application, "付款凭证.pdf", PDF).await.unwrap_err();
        assert_eq!(closed.code(), "application.not_writable");
        let groundless = world.act(&world.province, id, InspectionAct::OfferHearing, &[]).await;
        assert_eq!(groundless.unwrap_err().code(), "inspection.ground_missing", "the party has to know of what");
        let idle = world.act(&world.province, id, InspectionAct::Clear, &["fictitious"]).await;
        assert_eq!(idle.unwrap_err().code(), "registration.reason.unknown", "nobody is cleared of a ground");
        world.act(&world.province, id, InspectionAct::OfferHearing, &["fictitious"]).await.unwrap();
        let early = world.act(&world.province, id, InspectionAct::Revoke, &["fictitious"]).await;
        assert_eq!(early.unwrap_err().code(), "inspection.hearing_days_run");
        world.act(&world.province, id, InspectionAct::Hear, &[]).await.unwrap();
        let groundless = world.act(&world.province, id, InspectionAct::Revoke, &[]).await;
        assert_eq!(groundless.unwrap_err().code(), "inspection.ground_missing");
        let invented = world.act(&world.province, id, InspectionAct::Revoke, &["dislike"]).await;
        assert_eq!(invented.unwrap_err().code(), "registration.reason.unknown");
        let before = table(&world.app, &ask(Direction::Registered, Dimension::City, "2026-11")).await;
        let done = world.act(&world.province, id, InspectionAct::Revoke, &["fictitious"]).await.unwrap();
        assert_eq!(done.stage, InspectionStage::Revoked);
        assert_eq!(world.state(&application).await, ApplicationState::Revoked);
        let after = table(&world.app, &ask(Direction::Registered, Dimension::City, "2026-11")).await;
        assert_eq!((before[&430_100].0, after[&430_100].0), (4, 3));
        world.act(&world.province, id, InspectionAct::Serve, &[]).await.unwrap();
        let done = world.act(&world.province, id, InspectionAct::SendLetters, &[]).await.unwrap();
        assert!(done.stage.is_final());
        let acts = read_inspection(&world.app, &world.auditor, id).await.unwrap().acts;
        assert_eq!(acts.len(), 7);
    }
}

both_backends! {
    async fn a_silent_party_is_waited_for_and_a_party_does_not_judge_itself(db: Db) {
        let world = World::new(db, Mode::Own).await;
        let application = world.approved(&form("示例举报", 100_000)).await;
        let id = open_inspection(&world.app, &world.province, &application, "群众举报").await.unwrap();
        let twice = open_inspection(&world.app, &world.province, &application, "群众举报").await.unwrap_err();
        assert_eq!(twice.code(), "inspection.open");
        assert!(list_inspections(&world.app, &world.expert).await.unwrap().is_empty());
        assert!(list_inspections(&world.app, &world.agent).await.unwrap().is_empty(), "before its notice");
        assert!(list_inspections_of(&world.app, &world.agent, &application).await.unwrap().is_empty());
        assert_eq!(read_inspection(&world.app, &world.agent, &id).await.unwrap_err().code(), "not_found");
        assert_eq!(list_inspections(&world.app, &world.officer_a).await.unwrap().len(), 1);
        assert_eq!(waits(&world, &world.province).await, InspectionsWaiting { count: 1, due: None });
        world.act(&world.province, &id, InspectionAct::Notice, &[]).await.unwrap();
        let due = Some(date(2026, 12, 7));
        assert_eq!(waits(&world, &world.agent).await, InspectionsWaiting { count: 1, due });
        let of = list_inspections_of(&world.app, &world.agent, &application).await.unwrap();
        assert_eq!((of.len(), of[0].due, of[0].waits_for(&world.agent)), (1, due, true));
        let waiting = world.act(&world.province, &id, InspectionAct::OfferHearing, &[]).await.unwrap_err();
        assert_eq!(waiting.code(), "inspection.evidence_days_run");
        // Ten working days after 23 November end on 7 December.
        world.let_it_be(date(2026, 12, 7), 2);
        let waiting = world.act(&world.province, &id, InspectionAct::OfferHearing, &[]).await.unwrap_err();
        assert_eq!(waiting.code(), "inspection.evidence_days_run", "the last day is still the party's");
        assert_eq!(waits(&world, &world.province).await.count, 0);
        world.let_it_be(date(2026, 12, 7), 16);
        assert_eq!(waits(&world, &world.province).await.count, 1, "the party's days are over");
        world.act(&world.province, &id, InspectionAct::OfferHearing, &["false_material"]).await.unwrap();
        also(&world.app, &world.province, Role::OrganisationAgent, Scope::Organisation(world.buyer_key)).await;
        let own = world.act(&world.province, &id, InspectionAct::Clear, &[]).await.unwrap_err();
        assert_eq!(own.code(), "registration.officer.own_organisation");
        let other = crate::registration::world::enter(&world.app, Role::DivisionHead, Scope::Region).await;
        let seen = read_inspection(&world.app, &other, &id).await.unwrap().summary.row.revision;
        let clear = |revision| ActRequest {
            act: InspectionAct::Clear,
            revision,
            ground_codes: Vec::new(),
            words: "未发现问题".to_owned(),
        };
        let stale = take_act(&world.app, &other, &id, &clear(seen - 1)).await.unwrap_err();
        assert_eq!(stale.code(), "stale");
        take_act(&world.app, &other, &id, &clear(seen)).await.unwrap();
        assert_eq!(world.state(&application).await, ApplicationState::Registered);
    }
}

both_backends! {
    async fn the_people_of_an_inspection_are_told_and_nobody_revokes_beside_it(db: Db) {
        let world = World::new(db, Mode::Own).await;
        let application = world.approved(&form("示例告知", 100_000)).await;
        let direct = world.with_reason(&world.province, &application, Step::Revoke, "fictitious").await;
        assert_eq!(direct.unwrap_err().code(), "registration.revoked_by_inspection");
        let page = read_application(&world.app, &world.province, &application).await.unwrap();
        assert!(page.steps_open.iter().all(|open| open.step != Step::Revoke), "{:?}", page.steps_open);
        let id = world.revoked(&application, "fictitious").await;
        assert_eq!(world.state(&application).await, ApplicationState::Revoked);
        world.act(&world.province, &id, InspectionAct::Serve, &[]).await.unwrap();
        let mut kinds = told(&world, &world.agent).await;
        let expected = [
            NoticeKind::RevocationServed,
            NoticeKind::RegistrationRevoked,
            NoticeKind::HearingOffered,
            NoticeKind::EvidenceAsked,
        ];
        kinds.retain(|kind| expected.contains(kind));
        kinds.sort_by_key(|kind| expected.iter().position(|one| one == kind));
        assert_eq!(kinds, expected, "each once");
        let kinds = told(&world, &world.province).await;
        assert_eq!(kinds.iter().filter(|kind| **kind == NoticeKind::PartyAnswered).count(), 2, "{kinds:?}");
    }
}
