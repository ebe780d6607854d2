//! Flags on both databases: raised once, answered, decided, appealed, closed when their evidence goes; payments held.
//!
//! `XIAOXIANG_SOAK_HISTORIES` sets how many random books each database is given.

use jiff::civil::{Date, date};
use jiff::{SignedDuration, ToSpan as _};
use xiaoxiang_domain::access::{Grant, Role, Scope};
use xiaoxiang_domain::contract::flag::{FlagAct, FlagState};
use xiaoxiang_domain::contract::screen::Screen;
use xiaoxiang_domain::contract::{Contract, Party};
use xiaoxiang_domain::fact::{Source, Standing};
use xiaoxiang_domain::money::Fen;
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_services::access::{NewGrant, NewPerson, create_person, grant_role};
use xiaoxiang_services::contract::{erase_personal_data, import_records, places_of, record_contract};
use xiaoxiang_services::demo::planted::planted_book;
use xiaoxiang_services::region::import_region;
use xiaoxiang_services::screening::{
    Effort, FLAG_WORDS_MAX, FlagAsk, FlagList, FlagPage, FlagStage, FlagWords, HoldAct, ListedFlag,
    OtherContract, ScreenedBook, Verdict, When, answer_flag, appeal_flag, decide_flag, flags_of_contract,
    hold_payment, is_held, list_flags, read_flag, release_payment, screen_book, screen_one,
};
use xiaoxiang_services::{Actor, App, Clock, Refusal};
use xiaoxiang_store::testing::TestDb;
use xiaoxiang_store::{Db, both_backends};

use super::support::{ACTOR, Draw, app_on, app_with_region, credit_code, layers};

fn party(serial: u64, division: &str) -> Party {
    Party {
        name: format!("示例单位{serial}"),
        credit_code: credit_code(serial),
        division: division.to_owned(),
        kind: "150".to_owned(),
        established_on: Some(date(2010, 5, 4)),
        telephone: format!("139{:08}", serial * 7_919),
        ..Party::default()
    }
}

fn deal(number: &str, seller: u64, buyer: u64, title: &str, yuan: i64) -> Contract {
    let signed_on = date(2026, 3, 10);
    Contract {
        registration_number: number.to_owned(),
        project_name: title.to_owned(),
        signed_on: Some(signed_on),
        valid_from: Some(signed_on),
        valid_to: Some(date(2027, 12, 31)),
        registered_on: date(2026, 4, 1),
        contract_type: "11".to_owned(),
        field: "3".to_owned(),
        ip: String::new(),
        contract_value: Fen(yuan * 100),
        technology_value: Fen(yuan * 100),
        payment_mode: String::new(),
        related_party: Some(false),
        plan_source: String::new(),
        socio_economic_objective: String::new(),
        industry: String::new(),
        registrar_code: "4301".to_owned(),
        registrar_name: "示例登记点".to_owned(),
        landing_division: String::new(),
        standing: Standing::Counted,
        seller: party(seller, "430102"),
        buyer: party(buyer, "430203"),
    }
}

fn goods(number: &str, seller: u64) -> Contract {
    deal(number, seller, 90, "数控机床采购", 1_200_000)
}

async fn record(app: &App, contract: Contract) {
    record_contract(app, &ACTOR, Source::Registry, contract).await.unwrap();
}

async fn screen(app: &App) -> ScreenedBook {
    screen_book(app, &ACTOR, When::Now, Effort::All).await.unwrap().expect("nobody else screens")
}

async fn all(app: &App, actor: &Actor) -> FlagList {
    list_flags(app, actor, &FlagAsk { stage: FlagStage::All, ..FlagAsk::default() }).await.unwrap()
}

async fn only(app: &App, number: &str) -> ListedFlag {
    let mut flags = flags_of_contract(app, &ACTOR, number).await.unwrap();
    assert_eq!(flags.len(), 1, "{number}");
    flags.remove(0)
}

async fn goods_of(app: &App, number: &str) -> ListedFlag {
    let flags = flags_of_contract(app, &ACTOR, number).await.unwrap();
    flags.into_iter().find(|flag| flag.screen == Screen::GoodsAsTechnology).expect("goods")
}

