//! Reminders of decisions that are due soon.

use jiff::civil::date;
use xiaoxiang_domain::contract::procedure::Step;
use xiaoxiang_domain::notice::NoticeKind;
use xiaoxiang_services::Actor;
use xiaoxiang_services::notice::list_notices;
use xiaoxiang_services::registration::remind_of_due_decisions;
use xiaoxiang_store::{Db, both_backends};

use crate::registration::world::{Mode, World, form};

async fn reminders(world: &World, actor: &Actor) -> usize {
    let page = list_notices(&world.app, actor, None).await.unwrap();
    page.notices.iter().filter(|notice| notice.kind == NoticeKind::DecisionDue).count()
}

both_backends! {
    async fn registrars_are_reminded_once_two_working_days_before_a_decision_is_due(db: Db) {
        let world = World::new(db, Mode::Own).await;
        // Accepted on Monday 23 November, fifteen working days: due on Monday 14 December.
        let late = world.accepted(&form("示例临期", 100_000)).await;
        world.approved(&form("示例已办结", 200_000)).await;
        // 15:00 UTC is still the ninth in Hunan, an hour later it is the tenth, and a weekend lies before the day.
        world.let_it_be(date(2026, 12, 9), 15);
        assert_eq!(remind_of_due_decisions(&world.app).await.unwrap(), 0);
        assert_eq!(reminders(&world, &world.officer_a).await, 0, "three working days are left");
        world.let_it_be(date(2026, 12, 9), 16);
        let (one, other) = tokio::join!(remind_of_due_decisions(&world.app), remind_of_due_decisions(&world.app));
        assert_eq!((one.unwrap(), other.unwrap()), (1, 1), "two nodes look at once, and nobody reminds of what is decided");
        world.let_it_be(date(2026, 12, 21), 2);
        assert_eq!(remind_of_due_decisions(&world.app).await.unwrap(), 1);
        for officer in [&world.officer_a, &world.officer_b] {
            assert_eq!(reminders(&world, officer).await, 1, "once, also when it is late");
        }
        for other in [&world.agent, &world.province, &world.expert] {
            assert_eq!(reminders(&world, other).await, 0, "not theirs to decide");
        }
        world.with_reason(&world.officer_a, &late, Step::Return, "signature_missing").await.unwrap();
        assert_eq!(remind_of_due_decisions(&world.app).await.unwrap(), 0, "it waits for the applicant");
    }

    async fn a_corrected_application_is_reminded_of_again_with_its_new_day(db: Db) {
        let world = World::new(db, Mode::PreReview).await;
        let id = world.accepted(&form("示例补正", 100_000)).await;
        world.let_it_be(date(2026, 12, 10), 2);
        assert_eq!(remind_of_due_decisions(&world.app).await.unwrap(), 1);
        world.with_reason(&world.officer_a, &id, Step::Return, "signature_missing").await.unwrap();
        world.step(&world.agent, &id, Step::Submit).await.unwrap();
        world.step(&world.officer_a, &id, Step::Accept).await.unwrap();
        assert_eq!(remind_of_due_decisions(&world.app).await.unwrap(), 0, "fifteen working days from now");
        // From 10 December on they end on the 31st.
        world.let_it_be(date(2026, 12, 30), 2);
        assert_eq!(remind_of_due_decisions(&world.app).await.unwrap(), 1, "over the end of a known calendar too");
        assert_eq!(reminders(&world, &world.officer_b).await, 2);
    }
}
