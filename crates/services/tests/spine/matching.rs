//! Matching over the records of both databases: both ways, explained, to each reader what they may read, and an index that
//! follows, survives and is made again.

use std::fs;
use std::path::Path;

use jiff::civil::date;
use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_domain::achievement::{AchievementForm, AchievementStep};
use xiaoxiang_domain::demand::{DemandForm, DemandKind, DemandStep};
use xiaoxiang_domain::notice::NoticeKind;
use xiaoxiang_domain::profile::{ProfileForm, ProfileKind};
use xiaoxiang_services::demand::{
    DemandStepRequest, Found, NewDemand, NewVisit, VisitKind, publish_list, read_demand, record_visit,
    start_demand, take_demand_step,
};
use xiaoxiang_services::matching::{
    Channels, EvaluationAsked, IndexState, JudgedMatch, MatchAsk, MatchVerdict, Matches, RecordKey,
    RecordKind, Reminders, SEARCHES_MAX, SearchAsk, Verdict, Weights, drop_saved_search, evaluate_set,
    find_matches, follow_records, judge_match, list_saved_searches, match_new_records, match_text,
    read_documents, read_kept_matches, run_saved_searches, save_search, search_market, set_reminders,
    write_verdicts,
};
use xiaoxiang_services::notice::list_notices;
use xiaoxiang_services::profile::{ProfileEdit, erase_profile, save_profile};
use xiaoxiang_services::{Actor, App, Refusal};
use xiaoxiang_store::{Db, both_backends};

use crate::achievements::{Unit, good_form};
use crate::registration::world::{Mode, World, enter};

pub fn demand(title: &str, problem: &str) -> DemandForm {
    DemandForm { holds_no_secrets: true, ..DemandForm::default() }
        .with("organisation_name", "示例臂架制造公司")
        .with("division", "长沙县")
        .with("contact", "示例联系人")
        .with("telephone", "0731-00000000")
        .with("title", title)
        .with("summary", "寻求可批量应用的方案。")
        .with("problem", problem)
        .with("figures", "寿命：≥5000 h")
        .with("field", "先进制造")
        .with("modes", "技术许可")
        .with("budget", "不超过100")
        .with("deadline", "2027-12-31")
}

/// An achievement that can be had, after its publicity period.
pub async fn listed(world: &World, form: &AchievementForm) -> String {
    let unit = Unit::of(world).await;
    world.let_it_be(date(2026, 11, 23), 9);
    let id = unit.to_publicity(form).await;
    world.let_it_be(date(2026, 12, 9), 2);
    unit.step(&world.agent, &id, AchievementStep::List).await.unwrap();
    id
}

/// A demand that the province has published.
pub async fn published(world: &World, form: DemandForm) -> String {
    let app = &world.app;
    let id = start_demand(app, &world.province, &NewDemand { form }).await.unwrap();
    let society = enter(app, Role::Society, Scope::Region).await;
    let head = enter(app, Role::DivisionHead, Scope::Region).await;
    step(app, &world.province, &id, DemandStep::Submit).await;
    let visit = NewVisit {
        revision: revision(app, &id).await,
        kind: VisitKind::Telephone,
        held_on: app.today().await.unwrap(),
        found: Found { contact: true, budget: true, authority: true },
        words: "示例：属实。".to_owned(),
    };
    record_visit(app, &world.province, &id, &visit).await.unwrap();
    step(app, &world.province, &id, DemandStep::Check).await;
    step(app, &society, &id, DemandStep::Sort).await;
    step(app, &world.province, &id, DemandStep::Select).await;
    publish_list(app, &head, DemandKind::Enterprise).await.unwrap();
    id
}

async fn revision(app: &App, id: &str) -> i64 {
    read_demand(app, &crate::support::ACTOR, id).await.unwrap().row.revision
}

async fn step(app: &App, actor: &Actor, id: &str, step: DemandStep) {
    let request = DemandStepRequest::plain(step, revision(app, id).await);
    take_demand_step(app, actor, id, &request).await.unwrap();
}

fn key(kind: RecordKind, id: &str) -> RecordKey {
    RecordKey { kind, id: id.to_owned() }
}

