//! The import page: files in, hostile ones included, progress, consent, lists to take home.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_server::region_files::shipped_layers;
use xiaoxiang_services::App;
use xiaoxiang_services::contract::import_queue::{UPLOAD_BYTES_MAX, work_on_next_import};
use xiaoxiang_services::region::import_region;

use crate::support::{ACTOR, Answer, answered, empty_app, get_with, pages, post, signed_in};

const BOUNDARY: &str = "----------------------------example";
const HEADER: &str = "合同登记编号,项目名称,登记日期,合同类型,成交额(元),技术交易额(元),卖方名称,卖方行政区划代码,\
                      买方名称,买方行政区划代码\n";

struct Site {
    _folder: tempfile::TempDir,
    app: App,
    router: Router,
    cookie: String,
}

async fn site() -> Site {
    let folder = tempfile::tempdir().expect("a folder");
    let app = empty_app(folder.path()).await;
    import_region(&app, &ACTOR, &shipped_layers("hunan").expect("a region")).await.expect("region data");
    let cookie = signed_in(&app, Role::Statistician, Scope::Region).await;
    Site { _folder: folder, router: pages(app.clone()), app, cookie }
}

fn row(serial: u64, value: &str) -> String {
    format!("202609{serial:010},示例{serial},2026-09-01,技术开发,{value},1.00,示例甲,430102,示例乙,430204\n")
}

fn csv(rows: u64, value: &str) -> Vec<u8> {
    (1..=rows).fold(HEADER.to_owned(), |text, serial| text + &row(serial, value)).into_bytes()
}

impl Site {
    /// Sends files as the form does.
    async fn send(&self, files: &[(&str, &[u8])], fields: &[(&str, &str)]) -> Answer {
        let mut body = Vec::new();
        for (name, bytes) in files {
            let name = name.replace('"', "%22");
            body.extend(
                format!(
                    "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\
                     Content-Type: application/octet-stream\r\n\r\n"
                )
                .bytes(),
            );
            body.extend(*bytes);
            body.extend(b"\r\n");
        }
        for (name, value) in fields {
            let part =
                format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend(part.bytes());
        }
        body.extend(format!("--{BOUNDARY}--\r\n").bytes());
        let request = Request::post("/imports")
            .header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"))
            .header("sec-fetch-site", "same-origin")
            .header("cookie", &self.cookie)
            .body(Body::from(body))
            .expect("a request");
        answered(&self.router, request).await
    }

    async fn work(&self) {
        work_on_next_import(&self.app, "node").await.expect("a reading").expect("something to read");
    }

    async fn see(&self, path: &str) -> Answer {
        get_with(&self.router, path, &[("cookie", &self.cookie)]).await
    }
}

fn leads_to(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    answer.headers[header::LOCATION].to_str().expect("an address").to_owned()
}

#[tokio::test]
async fn a_file_is_uploaded_watched_read_and_its_differences_agreed_to() {
    let site = site().await;
    let form = site.see("/imports").await;
    assert_eq!(form.status, StatusCode::OK);
    assert!(form.text.contains("type=\"file\" multiple"), "{}", form.text);

    let run = leads_to(&site.send(&[("登记 9月.csv", &csv(3, "100.00"))], &[("dry_run", "1")]).await);
    let waiting = site.see(&run).await;
    assert!(waiting.text.contains("等待处理") && waiting.text.contains("every 2s"), "{}", waiting.text);
    assert!(waiting.text.contains("刷新"), "without JavaScript one reloads");
    site.work().await;
    let tried = site.see(&run).await;
    assert!(tried.text.contains("试导入完成") && !tried.text.contains("every 2s"), "{}", tried.text);

    let import = leads_to(&post(&site.router, &format!("{run}/again"), &site.cookie, &[]).await);
    site.work().await;
    let done = site.see(&import).await;
    assert!(done.text.contains("查看统计数据"), "{}", done.text);
    assert!(done.text.contains("period=2026-01..2026-09"), "{}", done.text);

    let changed = leads_to(&site.send(&[("登记.csv", &csv(3, "250.00"))], &[]).await);
    site.work().await;
    let asked = site.see(&changed).await;
    for words in ["3 份合同与库中记录不同", "接受变更并导入", "100.00 元", "250.00 元"] {
        assert!(asked.text.contains(words), "{words}: {}", asked.text);
    }
    let list = site.see(&format!("{changed}/lists/differences.csv")).await;
    assert_eq!(list.text.lines().count(), 4, "{}", list.text);
    let accepted = leads_to(
        &post(&site.router, &format!("{changed}/again"), &site.cookie, &[("accept_changes", "1")]).await,
    );
    site.work().await;
    assert!(site.see(&accepted).await.text.contains("已写入"));
    // Nothing is left to do the second time.
    let again = leads_to(&post(&site.router, &format!("{changed}/again"), &site.cookie, &[]).await);
    site.work().await;
    assert!(site.see(&format!("/en{again}")).await.text.contains("Nothing has changed"));
    let overview = site.see("/imports").await;
    assert_eq!(overview.text.matches("<th scope=\"row\"").count(), 2, "two imports on record");
}

