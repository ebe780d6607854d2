//! Answers held against the document: every field of an answer is described, and has the type that is described.

use axum::http::StatusCode;
use serde_json::{Value, json};
use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_server::api::document;
use xiaoxiang_services::Actor;
use xiaoxiang_services::bulletin::list_published_figures;

use super::json as read_json;
use super::support::{Answer, app_with_bulletin, contracts_of_october, get_with, pages, signed_in};

/// Checks a good answer to an operation; `path` is as the document has it.
pub fn assert_documented(answer: &Answer, verb: &str, path: &str) -> Value {
    assert!(answer.status.is_success(), "{verb} {path}: {} {}", answer.status, answer.text);
    let document: Value = serde_json::from_str(&document().1).expect("JSON");
    let status = answer.status.as_u16().to_string();
    let schema =
        &document["paths"][path][verb]["responses"][&status]["content"]["application/json"]["schema"];
    assert!(schema.is_object(), "{verb} {path} has no answer {status}");
    let value = read_json(answer);
    let mut wrong = Vec::new();
    compare(&document, schema, &value, path, &mut wrong);
    assert!(wrong.is_empty(), "{verb} {path}:\n{}", wrong.join("\n"));
    value
}

fn followed<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(name) => document.pointer(name.trim_start_matches('#')).expect("a schema"),
        None => schema,
    }
}

fn is_of_type(kind: &Value, value: &Value) -> bool {
    match kind {
        Value::Array(kinds) => kinds.iter().any(|kind| is_of_type(kind, value)),
        Value::String(kind) => match kind.as_str() {
            "null" => value.is_null(),
            "integer" => value.is_i64() || value.is_u64(),
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "array" => value.is_array(),
            "object" => value.is_object(),
            _ => false,
        },
        _ => true,
    }
}

/// Fields of an object's schema, also of those that it is put together from.
fn fields<'a>(document: &'a Value, schema: &'a Value, found: &mut Vec<(&'a str, &'a Value)>) {
    let schema = followed(document, schema);
    found.extend(
        schema["properties"].as_object().into_iter().flatten().map(|(name, one)| (name.as_str(), one)),
    );
    for part in schema["allOf"].as_array().into_iter().flatten() {
        fields(document, part, found);
    }
}

