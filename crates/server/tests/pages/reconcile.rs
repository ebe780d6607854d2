//! A hand-made sheet against our figures, on screen.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_domain::bulletin::{Dimension, Direction};
use xiaoxiang_services::App;
use xiaoxiang_services::bulletin::{TableAsk, make_table};

use super::support::{Answer, answered, app_with_bulletin, get_with, pages, signed_in};

/// Sends a form with a file as a browser does.
pub async fn send_file(
    router: &Router,
    path: &str,
    cookie: &str,
    fields: &[(&str, &str)],
    file: (&str, &[u8]),
) -> Answer {
    let boundary = "XIAOXIANGTESTBOUNDARY";
    let mut body = Vec::new();
    for (name, value) in fields {
        let part =
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\nContent-Type: \
         application/octet-stream\r\n\r\n",
        file.0
    );
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(file.1);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    let request = Request::post(path)
        .header("content-type", format!("multipart/form-data; boundary={boundary}"))
        .header("sec-fetch-site", "same-origin")
        .header("cookie", cookie)
        .body(Body::from(body))
        .expect("a request");
    answered(router, request).await
}

/// Our own table of October as a bureau would keep it, one figure of the first row changed.
async fn hand_made(app: &App) -> (String, String) {
    let period = "2026-10".parse().expect("a period");
    let ask = TableAsk::new(Direction::Registered, Dimension::City, period);
    let made = make_table(app, &ask).await.expect("a table");
    let place =
        |key: &str| made.printed.columns.iter().position(|column| column.key == key).expect("a column");
    let (count, value) = (place("count"), place("contract_value"));
    let mut text = String::from("市州,登记项数(项),登记成交额(亿元)\n");
    let mut changed = String::new();
    for row in &made.printed.rows {
        let mut counted = row.cells[count].text.clone();
        if changed.is_empty() && counted.parse::<i64>().is_ok_and(|number| number > 0) {
            changed.clone_from(&row.cells[0].text);
            counted = (counted.parse::<i64>().expect("a number") + 1).to_string();
        }
        text.push_str(&format!("{},{counted},{}\n", row.cells[0].text, row.cells[value].text));
    }
    (text, changed)
}

#[tokio::test]
async fn a_hand_made_sheet_is_compared_and_a_differing_cell_opens() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, _) = app_with_bulletin(folder.path()).await;
    let (sheet, changed) = hand_made(&app).await;
    let router = pages(app.clone());
    let statistician = signed_in(&app, Role::Statistician, Scope::Region).await;
    let fields = [("period", "2026-10"), ("by", "city"), ("direction", "registered")];
    let page = send_file(&router, "/reconcile", &statistician, &fields, ("十月.csv", sheet.as_bytes())).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(page.text.contains("格相同") && page.text.contains("格不同"), "{}", page.text);
    assert!(page.text.contains(&changed), "{}", page.text);
    let link = page.text.split("href=\"/reconcile/cell?").nth(1).expect("a differing cell opens");
    let link = link.split('"').next().unwrap_or_default().replace("&#38;", "&").replace("&amp;", "&");
    let opened = get_with(&router, &format!("/reconcile/cell?{link}"), &[("cookie", &statistician)]).await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.text);
    assert!(opened.text.contains("<tbody>"), "{}", opened.text);
    let fields = [("period", "2026-10"), ("by", "city"), ("direction", "registered"), ("answer", "xlsx")];
    let file = send_file(&router, "/reconcile", &statistician, &fields, ("a.csv", sheet.as_bytes())).await;
    let name = file.headers.get("content-disposition").expect("a file").to_str().expect("words");
    assert!(name.contains("reconcile-2026-10.xlsx"), "{name}");
}

#[tokio::test]
async fn sheets_that_cannot_be_compared_say_why() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, _) = app_with_bulletin(folder.path()).await;
    let router = pages(app.clone());
    let statistician = signed_in(&app, Role::Statistician, Scope::Region).await;
    let fields = [("period", "2026-10")];
    let html = "市州,项数\n<script>alert(1)</script>,=1+1\n".as_bytes();
    for (period, name, bytes, status) in [
        ("2026-10", "empty.csv", &b""[..], StatusCode::UNPROCESSABLE_ENTITY),
        ("2026-10", "noise.xlsx", &b"PK\x03\x04 nothing"[..], StatusCode::UNPROCESSABLE_ENTITY),
        ("2026-10", "words.csv", "没有,表头\n甲,乙\n".as_bytes(), StatusCode::UNPROCESSABLE_ENTITY),
        ("<soon>", "a.csv", html, StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let answer =
            send_file(&router, "/reconcile", &statistician, &[("period", period)], (name, bytes)).await;
        assert_eq!(answer.status, status, "{name}: {}", answer.text);
        assert!(answer.text.contains("aria-invalid=\"true\""), "{name}: {}", answer.text);
        assert!(!answer.text.contains("<soon>"), "{name}");
    }
    let hostile = "市州,项数,成交额(亿元)\n<script>alert(1)</script>,1,2\n长沙市,x<b>,2\n";
    let answer =
        send_file(&router, "/reconcile", &statistician, &fields, ("a.csv", hostile.as_bytes())).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert!(!answer.text.contains("<script>alert") && !answer.text.contains("x<b>"), "{}", answer.text);
    let large = vec![b'1'; 21 * 1024 * 1024];
    let answer = send_file(&router, "/reconcile", &statistician, &fields, ("large.csv", &large)).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    for query in [
        "",
        "?direction=x&period=2026&by=city&row=430100",
        "?direction=output&period=2026&by=organisation&row=1",
    ] {
        let path = format!("/reconcile/cell{query}");
        assert_eq!(
            get_with(&router, &path, &[("cookie", &statistician)]).await.status,
            StatusCode::BAD_REQUEST,
            "{path}"
        );
    }
    let path = "/reconcile/cell?direction=output&period=2026&by=city&row=%3Cb%3E";
    assert_eq!(get_with(&router, path, &[("cookie", &statistician)]).await.status, StatusCode::NOT_FOUND);
    let finance = signed_in(&app, Role::Finance, Scope::Region).await;
    assert_eq!(get_with(&router, "/reconcile", &[("cookie", &finance)]).await.status, StatusCode::NOT_FOUND);
}
