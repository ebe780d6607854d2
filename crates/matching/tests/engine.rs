//! The index as its callers use it: documents in and out, damage, constraints, and whatever is typed.

use std::fs;

use proptest::prelude::*;
use tempfile::TempDir;
use xiaoxiang_domain::market::DisclosureLevel;
use xiaoxiang_domain::money::Fen;
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_matching::constraint::{Aspect, Facts, Requirement, Strength};
use xiaoxiang_matching::document::{Document, LONGEST_ID_BYTES, Question};
use xiaoxiang_matching::index::{Engine, IndexFault, Search};
use xiaoxiang_matching::meaning::{Encoder, Side};
use xiaoxiang_matching::score::{Channels, Weights};

const SEARCH: Search = Search { top: 20, channels: Channels::ALL, weights: Weights::SHIPPED };

fn document(id: &str, title: &str, text: &str) -> Document {
    Document {
        id: id.to_owned(),
        kind: "achievement".to_owned(),
        title: title.to_owned(),
        text: text.to_owned(),
        ..Document::default()
    }
}

fn question(text: &str) -> Question {
    Question { text: text.to_owned(), ..Question::default() }
}

fn some() -> Vec<Document> {
    vec![
        document("ceramic", "高强度氧化锆陶瓷刀具的烧结工艺", "降低烧结温度，提高韧性，适合批量生产。"),
        document("battery", "锂离子电池正极材料回收方法", "从废旧动力电池中回收镍钴锰。"),
        document("rice", "耐盐碱水稻新品种选育", "在盐碱地上亩产提高两成。"),
    ]
}

fn filled(folder: &TempDir) -> Engine {
    let engine = Engine::open(folder.path()).expect("a new folder opens");
    engine.put(&some()).expect("documents go in");
    engine.commit().expect("the disk has room");
    engine
}

fn ids(engine: &Engine, question: &Question) -> Vec<String> {
    let hits = engine.search(question, &SEARCH).expect("the index answers");
    hits.into_iter().map(|hit| hit.id).collect()
}

#[test]
fn the_best_answer_comes_first_by_its_words_and_by_its_meaning() {
    let folder = TempDir::new().expect("a folder");
    let engine = filled(&folder);
    assert_eq!(ids(&engine, &question("电池材料回收"))[0], "battery");
    // No word is shared; only the meaning is.
    assert_eq!(ids(&engine, &question("稻谷育种"))[0], "rice");
}

#[test]
fn a_document_is_replaced_by_its_identifier_and_gone_when_removed() {
    let folder = TempDir::new().expect("a folder");
    let engine = filled(&folder);
    engine.put(&[document("rice", "烟花爆竹自动装药设备", "")]).expect("documents go in");
    engine.remove("battery").unwrap();
    engine.commit().expect("the disk has room");
    assert_eq!(engine.documents(), 2);
    assert_eq!(ids(&engine, &question("烟花装药"))[0], "rice");
    assert!(!ids(&engine, &question("锂离子电池正极材料")).contains(&"battery".to_owned()));
}

#[test]
fn what_was_committed_is_there_after_a_restart_and_what_was_not_is_not() {
    let folder = TempDir::new().expect("a folder");
    let engine = filled(&folder);
    let reading = Encoder::shipped().reading("耐盐碱水稻新品种选育", Side::Answer);
    engine.keep_reading("rice", &reading);
    engine.commit().expect("the disk has room");
    engine.put(&[document("late", "磁悬浮轴承", "")]).expect("documents go in");
    drop(engine);
    let engine = Engine::open(folder.path()).expect("the folder opens again");
    assert_eq!(engine.documents(), 3);
    assert_eq!(ids(&engine, &question("磁悬浮轴承")).iter().filter(|id| *id == "late").count(), 0);
    assert_eq!(engine.unread(10), ["ceramic", "battery"]);
    let hits = engine.search(&question("水稻育种"), &SEARCH).expect("the index answers");
    assert_eq!(hits[0].id, "rice");
    assert!(hits[0].parts.reading.is_some_and(|reading| reading > 0.1), "{hits:?}");
}

#[test]
fn damaged_files_are_told_and_not_read_as_something_else() {
    for (file, contents) in [
        ("vectors", &b"XXSLOT\0\x01\x05"[..]),
        ("vectors", b""),
        ("readings", b"nothing"),
        ("meta.json", b"{"),
    ] {
        let folder = TempDir::new().expect("a folder");
        drop(filled(&folder));
        fs::write(folder.path().join(file), contents).expect("a file can be spoilt");
        assert!(matches!(Engine::open(folder.path()), Err(IndexFault::Damaged(_))), "{file}");
    }
}

#[test]
fn vectors_of_another_moment_are_damage_too() {
    let folder = TempDir::new().expect("a folder");
    drop(filled(&folder));
    fs::remove_file(folder.path().join("vectors")).expect("a file can be lost");
    assert!(matches!(Engine::open(folder.path()), Err(IndexFault::Damaged(_))));
}