fn said<'a>(flag_id: &'a str, seen: i64, words: &'a str) -> FlagWords<'a> {
    FlagWords { flag_id, seen, words }
}

fn as_role(id: &str, role: Role, scope: Scope) -> Actor {
    Actor::person(id, role, scope)
}

fn province(id: &str) -> Actor {
    as_role(id, Role::Statistician, Scope::Region)
}

/// The registrar and the seller of a contract.
async fn sides(app: &App, number: &str) -> (Actor, Actor) {
    let places = places_of(app, number).await.unwrap();
    (
        as_role("r", Role::Registrar, Scope::Registrar(places.registrar.into())),
        as_role("s", Role::OrganisationAgent, Scope::Organisation(places.organisations[0].into())),
    )
}

fn on_day(app: &App, day: Date) -> App {
    let then = day.at(9, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
    App::new(app.db.clone(), Clock::new(move || then))
}

fn code(refused: Result<i64, Refusal>) -> &'static str {
    refused.unwrap_err().code()
}

both_backends! {
    async fn a_question_is_put_once_answered_upheld_appealed_and_cleared_by_somebody_else(db: Db) {
        let app = app_with_region(db).await;
        record(&app, goods("A1", 1)).await;
        assert_eq!(screen(&app).await.raised, 1);
        let again = screen(&app).await;
        assert!(!again.is_changed() && again.questions() == 1, "{again:?}");
        assert_eq!(
            screen_book(&app, &ACTOR, When::Changed, Effort::Half).await.unwrap(),
            None,
            "nothing changed since"
        );

        let flag = only(&app, "A1").await;
        assert_eq!((flag.screen, flag.state, flag.revision), (Screen::GoodsAsTechnology, FlagState::Open, 1));
        assert_eq!(flag.due_on, date(2026, 12, 7));
        let id = flag.flag_id.as_str();
        let (registrar, seller) = sides(&app, "A1").await;
        let (first, second) = (province("p1"), province("p2"));
        let uphold = async |actor: &Actor, seen| {
            decide_flag(&app, actor, Verdict::Upheld, said(id, seen, "未扣除设备款")).await
        };
        assert_eq!(code(uphold(&first, 1).await), "flag.not_answered");
        assert_eq!(answer_flag(&app, &registrar, said(id, 1, "设备为样机 <b>1</b> 套")).await.unwrap(), 2);
        assert_eq!(answer_flag(&app, &seller, said(id, 2, "已附清单")).await.unwrap(), 3);
        // The second officer has not seen what the seller said.
        let stale = uphold(&first, 2).await.unwrap_err();
        assert_eq!(stale.code(), "stale");
        assert!(stale.sentences().0.contains("已答复"), "{}", stale.sentences().0);
        assert_eq!(uphold(&first, 3).await.unwrap(), 4);
        assert_eq!(code(uphold(&second, 4).await), "flag.decided");
        assert_eq!(code(answer_flag(&app, &seller, said(id, 4, "再说")).await), "flag.decided");

        assert!(!screen(&app).await.is_changed(), "what was decided stays when the book is screened again");
        assert_eq!(appeal_flag(&app, &seller, said(id, 4, "设备不在合同内")).await.unwrap(), 5);
        assert_eq!(code(uphold(&first, 5).await), "flag.same_officer");
        let cleared = decide_flag(&app, &second, Verdict::Cleared, said(id, 5, "查实")).await;
        assert_eq!(cleared.unwrap(), 6);
        assert_eq!(code(appeal_flag(&app, &seller, said(id, 6, "又")).await), "flag.no_appeal");

        let page: FlagPage = read_flag(&app, &ACTOR, id).await.unwrap();
        assert_eq!(page.flag.state, FlagState::ClearedOnAppeal);
        let acts: Vec<&str> = page.steps.iter().map(|step| step.act.as_str()).collect();
        assert_eq!(acts, ["raise", "answer", "answer", "uphold", "appeal", "clear"]);
        assert_eq!(page.steps[1].words, "设备为样机 <b>1</b> 套");
        assert!(page.acts.is_empty());
        let mut tx = app.db.read().await.unwrap();
        let log = xiaoxiang_store::log::list_of_subject(&mut tx, "contract:A1").await.unwrap();
        assert_eq!(log.iter().filter(|entry| entry.kind.starts_with("flag.")).count(), 5);
        assert!(log.iter().all(|entry| !entry.payload.contains("样机")), "people's words stay out of the log");
    }

    async fn everybody_sees_their_own_and_no_others_confidential_data(db: Db) {
        let app = app_with_region(db).await;
        let title = "盾构机主轴承密封结构疲劳寿命预测研究";
        record(&app, deal("A1", 1, 2, title, 876_500)).await;
        let mut copy = deal("A2", 3, 4, title, 876_500);
        copy.registrar_code = "4302".to_owned();
        copy.registrar_name = "示例别处登记点".to_owned();
        copy.seller.division = "430202".to_owned();
        record(&app, copy).await;
        for (number, seller) in [("A3", 5), ("A4", 6)] {
            record(&app, goods(number, seller)).await;
        }
        screen(&app).await;
        let flag = flags_of_contract(&app, &ACTOR, "A1").await.unwrap();
        let flag = flag.iter().find(|flag| flag.screen == Screen::NearDuplicate).expect("a copy").flag_id.clone();
        let (registrar, seller) = sides(&app, "A1").await;

        let whole = read_flag(&app, &province("p"), &flag).await.unwrap();
        assert!(matches!(&whole.others[..], [OtherContract::Seen(other)] if other.registration_number == "A2"));
        let page = read_flag(&app, &registrar, &flag).await.unwrap();
        assert!(matches!(&page.others[..], [OtherContract::Named { registration_number, registrar, .. }]
            if registration_number == "A2" && registrar == "示例别处登记点"));
        let page = read_flag(&app, &seller, &flag).await.unwrap();
        assert_eq!((page.others.len(), page.others_withheld), (0, 1));
        assert!(!page.sentences.is_empty());
        assert_eq!(page.acts, [FlagAct::Answer]);

        let city = |code| as_role("c", Role::CityOfficer, Scope::Division(DivisionCode::parse(code).unwrap()));
        let numbers = async |actor: &Actor| {
            let mut found: Vec<String> =
                all(&app, actor).await.flags.into_iter().map(|flag| flag.registration_number).collect();
            found.sort();
            found.dedup();
            found
        };
        assert_eq!(numbers(&seller).await, ["A1"]);
        assert_eq!(numbers(&registrar).await, ["A1", "A3", "A4"]);
        assert_eq!(numbers(&city("430100")).await, ["A1", "A3", "A4"]);
        assert_eq!(numbers(&city("430200")).await.len(), 4, "its buyers, and its seller");
        assert_eq!(numbers(&city("430300")).await, Vec::<String>::new());
        let stranger = as_role("x", Role::OrganisationAgent, Scope::Organisation(999));
        assert_eq!(read_flag(&app, &stranger, &flag).await.unwrap_err().code(), "not_found");
        assert_eq!(code(answer_flag(&app, &stranger, said(&flag, 1, "无")).await), "not_found");
        assert_eq!(code(answer_flag(&app, &city("430100"), said(&flag, 1, "无")).await), "forbidden");
        assert_eq!(code(decide_flag(&app, &seller, Verdict::Cleared, said(&flag, 1, "无")).await), "forbidden");
        let auditor = as_role("a", Role::Auditor, Scope::Region);
        assert_eq!(numbers(&auditor).await.len(), 4);
        assert!(read_flag(&app, &auditor, &flag).await.unwrap().acts.is_empty());
        assert_eq!(list_flags(&app, &Actor::public(), &FlagAsk::default()).await.unwrap_err().code(), "signed_out");

        let kind = FlagAsk { kind: Some(Screen::GoodsAsTechnology), ..FlagAsk::default() };
        assert_eq!(list_flags(&app, &province("p"), &kind).await.unwrap().flags.len(), 2);
        for (division, found) in [("430203", 2), ("430100", 2), ("430300", 0)] {
            let near = FlagAsk { division: DivisionCode::parse(division), ..kind.clone() };
            assert_eq!(list_flags(&app, &registrar, &near).await.unwrap().flags.len(), found, "{division}");
        }
        let answered = FlagAsk { stage: FlagStage::In(FlagState::Answered), ..FlagAsk::default() };
        assert_eq!(list_flags(&app, &registrar, &answered).await.unwrap().flags.len(), 0);
    }

    async fn evidence_that_goes_closes_the_question_and_an_answer_survives_its_return(db: Db) {
        let app = app_with_region(db).await;
        record(&app, goods("A1", 1)).await;
        record(&app, deal("A2", 2, 91, "办公楼装修工程", 700_000)).await;
        screen(&app).await;
        let flag = only(&app, "A1").await;
        let (registrar, _) = sides(&app, "A1").await;
        answer_flag(&app, &registrar, said(&flag.flag_id, 1, "样机")).await.unwrap();

        let mut honest = goods("A1", 1);
        honest.technology_value = Fen(20_000_000);
        record(&app, honest).await;
        assert_eq!(screen(&app).await.closed, 1);
        let gone = goods_of(&app, "A1").await;
        assert_eq!((gone.gone_reason.as_deref(), gone.state), (Some("evidence_gone"), FlagState::Answered));
        assert_eq!(code(answer_flag(&app, &registrar, said(&gone.flag_id, 3, "再说")).await), "flag.gone");

        record(&app, goods("A1", 1)).await;
        let found = screen(&app).await;
        // That the value had moved was a question of its own, until it moved back.
        assert_eq!((found.returned, found.closed), (1, 1), "{found:?}");
        let back = flags_of_contract(&app, &ACTOR, "A1").await.unwrap();
        let back = back.iter().find(|flag| flag.screen == Screen::GoodsAsTechnology).unwrap();
        assert_eq!((back.flag_id == flag.flag_id, back.state), (true, FlagState::Answered));

        let mut withdrawn = deal("A2", 2, 91, "办公楼装修工程", 700_000);
        withdrawn.standing = Standing::Withdrawn;
        record(&app, withdrawn).await;
        screen(&app).await;
        assert_eq!(only(&app, "A2").await.gone_reason.as_deref(), Some("withdrawn"));
        let standing = list_flags(&app, &ACTOR, &FlagAsk::default()).await.unwrap();
        assert!(standing.flags.iter().all(|flag| flag.registration_number == "A1"));
    }

    async fn other_parameters_and_another_log_mean_anew(db: Db) {
        let app = app_with_region(db).await;
        record(&app, goods("A1", 1)).await;
        screen(&app).await;
        let mut layers = layers();
        let text = layers[0].files.get_mut("screening.yaml").unwrap();
        *text = text.replace("share_percent_min: 80", "share_percent_min: 101");
        import_region(&app, &ACTOR, &layers).await.unwrap();
        let found = screen_book(&app, &ACTOR, When::Changed, Effort::All).await.unwrap().expect("other parameters");
        assert_eq!((found.closed, found.questions()), (1, 0), "{found:?}");
    }

    async fn personal_data_that_are_erased_take_their_relations_along(db: Db) {
        let app = app_with_region(db).await;
        let mut related = deal("A1", 1, 2, "盾构机主轴承密封结构疲劳寿命预测研究", 876_500);
        related.seller.legal_representative = "钱学礼".to_owned();
        related.buyer.legal_representative = "钱学礼".to_owned();
        record(&app, related).await;
        screen(&app).await;
        let flag = only(&app, "A1").await;
        assert_eq!(flag.screen, Screen::SharedLegalPerson);
        let page = read_flag(&app, &ACTOR, &flag.flag_id).await.unwrap();
        assert!(!format!("{page:?}").contains("钱学礼"), "a flag names no person");
        erase_personal_data(&app, &ACTOR, "A1", "示例申请").await.unwrap();
        let found = screen_book(&app, &ACTOR, When::Changed, Effort::All).await.unwrap().expect("erased");
        assert_eq!((found.closed, found.questions()), (1, 0));
    }

    async fn a_payment_is_held_by_an_officer_until_a_day_and_by_no_question_alone(db: Db) {
        let app = app_with_region(db).await;
        record(&app, goods("A1", 1)).await;
        screen(&app).await;
        let id = only(&app, "A1").await.flag_id;
        assert!(!is_held(&app, "A1").await.unwrap(), "an open question holds nothing");
        assert!(!is_held(&app, "A9").await.unwrap());
        let person = |name: &'static str| NewPerson {
            sign_in_name: name.to_owned(),
            name: format!("示例{name}"),
            password_hash: None,
            must_change_password: false,
        };
        let officer = create_person(&app, &ACTOR, &person("head")).await.unwrap();
        let head = as_role(&officer, Role::DivisionHead, Scope::Region);
        let until = date(2026, 12, 31);
        let refused = hold_payment(&app, &province("p"), &id, until, "核查").await.unwrap_err();
        assert_eq!(refused.code(), "forbidden");
        for day in [date(2026, 11, 21), date(2028, 1, 1)] {
            assert_eq!(hold_payment(&app, &head, &id, day, "核查").await.unwrap_err().code(), "hold.until");
        }
        hold_payment(&app, &head, &id, until, "核查").await.unwrap();
        assert_eq!(hold_payment(&app, &head, &id, until, "核查").await.unwrap_err().code(), "stale");
        assert!(is_held(&app, "A1").await.unwrap());
        let held = FlagAsk { stage: FlagStage::Held, ..FlagAsk::default() };
        assert_eq!(list_flags(&app, &head, &held).await.unwrap().flags.len(), 1);
        let page = read_flag(&app, &head, &id).await.unwrap();
        assert_eq!(page.hold_act, Some(HoldAct::Release));
        assert_eq!((page.holds[0].officer.as_str(), page.holds[0].held_on.as_str()), ("示例head", "2026-11-22"));
        assert!(!is_held(&on_day(&app, date(2027, 1, 2)), "A1").await.unwrap(), "it ends by itself");

        // Whoever belongs to a party keeps out of it.
        let places = places_of(&app, "A1").await.unwrap();
        let grant = Grant {
            role: Role::OrganisationAgent,
            scope: Scope::Organisation(places.organisations[0].into()),
            valid_from: date(2020, 1, 1),
            valid_to: None,
        };
        grant_role(&app, &ACTOR, &officer, &NewGrant { grant, basis: "示例".to_owned() }).await.unwrap();
        let refused = release_payment(&app, &head, &id, "已查清").await.unwrap_err();
        assert_eq!(refused.code(), "flag.own_organisation");
        let refused = decide_flag(&app, &head, Verdict::Cleared, said(&id, 1, "无")).await;
        assert_eq!(code(refused), "flag.own_organisation");
        release_payment(&app, &as_role("l", Role::Leader, Scope::Region), &id, "已查清").await.unwrap_err();
        release_payment(&app, &ACTOR, &id, "已查清").await.unwrap();
        assert!(!is_held(&app, "A1").await.unwrap());
        assert_eq!(release_payment(&app, &ACTOR, &id, "又").await.unwrap_err().code(), "stale");
    }

    async fn words_have_a_limit_and_time_runs_out(db: Db) {
        let app = app_with_region(db).await;
        record(&app, goods("A1", 1)).await;
        screen(&app).await;
        let id = only(&app, "A1").await.flag_id;
        let (registrar, _) = sides(&app, "A1").await;
        let long = "一".repeat(FLAG_WORDS_MAX + 1);
        for words in ["", "  ", long.as_str()] {
            assert_eq!(code(answer_flag(&app, &registrar, said(&id, 1, words)).await), "flag.words");
        }
        assert_eq!(code(answer_flag(&app, &registrar, said("no-such", 1, "无")).await), "not_found");
        let late = on_day(&app, date(2026, 12, 8));
        assert_eq!(decide_flag(&late, &province("p"), Verdict::Upheld, said(&id, 1, "逾期未答复")).await.unwrap(), 2);
    }

    async fn of_two_officers_at_once_one_decides_and_the_other_is_told(db: Db) {
        let app = app_with_region(db).await;
        record(&app, goods("A1", 1)).await;
        screen(&app).await;
        let id = only(&app, "A1").await.flag_id;
        let (one, other) = (province("p1"), province("p2"));
        let (first, second) = tokio::join!(
            decide_flag(&app, &one, Verdict::Cleared, said(&id, 1, "查实")),
            decide_flag(&app, &other, Verdict::Cleared, said(&id, 1, "查实"))
        );
        let refused = [first, second].into_iter().filter_map(Result::err).collect::<Vec<_>>();
        let [refusal] = &refused[..] else { panic!("{refused:?}") };
        assert!(refusal.sentences().0.contains("省级统计人员已排除"), "{}", refusal.sentences().0);
        assert!(refusal.sentences().1.contains("cleared it"), "{}", refusal.sentences().1);
    }

    async fn one_new_contract_is_asked_about_before_it_is_on_record(db: Db) {
        let app = app_with_region(db).await;
        let title = "盾构机主轴承密封结构疲劳寿命预测研究";
        record(&app, deal("A1", 1, 2, title, 876_500)).await;
        let copy = deal("B1", 1, 2, title, 876_500);
        let flags = screen_one(&app, &ACTOR, &copy).await.unwrap();
        let found = flags.iter().find(|flag| flag.screen == Screen::Duplicate).expect("a copy");
        assert_eq!(found.evidence[0].contracts, ["A1"]);
        let city = as_role("c", Role::CityOfficer, Scope::Division(DivisionCode::parse("430300").unwrap()));
        let flags = screen_one(&app, &city, &copy).await.unwrap();
        assert!(flags.iter().all(|flag| flag.evidence.iter().all(|part| part.contracts.is_empty())));
        // What is cancelled meanwhile is no copy any more, and what is recorded is one.
        let mut withdrawn = deal("A1", 1, 2, title, 876_500);
        withdrawn.standing = Standing::Withdrawn;
        record(&app, withdrawn).await;
        assert_eq!(screen_one(&app, &ACTOR, &copy).await.unwrap(), []);
        record(&app, deal("A2", 1, 2, title, 876_500)).await;
        assert!(!screen_one(&app, &ACTOR, &copy).await.unwrap().is_empty());
        assert!(all(&app, &ACTOR).await.flags.is_empty(), "nothing is kept of it");
    }
}

