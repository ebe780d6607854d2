//! Who inspects opens contract texts only where named: for one application, for a reason, until a day.

use jiff::civil::date;
use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_domain::contract::procedure::Step;
use xiaoxiang_domain::notice::NoticeKind;
use xiaoxiang_services::access::{read_person, withdraw_grant};
use xiaoxiang_services::notice::list_notices;
use xiaoxiang_services::registration::auditor::{
    NewNaming, end_naming, list_auditors, list_namings, name_auditor,
};
use xiaoxiang_services::registration::{read_application, read_attachment};
use xiaoxiang_services::{Actor, Refusal};
use xiaoxiang_store::{Db, both_backends};

use super::world::{Mode, PDF, World, enter, form};
use crate::support::ACTOR;

fn naming(person: &Actor, day: jiff::civil::Date) -> NewNaming {
    let person_id = person.person_id().unwrap().to_owned();
    NewNaming { person_id, reason: "示例审计项目".to_owned(), valid_to: day }
}

async fn opens(world: &World, actor: &Actor, application: &str, text: &str) -> Result<(), Refusal> {
    let page = read_application(&world.app, actor, application).await?;
    let read = read_attachment(&world.app, actor, application, text).await;
    assert_eq!(page.may_read_texts, read.is_ok(), "the page says what opening does");
    read.map(|_| ())
}

async fn closed(world: &World, actor: &Actor, application: &str, text: &str) {
    let refused = opens(world, actor, application, text).await.unwrap_err();
    assert!(matches!(refused, Refusal::Barred { .. }), "{refused:?}");
    assert_eq!(refused.code(), "registration.text.not_named");
    assert!(refused.sentences().0.contains("处室负责人"), "it says what to do next");
}

both_backends! {
    async fn an_auditor_opens_texts_only_where_named_and_until_the_day(db: Db) {
        let world = World::new(db, Mode::Own).await;
        let (app, auditor) = (&world.app, &world.auditor);
        let head = enter(app, Role::DivisionHead, Scope::Region).await;
        let id = world.draft(&form("示例平台开发服务", 1_000_000)).await;
        let text = world.attach(&id, "合同.pdf", PDF).await.unwrap();
        let other = world.draft(&form("示例另一合同", 500_000)).await;
        let other_text = world.attach(&other, "合同.pdf", PDF).await.unwrap();
        for application in [&id, &other] {
            world.step(&world.agent, application, Step::Submit).await.unwrap();
        }
        let inspector = enter(app, Role::DisciplineInspector, Scope::Region).await;
        closed(&world, auditor, &id, &text).await;
        closed(&world, &inspector, &id, &text).await;
        opens(&world, &world.officer_a, &id, &text).await.unwrap();

        // The head of division names; the statistician, who decides on registrations, does not, nor anybody else.
        let until = date(2026, 11, 25);
        for actor in [&world.province, &world.officer_a, &world.agent, auditor] {
            let refused = name_auditor(app, actor, &id, &naming(auditor, until)).await.unwrap_err();
            assert_eq!(refused.code(), "forbidden");
        }
        let mut choices: Vec<_> = list_auditors(app, &head).await.unwrap().into_iter().map(|one| one.person_id).collect();
        choices.sort();
        let mut wanted = [auditor, &inspector].map(|one| one.person_id().unwrap().to_owned());
        wanted.sort();
        assert_eq!(choices, wanted);
        for (new, code) in [
            (naming(&world.officer_a, until), "registration.auditor.role"),
            (naming(auditor, date(2026, 11, 22)), "registration.auditor.day"),
            (naming(auditor, date(2028, 1, 1)), "registration.auditor.day"),
            (NewNaming { reason: " ".to_owned(), ..naming(auditor, until) }, "registration.auditor.reason"),
            (NewNaming { person_id: "nobody".to_owned(), ..naming(auditor, until) }, "registration.auditor.role"),
        ] {
            assert_eq!(name_auditor(app, &head, &id, &new).await.unwrap_err().code(), code);
        }
        let named = name_auditor(app, &head, &id, &naming(auditor, until)).await.unwrap();
        let twice = name_auditor(app, &head, &id, &naming(auditor, until)).await.unwrap_err();
        assert_eq!(twice.code(), "registration.auditor.named");
        let inbox = list_notices(app, auditor, None).await.unwrap().notices;
        let told: Vec<_> = inbox.iter().filter(|notice| notice.kind == NoticeKind::TextAuditorNamed).collect();
        assert_eq!(told.len(), 1, "told once: {inbox:?}");
        opens(&world, auditor, &id, &text).await.unwrap();
        closed(&world, auditor, &other, &other_text).await;
        closed(&world, &inspector, &id, &text).await;

        // The last day ends at midnight in Shanghai, 16:00 UTC.
        world.let_it_be(date(2026, 11, 25), 15);
        opens(&world, auditor, &id, &text).await.unwrap();
        world.let_it_be(date(2026, 11, 25), 16);
        closed(&world, auditor, &id, &text).await;
        let over = end_naming(app, &head, &id, &named, "已结束").await.unwrap_err();
        assert_eq!(over.code(), "registration.auditor.over");

        // Named anew, and ended early.
        let again = name_auditor(app, &head, &id, &naming(auditor, date(2026, 12, 1))).await.unwrap();
        opens(&world, auditor, &id, &text).await.unwrap();
        let by_auditor = end_naming(app, auditor, &id, &again, "示例").await.unwrap_err();
        assert_eq!(by_auditor.code(), "forbidden");
        assert_eq!(end_naming(app, &head, &other, &again, "示例").await.unwrap_err().code(), "not_found");
        end_naming(app, &head, &id, &again, "审计提前完成").await.unwrap();
        closed(&world, auditor, &id, &text).await;
        let twice = end_naming(app, &head, &id, &again, "示例").await.unwrap_err();
        assert_eq!(twice.code(), "registration.auditor.over");
        let shown = list_namings(app, auditor, &id).await.unwrap();
        let ended: Vec<_> = shown.iter().map(|one| (one.holds, one.row.end_reason.as_deref())).collect();
        assert_eq!(ended, [(false, Some("审计提前完成")), (false, None)]);
        assert_eq!(list_namings(app, &world.agent, &id).await.unwrap_err().code(), "forbidden");

        // A role that was taken away opens nothing and cannot be named.
        name_auditor(app, &head, &id, &naming(&inspector, date(2026, 12, 1))).await.unwrap();
        opens(&world, &inspector, &id, &text).await.unwrap();
        let person_id = inspector.person_id().unwrap();
        let grants = read_person(app, &ACTOR, person_id).await.unwrap().grants;
        withdraw_grant(app, &ACTOR, &grants[0].grant_id).await.unwrap();
        closed(&world, &inspector, &id, &text).await;
        let refused = name_auditor(app, &head, &other, &naming(&inspector, date(2026, 12, 1))).await.unwrap_err();
        assert_eq!(refused.code(), "registration.auditor.role");

        let mut tx = app.db.read().await.unwrap();
        let subject = format!("application:{id}");
        let entries = xiaoxiang_store::log::list_of_subject(&mut tx, &subject).await.unwrap();
        let count = |kind: &str| entries.iter().filter(|entry| entry.kind == kind).count();
        assert_eq!((count("registration.auditor_named"), count("registration.auditor_ended")), (3, 1));
        assert_eq!(count("registration.text_viewed"), 5, "each view, and no refusal");
    }
}
