//! Batch filing on the pages: a file is taken in, mapped, checked and filed once, whatever is in it.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_services::contract::import_queue::UPLOAD_BYTES_MAX;

use super::applications::{Desk, HOSTILE, PDF};
use super::support::{Answer, answered, signed_in};

const BOUNDARY: &str = "xiaoxiang-boundary";
const SHEET: &str = "序号,院系,项目名称,合作单位,金额(万元),签订日期\n\
                     1,计算机学院,示例算法,示例公司,12.5,2026-11-02\n\
                     2,化工学院,示例催化剂,示例公司,约三十,2026-11-03\n\
                     合计,,,,42.5,\n";

async fn upload(desk: &Desk, cookie: &str, name: &str, bytes: &[u8]) -> Answer {
    let key = desk.registrar_key;
    let mut body = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"registrar\"\r\n\r\n{key}\r\n--{BOUNDARY}\r\n\
         Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(bytes);
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    let request = Request::post("/applications/batches")
        .header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"))
        .header("sec-fetch-site", "same-origin")
        .header("cookie", cookie)
        .body(Body::from(body))
        .expect("a request");
    answered(&desk.router, request).await
}

async fn staged(desk: &Desk, text: &str) -> String {
    let taken = upload(desk, &desk.agent, "台账.csv", text.as_bytes()).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text);
    taken.headers[header::LOCATION].to_str().expect("an address").to_owned()
}

/// Drafts of the organisation, by their places in the list.
async fn drafts(desk: &Desk) -> usize {
    let list = desk.get(&desk.agent, "/applications?state=draft").await;
    list.text.matches("<th scope=\"row\"").count()
}

