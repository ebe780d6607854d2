//! Registration points: how they work, who opens and closes them, what a closed one hands on, and the ledger.

use jiff::civil::date;
use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_domain::bulletin::FileLanguage;
use xiaoxiang_domain::contract::application::ApplicationForm;
use xiaoxiang_domain::contract::procedure::{ApplicationState, PointAct, Step};
use xiaoxiang_domain::fact::Source;
use xiaoxiang_domain::period::Period;
use xiaoxiang_services::bulletin::PublicFormat;
use xiaoxiang_services::contract::{WrittenValue, check_contract, record_contract};
use xiaoxiang_services::registration::point::{
    HandOn, NewPoint, Turn, hand_on, list_points, open_new_point, read_ledger, read_point, turn_point,
    write_ledger,
};
use xiaoxiang_services::registration::{
    NewRequest, RequestKind, SavedForm, list_registrars, raise_request, save_application, start_application,
};
use xiaoxiang_store::{Db, both_backends};

use super::world::{Mode, REGISTRAR, World, also, enter, form};
use crate::support::ACTOR;

fn year() -> Period {
    Period::year(2026).unwrap()
}

fn close(reason: &str) -> Turn {
    Turn { act: PointAct::Close, on: date(2026, 11, 23), reason: reason.to_owned() }
}

/// A form whose contract was signed before October.
fn signed_early(project: &str, yuan: i64) -> ApplicationForm {
    let mut form = form(project, yuan);
    for key in ["signed_on", "valid_from"] {
        form.fields.insert(key.to_owned(), "2026-09-28".to_owned());
    }
    form
}

async fn second_point(world: &World) -> i64 {
    let new = NewPoint {
        code: "B02".to_owned(),
        name: "示例第二登记处".to_owned(),
        on: date(2026, 11, 23),
        reason: "示例文件〔2026〕2号".to_owned(),
    };
    open_new_point(&world.app, &world.province, &new).await.unwrap()
}

both_backends! {
    async fn a_point_shows_staff_load_days_corrections_and_what_was_overturned(db: Db) {
        let world = World::new(db, Mode::Own).await;
        world.let_it_be(date(2026, 10, 8), 2);
        let quick = world.accepted(&signed_early("示例快件", 100_000)).await;
        let refused = world.accepted(&signed_early("示例不予登记", 100_001)).await;
        let returned = world.accepted(&signed_early("示例补正", 100_002)).await;
        let slow = world.accepted(&signed_early("示例慢件", 100_003)).await;
        world.with_reason(&world.officer_a, &returned, Step::Return, "amount_missing").await.unwrap();
        world.let_it_be(date(2026, 10, 12), 2);
        world.step(&world.officer_a, &quick, Step::FirstReview).await.unwrap();
        world.step(&world.officer_b, &quick, Step::Approve).await.unwrap();
        world.step(&world.officer_a, &refused, Step::FirstReview).await.unwrap();
        world.with_reason(&world.officer_b, &refused, Step::Refuse, "not_technology").await.unwrap();
        // Fifteen working days after 8 October 2026 (10 October is worked) end on 28 October.
        world.let_it_be(date(2026, 11, 2), 2);
        world.step(&world.officer_a, &slow, Step::FirstReview).await.unwrap();
        world.step(&world.officer_b, &slow, Step::Approve).await.unwrap();
        let objection = NewRequest {
            kind: RequestKind::Objection,
            revision: world.revision(&refused).await,
            words: "示例异议".to_owned(),
            form: None,
        };
        raise_request(&world.app, &world.agent, &refused, &objection).await.unwrap();
        world.with_reason(&world.province, &refused, Step::Reopen, "").await.unwrap();
        let page = list_points(&world.app, &world.province, year()).await.unwrap();
        assert_eq!((page.points.len(), page.staff.map(|rule| rule.least)), (1, Some(3)));
        let point = &page.points[0];
        assert_eq!((point.name.as_str(), point.is_open, point.staff), (REGISTRAR, true, 2));
        let figures = point.figures;
        assert_eq!((figures.accepted, figures.decided), (4, 3));
        assert_eq!(figures.median_days.map(|days| days.to_string()).as_deref(), Some("4"));
        assert_eq!((figures.late, figures.days_beyond), (1, 5));
        assert_eq!((figures.corrections, figures.refusals, figures.overturned), (1, 1, 1));
        assert_eq!((point.load.open, point.load.late), (2, 0), "one reopened, one with the applicant");
        assert_eq!(page.total.map(|(_, total)| total), Some(figures));
        let november = list_points(&world.app, &world.province, "2026-11".parse().unwrap()).await.unwrap();
        let figures = november.points[0].figures;
        assert_eq!((figures.accepted, figures.decided, figures.overturned), (0, 1, 1));
        let own = list_points(&world.app, &world.officer_a, year()).await.unwrap();
        assert!(own.points.len() == 1 && own.total.is_none());
        let unseen = list_points(&world.app, &world.agent, year()).await.unwrap_err();
        assert_eq!(unseen.code(), "not_found");
        let long = list_points(&world.app, &world.province, "2025-01..2026-11".parse().unwrap()).await;
        assert_eq!(long.unwrap_err().code(), "point.period");
    }
}