/// Contracts of an invented province, moved into the divisions that the tests know.
fn book(seed: u64, contracts: usize) -> Vec<Contract> {
    let mut contracts = planted_book(seed, contracts).contracts;
    let mut draw = Draw(seed);
    for contract in &mut contracts {
        contract.seller.division = (*draw.of(&["430102", "430203", "433101"])).to_owned();
        contract.buyer.division = (*draw.of(&["430102", "430203", "440106"])).to_owned();
    }
    // One version of each number: changes come step by step.
    contracts.sort_by(|a, b| a.registration_number.cmp(&b.registration_number));
    contracts.dedup_by(|a, b| a.registration_number == b.registration_number);
    contracts
}

/// What stands: contract, kind and what the question rests on.
async fn standing(app: &App) -> Vec<(i64, String, Vec<u8>)> {
    let mut tx = app.db.read().await.unwrap();
    let mut flags: Vec<_> = xiaoxiang_store::flag::list_known(&mut tx)
        .await
        .unwrap()
        .into_iter()
        .filter(|flag| flag.gone_reason.is_none())
        .map(|flag| (flag.contract_key, flag.kind, flag.evidence_hash))
        .collect();
    flags.sort();
    flags
}

/// Forgets all questions, as if the book had never been screened.
async fn forget(db: &Db) {
    const TEXTS: [&str; 2] = ["DELETE FROM flag_step", "DELETE FROM flag"];
    const DROPS: [&str; 2] = ["flag_step_never_goes", "flag_never_goes"];
    match db {
        Db::Sqlite { writer, .. } => {
            for trigger in DROPS {
                let text = format!("DROP TRIGGER {trigger}");
                sqlx::query(sqlx::AssertSqlSafe(text)).execute(writer).await.unwrap();
            }
            for text in TEXTS {
                sqlx::query(text).execute(writer).await.unwrap();
            }
        }
        Db::Postgres(pool) => {
            for table in ["flag_step", "flag"] {
                let text = format!("ALTER TABLE {table} DISABLE TRIGGER USER");
                sqlx::query(sqlx::AssertSqlSafe(text)).execute(pool).await.unwrap();
            }
            for text in TEXTS {
                sqlx::query(text).execute(pool).await.unwrap();
            }
        }
    }
}