fn titles(matches: &Matches) -> Vec<&str> {
    matches.hits.iter().map(|hit| hit.title.as_str()).collect()
}

async fn searched(app: &App, actor: &Actor, text: &str) -> Vec<String> {
    let ask = SearchAsk { text: text.to_owned(), ..SearchAsk::default() };
    let found = search_market(app, actor, &ask).await.unwrap();
    assert_eq!(found.state, IndexState::Complete);
    assert_eq!(found.sorts.iter().map(|(_, count)| count).sum::<usize>(), found.hits.len());
    found.hits.into_iter().map(|hit| hit.title).collect()
}

both_backends! {
    async fn a_demand_finds_its_answers_and_an_achievement_its_demands_with_the_reasons(db: Db) {
        let world = World::new(db, Mode::Own).await;
        let app = &world.app;
        let coating = listed(&world, &good_form("泵车输送管耐磨涂层")).await;
        let mut rice = good_form("耐盐碱水稻选育");
        rice.summary = "示例：亩产提高两成".to_owned();
        rice.problem = "盐碱地产量低".to_owned();
        rice.keywords = vec!["水稻".to_owned()];
        rice.price.amount = "3000000".to_owned();
        listed(&world, &rice).await;
        let pipe = published(&world, demand("混凝土输送管耐磨性能提升", "输送管内壁磨损快，三个月就要更换")).await;
        published(&world, demand("水稻烘干能耗降低", "烘干一吨稻谷耗电过高")).await;

        let ask = MatchAsk::default();
        let found = find_matches(app, &world.province, &key(RecordKind::Demand, &pipe), &ask).await.unwrap();
        assert_eq!(found.state, IndexState::Complete);
        let best = &found.hits[0];
        assert_eq!((best.title.as_str(), best.sort), ("泵车输送管耐磨涂层", "result"));
        assert!(best.explanation.shared.iter().any(|word| word.contains("输送")), "{:?}", best.explanation);
        let verdicts: Vec<Verdict> = best.explanation.requirements.iter().map(|(_, verdict)| *verdict).collect();
        assert_eq!(verdicts, [Verdict::Met, Verdict::Met], "800 000 yuan of a million, by licence");
        assert!(!titles(&found).contains(&"混凝土输送管耐磨性能提升"), "a demand does not answer itself");
        assert!(best.points.total() > found.hits[1].points.total());

        let back = find_matches(app, &world.agent, &key(RecordKind::Achievement, &coating), &ask).await.unwrap();
        assert_eq!(back.hits[0].key.id, pipe);
        assert!(back.hits.iter().all(|hit| hit.sort == "demand"));
        let rice_demand = MatchAsk { about: "水稻".to_owned(), ..MatchAsk::default() };
        let sharpened = find_matches(app, &world.agent, &key(RecordKind::Achievement, &coating), &rice_demand).await.unwrap();
        assert!(sharpened.hits.iter().any(|hit| hit.title.contains("水稻")));
        let text = match_text(app, &Actor::public(), "输送管磨损\n混凝土泵车", &MatchAsk { sorts: vec!["result".to_owned()], top: 1, ..ask }).await.unwrap();
        assert_eq!(titles(&text), ["泵车输送管耐磨涂层"]);
        assert_eq!(match_text(app, &Actor::public(), " \n", &MatchAsk::default()).await.unwrap_err().code(), "matching.empty");
    }

    async fn nobody_finds_by_what_they_may_not_read(db: Db) {
        let world = World::new(db, Mode::Own).await;
        let app = &world.app;
        let mut form = good_form("泵车输送管耐磨涂层");
        form.evidence = "铌钽酸锂台架验证".to_owned();
        form.economics = "镝铁合金投入".to_owned();
        listed(&world, &form).await;
        let form = demand("混凝土输送管耐磨性能提升", "内壁镶嵌碳化钨后开裂").with("level.problem", "undertaking");
        let pipe = published(&world, form).await;
        let stranger = Actor::public();
        for (word, signed_in) in [("铌钽酸锂", true), ("镝铁合金", false), ("碳化钨开裂", false), ("臂架制造公司", false)] {
            assert_eq!(searched(app, &stranger, word).await, Vec::<String>::new(), "{word}");
            assert_eq!(!searched(app, &world.expert, word).await.is_empty(), signed_in, "{word}");
        }
        assert_eq!(searched(app, &stranger, "耐磨涂层").await[0], "泵车输送管耐磨涂层");
        let hits = find_matches(app, &stranger, &key(RecordKind::Demand, &pipe), &MatchAsk::default()).await.unwrap().hits;
        for hit in &hits {
            let said = format!("{hit:?}");
            for word in ["铌", "镝", "碳化钨", "臂架制造"] {
                assert!(!said.contains(word), "{said}");
            }
        }
        let own = find_matches(app, &world.province, &key(RecordKind::Demand, &pipe), &MatchAsk::default()).await.unwrap();
        assert_eq!(own.title, "混凝土输送管耐磨性能提升");
    }

    async fn the_index_follows_every_change_and_what_is_withdrawn_or_erased_is_gone(db: Db) {
        let world = World::new(db, Mode::Own).await;
        let app = &world.app;
        let id = listed(&world, &good_form("泵车输送管耐磨涂层")).await;
        assert_eq!(searched(app, &Actor::public(), "耐磨涂层").await.len(), 1);
        Unit::of(&world).await.step(&world.province, &id, AchievementStep::Withdraw).await.unwrap();
        assert_eq!(searched(app, &Actor::public(), "耐磨涂层").await, Vec::<String>::new());
        let gone = find_matches(app, &world.expert, &key(RecordKind::Achievement, &id), &MatchAsk::default()).await;
        assert!(matches!(gone, Err(Refusal::NotFound(_))));

        let form = |name: &str, is_listed| ProfileForm {
            name: name.to_owned(),
            fields: vec!["5".to_owned()],
            division: "430104".to_owned(),
            introduction: "示例：等离子喷涂".to_owned(),
            is_listed,
            ..ProfileForm::default()
        };
        let new = ProfileEdit { seen: None, kind: ProfileKind::Expert, form: form("示例专家甲", true) };
        let profile = save_profile(app, &world.expert, &new).await.unwrap();
        assert_eq!(searched(app, &Actor::public(), "等离子喷涂").await, ["示例专家甲"]);
        let hidden = ProfileEdit { seen: Some((profile.clone(), 1)), kind: ProfileKind::Expert, form: form("示例专家甲", false) };
        save_profile(app, &world.expert, &hidden).await.unwrap();
        assert!(searched(app, &Actor::public(), "等离子喷涂").await.is_empty());
        let shown = ProfileEdit { seen: Some((profile.clone(), 2)), kind: ProfileKind::Expert, form: form("示例专家乙", true) };
        save_profile(app, &world.expert, &shown).await.unwrap();
        assert_eq!(searched(app, &Actor::public(), "等离子喷涂").await, ["示例专家乙"]);
        erase_profile(app, &world.expert, &profile).await.unwrap();
        assert!(searched(app, &Actor::public(), "等离子喷涂").await.is_empty());
    }

    async fn a_kept_index_is_read_again_and_a_spoilt_or_foreign_one_is_made_anew(db: Db) {
        let world = World::new(db, Mode::Own).await;
        listed(&world, &good_form("泵车输送管耐磨涂层")).await;
        let folder = tempfile::tempdir().unwrap();
        let opened = || world.app.clone().with_index_in(folder.path().join("index"));
        let finds = async |app: &App| searched(app, &Actor::public(), "耐磨涂层").await.len();
        {
            let app = opened();
            assert_eq!(follow_records(&app).await.unwrap(), IndexState::Complete);
            assert_eq!(read_documents(&app, 8).await.unwrap(), 2, "one on each shelf");
            assert_eq!(read_documents(&app, 8).await.unwrap(), 0);
            // Another process reads what this one writes.
            assert_eq!(finds(&opened()).await, 1);
        }
        let app = opened();
        assert_eq!(finds(&app).await, 1);
        assert_eq!(read_documents(&app, 8).await.unwrap(), 0, "what was read is kept");
        drop(app);
        spoil(&folder.path().join("index/public/meta.json"), b"{");
        assert_eq!(finds(&opened()).await, 1);
        spoil(&folder.path().join("index/signed-in/vectors"), b"XXSLOT");
        assert_eq!(finds(&opened()).await, 1);
        let place = folder.path().join("index/place.json");
        let text = fs::read_to_string(&place).unwrap();
        let log_id = text.split("\"log_id\":\"").nth(1).unwrap().split('"').next().unwrap();
        spoil(&place, text.replace(log_id, "another").as_bytes());
        assert_eq!(finds(&opened()).await, 1, "another log's index is not believed");
        spoil(&place, text.replace("\"index_version\":1", "\"index_version\":0").as_bytes());
        assert_eq!(finds(&opened()).await, 1);
    }

    async fn what_is_new_on_one_side_is_held_against_the_other_and_owners_are_told_once_a_day(db: Db) {
        let world = World::new(db, Mode::Own).await;
        let app = &world.app;
        let told = async |actor: &Actor| {
            let notices = list_notices(app, actor, None).await.unwrap().notices;
            let of_matches = |kind| matches!(kind, NoticeKind::DemandMatched | NoticeKind::OfferMatched);
            notices.into_iter().filter(|notice| of_matches(notice.kind)).map(|notice| notice.path).collect::<Vec<_>>()
        };
        let coating = listed(&world, &good_form("混凝土输送管耐磨涂层")).await;
        look_through(app).await;
        assert!(told(&world.agent).await.is_empty(), "there is no demand yet");
        let pipe = published(&world, demand("混凝土输送管耐磨性能提升", "输送管内壁磨损快")).await;
        published(&world, demand("稻谷烘干能耗降低", "烘干耗电过高")).await;
        look_through(app).await;
        let (demand_key, offer_key) = (key(RecordKind::Demand, &pipe), key(RecordKind::Achievement, &coating));
        assert_eq!(told(&world.agent).await, [format!("/matches/achievements/{coating}")]);
        assert_eq!(told(&world.province).await, [format!("/matches/demands/{pipe}")], "who entered it is told");
        assert!(told(&world.finance).await.is_empty());
        let kept = read_kept_matches(app, &world.agent, &offer_key).await.unwrap();
        assert_eq!((kept.pairs.len(), kept.reminders), (1, Some(Reminders::On)));
        assert!(kept.pairs[0].found_at_ms.is_some() && kept.pairs[0].key == demand_key);
        let stranger = read_kept_matches(app, &world.finance, &offer_key).await.unwrap();
        assert!(stranger.pairs.is_empty() && stranger.reminders.is_none());

        listed(&world, &good_form("泵车输送管耐磨内衬")).await;
        look_through(app).await;
        assert_eq!(told(&world.province).await.len(), 1, "once a day for each demand");
        set_reminders(app, &world.province, &demand_key, Reminders::Off).await.unwrap();
        assert!(matches!(set_reminders(app, &world.finance, &demand_key, Reminders::Off).await, Err(Refusal::NotFound(_))));
        world.let_it_be(date(2026, 12, 20), 2);
        published(&world, demand("混凝土输送管内壁耐磨涂层", "输送管磨损快")).await;
        look_through(app).await;
        assert_eq!(told(&world.province).await.len(), 2, "of the new demand, not of the silent one");

        let judged = JudgedMatch { of: demand_key.clone(), other: offer_key.clone(), verdict: MatchVerdict::Fits };
        judge_match(app, &world.province, &judged).await.unwrap();
        let foreign = judge_match(app, &world.finance, &judged).await;
        assert!(matches!(foreign, Err(Refusal::NotFound(_))), "only owners say what fits");
        let kept = read_kept_matches(app, &world.province, &demand_key).await.unwrap();
        let said = kept.pairs.iter().find(|pair| pair.key == offer_key).unwrap();
        assert_eq!((said.verdict, said.found_at_ms.is_some()), (Some(MatchVerdict::Fits), true));
        let folder = tempfile::tempdir().unwrap();
        let written = write_verdicts(app, folder.path()).await.unwrap();
        assert_eq!((written.demands, written.verdicts), (1, 1));
        let asked = EvaluationAsked {
            folder: folder.path(),
            judged_only: true,
            channels: Channels { reading: false, ..Channels::ALL },
            weights: Weights::SHIPPED,
        };
        let (_, report) = evaluate_set(asked, &|_, _| {}).unwrap();
        assert!(report.measures.mrr_at_10 > 0.99);
    }

    async fn a_kept_search_tells_its_owner_once_of_what_is_new(db: Db) {
        let world = World::new(db, Mode::Own).await;
        let app = &world.app;
        let told = async || {
            let notices = list_notices(app, &world.finance, None).await.unwrap().notices;
            notices.into_iter().filter(|notice| notice.kind == NoticeKind::SearchFound).map(|notice| notice.path).collect::<Vec<_>>()
        };
        let run = async || {
            follow_records(app).await.unwrap();
            run_saved_searches(app).await.unwrap();
        };
        listed(&world, &good_form("混凝土输送管耐磨涂层")).await;
        let ask = SearchAsk { text: "输送管耐磨".to_owned(), ..SearchAsk::default() };
        follow_records(app).await.unwrap();
        save_search(app, &world.finance, &ask).await.unwrap();
        save_search(app, &world.finance, &ask).await.unwrap();
        assert_eq!(list_saved_searches(app, &world.finance).await.unwrap().len(), 1, "the same is kept once");
        listed(&world, &good_form("泵车输送管耐磨内衬")).await;
        run().await;
        assert!(told().await.is_empty(), "it has been run today");
        world.let_it_be(date(2026, 12, 10), 9);
        run().await;
        run().await;
        assert_eq!(told().await, [ask.path()]);
        world.let_it_be(date(2026, 12, 11), 9);
        run().await;
        assert_eq!(told().await.len(), 1, "nothing is new");
        let stranger = save_search(app, &Actor::public(), &ask).await;
        assert!(matches!(stranger, Err(Refusal::SignedOut)));
        for number in 1..SEARCHES_MAX {
            let another = SearchAsk { text: format!("涂层{number}"), ..ask.clone() };
            save_search(app, &world.finance, &another).await.unwrap();
        }
        let one_more = SearchAsk { text: "内衬".to_owned(), ..ask.clone() };
        assert!(matches!(save_search(app, &world.finance, &one_more).await, Err(Refusal::Invalid { code: "market.search.too_many", .. })));
        let first = list_saved_searches(app, &world.finance).await.unwrap().pop().unwrap();
        assert!(matches!(drop_saved_search(app, &world.agent, &first.search_id).await, Err(Refusal::NotFound(_))));
        drop_saved_search(app, &world.finance, &first.search_id).await.unwrap();
        save_search(app, &world.finance, &one_more).await.unwrap();
    }

    async fn whatever_is_typed_is_answered_or_refused_and_nothing_breaks(db: Db) {
        let world = World::new(db, Mode::Own).await;
        listed(&world, &good_form("泵车输送管耐磨涂层")).await;
        let long = "耐磨涂层".repeat(25_000);
        let odd = ["", " ", "涂", "a", "耐磨塗層", "naimo tuceng", "🙂🙂", "<script>alert(1)</script>", "\" OR 1=1 --", "title:涂层 AND (", "\u{0}\u{202e}", "*", "涂层^9999", &long];
        for text in odd {
            searched(&world.app, &Actor::public(), text).await;
            let asked = match_text(&world.app, &Actor::public(), text, &MatchAsk { top: usize::MAX, about: text.to_owned(), ..MatchAsk::default() }).await;
            assert!(asked.is_ok() || text.trim().is_empty(), "{text:?}: {asked:?}");
        }
        let ask = SearchAsk { text: "涂层".to_owned(), sort: "nothing".to_owned(), field: "x".to_owned(), division: "zz".to_owned() };
        assert!(search_market(&world.app, &Actor::public(), &ask).await.unwrap().hits.is_empty());
        assert_eq!(searched(&world.app, &Actor::public(), "耐磨塗層").await.len(), 1, "traditional characters find the same");
    }
}

async fn look_through(app: &App) {
    while match_new_records(app).await.unwrap() {}
}

fn spoil(file: &Path, contents: &[u8]) {
    assert!(file.exists(), "{}", file.display());
    fs::write(file, contents).unwrap();
}
