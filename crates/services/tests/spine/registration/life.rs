//! Applications from the draft to the end of the contract.

use jiff::civil::date;
use xiaoxiang_domain::bulletin::{Dimension, Direction};
use xiaoxiang_domain::contract::procedure::{ApplicationState, Due, Step};
use xiaoxiang_domain::fact::Standing;
use xiaoxiang_services::contract::{ListFile, Personal, read_contract, withdraw_contract};
use xiaoxiang_services::registration::{
    Answer, ApplicationsAsk, NewRequest, RequestKind, RequestOutcome, StepRequest, answer_request,
    export_pre_reviewed, list_applications, raise_request, read_application, read_attachment,
    read_public_standing,
};
use xiaoxiang_store::{Db, both_backends};

use crate::registration::world::{BUYER, Mode, PDF, SELLER, World, form, purchase, with_purchase};
use crate::support::{ACCEPTING, ACTOR, ask, import, table};

const YUAN: i64 = 100;
/// A contract of other parties in the national system's answer.
const OTHERS: &str = "2026430100000095";

both_backends! {
    async fn a_contract_is_returned_corrected_reviewed_by_experts_registered_changed_and_cancelled(db: Db) {
        let world = World::new(db, Mode::Own).await;
        let application = with_purchase(&form("示例算法开发", 6_000_000), 500_000);
        let id = world.draft(&application).await;
        let text = world.attach(&id, "合同.pdf", PDF).await.unwrap();
        world.step(&world.agent, &id, Step::Submit).await.unwrap();
        world.with_reason(&world.officer_a, &id, Step::Return, "signature_missing").await.unwrap();
        world.let_it_be(date(2026, 11, 25), 2);
        world.step(&world.agent, &id, Step::Submit).await.unwrap();
        world.step(&world.officer_a, &id, Step::Accept).await.unwrap();
        let page = read_application(&world.app, &world.officer_a, &id).await.unwrap();
        assert_eq!(page.row.acceptance_number.as_deref(), Some("湘技受〔2026〕1号"));
        assert!(page.needs_experts, "5.5 million of technology value");
        // Fifteen working days after 25 November.
        let Some(Due::On { last_day, .. }) = page.due else { panic!("{:?}", page.due) };
        assert_eq!(last_day, date(2026, 12, 16));

        world.step(&world.officer_a, &id, Step::AskExperts).await.unwrap();
        let seen = read_attachment(&world.app, &world.expert, &id, &text).await.unwrap();
        assert_eq!((seen.bytes.as_slice(), seen.media_type.as_str()), (PDF, "application/pdf"));
        world.with_reason(&world.expert, &id, Step::GiveExpertOpinion, "agree").await.unwrap();
        let items = Some(vec![purchase(600_000)]);
        let review = StepRequest { cost_items: items, ..StepRequest::plain(Step::FirstReview, 0) };
        world.ask(&world.officer_a, &id, review).await.unwrap();
        let done = world.step(&world.officer_b, &id, Step::Approve).await.unwrap();
        assert_eq!(done.state, ApplicationState::Registered);
        let page = read_application(&world.app, &world.agent, &id).await.unwrap();
        let number = page.row.registration_number.clone().expect("a number");
        assert_eq!(number, "2026430000000001");
        assert_eq!(page.row.certificate_number.as_deref(), Some("湘技证〔2026〕1号"));
        assert_eq!(page.row.technology_value_fen, Some(5_400_000 * YUAN));
        assert_eq!(page.due, None, "the clock stands");
        let of_type = ask(Direction::Registered, Dimension::City, "2026-11");
        let sums = table(&world.app, &of_type).await;
        assert_eq!(sums[&430_100], (1, i128::from(6_000_000 * YUAN), i128::from(5_400_000 * YUAN)));
        let contract = read_contract(&world.app, &ACTOR, &number, Personal::Withheld).await.unwrap();
        assert_eq!(contract.versions[0].position, done.position);

        let token = page.row.public_token.clone().expect("a link");
        let public = read_public_standing(&world.app, &token).await.unwrap();
        assert_eq!(public.state, ApplicationState::Registered);
        assert_eq!(public.registration_number.as_deref(), Some(number.as_str()));

        // The parties agree on another price: the agent asks, the registrar changes.
        let changed = with_purchase(&form("示例算法开发", 5_000_000), 500_000);
        let wish = NewRequest {
            kind: RequestKind::Change,
            revision: page.row.revision,
            words: "补充协议调减价款".to_owned(),
            form: Some(changed.clone()),
        };
        raise_request(&world.app, &world.agent, &id, &wish).await.unwrap();
        let change = StepRequest { form: Some(changed), ..StepRequest::plain(Step::Change, 0) };
        world.ask(&world.officer_a, &id, change).await.unwrap();
        let contract = read_contract(&world.app, &ACTOR, &number, Personal::Withheld).await.unwrap();
        assert_eq!((contract.versions.len(), contract.contract.technology_value.0), (2, 4_500_000 * YUAN));
        assert_eq!(contract.contract.registrar_name, crate::registration::world::REGISTRAR);
        let sums = table(&world.app, &of_type).await;
        assert_eq!(sums[&430_100].1, i128::from(5_000_000 * YUAN));
        let page = read_application(&world.app, &world.agent, &id).await.unwrap();
        assert_eq!(page.requests[0].row.outcome.as_deref(), Some("upheld"));

        // Finance objects; the province answers.
        let objection = NewRequest {
            kind: RequestKind::Objection,
            revision: page.row.revision,
            words: "价款中疑含设备".to_owned(),
            form: None,
        };
        let request_id = raise_request(&world.app, &world.finance, &id, &objection).await.unwrap();
        assert!(read_application(&world.app, &world.province, &id).await.unwrap().is_disputed);
        let answer = Answer {
            request_id,
            revision: world.revision(&id).await,
            outcome: RequestOutcome::Rejected,
            words: "已核对费用清单".to_owned(),
        };
        answer_request(&world.app, &world.province, &id, &answer).await.unwrap();

        world.with_reason(&world.officer_b, &id, Step::Cancel, "").await.unwrap();
        assert_eq!(world.state(&id).await, ApplicationState::Cancelled);
        let contract = read_contract(&world.app, &ACTOR, &number, Personal::Withheld).await.unwrap();
        assert_eq!(contract.contract.standing, Standing::Withdrawn);
        assert!(!table(&world.app, &of_type).await.contains_key(&430_100));
        let public = read_public_standing(&world.app, &token).await.unwrap();
        assert_eq!(public.state, ApplicationState::Cancelled);
    }
}