/// Imports, changes, withdrawals, answers and decisions in random order; the questions that stand in the end are those
/// of the final book screened from nothing.
async fn live(db: Db, seed: u64) {
    let app = app_with_region(db).await;
    let mut draw = Draw(seed);
    let mut contracts = book(seed, 700);
    let mut on_record: Vec<Contract> = Vec::new();
    for step in 0..8 {
        let count = contracts.len().min(60 + usize::try_from(draw.below(160)).unwrap());
        let batch: Vec<Contract> = contracts.split_off(contracts.len() - count);
        import_records(&app, &ACTOR, Source::Registry, "示例", batch.clone()).await.unwrap();
        on_record.extend(batch);
        for _ in 0..6 {
            let at = usize::try_from(draw.below(on_record.len() as u64)).unwrap();
            let contract = &mut on_record[at];
            match draw.below(4) {
                0 => contract.standing = Standing::Withdrawn,
                1 => contract.standing = Standing::Counted,
                2 => contract.technology_value = Fen(contract.contract_value.0 / 3),
                _ => contract.valid_to = contract.valid_to.map(|day| day.saturating_add(40.days())),
            }
            record(&app, contract.clone()).await;
        }
        if draw.below(3) == 0 {
            continue;
        }
        screen_book(&app, &ACTOR, When::Changed, Effort::All).await.unwrap();
        let list = list_flags(&app, &ACTOR, &FlagAsk::default()).await.unwrap();
        for flag in list.flags.iter().take(20) {
            let said = said(&flag.flag_id, flag.revision, "示例");
            let later = App::new(app.db.clone(), {
                let then = app.clock.now() + SignedDuration::from_hours(24 * (30 + step));
                Clock::new(move || then)
            });
            let done = match draw.below(3) {
                0 => answer_flag(&later, &ACTOR, said).await,
                1 => decide_flag(&later, &province("p"), Verdict::Upheld, said).await,
                _ => decide_flag(&later, &province("p"), Verdict::Cleared, said).await,
            };
            if let Err(refusal) = done {
                assert_eq!(refusal.code(), "flag.decided");
            }
        }
    }
    screen_book(&app, &ACTOR, When::Now, Effort::All).await.unwrap();
    let lived = standing(&app).await;
    assert!(lived.len() > 3, "{} questions", lived.len());
    forget(&app.db).await;
    let fresh = app_on(app.db.clone());
    screen(&fresh).await;
    assert_eq!(standing(&fresh).await, lived, "seed {seed}");
}

fn live_through(kind: &str) {
    let seeds = std::env::var("XIAOXIANG_SOAK_HISTORIES").map_or(1, |text| text.parse().expect("a number"));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        for seed in 1..=seeds {
            let made = if kind == "sqlite" { TestDb::sqlite().await } else { TestDb::postgres().await };
            live(made.db.clone(), seed).await;
            made.end().await;
        }
    });
}

#[test]
fn questions_after_a_random_life_are_those_of_the_final_book_on_sqlite() {
    live_through("sqlite");
}

#[test]
fn questions_after_a_random_life_are_those_of_the_final_book_on_postgres() {
    live_through("postgres");
}