#[tokio::test]
async fn a_file_becomes_drafts_once_by_the_columns_that_were_looked_at() {
    let desk = Desk::open().await;
    let list = desk.get(&desk.agent, "/applications").await;
    assert!(list.text.contains("href=\"/applications/batches\""), "{}", list.text);
    let queue = desk.get(&desk.officer_a, "/applications").await;
    assert!(!queue.text.contains("/applications/batches"), "who does not apply is not led there");

    let address = staged(&desk, SHEET).await;
    let page = desk.get(&desk.agent, &address).await;
    for words in [
        "读到 2 份申请，跳过 1 行",
        "<option value=\"contract_value\" selected>",
        "<option value=\"buyer_name\" selected>",
        "万元（表头）",
        "125000.00 元",
        "第 3 行",
        "约三十万元",
        "草稿中还要补填",
        "建立 2 份草稿",
    ] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    let english = desk.get(&desk.agent, &format!("/en{address}")).await;
    assert!(english.text.contains("Make the drafts (2)"), "{}", english.text);

    // A column that was chosen anew is looked at once more before anything is filed.
    let changed = desk.post(&desk.agent, &address, &[("act", "file"), ("column.1", "seller_contact")]).await;
    assert_eq!(changed.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(changed.text.contains("请核对后再建立草稿"), "{}", changed.text);
    assert_eq!(drafts(&desk).await, 0);
    let filed = desk.post(&desk.agent, &address, &[("act", "file"), ("column.1", "seller_contact")]).await;
    assert_eq!(filed.status, StatusCode::SEE_OTHER, "{}", filed.text);
    let replayed = desk.post(&desk.agent, &address, &[("act", "file")]).await;
    assert_eq!(replayed.status, StatusCode::SEE_OTHER);
    assert_eq!(drafts(&desk).await, 2, "a replayed post files nothing twice");
    let done = desk.get(&desk.agent, &address).await;
    for words in ["建立 2 份草稿", "示例算法", "/form/undertaking\">", "院系"] {
        let is_there = done.text.contains(words);
        assert_eq!(is_there, words != "院系", "{words}: {}", done.text);
    }
    let again = desk.get(&desk.agent, &staged(&desk, SHEET).await).await;
    assert!(again.text.contains("请勿重复申报"), "{}", again.text);
    assert!(again.text.contains("<option value=\"seller_contact\" selected>"), "the mapping was kept");

    let stranger = signed_in(&desk.app, Role::OrganisationAgent, Scope::Organisation(desk.buyer_key)).await;
    for path in [address.clone(), format!("/en{address}")] {
        assert_eq!(desk.get(&stranger, &path).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(desk.post(&stranger, &address, &[("act", "file")]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(desk.get(&desk.officer_a, &address).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn what_is_no_sheet_is_refused_in_words_and_leaves_nothing() {
    let desk = Desk::open().await;
    let too_large = vec![b'1'; usize::try_from(UPLOAD_BYTES_MAX).expect("20 MB") + 1];
    for (name, bytes, status, words) in [
        ("台账.xlsx", PDF, StatusCode::UNPROCESSABLE_ENTITY, "台账.xlsx"),
        ("台账.csv", &[], StatusCode::UNPROCESSABLE_ENTITY, "空"),
        ("", &[], StatusCode::UNPROCESSABLE_ENTITY, "选择"),
        ("台账.csv", &too_large, StatusCode::PAYLOAD_TOO_LARGE, "大于 20 MB"),
        ("../../a\u{202e}.xlsx", b"PK\x03\x04broken", StatusCode::UNPROCESSABLE_ENTITY, "role=\"alert\""),
    ] {
        let refused = upload(&desk, &desk.agent, name, bytes).await;
        assert_eq!(refused.status, status, "{name}");
        assert!(refused.text.contains(words), "{words}: {}", refused.text);
        let chosen = format!("<option value=\"{}\" selected>", desk.registrar_key);
        assert!(refused.text.contains(&chosen), "the registrar stays chosen: {name}");
    }
    let page = desk.get(&desk.agent, "/applications/batches").await;
    assert!(!page.text.contains("上传过的文件"), "{}", page.text);
    assert_eq!(upload(&desk, &desk.officer_a, "台账.csv", b"a,b").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn problems_name_row_and_column_and_nothing_of_the_file_is_lost() {
    let desk = Desk::open().await;
    // Too many rows: the row from which to split is named.
    let head = "项目名称,合作单位,金额(万元)\n";
    let many: String = (0..10_001).map(|row| format!("示例{row},示例公司,1\n")).collect();
    let address = staged(&desk, &format!("{head}{many}")).await;
    let page = desk.get(&desk.agent, &address).await;
    assert!(page.text.contains("一次最多 500 份申请") && page.text.contains("第 502 行"), "{}", page.text);
    let filed = desk.post(&desk.agent, &address, &[("act", "file")]).await;
    assert_eq!(filed.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(filed.text.contains("没有建立任何草稿"), "{}", filed.text);

    // No unit, a field that does not exist, two columns for one field, a header that is HTML, a text that is too long.
    let sheet = format!(
        "课题,合作单位,到账,{},备注\n{},示例公司,12.5,甲,乙\n示例,示例公司,1,甲,乙\n",
        "<img src=x onerror=alert(1)>",
        "长".repeat(501)
    );
    let address = staged(&desk, &sheet).await;
    let page = desk.get(&desk.agent, &address).await;
    assert!(page.text.contains("没有找到至少两个申请表栏目"), "{}", page.text);
    assert!(!page.text.contains("<img src=x"), "{}", page.text);
    let mapped = |fields: &[(&'static str, &'static str)]| {
        let all = [("act", "check"), ("column.0", "project_name"), ("column.2", "contract_value")];
        all.into_iter().chain(fields.iter().copied()).collect::<Vec<_>>()
    };
    for forged in ["registration_number", "standing", "../../etc", HOSTILE] {
        let fields = [("act", "check"), ("column.0", forged)];
        let refused = desk.post(&desk.agent, &address, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{forged}");
        assert!(refused.text.contains("只对应申请表的栏目"), "{}", refused.text);
    }
    let kept = desk.post(&desk.agent, &address, &mapped(&[("column.3", "contract_value")])).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
    let page = desk.get(&desk.agent, &address).await;
    for words in ["金额栏没有写单位", "C 列 到账", "与 C 列“到账”对应同一栏目", "第 2 行", "超过 500 个字"]
    {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    let fields = mapped(&[("column.3", ""), ("money_unit", "ten_thousand_yuan"), ("registrar", "999999")]);
    desk.post(&desk.agent, &address, &fields).await;
    let page = desk.get(&desk.agent, &address).await;
    assert!(page.text.contains("请选择登记机构"), "{}", page.text);
    assert!(page.text.contains("超过 500 个字") && !page.text.contains("金额栏没有写单位"), "{}", page.text);
    assert_eq!(drafts(&desk).await, 0, "one row that cannot be kept keeps all of them out");
    let list = desk.get(&desk.agent, "/applications/batches").await;
    assert_eq!(list.text.matches("台账.csv").count(), 2, "both files are still there");
}