both_backends! {
    async fn staff_are_people_once_while_their_grants_are_in_force(db: Db) {
        let world = World::new(db, Mode::Own).await;
        let office = Scope::Registrar(world.registrar_key);
        let third = enter(&world.app, Role::Registrar, office).await;
        also(&world.app, &third, Role::Registrar, office).await;
        let other = second_point(&world).await;
        also(&world.app, &third, Role::Registrar, Scope::Registrar(other)).await;
        let point = read_point(&world.app, &world.auditor, world.registrar_key, year()).await.unwrap();
        assert_eq!((point.summary.staff, point.staff.len()), (3, 3));
        world.let_it_be(date(2025, 12, 31), 2);
        let point = read_point(&world.app, &world.auditor, world.registrar_key, year()).await.unwrap();
        assert_eq!(point.summary.staff, 0, "no grant has begun");
        let elsewhere = read_point(&world.app, &world.officer_a, other, year()).await.unwrap_err();
        assert_eq!(elsewhere.code(), "not_found");
    }
}

both_backends! {
    async fn a_closed_point_takes_nothing_new_and_hands_on_what_it_has(db: Db) {
        let world = World::new(db, Mode::Own).await;
        let key = world.registrar_key;
        let draft = world.draft(&form("示例草稿", 100_000)).await;
        let open = world.accepted(&form("示例在办", 100_001)).await;
        world.step(&world.officer_a, &open, Step::FirstReview).await.unwrap();
        let done = world.approved(&form("示例已登记", 100_002)).await;
        let by_registrar = turn_point(&world.app, &world.officer_a, key, &close("示例")).await.unwrap_err();
        assert_eq!(by_registrar.code(), "forbidden");
        let groundless = turn_point(&world.app, &world.province, key, &close(" ")).await.unwrap_err();
        assert_eq!(groundless.code(), "point.reason");
        let early = HandOn { application_ids: vec![open.clone()], to: key, reason: "示例".to_owned() };
        let early = hand_on(&world.app, &world.province, key, &early).await.unwrap_err();
        assert_eq!(early.code(), "point.hand_on.open");
        turn_point(&world.app, &world.province, key, &close("示例撤点")).await.unwrap();
        let again = turn_point(&world.app, &world.province, key, &close("示例撤点")).await.unwrap_err();
        assert_eq!(again.code(), "point.closed_already");
        let begun = start_application(&world.app, &world.agent, key).await.unwrap_err();
        assert_eq!(begun.code(), "application.registrar_closed");
        let handed_in = world.step(&world.agent, &draft, Step::Submit).await.unwrap_err();
        assert_eq!(handed_in.code(), "application.registrar_closed");
        assert!(list_registrars(&world.app, &world.agent).await.unwrap().iter().all(|one| !one.is_open));
        // What it has already goes on there until it is handed on.
        let page = read_point(&world.app, &world.province, key, year()).await.unwrap();
        let named: Vec<&str> = page.open.iter().map(|one| one.application_id.as_str()).collect();
        assert_eq!(named, [open.as_str()]);
        assert!(page.summary.is_given_up && page.others.is_empty() && page.orders.len() == 1);
        let to = second_point(&world).await;
        let page = read_point(&world.app, &world.province, key, year()).await.unwrap();
        assert_eq!(page.others, [(to, "示例第二登记处".to_owned())]);
        let moved = HandOn { application_ids: vec![open.clone()], to, reason: "示例撤点".to_owned() };
        let foreign = HandOn { application_ids: vec![done.clone()], ..moved.clone() };
        let foreign = hand_on(&world.app, &world.province, key, &foreign).await.unwrap_err();
        assert_eq!(foreign.code(), "stale", "a registration without a request is not open");
        let back = HandOn { to: key, ..moved.clone() };
        let back = hand_on(&world.app, &world.province, key, &back).await.unwrap_err();
        assert_eq!(back.code(), "point.hand_on.to");
        assert_eq!(hand_on(&world.app, &world.province, key, &moved).await.unwrap(), 1);
        let twice = hand_on(&world.app, &world.province, key, &moved).await.unwrap_err();
        assert_eq!(twice.code(), "stale");
        let office = Scope::Registrar(to);
        let colleague = enter(&world.app, Role::Registrar, office).await;
        let gone = world.step(&world.officer_b, &open, Step::Approve).await.unwrap_err();
        assert_eq!(gone.code(), "not_found");
        world.step(&colleague, &open, Step::Approve).await.unwrap();
        assert_eq!(world.state(&open).await, ApplicationState::Registered);
        let points = list_points(&world.app, &world.province, year()).await.unwrap().points;
        let of = |key: i64| points.iter().find(|point| point.key == key).unwrap().figures;
        assert_eq!((of(key).accepted, of(key).decided), (2, 1), "what it did stays with it");
        assert_eq!((of(to).accepted, of(to).decided), (0, 1));
        // The draft goes to the other point by its applicant's own hand.
        let saved = SavedForm {
            revision: world.revision(&draft).await,
            registrar_key: Some(to),
            form: form("示例草稿", 100_000),
        };
        save_application(&world.app, &world.agent, &draft, &saved).await.unwrap();
        world.step(&world.agent, &draft, Step::Submit).await.unwrap();
        // A change that is asked for later is named too.
        let request = NewRequest {
            kind: RequestKind::Cancel,
            revision: world.revision(&done).await,
            words: "示例注销".to_owned(),
            form: None,
        };
        raise_request(&world.app, &world.agent, &done, &request).await.unwrap();
        let page = read_point(&world.app, &world.province, key, year()).await.unwrap();
        assert_eq!(page.open.len(), 1);
        let moved = HandOn { application_ids: vec![done.clone()], ..moved };
        hand_on(&world.app, &world.province, key, &moved).await.unwrap();
        world.with_reason(&colleague, &done, Step::Cancel, "").await.unwrap();
        let open_again = Turn { act: PointAct::Open, ..close("示例恢复") };
        turn_point(&world.app, &world.province, key, &open_again).await.unwrap();
        start_application(&world.app, &world.agent, key).await.unwrap();
    }
}

