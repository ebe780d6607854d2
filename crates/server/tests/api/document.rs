//! The OpenAPI document: a file in the tree, with limits on everything.

use std::path::Path;

use serde_json::Value;
use xiaoxiang_server::api::document;
use xiaoxiang_server::routes::{Access, Verb, all};

use super::support::{empty_app, get, pages};

/// Set, it makes the test write the file instead of comparing it.
const REWRITE: &str = "XIAOXIANG_REWRITE_OPENAPI";

#[test]
fn the_document_is_the_one_in_the_tree() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let now = format!("{}\n", document().1);
    if std::env::var_os(REWRITE).is_some() {
        std::fs::write(&file, &now).expect("a file");
    }
    let then = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(now == then, "the API changed: look at it, then set {REWRITE}=1 and run this test again");
}

#[test]
fn the_document_names_every_route_and_no_other() {
    let document: Value = serde_json::from_str(&document().1).expect("JSON");
    let paths = document["paths"].as_object().expect("paths");
    let described: usize = paths.values().map(|item| item.as_object().map_or(0, serde_json::Map::len)).sum();
    let routes: Vec<_> = all().into_iter().filter(|route| route.is_api()).collect();
    assert_eq!(routes.len(), described);
    for route in routes {
        let verb = match route.verb {
            Verb::Get => "get",
            Verb::Post => "post",
            Verb::Put => "put",
        };
        let operation = &paths[route.path][verb];
        assert!(operation.is_object(), "{verb} {}", route.path);
        let is_open = operation["security"].as_array().expect("security").contains(&serde_json::json!({}));
        assert_eq!(is_open, route.access == Access::Open, "{verb} {}", route.path);
        for text in ["summary", "operationId"] {
            assert!(operation[text].as_str().is_some_and(|text| !text.is_empty()), "{} {text}", route.path);
        }
        assert!(
            operation["summary"].as_str().expect("words").contains(" · "),
            "{} in both languages",
            route.path
        );
    }
}

/// Every text that is taken has a greatest length or a pattern, every number a greatest and a least value.
#[test]
fn everything_that_is_taken_has_a_limit() {
    let document: Value = serde_json::from_str(&document().1).expect("JSON");
    let mut looked_at = 0;
    for (path, item) in document["paths"].as_object().expect("paths") {
        for operation in item.as_object().expect("operations").values() {
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                assert_limited(&document, &parameter["schema"], path, &mut looked_at);
            }
            let body = &operation["requestBody"]["content"]["application/json"]["schema"];
            if body.is_object() {
                assert_limited(&document, body, path, &mut looked_at);
            }
        }
    }
    assert!(looked_at > 30, "only {looked_at} schemas looked at");
}

fn assert_limited(document: &Value, schema: &Value, place: &str, looked_at: &mut usize) {
    *looked_at += 1;
    if let Some(name) = schema["$ref"].as_str() {
        let pointer = name.trim_start_matches('#');
        return assert_limited(document, document.pointer(pointer).expect("a schema"), name, looked_at);
    }
    for choice in ["oneOf", "anyOf", "allOf"] {
        for inner in schema[choice].as_array().into_iter().flatten() {
            assert_limited(document, inner, place, looked_at);
        }
    }
    for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
        assert_limited(document, inner, &format!("{place} {name}"), looked_at);
    }
    if schema["items"].is_object() {
        assert!(schema["maxItems"].is_number(), "a list without a limit: {place}");
        assert_limited(document, &schema["items"], place, looked_at);
    }
    let is_of = |kind: &str| {
        schema["type"] == kind || schema["type"].as_array().is_some_and(|kinds| kinds.contains(&kind.into()))
    };
    let has = |key: &str| !schema[key].is_null();
    if is_of("string") {
        assert!(
            has("maxLength") || has("pattern") || has("enum"),
            "a text without a limit: {place} {schema}"
        );
    }
    if is_of("integer") {
        assert!(has("minimum") && has("maximum"), "a number without limits: {place} {schema}");
    }
}

#[tokio::test]
async fn the_document_and_the_page_made_from_it_are_served() {
    let folder = tempfile::tempdir().expect("a folder");
    let router = pages(empty_app(folder.path()).await);
    let served = get(&router, "/api/v1/openapi.json").await;
    assert_eq!(served.text, document().1);
    assert!(served.text.contains("\"openapi\": \"3.1"));
    for (path, words) in
        [("/api", "数据接口"), ("/en/api", "Programming interface"), ("/problems", "问题代码")]
    {
        let page = get(&router, path).await;
        assert!(page.status.is_success() && page.text.contains(words), "{path}: {}", page.text);
        assert!(!page.text.contains("<script>") && !page.text.contains(" style="), "{path}");
    }
    let page = get(&router, "/en/api").await;
    for route in all().into_iter().filter(|route| route.is_api()) {
        assert!(
            page.text.contains(&route.path.replace('/', "&#x2F;")) || page.text.contains(route.path),
            "{}",
            route.path
        );
    }
}