both_backends! {
    async fn the_province_revokes_and_overturns(db: Db) {
        let world = World::new(db, Mode::Own).await;
        let revoked = world.approved(&form("示例被撤销的合同", 100_000)).await;
        let by_registrar = world.with_reason(&world.officer_a, &revoked, Step::Revoke, "fictitious").await;
        assert_eq!(by_registrar.unwrap_err().code(), "forbidden");
        world.revoked(&revoked, "fictitious").await;
        assert_eq!(world.state(&revoked).await, ApplicationState::Revoked);
        let sums = table(&world.app, &ask(Direction::Registered, Dimension::City, "2026-11")).await;
        assert!(sums.is_empty(), "{sums:?}");

        let id = world.accepted(&form("示例被拒的合同", 100_000)).await;
        world.step(&world.officer_a, &id, Step::FirstReview).await.unwrap();
        world.with_reason(&world.officer_b, &id, Step::Refuse, "not_technology").await.unwrap();
        let objection = NewRequest {
            kind: RequestKind::Objection,
            revision: world.revision(&id).await,
            words: "确有技术内容".to_owned(),
            form: None,
        };
        raise_request(&world.app, &world.agent, &id, &objection).await.unwrap();
        world.with_reason(&world.province, &id, Step::Reopen, "").await.unwrap();
        world.step(&world.officer_a, &id, Step::FirstReview).await.unwrap();
        let refused = world.step(&world.officer_b, &id, Step::Approve).await.unwrap_err();
        assert_eq!(refused.code(), "registration.expert_opinion.missing", "a dispute calls for experts");
        world.step(&world.officer_b, &id, Step::AskExperts).await.unwrap();
        world.with_reason(&world.expert, &id, Step::GiveExpertOpinion, "agree").await.unwrap();
        world.step(&world.officer_a, &id, Step::FirstReview).await.unwrap();
        world.step(&world.officer_b, &id, Step::Approve).await.unwrap();
        assert_eq!(world.state(&id).await, ApplicationState::Registered);
    }
}