both_backends! {
    async fn registrars_of_other_provinces_are_no_points(db: Db) {
        let world = World::new(db, Mode::PreReview).await;
        let mut contract = other_contract(&world).await;
        contract.registration_number = "2026310100000009".to_owned();
        contract.registrar_name = "外省示例登记处".to_owned();
        record_contract(&world.app, &ACTOR, Source::Exchange, contract).await.unwrap();
        let names = |points: Vec<xiaoxiang_services::registration::point::PointSummary>| -> Vec<String> {
            points.into_iter().map(|point| point.name).collect()
        };
        let page = list_points(&world.app, &world.province, year()).await.unwrap();
        assert_eq!(names(page.points), [REGISTRAR]);
        let choices = list_registrars(&world.app, &world.agent).await.unwrap();
        assert_eq!(choices.len(), 1);
        let known = NewPoint {
            code: String::new(),
            name: REGISTRAR.to_owned(),
            on: date(2026, 11, 23),
            reason: "示例".to_owned(),
        };
        let known = open_new_point(&world.app, &world.province, &known).await.unwrap_err();
        assert_eq!(known.code(), "point.known");
    }
}

async fn other_contract(world: &World) -> xiaoxiang_domain::contract::Contract {
    let text = |text: &str| WrittenValue::Text(text.to_owned());
    let written = [
        ("registration_number", text("2026430100000777")),
        ("project_name", text("示例台账合同")),
        ("registered_on", WrittenValue::Day("2026-11-05".to_owned())),
        ("contract_type", text("技术服务")),
        ("contract_value", WrittenValue::Amount(123_456_789)),
        ("technology_value", WrittenValue::Amount(100_000_000)),
        ("registrar_name", text(REGISTRAR)),
        ("seller_name", text("示例大学")),
        ("seller_division", text("430104")),
        ("buyer_name", text("示例公司")),
        ("buyer_division", text("430204")),
    ];
    let written = written.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    check_contract(&world.app, written).await.unwrap().unwrap().contract
}