fn compare(document: &Value, schema: &Value, value: &Value, place: &str, wrong: &mut Vec<String>) {
    let schema = followed(document, schema);
    if let Some(choices) = schema["oneOf"].as_array() {
        let fits = |choice: &Value| {
            let mut inner = Vec::new();
            compare(document, choice, value, place, &mut inner);
            inner.is_empty()
        };
        if !choices.iter().any(fits) {
            wrong.push(format!("{place}: fits none of the choices: {value}"));
        }
        return;
    }
    if !is_of_type(&schema["type"], value) {
        wrong.push(format!("{place}: {value} is not of type {}", schema["type"]));
        return;
    }
    for (at, item) in value.as_array().into_iter().flatten().enumerate() {
        compare(document, &schema["items"], item, &format!("{place}/{at}"), wrong);
    }
    let Some(object) = value.as_object() else { return };
    let mut described = Vec::new();
    fields(document, schema, &mut described);
    if described.is_empty() {
        return;
    }
    for (name, inner) in object {
        match described.iter().find(|(known, _)| known == name) {
            Some((_, schema)) => compare(document, schema, inner, &format!("{place}/{name}"), wrong),
            None => wrong.push(format!("{place}: {name} is not described")),
        }
    }
    for required in schema["required"].as_array().into_iter().flatten() {
        if !object.contains_key(required.as_str().unwrap_or_default()) {
            wrong.push(format!("{place}: {required} is missing"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_bulletins_flows_and_proofs_are_as_the_document_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, bulletin) = app_with_bulletin(folder.path()).await;
    let number = contracts_of_october(&app).await.next().expect("a contract").registration_number;
    let cookie = signed_in(&app, Role::Auditor, Scope::Region).await;
    let router = pages(app);
    let (tables, figures) = ("/api/v1/tables", "/api/v1/contracts/{registration_number}/figures");
    for (path, address) in [
        (tables, format!("{tables}?period=2026-10&direction=registered&by=city&compare=previous-year")),
        (tables, format!("{tables}?period=2026-10&direction=absorbed&by=city&and=type")),
        ("/api/v1/flows", "/api/v1/flows?period=2026-10".to_owned()),
        ("/api/v1/bulletins", "/api/v1/bulletins".to_owned()),
        ("/api/v1/bulletins/{id}", format!("/api/v1/bulletins/{bulletin}")),
        ("/api/v1/contracts", "/api/v1/contracts?limit=5".to_owned()),
        (figures, format!("/api/v1/contracts/{number}/figures")),
        ("/api/v1/changes", "/api/v1/changes".to_owned()),
        ("/api/v1/log/head", "/api/v1/log/head".to_owned()),
        ("/api/v1/proofs/{subject}", format!("/api/v1/proofs/contract:{number}")),
        ("/api/v1/proofs/{subject}", format!("/api/v1/proofs/bulletin:{bulletin}")),
        ("/api/v1/datasets", "/api/v1/datasets".to_owned()),
    ] {
        assert_documented(&get_with(&router, &address, &[("cookie", &cookie)]).await, "get", path);
    }
}

/// The same figures as the page shows, for the same readers.
#[tokio::test(flavor = "multi_thread")]
async fn what_rests_on_a_contract_is_told_to_whoever_reads_the_contract() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, bulletin) = app_with_bulletin(folder.path()).await;
    let number = contracts_of_october(&app).await.next().expect("a contract").registration_number;
    let cookie = signed_in(&app, Role::Statistician, Scope::Region).await;
    let expert = signed_in(&app, Role::Expert, Scope::Region).await;
    let actor = Actor::operator("test");
    let listed = list_published_figures(&app, &actor, &number).await.expect("figures");
    let router = pages(app);
    let address = format!("/api/v1/contracts/{number}/figures");
    let answer = read_json(&get_with(&router, &address, &[("cookie", &cookie)]).await);
    let told = answer["figures"].as_array().expect("figures");
    assert!(!told.is_empty() && told.len() == listed.len(), "{answer}");
    for (told, listed) in told.iter().zip(&listed) {
        assert_eq!(told["bulletin_id"], bulletin);
        assert_eq!(told["row"], listed.row);
        assert_eq!(told["waits"], listed.waits());
        for (part, cell) in [("published", listed.published), ("now", listed.now)] {
            assert_eq!(told[part]["count"], cell.count);
            let fen = i64::try_from(cell.contract_value).expect("an amount");
            assert_eq!(told[part]["contract_value_fen"], fen);
        }
    }
    for (cookie, status) in [(expert.as_str(), StatusCode::NOT_FOUND), ("", StatusCode::UNAUTHORIZED)] {
        assert_eq!(get_with(&router, &address, &[("cookie", cookie)]).await.status, status);
    }
    let unknown = get_with(&router, "/api/v1/contracts/0/figures", &[("cookie", &cookie)]).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[test]
fn an_answer_that_is_not_as_described_is_noticed() {
    let answer = |value: Value| Answer {
        status: StatusCode::OK,
        headers: axum::http::HeaderMap::new(),
        size: 0,
        text: value.to_string(),
    };
    let good = json!({ "items": [], "last": null });
    assert_documented(&answer(good), "get", "/api/v1/changes");
    for bad in [
        json!({ "items": [], "last": null, "more": 1 }),
        json!({ "last": null }),
        json!({ "items": [{ "position": "1", "leaf_hash": "", "withheld": true }], "last": null }),
        json!({ "items": {}, "last": null }),
    ] {
        let noticed = std::panic::catch_unwind(|| assert_documented(&answer(bad), "get", "/api/v1/changes"));
        assert!(noticed.is_err());
    }
}