both_backends! {
    async fn approved_applications_go_to_the_national_system_and_their_numbers_come_back(db: Db) {
        let world = World::new(db, Mode::PreReview).await;
        let id = world.approved(&with_purchase(&form("示例预审合同", 300_000), 50_000)).await;
        let twins = [
            world.approved(&form("示例双胞胎", 10_000)).await,
            world.approved(&form("示例双胞胎", 10_000)).await,
        ];
        assert_eq!(world.state(&id).await, ApplicationState::PreReviewed);
        let exported = export_pre_reviewed(&world.app, &world.officer_a, ListFile::Csv).await.unwrap();
        assert_eq!(exported.count, 3);
        let text = String::from_utf8(exported.bytes).unwrap();
        let mut lines = text.trim_start_matches('\u{feff}').lines();
        let header = lines.next().unwrap();
        let columns: Vec<&str> = header.split(',').collect();
        let at = |name: &str| columns.iter().position(|column| *column == name).expect("a column");
        let (number, day) = (at("合同登记编号"), at("登记日期"));
        let mut answer = format!("{header}\n");
        for (serial, line) in lines.enumerate() {
            let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
            assert_eq!(cells.len(), columns.len(), "{line}");
            cells[number] = format!("202643010000009{serial}");
            cells[day] = "2026-11-20".to_owned();
            answer.push_str(&cells.join(","));
            answer.push('\n');
            if serial == 0 {
                cells[number] = OTHERS.to_owned();
                answer.push_str(&cells.join(",").replace(SELLER, "示例研究院").replace(BUYER, "示例工厂"));
                answer.push('\n');
            }
        }
        let report = import(&world.app, answer.clone().into_bytes(), ACCEPTING).await.unwrap();
        assert_eq!((report.new, report.problem_count), (4, 0));
        let page = read_application(&world.app, &world.agent, &id).await.unwrap();
        assert_eq!(page.state, ApplicationState::Registered);
        let national = page.row.registration_number.clone().expect("the national number");
        assert_eq!(page.row.registered_on.as_deref(), Some("2026-11-20"));
        assert_eq!(page.row.certificate_number, None, "the desk issues receipts only");
        let contract = read_contract(&world.app, &ACTOR, &national, Personal::Withheld).await.unwrap();
        assert_eq!(contract.contract.technology_value.0, 250_000 * YUAN);
        assert_eq!(Some(contract.versions[0].position), report.position);
        for twin in &twins {
            assert_eq!(world.state(twin).await, ApplicationState::PreReviewed, "nobody can tell them apart");
        }
        let ask = ApplicationsAsk { states: vec![ApplicationState::PreReviewed], ..ApplicationsAsk::default() };
        let queue = list_applications(&world.app, &world.officer_a, &ask).await.unwrap();
        assert_eq!(queue.items.len(), 2);

        // A registrar can, and names their numbers.
        let numbers = (0..3).map(|serial| format!("202643010000009{serial}"));
        let free: Vec<String> = numbers.filter(|number| *number != national).collect();
        let name = async |twin: usize, number: &str| {
            let registration_number = Some(number.to_owned());
            let step = StepRequest { registration_number, ..StepRequest::plain(Step::TakeNationalResult, 0) };
            world.ask(&world.officer_a, &twins[twin], step).await
        };
        for (number, code) in [
            ("", "registration.national_number.unknown"),
            ("2026430100000099", "registration.national_number.unknown"),
            (national.as_str(), "registration.national_number.taken"),
            (OTHERS, "registration.national_number.other_party"),
        ] {
            assert_eq!(name(0, number).await.unwrap_err().code(), code, "{number}");
        }
        let (one, other) = tokio::join!(name(0, &free[0]), name(1, &free[0]));
        let refused = [&one, &other].into_iter().filter_map(|done| done.as_ref().err()).collect::<Vec<_>>();
        assert_eq!(refused.len(), 1, "a number belongs to one of them");
        assert_eq!(refused[0].code(), "registration.national_number.taken");
        name(usize::from(one.is_ok()), &free[1]).await.unwrap();
        for twin in &twins {
            let page = read_application(&world.app, &world.agent, twin).await.unwrap();
            assert_eq!(page.state, ApplicationState::Registered);
            assert!(free.contains(page.row.registration_number.as_ref().unwrap()));
            assert_eq!(page.row.registered_on.as_deref(), Some("2026-11-20"));
        }

        // What the national system cancels is cancelled here by the next sheet, in its commit.
        let mut line = answer.lines().find(|line| line.contains(&national)).expect("its line").to_owned();
        let mut cells: Vec<&str> = line.split(',').collect();
        cells[at("合同状态")] = "注销";
        line = format!("{header}\n{}\n", cells.join(","));
        let report = import(&world.app, line.into_bytes(), ACCEPTING).await.unwrap();
        assert_eq!((report.changed, report.problem_count), (1, 0));
        let page = read_application(&world.app, &world.agent, &id).await.unwrap();
        assert_eq!((page.state, page.steps.last().unwrap().step), (ApplicationState::Cancelled, Step::Cancel));
        let public = read_public_standing(&world.app, &page.row.public_token.unwrap()).await.unwrap();
        assert_eq!(public.state, ApplicationState::Cancelled);
        // Nor does the public page confirm what was withdrawn without a step.
        withdraw_contract(&world.app, &world.province, &free[0], 1).await.unwrap();
        let twin = usize::from(one.is_err());
        let token = read_application(&world.app, &world.agent, &twins[twin]).await.unwrap().row.public_token;
        let public = read_public_standing(&world.app, &token.unwrap()).await.unwrap();
        assert_eq!((public.registration_number, public.state), (Some(free[0].clone()), ApplicationState::Cancelled));
        world.with_reason(&world.officer_a, &twins[1 - twin], Step::Cancel, "").await.unwrap();
    }
}
