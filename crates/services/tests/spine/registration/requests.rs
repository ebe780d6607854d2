//! What is asked for after the fact, and which of it a step answers.

use std::collections::BTreeSet;

use xiaoxiang_domain::contract::application::ApplicationForm;
use xiaoxiang_domain::contract::procedure::Step;
use xiaoxiang_services::registration::{
    Answer, NewRequest, RequestKind, RequestOutcome, StepRequest, answer_request, raise_request,
    read_application,
};
use xiaoxiang_store::{Db, both_backends};

use super::world::{Mode, World, form};

async fn wish(world: &World, id: &str, kind: RequestKind, form: Option<ApplicationForm>) -> String {
    let words = "示例理由".to_owned();
    let request = NewRequest { kind, revision: world.revision(id).await, words, form };
    raise_request(&world.app, &world.agent, id, &request).await.unwrap()
}

/// Checks which requests are without an answer.
async fn assert_open<const N: usize>(world: &World, id: &str, wanted: [&str; N]) {
    let page = read_application(&world.app, &world.officer_a, id).await.unwrap();
    let open = page.requests.iter().filter(|request| request.row.outcome.is_none());
    let open: BTreeSet<_> = open.map(|request| request.row.request_id.as_str()).collect();
    assert_eq!(open, BTreeSet::from(wanted));
}

both_backends! {
    async fn a_step_answers_the_request_that_it_decides_and_no_other(db: Db) {
        let world = World::new(db, Mode::Own).await;
        let id = world.approved(&form("示例平台开发服务", 1_000_000)).await;
        let stood = read_application(&world.app, &world.agent, &id).await.unwrap().form;
        let changed = |project: &str| {
            let mut form = stood.clone();
            form.fields.insert("project_name".to_owned(), project.to_owned());
            form
        };
        let (one, other, third) = (changed("示例一"), changed("示例二"), changed("示例三"));
        let first = wish(&world, &id, RequestKind::Change, Some(one.clone())).await;
        let second = wish(&world, &id, RequestKind::Change, Some(other.clone())).await;
        let cancel = wish(&world, &id, RequestKind::Cancel, None).await;
        let again = wish(&world, &id, RequestKind::Cancel, None).await;
        let change = |form: &ApplicationForm, request_id: Option<&str>| StepRequest {
            form: Some(form.clone()),
            request_id: request_id.map(str::to_owned),
            ..StepRequest::plain(Step::Change, 0)
        };
        // The registrar's own change answers nobody's wish.
        world.ask(&world.officer_a, &id, change(&third, None)).await.unwrap();
        assert_open(&world, &id, [&first, &second, &cancel, &again]).await;
        // A change that reads like a wish answers that wish, however many there are.
        world.ask(&world.officer_a, &id, change(&other, None)).await.unwrap();
        assert_open(&world, &id, [&first, &cancel, &again]).await;
        // Named, it is answered even where the registrar corrects it; what is answered or of another kind is refused.
        for wrong in [second.as_str(), cancel.as_str(), "0198c0de-0000-7000-8000-000000000000"] {
            let refused = world.ask(&world.officer_a, &id, change(&third, Some(wrong))).await.unwrap_err();
            assert_eq!(refused.code(), "registration.request.not_open");
        }
        world.ask(&world.officer_a, &id, change(&third, Some(&first))).await.unwrap();
        assert_open(&world, &id, [&cancel, &again]).await;
        // Two cancellations: which one was decided has to be said, and the other one stays open.
        let which = world.with_reason(&world.officer_a, &id, Step::Cancel, "").await.unwrap_err();
        assert_eq!(which.code(), "registration.request.which");
        let step = StepRequest {
            words: "同意".to_owned(),
            request_id: Some(again.clone()),
            ..StepRequest::plain(Step::Cancel, 0)
        };
        world.ask(&world.officer_a, &id, step).await.unwrap();
        assert_open(&world, &id, [&cancel]).await;
        let answer = Answer {
            request_id: cancel,
            revision: world.revision(&id).await,
            outcome: RequestOutcome::Rejected,
            words: "已按另一项申请注销".to_owned(),
        };
        answer_request(&world.app, &world.officer_a, &id, &answer).await.unwrap();
        assert_open(&world, &id, []).await;
    }

    async fn a_revocation_upholds_no_objection(db: Db) {
        let world = World::new(db, Mode::Own).await;
        let id = world.approved(&form("示例平台开发服务", 1_000_000)).await;
        let objection = wish(&world, &id, RequestKind::Objection, None).await;
        world.revoked(&id, "fictitious").await;
        assert_open(&world, &id, [&objection]).await;
    }
}