#[tokio::test]
async fn problems_are_named_by_row_and_column_and_taken_home_as_files() {
    let site = site().await;
    let text = format!(
        "{HEADER}{}{}",
        row(1, "100.00"),
        "2026090000000002,<script>alert(1)</script>,2026-13-01,\"<img src=x onerror=alert(1)>\",1.00,1.00,甲,430102,乙,430204\n"
    );
    let name = "a\"b<登记>.csv";
    let run = leads_to(&site.send(&[(name, text.as_bytes())], &[]).await);
    site.work().await;
    let refused = site.see(&run).await;
    assert!(refused.text.contains("整份文件未导入"), "{}", refused.text);
    assert!(refused.text.contains("第 3 行"), "{}", refused.text);
    for hostile in ["<script>alert", "<img", "<登记>"] {
        assert!(!refused.text.contains(hostile), "{hostile} reaches the page");
    }
    let list = site.see(&format!("{run}/lists/problems.csv")).await;
    assert_eq!(list.status, StatusCode::OK);
    let disposition = list.headers[header::CONTENT_DISPOSITION].to_str().expect("plain");
    assert!(disposition.starts_with("attachment; filename=\""), "{disposition}");
    assert_eq!(disposition.matches('"').count(), 2, "{disposition}");
    assert!(list.text.starts_with('\u{feff}') && list.text.contains("CSV,3,"), "{}", list.text);
    let book = site.see(&format!("{run}/lists/problems.xlsx")).await;
    assert!(book.text.starts_with("PK"));
    assert_eq!(site.see(&format!("{run}/lists/other.exe")).await.status, StatusCode::NOT_FOUND);

    let kept =
        leads_to(&post(&site.router, &format!("{run}/again"), &site.cookie, &[("keep_valid", "1")]).await);
    site.work().await;
    assert!(site.see(&kept).await.text.contains("已写入"));
}

#[tokio::test]
async fn what_is_no_table_is_refused_and_its_name_leads_nowhere() {
    let site = site().await;
    for (name, bytes, words) in [
        ("../../etc/登记.xlsx", &b"%PDF-1.7 ..."[..], "PDF"),
        ("登记.xlsx", b"PK\x03\x04 and nothing more", "损坏"),
        ("登记.csv", b"<html><body>no</body></html>", "网页"),
    ] {
        let run = leads_to(&site.send(&[(name, bytes)], &[]).await);
        site.work().await;
        let refused = site.see(&run).await;
        assert!(refused.text.contains(words), "{name}: {}", refused.text);
        assert!(!refused.text.contains("etc/"), "{}", refused.text);
    }
    let empty = site.send(&[("登记.csv", b"")], &[("keep_valid", "1")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.text.contains("文件是空的") && empty.text.contains("checked"), "{}", empty.text);
    let nothing = site.send(&[], &[]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nothing.text.contains("没有选择文件"));
}

#[tokio::test]
async fn too_large_a_file_is_answered_with_what_to_do_and_the_others_are_taken() {
    let site = site().await;
    let large = vec![b'a'; usize::try_from(UPLOAD_BYTES_MAX).expect("a size") + 1];
    let answer = site.send(&[("大.csv", &large), ("登记.csv", &csv(1, "9.00"))], &[]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    for words in ["大.csv", "xiaoxiang import contracts", "登记.csv"] {
        assert!(answer.text.contains(words), "{words}: {}", answer.text);
    }
    let long = vec![b'a'; 7 * large.len()];
    let answer = site.send(&[("大.csv", &long)], &[]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.text.contains("请分次上传"), "{}", answer.text);
}

#[tokio::test]
async fn a_file_without_a_source_asks_once_and_a_double_post_reads_once() {
    let site = site().await;
    let bytes = csv(2, "9.00");
    let first = leads_to(&site.send(&[("9月.csv", &bytes)], &[]).await);
    let second = leads_to(&site.send(&[("9月.csv", &bytes)], &[]).await);
    assert_eq!(first, second);
    site.work().await;
    let asking = site.see(&first).await;
    assert!(asking.text.contains("看不出这份文件的来源"), "{}", asking.text);
    let senseless = post(&site.router, &format!("{first}/source"), &site.cookie, &[("source", "x")]).await;
    assert_eq!(senseless.status, StatusCode::BAD_REQUEST);
    let path = format!("{first}/source");
    leads_to(&post(&site.router, &path, &site.cookie, &[("source", "exchange")]).await);
    let late = post(&site.router, &path, &site.cookie, &[("source", "registry")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    site.work().await;
    assert!(site.see(&first).await.text.contains("省外数据"));
}

#[tokio::test]
async fn several_files_wait_together_and_strangers_see_none_of_them() {
    let site = site().await;
    let (registry, exchange) = (csv(2, "9.00"), csv(1, "8.00"));
    let answer = site.send(&[("登记.csv", &registry), ("省外.csv", &exchange)], &[]).await;
    assert_eq!(leads_to(&answer), "/imports");
    let overview = site.see("/imports").await;
    assert!(overview.text.contains("登记.csv") && overview.text.contains("省外.csv"), "{}", overview.text);
    site.work().await;
    site.work().await;
    let city = signed_in(&site.app, Role::CityOfficer, "division:430100".parse().expect("a scope")).await;
    let run = leads_to(&site.send(&[("登记.csv", &registry)], &[]).await);
    for path in ["/imports", &run, &format!("{run}/lists/problems.csv")] {
        let answer = get_with(&site.router, path, &[("cookie", &city)]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    let auditor = signed_in(&site.app, Role::Auditor, Scope::Region).await;
    let seen = get_with(&site.router, "/imports", &[("cookie", &auditor)]).await;
    assert!(
        seen.status == StatusCode::OK && !seen.text.contains("type=\"file\""),
        "who reads does not upload"
    );
    let post = post(&site.router, &format!("{run}/again"), &auditor, &[]).await;
    assert_eq!(post.status, StatusCode::FORBIDDEN);
}
