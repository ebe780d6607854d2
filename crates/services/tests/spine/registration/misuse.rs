//! What people do to the desk, by mistake and otherwise.

use std::collections::BTreeMap;

use jiff::civil::date;
use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_domain::contract::application::ApplicationForm;
use xiaoxiang_domain::contract::procedure::{ApplicationState, Due, Step};
use xiaoxiang_services::Refusal;
use xiaoxiang_services::registration::{
    ApplicationsAsk, SavedForm, StepRequest, erase_texts, list_applications, read_application,
    read_attachment, read_public_standing, save_application, start_application, take_step,
};
use xiaoxiang_store::{Db, both_backends};

use crate::registration::world::{Mode, PDF, World, also, enter, form};
use crate::support::ACTOR;

fn codes(refusal: Refusal) -> Vec<String> {
    match refusal {
        Refusal::Fields(problems) => problems.into_iter().map(|problem| problem.field).collect(),
        Refusal::Obstacles(obstacles) => obstacles.iter().map(|one| one.code().to_owned()).collect(),
        other => vec![other.code().to_owned()],
    }
}

both_backends! {
    async fn a_form_is_told_everything_that_it_lacks_at_once_and_loses_nothing(db: Db) {
        let world = World::new(db, Mode::Own).await;
        let mut typed = form("示例未完成", 100);
        typed.fields.remove("signed_on");
        typed.fields.insert("contract_value".to_owned(), "一百元".to_owned());
        typed.fields.insert("valid_to".to_owned(), "明年".to_owned());
        typed.undertaking.confidentiality_reviewer.clear();
        typed.cost_items = vec![crate::registration::world::purchase(5)];
        typed.cost_items[0].amount = "五元".to_owned();
        let id = world.draft(&typed).await;
        let page = read_application(&world.app, &world.agent, &id).await.unwrap();
        assert_eq!(page.form, typed, "as typed");
        let lacking = codes(world.step(&world.agent, &id, Step::Submit).await.unwrap_err());
        for field in [
            "contract_value",
            "valid_to",
            "signed_on",
            "undertaking.confidentiality_reviewer",
            "cost_items.0.amount",
        ] {
            assert!(lacking.iter().any(|one| one == field), "{field} in {lacking:?}");
        }
        assert_eq!(page.problems.len(), lacking.len(), "the page tells the same");
        assert_eq!(world.state(&id).await, ApplicationState::Draft);
    }
}

both_backends! {
    async fn one_applies_for_ones_own_contract_and_sees_only_ones_own(db: Db) {
        let world = World::new(db, Mode::Own).await;
        let mut of_others = form("示例他人合同", 100);
        of_others.fields.insert("seller_name".to_owned(), "别的大学".to_owned());
        let id = world.draft(&of_others).await;
        assert_eq!(codes(world.step(&world.agent, &id, Step::Submit).await.unwrap_err()), ["seller_name"]);
        let buyer = enter(&world.app, Role::OrganisationAgent, Scope::Organisation(world.buyer_key)).await;
        let elsewhere = enter(&world.app, Role::Registrar, Scope::Registrar(world.registrar_key + 7)).await;
        let mine = world.accepted(&form("示例自己的合同", 100)).await;
        for stranger in [&buyer, &elsewhere, &world.expert] {
            assert_eq!(read_application(&world.app, stranger, &mine).await.unwrap_err().code(), "not_found");
            let all = list_applications(&world.app, stranger, &ApplicationsAsk::default()).await.unwrap();
            assert!(all.items.is_empty() && all.counts.iter().all(|count| count.count == 0));
        }
        // A draft is nobody else's business, not even the province's.
        for other in [&world.officer_a, &world.province, &world.auditor] {
            assert_eq!(read_application(&world.app, other, &id).await.unwrap_err().code(), "not_found");
            let all = list_applications(&world.app, other, &ApplicationsAsk::default()).await.unwrap();
            assert_eq!(all.items.len(), 1);
        }
        let seen = read_application(&world.app, &world.province, &mine).await.unwrap();
        assert!(!seen.form.fields.contains_key("seller_contact"), "{:?}", seen.form.fields);
        assert!(seen.applicant.is_empty() && seen.handed_in.is_empty());
        let foreign = start_application(&world.app, &world.province, world.registrar_key).await;
        assert_eq!(foreign.unwrap_err().code(), "forbidden");
        let nowhere = start_application(&world.app, &world.agent, 999).await;
        assert_eq!(nowhere.unwrap_err().code(), "application.registrar");
    }
}

