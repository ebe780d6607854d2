//! The questions that lead to a type of contract: every way can be walked by links alone, and ends.

use std::collections::{BTreeSet, VecDeque};

use axum::http::StatusCode;

use super::support::{app_with_region, get, pages};

/// The addresses of a page's answers.
fn answers(html: &str) -> Vec<String> {
    let tasks = html.split("<li class=\"task\">").skip(1);
    tasks.filter_map(|task| Some(task.split("href=\"").nth(1)?.split('"').next()?.to_owned())).collect()
}

#[tokio::test]
async fn every_way_through_the_questions_ends_with_a_type_or_a_reason() {
    let folder = tempfile::tempdir().expect("a folder");
    let router = pages(app_with_region(folder.path()).await);
    for (start, found, refused) in [
        ("/contract-type", "应申请的类型是", "不予登记"),
        ("/en/contract-type", "the type to apply for is", "is not registered"),
    ] {
        let mut open = VecDeque::from([start.to_owned()]);
        let mut ends = BTreeSet::new();
        while let Some(address) = open.pop_front() {
            let page = get(&router, &address).await;
            assert_eq!(page.status, StatusCode::OK, "{address}");
            let next = answers(&page.text);
            let is_end = page.text.contains(found) || page.text.contains(refused);
            assert_eq!(next.is_empty(), is_end, "{address}");
            if is_end {
                ends.insert(address);
            }
            open.extend(next);
        }
        assert!(ends.len() > 15, "{} ways end", ends.len());
    }
}

#[tokio::test]
async fn answers_are_shown_and_can_be_given_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    let router = pages(app_with_region(folder.path()).await);
    let page = get(&router, "/contract-type?answers=4.2.1").await;
    assert!(page.text.contains("技术服务 › 一般技术服务"), "{}", page.text);
    for again in ["\"/contract-type\"", "\"/contract-type?answers=4\"", "\"/contract-type?answers=4.2\""] {
        assert!(page.text.contains(again), "{again}");
    }
    let refused = get(&router, "/en/contract-type?answers=8").await;
    assert!(refused.text.contains("It is no technology contract"), "{}", refused.text);
}

#[tokio::test]
async fn answers_that_no_question_has_are_misread() {
    let folder = tempfile::tempdir().expect("a folder");
    let router = pages(app_with_region(folder.path()).await);
    let long = vec!["1"; 21].join(".");
    for answers in
        ["0", "9", "1.3.9", "7.1", "x", "1..2", "-1", "99999999999999999999", "%3Cb%3E", long.as_str()]
    {
        let page = get(&router, &format!("/contract-type?answers={answers}")).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{answers}");
    }
}
