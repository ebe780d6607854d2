//! One change, everything follows: published figures, papers that others hold, and the departments that rely on them.

use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_domain::contract::procedure::Step;
use xiaoxiang_domain::notice::NoticeKind;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::bulletin::{list_pending_changes, list_published_figures};
use xiaoxiang_services::notice::list_notices;
use xiaoxiang_services::registration::{StepRequest, papers_issued_for, read_application};
use xiaoxiang_store::{Db, both_backends};

use super::super::bulletins::sign;
use super::super::support::ACTOR;
use super::world::{Mode, World, enter, form};

both_backends! {
    async fn a_change_finds_figures_papers_and_departments(db: Db) {
        let world = World::new(db, Mode::Own).await;
        let id = world.approved(&form("示例算法开发", 1_000_000)).await;
        let bulletin = sign(&world.app, "2026-11").await;
        let number = read_application(&world.app, &ACTOR, &id).await.unwrap().row.registration_number.unwrap();
        let figures = list_published_figures(&world.app, &ACTOR, &number).await.unwrap();
        assert!(!figures.is_empty() && figures.iter().all(|figure| !figure.waits()), "{figures:?}");
        let papers = papers_issued_for(&world.app, &ACTOR, &number).await.unwrap();
        let keys: Vec<&str> = papers.iter().map(|paper| paper.key.as_str()).collect();
        assert_eq!(keys, ["certificate", "technical_income_sheet"]);
        assert!(papers.iter().all(|paper| paper.is_current && paper.number == "湘技证〔2026〕1号"), "{papers:?}");

        let changed = Some(form("示例算法开发", 900_000));
        let request = StepRequest { form: changed, words: "调减".to_owned(), ..StepRequest::plain(Step::Change, 0) };
        world.ask(&world.officer_a, &id, request).await.unwrap();
        let figures = list_published_figures(&world.app, &ACTOR, &number).await.unwrap();
        for figure in &figures {
            assert!(figure.waits(), "{figure:?}");
            assert_eq!(figure.published.contract_value, 100_000_000);
            assert_eq!(figure.now.contract_value, 90_000_000);
        }
        assert_eq!(list_pending_changes(&world.app, &bulletin).await.unwrap().len(), figures.len());
        let papers = papers_issued_for(&world.app, &ACTOR, &number).await.unwrap();
        assert!(papers.len() == 2 && papers.iter().all(|paper| !paper.is_current), "{papers:?}");
        let told = list_notices(&world.app, &world.finance, None).await.unwrap().notices;
        assert!(told.iter().any(|notice| notice.kind == NoticeKind::RegistrationChanged), "{told:?}");

        let stranger = enter(&world.app, Role::Registrar, Scope::Registrar(world.registrar_key + 100)).await;
        let hidden = list_published_figures(&world.app, &stranger, &number).await;
        assert!(matches!(hidden, Err(Refusal::NotFound(_) | Refusal::Forbidden(_))), "{hidden:?}");
        world.with_reason(&world.officer_a, &id, Step::Cancel, "").await.unwrap();
        let figures = list_published_figures(&world.app, &ACTOR, &number).await.unwrap();
        assert!(figures.iter().all(|figure| figure.waits() && figure.now.is_empty()), "{figures:?}");
    }
}