both_backends! {
    async fn nobody_decides_for_the_own_organisation_nor_twice(db: Db) {
        let world = World::new(db, Mode::Own).await;
        let id = world.accepted(&form("示例回避", 100_000)).await;
        for (own, officer) in [(world.buyer_key, &world.officer_a), (world.seller_key, &world.officer_b)] {
            also(&world.app, officer, Role::OrganisationAgent, Scope::Organisation(own)).await;
            let refused = world.step(officer, &id, Step::FirstReview).await.unwrap_err();
            assert_eq!(codes(refused), ["registration.officer.own_organisation"]);
            let page = read_application(&world.app, officer, &id).await.unwrap();
            let open = page.steps_open.iter().find(|open| open.step == Step::FirstReview).expect("offered");
            assert_eq!(open.obstacles.len(), 1, "and said why not");
        }
        let office = Scope::Registrar(world.registrar_key);
        let c = enter(&world.app, Role::Registrar, office).await;
        world.step(&c, &id, Step::FirstReview).await.unwrap();
        let twice = world.step(&c, &id, Step::Approve).await.unwrap_err();
        assert_eq!(codes(twice), ["registration.officer.same_reviewer"]);
        let d = enter(&world.app, Role::Registrar, office).await;
        world.step(&d, &id, Step::Approve).await.unwrap();
    }
}

both_backends! {
    async fn of_two_registrars_at_once_the_second_sees_what_changed(db: Db) {
        let world = World::new(db, Mode::Own).await;
        let id = world.draft(&form("示例并发", 100)).await;
        world.step(&world.agent, &id, Step::Submit).await.unwrap();
        let revision = world.revision(&id).await;
        let accept = StepRequest::plain(Step::Accept, revision);
        let back = StepRequest {
            reason_codes: vec!["incomplete_text".to_owned()],
            ..StepRequest::plain(Step::Return, revision)
        };
        let (a, b) = tokio::join!(
            take_step(&world.app, &world.officer_a, &id, &accept),
            take_step(&world.app, &world.officer_b, &id, &back),
        );
        let refused = match (a, b) {
            (Ok(_), Err(refused)) | (Err(refused), Ok(_)) => refused,
            other => panic!("one of the two: {other:?}"),
        };
        assert_eq!(refused.code(), "stale");
        let (zh, _) = refused.sentences();
        assert!(zh.contains("已受理") || zh.contains("待补正"), "{zh}");
        // The same post again does nothing a second time.
        let steps = read_application(&world.app, &ACTOR, &id).await.unwrap().steps.len();
        for request in [&accept, &back] {
            let again = take_step(&world.app, &world.officer_a, &id, request).await;
            assert_eq!(again.unwrap_err().code(), "stale");
        }
        assert_eq!(read_application(&world.app, &ACTOR, &id).await.unwrap().steps.len(), steps);
    }
}

both_backends! {
    async fn saving_over_another_window_is_refused(db: Db) {
        let world = World::new(db, Mode::Own).await;
        let id = world.draft(&form("示例两个窗口", 100)).await;
        let old = SavedForm { revision: 1, registrar_key: None, form: ApplicationForm::default() };
        let refused = save_application(&world.app, &world.agent, &id, &old).await.unwrap_err();
        assert_eq!(refused.code(), "stale");
        let unknown = ApplicationForm {
            fields: BTreeMap::from([("registration_number".to_owned(), "1".to_owned())]),
            ..ApplicationForm::default()
        };
        let forged = SavedForm { revision: 2, registrar_key: None, form: unknown };
        let refused = save_application(&world.app, &world.agent, &id, &forged).await.unwrap_err();
        assert_eq!(codes(refused), ["registration_number"]);
        world.step(&world.agent, &id, Step::Submit).await.unwrap();
        let late = SavedForm { revision: 3, registrar_key: None, form: ApplicationForm::default() };
        let refused = save_application(&world.app, &world.agent, &id, &late).await.unwrap_err();
        assert_eq!(refused.code(), "application.not_writable");
    }
}