both_backends! {
    async fn a_ledger_has_what_was_registered_with_its_papers_and_the_exact_total(db: Db) {
        let world = World::new(db, Mode::Own).await;
        record_contract(&world.app, &ACTOR, Source::Registry, other_contract(&world).await).await.unwrap();
        let mut elsewhere = other_contract(&world).await;
        elsewhere.registration_number = "2026310100000009".to_owned();
        elsewhere.registrar_name = "外省示例登记处".to_owned();
        record_contract(&world.app, &ACTOR, Source::Exchange, elsewhere).await.unwrap();
        let id = world.approved(&form("示例台账申请", 100_000)).await;
        let cancelled = world.approved(&form("示例注销申请", 100_001)).await;
        world.with_reason(&world.officer_a, &cancelled, Step::Cancel, "").await.unwrap();
        let november: Period = "2026-11".parse().unwrap();
        let ledger = read_ledger(&world.app, &world.province, None, november).await.unwrap();
        let row = xiaoxiang_services::registration::read_application(&world.app, &ACTOR, &id).await.unwrap().row;
        assert_eq!(ledger.count, 3);
        let texts = |at: usize| -> Vec<&str> {
            ledger.table.rows[at].cells.iter().map(|cell| cell.text.as_str()).collect()
        };
        assert_eq!(texts(0)[..3], ["2026430100000777", "2026-11-05", "示例台账合同"]);
        assert_eq!(texts(0)[9], "", "it did not go through the desk");
        let of_desk = texts(1);
        assert_eq!(Some(of_desk[0]), row.registration_number.as_deref());
        assert_eq!(Some(of_desk[9]), row.acceptance_number.as_deref());
        assert_eq!(Some(of_desk[11]), row.certificate_number.as_deref());
        let total = ledger.table.rows.last().unwrap();
        // 1,234,567.89 yuan and 100,000 yuan; the cancelled one is left out.
        assert_eq!(total.cells[6].base, Some(123_456_789 + 10_000_000));
        assert_eq!(total.cells[6].text, "133.46");
        assert_eq!(total.cells[2].text, "2 项");
        let own = read_ledger(&world.app, &world.officer_a, None, november).await.unwrap();
        assert_eq!(own.registrar.map(|(key, _)| key), Some(world.registrar_key));
        let other = second_point(&world).await;
        let unseen = read_ledger(&world.app, &world.officer_a, Some(other), november).await.unwrap_err();
        assert_eq!(unseen.code(), "not_found");
        let empty = read_ledger(&world.app, &world.province, Some(other), november).await.unwrap();
        assert!(empty.count == 0 && empty.table.rows.is_empty());
        for format in [PublicFormat::Xlsx, PublicFormat::Docx] {
            let bytes = write_ledger(&ledger, format, FileLanguage::Chinese).unwrap();
            assert_eq!(&bytes[..2], b"PK");
        }
    }
}

both_backends! {
    async fn a_ledgers_months_are_those_of_the_regions_days(db: Db) {
        let world = World::new(db, Mode::Own).await;
        // In Changsha it is 1 November already.
        world.let_it_be(date(2026, 10, 31), 17);
        world.approved(&signed_early("示例跨月", 100_000)).await;
        let count = async |period: &str| {
            read_ledger(&world.app, &world.province, None, period.parse().unwrap()).await.unwrap().count
        };
        assert_eq!((count("2026-10").await, count("2026-11").await), (0, 1));
    }
}