#[test]
fn kinds_and_requirements_filter_and_preferences_cost() {
    let folder = TempDir::new().expect("a folder");
    let engine = Engine::open(folder.path()).expect("a new folder opens");
    let priced = |id: &str, kind: &str, place: u32, yuan: i64| Document {
        kind: kind.to_owned(),
        facts: Facts {
            place: Some(DivisionCode(place)),
            price: Some(Fen(yuan * 100)),
            disclosure: Some(DisclosureLevel::Public),
            ..Facts::default()
        },
        ..document(id, "锂离子电池正极材料回收方法", "")
    };
    let documents = [
        priced("near", "achievement", 430_102, 100),
        priced("far", "achievement", 110_101, 100),
        priced("dear", "patent", 430_102, 900),
    ];
    engine.put(&documents).expect("documents go in");
    engine.commit().expect("the disk has room");
    let asked = |kinds: &[&str], requirements: Vec<Requirement>| Question {
        kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
        requirements,
        ..question("电池材料回收")
    };
    let sorted = |question: &Question| {
        let mut ids = ids(&engine, question);
        ids.sort();
        ids
    };
    assert_eq!(sorted(&asked(&["patent"], Vec::new())), ["dear"]);
    assert_eq!(sorted(&asked(&["expert"], Vec::new())), [""; 0]);
    let hunan = Aspect::Within(DivisionCode(430_000));
    let must = Requirement { aspect: hunan.clone(), strength: Strength::Must };
    assert_eq!(sorted(&asked(&[], vec![must])), ["dear", "near"]);
    let prefer = Requirement { aspect: hunan, strength: Strength::Prefer };
    assert_eq!(ids(&engine, &asked(&[], vec![prefer])).last().map(String::as_str), Some("far"));
    let cheap = Requirement { aspect: Aspect::Budget(Fen(50_000)), strength: Strength::Must };
    assert_eq!(sorted(&asked(&[], vec![cheap])), ["far", "near"]);
}

#[test]
fn only_asked_documents_are_judged_and_unknown_ones_left_out() {
    let folder = TempDir::new().expect("a folder");
    let engine = filled(&folder);
    let hits = engine
        .judge(&question("电池回收"), &["rice", "battery", "nothing"], &SEARCH)
        .expect("the index answers");
    assert_eq!(hits.iter().map(|hit| hit.id.as_str()).collect::<Vec<_>>(), ["battery", "rice"]);
}

#[test]
fn identifiers_have_a_length() {
    let folder = TempDir::new().expect("a folder");
    let engine = filled(&folder);
    for id in [String::new(), "长".repeat(LONGEST_ID_BYTES)] {
        assert!(matches!(engine.put(&[document(&id, "标题", "")]), Err(IndexFault::Id(_))));
    }
}

#[test]
fn an_empty_index_and_an_empty_question_have_no_answers() {
    let folder = TempDir::new().expect("a folder");
    let engine = Engine::open(folder.path()).expect("a new folder opens");
    assert_eq!(ids(&engine, &question("电池")), [""; 0]);
    drop(engine);
    let folder = TempDir::new().expect("a folder");
    let engine = filled(&folder);
    for nothing in ["", "   ", "，。？", "\u{0}\u{7}", "😀"] {
        assert_eq!(ids(&engine, &question(nothing)), [""; 0], "{nothing:?}");
    }
}

#[test]
fn very_long_and_odd_questions_are_answered() {
    let folder = TempDir::new().expect("a folder");
    let engine = filled(&folder);
    for odd in [
        "电池".repeat(50_000),
        "title:电池 AND (回收 OR *) ^9 \"".to_owned(),
        "<script>alert(1)</script>电池回收".to_owned(),
        "鋰離子電池".to_owned(),
        "ＬＩＴＨＩＵＭ电池".to_owned(),
        "dianchi".to_owned(),
        "池".to_owned(),
    ] {
        let hits = engine.search(&question(&odd), &SEARCH).expect("the index answers");
        assert!(hits.iter().all(|hit| hit.points.total().is_finite()));
    }
    assert_eq!(ids(&engine, &question("ＬＩ<b>电池</b>回收"))[0], "battery");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// A random history of puts and removals leaves what a plain list would hold.
    #[test]
    fn a_history_leaves_what_a_plain_list_would(steps in prop::collection::vec((0_u8..6, any::<bool>(), any::<bool>()), 1..30), text in ".{0,40}") {
        let folder = TempDir::new().expect("a folder");
        let engine = Engine::open(folder.path()).expect("a new folder opens");
        let mut held = std::collections::BTreeSet::new();
        for (number, puts, commits) in steps {
            let id = format!("d{number}");
            if puts {
                engine.put(&[document(&id, "锂电池", &text)]).expect("documents go in");
                held.insert(id);
            } else {
                engine.remove(&id).unwrap();
                held.remove(&id);
            }
            if commits {
                engine.commit().expect("the disk has room");
            }
        }
        engine.commit().expect("the disk has room");
        let found: std::collections::BTreeSet<String> = ids(&engine, &question("锂电池")).into_iter().collect();
        prop_assert_eq!(&found, &held);
        drop(engine);
        let engine = Engine::open(folder.path()).expect("the folder opens again");
        let found: std::collections::BTreeSet<String> = ids(&engine, &question("锂电池")).into_iter().collect();
        prop_assert_eq!(&found, &held);
    }
}