both_backends! {
    async fn texts_come_after_the_undertaking_and_each_view_is_logged(db: Db) {
        let world = World::new(db, Mode::Own).await;
        let mut secret = form("示例附件", 100);
        secret.undertaking.holds_no_secrets = false;
        let id = world.draft(&secret).await;
        let refused = world.attach(&id, "合同.pdf", PDF).await.unwrap_err();
        assert_eq!(codes(refused), ["registration.undertaking.missing"]);
        let saved = SavedForm { revision: 2, registrar_key: None, form: form("示例附件", 100) };
        save_application(&world.app, &world.agent, &id, &saved).await.unwrap();
        let text = world.attach(&id, "../../合同\u{202e}.pdf", PDF).await.unwrap();
        for (name, bytes, code) in [
            ("合同.pdf", &b"MZ program"[..], "attachment.kind"),
            ("合同.pdf.exe", PDF, "attachment.name_lies"),
            ("合同.pdf", b"", "upload.empty"),
        ] {
            assert_eq!(world.attach(&id, name, bytes).await.unwrap_err().code(), code);
        }
        let large = vec![b' '; 20 * 1024 * 1024 + 1];
        assert_eq!(world.attach(&id, "合同.pdf", &large).await.unwrap_err().code(), "upload.too_large");
        let page = read_application(&world.app, &world.agent, &id).await.unwrap();
        assert_eq!(page.attachments.len(), 1);
        let name = &page.attachments[0].file_name;
        assert!(!name.contains('/') && !name.contains('\u{202e}') && name.ends_with(".pdf"), "{name}");

        world.step(&world.agent, &id, Step::Submit).await.unwrap();
        let late = world.attach(&id, "合同.pdf", PDF).await.unwrap_err();
        assert_eq!(late.code(), "application.not_writable");
        read_attachment(&world.app, &world.officer_a, &id, &text).await.unwrap();
        for (who, code) in [(&world.province, "forbidden"), (&world.finance, "forbidden"), (&world.auditor, "registration.text.not_named")] {
            assert_eq!(read_attachment(&world.app, who, &id, &text).await.unwrap_err().code(), code);
        }
        let forged = read_attachment(&world.app, &world.officer_a, &id, "0198c0de-0000-7000-8000-000000000000");
        assert_eq!(forged.await.unwrap_err().code(), "not_found");
        let mut tx = world.app.db.read().await.unwrap();
        let entries =
            xiaoxiang_store::log::list_of_subject(&mut tx, &format!("application:{id}")).await.unwrap();
        drop(tx);
        let views = entries.iter().filter(|entry| entry.kind == "registration.text_viewed").count();
        assert_eq!(views, 1);
        assert!(entries.iter().all(|entry| !entry.payload.contains("示例联系人")), "no personal data in clear");

        assert_eq!(erase_texts(&world.app, &world.province, &id, "申请人要求").await.unwrap(), 1);
        let gone = read_attachment(&world.app, &world.officer_a, &id, &text).await.unwrap_err();
        assert_eq!(gone.code(), "attachment.erased");
        let page = read_application(&world.app, &world.officer_a, &id).await.unwrap();
        assert!(!page.attachments[0].sha256.is_empty(), "the hash stays");
    }
}

both_backends! {
    async fn the_legal_day_is_that_of_the_region_and_the_years_end_has_no_calendar(db: Db) {
        let world = World::new(db, Mode::Own).await;
        // 16:00 UTC on 31 December is midnight in Hunan: the first day of 2027.
        world.let_it_be(date(2026, 12, 31), 15);
        let old = world.accepted(&form("示例年末", 100)).await;
        world.let_it_be(date(2026, 12, 31), 16);
        let new = world.accepted(&form("示例年初", 100)).await;
        let page = read_application(&world.app, &world.officer_a, &old).await.unwrap();
        assert_eq!(page.row.acceptance_number.as_deref(), Some("湘技受〔2026〕1号"));
        assert_eq!(page.row.accepted_on.as_deref(), Some("2026-12-31"));
        assert_eq!(page.due, Some(Due::CalendarMissing { from: date(2026, 12, 31), days: 15 }));
        assert_eq!(page.row.due_on, None);
        let page = read_application(&world.app, &world.officer_a, &new).await.unwrap();
        assert_eq!(page.row.acceptance_number.as_deref(), Some("湘技受〔2027〕1号"));
        assert_eq!(page.row.accepted_on.as_deref(), Some("2027-01-01"));
    }
}

both_backends! {
    async fn forged_links_lead_nowhere_and_steps_need_their_reasons(db: Db) {
        let world = World::new(db, Mode::Own).await;
        let id = world.accepted(&form("示例理由", 100)).await;
        let token = read_application(&world.app, &world.agent, &id).await.unwrap().row.public_token.unwrap();
        let mut forged = token.clone();
        forged.replace_range(..1, if token.starts_with('0') { "1" } else { "0" });
        for link in ["", "x", forged.as_str(), "' OR '1'='1", &token.repeat(2), &token[..63]] {
            assert_eq!(read_public_standing(&world.app, link).await.unwrap_err().code(), "not_found");
        }
        let public = read_public_standing(&world.app, &token).await.unwrap();
        assert_eq!((public.state, public.certificate_number), (ApplicationState::Accepted, None));
        let bare = world.step(&world.officer_a, &id, Step::Return).await.unwrap_err();
        assert_eq!(codes(bare), ["registration.reason.missing"]);
        let invented = world.with_reason(&world.officer_a, &id, Step::Return, "because").await.unwrap_err();
        assert_eq!(invented.code(), "registration.reason.unknown");
        let national = world.step(&world.officer_a, &id, Step::TakeNationalResult).await.unwrap_err();
        assert_eq!(codes(national), ["registration.step.not_from_here"]);
        let early = world.step(&world.officer_b, &id, Step::Approve).await.unwrap_err();
        assert_eq!(codes(early), ["registration.step.not_from_here"]);
        let wrong = world.step(&world.agent, &id, Step::Accept).await.unwrap_err();
        assert_eq!(wrong.code(), "forbidden");
    }
}
